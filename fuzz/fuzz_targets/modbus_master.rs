//! The master of a Modbus line: whatever answers, and whenever, each request ends once.
#![no_main]

use std::num::NonZeroU8;

use antipode_driver_serial::codec::modbus::{Master, Read, RegisterSpan, Timing, Unit};
use antipode_fuzz::pieces;
use antipode_safety::{Millis, Timestamp};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let timing = Timing {
        reply_timeout: Millis::new(100),
        turnaround: Millis::new(5),
        drain_quiet: Millis::new(100),
        stop_patience: Millis::new(20),
        stop_attempts: NonZeroU8::MIN,
        max_reads_per_s: NonZeroU8::MAX,
    };
    let began = Timestamp::from_millis(1_000);
    let (Ok(mut master), Some(unit), Some(span)) =
        (Master::new(timing, began), Unit::new(1), RegisterSpan::new(0, 4))
    else {
        return;
    };
    for piece in pieces(data) {
        let _seen = master.read(unit, Read::HoldingRegisters(span));
        let _step = master.poll(piece.at);
        master.receive(piece.at, piece.bytes);
        for _ in 0..4 {
            let _step = master.poll(piece.at);
        }
    }
});
