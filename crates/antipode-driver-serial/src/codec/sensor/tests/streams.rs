//! Frames are found again whatever the line does.

use antipode_safety::{Millis, Timestamp};

use super::super::stream::{Finder, FixedFrame, HELD_FOR, StreamStats};
use super::super::{bno_rvc, nonin, witmotion};
use super::{CASES, Draw};

const T: Timestamp = Timestamp::from_millis(1_000);

/// With so many bytes a first frame is confirmed and the finder in step. Before, a lost byte costs the
/// frame that it would have confirmed too.
const IN_STEP_WIT: usize = witmotion::FRAME_LEN + 2;
const IN_STEP_BNO: usize = bno_rvc::FRAME_LEN + 3;

fn heard<F: FixedFrame>(finder: &mut Finder<F>, bytes: &[u8]) -> Vec<F> {
    let mut heard = Vec::new();
    finder.feed(T, bytes, |frame, _| heard.push(frame));
    heard
}

fn wit(bytes: &[u8]) -> witmotion::Frame {
    witmotion::Frame::decode(bytes).unwrap()
}

/// Some frames one after the other, as bytes and as what they say.
fn wit_run(draw: &mut Draw, count: usize) -> (Vec<u8>, Vec<witmotion::Frame>) {
    let frames: Vec<_> = (0..count).map(|_| draw.witmotion()).collect();
    (frames.concat(), frames.iter().map(|bytes| wit(bytes)).collect())
}

fn bno_run(draw: &mut Draw, count: usize) -> (Vec<u8>, Vec<bno_rvc::Frame>) {
    let mut index = draw.bytes::<1>()[0];
    let mut bytes = Vec::new();
    for _ in 0..count {
        bytes.extend(draw.bno(index).encode());
        index = index.wrapping_add(1);
    }
    let frames = bytes.chunks(bno_rvc::FRAME_LEN);
    let frames = frames.map(|bytes| bno_rvc::Frame::decode(bytes).unwrap()).collect();
    (bytes, frames)
}

/// Whether `got` is `sent` without at most `lost` of them; nothing else, in order.
fn is_short_by_at_most<F: PartialEq>(got: &[F], sent: &[F], lost: usize) -> bool {
    let mut rest = sent.iter();
    got.iter().all(|frame| rest.any(|sent| sent == frame)) && got.len() + lost >= sent.len()
}

#[test]
fn any_chunks_give_the_same_frames() {
    let mut draw = Draw(4);
    let (mut bytes, frames) = wit_run(&mut draw, 40);
    bytes.extend([0x55, 0x51]); // the next round begins
    let (mut bno_bytes, bno_frames) = bno_run(&mut draw, 40);
    bno_bytes.extend([0xaa, 0xaa, bno_frames[39].index.wrapping_add(1)]);
    for size in 1..=bno_bytes.len() {
        let mut finder = witmotion::Decoder::new();
        let got: Vec<_> = bytes.chunks(size).flat_map(|c| heard(&mut finder, c)).collect();
        assert_eq!(got, frames, "chunks of {size}");
        assert_eq!(finder.stats().errors(), 0);
        let mut finder = bno_rvc::Decoder::new();
        let got: Vec<_> = bno_bytes.chunks(size).flat_map(|c| heard(&mut finder, c)).collect();
        assert_eq!(got, bno_frames, "chunks of {size}");
        assert_eq!(finder.stats().errors(), 0);
    }
}

#[test]
fn a_lost_byte_costs_one_frame_and_forges_none() {
    let mut draw = Draw(5);
    for case in 0..CASES {
        let (mut bytes, frames) = wit_run(&mut draw, 6);
        let at = IN_STEP_WIT + draw.below(bytes.len() - IN_STEP_WIT);
        bytes.remove(at);
        bytes.extend([0x55, 0x51]);
        let got = heard(&mut Finder::new(), &bytes);
        assert!(is_short_by_at_most(&got, &frames, 1), "WitMotion, case {case}, byte {at}");

        let (mut bytes, frames) = bno_run(&mut draw, 6);
        let at = IN_STEP_BNO + draw.below(bytes.len() - IN_STEP_BNO);
        bytes.remove(at);
        bytes.extend([0xaa, 0xaa, frames[5].index.wrapping_add(1)]);
        let got = heard(&mut Finder::new(), &bytes);
        assert!(is_short_by_at_most(&got, &frames, 1), "BNO, case {case}, byte {at}");
    }
}

#[test]
fn a_lost_byte_whose_frame_has_a_right_sum_all_the_same_forges_none() {
    // The next frame's first byte stands where the check was, and fits.
    let mut draw = Draw(6);
    let mut tried = 0;
    for _ in 0..CASES {
        let (first, second, third) = (draw.witmotion(), draw.witmotion(), draw.witmotion());
        let last = draw.witmotion();
        let mut torn = second.to_vec();
        torn.remove(9);
        // Make the sum fit by a change of one data byte, and the true check with it.
        let sum = torn[..9].iter().fold(second[10], |sum, byte| sum.wrapping_add(*byte));
        torn[2] = torn[2].wrapping_add(0x55u8.wrapping_sub(sum));
        let bytes = [&first[..], &torn, &third, &last, &[0x55, 0x51]].concat();
        let forged = witmotion::Frame::decode(&bytes[11..22]);
        tried += u32::from(forged.is_ok());
        let got = heard(&mut Finder::new(), &bytes);
        let sent = [first, third, last].map(|bytes| wit(&bytes));
        assert!(is_short_by_at_most(&got, &sent, 0), "{bytes:02x?}");
    }
    assert!(tried > CASES / 2, "{tried} of them were forgeries");
}

#[test]
fn a_changed_byte_costs_at_most_two_frames_and_forges_none() {
    let mut draw = Draw(7);
    for case in 0..CASES {
        let (mut bytes, frames) = wit_run(&mut draw, 6);
        let at = draw.below(bytes.len());
        bytes[at] ^= draw.bytes::<1>()[0].max(1);
        bytes.extend([0x55, 0x51]);
        let got = heard(&mut Finder::new(), &bytes);
        assert!(is_short_by_at_most(&got, &frames, 2), "case {case}, byte {at}");
    }
}

#[test]
fn rounds_survive_garbage_between_them() {
    let mut draw = Draw(8);
    for case in 0..CASES / 10 {
        let mut finder = witmotion::Decoder::new();
        let (mut got, mut sent) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let noise: [u8; 30] = draw.bytes();
            let len = draw.below(31);
            // No header in the noise: what looks like one may hide the frame behind it.
            let noise: Vec<_> = noise[..len].iter().map(|byte| byte & 0x0f).collect();
            let (mut bytes, mut frames) = wit_run(&mut draw, 4);
            if bytes.ends_with(&[0x55]) {
                bytes.truncate(33);
                frames.truncate(3);
            }
            got.extend(heard(&mut finder, &noise));
            got.extend(heard(&mut finder, &bytes));
            sent.extend(frames);
        }
        assert!(is_short_by_at_most(&got, &sent, 3), "case {case}");
    }
}

#[test]
fn a_single_frame_out_of_garbage_is_not_believed() {
    let mut draw = Draw(9);
    let frame = draw.witmotion();
    let mut finder = Finder::<witmotion::Frame>::new();
    assert_eq!(heard(&mut finder, &[&frame[..], &[1, 2, 3]].concat()), []);
    assert_eq!(finder.stats(), StreamStats { unconfirmed: 1, skipped: 14, ..finder.stats() });
    let frame = draw.bno(7).encode();
    let mut finder = Finder::<bno_rvc::Frame>::new();
    // A header follows, but not of the next frame.
    assert_eq!(heard(&mut finder, &[&frame[..], &[0xaa, 0xaa, 9]].concat()), []);
    assert_eq!(finder.stats().unconfirmed, 1);
}

#[test]
fn bytes_that_waited_through_a_silence_are_dropped() {
    let mut draw = Draw(10);
    let (bytes, frames) = wit_run(&mut draw, 3);
    let mut finder = Finder::new();
    let mut got = Vec::new();
    let late = T.plus(HELD_FOR).plus(Millis::new(1));
    finder.feed(T, &bytes[..27], |frame, at| got.push((frame, at)));
    assert_eq!(got, [(frames[0], T), (frames[1], T)]);
    finder.feed(late, &bytes[27..], |frame, at| got.push((frame, at)));
    assert_eq!(got.len(), 2);
    assert_eq!(finder.stats().stale, 5);
    // Within the time they still count.
    let mut finder = witmotion::Decoder::new();
    finder.feed(T, &bytes[..27], |_, _| {});
    finder.feed(T.plus(HELD_FOR), &bytes[27..], |frame, at| got.push((frame, at)));
    assert_eq!(got[2], (frames[2], T.plus(HELD_FOR)));
}

#[test]
fn a_frame_that_waits_for_the_next_keeps_the_time_of_its_own_last_byte() {
    let mut draw = Draw(11);
    let (bytes, frames) = wit_run(&mut draw, 2);
    let mut finder = Finder::new();
    let mut got = Vec::new();
    finder.feed(T, &bytes[..11], |frame, at| got.push((frame, at)));
    assert_eq!(got, []);
    finder.feed(T.plus(Millis::new(20)), &bytes[11..13], |frame, at| got.push((frame, at)));
    assert_eq!(got, [(frames[0], T)]);
}

#[test]
fn a_sensor_set_up_otherwise_is_counted_as_that() {
    let mut finder = Finder::<witmotion::Frame>::new();
    let mut other = [0x55, 0x54, 1, 2, 3, 4, 5, 6, 7, 8, 0];
    other[10] = other[..10].iter().fold(0, |sum: u8, byte| sum.wrapping_add(*byte));
    assert_eq!(heard(&mut finder, &[other, other, other].concat()), []);
    assert_eq!(finder.stats(), StreamStats { unused: 3, ..StreamStats::default() });
    heard(&mut finder, &other);
    assert_eq!(finder.stats(), StreamStats { unused: 4, ..StreamStats::default() });
}

#[test]
fn any_bytes_at_any_time_never_panic_and_hardly_ever_are_a_frame() {
    let mut draw = Draw(12);
    let (mut wit, mut bno) = (witmotion::Decoder::new(), bno_rvc::Decoder::new());
    let mut lines = nonin::Decoder::new();
    let (mut now, mut found) = (Timestamp::ZERO, 0);
    for case in 0..CASES {
        let mut bytes: [u8; 40] = draw.bytes();
        // Half of them full of what headers and lines are made of.
        if case % 2 == 0 {
            for byte in &mut bytes {
                *byte = b"\x55\x51\xaa\x53SPO2=HR -\r\n019"[usize::from(*byte) % 18];
            }
        }
        let bytes = &bytes[..draw.below(41)];
        now = now.plus(Millis::new(draw.u64() % 300));
        wit.feed(now, bytes, |_, at| {
            assert!(at <= now);
            found += 1;
        });
        bno.feed(now, bytes, |_, at| {
            assert!(at <= now);
            found += 1;
        });
        lines.feed(now, bytes, |reading| assert!(reading.saturation().is_none_or(|s| s <= 100)));
        assert!(wit.stats().frames + bno.stats().frames == found);
    }
    assert!(found < 50, "{found} frames in {CASES} pieces of garbage");
    assert!(wit.stats().errors() > 1_000_000 && bno.stats().errors() > 1_000_000);
}
