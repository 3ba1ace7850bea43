//! Whether the machine gave everybody their turns.
//!
//! A device, a guardian or a loop that gets no turn for a while stops the bed, as it should. That is
//! no defect of the driver, and a refusal without such a moment is one.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// It looks this often.
const LOOK: Duration = Duration::from_millis(5);
/// Whoever gets no turn for so long may lose an answer by it, and with it an angle or a lease: the
/// quickest line that is tried here waits for 25 ms.
const LATE: Duration = Duration::from_millis(25);
/// No check looks back further.
const KEPT: usize = 4_000;

/// The moments at which the machine was late, of the last minutes.
type Gaps = Arc<Mutex<VecDeque<(Instant, Duration)>>>;

/// A thread that does nothing but look at the clock.
#[derive(Debug)]
pub(super) struct Turns {
    gaps: Gaps,
    go: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Turns {
    /// Begins to look.
    pub(super) fn watched() -> Self {
        let (gaps, go) = (Gaps::default(), Arc::new(AtomicBool::new(true)));
        let (kept, goes) = (Arc::clone(&gaps), Arc::clone(&go));
        let looking = thread::Builder::new().name("turns".to_owned());
        // Without it nothing is excused.
        let thread = looking.spawn(move || look(&kept, &goes)).ok();
        Self { gaps, go, thread }
    }

    /// Time is virtual: nobody is ever late.
    #[cfg(test)]
    pub(super) fn never_late() -> Self {
        Self { gaps: Gaps::default(), go: Arc::new(AtomicBool::new(false)), thread: None }
    }

    /// The longest time since `from` in which it got no turn, where that may have stopped a bed.
    pub(super) fn late_since(&self, from: Instant) -> Option<Duration> {
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.iter().filter(|(at, _)| *at >= from).map(|(_, gap)| *gap).max()
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.go.store(false, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            // It cannot panic, and nothing hangs on it.
            drop(thread.join());
        }
    }
}

fn look(gaps: &Gaps, go: &AtomicBool) {
    let mut last = Instant::now();
    while go.load(Ordering::Acquire) {
        thread::sleep(LOOK);
        let now = Instant::now();
        let gap = now.duration_since(last);
        last = now;
        if gap >= LATE {
            let mut gaps = gaps.lock().unwrap_or_else(PoisonError::into_inner);
            gaps.push_back((now, gap));
            while gaps.len() > KEPT {
                gaps.pop_front();
            }
        }
    }
}
