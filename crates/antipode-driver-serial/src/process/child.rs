//! A running program and the line to it.

use std::io::{self, BufRead, BufReader, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use rustix::fs::OFlags;

use crate::line::{Heard, Line, read_now, write_in_time};

/// Bytes that may wait before a program that does not read: about 200 commands. What is stale when
/// it reads on is refused by its own rule of late heartbeats (docs/table-link.md, 4.7).
const WAITING: usize = 4_096;
/// Most of one line of stderr that goes to the log.
const LOG_LINE: u64 = 4_096;

/// Starts a program in a process group of its own.
///
/// # Errors
/// What the system says: no such program, no rights, no memory.
pub(super) fn start(words: &[String]) -> io::Result<(Program, ChildLine)> {
    let (name, arguments) = words.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut child = Command::new(name)
        .args(arguments)
        .current_dir("/")
        .process_group(0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let pid = child.id();
    let missing = || io::Error::other("the program was started without its three streams");
    let stdin = child.stdin.take().ok_or_else(missing)?;
    let stdout = child.stdout.take().ok_or_else(missing)?;
    let stderr = child.stderr.take().ok_or_else(missing)?;
    let program = Program { child: Some(child) };
    background("table-log", move || log(pid, stderr))?;
    rustix::pipe::fcntl_setpipe_size(&stdin, WAITING)?;
    blocking(&stdin, false)?;
    blocking(&stdout, false)?;
    Ok((program, ChildLine { stdin, stdout: Some(stdout) }))
}

fn background(name: &str, work: impl FnOnce() + Send + 'static) -> io::Result<()> {
    thread::Builder::new().name(name.to_owned()).spawn(work).map(drop)
}

fn blocking(stream: impl AsFd, blocks: bool) -> io::Result<()> {
    let flags = rustix::fs::fcntl_getfl(&stream)?;
    let flags = if blocks { flags - OFlags::NONBLOCK } else { flags | OFlags::NONBLOCK };
    Ok(rustix::fs::fcntl_setfl(&stream, flags)?)
}

/// Puts what the program writes to stderr into our log until it ends.
fn log(pid: u32, stderr: ChildStderr) {
    let mut lines = BufReader::new(stderr);
    let mut line = Vec::new();
    loop {
        line.clear();
        match lines.by_ref().take(LOG_LINE).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {
                let text = String::from_utf8_lossy(&line);
                tracing::info!(pid, text = %text.trim_end(), "the table's program says");
            }
        }
    }
}

/// A program that was started. It is never killed: it may be holding a person.
#[derive(Debug)]
pub(super) struct Program {
    /// Taken only when this is dropped.
    child: Option<Child>,
}

impl Program {
    /// Looks whether it has ended.
    ///
    /// # Errors
    /// [`io::ErrorKind::ResourceBusy`] while it runs.
    pub(super) fn must_have_ended(&mut self) -> io::Result<()> {
        let Some(child) = &mut self.child else { return Ok(()) };
        match child.try_wait()? {
            Some(status) => {
                tracing::warn!(pid = child.id(), %status, "the table's program has ended");
                Ok(())
            }
            None => Err(io::ErrorKind::ResourceBusy.into()),
        }
    }
}

impl Drop for Program {
    /// Somebody must take note of its end, whenever that is.
    fn drop(&mut self) {
        let Some(mut child) = self.child.take() else { return };
        let waited = background("table-reaper", move || match child.wait() {
            Ok(status) => tracing::info!(pid = child.id(), %status, "the table's program ended"),
            Err(error) => tracing::warn!(%error, "cannot tell how the table's program ended"),
        });
        if let Err(error) = waited {
            tracing::warn!(%error, "the table's program runs on unwatched");
        }
    }
}

/// Its input and output.
#[derive(Debug)]
pub(super) struct ChildLine {
    stdin: ChildStdin,
    /// Taken only when this is dropped.
    stdout: Option<ChildStdout>,
}

impl Line for ChildLine {
    fn read(&self, buffer: &mut [u8]) -> Heard {
        self.stdout.as_ref().map_or(Heard::Gone, |stdout| read_now(stdout, buffer))
    }

    fn write(&self, bytes: &[u8]) -> io::Result<()> {
        write_in_time(&self.stdin, bytes)
    }

    fn incoming(&self) -> BorrowedFd<'_> {
        self.stdout.as_ref().map_or_else(|| self.stdin.as_fd(), AsFd::as_fd)
    }
}

impl Drop for ChildLine {
    /// Its input closes, which tells it that the host is gone. Its output is taken until it ends: a
    /// program that cannot bear a closed one would leave the bed where it is.
    fn drop(&mut self) {
        let Some(mut stdout) = self.stdout.take() else { return };
        let drained = blocking(&stdout, true).and_then(|()| {
            background("table-drain", move || drop(io::copy(&mut stdout, &mut io::sink())))
        });
        if let Err(error) = drained {
            tracing::warn!(%error, "what the table's program says is not taken any more");
        }
    }
}
