//! Who steers a guarded table, as seen by somebody who is no host of it.

use std::path::{Path, PathBuf};

use super::home::{host_path, level_path, lock_path, needs, starts_path};
use crate::holder::{lives, of_port, who};
use crate::line::{Line, Place};
use crate::socket::SocketAt;

/// Whether a guardian runs, and how the last one ended where none does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Presence {
    /// None has ever run here: nobody was moved.
    Never,
    /// None runs; the last one left a bed that was level.
    Left,
    /// None runs, and the last one did not say that the bed was level: nothing steers the bed, and
    /// somebody may be head-down on it (H-01, H-39).
    Died,
    /// One runs.
    Lives(Living),
}

/// A guardian that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Living {
    /// Its process and command, for people.
    pub process: String,
    /// The lock that it holds: a second one for the same table finds it taken.
    pub lock: PathBuf,
    /// The process and command of the host that has the session, this one too; `None` while no
    /// program has it.
    pub host: Option<String>,
    /// What it needs people for, in plain words.
    pub needs: Option<String>,
}

/// Who steers the table whose guardian would be found at `socket`. Nothing is said to it, so that no
/// session is taken from anybody.
#[must_use]
pub fn presence(socket: &Path) -> Presence {
    let lock = lock_path(socket);
    if let Some(process) = listener(socket).or_else(|| of_port(&lock)) {
        let needs = needs(socket);
        return Presence::Lives(Living { process: who(process), lock, host: host(socket), needs });
    }
    match (starts_path(socket).exists(), level_path(socket).exists()) {
        (false, _) => Presence::Never,
        (true, true) => Presence::Left,
        (true, false) => Presence::Died,
    }
}

/// The process that listens at `socket`: the file alone may be left of one that died.
fn listener(socket: &Path) -> Option<i32> {
    let line = SocketAt { path: socket.to_owned() }.open().ok()?;
    let peer = rustix::net::sockopt::socket_peercred(line.incoming()).ok()?;
    Some(peer.pid.as_raw_nonzero().get())
}

fn host(socket: &Path) -> Option<String> {
    let process: i32 = std::fs::read_to_string(host_path(socket)).ok()?.parse().ok()?;
    lives(process).then(|| who(process))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::net::UnixListener;

    #[test]
    fn a_file_that_a_dead_guardian_has_left_is_no_guardian() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("attic.sock");
        assert_eq!(presence(&socket), Presence::Never);
        let listener = UnixListener::bind(&socket).unwrap();
        std::fs::write(dir.path().join("attic.sock.starts"), "1 5").unwrap();
        std::fs::write(dir.path().join("attic.sock.needs"), "go to the table").unwrap();
        let Presence::Lives(living) = presence(&socket) else { panic!("it listens") };
        let own = format!("process {} (`", std::process::id());
        assert!(living.process.starts_with(&own), "{living:?}");
        assert_eq!(living.needs.as_deref(), Some("go to the table"));
        assert_eq!(living.host, None);
        drop(listener);
        assert_eq!(presence(&socket), Presence::Died, "what it needed is of another time");
        std::fs::write(dir.path().join("attic.sock.level"), "").unwrap();
        assert_eq!(presence(&socket), Presence::Left);
    }
}
