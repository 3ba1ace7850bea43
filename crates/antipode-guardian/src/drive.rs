//! What the guardian needs of a motor drive. Pure: time comes in, bytes go out.

use antipode_safety::{Millis, Timestamp};

use crate::Fact;

/// How a drive takes motion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Actuation {
    /// A share of full power; how fast that turns the bed depends on the load.
    Duty,
    /// A speed of the stroke.
    Speed,
    /// A place on the stroke, which it goes to at its own speed.
    Position,
    /// One speed, out or in, as long as it is told to.
    Jog,
}

/// A way along the stroke, in the drive's own sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Toward larger positions.
    Out,
    /// Toward smaller positions.
    In,
}

/// What a drive is to do until the next order. An order counts for no longer than the drive's own
/// timeout: the guardian repeats a motion with every turn of its controller and a rest every 100 ms,
/// and nothing else does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Order {
    /// Stand still and hold.
    Hold,
    /// Give the energy away: people work the bed by hand.
    Cut,
    /// Push with a share of full power, thousandths, positive is [`Direction::Out`].
    Duty(i16),
    /// Move the stroke, in thousandths of its unit a second.
    Speed(i32),
    /// Go to a place on the stroke, in thousandths of its unit.
    Position(i32),
    /// Go on at the one speed there is.
    Jog(Direction),
}

/// A value with the moment at which the last byte of it arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample<T> {
    /// When.
    pub at: Timestamp,
    /// What.
    pub value: T,
}

/// Whether a drive may be armed. Asked of the device itself. What no register of it holds, how long a
/// jog goes on or a relay outside keeps, is taken from its file once the device answers; then only the
/// pulled cable of the commissioning record shows that it is so, and nobody is lowered without.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fitness {
    /// Its settings have not been read yet, or what was read did not agree twice.
    Unknown,
    /// It stops by itself after `timeout` without a word.
    Fit {
        /// Its own timeout, as read back, or as its file claims where it cannot be.
        timeout: Millis,
    },
    /// It must not move anybody.
    Unfit {
        /// What was found and what is needed, in plain words.
        reason: &'static str,
    },
}

/// What a drive reports as wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DriveFaults {
    /// It stood because nobody spoke to it; it stays so until somebody clears it.
    pub timed_out: bool,
    /// Somebody has pressed a stop that is wired to an input of its own.
    pub stop_open: bool,
    /// Its motor has no power, or too little. A stop that cuts the motor's power without telling the
    /// drive looks the same, and so does every blink of a plug: it is no STOP (H-13).
    pub no_power: bool,
    /// Its own current limit was passed, or its power stage protects itself.
    pub over_current: bool,
    /// It is too hot.
    pub too_hot: bool,
    /// Its position sensor is not believed.
    pub no_position: bool,
    /// It understood something of the line wrongly.
    pub line: bool,
    /// Anything else that is known and forbids it to run.
    pub broken: bool,
    /// It says something that this program does not know. Nothing starts; a return is still tried.
    pub unknown: bool,
    /// By what it says of itself it is another device than the one described. Nothing starts; a return
    /// is still tried, for it may have been changed under somebody who is head-down.
    pub stranger: bool,
}

/// The newest that is known of a drive. What is absent was never said, or is not believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// Place on the stroke in thousandths of its unit, where the drive has a position sensor.
    pub position: Option<Sample<i32>>,
    /// Motor current without direction, in milliamperes.
    pub current_ma: Option<Sample<u32>>,
    /// Supply in millivolts.
    pub supply_mv: Option<Sample<u32>>,
    /// Temperature in degrees Celsius.
    pub temperature_c: Option<Sample<i8>>,
    /// What is wrong with it.
    pub faults: DriveFaults,
    /// The bits of what it reports that this program does not know, for the log.
    pub unknown_bits: u32,
    /// When anything intact was last heard of it.
    pub heard: Option<Timestamp>,
}

/// One motor drive behind a line, as a pure conversation: the host's half of a dialect.
///
/// It holds no limits and repeats no motion: an order is said when it is given, and a drive that
/// hears no further order stops by its own timeout. Nothing here asks for anything that the device
/// takes for a sign of life while no order is in force ([`Drive::feeds`] says what it cannot help).
pub trait Drive: Send {
    /// How it takes motion; orders of another kind are answered by holding.
    fn actuation(&self) -> Actuation;

    /// Lets time pass: asks for what is to be known, one question at a time.
    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>);

    /// When [`Drive::poll`] has something to do next.
    fn next_poll(&self) -> Timestamp;

    /// Takes bytes from the line.
    fn receive(&mut self, now: Timestamp, bytes: &[u8]);

    /// Says `order`. [`Order::Hold`] and [`Order::Cut`] are said at once, ahead of everything that
    /// waits for an answer; any other waits until the line is free, and a newer one replaces it.
    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>);

    /// Whether it may be armed.
    fn fitness(&self) -> Fitness;

    /// Who it is and how it is set, as far as it can be asked, each read twice alike; nothing until
    /// then. The same device says the same in the same order after every start.
    fn facts(&self) -> &[Fact];

    /// Whether its questions keep the device's timeout from running out. Where they do, it asks
    /// nothing while an order stands that has not been renewed.
    fn feeds(&self) -> bool;

    /// The newest that is known of it.
    fn status(&self) -> Status;

    /// Takes off what the device has latched. An act of a person, or the beginning of a return;
    /// never of a poll (hardware that clears by being read would move again by being watched).
    fn forget_faults(&mut self, now: Timestamp, out: &mut Vec<u8>);

    /// The line was opened again: what was read before does not hold, fitness is unknown.
    fn reopen(&mut self);
}
