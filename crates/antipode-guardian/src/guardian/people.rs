//! Whether people need the guardian, and whether it needs people (H-01, H-39).

use antipode_firmware::{Inspection, Request};
use antipode_safety::Fault;

use super::Guardian;
use crate::{Awake, Need};

impl Guardian {
    /// Keeps whether the bed was left level: an angle that is lost after that takes nobody down.
    pub(super) fn note_level(&mut self, seen: &Inspection) {
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
        Some(if seen.request != Request::None {
            Need::ComesUp
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
