//! What the terminal around us can show.

use std::io::{self, IsTerminal, stdin, stdout};
use std::os::fd::AsFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// What the keyboard of the terminal has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typed {
    /// Something to read.
    Something,
    /// Nothing yet.
    Nothing,
    /// No terminal any more: its window was closed.
    Gone,
}

/// Waits for keys, and for the end of the terminal. The library that reads keys never says the
/// second: on a closed window it reads nothing for ever, with all the power of a core.
///
/// # Errors
/// What the system says of standard input.
pub fn typed_within(patience: Duration) -> io::Result<Typed> {
    let stdin = stdin();
    let patience = Timespec::try_from(patience).map_err(io::Error::other)?;
    let mut fds = [PollFd::from_borrowed_fd(stdin.as_fd(), PollFlags::IN)];
    match poll(&mut fds, Some(&patience)) {
        Ok(_) => {}
        // A signal; it is taken elsewhere.
        Err(rustix::io::Errno::INTR) => return Ok(Typed::Nothing),
        Err(error) => return Err(error.into()),
    }
    let has = fds.iter().fold(PollFlags::empty(), |all, fd| all | fd.revents());
    Ok(if has.intersects(PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL) {
        Typed::Gone
    } else if has.contains(PollFlags::IN) {
        Typed::Something
    } else {
        Typed::Nothing
    })
}

/// Puts an empty pipe in the place of a keyboard that is gone, so that a reader which was in the
/// middle of a key ends its reading.
///
/// # Errors
/// What the system says.
pub fn forget_keyboard() -> io::Result<()> {
    let (nothing, never) = io::pipe()?;
    rustix::io::ioctl_fionbio(&nothing, true)?;
    rustix::stdio::dup2_stdin(&nothing)?;
    // An end that is closed would be read as an end; this one stays as long as the process.
    std::mem::forget(never);
    Ok(())
}

/// Whether somebody sits there who can see a screen and press keys.
#[must_use]
pub fn is_interactive() -> bool {
    stdin().is_terminal() && size().is_some()
}

/// Columns that text may take: those of the terminal, 80 where there is none.
#[must_use]
pub fn width() -> usize {
    size().map_or(80, |(columns, _)| columns.into())
}

/// Columns and rows of the terminal, `None` where there is none.
#[must_use]
pub fn size() -> Option<(u16, u16)> {
    let stdout = stdout();
    if !stdout.is_terminal() {
        return None;
    }
    let size = rustix::termios::tcgetwinsize(stdout).ok()?;
    (size.ws_col > 0 && size.ws_row > 0).then_some((size.ws_col, size.ws_row))
}

/// Whether only ASCII characters can be shown: the locale names no UTF-8.
#[must_use]
pub fn ascii() -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty());
    // A pipe or a bare service has no locale; what reads it then reads UTF-8.
    locale.is_some_and(|locale| {
        let locale = locale.to_string_lossy().to_lowercase();
        !locale.contains("utf-8") && !locale.contains("utf8")
    })
}
