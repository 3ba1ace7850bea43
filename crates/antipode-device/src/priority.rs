//! The turn of a thread on a busy machine.

/// Below every other program's, above nothing that the system itself needs.
const NICE: i32 = -10;

/// Lets the calling thread go before others, where this user may.
///
/// A control loop, a port or a watchdog that gets no turn for a quarter of a second has lost the
/// table (F-45). It is no real-time priority, which only a service unit should give: a defect here
/// cannot take the machine away from the person who wants to press STOP on it.
///
/// False where the user has no right to it. Everything works without: lateness is watched for either
/// way, and a thread that comes late halts the bed.
pub fn come_first() -> bool {
    // On Linux this is the thread's own, not its process's.
    rustix::process::setpriority_process(None, NICE).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_threads_own_and_never_a_panic() {
        let own = || rustix::process::getpriority_process(None).unwrap();
        let before = own();
        let there = std::thread::spawn(move || {
            let granted = come_first();
            (granted, own())
        });
        let (granted, nice) = there.join().unwrap();
        assert_eq!(granted, nice == NICE, "{nice}");
        assert_eq!(own(), before, "another thread's is as it was");
    }
}
