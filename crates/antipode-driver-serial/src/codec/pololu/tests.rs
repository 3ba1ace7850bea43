//! Golden bytes both ways, round trips and noise.

mod jrk;
mod noise;
mod tic;

use proptest::prelude::*;

use super::{Addressing, CommandBuf, DeviceNumber, FrameError, Framing};

pub(super) const PLAIN: Framing = Framing { addressing: Addressing::Compact, crc: false };
pub(super) const CHECKED: Framing = Framing { addressing: Addressing::Compact, crc: true };

pub(super) fn device(number: u8, crc: bool) -> Framing {
    Framing { addressing: Addressing::Device(DeviceNumber::new(number).unwrap()), crc }
}

/// The bytes of `hex`, spaces ignored.
pub(super) fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.bytes().filter(|byte| *byte != b' ').collect();
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(core::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

pub(super) fn any_framing() -> impl Strategy<Value = Framing> {
    (prop::option::of(0..128u8), any::<bool>()).prop_map(|(number, crc)| match number {
        None => Framing { addressing: Addressing::Compact, crc },
        Some(number) => device(number, crc),
    })
}

/// A command's bytes with their check, which is the golden `crc`.
#[track_caller]
pub(super) fn assert_bytes(plain: CommandBuf, checked: CommandBuf, hex: &str, crc: Option<u8>) {
    let expected = bytes(hex);
    assert_eq!(plain.as_bytes(), expected, "{hex}");
    let (check, body) = checked.as_bytes().split_last().unwrap();
    assert_eq!(body, expected, "{hex}");
    if let Some(crc) = crc {
        assert_eq!(*check, crc, "check of {hex}");
    }
}

#[test]
fn a_device_number_has_seven_bits() {
    assert_eq!(DeviceNumber::new(127).map(DeviceNumber::get), Some(127));
    assert_eq!(DeviceNumber::new(128), None);
}

#[test]
fn a_frame_says_why_it_is_none() {
    let numbered = device(11, false);
    for (framing, hex, expected) in [
        (PLAIN, "", FrameError::Truncated),
        (CHECKED, "", FrameError::Truncated),
        (PLAIN, "40", FrameError::Stray(0x40)),
        (PLAIN, "C0 C0", FrameError::NotData(0xc0)),
        (PLAIN, "AA 0B 40 40", FrameError::Unknown(0xaa)),
        (CHECKED, "FF 4E", FrameError::Crc { expected: 0x4f, seen: 0x4e }),
        (CHECKED, "FF", FrameError::Crc { expected: 0, seen: 0xff }),
        (numbered, "C0 40", FrameError::Unknown(0xc0)),
        (numbered, "AA 0C 40 40", FrameError::OtherDevice(12)),
        (numbered, "AA 0B", FrameError::Truncated),
        (numbered, "AA 0B C0 40", FrameError::NotData(0xc0)),
        (PLAIN, "E6 00 00 00 00 00 00 00 00 00 00 00", FrameError::TooLong),
    ] {
        assert_eq!(framing.open(&bytes(hex)), Err(expected), "{hex}");
        assert!(!expected.to_string().is_empty());
    }
}

#[test]
fn settings_count_only_when_two_readings_agree() {
    assert_eq!(super::same_twice(7, 7), Ok(7));
    assert!(super::same_twice(7, 8).is_err());
}
