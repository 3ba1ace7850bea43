//! What the firmware of a row claims, and a board that is dark.

use antipode_firmware::{Inspection, Request};
use antipode_monitor::trace::{self, Motion};
use antipode_safety::{Angle, Fault};
use antipode_sim::faults::FaultKind;
use antipode_sim::world::World;

use super::Rows;

/// A board that was dark for so long may, and for so long must, be taken to have somebody at its
/// crank (C-11), milliseconds. The host counts from the last report, which may be a report and its
/// way on the wire older.
const HANDS_ON_AFTER_MS: (u64, u64) = (4_000, 5_000);

impl Rows {
    pub(super) fn firmware(
        &mut self,
        world: &World,
        inspected: Option<&Inspection>,
    ) -> trace::Firmware {
        let outputs = world.outputs();
        let Some(seen) = inspected else { return dark(world) };
        let epoch = self.epoch(seen.session);
        let new = seen.commands_accepted.wrapping_sub(self.commands);
        let forward = seen.last_accepted.wrapping_sub(self.accepted);
        // Commands that acted without their number moving forward acted twice or out of turn.
        let backward = forward > u16::MAX / 2;
        let again = if backward { new } else { new.saturating_sub(u32::from(forward)) };
        // A new session counts anew.
        let restarted = seen.commands_accepted < self.commands || seen.session != self.session;
        self.session = seen.session;
        self.commands = seen.commands_accepted;
        self.accepted = seen.last_accepted;
        let faults = seen.faults;
        let [first, second] = world.plant().true_ages_ms();
        trace::Firmware {
            alive: !world.has_fault(FaultKind::TableFreeze),
            boot_count: u32::from(world.boots()),
            setpoint_mdeg_s: seen.setpoint_mdeg_s,
            brake_set: outputs.brake,
            relay_closed: outputs.relay,
            motion: motion(seen),
            tilt_mdeg: seen.tilt_mdeg,
            tilt_age_ms: age_ms(first),
            second_tilt_mdeg: seen.second_tilt_mdeg,
            second_tilt_age_ms: age_ms(second),
            tilt_limit_mdeg: world.firmware().tilt_max.millideg(),
            lease_ms_left: seen.lease_ms_left,
            lease_epoch: epoch,
            frame_accepted: new > 0 && !restarted && seen.lease_ms_left > 0,
            accepted_epoch: epoch,
            accepted_rate_mdeg_s: seen.asked_mdeg_s,
            stale_frames_accepted: if restarted {
                0
            } else {
                u8::try_from(again).unwrap_or(u8::MAX)
            },
            stop_latched: seen.stop_latched,
            motion_locked: !faults.is_empty(),
            boot_hold: !seen.host_seen
                || seen.reset_loop
                || self.was_dark_ms >= HANDS_ON_AFTER_MS.0
                || self.started_down,
            hands_on: self.was_dark_ms >= HANDS_ON_AFTER_MS.1,
            stall_latched: seen.back_blocked
                || faults.has(Fault::StallBack)
                || faults.has(Fault::StallDown)
                || faults.has(Fault::OverCurrent),
            direction_checked: true,
            latches_fitted: seen.latches.fitted,
            latches_open: seen.latches.open(),
            reaction: reaction(seen, outputs.relay),
            alarm_on: outputs.buzzer,
        }
    }

    /// The ordinal of a link session, in the order of issue.
    fn epoch(&mut self, session: u32) -> u32 {
        if session == 0 {
            return 0;
        }
        let place = self.sessions.iter().position(|known| *known == session);
        let place = place.unwrap_or_else(|| {
            self.sessions.push(session);
            self.sessions.len() - 1
        });
        u32::try_from(place + 1).unwrap_or(u32::MAX)
    }
}

/// A board that has no power or restarts.
fn dark(world: &World) -> trace::Firmware {
    trace::Firmware {
        alive: false,
        boot_count: u32::from(world.boots()),
        setpoint_mdeg_s: 0,
        brake_set: true,
        relay_closed: false,
        motion: Motion::None,
        tilt_mdeg: None,
        tilt_age_ms: u32::MAX,
        second_tilt_mdeg: None,
        second_tilt_age_ms: u32::MAX,
        tilt_limit_mdeg: world.firmware().tilt_max.millideg(),
        lease_ms_left: 0,
        lease_epoch: 0,
        frame_accepted: false,
        accepted_epoch: 0,
        accepted_rate_mdeg_s: 0,
        stale_frames_accepted: 0,
        stop_latched: false,
        motion_locked: true,
        boot_hold: true,
        hands_on: false,
        stall_latched: false,
        direction_checked: false,
        latches_fitted: world.firmware().latches_fitted,
        latches_open: 0,
        reaction: 0,
        alarm_on: false,
    }
}

fn age_ms(age: Option<u64>) -> u32 {
    age.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(u32::MAX)
}

const fn motion(seen: &Inspection) -> Motion {
    match seen.request {
        Request::None => Motion::None,
        Request::Target => {
            // The attended act and the program use the same frame; which it is shows in the side
            // of level that it works on.
            if seen.asked_mdeg_s != 0
                && matches!(seen.tilt_mdeg, Some(tilt) if tilt < Angle::REST_LOW.millideg())
            {
                Motion::Upright
            } else {
                Motion::Plan
            }
        }
        Request::Jog => Motion::Jog,
        Request::HostReturn if seen.creep => Motion::Creep,
        Request::HostReturn => Motion::Return,
        Request::HeldReturn => Motion::HeldReturn,
        Request::OwnReturn => {
            if seen.creep {
                Motion::Creep
            } else {
                Motion::OwnReturn
            }
        }
    }
}

fn reaction(seen: &Inspection, relay: bool) -> u8 {
    if !relay {
        return 5;
    }
    match (seen.request, seen.creep) {
        // Somebody pressed the hand control: a person's act is no reaction.
        (Request::OwnReturn, _) if !seen.automatic => 0,
        (Request::OwnReturn, true) => 3,
        (Request::OwnReturn, false) => 2,
        (Request::None, _) if seen.stop_latched => 1,
        (
            Request::None
            | Request::Target
            | Request::Jog
            | Request::HostReturn
            | Request::HeldReturn,
            _,
        ) => 0,
    }
}
