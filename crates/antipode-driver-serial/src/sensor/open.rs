//! Opening a sensor: its port for this program alone, emptied, and known by what it speaks.

use std::io;
use std::time::Duration;

use antipode_device::{Address, BootClock, Sensor, SensorCapabilities, SensorError, SensorEvent};
use antipode_safety::{Millis, Timestamp};
use async_trait::async_trait;
use tokio::sync::mpsc::Receiver;

use super::listener::{Complaint, Listener, Speech};
use crate::port::{Port, PortAddress};
use crate::port_thread::watch;

/// A sensor that is what its driver was made for says so within this time: the slowest speak once a
/// second, and the first word may be cut.
const SPEAKS_WITHIN: Duration = Duration::from_secs(4);

/// One kind of sensor.
pub(super) struct SensorKind {
    /// Its name in files and on the command line.
    pub(super) name: &'static str,
    /// Baud rate as it comes from the maker; the address may name another.
    pub(super) baud: u32,
    /// What it measures. How often is found out.
    pub(super) measures: SensorCapabilities,
    /// Readings to know it by, the last of them believed.
    pub(super) known_by: u32,
    /// What is slower cannot be used.
    pub(super) slowest: Millis,
    /// Said of one that is slower.
    pub(super) slow: &'static str,
}

/// Opens the sensor at `address`.
///
/// # Errors
/// [`SensorError::Open`] where the port cannot be had or nothing arrives, [`SensorError::Unfit`] where
/// what arrives is not what a sensor of this kind says.
pub(super) async fn open(
    kind: SensorKind,
    address: &Address,
    speech: impl Speech,
) -> Result<Box<dyn Sensor>, SensorError> {
    let (driver, address) = (kind.name, address.0.clone());
    let failed = |cause| SensorError::Open { driver, address: address.clone(), cause };
    let unfit = |reason| SensorError::Unfit { driver, address: address.clone(), reason };
    let place = PortAddress::parse_or(&address, kind.baud).ok_or_else(|| {
        unfit("its address is no port: write /dev/serial/by-id/... and @BAUD where needed")
    })?;
    let port = Port::open(&place).map_err(failed)?;
    let complaint = Complaint::default();
    let listener = Listener::new(speech, BootClock.now(), Complaint::clone(&complaint));
    let mut events = watch(place, port, listener, None).map_err(failed)?;
    // Whoever gives up drops the receiver, and the thread ends.
    let mut seen = Seen::default();
    let spoke = tokio::time::timeout(SPEAKS_WITHIN, seen.until_known(&mut events, kind.known_by));
    let known = spoke.await.unwrap_or(false);
    let every = seen.every();
    let complaint = complaint.lock().map_or(None, |complaint| *complaint);
    if !known && seen.readings == 0 && complaint.is_none() {
        let silent = "nothing arrives on it; is it the right port, and is the sensor on?";
        return Err(failed(io::Error::new(io::ErrorKind::TimedOut, silent)));
    }
    if !known || every.is_none_or(|every| every > kind.slowest) {
        return Err(unfit(complaint.unwrap_or(kind.slow)));
    }
    let capabilities = SensorCapabilities { report_every: every, ..kind.measures };
    Ok(Box::new(OpenSensor { capabilities, events, driver, address }))
}

/// What was heard while it was opened.
#[derive(Default)]
struct Seen {
    readings: u32,
    /// So many in a row were believed.
    believed: u32,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
}

impl Seen {
    /// Waits for so many readings, the last three of them believed; false when the thread is gone.
    async fn until_known(&mut self, events: &mut Receiver<SensorEvent>, count: u32) -> bool {
        while self.readings < count || self.believed < count.min(3) {
            let Some(event) = events.recv().await else { return false };
            let (at, believed) = match event {
                SensorEvent::Tilt(reading) => (reading.at, reading.tilt.is_some()),
                SensorEvent::Vitals(reading) => (reading.at, true),
                SensorEvent::Lost(_) => {
                    *self = Self::default();
                    continue;
                }
            };
            self.readings = self.readings.saturating_add(1);
            self.believed = if believed { self.believed.saturating_add(1) } else { 0 };
            self.first = self.first.or(Some(at));
            self.last = Some(at);
        }
        true
    }

    /// Time between two readings, rounded up.
    fn every(&self) -> Option<Millis> {
        let (first, last) = self.first.zip(self.last)?;
        let gaps = u64::from(self.readings.checked_sub(1)?);
        (gaps > 0).then(|| Millis::new(last.since(first).get().div_ceil(gaps)))
    }
}

/// An open sensor. Dropping it closes the line.
struct OpenSensor {
    capabilities: SensorCapabilities,
    events: Receiver<SensorEvent>,
    driver: &'static str,
    address: String,
}

#[async_trait]
impl Sensor for OpenSensor {
    fn capabilities(&self) -> SensorCapabilities {
        self.capabilities.clone()
    }

    async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
        let gone = || SensorError::Gone { driver: self.driver, address: self.address.clone() };
        self.events.recv().await.ok_or_else(gone)
    }
}
