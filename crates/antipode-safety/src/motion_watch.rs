//! Does the bed do what it was told: runaway, slip, wrong way, stall.
//!
//! The table's own controller acts on these first and faster (H-09 to H-11). This watch is the
//! second pair of eyes, on another computer, with what arrives there.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::as_conversions))]

use core::fmt;

use crate::canary::{Canary, active};
use crate::units::{Angle, Millis, Rate, Timestamp};

mod samples;

use samples::Samples;

/// Faster than commanded by this much (2 degrees a second) ...
pub const RUNAWAY_EXCESS: Rate = Rate::clamped(2_000);
/// ... for this long is a runaway (H-09).
pub const RUNAWAY_FOR: Millis = Millis::new(150);
/// A changed command has taken effect after this: the way to the table and the slowest stop from
/// 6 degrees a second at 8 degrees a second squared.
pub const SETTLE: Millis = Millis::new(1_000);
/// Moving this far (1 degree) with the command at zero is a slip (H-10).
pub const SLIP_MILLIDEG: u32 = 1_000;
/// Moving this far (2 degrees) against the command ...
pub const WRONG_WAY_MILLIDEG: u32 = 2_000;
/// ... after following it for this long is the wrong way (I20).
pub const WRONG_WAY_AFTER: Millis = Millis::from_secs(1);
/// A return must gain this much (1 degree) ...
pub const STALL_GAIN_MILLIDEG: u32 = 1_000;
/// ... in each stretch of this length, else it stalls (I20).
pub const STALL_AFTER: Millis = Millis::from_secs(3);
/// Slower commands than this (0.5 degrees a second) are not watched for a stall.
const STALL_WATCHED: Rate = Rate::clamped(500);

/// What the bed does that it was not told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MotionFault {
    /// Turning faster than commanded (H-09).
    Runaway {
        /// Measured rate.
        rate: Rate,
        /// Fastest command that may still be in effect, without direction.
        commanded: Rate,
    },
    /// Turning against the command (I20).
    WrongWay {
        /// The command.
        commanded: Rate,
        /// Millidegrees turned against it.
        against: u32,
    },
    /// Turning with the command at zero: the brake slips (H-10).
    Slip {
        /// Millidegrees turned since it stood; positive is head-down.
        moved: i32,
        /// It came closer to level: let it, and tell.
        toward_level: bool,
    },
    /// A return or raise that gains too little (H-11).
    Stall {
        /// Millidegrees gained; negative when lost.
        gained: i32,
        /// In this time.
        within: Millis,
    },
}

impl fmt::Display for MotionFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let millideg = |value: i32| Angle::clamped(i64::from(value));
        match *self {
            Self::Runaway { rate, commanded } => {
                write!(f, "the bed turns at {rate}, commanded was {commanded} at most")
            }
            Self::WrongWay { commanded, against } => {
                let against = Angle::clamped(i64::from(against));
                write!(f, "the bed turned {against} against its command of {commanded}")
            }
            Self::Slip { moved, .. } => {
                write!(f, "the bed turned {} with no command to move", millideg(moved))
            }
            Self::Stall { gained, within } => {
                write!(f, "coming up gained {} in {within}", millideg(gained))
            }
        }
    }
}

/// Compares what arrives with what was commanded.
///
/// # Example
/// ```
/// use antipode_safety::{Angle, MotionFault, MotionWatch, Rate, Timestamp};
/// let mut watch = MotionWatch::new();
/// let held = |ms, millideg| (Timestamp::from_millis(ms), Angle::clamped(millideg));
/// let mut told = None;
/// for (now, tilt) in [held(0, 30_000), held(1_000, 30_000), held(2_000, 31_001)] {
///     told = watch.observe(now, tilt, Rate::ZERO);
/// }
/// assert_eq!(told, Some(MotionFault::Slip { moved: 1_001, toward_level: false }));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MotionWatch {
    samples: Samples,
    /// Since when the bed turns faster than it may.
    over_since: Option<Timestamp>,
    /// The command of the newest observation and since when its direction stands.
    told: Option<Told>,
    /// Fastest command before the newest change, in effect until the bed had time to settle.
    fading: Option<(Rate, Timestamp)>,
}

/// A stretch of time commanded in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Told {
    rate: Rate,
    since: Timestamp,
    /// Where the bed was when the stretch began, or when it had settled for a command of zero.
    from: Angle,
    /// Furthest along the command since then: what a move against it is measured from.
    best: Angle,
    /// Where and since when the gain of a raise is counted.
    gain_from: (Timestamp, Angle),
    /// The bed had time to stop; only for a command of zero.
    settled: bool,
}

impl MotionWatch {
    /// A watch that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self { samples: Samples::NEW, over_since: None, told: None, fading: None }
    }

    /// Takes a fresh, good `tilt` measured at `now` while `commanded` was in force. Answers the
    /// worst that can be told from it; the same fault is told again for as long as it lasts.
    pub fn observe(&mut self, now: Timestamp, tilt: Angle, commanded: Rate) -> Option<MotionFault> {
        self.note_command(now, tilt, commanded);
        let runaway = self.runaway(now, tilt, commanded);
        let told = self.told.as_mut()?;
        let slip = told.slip(now, tilt);
        let wrong_way = told.wrong_way(now, tilt);
        let stall = told.stall(now, tilt);
        self.samples.push(now, tilt);
        runaway.or(wrong_way).or(slip).or(stall)
    }

    fn note_command(&mut self, now: Timestamp, tilt: Angle, rate: Rate) {
        let Some(told) = self.told.as_mut() else {
            self.told = Some(Told::new(now, tilt, rate));
            return;
        };
        if rate.magnitude() < told.rate.magnitude() || direction(rate) != direction(told.rate) {
            let before = match self.fading {
                Some((faster, since)) if now.since(since) < SETTLE => {
                    faster.max(told.rate.magnitude())
                }
                Some(_) | None => told.rate.magnitude(),
            };
            self.fading = Some((before, now));
        }
        if direction(rate) == direction(told.rate) {
            told.rate = rate;
        } else {
            *told = Told::new(now, tilt, rate);
        }
    }

    fn runaway(&mut self, now: Timestamp, tilt: Angle, commanded: Rate) -> Option<MotionFault> {
        let fading = match self.fading {
            Some((faster, since)) if now.since(since) < SETTLE => faster,
            Some(_) | None => Rate::ZERO,
        };
        let commanded = commanded.magnitude().max(fading);
        let rate = self.samples.rate_to(now, tilt)?;
        let allowed = commanded.millideg_per_s().saturating_add(RUNAWAY_EXCESS.millideg_per_s());
        if rate.magnitude().millideg_per_s() <= allowed || active(Canary::RunawayUnseen) {
            self.over_since = None;
            return None;
        }
        let since = *self.over_since.get_or_insert(now);
        (now.since(since) >= RUNAWAY_FOR).then_some(MotionFault::Runaway { rate, commanded })
    }
}

impl Default for MotionWatch {
    fn default() -> Self {
        Self::new()
    }
}

/// -1 toward head-up, 0 standing, 1 toward head-down.
const fn direction(rate: Rate) -> i32 {
    rate.millideg_per_s().signum()
}

impl Told {
    const fn new(now: Timestamp, tilt: Angle, rate: Rate) -> Self {
        Self { rate, since: now, from: tilt, best: tilt, gain_from: (now, tilt), settled: false }
    }

    /// More than 1 degree from where the bed stood. However slowly: a brake that gives a tenth of a
    /// degree a second has still lost its hold.
    fn slip(&mut self, now: Timestamp, tilt: Angle) -> Option<MotionFault> {
        if self.rate != Rate::ZERO || active(Canary::SlipUnseen) {
            return None;
        }
        if !self.settled {
            if now.since(self.since) >= SETTLE {
                self.settled = true;
                self.from = tilt;
            }
            return None;
        }
        let moved = tilt.minus(self.from);
        let toward_level = tilt.distance(Angle::LEVEL) < self.from.distance(Angle::LEVEL);
        (moved.unsigned_abs() > SLIP_MILLIDEG).then_some(MotionFault::Slip { moved, toward_level })
    }

    fn wrong_way(&mut self, now: Timestamp, tilt: Angle) -> Option<MotionFault> {
        let along = match direction(self.rate) {
            1.. => tilt.max(self.best),
            0 => return None,
            ..=-1 => tilt.min(self.best),
        };
        self.best = along;
        let against = tilt.distance(along);
        let followed = now.since(self.since) >= WRONG_WAY_AFTER;
        (followed && against > WRONG_WAY_MILLIDEG && !active(Canary::WrongWayUnseen))
            .then_some(MotionFault::WrongWay { commanded: self.rate, against })
    }

    /// Only on the way up and only while head-down: near its aim a table slows by itself.
    fn stall(&mut self, now: Timestamp, tilt: Angle) -> Option<MotionFault> {
        let watched = self.rate < Rate::ZERO
            && self.rate.magnitude() >= STALL_WATCHED
            && tilt.is_head_down()
            && !active(Canary::StallUnseen);
        let (since, from) = self.gain_from;
        let gained = from.minus(tilt);
        if !watched || gained >= 0 && gained.unsigned_abs() >= STALL_GAIN_MILLIDEG {
            self.gain_from = (now, tilt);
            return None;
        }
        let within = now.since(since);
        (within >= STALL_AFTER).then_some(MotionFault::Stall { gained, within })
    }
}

#[cfg(test)]
mod tests;
