//! A computer that may fall asleep under somebody, which a guardian tells as power that will not last.

use std::sync::atomic::{AtomicBool, Ordering};

/// One process follows one table.
static MAY_SLEEP: AtomicBool = AtomicBool::new(false);

/// What is wrong.
pub(super) const WHAT: &str = "this computer may fall asleep";
/// What whoever stands by does first.
pub(super) const TODO: &str = "Keep its lid open, plug it in. The table comes up.";
/// Why the session ended.
pub(super) const CAUSE: &str = "this computer may fall asleep, and then brings nobody up";

/// From now on a lack of power is told as what it is: the lock against sleep is lost.
pub fn set_may_sleep() {
    MAY_SLEEP.store(true, Ordering::Relaxed);
}

/// Whether it is told so.
pub(super) fn may_sleep() -> bool {
    MAY_SLEEP.load(Ordering::Relaxed)
}
