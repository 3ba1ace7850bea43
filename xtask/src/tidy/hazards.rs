//! HAZARDS.md against the tree: a row that says `live` names tests that exist.

use std::collections::{BTreeMap, BTreeSet};

use super::Finding;
use super::layout::words_after;
use super::source::Tree;

const FILE: &str = "HAZARDS.md";
const SCENARIOS: &str = "tests/scenarios/";
/// The families of rows that other files may cite as `H-07`.
const CITED: [&str; 2] = ["H", "I"];

/// How far a row is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Status {
    /// A test in this tree fails when the row is broken.
    Live,
    /// Nothing checks it yet.
    Planned,
    /// People or hardware do it; software cannot.
    Procedure,
}

/// One row of a table that has the columns Id, Status and Test.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Row {
    line: usize,
    id: String,
    status: String,
    tests: Vec<String>,
}

/// Checks the table and every citation of it.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let Some(text) = tree.text_of(FILE) else {
        return vec![Finding::fails(FILE, "is missing")];
    };
    let known = Known::of(tree);
    let rows = rows(text);
    let mut findings = check_rows(&rows, &known);
    findings.extend(check_citations(tree, &rows));
    findings
}

/// What a row may name as its test.
pub(super) struct Known {
    functions: BTreeSet<String>,
    scenarios: BTreeSet<String>,
}

impl Known {
    fn of(tree: &Tree) -> Known {
        let functions = tree.rust().flat_map(|(_, code)| words_after(code, "fn")).collect();
        let scenarios = tree
            .files
            .iter()
            .filter_map(|file| file.path.strip_prefix(SCENARIOS))
            .map(str::to_owned)
            .collect();
        Known { functions, scenarios }
    }

    #[cfg(test)]
    pub(super) fn named(functions: &[&str], scenarios: &[&str]) -> Known {
        Known {
            functions: functions.iter().map(|name| (*name).to_owned()).collect(),
            scenarios: scenarios.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn has(&self, test: &str) -> bool {
        let scenario = test.strip_prefix(SCENARIOS).unwrap_or(test);
        let function = test.rsplit("::").next().unwrap_or(test);
        self.scenarios.contains(scenario) || self.functions.contains(function)
    }
}

/// The rows of every table with the columns Id, Status and Test.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut columns: Option<(usize, usize, usize)> = None;
    for (line, content) in (1..).zip(text.lines()) {
        let Some(cells) = cells(content) else {
            columns = None;
            continue;
        };
        let Some((id, status, test)) = columns else {
            let find = |name: &str| cells.iter().position(|cell| *cell == name);
            columns = match (find("Id"), find("Status"), find("Test")) {
                (Some(id), Some(status), Some(test)) => Some((id, status, test)),
                _ => None,
            };
            continue;
        };
        let cell = |index: usize| cells.get(index).copied().unwrap_or_default();
        if cell(id).starts_with('-') || cell(id).starts_with(':') {
            continue;
        }
        rows.push(Row {
            line,
            id: cell(id).to_owned(),
            status: cell(status).to_owned(),
            tests: in_backticks(cell(test)),
        });
    }
    rows
}

fn cells(line: &str) -> Option<Vec<&str>> {
    let inner = line.trim().strip_prefix('|')?.strip_suffix('|')?;
    Some(inner.split('|').map(str::trim).collect())
}

fn in_backticks(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

pub(super) fn check_rows(rows: &[Row], known: &Known) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut last: BTreeMap<&str, u32> = BTreeMap::new();
    for row in rows {
        let Some((family, number)) = numbered(&row.id) else {
            let message = format!("{:?} is no id such as H-07", row.id);
            findings.push(Finding::fails_at(FILE, row.line, message));
            continue;
        };
        let expected = last.get(family).map_or(1, |number| number + 1);
        if number != expected {
            let message = format!("{} stands where {family}-{expected:02} belongs", row.id);
            findings.push(Finding::fails_at(FILE, row.line, message));
        }
        last.insert(family, number);
        findings.extend(check_row(row, known));
    }
    if rows.is_empty() {
        findings.push(Finding::fails(FILE, "holds no table with the columns Id, Status and Test"));
    }
    findings
}

fn check_row(row: &Row, known: &Known) -> Vec<Finding> {
    let fails = |message: String| Finding::fails_at(FILE, row.line, message);
    let Some(status) = status(&row.status) else {
        return vec![fails(format!("{}: status is live, planned or procedure", row.id))];
    };
    let missing = row.tests.iter().filter(|test| !known.has(test));
    match status {
        Status::Live if row.tests.is_empty() => {
            vec![fails(format!("{} is live but names no test", row.id))]
        }
        Status::Live => missing
            .map(|test| fails(format!("{} names {test}, which does not exist", row.id)))
            .collect(),
        Status::Planned if row.tests.iter().any(|test| known.has(test)) => {
            let place = format!("{FILE}:{}", row.line);
            vec![Finding::warns(place, format!("{} is planned, but its test exists", row.id))]
        }
        Status::Planned | Status::Procedure => Vec::new(),
    }
}

fn status(word: &str) -> Option<Status> {
    match word {
        "live" => Some(Status::Live),
        "planned" => Some(Status::Planned),
        "procedure" => Some(Status::Procedure),
        _ => None,
    }
}

/// Splits `H-07` into its family and number.
fn numbered(id: &str) -> Option<(&str, u32)> {
    let (family, number) = id.split_once('-')?;
    let is_family = !family.is_empty() && family.chars().all(|letter| letter.is_ascii_uppercase());
    if !is_family || number.len() != 2 {
        return None;
    }
    Some((family, number.parse().ok()?))
}

/// Every `H-nn` and `I-nn` in the tree must be a row.
fn check_citations(tree: &Tree, rows: &[Row]) -> Vec<Finding> {
    let ids: BTreeSet<&str> = rows.iter().map(|row| row.id.as_str()).collect();
    tree.text()
        .filter(|(file, _)| file.path.ends_with(".rs") || file.path.ends_with(".toml"))
        .filter(|(file, _)| !file.path.starts_with("xtask/"))
        .flat_map(|(file, text)| {
            let unknown = citations(text).into_iter().filter(|(_, id)| !ids.contains(id.as_str()));
            unknown.map(|(line, id)| {
                Finding::fails_at(&file.path, line, format!("cites {id}, which {FILE} has not"))
            })
        })
        .collect()
}

/// Citations in canonical form (`H-7` becomes `H-07`) with their lines.
pub(super) fn citations(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(text.lines()) {
        for word in line.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-') {
            let Some((family, digits)) = word.split_once('-') else { continue };
            if CITED.contains(&family)
                && digits.len() <= 2
                && let Ok(value) = digits.parse::<u32>()
            {
                found.push((number, format!("{family}-{value:02}")));
            }
        }
    }
    found
}
