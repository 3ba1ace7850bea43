//! The truth of a row: plant and wire.

use antipode_monitor::trace::{self, Source};
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

/// Faults of the wire that lose, spoil or hold up frames.
const LOSES: [FaultKind; 9] = [
    FaultKind::Drop,
    FaultKind::Delay,
    FaultKind::Jitter,
    FaultKind::Reorder,
    FaultKind::Truncate,
    FaultKind::BitFlip,
    FaultKind::BurstNoise,
    FaultKind::ReconnectLoop,
    FaultKind::Flood,
];

pub(super) fn wire(world: &World) -> trace::Wire {
    let arrived = world.arrived();
    let cut = world.has_fault(FaultKind::LinkCut)
        || world.has_fault(FaultKind::DeafTable)
        || world.has_fault(FaultKind::MuteTable)
        || world.has_fault(FaultKind::HalfOpen);
    trace::Wire {
        up: !cut,
        lossy: LOSES.into_iter().any(|kind| world.has_fault(kind)),
        fresh_frames: arrived.fresh,
        stale_frames: arrived.stale,
        stop_delivered: arrived.stop,
    }
}
