//! Where the bed truly was, over the last seconds.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

/// How far back it reaches: further than any delay that a check makes.
const KEPT: Duration = Duration::from_secs(5);
/// A bed is taken to stand when it moved by no more than this in the last quarter of a second:
/// 0.2 degrees a second.
const STANDS_MDEG: i32 = 50;
const STANDS_FOR: Duration = Duration::from_millis(250);

/// True tilts with their moments, oldest first.
#[derive(Debug, Default)]
pub(super) struct Track(VecDeque<(Instant, i32)>);

impl Track {
    pub(super) fn note(&mut self, at: Instant, tilt_mdeg: i32) {
        self.0.push_back((at, tilt_mdeg));
        while self.0.front().is_some_and(|(then, _)| at.duration_since(*then) > KEPT) {
            self.0.pop_front();
        }
    }

    pub(super) fn now_mdeg(&self) -> i32 {
        self.0.back().map_or(0, |(_, tilt)| *tilt)
    }

    /// Least and most of the tilts since `span` ago; `None` where it does not reach back so far.
    pub(super) fn range(&self, span: Duration) -> Option<(i32, i32)> {
        let (last, _) = self.0.back()?;
        let from = last.checked_sub(span)?;
        let before = self.0.iter().rposition(|(at, _)| *at <= from)?;
        let within = self.0.iter().skip(before).map(|(_, tilt)| *tilt);
        let (least, most) = (within.clone().min()?, within.max()?);
        Some((least, most))
    }

    /// Whether the bed has stood still for a quarter of a second.
    pub(super) fn stands(&self) -> bool {
        self.range(STANDS_FOR).is_some_and(|(least, most)| most - least <= STANDS_MDEG)
    }

    /// Whether `tilt_mdeg` was true at some moment since `span` ago, give or take `error_mdeg`.
    pub(super) fn was(&self, tilt_mdeg: i32, span: Duration, error_mdeg: i32) -> bool {
        let all = (i32::MIN, i32::MAX);
        let known = self.0.front().zip(self.0.back());
        let long = known.is_some_and(|((first, _), (last, _))| last.duration_since(*first) >= span);
        let range = if long {
            self.range(span)
        } else {
            // Not watched for so long yet: what was before is not known, but surely not far away.
            self.0.iter().map(|(_, tilt)| *tilt).fold(None, |range: Option<(i32, i32)>, tilt| {
                let (least, most) = range.unwrap_or((tilt, tilt));
                Some((least.min(tilt), most.max(tilt)))
            })
        };
        let (least, most) = range.unwrap_or(all);
        (least.saturating_sub(error_mdeg)..=most.saturating_add(error_mdeg)).contains(&tilt_mdeg)
    }
}
