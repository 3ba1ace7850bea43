//! One step of a programme's ladder, and the session that it becomes.

use antipode_safety::limits::RAISE_FLOOR;
use antipode_safety::{Angle, Millis, Rate};
use std::num::NonZeroU16;

use super::Programme;
use crate::plan::{Alternation, Attendance, Block, Finish, Pattern, Plan, StaticBout, Travel};

/// One step of the ladder: what every bout of its session is like.
///
/// # Example
/// ```
/// use antipode_core::plan::Travel;
/// use antipode_core::programme::{Rung, Style};
/// use antipode_safety::{Angle, Millis, Rate};
///
/// let slow = Rate::clamped(1_000);
/// let rung = Rung {
///     tilt: Angle::from_deg(20).unwrap(),
///     bouts: 3.try_into().unwrap(),
///     hold: Millis::from_secs(60),
///     rest: Millis::from_secs(90),
///     travel: Travel::new(slow, slow).unwrap(),
///     style: Style::Static,
/// };
/// assert_eq!(rung.hold_of_session(), Millis::from_secs(180));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rung {
    /// Deepest tilt of each bout.
    pub tilt: Angle,
    /// How many bouts.
    pub bouts: NonZeroU16,
    /// Time at that tilt, in each bout or in each swing of it.
    pub hold: Millis,
    /// Time in the rest band after each bout.
    pub rest: Millis,
    /// Speeds.
    pub travel: Travel,
    /// What a bout does between going down and coming up.
    pub style: Style,
}

/// What a bout of a programme does between going down and coming up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Style {
    /// Stays.
    Static,
    /// Swings between level and its tilt.
    Swing {
        /// Times at the deeper tilt.
        cycles: NonZeroU16,
        /// Time at level between two of them.
        ease: Millis,
    },
}

impl Rung {
    /// Time at the tilt, all bouts together.
    #[must_use]
    pub fn hold_of_session(&self) -> Millis {
        let swings = match self.style {
            Style::Static => 1,
            Style::Swing { cycles, .. } => u64::from(cycles.get()),
        };
        Millis::new(
            self.hold.get().saturating_mul(u64::from(self.bouts.get())).saturating_mul(swings),
        )
    }
}

/// A step as it is offered for one session: a rung with fewer bouts or slower travel where
/// something asks for that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Offer {
    /// Which rung, counted from 0.
    pub rung: usize,
    /// How many bouts; at most those of the rung.
    pub bouts: NonZeroU16,
    /// How often the speeds are halved, down to the floor of [`RAISE_FLOOR`].
    pub slowed: u8,
}

/// Half of `travel`, `times` over, and never below [`RAISE_FLOOR`] unless it was already.
///
/// # Source
/// Nausea and dizziness come from fast turning; 1.5°/s showed no dip of blood pressure. How much
/// slower is a proposal of this project.
#[must_use]
pub fn slower(travel: Travel, times: u8) -> Travel {
    let mut slow = travel;
    // Six halvings lead from the fastest travel to the floor.
    for _ in 0..times.min(6) {
        slow = Travel::new(half(slow.lower()), half(slow.raise())).unwrap_or(slow);
    }
    slow
}

fn half(rate: Rate) -> Rate {
    let halved = Rate::clamped(i64::from(rate.millideg_per_s()) / 2);
    halved.max(RAISE_FLOOR).slower(rate)
}

impl Programme {
    /// The plan of one session of `offer`; `None` where the ladder has no such rung.
    #[must_use]
    pub fn plan(&self, offer: Offer) -> Option<Plan> {
        let rung = self.rung(offer.rung)?;
        Some(Plan {
            name: format!("{}-{}", self.name(), offer.rung + 1),
            title: self.title().to_owned(),
            evidence: self.evidence().to_owned(),
            strength: self.strength(),
            attendance: self.attendance(),
            blocks: vec![block(rung, offer)],
            finish: Finish::DEFAULT,
        })
    }

    /// Who must be there for any session of it.
    #[must_use]
    pub const fn attendance(&self) -> Attendance {
        self.parts().entry.attendance
    }
}

fn block(rung: &Rung, offer: Offer) -> Block {
    let travel = slower(rung.travel, offer.slowed);
    let bouts = offer.bouts.min(rung.bouts);
    match rung.style {
        Style::Static => Block::Static(StaticBout {
            repeat: bouts,
            tilt: rung.tilt,
            hold: rung.hold,
            rest: rung.rest,
            travel,
        }),
        Style::Swing { cycles, ease } => Block::Alternating(Alternation {
            pattern: Pattern::Oscillation,
            repeat: bouts,
            cycles,
            high: rung.tilt,
            hold: rung.hold,
            low: Angle::LEVEL,
            ease,
            within: travel,
            travel,
            rest: rung.rest,
        }),
    }
}
