//! ARCHITECTURE.md against the code: its diagram of states and its map.

use std::collections::BTreeSet;
use std::path::Path;

use antipode_core::session::StateKind;

const DOCUMENT: &str = include_str!("../../../../ARCHITECTURE.md");
const SOURCE: &str = include_str!("../../src/session/state.rs");
const MARKER: &str = "<!-- states -->";

/// The lines of the fenced block between the two markers.
fn drawn() -> Vec<&'static str> {
    let mut parts = DOCUMENT.split(MARKER);
    let (Some(_), Some(block), Some(_), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        panic!("ARCHITECTURE.md must hold {MARKER} twice");
    };
    let block = block.trim().strip_prefix("```text\n").expect("the block opens as text");
    block.strip_suffix("```").expect("the block is closed").lines().collect()
}

/// The lines of the fenced block above the states.
fn written() -> Vec<&'static str> {
    SOURCE
        .lines()
        .skip_while(|line| *line != "//! ```text")
        .skip(1)
        .take_while(|line| *line != "//! ```")
        .map(|line| line.strip_prefix("//! ").unwrap_or_default())
        .collect()
}

/// Words such as `SelfTest`: a capital and at least one small letter. `STOP` is none.
fn named(lines: &[&str]) -> BTreeSet<String> {
    lines
        .iter()
        .flat_map(|line| line.split(|letter: char| !letter.is_ascii_alphanumeric()))
        .filter(|word| {
            word.starts_with(|letter: char| letter.is_ascii_uppercase())
                && word.contains(|letter: char| letter.is_ascii_lowercase())
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_diagram_shows_every_state_and_no_other() {
    let states: BTreeSet<String> =
        StateKind::ALL.iter().map(|state| format!("{state:?}")).collect();
    assert_eq!(states.len(), StateKind::ALL.len());
    assert_eq!(named(&drawn()), states);
}

#[test]
fn the_diagram_is_the_one_above_the_states() {
    assert!(!written().is_empty());
    assert_eq!(drawn(), written());
}

const CRATES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// Drivers that come with the program.
const OUR_DRIVERS: [&str; 1] = ["antipode-driver-serial"];
/// Names in the code map that are no modules.
const NOT_MODULES: [&str; 4] = ["no_std", "libm", "status", "stop"];

/// Every file and folder below `folder`, by its name without ending.
fn modules_below(folder: &Path) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in folder.read_dir().expect("a crate has sources") {
        let path = entry.expect("a folder can be listed").path();
        let stem = path.file_stem().expect("an entry has a name");
        found.insert(stem.to_string_lossy().into_owned());
        if path.is_dir() {
            found.extend(modules_below(&path));
        }
    }
    found
}

/// The sections of the code map: the name of a crate, and what is said of it.
fn mapped() -> Vec<(&'static str, &'static str)> {
    DOCUMENT
        .split("\n### ")
        .filter(|section| section.starts_with("antipode-"))
        .filter_map(|section| section.split_once(':'))
        .map(|(name, text)| (name, text.split("\n## ").next().unwrap_or_default()))
        .collect()
}

#[test]
fn the_code_map_has_every_crate_and_names_modules_that_exist() {
    let crates: BTreeSet<String> = Path::new(CRATES)
        .read_dir()
        .expect("the crates have a folder")
        .map(|entry| entry.expect("a folder can be listed").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        // A maker's driver says what it is in its own documentation.
        .filter(|name| !name.starts_with("antipode-driver-") || OUR_DRIVERS.contains(&&**name))
        .collect();
    let map = mapped();
    assert_eq!(map.iter().map(|(name, _)| (*name).to_owned()).collect::<BTreeSet<_>>(), crates);
    for (name, text) in map {
        let modules = modules_below(&Path::new(CRATES).join(name).join("src"));
        let word = |name: &&str| name.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        let named = text.split('`').skip(1).step_by(2).filter(word);
        for module in named.filter(|name| !NOT_MODULES.contains(name)) {
            assert!(modules.contains(module), "{name} has no module `{module}`");
        }
    }
}
