//! How far, how fast and how long: limits that only ever narrow, each with its reason.
//!
//! Limits start at [`Limits::hard`] and go down through the layers: site, table, person, clearance,
//! day, plan, session. Each layer may only tighten; a wider value is ignored. What binds keeps the
//! layer and the reason, so that every refusal can name them (I24).

use core::fmt;

use crate::canary::{Canary, active};
use crate::units::{Angle, Millis, Rate};

mod why;

pub use why::{Layer, Setting, Why};

/// Head-down time counts from this tilt on (5 degrees).
pub const DOSE_TILT: Angle = Angle::clamped(5_000);
/// Around the plan's tilt, a stay counts as hold within this much (2 degrees).
pub const HOLD_BAND_MILLIDEG: u32 = 2_000;
/// What a bout may spend at 5 degrees and more beyond its hold: the way down and the way back.
pub const BOUT_TRAVEL: Millis = Millis::from_secs(120);
/// What a day may spend at 5 degrees and more beyond its hold.
pub const DAY_TRAVEL: Millis = Millis::from_secs(300);
/// The rate of a return that nothing narrows (3 degrees a second).
pub const RETURN_DEFAULT: Rate = Rate::clamped(3_000);
/// No rule slows a return below this (2 degrees a second): from 75 degrees it then still ends
/// within 45 seconds (I6).
pub const RETURN_FLOOR: Rate = Rate::clamped(2_000);
/// No rule slows a raise below this (0.5 degrees a second): slower would be a refusal to come home.
pub const RAISE_FLOOR: Rate = Rate::clamped(500);
/// The rate of every motion on doubtful knowledge (1 degree a second).
pub const CREEP: Rate = Rate::clamped(1_000);
/// The fastest attended motion between the rest band and upright (1.5 degrees a second, H-40).
pub const UPRIGHT_RATE: Rate = Rate::clamped(1_500);
/// Time in the rest band before anyone is brought upright (I19).
pub const REST_BEFORE_UPRIGHT: Millis = Millis::from_secs(60);

/// A limit, and which rule of which layer set it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound<T> {
    value: T,
    layer: Layer,
    why: Why,
}

impl<T: Copy> Bound<T> {
    /// A limit that no rule can move.
    pub(crate) const fn hard(value: T, why: Why) -> Self {
        Self { value, layer: Layer::Hard, why }
    }

    /// The limit.
    #[must_use]
    pub const fn value(&self) -> T {
        self.value
    }

    /// The layer whose rule binds.
    #[must_use]
    pub const fn layer(&self) -> Layer {
        self.layer
    }

    /// The rule that binds.
    #[must_use]
    pub const fn why(&self) -> Why {
        self.why
    }
}

impl<T: Copy + Ord> Bound<T> {
    /// This bound, or `value` where that is tighter. Of two equal ones the earlier layer keeps its
    /// reason.
    fn tightened(self, layer: Layer, why: Why, value: Option<T>) -> Self {
        match value {
            Some(value) if value < self.value || active(Canary::LimitsWiden) => {
                Self { value, layer, why }
            }
            Some(_) | None => self,
        }
    }
}

impl<T: fmt::Display> fmt::Display for Bound<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}: {})", self.value, self.layer, self.why)
    }
}

/// What one rule asks for; `None` leaves a limit as it is.
///
/// # Example
/// ```
/// use antipode_safety::{Angle, Narrowing};
/// let alone = Narrowing { tilt: Angle::from_deg(20), ..Narrowing::NONE };
/// assert_eq!(alone.bout_hold, None);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Narrowing {
    /// Deepest head-down tilt; below level it counts as level.
    pub tilt: Option<Angle>,
    /// Fastest lowering; its sign is dropped, as for every rate here.
    pub lower_rate: Option<Rate>,
    /// Fastest raising; never narrowed below [`RAISE_FLOOR`].
    pub raise_rate: Option<Rate>,
    /// Fastest upward passage of level; never narrowed below [`RAISE_FLOOR`].
    pub through_level_rate: Option<Rate>,
    /// Fastest return; never narrowed below [`RETURN_FLOOR`].
    pub return_rate: Option<Rate>,
    /// Longest hold of one bout at its tilt, +-2 degrees.
    pub bout_hold: Option<Millis>,
    /// Longest time of one bout at 5 degrees and more.
    pub bout: Option<Millis>,
    /// Longest time of one session at 5 degrees and more.
    pub session: Option<Millis>,
    /// Longest hold of one day.
    pub day_hold: Option<Millis>,
    /// Longest time of one day at 5 degrees and more.
    pub day: Option<Millis>,
    /// Most bouts of one session.
    pub bouts_per_session: Option<u8>,
}

impl Narrowing {
    /// Asks for nothing.
    pub const NONE: Self = Self {
        tilt: None,
        lower_rate: None,
        raise_rate: None,
        through_level_rate: None,
        return_rate: None,
        bout_hold: None,
        bout: None,
        session: None,
        day_hold: None,
        day: None,
        bouts_per_session: None,
    };
}

/// The limits in force, each with the rule that binds.
///
/// There is no default: the setting is chosen, and everything else narrows from there.
///
/// # Example
/// ```
/// use antipode_safety::{Angle, Layer, Limits, Narrowing, Setting, Why};
/// let limits = Limits::hard(Setting::Home).narrow(
///     Layer::Table,
///     Why::LatchSensors(1),
///     Narrowing { tilt: Angle::from_deg(30), ..Narrowing::NONE },
/// );
/// assert_eq!(limits.tilt().to_string(), "30.000° (table: 1 of 2 ankle latch sensors fitted)");
///
/// // Wider than what stands: ignored.
/// let same = limits.narrow(
///     Layer::Plan,
///     Why::PlanCeiling,
///     Narrowing { tilt: Angle::from_deg(45), ..Narrowing::NONE },
/// );
/// assert_eq!(same, limits);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    tilt: Bound<Angle>,
    lower_rate: Bound<Rate>,
    raise_rate: Bound<Rate>,
    through_level_rate: Bound<Rate>,
    return_rate: Bound<Rate>,
    bout_hold: Bound<Millis>,
    bout: Bound<Millis>,
    session: Bound<Millis>,
    day_hold: Bound<Millis>,
    day: Bound<Millis>,
    bouts_per_session: Bound<u8>,
}

impl Limits {
    /// The limits that no setting, plan or person can pass.
    ///
    /// # Source
    /// Angles, rates and times are proposals for a clinician to review: head-down 60 degrees at
    /// home (the deepest tilt tried in a controlled trial), 75 in a clinic; 3 deg/s, 2 deg/s
    /// upward through level, 6 deg/s on return; six bouts; 20 minutes of hold and 25 minutes at 5
    /// degrees or more a day.
    #[must_use]
    pub const fn hard(setting: Setting) -> Self {
        let (tilt, why) = match setting {
            Setting::Home => (Angle::clamped(60_000), Why::HardHome),
            Setting::Clinic => (Angle::clamped(75_000), Why::HardClinic),
        };
        Self {
            tilt: Bound::hard(tilt, why),
            lower_rate: hard_rate(3_000, why),
            raise_rate: hard_rate(3_000, why),
            through_level_rate: hard_rate(2_000, why),
            return_rate: hard_rate(6_000, why),
            bout_hold: hard_time(300, why),
            bout: hard_time(420, why),
            session: hard_time(1_500, why),
            day_hold: hard_time(1_200, why),
            day: hard_time(1_500, why),
            bouts_per_session: Bound::hard(6, why),
        }
    }

    /// These limits with one more rule: tighter where it is tighter, unchanged elsewhere.
    ///
    /// In value the order of rules does not matter. A shorter hold shortens the time at 5 degrees
    /// and more with it.
    #[must_use]
    pub fn narrow(self, layer: Layer, why: Why, to: Narrowing) -> Self {
        let speed = |rate: Option<Rate>, floor: Rate| rate.map(|rate| rate.magnitude().max(floor));
        let with_travel = |hold: Option<Millis>, travel: Millis| hold.map(|hold| hold.plus(travel));
        Self {
            tilt: self.tilt.tightened(layer, why, to.tilt.map(|tilt| tilt.max(Angle::LEVEL))),
            lower_rate: self.lower_rate.tightened(layer, why, speed(to.lower_rate, Rate::ZERO)),
            raise_rate: self.raise_rate.tightened(layer, why, speed(to.raise_rate, RAISE_FLOOR)),
            through_level_rate: self.through_level_rate.tightened(
                layer,
                why,
                speed(to.through_level_rate, RAISE_FLOOR),
            ),
            return_rate: self.return_rate.tightened(
                layer,
                why,
                speed(to.return_rate, RETURN_FLOOR),
            ),
            bout_hold: self.bout_hold.tightened(layer, why, to.bout_hold),
            bout: self.bout.tightened(layer, why, to.bout).tightened(
                layer,
                why,
                with_travel(to.bout_hold, BOUT_TRAVEL),
            ),
            session: self.session.tightened(layer, why, to.session),
            day_hold: self.day_hold.tightened(layer, why, to.day_hold),
            day: self.day.tightened(layer, why, to.day).tightened(
                layer,
                why,
                with_travel(to.day_hold, DAY_TRAVEL),
            ),
            bouts_per_session: self.bouts_per_session.tightened(layer, why, to.bouts_per_session),
        }
    }

    /// Deepest head-down tilt.
    #[must_use]
    pub const fn tilt(&self) -> &Bound<Angle> {
        &self.tilt
    }

    /// Fastest lowering.
    #[must_use]
    pub const fn lower_rate(&self) -> &Bound<Rate> {
        &self.lower_rate
    }

    /// Fastest raising by plan.
    #[must_use]
    pub const fn raise_rate(&self) -> &Bound<Rate> {
        &self.raise_rate
    }

    /// Fastest upward passage of level, 2 degrees a second at most.
    #[must_use]
    pub const fn through_level_rate(&self) -> &Bound<Rate> {
        &self.through_level_rate
    }

    /// Fastest return, 6 degrees a second at most. [`RETURN_DEFAULT`] is what a site that states
    /// nothing gets.
    #[must_use]
    pub const fn return_rate(&self) -> &Bound<Rate> {
        &self.return_rate
    }

    /// Longest hold of any bout; [`Limits::bout_hold_at`] adds the cap of its tilt.
    #[must_use]
    pub const fn bout_hold(&self) -> &Bound<Millis> {
        &self.bout_hold
    }

    /// Longest time of any bout at 5 degrees and more; [`Limits::bout_at`] adds the cap of its
    /// tilt.
    #[must_use]
    pub const fn bout(&self) -> &Bound<Millis> {
        &self.bout
    }

    /// Longest time of a session at 5 degrees and more.
    #[must_use]
    pub const fn session(&self) -> &Bound<Millis> {
        &self.session
    }

    /// Longest hold of a day.
    #[must_use]
    pub const fn day_hold(&self) -> &Bound<Millis> {
        &self.day_hold
    }

    /// Longest time of a day at 5 degrees and more.
    #[must_use]
    pub const fn day(&self) -> &Bound<Millis> {
        &self.day
    }

    /// Most bouts of a session.
    #[must_use]
    pub const fn bouts_per_session(&self) -> &Bound<u8> {
        &self.bouts_per_session
    }

    /// Longest hold of a bout whose deepest tilt is `tilt`, with the rule that binds.
    #[must_use]
    pub fn bout_hold_at(&self, tilt: Angle) -> Bound<Millis> {
        self.bout_hold.tightened(Layer::Hard, Why::BoutCap(tilt), Some(bout_hold_cap(tilt)))
    }

    /// Longest time at 5 degrees and more of a bout whose deepest tilt is `tilt`, with the rule
    /// that binds.
    #[must_use]
    pub fn bout_at(&self, tilt: Angle) -> Bound<Millis> {
        let cap = bout_hold_cap(tilt).plus(BOUT_TRAVEL);
        self.bout.tightened(Layer::Hard, Why::BoutCap(tilt), Some(cap))
    }

    /// Deepest tilt on a table with `fitted` latch sensors, with the rule that binds.
    #[must_use]
    pub fn tilt_with_latches(&self, fitted: u8) -> Bound<Angle> {
        self.tilt.tightened(Layer::Hard, Why::LatchSensors(fitted), Some(latch_cap(fitted)))
    }
}

const fn hard_rate(millideg_per_s: i64, why: Why) -> Bound<Rate> {
    Bound::hard(Rate::clamped(millideg_per_s), why)
}

const fn hard_time(secs: u64, why: Why) -> Bound<Millis> {
    Bound::hard(Millis::from_secs(secs), why)
}

/// The longest hold of a bout whose deepest tilt is `tilt`: 5 minutes down to 30 degrees, 3 down to
/// 60, 1 beyond.
///
/// # Source
/// A proposal from makers' advice (static 1 to 2 minutes, at most 5) and the 3-minute bouts of
/// Kim 2013.
#[must_use]
pub const fn bout_hold_cap(tilt: Angle) -> Millis {
    match tilt.millideg() {
        ..=30_000 => Millis::from_secs(300),
        30_001..=60_000 => Millis::from_secs(180),
        60_001.. => Millis::from_secs(60),
    }
}

/// The deepest tilt on a table with `fitted` ankle latch sensors: two independent ones give full
/// limits, one 30 degrees, none 20 (H-33).
#[must_use]
pub const fn latch_cap(fitted: u8) -> Angle {
    match fitted {
        0 => Angle::clamped(20_000),
        1 => Angle::clamped(30_000),
        2.. => Angle::clamped(75_000),
    }
}

#[cfg(test)]
mod tests;
