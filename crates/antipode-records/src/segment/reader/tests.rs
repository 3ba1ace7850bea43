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
    }
}

fn stamp(ms: u64) -> Stamp {
    Stamp { at: Timestamp::from_millis(ms), wall: WallTime::from_unix_millis(ms as i64 - 7) }
}

/// A segment of records with these payloads, and the offset of each.
fn segment(payloads: &[Vec<u8>]) -> (Vec<u8>, Vec<usize>) {
    let mut bytes = header().encode().to_vec();
    let mut head = header().hash();
    let mut offsets = Vec::new();
    for (payload, seq) in payloads.iter().zip(1..) {
        offsets.push(bytes.len());
        let body = Body { stamp: stamp(seq), kind: Kind::new(64), flags: Flags::NONE, payload };
        head = encode_record(&mut bytes, head, seq, &body);
    }
    (bytes, offsets)
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
    bytes[offsets[0] + 36] = 7;
    let record = &bytes[offsets[0]..offsets[1]];
    let crc = Crc32c::new().update(&record[..4]).update(&record[8..]).finish();
    bytes[offsets[0] + 4..offsets[0] + 8].copy_from_slice(&crc.to_le_bytes());
    assert_eq!(read(&bytes).1, Some(Trouble::Chain { seq: 1 }));
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
    assert_eq!(record[..4], 72_u32.to_le_bytes());
    assert_eq!(record[8..16], 1_u64.to_le_bytes());
    assert_eq!(record[16..24], 1_u64.to_le_bytes());
    assert_eq!(record[24..32], (-6_i64).to_le_bytes());
    assert_eq!(record[32..40], *b"\x40\0\0\0plan");
    let mut hashed = header().hash().bytes().to_vec();
    hashed.extend_from_slice(&record[..4]);
    hashed.extend_from_slice(&record[8..40]);
    assert_eq!(record[40..], Hash::of(&hashed).bytes());
    let crc = Crc32c::new().update(&record[..4]).update(&record[8..]).finish();
    assert_eq!(record[4..8], crc.to_le_bytes());
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
