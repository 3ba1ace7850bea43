//! Questions that wait for an answer, with the keys that answer them.

use antipode_core::session::{Question, TableFacts, View};

/// The question.
#[must_use]
pub const fn question(question: Question) -> &'static str {
    match question {
        Question::Person => "Is the person named above on the table?",
        Question::Area => "Is the space around and under the table clear?",
        Question::TryStop => "Does STOP work? Press it once.",
        Question::AcknowledgeStop => "STOP pressed: let it go, then confirm.",
        Question::TryReturn => "Does RETURN work? Press it once.",
        Question::Start => "Ready. Start now?",
        Question::Heels => "Did your heels stay in place?",
        Question::Latches => "Spotter: are both ankle holds closed? No sensor sees it.",
        Question::GoOn => "Ready to go on?",
        Question::OwnPace => "Your pace: further down, stay, or up?",
        Question::CheckIn => "Are you all right?",
    }
}

/// The keys of the terminal that answer it.
#[must_use]
pub const fn question_keys(question: Question) -> &'static str {
    match question {
        Question::Person | Question::Area => "y yes, n no",
        Question::TryStop => "space STOP",
        Question::AcknowledgeStop => "x lets STOP go, then k confirms",
        Question::TryReturn => "r RETURN",
        Question::Start => "o start",
        Question::Heels => "y yes, n they moved",
        Question::Latches => "y yes, n no",
        Question::GoOn => "o go on, r end",
        Question::OwnPace => "d down, o up, r end",
        Question::CheckIn => "o all right, r or Enter come up",
    }
}

/// The question that waits in `view`, with its keys: of a STOP that was let go the rest is left.
#[must_use]
pub fn question_now(view: &View) -> Option<(&'static str, &'static str)> {
    let asked = view.question?;
    if asked == Question::AcknowledgeStop && !view.stopped {
        return Some(("STOP was let go: confirm it.", "k confirms"));
    }
    Some((question(asked), question_keys(asked)))
}

/// What a table lacks, and what stands in for it: said before a session and kept with its summary
/// (H-04, H-33).
#[must_use]
pub fn conditions(table: &TableFacts) -> Vec<String> {
    let latches = match table.latch_sensors {
        0 => Some(
            "no sensor sees the ankle holds: the spotter confirmed each bout, 20 degrees at most",
        ),
        1 => Some("one sensor sees the ankle holds: 30 degrees at most"),
        2.. => None,
    };
    let angle = (!table.second_angle)
        .then_some("the angle has one source: a wrong one is not noticed by comparison");
    latches.into_iter().chain(angle).map(str::to_owned).collect()
}
