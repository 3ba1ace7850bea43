//! What a tick sees, and which faults that makes.

use antipode_link::Message;
use antipode_safety::{Fault, FaultSet, Switches};

use super::Controller;
use crate::angle::Quality;
use crate::canary::{self, Canary};
use crate::condition::Ankles;
use crate::demand::Demand;
use crate::drive::{Motor, Seen, Way};
use crate::fault_log::Scene;
use crate::gave_up::{Meant, Shown};
use crate::io::{DriveNotes, Inputs};
use crate::timer::Held;

impl Controller {
    /// Takes what a back end knows of its drive beyond the inputs, before each tick; what was said
    /// before holds no longer.
    pub fn note_drive(&mut self, notes: DriveNotes) {
        self.condition.note_drive(notes);
        self.latch_next = self.latch_next.union(notes.latch);
    }

    /// The drive has stopped by itself, before a tick. A return that was under way is over and begins
    /// anew from standing still, if whatever asked for it still does. It must not go on as if the
    /// drive followed: a bed that nobody turns would be taken for one that runs against something,
    /// and a blocked return waits for people (H-01, H-11).
    pub fn note_stood(&mut self) {
        if self.demand.is_return() {
            self.demand = Demand::Hold;
            self.setpoint = 0;
        }
    }

    pub(super) fn look(&mut self, inputs: &Inputs, dt_ms: u32) -> Seen {
        self.sources.update(inputs.tilt, inputs.tilt_second, self.setpoint, dt_ms);
        self.at = self.sources.estimate();
        match self.at {
            Some(at) => {
                self.last_worst = at.worst;
                self.blind.see(&at, self.rested.ms());
            }
            None => self.blind.reckon(self.setpoint, self.rested.ms(), dt_ms),
        }
        self.condition.update(&self.config, inputs, dt_ms);
        let over = inputs.current_ma > self.config.current_limit_ma;
        let flow = self.current.update(self.setpoint, self.outputs.brake, over, dt_ms);
        let motor = Motor {
            setpoint: self.setpoint,
            braked: self.outputs.brake,
            current_ma: inputs.current_ma,
        };
        let seen = self.drive.update(self.at.as_ref(), motor, dt_ms);
        let gave_up = self.drive_gave_up(dt_ms);
        let over_current = flow.pushes.or(match gave_up {
            Meant::Against(way) => Some(way),
            Meant::Blocked => Some(Way::Back),
            Meant::Nothing | Meant::Waits | Meant::Dip => None,
        });
        let balks = matches!(gave_up, Meant::Waits | Meant::Dip);
        let blocks_home = gave_up == Meant::Blocked;
        Seen { over_current, balks, blocks_home, runaway: seen.runaway || flow.fed, ..seen }
    }

    /// What it means that the drive's own current limit has stopped it.
    fn drive_gave_up(&mut self, dt_ms: u32) -> Meant {
        let says = self.condition.over_current() && !canary::active(Canary::StallUnseen);
        let shown = Shown {
            setpoint: self.setpoint,
            returns: self.demand.is_return(),
            // A load that people know of is no obstacle.
            says: says && !self.lifts_a_load(),
            lit_ms: self.condition.lit_ms(),
            worst: self.at.map(|at| at.worst),
        };
        let meant = self.gave_up.update(&shown, dt_ms);
        if meant == Meant::Dip {
            // A supply that gave way is asked again after a rest, as one that was away (H-13, H-23).
            self.condition.rest_energy();
        }
        meant
    }

    pub(super) fn note_faults(&mut self, inputs: &Inputs, seen: Seen) {
        let ankles = self.condition.ankles();
        // At standstill and level a sensor may come and go, as it does while a person straps in.
        let in_use = self.head_down() || self.setpoint != 0;
        let disagree = self.at.is_some_and(|at| at.quality == Quality::Disagree);
        let present = self
            .condition
            .faults()
            .with(Fault::AngleInvalid, self.sources.any_lost())
            .with(Fault::AngleDisagrees, disagree)
            // Told while it is looked into: a relay that opens head-down has its alarm (I17).
            .with(Fault::OverCurrent, self.current.is_false() || self.current.probes())
            // A refusal names its reason for as long as it lasts (I24).
            .union(FaultSet::NONE.with(Fault::SupplyLow, !self.energy_is_steady()))
            .with(Fault::StopLoopOpen, self.stop_loop_open(inputs.switches));
        let latch = FaultSet::NONE
            .with(Fault::AngleInvalid, in_use && self.sources.any_lost())
            .with(Fault::AngleDisagrees, in_use && disagree)
            .with(Fault::OneLatchOpen, in_use && ankles == Ankles::OneOpen)
            .with(Fault::LatchesOpen, in_use && ankles == Ankles::Open)
            .with(Fault::Runaway, seen.runaway)
            .with(Fault::BrakeSlip, seen.slip.is_some())
            .with(Fault::OverCurrent, seen.over_current.is_some() || seen.balks)
            .with(Fault::StallDown, seen.stall == Some(Way::Down))
            .with(Fault::StallBack, seen.stall == Some(Way::Back))
            // Last: what the drive has said of itself is not unsaid by what this controller sees.
            .union(self.latch_next);
        self.latch_next = FaultSet::NONE;
        let begun = self.faults.update(present, latch, self.scene(inputs));
        for index in (0..begun.bits().count_ones()).rev() {
            let entry = u16::try_from(index).ok().and_then(|index| self.faults.entry(index));
            if let Some(entry) = entry {
                self.outbox.answer(Message::FaultEntry(entry));
            }
        }
        self.react(seen);
        self.forget_restart();
    }

    fn scene(&self, inputs: &Inputs) -> Scene {
        let tilt = self.sources.main().or(self.sources.second());
        Scene { table_ms: self.now_ms, tilt, current_ma: inputs.current_ma }
    }

    /// Stall, over-current and slip (H-10, H-11). A blocked bed is let go of at once.
    fn react(&mut self, seen: Seen) {
        self.pushes &= self.demand.is_held_return();
        let over_current = seen.over_current.filter(|_| !self.lifts_a_load());
        match seen.stall.or(over_current) {
            Some(Way::Down) => {
                self.demand = Demand::Hold;
                self.automatic.blocked();
            }
            Some(Way::Back) => {
                if self.demand.is_return() || seen.blocks_home {
                    self.back_blocked = true;
                    self.blocked_for = Held::ZERO;
                }
                // Pushing on takes a new press, never a button that is still down.
                self.button.forget();
                self.demand = Demand::Hold;
            }
            None if seen.balks => self.demand = Demand::Hold,
            None => {}
        }
        // A drive without torque holds less than any brake. Slower than a runaway nothing else
        // would ever set it again.
        if seen.slip.is_some() && !self.outputs.brake {
            self.automatic.drive_gives_way();
        }
        // Head-down, a slip toward level is let be: it brings the person up. At level and head-up no
        // slip helps anybody: the drive holds what the brake does not.
        if seen.slip.is_some() && self.level_or_up() {
            self.automatic.hold_by_drive();
        } else if seen.slip == Some(Way::Down) {
            self.automatic.slipped();
        }
        if self.level_or_up() {
            self.back_blocked = false;
            self.boot_hold = false;
        }
    }

    /// A restart is old news once a host has greeted since and the bed is level.
    fn forget_restart(&mut self) {
        if self.greeted && self.level_or_up() && !self.reset_loop() {
            self.faults.clear(FaultSet::NONE.with(Fault::Restarted, true));
        }
    }

    fn stop_loop_open(&self, switches: Switches) -> bool {
        !switches.has(antipode_safety::Switch::StopLoopClosed)
    }
}
