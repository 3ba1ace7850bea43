//! Lines of the pulse oximeter.

use antipode_safety::{Millis, Timestamp};

use super::super::nonin::{Decoder, LINE_WITHIN, LONGEST_LINE, LineError, LineStats, Reading};
use super::{CASES, Draw};

const T: Timestamp = Timestamp::from_millis(1_000);

fn reading(saturation: Option<u8>, pulse: Option<u16>) -> Reading {
    Reading::new(saturation, pulse).unwrap()
}

fn with(mut reading: Reading, fast: bool, marked: bool) -> Reading {
    (reading.fast, reading.marked) = (fast, marked);
    reading
}

fn heard(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Reading> {
    let mut heard = Vec::new();
    decoder.feed(T, bytes, |reading| heard.push(reading));
    heard
}

/// A decoder that has seen the end of the line that its port was opened in.
fn open() -> Decoder {
    let mut decoder = Decoder::new();
    assert_eq!(heard(&mut decoder, b"HR=072\r\n"), []);
    decoder
}

#[test]
fn lines_of_the_manuals_are_read() {
    let good = reading(Some(98), Some(72));
    for (line, expect) in [
        ("SPO2=098 HR=072", good),
        ("SPO2= 98 HR= 72", good),
        ("12:34:56 SPO2=098 HR=072", good),
        ("SPO2=098 HR=072 F", with(good, true, false)),
        ("SPO2=098 HR=072*", with(good, false, true)),
        ("SPO2=098 HR=072 B", good),
        ("SPO2=098 HR=072 F*", with(good, true, true)),
        ("SPO2=--- HR=---", reading(None, None)),
        ("SPO2=100 HR=---", reading(Some(100), None)),
        ("SPO2=--- HR=321", reading(None, Some(321))),
        ("SPO2=000 HR=018", reading(Some(0), Some(18))),
    ] {
        assert_eq!(Reading::decode(line.as_bytes()), Ok(expect), "{line}");
    }
}

#[test]
fn lines_are_written_as_the_manuals_show_them() {
    let good = reading(Some(98), Some(72));
    for (reading, line) in [
        (good, "SPO2=098 HR=072\r\n"),
        (reading(None, None), "SPO2=--- HR=---\r\n"),
        (with(good, true, false), "SPO2=098 HR=072 F\r\n"),
        (with(good, true, true), "SPO2=098 HR=072 F*\r\n"),
    ] {
        assert_eq!(std::str::from_utf8(reading.encode().as_bytes()), Ok(line));
    }
}

#[test]
fn whatever_is_not_exactly_a_reading_is_none() {
    use LineError::{Malformed, NoReading, Range};
    for (line, error) in [
        ("", NoReading),
        ("AVANT 4000 12/31/03", NoReading),
        ("SPO2", NoReading),
        ("SPO2=98 HR=072", Malformed),
        ("SPO2=0980 HR=072", Malformed),
        ("SPO2=098 HR=72", Malformed),
        ("SPO2=098 HR=", Malformed),
        ("SPO2=098HR=072", Malformed),
        ("SPO2=09- HR=072", Malformed),
        ("SPO2=    HR=072", Malformed),
        ("SPO2=98  HR=072", Malformed),
        ("SPO2=098 HR=72 ", Malformed),
        ("SPO2=+98 HR=072", Malformed),
        ("SPO2=098 HR=072 FF", Malformed),
        ("SPO2=098 HR=0720", Malformed),
        ("xSPO2=098 HR=072", Malformed),
        ("12:34:5 SPO2=098 HR=072", Malformed),
        ("SPO2=101 HR=072", Range),
        ("SPO2=999 HR=072", Range),
        ("SPO2=098 HR=017", Range),
        ("SPO2=098 HR=322", Range),
        ("SPO2=098 HR=000", Range),
    ] {
        assert_eq!(Reading::decode(line.as_bytes()), Err(error), "{line:?}");
    }
    assert_eq!(Reading::new(Some(101), None), None);
    assert_eq!(Reading::new(None, Some(17)), None);
}

#[test]
fn every_reading_comes_back_from_its_line() {
    for saturation in (0..=100).map(Some).chain([None]) {
        for pulse in (18..=321).map(Some).chain([None]) {
            let plain = reading(saturation, pulse);
            for (fast, marked) in [(false, false), (true, false), (false, true), (true, true)] {
                let reading = with(plain, fast, marked);
                let line = reading.encode();
                let bytes = line.as_bytes().strip_suffix(b"\r\n").unwrap();
                assert_eq!(Reading::decode(bytes), Ok(reading));
            }
        }
    }
}

#[test]
fn a_lost_byte_costs_one_line_and_forges_none() {
    let mut draw = Draw(30);
    for case in 0..CASES {
        let sent: [Reading; 4] = std::array::from_fn(|_| {
            let saturation = u8::try_from(draw.below(101)).unwrap();
            let pulse = u16::try_from(draw.between(18, 321)).unwrap();
            let plain = reading(Some(saturation), Some(pulse));
            with(plain, draw.below(2) == 0, draw.below(2) == 0)
        });
        let mut bytes: Vec<u8> = sent.iter().flat_map(|r| r.encode().as_bytes().to_vec()).collect();
        bytes.remove(draw.below(bytes.len()));
        let got = heard(&mut open(), &bytes);
        let mut rest = sent.iter();
        // Only a mark after the values may be lost from a line that counts.
        let values = |reading: &Reading| (reading.saturation(), reading.pulse());
        assert!(got.iter().all(|one| rest.any(|s| values(s) == values(one))), "case {case}");
        assert!(got.len() >= 3, "case {case}");
    }
}

#[test]
fn a_line_is_found_however_it_is_cut_and_between_garbage() {
    let good = reading(Some(98), Some(72));
    let mut bytes = Vec::new();
    bytes.extend([0xff; 3 * LONGEST_LINE]);
    bytes.extend(b"\r\nSPO2=098 HR=072\r\n\r\n\0\x01\x02\rNONIN\nSPO2=999 HR=072\r\n");
    bytes.extend([b'7'; LONGEST_LINE + 1]);
    bytes.extend(b"\nSPO2=98 HR=072\r\nSPO2=098 HR=072\r\n");
    let stats =
        LineStats { readings: 2, other: 2, malformed: 1, range_errors: 1, oversize: 2, stale: 0 };
    for size in 1..=bytes.len() {
        let mut decoder = open();
        let before = decoder.stats().other;
        let got: Vec<_> = bytes.chunks(size).flat_map(|c| heard(&mut decoder, c)).collect();
        assert_eq!(got, [good, good], "chunks of {size}");
        let seen = decoder.stats();
        assert_eq!(LineStats { other: seen.other - before, ..seen }, stats, "chunks of {size}");
    }
}

#[test]
fn the_line_that_the_port_was_opened_in_does_not_count() {
    let mut decoder = Decoder::new();
    assert_eq!(heard(&mut decoder, b"SPO2=098 HR=072\r\n"), []);
    assert_eq!(heard(&mut decoder, b"SPO2=097 HR=071\r\n"), [reading(Some(97), Some(71))]);
}

#[test]
fn a_line_cut_in_two_by_a_silence_does_not_count() {
    let mut decoder = open();
    assert_eq!(heard(&mut decoder, b"SPO2=098 HR=0"), []);
    let late = T.plus(LINE_WITHIN).plus(Millis::new(1));
    decoder.feed(late, b"72\r\n", |reading| panic!("{reading:?}"));
    assert_eq!(decoder.stats().stale, 1);
    let mut got = Vec::new();
    decoder.feed(late, b"SPO2=098 HR=072\r\n", |reading| got.push(reading));
    assert_eq!(got, [reading(Some(98), Some(72))]);
}
