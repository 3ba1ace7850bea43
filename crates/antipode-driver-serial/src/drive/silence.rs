//! Whether a drive has been left alone for so long that its own timeout ran out.
//!
//! A drive that stopped by its timeout goes on with the next word of its host, in some dialects with
//! any word. So the host must know that it happened before it says anything, and from its own clock
//! alone: most drives do not tell (H-01).

use antipode_safety::{Millis, Timestamp};

/// What a drive has heard of us while it may be moving.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Silence {
    /// When the drive surely heard the last sign of life; `None` while nothing moves.
    fed: Option<Timestamp>,
    /// It ran out, and nobody has said since that this may be forgotten.
    ran_out: bool,
}

impl Silence {
    /// Something that moves was said at `sent`. Whether it arrived is not known, so it only begins
    /// the time, and does not renew it.
    pub(super) fn moving(&mut self, sent: Timestamp) {
        self.fed = self.fed.or(Some(sent));
    }

    /// The drive answered what was said at `sent`, so it has heard it.
    pub(super) fn heard(&mut self, sent: Timestamp) {
        self.fed = self.fed.map(|fed| fed.max(sent));
    }

    /// The drive has taken a stop: no order stands that its timeout would end.
    pub(super) fn told_to_stand(&mut self) {
        self.fed = None;
    }

    /// Whether it may be moving.
    pub(super) const fn may_move(&self) -> bool {
        self.fed.is_some()
    }

    /// Looks at the clock: whether the timeout of `timeout` has just run out.
    pub(super) fn runs_out(&mut self, now: Timestamp, timeout: Millis) -> bool {
        let now_out = !self.ran_out && self.fed.is_some_and(|fed| now.since(fed) >= timeout);
        self.ran_out |= now_out;
        now_out
    }

    /// The line was opened again: whatever was moving has been alone for nobody knows how long.
    pub(super) fn reopened(&mut self) {
        self.ran_out |= self.fed.is_some();
    }

    /// It started anew, or may have: it stood by itself, and nobody has said that it may go on.
    pub(super) fn restarted(&mut self) {
        self.ran_out = true;
    }

    /// Whether it ran out and nobody has forgotten it.
    pub(super) const fn ran_out(&self) -> bool {
        self.ran_out
    }

    /// A person, or a return, says that it may move again. While it is not proved to stand, its
    /// time goes on, and runs out again.
    pub(super) fn forget(&mut self) {
        self.ran_out = false;
    }
}
