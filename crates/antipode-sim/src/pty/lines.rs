//! The pseudo-terminals of one device: both ends, the machine's clock, the rate of each line.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::time::Duration;

use antipode_device::BootClock;
use antipode_safety::Timestamp;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{OptionalActions, tcgetattr, tcsetattr};

use super::LineEnd;

/// A byte wakes it earlier.
const TURN: Duration = Duration::from_millis(2);
/// A device this far behind was suspended with its machine: its time stood still.
const SUSPENDED_MS: u64 = 1_000;

/// Both ends of a pseudo-terminal. Dropping it is the hang-up of an unplugged cable.
#[derive(Debug)]
pub struct Pty {
    master: File,
    /// Stays open: without it the device's end would see the host go, which no real line shows, and
    /// a table would stop for a reason that it never has.
    _slave: File,
    path: PathBuf,
}

impl Pty {
    /// A new pseudo-terminal with nobody at the other end.
    ///
    /// # Errors
    /// When the machine has none to give.
    pub fn open() -> io::Result<Self> {
        // A program started beside it must not hold the line open once it is unplugged.
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC;
        let master: OwnedFd = openpt(flags)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?.into_string().map_err(io::Error::other)?;
        let path = PathBuf::from(name);
        let slave = File::options().read(true).write(true).open(&path)?;
        // As a terminal it would send what the device says back to it.
        let mut settings = tcgetattr(&slave)?;
        settings.make_raw();
        tcsetattr(&slave, OptionalActions::Now, &settings)?;
        // A host that does not read must not hold up the device.
        rustix::io::ioctl_fionbio(&master, true)?;
        Ok(Self { master: File::from(master), _slave: slave, path })
    }

    /// The name under which a host opens it.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The device's end, to put bytes on the line that no device said. It does not block.
    pub const fn master(&mut self) -> &mut File {
        &mut self.master
    }
}

/// One pseudo-terminal and the rate that it was last set to.
#[derive(Debug)]
struct Line {
    pty: Pty,
    baud: u32,
}

/// The device's ends of its lines.
#[derive(Debug)]
pub struct Lines {
    lines: Vec<Line>,
    began: Timestamp,
    /// Time that passed while the machine slept, milliseconds.
    slept_ms: u64,
    reached_ms: u64,
    said: Vec<u8>,
}

impl Lines {
    /// `count` new lines.
    ///
    /// # Errors
    /// When the machine has no pseudo-terminal to give.
    pub fn open(count: usize) -> io::Result<Self> {
        let ptys: io::Result<Vec<Pty>> = (0..count).map(|_| Pty::open()).collect();
        Ok(Self::on(ptys?))
    }

    /// The lines over `ptys`, the first of them line 0.
    #[must_use]
    pub fn on(ptys: Vec<Pty>) -> Self {
        let mut lines = Self {
            lines: Vec::new(),
            began: BootClock.now(),
            slept_ms: 0,
            reached_ms: 0,
            said: Vec::new(),
        };
        lines.plug_in(ptys);
        lines
    }

    /// Hangs every line up. The device's time goes on.
    pub fn hang_up(&mut self) {
        self.lines.clear();
    }

    /// Goes on over `ptys`, at the time that the device has reached.
    pub fn plug_in(&mut self, ptys: Vec<Pty>) {
        self.lines = ptys.into_iter().map(|pty| Line { pty, baud: 0 }).collect();
    }

    /// The name under which a host opens `line`; `None` while it hangs up.
    #[must_use]
    pub fn path(&self, line: usize) -> Option<&Path> {
        self.lines.get(line).map(|line| line.pty.path())
    }

    /// The rate to which a host last set `line`; 0 before its first turn.
    #[must_use]
    pub fn baud(&self, line: usize) -> u32 {
        self.lines.get(line).map_or(0, |line| line.baud)
    }

    /// Waits for a byte or the next turn.
    ///
    /// # Errors
    /// When the machine cannot wait for it.
    pub fn wait(&self) -> io::Result<()> {
        let limit = Timespec::try_from(TURN).map_err(io::Error::other)?;
        let mut ends: Vec<PollFd<'_>> =
            self.lines.iter().map(|line| PollFd::new(&line.pty.master, PollFlags::IN)).collect();
        match poll(&mut ends, Some(&limit)) {
            // A signal wakes as well as anything else.
            Ok(_) | Err(rustix::io::Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Hands over what has come, lets the device run on to now, and says what it has to say.
    ///
    /// # Errors
    /// When a pseudo-terminal fails, which one that is open at both ends does not.
    pub fn pass_on(&mut self, device: &mut dyn LineEnd) -> io::Result<()> {
        for (index, line) in self.lines.iter_mut().enumerate() {
            line.keep_pace(index, device)?;
            line.read(index, device)?;
        }
        device.advance(self.now());
        for (index, line) in self.lines.iter_mut().enumerate() {
            device.say(index, &mut self.said);
            // What a host does not read is lost, as in any full buffer.
            match line.pty.master.write(&self.said) {
                Ok(_) => {}
                Err(error) if only_not_now(&error) => {}
                Err(error) => return Err(error),
            }
            self.said.clear();
        }
        Ok(())
    }

    /// The moment of the device.
    fn now(&mut self) -> Timestamp {
        let passed = BootClock.now().since(self.began).get();
        let behind = passed.saturating_sub(self.slept_ms).saturating_sub(self.reached_ms);
        if behind >= SUSPENDED_MS {
            self.slept_ms = self.slept_ms.saturating_add(behind);
        }
        self.reached_ms = passed.saturating_sub(self.slept_ms);
        Timestamp::from_millis(self.reached_ms)
    }
}

impl Line {
    /// A pseudo-terminal carries everything at once; the simulated wires take as long as the rate
    /// says that the host's end is set to.
    fn keep_pace(&mut self, index: usize, device: &mut dyn LineEnd) -> io::Result<()> {
        let baud = tcgetattr(&self.pty.master)?.output_speed();
        if baud != self.baud {
            self.baud = baud;
            device.set_baud(index, baud);
        }
        Ok(())
    }

    fn read(&mut self, index: usize, device: &mut dyn LineEnd) -> io::Result<()> {
        let mut heard = [0_u8; 256];
        match self.pty.master.read(&mut heard) {
            Ok(count) => device.hear(index, heard.get(..count).unwrap_or_default()),
            Err(error) if only_not_now(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }
}

fn only_not_now(error: &io::Error) -> bool {
    matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted)
}
