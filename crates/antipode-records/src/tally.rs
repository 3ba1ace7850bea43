//! What the records of a session add up to: the same sum when they are written and when they are
//! read.

use crate::record::{Kind, Stamp, WallTime};
use crate::segment::{End, EndedBy};

/// The end of a session as its END tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ended {
    pub(crate) by: EndedBy,
    pub(crate) stamp: Stamp,
    pub(crate) summary: Vec<u8>,
}

/// The sum over a session's records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// The first record that the session wrote itself.
    pub(crate) first: Option<Stamp>,
    /// The last one.
    pub(crate) last: Option<Stamp>,
    pub(crate) clock: ClockFold,
    pub(crate) ended: Option<Ended>,
}

impl Tally {
    pub(crate) fn add(&mut self, kind: Kind, stamp: Stamp, payload: &[u8]) {
        if kind == Kind::END {
            let unreadable = End { by: EndedBy::Session, summary: &[] };
            let End { by, summary } = End::decode(payload).unwrap_or(unreadable);
            self.ended = Some(Ended { by, stamp, summary: summary.to_vec() });
        }
        let by_recovery = self.ended.as_ref().is_some_and(|end| end.by == EndedBy::Recovery);
        // Both may be written by a later run, whose clocks say nothing about this session.
        if kind == Kind::GAP || by_recovery {
            return;
        }
        self.first.get_or_insert(stamp);
        self.last = Some(stamp);
        self.clock.add(kind, stamp.wall);
    }

    /// The dates that count against a clock that stepped back: none of a simulation, whose dates
    /// are made up.
    pub(crate) fn clock(&self, simulated: bool) -> ClockFold {
        if simulated { ClockFold::default() } else { self.clock }
    }
}

/// The latest date over records in order; a person who confirms a date begins it anew.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClockFold {
    pub(crate) latest: Option<WallTime>,
    pub(crate) confirmed: bool,
}

impl ClockFold {
    pub(crate) fn add(&mut self, kind: Kind, wall: WallTime) {
        if kind == Kind::DATE_CONFIRMED {
            *self = Self { latest: Some(wall), confirmed: true };
        } else {
            self.latest = self.latest.max(Some(wall));
        }
    }

    /// Continues with what a later session saw.
    pub(crate) fn then(&mut self, later: Self) {
        if later.confirmed {
            *self = later;
        } else {
            self.latest = self.latest.max(later.latest);
        }
    }
}
