//! What holds for every frame and every noise.

use super::super::request::{MAX_READ, MAX_WRITE};
use super::super::*;
use proptest::prelude::*;

fn units() -> impl Strategy<Value = Unit> {
    (1..=247u8).prop_map(|byte| Unit::new(byte).unwrap())
}

fn requests() -> impl Strategy<Value = Request> {
    let start = || any::<u16>();
    let bits = || (start(), 1..=40u16).prop_filter_map("past the end", |(s, n)| BitSpan::new(s, n));
    let registers =
        || (start(), 1..=9u16).prop_filter_map("past the end", |(s, n)| RegisterSpan::new(s, n));
    let block = (start(), prop::collection::vec(any::<u16>(), 1..9))
        .prop_filter_map("past the end", |(s, values)| Block::new(s, &values));
    prop_oneof![
        bits().prop_map(|span| Request::Read(Read::Coils(span))),
        bits().prop_map(|span| Request::Read(Read::DiscreteInputs(span))),
        registers().prop_map(|span| Request::Read(Read::HoldingRegisters(span))),
        registers().prop_map(|span| Request::Read(Read::InputRegisters(span))),
        (start(), any::<bool>()).prop_map(|(at, on)| Request::Write(Write::Coil { at, on })),
        (start(), any::<u16>())
            .prop_map(|(at, value)| Request::Write(Write::Register { at, value })),
        block.prop_map(|block| Request::Write(Write::Registers(block))),
    ]
}

/// Some answer to `request`, made of `seed`.
fn answer(request: &Request, seed: &[u16; 9]) -> Reply {
    match request {
        Request::Read(Read::Coils(span) | Read::DiscreteInputs(span)) => {
            let bits: Vec<bool> =
                (0..usize::from(span.count())).map(|i| seed[i % 9] >> (i / 9) & 1 == 1).collect();
            Reply::Bits(Bits::new(&bits).unwrap())
        }
        Request::Read(Read::HoldingRegisters(span) | Read::InputRegisters(span)) => {
            Reply::Registers(Registers::new(&seed[..usize::from(span.count())]).unwrap())
        }
        Request::Write(_) => Reply::Written,
    }
}

fn sealed(mut bytes: Vec<u8>, seal: bool) -> Vec<u8> {
    if seal {
        bytes.extend(crc16(&bytes).to_le_bytes());
    }
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100_000))]

    #[test]
    fn any_bytes_are_refused_or_are_a_request_with_these_very_bytes(
        bytes in prop::collection::vec(any::<u8>(), 0..40), near: Option<u8>, seal: bool,
    ) {
        let mut bytes = bytes;
        if let (Some(near), [unit, function, _, _, high, ..]) = (near, &mut bytes[..]) {
            // Noise alone almost never has a unit, a function and a count.
            *unit = 1;
            *function = [1, 2, 3, 4, 5, 6, 16][usize::from(near) % 7];
            *high = 0;
        }
        let bytes = sealed(bytes, seal);
        if let Ok((unit, request)) = Request::decode(&bytes) {
            let again = request.encode(unit);
            prop_assert_eq!(again.as_bytes(), &bytes[..]);
        }
    }

    #[test]
    fn a_request_comes_back_and_no_damaged_byte_goes_through(
        request in requests(), unit in units(), at: prop::sample::Index, flip in 1..=u8::MAX,
    ) {
        let frame = request.encode(unit);
        prop_assert_eq!(Request::decode(frame.as_bytes()), Ok((unit, request)));
        let mut damaged = frame.as_bytes().to_vec();
        let at = at.index(damaged.len());
        damaged[at] ^= flip;
        prop_assert!(Request::decode(&damaged).is_err());
    }

    #[test]
    fn an_answer_comes_back_and_no_damaged_byte_goes_through(
        request in requests(), unit in units(), seed: [u16; 9], at: prop::sample::Index,
        flip in 1..=u8::MAX, refused in prop::option::of(prop::sample::select(&Exception::ALL[..])),
    ) {
        let reply = refused.map_or(answer(&request, &seed), Reply::Refused);
        let frame = reply.encode(unit, &request).expect("an answer to this request");
        prop_assert_eq!(Reply::decode(unit, &request, frame.as_bytes()), Ok(reply));
        let mut damaged = frame.as_bytes().to_vec();
        let at = at.index(damaged.len());
        damaged[at] ^= flip;
        prop_assert!(Reply::decode(unit, &request, &damaged).is_err());
    }

    #[test]
    fn an_answer_to_another_request_is_taken_only_where_the_frames_cannot_tell(
        asked in requests(), heard in requests(), unit in units(), by in units(), seed: [u16; 9],
    ) {
        let reply = answer(&heard, &seed);
        let frame = reply.encode(by, &heard).expect("an answer to this request");
        let taken = Reply::decode(unit, &asked, frame.as_bytes()).is_ok();
        let alike = match (asked, heard) {
            (Request::Write(a), Request::Write(b)) => match (a, b) {
                (Write::Registers(a), Write::Registers(b)) => {
                    a.start() == b.start() && a.values().len() == b.values().len()
                }
                (a, b) => a == b,
            },
            (a, b) => a.function() == b.function() && a.reply_len() == b.reply_len(),
        };
        prop_assert_eq!(taken, alike && unit == by);
    }

    #[test]
    fn any_bytes_are_refused_or_are_an_answer_of_the_length_asked_for(
        request in requests(), bytes in prop::collection::vec(any::<u8>(), 0..40), near: bool,
        seal: bool,
    ) {
        let unit = Unit::new(1).unwrap();
        let mut bytes = bytes;
        if let (true, [to, function, count, ..]) = (near, &mut bytes[..]) {
            *to = 1;
            *function = request.function().byte() | (*function & 0x80);
            *count &= 0x1f;
        }
        let bytes = sealed(bytes, seal);
        match Reply::decode(unit, &request, &bytes) {
            Ok(Reply::Refused(_)) => prop_assert_eq!(bytes.len(), 5),
            Ok(reply) => {
                prop_assert_eq!(bytes.len(), request.reply_len());
                let again = reply.encode(unit, &request).expect("an answer to this request");
                prop_assert_eq!(Reply::decode(unit, &request, again.as_bytes()), Ok(reply));
            }
            Err(error) => prop_assert!(!error.to_string().is_empty()),
        }
    }
}

#[test]
fn every_count_of_registers_fits_its_frame() {
    let unit = Unit::new(1).unwrap();
    for count in 1..=MAX_READ {
        let ask = Request::Read(Read::InputRegisters(RegisterSpan::new(0, count).unwrap()));
        let values = vec![count; usize::from(count)];
        let reply = Reply::Registers(Registers::new(&values).unwrap());
        let frame = reply.encode(unit, &ask).unwrap();
        assert_eq!(frame.as_bytes().len(), ask.reply_len());
        assert_eq!(Reply::decode(unit, &ask, frame.as_bytes()), Ok(reply));
    }
    for count in 1..=MAX_WRITE {
        let block = Block::new(0, &vec![7; count]).unwrap();
        let write = Request::Write(Write::Registers(block));
        assert_eq!(Request::decode(write.encode(unit).as_bytes()), Ok((unit, write)));
    }
}
