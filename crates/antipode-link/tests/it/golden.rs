//! The bytes of protocol version 1, for ever.
//!
//! If a test in this module fails, do not change the test: boards in the field speak these bytes.
//! A change of meaning is a new message type or a new protocol version. The bytes were first made
//! by a second implementation that shares no code with this crate.

use antipode_link::{Decoder, Frame, FrameBuf, Message, MessageType, STOP_FRAME};

use crate::samples::frames;

const GOLDEN: [&str; 17] = [
    "00040101010711eeffc001010105443322110466f0fb00",
    "00040102020d11eeffc0bbaa9988102250a900",
    "00040103030911eeffc0b1ac045900",
    "00040110040811eeffc0b80b9602fa05fccfeb1100",
    "00040111050811eeffc0cefffa05573a493000",
    "00040112060911eeffc0b12699f000",
    "00040113070a11eeffc02c01bc020105ebdcbbf400",
    "0004011f080911eeffc050bd287a00",
    "00040120090811eeffc040e201057b1c9ada00",
    "000401210a0911eeffc09a056f3b00",
    "000401220b0511eeffc00680f9eaa26800",
    "000401230c0611eeffc03f05b31a044300",
    "000401810d0611eeffc001010401341201160df0edfebbaa998844332211d701d8dc70172c01fa02070507e5a76300",
    "000401820e0d11eeffc00605100472ad7a8b00",
    "000401a00f0811eeffc040e20109040302010aec73ca00",
    "000401b0100e11eeffc00403020102501e152003c40b09806affa9016809fb070605e617c80d00",
    "000401b1110611eeffc00102030a0403020150fb2003020101058d9706df00",
];

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_message_has_the_bytes_of_version_1() {
    let frames = frames();
    assert_eq!(frames.len(), GOLDEN.len());
    for (frame, golden) in frames.iter().zip(GOLDEN) {
        let mut out = FrameBuf::new();
        frame.encode(&mut out);
        assert_eq!(hex(out.as_bytes()), golden, "{:?}", frame.message);
    }
}

#[test]
fn the_bytes_of_version_1_are_read_back() {
    let wire: Vec<u8> = GOLDEN
        .concat()
        .as_bytes()
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect();
    let mut heard = Vec::new();
    Decoder::new().feed(&wire, |frame| heard.push(frame));
    assert_eq!(heard, frames());
}

#[test]
fn the_stop_constant_is_a_stop_of_no_session() {
    let mut out = FrameBuf::new();
    Frame { seq: 0, session: 0, message: Message::Stop }.encode(&mut out);
    assert_eq!(hex(out.as_bytes()), hex(&STOP_FRAME));
    assert_eq!(hex(&STOP_FRAME), "0003011f010101010105d178870a00");
}

#[test]
fn the_document_for_other_languages_shows_the_same_bytes() {
    let document = include_str!("../../../../docs/table-link.md");
    for golden in GOLDEN.into_iter().chain([hex(&STOP_FRAME).as_str()]) {
        assert!(document.contains(golden), "{golden} is missing");
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
