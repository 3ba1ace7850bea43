//! Holds the lock against sleep for a guardian, and watches that it stays held (H-03).
//!
//! On a thread of its own: to start a program and to wait for a login manager takes time that a
//! person's bed has not. If the thread ends, however that comes, the guardian hears that the lock is
//! lost.

use std::thread;
use std::time::{Duration, Instant};

use crate::inhibit::{Awake, Hold, PATIENCE};
use crate::registry::{Vigil, Vigilance, Watch};

/// Why the lock is there, for whoever lists the locks of a machine.
const WHY: &str = "somebody may be on an inversion table";
/// Between two looks whether it is held.
const LOOK: Duration = Duration::from_millis(100);
/// A lock that was refused or lost is asked for again after this.
const ASK_AGAIN: Duration = Duration::from_secs(10);

/// Asks for the lock and watches it until nobody listens any more.
#[must_use]
pub fn watch() -> Vigil {
    watch_with(|| Awake::ask(WHY))
}

fn watch_with(mut ask: impl FnMut() -> Awake + Send + 'static) -> Vigil {
    let (watch, vigil) = Vigil::watched();
    let spawned = thread::Builder::new().name("vigil".to_owned()).spawn(move || {
        let keeper = Keeper { lock: ask(), asked: Instant::now(), had: false };
        keeper.run(ask, &watch);
    });
    if let Err(error) = spawned {
        // The guardian hears of it through the end of the watch.
        tracing::error!(%error, "nobody watches the lock against sleep");
    }
    vigil
}

struct Keeper {
    lock: Awake,
    /// When it was asked for.
    asked: Instant,
    /// It was held at some time: without it since, it is lost.
    had: bool,
}

impl Keeper {
    fn run(mut self, mut ask: impl FnMut() -> Awake, watch: &Watch) {
        let mut said = None;
        loop {
            let known = self.look();
            if known.is_some() && known != said {
                said.clone_from(&known);
                known.into_iter().for_each(|known| watch.say(known));
            }
            if !watch.waits(LOOK) {
                return;
            }
            let held = matches!(said, Some(Vigilance::Kept(_)));
            if !held && self.asked.elapsed() >= ASK_AGAIN {
                (self.lock, self.asked) = (ask(), Instant::now());
            }
        }
    }

    /// What is known; `None` while there is nothing new to say.
    fn look(&mut self) -> Option<Vigilance> {
        let why = match self.lock.look() {
            Hold::Held => {
                self.had = true;
                return Some(Vigilance::Kept("a lock against sleep is held".to_owned()));
            }
            Hold::Asked if self.asked.elapsed() < PATIENCE => return None,
            Hold::Asked => "the login manager does not answer".to_owned(),
            Hold::Gone(why) => why,
        };
        Some(if self.had { Vigilance::Lost(why) } else { Vigilance::NotKept(why) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inhibit::tests::{script, wait_until};

    fn keeper(program: &std::path::Path) -> Keeper {
        let lock = Awake::ask_of(program.as_os_str(), "a test");
        Keeper { lock, asked: Instant::now(), had: false }
    }

    #[test]
    fn a_lock_whose_process_is_killed_is_lost_and_one_that_never_came_is_none() {
        let folder = tempfile::tempdir().unwrap();
        let pid = folder.path().join("pid");
        let held = script(folder.path(), &format!("echo $$ > {}; exec cat", pid.display()));
        let mut held = keeper(&held);
        wait_until(|| matches!(held.look(), Some(Vigilance::Kept(_))));
        let pid = std::fs::read_to_string(pid).unwrap().trim().parse().unwrap();
        let pid = rustix::process::Pid::from_raw(pid).unwrap();
        rustix::process::kill_process(pid, rustix::process::Signal::KILL).unwrap();
        wait_until(|| matches!(held.look(), Some(Vigilance::Lost(_))));

        let mut absent = keeper(std::path::Path::new("/nonexistent/inhibit"));
        assert!(matches!(absent.look(), Some(Vigilance::NotKept(_))));
        let refused = script(folder.path(), "echo Access denied >&2; exit 1");
        let mut refused = keeper(&refused);
        wait_until(|| refused.look() == Some(Vigilance::NotKept("Access denied".to_owned())));
    }

    #[test]
    fn a_login_manager_that_is_silent_keeps_nothing_and_is_asked_no_longer_than_its_time() {
        let folder = tempfile::tempdir().unwrap();
        let silent = script(folder.path(), "read line; read line");
        let mut silent = keeper(&silent);
        assert_eq!(silent.look(), None);
        silent.asked = Instant::now().checked_sub(PATIENCE).unwrap();
        assert!(matches!(silent.look(), Some(Vigilance::NotKept(_))));
    }
}
