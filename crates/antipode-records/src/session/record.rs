//! What a session put on record, as the payload of a [`super::RECORD`].

use antipode_core::session::EndCause;
use antipode_core::step::Record;

use super::tags::{Tagged, take};
use super::wire::{DecodeError, In, Out};

const SESSION_START: u8 = 1;
const STATE: u8 = 2;
const SEGMENT: u8 = 3;
const BOUT_DONE: u8 = 4;
const ALARM: u8 = 5;
const REFUSED: u8 = 6;
const ASKED: u8 = 7;
const ANSWERED: u8 = 8;
const SYMPTOM: u8 = 9;
const EASED: u8 = 10;
const SHORTENED: u8 = 11;
const LOCKED_OUT: u8 = 12;
const SESSION_END: u8 = 13;
const ALARM_AGAIN: u8 = 14;

/// The payload of a [`super::RECORD`].
#[must_use]
pub fn encode_record(record: Record) -> Vec<u8> {
    let mut out = Out::new();
    match record {
        Record::SessionStart => out.u8(SESSION_START),
        Record::State { from, to } => {
            out.u8(STATE);
            from.put(&mut out);
            to.put(&mut out);
        }
        Record::Segment(segment) => {
            out.u8(SEGMENT);
            out.number(segment.into());
        }
        Record::BoutDone { bout, head_down } => {
            out.u8(BOUT_DONE);
            out.number(bout.into());
            out.time(head_down);
        }
        Record::Alarm(cause) => {
            out.u8(ALARM);
            cause.put(&mut out);
        }
        Record::AlarmAgain(cause, times) => {
            out.u8(ALARM_AGAIN);
            cause.put(&mut out);
            out.number(times.into());
        }
        Record::Refused(reason) => {
            out.u8(REFUSED);
            out.u8(reason);
        }
        Record::Asked => out.u8(ASKED),
        Record::Answered => out.u8(ANSWERED),
        Record::Symptom(symptom, severity, grade) => {
            out.u8(SYMPTOM);
            symptom.put(&mut out);
            severity.put(&mut out);
            grade.put(&mut out);
        }
        Record::Eased(ceiling) => {
            out.u8(EASED);
            out.angle(ceiling);
        }
        Record::Shortened => out.u8(SHORTENED),
        Record::LockedOut => out.u8(LOCKED_OUT),
        Record::SessionEnd { outcome, cause, bouts, head_down } => {
            out.u8(SESSION_END);
            outcome.put(&mut out);
            put_cause(cause, &mut out);
            out.number(bouts.into());
            out.time(head_down);
        }
    }
    out.finish()
}

/// Reads the payload of a [`super::RECORD`].
///
/// # Errors
/// [`DecodeError`].
pub fn decode_record(payload: &[u8]) -> Result<Record, DecodeError> {
    let mut from = In(payload);
    let record = match from.u8()? {
        SESSION_START => Record::SessionStart,
        STATE => Record::State { from: take(&mut from)?, to: take(&mut from)? },
        SEGMENT => Record::Segment(from.small("a segment")?),
        BOUT_DONE => Record::BoutDone { bout: from.small("a bout")?, head_down: from.time()? },
        ALARM => Record::Alarm(take(&mut from)?),
        ALARM_AGAIN => Record::AlarmAgain(take(&mut from)?, from.small("a number of calls")?),
        REFUSED => Record::Refused(from.u8()?),
        ASKED => Record::Asked,
        ANSWERED => Record::Answered,
        SYMPTOM => Record::Symptom(take(&mut from)?, take(&mut from)?, take(&mut from)?),
        EASED => Record::Eased(from.angle("a ceiling")?),
        SHORTENED => Record::Shortened,
        LOCKED_OUT => Record::LockedOut,
        SESSION_END => Record::SessionEnd {
            outcome: take(&mut from)?,
            cause: take_cause(&mut from)?,
            bouts: from.small("a number of bouts")?,
            head_down: from.time()?,
        },
        tag => return Err(DecodeError::Tag { what: "record", tag: tag.into() }),
    };
    from.end().map(|()| record)
}

/// Numbers the causes; the one with a symptom carries it behind its number.
macro_rules! causes {
    ($($cause:ident = $tag:literal),+ $(,)?) => {
        fn put_cause(cause: EndCause, out: &mut Out) {
            match cause {
                EndCause::Symptom(symptom) => {
                    out.u8(0);
                    symptom.put(out);
                }
                $(EndCause::$cause => out.u8($tag)),+
            }
        }

        fn take_cause(from: &mut In<'_>) -> Result<EndCause, DecodeError> {
            Ok(match from.u8()? {
                0 => EndCause::Symptom(take(from)?),
                $($tag => EndCause::$cause,)+
                tag => return Err(DecodeError::Tag { what: "cause of an end", tag: tag.into() }),
            })
        }

        /// Every cause but the one with a symptom.
        #[cfg(test)]
        pub(super) const CAUSES: &[EndCause] = &[$(EndCause::$cause),+];
    };
}

causes! {
    PlanDone = 1,
    ReturnPressed = 2,
    StopPressed = 3,
    StopLoopOpen = 4,
    FeetSlipping = 5,
    NoAnswer = 6,
    DeadManReleased = 7,
    PausedTooLong = 8,
    VitalsOut = 9,
    VitalsLost = 10,
    DoseSpent = 11,
    LinkLost = 12,
    TableRestarted = 13,
    ForeignMotion = 14,
    AngleLost = 15,
    AnglesDisagree = 16,
    Stalled = 17,
    Hot = 18,
    SupplyLost = 19,
    LatchOpen = 20,
    LatchesOpen = 21,
    Runaway = 22,
    BrakeSlip = 23,
    JournalLost = 24,
    LoopLate = 25,
    GuardRefused = 26,
    TableRefused = 27,
    ProofFailed = 28,
    StartNotCompleted = 29,
    ProgramEnding = 30,
    ProcessDied = 31,
    TableNotSeen = 32,
    HostSuspended = 33,
    Mismatch = 34,
    EffortMismatch = 35,
}
