//! Everything that one picture shows, copied out of the session so that drawing never holds it up.

use antipode_core::session::View;
use antipode_safety::{Millis, Timestamp};

use super::menu::Menu;
use crate::live::About;

/// How many of the last texts are kept.
pub(super) const MOST_SAID: usize = 8;

/// One text that people were told.
#[derive(Clone, Debug)]
pub(super) struct Said {
    pub(super) at: Timestamp,
    pub(super) text: String,
}

/// One picture.
#[derive(Clone, Debug)]
pub(super) struct Scene {
    pub(super) about: About,
    pub(super) view: View,
    /// How old `view` was when the picture was made.
    pub(super) view_age: Millis,
    pub(super) wall: jiff::Zoned,
    pub(super) said: Vec<Said>,
    pub(super) menu: Menu,
    pub(super) over: bool,
    pub(super) leaving: bool,
}

/// How far what is shown can be relied on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    /// Younger than half a second.
    Fresh(Millis),
    /// Shown greyed, with its age.
    Old(Millis),
    /// Not shown any more: older than two seconds, or never known.
    Gone,
}

const OLD: Millis = Millis::new(500);
const GONE: Millis = Millis::new(2_000);

impl Scene {
    /// How far the tilt can be relied on. A reading of the future is a fault and counts as gone.
    pub(super) fn freshness(&self) -> Freshness {
        let age =
            self.view.tilt.and(self.view.tilt_at).and_then(|at| self.view.now.checked_since(at));
        match age.map(|age| age.plus(self.view_age)) {
            None => Freshness::Gone,
            Some(age) if age > GONE => Freshness::Gone,
            Some(age) if age > OLD => Freshness::Old(age),
            Some(age) => Freshness::Fresh(age),
        }
    }
}
