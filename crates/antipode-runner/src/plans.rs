//! Finding a plan by what a person typed: the name of a built-in one, or a file.

use std::path::Path;

use antipode_core::plan::{CheckContext, Plan};
use antipode_files::{Findings, LoadError, PlanFile, Read, Source, check_plan, presets};
use antipode_safety::{Limits, Setting};

use crate::failure::Failure;

/// The text of the plan that `typed` names. A built-in name counts before a file of that name:
/// a plan that came with the program must not change with the folder it is started in.
///
/// # Errors
/// When there is no such plan, or it cannot be read.
pub fn source(typed: &Path) -> Result<Source, Failure> {
    let preset = typed.to_str().and_then(preset);
    if let Some(source) = preset {
        return Ok(source);
    }
    Source::load(typed).map_err(|error| {
        let failure = if error.is_missing() {
            let failure = Failure::usage(error.to_string());
            match near(typed) {
                Some(near) => failure.help(format!("did you mean the built-in plan `{near}`?")),
                None => failure.help("`antipode plan list` shows the built-in plans"),
            }
        } else {
            Failure::refused(error.to_string())
        };
        unread(failure, &error)
    })
}

/// The failure with what the system said about the file, where it said something.
pub(crate) fn unread(failure: Failure, error: &LoadError) -> Failure {
    match std::error::Error::source(error) {
        Some(cause) => failure.note(cause.to_string()),
        None => failure,
    }
}

fn preset(name: &str) -> Option<Source> {
    presets()
        .iter()
        .find(|(preset, _)| *preset == name)
        .map(|(name, text)| Source::new(format!("{name} (built in)"), *text))
}

fn near(typed: &Path) -> Option<&'static str> {
    let typed = typed.file_stem()?.to_str()?;
    crate::near::near(typed, presets().iter().map(|(name, _)| *name))
}

/// Limits that hold for every plan at home, before a person, a table or a day narrow them.
#[must_use]
pub fn limits() -> Limits {
    Limits::hard(Setting::Home)
}

/// Holds a plan against every rule that needs no person, table or day.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn check(source: &Source) -> Result<Read<PlanFile>, Findings> {
    check_plan(source, &limits(), |plan: &Plan| CheckContext::alone_with_file(plan.attendance))
}

/// The plan that `typed` names, checked.
///
/// # Errors
/// When there is no such plan, or it cannot run. The findings are drawn in the failure.
pub fn load(typed: &Path) -> Result<Read<PlanFile>, Failure> {
    let source = source(typed)?;
    check(&source).map_err(|findings| refused(&findings))
}

/// The failure of a plan with these findings.
fn refused(findings: &Findings) -> Failure {
    let name = findings.source().name();
    Failure::refused(format!("the plan `{name}` cannot run"))
        .note(findings.render(false))
        .help("correct it and try again; `antipode plan check FILE` shows all of it")
}
