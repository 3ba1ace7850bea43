//! Where files are, how large they are, and whether anything reaches them.

use std::collections::BTreeSet;

use crate::workspace::Workspace;

use super::Finding;
use super::source::{File, Tree};

const LARGEST: u64 = 1024 * 1024;
/// The only source of foreign crates that a lock file may name.
const PUBLIC_INDEX: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Checks the layout of the tree.
pub(super) fn check(workspace: &Workspace, tree: &Tree) -> Vec<Finding> {
    let mut findings = crate_folders(workspace);
    findings.extend(large_files(tree));
    findings.extend(unreached_modules(tree));
    findings.extend(unmentioned_plans(tree));
    findings.extend(lock_sources(tree));
    findings.extend(missing_lints(tree));
    findings
}

fn crate_folders(workspace: &Workspace) -> Vec<Finding> {
    workspace
        .crates
        .iter()
        .filter(|(name, package)| {
            package.folder.file_name().is_none_or(|folder| folder != name.as_str())
        })
        .map(|(name, package)| {
            let folder = workspace.relative(&package.folder).display().to_string();
            Finding::fails(folder, format!("holds the crate {name}: folder and crate share a name"))
        })
        .collect()
}

fn large_files(tree: &Tree) -> Vec<Finding> {
    tree.files
        .iter()
        .filter(|file| file.size > LARGEST)
        .map(|file| Finding::fails(&file.path, format!("has {} bytes, more than 1 MiB", file.size)))
        .collect()
}

/// Rust files that no `mod` names are never compiled, so nothing in them is tested.
pub(super) fn unreached_modules(tree: &Tree) -> Vec<Finding> {
    let mut declared = BTreeSet::new();
    for (file, code) in tree.rust() {
        for name in words_after(code, "mod") {
            declared.insert((home(&file.path), name));
        }
    }
    tree.rust()
        .filter(|(file, _)| is_module(file))
        .filter_map(|(file, _)| {
            let name = module_name(&file.path)?;
            let reached = declared.contains(&(home(&file.path), name.to_owned()));
            (!reached).then(|| Finding::fails(&file.path, format!("no `mod {name}` reaches it")))
        })
        .collect()
}

/// The crate and target folder that a file belongs to, such as `crates/antipode-core/src`.
fn home(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').collect();
    let end = parts.iter().position(|part| matches!(*part, "src" | "tests" | "benches"));
    parts.get(..end.map_or(0, |end| end + 1)).unwrap_or_default().join("/")
}

/// Whether a file is below `src` or in a folder of `tests`, and no root of a target itself.
fn is_module(file: &File) -> bool {
    let home = home(&file.path);
    let Some(rest) = file.path.strip_prefix(&home).and_then(|rest| rest.strip_prefix('/')) else {
        return false;
    };
    let is_root = matches!(rest, "lib.rs" | "main.rs" | "build.rs") || rest.starts_with("bin/");
    let is_target = !home.ends_with("/src") && (!rest.contains('/') || rest.ends_with("/main.rs"));
    !home.is_empty() && !file.path.starts_with("fuzz/") && !is_root && !is_target
}

fn module_name(path: &str) -> Option<&str> {
    let (folder, file) = path.rsplit_once('/')?;
    let stem = file.strip_suffix(".rs")?;
    if stem == "mod" { folder.rsplit('/').next() } else { Some(stem) }
}

/// The identifiers that follow a keyword in blanked source.
pub(super) fn words_after(code: &str, keyword: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut previous = "";
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    for word in code.split(|letter: char| letter.is_whitespace()) {
        if previous == keyword {
            let name: String = word.chars().take_while(|letter| is_word(*letter)).collect();
            if !name.is_empty() {
                found.push(name);
            }
        }
        previous = word.rsplit(|letter| !is_word(letter)).next().unwrap_or_default();
    }
    found
}

/// A plan that no document mentions is a prescription without an explanation.
pub(super) fn unmentioned_plans(tree: &Tree) -> Vec<Finding> {
    let documents: Vec<&str> = tree
        .text()
        .filter(|(file, _)| {
            file.path == "README.md" || file.path.starts_with("docs/") && file.path.ends_with(".md")
        })
        .map(|(_, text)| text)
        .collect();
    tree.files
        .iter()
        .filter(|file| {
            ["configs/plans/", "configs/programmes/"].iter().any(|f| file.path.starts_with(f))
        })
        .filter_map(|file| {
            let stem = file.path.rsplit('/').next()?.strip_suffix(".toml")?;
            let mentioned = documents.iter().any(|text| text.contains(stem));
            (!mentioned).then(|| Finding::fails(&file.path, "README.md and docs/ never mention it"))
        })
        .collect()
}

/// A private mirror in the lock file would break every other clone.
fn lock_sources(tree: &Tree) -> Vec<Finding> {
    let Some(lock) = tree.text_of("Cargo.lock") else {
        return vec![Finding::fails("Cargo.lock", "is missing: the lock file is committed")];
    };
    let foreign = |line: &&str| line.starts_with("source = ") && !line.contains(PUBLIC_INDEX);
    lock.lines()
        .filter(foreign)
        .map(|line| Finding::fails("Cargo.lock", format!("names another source: {line}")))
        .collect()
}

/// A crate without the workspace's lints is checked by nobody.
fn missing_lints(tree: &Tree) -> Vec<Finding> {
    tree.text()
        .filter(|(file, _)| {
            let path = file.path.as_str();
            (path.starts_with("crates/") || path.starts_with("xtask/"))
                && path.ends_with("/Cargo.toml")
        })
        .filter(|(_, text)| {
            // A crate may repeat and tighten the workspace's lints, as antipode-safety does.
            !text.contains("[lints]\nworkspace = true") && !text.contains("[lints.rust]")
        })
        .map(|(file, _)| Finding::fails(&file.path, "lacks `[lints] workspace = true`"))
        .collect()
}
