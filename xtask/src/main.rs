//! Every task of the project behind one command: `cargo xtask --help`.
//!
//! What runs here runs in CI: `.ci/run` calls nothing else. The crate depends on no other crate of
//! the workspace; it spawns `cargo` and the `antipode` program.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool prints")]

mod antipode;
mod bare_metal;
mod bench;
mod ci;
mod conformance;
mod error;
mod fuzz;
mod kill;
mod loom;
mod mutants;
mod new_driver;
mod peers;
mod process;
mod report;
mod scenario;
mod seeds;
mod tally;
mod test;
mod tidy;
mod tutorial;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::error::TaskError;
use crate::workspace::Workspace;

/// The tasks of the project.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every test: unit, integration, documentation, scenarios.
    Test(test::Options),
    /// Run everything that CI runs.
    Ci(ci::Options),
    /// Check layering, sizes, the hazard table, words and leftovers.
    Tidy,
    /// Run scenarios of tests/scenarios and compare them with their recorded results.
    Scenario(scenario::Options),
    /// Run simulated sessions from drawn seeds: `cargo xtask soak 0..500`.
    Soak(seeds::SoakOptions),
    /// Kill the real program at drawn moments and look at what the next start makes of it; with
    /// --wire hosts, guardians and devices on serial lines, and at what the bed does.
    Kill(kill::Options),
    /// Run the deliberately broken builds; each of them must be caught.
    Canaries,
    /// Run the conformance suite of one driver, or of all.
    Conformance(conformance::Options),
    /// Make a crate for a new table driver.
    NewDriver(new_driver::Options),
    /// Follow docs/adding-a-driver.md step by step, in a copy of the workspace.
    Tutorial(tutorial::Options),
    /// Let programs that nobody here wrote talk to our simulated devices and our Modbus master.
    Peers,
    /// Measure against the yardsticks and budgets.
    Bench(bench::Options),
    /// Fuzz the targets of fuzz/, or one of them.
    Fuzz(fuzz::Options),
    /// Mutation testing of a crate (default: antipode-safety).
    Mutants(mutants::Options),
    /// Build what runs on a table's own board for a chip without an operating system.
    BareMetal,
    /// Boot the board's firmware in an emulator and take it through a lowering and a lost host.
    Qemu,
    /// Check the STOP word under every thread interleaving.
    Loom,
    /// Check the JSON Schemas of the files people write, or write them anew.
    Schema(antipode::SchemaOptions),
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments.task) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            let mut source = std::error::Error::source(&error);
            while let Some(cause) = source {
                eprintln!("  because: {cause}");
                source = cause.source();
            }
            ExitCode::FAILURE
        }
    }
}

/// Runs one task. `Ok(false)` means that it ran and found something, which it has printed.
fn run(task: Task) -> Result<bool, TaskError> {
    let workspace = Workspace::load()?;
    match task {
        Task::Test(options) => test::run(&workspace, &options),
        Task::Ci(options) => ci::run(&workspace, &options),
        Task::Tidy => tidy::run(&workspace),
        Task::Scenario(options) => scenario::run(&workspace, &options),
        Task::Soak(options) => seeds::soak(&workspace, &options),
        Task::Kill(options) => kill::run(&workspace, &options),
        Task::Canaries => seeds::canaries(&workspace),
        Task::Conformance(options) => conformance::run(&workspace, &options),
        Task::NewDriver(options) => new_driver::run(&workspace, &options),
        Task::Tutorial(options) => tutorial::run(&workspace, &options),
        Task::Peers => peers::run(&workspace),
        Task::Bench(options) => bench::run(&workspace, &options),
        Task::Fuzz(options) => fuzz::run(&workspace, &options),
        Task::Mutants(options) => mutants::run(&workspace, &options),
        Task::BareMetal => bare_metal::run(&workspace),
        Task::Qemu => bare_metal::emulate(&workspace),
        Task::Loom => loom::run(&workspace),
        Task::Schema(options) => antipode::schema(&workspace, &options),
    }
}
