//! A host that speaks table link to a guardian's socket, as plainly as can be.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use antipode_device::BootClock;
use antipode_link::{
    AckResult, Decoder, Frame, FrameBuf, Hello, Lease, Message, Telemetry, VERSION,
};
use antipode_safety::{Angle, FaultSet, Millis, Rate};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

/// Everything here happens within this; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(90);
pub(crate) fn to(mdeg: i32, rate: i64) -> Message {
    let (target, rate) = (Angle::from_millideg(mdeg).unwrap(), Rate::clamped(rate));
    Message::SetTarget { target, rate, lease: Lease::clamped(Millis::new(400)) }
}

pub(crate) fn back() -> Message {
    let lease = Lease::clamped(Millis::new(400));
    Message::ReturnToRest { rate: Rate::clamped(3_000), lease, held: false }
}

/// A return for as long as somebody at the table holds its button.
pub(crate) fn held_back() -> Message {
    let lease = Lease::clamped(Millis::new(400));
    Message::ReturnToRest { rate: Rate::clamped(3_000), lease, held: true }
}

/// What a person clears before a start, once they have looked.
pub(crate) fn clear() -> Message {
    Message::ClearFaults { faults: FaultSet::from_bits(u16::MAX) }
}

/// Waits until `done`, which looks at the world and takes a moment of its time.
pub(crate) fn wait(what: &str, mut done: impl FnMut() -> bool) {
    let began = Instant::now();
    while !done() {
        assert!(began.elapsed() < PATIENCE, "waited in vain until {what}");
        let limit = Timespec::try_from(Duration::from_millis(5)).unwrap();
        poll(&mut [], Some(&limit)).unwrap();
    }
}

/// A program that greets again and again, as hosts do, and says nothing else.
pub(crate) struct Caller {
    stream: UnixStream,
    decoder: Decoder,
    seq: u16,
    called: Option<Instant>,
}

impl Caller {
    pub(crate) fn new(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_nonblocking(true).unwrap();
        Self { stream, decoder: Decoder::new(), seq: 0, called: None }
    }

    /// Greets, where it is time for that; whether it was answered.
    pub(crate) fn call(&mut self) -> bool {
        if self.called.is_none_or(|at| at.elapsed() >= Duration::from_millis(100)) {
            self.called = Some(Instant::now());
            self.seq += 1;
            let hello = Hello { proto_min: VERSION, proto_max: VERSION, host_id: 0x0ca1_1e12 };
            let mut buffer = FrameBuf::new();
            let message = Message::Hello(hello);
            Frame { seq: self.seq, session: 0, message }.encode(&mut buffer);
            self.stream.write_all(buffer.as_bytes()).unwrap();
        }
        let mut bytes = [0; 4_096];
        let Ok(count) = self.stream.read(&mut bytes) else { return false };
        assert!(count > 0, "it is not shown out");
        let mut answered = false;
        self.decoder.feed(&bytes[..count], |frame| {
            answered |= matches!(frame.message, Message::HelloAck(_));
        });
        answered
    }
}

pub(crate) struct Host {
    stream: UnixStream,
    decoder: Decoder,
    host_id: u32,
    session: u32,
    nonce: u32,
    seq: u16,
    pub(crate) telemetry: Option<Telemetry>,
    acks: Vec<(u16, AckResult)>,
    gone: bool,
}

impl Host {
    /// Connects and greets.
    pub(crate) fn greet(socket: &Path) -> Self {
        let stream = UnixStream::connect(socket).unwrap();
        stream.set_nonblocking(true).unwrap();
        let mut host = Self {
            stream,
            decoder: Decoder::new(),
            // Two hosts of one test differ by the moment at which they came.
            host_id: BootClock.now().wrapping_millis(),
            session: 0,
            nonce: 0,
            seq: 0,
            telemetry: None,
            acks: Vec::new(),
            gone: false,
        };
        host.until("it answers", |host| host.session != 0);
        host
    }

    /// As every host does until it is answered: whoever had the session may only just have gone.
    fn hello(&mut self) {
        let host_id = self.host_id;
        self.put(Message::Hello(Hello { proto_min: VERSION, proto_max: VERSION, host_id }));
    }

    /// Waits, heartbeat by heartbeat, until `done`.
    pub(crate) fn until(&mut self, what: &str, done: impl FnMut(&Self) -> bool) {
        self.go_on(None, what, done);
    }

    /// Says `message` again and again until `done`.
    pub(crate) fn keep(&mut self, message: Message, what: &str, done: impl FnMut(&Self) -> bool) {
        self.go_on(Some(message), what, done);
    }

    fn go_on(&mut self, say: Option<Message>, what: &str, mut done: impl FnMut(&Self) -> bool) {
        let began = Instant::now();
        let mut said: Option<Instant> = None;
        self.acks.clear();
        while !done(self) {
            let told = self.telemetry;
            assert!(began.elapsed() < PATIENCE, "waited in vain until {what}: {told:?}");
            if said.is_none_or(|at| at.elapsed() >= Duration::from_millis(60)) {
                said = Some(Instant::now());
                self.beat();
                if let Some(message) = say {
                    self.put(message);
                }
            }
            self.listen();
        }
    }

    fn beat(&mut self) {
        if self.session == 0 {
            self.hello();
        } else {
            self.put(Message::Heartbeat { host_ms: BootClock.now().wrapping_millis() });
        }
    }

    fn put(&mut self, message: Message) -> u16 {
        self.seq = self.seq.wrapping_add(1);
        let mut buffer = FrameBuf::new();
        Frame { seq: self.seq, session: self.session, message }.encode(&mut buffer);
        // A guardian that has shown this host out takes nothing more.
        self.gone |= self.stream.write_all(buffer.as_bytes()).is_err();
        self.seq
    }

    pub(crate) fn listen(&mut self) {
        let limit = Timespec::try_from(Duration::from_millis(10)).unwrap();
        poll(&mut [PollFd::new(&self.stream, PollFlags::IN)], Some(&limit)).unwrap();
        let mut buffer = [0; 4_096];
        let Ok(count) = self.stream.read(&mut buffer) else { return };
        self.gone |= count == 0;
        let Self { decoder, session, nonce, telemetry, acks, .. } = self;
        decoder.feed(&buffer[..count], |frame| {
            if let Message::HelloAck(info) = frame.message {
                (*session, *nonce) = (frame.session, info.nonce);
            } else if let Message::Ack(ack) = frame.message {
                acks.push((ack.of_seq, ack.result));
            } else if let Message::Telemetry(told) = frame.message {
                *telemetry = Some(told);
            }
        });
    }

    /// Says it and waits for the answer.
    pub(crate) fn say(&mut self, message: Message) -> AckResult {
        let seq = self.put(message);
        let mut answer = None;
        self.until("it is answered", |host| {
            answer = host.acks.iter().rev().find(|(of, _)| *of == seq).copied();
            answer.is_some()
        });
        answer.unwrap().1
    }

    pub(crate) fn arm(&mut self) -> AckResult {
        let nonce = self.nonce;
        self.say(Message::Arm { nonce })
    }

    /// Whether the last motion was refused.
    pub(crate) fn is_refused(&self) -> bool {
        self.acks.last().is_some_and(|(_, result)| *result != AckResult::Accepted)
    }

    /// Whether the guardian has closed the connection.
    pub(crate) fn is_gone(&mut self) -> bool {
        self.listen();
        self.gone
    }
}
