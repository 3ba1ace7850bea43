//! Guarded tables: a guardian in a thread between a host and a simulated drive on a
//! pseudo-terminal. Judged by the true tilt of the bed and the drive's own motor.

pub(crate) mod host;
mod removed;
pub(crate) mod sensor;
mod sleep;
mod storm;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use antipode_device::{
    Address, LineSettings, Parity, Rates, ReturnMotion, StopBits, TableDriver, TableError,
};
use antipode_driver_serial::drive::jrk::{JrkDrive, JrkSetup};
use antipode_driver_serial::drive::tic::{TicDrive, TicSetup};
use antipode_driver_serial::guardian::{
    DriveState, GuardedDriver, GuardianError, GuardianPlan, Inclinometer, Launch, Loudness, Shell,
    Stated, Vigil, drive_facts, drive_state, needs,
};
use antipode_guardian::{
    AngleFrom, Drive, Following, GuardianConfig, HostLossPolicy, Rescue, StrokePoint, StrokeTable,
};
use antipode_link::{AckResult, Message};
use antipode_safety::{Angle, Fault, Millis, Rate};
use antipode_sim::device::{DeviceFault, DeviceSetup, DriveSetup, JrkSetup as SimJrk, SerialTable};
use antipode_sim::pty::Plugged;

use host::{Caller, Host, back, clear, held_back, to};

/// One table at a time: a loop that gets no turn for a lease stops, as it should.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for it.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a driver is told of a drive.
pub(crate) const RANGED: Stated = Stated {
    rates: Rates::Range { slowest: Rate::clamped(500), fastest: Rate::clamped(3_000) },
    stop_decel: 4_000,
};
const FIXED: Stated = Stated { rates: Rates::Fixed(Rate::clamped(2_000)), ..RANGED };

/// Which drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Jrk,
    Tic,
}

/// A simulated table, a guardian of it that can be killed, and where it listens.
struct Guarded {
    _turn: MutexGuard<'static, ()>,
    kind: Kind,
    table: Plugged<SerialTable>,
    dir: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
    guardian: Option<(Arc<AtomicBool>, JoinHandle<()>)>,
}

impl Guarded {
    fn new(kind: Kind) -> Self {
        let turn = turn();
        let setup = match kind {
            Kind::Jrk => jrk_table(),
            Kind::Tic => DeviceSetup::tic(),
        };
        let table = Plugged::new(SerialTable::new(&setup, 1)).unwrap();
        // Where it may, the device goes before everything ordinary, as a device does.
        let first = table.with(|_| rustix::process::setpriority_process(None, -10));
        tracing::debug!(?first, "the priority of the simulated device");
        let dir = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let mut guarded = Self { _turn: turn, kind, table, dir, runtime, guardian: None };
        guarded.guard();
        guarded
    }

    fn socket(&self) -> PathBuf {
        self.dir.path().join("guardian").join("drive.sock")
    }

    /// Starts a guardian.
    fn guard(&mut self) {
        self.guard_with(Vigil::stated("a test".to_owned()));
    }

    /// Starts one whose computer is watched by `vigil`.
    fn guard_with(&mut self, vigil: Vigil) {
        self.guard_by(self.plan_beside(self.sensor()), vigil);
    }

    /// Starts one of this plan.
    fn guard_by(&mut self, plan: GuardianPlan, vigil: Vigil) {
        let shell = Shell::open(plan, vigil).unwrap();
        let go = Arc::new(AtomicBool::new(true));
        let goes = Arc::clone(&go);
        let thread = std::thread::spawn(move || shell.run_while(|| goes.load(Ordering::Acquire)));
        self.guardian = Some((go, thread));
    }

    /// Ends the guardian between two turns, as a kill does: it says nothing more.
    fn kill(&mut self) {
        let (go, thread) = self.guardian.take().unwrap();
        go.store(false, Ordering::Release);
        thread.join().unwrap();
    }

    fn plan_beside(&self, sensor: Option<Inclinometer>) -> GuardianPlan {
        let drive: Box<dyn Drive> = match self.kind {
            Kind::Jrk => Box::new(JrkDrive::new(JrkSetup::default())),
            Kind::Tic => {
                Box::new(TicDrive::new(TicSetup { self_locking: true, ..TicSetup::default() }))
            }
        };
        GuardianPlan {
            drive,
            port: self.table.path().display().to_string(),
            line: LineSettings { baud: 115_200, parity: Parity::None, stop_bits: StopBits::One },
            config: config(self.kind),
            stroke: stroke(self.kind),
            sensor,
            socket: self.socket(),
            loudness: Loudness::default(),
        }
    }

    fn sensor(&self) -> Option<Inclinometer> {
        if self.kind == Kind::Jrk {
            return None;
        }
        let mut opens = sensor::opens(self.table.path_of(1));
        let mut opened = None;
        // The thread of the sensor before lets its port go in its own time.
        host::wait("the sensor's port is free", || {
            opened = opens().ok();
            opened.is_some()
        });
        Some(Inclinometer::new(opened, opens))
    }

    fn tilt(&self) -> i32 {
        self.table.with(|table| table.plant().true_tilt_mdeg())
    }

    /// Time of the simulated world, milliseconds.
    fn now_ms(&self) -> u64 {
        self.table.with(|table| table.now_ms())
    }

    /// A host that has greeted, cleared what idling has latched, and armed.
    fn armed(&self) -> Host {
        let mut host = Host::greet(&self.socket());
        self.start(&mut host);
        host
    }

    /// A start by a person: at rest, faults cleared, armed.
    fn start(&self, host: &mut Host) {
        if self.tilt() > -1_000 {
            host.keep(back(), "it is at rest", |_| self.tilt() <= -1_000);
        }
        host::wait("it is armed", || {
            host.listen();
            host.say(clear()) == AckResult::Accepted && host.arm() == AckResult::Accepted
        });
    }

    /// A host that has lowered the bed to about `tilt`. A machine that is busy with something else
    /// for a moment costs a motion its lease or its angle; a person then starts again.
    fn lowered(&self, tilt: i32) -> Host {
        let mut host = self.armed();
        loop {
            let down = || self.tilt() >= tilt - 500;
            host.keep(to(tilt, 3_000), "the bed goes down", |host| down() || host.is_refused());
            if down() {
                return host;
            }
            self.start(&mut host);
        }
    }
}

impl Drop for Guarded {
    fn drop(&mut self) {
        if self.guardian.is_some() {
            self.kill();
        }
    }
}

/// The guardian of a simulated Jrk at `port`, for a process of its own.
pub(crate) fn jrk_plan(port: &str, socket: &Path) -> GuardianPlan {
    GuardianPlan {
        drive: Box::new(JrkDrive::new(JrkSetup::default())),
        port: port.to_owned(),
        line: LineSettings { baud: 115_200, parity: Parity::None, stop_bits: StopBits::One },
        config: config(Kind::Jrk),
        stroke: stroke(Kind::Jrk),
        sensor: None,
        socket: socket.to_owned(),
        loudness: Loudness::default(),
    }
}

/// A table with a Jrk that waits for half a second, as the driver takes it at most: this machine may
/// be busy.
pub(crate) fn jrk_table() -> DeviceSetup {
    DeviceSetup {
        drive: DriveSetup::Jrk(SimJrk::fit().with_setting(0x26, &[50, 0])),
        ..DeviceSetup::jrk()
    }
}

fn config(kind: Kind) -> GuardianConfig {
    let (angle, following, tilt_max) = match kind {
        Kind::Jrk => (AngleFrom::Drive, Following::Position, 37_000),
        Kind::Tic => (AngleFrom::Sensor, Following::Speed, 60_000),
    };
    GuardianConfig {
        serial: 7,
        tilt_min: Angle::clamped(-74_000),
        tilt_max: Angle::clamped(tilt_max),
        stop_decel: 8_000,
        max_rate: Rate::clamped(3_000),
        return_rate: Rate::clamped(3_000),
        lease: Millis::new(400),
        latches_fitted: 0,
        returns_with_few_latches: true,
        host_loss: HostLossPolicy::HoldThenReturn,
        rescue: Rescue::Crank,
        battery: false,
        angle,
        following,
        runs_on: Millis::new(0),
        current_limit_ma: None,
        supply_low_mv: Some(20_000),
        mains_lost_mv: None,
        self_locking: true,
        fitted_hash: 0,
    }
}

/// The linkages of the simulated tables, as a maker measures them.
fn stroke(kind: Kind) -> StrokeTable {
    let points: &[(i32, i32)] = match kind {
        Kind::Jrk => {
            &[(400_000, -75_000), (2_400_000, 0), (3_600_000, 30_000), (3_950_000, 38_000)]
        }
        // 400 steps a millimetre.
        Kind::Tic => &[(0, -75_000), (60_000_000, 0), (88_000_000, 30_000), (128_000_000, 70_000)],
    };
    let point = |&(stroke, tilt_mdeg)| StrokePoint { stroke, tilt_mdeg };
    StrokeTable::new(points.iter().map(point).collect()).unwrap()
}

fn a_lowering_a_silence_and_a_return(kind: Kind) {
    let guarded = Guarded::new(kind);
    let mut host = guarded.lowered(4_000);
    // Heartbeats alone renew no lease.
    let from = guarded.now_ms();
    host.until("its lease is over", |_| guarded.now_ms() >= from + 700);
    let stood = guarded.tilt();
    let from = guarded.now_ms();
    host.until("a second more", |_| guarded.now_ms() >= from + 1_000);
    assert!((guarded.tilt() - stood).abs() < 150, "{stood} {}", guarded.tilt());
    host.keep(back(), "the bed comes home", |_| (-10_000..=-2_000).contains(&guarded.tilt()));
}

#[test]
fn a_jrk_lowers_stands_at_the_end_of_its_lease_and_comes_home() {
    a_lowering_a_silence_and_a_return(Kind::Jrk);
}

#[test]
fn a_tic_lowers_stands_at_the_end_of_its_lease_and_comes_home() {
    a_lowering_a_silence_and_a_return(Kind::Tic);
}

fn a_lost_host_comes_home(kind: Kind) {
    let guarded = Guarded::new(kind);
    let host = guarded.lowered(5_000);
    drop(host);
    let from = guarded.now_ms();
    host::wait("the bed comes home", || (-10_000..=0).contains(&guarded.tilt()));
    let took = guarded.now_ms() - from;
    // A machine that gives a guardian no turn takes it the angle each time; it says so in its log.
    let log = std::fs::read_to_string(guarded.dir.path().join("guardian").join("drive.sock.log"));
    let log = log.unwrap();
    assert!(took <= 45_000 || log.contains("late: "), "{took} ms: {log}");
}

#[test]
fn a_jrk_brings_the_person_of_a_lost_host_home_in_time() {
    a_lost_host_comes_home(Kind::Jrk);
}

#[test]
fn a_tic_brings_the_person_of_a_lost_host_home_in_time() {
    a_lost_host_comes_home(Kind::Tic);
}

fn a_killed_guardian_leaves_a_motor_at_zero(kind: Kind, timeout_ms: u64) {
    let mut guarded = Guarded::new(kind);
    let mut host = guarded.lowered(2_000);
    let runs = || guarded.table.with(|table| table.motor_speed() > 0);
    while !runs() {
        host.keep(to(20_000, 3_000), "the motor runs", |host| runs() || host.is_refused());
        if !runs() {
            guarded.start(&mut host);
        }
    }
    guarded.kill();
    let from = guarded.now_ms();
    host::wait("the motor stands", || guarded.table.with(|table| table.motor_speed()) == 0);
    let took = guarded.now_ms() - from;
    assert!(took <= timeout_ms + 700, "{took} ms: its own timeout, its ramp, and a busy machine");
    // A new guardian moves nothing by itself and is not armed; a person's return works.
    let stood = guarded.tilt();
    guarded.guard();
    let mut host = Host::greet(&guarded.socket());
    let from = guarded.now_ms();
    host.until("two seconds", |_| guarded.now_ms() >= from + 2_000);
    assert!((guarded.tilt() - stood).abs() < 150, "{stood} {}", guarded.tilt());
    assert_ne!(host.say(to(20_000, 3_000)), AckResult::Accepted);
    host.keep(back(), "the bed comes home", |_| (-10_000..=-1_000).contains(&guarded.tilt()));
}

#[test]
fn a_killed_guardian_leaves_a_jrk_to_its_own_timeout_and_the_next_moves_nothing() {
    a_killed_guardian_leaves_a_motor_at_zero(Kind::Jrk, 500);
}

#[test]
fn a_killed_guardian_leaves_a_tic_to_its_own_timeout_and_the_next_moves_nothing() {
    a_killed_guardian_leaves_a_motor_at_zero(Kind::Tic, 1_000);
}

#[test]
fn a_drive_whose_timeout_is_off_is_never_armed_and_the_driver_says_why() {
    for kind in [Kind::Jrk, Kind::Tic] {
        let mut guarded = Guarded::new(kind);
        guarded.kill();
        guarded.table.with(|table| table.set_device_fault(DeviceFault::TimeoutOff, true));
        guarded.guard();
        let launch = Launch { socket: guarded.socket(), argv: Vec::new() };
        let driver = GuardedDriver::new("guarded", "a guarded table", launch, RANGED);
        let opened = guarded.runtime.block_on(driver.open(&Address("the drive".to_owned())));
        let Err(error @ TableError::Open { .. }) = opened else { panic!("it was opened") };
        assert!(error.to_string().contains("timeout is off"), "{error}");
        let mut host = Host::greet(&guarded.socket());
        let from = guarded.now_ms();
        host.until("a second", |_| guarded.now_ms() >= from + 1_000);
        host.say(clear());
        assert_ne!(host.arm(), AckResult::Accepted);
        assert!(host.telemetry.is_some_and(|told| told.faults.has(Fault::HotHard)));
    }
}

#[test]
fn a_return_is_opened_while_the_drive_must_not_be_armed_and_comes_home_once_it_may() {
    for kind in [Kind::Jrk, Kind::Tic] {
        let mut guarded = Guarded::new(kind);
        drop(guarded.lowered(5_000));
        guarded.kill();
        let runs = || guarded.table.with(|table| table.motor_speed()) != 0;
        host::wait("its own timeout has stopped the motor", || !runs());
        guarded.table.with(|table| table.set_device_fault(DeviceFault::TimeoutOff, true));
        guarded.guard();
        let stood = guarded.tilt();
        assert!(stood > 1_000, "{kind:?}: {stood}");
        let launch = Launch { socket: guarded.socket(), argv: Vec::new() };
        let driver = GuardedDriver::new("guarded", "", launch, RANGED);
        let open = |driver: &GuardedDriver| {
            guarded.runtime.block_on(driver.open(&Address("the drive".to_owned())))
        };
        assert!(open(&driver).is_err(), "{kind:?}: no session begins");
        let (mut table, _stop) = open(&driver.even_unfit()).unwrap();
        let state = drive_state(&guarded.socket());
        assert!(matches!(&state, DriveState::Unfit(why) if why.contains("timeout is off")));
        assert!(
            (guarded.tilt() - stood).abs() < 1_000,
            "{kind:?}: nothing moves while it is unfit"
        );
        guarded.table.with(|table| table.set_device_fault(DeviceFault::TimeoutOff, false));
        let motion = ReturnMotion { rate: Rate::clamped(3_000), held: false };
        host::wait("the bed comes home", || {
            guarded.runtime.block_on(async {
                table.return_to_rest(motion).await.unwrap();
                table.heartbeat().await.unwrap();
            });
            (-10_000..=-1_000).contains(&guarded.tilt())
        });
    }
}

#[test]
fn a_drive_that_was_changed_behind_a_living_guardian_begins_no_session_and_brings_people_home() {
    for kind in [Kind::Jrk, Kind::Tic] {
        let mut guarded = Guarded::new(kind);
        drop(guarded.lowered(5_000));
        let before = drive_facts(&guarded.socket()).unwrap();
        guarded.table.unplug();
        guarded.table.with(|table| table.set_device_fault(DeviceFault::WrongIdentity, true));
        guarded.table.plug_in().unwrap();
        let launch = Launch { socket: guarded.socket(), argv: Vec::new() };
        let driver = GuardedDriver::new("guarded", "", launch, RANGED);
        let open = |driver: &GuardedDriver| {
            guarded.runtime.block_on(driver.open(&Address("the drive".to_owned())))
        };
        host::wait("it is seen that it was changed", || {
            matches!(drive_state(&guarded.socket()), DriveState::OnlyHome(why)
                if why.contains("`device number` was"))
        });
        assert_ne!(drive_facts(&guarded.socket()).unwrap(), before, "{kind:?}");
        let Err(error) = open(&driver) else { panic!("{kind:?}: a session begins") };
        assert!(error.to_string().contains("`device number` was"), "{error}");
        let (mut table, _stop) = open(&driver.even_unfit()).unwrap();
        let motion = ReturnMotion { rate: Rate::clamped(3_000), held: false };
        host::wait("the bed comes home", || {
            guarded.runtime.block_on(async {
                table.return_to_rest(motion).await.unwrap();
                table.heartbeat().await.unwrap();
            });
            (-10_000..=-1_000).contains(&guarded.tilt())
        });
    }
}

#[test]
fn the_driver_finds_the_living_guardian_and_says_what_it_guards() {
    let guarded = Guarded::new(Kind::Jrk);
    let launch = Launch { socket: guarded.socket(), argv: Vec::new() };
    let driver = GuardedDriver::new("guarded", "", launch, FIXED);
    let address = Address("the drive".to_owned());
    let (table, _stop) = guarded.runtime.block_on(driver.open(&address)).unwrap();
    let stated = table.capabilities();
    assert!(stated.returns_without_host && !stated.hand_control && stated.serial == 7);
    assert_eq!((stated.rates, stated.stop_decel), (FIXED.rates, 4_000));
}

#[test]
fn a_host_that_greets_while_another_drives_gets_nothing_and_the_bed_goes_on() {
    let guarded = Guarded::new(Kind::Jrk);
    let mut first = guarded.lowered(2_000);
    let mut second = Caller::new(&guarded.socket());
    let mut answered = false;
    while guarded.tilt() < 12_000 && !answered {
        first.keep(to(13_000, 3_000), "the bed goes on", |host| {
            answered |= second.call();
            answered || guarded.tilt() >= 12_000 || host.is_refused()
        });
        if first.is_refused() {
            guarded.start(&mut first);
        }
    }
    assert!(!answered && !first.is_gone(), "whoever looks in takes nothing from whoever drives");
    // One that hangs keeps nobody from bringing the person up.
    host::wait("the second has the session", || second.call());
    host::wait("the first is shown out", || first.is_gone());
}

#[test]
fn a_guardian_stays_with_somebody_head_down_and_leaves_once_nobody_needs_it() {
    let guarded = Guarded::new(Kind::Jrk);
    let ended = || guarded.guardian.as_ref().is_none_or(|(_, thread)| thread.is_finished());
    let mut host = guarded.lowered(4_000);
    assert_eq!(host.say(Message::Stop), AckResult::Accepted);
    drop(host);
    let (from, stood) = (guarded.now_ms(), guarded.tilt());
    host::wait("it could have left", || guarded.now_ms() >= from + 12_000);
    assert!(!ended(), "STOP is latched, and a person is head-down");
    assert!((guarded.tilt() - stood).abs() < 300, "STOP outranks every return of its own");
    // Any later host finds it, and somebody at the table brings the person up.
    let mut host = Host::greet(&guarded.socket());
    host.keep(held_back(), "the bed comes home", |_| guarded.tilt() <= -2_000);
    drop(host);
    host::wait("it leaves", ended);
    assert!(!guarded.socket().exists());
}

#[test]
fn a_guardian_whose_port_is_missing_stays_and_cries_where_the_one_before_it_died() {
    let mut guarded = Guarded::new(Kind::Jrk);
    let missing = guarded.dir.path().join("unplugged");
    let unplugged = |guarded: &Guarded| GuardianPlan {
        port: missing.display().to_string(),
        socket: guarded.dir.path().join("other").join("drive.sock"),
        ..guarded.plan_beside(None)
    };
    let refused = Shell::open(unplugged(&guarded), Vigil::stated("a test".to_owned())).map(|_| ());
    assert!(matches!(refused, Err(GuardianError::System { .. })), "none has moved anybody there");

    drop(guarded.lowered(4_000));
    guarded.kill();
    let plan = GuardianPlan { socket: guarded.socket(), ..unplugged(&guarded) };
    guarded.guard_by(plan, Vigil::stated("a test".to_owned()));
    host::wait("it cries", || {
        needs(&guarded.socket()).is_some_and(|words| words.contains("by hand"))
    });
    // It looks for the port again and again, and is the guardian of this bed once that is back.
    std::os::unix::fs::symlink(guarded.table.path(), &missing).unwrap();
    host::wait("it has asked the drive", || drive_state(&guarded.socket()) == DriveState::Fit);
    let mut host = Host::greet(&guarded.socket());
    host.keep(back(), "the bed comes home", |_| (-10_000..=-1_000).contains(&guarded.tilt()));
    host::wait("it needs nobody", || needs(&guarded.socket()).is_none());
}
