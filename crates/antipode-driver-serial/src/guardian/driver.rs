//! The driver of guarded tables: finds the living guardian of a drive, or starts one.

use std::ffi::OsString;
use std::fmt;
use std::fs::OpenOptions;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use antipode_device::{
    Address, BootClock, Capabilities, LinkPort, OpenTable, Rates, TableCommand, TableDriver,
    TableError, TableEvent, WireTrace,
};
use antipode_safety::{Millis, Timestamp};
use async_trait::async_trait;

use super::home::{last_words, log_path, other_host, own_folder, state_path};
use crate::dialect::Dialect;
use crate::holder::who;
use crate::line::{Place, REOPEN_EVERY};
use crate::link::host_id;
use crate::port_thread::start;
use crate::socket::{Socket, SocketAt};

/// A guardian listens within this after its start, and has read how its drive is set.
const READY: Duration = Duration::from_secs(8);
/// How often it is looked for meanwhile.
const LOOK: Duration = Duration::from_millis(20);
/// A guardian that was started is given so long before another one is.
const START_EVERY: Millis = Millis::from_secs(3);
/// A guardian notices within this time that a host has died.
const NOTICED: Duration = Duration::from_secs(1);
/// A guardian keeps what it was told when it started.
const OTHER_FILES: &str = "a guardian runs that was started with other files; with nobody head-down it \
                           ends by itself within ten seconds: try again then";

/// How one table's guardian is found and started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Launch {
    /// Where it listens.
    pub socket: PathBuf,
    /// The program that serves there and its arguments, such as this program with `guardian NAME`;
    /// empty where somebody else starts it.
    pub argv: Vec<OsString>,
}

/// What table link has no word for, and the model of a drive states.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stated {
    /// Its speeds. The fastest of a range is what the guardian says.
    pub rates: Rates,
    /// How hard it brakes, millidegrees a second each second.
    pub stop_decel: u32,
}

impl Stated {
    /// What the guardian has `said`, with this.
    fn with(self, said: Capabilities) -> Capabilities {
        let rates = match (self.rates, said.rates) {
            (Rates::Range { slowest, .. }, Rates::Range { fastest, .. }) => {
                Rates::Range { slowest, fastest }
            }
            (Rates::Fixed(only), _) | (Rates::Range { .. }, Rates::Fixed(only)) => {
                Rates::Fixed(only)
            }
        };
        Capabilities { rates, stop_decel: self.stop_decel, ..said }
    }
}

/// By what a guardian is known to have been started for a table as its files are now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The number of the table.
    pub serial: u32,
    /// What its settings come to.
    pub config_hash: u32,
}

/// Opens a table behind a guardian. What the address says is for people: the guardian holds the
/// port, and is found at its socket.
///
/// If the guardian dies, the table is lost, and a new one is started: disarmed, with its own first
/// report. Nothing moves by that; until then the drive's own timeout has stopped it.
#[derive(Clone, Debug)]
pub struct GuardedDriver {
    name: &'static str,
    summary: &'static str,
    launch: Launch,
    stated: Stated,
    of: Option<Identity>,
    even_unfit: bool,
    takes_over: bool,
}

impl GuardedDriver {
    /// A driver `name` of the table that `launch` guards, of which `stated` is known.
    #[must_use]
    pub const fn new(
        name: &'static str,
        summary: &'static str,
        launch: Launch,
        stated: Stated,
    ) -> Self {
        Self { name, summary, launch, stated, of: None, takes_over: false, even_unfit: false }
    }

    /// The same driver for whoever brings a person up: it waits for the session of a host that is
    /// silent, where any other gives way to whoever has it.
    #[must_use]
    pub fn taking_over(self) -> Self {
        Self { takes_over: true, ..self }
    }

    /// The same driver for this table alone: a guardian that was started with another drive, model or
    /// inclinometer, or with another setting of one of them, is refused.
    #[must_use]
    pub fn of(self, identity: Identity) -> Self {
        Self { of: Some(identity), ..self }
    }

    /// The same driver for whoever looks at the table or brings a person up: it opens whatever the
    /// drive says of itself. The guardian moves nothing as long as the drive must not be armed, and
    /// [`drive_state`] tells why; a session never begins like this (H-01, H-09).
    #[must_use]
    pub fn even_unfit(self) -> Self {
        Self { even_unfit: true, ..self }
    }

    async fn connect(
        &self,
        address: &Address,
        trace: Option<Box<dyn WireTrace>>,
    ) -> Result<OpenTable, TableError> {
        let failed =
            |cause| TableError::Open { driver: self.name, address: address.0.clone(), cause };
        if let Some(folder) = self.launch.socket.parent() {
            own_folder(folder).map_err(|error| failed(io::Error::other(error)))?;
        }
        let mut place = GuardianAt::new(self.launch.clone());
        let until = tokio::time::Instant::now() + READY;
        let line = loop {
            match place.open() {
                Ok(line) => break line,
                Err(error) if tokio::time::Instant::now() >= until => {
                    return Err(failed(self.no_guardian(&error)));
                }
                Err(_) => tokio::time::sleep(LOOK).await,
            }
        };
        if !self.takes_over {
            self.give_way().await.map_err(failed)?;
        }
        let link = LinkPort::new(host_id(BootClock.now()), false);
        let dialect = Guarded { link, stated: self.stated };
        let (end, wake) = start(place, line, dialect, trace).map_err(failed)?;
        let opened = tokio::time::timeout_at(until, end.connected(wake)).await.ok().flatten();
        let silent = || match other_host(&self.launch.socket) {
            Some(process) => taken_by(process),
            None => io::Error::new(io::ErrorKind::TimedOut, "its guardian does not answer"),
        };
        let open = opened.ok_or_else(|| failed(silent()))?;
        let found = open.0.capabilities();
        let found = Identity { serial: found.serial, config_hash: found.config_hash };
        if self.of.is_some_and(|of| of != found) {
            let (driver, address) = (self.name, address.0.clone());
            return Err(TableError::Unfit { driver, address, reason: OTHER_FILES });
        }
        if self.even_unfit {
            return Ok(open);
        }
        match self.unfit(until).await {
            Some(reason) => Err(failed(io::Error::other(reason))),
            None => Ok(open),
        }
    }

    /// Greets nobody while another program has the session: one that hangs for a moment must find it
    /// as it was. A host that has died is noticed within moments.
    async fn give_way(&self) -> io::Result<()> {
        let until = tokio::time::Instant::now() + NOTICED;
        while let Some(process) = other_host(&self.launch.socket) {
            if tokio::time::Instant::now() >= until {
                return Err(taken_by(process));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(())
    }

    /// Why there is no guardian, as it says itself where it got so far.
    fn no_guardian(&self, error: &io::Error) -> io::Error {
        let text = match last_words(&self.launch.socket) {
            // Its own reason counts; that no socket came up for us says nothing more.
            Some(said) if said.starts_with("error: ") => {
                let said = said.trim_start_matches("error: ");
                format!("its guardian cannot run: {said}")
            }
            Some(said) => {
                format!("its guardian does not come up ({error}); the last it wrote is: {said}")
            }
            None => format!("its guardian does not come up ({error})"),
        };
        io::Error::new(error.kind(), text)
    }

    /// Why the drive must not be armed, once the guardian has found out.
    async fn unfit(&self, until: tokio::time::Instant) -> Option<String> {
        loop {
            match drive_state(&self.launch.socket) {
                DriveState::Fit => return None,
                DriveState::Unfit(reason) | DriveState::OnlyHome(reason) => {
                    return Some(format!("its drive must not be armed: {reason}"));
                }
                DriveState::Unknown => {}
            }
            if tokio::time::Instant::now() >= until {
                let silent =
                    "its drive does not say how it is set: is it on, is it the right port?";
                return Some(silent.to_owned());
            }
            tokio::time::sleep(LOOK).await;
        }
    }
}

/// What the guardian at a socket has found out about its drive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DriveState {
    /// It has not said yet how it is set, or no guardian lives there.
    Unknown,
    /// It may be armed.
    Fit,
    /// It must not be armed, for this reason; whoever is head-down on it still comes home.
    OnlyHome(String),
    /// It must not be armed, for this reason: nothing moves, not even home, as long as it lasts.
    Unfit(String),
}

/// What the guardian at `socket` has found out about its drive so far.
#[must_use]
pub fn drive_state(socket: &Path) -> DriveState {
    let state = std::fs::read_to_string(state_path(socket)).unwrap_or_default();
    if state.starts_with("fit:") {
        return DriveState::Fit;
    }
    if let Some(reason) = state.strip_prefix("only home: ") {
        return DriveState::OnlyHome(reason.to_owned());
    }
    match state.strip_prefix("unfit: ") {
        Some(reason) => DriveState::Unfit(reason.to_owned()),
        None => DriveState::Unknown,
    }
}

fn taken_by(process: i32) -> io::Error {
    let what = format!("{} has it, and was not disturbed", who(process));
    io::Error::new(io::ErrorKind::ResourceBusy, what)
}

#[async_trait]
impl TableDriver for GuardedDriver {
    fn name(&self) -> &'static str {
        self.name
    }

    fn summary(&self) -> &'static str {
        self.summary
    }

    async fn open(&self, address: &Address) -> Result<OpenTable, TableError> {
        self.connect(address, None).await
    }

    async fn open_traced(
        &self,
        address: &Address,
        trace: Box<dyn WireTrace>,
    ) -> Result<OpenTable, TableError> {
        self.connect(address, Some(trace)).await
    }
}

/// A guardian's socket; where nobody listens, a guardian is started.
struct GuardianAt {
    at: SocketAt,
    argv: Vec<OsString>,
    started: Option<Timestamp>,
}

impl GuardianAt {
    fn new(launch: Launch) -> Self {
        Self { at: SocketAt { path: launch.socket }, argv: launch.argv, started: None }
    }

    /// Starts a guardian that outlives this process. It is never ended from here.
    fn start(&mut self) -> io::Result<()> {
        let now = BootClock.now();
        let Some((program, arguments)) = self.argv.split_first() else { return Ok(()) };
        if self.started.is_some_and(|at| now.since(at) < START_EVERY) {
            return Ok(());
        }
        self.started = Some(now);
        let log = OpenOptions::new().create(true).append(true).open(log_path(&self.at.path))?;
        let mut child = Command::new(program)
            .args(arguments)
            .process_group(0)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()?;
        std::thread::Builder::new().name("guardian-end".to_owned()).spawn(move || {
            match child.wait() {
                Ok(status) => tracing::info!(%status, "the guardian has ended"),
                Err(error) => tracing::warn!(%error, "the guardian's end was not seen"),
            }
        })?;
        Ok(())
    }
}

impl fmt::Display for GuardianAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.at.fmt(f)
    }
}

impl Place for GuardianAt {
    type Line = Socket;

    fn reopen_every(&self) -> Option<Millis> {
        Some(REOPEN_EVERY)
    }

    fn open(&mut self) -> io::Result<Socket> {
        match self.at.open() {
            Ok(line) => Ok(line),
            Err(error) => {
                self.start()?;
                Err(error)
            }
        }
    }
}

/// Table link as a guardian speaks it, and what it cannot say of its drive.
struct Guarded {
    link: LinkPort,
    stated: Stated,
}

impl Dialect for Guarded {
    type Command = TableCommand;
    type Event = TableEvent;

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.link.poll(now, out);
    }

    fn next_poll(&self) -> Timestamp {
        self.link.next_poll()
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        self.link.receive(now, bytes);
    }

    fn send(&mut self, now: Timestamp, command: TableCommand, out: &mut Vec<u8>) {
        self.link.send(now, command, out);
    }

    fn next_event(&mut self) -> Option<TableEvent> {
        let event = self.link.next_event()?;
        Some(if let TableEvent::Connected(said) = event {
            TableEvent::Connected(self.stated.with(said))
        } else {
            event
        })
    }

    fn is_foreign(&self) -> bool {
        self.link.is_foreign()
    }

    fn hung_up(&mut self) {
        self.link.hung_up();
    }

    fn reopen(&mut self) {
        self.link.reopen();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guardian_is_started_where_nobody_listens_and_not_again_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (socket, mark) = (dir.path().join("drive.sock"), dir.path().join("mark"));
        let script = format!("echo started >> {}", mark.display());
        let argv = ["/bin/sh", "-c", &script].map(OsString::from).to_vec();
        let mut place = GuardianAt::new(Launch { socket: socket.clone(), argv });
        let until = std::time::Instant::now() + Duration::from_secs(30);
        let started = || std::fs::read_to_string(&mark).unwrap_or_default();
        assert!(place.open().is_err() && place.open().is_err(), "nobody listens yet");
        while started().is_empty() {
            assert!(std::time::Instant::now() < until, "it was never started");
            std::thread::yield_now();
        }
        assert!(place.open().is_err());
        assert_eq!(started(), "started\n");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(place.open().is_ok(), "the living one is found");
    }
}
