//! Frames that another implementation put on a wire, both ways. If a test here fails, do not change
//! the test: devices speak these bytes.

use super::super::request::{MAX_BITS, MAX_READ, MAX_WRITE};
use super::super::*;

fn hex(text: &str) -> Vec<u8> {
    text.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).unwrap()).collect()
}

fn unit(byte: u8) -> Unit {
    Unit::new(byte).unwrap()
}

fn holding(start: u16, count: u16) -> Request {
    Request::Read(Read::HoldingRegisters(RegisterSpan::new(start, count).unwrap()))
}

fn input(start: u16, count: u16) -> Request {
    Request::Read(Read::InputRegisters(RegisterSpan::new(start, count).unwrap()))
}

fn register(at: u16, value: u16) -> Request {
    Request::Write(Write::Register { at, value })
}

fn registers(values: &[u16]) -> Reply {
    Reply::Registers(Registers::new(values).unwrap())
}

/// The bytes of a request, both ways; every shorter and longer one is refused.
#[track_caller]
fn asks(to: u8, request: Request, bytes: &str) {
    let bytes = hex(bytes);
    assert_eq!(request.encode(unit(to)).as_bytes(), bytes);
    assert_eq!(Request::decode(&bytes), Ok((unit(to), request)));
    for cut in 0..bytes.len() {
        assert_eq!(Request::decode(&bytes[..cut]), Err(RequestError::Truncated), "first {cut}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert_eq!(Request::decode(&longer), Err(RequestError::TooLong));
}

/// The bytes of an answer, both ways; every shorter and longer one is refused.
#[track_caller]
fn says(to: u8, request: Request, reply: Reply, bytes: &str) {
    let bytes = hex(bytes);
    let sent = reply.encode(unit(to), &request).expect("an answer to this request");
    assert_eq!(sent.as_bytes(), bytes);
    assert_eq!(Reply::decode(unit(to), &request, &bytes), Ok(reply));
    for got in 0..bytes.len() {
        let cut = Reply::decode(unit(to), &request, &bytes[..got]);
        assert_eq!(cut, Err(ReplyError::Truncated { got }));
    }
    let longer = [&bytes[..], &[0]].concat();
    let (need, got) = (bytes.len(), longer.len());
    let long = Reply::decode(unit(to), &request, &longer);
    assert_eq!(long, Err(ReplyError::TooLong { need, got }));
}

#[test]
fn the_check_is_the_published_one() {
    assert_eq!(crc16(b"123456789"), 0x4b37);
    assert_eq!(crc16(b""), 0xffff);
}

#[test]
fn reads_are_those_on_the_wire_of_pymodbus() {
    asks(1, holding(10, 4), "01 03 00 0A 00 04 64 0B");
    let read = registers(&[0x1234, 0xffff, 0x8000, 0x0001]);
    says(1, holding(10, 4), read, "01 03 08 12 34 FF FF 80 00 00 01 88 DA");
    asks(1, holding(5_000, 1), "01 03 13 88 00 01 00 A4");
    let refused = Reply::Refused(Exception::IllegalAddress);
    says(1, holding(5_000, 1), refused, "01 83 02 C0 F1");
    asks(1, input(0, 4), "01 04 00 00 00 04 F1 C9");
}

#[test]
fn writes_are_those_on_the_wire_of_pymodbus() {
    asks(1, register(10, 0x1234), "01 06 00 0A 12 34 A4 BF");
    says(1, register(10, 0x1234), Reply::Written, "01 06 00 0A 12 34 A4 BF");
    let block = Block::new(11, &[0xffff, 0x8000, 0x0001]).unwrap();
    let write = Request::Write(Write::Registers(block));
    asks(1, write, "01 10 00 0B 00 03 06 FF FF 80 00 00 01 7F 7E");
    says(1, write, Reply::Written, "01 10 00 0B 00 03 F1 CA");
}

#[test]
fn requests_to_known_devices_have_their_bytes() {
    asks(1, register(1, 5_000), "01 06 00 01 13 88 D5 5C"); // LINAK: target 500.0 mm
    asks(1, register(2, 1), "01 06 00 02 00 01 E9 CA"); // LINAK: run to target
    asks(1, input(3, 3), "01 04 00 03 00 03 40 0B"); // LINAK: state to reason of the last stop
    asks(0x50, holding(0x3d, 3), "50 03 00 3D 00 03 99 86"); // WT901C485: roll to yaw
}

#[test]
fn coils_and_discrete_inputs_have_the_bytes_of_the_specification() {
    // Modbus application protocol 1.1b3, examples of 6.1, 6.2 and 6.5, as pymodbus 3.16.1 builds
    // them.
    let coils = Request::Read(Read::Coils(BitSpan::new(19, 19).unwrap()));
    asks(1, coils, "01 01 00 13 00 13 8C 02");
    let bit = |byte: u8, index: u8| byte >> index & 1 == 1;
    let bits = |bytes: &[u8], count: usize| {
        let all: Vec<bool> = bytes.iter().flat_map(|&b| (0..8).map(move |i| bit(b, i))).collect();
        Reply::Bits(Bits::new(&all[..count]).unwrap())
    };
    says(1, coils, bits(&[0xcd, 0x6b, 0x05], 19), "01 01 03 CD 6B 05 42 82");
    let inputs = Request::Read(Read::DiscreteInputs(BitSpan::new(196, 22).unwrap()));
    asks(1, inputs, "01 02 00 C4 00 16 B8 39");
    says(1, inputs, bits(&[0xac, 0xdb, 0x35], 22), "01 02 03 AC DB 35 22 88");
    let coil = Request::Write(Write::Coil { at: 172, on: true });
    asks(1, coil, "01 05 00 AC FF 00 4C 1B");
    says(1, coil, Reply::Written, "01 05 00 AC FF 00 4C 1B");
}

#[test]
fn the_wrong_frame_of_a_vendors_manual_is_refused() {
    assert_eq!(
        Request::decode(&hex("01 06 01 91 00 20 DD 7B")),
        Err(RequestError::Crc),
        "printed in the iEM-RS manual"
    );
    asks(1, register(0x0191, 0x0020), "01 06 01 91 00 20 D8 03");
    let echo = Reply::decode(unit(1), &register(0x0191, 0x0020), &hex("01 06 01 91 00 20 DD 7B"));
    assert_eq!(echo, Err(ReplyError::Crc));
}

#[test]
fn every_way_to_be_no_answer_has_its_own_name() {
    let frame = |body: &str| {
        let mut bytes = hex(body);
        bytes.extend(crc16(&bytes).to_le_bytes());
        bytes
    };
    let ask = holding(10, 1);
    let read = |bytes: &[u8]| Reply::decode(unit(1), &ask, bytes);
    let written = |bytes: &[u8]| Reply::decode(unit(1), &register(10, 7), bytes);
    assert_eq!(read(&frame("01 03 02 00 07")), Ok(registers(&[7])));
    assert_eq!(read(&[]), Err(ReplyError::Truncated { got: 0 }));
    assert_eq!(read(&frame("01 03 04 00 07 00 08")), Err(ReplyError::TooLong { need: 7, got: 9 }));
    assert_eq!(read(&frame("01 03 00")), Err(ReplyError::TooShort { need: 7, got: 5 }));
    assert_eq!(read(&frame("01 03 04 00 07")), Err(ReplyError::ByteCount(4)));
    assert_eq!(read(&frame("02 03 02 00 07")), Err(ReplyError::OtherUnit(2)));
    assert_eq!(read(&frame("01 04 02 00 07")), Err(ReplyError::OtherFunction(4)));
    assert_eq!(read(&frame("01 84 02")), Err(ReplyError::OtherFunction(0x84)));
    assert_eq!(read(&frame("01 83 09")), Err(ReplyError::UnknownException(9)));
    assert_eq!(read(&frame("01 83 02 00")), Err(ReplyError::TooLong { need: 5, got: 6 }));
    assert_eq!(written(&frame("01 06 00 0A 00 08")), Err(ReplyError::OtherTarget));
    assert_eq!(written(&frame("01 06 00 0B 00 07")), Err(ReplyError::OtherTarget));
    let mut damaged = frame("01 03 02 00 07");
    damaged[4] ^= 1;
    assert_eq!(read(&damaged), Err(ReplyError::Crc));
}

#[test]
fn impossible_requests_cannot_be_made_and_are_not_read() {
    assert_eq!(RegisterSpan::new(0, 0), None);
    assert_eq!(RegisterSpan::new(0, MAX_READ + 1), None);
    assert_eq!(BitSpan::new(0, MAX_BITS + 1), None);
    assert_eq!(RegisterSpan::new(0xffff, 2), None);
    assert!(RegisterSpan::new(0xffff, 1).is_some());
    assert_eq!(Block::new(0, &[]), None);
    assert_eq!(Block::new(0, &[0; MAX_WRITE + 1]), None);
    assert_eq!(Block::new(0xffff, &[1, 2]), None);
    for byte in 0..=u8::MAX {
        assert_eq!(Unit::new(byte).is_some(), (1..=247).contains(&byte), "unit {byte}");
    }
    let sealed = |body: &str| {
        let mut bytes = hex(body);
        bytes.extend(crc16(&bytes).to_le_bytes());
        Request::decode(&bytes)
    };
    assert_eq!(sealed("00 03 00 00 00 01"), Err(RequestError::Unit(0)));
    assert_eq!(sealed("F8 03 00 00 00 01"), Err(RequestError::Unit(248)));
    assert_eq!(sealed("01 2B 0E 01 00 00"), Err(RequestError::Function(0x2b)));
    assert_eq!(sealed("01 03 00 00 00 00"), Err(RequestError::Field));
    assert_eq!(sealed("01 03 FF FF 00 02"), Err(RequestError::Field));
    assert_eq!(sealed("01 05 00 00 00 01"), Err(RequestError::Field));
    assert_eq!(sealed("01 10 00 00 00 02 02 00 07"), Err(RequestError::Field));
    assert_eq!(sealed("01 10 00 00 00 01 01 07"), Err(RequestError::Field));
}

#[test]
fn the_longest_frames_fit() {
    let longest = [0xa5a5; MAX_WRITE];
    let write = Request::Write(Write::Registers(Block::new(0, &longest).unwrap()));
    let frame = write.encode(unit(247));
    assert_eq!(frame.as_bytes().len(), 255);
    assert_eq!(Request::decode(frame.as_bytes()), Ok((unit(247), write)));
    let ask = input(0, MAX_READ);
    let reply = registers(&[0x5a5a; MAX_READ as usize]);
    let frame = reply.encode(unit(1), &ask).unwrap();
    assert_eq!(frame.as_bytes().len(), ask.reply_len());
    assert_eq!(Reply::decode(unit(1), &ask, frame.as_bytes()), Ok(reply));
    let ask = Request::Read(Read::Coils(BitSpan::new(0, MAX_BITS).unwrap()));
    let reply = Reply::Bits(Bits::new(&[true; MAX_BITS as usize]).unwrap());
    let frame = reply.encode(unit(1), &ask).unwrap();
    assert_eq!(frame.as_bytes().len(), ask.reply_len());
    assert_eq!(Reply::decode(unit(1), &ask, frame.as_bytes()), Ok(reply));
}

#[test]
fn a_device_cannot_answer_what_it_was_not_asked() {
    let two = registers(&[1, 2]);
    assert_eq!(two.encode(unit(1), &holding(0, 3)), None);
    assert_eq!(two.encode(unit(1), &register(0, 1)), None);
    assert_eq!(Reply::Written.encode(unit(1), &holding(0, 3)), None);
    let bit = Reply::Bits(Bits::new(&[true]).unwrap());
    assert_eq!(bit.encode(unit(1), &holding(0, 1)), None);
}

#[test]
fn exception_codes_and_meanings_are_one_to_one() {
    let known: Vec<u8> = (0..=u8::MAX).filter(|&b| Exception::from_byte(b).is_some()).collect();
    assert_eq!(known, [1, 2, 3, 4, 5, 6, 7, 8, 10, 11]);
    for exception in Exception::ALL {
        assert_eq!(Exception::from_byte(exception.byte()), Some(exception));
    }
}

#[test]
fn errors_say_what_was_seen() {
    assert_eq!(
        ReplyError::TooLong { need: 7, got: 9 }.to_string(),
        "Modbus answer of 9 bytes, more than the 7 asked for"
    );
    assert_eq!(ReplyError::OtherUnit(3).to_string(), "Modbus answer from another unit, 3");
    assert_eq!(
        Failure::Refused(Exception::IllegalAddress).to_string(),
        "the Modbus device refused: IllegalAddress"
    );
}
