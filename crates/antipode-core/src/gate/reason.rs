//! Why the gate stays closed: what was found, the limit, what would change it, whom to ask.

use antipode_safety::Millis;

use crate::clearance::{HeartRange, Standing};
use crate::day::Day;
use crate::screening::{About, Finding, Id, Severity, ToAsk, Whom};
use crate::symptom_map::{Reach, Score};

use super::inputs::{LockCause, WeekDose};
use super::pressure::Mean;

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What was found, with its limit.
    pub cause: Cause,
    /// What would change it.
    pub change: Change,
    /// Whom to ask.
    pub ask: Whom,
}

/// What was found, with its limit. In the order in which reasons are given.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cause {
    /// A lock-out that nobody has lifted.
    LockedOut {
        /// Since when.
        since: Day,
        /// Why.
        cause: LockCause,
    },
    /// Symptoms between the legs, or in both legs new or worse.
    RedFlagSymptoms,
    /// A finding of the screening.
    Screening {
        /// The finding.
        finding: Finding,
        /// What became of the clearance for it, where there ever was one.
        clearance: Option<Standing>,
    },
    /// Known symptoms in both legs without a clearance.
    BothLegs,
    /// Heavier than the table's plate says.
    Plate {
        /// Mass of the person, kilograms.
        mass_kg: u16,
        /// Mass on the plate, kilograms.
        plate_kg: u16,
    },
    /// Symptoms are worse, or in a new place.
    SymptomsChanged,
    /// Pain of 9 or 10.
    PainSevere(Score),
    /// Pain rose by 4 or more since last time.
    PainRose {
        /// By how much.
        by: u8,
    },
    /// Pain goes further down the leg than last time.
    PainSpread {
        /// Last time.
        from: Reach,
        /// Today.
        to: Reach,
    },
    /// Blood pressure from 180/110 on.
    PressureVeryHigh(Mean),
    /// Blood pressure from 160/100 on.
    PressureHigh(Mean),
    /// Blood pressure from 140/90 on without a clearance for high blood pressure.
    PressureNeedsClearance(Mean),
    /// Blood pressure under 90/50.
    PressureLow(Mean),
    /// This person's blood pressure is measured before every session, twice.
    PressureMissing,
    /// Heart rate out of its range.
    HeartRate {
        /// Beats a minute.
        rate: u16,
        /// The range.
        range: HeartRange,
    },
    /// Oxygen saturation under 94 %.
    Saturation(u8),
    /// Alone, and fewer than six clean sessions with a spotter.
    AloneTooEarly {
        /// Clean sessions with a spotter.
        clean: u16,
    },
    /// Alone without a clinician's clearance for it.
    AloneNotCleared,
    /// Alone without a hand control.
    AloneNoHandControl,
    /// Alone, and nobody has decided what follows a STOP.
    AloneAfterStop,
    /// Alone, and nobody has measured that the person frees themselves.
    AloneNotFreed,
    /// Alone, and the contact was not reached in a test within 30 days.
    AloneContact(Option<Day>),
    /// Two sessions today.
    SessionsToday(u16),
    /// Seven sessions in seven days.
    SessionsInWeek(u16),
    /// Today's head-down time is used up.
    DayDose {
        /// Used at 5 degrees and more.
        used: Millis,
        /// Most.
        most: Millis,
    },
    /// Today's hold is used up.
    DayHold {
        /// Used.
        used: Millis,
        /// Most.
        most: Millis,
    },
    /// The dose of the week is used up.
    WeekDose(WeekDose),
    /// The date is not certain.
    DateNotCertain,
    /// Today's answers are older than half an hour.
    AnswersOld(Millis),
    /// A question without a valid answer.
    Unanswered(ToAsk),
}

/// What would change a reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// What the sheet says at this question.
    AsSheet(Id),
    /// A clinician's written clearance of this scope.
    Clearance(Id),
    /// A named clinician lifts the lock-out, on a later day.
    Lift,
    /// Another day, when it is better.
    AnotherDay,
    /// Tomorrow, by itself.
    Tomorrow,
    /// Rest five minutes, then measure again; so many attempts are left.
    RestAndMeasure {
        /// Attempts left.
        left: u8,
    },
    /// Two readings of the blood pressure.
    MeasureTwice,
    /// A table for this mass.
    OtherTable,
    /// A spotter.
    Spotter,
    /// A person confirms the date.
    ConfirmDate,
    /// Answer today's questions.
    Answer,
}

impl Reason {
    /// How early it is told; smaller is earlier.
    pub(super) fn order(&self) -> u8 {
        match &self.cause {
            Cause::LockedOut { .. } | Cause::RedFlagSymptoms => 0,
            Cause::Screening { finding, .. } => 4_u8.saturating_sub(finding.severity.rank()),
            Cause::Plate { .. } => 1,
            Cause::BothLegs | Cause::PressureNeedsClearance(_) => 2,
            Cause::SymptomsChanged
            | Cause::PainSevere(_)
            | Cause::PainRose { .. }
            | Cause::PainSpread { .. }
            | Cause::PressureVeryHigh(_)
            | Cause::PressureHigh(_)
            | Cause::PressureLow(_)
            | Cause::PressureMissing
            | Cause::HeartRate { .. }
            | Cause::Saturation(_) => 3,
            Cause::AloneTooEarly { .. }
            | Cause::AloneNotCleared
            | Cause::AloneNoHandControl
            | Cause::AloneAfterStop
            | Cause::AloneNotFreed
            | Cause::AloneContact(_)
            | Cause::SessionsToday(_)
            | Cause::SessionsInWeek(_)
            | Cause::DayDose { .. }
            | Cause::DayHold { .. }
            | Cause::WeekDose(_) => 4,
            Cause::DateNotCertain | Cause::AnswersOld(_) | Cause::Unanswered(_) => 5,
        }
    }

    /// The lock-out that this reason begins, where it does.
    fn lock_out(&self) -> Option<LockCause> {
        if matches!(self.cause, Cause::RedFlagSymptoms) {
            return Some(LockCause::SymptomMap);
        }
        if let Cause::Screening { finding, .. } = &self.cause
            && finding.severity == Severity::RedFlag
            && let About::Question { id, .. } = &finding.about
        {
            return Some(LockCause::RedFlag(id.clone()));
        }
        None
    }
}

/// The gate stays closed. There is at least one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    reasons: Vec<Reason>,
}

impl Refusal {
    /// A refusal for `reasons`, the gravest first; `None` where there are none.
    pub(super) fn of(mut reasons: Vec<Reason>) -> Option<Self> {
        if reasons.is_empty() {
            return None;
        }
        reasons.sort_by_key(Reason::order);
        Some(Self { reasons })
    }

    /// Every reason, the gravest first.
    #[must_use]
    pub fn reasons(&self) -> &[Reason] {
        &self.reasons
    }

    /// The lock-outs that this refusal begins: they are recorded, and hold until a named clinician
    /// lifts them. With one of them the emergency text is shown.
    #[must_use]
    pub fn lock_outs(&self) -> Vec<LockCause> {
        self.reasons.iter().filter_map(Reason::lock_out).collect()
    }
}
