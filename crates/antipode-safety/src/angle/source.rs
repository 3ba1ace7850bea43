//! One source of the angle: its last good value and what is wrong with it.

use super::{ANGLE_RANGE, AngleState, Clocks, JUMP_RATE, Reject, SourceFault};
use crate::canary::{Canary, active};
use crate::units::{Angle, Millis, Rate, Timestamp};

/// Three rejects within this time are garbage (H-06).
const GARBAGE_WINDOW: Millis = Millis::from_secs(1);
/// From this command on a bed must be seen to turn (1 degree a second, H-05).
const DRIVEN: Rate = Rate::clamped(1_000);
/// By this much at least (0.3 degrees) ...
const MOVED_MILLIDEG: u32 = 300;
/// ... within this time.
const FLAT_AFTER: Millis = Millis::from_secs(1);
/// Readings closer than this are taken as this far apart, so that the last digit of two quick ones
/// is no jump.
const SHORTEST_STEP: Millis = Millis::new(20);

/// A good angle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    tilt: Angle,
    clocks: Clocks,
    /// How long it had waited when it arrived.
    late: Millis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Source {
    last: Option<Sample>,
    /// The newest reading carried an angle of this source that was taken.
    valid: bool,
    /// The two newest rejects, older first.
    rejects: [Option<Timestamp>; 2],
    garbage_until: Option<Timestamp>,
    /// Since when the bed is driven one way and, then or later, the angle was seen to move.
    driven: Option<Driven>,
    flat: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Driven {
    head_down: bool,
    since: Timestamp,
    /// The least and the most that was read since.
    between: Option<(Angle, Angle)>,
}

impl Source {
    pub(super) const NEW: Self = Self {
        last: None,
        valid: false,
        rejects: [None, None],
        garbage_until: None,
        driven: None,
        flat: false,
    };

    /// Notes the commanded rate; a new command in the same direction goes on with the same watch.
    pub(super) fn commanded(&mut self, now: Timestamp, rate: Rate) {
        if rate.magnitude() < DRIVEN {
            self.driven = None;
            return;
        }
        let head_down = rate > Rate::ZERO;
        if self.driven.is_none_or(|driven| driven.head_down != head_down) {
            self.driven = Some(Driven {
                head_down,
                since: now,
                between: self.last_tilt().map(|tilt| (tilt, tilt)),
            });
        }
    }

    /// Takes this source's angle of one reading.
    pub(super) fn take(
        &mut self,
        tilt: Option<Angle>,
        clocks: Clocks,
        late: Millis,
        lease: Millis,
    ) -> Option<Reject> {
        let Some(tilt) = tilt else {
            self.valid = false;
            return None;
        };
        if let Some(reject) = self.refused(tilt, clocks, lease) {
            self.reject(clocks.at);
            return Some(reject);
        }
        if self.garbage_until.is_some_and(|until| clocks.at >= until) {
            self.garbage_until = None;
        }
        self.last = Some(Sample { tilt, clocks, late });
        self.valid = true;
        self.watch_flat(tilt, clocks.at);
        None
    }

    /// Notes one reject; the third within a second is garbage, until a good angle comes after a
    /// second without any.
    pub(super) fn reject(&mut self, at: Timestamp) {
        let [older, newer] = self.rejects;
        if older.is_some_and(|older| at.since(older) <= GARBAGE_WINDOW) {
            self.garbage_until = Some(at.plus(GARBAGE_WINDOW));
        }
        self.rejects = [newer, Some(at)];
    }

    fn refused(&self, tilt: Angle, clocks: Clocks, lease: Millis) -> Option<Reject> {
        if tilt.distance(Angle::LEVEL) > ANGLE_RANGE.distance(Angle::LEVEL) {
            return Some(Reject::OutOfRange { tilt });
        }
        let last = self.last?;
        // The table's clock says better than arrival how far two readings lie apart, but is itself
        // from outside: it is believed for one lease more than arrival shows.
        let here = clocks.at.since(last.clocks.at);
        let there = clocks.table_since(last.clocks).unwrap_or(Millis::ZERO);
        let within = here.max(there.shorter(here.plus(lease))).max(SHORTEST_STEP);
        let jump = i64::from(tilt.distance(last.tilt)) > JUMP_RATE.travel(within);
        (jump && !active(Canary::JumpBelieved)).then_some(Reject::Jump {
            from: last.tilt,
            to: tilt,
            within,
        })
    }

    /// Flat once the bed was driven for a second and the angle kept within 0.3 degrees; alive again
    /// only when it is seen to move. A bed that turns round passes where it came from, and has moved.
    fn watch_flat(&mut self, tilt: Angle, at: Timestamp) {
        let Some(driven) = self.driven.as_mut() else { return };
        let (least, most) = driven.between.unwrap_or((tilt, tilt));
        let (least, most) = (least.min(tilt), most.max(tilt));
        driven.between = Some((least, most));
        if most.distance(least) >= MOVED_MILLIDEG {
            *driven = Driven { since: at, between: Some((tilt, tilt)), ..*driven };
            self.flat = false;
        } else if at.since(driven.since) >= FLAT_AFTER && !active(Canary::FlatUnseen) {
            self.flat = true;
        }
    }

    /// The newest angle, if the newest reading carried one.
    pub(super) fn fresh(&self) -> Option<Angle> {
        if self.valid { self.last_tilt() } else { None }
    }

    pub(super) fn last_tilt(&self) -> Option<Angle> {
        self.last.map(|sample| sample.tilt)
    }

    /// The last good angle and its age at `now`, waiting included; `now` is not before any stamp.
    pub(super) fn aged(&self, now: Timestamp) -> Option<(Angle, Millis)> {
        self.last.map(|sample| (sample.tilt, now.since(sample.clocks.at).plus(sample.late)))
    }

    /// Whether the newest word of this source is an angle that may be true, however old.
    pub(super) fn believed(&self) -> bool {
        self.last.is_some() && self.valid && !self.flat && self.garbage_until.is_none()
    }

    /// The fresh angle and its age, or what is wrong.
    pub(super) fn read(
        &self,
        now: Timestamp,
        lease: Millis,
    ) -> Result<(Angle, Millis), SourceFault> {
        if self.garbage_until.is_some() {
            return Err(SourceFault::Garbage);
        }
        let Some((tilt, age)) = self.aged(now) else { return Err(SourceFault::Absent) };
        if !self.valid {
            Err(SourceFault::Invalid)
        } else if age > lease && !active(Canary::StaleUnseen) {
            Err(SourceFault::Stale)
        } else if self.flat {
            Err(SourceFault::Flat)
        } else {
            Ok((tilt, age))
        }
    }

    /// The state of a table whose every source is lost, this one for the reason `fault`.
    pub(super) fn lost(&self, now: Timestamp, fault: SourceFault) -> AngleState {
        match (fault, self.aged(now)) {
            (SourceFault::Stale, Some((tilt, age))) => AngleState::Stale { tilt, age },
            (SourceFault::Flat, Some((tilt, _))) => AngleState::Flat { tilt },
            (SourceFault::Garbage, Some(_) | None) => AngleState::Garbage,
            (SourceFault::Invalid, Some(_) | None) => AngleState::Invalid,
            (SourceFault::Absent, Some(_) | None)
            | (SourceFault::Stale | SourceFault::Flat, None) => AngleState::Never,
        }
    }
}
