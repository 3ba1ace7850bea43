//! What to do when something is wrong: one table, one row per situation.
//!
//! Stopping is not the safe state of somebody who hangs head-down, and moving is not the safe state
//! of somebody who is trapped. So each situation has its own answer for each side of level, written
//! down as data, and the session and the engine only look it up.

use core::fmt;

use crate::canary::{Canary, active};
use crate::units::{Angle, Millis};

mod set;
mod situation;
mod table;

pub use set::{SituationSet, worst};
pub use situation::Situation;

/// Which side of level the bed is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// Level or head-up.
    LevelOrUp,
    /// Head-down, or not known to be otherwise.
    HeadDown,
}

impl Side {
    /// The side of a bed that is at `tilt` at worst; head-down when that is not known.
    ///
    /// # Example
    /// ```
    /// use antipode_safety::{Angle, Side};
    /// assert_eq!(Side::of(Some(Angle::LEVEL)), Side::LevelOrUp);
    /// assert_eq!(Side::of(None), Side::HeadDown);
    /// ```
    #[must_use]
    pub const fn of(tilt: Option<Angle>) -> Self {
        match tilt {
            Some(tilt) if !tilt.is_head_down() => Self::LevelOrUp,
            Some(_) | None => Self::HeadDown,
        }
    }
}

/// What to do, from the mildest to the most severe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// S0: start nothing. A motion that runs may end.
    Refuse,
    /// S1: zero rate, brake, alarm.
    Hold,
    /// S2: back to the rest band.
    Return,
    /// S3: back at 1 degree a second at most, on a second source, for a bounded time.
    Creep,
    /// S4: hold, and people do the rest: alarm, spoken instruction, crank, release.
    People,
    /// S5: cut the drive, set the brake.
    DeEnergise,
}

impl Reaction {
    /// Every reaction, mildest first.
    pub const ALL: [Self; 6] =
        [Self::Refuse, Self::Hold, Self::Return, Self::Creep, Self::People, Self::DeEnergise];

    /// Whether the bed moves by itself.
    #[must_use]
    pub const fn moves(self) -> bool {
        match self {
            Self::Return | Self::Creep => true,
            Self::Refuse | Self::Hold | Self::People | Self::DeEnergise => false,
        }
    }
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "start nothing",
            Self::Hold => "hold",
            Self::Return => "return to the rest band",
            Self::Creep => "creep to the rest band",
            Self::People => "hold and call people",
            Self::DeEnergise => "cut the drive",
        })
    }
}

/// What follows when the situation lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Then {
    /// After the first reaction stood for this long.
    pub after: Millis,
    /// What comes then.
    pub reaction: Reaction,
}

/// How urgent the alarm is, by the time until harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Priority {
    /// No alarm.
    None,
    /// Nobody is harmed by it today.
    Low,
    /// Harm within tens of minutes, or a person must look soon.
    Medium,
    /// Harm within minutes: somebody must come now.
    High,
}

/// What the RETURN control on the spot may do, from the freest to the strictest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LocalReturn {
    /// One press runs to the rest band.
    OnePress,
    /// Only while it is held, at the return rate.
    Held,
    /// Only while it is held, at 1 degree a second at most, in both directions: to free somebody.
    Jog,
    /// Only while it is held, at 1 degree a second at most.
    HeldCreep,
    /// Nothing by motor: crank or release.
    ByHand,
}

/// The answer to one situation on one side of level.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Response {
    /// At once.
    pub first: Reaction,
    /// If it lasts.
    pub then: Option<Then>,
    /// Stays after its cause is gone, until a person acts.
    pub latched: bool,
    /// How urgent the alarm is.
    pub alarm: Priority,
    /// What the RETURN control on the spot may do meanwhile.
    pub local_return: LocalReturn,
    /// Why this and nothing else.
    pub why: &'static str,
}

impl Response {
    /// The most severe reaction that this answer leads to.
    #[must_use]
    pub fn severity(&self) -> Reaction {
        match self.then {
            Some(then) => self.first.max(then.reaction),
            None => self.first,
        }
    }

    /// Whether nothing may move by itself while this stands, whatever else is wrong.
    #[must_use]
    pub fn bars_motion(&self) -> bool {
        self.severity() >= Reaction::People
    }

    /// The rank among several answers: severity, then how soon, then how urgent.
    fn rank(&self) -> (Reaction, Reaction, Priority) {
        (self.severity(), self.first, self.alarm)
    }
}

/// What to do in `situation` on `side` of level.
///
/// # Example
/// ```
/// use antipode_safety::{LocalReturn, Reaction, Side, Situation, response};
/// let stop = response(Situation::StopPressed, Side::HeadDown);
/// assert_eq!(stop.first, Reaction::Hold);
/// assert!(stop.latched);
/// assert_eq!(stop.local_return, LocalReturn::Held);
/// ```
#[must_use]
pub fn response(situation: Situation, side: Side) -> Response {
    if active(Canary::StopReturns) && situation == Situation::StopPressed {
        return response(Situation::Unanswered, side);
    }
    table::row(situation, side)
}

#[cfg(test)]
mod tests;
