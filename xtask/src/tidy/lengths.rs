//! Files and functions that a person can hold in mind.

use super::source::Tree;
use super::{Finding, Weight};

/// Code lines of a file that ask for a look, and that fail. Comments do not count: a rule that
/// punished them would be obeyed by deleting them.
const FILE_WARNS: usize = 400;
const FILE_FAILS: usize = 500;
/// Code lines of a function that ask for a look: more than one screen.
const FUNCTION_WARNS: usize = 70;

/// Checks every Rust file.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    tree.rust().flat_map(|(file, code)| check_file(&file.path, code)).collect()
}

pub(super) fn check_file(path: &str, code: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    let lines = code_lines(code).saturating_sub(table_lines(code));
    if lines > FILE_WARNS {
        let weight = if lines > FILE_FAILS { Weight::Fails } else { Weight::Warns };
        let message = format!("has {lines} lines of code; split it below {FILE_WARNS}");
        findings.push(Finding { weight, place: path.into(), message });
    }
    for function in functions(code) {
        if function.lines > FUNCTION_WARNS {
            let place = format!("{path}:{}", function.starts_at);
            let message = format!("fn {} has {} lines of code", function.name, function.lines);
            findings.push(Finding::warns(place, message));
        }
    }
    findings
}

fn code_lines(code: &str) -> usize {
    code.lines().filter(|line| !line.trim().is_empty()).count()
}

/// The lines of tables: constant arrays at the outermost level. A table is read row by row, and
/// splitting it would hide whether it is complete.
fn table_lines(code: &str) -> usize {
    let mut count = 0;
    let mut inside = false;
    for line in code.lines().filter(|line| !line.trim().is_empty()) {
        let item = line.strip_prefix("pub ").or(line.strip_prefix("pub(crate) "));
        let item = item.or(line.strip_prefix("pub(super) ")).unwrap_or(line);
        let constant = item.starts_with("const ") || item.starts_with("static ");
        inside |= constant && line.ends_with('[');
        count += usize::from(inside);
        inside &= !line.starts_with(']');
    }
    count
}

/// One function with a body.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) starts_at: usize,
    pub(super) lines: usize,
}

/// Every function of blanked source, nested ones too.
pub(super) fn functions(code: &str) -> Vec<Function> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        let before = code.get(..at).unwrap_or_default();
        let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
        if before.chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = code.get(at..).unwrap_or_default();
        let name: String = rest.chars().skip(3).take_while(|letter| is_word(*letter)).collect();
        if name.is_empty() {
            continue;
        }
        if let Some(length) = length_with_body(rest) {
            found.push(Function {
                name,
                starts_at: before.matches('\n').count() + 1,
                lines: code_lines(rest.get(..length).unwrap_or_default()),
            });
        }
    }
    found
}

/// The length from `fn` to the closing brace of its body; `None` for a declaration.
fn length_with_body(rest: &str) -> Option<usize> {
    let mut round = 0_u32;
    let mut curly = 0_u32;
    for (at, letter) in rest.char_indices() {
        match letter {
            '(' | '[' if curly == 0 => round += 1,
            ')' | ']' if curly == 0 => round = round.saturating_sub(1),
            ';' if curly == 0 && round == 0 => return None,
            '{' => curly += 1,
            '}' => {
                curly = curly.saturating_sub(1);
                if curly == 0 && round == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}
