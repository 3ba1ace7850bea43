//! Two contacts, one for each way, and one speed: the actuator's own.
//!
//! ```text
//!            setpoint over 3/8 of the speed, dead time over, bed stands
//!    open -------------------------------------------------------------> closed (one way)
//!     ^                                                                      |
//!     '---- setpoint zero or the other way, relay cut, or so near that it coasts there
//! ```
//! Contacts are never pulsed to fake a slower rate: a bed that jerks is worse than one that comes
//! to its place a third of a degree beside it, and contacts that rattle weld. A motion slower than
//! the actuator can do does not begin; the controller then reports a stall. A table on this back-end
//! states one fixed speed, which its commissioning measures.

use antipode_safety::{Angle, Rate};

use crate::backend::Way;
use crate::io::Outputs;
use crate::timer::Held;

/// A bed at one speed passes level at that speed, so it is no faster than a return may pass it.
const FASTEST_MDEG_PER_S: i32 = 2_000;
/// Slower than this, a return from 60 degrees takes over a minute.
const SLOWEST_MDEG_PER_S: i32 = 1_000;
/// A bed that runs on for longer than this needs a brake first.
const LONGEST_COAST_MDEG: i32 = 300;
/// The bed is let run past its place by this much: one that ends short is asked on for ever.
const PAST_MDEG: i32 = 100;
/// Shortest dead time: a relay of this size lets go in 20 ms, its motor runs out in 100.
const SHORTEST_DEAD_MS: u32 = 150;
/// After the contacts opened, the bed has stopped by now ...
const SETTLE_MS: u32 = 300;
/// ... and what turns it further than this within [`WINDOW_MS`] is the motor, where that draws ...
const WELDED_MDEG: i32 = 300;
const WINDOW_MS: u32 = 500;
/// ... more than a motor that is not driven.
const DRIVEN_MA: u32 = 500;
/// A bed that moved less than this over the dead time stands.
const STANDS_MDEG: i32 = 60;

/// What commissioning measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelayPairConfig {
    rate: i32,
    dead_ms: u32,
    /// At or below this setpoint, on the way to zero, the bed coasts to its place.
    open_below: i32,
}

impl RelayPairConfig {
    /// An actuator of one speed. `coast` is how far the bed runs on after the contacts opened,
    /// measured with the heaviest person's weight on it; `accel_mdeg_per_s2` is the controller's.
    /// The dead time is at least 150 ms.
    ///
    /// `None` for a speed outside 1 to 2 degrees a second, or a coast over 0.3 degrees: such a drive
    /// cannot be run by contacts alone.
    #[must_use]
    pub fn new(rate: Rate, dead_ms: u32, coast: Angle, accel_mdeg_per_s2: u32) -> Option<Self> {
        let rate = rate.magnitude().millideg_per_s();
        let coast = coast.millideg().abs();
        let possible = (SLOWEST_MDEG_PER_S..=FASTEST_MDEG_PER_S).contains(&rate);
        if !possible || coast > LONGEST_COAST_MDEG {
            return None;
        }
        // The controller's planned slowing asks for this much where so far is left.
        let left = u64::from((coast - PAST_MDEG).max(0).unsigned_abs());
        let asked = (2 * u64::from(accel_mdeg_per_s2) * left).isqrt();
        // Under what closes the contacts by a clear step, so that they never chatter between the two.
        let open_below = i32::try_from(asked).unwrap_or(i32::MAX).min(close_at(rate) * 3 / 4);
        Some(Self { rate, dead_ms: dead_ms.max(SHORTEST_DEAD_MS), open_below })
    }
}

/// Setpoints ramp: from here up a motion is meant. Lower, and the watch over runaways would see the
/// bed far ahead of its command; higher, and the one over stalls would see it far behind.
const fn close_at(rate: i32) -> i32 {
    rate * 3 / 8
}

/// A contact that does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Welded {
    /// The way that it turns the bed.
    pub way: Way,
}

/// What the pins do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Contacts {
    /// Close the contact that turns the bed more head-down.
    pub down: bool,
    /// Close the contact that brings it back.
    pub back: bool,
    /// Close the main relay, which feeds both.
    pub main: bool,
    /// Set the brake.
    pub brake: bool,
    /// The bed turned under motor current with both contacts open: one is welded. The main relay
    /// stays open until the board starts anew; tell people which one.
    pub welded: Option<Welded>,
}

/// Two contacts, never both.
#[derive(Clone, Debug)]
pub struct RelayPair {
    config: RelayPairConfig,
    closed: Option<Way>,
    /// The way of the last closure.
    last: Option<Way>,
    open: Held,
    /// Where the bed was, and how long ago.
    mark: Option<(i32, u32)>,
    /// It moved less than noise over the last full dead time.
    stands: bool,
    welded: Option<Welded>,
}

impl RelayPair {
    /// Both open; waits out the dead time before anything closes.
    #[must_use]
    pub const fn new(config: RelayPairConfig) -> Self {
        Self {
            config,
            closed: None,
            last: None,
            open: Held::ZERO,
            mark: None,
            stands: false,
            welded: None,
        }
    }

    /// One tick of `dt_ms`: the controller's outputs, the bed's angle as far as it is known, and the
    /// motor's current.
    pub fn tick(
        &mut self,
        outputs: &Outputs,
        tilt: Option<Angle>,
        current_ma: u32,
        dt_ms: u32,
    ) -> Contacts {
        self.open.update(self.closed.is_none(), dt_ms);
        self.watch(tilt, current_ma, dt_ms);
        let may_run = outputs.relay && !outputs.brake && self.welded.is_none();
        let setpoint = outputs.setpoint.millideg_per_s();
        let wanted = Way::of(setpoint).filter(|_| may_run);
        match self.closed {
            Some(way) if wanted != Some(way) || setpoint.abs() <= self.config.open_below => {
                self.release();
            }
            Some(_) => {}
            None => {
                let meant = setpoint.abs() >= close_at(self.config.rate);
                self.closed = wanted.filter(|&way| meant && self.may_close(way));
                self.last = self.closed.or(self.last);
            }
        }
        let main = outputs.relay && self.welded.is_none();
        Contacts {
            down: self.closed == Some(Way::Down),
            back: self.closed == Some(Way::Back),
            main,
            // Without energy nothing but the brake holds.
            brake: outputs.brake || !main,
            welded: self.welded,
        }
    }

    fn release(&mut self) {
        self.closed = None;
        self.open = Held::ZERO;
        self.mark = None;
        self.stands = false;
    }

    /// Whether a contact may close: the dead time is over and, for the other way, the bed stands.
    /// A contact of the first way that did not open still turns it, and the two together are a short.
    fn may_close(&self, way: Way) -> bool {
        let turns_round = self.last.is_some_and(|last| last != way);
        // Without an angle nobody can see it stand; then the dead time has to do.
        let stands = self.stands || self.mark.is_none();
        self.open.ms() >= self.config.dead_ms && (!turns_round || stands)
    }

    fn watch(&mut self, tilt: Option<Angle>, current_ma: u32, dt_ms: u32) {
        let (Some(tilt), None) = (tilt.map(Angle::millideg), self.closed) else {
            self.mark = None;
            return;
        };
        let (from, age) =
            self.mark.map_or((tilt, 0), |(from, age)| (from, age.saturating_add(dt_ms)));
        let moved = tilt - from;
        let settled = self.open.ms() >= SETTLE_MS;
        if let Some(way) = Way::of(moved)
            && settled
            && moved.abs() > WELDED_MDEG
            && current_ma > DRIVEN_MA
            && self.welded.is_none()
        {
            self.welded = Some(Welded { way });
        }
        if age >= self.config.dead_ms {
            self.stands = moved.abs() < STANDS_MDEG;
        }
        // The window begins anew where the bed has settled, and then every half second.
        let again = age >= WINDOW_MS || (!settled && age >= self.config.dead_ms);
        self.mark = Some(if again { (tilt, 0) } else { (from, age) });
    }
}
