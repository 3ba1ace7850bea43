//! Finding what a session needs by what a person typed: a built-in name, a name in the data
//! folder, or a file.

use std::io;
use std::path::Path;

use antipode_core::person::Person;
use antipode_core::plan::{Attendance, CheckContext, Plan, Rule, Severity};
use antipode_device::DriveModel;
use antipode_files::{
    Findings, LoadError, Problem, Source, TableFile, built_in_people, built_in_tables, check_plan,
    example_models, read_model, read_person, read_table,
};
use antipode_safety::Limits;

use super::session::Refused;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::plans;

/// The name of the built-in person, who is nobody.
pub(super) const VIRTUAL: &str = "virtual";

/// The person that `typed` names.
///
/// # Errors
/// When there is no such person, or the file cannot be used.
pub(super) fn person(typed: &Path, data: &DataFolder) -> Result<Person, Refused> {
    let source = source(typed, "person", built_in_people(), |name| data.person(name))?;
    match read_person(&source) {
        Ok(read) => Ok(read.value),
        Err(findings) => Err(cannot_be_used("person", &findings)),
    }
}

/// The table that `typed` names.
///
/// # Errors
/// When there is no such table, or the file cannot be used.
pub(super) fn table(typed: &Path, data: &DataFolder) -> Result<TableFile, Refused> {
    let source = source(typed, "table", built_in_tables(), |name| data.table(name))?;
    match read_table(&source) {
        Ok(read) => Ok(read.value),
        Err(findings) => Err(cannot_be_used("table", &findings)),
    }
}

/// The model of a motor drive that a table's file names: an example, or one in the data folder. A
/// name that is both is refused: whoever measured a bed must not be given an example's figures.
///
/// # Errors
/// When there is no such model, or the file cannot be used.
pub(super) fn model(name: &str, data: &DataFolder) -> Result<DriveModel, Refused> {
    let own = data.model(name);
    if example_models().iter().any(|(known, _)| *known == name) && own.exists() {
        return Err(Failure::refused(format!("the model `{name}` is one of the examples"))
            .note(format!("and there is a file `{}` too", own.display()))
            .help("give your own file another name, in the file and in the table's `model`")
            .into());
    }
    let source = source(Path::new(name), "model", example_models(), |name| data.model(name))?;
    match read_model(&source) {
        Ok(read) => Ok(read.value),
        Err(findings) => Err(cannot_be_used("model", &findings)),
    }
}

/// The plan that `typed` names, held against `limits` and who is there; without that, whoever the
/// plan asks for.
///
/// # Errors
/// When there is no such plan, or it may not run under these limits.
pub(super) fn plan(
    typed: &Path,
    limits: &Limits,
    there: Option<Attendance>,
) -> Result<Plan, Refused> {
    let source = plans::source(typed)?;
    let context = |plan: &Plan| CheckContext::alone_with_file(there.unwrap_or(plan.attendance));
    match check_plan(&source, limits, context) {
        Ok(read) => Ok(read.value.plan),
        Err(findings) if there.is_some() && needs_company(&findings) => {
            Err(needs_somebody(&findings))
        }
        Err(findings) => Err(cannot_be_used("plan", &findings)),
    }
}

fn needs_company(findings: &Findings) -> bool {
    findings.list().iter().any(|finding| {
        matches!(&finding.problem, Problem::Plan(broken) if broken.rule == Rule::Attendance)
    })
}

/// Who stands by is no mistake in the plan that anybody should correct.
fn needs_somebody(findings: &Findings) -> Refused {
    let name = findings.source().name();
    let failure = Failure::refused(format!(
        "the plan `{name}` is not for one person alone, and with `--alone` nobody stands by"
    ))
    .note(findings.render(false))
    .help("have somebody stand by, and leave `--alone` away")
    .help("or take a plan that was made for one alone; `antipode plan list` says who each needs");
    Refused::by(failure, reasons(findings))
}

/// The text of what was typed. A built-in name counts first: what came with the program must not
/// change with the folder that it is started in.
fn source(
    typed: &Path,
    kind: &str,
    built_in: &[(&'static str, &'static str)],
    in_data: impl FnOnce(&str) -> std::path::PathBuf,
) -> Result<Source, Refused> {
    let name = typed.to_str().unwrap_or_default();
    if let Some((name, text)) = built_in.iter().find(|(known, _)| *known == name) {
        return Ok(Source::new(format!("{name} (built in)"), *text));
    }
    let is_name = !name.is_empty() && !name.contains(['/', '.']);
    let path = if is_name { in_data(name) } else { typed.to_owned() };
    Source::load(&path).map_err(|error| {
        if !error.is_missing() {
            let reasons = vec![error.to_string()];
            return Refused::by(
                plans::unread(Failure::refused(error.to_string()), &error),
                reasons,
            );
        }
        if is_name { unknown(name, kind, built_in, &path) } else { error_of_file(&error, kind) }
            .into()
    })
}

/// A name that stands for nothing.
fn unknown(name: &str, kind: &str, built_in: &[(&str, &str)], path: &Path) -> Failure {
    let mut known: Vec<String> = built_in.iter().map(|(name, _)| (*name).to_owned()).collect();
    known.extend(names_beside(path));
    let failure = Failure::usage(format!("there is no {kind} `{name}`"))
        .note(format!("none of that name is built in, and there is no file `{}`", path.display()));
    match crate::near::near(name, known.iter().map(String::as_str)) {
        Some(near) => failure.help(format!("did you mean the {kind} `{near}`?")),
        None => failure.help(format!(
            "known here: `{}`; a file is named with a `/` or a `.` in it",
            known.join("`, `")
        )),
    }
}

fn error_of_file(error: &LoadError, kind: &str) -> Failure {
    Failure::usage(error.to_string())
        .help(format!("a {kind} of the data folder is named without `/` and without `.toml`"))
}

/// The names that other files of that kind in the data folder have; none where it cannot be read.
fn names_beside(path: &Path) -> Vec<String> {
    path.parent().and_then(|folder| names_in(folder).ok()).unwrap_or_default()
}

/// The names of the files in a folder of the data folder, in order; none where it is not there.
///
/// # Errors
/// What the system says of a folder that cannot be read.
pub(super) fn names_in(folder: &Path) -> io::Result<Vec<String>> {
    let files = match std::fs::read_dir(folder) {
        Ok(files) => files,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut names: Vec<String> = files
        .filter_map(|file| Some(file.ok()?.path()))
        .filter(|file| file.extension().is_some_and(|end| end == "toml"))
        .filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned()))
        .collect();
    names.sort_unstable();
    Ok(names)
}

/// A file with these findings is not used.
pub(super) fn cannot_be_used(kind: &str, findings: &Findings) -> Refused {
    let name = findings.source().name();
    let failure = Failure::refused(format!("the {kind} `{name}` cannot be used"))
        .note(findings.render(false))
        .help("correct it and try again");
    Refused::by(failure, reasons(findings))
}

/// Every error in a sentence.
fn reasons(findings: &Findings) -> Vec<String> {
    let errors = findings.list().iter().filter(|finding| finding.severity() == Severity::Error);
    errors.map(|finding| finding.problem.to_string()).collect()
}
