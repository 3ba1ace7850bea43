//! `antipode table jog NAME --empty`: an empty bed moves while a key is held.
//!
//! It is for setting a table up, and never with a person: it asks for a typed word that the bed is
//! empty, and does not begin on a bed that is head-down, where somebody may be. Nothing of it goes
//! below horizontal without a commissioning record. The first letter grants 700 ms, which is the
//! pause of a keyboard, and every repeated one a lease.

mod bed;
mod hold;
mod keys;
mod told;

use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use antipode_device::{BootClock, TableError};
use antipode_files::TableFile;
use antipode_safety::{Angle, DriveState, Millis, MotionFault, Refusal, Timestamp};

use super::super::guarded::For;
use super::super::{beside, commissioned, hardware, named, session};
use super::home;
use crate::controls::Controls;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::instance::Status;
use crate::output::Output;
use crate::summary::Decimal;
use crate::words;

use bed::{Bed, Trouble};
use hold::{Hold, Way};
use keys::{Key, Keys};
use told::Told;

/// What is typed when the bed is empty.
const EMPTY: &str = "EMPTY";
/// The first report has come by then, and what was asked is answered.
const PATIENCE: Millis = Millis::from_secs(3);

/// Jogs the table that was named.
///
/// # Errors
/// When there is no such table, nobody at a terminal, or somebody may be on it.
pub(super) fn run(typed: &Path, data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let table = named::table(typed, data)?;
    let Some(driver) = hardware::driver(&table, typed, For::Use, data)? else {
        return Err(Failure::refused(format!("the table `{}` is simulated", table.name))
            .note("it lives inside a session, and there is nothing to set up"));
    };
    at_a_terminal(out)?;
    confirm_empty(&table, &mut io::stdin().lock(), out)?;
    let (controls, _server) = session::controls(data, None, out)?;
    let (open, _vitals) = beside::open(&table, hardware::open(&table, &*driver)?)?;
    let stated = hardware::stated(open.0.capabilities(), &table);
    let (limits, void) = commissioned::as_it_stands(&table, &stated, data)?;
    for why in &void {
        out.line(format_args!("not below horizontal: {why}"));
    }
    let runtime = runtime()?;
    let bed = runtime.block_on(begin(Bed::new(open, stated, limits), &table))?;
    let keys = Keys::take().map_err(|error| Failure::io("take the keyboard", &error))?;
    let (hold, told, name) = (Hold::default(), Told::default(), table.name);
    let mut jog = Jog { bed, hold, told, keys, controls, table: name };
    out.line("hold d: head-down, u: head-up   space: STOP   c: clear faults   q: leave");
    match runtime.block_on(jog.follow(out)) {
        // Under STOP nothing moves it but people.
        Ended::Stopped => {
            out.line("STOP is latched: the bed stays where it is");
            Ok(Exit::EndedEarly)
        }
        Ended::Left => {
            let Jog { bed, keys, controls: Controls { interrupts, mailbox, .. }, table, .. } = jog;
            // The way home takes the keys itself.
            drop(keys);
            let stop = || mailbox.take_stop();
            home::bring(bed.into_open(), &table, &interrupts, stop, &runtime, out)
        }
        Ended::Unanswered => {
            out.line(
                "STOP IS NOT ANSWERED: the table was told again and again and does not say that it \
                 stands. Look at the bed, and press STOP at the table",
            );
            Ok(Exit::Fault)
        }
        Ended::Gone => {
            out.line("THE TABLE IS NOT HEARD ANY MORE: look at the bed");
            Ok(Exit::Fault)
        }
    }
}

/// # Errors
/// Where nobody can hold a key.
fn at_a_terminal(out: &Output) -> Result<(), Failure> {
    if io::stdin().is_terminal() && !out.json() {
        return Ok(());
    }
    Err(Failure::refused("an empty bed is moved by somebody who stands beside it")
        .note("a key is held for as long as it moves, and this is no terminal")
        .help("run it in a terminal, without `--json`"))
}

/// Asks for the word.
///
/// # Errors
/// When anything else is typed.
fn confirm_empty(
    table: &TableFile,
    answers: &mut impl BufRead,
    out: &mut Output,
) -> Result<(), Failure> {
    out.line(format_args!(
        "This moves the bed of `{}`. NOBODY may be on it or in reach of it. Ankle latches closed.\n\
         Type {EMPTY} if the bed is empty:",
        table.name
    ));
    let mut line = String::new();
    answers.read_line(&mut line).map_err(|error| Failure::io("read an answer", &error))?;
    if line.trim() == EMPTY {
        return Ok(());
    }
    Err(Failure::refused(format!("not moved: `{EMPTY}` was not typed")))
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::io("move an empty bed", &error))
}

/// The failure of a table whose driver has ended.
fn gone(error: &TableError) -> Failure {
    Failure::new(Exit::Fault, format!("the table is gone: {error}"))
        .note("its own lease has stopped it, if it moved; look at the bed")
}

/// Waits until the bed is known to stand level or head-up, and has it armed.
///
/// # Errors
/// When it is not, or nothing is heard of it.
async fn begin(mut bed: Bed, table: &TableFile) -> Result<Bed, Failure> {
    let began = BootClock.now();
    let name = &table.name;
    let tilt = loop {
        bed.turn().await.map_err(|error| gone(&error))?;
        match bed.tilt() {
            Some(tilt) if bed.stands() => break tilt,
            Some(_) | None if BootClock.now().since(began) < PATIENCE => {}
            Some(_) => return Err(Failure::refused(format!("the bed of `{name}` moves"))),
            None => {
                return Err(Failure::refused(format!("the angle of `{name}` is not known"))
                    .help(format!("`antipode table watch {name}` shows what it reports")));
            }
        }
    };
    if tilt.is_head_down() {
        let at = words::degrees(tilt);
        return Err(Failure::refused(format!("the bed of `{name}` stands {at} degrees head-down"))
            .note("a bed that was left head-down may have somebody on it")
            .help(format!("bring it up first: `antipode table return {name}`")));
    }
    if bed.reading().is_some_and(|reading| reading.drive == DriveState::Stopped) {
        return Err(Failure::refused(format!("STOP is latched on `{name}`"))
            .help("let it go at the table, and acknowledge it there"));
    }
    bed.arm().await.map_err(|error| gone(&error))?;
    Ok(bed)
}

/// How it ended.
enum Ended {
    Stopped,
    /// STOP was said, and the table has not answered.
    Unanswered,
    Left,
    Gone,
}

/// Somebody at the keys of an empty bed.
struct Jog {
    bed: Bed,
    hold: Hold,
    told: Told,
    keys: Keys,
    controls: Controls,
    table: String,
}

impl Jog {
    /// Follows the keys until somebody leaves.
    async fn follow(&mut self, out: &mut Output) -> Ended {
        loop {
            match self.turn(out).await {
                Ok(None) => {}
                Ok(Some(ended)) => return ended,
                Err(error) => {
                    out.talk(error);
                    return Ended::Gone;
                }
            }
        }
    }

    async fn turn(&mut self, out: &mut Output) -> Result<Option<Ended>, TableError> {
        if let Some(trouble) = self.bed.turn().await? {
            self.hear(trouble, out).await?;
        }
        if self.controls.mailbox.take_stop() {
            self.stop(out).await?;
        }
        let typed = self.keys.typed();
        let gone = typed.is_none() || self.controls.interrupts.any();
        let leaving = gone || self.controls.mailbox.take_return();
        for key in typed.unwrap_or_default() {
            if let Some(ended) = self.key(key, out).await? {
                return Ok(Some(ended));
            }
        }
        if leaving {
            return self.leave(out).await.map(Some);
        }
        let now = BootClock.now();
        match self.hold.way(now) {
            Some(way) => self.push(way, out).await?,
            None => self.bed.rest().await?,
        }
        self.told.place(now, &self.bed, out);
        self.controls.mailbox.publish(|| self.status(now));
        Ok(None)
    }

    /// What `antipode status` says of it.
    fn status(&self, now: Timestamp) -> Status {
        let reading = self.bed.reading();
        Status {
            pid: std::process::id(),
            data: self.controls.data.clone(),
            table: self.table.clone(),
            state: "an empty bed is moved at the keys".to_owned(),
            tilt_deg: self.bed.tilt().map(Decimal::degrees),
            tilt_age_ms: reading.map(|reading| now.since(reading.at).get()),
            rate_deg_per_s: Decimal(reading.map_or(0, |r| r.rate.millideg_per_s().into())),
            stopped: reading.is_some_and(|reading| reading.drive == DriveState::Stopped),
            ..Status::default()
        }
    }

    async fn stop(&mut self, out: &mut Output) -> Result<(), TableError> {
        self.hold.other();
        self.bed.stop().await?;
        out.line("STOP   u: up while it is held   k: take the latch off   q: leave");
        Ok(())
    }

    async fn key(&mut self, key: Key, out: &mut Output) -> Result<Option<Ended>, TableError> {
        let now = BootClock.now();
        match key {
            Key::Down => self.hold.key(now, Way::Down),
            Key::Up => self.hold.key(now, Way::Up),
            Key::Stop => self.stop(out).await?,
            Key::Acknowledge => {
                self.hold.other();
                self.bed.acknowledge().await?;
            }
            Key::Clear => {
                self.hold.other();
                self.bed.halt().await?;
                self.bed.clear().await?;
                self.told.again();
            }
            Key::Quit => return self.leave(out).await.map(Some),
            Key::Other => self.hold.other(),
        }
        if self.hold.is_refused() {
            self.told.refused("something was in the way: let go, c, then the other key", out);
        }
        Ok(None)
    }

    /// Moves it on, where it may.
    async fn push(&mut self, way: Way, out: &mut Output) -> Result<(), TableError> {
        let Some(reading) = self.bed.reading() else { return self.bed.rest().await };
        if self.bed.stopping() {
            self.told.refused("STOP is said again until the table answers", out);
            return self.bed.rest().await;
        }
        let down = self.bed.tilt().is_none_or(Angle::is_head_down);
        let held_back = reading.drive == DriveState::Stopped || !reading.faults.is_empty();
        if way == Way::Up && down && held_back {
            return self.bed.bring_up().await;
        }
        let rate = self.bed.creep();
        if let Some(refusal) = self.bed.push(way, rate).await? {
            self.told.refused(&words_of(&refusal), out);
        }
        Ok(())
    }

    async fn hear(&mut self, trouble: Trouble, out: &mut Output) -> Result<(), TableError> {
        match trouble {
            Trouble::Obstacle(faults) => {
                let why =
                    format!("{faults}: let go, look what is in the way, c, then the other key");
                self.blocked(self.bed.way_of(faults), &why, out).await
            }
            Trouble::Astray(fault @ MotionFault::Stall { .. }) => {
                self.blocked(Some(Way::Up), &fault.to_string(), out).await
            }
            // Nobody is on it: a bed that moves on its own is stopped for good.
            Trouble::Astray(
                fault @ (MotionFault::Runaway { .. }
                | MotionFault::WrongWay { .. }
                | MotionFault::Slip { .. }),
            ) => {
                out.line(fault);
                self.stop(out).await
            }
            Trouble::Stopped => {
                self.told.refused("STOP is latched; k takes it off once it is let go", out);
                self.hold.other();
                Ok(())
            }
            Trouble::Lost => {
                out.line("the link was lost or taken: nothing moves until c");
                self.hold.other();
                Ok(())
            }
        }
    }

    async fn blocked(
        &mut self,
        way: Option<Way>,
        why: &str,
        out: &mut Output,
    ) -> Result<(), TableError> {
        out.line(why);
        if let Some(way) = way {
            self.hold.obstacle(way);
        }
        self.bed.halt().await
    }

    /// Leaves a bed that stands. A STOP that has not arrived yet is a STOP: nothing brings it home.
    async fn leave(&mut self, out: &mut Output) -> Result<Ended, TableError> {
        let until = BootClock.now().plus(PATIENCE);
        while self.bed.stopping() {
            if BootClock.now() >= until {
                return Ok(Ended::Unanswered);
            }
            if let Some(trouble) = self.bed.turn().await? {
                self.hear(trouble, out).await?;
            }
        }
        if self.bed.reading().is_some_and(|reading| reading.drive == DriveState::Stopped) {
            return Ok(Ended::Stopped);
        }
        self.bed.halt().await?;
        self.bed.disarm().await?;
        Ok(Ended::Left)
    }
}

/// Why it is not moved, in words.
fn words_of(refusal: &Refusal) -> String {
    match refusal {
        Refusal::MayPass { limit, .. } | Refusal::TargetPastLimit { limit, .. } => {
            format!("this is the end of its way: {} ({})", limit.value(), limit.why())
        }
        Refusal::WrongWay { .. } => "this is the end of its way".to_owned(),
        Refusal::NotArmed => "the table is not armed: c arms it".to_owned(),
        Refusal::NoMotion
        | Refusal::StopLatched
        | Refusal::NoRecord
        | Refusal::LatchesOpen { .. }
        | Refusal::TableFaults { .. }
        | Refusal::RatePastLimit { .. }
        | Refusal::RatePastTable { .. }
        | Refusal::AngleNotAgreed { .. }
        | Refusal::DoseTooShort { .. }
        | Refusal::FromUpright { .. }
        | Refusal::PastRestBand { .. }
        | Refusal::NotUpright { .. }
        | Refusal::NotHeld
        | Refusal::StillHeadDown { .. }
        | Refusal::RestFirst { .. } => format!("not moved: {refusal}"),
    }
}
