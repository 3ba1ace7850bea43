//! One serial port: ours alone, emptied of what came before us, and with an end to every wait.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use antipode_device::{LineSettings, Parity, StopBits};
use antipode_safety::Millis;
use rustix::fs::FlockOperation;
use serial2::{SerialPort, Settings};

use crate::line::{Heard, Line, Place, REOPEN_EVERY, WRITE_LIMIT};

/// Baud rate where the address names none: what table link asks of a board (docs/table-link.md).
const BAUD: u32 = 115_200;

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

/// An open port. No other program that asks can have it at the same time: two hosts on one table
/// must be impossible.
#[derive(Debug)]
pub(crate) struct Port {
    serial: SerialPort,
}

impl Port {
    /// Opens the port, takes it for this program alone and throws away what waits in it: bytes from
    /// before belong to nobody.
    ///
    /// # Errors
    /// What the system says; [`io::ErrorKind::ResourceBusy`] when another program holds the port.
    pub(crate) fn open(address: &PortAddress) -> io::Result<Self> {
        let mut serial = SerialPort::open(&address.path, |mut settings: Settings| {
            settings.set_raw();
            settings.set_baud_rate(address.baud)?;
            settings.set_parity(match address.parity {
                Parity::None => serial2::Parity::None,
                Parity::Even => serial2::Parity::Even,
                Parity::Odd => serial2::Parity::Odd,
            });
            settings.set_stop_bits(match address.stop_bits {
                StopBits::One => serial2::StopBits::One,
                StopBits::Two => serial2::StopBits::Two,
            });
            Ok(settings)
        })?;
        // The first binds everybody but the superuser, the second only those who ask.
        rustix::termios::ioctl_tiocexcl(&serial)?;
        rustix::fs::flock(&serial, FlockOperation::NonBlockingLockExclusive).map_err(|error| {
            if error == rustix::io::Errno::WOULDBLOCK {
                io::ErrorKind::ResourceBusy.into()
            } else {
                io::Error::from(error)
            }
        })?;
        // Whoever waits uses poll(2); a read must never wait on top of that.
        serial.set_read_timeout(Duration::from_millis(1))?;
        serial.set_write_timeout(WRITE_LIMIT)?;
        serial.discard_buffers()?;
        Ok(Self { serial })
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
        let until = Instant::now() + WRITE_LIMIT;
        while !bytes.is_empty() {
            match self.serial.write(bytes) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(count) => bytes = bytes.get(count..).unwrap_or_default(),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
            if !bytes.is_empty() && Instant::now() >= until {
                return Err(io::ErrorKind::TimedOut.into());
            }
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
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_path_and_perhaps_a_rate() {
        let (parity, stop_bits) = (Parity::None, StopBits::One);
        let at = |path: &str, baud| {
            Some(PortAddress { path: PathBuf::from(path), baud, parity, stop_bits })
        };
        for (text, expected) in [
            ("/dev/ttyUSB0", at("/dev/ttyUSB0", 115_200)),
            ("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0@9600", {
                at("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0", 9_600)
            }),
            ("/dev/ttyACM0@fast", None),
            ("/dev/ttyACM0@0", None),
            ("ttyACM0", None),
            ("", None),
            ("@9600", None),
        ] {
            assert_eq!(PortAddress::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn a_line_is_set_as_the_device_is_and_the_address_may_name_another_rate() {
        let (parity, stop_bits) = (Parity::Even, StopBits::Two);
        let line = LineSettings { baud: 19_200, parity, stop_bits };
        for (text, baud) in [("/dev/ttyS0", 19_200), ("/dev/ttyS0@9600", 9_600)] {
            let path = PathBuf::from("/dev/ttyS0");
            let expected = Some(PortAddress { path, baud, parity, stop_bits });
            assert_eq!(PortAddress::parse_with(text, line), expected);
        }
    }
}
