//! One packet or stuffed frame of table link.
#![no_main]

use antipode_fuzz::checked;
use antipode_link::{Frame, FrameBuf};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let seen = [Frame::decode_packet(data).ok(), Frame::decode_stuffed(data).ok(), checked(data)];
    for frame in seen.into_iter().flatten() {
        // Whatever is understood can be said again, and means the same.
        let mut out = FrameBuf::new();
        frame.encode_packet(&mut out);
        assert_eq!(Frame::decode_packet(out.as_bytes()), Ok(frame));
    }
});
