//! The acts of the care journal: everything that is said, measured or decided between sessions and
//! that a rule of the core must still know next time.
//!
//! ```text
//! act  version u8 | day | offset of local time | the fact, laid out by its kind
//! ```
//! Kind numbers and the numbers within a fact only grow: an act already written is never read in
//! another way. What cannot be read exactly, to its last byte, is an error, and whoever meets one
//! opens nothing.

mod parts;
mod values;
mod wire;

#[cfg(test)]
mod tests;

use antipode_core::activity::Logged;
use antipode_core::day::Day;
use antipode_core::outcome::AdverseEvent;
use antipode_core::screening::Entry;
use antipode_core::symptom_map::SymptomMap;

use super::{Act, FIRST_ACT, KeepError, MAX_ACT, Sitting};
use crate::record::{Kind, Stamp};
use crate::session::DecodeError;
use crate::session::wire::{In, Out};

pub use parts::{
    Admitted, ClearanceId, ContactTested, Drill, FirstRide, FollowUp, GateAnswers, HowItWent,
    Lifted, Lock, Locked, MaintenanceSet, Morning, Offered, OutcomeAnswers, PaperClearance,
    Profile, ProgrammeMark, ProgrammeStep, Purpose, Revoked, ScreenedActivity, SessionDone,
    SignedClearance,
};
use wire::Wire;

/// The version of every act, its first byte.
pub const VERSION: u8 = 1;
/// Longest offset of local time from UTC that is kept, in seconds either way.
const OFFSET_MOST_S: u32 = 18 * 3_600;

/// An act cannot be read, so nothing may be opened on the word of what could.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActError {
    /// Its number is not one that this program knows.
    #[error("act {} is not known to this program; use a newer program", .0.number())]
    Kind(Kind),
    /// Its bytes.
    #[error("act {} cannot be read: {problem}", kind.number())]
    Bytes {
        /// Which kind.
        kind: Kind,
        /// What is wrong.
        problem: DecodeError,
    },
}

/// A fact cannot be kept as it is, so it must not be acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotKeepable {
    /// What would be written reads back as something else.
    #[error("this does not read back as it is")]
    ReadsBackOtherwise,
    /// What would be written does not read back at all.
    #[error("this does not read back: {0}")]
    ReadsNotBack(#[from] ActError),
    /// Too many bytes.
    #[error("this has {len} bytes, an act has at most {MAX_ACT}")]
    TooLarge {
        /// Its bytes.
        len: usize,
    },
}

/// A fact was not kept.
#[derive(Debug, thiserror::Error)]
pub enum TellError {
    /// Of the fact itself.
    #[error(transparent)]
    Fact(#[from] NotKeepable),
    /// Of the journal.
    #[error(transparent)]
    Keep(#[from] KeepError),
}

/// A fact, and which day it was where the person is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The day.
    pub day: Day,
    /// Seconds that local time was ahead of UTC; at most 18 hours either way.
    pub offset_s: i32,
    /// What.
    pub fact: Fact,
}

/// Numbers the facts. The match is what makes a new one impossible to forget.
macro_rules! facts {
    ($($(#[$doc:meta])* $name:ident($payload:ty) = $number:literal),+ $(,)?) => {
        /// What one act says.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub enum Fact {
            $($(#[$doc])* $name($payload)),+
        }

        impl Fact {
            /// The number of the record that holds it.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                Kind::new(FIRST_ACT.number() + match self { $(Self::$name(_) => $number),+ })
            }

            fn put(&self, out: &mut Out) {
                match self { $(Self::$name(payload) => payload.put(out)),+ }
            }

            /// `None` for a number that is none.
            fn take(kind: Kind, from: &mut In<'_>) -> Option<Result<Self, DecodeError>> {
                match kind.number().checked_sub(FIRST_ACT.number())? {
                    $($number => Some(Wire::take(from).map(Self::$name)),)+
                    _ => None,
                }
            }
        }
    };
}

facts! {
    /// Height, weight, age, ankle setting and whether the fit was checked.
    Profile(Profile) = 0,
    /// What the person uses a table for, and who says so.
    Purpose(Purpose) = 1,
    /// An answer to a question of the screening, with its sheet, day and read-back.
    Answered(Entry) = 2,
    /// A clearance as it was signed.
    SignedClearance(SignedClearance) = 3,
    /// A clearance copied from paper.
    PaperClearance(PaperClearance) = 4,
    /// A clearance was taken back.
    Revoked(Revoked) = 5,
    /// The person is locked out.
    LockedOut(Locked) = 6,
    /// A named clinician lifted a lock-out.
    Lifted(Lifted) = 7,
    /// The map of symptoms, in place of the one before.
    Symptoms(SymptomMap) = 8,
    /// Today's answers at the gate.
    Gate(GateAnswers) = 9,
    /// The gate opened for a session.
    Admitted(Admitted) = 10,
    /// What a session brought.
    SessionDone(SessionDone) = 11,
    /// How it was the morning after a session.
    Morning(Morning) = 12,
    /// A programme was chosen, begun or ended.
    Programme(ProgrammeMark) = 13,
    /// Maintenance that a clinician asked for.
    Maintenance(MaintenanceSet) = 14,
    /// Questionnaires as answered.
    Outcome(OutcomeAnswers) = 15,
    /// Another form of unloading, or exercise.
    Activity(Logged) = 16,
    /// What was asked before an activity.
    ActivityScreened(ScreenedActivity) = 17,
    /// Something went wrong.
    Adverse(AdverseEvent) = 18,
    /// How an adverse event went on.
    FollowUp(FollowUp) = 19,
    /// STOP, power-cut return and release were drilled.
    Drill(Drill) = 20,
    /// A first ride was done.
    FirstRide(FirstRide) = 21,
    /// The contact of a person alone was tried.
    ContactTested(ContactTested) = 22,
}

impl Said {
    /// The payload of its record.
    ///
    /// # Errors
    /// [`NotKeepable`]: what is given out here always reads back as the same.
    pub fn encode(&self) -> Result<Vec<u8>, NotKeepable> {
        let mut out = Out::new();
        out.u8(VERSION);
        self.day.put(&mut out);
        self.offset_s.put(&mut out);
        self.fact.put(&mut out);
        let payload = out.finish();
        if payload.len() > MAX_ACT {
            return Err(NotKeepable::TooLarge { len: payload.len() });
        }
        if Self::decode(self.fact.kind(), &payload)? == *self {
            Ok(payload)
        } else {
            Err(NotKeepable::ReadsBackOtherwise)
        }
    }

    /// Reads the payload of a record of `kind`.
    ///
    /// # Errors
    /// [`ActError`]; then nothing may be opened.
    pub fn decode(kind: Kind, payload: &[u8]) -> Result<Self, ActError> {
        let bytes = |problem| ActError::Bytes { kind, problem };
        let mut from = In(payload);
        let found = from.u8().map_err(bytes)?;
        if found != VERSION {
            return Err(bytes(DecodeError::Version { found: found.into(), known: VERSION.into() }));
        }
        let day = Wire::take(&mut from).map_err(bytes)?;
        let offset_s = take_offset(&mut from).map_err(bytes)?;
        let fact = Fact::take(kind, &mut from).ok_or(ActError::Kind(kind))?.map_err(bytes)?;
        from.end().map_err(bytes)?;
        Ok(Self { day, offset_s, fact })
    }
}

fn take_offset(from: &mut In<'_>) -> Result<i32, DecodeError> {
    let offset_s: i32 = Wire::take(from)?;
    if offset_s.unsigned_abs() <= OFFSET_MOST_S {
        Ok(offset_s)
    } else {
        Err(DecodeError::Value { what: "an offset of local time", value: offset_s.into() })
    }
}

impl Sitting {
    /// Keeps `said`. When this answers `Ok`, it is on the disk.
    ///
    /// # Errors
    /// [`TellError`]; then it must not be acknowledged, and may be on the disk all the same.
    pub fn tell(&mut self, now: Stamp, said: &Said) -> Result<(), TellError> {
        let plain = said.encode()?;
        Ok(self.keep(now, said.fact.kind(), &plain)?)
    }
}

impl Act {
    /// What it says.
    ///
    /// # Errors
    /// [`ActError`]; then nothing may be opened.
    pub fn said(&self) -> Result<Said, ActError> {
        Said::decode(self.kind, &self.plain)
    }
}
