//! How old the newest word of a drive is on what is wrong with it.
//!
//! A drive that answers some questions and not this one is heard of all the time, while an old "nothing
//! is wrong" would stand for ever (H-04).

use antipode_safety::{Millis, Timestamp};

/// From so long on nobody knows what is wrong with it.
pub(super) const KEEPS: Millis = Millis::new(400);
/// Time in which nobody looked counts for no more than this: the drive was not asked either.
const LOOKED: Millis = Millis::new(50);

/// The age of one such word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word {
    keeps: Millis,
    /// Time that was looked at since it was heard.
    age: Millis,
    looked: Option<Timestamp>,
}

impl Word {
    /// A word that counts for `keeps`.
    pub(super) const fn new(keeps: Millis) -> Self {
        Self { keeps, age: Millis::ZERO, looked: None }
    }

    /// It was said, and understood.
    pub(super) const fn heard(&mut self) {
        self.age = Millis::ZERO;
    }

    /// Time passes.
    pub(super) fn look(&mut self, now: Timestamp) {
        let since = self.looked.map_or(Millis::ZERO, |before| now.since(before));
        self.age = self.age.plus(since.shorter(LOOKED));
        self.looked = Some(now);
    }

    /// Whether it says nothing of now.
    pub(super) fn is_old(&self) -> bool {
        self.age > self.keeps
    }
}
