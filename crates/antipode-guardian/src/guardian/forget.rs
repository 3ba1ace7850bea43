//! When a drive is asked to forget what it has latched: after a person cleared the faults or armed, or
//! at the beginning of a return. Never because somebody looked, and never for a motion.

use antipode_safety::{Millis, Timestamp};

/// The drive is first told where it is, for so long, so that its timer runs anew before its latch is
/// taken off: a drive that judges by the timer would latch again at once.
const SETTLE: Millis = Millis::new(30);
/// What an arming takes off was seen before it, and is taken off by then or not at all.
const AT_ONCE: Millis = Millis::new(100);
/// On the way home it is told once more after this: what stalls a motor also disturbs its line.
const AGAIN: Millis = Millis::new(350);
/// Within this the latch must be gone from what it reports.
const GRACE: Millis = Millis::new(800);

/// What is to be forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum What {
    /// Whatever it has latched: a person cleared the faults.
    #[default]
    All,
    /// Whatever it has latched: it is the way home.
    Home,
    /// That it stood by its own timeout before it was armed, and nothing that came later.
    Rest,
}

/// An act of forgetting.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Forget {
    what: What,
    since: Option<Timestamp>,
    said: u8,
}

impl Forget {
    /// Somebody asked.
    pub(super) fn begin(&mut self, now: Timestamp) {
        *self = Self { what: What::All, since: Some(now), said: 0 };
    }

    /// A return begins, whoever asked for it. One that begins anew while the drive is still being told
    /// adds nothing: it would never be told, and whatever stops it would stay hidden.
    pub(super) fn begin_return(&mut self, now: Timestamp) {
        if self.what == What::Home && self.is_under_way(now) {
            return;
        }
        *self = Self { what: What::Home, since: Some(now), said: 0 };
    }

    /// The motor's power went: that return is over, and what stopped it is looked at.
    pub(super) fn end_return(&mut self) {
        if self.what == What::Home {
            self.since = None;
        }
    }

    /// Somebody armed a drive that has run out its timeout at rest.
    pub(super) fn begin_from_rest(&mut self, now: Timestamp) {
        *self = Self { what: What::Rest, since: Some(now), said: 0 };
    }

    /// Whether what the drive still reports is about to go.
    pub(super) fn is_under_way(&self, now: Timestamp) -> bool {
        self.since.is_some_and(|since| now.since(since) < GRACE)
    }

    /// Whether that includes what silence did not bring about.
    pub(super) fn is_of_all(&self, now: Timestamp) -> bool {
        self.is_under_way(now) && self.what != What::Rest
    }

    /// Whether the drive, which has latched what silence alone brings about or more, is to be told now:
    /// once for each time asked, and once more for a return.
    pub(super) fn is_due(&mut self, now: Timestamp, only_silence: bool) -> bool {
        let age = self.since.map(|since| now.since(since));
        let meant = match self.what {
            What::All | What::Home => true,
            What::Rest => only_silence && age.is_some_and(|age| age < AT_ONCE),
        };
        let after = match (self.said, self.what) {
            (0, What::All | What::Home | What::Rest) => SETTLE,
            (1, What::Home) => AGAIN,
            (_, What::All | What::Home | What::Rest) => return false,
        };
        let due = meant && self.is_under_way(now) && age.is_some_and(|age| age >= after);
        self.said += u8::from(due);
        due
    }
}
