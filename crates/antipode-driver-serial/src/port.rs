//! One serial port: ours alone, emptied of what came before us, and with an end to every wait.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use antipode_device::{LineSettings, Parity, StopBits};
use antipode_safety::Millis;
use rustix::fs::{FlockOperation, Mode, OFlags};
use rustix::io::Errno;
use serial2::{SerialPort, Settings};

use crate::holder;
use crate::line::{Heard, Line, Place, REOPEN_EVERY, WRITE_LIMIT};

/// Baud rate where the address names none: what table link asks of a board (docs/table-link.md).
const BAUD: u32 = 115_200;

/// The longest that last words are waited for. A STOP takes 2 ms at the usual rate.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Where a port is and how fast it runs: `PATH` or `PATH@BAUD`. The rest is 8 data bits, no flow
/// control, and no parity and one stop bit where nothing else is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PortAddress {
    pub(crate) path: PathBuf,
    pub(crate) baud: u32,
    parity: Parity,
    stop_bits: StopBits,
}

impl PortAddress {
    /// Reads an address as a table file states it; `None` for no path or a rate that is no number.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        Self::parse_or(text, BAUD)
    }

    /// The same where a device comes with another rate, `baud`.
    pub(crate) fn parse_or(text: &str, baud: u32) -> Option<Self> {
        let (path, baud) = match text.rsplit_once('@') {
            Some((path, baud)) => (path, baud.parse().ok()?),
            None => (text, baud),
        };
        let known = (1_200..=4_000_000).contains(&baud);
        let (parity, stop_bits) = (Parity::None, StopBits::One);
        (known && path.starts_with('/')).then(|| Self {
            path: PathBuf::from(path),
            baud,
            parity,
            stop_bits,
        })
    }

    /// The same of a device whose line is set like `line`; a rate in the address counts first.
    pub(crate) fn parse_with(text: &str, line: LineSettings) -> Option<Self> {
        let LineSettings { baud, parity, stop_bits } = line;
        Some(Self { parity, stop_bits, ..Self::parse_or(text, baud)? })
    }
}

impl PortAddress {
    fn set(&self, settings: &mut Settings) -> io::Result<()> {
        settings.set_raw();
        settings.set_baud_rate(self.baud)?;
        settings.set_parity(match self.parity {
            Parity::None => serial2::Parity::None,
            Parity::Even => serial2::Parity::Even,
            Parity::Odd => serial2::Parity::Odd,
        });
        settings.set_stop_bits(match self.stop_bits {
            StopBits::One => serial2::StopBits::One,
            StopBits::Two => serial2::StopBits::Two,
        });
        Ok(())
    }
}

impl fmt::Display for PortAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

impl Place for PortAddress {
    type Line = Port;

    fn reopen_every(&self) -> Option<Millis> {
        Some(REOPEN_EVERY)
    }

    fn open(&mut self) -> io::Result<Port> {
        Port::open(self)
    }
}

/// The terminals that are no hardware: what is said there has left at once, for whoever reads it.
const PSEUDO_TERMINALS: std::ops::RangeInclusive<u32> = 136..=143;

/// The port as it is: opening it waits for no carrier and sets nothing.
fn untouched(path: &Path) -> io::Result<SerialPort> {
    let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let opened = rustix::fs::open(path, flags, Mode::empty());
    opened.map(SerialPort::from).map_err(|error| refused(error, path))
}

/// Takes it for this program alone. The first binds those who ask, and leaves nothing behind where
/// it is refused; the second binds everybody but the superuser, whether they ask or not.
fn lock(serial: &SerialPort, path: &Path) -> io::Result<()> {
    rustix::fs::flock(serial, FlockOperation::NonBlockingLockExclusive)
        .map_err(|error| refused(error, path))?;
    Ok(rustix::termios::ioctl_tiocexcl(serial)?)
}

fn refused(error: Errno, path: &Path) -> io::Error {
    let held = error == Errno::BUSY || error == Errno::WOULDBLOCK;
    if held { holder::busy(path) } else { error.into() }
}

/// An open port. No other program that asks can have it at the same time: two hosts on one table
/// must be impossible.
///
/// Closing it holds nobody up. Linux lets a close wait for up to 30 seconds until what was said has
/// left, which on a port that takes nothing is never; the way home, and the end of the program, would
/// wait with it (H-01). So the last words get the time that they need at this rate and no more, and
/// what is stuck is thrown away, so that nobody hears it later as if it were new (H-02).
#[derive(Debug)]
pub(crate) struct Port {
    serial: SerialPort,
    /// Bits a second.
    baud: u32,
    pseudo: bool,
    said: Mutex<Said>,
}

/// What was said and may not have left yet.
#[derive(Clone, Copy, Debug, Default)]
struct Said {
    /// When the last of it has left a port that takes everything.
    gone_at: Option<Instant>,
    /// The port has taken nothing for so long that it counts as lost.
    stuck: bool,
}

impl Port {
    /// Opens the port, takes it for this program alone and throws away what waits in it: bytes from
    /// before belong to nobody.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::ResourceBusy`] when another program holds the port.
    pub(crate) fn open(address: &PortAddress) -> io::Result<Self> {
        // Before it is touched: on some boards opening alone restarts the controller (H-16).
        if holder::of_port(&address.path).is_some() {
            return Err(holder::busy(&address.path));
        }
        Self::take(address)
    }

    /// Opens, locks, and only then sets the line: whoever is refused has changed nothing on it. A
    /// line that is set first would run at the second host's rate under the first one's session.
    fn take(address: &PortAddress) -> io::Result<Self> {
        let mut serial = untouched(&address.path)?;
        lock(&serial, &address.path)?;
        let mut settings = serial.get_configuration()?;
        address.set(&mut settings)?;
        serial.set_configuration(&settings)?;
        // Whoever waits uses poll(2); a read must never wait on top of that.
        serial.set_read_timeout(Duration::from_millis(1))?;
        serial.set_write_timeout(WRITE_LIMIT)?;
        serial.discard_buffers()?;
        let device = rustix::fs::fstat(&serial)?.st_rdev;
        let pseudo = PSEUDO_TERMINALS.contains(&rustix::fs::major(device));
        Ok(Self { serial, baud: address.baud, pseudo, said: Mutex::default() })
    }

    /// Bytes were handed over: when they will have left.
    fn note_said(&self, count: usize) {
        // Start, eight bits, parity, two stops.
        let bits = u64::try_from(count).unwrap_or(u64::MAX).saturating_mul(12_000_000);
        let takes = Duration::from_micros(bits / u64::from(self.baud.max(1)));
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let (now, before) = (Instant::now(), said.gone_at);
        said.gone_at = before.filter(|before| *before > now).unwrap_or(now).checked_add(takes);
    }

    fn note_stuck(&self) {
        self.said.lock().unwrap_or_else(PoisonError::into_inner).stuck = true;
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        let said = *self.said.get_mut().unwrap_or_else(PoisonError::into_inner);
        if self.pseudo && !said.stuck {
            return;
        }
        if let Some(gone_at) = said.gone_at.filter(|_| !said.stuck) {
            let left = gone_at.saturating_duration_since(Instant::now()).min(LAST_WORDS);
            std::thread::sleep(left);
        }
        if let Err(error) = self.serial.discard_output_buffer() {
            // A port that was unplugged holds nothing.
            tracing::debug!(%error, "what was not said yet was not thrown away");
        }
    }
}

impl Line for Port {
    fn read(&self, buffer: &mut [u8]) -> Heard {
        match self.serial.read(buffer) {
            // End of file is a line that is gone, for ever: never "try again".
            Ok(0) => Heard::Gone,
            Ok(count) => Heard::Bytes(count),
            Err(error) if is_only_late(&error) => Heard::Nothing,
            Err(_) => Heard::Gone,
        }
    }

    /// It does not wait until the bytes have left the machine: on some systems that never ends.
    fn write(&self, mut bytes: &[u8]) -> io::Result<()> {
        self.note_said(bytes.len());
        let until = Instant::now() + WRITE_LIMIT;
        while !bytes.is_empty() {
            let error = match self.serial.write(bytes) {
                Ok(0) => io::ErrorKind::WriteZero.into(),
                Ok(count) => {
                    bytes = bytes.get(count..).unwrap_or_default();
                    if bytes.is_empty() || Instant::now() < until {
                        continue;
                    }
                    io::ErrorKind::TimedOut.into()
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => error,
            };
            self.note_stuck();
            return Err(error);
        }
        Ok(())
    }

    fn incoming(&self) -> BorrowedFd<'_> {
        self.serial.as_fd()
    }
}

fn is_only_late(error: &io::Error) -> bool {
    use io::ErrorKind::{Interrupted, TimedOut, WouldBlock};
    matches!(error.kind(), TimedOut | WouldBlock | Interrupted)
}

#[cfg(test)]
mod tests;
