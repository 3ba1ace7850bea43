//! Whether the system runs the control thread ahead of everything else.

use rustix::mm::{MlockAllFlags, mlockall};
use rustix::process::{Resource, getrlimit};

/// What the system granted the control thread.
///
/// The priority itself is the service unit's to give (`CPUSchedulingPolicy=fifo`), so that the
/// program needs no right to raise it. Without it the table's own lease covers the tail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Realtime {
    /// The thread runs under `SCHED_FIFO` or `SCHED_RR`.
    pub priority: bool,
    /// No page of the program can be paged out.
    pub memory_locked: bool,
}

impl Realtime {
    /// Asks the system about the calling thread, and locks the program's memory where a real-time
    /// priority was given and no limit could make a later allocation fail.
    #[must_use]
    pub fn of_this_thread() -> Self {
        let priority = std::fs::read_to_string("/proc/thread-self/stat")
            .is_ok_and(|stat| policy(&stat).is_some_and(is_realtime));
        let unlimited = getrlimit(Resource::Memlock).current.is_none();
        let flags = MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT;
        let memory_locked = priority && unlimited && mlockall(flags).is_ok();
        Self { priority, memory_locked }
    }
}

/// Field 41 of `stat`, the scheduling policy. The second field is a name in brackets that may hold
/// blanks and brackets itself.
fn policy(stat: &str) -> Option<u32> {
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_ascii_whitespace().nth(38)?.parse().ok()
}

const fn is_realtime(policy: u32) -> bool {
    const SCHED_FIFO: u32 = 1;
    const SCHED_RR: u32 = 2;
    policy == SCHED_FIFO || policy == SCHED_RR
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_read_behind_any_name() {
        let numbers: Vec<String> = (4..=52).map(|field: u32| field.to_string()).collect();
        let stat = format!("7 (a ) b) S {}", numbers.join(" "));
        assert_eq!(policy(&stat), Some(41));
        assert_eq!(policy("7 (x) S 1 2"), None);
        assert!(is_realtime(1) && is_realtime(2) && !is_realtime(0) && !is_realtime(5));
    }

    #[test]
    fn this_system_answers() {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        assert!(policy(&stat).is_some(), "{stat}");
    }
}
