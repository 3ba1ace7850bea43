//! Whether this computer stays awake, as somebody outside the control loop watches it (H-03).
//!
//! Whoever holds the lock against sleep does so on a thread of its own; the loop only takes what that
//! has said. A watch that has ended, however it ended, counts as a lock that is lost.

use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::time::Duration;

use antipode_guardian::Awake;

/// What a guardian knows of whether its computer stays awake, and why in plain words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Vigilance {
    /// It has not said yet, or no guardian lives there: nobody is lowered.
    Unknown,
    /// A lock against sleep is held.
    Kept(String),
    /// No lock counts: somebody has stated that this computer never sleeps.
    Stated(String),
    /// Nothing keeps it awake: nobody is lowered.
    NotKept(String),
    /// There was a lock, and it is lost: whoever is down comes up.
    Lost(String),
}

impl Vigilance {
    /// What a guardian makes of it.
    #[must_use]
    pub(super) const fn awake(&self) -> Awake {
        match self {
            Self::Kept(_) | Self::Stated(_) => Awake::Kept,
            Self::Unknown | Self::NotKept(_) => Awake::NotKept,
            Self::Lost(_) => Awake::Lost,
        }
    }

    /// As it is written down; `None` for what is not known.
    pub(super) fn text(&self) -> Option<String> {
        let (key, why) = match self {
            Self::Unknown => return None,
            Self::Kept(why) => ("kept", why),
            Self::Stated(why) => ("stated", why),
            Self::NotKept(why) => ("not kept", why),
            Self::Lost(why) => ("lost", why),
        };
        Some(format!("{key}: {why}"))
    }

    /// What was written down like that.
    pub(super) fn of_text(text: &str) -> Self {
        match text.split_once(": ").map(|(key, why)| (key, why.to_owned())) {
            Some(("kept", why)) => Self::Kept(why),
            Some(("stated", why)) => Self::Stated(why),
            Some(("not kept", why)) => Self::NotKept(why),
            Some(("lost", why)) => Self::Lost(why),
            Some(_) | None => Self::Unknown,
        }
    }
}

/// The loop's end of the watch.
#[derive(Debug)]
pub struct Vigil {
    /// What the watch says; `None` where nobody watches: a statement stands, or the watch has ended.
    said: Option<Receiver<Vigilance>>,
    now: Vigilance,
    /// Tells the watch that nobody listens any more, by going away.
    #[expect(dead_code, reason = "held for its end")]
    listens: Option<Sender<()>>,
}

/// The end of whoever watches. Letting it go, also by a panic, says that the lock is lost.
#[derive(Debug)]
pub struct Watch {
    say: Sender<Vigilance>,
    ended: Receiver<()>,
}

impl Vigil {
    /// A watch and who listens to it. Until the watch has spoken, nothing keeps this computer awake.
    #[must_use]
    pub fn watched() -> (Watch, Self) {
        let (say, said) = channel();
        let (listens, ended) = channel();
        let vigil = Self { said: Some(said), now: Vigilance::Unknown, listens: Some(listens) };
        (Watch { say, ended }, vigil)
    }

    /// Somebody has stated, in the words of `stated`, that this computer never sleeps.
    #[must_use]
    pub const fn stated(stated: String) -> Self {
        Self { said: None, now: Vigilance::Stated(stated), listens: None }
    }

    /// What is known now, without waiting; and whether that is something else than before.
    pub(super) fn look(&mut self) -> (Awake, bool) {
        let mut is_new = false;
        while let Some(said) = &self.said {
            let newer = match said.try_recv() {
                Ok(newer) => newer,
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => {
                    self.said = None;
                    Vigilance::Lost("what watched the lock against sleep has ended".to_owned())
                }
            };
            is_new |= newer != self.now;
            self.now = newer;
        }
        (self.now.awake(), is_new)
    }

    /// What is known, as it is published.
    pub(super) const fn known(&self) -> &Vigilance {
        &self.now
    }
}

impl Watch {
    /// Says what is known from now on.
    pub fn say(&self, known: Vigilance) {
        // A guardian that has gone needs no lock: `waits` tells.
        self.say.send(known).unwrap_or_default();
    }

    /// Lets so much time pass; whether anybody still listens.
    #[must_use]
    pub fn waits(&self, time: Duration) -> bool {
        match self.ended.recv_timeout(time) {
            Ok(()) | Err(RecvTimeoutError::Timeout) => true,
            Err(RecvTimeoutError::Disconnected) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn before_the_first_word_nothing_is_kept_and_the_last_word_counts() {
        let (watch, mut vigil) = Vigil::watched();
        assert_eq!(vigil.look(), (Awake::NotKept, false));
        watch.say(Vigilance::NotKept("asked".to_owned()));
        let held = Vigilance::Kept("held: by a lock".to_owned());
        watch.say(held.clone());
        assert_eq!(vigil.look(), (Awake::Kept, true));
        assert_eq!(vigil.look(), (Awake::Kept, false));
        assert_eq!(vigil.known(), &held);
        assert_eq!(held.text().map(|text| Vigilance::of_text(&text)), Some(held));
    }

    #[test]
    fn a_watch_that_panics_has_lost_the_lock_and_a_statement_stands_alone() {
        let (watch, mut vigil) = Vigil::watched();
        watch.say(Vigilance::Kept("held".to_owned()));
        assert_eq!(vigil.look().0, Awake::Kept);
        let dies = std::thread::spawn(move || {
            let _watch = watch;
            panic!("it dies with the lock");
        });
        assert!(dies.join().is_err());
        assert_eq!(vigil.look(), (Awake::Lost, true));
        assert_eq!(vigil.look(), (Awake::Lost, false));
        let mut stated = Vigil::stated("Ada says so".to_owned());
        assert_eq!(stated.look().0, Awake::Kept);
    }

    #[test]
    fn a_watch_learns_that_nobody_listens() {
        let (watch, vigil) = Vigil::watched();
        assert!(watch.waits(Duration::ZERO));
        drop(vigil);
        assert!(!watch.waits(Duration::from_secs(30)));
    }
}
