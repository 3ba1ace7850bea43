//! Whether people need the guardian, and whether it needs people (H-01, H-39).

use antipode_firmware::{Inspection, Request};
use antipode_safety::{Fault, Millis, RefillDelay, Timestamp};

use super::Guardian;
use crate::{Awake, Need};

/// A drive that does not say for so long where it stands has lost its place, and a bed that does not come
/// up for so long although it is told to does not come up.
const IN_VAIN: Millis = Millis::from_secs(2);
/// What counts as coming up, millidegrees.
const GAIN: i32 = 300;

/// Whether the way home leads anywhere. Neither delay starts afresh with a cause that flaps: what gives
/// up and begins anew with every turn would be said to come up for ever (H-39).
#[derive(Clone, Copy, Debug)]
pub(super) struct WayHome {
    lost: RefillDelay,
    is_lost: bool,
    vain: RefillDelay,
    is_vain: bool,
    from: Option<i32>,
}

impl WayHome {
    pub(super) const fn new() -> Self {
        let delay = RefillDelay::new(IN_VAIN);
        Self { lost: delay, is_lost: false, vain: delay, is_vain: false, from: None }
    }

    /// Whether the drive, which goes to places, has lost its own: the angle of a sensor beside it does not
    /// steer it, and it must not be told to go anywhere.
    pub(super) fn is_lost(&mut self, now: Timestamp, misses_place: bool) -> bool {
        self.is_lost = self.lost.update(now, misses_place);
        self.is_lost
    }

    /// Looks whether a return brings the bed up.
    fn look(&mut self, now: Timestamp, returns: bool, tilt: Option<i32>) {
        let gained = self.from.zip(tilt).is_some_and(|(from, tilt)| tilt <= from - GAIN);
        if gained {
            self.vain = RefillDelay::new(IN_VAIN);
        }
        self.from = if returns && !gained { self.from.or(tilt) } else { tilt };
        self.is_vain = self.vain.update(now, returns && tilt.is_some_and(|tilt| tilt > 0));
    }
}

impl Guardian {
    /// Keeps whether the bed was left level: an angle that is lost after that takes nobody down.
    pub(super) fn note_level(&mut self, now: Timestamp, seen: &Inspection) {
        let returns = match seen.request {
            Request::HostReturn | Request::HeldReturn | Request::OwnReturn => true,
            Request::None | Request::Target | Request::Jog => false,
        };
        self.way_home.look(now, returns, most_head_down(seen));
        let stands = seen.setpoint_mdeg_s == 0 && seen.request == Request::None;
        match most_head_down(seen) {
            Some(tilt) => self.left_level = tilt <= 0 && stands,
            None => self.left_level &= stands,
        }
    }

    /// Takes whether this computer stays awake. Until it is told, it counts as one that does: a shell
    /// without people above it has no such computer.
    pub const fn stays(&mut self, awake: Awake) {
        self.awake = awake;
    }

    /// Whether the bed is head-down, or nobody knows that it is not.
    pub(super) fn may_be_down(&self) -> bool {
        most_head_down(&self.inspect()).is_none_or(|tilt| tilt > 0)
    }

    /// Whether nobody is known to need it: level or head-up by every angle there is, standing, and
    /// nothing under way. Without an angle somebody may hang there, and it stays; unless the bed was
    /// level when that was last known and nothing has turned it since.
    #[must_use]
    pub fn may_leave(&self) -> bool {
        self.left_level
    }

    /// What it needs people for; `None` while a host speaks, which has alarms of its own, or nobody
    /// can hang there. `moved`: somebody may have been moved at all.
    #[must_use]
    pub fn need(&self, moved: bool) -> Option<Need> {
        let seen = self.inspect();
        if seen.host_present {
            return None;
        }
        let Some(tilt) = most_head_down(&seen) else {
            return (moved && !self.left_level).then_some(Need::NoAngle);
        };
        if tilt <= 0 {
            return None;
        }
        Some(if self.way_home.is_lost {
            Need::Astray
        } else if seen.request != Request::None {
            if self.way_home.is_vain { Need::CannotRun } else { Need::ComesUp }
        } else if seen.stop_latched {
            Need::Stopped
        } else if seen.back_blocked {
            Need::Blocked
        } else if seen.unpowered || seen.faults.has(Fault::HotHard) {
            Need::CannotRun
        } else {
            Need::Holds
        })
    }
}

/// The more head-down of the angles that there are.
fn most_head_down(seen: &Inspection) -> Option<i32> {
    seen.tilt_mdeg.max(seen.second_tilt_mdeg)
}
