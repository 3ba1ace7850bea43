//! `cargo xtask ci`: everything that CI runs, in one table at the end.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::antipode::{self, Flavour, Program};
use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::report::{Ending, PartResult, Report};
use crate::tally::Tally;
use crate::test::Budget;
use crate::workspace::{Workspace, in_ci};
use crate::{bare_metal, loom, new_driver, peers, seeds, test, tidy, tutorial};

const FMT_LIMIT: Duration = Duration::from_secs(5 * 60);
const LINT_LIMIT: Duration = Duration::from_secs(25 * 60);
const DOC_LIMIT: Duration = Duration::from_secs(20 * 60);
const HOUR: Duration = Duration::from_secs(3600);

/// What to run and what to leave out.
#[derive(Args)]
pub(crate) struct Options {
    /// Run only these parts (comma-separated).
    #[arg(long, value_delimiter = ',', conflicts_with = "skip")]
    only: Vec<PartName>,
    /// Leave these parts out (comma-separated).
    #[arg(long, value_delimiter = ',')]
    skip: Vec<PartName>,
    /// Read earlier counts from FILE, add them to the closing line, and leave the sum there.
    #[arg(long, value_name = "FILE")]
    tally: Option<PathBuf>,
    /// End whatever still runs after this many minutes.
    #[arg(long, value_name = "MINUTES")]
    within: Option<u64>,
}

/// The parts, in the order in which they run: the quick ones that fail most often first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum PartName {
    /// Formatting.
    Fmt,
    /// Layering, sizes, hazard table, words, leftovers.
    Tidy,
    /// All tests and scenarios.
    Test,
    /// Lints, also of the features that the default build leaves out.
    Clippy,
    /// The template of a new driver compiles.
    Template,
    /// docs/adding-a-driver.md works, step by step.
    Tutorial,
    /// The library documentation, without a broken link.
    Doc,
    /// The release build.
    Release,
    /// The same seed leaves the same trace in both builds.
    Same,
    /// The JSON Schemas of the files people write.
    Schema,
    /// Fixed and fresh seeds in the simulator.
    Soak,
    /// The deliberately broken builds, each of which must be caught.
    Canaries,
    /// Programs that nobody here wrote, against our devices and our Modbus master.
    Peers,
    /// The STOP word under every interleaving.
    Loom,
    /// What runs on a table's own board, for a chip without an operating system.
    BareMetal,
    /// Licences, duplicates and sources of dependencies.
    Deny,
    /// The run itself left the work tree as it was.
    Clean,
}

/// Runs the chosen parts.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let before = options.tally.as_deref().map_or(Ok(Tally::default()), Tally::read)?;
    let budget = Budget::minutes(options.within);
    let tree_at_start = git_status(workspace)?;
    let mut report = Report::default();
    for part in PartName::value_variants().iter().copied().filter(|part| options.wants(*part)) {
        run_part(workspace, &mut report, part, budget, &tree_at_start);
    }
    let (sum, well) = report.close(before);
    if let Some(path) = &options.tally {
        sum.write(path)?;
    }
    Ok(well)
}

impl Options {
    fn wants(&self, part: PartName) -> bool {
        (self.only.is_empty() || self.only.contains(&part)) && !self.skip.contains(&part)
    }
}

fn run_part(
    workspace: &Workspace,
    report: &mut Report,
    part: PartName,
    budget: Budget,
    tree_at_start: &str,
) {
    match part {
        PartName::Fmt => report.part("fmt", || {
            let step = workspace.cargo("fmt", budget.limit(FMT_LIMIT));
            succeeds(&step.args(["--all", "--check"]))
        }),
        PartName::Tidy => report.part("tidy", || verdict(tidy::run(workspace)?)),
        PartName::Test => test::add_parts(workspace, report, budget, true),
        PartName::Clippy => clippy(workspace, report, budget),
        PartName::Template => report.part("template", || new_driver::part(workspace, budget)),
        PartName::Tutorial => report.part("tutorial", || tutorial::part(workspace)),
        PartName::Doc => report.part("doc", || {
            let step = workspace.building("doc", budget.limit(DOC_LIMIT));
            succeeds(&step.args(["--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
        }),
        PartName::Release => report.part("release", || {
            Program::build(workspace, Flavour::Release)?;
            verdict(true)
        }),
        PartName::Same => report.part("same trace", || {
            verdict(antipode::same_trace_in_debug_and_release(workspace, budget.limit(HOUR))?)
        }),
        PartName::Schema => report.part("schema", || {
            let program = Program::build(workspace, Flavour::Release)?;
            verdict(antipode::schema_is_fresh(&program, budget.limit(HOUR))?)
        }),
        PartName::Soak => report.part("soak", || {
            let program = Program::build(workspace, Flavour::Release)?;
            verdict(seeds::soak_in_ci(workspace, &program, budget.limit(HOUR))?)
        }),
        PartName::Canaries => report
            .part("canaries", || verdict(seeds::canaries_in_ci(workspace, budget.limit(HOUR))?)),
        PartName::Peers => {
            report.part("peers", || peers::part(workspace, Flavour::Release, budget));
        }
        PartName::Loom => report.part("loom", || loom::part(workspace, budget)),
        PartName::BareMetal => report.part("bare metal", || bare_metal::part(workspace, budget)),
        PartName::Deny => report.part("deny", || deny(workspace, budget)),
        PartName::Clean => report.part("clean", || clean(workspace, tree_at_start)),
    }
}

/// The default build, then each feature that the default build leaves out. Never all features of
/// the runner: a canary build must not hold a hardware driver.
fn clippy(workspace: &Workspace, report: &mut Report, budget: Budget) {
    let limit = || budget.limit(LINT_LIMIT);
    report.part("clippy", || {
        let step = workspace.building("clippy", limit()).args(["--workspace", "--all-targets"]);
        succeeds(&step.args(["--", "-D", "warnings"]))
    });
    for feature in ["canary", "conformance"] {
        let mut crates = workspace.crates_with_feature(feature);
        crates.retain(|name| *name != "antipode-runner");
        if crates.is_empty() {
            continue;
        }
        report.part(&format!("clippy {feature}"), || {
            let mut step = workspace.building("clippy", limit()).arg("--all-targets");
            for name in &crates {
                step = step.args(["--package", name]);
                step = step.args(["--features", &format!("{name}/{feature}")]);
            }
            succeeds(&step.args(["--", "-D", "warnings"]))
        });
    }
}

fn deny(workspace: &Workspace, budget: Budget) -> PartResult {
    if !workspace.has_subcommand("deny") {
        let why = "cargo-deny is not installed (cargo install --locked cargo-deny)";
        return Ok((Ending::Skipped(why.into()), Tally::default()));
    }
    // Advisories need a database from the network; the release checklist runs them.
    let step = workspace.cargo("deny --offline check", budget.limit(FMT_LIMIT));
    succeeds(&step.args(["bans", "licenses", "sources"]))
}

/// In CI the tree must be as committed; at a desk it must be as it was when the run began.
fn clean(workspace: &Workspace, at_start: &str) -> PartResult {
    let now = git_status(workspace)?;
    let expected = if in_ci() { "" } else { at_start };
    if now == expected {
        return verdict(true);
    }
    println!("{now}");
    Ok((Ending::Failed("the run changed files of the work tree".into()), Tally::default()))
}

fn git_status(workspace: &Workspace) -> Result<String, TaskError> {
    workspace.git(["status", "--porcelain"]).stdout()
}

fn succeeds(step: &Step) -> PartResult {
    let finished = step.run(Echo::Live)?;
    let ending = if finished.success { Ending::Passed } else { Ending::Failed(finished.ending) };
    Ok((ending, Tally::default()))
}

fn verdict(passed: bool) -> PartResult {
    let ending = if passed { Ending::Passed } else { Ending::Failed("see above".into()) };
    Ok((ending, Tally::default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn options(only: &[PartName], skip: &[PartName]) -> Options {
        Options { only: only.to_vec(), skip: skip.to_vec(), tally: None, within: None }
    }

    #[test]
    fn everything_runs_by_default() {
        let all = options(&[], &[]);
        assert!(PartName::value_variants().iter().all(|part| all.wants(*part)));
    }

    #[test]
    fn only_and_skip_choose_parts() {
        assert!(options(&[PartName::Tidy], &[]).wants(PartName::Tidy));
        assert!(!options(&[PartName::Tidy], &[]).wants(PartName::Fmt));
        assert!(!options(&[], &[PartName::Test]).wants(PartName::Test));
    }
}
