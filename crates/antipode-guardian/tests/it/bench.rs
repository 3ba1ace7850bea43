//! An ideal bed behind a speed drive with a timeout, a guardian, and a host that says what a test
//! tells it to.

use std::sync::{Arc, Mutex};

use antipode_guardian::{
    Actuation, AngleFrom, BootInfo, Drive, DriveFaults, Fact, Fitness, Following, Guardian,
    GuardianConfig, HostLossPolicy, Order, Parts, Rescue, Sample, Status, StrokePoint, StrokeTable,
};
use antipode_link::{AckResult, Decoder, Frame, FrameBuf, Hello, Lease, Message, Telemetry};
use antipode_safety::{Angle, Millis, Rate, Timestamp};

pub(crate) const HELLO: Message = Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 5 });
pub(crate) const TIMEOUT: Millis = Millis::new(300);

/// The device and the bed that it turns.
#[derive(Debug)]
pub(crate) struct Device {
    pub(crate) fitness: Fitness,
    pub(crate) faults: DriveFaults,
    /// Millionths of a degree.
    pub(crate) udeg: i64,
    /// Thousandths of a degree a second: its stroke is the tilt.
    pub(crate) speed: i32,
    pub(crate) fed: Timestamp,
    pub(crate) deaf: bool,
    pub(crate) silent: bool,
    pub(crate) orders: Vec<(Timestamp, Order)>,
    pub(crate) forgotten: u32,
    /// Its latch comes off when it is asked.
    pub(crate) forgets: bool,
    /// Being told to rest feeds its timeout.
    pub(crate) rest_feeds: bool,
    /// So many forgettings are lost on the wire.
    pub(crate) lose: u32,
    /// Its motor has power.
    pub(crate) powered: bool,
    /// What lies under the bed: against it the drive's own current limit stops it on the way down.
    pub(crate) obstacle_udeg: Option<i64>,
    /// What holds the bed on the way back.
    pub(crate) held_from_udeg: Option<i64>,
    /// The line tells positions late by this much.
    pub(crate) stale: bool,
    pub(crate) current_ma: Option<(Timestamp, u32)>,
    pub(crate) temperature_c: Option<(Timestamp, i8)>,
    /// What it says of itself.
    pub(crate) facts: Vec<Fact>,
}

impl Device {
    pub(crate) fn tilt(&self) -> i32 {
        i32::try_from(self.udeg / 1_000).unwrap()
    }

    fn turn(&mut self, now: Timestamp, ms: i64) {
        if now.since(self.fed) >= TIMEOUT {
            self.faults.timed_out = true;
        }
        // A bit that only this program does not know stops nothing.
        let faults = DriveFaults { unknown: false, stranger: false, ..self.faults };
        let stops = faults != DriveFaults::default();
        if stops || !self.powered {
            self.speed = 0;
        }
        if self.obstacle_udeg.is_some_and(|at| self.speed > 0 && self.udeg >= at) {
            self.faults.over_current = true;
            self.speed = 0;
        }
        if self.held_from_udeg.is_some_and(|at| self.speed < 0 && self.udeg <= at) {
            self.faults.over_current = true;
            self.speed = 0;
        }
        self.udeg += i64::from(self.speed) * ms;
    }
}

/// The dialect of it: it has no line, its bytes set what it reports.
pub(crate) struct Dialect {
    device: Arc<Mutex<Device>>,
    status: Status,
    polled: Timestamp,
    facts: Vec<Fact>,
}

impl Drive for Dialect {
    fn actuation(&self) -> Actuation {
        Actuation::Speed
    }

    fn poll(&mut self, now: Timestamp, _out: &mut Vec<u8>) {
        self.polled = now;
        let device = self.device.lock().unwrap();
        if device.silent {
            return;
        }
        if !device.stale {
            self.status.position = Some(Sample { at: now, value: device.tilt() });
        }
        let no_power = device.faults.no_power || !device.powered;
        self.status.faults = DriveFaults { no_power, ..device.faults };
        self.status.heard = Some(now);
        self.facts.clone_from(&device.facts);
        let sample = |(at, value)| Sample { at, value };
        self.status.current_ma = device.current_ma.map(sample);
        self.status.temperature_c = device.temperature_c.map(|(at, value)| Sample { at, value });
    }

    fn next_poll(&self) -> Timestamp {
        self.polled.plus(Millis::new(10))
    }

    fn receive(&mut self, _now: Timestamp, bytes: &[u8]) {
        let mut device = self.device.lock().unwrap();
        for byte in bytes {
            device.faults = DriveFaults {
                timed_out: byte & 1 != 0,
                no_power: byte & 2 != 0,
                over_current: byte & 4 != 0,
                too_hot: byte & 8 != 0,
                no_position: byte & 16 != 0,
                line: byte & 32 != 0,
                unknown: byte & 64 != 0,
                stop_open: byte & 128 != 0,
                broken: byte & 192 == 192,
                stranger: byte & 96 == 96,
            };
        }
    }

    fn order(&mut self, now: Timestamp, order: Order, _out: &mut Vec<u8>) {
        let mut device = self.device.lock().unwrap();
        device.orders.push((now, order));
        if device.deaf {
            return;
        }
        if device.rest_feeds || matches!(order, Order::Speed(_)) {
            device.fed = now;
        }
        device.speed = if let Order::Speed(speed) = order { speed } else { 0 };
    }

    fn fitness(&self) -> Fitness {
        self.device.lock().unwrap().fitness
    }

    fn facts(&self) -> &[Fact] {
        &self.facts
    }

    fn feeds(&self) -> bool {
        false
    }

    fn status(&self) -> Status {
        self.status
    }

    fn forget_faults(&mut self, now: Timestamp, _out: &mut Vec<u8>) {
        let mut device = self.device.lock().unwrap();
        device.forgotten += 1;
        if device.lose > 0 {
            device.lose -= 1;
            return;
        }
        if device.forgets {
            device.faults = DriveFaults::default();
            // Chosen, as for a Jrk: its timeout counts from here.
            device.fed = device.fed.max(now);
        }
    }

    fn reopen(&mut self) {
        self.status = Status::default();
    }
}

pub(crate) fn config() -> GuardianConfig {
    GuardianConfig {
        serial: 7,
        tilt_min: Angle::clamped(-80_000),
        tilt_max: Angle::clamped(60_000),
        stop_decel: 8_000,
        max_rate: Rate::clamped(3_000),
        return_rate: Rate::clamped(3_000),
        lease: Millis::new(250),
        latches_fitted: 0,
        returns_with_few_latches: true,
        host_loss: HostLossPolicy::HoldThenReturn,
        rescue: Rescue::Crank,
        battery: false,
        angle: AngleFrom::Drive,
        following: Following::Speed,
        runs_on: Millis::new(0),
        current_limit_ma: None,
        supply_low_mv: None,
        mains_lost_mv: None,
        self_locking: true,
        fitted_hash: 0,
    }
}

pub(crate) fn stroke() -> StrokeTable {
    let point = |mdeg| StrokePoint { stroke: mdeg, tilt_mdeg: mdeg };
    StrokeTable::new(vec![point(-85_000), point(65_000)]).unwrap()
}

pub(crate) struct Bench {
    pub(crate) guardian: Guardian,
    pub(crate) device: Arc<Mutex<Device>>,
    pub(crate) now: Timestamp,
    decoder: Decoder,
    session: u32,
    nonce: u32,
    seq: u16,
    pub(crate) telemetry: Option<Telemetry>,
    acks: Vec<(u16, AckResult)>,
}

impl Bench {
    pub(crate) fn at(tilt: i32) -> Self {
        Self::with_config(tilt, config())
    }

    pub(crate) fn with_config(tilt: i32, config: GuardianConfig) -> Self {
        Self::started(tilt, config, 1)
    }

    /// The start is the last of `boots_last_minute`.
    pub(crate) fn started(tilt: i32, config: GuardianConfig, boots_last_minute: u8) -> Self {
        let now = Timestamp::from_millis(10_000);
        let device = Arc::new(Mutex::new(Device {
            fitness: Fitness::Fit { timeout: TIMEOUT },
            faults: DriveFaults::default(),
            udeg: i64::from(tilt) * 1_000,
            speed: 0,
            fed: now,
            deaf: false,
            silent: false,
            orders: Vec::new(),
            forgotten: 0,
            forgets: true,
            rest_feeds: true,
            lose: 0,
            powered: true,
            obstacle_udeg: None,
            held_from_udeg: None,
            stale: false,
            current_ma: None,
            temperature_c: None,
            facts: vec![Fact::new("time-out", "300 ms")],
        }));
        let dialect = Dialect {
            device: Arc::clone(&device),
            status: Status::default(),
            polled: now,
            facts: Vec::new(),
        };
        let boot = BootInfo { boot_count: 1, boots_last_minute, entropy: 99 };
        let parts = Parts { config, stroke: stroke(), drive: Box::new(dialect), boot };
        Self {
            guardian: Guardian::new(parts).unwrap(),
            device,
            now,
            decoder: Decoder::new(),
            session: 0,
            nonce: 0,
            seq: 0,
            telemetry: None,
            acks: Vec::new(),
        }
    }

    /// Level, greeted and armed.
    pub(crate) fn armed() -> Self {
        let mut bench = Self::at(-3_000);
        bench.start();
        bench
    }

    /// A start by a person.
    pub(crate) fn start(&mut self) {
        self.idle(200);
        self.greet();
        self.idle(100);
        assert_eq!(self.arm(), AckResult::Accepted);
    }

    /// Lowered to `tilt` by its host.
    pub(crate) fn lowered(tilt: i32) -> Self {
        let mut bench = Self::armed();
        bench.lower(tilt);
        bench
    }

    pub(crate) fn lower(&mut self, tilt: i32) {
        while self.tilt() < tilt - 100 {
            self.keep(to(tilt, Rate::clamped(3_000)), 80);
        }
    }

    pub(crate) fn tilt(&self) -> i32 {
        self.device.lock().unwrap().tilt()
    }

    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut Device) -> R) -> R {
        act(&mut self.device.lock().unwrap())
    }

    /// The world goes on for `ms`; the guardian only where it `runs`.
    pub(crate) fn run(&mut self, ms: u64, runs: bool) {
        let mut out = Vec::new();
        for _ in 0..ms / 5 {
            self.now = self.now.plus(Millis::new(5));
            self.with(|device| device.turn(self.now, 5));
            if runs {
                self.guardian.advance(self.now, &mut out);
                self.listen();
            }
        }
    }

    pub(crate) fn idle(&mut self, ms: u64) {
        for _ in 0..ms / 50 {
            self.beat();
            self.run(50, true);
        }
    }

    pub(crate) fn keep(&mut self, message: Message, ms: u64) {
        for _ in 0..ms / 40 {
            self.beat();
            self.send(message);
            self.run(40, true);
        }
    }

    fn listen(&mut self) {
        let mut said = Vec::new();
        self.guardian.say(&mut said);
        let mut decoder = std::mem::take(&mut self.decoder);
        decoder.feed(&said, |frame| {
            if let Message::HelloAck(info) = frame.message {
                (self.session, self.nonce) = (frame.session, info.nonce);
            } else if let Message::Ack(ack) = frame.message {
                self.acks.push((ack.of_seq, ack.result));
            } else if let Message::Telemetry(telemetry) = frame.message {
                self.telemetry = Some(telemetry);
            }
        });
        self.decoder = decoder;
    }

    fn put(&mut self, message: Message) -> u16 {
        self.seq = self.seq.wrapping_add(1);
        let frame = Frame { seq: self.seq, session: self.session, message };
        let mut buffer = FrameBuf::new();
        frame.encode(&mut buffer);
        self.guardian.hear(self.now, buffer.as_bytes());
        self.seq
    }

    /// Says it to a guardian that has not turned for a while and may drop it.
    pub(crate) fn say_unanswered(&mut self, message: Message) {
        self.put(message);
    }

    pub(crate) fn beat(&mut self) {
        let host_ms = u32::try_from(self.now.as_millis()).unwrap();
        self.put(Message::Heartbeat { host_ms });
    }

    pub(crate) fn greet(&mut self) {
        self.put(HELLO);
        self.listen();
        assert_ne!(self.session, 0);
    }

    pub(crate) fn send(&mut self, message: Message) -> AckResult {
        let seq = self.put(message);
        self.listen();
        let found = self.acks.iter().rev().find(|(of, _)| *of == seq);
        found.map(|(_, result)| *result).expect("every command is answered")
    }

    pub(crate) fn arming(&self) -> Message {
        Message::Arm { nonce: self.nonce }
    }

    pub(crate) fn arm(&mut self) -> AckResult {
        self.send(self.arming())
    }
}

pub(crate) fn to(mdeg: i32, rate: Rate) -> Message {
    let target = Angle::from_millideg(mdeg).unwrap();
    Message::SetTarget { target, rate, lease: Lease::clamped(Millis::new(250)) }
}

/// A hand holds RETURN.
pub(crate) fn held_back() -> Message {
    let lease = Lease::clamped(Millis::new(250));
    Message::ReturnToRest { rate: Rate::clamped(3_000), lease, held: true }
}

pub(crate) fn back() -> Message {
    let lease = Lease::clamped(Millis::new(250));
    Message::ReturnToRest { rate: Rate::clamped(3_000), lease, held: false }
}
