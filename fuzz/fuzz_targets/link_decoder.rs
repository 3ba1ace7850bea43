//! A stream of table link, cut anywhere: what comes out does not depend on the cuts.
#![no_main]

use antipode_fuzz::pieces;
use antipode_link::{Decoder, Frame};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (mut cut, mut whole) = (Decoder::new(), Decoder::new());
    let (mut one, mut other): (Vec<Frame>, Vec<Frame>) = (Vec::new(), Vec::new());
    let mut all = Vec::new();
    for piece in pieces(data) {
        cut.feed(piece.bytes, |frame| one.push(frame));
        all.extend_from_slice(piece.bytes);
    }
    whole.feed(&all, |frame| other.push(frame));
    assert_eq!(one, other);
});
