//! Bytes that devices and their makers' papers show.

use super::super::bno_rvc::{self, IndexWatch, Step};
use super::super::stream::FrameError;
use super::super::witmotion::{self, Command, CommandError, Content, OutputRate};
use super::super::{MicroG, SensorAngle, SensorRate};
use super::{CASES, Draw};

const ANGLES: [u8; 11] = [0x55, 0x53, 0x56, 0xd5, 0x5b, 0, 0, 0, 0x02, 0x46, 0x76];
const ACCELERATION: [u8; 11] = [0x55, 0x51, 0, 0, 0x13, 0xf9, 0, 0x04, 0xc4, 0x09, 0x83];
const QUATERNION: [u8; 11] = [0x55, 0x59, 0xa3, 0x7b, 0x21, 0x21, 0, 0, 0, 0, 0x0e];
const BNO: [u8; 19] = [
    0xaa, 0xaa, 0xde, 0x01, 0x00, 0x92, 0xff, 0x25, 0x08, 0x8d, 0xfe, 0xec, 0xff, 0xd1, 0x03, 0, 0,
    0, 0xe7,
];

fn angle(millideg: i32) -> SensorAngle {
    SensorAngle::from_millideg(millideg).unwrap()
}

fn micro_g(value: i32) -> MicroG {
    MicroG::new(value).unwrap()
}

#[test]
fn witmotion_frames_have_the_bytes_of_the_makers_kit() {
    let frames = [
        (
            ANGLES,
            witmotion::Frame::Angles {
                roll: angle(-59_996),
                pitch: angle(500),
                yaw: SensorAngle::ZERO,
                version: 0x4602,
            },
        ),
        (
            ACCELERATION,
            witmotion::Frame::Acceleration {
                axes: [micro_g(0), micro_g(-865_723), micro_g(500_000)],
                temperature: 2_500,
            },
        ),
        (QUATERNION, witmotion::Frame::Quaternion([31_651, 8_481, 0, 0])),
    ];
    for (bytes, frame) in frames {
        assert_eq!(witmotion::Frame::decode(&bytes), Ok(frame));
        assert_eq!(frame.encode(), bytes);
    }
}

#[test]
fn a_rate_of_two_thousand_degrees_fills_the_field() {
    let rate = |value| SensorRate::from_millideg_per_s(value).unwrap();
    let axes = [rate(-2_000_000), rate(2_000_000), rate(3_000)];
    let bytes = witmotion::Frame::Rate { axes, other: 0 }.encode();
    assert_eq!(bytes[..10], [0x55, 0x52, 0x00, 0x80, 0xff, 0x7f, 0x31, 0x00, 0, 0]);
    let read = [rate(-2_000_000), rate(1_999_939), rate(2_991)];
    let back = witmotion::Frame::decode(&bytes);
    assert_eq!(back, Ok(witmotion::Frame::Rate { axes: read, other: 0 }));
}

#[test]
fn witmotion_commands_have_the_bytes_of_the_makers_kit() {
    for (command, bytes) in [
        (Command::Unlock, [0xff, 0xaa, 0x69, 0x88, 0xb5]),
        (Command::Rate(OutputRate::Hz50), [0xff, 0xaa, 0x03, 0x08, 0x00]),
        (Command::Content(Content::ALL), [0xff, 0xaa, 0x02, 0x0e, 0x02]),
        (Command::Content(Content::TILT), [0xff, 0xaa, 0x02, 0x0a, 0x00]),
        (Command::Save, [0xff, 0xaa, 0x00, 0x00, 0x00]),
    ] {
        assert_eq!(command.encode(), bytes, "{command:?}");
        assert_eq!(Command::decode(&bytes), Ok(command));
    }
    for rate in OutputRate::ALL {
        assert_eq!(Command::decode(&Command::Rate(rate).encode()), Ok(Command::Rate(rate)));
    }
}

#[test]
fn every_other_command_is_refused() {
    let mut known = 0;
    for register in 0..=u8::MAX {
        for value in 0..=u16::MAX {
            let [low, high] = value.to_le_bytes();
            let bytes = [0xff, 0xaa, register, low, high];
            match Command::decode(&bytes) {
                Ok(command) => {
                    assert_eq!(command.encode(), bytes);
                    known += 1;
                }
                Err(error) => assert_eq!(error, CommandError::Unknown { register, value }),
            }
        }
    }
    // Unlock, save, four rates, fifteen contents.
    assert_eq!(known, 21);
    assert_eq!(Command::decode(&[0xff, 0xaa, 0, 0]), Err(CommandError::NoCommand));
    assert_eq!(Command::decode(&[0xff, 0xab, 0, 0, 0]), Err(CommandError::NoCommand));
}

#[test]
fn a_line_too_slow_for_its_content_is_seen_before_it_is_set_up() {
    assert!(Content::ALL.fits(OutputRate::Hz50, 115_200));
    assert!(Content::ALL.fits(OutputRate::Hz10, 9_600));
    assert!(Content::TILT.fits(OutputRate::Hz20, 9_600));
    assert!(!Content::ALL.fits(OutputRate::Hz20, 9_600));
    assert!(!Content::TILT.fits(OutputRate::Hz50, 9_600));
}

#[test]
fn the_bno_frame_has_the_bytes_of_its_datasheet() {
    let frame = bno_rvc::Frame {
        index: 222,
        yaw: angle(10),
        pitch: angle(-1_100),
        roll: angle(20_850),
        acceleration: [micro_g(-371_000), micro_g(-20_000), micro_g(977_000)],
        reserved: [0; 3],
    };
    assert_eq!(bno_rvc::Frame::decode(&BNO), Ok(frame));
    assert_eq!(frame.encode(), BNO);
}

#[test]
fn a_frame_with_one_wrong_byte_is_refused() {
    for at in 0..11 {
        for flip in 1..=u8::MAX {
            let mut bytes = ANGLES;
            bytes[at] ^= flip;
            assert!(witmotion::Frame::decode(&bytes).is_err(), "byte {at}, flip {flip:#x}");
        }
    }
    for at in 0..19 {
        for flip in 1..=u8::MAX {
            let mut bytes = BNO;
            bytes[at] ^= flip;
            assert!(bno_rvc::Frame::decode(&bytes).is_err(), "byte {at}, flip {flip:#x}");
        }
    }
}

#[test]
fn whole_frames_of_other_kinds_and_angles_beyond_half_a_turn_are_told_apart() {
    let mut other = ANGLES;
    (other[1], other[10]) = (0x54, 0x77);
    assert_eq!(witmotion::Frame::decode(&other), Err(FrameError::Unused));
    let mut pitch = BNO;
    // 90.01 degrees.
    (pitch[5], pitch[6], pitch[18]) = (0x29, 0x23, 0xa2);
    assert_eq!(bno_rvc::Frame::decode(&pitch), Err(FrameError::Range));
    assert_eq!(bno_rvc::Frame::decode(&BNO[..18]), Err(FrameError::Header));
}

#[test]
fn every_frame_is_written_as_it_was_read_and_read_as_it_was_written() {
    let mut draw = Draw(1);
    for _ in 0..CASES {
        let bytes = draw.witmotion();
        assert_eq!(witmotion::Frame::decode(&bytes).unwrap().encode(), bytes);
        let index = draw.bytes::<1>()[0];
        let frame = draw.bno(index);
        let bytes = frame.encode();
        let back = bno_rvc::Frame::decode(&bytes).unwrap();
        assert_eq!(back.encode(), bytes);
        assert!(back.roll.millideg().abs_diff(frame.roll.millideg()) <= 5);
        assert!(back.acceleration[2].get().abs_diff(frame.acceleration[2].get()) <= 500);
    }
}

#[test]
fn a_gap_in_the_index_says_how_many_are_missing() {
    let mut watch = IndexWatch::default();
    let steps = [254, 255, 0, 3, 3, 4].map(|index| watch.take(index));
    let next = Step::Next;
    assert_eq!(steps, [next, next, next, Step::Missed(2), Step::Repeated, next]);
    assert_eq!((watch.missed, watch.repeated), (2, 1));
}
