//! The truth of a row: plant, wire, and a board that is dark.

use antipode_monitor::trace::{self, Motion, Source};
use antipode_sim::faults::FaultKind;
use antipode_sim::plant::{Blocks, SensorFault};
use antipode_sim::world::World;

pub(super) fn plant(world: &World) -> trace::Plant {
    let plant = world.plant();
    let faults = plant.faults();
    trace::Plant {
        tilt_mdeg: plant.true_tilt_mdeg(),
        rate_mdeg_s: plant.true_rate_mdeg_per_s(),
        day: 0,
        powered: plant.powered(),
        drive_able: !faults.stall
            && faults.brake_jam.is_none()
            && faults.supply_sag_mv == 0
            && plant.powered(),
        drive_mc: plant.true_drive_mc(),
        current_ma: plant.true_current_ma(),
        current_reads_high: faults
            .current_stuck_ma
            .is_some_and(|reads| reads > world.firmware().current_limit_ma),
        // Somebody who slid out of the clamp is a load that the drive was not built for.
        obstructed: faults.obstacle.is_some_and(|it| it.blocks == Blocks::HeadUp)
            || plant.slid_mm() > 0,
        runaway: faults.runaway_mdeg_per_s.is_some(),
        brake_slipping: faults.brake_slip_mdeg_per_s > 0,
        primary_source: source(faults.encoder, true),
        second_source: source(faults.inclinometer, world.firmware().second_angle),
        person_on_table: true,
    }
}

const fn source(fault: Option<SensorFault>, fitted: bool) -> Source {
    if !fitted {
        return Source::NotFitted;
    }
    match fault {
        None => Source::Healthy,
        Some(
            SensorFault::Off
            | SensorFault::Stuck
            | SensorFault::Garbage
            | SensorFault::Slow
            | SensorFault::Delayed { .. }
            | SensorFault::Intermittent,
        ) => Source::FaultShowing,
        Some(
            SensorFault::Wrong { .. }
            | SensorFault::Drift { .. }
            | SensorFault::SignFlip
            | SensorFault::Scale { .. },
        ) => Source::FaultSilent,
    }
}

pub(super) fn wire(world: &World) -> trace::Wire {
    let arrived = world.arrived();
    let cut = world.has_fault(FaultKind::LinkCut)
        || world.has_fault(FaultKind::DeafTable)
        || world.has_fault(FaultKind::MuteTable);
    trace::Wire {
        up: !cut,
        fresh_frames: arrived.fresh,
        stale_frames: arrived.stale,
        stop_delivered: arrived.stop,
    }
}

/// A board that has no power or restarts.
pub(super) fn dark(world: &World) -> trace::Firmware {
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
