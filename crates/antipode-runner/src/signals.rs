//! Signals and Ctrl-C. The first asks to come up, every further one is STOP. Neither ends the
//! process: it stays until nobody is head-down.
//!
//! A closed terminal and SIGTERM only ever ask to come up: they come together, or again and again
//! from a supervisor, and nobody meant those as "come up" and then "stay where you are". STOP would
//! bar the table's own return once the program is killed (C-04).

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
pub struct Interrupts(Arc<Counts>);

#[derive(Debug, Default)]
struct Counts {
    /// Ctrl-C and SIGINT.
    pressed: AtomicU32,
    pressed_taken: AtomicU32,
    /// SIGHUP, SIGTERM, and keyboards that are gone.
    closed: AtomicU32,
    closed_taken: AtomicU32,
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
        self.0.pressed.fetch_add(1, Ordering::AcqRel);
    }

    /// The terminal was closed.
    pub fn close(&self) {
        self.0.closed.fetch_add(1, Ordering::AcqRel);
    }

    /// Whether there has been any: the program ends as soon as it may.
    #[must_use]
    pub fn any(&self) -> bool {
        let Counts { pressed, closed, .. } = &*self.0;
        pressed.load(Ordering::Acquire) > 0 || closed.load(Ordering::Acquire) > 0
    }

    /// The next one that nobody has acted on.
    #[must_use]
    pub fn take(&self) -> Option<Interrupt> {
        let Counts { pressed, pressed_taken, closed, closed_taken } = &*self.0;
        let taken = pressed_taken.load(Ordering::Acquire);
        if taken < pressed.load(Ordering::Acquire) {
            pressed_taken.store(taken + 1, Ordering::Release);
            return Some(if taken == 0 { Interrupt::Return } else { Interrupt::Stop });
        }
        let taken = closed_taken.load(Ordering::Acquire);
        if taken < closed.load(Ordering::Acquire) {
            closed_taken.store(taken + 1, Ordering::Release);
            return Some(Interrupt::Return);
        }
        None
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
                _ = interrupt.recv() => counter.interrupt(),
                _ = terminate.recv() => counter.close(),
                _ = hangup.recv() => counter.close(),
            }
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
    fn a_closed_terminal_never_becomes_stop() {
        let interrupts = Interrupts::default();
        interrupts.close();
        interrupts.close();
        interrupts.interrupt();
        for _ in 0..3 {
            assert_eq!(interrupts.take(), Some(Interrupt::Return));
        }
        assert_eq!(interrupts.take(), None);
    }

    #[test]
    fn real_signals_are_counted_and_do_not_end_the_process() {
        let interrupts = Interrupts::watch().unwrap();
        let count = || {
            interrupts.0.pressed.load(Ordering::Acquire)
                + interrupts.0.closed.load(Ordering::Acquire)
        };
        for signal in [Signal::HUP, Signal::TERM, Signal::TERM, Signal::INT] {
            let before = count();
            kill_process(getpid(), signal).unwrap();
            while count() == before {
                std::thread::yield_now();
            }
        }
        let taken: Vec<Interrupt> = std::iter::from_fn(|| interrupts.take()).collect();
        assert_eq!(taken, [Interrupt::Return; 4]);
    }
}
