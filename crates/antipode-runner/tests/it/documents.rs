//! What README and docs say of the program, against the program.

use antipode_runner::cli::Cli;
use antipode_runner::exit::Exit;
use antipode_runner::vocabulary::{ACTS, END_CAUSES, FAULTS};
use clap::Parser;

const README: &str = include_str!("../../../../README.md");
const FIRST_SESSION: &str = include_str!("../../../../docs/first-session.md");
const PLAN_FILES: &str = include_str!("../../../../docs/plan-files.md");
const SCENARIOS: &str = include_str!("../../../../docs/scenarios.md");

/// The command lines of our program in the fenced blocks of a document, without comments and
/// redirections.
fn commands(document: &str) -> Vec<Vec<&str>> {
    let fenced = document.split("```").skip(1).step_by(2);
    fenced
        .filter_map(|block| block.strip_prefix("sh\n"))
        .flat_map(str::lines)
        .map(|line| line.split(['#', '>']).next().unwrap_or_default())
        .filter_map(|line| {
            line.strip_prefix("cargo run --release -- ").or(line.strip_prefix("antipode "))
        })
        .map(|line| std::iter::once("antipode").chain(line.split_whitespace()).collect())
        .collect()
}

#[test]
fn every_command_that_a_document_shows_is_understood() {
    let mut shown = 0;
    for document in [README, FIRST_SESSION, PLAN_FILES, SCENARIOS] {
        for command in commands(document) {
            if let Err(error) = Cli::try_parse_from(&command) {
                panic!("{}\n{error}", command.join(" "));
            }
            shown += 1;
        }
    }
    assert!(shown >= 20, "{shown}");
}

#[test]
fn every_word_of_a_scenario_is_explained() {
    for word in FAULTS.iter().chain(ACTS).chain(&END_CAUSES) {
        let symptom = word.strip_prefix("symptom-").unwrap_or(word);
        let explained = [word, symptom].iter().any(|word| SCENARIOS.contains(&format!("`{word}`")));
        assert!(explained, "docs/scenarios.md does not explain `{word}`");
    }
}

#[test]
fn every_exit_code_is_explained() {
    for exit in Exit::ALL {
        let row = format!("| {} | ", exit.code());
        assert!(FIRST_SESSION.contains(&row), "{exit:?}");
    }
}
