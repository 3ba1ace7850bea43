use antipode_device::CommandId;
use antipode_safety::{Envelope, Guard, Latches, Leave, Limits, Motion, Setting, Switch};
use antipode_sim::driver::{SimDoor, SimDriver};
use antipode_sim::person::Button;
use antipode_sim::plant::{self, PlantConfig};
use antipode_sim::world::WorldSetup;

use super::*;
use crate::sim_run::scenario::body;

/// A table inside this process whose bed was lowered by a host that then went away.
async fn left_head_down() -> (OpenTable, SimDoor) {
    let (_, text) = antipode_files::built_in_people()[0];
    let person = antipode_files::read_person(&antipode_files::Source::new("p", text)).unwrap();
    let plant = PlantConfig::with_rescue(plant::Rescue::Gravity);
    let setup = WorldSetup::of(plant, body(&person.value));
    let ((mut table, stopper), door) = SimDriver::new(setup, 1).open_with_door().await.unwrap();
    let stated = table.capabilities();
    let mut guard = Guard::new(
        Limits::hard(Setting::Home),
        Envelope {
            lease: stated.lease,
            stop_decel_millideg_per_s2: stated.stop_decel,
            max_rate: Rate::clamped(3_000),
        },
    );
    let leave = Leave {
        armed: true,
        stop_clear: true,
        return_held: false,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        journal_ready: true,
        dose_left: Millis::from_secs(400),
    };
    let down = Motion { target: Angle::clamped(8_000), rate: Rate::clamped(3_000) };
    let mut id = 0;
    let deadline = std::time::Instant::now() + Duration::from_secs(60);
    while door.true_tilt_mdeg().unwrap() < 3_000 {
        assert!(std::time::Instant::now() < deadline, "it never went down");
        let event = tokio::time::timeout(TURN, table.next_event()).await;
        let Ok(Ok(TableEvent::Reading(reading))) = event else { continue };
        let now = BootClock.now();
        guard.observe(now, &reading);
        if !reading.faults.is_empty() {
            table.clear_faults(reading.faults).await.unwrap();
        } else if reading.drive == DriveState::Disarmed {
            table.arm().await.unwrap();
        } else if let Ok(permit) = guard.permit(now, down, &leave) {
            id += 1;
            table.start(CommandId(id), permit).await.unwrap();
        }
        table.heartbeat().await.unwrap();
    }
    ((table, stopper), door)
}

fn now<R>(what: impl Future<Output = R>) -> R {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(what)
}

#[test]
fn a_bed_that_was_left_head_down_comes_up_without_arming_or_a_plan() {
    let interrupts = Interrupts::watch().unwrap();
    now(async {
        let (open, door) = left_head_down().await;
        let mut home = Home::new(open);
        let ended = home.bring(&interrupts, || false).await;
        assert!(matches!(ended, Ended::Home(_)), "{ended:?}");
        assert_eq!(ended.exit(), Exit::Done);
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

#[test]
fn with_stop_latched_nothing_moves_and_it_is_said() {
    let interrupts = Interrupts::watch().unwrap();
    now(async {
        let ((mut table, stopper), door) = left_head_down().await;
        door.with(|world| {
            let at = world.now_ms();
            world.person_mut().press_at(Button::Stop, at, 60_000)
        });
        let deadline = std::time::Instant::now() + Duration::from_secs(20);
        loop {
            assert!(std::time::Instant::now() < deadline, "STOP never latched");
            if let TableEvent::Reading(reading) = table.next_event().await.unwrap()
                && reading.drive == DriveState::Stopped
                && reading.switches.has(Switch::Stop)
                && reading.rate.magnitude() <= STANDS
            {
                break;
            }
        }
        let before = door.true_tilt_mdeg().unwrap();
        let mut home = Home::new((table, stopper));
        let ended = home.bring(&interrupts, || false).await;
        assert!(matches!(ended, Ended::Stopped(_)), "{ended:?}");
        assert_eq!(ended.exit(), Exit::EndedEarly);
        let after = door.true_tilt_mdeg().unwrap();
        assert!((after - before).abs() < 200, "{before} {after}: STOP outranks the way home");
    });
}
