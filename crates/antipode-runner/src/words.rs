//! Every text that the program says to people while a session runs, in one place.
//!
//! Spoken texts have at most twelve words a person of eleven understands: what happens, and what
//! to do. They name no condition, no pain and no person. A refusal names the rule, its limit, what
//! would change it, and whom to ask. Nothing promises a benefit. The tests of this module hold the
//! catalogue to that, text by text.

mod alarm;
mod cause;
mod emergency;
mod moment;
mod prompt;
mod question;
mod record;
mod refusal;
mod sleep;
mod state;
mod symptom;

#[cfg(test)]
mod tests;

pub use alarm::{
    alarm, alarm_key, alarm_of_key, alarm_todo, alarm_todo_remains, priority, priority_shape,
};
pub use cause::{
    cause, cause_key, cause_of_key, outcome, outcome_key, outcome_of_key, outcome_sentence,
};
pub use emergency::{get_help, set_emergency_number};
pub use moment::{CLEAR_OF_LEVEL, is_held_below, may_be_head_down, prompt_now, reported};
pub use prompt::{Said, cue, name_keys, prompt, prompt_without_keys};
pub use question::{conditions, question, question_keys, question_now};
pub use record::record;
pub use refusal::{Refusal, refusal};
pub use sleep::set_may_sleep;
pub use state::{drive, state};
pub use symptom::{grade, severity, symptom, symptoms};

use antipode_safety::{Angle, Millis, Rate};

/// A tilt for people: `30`, `12.5`. Tenths are as fine as anyone can feel.
#[must_use]
pub fn degrees(angle: Angle) -> String {
    tenths(angle.millideg())
}

/// A speed for people, in degrees a second.
#[must_use]
pub fn degrees_per_second(rate: Rate) -> String {
    tenths(rate.millideg_per_s())
}

/// Thousandths, rounded to tenths, without an idle zero.
fn tenths(thousandths: i32) -> String {
    let rounded = (thousandths.unsigned_abs() + 50) / 100;
    let sign = if thousandths < 0 && rounded > 0 { "-" } else { "" };
    match (rounded / 10, rounded % 10) {
        (whole, 0) => format!("{sign}{whole}"),
        (whole, part) => format!("{sign}{whole}.{part}"),
    }
}

/// A length of time as it is spoken: `90 seconds`, `3 minutes`, `2 minutes 30`.
#[must_use]
pub fn spoken_time(time: Millis) -> String {
    let seconds = time.get().div_ceil(1_000);
    match (seconds / 60, seconds % 60) {
        (0, 1) => "1 second".to_owned(),
        (0, seconds) => format!("{seconds} seconds"),
        (1, 0) => "1 minute".to_owned(),
        (1, _) => format!("{seconds} seconds"),
        (minutes, 0) => format!("{minutes} minutes"),
        (minutes, seconds) => format!("{minutes} minutes {seconds}"),
    }
}

/// A length of time as a clock shows it: `0:45`, `12:03`, rounded up to whole seconds.
#[must_use]
pub fn clock(time: Millis) -> String {
    let seconds = time.get().div_ceil(1_000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// `1 bout`, `3 bouts`.
#[must_use]
pub fn counted(number: u16, what: &str) -> String {
    format!("{number} {what}{}", if number == 1 { "" } else { "s" })
}
