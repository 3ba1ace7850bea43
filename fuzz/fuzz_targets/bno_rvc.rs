//! The frames of a sensor, cut anywhere: what is believed is a tilt, and nothing waits for ever.
#![no_main]

use antipode_driver_serial::codec::sensor::SensorAngle;
use antipode_driver_serial::codec::sensor::bno_rvc::{Decoder, Frame};
use antipode_driver_serial::codec::sensor::plausible::Inclinometer;
use antipode_driver_serial::codec::sensor::tilt::{Axis, Mounting, Sense};
use antipode_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(frame) = Frame::decode(data) {
        assert_eq!(Frame::decode(&frame.encode()), Ok(frame), "it means the same when said again");
    }
    let mut decoder = Decoder::new();
    let mut sensor = Inclinometer::new(Mounting::new(Axis::X, Sense::Along, SensorAngle::ZERO));

    for piece in pieces(data) {
        decoder.feed(piece.at, piece.bytes, |frame, at| {
            assert!(at <= piece.at, "a frame is never younger than its bytes");
            let _seen = sensor.sight(&frame.sighting(at));
        });
    }
});
