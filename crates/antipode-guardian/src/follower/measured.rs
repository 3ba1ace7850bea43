//! How fast the bed turns, from samples of its tilt.

use antipode_safety::{Millis, Timestamp};

/// Samples older than this tell nothing of now.
const WINDOW: Millis = Millis::new(400);
/// Samples closer together than this tell no rate: noise would.
const SHORTEST: Millis = Millis::new(100);
/// Samples kept.
const SAMPLES: usize = 48;

/// The tilt of the last moments.
#[derive(Clone, Debug, Default)]
pub(super) struct Measured {
    /// Oldest first.
    samples: Vec<(Timestamp, i32)>,
}

impl Measured {
    /// Takes a sample, once.
    pub(super) fn take(&mut self, at: Timestamp, tilt: i32) {
        if self.samples.last().is_none_or(|&(last, _)| at > last) {
            if self.samples.len() >= SAMPLES {
                self.samples.remove(0);
            }
            self.samples.push((at, tilt));
        }
    }

    /// Millidegrees a second; `None` where too little is known.
    pub(super) fn rate(&mut self, now: Timestamp) -> Option<i32> {
        self.samples.retain(|&(at, _)| now.since(at) <= WINDOW);
        let (&(from, a), &(to, b)) = self.samples.first().zip(self.samples.last())?;
        let time = to.since(from);
        if time < SHORTEST {
            return None;
        }
        Some(super::narrow((i64::from(b) - i64::from(a)) * 1_000 / super::ms(time)))
    }
}
