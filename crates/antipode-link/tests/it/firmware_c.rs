//! The C controller of examples/firmware-c as a process, driven by the host half of this crate. What
//! counts is the true tilt, which its bed writes beside the line.

use std::cell::Cell;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use antipode_link::{
    AckResult, HostEvent, HostLink, MessageType, STOP_FRAME, TableInfo, TableLimits,
};
use antipode_safety::{
    Angle, DriveState, Envelope, Fault, FaultSet, Guard, Leave, Limits, Millis, Motion, Rate,
    Reading, Setting, Switch, Switches, Timestamp,
};

use crate::c::{build, examples};
use crate::golden::{bytes, golden};

/// Built once for all tests of this file; `None` where there is no C compiler.
fn program() -> Option<&'static Path> {
    static PROGRAM: OnceLock<Option<PathBuf>> = OnceLock::new();
    let made = PROGRAM.get_or_init(|| {
        let sources =
            ["table.c", "session.c", "watch.c", "bed.c"].map(|file| examples().join(file));
        build("firmware-c", &sources.each_ref().map(|file| file.as_os_str()))
    });
    made.as_deref()
}

const IDLE: Switches =
    Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true);

struct Rig {
    child: Child,
    line: Option<ChildStdin>,
    heard: Receiver<Vec<u8>>,
    start: Instant,
    link: HostLink,
    guard: Guard,
    info: Option<TableInfo>,
    last: Option<Reading>,
    acks: Vec<(u16, AckResult)>,
    events: Vec<HostEvent>,
    bed: PathBuf,
    hands: PathBuf,
    beats: Cell<Instant>,
}

impl Rig {
    fn start(name: &str) -> Option<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let (bed, hands) =
            (folder.join(format!("{name}.bed")), folder.join(format!("{name}.hands")));
        fs::write(&bed, "+0000000\n").expect("written");
        fs::write(&hands, "80 3 0  ").expect("written");
        let mut child = Command::new(program()?)
            .args([OsStr::new("--bed"), bed.as_os_str(), OsStr::new("--hands"), hands.as_os_str()])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let (sender, heard) = channel();
        let mut out = child.stdout.take().expect("piped");
        std::thread::spawn(move || {
            let mut buffer = [0u8; 1024];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        let envelope = Envelope {
            lease: Millis::new(250),
            stop_decel_millideg_per_s2: 8_000,
            max_rate: Rate::clamped(3_000),
        };
        let line = child.stdin.take();
        Some(Self {
            child,
            line,
            heard,
            start: Instant::now(),
            link: HostLink::new(77),
            guard: Guard::new(Limits::hard(Setting::Home), envelope),
            info: None,
            last: None,
            acks: Vec::new(),
            events: Vec::new(),
            bed,
            hands,
            beats: Cell::new(Instant::now()),
        })
    }

    fn now(&self) -> Timestamp {
        let ms = self.start.elapsed().as_millis();
        Timestamp::from_millis(u64::try_from(ms).expect("a short test") + 1)
    }

    /// The true tilt in millidegrees, by the bed itself.
    fn tilt(&self) -> i32 {
        let text = fs::read_to_string(&self.bed).expect("the bed writes");
        let tilt = text.split_whitespace().next().expect("the bed writes a line at once");
        tilt.parse().expect("a number")
    }

    fn hands(&self, switches: Switches, trouble: u8) {
        let line = format!("{} 3 {trouble}  ", switches.bits());
        let mut file = File::options().write(true).open(&self.hands).expect("open");
        file.write_all(line.as_bytes()).expect("written");
    }

    /// Listens for 20 ms, or a little more.
    fn listen(&mut self) {
        let wire = match self.heard.recv_timeout(Duration::from_millis(20)) {
            Ok(wire) => wire,
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => panic!("the program ended"),
        };
        let now = self.now();
        let mut heard = Vec::new();
        self.link.receive(now, &wire, &mut |event| heard.push(event));
        for event in heard {
            self.events.push(event);
            match event {
                HostEvent::Connected(info) => self.info = Some(info),
                HostEvent::Reading(reading) => {
                    self.guard.observe(now, &reading);
                    self.last = Some(reading);
                }
                HostEvent::Acked { seq, result, .. } => self.acks.push((seq, result)),
                HostEvent::Echo { .. }
                | HostEvent::Fault(_)
                | HostEvent::Limits(_)
                | HostEvent::SessionLost
                | HostEvent::ReadOnly => {}
            }
        }
    }

    fn write(&mut self, bytes: &[u8]) {
        self.line.as_mut().expect("still open").write_all(bytes).expect("it listens");
    }

    fn say(&mut self, say: impl FnOnce(&mut HostLink, &mut Vec<u8>) -> u16) -> u16 {
        let mut wire = Vec::new();
        let seq = say(&mut self.link, &mut wire);
        self.write(&wire);
        seq
    }

    /// Says it and waits for the answer.
    fn ask(&mut self, say: impl FnOnce(&mut HostLink, &mut Vec<u8>) -> u16) -> AckResult {
        let seq = self.say(say);
        self.until("an answer", |rig| rig.acks.iter().any(|ack| ack.0 == seq));
        self.acks.iter().find(|ack| ack.0 == seq).expect("just seen").1
    }

    fn until(&mut self, what: &str, done: impl Fn(&Self) -> bool) {
        self.each("nothing", what, &mut |_| {}, done);
    }

    /// Does `act` every 80 ms, as the control loop of a host does, until `done`.
    fn each(
        &mut self,
        doing: &str,
        what: &str,
        act: &mut dyn FnMut(&mut Self),
        done: impl Fn(&Self) -> bool,
    ) {
        let deadline = Instant::now() + Duration::from_secs(60);
        while !done(self) {
            let (tilt, last) = (self.tilt(), self.last);
            assert!(Instant::now() < deadline, "{doing}: no {what}; at {tilt}, {last:?}");
            if self.beats.get().elapsed() >= Duration::from_millis(80) {
                self.beats.set(Instant::now());
                act(self);
            }
            self.listen();
        }
    }

    fn connect(&mut self) {
        self.say(|link, out| link.hello(out));
        self.until("greeting", |rig| rig.info.is_some() && rig.last.is_some());
    }

    fn armed(name: &str) -> Option<Self> {
        let mut rig = Self::start(name)?;
        rig.connect();
        assert_eq!(rig.ask(|link, out| link.arm(out)), AckResult::Accepted);
        Some(rig)
    }

    fn beat(&mut self) {
        let now = self.now();
        self.say(|link, out| link.heartbeat(now, out));
    }

    /// One turn of a control loop that lowers: a permit, a frame, a heartbeat.
    fn lower(&mut self) {
        let now = self.now();
        let leave = Leave {
            armed: true,
            stop_clear: true,
            return_held: false,
            latches: self.last.expect("connected").latches,
            journal_ready: true,
            dose_left: Millis::from_secs(420),
        };
        let motion = Motion { target: Angle::clamped(30_000), rate: Rate::clamped(2_500) };
        // Where the guard refuses, a report came late: nothing is sent, and the lease runs on.
        if let Ok(permit) = self.guard.permit(now, motion, &leave) {
            self.say(|link, out| link.start(permit, out));
        }
        self.beat();
    }

    fn lowered(name: &str, to: i32) -> Option<Self> {
        let mut rig = Self::armed(name)?;
        rig.each("lowering", "depth", &mut Self::lower, |rig| rig.tilt() >= to);
        Some(rig)
    }

    fn has(&self, fault: Fault) -> bool {
        self.last.is_some_and(|reading| reading.faults.has(fault))
    }

    fn state(&self) -> Option<DriveState> {
        self.last.map(|reading| reading.drive)
    }
}

impl Drop for Rig {
    fn drop(&mut self) {
        // A simulated bed with nobody on it.
        self.child.kill().expect("it can be ended");
        self.child.wait().expect("it ends");
    }
}

const RATE: Rate = Rate::clamped(3_000);

#[test]
fn the_golden_frames_of_another_session_move_nothing_and_its_stop_stops() {
    let Some(mut rig) = Rig::armed("golden") else { return };
    let from = rig.tilt();
    for golden in golden() {
        if !golden.says.starts_with("Stop") && !golden.says.starts_with("Hello ") {
            rig.write(&bytes(golden.hex));
        }
    }
    rig.until("refusals", |rig| {
        let strange = |event: &&HostEvent| matches!(event, HostEvent::Limits(_));
        rig.events.iter().any(|event| strange(&event))
    });
    assert_eq!(rig.state(), Some(DriveState::Holding), "still armed, and nothing moved");
    assert_eq!(rig.tilt(), from);
    rig.write(&STOP_FRAME);
    rig.until("latched STOP", |rig| rig.state() == Some(DriveState::Stopped));
}

#[test]
fn silence_stops_the_bed_at_the_end_of_the_lease_and_brings_it_home_after_five_seconds() {
    let Some(mut rig) = Rig::lowered("silence", 5_000) else { return };
    let silent = Instant::now();
    rig.until("latched fault", |rig| rig.has(Fault::LeaseExpired));
    // 250 ms of lease, and 0.3 seconds of slowing from 2.5 degrees a second.
    let stopped = rig.tilt();
    assert!(stopped < 5_000 + 2_600, "ran on to {stopped}");
    rig.until("standing bed", |rig| rig.state() == Some(DriveState::HostLossHold));
    let held = rig.tilt();
    rig.until("return", |rig| rig.state() == Some(DriveState::HostLossReturn));
    assert!(silent.elapsed() >= Duration::from_secs(5), "{:?}", silent.elapsed());
    assert!((rig.tilt() - held).abs() < 1_200, "held at {held}, now {}", rig.tilt());
    rig.until("bed in the rest band", |rig| {
        (-10_000..=0).contains(&rig.tilt()) && rig.state() == Some(DriveState::Disarmed)
    });
    assert_eq!(rig.ask(|link, out| link.arm(out)), AckResult::Faulted, "latched until cleared");
    let lease = FaultSet::NONE.with(Fault::LeaseExpired, true);
    assert_eq!(rig.ask(|link, out| link.clear_faults(lease, out)), AckResult::Accepted);
    assert_eq!(rig.ask(|link, out| link.arm(out)), AckResult::Accepted);
}

#[test]
fn a_host_that_is_gone_leaves_a_program_that_comes_home_and_ends() {
    let Some(mut rig) = Rig::lowered("gone", 4_000) else { return };
    rig.line = None;
    let deadline = Instant::now() + Duration::from_secs(60);
    let status = loop {
        if let Some(status) = rig.child.try_wait().expect("a child") {
            break status;
        }
        assert!(Instant::now() < deadline, "still there, at {}", rig.tilt());
        if rig.heard.recv_timeout(Duration::from_millis(20)).is_err() {
            std::thread::yield_now();
        }
    };
    assert!(status.success());
    assert!((-10_000..=0).contains(&rig.tilt()), "{}", rig.tilt());
}

#[test]
fn a_stop_of_no_session_latches_and_only_a_held_return_moves_the_bed() {
    let Some(mut rig) = Rig::lowered("stop", 4_000) else { return };
    let at = rig.tilt();
    rig.write(&STOP_FRAME);
    rig.until("latched STOP", |rig| rig.state() == Some(DriveState::Stopped));
    let stopped = rig.tilt();
    assert!(stopped - at < 1_200, "ran on from {at} to {stopped}");
    assert_eq!(rig.ask(|link, out| link.acknowledge_stop(out)), AckResult::NotInRest);
    assert_eq!(rig.ask(|link, out| link.arm(out)), AckResult::Stopped);
    let lease = Millis::new(250);
    let unheld = rig.ask(|link, out| link.return_to_rest(RATE, lease, false, out));
    assert_eq!(unheld, AckResult::Stopped);
    assert!((rig.tilt() - stopped).abs() < 100, "moved to {}", rig.tilt());
    let mut held = |rig: &mut Rig| {
        rig.say(|link, out| link.return_to_rest(RATE, Millis::new(300), true, out));
    };
    rig.each("a held return", "rest band", &mut held, |rig| rig.tilt() <= -2_900);
    rig.until("latched STOP", |rig| rig.state() == Some(DriveState::Stopped));
    assert_eq!(rig.ask(|link, out| link.acknowledge_stop(out)), AckResult::Accepted);
    assert_eq!(rig.ask(|link, out| link.arm(out)), AckResult::Accepted);
}

#[test]
fn hands_at_the_table_stop_it_and_bring_it_home() {
    let Some(mut rig) = Rig::lowered("hands", 3_000) else { return };
    rig.hands(IDLE.with(Switch::Stop, true), 0);
    rig.until("latched STOP", |rig| rig.state() == Some(DriveState::Stopped));
    rig.hands(IDLE.with(Switch::Return, true), 0);
    rig.until("way home", |rig| rig.state() == Some(DriveState::Returning));
    rig.hands(IDLE, 0);
    rig.until("halt where RETURN is let go", |rig| rig.state() == Some(DriveState::Stopped));
    assert!(rig.tilt() > 0, "it was let go at once");
    rig.hands(IDLE.with(Switch::Return, true), 0);
    rig.until("rest band", |rig| rig.tilt() <= -2_900);
}

#[test]
fn a_bed_that_runs_away_loses_its_motor() {
    let Some(mut rig) = Rig::lowered("runaway", 2_000) else { return };
    rig.hands(IDLE, 3);
    rig.each("a runaway", "runaway", &mut Rig::beat, |rig| rig.has(Fault::Runaway));
    let at = rig.tilt();
    rig.each("a runaway", "standing bed", &mut Rig::beat, |rig| {
        rig.last.is_some_and(|r| r.rate == Rate::ZERO)
    });
    assert!(rig.tilt() - at < 1_500, "ran on from {at} to {}", rig.tilt());
}

#[test]
fn a_bed_that_is_blocked_is_let_go_and_brought_back() {
    let Some(mut rig) = Rig::lowered("blocked", 2_000) else { return };
    rig.hands(IDLE, 1);
    // The motion frames go on; they are refused once it stalls.
    let stalled = |rig: &Rig| rig.has(Fault::StallDown) || rig.has(Fault::OverCurrent);
    rig.each("a stall", "stall", &mut Rig::lower, stalled);
    rig.hands(IDLE, 0);
    rig.each("the way back", "rest band", &mut Rig::beat, |rig| rig.tilt() <= 0);
}

#[test]
fn limits_are_read_narrowed_with_a_button_held_and_never_widened() {
    let Some(mut rig) = Rig::start("limits") else { return };
    rig.connect();
    rig.say(|link, out| link.read_limits(out));
    let told = |rig: &Rig| {
        rig.events.iter().rev().find_map(|event| {
            let HostEvent::Limits(report) = event else { return None };
            Some(*report)
        })
    };
    rig.until("limits", |rig| told(rig).is_some());
    let commissioned = told(&rig).expect("just seen").in_force;
    let narrow = TableLimits { tilt_max: Angle::clamped(20_000), ..commissioned };
    let set = |limits: TableLimits| {
        move |link: &mut HostLink, out: &mut Vec<u8>| link.set_limits(limits, out)
    };
    assert_eq!(rig.ask(set(narrow)), AckResult::ButtonNotHeld);
    rig.hands(IDLE.with(Switch::Ok, true), 0);
    rig.until("pressed OK", |rig| rig.last.is_some_and(|r| r.switches.has(Switch::Ok)));
    assert_eq!(rig.ask(set(narrow)), AckResult::Accepted);
    assert_eq!(rig.ask(set(commissioned)), AckResult::WouldWiden);
    rig.events.clear();
    rig.say(|link, out| link.read_limits(out));
    rig.until("limits", |rig| told(rig).is_some());
    let report = told(&rig).expect("just seen");
    assert_eq!((report.in_force, report.commissioned), (narrow, commissioned));
    assert_eq!(rig.ask(|link, out| link.read_fault_log(9, out)), AckResult::NoSuchEntry);
    let acked =
        |event: &HostEvent| matches!(event, HostEvent::Acked { of: MessageType::ReadFaultLog, .. });
    assert!(rig.events.iter().any(acked));
}
