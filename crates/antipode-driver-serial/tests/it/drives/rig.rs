//! A guardian with a drive of ours in front of a simulated device, byte by byte, in virtual time.

use std::path::PathBuf;

use antipode_device::{
    Counter, Dialect, DriveModel, LineSettings, Parity, Proof, Rates, Rescue, StopBits, Stroke,
    StrokePoint as Place,
};
use antipode_driver_serial::guardian::{GuardianPlan, Inclinometer, Loudness};
use antipode_guardian::{
    AngleFrom, BootInfo, Drive, Following, Guardian, GuardianConfig, HostLossPolicy, Parts, Sample,
    StrokePoint, StrokeTable,
};
use antipode_link::{AckResult, Decoder, Frame, FrameBuf, Hello, Lease, Message};
use antipode_safety::{Angle, FaultSet, Millis, Rate, Timestamp};
use antipode_sim::device::{DeviceSetup, Linkage, SensorModel, SerialTable};
use antipode_sim::pty::LineEnd;

/// What the counts of these drives start from; their strokes lie clear of zero all the same.
pub(crate) const COUNTER: Counter = Counter::FromPowerOn;

/// A sensor beside the drive speaks this often.
const SENSOR_MS: u64 = 20;

/// One kind of table.
#[derive(Clone)]
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) setup: DeviceSetup,
    pub(crate) points: Vec<(i32, i32)>,
    /// What the drive counts for one unit of its stroke.
    pub(crate) counts: i32,
    pub(crate) following: Following,
    pub(crate) runs_on: Millis,
    pub(crate) baud: u32,
    pub(crate) dialect: Dialect,
    /// Where the guardian has its angle from; a sensor beside the drive tells the true one.
    pub(crate) angle: AngleFrom,
    pub(crate) make: fn(&DriveModel) -> Box<dyn Drive>,
    /// The longest that the device goes on when it hears nothing.
    pub(crate) timeout: Millis,
}

impl Kind {
    pub(crate) fn model(&self) -> DriveModel {
        let place = |&(at, tilt): &(i32, i32)| Place { at, tilt: Angle::clamped(tilt.into()) };
        DriveModel {
            name: "test".into(),
            title: "Test".into(),
            figures_from: "this test".into(),
            proof: Proof::UnverifiedOnHardware,
            rescue: Rescue::Crank,
            returns_without_host: true,
            self_locking: true,
            latch_sensors: 0,
            second_angle: false,
            hand_control: false,
            rates: Rates::Fixed(Rate::clamped(1_000)),
            travel: [Angle::clamped(-20_000), Angle::clamped(20_000)],
            lease: Millis::new(250),
            drive_timeout: Millis::new(500),
            stop_decel: 4_000,
            report_every: Millis::new(50),
            current_limit_ma: None,
            supply_low_mv: None,
            mains_lost_mv: None,
            stroke: Stroke::new(self.points.iter().map(place).collect()).unwrap(),
            line: LineSettings { baud: self.baud, parity: Parity::None, stop_bits: StopBits::One },
            dialect: self.dialect.clone(),
        }
    }

    /// The simulated table, with a sensor on line 1.
    pub(crate) fn device(&self) -> DeviceSetup {
        DeviceSetup { linkage: Linkage::new(&self.points).unwrap(), ..self.setup.clone() }
    }

    /// The plan of a guardian in life's own time: of table number `serial`, with a lease that a busy
    /// machine can keep.
    pub(crate) fn plan(
        &self,
        serial: u32,
        port: String,
        sensor: Option<Inclinometer>,
        socket: PathBuf,
    ) -> GuardianPlan {
        GuardianPlan {
            drive: (self.make)(&self.model()),
            port,
            line: LineSettings { baud: self.baud, parity: Parity::None, stop_bits: StopBits::One },
            config: GuardianConfig { serial, lease: Millis::new(400), ..self.config() },
            stroke: self.stroke(),
            sensor,
            socket,
            loudness: Loudness::default(),
        }
    }

    /// The table, with `sensor` beside it.
    pub(crate) fn table(&self, sensor: Option<SensorModel>, seed: u64) -> SerialTable {
        let mut table = SerialTable::new(&DeviceSetup { sensor, ..self.device() }, seed);
        table.set_baud(0, self.baud);
        table
    }

    /// From its drive's counts to the tilt, as a maker measures it.
    pub(crate) fn stroke(&self) -> StrokeTable {
        let point = |&(stroke, tilt_mdeg): &(i32, i32)| StrokePoint {
            stroke: stroke * self.counts,
            tilt_mdeg,
        };
        StrokeTable::new(self.points.iter().map(point).collect()).unwrap()
    }

    pub(crate) fn config(&self) -> GuardianConfig {
        GuardianConfig {
            serial: 7,
            tilt_min: Angle::clamped(-20_000),
            tilt_max: Angle::clamped(20_000),
            stop_decel: 8_000,
            max_rate: Rate::clamped(2_000),
            return_rate: Rate::clamped(2_000),
            lease: Millis::new(250),
            latches_fitted: 0,
            returns_with_few_latches: true,
            host_loss: HostLossPolicy::HoldThenReturn,
            rescue: antipode_guardian::Rescue::Crank,
            battery: false,
            angle: self.angle,
            following: self.following,
            runs_on: self.runs_on,
            current_limit_ma: None,
            supply_low_mv: None,
            mains_lost_mv: None,
            self_locking: true,
            fitted_hash: 0,
        }
    }
}

/// Host, guardian, drive, line, device, bed.
pub(crate) struct Rig {
    pub(crate) guardian: Guardian,
    pub(crate) table: SerialTable,
    pub(crate) ms: u64,
    decoder: Decoder,
    session: u32,
    nonce: u32,
    seq: u16,
    acks: Vec<(u16, AckResult)>,
    sensor: bool,
    /// Tilts of which the guardian was sure and that were wrong by more than a degree.
    pub(crate) wrong: Vec<(u64, i32, i32)>,
}

impl Rig {
    pub(crate) fn new(kind: &Kind) -> Self {
        Self::with(kind, kind.config())
    }

    fn with(kind: &Kind, config: GuardianConfig) -> Self {
        let table = kind.table(None, 7);
        let parts = Parts {
            config,
            stroke: kind.stroke(),
            drive: (kind.make)(&kind.model()),
            boot: BootInfo { boot_count: 1, boots_last_minute: 1, entropy: 99 },
        };
        Self {
            guardian: Guardian::new(parts).unwrap(),
            table,
            ms: 0,
            decoder: Decoder::new(),
            session: 0,
            nonce: 0,
            seq: 0,
            acks: Vec::new(),
            sensor: kind.angle != AngleFrom::Drive,
            wrong: Vec::new(),
        }
    }

    /// In the rest band, its drive set up, greeted and armed.
    pub(crate) fn armed(kind: &Kind) -> Self {
        Self::armed_with(kind, kind.config())
    }

    /// The same with other settings of its guardian.
    pub(crate) fn armed_with(kind: &Kind, config: GuardianConfig) -> Self {
        let mut rig = Self::with(kind, config);
        rig.run(1_500, true);
        rig.greet();
        rig.idle(200);
        // Some latch that they stood by themselves before anybody spoke to them.
        rig.clear_and_arm(kind);
        rig
    }

    /// What a person does after a fault, or before the first motion.
    pub(crate) fn clear_and_arm(&mut self, kind: &Kind) {
        let clear = Message::ClearFaults { faults: FaultSet::from_bits(u16::MAX) };
        assert_eq!(self.send(clear), AckResult::Accepted, "{}", kind.name);
        self.idle(400);
        assert_eq!(self.arm(), AckResult::Accepted, "{}", kind.name);
    }

    /// Lowered to `tilt` by its host.
    pub(crate) fn lowered(kind: &Kind, tilt: i32) -> Self {
        let mut rig = Self::armed(kind);
        rig.lower(tilt);
        assert!(rig.tilt() > tilt - 1_000, "{}: {}", kind.name, rig.tilt());
        rig
    }

    /// Asks for `tilt` until it is there, for as long as a healthy table needs.
    pub(crate) fn lower(&mut self, tilt: i32) {
        let until = self.ms + 30_000;
        while self.tilt() < tilt - 500 && self.ms < until {
            self.keep(to(tilt), 80);
        }
    }

    /// The true tilt of the bed.
    pub(crate) fn tilt(&self) -> i32 {
        self.table.plant().true_tilt_mdeg()
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.ms)
    }

    /// The world goes on for `ms`; the guardian only where it `runs`.
    pub(crate) fn run(&mut self, ms: u64, runs: bool) {
        let (mut out, mut said) = (Vec::new(), Vec::new());
        for _ in 0..ms {
            self.ms += 1;
            let now = self.now();
            self.table.advance(now);
            if self.sensor && self.ms.is_multiple_of(SENSOR_MS) {
                let value = Angle::clamped(self.tilt().into());
                self.guardian.sensed(Sample { at: now, value });
            }
            if !runs {
                continue;
            }
            self.table.say(0, &mut said);
            if !said.is_empty() {
                self.guardian.drive_said(now, &said);
                said.clear();
            }
            if now >= self.guardian.next_wake() {
                self.guardian.advance(now, &mut out);
                if !out.is_empty() {
                    self.table.hear(0, &out);
                    out.clear();
                }
            }
            self.listen();
            self.compare();
        }
    }

    fn compare(&mut self) {
        let (truth, believed) = (self.tilt(), self.guardian.inspect().tilt_mdeg);
        if let Some(believed) = believed.filter(|believed| (believed - truth).abs() > 1_000) {
            self.wrong.push((self.ms, believed, truth));
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
            self.put(message);
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
            }
        });
        self.decoder = decoder;
    }

    fn put(&mut self, message: Message) -> u16 {
        self.seq = self.seq.wrapping_add(1);
        let frame = Frame { seq: self.seq, session: self.session, message };
        let mut buffer = FrameBuf::new();
        frame.encode(&mut buffer);
        self.guardian.hear(self.now(), buffer.as_bytes());
        self.listen();
        self.seq
    }

    fn beat(&mut self) {
        self.put(Message::Heartbeat { host_ms: u32::try_from(self.ms).unwrap() });
    }

    pub(crate) fn greet(&mut self) {
        self.put(Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 5 }));
        assert_ne!(self.session, 0);
    }

    pub(crate) fn send(&mut self, message: Message) -> AckResult {
        let seq = self.put(message);
        let found = self.acks.iter().rev().find(|(of, _)| *of == seq);
        found.map(|(_, result)| *result).expect("every command is answered")
    }

    pub(crate) fn arm(&mut self) -> AckResult {
        self.send(Message::Arm { nonce: self.nonce })
    }
}

pub(crate) fn to(mdeg: i32) -> Message {
    let target = Angle::from_millideg(mdeg).unwrap();
    let lease = Lease::clamped(Millis::new(250));
    Message::SetTarget { target, rate: Rate::clamped(1_500), lease }
}

pub(crate) fn back() -> Message {
    let lease = Lease::clamped(Millis::new(250));
    Message::ReturnToRest { rate: Rate::clamped(1_500), lease, held: false }
}
