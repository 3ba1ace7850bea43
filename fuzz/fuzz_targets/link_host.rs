//! The host's half of table link: it takes what a table, or a line, says.
#![no_main]

use antipode_fuzz::{checked, pieces};
use antipode_link::{FrameBuf, HostLink};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut link = HostLink::new(7);
    let mut said = Vec::new();
    link.hello(&mut said);
    for piece in pieces(data) {
        link.receive(piece.at, piece.bytes, &mut |_| {});
        // A check of 32 bits is not guessed: frames that mean something are let past it.
        if let Some(frame) = checked(piece.bytes) {
            let mut out = FrameBuf::new();
            frame.encode(&mut out);
            link.receive(piece.at, out.as_bytes(), &mut |_| {});
        }
        link.heartbeat(piece.at, &mut said);
        said.clear();
    }
});
