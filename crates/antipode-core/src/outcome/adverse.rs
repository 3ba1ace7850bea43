//! What went wrong, how badly, and what stays closed until somebody who knows has looked.

use crate::day::Day;
use crate::symptom::Symptom;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Harm {
    /// Something felt, then or later.
    Felt(Symptom),
    /// A faint or near faint.
    Faint,
    /// A fall, a slip of the feet, a pinch or a bruise.
    Injury,
    /// Stuck head-down, whatever the reason.
    Stuck,
    /// A seizure, a stroke, an admission to hospital.
    Emergency,
}

/// How bad it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HarmSeverity {
    /// Gone by itself, nothing done about it.
    Mild,
    /// Something was done about it, or it lasted beyond the day.
    Moderate,
    /// A clinician was or must be seen, or it stays.
    Serious,
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct AdverseEvent {
    /// Its number in the record.
    pub id: u128,
    /// Its day.
    pub day: Day,
    /// What.
    pub harm: Harm,
    /// How bad, as told.
    told: HarmSeverity,
}

/// Days after which it is asked how it went on.
pub const FOLLOW_UP_DAYS: [&[i32]; 3] = [&[1], &[1, 7], &[1, 7, 28]];

impl AdverseEvent {
    /// An event as told.
    #[must_use]
    pub const fn new(id: u128, day: Day, harm: Harm, told: HarmSeverity) -> Self {
        Self { id, day, harm, told }
    }

    /// How bad it was told to be; [`AdverseEvent::severity`] is what counts.
    #[must_use]
    pub const fn told(&self) -> HarmSeverity {
        self.told
    }

    /// How bad it counts: being stuck head-down, an emergency, and signs that lock out at any
    /// strength are serious, however they are told.
    #[must_use]
    pub fn severity(&self) -> HarmSeverity {
        use crate::symptom::{Grade, Severity, grade};
        match self.harm {
            Harm::Stuck | Harm::Emergency => HarmSeverity::Serious,
            Harm::Felt(symptom) if grade(symptom, Severity::Mild) == Grade::EndAndLockOut => {
                HarmSeverity::Serious
            }
            Harm::Felt(_) | Harm::Faint | Harm::Injury => self.told,
        }
    }

    /// The days on which it is asked how it went on.
    pub fn follow_ups(&self) -> impl Iterator<Item = Day> {
        let [mild, moderate, serious] = FOLLOW_UP_DAYS;
        let days = match self.severity() {
            HarmSeverity::Mild => mild,
            HarmSeverity::Moderate => moderate,
            HarmSeverity::Serious => serious,
        };
        let day = self.day;
        days.iter().filter_map(move |after| day.plus(*after))
    }
}

/// A clinician's word that an event no longer keeps the person out. It names both.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lift {
    event: u128,
    day: Day,
    clinician: String,
}

impl Lift {
    /// `clinician` lifts what `event` closed, on `day`; `None` without a name or before the event.
    #[must_use]
    pub fn new(event: &AdverseEvent, day: Day, clinician: &str) -> Option<Self> {
        let clinician = clinician.trim();
        (!clinician.is_empty() && day >= event.day).then(|| Self {
            event: event.id,
            day,
            clinician: clinician.to_owned(),
        })
    }

    /// Who.
    #[must_use]
    pub fn clinician(&self) -> &str {
        &self.clinician
    }

    /// When.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }
}

/// The serious events that keep this person out: all that no clinician has lifted by name.
#[must_use]
pub fn locked<'a>(events: &'a [AdverseEvent], lifts: &[Lift]) -> Vec<&'a AdverseEvent> {
    let lifted = |event: &AdverseEvent| {
        lifts.iter().any(|lift| lift.event == event.id && lift.day >= event.day)
    };
    events
        .iter()
        .filter(|event| event.severity() == HarmSeverity::Serious && !lifted(event))
        .collect()
}
