//! `antipode table return`: brings the bed of a table up to the rest band, and nothing else.
//!
//! Coming home needs no plan, no person's file and no commissioning record. It is for a bed that was
//! left head-down: by a program that died, by a table whose record no longer holds.

use std::path::Path;
use std::time::Duration;

use antipode_device::{BootClock, OpenTable, ReturnMotion, Stopper, Table, TableError, TableEvent};
use antipode_safety::{Angle, DriveState, Millis, Rate, Reading, Timestamp, limits::RETURN_FLOOR};

use super::super::guarded::For;
use super::super::{hardware, named};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::signals::{Interrupt, Interrupts};
use crate::words;

/// The loop turns so often; a return is said again, and the host's heartbeat sent, every fourth turn.
const TURN: Duration = Duration::from_millis(20);
const EVERY: Millis = Millis::new(80);
/// A reading older than this is no present.
const OLD: Millis = Millis::from_secs(2);
/// From the deepest tilt at the slowest return, with room to spare (I-06 allows 120 s by creep).
const LONGEST: Millis = Millis::from_secs(180);
/// At rest for so long, the bed has arrived.
const SETTLED: Millis = Millis::from_secs(1);

/// Slower than this it stands, as far as a sensor can tell.
const STANDS: Rate = Rate::clamped(200);

/// Brings the table that was named up.
///
/// # Errors
/// When there is no such table, or it cannot be opened.
pub(super) fn run(typed: &Path, data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let table = named::table(typed, data)?;
    let Some(driver) = hardware::driver(&table, typed, For::Return, data)? else {
        return Err(Failure::refused(format!("the table `{}` is simulated", table.name))
            .note("it lives inside a session, and rests where that has ended"));
    };
    let interrupts = Interrupts::watch()
        .map_err(|error| Failure::io("take over the signals of this process", &error))?;
    let open = hardware::open(&table, &*driver)?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::io("bring a table up", &error))?;
    Ok(bring(open, &interrupts, || false, &runtime, out))
}

/// Brings the bed of an open table up, and says what came of it. `stop_pressed` is asked at every
/// turn: whoever has STOP under a finger keeps it there.
pub(super) fn bring(
    open: OpenTable,
    interrupts: &Interrupts,
    stop_pressed: impl FnMut() -> bool,
    runtime: &tokio::runtime::Runtime,
    out: &mut Output,
) -> Exit {
    out.talk("bringing the bed up to the rest band; Ctrl-C twice is STOP");
    let ended = runtime.block_on(Home::new(open).bring(interrupts, stop_pressed));
    tell(&ended, out);
    ended.exit()
}

/// What came of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ended {
    /// It stands in the rest band, or further head-up, where nothing brings it down by itself.
    Home(Angle),
    /// STOP is latched.
    Stopped(Option<Angle>),
    /// It did not come in time.
    Stuck(Option<Angle>),
    /// The driver, or its line, is gone.
    Gone,
}

impl Ended {
    const fn exit(self) -> Exit {
        match self {
            Self::Home(_) => Exit::Done,
            Self::Stopped(_) => Exit::EndedEarly,
            Self::Stuck(_) | Self::Gone => Exit::Fault,
        }
    }
}

fn tell(ended: &Ended, out: &mut Output) {
    let at = |tilt: Option<Angle>| {
        tilt.map_or_else(
            || "UNKNOWN".to_owned(),
            |tilt| format!("{} degrees", words::degrees(tilt)),
        )
    };
    let (word, tilt) = match *ended {
        Ended::Home(tilt) => ("home", Some(tilt)),
        Ended::Stopped(tilt) => ("stopped", tilt),
        Ended::Stuck(tilt) => ("not_home", tilt),
        Ended::Gone => ("gone", None),
    };
    if out.json() {
        let tilt_deg = tilt.map(crate::summary::Decimal::degrees);
        out.document(&serde_json::json!({ "outcome": word, "tilt_deg": tilt_deg }));
    }
    out.line(match *ended {
        Ended::Home(tilt) => format!("the bed stands at {} degrees", words::degrees(tilt)),
        Ended::Stopped(tilt) => format!(
            "STOP is latched, tilt {}: let it go, then hold RETURN on the table's own hand control",
            at(tilt)
        ),
        Ended::Stuck(tilt) => format!(
            "THE BED DID NOT COME UP, tilt {}: bring the person up by hand, the way that the \
             table's file names",
            at(tilt)
        ),
        Ended::Gone => {
            "THE TABLE IS NOT HEARD ANY MORE: look at the bed, and bring the person up by \
                        hand if it does not come by itself"
                .to_owned()
        }
    });
}

/// An open table on its way up.
struct Home {
    table: Box<dyn Table>,
    stopper: std::sync::Arc<dyn Stopper>,
    reading: Option<Reading>,
    /// Since when it stands level or head-up.
    settled: Option<Timestamp>,
}

impl Home {
    fn new((table, stopper): OpenTable) -> Self {
        Self { table, stopper, reading: None, settled: None }
    }

    /// Says the return again and again until the bed is home. What the driver does not take is not
    /// repeated: the next one comes soon enough, and the lease of the last has an end.
    async fn bring(
        &mut self,
        interrupts: &Interrupts,
        mut stop_pressed: impl FnMut() -> bool,
    ) -> Ended {
        let began = BootClock.now();
        let mut said = Timestamp::ZERO;
        loop {
            let now = BootClock.now();
            if self.hear().await.is_err() {
                return Ended::Gone;
            }
            if stop_pressed() || interrupts.take() == Some(Interrupt::Stop) {
                // Both ways: one of them may be full.
                self.stopper.stop();
                return match self.table.stop().await {
                    Ok(()) => Ended::Stopped(self.tilt(now)),
                    Err(_) => Ended::Gone,
                };
            }
            if let Some(ended) = self.ended(now, began) {
                return match self.table.halt().await {
                    Ok(()) => ended,
                    Err(_) => Ended::Gone,
                };
            }
            if now.since(said) >= EVERY {
                said = now;
                if self.say().await.is_err() {
                    return Ended::Gone;
                }
            }
        }
    }

    /// Takes what the table says, for one turn.
    async fn hear(&mut self) -> Result<(), TableError> {
        match tokio::time::timeout(TURN, self.table.next_event()).await {
            Ok(Ok(TableEvent::Reading(reading))) => self.reading = Some(reading),
            Ok(Ok(TableEvent::SessionLost | TableEvent::Lost(_))) => self.reading = None,
            Ok(Ok(
                TableEvent::Connected(_)
                | TableEvent::Armed
                | TableEvent::Refused
                | TableEvent::Mismatch,
            ))
            | Err(_) => {}
            Ok(Err(error)) => return Err(error),
        }
        Ok(())
    }

    async fn say(&mut self) -> Result<(), TableError> {
        let motion = ReturnMotion { rate: RETURN_FLOOR, held: false };
        self.table.return_to_rest(motion).await?;
        self.table.heartbeat().await
    }

    /// The tilt, as long as it is the present one.
    fn tilt(&self, now: Timestamp) -> Option<Angle> {
        self.reading.filter(|reading| now.since(reading.at) < OLD).and_then(|reading| reading.tilt)
    }

    fn ended(&mut self, now: Timestamp, began: Timestamp) -> Option<Ended> {
        let tilt = self.tilt(now);
        if self.reading.is_some_and(|reading| reading.drive == DriveState::Stopped) {
            return Some(Ended::Stopped(tilt));
        }
        let stands = self.reading.is_some_and(|reading| reading.rate.magnitude() <= STANDS);
        match tilt.filter(|tilt| !tilt.is_head_down() && stands) {
            None => self.settled = None,
            Some(tilt) => {
                let since = *self.settled.get_or_insert(now);
                if now.since(since) >= SETTLED {
                    return Some(Ended::Home(tilt));
                }
            }
        }
        (now.since(began) >= LONGEST).then_some(Ended::Stuck(tilt))
    }
}

#[cfg(test)]
mod tests;
