//! Other forms of unloading, and what goes with it over the long run, as things that people log.
//!
//! None of them ever moves a table: nothing here becomes a plan. What unloads the spine counts in
//! the ledger, so that a day on the table and a day at the bar are one day.

use antipode_safety::{Angle, Millis};

use crate::ledger::{Interval, Stay};

#[cfg(test)]
mod tests;

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// Hanging by the ankles from a bar: full inversion, no other tilt.
    GravityBoots,
    /// Hanging by the hands.
    BarHang,
    /// Hanging in water, with or without weights.
    Hydrotherapy,
    /// A traction table in a clinic.
    ClinicTraction,
    /// Physiotherapy.
    Physiotherapy,
    /// Rehabilitation.
    Rehabilitation,
    /// Pilates.
    Pilates,
    /// Exercise of one's own.
    Exercise,
}

/// A question that is asked before an activity is logged for the first time and then once in 90
/// days; a yes means: not without a clinician's word. The texts are in the catalogue, by
/// [`Question::key`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Question {
    /// Anything that keeps this person from a table, or that a clearance is needed for.
    TableClosed,
    /// Ankles, knees or hips that were operated on or hurt.
    LegJoints,
    /// Cannot come up or climb down without help.
    CannotComeDown,
    /// Shoulder, elbow or wrist that was hurt, operated on or slips.
    ShoulderOrHand,
    /// Open wound, infection, or trouble holding water or stool.
    WoundOrInfection,
    /// Seizures, or fear of water.
    SeizureOrFearOfWater,
    /// Acute inflammation, tumour, infection, fracture, osteoporosis, unstable spine.
    TractionContra,
    /// Pain that spreads further down with traction.
    WorseWithTraction,
    /// Signs of a cauda equina, new weakness or numbness.
    RedFlag,
}

impl Question {
    /// Every question.
    pub const ALL: [Self; 9] = [
        Self::TableClosed,
        Self::LegJoints,
        Self::CannotComeDown,
        Self::ShoulderOrHand,
        Self::WoundOrInfection,
        Self::SeizureOrFearOfWater,
        Self::TractionContra,
        Self::WorseWithTraction,
        Self::RedFlag,
    ];

    /// Its name in the catalogue and in records.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::TableClosed => "table-closed",
            Self::LegJoints => "leg-joints",
            Self::CannotComeDown => "cannot-come-down",
            Self::ShoulderOrHand => "shoulder-or-hand",
            Self::WoundOrInfection => "wound-or-infection",
            Self::SeizureOrFearOfWater => "seizure-or-fear-of-water",
            Self::TractionContra => "traction-contra",
            Self::WorseWithTraction => "worse-with-traction",
            Self::RedFlag => "red-flag",
        }
    }
}

/// What a person is told about an activity, by key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Guidance {
    /// Full inversion at once; makers speak of seconds; somebody stands by.
    SecondsOnly,
    /// A stool under the feet; no dose was found in any source.
    FeetNearFloor,
    /// Warm water, with somebody who knows it; 20 minutes was used.
    TwentyMinutesInWater,
    /// In a clinic only, under the name of who does it; 10 to 20 minutes, 2 to 3 times a week.
    UnderSupervision,
    /// Goes together with everything here; said to matter most over the long run.
    LongTermPartner,
    /// Counts for today's time on the table as well.
    CountsToday,
}

impl Guidance {
    /// Its name in the catalogue.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::SecondsOnly => "seconds-only",
            Self::FeetNearFloor => "feet-near-floor",
            Self::TwentyMinutesInWater => "twenty-minutes-in-water",
            Self::UnderSupervision => "under-supervision",
            Self::LongTermPartner => "long-term-partner",
            Self::CountsToday => "counts-today",
        }
    }
}

impl Activity {
    /// Every activity.
    pub const ALL: [Self; 8] = [
        Self::GravityBoots,
        Self::BarHang,
        Self::Hydrotherapy,
        Self::ClinicTraction,
        Self::Physiotherapy,
        Self::Rehabilitation,
        Self::Pilates,
        Self::Exercise,
    ];

    /// Its name in files and records.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::GravityBoots => "gravity-boots",
            Self::BarHang => "bar-hang",
            Self::Hydrotherapy => "hydrotherapy",
            Self::ClinicTraction => "clinic-traction",
            Self::Physiotherapy => "physiotherapy",
            Self::Rehabilitation => "rehabilitation",
            Self::Pilates => "pilates",
            Self::Exercise => "exercise",
        }
    }

    /// Whether it takes load off the spine, so that it counts in the ledger.
    #[must_use]
    pub const fn unloads(self) -> bool {
        match self {
            Self::GravityBoots | Self::BarHang | Self::Hydrotherapy | Self::ClinicTraction => true,
            Self::Physiotherapy | Self::Rehabilitation | Self::Pilates | Self::Exercise => false,
        }
    }

    /// The tilt at which the head is down meanwhile.
    #[must_use]
    pub const fn head_down(self) -> Option<Angle> {
        match self {
            Self::GravityBoots => Some(Angle::clamped(90_000)),
            Self::BarHang
            | Self::Hydrotherapy
            | Self::ClinicTraction
            | Self::Physiotherapy
            | Self::Rehabilitation
            | Self::Pilates
            | Self::Exercise => None,
        }
    }

    /// What is asked first. Sources: makers' and traction devices' lists (LifeGear, Saunders), and
    /// what is asked before weight-bath hanging.
    #[must_use]
    pub const fn questions(self) -> &'static [Question] {
        match self {
            Self::GravityBoots => &[
                Question::RedFlag,
                Question::TableClosed,
                Question::LegJoints,
                Question::CannotComeDown,
            ],
            Self::BarHang => &[Question::RedFlag, Question::ShoulderOrHand],
            Self::Hydrotherapy => &[
                Question::RedFlag,
                Question::WoundOrInfection,
                Question::SeizureOrFearOfWater,
                Question::ShoulderOrHand,
            ],
            Self::ClinicTraction => {
                &[Question::RedFlag, Question::TractionContra, Question::WorseWithTraction]
            }
            Self::Physiotherapy | Self::Rehabilitation | Self::Pilates | Self::Exercise => {
                &[Question::RedFlag]
            }
        }
    }

    /// What is told.
    #[must_use]
    pub const fn guidance(self) -> &'static [Guidance] {
        match self {
            Self::GravityBoots => &[Guidance::SecondsOnly, Guidance::CountsToday],
            Self::BarHang => &[Guidance::FeetNearFloor, Guidance::CountsToday],
            Self::Hydrotherapy => &[Guidance::TwentyMinutesInWater, Guidance::CountsToday],
            Self::ClinicTraction => &[Guidance::UnderSupervision, Guidance::CountsToday],
            Self::Physiotherapy | Self::Rehabilitation | Self::Pilates | Self::Exercise => {
                &[Guidance::LongTermPartner]
            }
        }
    }
}

/// One activity as logged. The fields are private: traction without a supervisor's name does not
/// exist.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logged {
    activity: Activity,
    when: Interval,
    time: Millis,
    supervisor: Option<String>,
}

/// Why an activity cannot be logged as it was told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityFinding {
    /// Traction needs the name of who supervised it.
    NoSupervisor,
    /// No time at all.
    NoTime,
    /// Longer than a day has.
    TooLong,
}

impl Logged {
    /// `activity` at `when` for `time`, under `supervisor` where there was one.
    ///
    /// What was done is logged whatever was answered before it: hiding it would only hide dose.
    ///
    /// # Errors
    /// [`ActivityFinding`].
    pub fn new(
        activity: Activity,
        when: Interval,
        time: Millis,
        supervisor: Option<&str>,
    ) -> Result<Self, ActivityFinding> {
        let named = supervisor.map(str::trim).filter(|name| !name.is_empty());
        if activity == Activity::ClinicTraction && named.is_none() {
            return Err(ActivityFinding::NoSupervisor);
        }
        if time == Millis::ZERO {
            return Err(ActivityFinding::NoTime);
        }
        if time > Millis::from_secs(86_400) {
            return Err(ActivityFinding::TooLong);
        }
        Ok(Self { activity, when, time, supervisor: named.map(str::to_owned) })
    }

    /// What.
    #[must_use]
    pub const fn activity(&self) -> Activity {
        self.activity
    }

    /// When.
    #[must_use]
    pub const fn when(&self) -> Interval {
        self.when
    }

    /// How long.
    #[must_use]
    pub const fn time(&self) -> Millis {
        self.time
    }

    /// Under whom.
    #[must_use]
    pub fn supervisor(&self) -> Option<&str> {
        self.supervisor.as_deref()
    }

    /// What it counts in the ledger; `None` for what takes no load off the spine.
    ///
    /// Its time counts as hold whatever the form: how much each unloads is not known well enough
    /// to weigh one against the other. Only full inversion is time head-down.
    #[must_use]
    pub fn stay(&self) -> Option<Stay> {
        if !self.activity.unloads() {
            return None;
        }
        let tilt = self.activity.head_down();
        let degrees = tilt.map_or(0, |tilt| u64::from(tilt.millideg().unsigned_abs()) / 1_000);
        Some(Stay {
            intervals: vec![self.when],
            hold: self.time,
            head_down: if tilt.is_some() { self.time } else { Millis::ZERO },
            weighted: self.time.get().saturating_mul(degrees),
        })
    }
}
