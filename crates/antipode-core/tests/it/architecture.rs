//! The diagram of states in ARCHITECTURE.md against the states that there are.

use std::collections::BTreeSet;

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
