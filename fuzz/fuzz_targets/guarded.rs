//! Every guarded drive behind its guardian: whatever its device, its hosts and the clock do, it
//! orders no motion that nobody has given leave for, and never one of a drive that is not fit.
#![no_main]

use antipode_fuzz::{Scene, Start};
use libfuzzer_sys::fuzz_target;

/// So many things happen at most: each of them may take a third of a second of the table's time.
const ACTS: usize = 100;

fuzz_target!(|data: &[u8]| {
    let Some((&first, mut rest)) = data.split_first() else { return };
    let start = if first & 1 == 0 { Start::Armed } else { Start::Fresh };
    let mut scene = Scene::new(first >> 1, start);
    for _ in 0..ACTS {
        match scene.act(rest) {
            Some(left) => rest = left,
            None => return,
        }
    }
});
