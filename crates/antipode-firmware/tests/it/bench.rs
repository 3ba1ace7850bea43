//! A table on the bench: the controller, an ideal bed and a host that says what a test tells it to.

use antipode_firmware::{BootInfo, Config, Controller, Inputs, Outputs};
use antipode_link::{
    AckResult, Decoder, Frame, FrameBuf, Hello, Lease, Message, TableFlag, TableInfo, Telemetry,
};
use antipode_safety::{
    Angle, DriveState, Fault, FaultSet, Latches, Millis, Rate, Switch, Switches,
};

use crate::actuator::Actuator;

pub(crate) const TICK_MS: u32 = 10;
const BEAT_MS: u32 = 50;

/// What a sensor makes of the true angle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Sense {
    Good,
    Lost,
    Stuck(i32),
    Off(i32),
}

impl Sense {
    fn of(self, mdeg: i32) -> Option<Angle> {
        match self {
            Self::Good => Angle::from_millideg(mdeg),
            Self::Lost => None,
            Self::Stuck(at) => Angle::from_millideg(at),
            Self::Off(by) => Angle::from_millideg(mdeg + by),
        }
    }
}

#[derive(Clone)]
pub(crate) struct Bench {
    pub(crate) table: Controller,
    pub(crate) now: u32,
    /// True angle in thousandths of a millidegree, and true rate.
    micro: i64,
    pub(crate) rate: i32,
    pub(crate) main: Sense,
    pub(crate) second: Sense,
    /// The bed cannot get past these.
    pub(crate) blocked_below: Option<i32>,
    pub(crate) blocked_above: Option<i32>,
    /// Rate that the brake lets slip.
    pub(crate) slip: i32,
    /// Rate at which the bed sinks where only a drive without torque holds it.
    pub(crate) sink: i32,
    /// What turns the bed.
    pub(crate) actuator: Actuator,
    /// Rate of a shorted bridge while the relay is closed.
    pub(crate) runaway: Option<i32>,
    pub(crate) inputs: Inputs,
    pub(crate) outputs: Outputs,
    pub(crate) heard: Vec<Message>,
    decoder: Decoder,
    pub(crate) session: u32,
    pub(crate) seq: u16,
    pub(crate) info: Option<TableInfo>,
    pub(crate) highest: i32,
}

pub(crate) fn boot() -> BootInfo {
    BootInfo { boot_count: 3, boots_last_minute: 1, entropy: 0x1234_5678 }
}

pub(crate) fn lease(ms: u64) -> Lease {
    Lease::clamped(Millis::new(ms))
}

pub(crate) fn deg(deg: i32) -> Angle {
    Angle::from_deg(deg).expect("a test's angle")
}

pub(crate) fn target(to: i32, mdeg_per_s: i64) -> Message {
    Message::SetTarget { target: deg(to), rate: Rate::clamped(mdeg_per_s), lease: lease(250) }
}

pub(crate) fn back(mdeg_per_s: i64) -> Message {
    Message::ReturnToRest { rate: Rate::clamped(mdeg_per_s), lease: lease(250), held: false }
}

pub(crate) fn held_back() -> Message {
    Message::ReturnToRest { rate: Rate::clamped(3_000), lease: lease(700), held: true }
}

pub(crate) fn only(faults: &[Fault]) -> FaultSet {
    faults.iter().fold(FaultSet::NONE, |set, &fault| set.with(fault, true))
}

impl Bench {
    /// In the rest band, switched on at `now`, nobody greeted.
    pub(crate) fn new(config: Config, boot: BootInfo, now: u32) -> Self {
        Self {
            table: Controller::new(config, boot),
            now,
            micro: -3_000_000,
            rate: 0,
            main: Sense::Good,
            second: if config.second_angle { Sense::Good } else { Sense::Lost },
            blocked_below: None,
            blocked_above: None,
            slip: 0,
            sink: 0,
            actuator: Actuator::Ideal,
            runaway: None,
            inputs: Inputs {
                tilt: None,
                tilt_second: None,
                current_ma: 0,
                supply_mv: 24_000,
                mains: true,
                temperature_c: 25,
                latches: Latches { fitted: 2, first_closed: true, second_closed: true },
                switches: Switches::NONE
                    .with(Switch::StopLoopClosed, true)
                    .with(Switch::HandControl, true),
            },
            outputs: Outputs { setpoint: Rate::ZERO, brake: true, relay: true, buzzer: false },
            heard: Vec::new(),
            decoder: Decoder::new(),
            session: 0,
            seq: 100,
            info: None,
            highest: i32::MIN,
        }
    }

    /// The reference table, greeted and armed.
    pub(crate) fn armed() -> Self {
        Self::armed_with(Config::reference())
    }

    pub(crate) fn armed_with(config: Config) -> Self {
        let mut bench = Self::new(config, boot(), 1_000);
        bench.run(100);
        bench.greet();
        bench.run(10);
        assert_eq!(bench.arm(), AckResult::Accepted);
        bench
    }

    /// The reference table, armed and lowered to `to` degrees.
    pub(crate) fn lowered(to: i32) -> Self {
        Self::lowered_with(Config::reference(), to)
    }

    pub(crate) fn lowered_with(config: Config, to: i32) -> Self {
        let mut bench = Self::armed_with(config);
        bench.keep(target(to, 3_000), 30_000);
        assert!((bench.tilt() - to * 1_000).abs() <= 25, "lowered to {}", bench.tilt());
        assert_eq!(bench.telemetry().state, DriveState::Holding);
        bench
    }

    pub(crate) fn tilt(&self) -> i32 {
        i32::try_from(self.micro / 1_000).expect("an angle")
    }

    pub(crate) fn place(&mut self, mdeg: i32) {
        self.micro = i64::from(mdeg) * 1_000;
    }

    pub(crate) fn setpoint(&self) -> i32 {
        self.outputs.setpoint.millideg_per_s()
    }

    /// One tick of `dt` milliseconds: the bed moves, then the controller looks.
    pub(crate) fn step(&mut self, dt: u32) {
        self.now = self.now.wrapping_add(dt);
        self.move_bed(i32::try_from(dt).expect("a tick"));
        let tilt = self.tilt();
        self.highest = self.highest.max(tilt);
        self.inputs.tilt = self.main.of(tilt);
        self.inputs.tilt_second = self.second.of(tilt);
        self.outputs = self.table.tick(self.now, &self.inputs);
        let Outputs { relay, brake, .. } = self.outputs;
        assert!(relay || brake, "nothing holds the bed: {:?}", self.outputs);
        self.listen();
    }

    fn move_bed(&mut self, dt: i32) {
        let wanted = self.setpoint();
        let tilt = self.tilt();
        let driven = self.actuator.turn(&self.outputs, Angle::clamped(i64::from(tilt)), dt);
        self.rate = match driven {
            Some((rate, current_ma)) => {
                self.inputs.current_ma = current_ma;
                rate
            }
            None => self.ideal_rate(wanted, dt),
        };
        self.micro += i64::from(self.rate) * i64::from(dt);
        if let Some(end) = self.blocked_below {
            self.micro = self.micro.min(i64::from(end) * 1_000);
        }
        if let Some(end) = self.blocked_above {
            self.micro = self.micro.max(i64::from(end) * 1_000);
        }
    }

    /// A drive that follows its setpoint to the letter, or fails as the bench says.
    fn ideal_rate(&self, wanted: i32, dt: i32) -> i32 {
        match (self.runaway, self.outputs.relay) {
            (Some(rate), true) => rate,
            (_, false) => 0,
            (None, true) if self.outputs.brake => self.slip,
            (None, true) if wanted == 0 && self.sink != 0 => self.sink,
            (None, true) if wanted == 0 => self.rate.signum() * (self.rate.abs() - 8 * dt).max(0),
            (None, true) => wanted,
        }
    }

    pub(crate) fn listen(&mut self) {
        let mut out = [0u8; 512];
        loop {
            let written = self.table.transmit(&mut out);
            if written == 0 {
                return;
            }
            let heard = &mut self.heard;
            self.decoder.feed(&out[..written], |frame| heard.push(frame.message));
        }
    }

    /// Ticks for `ms` without a word from the host.
    pub(crate) fn run(&mut self, ms: u32) {
        for _ in 0..ms / TICK_MS {
            self.step(TICK_MS);
        }
    }

    /// Ticks until `done`, at most `ms`; how long it took.
    pub(crate) fn until(&mut self, ms: u32, done: impl Fn(&Self) -> bool) -> u32 {
        let start = self.now;
        while !done(self) {
            assert!(self.now.wrapping_sub(start) < ms, "not within {ms} ms: {:?}", self.outputs);
            self.step(TICK_MS);
        }
        self.now.wrapping_sub(start)
    }

    /// Ticks for `ms` while the host repeats `message` and its heartbeat.
    pub(crate) fn keep(&mut self, message: Message, ms: u32) {
        for _ in 0..ms / BEAT_MS {
            self.send(message);
            self.beat();
            self.run(BEAT_MS);
        }
    }

    /// Ticks for `ms` while the host only lives.
    pub(crate) fn idle(&mut self, ms: u32) {
        for _ in 0..ms / BEAT_MS {
            self.beat();
            self.run(BEAT_MS);
        }
    }

    pub(crate) fn beat(&mut self) {
        self.seq = self.seq.wrapping_add(1);
        self.put(self.seq, self.session, Message::Heartbeat { host_ms: self.now });
    }

    /// Puts a frame on the wire.
    pub(crate) fn put(&mut self, seq: u16, session: u32, message: Message) {
        let mut frame = FrameBuf::new();
        Frame { seq, session, message }.encode(&mut frame);
        self.table.receive(self.now, frame.as_bytes());
        self.listen();
    }

    /// Sends the next command and reads its answer.
    pub(crate) fn send(&mut self, message: Message) -> AckResult {
        self.seq = self.seq.wrapping_add(1);
        self.send_as(self.seq, self.session, message)
    }

    pub(crate) fn send_as(&mut self, seq: u16, session: u32, message: Message) -> AckResult {
        let before = self.heard.len();
        self.put(seq, session, message);
        let answer = self.heard[before..].iter().find_map(|heard| {
            let Message::Ack(ack) = heard else { return None };
            (ack.of_seq == seq).then_some(ack.result)
        });
        answer.expect("an answer")
    }

    pub(crate) fn greet(&mut self) {
        self.seq = self.seq.wrapping_add(1);
        let hello = Hello { proto_min: 1, proto_max: 1, host_id: 5 };
        let before = self.heard.len();
        let mut frame = FrameBuf::new();
        Frame { seq: self.seq, session: 0, message: Message::Hello(hello) }.encode(&mut frame);
        self.table.receive(self.now, frame.as_bytes());
        let mut out = [0u8; 512];
        let written = self.table.transmit(&mut out);
        let (mut session, heard) = (self.session, &mut self.heard);
        self.decoder.feed(&out[..written], |frame| {
            session = frame.session;
            heard.push(frame.message);
        });
        self.session = session;
        self.info = self.heard[before..].iter().find_map(|heard| {
            let Message::HelloAck(info) = heard else { return None };
            Some(*info)
        });
    }

    pub(crate) fn arm(&mut self) -> AckResult {
        let nonce = self.info.expect("greeted").nonce;
        self.send(Message::Arm { nonce })
    }

    pub(crate) fn press(&mut self, switch: Switch, on: bool) {
        self.inputs.switches = self.inputs.switches.with(switch, on);
    }

    /// The latest report; waits for the next one.
    pub(crate) fn telemetry(&mut self) -> Telemetry {
        self.heard.clear();
        for _ in 0..60 {
            self.step(TICK_MS);
            let last = self.heard.iter().rev().find_map(|heard| {
                let Message::Telemetry(telemetry) = heard else { return None };
                Some(*telemetry)
            });
            if let Some(last) = last {
                return last;
            }
        }
        panic!("no report in 600 ms");
    }

    pub(crate) fn state(&mut self) -> DriveState {
        self.telemetry().state
    }

    pub(crate) fn faults(&mut self) -> FaultSet {
        self.telemetry().faults
    }

    pub(crate) fn flag(&mut self, flag: TableFlag) -> bool {
        self.telemetry().flags.has(flag)
    }
}
