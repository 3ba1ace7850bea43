//! The ports of a sensor that stands beside a table, and what it says.
//!
//! A sensor moves nothing and is told nothing. What it says can only take trust or time away: a
//! tilt is a second source that the table's own is held against (H-07), and vitals may shorten,
//! lower or return (H-25), never deepen or prolong.

use antipode_safety::{Angle, Millis, Timestamp};
use async_trait::async_trait;

use crate::{Address, LinkLoss};

/// One open sensor, owned by the control thread.
#[cfg_attr(feature = "mock", mockall::automock)]
#[async_trait]
pub trait Sensor: Send {
    /// What this sensor is. Never changes while open.
    fn capabilities(&self) -> SensorCapabilities;

    /// The next word of the sensor or its link. Cancel-safe: dropping the future loses nothing.
    ///
    /// # Errors
    /// [`SensorError::Gone`], only when the driver itself is gone; a lost link is
    /// [`SensorEvent::Lost`].
    async fn next_event(&mut self) -> Result<SensorEvent, SensorError>;
}

/// Opens sensors of one kind. What a port cannot say comes with the driver itself: that of an
/// inclinometer is made with how the sensor is mounted, and turns what it reads into our tilt at
/// this edge and nowhere else.
#[async_trait]
pub trait SensorDriver: Send + Sync {
    /// Its name in files and on the command line.
    fn name(&self) -> &'static str;

    /// One line for people.
    fn summary(&self) -> &'static str;

    /// Opens the sensor at `address`, drops what waited in its port, and checks that it is what it
    /// says.
    ///
    /// # Errors
    /// [`SensorError::Open`] or [`SensorError::Unfit`].
    async fn open(&self, address: &Address) -> Result<Box<dyn Sensor>, SensorError>;
}

/// Everything that a sensor's driver must state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensorCapabilities {
    /// It measures no person and no real bed.
    pub simulated: bool,
    /// It measures the tilt of the bed.
    pub tilt: bool,
    /// It measures heart rate.
    pub heart_rate: bool,
    /// It measures oxygen saturation.
    pub oxygen_saturation: bool,
    /// It measures blood pressure.
    pub blood_pressure: bool,
    /// Time between two readings; `None` where each is asked for by a hand, as with a cuff.
    pub report_every: Option<Millis>,
    /// Its serial number, where it can say one. A sensor without one can be exchanged unseen.
    pub serial: Option<String>,
}

/// One thing a sensor or its link says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorEvent {
    /// Where the bed is.
    Tilt(TiltReading),
    /// How the person is.
    Vitals(VitalsReading),
    /// The link is gone and nothing said before holds. A driver may come back to the same sensor by
    /// itself, since nothing moves by it; its numbers go on.
    Lost(LinkLoss),
}

/// An axis printed on a sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Axis {
    /// X.
    X,
    /// Y.
    Y,
    /// Z.
    Z,
}

/// Which way a sensor counts when the bed turns head-down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sense {
    /// Head-down is a turn by the right hand about the axis: the angle that it shows grows.
    Along,
    /// Head-down is a turn the other way.
    Against,
}

/// How an inclinometer is fixed to the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Its axis that lies along the table's.
    pub axis: Axis,
    /// Which way it counts.
    pub sense: Sense,
    /// What it shows about that axis when the bed is level. An angle of the sensor, not of the bed.
    pub zero: Angle,
}

/// A tilt as a sensor beside the table measured it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TiltReading {
    /// When the last byte of it reached the host, on the boot clock. Never later: a reading that a
    /// buffer held back is as old as it is.
    pub at: Timestamp,
    /// Rises with every reading of one opening, by more than one where some are known to be missing.
    pub seq: u32,
    /// The tilt, rounded away from level; `None` where the sensor spoke and is not believed. Never
    /// the last one again.
    pub tilt: Option<Angle>,
}

/// What a body sensor measured at one moment. What is absent was not measured: a finger that slipped
/// out is no heart rate of zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VitalsReading {
    /// When the last byte of it reached the host, on the boot clock.
    pub at: Timestamp,
    /// Rises with every reading of one opening.
    pub seq: u32,
    /// Beats a minute.
    pub heart_rate: Option<u16>,
    /// Oxygen saturation in percent.
    pub oxygen_saturation: Option<u8>,
    /// Blood pressure.
    pub blood_pressure: Option<BloodPressure>,
}

/// A blood pressure in mmHg.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BloodPressure {
    /// Systolic.
    pub systolic: u16,
    /// Diastolic.
    pub diastolic: u16,
}

/// An error of a sensor's driver.
#[derive(Debug, thiserror::Error)]
pub enum SensorError {
    /// The sensor could not be opened.
    #[error("could not open {driver} sensor at {address}: {cause}")]
    Open {
        /// Which driver.
        driver: &'static str,
        /// Where.
        address: String,
        /// What the system said.
        #[source]
        cause: std::io::Error,
    },
    /// What is at the address is not a sensor that this driver can read.
    #[error("{driver} sensor at {address} was refused: {reason}; nothing that it says is used")]
    Unfit {
        /// Which driver.
        driver: &'static str,
        /// Where.
        address: String,
        /// What was found and what is needed.
        reason: &'static str,
    },
    /// The driver has ended.
    #[error(
        "driver of the {driver} sensor at {address} has ended; the sensor counts as lost until it \
         is opened again"
    )]
    Gone {
        /// Which driver.
        driver: &'static str,
        /// Where.
        address: String,
    },
}

#[cfg(test)]
mod tests;
