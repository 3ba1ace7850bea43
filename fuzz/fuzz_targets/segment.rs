//! A segment of the journal: records up to the first byte that cannot be trusted, then nothing.
#![no_main]

use antipode_records::segment::SegmentReader;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Ok(mut reader) = SegmentReader::open(data) else { return };
    let mut records = 0_usize;
    while reader.next_record().is_some() {
        records += 1;
        assert!(records <= data.len(), "more records than bytes");
    }
    assert!(reader.next_record().is_none(), "it has ended");
});
