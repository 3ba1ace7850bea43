//! What forbids a motion and what forbids a return. The same rules answer a frame when it comes
//! and end a motion when something changes under way.

use antipode_link::AckResult;
use antipode_safety::{Angle, Fault, FaultSet};

use crate::angle::Quality;
use crate::canary::{self, Canary};
use crate::condition::Ankles;
use crate::controller::Controller;
use crate::demand::{Asker, Demand};

/// A controller that restarted more often than this within a minute stays put (H-15) ...
const RESTARTS: u8 = 2;
/// ... until it has run for so long.
const STABLE_MS: u32 = 60_000;
/// A person may push on against a blocked return after so long.
const BLOCKED_MS: u32 = 1_000;

/// Faults under which a person may still jog the bed free, slowly (H-11).
const JOG_FREES: FaultSet = FaultSet::NONE
    .with(Fault::StallDown, true)
    .with(Fault::StallBack, true)
    .with(Fault::OverCurrent, true);

/// What kind of motion frame asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    Target,
    Jog,
}

impl Controller {
    /// Why a motion frame may not turn the bed now.
    pub(crate) fn motion_refusal(&self, motion: Motion) -> Option<AckResult> {
        if self.stop.latched() {
            return Some(AckResult::Stopped);
        }
        let Some(at) = self.at else {
            return Some(AckResult::NoAngle);
        };
        match self.demand {
            Demand::HandReturn { .. } => return Some(AckResult::Yielded),
            Demand::AutoReturn { .. } => return Some(AckResult::Returning),
            Demand::Hold
            | Demand::Target { .. }
            | Demand::Jog { .. }
            | Demand::HostReturn { .. } => {}
        }
        let excused = match motion {
            Motion::Target => FaultSet::NONE,
            Motion::Jog => JOG_FREES,
        };
        let faults = self.faults.reported().without(excused);
        if !faults.is_empty() || at.quality != Quality::Full || self.reset_loop() {
            return Some(AckResult::Faulted);
        }
        if !self.session.armed() {
            return Some(AckResult::NotArmed);
        }
        None
    }

    /// Why a return asked for by `asker` may not turn the bed now. Where the bed stands is not
    /// looked at: at level a return is a hold, not a refusal.
    pub(crate) fn return_refusal(&self, asker: Asker) -> Option<AckResult> {
        let held = asker.is_held();
        if self.stop.latched() && !(held && self.stop.rested()) {
            return Some(AckResult::Stopped);
        }
        if self.at.is_none() && !(held && self.may_creep_blind()) {
            return Some(AckResult::NoAngle);
        }
        // Sources that disagree even on which side of level the bed is say nothing about the way.
        if self.sources_cross_level() && !self.demand.is_return() && !held {
            return Some(AckResult::NoAngle);
        }
        let dead = self.faults.has(Fault::Runaway)
            || self.condition.hot_hard()
            || self.condition.unpowered();
        let sliding = self.condition.ankles() == Ankles::Open && !held;
        let blocked = self.back_blocked;
        let looping = self.reset_loop() && !self.is_last_hand(asker);
        // Nothing would notice by its current what the bed runs against.
        let unfelt = self.current.is_suspect() || (self.current.is_false() && !held);
        // Energy that is back may be a stop button in its supply that was let go: under STOP only a
        // hand that holds RETURN moves the bed (hazards section 2, H-23).
        let fresh = !held && !self.energy_is_steady();
        let balks = self.gave_up.waits();
        if dead || sliding || blocked || looping || unfelt || fresh || balks {
            return Some(AckResult::Faulted);
        }
        if asker == Asker::Table && !self.may_return_by_itself() {
            return Some(AckResult::Faulted);
        }
        None
    }

    /// Whether the sources contradict each other about the side of level.
    pub(crate) fn sources_cross_level(&self) -> bool {
        self.at.is_some_and(|at| at.quality == Quality::Disagree && at.least <= 0)
    }

    /// What only forbids the table's own return: no decision of the site for it, nobody heard since
    /// the start, or a start head-down that nobody has asked to come up from yet (no restart turns
    /// the bed by itself, C-11, I18), a creep that led nowhere.
    fn may_return_by_itself(&self) -> bool {
        self.config.returns_by_itself()
            && self.session.seen()
            && !self.automatic.spent()
            && !self.boot_hold
    }

    /// Whether the motor has had its energy for as long as the table waits for its host.
    pub(crate) const fn energy_is_steady(&self) -> bool {
        self.condition.energy_is_steady(self.config.host_loss_hold_ms)
    }

    /// Whether a return may only creep: something about angle, latches or current is doubtful.
    pub(crate) fn creeps(&self) -> bool {
        if canary::active(Canary::CreepIgnored) {
            return false;
        }
        self.at.is_none_or(|at| at.quality != Quality::Full)
            || self.condition.ankles() != Ankles::Closed
            || self.lifts_a_load()
            || self.current.is_false()
            || self.loops_without_hand_control()
    }

    /// Whether `asker` is the one whose hand on RETURN moves a bed that nothing else may move: at the
    /// table's hand control, or through the host where no hand control can be plugged in. Refused
    /// there too, the person would hang for a minute with nobody able to act (H-01).
    const fn is_last_hand(&self, asker: Asker) -> bool {
        match asker {
            Asker::HandHeld => true,
            Asker::HostHeld => !self.config.hand_control,
            Asker::Host | Asker::Hand | Asker::Table => false,
        }
    }

    /// Whether only a host's hand is left in a reset loop: its return creeps, so that the motor asks
    /// little of a supply that may be what broke down (H-15).
    fn loops_without_hand_control(&self) -> bool {
        self.reset_loop() && !self.config.hand_control
    }

    /// Whether this start is one of too many.
    pub(crate) fn reset_loop(&self) -> bool {
        self.boot.boots_last_minute > RESTARTS && self.uptime.ms() < STABLE_MS
    }

    /// Whether the head is below the feet as far as anyone can tell; without an angle, where it was
    /// last.
    pub(crate) fn head_down(&self) -> bool {
        self.at.map_or(self.last_worst > 0, |at| at.worst > 0)
    }

    /// Whether every source says level or head-up.
    pub(crate) fn level_or_up(&self) -> bool {
        self.at.is_some_and(|at| at.worst <= 0)
    }

    /// Whether every source says rest band.
    pub(crate) fn in_rest_band(&self) -> bool {
        self.at.is_some_and(|at| at.worst <= 0 && at.least >= Angle::REST_LOW.millideg())
    }

    /// Whether the host went silent.
    pub(crate) fn host_lost(&self) -> bool {
        self.session.seen() && !self.session.present(self.config.lease_cap_ms)
    }

    /// A person asks again for a return that was blocked: they may, after a rest.
    pub(crate) fn unblock(&mut self, asker: Asker) {
        let rested = self.blocked_for.ms() >= BLOCKED_MS;
        if asker == Asker::Hand || (asker.is_held() && rested) {
            self.pushes |= self.back_blocked;
            self.back_blocked = false;
        }
    }

    /// Whether a current over its limit is a load that people know of and no obstacle. Out of both
    /// latches the person slid toward the head and weighs on the wrong side of the pivot (H-33), and
    /// a latch that closed again did not lift them back: the drive does, for as long as somebody whom
    /// the first halt has warned goes on holding RETURN, at creep (C-13). A bed that gains nothing is
    /// blocked all the same.
    pub(crate) fn lifts_a_load(&self) -> bool {
        let slid = self.condition.ankles() == Ankles::Open || self.faults.has(Fault::LatchesOpen);
        self.pushes && slid
    }
}
