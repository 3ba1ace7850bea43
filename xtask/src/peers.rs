//! `cargo xtask peers`: our simulated devices and our Modbus master against programs that nobody
//! here wrote. What one author believes on both sides of a line proves nothing to anybody else.

use std::env::consts::EXE_SUFFIX;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use crate::antipode::{Flavour, Program};
use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::report::{Ending, PartResult, Report};
use crate::tally::Tally;
use crate::test::{Budget, counted};
use crate::workspace::Workspace;

const INSTALL_LIMIT: Duration = Duration::from_secs(5 * 60);
const BUILD_LIMIT: Duration = Duration::from_secs(20 * 60);
const TALK_LIMIT: Duration = Duration::from_secs(4 * 60);

/// The folder of the scripts and of the list of what they need.
const FOLDER: &str = "xtask/peers";
/// Our Modbus master, of antipode-driver-serial.
const MASTER: &str = "modbus_peer";

/// Runs the peers on their own, against the development build.
pub(crate) fn run(workspace: &Workspace) -> Result<bool, TaskError> {
    let mut report = Report::default();
    report.part("peers", || part(workspace, Flavour::Dev, Budget::minutes(None)));
    Ok(report.close(Tally::default()).1)
}

/// Every peer as one part of a report. Where they cannot be installed nothing is shown, and the
/// report says so at its end.
pub(crate) fn part(workspace: &Workspace, flavour: Flavour, budget: Budget) -> PartResult {
    let python = match installed(workspace, budget)? {
        Ok(python) => python,
        Err(why) => return Ok((Ending::Skipped(why), Tally::default())),
    };
    let program = Program::build(workspace, flavour)?;
    let master = build_master(workspace, budget)?;
    let mut sum = Tally::default();
    for (script, against) in [
        ("roboclaw.py", program.path()),
        ("modbus_master.py", program.path()),
        ("modbus_slave.py", &master),
    ] {
        let step = program
            .beside(&python, budget.limit(TALK_LIMIT))
            .arg(workspace.root.join(FOLDER).join(script))
            .arg(against)
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let (ending, tally) = counted(&step)?;
        sum.add(tally);
        if let Ending::Failed(why) = ending {
            return Ok((Ending::Failed(format!("{script}: {why}")), sum));
        }
    }
    Ok((Ending::Passed, sum))
}

/// The example that lets our Modbus master talk to a port. Built as the tests are, of the whole
/// workspace, so that nothing is built twice for it.
fn build_master(workspace: &Workspace, budget: Budget) -> Result<PathBuf, TaskError> {
    let step = workspace.building("build", budget.limit(BUILD_LIMIT)).args([
        "--quiet",
        "--workspace",
        "--example",
        MASTER,
    ]);
    step.stdout()?;
    Ok(workspace.target.join("debug").join("examples").join(format!("{MASTER}{EXE_SUFFIX}")))
}

/// The interpreter with the peers beside it, or why there is none. What was installed for the same
/// list is used again.
fn installed(workspace: &Workspace, budget: Budget) -> Result<Result<PathBuf, String>, TaskError> {
    let list = workspace.root.join(FOLDER).join("requirements.txt");
    let wanted = fs::read_to_string(&list).map_err(TaskError::reading(&list))?;
    let folder = workspace.target.join("peers");
    let python = folder.join("bin").join("python3");
    let noted = folder.join("installed.txt");
    if fs::read_to_string(&noted).is_ok_and(|had| had == wanted) {
        return Ok(Ok(python));
    }
    let limit = || budget.limit(INSTALL_LIMIT);
    let steps = [
        Step::new("python3", &workspace.root, limit()).args(["-m", "venv", "--clear"]).arg(&folder),
        Step::new(&python, &workspace.root, limit())
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r"])
            .arg(&list),
    ];
    for step in steps {
        match step.run(Echo::Live) {
            Ok(finished) if finished.success => {}
            Ok(finished) => {
                return Ok(Err(format!(
                    "the peers of {FOLDER} are not there: {}",
                    finished.ending
                )));
            }
            Err(error) => return Ok(Err(format!("the peers of {FOLDER} are not there: {error}"))),
        }
    }
    fs::write(&noted, wanted).map_err(TaskError::writing(&noted))?;
    Ok(Ok(python))
}
