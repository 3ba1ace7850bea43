//! What the gate is told. All of it is plain values: who keeps the records hands them in.

use antipode_safety::{Limits, Millis, Rate};

use crate::clearance::{Clearance, Clinician};
use crate::day::Day;
use crate::person::Person;
use crate::plan::Done;
use crate::screening::{Answers, Id, Sheet};
use crate::symptom::Symptom;
use crate::symptom_map::{Compared, Reach, Score, SymptomMap};

use super::pressure::Attempt;

/// What is on file about a person.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// The profile.
    pub person: &'a Person,
    /// The questions in force.
    pub sheet: &'a Sheet,
    /// Every answer, today's included.
    pub answers: &'a Answers,
    /// Every clearance, whatever has become of it.
    pub clearances: &'a [Clearance],
    /// The map of symptoms.
    pub map: &'a SymptomMap,
    /// Every lock-out, lifted ones included.
    pub lock_outs: &'a [LockOut],
    /// The last session that counts.
    pub last: Option<LastTime>,
    /// The day of the last first ride.
    pub first_ride: Option<Day>,
    /// The day of the last drill of STOP, power-cut return and release.
    pub drill: Option<Day>,
    /// What was done today and this week.
    pub ledger: Ledger,
    /// The fastest travel since nausea or dizziness, while that lasts.
    pub slowed_to: Option<Rate>,
    /// Clean sessions with a spotter, ever.
    pub clean_with_spotter: u16,
}

/// The last session that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastTime {
    /// Its day.
    pub day: Day,
    /// The pain before it.
    pub pain: Pain,
}

/// Pain, back and leg apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pain {
    /// In the back.
    pub back: Score,
    /// In the leg.
    pub leg: Score,
    /// How far down the leg.
    pub reach: Reach,
}

/// What was done, rebuilt from the journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// Today, and sessions of the week.
    pub done: Done,
    /// The angle-weighted dose of the week, where a programme bounds it.
    pub week: Option<WeekDose>,
}

/// Angle-weighted dose of seven days, in degree-milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WeekDose {
    /// Used.
    pub used: u64,
    /// Most.
    pub most: u64,
}

/// Nobody goes on the table until a named clinician lifts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// The day it began.
    pub since: Day,
    /// Why.
    pub cause: LockCause,
    /// Who lifted it, and when.
    pub lifted: Option<Lift>,
}

/// Why a person is locked out.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LockCause {
    /// A red-flag answer.
    RedFlag(Id),
    /// The map of symptoms: between the legs, or both legs new or worse.
    SymptomMap,
    /// A symptom on the table.
    Symptom(Symptom),
    /// A serious adverse event.
    AdverseEvent,
}

/// A named clinician's word that a person may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    /// Who.
    pub by: Clinician,
    /// When: a day after the lock-out began.
    pub on: Day,
}

impl LockOut {
    /// Whether it stands on `day`. A lift counts when it is later than the beginning and not from a
    /// day that has not come.
    #[must_use]
    pub fn stands(&self, day: Day) -> bool {
        self.lifted.as_ref().is_none_or(|lift| lift.on <= self.since || lift.on > day)
    }
}

/// The table and the place, as far as the gate is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The limits of site and table.
    pub limits: Limits,
    /// The mass on the table's plate, kilograms.
    pub plate_kg: Option<u16>,
    /// The date is certain: the clock is set and was not turned back.
    pub date_certain: bool,
}

/// What is said and measured before this session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// Which day it is.
    pub day: Day,
    /// How long ago the first of today's answers was given.
    pub age: Millis,
    /// "Nothing different today."
    pub nothing_different: bool,
    /// Pain now.
    pub pain: Pain,
    /// The map of symptoms, compared with today.
    pub compared: Compared,
    /// Blood pressure, in the order of the attempts.
    pub pressure: Vec<Attempt>,
    /// Heart rate, beats a minute, in the order of the attempts.
    pub heart: Vec<u16>,
    /// Oxygen saturation, percent.
    pub saturation: Option<u8>,
    /// Who is there.
    pub company: Company,
}

/// Who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// A spotter stands by.
    Spotter,
    /// Nobody.
    Alone(AloneFacts),
}

/// What must stand in for a spotter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AloneFacts {
    /// A hand control within reach of the strapped person.
    pub hand_control: bool,
    /// The site has decided, with name and date, what follows a STOP.
    pub after_stop_decided: bool,
    /// It was measured that the strapped person, without power, frees themselves in time.
    pub frees_themselves: bool,
    /// The day on which the contact was last reached in a test.
    pub contact_tested: Option<Day>,
}
