//! Finding what a session needs by what a person typed: a built-in name, a name in the data
//! folder, or a file.

use std::path::Path;

use antipode_core::person::Person;
use antipode_core::plan::{Attendance, CheckContext, Plan, Severity};
use antipode_files::{
    Findings, Problem, Source, TableFile, built_in_people, built_in_tables, check_plan,
    read_person, read_table,
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
        Err(findings) => Err(cannot_be_used("plan", &findings)),
    }
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
        let known: Vec<&str> = built_in.iter().map(|(name, _)| *name).collect();
        Refused::from(Failure::usage(error.to_string()).help(format!(
            "built in is the {kind} `{}`; other names stand for files of the data folder, and \
             anything with a `/` or a `.` in it is a file",
            known.join("`, `")
        )))
    })
}

/// A file with these findings is not used.
pub(super) fn cannot_be_used(kind: &str, findings: &Findings) -> Refused {
    let name = findings.source().name();
    let failure = Failure::refused(format!("the {kind} `{name}` cannot be used"))
        .note(findings.render(false))
        .help("correct it and try again");
    let errors = findings.list().iter().filter(|finding| finding.severity() == Severity::Error);
    let reason = |problem: &Problem| problem.to_string();
    Refused::by(failure, errors.map(|finding| reason(&finding.problem)).collect())
}
