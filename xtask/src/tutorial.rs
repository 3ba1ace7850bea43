//! `cargo xtask tutorial`: carries out docs/adding-a-driver.md, so that a page that people follow
//! works.
//!
//! A step is marked in the page by a comment before its code block:
//! `<!-- step: passes -->` or `<!-- step: fails -->` before commands, `<!-- file: PATH -->` before a
//! file; `<!-- whole: ... -->` marks a step that builds the whole program. The steps run in a copy of the workspace below the build folder, in order, with the build
//! folder of the original. Only the commands of the tutorial are known; another one is an error of
//! the page.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::report::{Ending, PartResult};
use crate::tally::Tally;
use crate::workspace::{Workspace, cargo_program};
use crate::{conformance, new_driver};

/// The page.
const PAGE: &str = "docs/adding-a-driver.md";
const SHORT: Duration = Duration::from_secs(5 * 60);
const LONG: Duration = Duration::from_secs(20 * 60);
/// What a copy needs to build; the rest of the tree plays no part.
const COPIED: [&str; 7] =
    ["Cargo.toml", "Cargo.lock", "clippy.toml", "rustfmt.toml", "crates", "configs", "xtask"];

/// How much of the page.
#[derive(Args)]
pub(crate) struct Options {
    /// Build the program of the copy as well, and see the driver in its list: some minutes.
    #[arg(long)]
    whole: bool,
}

/// One step of the page.
#[derive(Clone, Debug, PartialEq, Eq)]
enum TutorialStep {
    /// Put this text into this file.
    File { path: PathBuf, text: String },
    /// Run this command, which must end so.
    Command { line: String, passes: bool, whole: bool },
}

impl TutorialStep {
    /// The driver that it makes.
    fn makes(&self) -> Option<&str> {
        match self {
            Self::Command { line, .. } => line.strip_prefix("cargo xtask new-driver "),
            Self::File { .. } => None,
        }
    }
}

/// The part of CI that follows the page.
pub(crate) fn part(workspace: &Workspace) -> PartResult {
    let why = format!("{PAGE} does not work as it stands");
    let ending = if run(workspace, &Options { whole: false })? {
        Ending::Passed
    } else {
        Ending::Failed(why)
    };
    Ok((ending, Tally::default()))
}

/// Follows the page to its end. `Ok(false)` when a step ends otherwise than the page says.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let page = workspace.root.join(PAGE);
    let text = fs::read_to_string(&page).map_err(TaskError::reading(&page))?;
    let steps = steps_of(&text)?;
    let copy = copied(workspace)?;
    let made = steps.iter().find_map(TutorialStep::makes);
    for (index, step) in steps.iter().enumerate() {
        let number = index + 1;
        match step {
            TutorialStep::File { path, text } => {
                println!("\n=== step {number}: write {}", path.display());
                let path = copy.join(path);
                fs::write(&path, text).map_err(TaskError::writing(&path))?;
            }
            TutorialStep::Command { line, whole: true, .. } if !options.whole => {
                println!("\n=== step {number}: {line}: left out, needs --whole");
            }
            TutorialStep::Command { line, passes, .. } => {
                println!("\n=== step {number}: {line}");
                let passed = carry_out(&copy, line, made)?;
                if passed != *passes {
                    let (is, should) = if passed { ("passes", "fail") } else { ("fails", "pass") };
                    println!("{PAGE} says that `{line}` must {should}, and it {is}");
                    return Ok(false);
                }
            }
        }
    }
    let format = Step::new(cargo_program(), &copy, SHORT).args(["fmt", "--all", "--check"]);
    let formatted = format.run(Echo::Live)?.success;
    println!("\n{} steps followed", steps.len());
    Ok(formatted)
}

/// Runs one command of the page in the copy; `made` is the driver that an earlier one made.
fn carry_out(copy: &Path, line: &str, made: Option<&str>) -> Result<bool, TaskError> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words.as_slice() {
        ["cargo", "xtask", "new-driver", name] => {
            let made = new_driver::make(&Workspace::at(copy)?, name)?;
            // The lock file learns of the crate here; in CI a build may not change it.
            let lock = ["metadata", "--format-version=1", "--offline", "--quiet"];
            Step::new(cargo_program(), copy, SHORT).args(lock).stdout()?;
            Ok(made)
        }
        ["cargo", "xtask", "conformance", "--driver", name] => {
            conformance::of(&Workspace::at(copy)?, name)
        }
        ["cargo", "run", "-q", "--", "drivers"] => {
            let build = Step::new(cargo_program(), copy, LONG).args(["run", "-q", "--", "drivers"]);
            let finished = build.run(Echo::Live)?;
            let listed = made.is_some_and(|name| finished.lines.iter().any(|l| l.contains(name)));
            Ok(finished.success && listed)
        }
        ["rm", path] => {
            let path = copy.join(inside(path)?);
            fs::remove_file(&path).map_err(TaskError::writing(&path))?;
            Ok(true)
        }
        _ => Err(TaskError::Usage {
            what: format!("{PAGE} has a step `{line}` that this task does not know"),
            remedy: "leave its mark out, or teach xtask/src/tutorial.rs to carry it out".into(),
        }),
    }
}

/// A path of the page, which must stay inside the copy.
fn inside(path: &str) -> Result<PathBuf, TaskError> {
    let path = PathBuf::from(path);
    if path.components().all(|part| matches!(part, Component::Normal(_))) {
        return Ok(path);
    }
    Err(TaskError::Usage {
        what: format!("{PAGE} names {}, which leads out of the workspace", path.display()),
        remedy: "name it from the root of the workspace".into(),
    })
}

/// Every step of the page, in order.
fn steps_of(page: &str) -> Result<Vec<TutorialStep>, TaskError> {
    let mut steps = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        let Some(mark) = line.strip_prefix("<!-- ").and_then(|rest| rest.strip_suffix(" -->"))
        else {
            continue;
        };
        let block: String = lines
            .by_ref()
            .skip_while(|line| !line.starts_with("```"))
            .skip(1)
            .take_while(|line| *line != "```")
            .map(|line| format!("{line}\n"))
            .collect();
        match mark.split_once(": ") {
            Some(("file", path)) => {
                steps.push(TutorialStep::File { path: inside(path)?, text: block });
            }
            Some((kind @ ("step" | "whole"), how @ ("passes" | "fails"))) => {
                let commands = block.lines().map(|line| TutorialStep::Command {
                    line: line.to_owned(),
                    passes: how == "passes",
                    whole: kind == "whole",
                });
                steps.extend(commands);
            }
            _ => {
                return Err(TaskError::Usage {
                    what: format!("{PAGE} has a mark `{mark}`"),
                    remedy: "marks are `file: PATH`, and `step` or `whole` with passes or fails"
                        .into(),
                });
            }
        }
    }
    if steps.is_empty() {
        return Err(TaskError::Usage {
            what: format!("{PAGE} has no step"),
            remedy: "mark its commands and files".into(),
        });
    }
    Ok(steps)
}

/// A fresh copy of the workspace, with a build folder of its own: units of the same name in one folder
/// would be taken for the original's, and what is changed there would not be built any more.
fn copied(workspace: &Workspace) -> Result<PathBuf, TaskError> {
    let copy = workspace.target.join("tutorial");
    if copy.exists() {
        fs::remove_dir_all(&copy).map_err(TaskError::writing(&copy))?;
    }
    for name in COPIED {
        copy_tree(&workspace.root.join(name), &copy.join(name))?;
    }
    let config = copy.join(".cargo/config.toml");
    let text = format!(
        "[build]\ntarget-dir = {:?}\n",
        workspace.target.join("tutorial-build").display().to_string()
    );
    fs::create_dir_all(copy.join(".cargo")).map_err(TaskError::writing(&copy))?;
    fs::write(&config, text).map_err(TaskError::writing(&config))?;
    Ok(copy)
}

fn copy_tree(from: &Path, to: &Path) -> Result<(), TaskError> {
    if !from.is_dir() {
        if let Some(folder) = to.parent() {
            fs::create_dir_all(folder).map_err(TaskError::writing(folder))?;
        }
        return fs::copy(from, to).map(drop).map_err(TaskError::writing(to));
    }
    for entry in fs::read_dir(from).map_err(TaskError::reading(from))? {
        let entry = entry.map_err(TaskError::reading(from))?;
        copy_tree(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_its_marked_blocks_in_order() {
        let page = "# T\n```sh\nnot this\n```\n<!-- step: fails -->\n```sh\na b\nc\n```\ntext\n\
                    <!-- file: x/y.rs -->\n\n```rust\nfn a() {}\n```\n";
        let command =
            |line: &str| TutorialStep::Command { line: line.into(), passes: false, whole: false };
        let file = TutorialStep::File { path: "x/y.rs".into(), text: "fn a() {}\n".into() };
        assert_eq!(steps_of(page).unwrap(), [command("a b"), command("c"), file]);
    }

    #[test]
    fn a_page_that_marks_nothing_or_leads_out_of_the_copy_is_an_error() {
        for page in [
            "# T\n",
            "<!-- stop: passes -->\n```sh\na\n```\n",
            "<!-- step: perhaps -->\n```sh\na\n```\n",
            "<!-- file: ../x -->\n```sh\na\n```\n",
            "<!-- file: /x -->\n```sh\na\n```\n",
        ] {
            assert!(steps_of(page).is_err(), "{page}");
        }
    }

    #[test]
    fn a_command_that_is_not_of_the_tutorial_is_never_run() {
        for line in ["ls", "rm -r /", "cargo xtask ci", "rm ../x"] {
            assert!(carry_out(Path::new("/no/such/folder"), line, None).is_err(), "{line}");
        }
    }

    #[test]
    fn the_page_of_the_project_has_its_steps() {
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(PAGE);
        let steps = steps_of(&fs::read_to_string(page).unwrap()).unwrap();
        assert!(steps.len() >= 6, "{steps:?}");
    }
}
