//! A guardian with a drive of ours, a host and a simulated device, all of them at the mercy of
//! whoever chooses the bytes and the time. What is held: the rules of [`orders`], at every turn.

#[path = "../../crates/antipode-driver-serial/tests/it/drives/kinds.rs"]
#[allow(dead_code, reason = "the tests of the drives try more of them")]
mod kinds;
mod orders;
#[path = "../../crates/antipode-driver-serial/tests/it/drives/rig.rs"]
#[allow(dead_code, reason = "its own host is too well-behaved for a fuzzer")]
mod rig;
mod said;

use std::sync::{Arc, Mutex, OnceLock};

use antipode_guardian::{AngleFrom, BootInfo, Guardian, Order, Parts, Sample};
use antipode_link::{Decoder, Frame, FrameBuf, Hello, Lease, Message};
use antipode_safety::{Angle, FaultSet, Latches, Millis, Rate, Timestamp};
use antipode_sim::device::{DeviceFault, SerialTable};
use antipode_sim::pty::LineEnd;

use kinds::kinds;
use orders::{Given, Leave, Watched};
use rig::Kind;
use said::moves;

/// A step of the world.
const STEP: Millis = Millis::new(5);
/// What a guardian may say at once, to its drive and to its host. More would be a flood, or a memory
/// that grows.
const MOST_BYTES: usize = 2_048;

/// How a run begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// Nobody has said anything yet.
    Fresh,
    /// The drive is set up, a host has greeted and armed.
    Armed,
}

/// Every kind of guarded drive: the RoboClaw both ways, Modbus both ways, the Jrk with and without an
/// inclinometer, the Tic.
fn every_kind() -> &'static [Kind] {
    static KINDS: OnceLock<Vec<Kind>> = OnceLock::new();
    KINDS.get_or_init(|| kinds().into_iter().chain(kinds::pololu()).collect())
}

/// A host, a guardian, a drive, a device and its bed.
pub struct Scene {
    kind: &'static Kind,
    guardian: Guardian,
    table: SerialTable,
    ms: u64,
    given: Arc<Mutex<Given>>,
    leave: Leave,
    session: u32,
    nonce: u32,
    seq: u16,
    hears: Decoder,
    speaks: Decoder,
    answers: Answers,
    /// The angle that the sensor tells in place of the true one.
    lie: Option<Angle>,
}

/// What becomes of what the device says.
#[derive(Default)]
struct Answers {
    /// So many pieces are lost.
    lost: u8,
    /// The next piece has this byte changed by this much.
    spoilt: Option<(u8, u8)>,
    /// They are held back, and come all at once.
    held: Option<Vec<u8>>,
}

impl Scene {
    /// The kind that `number` stands for, as it `start`s.
    #[must_use]
    pub fn new(number: u8, start: Start) -> Self {
        let all = every_kind();
        let kind = &all[usize::from(number) % all.len()];
        let given = Arc::new(Mutex::new(Given::default()));
        let drive = Watched::new((kind.make)(&kind.model()), Arc::clone(&given));
        let boot = BootInfo { boot_count: 1, boots_last_minute: 1, entropy: 99 };
        let parts =
            Parts { config: kind.config(), stroke: kind.stroke(), drive: Box::new(drive), boot };
        let mut scene = Self {
            kind,
            guardian: Guardian::new(parts).expect("the tests of the drives use the same table"),
            table: kind.table(None, 7),
            ms: 0,
            given,
            leave: Leave::default(),
            session: 0,
            nonce: 0,
            seq: 0,
            hears: Decoder::new(),
            speaks: Decoder::new(),
            answers: Answers::default(),
            lie: None,
        };
        if start == Start::Armed {
            scene.arm();
        }
        scene
    }

    fn arm(&mut self) {
        self.run(300);
        self.say(0);
        for _ in 0..4 {
            self.run(10);
            self.say(10);
        }
        self.say(9);
        for _ in 0..8 {
            self.run(10);
            self.say(10);
        }
        self.say(1);
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.ms)
    }

    /// What `data` says happens next: a byte that chooses, a byte that says how much, and bytes.
    /// Gives back what it did not use; nothing once it is at its end.
    pub fn act<'a>(&mut self, data: &'a [u8]) -> Option<&'a [u8]> {
        let (&[what, much], rest) = data.split_first_chunk::<2>()?;
        let piece = |len: u8| rest.split_at(usize::from(len).min(rest.len()));
        match what % 16 {
            0..=3 => self.run(u32::from(much % 64)),
            4 => self.hang(much),
            5 | 6 => self.say(much % 16),
            7 => {
                let (bytes, rest) = piece(much % 64);
                self.guardian.drive_said(self.now(), bytes);
                return Some(rest);
            }
            8 => {
                let (bytes, rest) = piece(much % 64);
                self.hear(bytes);
                return Some(rest);
            }
            9 => {
                let (bytes, rest) = piece(much % 64);
                if let Some(frame) = crate::checked(bytes) {
                    self.hear_frame(frame);
                }
                return Some(rest);
            }
            10 => self.answers.lost = much % 32,
            11 => self.answers.spoilt = Some((much % 16, much / 16 + 1)),
            12 => self.answers.held = if much % 2 == 0 { Some(Vec::new()) } else { None },
            13 => {
                let all = DeviceFault::ALL;
                let fault = all[usize::from(much / 2) % all.len()];
                self.table.set_device_fault(fault, much % 2 == 0);
            }
            14 => self.guardian.drive_opened(),
            _ => {
                self.lie = (much % 4 != 0).then(|| Angle::clamped((i64::from(much) - 128) * 400));
                let closed = much % 8 < 4;
                self.guardian.latched(Latches {
                    fitted: 0,
                    first_closed: closed,
                    second_closed: closed,
                });
            }
        }
        Some(rest)
    }

    /// The world and the guardian go on for so many steps.
    fn run(&mut self, steps: u32) {
        for _ in 0..steps {
            self.pass(STEP);
            let now = self.now();
            let mut said = Vec::new();
            self.table.say(0, &mut said);
            if let Some(bytes) = self.answers.carry(said) {
                self.guardian.drive_said(now, &bytes);
            }
            self.turn();
            self.listen();
        }
    }

    /// The world goes on without the guardian.
    fn hang(&mut self, much: u8) {
        self.pass(Millis::new(u64::from(much) * 10));
    }

    fn pass(&mut self, time: Millis) {
        self.ms += time.get();
        let now = self.now();
        self.table.advance(now);
        if self.kind.angle != AngleFrom::Drive && self.ms.is_multiple_of(20) {
            let truth = Angle::clamped(self.table.plant().true_tilt_mdeg().into());
            self.guardian.sensed(Sample { at: now, value: self.lie.unwrap_or(truth) });
        }
    }

    fn turn(&mut self) {
        let now = self.now();
        if now < self.guardian.next_wake() {
            return;
        }
        let mut out = Vec::new();
        self.guardian.advance(now, &mut out);
        assert!(out.len() <= MOST_BYTES, "{} bytes for the drive at once", out.len());
        let mut given = self.given.lock().expect("one thread");
        given.check(&self.guardian.inspect(), &self.leave, now);
        if moves(self.kind, &out) {
            assert!(
                given.stands_as_motion(now),
                "{}: {out:02x?} moves, and what stands is {:?}",
                self.kind.name,
                given.newest(),
            );
        }
        drop(given);
        self.table.hear(0, &out);
    }

    fn listen(&mut self) {
        let mut said = Vec::new();
        self.guardian.say(&mut said);
        assert!(said.len() <= MOST_BYTES, "{} bytes for the host at once", said.len());
        let (session, nonce) = (&mut self.session, &mut self.nonce);
        let leave = &mut self.leave;
        self.speaks.feed(&said, |frame| {
            if let Message::HelloAck(info) = frame.message {
                if frame.session != *session {
                    leave.begins_anew();
                }
                (*session, *nonce) = (frame.session, info.nonce);
            }
        });
    }

    fn hear(&mut self, bytes: &[u8]) {
        let (now, nonce, leave) = (self.now(), self.nonce, &mut self.leave);
        self.hears.feed(bytes, |frame| leave.hears(now, &frame, nonce));
        self.guardian.hear(now, bytes);
        self.listen();
    }

    fn hear_frame(&mut self, frame: Frame) {
        self.leave.hears(self.now(), &frame, self.nonce);
        self.guardian.hear_frame(self.now(), frame);
        self.listen();
    }

    /// What a host of ours may say.
    fn say(&mut self, what: u8) {
        let lease = Lease::clamped(Millis::new(250));
        let rate = Rate::clamped(1_500);
        let target = |mdeg| Message::SetTarget { target: Angle::clamped(mdeg), rate, lease };
        let back = |held| Message::ReturnToRest { rate, lease, held };
        let message = match what {
            0 => Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 5 }),
            1 => Message::Arm { nonce: self.nonce },
            2 => target(15_000),
            3 => target(-5_000),
            4 => Message::Jog { rate, lease },
            5 => Message::Hold,
            6 => back(false),
            7 => back(true),
            8 => Message::Stop,
            9 => Message::ClearFaults { faults: FaultSet::from_bits(u16::MAX) },
            11 => Message::AcknowledgeStop,
            12 => Message::Disarm,
            13 => Message::ReadLimits,
            14 => Message::Hello(Hello { proto_min: 1, proto_max: 1, host_id: 6 }),
            15 => target(60_000),
            _ => Message::Heartbeat { host_ms: self.ms as u32 },
        };
        self.seq = self.seq.wrapping_add(1);
        let mut buffer = FrameBuf::new();
        Frame { seq: self.seq, session: self.session, message }.encode(&mut buffer);
        self.hear(buffer.as_bytes());
    }
}

impl Answers {
    fn carry(&mut self, mut said: Vec<u8>) -> Option<Vec<u8>> {
        if said.is_empty() {
            return None;
        }
        if self.lost > 0 {
            self.lost -= 1;
            return None;
        }
        if let Some((at, by)) = self.spoilt.take() {
            let at = usize::from(at) % said.len();
            said[at] ^= by;
        }
        match &mut self.held {
            Some(held) if held.len() < 512 => {
                held.append(&mut said);
                None
            }
            Some(_) => self.held.take(),
            None => Some(said),
        }
    }
}

/// Whether an order lets the bed turn.
const fn is_motion(order: Order) -> bool {
    match order {
        Order::Hold | Order::Cut => false,
        Order::Duty(_) | Order::Speed(_) | Order::Position(_) | Order::Jog(_) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A harness that never gets there would find nothing.
    #[test]
    fn every_kind_is_armed_and_turned_down_by_its_host() {
        for number in 0..every_kind().len() {
            let mut scene = Scene::new(number as u8, Start::Armed);
            let before = scene.table.plant().true_tilt_mdeg();
            for _ in 0..100 {
                scene.say(10);
                scene.say(2);
                scene.run(8);
            }
            let after = scene.table.plant().true_tilt_mdeg();
            assert!(after > before + 2_000, "{}: {before} to {after}", scene.kind.name);
        }
    }
}
