//! What would end the process: a closed terminal, Ctrl-C, a supervisor that stops services.

use std::io;
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

/// Leaves the terminal, and takes over the signals that ask a process to end. What they ask for is
/// done in any case: it ends as soon as nobody needs it (H-01).
///
/// # Errors
/// When the system does not give the signals: they would end the process under a person.
pub(super) fn outlive() -> io::Result<()> {
    // Fails only for a process that leads a group already: then it has left its terminal.
    match rustix::process::setsid() {
        Ok(_) | Err(rustix::io::Errno::PERM) => {}
        Err(error) => return Err(error.into()),
    }
    let (ready, begun) = channel();
    thread::Builder::new().name("signals".into()).spawn(move || hold(&ready))?;
    begun.recv().map_err(io::Error::other)?
}

fn hold(ready: &Sender<io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
        Ok(runtime) => runtime,
        Err(error) => return tell(ready, Err(error)),
    };
    runtime.block_on(async {
        let kinds = [
            SignalKind::hangup(),
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::quit(),
        ];
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
