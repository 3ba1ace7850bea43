//! Whether somebody else steers a Jrk, and whether it steers at all.
//!
//! It has a second port of USB, and its own lines too, by which a program of its maker sets its target
//! or forces its duty; no lock of ours keeps that out. What aims at another place than it was told, or
//! lets itself be overridden, is told to stand, and nothing moves until somebody starts anew (H-19).

use antipode_safety::{Millis, Timestamp};

use crate::codec::pololu::jrk::{Forced, Target};

/// Its control loop, which counts its rounds, turns at least once in this time.
const TURNS_IN: Millis = Millis::new(300);

/// What of a Jrk is not of our doing. A report carries no check, so each counts when seen twice.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Foreign {
    /// What it was told to aim at, and when it heard that at the latest.
    said: Option<(Target, Timestamp)>,
    aims_elsewhere: bool,
    overridden: bool,
    is_here: bool,
    rounds: Option<(u16, Timestamp)>,
    dead: bool,
}

impl Foreign {
    /// It was told a target, or to stop.
    pub(super) fn said(&mut self, target: Option<Target>, now: Timestamp) {
        self.said = target.map(|target| (target, now));
    }

    /// It reports `target`, as asked at `asked`.
    pub(super) fn aims_at(&mut self, target: Target, asked: Timestamp) {
        let ours = self.said.is_none_or(|(said, at)| asked < at || said == target);
        self.is_here |= !ours && self.aims_elsewhere;
        self.aims_elsewhere = !ours;
    }

    /// It reports whether its duty is forced, which nothing here ever does.
    pub(super) fn overrides(&mut self, forced: Forced) {
        let overridden = forced != Forced::No;
        self.is_here |= overridden && self.overridden;
        self.overridden = overridden;
    }

    /// It reports how many rounds its control loop has turned.
    pub(super) fn turns(&mut self, now: Timestamp, rounds: u16) {
        match self.rounds {
            Some((before, since)) if before == rounds => {
                self.dead = now.since(since) > TURNS_IN;
            }
            Some(_) | None => (self.rounds, self.dead) = (Some((rounds, now)), false),
        }
    }

    /// Somebody else has steered it.
    pub(super) const fn is_here(&self) -> bool {
        self.is_here
    }

    /// Its control loop stands still, so that nothing it was told is done.
    pub(super) const fn loop_is_dead(&self) -> bool {
        self.dead
    }

    /// A person, or a return, says that it goes on all the same; what goes on is seen again.
    pub(super) fn forget(&mut self) {
        (self.is_here, self.aims_elsewhere, self.overridden) = (false, false, false);
    }
}
