//! Signals and Ctrl-C: the first asks to come up, every further one is STOP. Neither ends the
//! process: it stays until nobody is head-down.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Sender, channel};
use std::thread;

use tokio::signal::unix::{SignalKind, signal};

/// What an interruption asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interrupt {
    /// Bring the person up, then end.
    Return,
    /// STOP.
    Stop,
}

/// Counts interruptions of this process.
#[derive(Clone, Debug, Default)]
pub struct Interrupts {
    came: Arc<AtomicU32>,
    taken: Arc<AtomicU32>,
}

impl Interrupts {
    /// Takes over SIGINT, SIGTERM and SIGHUP from here on.
    ///
    /// # Errors
    /// When the system does not give them; they would then end the process at once, so no session
    /// may begin.
    pub fn watch() -> io::Result<Self> {
        let interrupts = Self::default();
        let counter = interrupts.clone();
        let (ready, begun) = channel();
        thread::Builder::new().name("signals".into()).spawn(move || listen(&counter, &ready))?;
        begun.recv().map_err(io::Error::other)??;
        Ok(interrupts)
    }

    /// Counts one: for Ctrl-C on a terminal that sends it as a key.
    pub fn interrupt(&self) {
        self.came.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether there has been any: the program ends as soon as it may.
    #[must_use]
    pub fn any(&self) -> bool {
        self.came.load(Ordering::Acquire) > 0
    }

    /// The next one that nobody has acted on.
    #[must_use]
    pub fn take(&self) -> Option<Interrupt> {
        let taken = self.taken.load(Ordering::Acquire);
        if taken >= self.came.load(Ordering::Acquire) {
            return None;
        }
        self.taken.store(taken + 1, Ordering::Release);
        Some(if taken == 0 { Interrupt::Return } else { Interrupt::Stop })
    }
}

/// Listens for ever, on a thread of its own: nothing that the program does can delay it.
fn listen(counter: &Interrupts, ready: &Sender<io::Result<()>>) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_io().build() {
        Ok(runtime) => runtime,
        Err(error) => return say(ready, Err(error)),
    };
    runtime.block_on(async {
        let kinds = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()];
        let (mut interrupt, mut terminate, mut hangup) =
            match (signal(kinds[0]), signal(kinds[1]), signal(kinds[2])) {
                (Ok(interrupt), Ok(terminate), Ok(hangup)) => (interrupt, terminate, hangup),
                (Err(error), _, _) | (_, Err(error), _) | (_, _, Err(error)) => {
                    return say(ready, Err(error));
                }
            };
        say(ready, Ok(()));
        loop {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                _ = hangup.recv() => {}
            }
            counter.interrupt();
        }
    });
}

fn say(ready: &Sender<io::Result<()>>, what: io::Result<()>) {
    // Whoever waited is gone only if the process is ending.
    ready.send(what).unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::{Signal, getpid, kill_process};

    #[test]
    fn first_is_return_and_every_further_one_is_stop() {
        let interrupts = Interrupts::default();
        assert_eq!(interrupts.take(), None);
        assert!(!interrupts.any());
        for _ in 0..3 {
            interrupts.interrupt();
        }
        assert_eq!(interrupts.take(), Some(Interrupt::Return));
        assert_eq!(interrupts.take(), Some(Interrupt::Stop));
        assert_eq!(interrupts.take(), Some(Interrupt::Stop));
        assert_eq!(interrupts.take(), None);
        assert!(interrupts.any());
    }

    #[test]
    fn real_signals_are_counted_and_do_not_end_the_process() {
        let interrupts = Interrupts::watch().unwrap();
        for signal in [Signal::HUP, Signal::TERM, Signal::INT] {
            let before = interrupts.came.load(Ordering::Acquire);
            kill_process(getpid(), signal).unwrap();
            while interrupts.came.load(Ordering::Acquire) == before {
                std::thread::yield_now();
            }
        }
        assert_eq!(interrupts.take(), Some(Interrupt::Return));
        assert_eq!(interrupts.take(), Some(Interrupt::Stop));
    }
}
