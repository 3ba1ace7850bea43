//! The only mint of permits.
//!
//! A plan, a button or a program may propose a [`Motion`]; the bed moves by plan only with a
//! [`Permit`], and only [`Guard::permit`] and [`Guard::permit_upright`] make one. Three rules:
//!
//! - **Lowering** needs everything: STOP clear, armed, journal ready, latches closed, no fault of
//!   the table, a fresh and agreed angle, time left to come back, and a worst case that stays
//!   within the limit even if the table hears nothing more (I2, I5, I9, I10, I14).
//! - **The way home is never refused**, only slowed: a motion toward the rest band is let through
//!   whatever is known and whatever is broken, because to refuse it would leave a person head-down.
//!   STOP alone outranks it (I3): somebody may be trapped, and then a control held on the spot
//!   lifts that too. Halt and return need no permit at all.
//! - **Nothing automatic goes further head-up than the rest band** (I19); upright is an attended
//!   act of its own.

#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects, clippy::as_conversions))]

use crate::angle::{AngleWatch, Reject};
use crate::canary::{Canary, active};
use crate::limits::{
    Bound, CREEP, DOSE_TILT, Layer, Limits, Narrowing, REST_BEFORE_UPRIGHT, RETURN_FLOOR,
    UPRIGHT_RATE, Why,
};
use crate::reading::{FaultSet, Latches, Reading};
use crate::units::{Angle, Millis, Rate, Timestamp};

mod motion;
mod permit;
mod refusal;

pub use motion::{Attended, Envelope, Leave, Motion};
pub use permit::Permit;
pub use refusal::Refusal;

use motion::{along, reversed};

/// Judges every motion against limits, angle, latches and faults.
///
/// # Example
/// ```
/// use antipode_safety::{
///     Angle, Envelope, Guard, Latches, Leave, Limits, Millis, Motion, Rate, Setting, Timestamp,
/// };
/// let guard = Guard::new(
///     Limits::hard(Setting::Home),
///     Envelope {
///         lease: Millis::new(250),
///         stop_decel_millideg_per_s2: 8_000,
///         max_rate: Rate::clamped(3_000),
///     },
/// );
/// let leave = Leave {
///     armed: true,
///     stop_clear: true,
///     return_held: false,
///     latches: Latches { fitted: 2, first_closed: true, second_closed: true },
///     journal_ready: true,
///     dose_left: Millis::from_secs(420),
/// };
/// let now = Timestamp::from_millis(1_000);
/// let down = Motion { target: Angle::clamped(30_000), rate: Rate::clamped(1_500) };
/// let refusal = guard.permit(now, down, &leave).unwrap_err();
/// assert_eq!(refusal.to_string(), "no sure angle: no angle has come yet");
///
/// // The way home is open, at creep, even so.
/// let home = Motion { target: Angle::REST_AIM, rate: Rate::clamped(-3_000) };
/// let permit = guard.permit(now, home, &leave)?;
/// assert_eq!(permit.rate(), Rate::clamped(-1_000));
/// # Ok::<(), antipode_safety::Refusal>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Guard {
    limits: Limits,
    envelope: Envelope,
    angle: AngleWatch,
    /// Latches and faults of the newest reading.
    seen: Option<(Latches, FaultSet)>,
}

impl Guard {
    /// A guard that knows its limits and its table, and nothing yet of the angle.
    #[must_use]
    pub const fn new(limits: Limits, envelope: Envelope) -> Self {
        let angle = AngleWatch::new(envelope.lease, envelope.max_rate);
        Self { limits, envelope, angle, seen: None }
    }

    /// Narrows the limits; they never widen again (I11).
    pub fn narrow(&mut self, layer: Layer, why: Why, to: Narrowing) {
        self.limits = self.limits.narrow(layer, why, to);
    }

    /// The limits in force.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// What the table and the link make of a command.
    #[must_use]
    pub const fn envelope(&self) -> &Envelope {
        &self.envelope
    }

    /// What is known of the angle.
    #[must_use]
    pub const fn angle(&self) -> &AngleWatch {
        &self.angle
    }

    /// Forgets what was read: a reopened link is a new session.
    pub fn restart(&mut self) {
        self.angle.restart();
        self.seen = None;
    }

    /// Takes a reading. Answers why it, or an angle of it, was not taken.
    pub fn observe(&mut self, now: Timestamp, reading: &Reading) -> Option<Reject> {
        let reject = self.angle.observe(now, reading);
        match reject {
            Some(Reject::Future { .. } | Reject::NotNewer { .. }) => {}
            None | Some(Reject::OutOfRange { .. } | Reject::Jump { .. }) => {
                self.seen = Some((reading.latches, reading.faults));
            }
        }
        reject
    }

    /// Tells what rate is commanded from `now` on, returns and halts included: a bed that is driven
    /// must be seen to turn (H-05).
    pub fn commanded(&mut self, now: Timestamp, rate: Rate) {
        self.angle.commanded(now, rate);
    }

    /// Judges `motion` as a plan, a program or a button proposes it.
    ///
    /// # Errors
    /// A [`Refusal`] names the rule that binds and its numbers. A motion into the rest band is
    /// refused for three reasons only: STOP is latched and no local control is held, its target
    /// lies beyond the rest band, or the bed is known to be further head-up than its target.
    pub fn permit(&self, now: Timestamp, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
        match motion.rate.millideg_per_s() {
            0 => Err(Refusal::NoMotion),
            1.. => self.lowering(now, motion, leave),
            ..=-1 => self.raising(now, motion, leave),
        }
    }

    /// Judges an attended motion between the rest band and upright, in either direction: hold to
    /// run, at 1.5 degrees a second at most, upward only after 60 seconds in the rest band (I19).
    ///
    /// # Errors
    /// A [`Refusal`] that names the rule. None of them concerns a person who is head-down: from
    /// there this motion is refused and [`Guard::permit`] or a return leads home.
    pub fn permit_upright(
        &self,
        now: Timestamp,
        motion: Motion,
        leave: &Leave,
        attended: Attended,
    ) -> Result<Permit, Refusal> {
        if motion.rate == Rate::ZERO {
            return Err(Refusal::NoMotion);
        }
        if motion.target < Angle::UPRIGHT || motion.target > Angle::LEVEL {
            return Err(Refusal::NotUpright { target: motion.target });
        }
        self.ready(leave)?;
        if !attended.held {
            return Err(Refusal::NotHeld);
        }
        let latches = self.latches(leave);
        if latches.fitted > 0 && latches.open() == latches.fitted.min(2) {
            return Err(Refusal::LatchesOpen { open: latches.open(), fitted: latches.fitted });
        }
        let tilt = self.agreed(now)?;
        if tilt > Angle::LEVEL {
            return Err(Refusal::StillHeadDown { tilt });
        }
        let upward = motion.rate < Rate::ZERO;
        let leaves_rest = upward && motion.target < Angle::REST_LOW;
        if leaves_rest && attended.rested < REST_BEFORE_UPRIGHT && tilt.in_rest_band() {
            return Err(Refusal::RestFirst {
                rested: attended.rested,
                needed: REST_BEFORE_UPRIGHT,
            });
        }
        along(motion, tilt)?;
        let speed = motion.rate.slower(UPRIGHT_RATE).slower(self.envelope.max_rate);
        if !upward {
            let level = Bound::hard(Angle::LEVEL, Why::RestBand);
            self.within(now, speed, &level)?;
        }
        Ok(self.mint(now, motion.target, if upward { reversed(speed) } else { speed }))
    }

    /// The fastest lowering whose worst case stays within the tilt limit right now: what a caller
    /// slows to near its target. Zero where the angle is not agreed or nothing is left.
    #[must_use]
    pub fn fastest_lowering(&self, now: Timestamp, latches: Latches) -> Rate {
        let limit = self.limits.tilt_with_latches(self.fitted(latches));
        match self.agreed(now) {
            Ok(_) => self.fastest_within(now, limit.value()),
            Err(_) => Rate::ZERO,
        }
    }

    /// The rate, toward head-up, at which a return should run right now: the limit of returns,
    /// slowed to the passage of level in time, and to a creep on doubtful knowledge (S3).
    #[must_use]
    pub fn return_rate(&self, now: Timestamp, latches: Latches) -> Rate {
        let latches = self.both(latches);
        reversed(self.homeward(now, self.limits.return_rate().value(), latches))
    }

    fn lowering(&self, now: Timestamp, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
        self.ready(leave)?;
        let latches = self.latches(leave);
        if !latches.closed() && !active(Canary::LatchesIgnored) {
            return Err(Refusal::LatchesOpen { open: latches.open(), fitted: latches.fitted });
        }
        if let Some((_, faults)) = self.seen
            && !faults.is_empty()
        {
            return Err(Refusal::TableFaults { faults });
        }
        let limit = self.limits.tilt_with_latches(latches.fitted);
        if motion.target > limit.value() {
            return Err(Refusal::TargetPastLimit { target: motion.target, limit });
        }
        let rate_limit = *self.limits.lower_rate();
        if motion.rate > rate_limit.value() {
            return Err(Refusal::RatePastLimit { rate: motion.rate, limit: rate_limit });
        }
        if motion.rate > self.envelope.max_rate {
            return Err(Refusal::RatePastTable { rate: motion.rate, max: self.envelope.max_rate });
        }
        let tilt = self.agreed(now)?;
        if tilt < Angle::REST_LOW {
            return Err(Refusal::FromUpright { tilt });
        }
        along(motion, tilt)?;
        self.within(now, motion.rate, &limit)?;
        self.time_to_return(motion.target, leave.dose_left)?;
        Ok(self.mint(now, motion.target, motion.rate))
    }

    fn raising(&self, now: Timestamp, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
        if motion.target < Angle::REST_LOW && !active(Canary::UprightUnattended) {
            return Err(Refusal::PastRestBand { target: motion.target });
        }
        if !leave.stop_clear && !leave.return_held && !active(Canary::StopIgnored) {
            return Err(Refusal::StopLatched);
        }
        if active(Canary::HomeRefused) {
            self.agreed(now)?;
        }
        if motion.target.is_head_down() {
            // A raise that ends head-down is no way home: with a wrong angle the table would go
            // down to its target. Whoever is refused here returns instead.
            let limit = self.limits.tilt_with_latches(self.latches(leave).fitted);
            if motion.target > limit.value() {
                return Err(Refusal::TargetPastLimit { target: motion.target, limit });
            }
            along(motion, self.agreed(now)?)?;
        } else if let Some(tilt) = self.angle.state(now).agreed()
            && !tilt.is_head_down()
        {
            along(motion, tilt)?;
        }
        let asked = motion.rate.slower(self.limits.raise_rate().value());
        let speed = self.homeward(now, asked, self.latches(leave));
        Ok(self.mint(now, motion.target, reversed(speed)))
    }

    /// What every motion but the way home needs.
    fn ready(&self, leave: &Leave) -> Result<(), Refusal> {
        if !leave.stop_clear && !active(Canary::StopIgnored) {
            Err(Refusal::StopLatched)
        } else if !leave.armed {
            Err(Refusal::NotArmed)
        } else if !leave.journal_ready && !active(Canary::JournalIgnored) {
            Err(Refusal::NoRecord)
        } else {
            Ok(())
        }
    }

    /// `asked` slowed to what the way home allows right now; never to nothing.
    fn homeward(&self, now: Timestamp, asked: Rate, latches: Latches) -> Rate {
        let asked = asked.slower(self.envelope.max_rate);
        let Some(tilt) = self.angle.state(now).steerable() else { return asked.slower(CREEP) };
        if !latches.closed() {
            return asked.slower(CREEP);
        }
        let before_level = tilt.moved(self.envelope.run_on(asked).saturating_neg());
        if before_level.is_head_down() {
            asked
        } else {
            asked.slower(self.limits.through_level_rate().value())
        }
    }

    fn agreed(&self, now: Timestamp) -> Result<Angle, Refusal> {
        let state = self.angle.state(now);
        state.agreed().ok_or(Refusal::AngleNotAgreed { state })
    }

    /// Whether the worst case stays within `limit` at `rate`, even if nothing more is heard (I2).
    fn within(&self, now: Timestamp, rate: Rate, limit: &Bound<Angle>) -> Result<(), Refusal> {
        let Some(worst_case) = self.angle.worst_case(now) else {
            return Err(Refusal::AngleNotAgreed { state: self.angle.state(now) });
        };
        let reach = worst_case.moved(self.envelope.room(rate));
        let slack = if active(Canary::LimitOffByOne) { 999 } else { 0 };
        if reach <= limit.value().moved(slack) {
            return Ok(());
        }
        let fastest = self.fastest_within(now, limit.value());
        Err(Refusal::MayPass { worst_case, reach, limit: *limit, fastest })
    }

    /// The fastest rate up to the lowering limit whose worst case stays within `limit`.
    fn fastest_within(&self, now: Timestamp, limit: Angle) -> Rate {
        let Some(worst_case) = self.angle.worst_case(now) else { return Rate::ZERO };
        let fits = |rate| worst_case.moved(self.envelope.room(rate)) <= limit;
        // Halving: `low` always fits, `high` is the first that may not.
        let mut low = Rate::ZERO;
        let mut high = self.limits.lower_rate().value().slower(self.envelope.max_rate);
        if !fits(low) || fits(high) {
            return if fits(high) { high } else { low };
        }
        while high.millideg_per_s().saturating_sub(low.millideg_per_s()) > 1 {
            let sum = i64::from(low.millideg_per_s()).saturating_add(high.millideg_per_s().into());
            let middle = Rate::clamped(sum.checked_div(2).unwrap_or(0));
            if fits(middle) { low = middle } else { high = middle }
        }
        low
    }

    /// Whether the dose left covers the way back from `target` to 5 degrees at the slowest return
    /// (I10): a bout that cannot end in time must not go deeper.
    fn time_to_return(&self, target: Angle, left: Millis) -> Result<(), Refusal> {
        if active(Canary::DoseIgnored) || target < DOSE_TILT {
            return Ok(());
        }
        let way = i64::from(target.distance(DOSE_TILT)).saturating_mul(1_000);
        let rate = i64::from(RETURN_FLOOR.millideg_per_s());
        let rounded_up = way.saturating_add(rate.saturating_sub(1));
        let back = rounded_up.checked_div(rate).unwrap_or(i64::MAX);
        let needed = Millis::new(back.unsigned_abs()).plus(self.envelope.lease);
        if left > needed { Ok(()) } else { Err(Refusal::DoseTooShort { left, needed }) }
    }

    /// The worse of what the session and the newest reading say of the latches.
    fn latches(&self, leave: &Leave) -> Latches {
        self.both(leave.latches)
    }

    fn both(&self, told: Latches) -> Latches {
        match self.seen {
            None => told,
            Some((read, _)) => Latches {
                fitted: told.fitted.min(read.fitted),
                first_closed: told.first_closed && read.first_closed,
                second_closed: told.second_closed && read.second_closed,
            },
        }
    }

    fn fitted(&self, told: Latches) -> u8 {
        self.both(told).fitted
    }

    const fn mint(&self, now: Timestamp, target: Angle, rate: Rate) -> Permit {
        Permit::mint(target, rate, self.envelope.lease, now)
    }
}

#[cfg(test)]
mod tests;
