//! `antipode table return`: brings the bed of a table up to the rest band, and nothing else.
//!
//! Coming home needs no plan, no person's file and no commissioning record. It is for a bed that was
//! left head-down: by a program that died, by a table whose record no longer holds, under a STOP that
//! nobody is left to answer. One start of it brings the bed up; with STOP latched, and wherever only
//! somebody who sees the bed may move it, it comes for as long as a key of this terminal is held (I3).

mod keys;
mod tell;
mod way;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use antipode_device::{
    Beside, BootClock, OpenTable, Rates, ReturnMotion, Stopper, Table, TableError,
};
use antipode_files::TableFile;
use antipode_safety::{Millis, Rate, Timestamp};

use super::super::guarded::{self, For};
use super::super::{beside, hardware, named};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::inhibit::{self, Awake};
use crate::output::Output;
use crate::registry;
use crate::signals::{Interrupt, Interrupts};

use keys::{Keyboard, Keys, Pressed};
use tell::Teller;
use way::{Ended, Order, Way};

/// The loop turns so often; an order is said again, and the host's heartbeat sent, every fourth turn.
const TURN: Duration = Duration::from_millis(20);
const EVERY: Millis = Millis::new(80);
/// Keys that wait for longer than this were typed while the program stood still.
const OLD: Millis = Millis::new(500);
/// What a terminal keeps for a program that stands still, in looks of [`Keys::take`].
const LOOKS: usize = 32;

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
    // Asked for first and waited for last: nothing holds the way home up.
    let mut awake = Awake::ask("a bed is brought up");
    let open = with_sensor(&table, hardware::open(&table, &*driver)?, out);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::io("bring a table up", &error))?;
    if let Some(unfit) = guarded::unfit(&table, data) {
        out.talk(unfit);
    }
    if let Err(why) = awake.held_within(Duration::ZERO) {
        out.talk(inhibit::warning(&why));
    }
    bring(open, &table.name, &interrupts, || false, &runtime, out)
}

/// Brings the bed of an open table up, and says what came of it. `stop_pressed` is asked at every
/// turn, beside the keys of this terminal: STOP may also come from `antipode stop`.
///
/// # Errors
/// When nothing could be said about it.
pub(super) fn bring(
    open: OpenTable,
    name: &str,
    interrupts: &Interrupts,
    stop_pressed: impl FnMut() -> bool,
    runtime: &tokio::runtime::Runtime,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let teller =
        Teller::begin(name).map_err(|error| Failure::io("say how the bed comes up", &error))?;
    let mut keys = AlsoStop { keys: Keyboard::open(), pressed: stop_pressed };
    out.talk(tell::begins(keys.there()));
    let ended = runtime.block_on(Home::new(open, teller).bring(interrupts, &mut keys));
    drop(keys);
    tell::ended(&ended, name, out);
    Ok(ended.exit())
}

/// The keys of a terminal, and a STOP that comes another way.
struct AlsoStop<F> {
    keys: Keyboard,
    pressed: F,
}

impl<F: FnMut() -> bool> Keys for AlsoStop<F> {
    fn take(&mut self) -> Pressed {
        let typed = self.keys.take();
        Pressed { stop: typed.stop || (self.pressed)(), ..typed }
    }

    fn there(&self) -> bool {
        self.keys.there()
    }
}

/// The table with the sensor beside it, as a session has it (H-07). One that is not there keeps nobody
/// head-down: the bed comes by its own angle alone, and that is said.
fn with_sensor(file: &TableFile, open: OpenTable, out: &mut Output) -> OpenTable {
    let (table, stopper) = open;
    let Some(angle) = &file.sensors.angle else { return (table, stopper) };
    // Its guardian listens to it.
    if registry::is_guarded(&file.driver) {
        return (table, stopper);
    }
    let alone = |out: &mut Output, why: &str| {
        out.talk(format_args!("{why}: the bed comes up by its own angle alone, so look at it"));
    };
    let sensor = match beside::inclinometer(file, angle) {
        Ok(sensor) => sensor,
        Err(failure) => {
            alone(out, failure.message());
            return (table, stopper);
        }
    };
    match Beside::new(table, sensor) {
        Ok(beside) => (Box::new(beside), stopper),
        Err(refused) => {
            alone(out, &refused.why.to_string());
            (refused.table, stopper)
        }
    }
}

impl Ended {
    const fn exit(self) -> Exit {
        match self {
            Self::Home { stopped: false, .. } => Exit::Done,
            Self::Home { stopped: true, .. } | Self::Stopped(_) => Exit::EndedEarly,
            Self::Stuck(_) | Self::Gone => Exit::Fault,
        }
    }
}

/// An open table on its way up.
struct Home {
    table: Box<dyn Table>,
    stopper: Arc<dyn Stopper>,
    way: Way,
    teller: Teller,
    /// What was said last, and when.
    said: Option<(Order, Timestamp)>,
    /// When people were last listened to.
    listened: Option<Timestamp>,
}

impl Home {
    fn new((table, stopper): OpenTable, teller: Teller) -> Self {
        let fastest: Rate = match table.capabilities().rates {
            Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
        };
        let way = Way::new(BootClock.now(), fastest);
        Self { table, stopper, way, teller, said: None, listened: None }
    }

    /// Goes on until nobody is head-down, or nothing can be done from here. What the driver does not
    /// take is not repeated at once: the next turn comes soon enough, and the lease of the last ends.
    async fn bring(&mut self, interrupts: &Interrupts, keys: &mut dyn Keys) -> Ended {
        loop {
            if self.hear().await.is_err() {
                return Ended::Gone;
            }
            let now = BootClock.now();
            self.listen(now, interrupts, keys);
            self.way.look(now);
            if let Some(ended) = self.way.ended(now, keys.there()) {
                return match self.table.halt().await {
                    Ok(()) => ended,
                    Err(_) => Ended::Gone,
                };
            }
            match self.say(now).await {
                // A queue that is full for now takes the next: who leaves here leaves nobody who asks
                // for the way home (H-01). Nothing of it is old by then but what its lease has ended.
                Ok(()) | Err(TableError::Write { .. } | TableError::Unanswered { .. }) => {}
                Err(
                    TableError::Lost { .. } | TableError::Open { .. } | TableError::Unfit { .. },
                ) => return Ended::Gone,
            }
            self.teller.tell(now, &self.way, keys.there());
        }
    }

    /// Takes what the table says, for one turn.
    async fn hear(&mut self) -> Result<(), TableError> {
        match tokio::time::timeout(TURN, self.table.next_event()).await {
            Ok(Ok(event)) => self.way.hear(BootClock.now(), &event),
            Err(_late) => {}
            Ok(Err(error)) => return Err(error),
        }
        Ok(())
    }

    /// Takes what people want. A signal and a closed terminal ask for what is done already; under
    /// STOP none of them moves anything.
    fn listen(&mut self, now: Timestamp, interrupts: &Interrupts, keys: &mut dyn Keys) {
        let late = self.listened.replace(now).is_some_and(|last| now.since(last) > OLD);
        let pressed = if late { old_keys(keys) } else { keys.take() };
        (0..pressed.interrupts).for_each(|_| interrupts.interrupt());
        if pressed.gone {
            interrupts.close();
        }
        if pressed.come_up {
            self.way.press(now);
        }
        let mut stop = pressed.stop;
        while let Some(interrupt) = interrupts.take() {
            match interrupt {
                Interrupt::Return => self.teller.say_anew(),
                Interrupt::Stop => stop = true,
            }
        }
        if stop {
            self.way.stopped();
            // Its own lane first; the order of this turn is the same again.
            self.stopper.stop();
        }
    }

    /// Says what is in force: a change at once, the same every few turns.
    async fn say(&mut self, now: Timestamp) -> Result<(), TableError> {
        let order = self.way.order(now);
        if self.said.is_some_and(|(same, at)| same == order && now.since(at) < EVERY) {
            return Ok(());
        }
        self.said = Some((order, now));
        match order {
            Order::Stop => self.table.stop().await?,
            Order::Halt => self.table.halt().await?,
            Order::Return { rate, held } => {
                self.table.return_to_rest(ReturnMotion { rate, held }).await?;
            }
        }
        self.table.heartbeat().await
    }
}

/// All that was typed while the program stood still. Whoever held the key then may have let it go, so
/// that it moves nothing (I3); STOP counts however old it is.
fn old_keys(keys: &mut dyn Keys) -> Pressed {
    let mut all = Pressed::default();
    for _ in 0..LOOKS {
        let pressed = keys.take();
        if pressed == Pressed::default() {
            break;
        }
        all.stop |= pressed.stop;
        all.gone |= pressed.gone;
        all.interrupts = all.interrupts.saturating_add(pressed.interrupts);
    }
    all
}

#[cfg(test)]
mod tests;
