//! How long a program keeps the head down, worked out before anything moves.

use antipode_safety::limits::{DOSE_TILT, HOLD_BAND_MILLIDEG};
use antipode_safety::{Angle, Millis};

use super::legs::{Leg, legs};
use super::program::Program;

/// The head-down dose of a program as written. What a session really gives is counted while it
/// runs; this is for checks and previews.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dose {
    /// Bout by bout.
    pub bouts: Vec<BoutDose>,
    /// Holds of all bouts together.
    pub hold: Millis,
    /// All time at 5 degrees and more, travel included.
    pub head_down: Millis,
    /// Tilt times time at 5 degrees and more, in degree-milliseconds.
    pub weighted: u64,
}

/// The dose of one bout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BoutDose {
    /// Deepest tilt.
    pub deepest: Angle,
    /// Time standing still at 5 degrees and more, and time spent wholly within 2 degrees of the
    /// deepest tilt.
    pub hold: Millis,
    /// All time at 5 degrees and more, travel included.
    pub head_down: Millis,
    /// Tilt times time at 5 degrees and more, in degree-milliseconds.
    pub weighted: u64,
}

impl Dose {
    /// The dose of `program`.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let none = BoutDose {
            deepest: Angle::REST_AIM,
            hold: Millis::ZERO,
            head_down: Millis::ZERO,
            weighted: 0,
        };
        let mut bouts = vec![none; usize::from(program.bouts())];
        let legs = legs(program);
        let bout_of = |leg: &Leg| leg.bout.map(usize::from);
        for leg in &legs {
            if let Some(bout) = bout_of(leg).and_then(|bout| bouts.get_mut(bout)) {
                bout.deepest = bout.deepest.max(leg.from).max(leg.to);
            }
        }
        for leg in &legs {
            if let Some(bout) = bout_of(leg).and_then(|bout| bouts.get_mut(bout)) {
                bout.add(*leg);
            }
        }
        let total = bouts.iter().fold(none, |sum, bout| BoutDose {
            deepest: sum.deepest.max(bout.deepest),
            hold: sum.hold.plus(bout.hold),
            head_down: sum.head_down.plus(bout.head_down),
            weighted: sum.weighted.saturating_add(bout.weighted),
        });
        Self { bouts, hold: total.hold, head_down: total.head_down, weighted: total.weighted }
    }
}

impl BoutDose {
    /// Counts one more leg; `deepest` is known by then.
    fn add(&mut self, leg: Leg) {
        let (time, weighted) = head_down(leg);
        self.head_down = self.head_down.plus(time);
        self.weighted = self.weighted.saturating_add(weighted);
        // Swinging by a degree or two around the deepest tilt is a hold by another name.
        let stays = leg.from.min(leg.to).distance(self.deepest) <= HOLD_BAND_MILLIDEG;
        if leg.is_still() || stays {
            self.hold = self.hold.plus(time);
        }
    }
}

/// The part of a leg at 5 degrees and more: its time, and its tilt times time. Both are rounded
/// up.
fn head_down(leg: Leg) -> (Millis, u64) {
    let (shallow, deep) = (leg.from.min(leg.to), leg.from.max(leg.to));
    if deep < DOSE_TILT {
        return (Millis::ZERO, 0);
    }
    let counted_from = shallow.max(DOSE_TILT);
    let time = match u128::from(shallow.distance(deep)) {
        0 => leg.time,
        whole => {
            let part = u128::from(counted_from.distance(deep));
            let ms = (u128::from(leg.time.get()) * part).div_ceil(whole);
            Millis::new(u64::try_from(ms).unwrap_or(u64::MAX))
        }
    };
    // The tilt changes evenly, so its mean is half of both ends together.
    let ends = u128::from(counted_from.millideg().unsigned_abs())
        + u128::from(deep.millideg().unsigned_abs());
    let weighted = (ends * u128::from(time.get())).div_ceil(2_000);
    (time, u64::try_from(weighted).unwrap_or(u64::MAX))
}
