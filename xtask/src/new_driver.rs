//! `cargo xtask new-driver`: a crate for a table that is not a dialect of an existing one.
//!
//! The new driver compiles and refuses every address; its conformance test fails with a list.
//! Every file is worked out before the first one is written, so a refusal leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;

use crate::error::TaskError;
use crate::process::{Echo, Step};
use crate::report::{Ending, PartResult};
use crate::tally::Tally;
use crate::test::Budget;
use crate::workspace::{Workspace, cargo_program};

const CHECK_LIMIT: Duration = Duration::from_secs(15 * 60);
/// The only file of the program that names drivers.
const REGISTRY: &str = "crates/antipode-runner/src/registry.rs";
const RUNNER_MANIFEST: &str = "crates/antipode-runner/Cargo.toml";
const ROOT_MANIFEST: &str = "Cargo.toml";
/// Lines for new drivers go above this one.
const REGISTRY_END: &str = "// end of drivers";
/// Folder and template of each file of the new crate.
const TEMPLATES: [(&str, &str); 4] = [
    ("Cargo.toml", include_str!("../templates/driver/Cargo.toml.txt")),
    ("src/lib.rs", include_str!("../templates/driver/lib.rs.txt")),
    ("src/codec.rs", include_str!("../templates/driver/codec.rs.txt")),
    ("tests/conformance.rs", include_str!("../templates/driver/conformance.rs.txt")),
];

/// The driver to be made.
#[derive(Args)]
pub(crate) struct Options {
    /// Its name: lower-case letters, digits and single hyphens, such as `acme`.
    #[arg(value_parser = parse_name, required_unless_present = "check")]
    name: Option<String>,
    /// Make nothing; check that what the template gives still compiles.
    #[arg(long, conflicts_with = "name")]
    check: bool,
}

/// Makes the crate and its lines, or checks the template.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    match &options.name {
        Some(name) => make(workspace, name),
        None => template_compiles(workspace, CHECK_LIMIT),
    }
}

/// Makes the crate of the driver `name` and its lines.
pub(crate) fn make(workspace: &Workspace, name: &str) -> Result<bool, TaskError> {
    let package = format!("antipode-driver-{name}");
    let folder = workspace.root.join("crates").join(&package);
    if workspace.crates.contains_key(&package) || folder.exists() {
        return Err(TaskError::Usage {
            what: format!("there is a crate {package} already"),
            remedy: "choose another name, or change that one".into(),
        });
    }
    let mut files = rendered(name, &folder);
    let root = workspace.root.join(ROOT_MANIFEST);
    let root_text = read(&root)?;
    files.push((root, with_dependency(&root_text, &path_line(name), ROOT_MANIFEST)?));
    let manifest = workspace.root.join(RUNNER_MANIFEST);
    let manifest_text = read(&manifest)?;
    let line = format!("{package}.workspace = true");
    files.push((manifest, with_dependency(&manifest_text, &line, RUNNER_MANIFEST)?));
    let registry = workspace.root.join(REGISTRY);
    let registry_text = read(&registry)?;
    files.push((registry, with_registration(&registry_text, name)?));

    for (path, text) in files {
        write(&path, &text)?;
        println!("wrote {}", workspace.relative(&path).display());
    }
    println!("next: cargo xtask conformance --driver {name}");
    Ok(true)
}

/// The part of CI that keeps the template honest: what it gives must compile against today's traits.
pub(crate) fn part(workspace: &Workspace, budget: Budget) -> PartResult {
    let compiles = template_compiles(workspace, budget.limit(CHECK_LIMIT))?;
    let why = "a new driver would not compile".to_owned();
    Ok((if compiles { Ending::Passed } else { Ending::Failed(why) }, Tally::default()))
}

/// Makes a driver in a workspace of its own below the build folder and checks it there.
fn template_compiles(workspace: &Workspace, limit: Duration) -> Result<bool, TaskError> {
    let name = "sample-table";
    let outside = workspace.target.join("new-driver");
    for (path, text) in rendered(name, &outside.join("antipode-driver-sample-table")) {
        write(&path, &text)?;
    }
    let root = read(&workspace.root.join(ROOT_MANIFEST))?;
    write(&outside.join(ROOT_MANIFEST), &outside_manifest(&root, &workspace.root))?;
    write(&outside.join("Cargo.lock"), &read(&workspace.root.join("Cargo.lock"))?)?;
    for file in ["clippy.toml", "rustfmt.toml"] {
        write(&outside.join(file), &read(&workspace.root.join(file))?)?;
    }
    let format = Step::new(cargo_program(), &outside, limit).args(["fmt", "--check"]);
    if !format.run(Echo::Live)?.success {
        return Ok(false);
    }
    let step = Step::new(cargo_program(), &outside, limit)
        .args(["clippy", "--all-targets", "--target-dir"])
        .arg(&workspace.target)
        .args(["--", "-D", "warnings"]);
    Ok(step.run(Echo::Live)?.success)
}

/// The root manifest for a workspace elsewhere that holds the sample driver only.
fn outside_manifest(root: &str, folder: &Path) -> String {
    let here = format!("path = \"{}/crates/", folder.display());
    root.lines()
        .filter(|line| !line.starts_with("default-members"))
        .map(|line| {
            if line.starts_with("members =") {
                "members = [\"antipode-driver-*\"]".to_owned()
            } else {
                line.replace("path = \"crates/", &here)
            }
        })
        .fold(String::new(), |text, line| text + &line + "\n")
}

fn rendered(name: &str, folder: &Path) -> Vec<(PathBuf, String)> {
    TEMPLATES.iter().map(|(file, template)| (folder.join(file), render(template, name))).collect()
}

fn render(template: &str, name: &str) -> String {
    template
        .replace("{{Type}}", &type_name(name))
        .replace("{{ident}}", &name.replace('-', "_"))
        .replace("{{name}}", name)
}

/// `acme-200` becomes `Acme200`.
fn type_name(name: &str) -> String {
    name.split('-')
        .flat_map(|part| {
            let mut letters = part.chars();
            letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters)
        })
        .collect()
}

fn parse_name(text: &str) -> Result<String, String> {
    let allowed = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit();
    let well_formed = text.starts_with(|letter: char| letter.is_ascii_lowercase())
        && text.split('-').all(|part| !part.is_empty() && part.chars().all(allowed));
    if well_formed {
        return Ok(text.to_owned());
    }
    Err(format!(
        "{text:?} is no name: lower-case letters, digits and single hyphens, as in acme-200"
    ))
}

fn path_line(name: &str) -> String {
    format!("antipode-driver-{name} = {{ path = \"crates/antipode-driver-{name}\" }}")
}

/// Puts a line below the last line that names one of our crates.
fn with_dependency(manifest: &str, line: &str, file: &str) -> Result<String, TaskError> {
    let lines: Vec<&str> = manifest.lines().collect();
    let last = lines.iter().rposition(|line| {
        let dependency = line.contains(".workspace = true") || line.contains("{ path = ");
        line.starts_with("antipode-") && dependency
    });
    let last = last.ok_or_else(|| TaskError::Missing {
        what: format!("every line in {file} that names a crate of ours"),
        remedy: "the new line belongs below the last of them".into(),
    })?;
    Ok(with_line_at(&lines, last + 1, line))
}

/// Puts the driver above the end mark of the registry, indented like the mark.
fn with_registration(registry: &str, name: &str) -> Result<String, TaskError> {
    let lines: Vec<&str> = registry.lines().collect();
    let mark = lines.iter().position(|line| line.trim() == REGISTRY_END);
    let mark = mark.ok_or_else(|| TaskError::Missing {
        what: format!("the line `{REGISTRY_END}` in {REGISTRY}"),
        remedy: "put it below the last driver of the list".into(),
    })?;
    let indent: String = lines
        .get(mark)
        .map(|line| line.chars().take_while(|letter| letter.is_whitespace()).collect())
        .unwrap_or_default();
    let ident = name.replace('-', "_");
    let line = format!("{indent}Box::new(antipode_driver_{ident}::{}Driver),", type_name(name));
    Ok(with_line_at(&lines, mark, &line))
}

fn with_line_at(lines: &[&str], at: usize, line: &str) -> String {
    let (above, below) = lines.split_at(at.min(lines.len()));
    let mut text = above.iter().chain([&line]).chain(below).copied().collect::<Vec<_>>().join("\n");
    text.push('\n');
    text
}

fn read(path: &Path) -> Result<String, TaskError> {
    fs::read_to_string(path).map_err(TaskError::reading(path))
}

fn write(path: &Path, text: &str) -> Result<(), TaskError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(TaskError::writing(folder))?;
    }
    fs::write(path, text).map_err(TaskError::writing(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_no_crate_names_are_refused() {
        assert_eq!(parse_name("acme-200"), Ok("acme-200".to_owned()));
        for name in ["", "Acme", "2x", "a--b", "-a", "a-", "a_b", "a/b", "../a"] {
            assert!(parse_name(name).is_err(), "{name}");
        }
    }

    #[test]
    fn template_leaves_no_placeholder() {
        for (path, text) in rendered("acme-200", Path::new("x")) {
            assert!(!text.contains("{{"), "{}", path.display());
            assert!(text.contains("acme"), "{}", path.display());
        }
        assert_eq!(type_name("acme-200"), "Acme200");
    }

    #[test]
    fn dependency_goes_below_the_last_of_ours() {
        let manifest = "antipode-a.workspace = true\nantipode-b.workspace = true\ntokio = 1\n";
        let changed = with_dependency(manifest, "antipode-driver-x.workspace = true", "f").unwrap();
        let lines: Vec<&str> = changed.lines().collect();
        assert_eq!(lines.get(2), Some(&"antipode-driver-x.workspace = true"));
        assert!(with_dependency("tokio = 1\n", "x", "f").is_err());
    }

    #[test]
    fn registration_goes_above_the_end_mark() {
        let registry = "vec![\n        a,\n        // end of drivers\n    ]\n";
        let changed = with_registration(registry, "acme-200").unwrap();
        assert_eq!(
            changed,
            "vec![\n        a,\n        Box::new(antipode_driver_acme_200::Acme200Driver),\n        // end of drivers\n    ]\n"
        );
        assert!(with_registration("vec![]\n", "x").is_err());
    }

    #[test]
    fn workspace_elsewhere_finds_our_crates_by_full_path() {
        let root =
            "members = [\"crates/*\"]\ndefault-members = [\"x\"]\na = { path = \"crates/a\" }\n";
        assert_eq!(
            outside_manifest(root, Path::new("/src")),
            "members = [\"antipode-driver-*\"]\na = { path = \"/src/crates/a\" }\n"
        );
    }
}
