//! Does the bed do what the drive is told? Runaway, stall, brake slip (H-09 to H-11).

use crate::angle::{Estimate, Quality};
use crate::canary::{self, Canary};
use crate::timer::Debt;

/// Faster than the command by more than this ... Under the 2 degrees a second of the hazard table
/// by what the noise of two sensors may hide.
const RUNAWAY_MDEG_PER_S: i32 = 1_600;
/// ... for this long is a runaway.
const RUNAWAY_MS: u32 = 150;
/// A hand at the crank turns the bed no faster than this ...
const BY_HAND_MDEG_PER_S: i32 = 3_500;
/// ... and the weight, behind the damper of a released clutch, brings it to level no faster than
/// this: the 4 degrees a second of a return and what the damper gives.
const BY_WEIGHT_MDEG_PER_S: i32 = 4_500;
/// How quickly the drive is expected to follow a lower command, millidegrees a second each
/// millisecond: half the stop deceleration, so that a heavy person is no runaway.
const ENVELOPE_DECAY_PER_MS: i32 = 4;
/// At standstill, held for so long, the bed has settled.
const SETTLE_MS: u32 = 1_000;
/// Movement at standstill that is a slip, or a runaway where the motor draws current.
const SLIP_MDEG: i32 = 1_000;
const SLIP_MARKS: usize = 4;
/// Marks of the last two seconds.
const SLIP_MARK_MS: u32 = 500;
/// A creeping slip, over the whole stay.
const SLOW_SLIP_MDEG: i32 = 2_000;
/// Current at standstill that says that the motor is being driven.
const IDLE_CURRENT_MA: u32 = 1_000;
/// Less progress than this (0.3 degrees a second) in half a second is a stall.
const STALL_MDEG: i32 = 150;
const STALL_MS: u32 = 500;
/// Driven slower than this, the bed gets longer to show progress.
const BRISK_MDEG_PER_S: i32 = 600;
const SLOW_STALL_MDEG: i32 = 100;
const SLOW_STALL_MS: u32 = 3_000;
/// Driven slower than this, progress cannot be told from noise.
const CRAWL_MDEG_PER_S: i32 = 100;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    /// More head-down.
    Down,
    /// Toward the rest band and head-up.
    Back,
}

impl Way {
    pub(crate) const fn of(signed: i32) -> Self {
        if signed > 0 { Self::Down } else { Self::Back }
    }
}

/// Whether progress must show at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    Brisk,
    Slow,
}

/// What the drive did in one tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Motor {
    /// What it was told, millidegrees a second.
    pub(crate) setpoint: i32,
    /// The brake was set.
    pub(crate) braked: bool,
    pub(crate) current_ma: u32,
}

impl Motor {
    /// It draws more than one that is not driven.
    const fn draws(self) -> bool {
        self.current_ma > IDLE_CURRENT_MA
    }
}

/// What the watch saw in one tick.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) runaway: bool,
    pub(crate) stall: Option<Way>,
    /// The watch over the current tells it; this one does not.
    pub(crate) over_current: Option<Way>,
    /// The drive stopped on the way home, and its energy explains it or still may.
    pub(crate) balks: bool,
    /// The drive stopped on the way home, and nothing explains it.
    pub(crate) blocks_home: bool,
    pub(crate) slip: Option<Way>,
}

/// Samples kept for the rate, at least [`SAMPLE_MS`] apart.
const SAMPLES: usize = 5;
const SAMPLE_MS: u32 = 20;

/// Measured rate over about the last 100 ms.
#[derive(Clone, Debug)]
struct RateMeter {
    /// Angle and age, newest first.
    samples: [(i32, u32); SAMPLES],
    filled: usize,
}

impl RateMeter {
    const fn new() -> Self {
        Self { samples: [(0, 0); SAMPLES], filled: 0 }
    }

    fn update(&mut self, angle: i32, dt_ms: u32) -> i32 {
        for (_, age) in &mut self.samples {
            *age = age.saturating_add(dt_ms);
        }
        let oldest = self.samples.get(..self.filled).and_then(<[_]>::last);
        let rate = match oldest {
            Some(&(then, age)) if age > 0 => {
                let rate = i64::from(angle - then) * 1_000 / i64::from(age);
                i32::try_from(rate.clamp(-180_000, 180_000)).unwrap_or(0)
            }
            _ => 0,
        };
        let due = self.filled == 0 || self.samples.first().is_some_and(|s| s.1 >= SAMPLE_MS);
        if due {
            self.samples.rotate_right(1);
            if let Some(newest) = self.samples.first_mut() {
                *newest = (angle, 0);
            }
            self.filled = (self.filled + 1).min(SAMPLES);
        }
        rate
    }
}

/// The most head-down and the most head-up source. What both say is the bed's; what only one says
/// may be the sensor's.
type Pair = [i32; 2];

/// Where a settled bed stood in the recent past, newest first.
#[derive(Clone, Copy, Debug)]
struct Stay {
    marks: [Pair; SLIP_MARKS],
    since_mark_ms: u32,
    start: Pair,
}

impl Stay {
    const fn at(pair: Pair) -> Self {
        Self { marks: [pair; SLIP_MARKS], since_mark_ms: 0, start: pair }
    }

    /// How far the bed moved, when that is too far.
    fn moved(&mut self, now: Pair, dt_ms: u32) -> Option<i32> {
        let slips = self.marks.iter().map(|&mark| both(now, mark));
        let slip = slips.max_by_key(|slip| slip.abs()).unwrap_or(0);
        let whole = both(now, self.start);
        let moved = if slip.abs() > SLIP_MDEG {
            Some(slip)
        } else {
            (whole.abs() > SLOW_SLIP_MDEG).then_some(whole)
        };
        self.since_mark_ms = self.since_mark_ms.saturating_add(dt_ms);
        if moved.is_some() {
            *self = Self::at(now);
        } else if self.since_mark_ms >= SLIP_MARK_MS {
            self.since_mark_ms = 0;
            self.marks.rotate_right(1);
            if let Some(newest) = self.marks.first_mut() {
                *newest = now;
            }
        }
        moved
    }
}

/// The movement since `then` that both sources report, the lesser of the two.
fn both(now: Pair, then: Pair) -> i32 {
    let [worst, least] = [now[0] - then[0], now[1] - then[1]];
    if worst.signum() != least.signum() {
        0
    } else if worst.abs() < least.abs() {
        worst
    } else {
        least
    }
}

/// The watch over the drive.
#[derive(Clone, Debug)]
pub(crate) struct DriveWatch {
    meters: [RateMeter; 2],
    /// Of the source that steers: the envelope of two noisy sources jumps from one to the other.
    control: RateMeter,
    rate: i32,
    /// Fastest rate each way that the commands of the recent past explain.
    down: i32,
    back: i32,
    /// Down and back.
    too_fast: [Debt; 2],
    /// Where the bed stood when it last made progress, and for how long it has not.
    progress_from: Pair,
    no_progress_ms: u32,
    driven: Option<(Way, Pace)>,
    still_ms: u32,
    stay: Stay,
    quality: Option<Quality>,
}

impl DriveWatch {
    pub(crate) const fn new() -> Self {
        Self {
            meters: [RateMeter::new(), RateMeter::new()],
            control: RateMeter::new(),
            rate: 0,
            down: 0,
            back: 0,
            too_fast: [Debt::ZERO; 2],
            progress_from: [0; 2],
            no_progress_ms: 0,
            driven: None,
            still_ms: 0,
            stay: Stay::at([0; 2]),
            quality: None,
        }
    }

    /// Measured rate, millidegrees a second.
    pub(crate) const fn rate(&self) -> i32 {
        self.rate
    }

    /// Looks at one tick. `motor` is what the drive did since the last one.
    pub(crate) fn update(&mut self, estimate: Option<&Estimate>, motor: Motor, dt_ms: u32) -> Seen {
        let setpoint = motor.setpoint;
        let mut seen = Seen::default();
        let Some(estimate) = estimate else {
            // Without an angle nothing else can be told; start over when it is back.
            *self = Self::new();
            return seen;
        };
        let pair = [estimate.worst, estimate.least];
        if self.quality != Some(estimate.quality) {
            // Another source leads: what it says is not movement since the old one's last word.
            self.quality = Some(estimate.quality);
            self.meters = [RateMeter::new(), RateMeter::new()];
            self.control = RateMeter::new();
            self.driven = None;
            self.stay = Stay::at(pair);
        }
        let [worst, least] = &mut self.meters;
        let rates = [worst.update(pair[0], dt_ms), least.update(pair[1], dt_ms)];
        self.rate = self.control.update(estimate.control, dt_ms);
        let head_down = estimate.least > 0;
        seen.runaway = self.find_runaway(rates, motor, head_down, dt_ms);
        seen.stall = self.find_stall(pair, setpoint, dt_ms);
        if let Some(moved) = self.find_slip(pair, setpoint, dt_ms) {
            if motor.draws() {
                seen.runaway = true;
            } else {
                seen.slip = Some(Way::of(moved));
            }
        }
        if canary::active(Canary::RunawayUnseen) {
            seen.runaway = false;
        }
        if canary::active(Canary::StallUnseen) {
            seen.stall = None;
        }
        seen
    }

    fn find_runaway(&mut self, rates: Pair, motor: Motor, head_down: bool, dt_ms: u32) -> bool {
        let setpoint = motor.setpoint;
        let decay = ENVELOPE_DECAY_PER_MS
            .saturating_mul(i32::try_from(dt_ms.min(10_000)).unwrap_or(10_000));
        self.down = (self.down - decay).max(setpoint).max(0);
        self.back = (self.back - decay).max(-setpoint).max(0);
        let fastest = |excess: fn(i32) -> i32, told: i32| {
            rates.map(|rate| excess(rate) - told).into_iter().min().unwrap_or(0)
        };
        let down = fastest(|rate| rate, self.down);
        let back = fastest(|rate| -rate, self.back);
        let let_be = self.is_let_be(rates, motor, head_down);
        // A dip that the noise of a sensor makes must not start the count over. Each way is counted
        // by itself: an angle that jumps and jumps back is a sensor's, and takes nobody the drive.
        let [fast_down, fast_back] = &mut self.too_fast;
        fast_down.update(down > RUNAWAY_MDEG_PER_S && !let_be, dt_ms);
        fast_back.update(back > RUNAWAY_MDEG_PER_S && !let_be, dt_ms);
        fast_down.ms().max(fast_back.ms()) >= RUNAWAY_MS
    }

    /// Motion toward head-up that brings nobody into danger (C-15). Head-down the weight may bring the
    /// bed up behind the damper, also while a return joins it. A standing bed without current may be
    /// turned by a hand at the crank, against its brake: one that the drive holds no hand turns.
    fn is_let_be(&self, rates: Pair, motor: Motor, head_down: bool) -> bool {
        let within = |fastest: i32| rates.into_iter().all(|rate| (-fastest..0).contains(&rate));
        let idle = motor.setpoint == 0 && !motor.draws();
        let stands = idle && self.back == 0 && motor.braked;
        let comes_up = head_down && (idle || motor.setpoint < 0);
        comes_up && within(BY_WEIGHT_MDEG_PER_S) || stands && within(BY_HAND_MDEG_PER_S)
    }

    fn find_stall(&mut self, pair: Pair, setpoint: i32, dt_ms: u32) -> Option<Way> {
        if setpoint.abs() < CRAWL_MDEG_PER_S {
            self.driven = None;
            return None;
        }
        let way = Way::of(setpoint);
        let (pace, least, within) = if setpoint.abs() >= BRISK_MDEG_PER_S {
            (Pace::Brisk, STALL_MDEG, STALL_MS)
        } else {
            (Pace::Slow, SLOW_STALL_MDEG, SLOW_STALL_MS)
        };
        // A source that sees progress is enough: the other one is stuck, and the comparison of the
        // two finds that.
        let [worst, least_up] = [pair[0] - self.progress_from[0], pair[1] - self.progress_from[1]];
        let progress = match way {
            Way::Down => worst.max(least_up),
            Way::Back => -worst.min(least_up),
        };
        if self.driven != Some((way, pace)) || progress >= least {
            self.driven = Some((way, pace));
            self.progress_from = pair;
            self.no_progress_ms = 0;
            return None;
        }
        self.no_progress_ms = self.no_progress_ms.saturating_add(dt_ms);
        (self.no_progress_ms >= within).then_some(way)
    }

    /// How far the settled bed moved without a command, when that is too far.
    fn find_slip(&mut self, pair: Pair, setpoint: i32, dt_ms: u32) -> Option<i32> {
        let settled = self.still_ms >= SETTLE_MS;
        self.still_ms = if setpoint == 0 { self.still_ms.saturating_add(dt_ms) } else { 0 };
        if !settled || setpoint != 0 {
            self.stay = Stay::at(pair);
            return None;
        }
        self.stay.moved(pair, dt_ms)
    }
}

#[cfg(test)]
mod tests;
