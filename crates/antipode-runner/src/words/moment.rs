//! Words that depend on where the bed is when they are said: the same prompt asks for another thing
//! head-down and level, and an alarm whose cause has gone asks for nothing that was to be done then.

use antipode_core::alarm::AlarmCause;
use antipode_core::session::{EndCause, NotReady, StateKind, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_safety::{Angle, Millis};

use super::alarm::{alarm, alarm_todo_remains};
use super::cause::cause;
use super::prompt::{Said, prompt};
use super::refusal::refusal;
use super::symptom::{severity, symptom};

/// A reading older than this says nothing of where the bed is now.
const KNOWN_FOR: Millis = Millis::from_secs(2);

/// From here on no noise of a reading makes the bed head-down.
pub const CLEAR_OF_LEVEL: Angle = Angle::clamped(-500);

/// Whether the bed is, or may be, head-down: a tilt that nobody knows counts as head-down once a
/// session has begun.
#[must_use]
pub fn may_be_head_down(view: &View) -> bool {
    known_tilt(view).map_or_else(|| has_begun(view), Angle::is_head_down)
}

/// Whether a bed under STOP still has a way to come up. Clear of level rather than level: a
/// reading may be above level by a tenth of a degree just when STOP is confirmed.
#[must_use]
pub fn is_held_below(view: &View) -> bool {
    let clear = known_tilt(view).is_some_and(|tilt| tilt <= CLEAR_OF_LEVEL);
    view.state == StateKind::Stopped && !clear
}

fn known_tilt(view: &View) -> Option<Angle> {
    let age = view.tilt_at.and_then(|at| view.now.checked_since(at));
    view.tilt.filter(|_| age.is_some_and(|age| age <= KNOWN_FOR))
}

const fn has_begun(view: &View) -> bool {
    view.live || view.outcome.is_some() || view.stopped
}

/// The words for a prompt as things stand in `view`, without the way up that [`prompt_now`] adds
/// for a keyboard.
#[must_use]
pub(super) fn prompt_at(said: Prompt, view: &View) -> Said {
    let down = may_be_head_down(view);
    if let Some(words) = other_words(said, view, down) {
        return words;
    }
    prompt(said)
}

/// The words for a prompt on the screen: head-down no refusal leaves the way up unsaid (I8).
#[must_use]
pub fn prompt_now(said: Prompt, view: &View) -> Said {
    let words = prompt_at(said, view);
    let refused = matches!(said, Prompt::NotTaken(_) | Prompt::NotReady(_));
    if !refused || !may_be_head_down(view) {
        return words;
    }
    let keys = if view.stopped {
        "To come up keep pressing r or Enter."
    } else {
        "To come up press r or Enter."
    };
    Said { keys: Some(keys), ..words }
}

/// Where the words of [`prompt`] would be wrong as things stand.
fn other_words(said: Prompt, view: &View, down: bool) -> Option<Said> {
    if let (Prompt::HeldHere(why) | Prompt::ComingUp(why), true, false) =
        (said, down, view.connected)
    {
        return Some(not_heard(why));
    }
    if let Prompt::HeldHere(why) = said {
        return (!down).then(|| held_level(why));
    }
    if said == Prompt::AcknowledgeStop {
        return Some(if down { come_up_first() } else { let_go_and_confirm() });
    }
    if let Prompt::NotTaken(why) | Prompt::NotReady(why) = said {
        let named = || faults_by_name(why, view);
        return (down && is_about_stop(why, view)).then(come_up_first).or_else(named);
    }
    if let Prompt::AlarmAgain { cause, times: _ } = said {
        let over = !view.alarms.holds(cause) && !alarm_todo_remains(cause);
        return over.then(|| alarm_that_was(cause));
    }
    None
}

/// Which faults stand in the way of a start: whoever is to clear them must know them.
fn faults_by_name(why: NotReady, view: &View) -> Option<Said> {
    if why != NotReady::TableFault || view.faults.is_empty() {
        return None;
    }
    let refusal = refusal(why);
    let what = format!("{}: {}", refusal.what, view.faults);
    Some(Said::with(refusal.spoken, refusal.sentence_about(&what)))
}

/// That a report was heard, for the screen alone: an answer that changes nothing looks like none.
#[must_use]
pub fn reported(what: Symptom, how: Severity, view: &View) -> String {
    let said = format!("You said: {}, {}.", symptom(what), severity(how));
    if may_be_head_down(view) {
        let keys = if view.stopped { "keep pressing r or Enter" } else { "press r or Enter" };
        format!("{said} To come up {keys}.")
    } else if view.live {
        format!("{said} To end the session press r.")
    } else {
        said
    }
}

/// Refusals whose usual words send a person head-down to STOP or to the level button.
fn is_about_stop(why: NotReady, view: &View) -> bool {
    view.stopped && matches!(why, NotReady::StopLatched | NotReady::NotInRestBand)
}

/// Without a word from the table nobody knows what it does, and a guardian that was killed does nothing:
/// neither that it holds nor that it comes up may be promised (H-01, H-39).
fn not_heard(why: EndCause) -> Said {
    Said::with(
        "The table does not answer. Go to the table. If it stays head-down, bring it up by hand.",
        format!(
            "Reason: {}. Nothing here steers the bed until it answers; `antipode table return` tries \
             it anew.",
            cause(why)
        ),
    )
}

fn held_level(why: EndCause) -> Said {
    Said::with(
        "The table is holding still. You are not head-down.",
        format!("Reason: {}.", cause(why)),
    )
}

fn let_go_and_confirm() -> Said {
    Said::only("Let STOP go, then confirm.").keys("On this terminal: x lets go, k confirms.")
}

fn come_up_first() -> Said {
    Said::only("First come up: hold RETURN. Confirm STOP after that.")
}

fn alarm_that_was(cause: AlarmCause) -> Said {
    Said::with(
        "An alarm was not seen yet. Please come and look.",
        format!("It was: {}. That is over.", alarm(cause)),
    )
    .keys("Press a to say that you have seen it.")
}
