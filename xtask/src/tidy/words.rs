//! Words that claim what nobody has shown, and traces of one person's machine.

use super::Finding;
use super::source::{Tree, is_test};

/// Where a word is looked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Scope {
    /// Everywhere.
    Anywhere,
    /// Not in Rust code itself, where it may name a function; in its comments and texts it counts.
    Prose,
}

/// One forbidden wording.
struct Rule {
    /// In parts, so that this file does not break its own rule; lower case.
    parts: [&'static str; 2],
    scope: Scope,
    /// A word that makes the line right.
    unless: Option<&'static str>,
    why: &'static str,
}

const RULES: [Rule; 6] = [
    Rule {
        parts: ["e-", "stop"],
        scope: Scope::Anywhere,
        unless: Some("hard-wired"),
        why: "software has a STOP; only a hard-wired circuit may have that name",
    },
    Rule {
        parts: ["decom", "press"],
        scope: Scope::Prose,
        unless: Some("zstd"),
        why: "claims an effect on the spine; say what the motion does",
    },
    Rule {
        parts: ["safe to", " use"],
        scope: Scope::Prose,
        unless: None,
        why: "nobody has shown it",
    },
    Rule {
        parts: ["clinically", " proven"],
        scope: Scope::Prose,
        unless: None,
        why: "nobody has shown it",
    },
    Rule {
        parts: ["/wo", "rk/"],
        scope: Scope::Anywhere,
        unless: None,
        why: "a path of one machine",
    },
    Rule {
        parts: ["/ho", "me/"],
        scope: Scope::Anywhere,
        unless: Some("/home/user"),
        why: "a path of one machine; write /home/user in examples",
    },
];

/// Checks every text file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.text()
        .filter(|(file, _)| file.path != "Cargo.lock")
        .flat_map(|(file, text)| check_text(&file.path, text, file.code.as_deref()))
        .collect()
}

pub(super) fn check_text(path: &str, text: &str, code: Option<&str>) -> Vec<Finding> {
    let mut findings = Vec::new();
    let in_test = path.ends_with(".rs") && is_test(path);
    let mut code_lines = code.unwrap_or_default().lines();
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.to_lowercase();
        let code_line = code_lines.next().unwrap_or_default().to_lowercase();
        // A test of the words that people see must be able to list the forbidden ones.
        for rule in RULES.iter().filter(|rule| !(in_test && rule.scope == Scope::Prose)) {
            let word = rule.parts.concat();
            let in_code = if rule.scope == Scope::Prose { whole(&code_line, &word) } else { 0 };
            let excused = rule.unless.is_some_and(|unless| line.contains(unless));
            if whole(&line, &word) > in_code && !excused {
                findings.push(Finding::fails_at(path, number, format!("{word:?}: {}", rule.why)));
            }
        }
    }
    findings
}

/// How often a wording starts a word in a line: `exercise-stop` is not the shorter one.
fn whole(line: &str, wording: &str) -> usize {
    line.match_indices(wording)
        .filter(|(at, _)| {
            let before = line.get(..*at).and_then(|before| before.chars().next_back());
            !before.is_some_and(char::is_alphanumeric)
        })
        .count()
}
