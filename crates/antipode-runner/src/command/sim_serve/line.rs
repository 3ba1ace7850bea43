//! The pseudo-terminal of a served table: both ends, the machine's clock, the rate of the line.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::time::{Duration, Instant};

use antipode_safety::Timestamp;
use antipode_sim::world::Served;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

/// The world's loop turns every ten milliseconds; a byte wakes it earlier.
const TURN: Duration = Duration::from_millis(2);
/// A world this far behind was suspended with its machine: its time stood still.
const SUSPENDED_MS: u64 = 1_000;

/// The table's end of a line.
pub(super) struct Line {
    master: File,
    /// Stays open: without it the table's end would see the host go, which no real line shows, and
    /// a table would stop for a reason that it never has.
    _slave: File,
    path: String,
    baud: u32,
    began: Instant,
    /// Time that passed while the machine slept, milliseconds.
    slept_ms: u64,
    reached_ms: u64,
    said: Vec<u8>,
}

impl Line {
    /// A new line, with nobody at the other end.
    pub(super) fn open() -> io::Result<Self> {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let path = ptsname(&master, Vec::new())?.into_string().map_err(io::Error::other)?;
        let slave = File::options().read(true).write(true).open(&path)?;
        // As a terminal it would send what the table says back to it.
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        // A host that does not read must not hold up the table.
        rustix::io::ioctl_fionbio(&master, true)?;
        Ok(Self {
            master: File::from(master),
            _slave: slave,
            path,
            baud: 0,
            began: Instant::now(),
            slept_ms: 0,
            reached_ms: 0,
            said: Vec::new(),
        })
    }

    /// The name under which a host opens it.
    pub(super) fn path(&self) -> &str {
        &self.path
    }

    /// The rate to which a host last set it.
    pub(super) const fn baud(&self) -> u32 {
        self.baud
    }

    /// Waits for a byte or the next turn.
    pub(super) fn wait(&self) -> io::Result<()> {
        let limit = Timespec::try_from(TURN).map_err(io::Error::other)?;
        match poll(&mut [PollFd::new(&self.master, PollFlags::IN)], Some(&limit)) {
            // A signal wakes as well as anything else.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Hands over what has come, lets the world run on to now, and says what it has to say.
    pub(super) fn pass_on(&mut self, served: &mut Served) -> io::Result<()> {
        self.keep_pace(served)?;
        let mut heard = [0_u8; 256];
        match self.master.read(&mut heard) {
            Ok(count) => served.hear(heard.get(..count).unwrap_or_default()),
            Err(error) if only_not_now(&error) => {}
            Err(error) => return Err(error),
        }
        served.advance(self.now());
        served.say(&mut self.said);
        // What a host does not read is lost, as in any full buffer.
        match self.master.write(&self.said) {
            Ok(_) => {}
            Err(error) if only_not_now(&error) => {}
            Err(error) => return Err(error),
        }
        self.said.clear();
        Ok(())
    }

    /// A pseudo-terminal carries everything at once; the simulated wires take as long as the rate
    /// says that the host's end is set to.
    fn keep_pace(&mut self, served: &mut Served) -> io::Result<()> {
        let baud = tcgetattr(&self.master)?.output_speed();
        if baud != self.baud {
            self.baud = baud;
            served.set_baud(baud);
        }
        Ok(())
    }

    /// The moment of the world.
    fn now(&mut self) -> Timestamp {
        let passed = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let behind = passed.saturating_sub(self.slept_ms).saturating_sub(self.reached_ms);
        if behind >= SUSPENDED_MS {
            self.slept_ms = self.slept_ms.saturating_add(behind);
        }
        self.reached_ms = passed.saturating_sub(self.slept_ms);
        Timestamp::from_millis(self.reached_ms)
    }
}

fn only_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
