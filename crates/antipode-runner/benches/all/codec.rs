//! Frames of the table link, to bytes and back.

use std::hint::black_box;

use antipode_link::{
    Decoder, Frame, FrameBuf, Lease, Message, STOP_FRAME, TableFlag, TableFlags, Telemetry,
};
use antipode_safety::{
    Angle, DriveState, Fault, FaultSet, Latches, Millis, Rate, Switch, Switches,
};

use crate::report::{Budget, Row};
use crate::{allocations, measure};

const TIMES: u32 = 200_000;
/// Each way, nanoseconds.
const MOST_NS: f64 = 60.0;

pub(crate) fn rows(hinge_ns: f64) -> Vec<Row> {
    let mut rows = Vec::new();
    for (name, message) in [("SetTarget", target()), ("Telemetry", Message::Telemetry(telemetry()))]
    {
        let frame = Frame { seq: 0x0506, session: 0xc0ff_ee11, message };
        let mut out = FrameBuf::new();
        let encode = measure::ns_each(TIMES, || {
            black_box(&frame).encode(&mut out);
            black_box(&out);
        });
        let mut decoder = Decoder::new();
        let decode = measure::ns_each(TIMES, || hear(&mut decoder, black_box(out.as_bytes())));
        let asked = allocations::during(|| {
            black_box(&frame).encode(&mut out);
            hear(&mut decoder, out.as_bytes());
        });
        let bytes = out.as_bytes().len();
        for (way, ns) in [("encode", encode), ("decode", decode)] {
            rows.push(
                Row::new(format!("{name} frame, {bytes} bytes, {way}"), ns, "ns")
                    .against("bare hinge step", hinge_ns)
                    .held_to(Budget::AtMost(MOST_NS)),
            );
        }
        rows.push(
            Row::new(format!("allocations of a {name} frame"), asked as f64, "both ways")
                .held_to(Budget::AtMost(0.0)),
        );
    }
    let mut decoder = Decoder::new();
    let stop = measure::ns_each(TIMES, || hear(&mut decoder, black_box(&STOP_FRAME)));
    rows.push(Row::new("STOP frame, decode", stop, "ns").against("bare hinge step", hinge_ns));
    rows
}

fn hear(decoder: &mut Decoder, bytes: &[u8]) {
    decoder.feed(bytes, |frame| {
        black_box(frame);
    });
}

fn target() -> Message {
    Message::SetTarget {
        target: Angle::clamped(30_000),
        rate: Rate::clamped(1_500),
        lease: Lease::clamped(Millis::new(250)),
    }
}

/// No field at its default, so that no byte is cheaper than in life.
fn telemetry() -> Telemetry {
    Telemetry {
        table_ms: 0x0102_0304,
        state: DriveState::Moving,
        switches: Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true),
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        flags: TableFlags::NONE.with(TableFlag::Armed, true).with(TableFlag::Relay, true),
        faults: FaultSet::NONE.with(Fault::HotSoft, true),
        tilt: Angle::from_millideg(30_120),
        tilt_second: Angle::from_millideg(30_090),
        rate: Rate::clamped(-1_500),
        current_ma: 4_250,
        supply_mv: 24_080,
        temperature_c: -5,
        accepted: 0x0506,
    }
}
