//! The conformance suite that every table driver must pass, and the table of what came of it.

mod results;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::report::Report;
use crate::tally::Tally;
use crate::test::counted;
use crate::workspace::{Package, Workspace};
use results::Results;

const LIMIT: Duration = Duration::from_secs(30 * 60);
const PREFIX: &str = "antipode-driver-";
const SIMULATOR: &str = "antipode-sim";
/// Where the tests of a driver leave what came of its checks.
const FOLDER_NAME: &str = "ANTIPODE_CONFORMANCE";
/// The table for readers.
const PAGE: &str = "docs/conformance.md";

/// Which driver to judge.
#[derive(Args)]
pub(crate) struct Options {
    /// The driver's name, as `antipode drivers` lists it; default: all.
    #[arg(value_name = "DRIVER")]
    name: Option<String>,
    /// The same, by its name.
    #[arg(long, value_name = "DRIVER", conflicts_with = "name")]
    driver: Option<String>,
    /// Write docs/conformance.md anew from what came of all drivers.
    #[arg(long, conflicts_with_all = ["name", "driver"])]
    bless: bool,
}

/// Runs the conformance test of one driver.
pub(crate) fn of(workspace: &Workspace, driver: &str) -> Result<bool, TaskError> {
    let options = Options { name: None, driver: Some(driver.to_owned()), bless: false };
    run(workspace, &options)
}

/// Runs the tests named `conformance` of the chosen drivers and prints their tables.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let wanted = options.name.as_deref().or(options.driver.as_deref());
    let chosen = chosen(workspace, wanted)?;
    let folder = workspace.target.join("conformance");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(TaskError::writing(&folder))?;
    }
    fs::create_dir_all(&folder).map_err(TaskError::writing(&folder))?;
    let mut report = Report::default();
    for (package, test) in chosen {
        report.part(&package, || {
            let step = workspace.building("test", LIMIT).args(["--package", &package, "--tests"]);
            // All of them, so that one that fails does not hide the others.
            let step = step.args(["--no-fail-fast", &test]).env(FOLDER_NAME, &folder);
            counted(&step)
        });
    }
    let results = Results::read(&folder)?;
    println!("\n{}", results.table());
    let passed = report.close(Tally::default()).1;
    if wanted.is_none() {
        return Ok(page(workspace, &results, options.bless)? && passed);
    }
    Ok(passed)
}

/// Packages to test, each with the filter that finds its tests.
fn chosen(workspace: &Workspace, wanted: Option<&str>) -> Result<Vec<(String, String)>, TaskError> {
    let mut all = Vec::new();
    for (name, package) in &workspace.crates {
        if name != SIMULATOR && !name.starts_with(PREFIX) {
            continue;
        }
        let short = name.strip_prefix(PREFIX).unwrap_or(SIMULATOR);
        match wanted {
            None => all.push((name.clone(), "conformance".to_owned())),
            Some(driver) if driver == short || (driver == "sim" && name == SIMULATOR) => {
                return Ok(vec![(name.clone(), "conformance".to_owned())]);
            }
            // A crate with several drivers has one test a driver.
            Some(driver) if tests_driver(package, driver)? => {
                return Ok(vec![(name.clone(), format!("conformance::{driver}"))]);
            }
            Some(_) => {}
        }
    }
    match wanted {
        None => Ok(all),
        Some(driver) => Err(TaskError::Usage {
            what: format!("no driver {driver} has a conformance test"),
            remedy: format!(
                "a test `fn {driver}` in tests/it/conformance.rs, or a crate {PREFIX}*"
            ),
        }),
    }
}

/// Whether the crate's conformance tests have one of this name.
fn tests_driver(package: &Package, driver: &str) -> Result<bool, TaskError> {
    let file = package.folder.join("tests/it/conformance.rs");
    if !file.exists() {
        return Ok(false);
    }
    let text = fs::read_to_string(&file).map_err(TaskError::reading(&file))?;
    Ok(text.contains(&format!("fn {}()", driver.replace('-', "_"))))
}

/// Writes the page, or says where it is no longer true.
fn page(workspace: &Workspace, results: &Results, bless: bool) -> Result<bool, TaskError> {
    let path: PathBuf = workspace.root.join(PAGE);
    let text = results.markdown();
    if bless {
        fs::write(&path, text).map_err(TaskError::writing(&path))?;
        println!("wrote {PAGE}");
        return Ok(true);
    }
    let now = read(&path)?;
    if now == text {
        return Ok(true);
    }
    println!("{PAGE} says something else: look, and run `cargo xtask conformance --bless`");
    Ok(false)
}

fn read(path: &Path) -> Result<String, TaskError> {
    if !path.exists() {
        return Ok(String::new());
    }
    fs::read_to_string(path).map_err(TaskError::reading(path))
}
