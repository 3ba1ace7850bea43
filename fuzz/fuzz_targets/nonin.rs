//! The lines of an oximeter: a value that is told is one that the device can show.
#![no_main]

use antipode_driver_serial::codec::sensor::nonin::{Decoder, PULSE_RANGE, Reading};
use antipode_fuzz::pieces;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Ok(reading) = Reading::decode(data) {
        check(&reading);
        let line = reading.encode();
        let again = line.as_bytes().strip_suffix(b"\r\n").expect("a line ends");
        assert_eq!(Reading::decode(again), Ok(reading), "it means the same when said again");
    }
    let mut decoder = Decoder::new();
    for piece in pieces(data) {
        decoder.feed(piece.at, piece.bytes, |reading| check(&reading));
    }
});

fn check(reading: &Reading) {
    assert!(reading.saturation().is_none_or(|percent| percent <= 100), "{reading:?}");
    assert!(reading.pulse().is_none_or(|pulse| PULSE_RANGE.contains(&pulse)), "{reading:?}");
}
