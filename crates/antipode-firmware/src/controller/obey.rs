//! STOP, the hand control, leases and the table's own returns: what a tick is asked to do.

use antipode_safety::{Fault, Switches};

use super::Controller;
use crate::angle::{Estimate, Quality};
use crate::automatic::Facts;
use crate::blind::{RESTED_LEAST_MDEG, RESTED_MS};
use crate::canary::{self, Canary};
use crate::condition::Ankles;
use crate::demand::{Asker, Cause, Demand};
use crate::motion;
use crate::rules::Motion;

/// At level without a host for so long, the table disarms itself.
const DISARM_AFTER_MS: u32 = 5_000;

impl Controller {
    pub(super) fn obey_stop(&mut self, switches: Switches, dt_ms: u32) {
        if self.stop.update(switches, dt_ms) {
            self.halt_for_stop();
        }
    }

    pub(crate) fn halt_for_stop(&mut self) {
        self.demand = Demand::Hold;
        self.setpoint = 0;
        self.session.disarm();
        self.button.forget();
    }

    /// The strapped person's RETURN: one press runs to the rest band. With STOP latched, both
    /// latches open, somebody to lift who slid out of them, no angle, a current sensor that shows what cannot be, energy
    /// that was away a moment ago, or a controller that keeps restarting it moves only while held.
    pub(super) fn obey_hand(&mut self, switches: Switches) {
        let pressed = self.button.update(switches);
        if pressed {
            self.unblock(Asker::Hand);
        }
        let hold_to_run = self.stop.latched()
            || self.condition.ankles() == Ankles::Open
            || self.lifts_a_load()
            || self.at.is_none()
            || self.sources_cross_level()
            || self.current.is_false()
            || !self.energy_is_steady()
            || self.reset_loop();
        if pressed {
            self.automatic.renew();
            self.boot_hold = false;
            // The host yields, whatever the button can do now (H-19).
            if !self.demand.is_return() {
                self.demand = Demand::Hold;
            }
            self.session.disarm();
            let allowed = self.return_refusal(Asker::Hand).is_none();
            if !hold_to_run && self.head_down() && allowed {
                self.demand = Demand::HandReturn { held: false };
            }
        }
        let starts = hold_to_run && self.button.held_now() && self.head_down();
        if starts && self.return_refusal(Asker::HandHeld).is_none() {
            self.demand = Demand::HandReturn { held: true };
        }
        if self.demand == (Demand::HandReturn { held: true }) && !self.button.held() {
            self.demand = Demand::Hold;
        }
    }

    /// Silence ends a host's motion. It latches against more of it, never against return (H-01).
    pub(super) fn end_leases(&mut self, now_ms: u32) {
        let ended = self.demand.lease().is_some_and(|lease| lease.ended(now_ms));
        if !ended || canary::active(Canary::LeaseIgnored) {
            return;
        }
        let meant = matches!(self.demand, Demand::HostReturn { held: true, .. });
        if self.setpoint != 0 && !meant {
            self.latch_next = self.latch_next.with(Fault::LeaseExpired, true);
            self.session.disarm();
        }
        self.demand = Demand::Hold;
        self.setpoint = 0;
    }

    pub(super) fn act_alone(&mut self, dt_ms: u32) {
        let under_way = matches!(self.demand, Demand::AutoReturn { .. });
        let facts = Facts {
            at: self.at,
            host_lost: self.host_lost(),
            mains_lost: self.condition.mains_lost(),
            ankles: self.condition.ankles(),
            under_way,
        };
        self.automatic.update(&self.config, &facts, dt_ms);
        if self.level_or_up() && self.session.silent_ms() >= DISARM_AFTER_MS {
            self.session.disarm();
        }
        let due = self.automatic.due(&self.config, &facts);
        let Some(cause) = due.filter(|_| !self.demand.is_return()) else {
            return;
        };
        if self.return_refusal(Asker::Table).is_some() {
            return;
        }
        self.automatic.begun(cause);
        self.demand = Demand::AutoReturn { cause };
        // After a stall a person may still have to jog the bed free.
        if cause != Cause::Blocked {
            self.session.disarm();
        }
    }

    pub(super) fn end_what_is_forbidden(&mut self) {
        let asker = match self.demand {
            Demand::Hold => return,
            Demand::Target { .. } => return self.end_motion_if_forbidden(Motion::Target),
            Demand::Jog { .. } => return self.end_motion_if_forbidden(Motion::Jog),
            Demand::HostReturn { held: false, .. } => Asker::Host,
            Demand::HostReturn { held: true, .. } => Asker::HostHeld,
            Demand::HandReturn { held: false } => Asker::Hand,
            Demand::HandReturn { held: true } => Asker::HandHeld,
            Demand::AutoReturn { .. } => Asker::Table,
        };
        // Without an angle the refusal says where the way ends.
        let done = self.at.is_some_and(|at| {
            let past = !asker.is_held() && motion::may_be_past_rest(&at);
            past || motion::returned(&at) || self.rests_by_switch(&at)
        });
        if done || self.return_refusal(asker).is_some() {
            self.demand = Demand::Hold;
        }
    }

    /// A creep on doubtful angles ends on the rest switch (S3): the source that says more head-down
    /// may be the wrong one, and following it further would go past the rest band. The switch alone
    /// is not believed against a source that still says clearly head-down.
    fn rests_by_switch(&self, at: &Estimate) -> bool {
        at.quality != Quality::Full
            && at.least <= RESTED_LEAST_MDEG
            && self.rested.ms() >= RESTED_MS
    }

    fn end_motion_if_forbidden(&mut self, motion: Motion) {
        if self.motion_refusal(motion).is_some() {
            self.demand = Demand::Hold;
            self.session.disarm();
        }
    }
}
