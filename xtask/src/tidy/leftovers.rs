//! Unfinished code, tests that do not test, and untidy text.

use super::Finding;
use super::source::{File, Tree, is_test};

/// Never in any Rust file.
const UNFINISHED: [&str; 4] = ["todo!", "unimplemented!", "dbg!", "#[ignore"];
/// Never in a test: a test that waits for a clock is slow on a fast day and wrong on a slow one.
const WAITING: [&str; 2] = ["thread::sleep", "time::sleep"];
/// Text whose spaces carry meaning: recorded bytes and screens.
const AS_RECORDED: [&str; 4] = [".snap", ".expected.json", ".svg", ".csv"];

/// Checks every file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (file, code) in tree.rust() {
        findings.extend(check_rust(file, code));
    }
    for (file, text) in tree.text() {
        findings.extend(check_text(&file.path, text));
        if file.code.is_some() {
            findings.extend(check_examples(&file.path, text));
        }
    }
    findings
}

/// An example that must not compile may fail for a reason of its own, such as a renamed function.
/// Beside it stands one that compiles and differs in the one forbidden thing.
pub(super) fn check_examples(path: &str, text: &str) -> Option<Finding> {
    let mut refused = 0_u32;
    let mut compiling = 0_u32;
    let mut open = false;
    for line in text.lines() {
        let comment = line.trim_start();
        let comment = comment.strip_prefix("///").or(comment.strip_prefix("//!"));
        let Some(info) = comment.and_then(|line| line.trim_start().strip_prefix("```")) else {
            continue;
        };
        open = !open;
        if open && info.contains("compile_fail") {
            refused += 1;
        } else if open && matches!(info.trim(), "" | "rust" | "no_run") {
            compiling += 1;
        }
    }
    let message = format!("has {refused} compile_fail examples but {compiling} compiling twins");
    (refused > compiling).then(|| Finding::fails(path, message))
}

pub(super) fn check_rust(file: &File, code: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tests_from = if is_test(&file.path) { 1 } else { first_test_line(code) };
    for (number, line) in (1..).zip(code.lines()) {
        for word in UNFINISHED {
            if line.contains(word) {
                findings.push(Finding::fails_at(
                    &file.path,
                    number,
                    format!("{word} is left here"),
                ));
            }
        }
        for word in WAITING {
            if number >= tests_from && line.contains(word) {
                let message = format!("{word} in a test: use virtual time or wait for an event");
                findings.push(Finding::fails_at(&file.path, number, message));
            }
        }
    }
    findings
}

/// The line of the first inline test module; past the end if there is none.
fn first_test_line(code: &str) -> usize {
    let mut waiting_for_module = false;
    for (number, line) in (1..).zip(code.lines()) {
        if line.contains("#[cfg(test)]") || line.contains("#[cfg(all(test") {
            waiting_for_module = true;
        } else if waiting_for_module && !line.trim().is_empty() {
            if line.trim_start().starts_with("mod ") && line.contains('{') {
                return number;
            }
            waiting_for_module = false;
        }
    }
    usize::MAX
}

pub(super) fn check_text(path: &str, text: &str) -> Vec<Finding> {
    if AS_RECORDED.iter().any(|ending| path.ends_with(ending))
        || path.starts_with("tests/transcripts/")
    {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (number, line) in (1..).zip(text.split('\n')) {
        if line.ends_with([' ', '\t', '\r']) {
            findings.push(Finding::fails_at(path, number, "space or carriage return at the end"));
        }
    }
    if !text.is_empty() && !text.ends_with('\n') {
        findings.push(Finding::fails(path, "the last line does not end"));
    }
    findings
}
