//! What an open gate gives.

use antipode_safety::{Limits, Millis};

use crate::clearance::Clinician;
use crate::day::Day;
use crate::screening::{Id, SheetId};

use super::pressure::Mean;

/// Leave to use the table, for one person, one visit and one day.
///
/// It can be neither copied nor built: a session of a person on a real table takes one, and only
/// [`admit`](super::admit) makes it.
///
/// # Only the gate makes it
/// This compiles:
/// ```
/// use antipode_core::gate::{Admission, Known, Place, Refusal, Today, admit};
/// fn ask(known: &Known<'_>, place: &Place, today: &Today) -> Result<Admission, Refusal> {
///     admit(known, place, today)
/// }
/// ```
/// This, which differs in one line, does not:
/// ```compile_fail,E0451
/// use antipode_core::gate::{Admission, Known, Place, Refusal, Ride, Step, Today, admit};
/// fn ask(known: &Known<'_>, place: &Place, today: &Today) -> Result<Admission, Refusal> {
///     Ok(Admission { person: "ada".into(), day: today.day, limits: place.limits, ride: Ride::Session, step: Step::AsPlanned, answer_within: None, printed: vec![] })
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "an admission that no session takes admits nobody"]
pub struct Admission {
    pub(super) person: String,
    pub(super) day: Day,
    pub(super) limits: Limits,
    pub(super) ride: Ride,
    pub(super) step: Step,
    pub(super) answer_within: Option<Millis>,
    pub(super) printed: Vec<Printed>,
}

/// What the person is admitted to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ride {
    /// Upright to the rest band only: press each button once, hear each voice. Its limits keep the
    /// bed level.
    First,
    /// A session.
    Session,
}

/// What today makes of the step that the programme has, gentlest change first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// Nothing.
    AsPlanned,
    /// Not further than last time: pain left the leg and the back may hurt a little more.
    Held,
    /// One step gentler.
    OneBack,
    /// The first week again.
    FirstWeek,
}

/// What must stand on the record of the session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Printed {
    /// The questions that were answered.
    Sheet(SheetId),
    /// A clearance in force, and what it opened today.
    Clearance {
        /// Who gave it.
        clinician: Clinician,
        /// Its signature was verified; otherwise the record says "not verified".
        verified: bool,
        /// Its last day.
        until: Day,
        /// What it opened.
        opened: Vec<Id>,
    },
    /// Advice that the person was given at this question.
    Advice(Id),
    /// A red-flag answer that was taken back when it was read back.
    TakenBack(Id),
    /// Blood pressure.
    Pressure(Mean),
    /// Blood pressure was not measured.
    NoPressure,
    /// Heart rate, beats a minute.
    HeartRate(u16),
    /// Oxygen saturation, percent.
    Saturation(u8),
    /// The drill is overdue.
    DrillOverdue,
    /// Days since the last session, from a week on.
    Gap(u16),
    /// Pain rose by this much since last time.
    PainRose(u8),
    /// Pain left the leg while the back rose by no more than two.
    Centralised,
    /// Nobody stands by.
    Alone,
}

impl Admission {
    /// The short name of the person whom it is for.
    #[must_use]
    pub fn person(&self) -> &str {
        &self.person
    }

    /// The day that it is for.
    #[must_use]
    pub const fn day(&self) -> Day {
        self.day
    }

    /// The limits in force, each with its reason.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the person is admitted to.
    #[must_use]
    pub const fn ride(&self) -> Ride {
        self.ride
    }

    /// What today makes of the programme's step.
    #[must_use]
    pub const fn step(&self) -> Step {
        self.step
    }

    /// How soon a check-in must be answered, where that is sooner than usual.
    #[must_use]
    pub const fn answer_within(&self) -> Option<Millis> {
        self.answer_within
    }

    /// What must stand on the record of the session.
    #[must_use]
    pub fn printed(&self) -> &[Printed] {
        &self.printed
    }
}
