//! The workspace as `cargo metadata` sees it.

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::error::TaskError;
use crate::process::{Echo, Step};

/// Long enough for a slow disk, short enough to notice a lock that is never given back.
const SHORT: Duration = Duration::from_secs(120);

/// The workspace: its root, its build folder and its own crates.
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds.
    pub(crate) target: PathBuf,
    /// The workspace's own crates by name.
    pub(crate) crates: BTreeMap<String, Package>,
}

/// One crate of the workspace.
pub(crate) struct Package {
    /// The folder of its manifest.
    pub(crate) folder: PathBuf,
    /// The names of its features.
    pub(crate) features: Vec<String>,
    /// Its direct dependencies, ours and others'.
    pub(crate) dependencies: Vec<Dependency>,
    /// Test targets that are built only with certain features.
    pub(crate) gated_tests: Vec<GatedTest>,
}

/// A test target with `required-features`, which an ordinary test run leaves out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GatedTest {
    /// The name of the target.
    pub(crate) name: String,
    /// The features that it needs.
    pub(crate) features: Vec<String>,
}

/// One line of a manifest's dependency sections.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dependency {
    /// The name of the package.
    pub(crate) name: String,
    /// The section that it stands in.
    pub(crate) kind: Kind,
}

/// The section that a dependency stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `[dependencies]`
    Normal,
    /// `[dev-dependencies]`
    Dev,
    /// `[build-dependencies]`
    Build,
}

/// The cargo that runs this task, so that a chosen toolchain stays chosen.
pub(crate) fn cargo_program() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Whether this is the CI machine.
pub(crate) fn in_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true" || value == "1")
}

impl Workspace {
    /// Asks cargo what the workspace holds.
    ///
    /// # Errors
    /// When cargo fails (a manifest does not parse, say) or answers in an unknown shape.
    pub(crate) fn load() -> Result<Workspace, TaskError> {
        Workspace::at(&env::current_dir().map_err(TaskError::reading("."))?)
    }

    /// Asks cargo what the workspace in `folder` holds.
    ///
    /// # Errors
    /// As [`Workspace::load`].
    pub(crate) fn at(folder: &Path) -> Result<Workspace, TaskError> {
        let text = Step::new(cargo_program(), folder, SHORT)
            .args(["metadata", "--format-version=1", "--no-deps", "--quiet"])
            .stdout()?;
        let parsed = serde_json::from_str(&text).map_err(|error| metadata_problem(&error))?;
        Workspace::from_metadata(&parsed)
    }

    fn from_metadata(metadata: &Value) -> Result<Workspace, TaskError> {
        let packages = metadata["packages"].as_array().ok_or(metadata_problem(&"no packages"))?;
        let crates = packages.iter().map(package).collect::<Result<_, _>>()?;
        Ok(Workspace {
            root: path_field(metadata, "workspace_root")?,
            target: path_field(metadata, "target_directory")?,
            crates,
        })
    }

    /// A cargo command in the root of the workspace, such as `build` or `nextest run`.
    pub(crate) fn cargo(&self, command: &str, limit: Duration) -> Step {
        Step::new(cargo_program(), &self.root, limit).args(command.split_whitespace())
    }

    /// A cargo command that builds. In CI the lock file must already be right.
    pub(crate) fn building(&self, command: &str, limit: Duration) -> Step {
        let step = self.cargo(command, limit);
        if in_ci() { step.arg("--locked") } else { step }
    }

    /// A git command in the root of the workspace. A clone that belongs to another user (a
    /// container's mounted folder) is read all the same.
    pub(crate) fn git<'a>(&self, arguments: impl IntoIterator<Item = &'a str>) -> Step {
        Step::new("git", &self.root, SHORT).args(["-c", "safe.directory=*"]).args(arguments)
    }

    /// Whether a cargo subcommand is installed.
    pub(crate) fn has_subcommand(&self, name: &str) -> bool {
        Step::new(cargo_program(), &self.root, SHORT)
            .args([name, "--version"])
            .run(Echo::Quiet)
            .is_ok_and(|finished| finished.success)
    }

    /// The crates that have a feature, by name.
    pub(crate) fn crates_with_feature(&self, feature: &str) -> Vec<&str> {
        self.crates
            .iter()
            .filter(|(_, package)| package.features.iter().any(|name| name == feature))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// A path as seen from the root, for messages.
    pub(crate) fn relative<'a>(&self, path: &'a Path) -> &'a Path {
        path.strip_prefix(&self.root).unwrap_or(path)
    }
}

fn package(value: &Value) -> Result<(String, Package), TaskError> {
    let name = text_field(value, "name")?;
    let manifest = path_field(value, "manifest_path")?;
    let folder = manifest.parent().map(Path::to_owned).unwrap_or_default();
    let features = value["features"].as_object().map(|map| map.keys().cloned().collect());
    let listed =
        value["dependencies"].as_array().ok_or(metadata_problem(&"a package without a list"))?;
    let dependencies = listed.iter().map(dependency).collect::<Result<_, _>>()?;
    let targets =
        value["targets"].as_array().ok_or(metadata_problem(&"a package without targets"))?;
    Ok((
        name,
        Package {
            folder,
            features: features.unwrap_or_default(),
            dependencies,
            gated_tests: targets.iter().filter_map(gated_test).collect(),
        },
    ))
}

fn gated_test(target: &Value) -> Option<GatedTest> {
    let is_test = target["kind"].as_array()?.iter().any(|kind| kind == "test");
    let required = target["required-features"].as_array()?;
    let features = required.iter().filter_map(|name| name.as_str().map(str::to_owned)).collect();
    is_test.then_some(GatedTest { name: target["name"].as_str()?.to_owned(), features })
}

fn dependency(value: &Value) -> Result<Dependency, TaskError> {
    let kind = match value["kind"].as_str() {
        None => Kind::Normal,
        Some("dev") => Kind::Dev,
        Some("build") => Kind::Build,
        Some(other) => return Err(metadata_problem(&format!("dependency kind {other}"))),
    };
    Ok(Dependency { name: text_field(value, "name")?, kind })
}

fn text_field(value: &Value, field: &str) -> Result<String, TaskError> {
    let text = value[field].as_str().ok_or(metadata_problem(&format!("no text in {field}")))?;
    Ok(text.to_owned())
}

fn path_field(value: &Value, field: &str) -> Result<PathBuf, TaskError> {
    text_field(value, field).map(PathBuf::from)
}

fn metadata_problem(problem: &dyn std::fmt::Display) -> TaskError {
    TaskError::Json { what: "the answer of `cargo metadata`".into(), problem: problem.to_string() }
}
