//! `cargo xtask tidy`: what compilers and linters do not see, but a reader would.
//!
//! Each rule is a function from the tree (or the workspace) to findings. A rule is added here when
//! something was found twice by hand.

mod edges;
mod hazards;
mod layout;
mod leftovers;
mod lengths;
mod source;
mod words;

use crate::error::TaskError;
use crate::workspace::Workspace;

use source::Tree;

/// Whether a finding stops a change or only asks for a look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// The tree is not tidy.
    Fails,
    /// Worth a look.
    Warns,
}

/// One thing that a rule found.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    weight: Weight,
    place: String,
    message: String,
}

impl Finding {
    fn fails(place: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { weight: Weight::Fails, place: place.into(), message: message.into() }
    }

    fn warns(place: impl Into<String>, message: impl Into<String>) -> Finding {
        Finding { weight: Weight::Warns, place: place.into(), message: message.into() }
    }

    fn fails_at(path: &str, line: usize, message: impl Into<String>) -> Finding {
        Finding::fails(format!("{path}:{line}"), message)
    }
}

/// Runs every rule and prints what it found. Gives whether the tree is tidy.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, TaskError> {
    let tree = Tree::load(workspace)?;
    let mut findings = edges::check(workspace);
    findings.extend(layout::check(workspace, &tree));
    findings.extend(lengths::check(&tree));
    findings.extend(leftovers::check(&tree));
    findings.extend(words::check(&tree));
    findings.extend(hazards::check(&tree));
    findings.sort_by(|left, right| left.place.cmp(&right.place));

    let mut failures = 0_u32;
    let mut warnings = 0_u32;
    for finding in &findings {
        let word = match finding.weight {
            Weight::Fails => {
                failures += 1;
                "error"
            }
            Weight::Warns => {
                warnings += 1;
                "warning"
            }
        };
        println!("{word}: {}: {}", finding.place, finding.message);
    }
    println!("tidy: {} files, {failures} errors, {warnings} warnings", tree.files.len());
    Ok(failures == 0)
}

#[cfg(test)]
mod tests;
