//! What a session puts on record, to be read.

use antipode_core::step::Record;

use super::{alarm, cause, clock, counted, degrees, grade, outcome, severity, state, symptom};

/// A line on record.
#[must_use]
pub fn record(record: Record) -> String {
    match record {
        Record::SessionStart => "the session started".to_owned(),
        Record::State { from, to } => format!("from \"{}\" to \"{}\"", state(from), state(to)),
        Record::Segment(segment) => format!("part {} of the plan began", u32::from(segment) + 1),
        Record::BoutDone { bout, head_down } => {
            let number = u32::from(bout) + 1;
            format!("bout {number} ended after {} head-down", clock(head_down))
        }
        Record::Alarm(what) => format!("alarm: {}", alarm(what)),
        Record::AlarmAgain(what, times) => {
            let times = counted(times, "time");
            format!("alarm, called out {times} and not seen: {}", alarm(what))
        }
        Record::Refused(reason) => format!("the guard refused a motion for reason {reason}"),
        Record::Asked => "the person was asked whether all is well".to_owned(),
        Record::Answered => "the person answered".to_owned(),
        Record::Symptom(what, how, then) => {
            format!("{}, {}: {}", symptom(what), severity(how), grade(then))
        }
        Record::Eased(ceiling) => {
            format!("at most {} degrees from now on", degrees(ceiling))
        }
        Record::Shortened => "what is left was halved".to_owned(),
        Record::LockedOut => "no further session until a clinician agrees".to_owned(),
        Record::SessionEnd { outcome: how, cause: why, bouts, head_down } => {
            let (how, why, time) = (outcome(how), cause(why), clock(head_down));
            format!("the end: {how}, {why}, {}, {time} head-down", counted(bouts, "bout"))
        }
    }
}
