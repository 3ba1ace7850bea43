//! A line to another program on this machine: a connected Unix socket.

use std::fmt;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::PathBuf;

use antipode_safety::Millis;
use rustix::fs::OFlags;
use rustix::net::{AddressFamily, SocketAddrUnix, SocketFlags, SocketType, connect, socket_with};

use crate::line::{Heard, Line, Place, REOPEN_EVERY, read_now, write_in_time};

/// A connected socket.
#[derive(Debug)]
pub(crate) struct Socket(OwnedFd);

impl Socket {
    /// Takes a connected stream socket.
    ///
    /// # Errors
    /// When the system cannot make it non-blocking.
    pub(crate) fn new(connected: impl Into<OwnedFd>) -> io::Result<Self> {
        let fd = connected.into();
        let flags = rustix::fs::fcntl_getfl(&fd)?;
        rustix::fs::fcntl_setfl(&fd, flags | OFlags::NONBLOCK)?;
        Ok(Self(fd))
    }
}

impl Line for Socket {
    fn read(&self, buffer: &mut [u8]) -> Heard {
        read_now(&self.0, buffer)
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        write_in_time(&self.0, bytes)
    }

    fn incoming(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// A socket in the file system, at which a program listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SocketAt {
    pub(crate) path: PathBuf,
}

impl fmt::Display for SocketAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.display().fmt(f)
    }
}

impl Place for SocketAt {
    type Line = Socket;

    fn reopen_every(&self) -> Option<Millis> {
        Some(REOPEN_EVERY)
    }

    /// A listener whose queue is full is an error, not a wait: it may be a program that stands
    /// still.
    fn open(&mut self) -> io::Result<Socket> {
        let address = SocketAddrUnix::new(&self.path)?;
        let flags = SocketFlags::NONBLOCK | SocketFlags::CLOEXEC;
        let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
        connect(&socket, &address)?;
        Ok(Socket(socket))
    }
}

/// One end of a pair: when it is lost there is nothing to open again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct OnlyOnce;

impl fmt::Display for OnlyOnce {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a connection given by its other end")
    }
}

impl Place for OnlyOnce {
    type Line = Socket;

    fn reopen_every(&self) -> Option<Millis> {
        None
    }

    fn open(&mut self) -> io::Result<Socket> {
        Err(io::ErrorKind::NotConnected.into())
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::os::unix::net::{UnixListener, UnixStream};
    use std::time::{Duration, Instant};

    use super::*;

    fn pair() -> (Socket, UnixStream) {
        let (ours, theirs) = UnixStream::pair().unwrap();
        (Socket::new(ours).unwrap(), theirs)
    }

    #[test]
    fn a_line_says_what_came_then_nothing_then_that_it_is_gone_for_ever() {
        let (line, mut other) = pair();
        let mut buffer = [0; 8];
        assert_eq!(line.read(&mut buffer), Heard::Nothing);
        other.write_all(b"abc").unwrap();
        assert_eq!(line.read(&mut buffer), Heard::Bytes(3));
        assert_eq!(&buffer[..3], b"abc");
        assert_eq!(line.read(&mut buffer), Heard::Nothing);
        drop(other);
        assert_eq!(line.read(&mut buffer), Heard::Gone);
        assert_eq!(line.read(&mut buffer), Heard::Gone);
        assert!(line.write(b"x").is_err());
    }

    #[test]
    fn a_program_that_takes_nothing_does_not_hold_a_writer_up() {
        let (line, mut other) = pair();
        let began = Instant::now();
        let stuck = (0..10_000).find_map(|_| line.write(&[7; 4_096]).err()).unwrap();
        assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
        assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
        // A line that is read again takes bytes again; whether to trust it is the caller's.
        let mut taken = vec![0; 65_536];
        assert!(other.read(&mut taken).unwrap() > 0);
        line.write(&[7; 16]).unwrap();
    }

    #[test]
    fn a_socket_is_found_by_its_path_and_a_listener_that_stands_still_is_no_wait() {
        let dir = tempfile::tempdir().unwrap();
        let mut at = SocketAt { path: dir.path().join("guardian.sock") };
        assert!(at.open().is_err(), "nobody listens");
        let listener = UnixListener::bind(&at.path).unwrap();
        let first = at.open().unwrap();
        let (mut accepted, _) = listener.accept().unwrap();
        accepted.write_all(b"hello").unwrap();
        assert_eq!(first.read(&mut [0; 8]), Heard::Bytes(5));
        // Nobody accepts any more: sooner or later the queue is full.
        let waiting: Vec<_> = std::iter::from_fn(|| at.open().ok()).take(100_000).collect();
        assert!(waiting.len() < 100_000, "it took them all");
    }
}
