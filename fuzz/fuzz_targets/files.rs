//! Every file that people write: a text is refused with reasons, or read in range.
#![no_main]

use antipode_files::{
    Source, read_commissioning, read_model, read_person, read_plan, read_site, read_table,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let (Some((kind, text)), true) = (data.split_first(), data.len() <= 4_096) else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let source = Source::new("fuzz", text);
    match kind % 6 {
        0 => drop(read_plan(&source)),
        1 => drop(read_person(&source)),
        2 => drop(read_table(&source)),
        3 => drop(read_model(&source)),
        4 => drop(read_site(&source)),
        _ => drop(read_commissioning(&source)),
    }
});
