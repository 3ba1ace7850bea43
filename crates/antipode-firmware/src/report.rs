//! What the table says of itself, and how often.

use antipode_link::{Message, TableFlag, TableFlags, Telemetry};
use antipode_safety::{DriveState, Fault, FaultSet, Rate};

use crate::controller::Controller;
use crate::demand::{Cause, Demand};
use crate::io::Inputs;

/// Between reports while the table is busy (20 a second).
const BUSY_MS: u32 = 50;
/// Between reports at other times (2 a second).
const IDLE_MS: u32 = 500;
/// So long after it was busy it still counts as busy: the last word of a host that counts on fast
/// reports must not be one that says head-down.
const LINGER_MS: u32 = 1_000;
/// A bed that turns faster than the noise of its sensors turns, whoever turns it.
const TURNS_MDEG_PER_S: i32 = 1_500;

impl Controller {
    /// Queues a report when one is due: on time, or at once when the state or a switch changed.
    pub(crate) fn report(&mut self, inputs: &Inputs, dt_ms: u32) {
        let state = self.state();
        let busy = self.session.armed()
            || self.head_down()
            || self.setpoint != 0
            || self.drive.rate().abs() >= TURNS_MDEG_PER_S;
        let quiet_ms = self.quiet.update(!busy, dt_ms);
        let due_ms = if quiet_ms < LINGER_MS { BUSY_MS } else { IDLE_MS };
        let elapsed = self.since_report.update(true, dt_ms);
        // A press must reach the host however short it is, also of an idle table.
        let pressed = inputs.switches != self.reported_switches;
        if elapsed < due_ms && state == self.reported_state && !pressed {
            return;
        }
        self.reported_switches = inputs.switches;
        self.since_report.update(false, 0);
        self.reported_state = state;
        self.outbox.report(Message::Telemetry(Telemetry {
            table_ms: self.now_ms,
            state,
            switches: inputs.switches,
            latches: self.condition.latches(),
            flags: self.flags(inputs),
            faults: self.faults.reported(),
            tilt: self.sources.main(),
            tilt_second: self.sources.second(),
            rate: Rate::clamped(i64::from(self.drive.rate())),
            current_ma: inputs.current_ma,
            supply_mv: inputs.supply_mv,
            temperature_c: inputs.temperature_c,
            accepted: self.session.accepted(),
        }));
    }

    pub(crate) fn state(&self) -> DriveState {
        match self.demand {
            Demand::AutoReturn { cause: Cause::HostLost } => return DriveState::HostLossReturn,
            Demand::AutoReturn { .. } | Demand::HandReturn { .. } | Demand::HostReturn { .. } => {
                return DriveState::Returning;
            }
            Demand::Target { arrived: false, .. } | Demand::Jog { .. } => {
                return DriveState::Moving;
            }
            Demand::Target { arrived: true, .. } | Demand::Hold => {}
        }
        let serious = self
            .faults
            .reported()
            .without(FaultSet::NONE.with(Fault::LeaseExpired, true).with(Fault::Restarted, true));
        if self.stop.latched() {
            DriveState::Stopped
        } else if !serious.is_empty() || self.reset_loop() {
            DriveState::Faulted
        } else if self.host_lost() && self.head_down() {
            DriveState::HostLossHold
        } else if !self.faults.reported().is_empty() && self.head_down() {
            DriveState::Faulted
        } else if self.session.armed() {
            DriveState::Holding
        } else {
            DriveState::Disarmed
        }
    }

    fn flags(&self, inputs: &Inputs) -> TableFlags {
        TableFlags::NONE
            .with(TableFlag::Armed, self.session.armed())
            .with(TableFlag::StopLatched, self.stop.latched())
            .with(TableFlag::StopPressed, self.stop.pressed())
            .with(TableFlag::Brake, self.outputs.brake)
            .with(TableFlag::Relay, self.outputs.relay)
            .with(TableFlag::Buzzer, self.outputs.buzzer)
            .with(TableFlag::Mains, inputs.mains)
            .with(TableFlag::HandReturn, matches!(self.demand, Demand::HandReturn { .. }))
            .with(TableFlag::HostPresent, self.session.present(self.config.lease_cap_ms))
    }
}
