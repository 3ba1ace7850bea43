use antipode_device::TableEvent;
use antipode_device::{
    CommandId, Sensor, SensorCapabilities, SensorError, SensorEvent, TiltReading,
};
use antipode_safety::{
    Angle, DriveState, Envelope, Guard, Latches, Leave, Limits, Motion, Setting, Switch,
};
use antipode_sim::driver::{SimDoor, SimDriver};
use antipode_sim::person::Button;
use antipode_sim::plant::{self, PlantConfig};
use antipode_sim::world::WorldSetup;
use async_trait::async_trait;

use super::keys::Pressed;
use super::*;
use crate::sim_run::scenario::body;

/// What has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(120);
/// A bed that stands moves by less than its sensors' noise.
const STANDS_MDEG: i32 = 200;

/// A table inside this process whose bed was lowered by a host that then went away.
async fn left_head_down() -> (OpenTable, SimDoor) {
    lowered(true).await
}

/// The same; without a second angle of its own where that is to come from a sensor beside it.
async fn lowered(second_angle: bool) -> (OpenTable, SimDoor) {
    let (_, text) = antipode_files::built_in_people()[0];
    let person = antipode_files::read_person(&antipode_files::Source::new("p", text)).unwrap();
    let plant = PlantConfig::with_rescue(plant::Rescue::Gravity);
    let mut setup = WorldSetup::of(plant, body(&person.value));
    setup.firmware.second_angle = second_angle;
    setup.plant.angle.inclinometer = second_angle;
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

/// Somebody at a terminal: what they press, turn by turn, by what they see of the bed.
struct Person<F>(F);

impl<F: FnMut() -> Option<Pressed>> Keys for Person<F> {
    fn take(&mut self) -> Pressed {
        (self.0)().unwrap_or_default()
    }

    fn there(&self) -> bool {
        true
    }
}

/// No terminal.
struct Nobody;

impl Keys for Nobody {
    fn take(&mut self) -> Pressed {
        Pressed::default()
    }

    fn there(&self) -> bool {
        false
    }
}

const UP: Pressed = Pressed { come_up: true, stop: false, interrupts: 0, gone: false };
const INTERRUPT: Pressed = Pressed { come_up: false, stop: false, interrupts: 1, gone: false };

fn home(open: OpenTable) -> Home {
    Home::new(open, Teller::begin("attic").unwrap())
}

async fn bring(home: &mut Home, keys: &mut dyn Keys) -> Ended {
    let interrupts = Interrupts::default();
    tokio::time::timeout(PATIENCE, home.bring(&interrupts, keys)).await.expect("it ends")
}

/// The person on the bed presses STOP.
async fn stop_at_the_table(table: &mut dyn Table, door: &SimDoor) {
    door.with(|world| {
        let at = world.now_ms();
        world.person_mut().press_at(Button::Stop, at, 500)
    });
    let latched = async {
        loop {
            if let TableEvent::Reading(reading) = table.next_event().await.unwrap()
                && reading.drive == DriveState::Stopped
                && !reading.switches.has(Switch::Stop)
                && reading.rate.magnitude() <= Rate::clamped(200)
            {
                return;
            }
        }
    };
    tokio::time::timeout(PATIENCE, latched).await.expect("STOP latches");
}

#[test]
fn a_bed_that_was_left_head_down_comes_up_without_arming_or_a_plan() {
    now(async {
        let (open, door) = left_head_down().await;
        let mut home = home(open);
        let ended = bring(&mut home, &mut Nobody).await;
        assert!(matches!(ended, Ended::Home { stopped: false, .. }), "{ended:?}");
        assert_eq!(ended.exit(), Exit::Done);
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

/// A table whose queue is full at `refusals` returns, one after the other.
struct Full {
    table: Box<dyn Table>,
    refusals: u32,
}

#[async_trait]
impl Table for Full {
    fn capabilities(&self) -> antipode_device::Capabilities {
        self.table.capabilities()
    }
    async fn arm(&mut self) -> Result<(), TableError> {
        self.table.arm().await
    }
    async fn disarm(&mut self) -> Result<(), TableError> {
        self.table.disarm().await
    }
    async fn start(
        &mut self,
        id: CommandId,
        permit: antipode_safety::Permit,
    ) -> Result<(), TableError> {
        self.table.start(id, permit).await
    }
    async fn halt(&mut self) -> Result<(), TableError> {
        self.table.halt().await
    }
    async fn return_to_rest(&mut self, motion: ReturnMotion) -> Result<(), TableError> {
        if self.refusals > 0 {
            self.refusals -= 1;
            let cause = std::io::ErrorKind::WouldBlock.into();
            return Err(TableError::Write { command: "return to rest", cause });
        }
        self.table.return_to_rest(motion).await
    }
    async fn stop(&mut self) -> Result<(), TableError> {
        self.table.stop().await
    }
    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.table.heartbeat().await
    }
    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.table.acknowledge_stop().await
    }
    async fn clear_faults(&mut self, faults: antipode_safety::FaultSet) -> Result<(), TableError> {
        self.table.clear_faults(faults).await
    }
    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        self.table.next_event().await
    }
}

#[test]
fn keys_typed_while_the_program_stood_still_move_nothing_and_a_stop_among_them_counts() {
    let mut typed = vec![UP; 20];
    typed.insert(10, Pressed { stop: true, ..UP });
    typed.insert(15, INTERRUPT);
    let mut typed = typed.into_iter();
    let mut keys = Person(|| typed.next());
    assert_eq!(old_keys(&mut keys), Pressed { stop: true, ..INTERRUPT });
    assert_eq!(keys.take(), Pressed::default(), "none is left for the next turn");

    now(async {
        let (open, _door) = left_head_down().await;
        let (mut home, at) = (home(open), BootClock.now());
        let interrupts = Interrupts::default();
        let held = |home: &mut Home, ms: u64| {
            let now = at.plus(Millis::new(ms));
            let mut once = Some(UP);
            home.listen(now, &interrupts, &mut Person(|| once.take()));
            home.way.is_held(now)
        };
        assert!(held(&mut home, 20), "the key counts");
        assert!(
            !held(&mut home, 3_000),
            "the program stood still, and nobody may hold it any more"
        );
        assert!(held(&mut home, 3_020), "held anew");
    });
}

#[test]
fn a_queue_that_is_full_for_a_while_ends_no_way_home() {
    now(async {
        let ((table, stopper), door) = left_head_down().await;
        let full: Box<dyn Table> = Box::new(Full { table, refusals: 10 });
        let ended = bring(&mut home((full, stopper)), &mut Nobody).await;
        assert!(matches!(ended, Ended::Home { stopped: false, .. }), "{ended:?}");
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

#[test]
fn with_stop_latched_and_nobody_to_hold_a_key_nothing_moves_and_it_is_said() {
    now(async {
        let ((mut table, stopper), door) = left_head_down().await;
        stop_at_the_table(&mut *table, &door).await;
        let before = door.true_tilt_mdeg().unwrap();
        let mut home = home((table, stopper));
        let ended = bring(&mut home, &mut Nobody).await;
        assert!(matches!(ended, Ended::Stopped(Some(_))), "{ended:?}");
        assert_eq!(ended.exit(), Exit::EndedEarly);
        let after = door.true_tilt_mdeg().unwrap();
        assert!(
            (after - before).abs() < STANDS_MDEG,
            "{before} {after}: STOP outranks the way home"
        );
    });
}

#[test]
fn with_stop_latched_the_bed_comes_up_while_the_key_is_held_and_stands_when_it_is_let_go() {
    now(async {
        let ((mut table, stopper), door) = left_head_down().await;
        stop_at_the_table(&mut *table, &door).await;
        let start = door.true_tilt_mdeg().unwrap();
        let (mut turn, mut stood) = (0_u32, None);
        // Two seconds of nothing, one of a held key, two of nothing, then held to the end.
        let mut keys = Person(|| {
            turn += 1;
            let tilt = door.true_tilt_mdeg().unwrap();
            match turn {
                ..100 => assert!((tilt - start).abs() < STANDS_MDEG, "{tilt}: nobody holds it"),
                100..150 => return Some(UP),
                // The grant of the last press, and the ramp.
                150..220 => {}
                220..300 => {
                    let from = *stood.get_or_insert(tilt);
                    assert!(from < start - 500, "{from} {start}: it came up while held");
                    assert!((tilt - from).abs() < STANDS_MDEG, "{from} {tilt}: let go");
                }
                300.. => return Some(UP),
            }
            None
        });
        let mut home = home((table, stopper));
        let ended = bring(&mut home, &mut keys).await;
        assert!(matches!(ended, Ended::Home { stopped: true, .. }), "{ended:?}");
        assert_eq!(ended.exit(), Exit::EndedEarly);
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

#[test]
fn ctrl_c_twice_is_stop_and_leaves_nobody_behind_while_there_is_a_key_to_hold() {
    now(async {
        let (open, door) = left_head_down().await;
        let (mut turn, mut stood) = (0_u32, None);
        let mut keys = Person(|| {
            turn += 1;
            let tilt = door.true_tilt_mdeg().unwrap();
            match turn {
                10 | 20 => return Some(INTERRUPT),
                ..60 => {}
                // Ctrl-C again and again moves nothing under STOP, and ends nothing.
                60..200 => {
                    let at = *stood.get_or_insert(tilt);
                    assert!(at > 500, "{at}: it was stopped head-down");
                    assert!((tilt - at).abs() < STANDS_MDEG, "{at} {tilt}");
                    return (turn % 20 == 0).then_some(INTERRUPT);
                }
                200.. => return Some(UP),
            }
            None
        });
        let mut home = home(open);
        let ended = bring(&mut home, &mut keys).await;
        assert!(matches!(ended, Ended::Home { stopped: true, .. }), "{ended:?}");
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

#[test]
fn one_ctrl_c_goes_on_coming_up() {
    now(async {
        let (open, door) = left_head_down().await;
        let mut turn = 0_u32;
        let mut keys = Person(|| {
            turn += 1;
            (turn == 5).then_some(INTERRUPT)
        });
        let mut home = home(open);
        let ended = bring(&mut home, &mut keys).await;
        assert!(matches!(ended, Ended::Home { stopped: false, .. }), "{ended:?}");
        assert!(door.true_tilt_mdeg().unwrap() <= 0, "the bed itself is up");
    });
}

/// An inclinometer on the simulated bed that may be wrong by so much.
struct Inclinometer {
    door: SimDoor,
    off_mdeg: i32,
    seq: u32,
    /// When it speaks next, whoever has asked meanwhile.
    due: tokio::time::Interval,
}

#[async_trait]
impl Sensor for Inclinometer {
    fn capabilities(&self) -> SensorCapabilities {
        SensorCapabilities {
            simulated: true,
            tilt: true,
            heart_rate: false,
            oxygen_saturation: false,
            blood_pressure: false,
            report_every: Some(Millis::new(20)),
            serial: None,
        }
    }

    async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
        self.due.tick().await;
        self.seq += 1;
        let tilt = self.door.true_tilt_mdeg().unwrap() + self.off_mdeg;
        Ok(SensorEvent::Tilt(TiltReading {
            at: BootClock.now(),
            seq: self.seq,
            tilt: Some(Angle::clamped(tilt.into())),
        }))
    }
}

/// A bed head-down with an inclinometer beside its table that is wrong by so much.
async fn with_inclinometer(off_mdeg: i32) -> (OpenTable, SimDoor) {
    let ((table, stopper), door) = lowered(false).await;
    let due = tokio::time::interval(Duration::from_millis(20));
    let sensor = Inclinometer { door: door.clone(), off_mdeg, seq: 0, due };
    let beside = Beside::new(table, Box::new(sensor)).unwrap();
    ((Box::new(beside), stopper), door)
}

#[test]
fn a_sensor_beside_the_table_that_agrees_changes_nothing() {
    now(async {
        let (open, door) = with_inclinometer(400).await;
        let mut home = home(open);
        let ended = bring(&mut home, &mut Nobody).await;
        assert!(matches!(ended, Ended::Home { stopped: false, .. }), "{ended:?}");
        assert!(door.true_tilt_mdeg().unwrap() <= 0);
    });
}

#[test]
fn a_sensor_beside_the_table_that_says_head_down_is_no_arrival_and_slows_the_way() {
    now(async {
        let (open, door) = with_inclinometer(9_000).await;
        let began = std::time::Instant::now();
        let mut fastest = 0;
        let mut last = (0_u128, door.true_tilt_mdeg().unwrap());
        // Longer than the way up takes: the table says that it is level by then.
        let mut keys = Person(|| {
            let ms = began.elapsed().as_millis();
            if ms >= last.0 + 1_000 {
                let tilt = door.true_tilt_mdeg().unwrap();
                let rate = i128::from(last.1 - tilt) * 1_000 / i128::try_from(ms - last.0).unwrap();
                // The first second: the two must differ for 300 ms before that counts.
                fastest = fastest.max(if ms >= 2_000 { rate } else { 0 });
                last = (ms, tilt);
            }
            None
        });
        let mut home = home(open);
        let interrupts = Interrupts::default();
        let given = Duration::from_secs(15);
        let ended = tokio::time::timeout(given, home.bring(&interrupts, &mut keys)).await;
        assert!(ended.is_err(), "{ended:?}: one of its angles says head-down");
        assert!(fastest < 1_300, "{fastest}: it creeps while they differ");
        assert!(door.true_tilt_mdeg().unwrap() < 3_000, "it came up as far as the table knows");
    });
}
