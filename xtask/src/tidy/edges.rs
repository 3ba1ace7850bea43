//! Which crate may depend on which. An edge that is not in this table is forbidden.

use crate::workspace::{Dependency, Kind, Package, Workspace};

use super::Finding;

const PREFIX: &str = "antipode-";
/// What any test may use besides the crate's own edges.
const IN_TESTS: [&str; 2] = ["sim", "monitor"];

/// Our crates, without their common prefix, and the crates of ours that each may use.
const EDGES: [(&str, &[&str]); 12] = [
    ("safety", &[]),
    ("monitor", &[]),
    ("link", &["safety"]),
    ("core", &["safety"]),
    ("firmware", &["safety", "link"]),
    ("device", &["safety", "link"]),
    ("guardian", &["safety", "device", "link", "firmware"]),
    ("records", &["safety", "core"]),
    ("files", &["safety", "core", "device"]),
    ("sim", &["safety", "core", "device", "link", "firmware"]),
    ("engine", &["safety", "core", "device", "records"]),
    ("web", &["core", "records", "engine", "files"]),
];
/// What every driver may use.
const DRIVER: &[&str] = &["safety", "device", "link", "guardian"];

/// Crates that must stay free of clocks, threads, formats and allocation, with everything from
/// outside that they may use.
const PURE: [(&str, &[&str]); 5] =
    [("safety", &[]), ("monitor", &[]), ("link", &[]), ("firmware", &[]), ("core", &["thiserror"])];

/// Outside crates with one owner, so that replacing one touches one crate of ours.
const OWNERS: [(&str, &[&str]); 9] = [
    ("ratatui", &["runner"]),
    ("config", &["runner"]),
    ("clap", &["runner"]),
    ("axum", &["web"]),
    ("rusqlite", &["records"]),
    ("sha2", &["records", "engine", "runner", "core", "files"]),
    ("btleplug", &["driver-ble"]),
    ("toml", &["files", "runner"]),
    ("libm", &["sim"]),
];

/// Checks every dependency of every crate of ours.
pub(super) fn check(workspace: &Workspace) -> Vec<Finding> {
    workspace.crates.iter().flat_map(|(name, package)| check_crate(name, package)).collect()
}

pub(super) fn check_crate(name: &str, package: &Package) -> Vec<Finding> {
    let place = format!("{name}/Cargo.toml");
    let Some(short) = name.strip_prefix(PREFIX) else {
        return package
            .dependencies
            .iter()
            .filter(|dependency| dependency.name.starts_with(PREFIX))
            .map(|dependency| {
                let message =
                    format!("depends on {}, but tasks spawn our programs only", dependency.name);
                Finding::fails(&place, message)
            })
            .collect();
    };
    let Some(allowed) = allowed_edges(short) else {
        let message = "is in no layer: add it to ARCHITECTURE.md and to xtask/src/tidy/edges.rs";
        return vec![Finding::fails(place, message)];
    };
    package
        .dependencies
        .iter()
        .filter_map(|dependency| problem(short, allowed, dependency))
        .map(|message| Finding::fails(&place, message))
        .collect()
}

/// The edges of a crate; `None` when the crate is in no layer. The runner may use everything.
fn allowed_edges(short: &str) -> Option<Option<&'static [&'static str]>> {
    if short == "runner" {
        return Some(None);
    }
    if short.starts_with("driver-") {
        return Some(Some(DRIVER));
    }
    EDGES.iter().find(|(name, _)| *name == short).map(|(_, edges)| Some(*edges))
}

fn problem(short: &str, allowed: Option<&[&str]>, dependency: &Dependency) -> Option<String> {
    match dependency.name.strip_prefix(PREFIX) {
        Some(ours) => inner_problem(short, allowed, ours, dependency.kind),
        None => outer_problem(short, dependency),
    }
}

fn inner_problem(short: &str, allowed: Option<&[&str]>, ours: &str, kind: Kind) -> Option<String> {
    let Some(edges) = allowed else {
        return (ours == "runner").then(|| "the runner cannot depend on itself".into());
    };
    // A test may turn on a feature of its own crate by depending on itself.
    let in_test = kind == Kind::Dev && (IN_TESTS.contains(&ours) || ours == short);
    if edges.contains(&ours) || in_test {
        return None;
    }
    Some(format!("must not depend on {PREFIX}{ours}; it may use: {}", edges.join(", ")))
}

fn outer_problem(short: &str, dependency: &Dependency) -> Option<String> {
    if dependency.kind == Kind::Dev {
        return None;
    }
    let name = dependency.name.as_str();
    if let Some((_, outside)) = PURE.iter().find(|(pure, _)| *pure == short)
        && !outside.contains(&name)
    {
        return Some(format!("must not depend on {name}: this crate is kept pure"));
    }
    let (_, owners) = OWNERS.iter().find(|(owned, _)| *owned == name)?;
    (!owners.contains(&short))
        .then(|| format!("must not depend on {name}, which belongs to {}", owners.join(", ")))
}
