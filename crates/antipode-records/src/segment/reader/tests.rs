use proptest::prelude::*;

use super::*;
use crate::record::SessionId;
use crate::segment::{Body, Link, MAX_PAYLOAD, encode_record};

fn header() -> Header {
    Header {
        journal: [1; 16],
        session: SessionId::from_bytes([2; 16]),
        ordinal: 1,
        part: 0,
        first_seq: 1,
        created: stamp(0),
        previous: Link::NONE,
        simulated: false,
        bench: false,
    }
}

fn stamp(ms: u64) -> Stamp {
    Stamp { at: Timestamp::from_millis(ms), wall: WallTime::from_unix_millis(ms as i64 - 7) }
}

/// A segment of records with these payloads, and the offset of each.
fn segment(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = header().encode().to_vec();
    let mut tip = Tip::of(&header());
    let mut offsets = Vec::new();
    for (payload, ms) in payloads.iter().zip(1..) {
        offsets.push(bytes.len());
        let body = Body { stamp: stamp(ms), kind: Kind::new(64), flags: Flags::NONE, payload };
        encode_record(&mut bytes, &mut tip, &body);
    }
    (bytes, offsets)
}

/// Makes the checksum of the record right that begins at `start`, ends at `end` and has a length of
/// one byte.
fn mend_checksum(bytes: &mut [u8], start: usize, end: usize) {
    let record = &mut bytes[start..end];
    let crc = Crc32c::new().update(&record[..1]).update(&record[5..]).finish();
    record[1..5].copy_from_slice(&crc.to_le_bytes());
}

fn read(bytes: &[u8]) -> (Vec<Vec<u8>>, Option<Trouble>, u64) {
    let mut reader = match SegmentReader::open(bytes) {
        Ok(reader) => reader,
        Err(trouble) => return (Vec::new(), Some(trouble), 0),
    };
    let mut payloads = Vec::new();
    while let Some(record) = reader.next_record() {
        payloads.push(record.payload.to_vec());
    }
    (payloads, reader.trouble(), reader.offset())
}

fn samples() -> Vec<Vec<u8>> {
    vec![b"start".to_vec(), Vec::new(), vec![0; MAX_PAYLOAD], vec![9; 70], b"end".to_vec()]
}

#[test]
fn records_read_back_as_written() {
    let (bytes, _) = segment(&samples());
    assert_eq!(read(&bytes), (samples(), None, bytes.len() as u64));
}

#[test]
fn unused_room_is_a_clean_end() {
    let (mut bytes, _) = segment(&samples());
    let end = bytes.len() as u64;
    bytes.resize(bytes.len() + 200_001, 0);
    assert_eq!(read(&bytes), (samples(), None, end));
}

#[test]
fn bytes_behind_unused_room_are_reported() {
    let (mut bytes, _) = segment(&samples());
    let end = bytes.len() as u64;
    bytes.resize(bytes.len() + 100_000, 0);
    bytes.push(1);
    assert_eq!(read(&bytes), (samples(), Some(Trouble::BehindEmpty), end));
}

#[test]
fn a_cut_file_gives_every_whole_record_before_the_cut() {
    let (bytes, offsets) = segment(&[vec![1; 40], vec![2; 3], vec![3; 90]]);
    for cut in HEADER_LEN..bytes.len() {
        let (payloads, trouble, offset) = read(&bytes[..cut]);
        let ends = offsets.iter().skip(1);
        assert_eq!(payloads.len(), ends.filter(|end| **end <= cut).count(), "cut at {cut}");
        let on_edge = offsets.contains(&cut);
        assert_eq!(trouble.is_none(), on_edge, "cut at {cut}");
        assert!(offset <= cut as u64);
    }
}

#[test]
fn any_changed_byte_stops_the_reading_at_its_record() {
    let (bytes, offsets) = segment(&[vec![1; 40], vec![2; 3], vec![3; 90]]);
    for at in HEADER_LEN..bytes.len() {
        let mut bytes = bytes.clone();
        bytes[at] ^= 0x40;
        let (payloads, trouble, offset) = read(&bytes);
        let record = offsets.iter().filter(|start| **start <= at).count() - 1;
        assert_eq!(payloads.len(), record, "byte {at}");
        assert!(trouble.is_some(), "byte {at}");
        assert_eq!(offset, offsets[record] as u64, "byte {at}");
    }
}

#[test]
fn a_record_changed_together_with_its_checksum_breaks_the_chain() {
    let (mut bytes, offsets) = segment(&[vec![1; 40], vec![2; 3]]);
    bytes[offsets[0] + 10] = 7;
    mend_checksum(&mut bytes, offsets[0], offsets[1]);
    assert_eq!(read(&bytes).1, Some(Trouble::Chain { seq: 1 }));
}

/// Most of a hash stands nowhere, and yet the chain hangs on it.
#[test]
fn a_record_continues_every_bit_of_the_hash_before_it() {
    let (bytes, offsets) = segment(&[vec![1; 40], vec![2; 3]]);
    let mut tip = Tip::of(&header());
    let body = Body { stamp: stamp(1), kind: Kind::new(64), flags: Flags::NONE, payload: &[1; 40] };
    encode_record(&mut Vec::new(), &mut tip, &body);
    let last = &bytes[offsets[1]..];
    assert_eq!(check_record(last, 1, &tip).map(|record| record.tip.seq), Ok(2));
    for bit in 0..256 {
        let mut hash = tip.hash.bytes();
        hash[bit / 8] ^= 1 << (bit % 8);
        let other = Tip { hash: Hash::from_bytes(hash), ..tip };
        let found = check_record(last, 1, &other).map(|record| record.tip.seq);
        assert_eq!(found, Err(Trouble::Chain { seq: 2 }), "bit {bit}");
    }
}

/// Both clocks may jump by anything; the record keeps what it was given.
#[test]
fn any_two_stamps_in_a_row_read_back() {
    let times = [0, 1, u64::MAX, 5, 1 << 63, u64::MAX - 1];
    let dates = [0, i64::MIN, i64::MAX, -1, 1_780_000_000_000, i64::MIN];
    let stamps = times.iter().flat_map(|ms| dates.iter().map(move |date| (*ms, *date)));
    let stamps: Vec<Stamp> = stamps
        .map(|(ms, date)| Stamp {
            at: Timestamp::from_millis(ms),
            wall: WallTime::from_unix_millis(date),
        })
        .collect();
    let mut bytes = header().encode().to_vec();
    let mut tip = Tip::of(&header());
    for &stamp in &stamps {
        let kind = Kind::new(u16::MAX);
        let flags = Flags::from_bits(u16::MAX);
        encode_record(&mut bytes, &mut tip, &Body { stamp, kind, flags, payload: &[] });
    }
    let mut reader = SegmentReader::open(bytes.as_slice()).unwrap();
    for stamp in stamps {
        let found = reader.next_record().unwrap();
        assert_eq!((found.stamp, found.kind), (stamp, Kind::new(u16::MAX)));
        assert_eq!(found.flags, Flags::from_bits(u16::MAX));
    }
    assert_eq!(reader.next_record(), None);
    assert_eq!(reader.trouble(), None);
}

/// Right by checksum and chain, but spelled as this program never spells.
#[test]
fn a_record_with_a_number_spelled_longer_than_needed_is_not_read() {
    // Length 22, then the number 1 in two bytes, four numbers of one byte, no payload.
    let mut record = vec![22_u8, 0, 0, 0, 0, 0x81, 0, 2, 0, 64, 0];
    let before = Tip::of(&header());
    record.extend_from_slice(Hash::of_record(before.hash, &record[..1], &record[5..]).tag());
    let end = record.len();
    mend_checksum(&mut record, 0, end);
    let mut bytes = header().encode().to_vec();
    bytes.extend_from_slice(&record);
    let (payloads, trouble, offset) = read(&bytes);
    assert_eq!((payloads.len(), offset), (0, HEADER_LEN as u64));
    assert_eq!(trouble, Some(Trouble::Spelling { expected: 1 }));
}

#[test]
fn a_length_that_no_record_has_is_not_believed() {
    let (least, most) = (LEAST_LEN as u64, MAX_RECORD as u64 - 3);
    for len in [1, least - 1, most + 1, most + 2, 1 << 20, (1 << 21) - 1] {
        let mut bytes = header().encode().to_vec();
        varint::put(&mut bytes, len);
        bytes.resize(bytes.len() + 2 * MAX_RECORD, 1);
        assert_eq!(read(&bytes).1, Some(Trouble::Length { len }), "{len}");
    }
    // Four bytes, and three of which the last is empty.
    for spelling in [&[0x81, 0x80, 0x80, 1][..], &[0xa0, 0x80, 0]] {
        let mut bytes = header().encode().to_vec();
        bytes.extend_from_slice(spelling);
        bytes.resize(bytes.len() + 2 * MAX_RECORD, 1);
        assert_eq!(read(&bytes).1, Some(Trouble::Length { len: u64::MAX }), "{spelling:?}");
    }
}

#[test]
fn a_record_written_twice_is_read_once() {
    let (mut bytes, offsets) = segment(&[vec![1; 40], vec![2; 3]]);
    bytes.extend_from_within(offsets[1]..);
    let (payloads, trouble, _) = read(&bytes);
    assert_eq!(payloads.len(), 2);
    assert_eq!(trouble, Some(Trouble::Sequence { expected: 3, found: 2 }));
}

/// The layout is a promise to every journal already written: do not change this test.
#[test]
fn a_record_keeps_its_bytes() {
    let (bytes, offsets) = segment(&[b"plan".to_vec()]);
    let record = &bytes[offsets[0]..];
    // The header has the clocks 0 and -7, the record 1 and -6.
    assert_eq!((record[0], &record[5..14]), (25, &b"\x01\x02\0\x40\0plan"[..]));
    let mut hashed = header().hash().bytes().to_vec();
    hashed.push(record[0]);
    hashed.extend_from_slice(&record[5..14]);
    assert_eq!(record[14..], Hash::of(&hashed).bytes()[..12]);
    let crc = Crc32c::new().update(&record[..1]).update(&record[5..]).finish();
    assert_eq!(record[1..5], crc.to_le_bytes());
}

proptest! {
    #[test]
    fn no_bytes_are_ever_too_much(bytes in proptest::collection::vec(any::<u8>(), 0..4_000)) {
        let (payloads, _, _) = read(&bytes);
        prop_assert!(payloads.is_empty());
        let mut behind_header = header().encode().to_vec();
        behind_header.extend(&bytes);
        let (payloads, _, offset) = read(&behind_header);
        prop_assert!(payloads.is_empty());
        prop_assert_eq!(offset, HEADER_LEN as u64);
    }

    #[test]
    fn a_damaged_segment_gives_a_prefix_of_what_was_written(
        payloads in proptest::collection::vec(
            proptest::collection::vec(any::<u8>(), 0..300), 0..12),
        at in any::<prop::sample::Index>(),
        junk in proptest::collection::vec(any::<u8>(), 1..200),
    ) {
        let (mut bytes, _) = segment(&payloads);
        let at = at.index(bytes.len());
        for (place, junk) in bytes[at..].iter_mut().zip(junk) {
            *place = junk;
        }
        let (found, _, _) = read(&bytes);
        prop_assert!(payloads.starts_with(&found));
    }
}
