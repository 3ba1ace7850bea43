//! A table that carries the angle of a sensor beside it.
//!
//! A table with one angle of its own is believed as long as nothing contradicts it. With an
//! inclinometer on the bed there are two, and what compares them (H-07) takes both from one reading.
//! So the sensor's angle is put into the reading that the table gives next, where it is young enough
//! to belong there.

use std::collections::VecDeque;

use antipode_safety::{Angle, FaultSet, Millis, Timestamp, guard::Permit};
use async_trait::async_trait;

use crate::{
    Capabilities, CommandId, ReturnMotion, Sensor, SensorCapabilities, SensorError, SensorEvent,
    Table, TableError, TableEvent, TiltReading,
};

/// A sensor's angle older than this is not put into a reading. The guard ages both angles from the
/// arrival of the reading, so the rest of the age is hidden from it: at the fastest that any table
/// turns by a plan (6 degrees a second) this is 0.9 degrees, within what every worst case adds for a
/// sensor ([`antipode_safety::angle::SENSOR_MARGIN_MILLIDEG`]).
pub const BESIDE_AGE: Millis = Millis::new(150);
/// Tilts that are kept to find the one that belongs to a reading: two thirds of a second of the
/// quickest sensor, longer than any reading waits that is still of use.
const KEPT: usize = 64;
/// Words of the sensor that are taken before the table is asked, however many there are.
const AT_ONCE: u32 = 128;

/// Why a sensor cannot stand beside a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotBeside {
    /// A third source would be compared with nothing.
    #[error("the table measures a second angle itself, so that of a sensor beside it is not used")]
    TableHasTwo,
    /// It measures something else.
    #[error("the sensor measures no tilt")]
    NoTilt,
    /// It measures no real bed, and the table is one.
    #[error("the sensor is simulated and the table is not")]
    SimulatedSensor,
    /// Its angles would be too old before the next one comes.
    #[error(
        "the sensor speaks every {every} ms; an angle older than {} ms is not used beside a table",
        BESIDE_AGE.get()
    )]
    Slow {
        /// Milliseconds between two angles; 0 where each is asked for by a hand.
        every: u64,
    },
}

/// A table that was not put beside a sensor, still open, and why. The sensor is closed.
pub struct RefusedBeside {
    /// The table as it was given.
    pub table: Box<dyn Table>,
    /// Why.
    pub why: NotBeside,
}

impl std::fmt::Debug for RefusedBeside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RefusedBeside").field("why", &self.why).finish_non_exhaustive()
    }
}

/// A table and the sensor that measures its bed.
///
/// What the table is told goes through unchanged. Once the sensor is lost its readings carry no
/// second angle, until it is back: what that means is for the session to decide.
pub struct Beside {
    table: Box<dyn Table>,
    /// None once its driver has ended.
    sensor: Option<Box<dyn Sensor>>,
    tilts: Tilts,
    /// The table has said that it has a second angle of its own.
    own: bool,
}

impl std::fmt::Debug for Beside {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Beside").field("tilts", &self.tilts).field("own", &self.own).finish()
    }
}

impl Beside {
    /// Puts `sensor` beside `table`.
    ///
    /// # Errors
    /// Says why its angle would be of no use, and gives the table back: who brings somebody home
    /// goes on without the sensor.
    pub fn new(table: Box<dyn Table>, sensor: Box<dyn Sensor>) -> Result<Self, RefusedBeside> {
        match Self::fits(&table.capabilities(), &sensor.capabilities()) {
            Ok(()) => Ok(Self { table, sensor: Some(sensor), tilts: Tilts::default(), own: false }),
            Err(why) => Err(RefusedBeside { table, why }),
        }
    }

    fn fits(stated: &Capabilities, measures: &SensorCapabilities) -> Result<(), NotBeside> {
        if stated.second_angle {
            return Err(NotBeside::TableHasTwo);
        }
        if !measures.tilt {
            return Err(NotBeside::NoTilt);
        }
        if measures.simulated && !stated.simulated {
            return Err(NotBeside::SimulatedSensor);
        }
        match measures.report_every {
            Some(every) if every <= BESIDE_AGE => Ok(()),
            Some(every) => Err(NotBeside::Slow { every: every.get() }),
            None => Err(NotBeside::Slow { every: 0 }),
        }
    }

    /// Takes a word of the sensor, or that there will be none any more.
    fn heard(&mut self, word: Result<SensorEvent, SensorError>) {
        match word {
            Ok(SensorEvent::Tilt(reading)) => self.tilts.keep(reading),
            Ok(SensorEvent::Vitals(_)) => {}
            // Its driver has said so. What follows from it is the session's to say.
            Ok(SensorEvent::Lost(_)) => self.tilts = Tilts::default(),
            Err(_) => {
                self.tilts = Tilts::default();
                self.sensor = None;
            }
        }
    }

    fn complete(&mut self, event: TableEvent) -> TableEvent {
        match event {
            TableEvent::Connected(stated) => {
                self.own = stated.second_angle;
                TableEvent::Connected(Capabilities { second_angle: true, ..stated })
            }
            TableEvent::Reading(mut reading) => {
                if !self.own {
                    reading.tilt_second = self.tilts.at(reading.at);
                }
                TableEvent::Reading(reading)
            }
            TableEvent::Armed
            | TableEvent::Refused
            | TableEvent::Mismatch
            | TableEvent::SessionLost
            | TableEvent::FaultBegan(_)
            | TableEvent::Lost(_) => event,
        }
    }
}

/// The next word of a sensor; none ever comes of one that is gone.
async fn next(sensor: &mut Option<Box<dyn Sensor>>) -> Result<SensorEvent, SensorError> {
    match sensor {
        Some(sensor) => sensor.next_event().await,
        None => std::future::pending().await,
    }
}

#[async_trait]
impl Table for Beside {
    fn capabilities(&self) -> Capabilities {
        Capabilities { second_angle: true, ..self.table.capabilities() }
    }

    async fn arm(&mut self) -> Result<(), TableError> {
        self.table.arm().await
    }

    async fn disarm(&mut self) -> Result<(), TableError> {
        self.table.disarm().await
    }

    async fn start(&mut self, id: CommandId, permit: Permit) -> Result<(), TableError> {
        self.table.start(id, permit).await
    }

    async fn halt(&mut self) -> Result<(), TableError> {
        self.table.halt().await
    }

    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        self.table.return_to_rest(motion).await
    }

    async fn stop(&mut self) -> Result<(), TableError> {
        self.table.stop().await
    }

    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.table.heartbeat().await
    }

    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.table.acknowledge_stop().await
    }

    async fn clear_faults(&mut self, faults: FaultSet) -> Result<(), TableError> {
        self.table.clear_faults(faults).await
    }

    /// The sensor first, so that its angle of a moment is there when the table's of that moment is
    /// handed on.
    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        let mut words = 0;
        loop {
            tokio::select! {
                biased;
                word = next(&mut self.sensor), if words < AT_ONCE => {
                    words += 1;
                    self.heard(word);
                }
                event = self.table.next_event() => return Ok(self.complete(event?)),
            }
        }
    }
}

/// The last tilts that were believed, oldest first.
#[derive(Debug, Default)]
struct Tilts(VecDeque<(Timestamp, Angle)>);

impl Tilts {
    /// A reading that is not believed is not kept. The one before it stays what it was: a true tilt
    /// of its own moment, and goes when it is too old. One bad frame of many is no lost sensor.
    fn keep(&mut self, reading: TiltReading) {
        let Some(tilt) = reading.tilt else { return };
        let newest = self.0.back().map_or(Timestamp::ZERO, |(at, _)| *at);
        if reading.at < newest {
            return;
        }
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back((reading.at, tilt));
    }

    /// The tilt at the moment `at`: the newest that was measured by then, unless it is too old.
    /// What was measured later belongs to a later reading.
    fn at(&self, at: Timestamp) -> Option<Angle> {
        let (measured, tilt) = self.0.iter().rev().find(|(measured, _)| *measured <= at)?;
        (at.since(*measured) <= BESIDE_AGE).then_some(*tilt)
    }
}

#[cfg(test)]
mod tests;
