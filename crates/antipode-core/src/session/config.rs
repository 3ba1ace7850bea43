//! What a session is told before it begins, frozen from then on (H-30).

use std::sync::Arc;

use antipode_safety::{Effort, Millis, guard::Envelope, limits::Limits};

use crate::plan::Program;

/// Everything that a session needs to know beforehand. It does not change while it runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionConfig {
    /// What to run.
    pub program: Arc<Program>,
    /// The limits in force, each narrowed with its reason.
    pub limits: Limits,
    /// What the table itself can and will do.
    pub envelope: Envelope,
    /// Facts of the table that decide what may be asked of it.
    pub table: TableFacts,
    /// Who is there.
    pub company: Company,
    /// Head-down time that this person's other sessions have used of today.
    pub day_before: Millis,
    /// A dead-man switch must be held while head-down.
    pub dead_man: bool,
    /// The effort of the motor that the proof tilt must show with the weight that was said; `None`
    /// where the table has no figure for it (H-29).
    pub effort: Option<Effort>,
    /// The date is certain; otherwise head-down is refused until a person confirms it.
    pub date_certain: bool,
}

/// Facts of the table that decide what may be asked of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableFacts {
    /// Ankle-latch sensors: 0, 1 or 2.
    pub latch_sensors: u8,
    /// Two independent angle sources.
    pub second_angle: bool,
    /// The table comes back to the rest band by itself when the host is lost.
    pub returns_without_host: bool,
    /// A hand control within reach of the strapped person.
    pub hand_control: bool,
    /// The strapped person can come up without power.
    pub rescue_without_power: bool,
}

/// Who is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Company {
    /// A spotter stands by.
    Spotter,
    /// Alone, with what happens when STOP stays latched head-down. Somebody decided that, and when;
    /// without that decision a session alone cannot be configured.
    Alone(AfterStopAlone),
}

/// Alone, STOP latched, head-down: what then?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AfterStopAlone {
    /// Stay; the person has a return without power that works while strapped.
    Hold,
    /// Come up after this long, announced and cancellable.
    ReturnAfter(Millis),
}

impl Company {
    /// Whether nobody stands by.
    #[must_use]
    pub const fn is_alone(self) -> bool {
        match self {
            Self::Spotter => false,
            Self::Alone(_) => true,
        }
    }
}
