//! What would end the process or make it stand still: a closed terminal, Ctrl-C, a supervisor that stops
//! services, a terminal that lets only its foreground write.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use rustix::io::Errno;
use rustix::process::{Signal, getpgid, getppid, setpgid, setsid};
use tokio::signal::unix::{SignalKind, signal};

/// What ends a process that does not take it over, or makes it stand still: under a person neither may
/// happen. What they ask for is done in any case: it ends as soon as nobody needs it.
const OUTLIVED: [Signal; 15] = [
    Signal::HUP,
    Signal::INT,
    Signal::TERM,
    Signal::QUIT,
    Signal::TSTP,
    Signal::TTIN,
    Signal::TTOU,
    Signal::USR1,
    Signal::USR2,
    Signal::ALARM,
    Signal::VTALARM,
    Signal::PROF,
    Signal::XCPU,
    // A log that has grown to its limit: writing it fails then, which stops nothing.
    Signal::XFSZ,
    Signal::POWER,
];

/// Leaves the terminal, and takes over the signals that would end a process or make it stand still (H-01).
///
/// # Errors
/// When the system does not give the signals: they would end the process under a person.
pub(super) fn outlive() -> io::Result<()> {
    leave_terminal()?;
    let (ready, begun) = channel();
    thread::Builder::new().name("signals".into()).spawn(move || hold(&ready))?;
    begun.recv().map_err(io::Error::other)?
}

/// Begins a session of its own. Within that of whoever started it, a bell that is rung at its own terminal
/// makes it stand still where only the foreground may write there.
///
/// The system refuses this to whoever leads a group, as a program does that a shell or a host has started
/// in one of its own, so that no Ctrl-C reaches it before it gets here: it goes back to its parent's group
/// first. Where the parent is gone or of another session, nobody controls the jobs of this one, and the
/// system makes no orphan stand still.
fn leave_terminal() -> io::Result<()> {
    match setsid() {
        Err(Errno::PERM) => {}
        done => return Ok(done.map(drop)?),
    }
    let joined = getpgid(getppid()).and_then(|parents| setpgid(None, Some(parents)));
    match joined.and_then(|()| setsid()) {
        Ok(_) | Err(Errno::PERM | Errno::SRCH) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn hold(ready: &Sender<io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(ready, Err(error)),
    };
    runtime.block_on(async {
        let kinds = OUTLIVED.map(|kind| SignalKind::from_raw(kind.as_raw()));
        let taken: io::Result<Vec<_>> = kinds.into_iter().map(signal).collect();
        match taken {
            // Taken over they stay, for as long as this process lives.
            Ok(_held) => tell(ready, Ok(())),
            Err(error) => tell(ready, Err(error)),
        }
    });
}

fn tell(ready: &Sender<io::Result<()>>, what: io::Result<()>) {
    if ready.send(what).is_err() {
        tracing::error!("nobody waits for the signals of the guardian");
    }
}
