//! What every command that runs a session does at its beginning and at its end.

use std::sync::Arc;

use antipode_core::session::{EndCause, Outcome, StateKind, View};
use antipode_safety::Millis;

use crate::controls::Controls;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::{DataFolder, socket_folders};
use crate::instance::{Mailbox, Remote, Server};
use crate::output::{Output, Paint};
use crate::screen::{Look, Options};
use crate::settings::Settings;
use crate::signals::Interrupts;
use crate::summary::Summary;
use crate::{terminal, words};

/// Why a session does not begin.
#[derive(Debug)]
pub(super) struct Refused {
    failure: Failure,
    reasons: Vec<String>,
}

impl Refused {
    /// Refused for these reasons, one sentence each.
    pub(super) const fn by(failure: Failure, reasons: Vec<String>) -> Self {
        Self { failure, reasons }
    }

    /// What was refused, in a line.
    pub(super) fn message(&self) -> &str {
        self.failure.message()
    }

    /// Shows it: drawn for people, and as the summary of a session that did not begin.
    ///
    /// # Errors
    /// What is no refusal, such as a file that is not there, is a failure like any other.
    pub(super) fn show(self, out: &mut Output) -> Result<Exit, Failure> {
        let Self { failure, reasons } = self;
        if failure.exit() != Exit::Refused {
            return Err(failure);
        }
        out.talk(failure.draw(out.paint_talk()));
        if out.json() {
            out.document(&Summary::refused(reasons));
        }
        Ok(Exit::Refused)
    }
}

impl From<Refused> for Failure {
    /// For commands that run no session: the refusal without the summary of one.
    fn from(refused: Refused) -> Self {
        refused.failure
    }
}

impl From<Failure> for Refused {
    /// A failure of which nothing more is known than its own words.
    fn from(failure: Failure) -> Self {
        let reasons = vec![failure.message().to_owned()];
        Self { failure, reasons }
    }
}

/// How the screen is to be.
pub(super) fn look(settings: &Settings, out: &Output) -> Options {
    let ascii = settings.display.ascii || terminal::ascii();
    Options {
        look: Look { colour: out.paint() == Paint::Colour, ascii },
        frames_per_second: settings.display.frames_per_second,
        bell: settings.sound.bell,
    }
}

/// The ways in from outside: signals and the socket. The socket lives as long as the answer.
///
/// # Errors
/// Without signals no session begins: Ctrl-C would end the program under a person.
pub(super) fn controls(
    data: &DataFolder,
    remote: Option<Arc<dyn Remote>>,
    out: &mut Output,
) -> Result<(Controls, Option<Server>), Failure> {
    let interrupts = Interrupts::watch().map_err(|error| {
        Failure::io("take over the signals of this process", &error)
            .note("no session begins without: Ctrl-C would end the program under a person")
    })?;
    let mailbox = Mailbox::default();
    let remote = remote.unwrap_or_else(|| Arc::new(mailbox.clone()));
    let server = match Server::start(&socket_folders(data), remote) {
        Ok(server) => Some(server),
        Err(error) => {
            out.talk(format_args!(
                "`antipode status` and `antipode stop` cannot reach this session: {error}"
            ));
            None
        }
    };
    Ok((Controls { interrupts, mailbox, hand: None, data: data.canonical() }, server))
}

/// How and why a session ended that came to no end of its own, because whoever watched left: that
/// is possible before it began and while STOP holds it in the rest band. `asked` to end, a session
/// that had not begun was refused by nobody.
pub(super) fn left(view: &View, asked: bool) -> (Outcome, EndCause) {
    match view.state {
        StateKind::Stopped => (Outcome::Stopped, view.cause.unwrap_or(EndCause::StopPressed)),
        StateKind::Connecting | StateKind::SelfTest | StateKind::Ready if asked => {
            (Outcome::Returned, EndCause::ProgramEnding)
        }
        StateKind::Connecting | StateKind::SelfTest | StateKind::Ready => {
            (Outcome::Refused, EndCause::StartNotCompleted)
        }
        StateKind::Starting
        | StateKind::Proof
        | StateKind::Running
        | StateKind::Paused
        | StateKind::Returning
        | StateKind::Held
        | StateKind::Closing
        | StateKind::Finished
        | StateKind::Attended => (Outcome::Returned, view.cause.unwrap_or(EndCause::ProgramEnding)),
    }
}

/// Shows what a session came to, and gives the exit code of it.
pub(super) fn show(summary: &Summary, how: (Outcome, EndCause), out: &mut Output) -> Exit {
    let (outcome, cause) = how;
    if out.json() {
        out.document(summary);
        return Exit::of_session(outcome);
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_else(|| "?".to_owned());
    out.line("");
    let came_to = match (outcome, summary.duration_s) {
        (Outcome::Returned, None) => "ended before it began",
        (
            Outcome::Completed
            | Outcome::Stopped
            | Outcome::Returned
            | Outcome::Refused
            | Outcome::Fault
            | Outcome::Interrupted,
            _,
        ) => words::outcome(outcome),
    };
    out.line(format_args!("{came_to}: {}", words::cause(cause)));
    let number = |number: Option<crate::summary::Decimal>| {
        number.map_or_else(|| "?".to_owned(), |number| number.to_string())
    };
    let time = |time: Option<crate::summary::Decimal>| {
        let ms = time.and_then(|time| u64::try_from(time.0).ok());
        ms.map_or_else(|| "?".to_owned(), |ms| words::clock(Millis::new(ms)))
    };
    let count = |count: Option<u16>| count.map_or_else(|| "?".to_owned(), |c| c.to_string());
    let Summary { plan, person, table, .. } = summary;
    out.line(format_args!("  plan {}, person {}, table {}", text(plan), text(person), text(table)));
    out.line(format_args!(
        "  bouts {} of {}, head-down {}{}",
        count(summary.bouts_done),
        count(summary.bouts_planned),
        time(summary.head_down_s),
        summary
            .duration_s
            .map_or_else(String::new, |whole| { format!(", whole session {}", time(Some(whole))) })
    ));
    let deepest = match summary.max_tilt_deg {
        Some(deepest) if deepest.0 <= 0 => "never head-down".to_owned(),
        deepest => format!("deepest tilt {} degrees", number(deepest)),
    };
    out.line(format_args!("  {deepest}, at the end {} degrees", number(summary.final_tilt_deg)));
    if let Some(ma) = summary.effort_ma {
        let expected = summary.effort_expected_ma;
        let of = expected.map_or_else(String::new, |ma| format!(", expected {ma} mA"));
        out.line(format_args!("  effort of the motor in the small test tilt: {ma} mA{of}"));
    }
    if !summary.alarms.is_empty() {
        let alarms: Vec<&str> = summary.alarms.iter().map(|key| words::alarm_of_key(key)).collect();
        out.line(format_args!("  alarms: {}", alarms.join(", ")));
    }
    summary.conditions.iter().for_each(|condition| out.line(format_args!("  {condition}")));
    if let Some(session) = &summary.session {
        out.line(format_args!("  recorded; `antipode replay {session}` runs it again"));
    }
    Exit::of_session(outcome)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::output::tests::Captured;

    fn shown(json: bool) -> String {
        let stdout = Captured::default();
        let mut out = Output::to(stdout.clone(), std::io::sink(), json);
        let alarms = vec!["rule_acts".to_owned(), "stopped_head_down".to_owned()];
        let how = (Outcome::Returned, EndCause::ReturnPressed);
        show(&Summary { alarms, ..Summary::default() }, how, &mut out);
        stdout.text()
    }

    #[test]
    fn a_session_that_was_never_head_down_has_no_deepest_tilt() {
        let told = |millideg| {
            let stdout = Captured::default();
            let mut out = Output::to(stdout.clone(), std::io::sink(), false);
            let max_tilt_deg = Some(crate::summary::Decimal(millideg));
            let how = (Outcome::Refused, EndCause::StartNotCompleted);
            show(&Summary { max_tilt_deg, ..Summary::default() }, how, &mut out);
            stdout.text()
        };
        assert!(told(-3_000).contains("never head-down"), "{}", told(-3_000));
        assert!(told(20_000).contains("deepest tilt 20 degrees"), "{}", told(20_000));
    }

    #[test]
    fn alarms_of_a_session_are_told_in_words_and_named_in_its_document() {
        let words = shown(false);
        assert!(words.contains("alarms: a rule ends the stay, stopped head-down"), "{words}");
        let document: serde_json::Value = serde_json::from_str(&shown(true)).unwrap();
        assert_eq!(document["alarms"][0], "rule_acts");
    }
}
