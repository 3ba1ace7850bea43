//! Frames are found again whatever the wire does to the stream.

use antipode_link::{Decoder, DecoderStats, Frame, FrameBuf, FrameError, MAX_FRAME, Message};

use crate::samples::{SESSION, frames};

fn wire(frames: &[Frame]) -> Vec<u8> {
    let mut wire = Vec::new();
    for frame in frames {
        let mut out = FrameBuf::new();
        frame.encode(&mut out);
        wire.extend_from_slice(out.as_bytes());
    }
    wire
}

fn heard(decoder: &mut Decoder, bytes: &[u8]) -> Vec<Frame> {
    let mut heard = Vec::new();
    decoder.feed(bytes, |frame| heard.push(frame));
    heard
}

#[test]
fn any_chunk_size_gives_the_same_frames() {
    let frames = frames();
    let wire = wire(&frames);
    for size in 1..=wire.len() {
        let mut decoder = Decoder::new();
        let all: Vec<Frame> = wire.chunks(size).flat_map(|c| heard(&mut decoder, c)).collect();
        assert_eq!(all, frames, "chunks of {size}");
        assert_eq!(decoder.stats().errors(), 0);
    }
}

#[test]
fn a_damaged_byte_costs_one_frame_and_never_forges_one() {
    let hold = Frame { seq: 1, session: SESSION, message: Message::Hold };
    for frame in frames() {
        let clean = wire(&[frame]);
        for at in 0..clean.len() {
            for flip in [1u8, 0x80, 0xff] {
                let mut damaged = clean.clone();
                damaged[at] ^= flip;
                let mut decoder = Decoder::new();
                damaged.extend(wire(&[hold]));
                let got = heard(&mut decoder, &damaged);
                assert_eq!(got.last(), Some(&hold), "in step again");
                for other in got.iter().rev().skip(1) {
                    // Only a damaged delimiter leaves the frame itself whole.
                    assert_eq!(*other, frame, "byte {at} of {frame:?}");
                }
            }
        }
    }
}

#[test]
fn every_single_and_double_bit_error_in_a_motion_frame_is_caught() {
    let mut packet = FrameBuf::new();
    frames()[3].encode_packet(&mut packet);
    let packet = packet.as_bytes();
    assert_eq!(Frame::decode_packet(packet), Ok(frames()[3]));
    let bits = packet.len() * 8;
    for a in 0..bits {
        for b in a..bits {
            let mut damaged = packet.to_vec();
            damaged[a / 8] ^= 1 << (a % 8);
            if a != b {
                damaged[b / 8] ^= 1 << (b % 8);
            }
            assert_eq!(Frame::decode_packet(&damaged), Err(FrameError::Crc), "bits {a} and {b}");
        }
    }
}

#[test]
fn stop_gets_through_when_it_cuts_into_another_frame() {
    let other = wire(&frames()[3..4]);
    for cut in 0..other.len() {
        let mut bytes = other[..cut].to_vec();
        bytes.extend(antipode_link::STOP_FRAME);
        let got = heard(&mut Decoder::new(), &bytes);
        assert_eq!(got.last().map(|frame| frame.message), Some(Message::Stop), "cut at {cut}");
    }
}

#[test]
fn stop_is_read_in_any_version() {
    let mut packet = vec![9, 0x1f, 0, 0, 0, 0, 0, 0, 1, 2, 3];
    packet.extend(antipode_link::crc::crc32c(&packet).to_le_bytes());
    assert_eq!(Frame::decode_packet(&packet).map(|frame| frame.message), Ok(Message::Stop));
    packet.truncate(11);
    packet[1] = 0x12;
    packet.extend(antipode_link::crc::crc32c(&packet).to_le_bytes());
    assert_eq!(Frame::decode_packet(&packet), Err(FrameError::Version(9)));
}

#[test]
fn each_kind_of_rubbish_is_counted_as_itself() {
    let mut decoder = Decoder::new();
    let longest = MAX_FRAME - 2;
    let mut bytes = vec![0, 0, 0]; // no frame at all
    bytes.extend([5, 1, 0]); // broken chain
    bytes.extend([4, 1, 1, 1, 0]); // too short
    bytes.extend(vec![0xff; longest]); // as long as a frame may be, but no frame
    bytes.push(0);
    bytes.extend(vec![0xff; longest + 1]); // oversize
    bytes.push(0);
    bytes.extend(vec![0xff; 10 * longest]); // oversize, once
    bytes.push(0);
    let mut bad = wire(&frames()[..1]);
    bad[3] ^= 0x10;
    bytes.extend(bad);
    let mut unknown = vec![1, 0x7f, 1, 1, 1, 1, 1, 1];
    unknown.extend(antipode_link::crc::crc32c(&unknown).to_le_bytes());
    assert_eq!(Frame::decode_packet(&unknown), Err(FrameError::UnknownType(0x7f)));
    let mut stuffed = [0u8; 32];
    let len = antipode_link::cobs::stuff(&unknown, &mut stuffed).unwrap();
    bytes.extend(&stuffed[..len]);
    bytes.push(0);
    let expected = DecoderStats { frames: 1, crc_errors: 1, oversize: 2, malformed: 3, unknown: 1 };
    bytes.extend(antipode_link::STOP_FRAME);
    for size in [bytes.len(), 1, 7] {
        decoder = Decoder::new();
        for chunk in bytes.chunks(size) {
            decoder.feed(chunk, |_| {});
        }
        assert_eq!(decoder.stats(), expected, "chunks of {size}");
    }
    assert_eq!(decoder.stats().errors(), 7);
}

#[test]
fn errors_say_what_was_seen() {
    assert_eq!(
        FrameError::Version(2).to_string(),
        "frame of protocol version 2, this end speaks 1"
    );
    assert_eq!(FrameError::UnknownType(0x7f).to_string(), "frame of unknown type 0x7f");
    assert_eq!(FrameError::Oversize.to_string(), "frame longer than 45 bytes");
}
