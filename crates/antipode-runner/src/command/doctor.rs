//! `antipode doctor`: whether this machine can carry a session, and what to do where it cannot.

mod machine;
mod storage;

use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::{Output, Paint};
use crate::settings::Settings;

/// How one check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
enum State {
    /// As it must be.
    Ok,
    /// A session can run; something is missing.
    Warn,
    /// No session should run.
    Fail,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
struct Check {
    name: &'static str,
    state: State,
    found: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
}

impl Check {
    fn ok(name: &'static str, found: impl Into<String>) -> Self {
        Self { name, state: State::Ok, found: found.into(), fix: None }
    }

    fn warn(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, state: State::Warn, found: found.into(), fix: Some(fix.into()) }
    }

    fn fail(name: &'static str, found: impl Into<String>, fix: impl Into<String>) -> Self {
        Self { name, state: State::Fail, found: found.into(), fix: Some(fix.into()) }
    }
}

#[derive(Serialize)]
struct Document<'a> {
    state: State,
    checks: &'a [Check],
}

/// Looks at everything and says what it found. One failure fails the command.
pub(super) fn run(
    settings: &Settings,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let mut checks = storage::checks(data);
    checks.extend(machine::checks(settings, data));
    let state = checks.iter().map(|check| check.state).max().unwrap_or(State::Ok);
    if out.json() {
        out.document(&Document { state, checks: &checks });
    } else {
        let paint = out.paint();
        for check in &checks {
            show(check, paint, out);
        }
    }
    Ok(if state == State::Fail { Exit::Failed } else { Exit::Done })
}

fn show(check: &Check, paint: Paint, out: &mut Output) {
    let Check { name, state, found, fix } = check;
    let word = match state {
        State::Ok => paint.good("OK  "),
        State::Warn => paint.warning("WARN"),
        State::Fail => paint.error("FAIL"),
    };
    out.line(format_args!("{word}  {name}: {found}"));
    if let Some(fix) = fix {
        out.line(format_args!("      fix: {fix}"));
    }
}
