//! From the controller's rate to what the drive is told.
//!
//! It decides nothing: where the controller says zero it says hold, and it never turns the bed the
//! other way than the controller does. What it adds is the drive's own nature: the slope of the
//! stroke, a speed that depends on the load, a place instead of a speed, one speed instead of any.

mod duty;
mod jog;
mod measured;
mod position;
mod speed;

use antipode_safety::{Millis, Timestamp};

use crate::{Actuation, Order, StrokeTable};

use duty::Duty;
use jog::Jog;
use measured::Measured;
use position::Position;
use speed::Speed;

/// How a drive is followed, by how it takes motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Following {
    /// [`Actuation::Speed`].
    Speed,
    /// [`Actuation::Duty`].
    Duty {
        /// The rate, in millidegrees a second, at which full power turns the bed with nobody on it.
        full_rate: i32,
    },
    /// [`Actuation::Position`].
    Position,
    /// [`Actuation::Jog`].
    Jog {
        /// Its one speed, in thousandths of the stroke's unit a second.
        speed: i32,
    },
}

impl Following {
    /// How the drive must take motion for this.
    #[must_use]
    pub const fn actuation(self) -> Actuation {
        match self {
            Self::Speed => Actuation::Speed,
            Self::Duty { .. } => Actuation::Duty,
            Self::Position => Actuation::Position,
            Self::Jog { .. } => Actuation::Jog,
        }
    }
}

/// What one tick of the controller asks of the drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ask {
    /// When.
    pub now: Timestamp,
    /// The rate that the bed is to turn at, millidegrees a second, positive is head-down.
    pub setpoint: i32,
    /// The motor may have energy.
    pub relay: bool,
    /// Standing still, the drive is to be kept from running into its own timeout, where that takes
    /// more than holding.
    pub keep: bool,
    /// Where the bed stands by each source that is believed, with the moment of it: the one that
    /// steers first.
    pub tilts: [Option<(Timestamp, i32)>; 2],
    /// Where the drive itself says that its stroke stands.
    pub stroke: Option<i32>,
    /// How long an order may count without the next one.
    pub lease: Millis,
}

/// Turns rates into orders.
#[derive(Clone, Debug)]
pub struct Follower {
    stroke: StrokeTable,
    measured: [Measured; 2],
    last: Option<Timestamp>,
    way: Way,
}

#[derive(Clone, Debug)]
enum Way {
    Speed(Speed),
    Duty(Duty),
    Position(Position),
    Jog(Jog),
}

/// The longest step of time that a loop counts: one that hung does not jump.
const LONGEST_STEP: Millis = Millis::new(50);

/// Two sources that measure the same rate differ by less, millidegrees a second: an inclinometer's
/// noise of 0.15 degrees over 0.4 seconds.
const NOISE: i32 = 1_000;

impl Follower {
    /// A follower that has asked nothing yet.
    #[must_use]
    pub fn new(following: Following, stroke: StrokeTable) -> Self {
        let way = match following {
            Following::Speed => Way::Speed(Speed::default()),
            Following::Duty { full_rate } => Way::Duty(Duty::new(full_rate)),
            Following::Position => Way::Position(Position::default()),
            Following::Jog { speed } => Way::Jog(Jog::new(speed)),
        };
        Self { stroke, measured: Default::default(), last: None, way }
    }

    /// The table from stroke to tilt.
    #[must_use]
    pub const fn stroke(&self) -> &StrokeTable {
        &self.stroke
    }

    /// What the drive is told until the next tick.
    pub fn order(&mut self, ask: &Ask) -> Order {
        let since = self.last.map_or(Millis::new(10), |last| ask.now.since(last));
        let dt = since.shorter(LONGEST_STEP);
        self.last = Some(ask.now);
        for (measured, tilt) in self.measured.iter_mut().zip(ask.tilts) {
            if let Some((at, tilt)) = tilt {
                measured.take(at, tilt);
            }
        }
        if !ask.relay {
            self.forget();
            return Order::Cut;
        }
        let rate = self.rate(ask);
        match &mut self.way {
            Way::Speed(speed) => speed.order(ask, &self.stroke, rate, dt),
            Way::Duty(duty) => duty.order(ask, &self.stroke, rate, dt),
            Way::Position(position) => position.order(ask, &self.stroke, dt),
            Way::Jog(jog) => jog.order(ask, &self.stroke, dt),
        }
    }

    /// How fast the bed turns, by the source that steers, unless the other one sees it go faster by
    /// more than noise. A source that stands still says that power is missing, and the bed would run
    /// away under it (H-05, H-09).
    fn rate(&mut self, ask: &Ask) -> Option<i32> {
        let way = ask.setpoint.signum();
        match self.measured.each_mut().map(|measured| measured.rate(ask.now)) {
            [Some(first), Some(second)] => {
                let leads = (second - first) * way > NOISE;
                Some(if leads { second } else { first })
            }
            [first, second] => first.or(second),
        }
    }

    /// Whether the drive will be told to stand only because it cannot be told where to go.
    #[must_use]
    pub fn is_astray(&self, ask: &Ask) -> bool {
        self.steers_by_its_own() && ask.setpoint != 0 && ask.stroke.is_none()
    }

    /// Whether the drive goes to places by its own position, and nowhere without.
    #[must_use]
    pub const fn steers_by_its_own(&self) -> bool {
        match self.way {
            Way::Position(_) => true,
            Way::Speed(_) | Way::Duty(_) | Way::Jog(_) => false,
        }
    }

    /// Whatever was under way is over: the next order starts from standing still.
    pub fn forget(&mut self) {
        match &mut self.way {
            Way::Speed(speed) => *speed = Speed::default(),
            Way::Duty(duty) => duty.forget(),
            Way::Position(position) => *position = Position::default(),
            Way::Jog(jog) => jog.forget(),
        }
    }
}

/// Where the stroke stands: as the drive says, else as the tilt tells.
fn place(ask: &Ask, table: &StrokeTable) -> Option<i32> {
    let tilt = || ask.tilts.into_iter().flatten().next();
    ask.stroke.or_else(|| tilt().map(|(_, tilt)| table.stroke(tilt)))
}

/// Milliseconds as a number to count with.
fn ms(time: Millis) -> i64 {
    i64::try_from(time.get()).unwrap_or(i64::MAX)
}

/// A number that fits by how it was made.
fn narrow(value: i64) -> i32 {
    i32::try_from(value).unwrap_or(if value < 0 { i32::MIN } else { i32::MAX })
}

#[cfg(test)]
mod tests;
