//! The crates that run on a table's own board, for a chip without an operating system.

use std::path::PathBuf;
use std::time::Duration;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::report::{Ending, PartResult, Report};
use crate::tally::Tally;
use crate::test::Budget;
use crate::workspace::{Workspace, cargo_program};

const LIMIT: Duration = Duration::from_secs(10 * 60);
/// What a table's board may carry: no standard library, no allocation.
const CRATES: [&str; 3] = ["antipode-safety", "antipode-link", "antipode-firmware"];
/// Targets without a standard library, the board's own first. Not thumbv6m: the STOP word needs an
/// atomic exchange.
const TARGETS: [&str; 6] = [
    BOARD_TARGET,
    "thumbv7em-none-eabi",
    "thumbv7em-none-eabihf",
    "thumbv8m.main-none-eabi",
    "riscv32imac-unknown-none-elf",
    "x86_64-unknown-none",
];
const BOARD_TARGET: &str = "thumbv7m-none-eabi";
const BOARD: &str = "board-lm3s6965";
const EMULATOR: &str = "qemu-system-arm";

/// Builds for a bare chip.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, TaskError> {
    let mut report = Report::default();
    report.part("bare metal", || part(workspace, Budget::minutes(None)));
    Ok(report.close(Tally::default()).1)
}

/// Boots the board's firmware in an emulator and takes it through a lowering and a lost host.
pub(crate) fn emulate(workspace: &Workspace) -> Result<bool, TaskError> {
    let mut report = Report::default();
    report.part("emulator", || emulator_part(workspace));
    Ok(report.close(Tally::default()).1)
}

/// The crates, and the board where its own target is installed.
pub(crate) fn part(workspace: &Workspace, budget: Budget) -> PartResult {
    let Some(target) = installed(workspace)? else {
        return Ok(skipped(&format!(
            "no target without a standard library is installed, so nothing shows that {} still fit \
             a chip (rustup target add {BOARD_TARGET})",
            CRATES.join(", ")
        )));
    };
    println!("for {target}");
    let packages = CRATES.iter().flat_map(|name| ["--package", *name]);
    let step = workspace.building("check", budget.limit(LIMIT)).args(packages);
    let mut steps = vec![step.args(["--target", target])];
    if target == BOARD_TARGET {
        for features in ["", "simulated-bed"] {
            let step = board(workspace, "clippy", features, budget.limit(LIMIT));
            steps.push(step.args(["--", "-D", "warnings"]));
            steps.push(board(workspace, "build", features, budget.limit(LIMIT)));
        }
    }
    for step in steps {
        let finished = step.run(Echo::Live)?;
        if !finished.success {
            return Ok((Ending::Failed(finished.ending), Tally::default()));
        }
    }
    Ok((Ending::Passed, Tally::default()))
}

fn emulator_part(workspace: &Workspace) -> PartResult {
    if installed(workspace)? != Some(BOARD_TARGET) {
        return Ok(skipped(&format!("rustup target add {BOARD_TARGET} first")));
    }
    let there = Step::new(EMULATOR, &workspace.root, LIMIT).arg("--version").run(Echo::Quiet);
    if !there.is_ok_and(|finished| finished.success) {
        return Ok(skipped(&format!("{EMULATOR} is not installed (apt-get install {EMULATOR})")));
    }
    let built = board(workspace, "build", "simulated-bed", LIMIT).run(Echo::Live)?;
    if !built.success {
        return Ok((Ending::Failed(built.ending), Tally::default()));
    }
    let image = board_target(workspace).join(BOARD_TARGET).join("release").join(BOARD);
    let tried = workspace
        .building("run", LIMIT)
        .args(["--quiet", "--package", "antipode-link", "--example", "try_controller", "--"])
        .args([EMULATOR, "-M", "lm3s6965evb", "-display", "none", "-monitor", "none"])
        .args(["-serial", "stdio", "-kernel"])
        .arg(image)
        .run(Echo::Live)?;
    let ending = if tried.success { Ending::Passed } else { Ending::Failed(tried.ending) };
    Ok((ending, Tally::default()))
}

/// A cargo command for the board, which is a workspace of its own.
fn board(workspace: &Workspace, command: &str, features: &str, limit: Duration) -> Step {
    let folder = workspace.root.join("examples").join(BOARD);
    Step::new(cargo_program(), &folder, limit)
        .args([command, "--locked", "--release", "--target", BOARD_TARGET, "--target-dir"])
        .arg(board_target(workspace))
        .args(["--features", features])
}

fn board_target(workspace: &Workspace) -> PathBuf {
    workspace.target.join(BOARD)
}

/// The first of the targets whose core library is installed.
fn installed(workspace: &Workspace) -> Result<Option<&'static str>, TaskError> {
    for target in TARGETS {
        let libraries = Step::new("rustc", &workspace.root, LIMIT)
            .args(["--print", "target-libdir", "--target", target])
            .stdout()?;
        let found = std::fs::read_dir(libraries.trim()).is_ok_and(|mut files| {
            files.any(|file| {
                file.is_ok_and(|file| file.file_name().to_string_lossy().starts_with("libcore"))
            })
        });
        if found {
            return Ok(Some(target));
        }
    }
    Ok(None)
}

fn skipped(why: &str) -> (Ending, Tally) {
    (Ending::Skipped(why.into()), Tally::default())
}
