//! Modbus RTU frames: a request as a drive reads it, and the answer to it.
#![no_main]

use antipode_driver_serial::codec::modbus::{Reply, Request};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    // The first bytes ask, the rest is the answer to it.
    for asked in 0..=data.len().min(64) {
        let (ask, answer) = data.split_at(asked);
        if let Ok((unit, request)) = Request::decode(ask) {
            let _seen = Reply::decode(unit, &request, answer);
            let said = request.encode(unit);
            assert_eq!(Request::decode(said.as_bytes()), Ok((unit, request)));
        }
    }
});
