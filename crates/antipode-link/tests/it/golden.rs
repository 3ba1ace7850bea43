//! The bytes of protocol version 1, for ever.
//!
//! If a test in this module fails, do not change the file of golden frames: boards in the field
//! speak these bytes. A change of meaning is a new message type or a new protocol version. The
//! bytes of the first seventeen were made by a second implementation that shares no code with this
//! crate; those of the limits by the one of `again` below, which shares none either.

use std::collections::BTreeSet;

use antipode_link::{Decoder, Frame, FrameBuf, Message, MessageType, STOP_FRAME, layout};

use crate::samples::frames;

const FILE: &str = include_str!("../golden/v1.txt");

/// One line of the file: a frame as bytes, and what it says.
pub(crate) struct Golden {
    pub(crate) hex: &'static str,
    pub(crate) says: &'static str,
}

pub(crate) fn golden() -> Vec<Golden> {
    let lines = FILE.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| line.split_once(' ').expect("bytes, a space, what they say"))
        .map(|(hex, says)| Golden { hex, says })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) fn bytes(hex: &str) -> Vec<u8> {
    let pair = |pair: &[u8]| {
        u8::from_str_radix(std::str::from_utf8(pair).expect("a golden frame"), 16)
            .expect("a golden frame")
    };
    hex.as_bytes().chunks(2).map(pair).collect()
}

fn field(kind: layout::Kind, at: &[u8]) -> i64 {
    match kind {
        layout::Kind::U8 => i64::from(at[0]),
        layout::Kind::I8 => i64::from(at[0].cast_signed()),
        layout::Kind::U16 => i64::from(u16::from_le_bytes([at[0], at[1]])),
        layout::Kind::I16 => i64::from(i16::from_le_bytes([at[0], at[1]])),
        layout::Kind::U32 => i64::from(u32::from_le_bytes([at[0], at[1], at[2], at[3]])),
    }
}

/// What a frame says, read by the layout table alone.
fn read_by_layout(frame: &[u8]) -> String {
    let mut packet = [0u8; 64];
    let stuffed = frame
        .strip_prefix(&[0])
        .and_then(|frame| frame.strip_suffix(&[0]))
        .expect("a golden frame");
    let len = antipode_link::cobs::unstuff(stuffed, &mut packet).expect("a golden frame");
    let (header, body) = packet[..len - 4].split_at(8);
    let of = MessageType::from_byte(header[1]).expect("a golden frame");
    let seq = u16::from_le_bytes([header[2], header[3]]);
    let session = u32::from_le_bytes([header[4], header[5], header[6], header[7]]);
    let mut says = format!("{of:?} seq={seq} session={session:08x}");
    for part in layout::fields(of) {
        says += &format!(" {}={}", part.name, field(part.kind, &body[part.at..]));
    }
    says
}

#[test]
fn every_message_has_the_bytes_of_version_1() {
    let golden = golden();
    let stop = Frame { seq: 0, session: 0, message: Message::Stop };
    let frames: Vec<Frame> = frames().into_iter().chain([stop]).collect();
    assert_eq!(frames.len(), golden.len());
    for (frame, golden) in frames.iter().zip(golden) {
        let mut out = FrameBuf::new();
        frame.encode(&mut out);
        assert_eq!(hex(out.as_bytes()), golden.hex, "{}", golden.says);
    }
}

#[test]
fn the_bytes_of_version_1_are_read_back() {
    let mut heard = Vec::new();
    let mut decoder = Decoder::new();
    for golden in golden() {
        decoder.feed(&bytes(golden.hex), |frame| heard.push(frame));
    }
    assert_eq!(heard.pop().map(|frame| (frame.session, frame.message)), Some((0, Message::Stop)));
    assert_eq!(heard, frames());
}

#[test]
fn the_layout_table_reads_the_golden_frames_as_the_file_says() {
    for golden in golden() {
        assert_eq!(read_by_layout(&bytes(golden.hex)), golden.says);
    }
}

#[test]
fn no_message_type_is_without_a_golden_frame() {
    let named: BTreeSet<&str> =
        golden().iter().filter_map(|golden| golden.says.split(' ').next()).collect();
    for of in MessageType::ALL {
        assert!(named.contains(format!("{of:?}").as_str()), "no golden frame of {of:?}");
    }
    assert_eq!(named.len(), MessageType::ALL.len());
}

#[test]
fn the_stop_constant_is_a_stop_of_no_session() {
    assert_eq!(hex(&STOP_FRAME), "0003011f010101010105d178870a00");
    assert_eq!(golden().last().map(|golden| golden.hex), Some(hex(&STOP_FRAME).as_str()));
}

/// The definition once more, in one place and by the letter: no table, no eight bytes at a time.
fn again(packet: &[u8]) -> String {
    let mut crc = u32::MAX;
    for &byte in packet {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0x82f6_3b78 } else { 0 };
        }
    }
    let whole: Vec<u8> = packet.iter().copied().chain((!crc).to_le_bytes()).collect();
    let mut frame = vec![0];
    for run in whole.split(|&byte| byte == 0) {
        frame.push(u8::try_from(run.len() + 1).expect("a golden frame"));
        frame.extend(run);
    }
    frame.push(0);
    hex(&frame)
}

#[test]
fn the_frames_of_the_limits_come_out_the_same_from_the_letter_of_the_document() {
    let header = |of: u8, seq: u8| [1, of, seq, 0, 0x11, 0xee, 0xff, 0xc0];
    // -75.00, 30.00, 1.50 a second, 420 s; -90.00, 60.00, 3.00 a second, 600 s.
    let narrow = [0xb4, 0xe2, 0xb8, 0x0b, 0x96, 0x00, 0xa4, 0x01];
    let wide = [0xd8, 0xdc, 0x70, 0x17, 0x2c, 0x01, 0x58, 0x02];
    let hash = [0x0d, 0xf0, 0xed, 0xfe];
    let expected = [
        again(&header(0x24, 18)),
        again(&[header(0x25, 19), narrow].concat()),
        again(&[&header(0xb2, 20)[..], &narrow, &wide, &hash].concat()),
    ];
    let golden = golden();
    let limits: Vec<&str> = golden[17..20].iter().map(|golden| golden.hex).collect();
    assert_eq!(limits, expected);
}

#[test]
fn the_document_for_other_languages_shows_the_same_bytes() {
    let document = include_str!("../../../../docs/table-link.md");
    for golden in golden() {
        assert!(document.contains(golden.hex), "{} is missing: {}", golden.says, golden.hex);
    }
}

#[test]
fn the_document_gives_every_type_its_byte_and_length() {
    let document = include_str!("../../../../docs/table-link.md");
    for message_type in MessageType::ALL {
        let (byte, len) = (message_type.byte(), message_type.body_len());
        let row = document
            .lines()
            .find(|line| line.starts_with(&format!("| {byte:02X} | {message_type:?} |")))
            .unwrap_or_else(|| panic!("no row for {message_type:?}"));
        assert!(row.ends_with(&format!("| {len} |")), "{row}");
    }
}

#[test]
fn the_document_names_every_result_of_an_ack() {
    let document = include_str!("../../../../docs/table-link.md");
    for result in antipode_link::AckResult::ALL {
        let cell = format!("| {} | ", result as u8);
        let row = document.lines().find(|line| line.contains(&cell));
        assert!(row.is_some(), "{result:?} has no cell `{cell}`");
    }
}
