//! The loop of the guardian: bytes, then time, then words, then sleep.

use std::time::Duration;

use antipode_device::{BootClock, SensorEvent, come_first};
use antipode_guardian::{Fact, Fitness, Guardian, Parts, Sample};
use antipode_safety::{FaultSet, Millis, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::alarm::Alarm;
use super::clients::Clients;
use super::home::Home;
use super::inclinometer::Sought;
use super::vigil::Vigil;
use super::{GuardianError, GuardianPlan};
use crate::line::{Heard, Line, REOPEN_EVERY};
use crate::port::{Port, PortAddress};

/// Without a host, level and standing for so long, it leaves.
const LEAVE_AFTER: Millis = Millis::from_secs(10);
/// The longest it sleeps.
const LONGEST_SLEEP: Millis = Millis::new(10);
/// A turn that comes later than this has lost the angle.
const LATE: Millis = Millis::new(100);
/// How often it looks whether hosts still find it.
const LOOKS_EVERY: Millis = Millis::from_secs(1);
/// Most events taken from the sensor in one turn.
const MOST_EVENTS: usize = 64;
/// Most bytes taken from the drive in one turn.
const BITE: usize = 1_024;

/// A guardian with its port and its hosts.
pub struct Shell {
    guardian: Guardian,
    address: PortAddress,
    port: Option<Port>,
    reopen_at: Timestamp,
    clients: Clients,
    sensor: Option<Sought>,
    home: Home,
    out: Vec<u8>,
    /// Since when nobody needs it.
    idle_since: Option<Timestamp>,
    /// What was told of the drive, and what it says of itself.
    told: Option<(Fitness, Option<String>)>,
    facts: Vec<Fact>,
    faults: FaultSet,
    unknown_bits: u32,
    alarm: Alarm,
    vigil: Vigil,
    /// What `vigil` knows was put down where hosts find it.
    vigil_told: bool,
    /// When it looks next whether hosts find it.
    look_at: Timestamp,
    /// They do, or it was put down why not.
    findable: bool,
    /// The process that has the session.
    host: Option<i32>,
    /// The drive has been fit, or the guardian before died, so that somebody may have been moved.
    moved: bool,
}

impl std::fmt::Debug for Shell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shell").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Shell {
    /// Takes its place in the file system, opens the port and listens. Where the guardian before it died,
    /// a port that is not there is tried again for as long as it takes.
    ///
    /// # Errors
    /// Why no guardian can run here; nothing was sent to the drive then.
    pub fn open(plan: GuardianPlan, vigil: Vigil) -> Result<Self, GuardianError> {
        let GuardianPlan { drive, port, line, config, stroke, sensor, socket, loudness } = plan;
        let system = |what| move |cause| GuardianError::System { what, cause };
        let address =
            PortAddress::parse_with(&port, line).ok_or(GuardianError::Address { address: port })?;
        config.controller(&stroke)?;
        let mut home = Home::take(&socket)?;
        let name = socket.file_stem().map_or_else(String::new, |n| n.to_string_lossy().into());
        let alarm = Alarm::start(name, loudness).map_err(system("start the alarm"))?;
        let sensor = sensor.map(Sought::start).transpose();
        let sensor = sensor.map_err(system("start the search for the inclinometer"))?;
        let port = match Port::open(&address) {
            Ok(port) => Some(port),
            // Somebody may be head-down, and nobody else looks after them: it stays, tries again, and
            // cries until the bed is known to be level (H-01, H-39).
            Err(cause) if !home.was_level() => {
                home.log(&format!("the drive's port at {address} cannot be opened yet: {cause}"));
                None
            }
            Err(cause) => return Err(system("open the drive's port")(cause)),
        };
        let moved = !home.was_level();
        let boot = home.count_start(BootClock.now()).map_err(system("remove the old state"))?;
        let guardian = Guardian::new(Parts { config, stroke, drive, boot })?;
        let clients = Clients::listen(&socket).map_err(system("listen at the socket"))?;
        home.log(&format!("guards the drive at {address}"));
        Ok(Self {
            guardian,
            address,
            port,
            reopen_at: BootClock.now().plus(REOPEN_EVERY),
            clients,
            sensor,
            home,
            out: Vec::with_capacity(512),
            idle_since: None,
            told: None,
            facts: Vec::new(),
            faults: FaultSet::NONE,
            unknown_bits: 0,
            alarm,
            vigil,
            vigil_told: false,
            look_at: Timestamp::ZERO,
            findable: true,
            host: None,
            moved,
        })
    }

    /// Runs until nobody needs it, or `go` says no: a test's way to kill it.
    pub fn run_while(mut self, mut go: impl FnMut() -> bool) {
        self.come_first();
        let mut turned = BootClock.now();
        while go() {
            let late = BootClock.now().since(turned);
            turned = BootClock.now();
            if late > LATE {
                self.home.log(&format!("late: no turn for {} ms, the angle is lost", late.get()));
            }
            self.reopen(turned);
            self.listen_to_drive();
            self.listen_to_sensor();
            self.keep_vigil();
            self.stay_findable(turned);
            let now = BootClock.now();
            let guardian = &mut self.guardian;
            let latched = guardian.inspect().stop_latched;
            self.clients.listen_to(now, latched, |frame| guardian.hear_frame(now, frame));
            self.guardian.advance(now, &mut self.out);
            self.write_to_drive();
            self.guardian.say(&mut self.out);
            self.clients.say(&self.out);
            self.out.clear();
            self.note();
            if self.may_leave(now) {
                return self.home.leave();
            }
            self.sleep();
        }
    }

    /// Somebody may take its socket away while it lives: what cleans up folders, or copies them (H-39).
    /// The lock is its own, so that nobody else can be meant by the path.
    fn stay_findable(&mut self, now: Timestamp) {
        if now < self.look_at {
            return;
        }
        self.look_at = now.plus(LOOKS_EVERY);
        if self.clients.is_found() {
            return;
        }
        let system = |cause| GuardianError::System { what: "listen at the socket", cause };
        match self.home.restore().and_then(|()| self.clients.listen_again().map_err(system)) {
            Ok(()) => {
                self.home.log("its socket was taken away: it listens there again");
                self.tell_again();
                self.findable = true;
            }
            Err(error) if self.findable => {
                self.home.log(&format!("no host finds it, its socket was taken away: {error}"));
                self.findable = false;
            }
            Err(_) => {}
        }
    }

    /// What was told beside the socket may have gone with it.
    fn tell_again(&mut self) {
        (self.told, self.host, self.vigil_told) = (None, None, false);
        self.facts.clear();
        if let Some(need) = self.guardian.need(self.moved) {
            self.home.tell_need(Some(need));
        }
    }

    /// Before time moves anything: without a computer that stays awake nothing goes down.
    fn keep_vigil(&mut self) {
        let (awake, is_new) = self.vigil.look();
        self.guardian.stays(awake);
        if is_new || !self.vigil_told {
            // Said again with the next turn, where the disk is behind.
            self.vigil_told = self.home.tell_vigil(self.vigil.known());
        }
    }

    /// A turn that comes late has lost the angle: this thread goes before others, where it may.
    fn come_first(&mut self) {
        if !come_first() {
            self.home.log("runs at ordinary priority, which a busy machine may delay");
        }
    }

    fn listen_to_drive(&mut self) {
        let mut buffer = [0_u8; BITE];
        let Some(port) = &self.port else { return };
        match port.read(&mut buffer) {
            Heard::Bytes(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                self.guardian.drive_said(BootClock.now(), bytes);
            }
            Heard::Nothing => {}
            Heard::Gone => self.lose("the port was closed or unplugged"),
        }
    }

    /// The sensor has a thread of its own; what it has said is taken without waiting.
    fn listen_to_sensor(&mut self) {
        let Some(sensor) = &mut self.sensor else { return };
        if let Some(found) = sensor.look() {
            self.home.log(&found);
        }
        for _ in 0..MOST_EVENTS {
            match sensor.next() {
                None => return,
                Some(Ok(SensorEvent::Tilt(reading))) => {
                    if let Some(value) = reading.tilt {
                        self.guardian.sensed(Sample { at: reading.at, value });
                    }
                }
                Some(Ok(SensorEvent::Vitals(_))) => {}
                Some(Ok(SensorEvent::Lost(loss))) => {
                    self.home.log(&format!("the sensor's line is lost ({loss:?})"));
                }
                Some(Err(error)) => self.home.log(&error.to_string()),
            }
        }
    }

    /// Writes what is for the drive, whole. A line that takes nothing is a line that is lost.
    fn write_to_drive(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let wrote = self.port.as_ref().map(|port| port.write(&self.out));
        self.out.clear();
        if let Some(Err(error)) = wrote {
            self.lose(&error.to_string());
        }
    }

    fn lose(&mut self, why: &str) {
        self.home.log(&format!("the line to the drive is lost: {why}"));
        // The handle must go before the port can come back under its own name.
        self.port = None;
        self.reopen_at = BootClock.now().plus(REOPEN_EVERY);
        self.guardian.drive_opened();
    }

    fn reopen(&mut self, now: Timestamp) {
        if self.port.is_some() || now < self.reopen_at {
            return;
        }
        self.reopen_at = now.plus(REOPEN_EVERY);
        if let Ok(port) = Port::open(&self.address) {
            self.home
                .log("the line to the drive is open again; what was read before does not hold");
            self.port = Some(port);
            self.guardian.drive_opened();
        }
    }

    /// Puts down what has changed.
    fn note(&mut self) {
        self.note_drive();
        let need = self.guardian.need(self.moved);
        if self.alarm.needs(need) {
            self.home.tell_need(need);
        }
        let bits = self.guardian.unknown_bits();
        if bits & !self.unknown_bits != 0 {
            self.unknown_bits |= bits;
            self.home.log(&format!(
                "the drive reports 0x{bits:x}, which this program does not know: nothing starts, a \
                 return is still tried"
            ));
        }
        let host = self.clients.host();
        if host != self.host && self.home.tell_host(host) {
            self.host = host;
        }
        let faults = self.guardian.inspect().faults;
        if faults != self.faults {
            self.faults = faults;
            self.home.log(&format!("faults: {faults}"));
        }
    }

    /// Tells hosts of the drive: first what it says of itself, for whoever finds it fit looks there.
    fn note_drive(&mut self) {
        if self.facts != self.guardian.facts() {
            let facts = self.guardian.facts().to_vec();
            // Said again with the next turn, where the disk is behind: hosts wait for it.
            if !self.home.tell_drive(&facts) {
                return;
            }
            self.facts = facts;
        }
        let now = (self.guardian.fitness(), self.guardian.only_home());
        if self.told.as_ref() == Some(&now) {
            return;
        }
        self.moved |= matches!(now.0, Fitness::Fit { .. });
        let state = match &now {
            (Fitness::Unknown, _) => "unknown: the drive has not said yet how it is set".to_owned(),
            (Fitness::Fit { .. }, _) if self.facts.is_empty() => {
                "unknown: the drive has not said yet who it is".to_owned()
            }
            (Fitness::Fit { .. }, Some(why)) => format!("only home: {why}"),
            (Fitness::Fit { timeout }, None) => {
                format!("fit: it stops by itself after {} ms", timeout.get())
            }
            (Fitness::Unfit { reason }, _) => format!("unfit: {reason}"),
        };
        if self.home.tell_state(&state) {
            self.told = Some(now);
        }
    }

    /// Nobody is head-down as far as anyone can tell, nothing moves, and no host is there; or the
    /// drive was never fit to move anybody.
    fn may_leave(&mut self, now: Timestamp) -> bool {
        let seen = self.guardian.inspect();
        let down = seen.tilt_mdeg.max(seen.second_tilt_mdeg).is_some_and(|tilt| tilt > 0);
        let unneeded = self.guardian.may_leave() || (!self.moved && !down);
        if self.clients.any() || !unneeded {
            self.idle_since = None;
            return false;
        }
        let since = *self.idle_since.get_or_insert(now);
        now.since(since) >= LEAVE_AFTER
    }

    fn sleep(&mut self) {
        let due = self.guardian.next_wake().since(BootClock.now()).shorter(LONGEST_SLEEP);
        let Ok(limit) = Timespec::try_from(Duration::from_millis(due.get())) else { return };
        let hosts = self.clients.incoming();
        let drive = self.port.iter().map(Line::incoming);
        let mut waits: Vec<_> =
            hosts.chain(drive).map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        match poll(&mut waits, Some(&limit)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                self.home.log(&format!("waiting for the drive and its hosts failed: {error}"));
                std::thread::sleep(Duration::from_millis(1));
            }
        }
    }
}
