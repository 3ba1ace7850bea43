//! A line in virtual time: a master on one end, a device that may do anything on the other.

use super::super::*;
use antipode_safety::{Millis, Timestamp};
use core::num::NonZeroU8;

/// What a device does on hearing a request: bytes, each after so many milliseconds.
pub(super) type Plan = Vec<(u64, Vec<u8>)>;

/// Waits 100 ms for an answer, 10 ms of silence after one, 60 ms after anything wrong.
pub(super) fn timing() -> Timing {
    Timing {
        reply_timeout: Millis::new(100),
        turnaround: Millis::new(10),
        drain_quiet: Millis::new(60),
        stop_patience: Millis::new(40),
        stop_attempts: NonZeroU8::new(3).unwrap(),
        max_reads_per_s: NonZeroU8::new(200).unwrap(),
    }
}

type Device<'a> = dyn FnMut(u64, &[u8]) -> Plan + 'a;

pub(super) struct Bench<'a> {
    pub(super) master: Master,
    pub(super) now: u64,
    /// On the way to the master, by the time of arrival.
    wire: Plan,
    /// What the master wrote and when.
    pub(super) sent: Plan,
    pub(super) done: Vec<Done>,
    device: Box<Device<'a>>,
}

impl<'a> Bench<'a> {
    /// A line whose first drain is over.
    pub(super) fn new(timing: Timing, device: impl FnMut(u64, &[u8]) -> Plan + 'a) -> Self {
        let master = Master::new(timing, Timestamp::ZERO).expect("times that can work");
        let mut bench = Self {
            master,
            now: 0,
            wire: Vec::new(),
            sent: Vec::new(),
            done: Vec::new(),
            device: Box::new(device),
        };
        bench.run_for(timing.drain_quiet.get());
        bench
    }

    pub(super) fn at(&self) -> Timestamp {
        Timestamp::from_millis(self.now)
    }

    /// Bytes that reach the master `after` milliseconds from now.
    pub(super) fn arrives(&mut self, after: u64, bytes: &[u8]) {
        self.wire.push((self.now + after, bytes.to_vec()));
    }

    /// Polls until there is nothing to do now; the time of the next thing, if there is one.
    fn poll(&mut self) -> Option<u64> {
        for _ in 0..100 {
            match self.master.poll(self.at()) {
                Step::Send(frame) => {
                    let bytes = frame.as_bytes().to_vec();
                    let plan = (self.device)(self.now, &bytes);
                    self.wire.extend(plan.into_iter().map(|(after, b)| (self.now + after, b)));
                    self.sent.push((self.now, bytes));
                }
                Step::Done(done) => self.done.push(done),
                Step::Wait(until) => {
                    assert!(until > self.at(), "waits for the past: spins");
                    return Some(until.as_millis());
                }
                Step::Idle => return None,
            }
        }
        panic!("does not come to rest at {} ms", self.now);
    }

    /// Lets `ms` milliseconds pass.
    pub(super) fn run_for(&mut self, ms: u64) {
        let end = self.now + ms;
        loop {
            self.wire.sort_by_key(|(at, _)| *at);
            while self.wire.first().is_some_and(|(at, _)| *at <= self.now) {
                let (_, bytes) = self.wire.remove(0);
                self.master.receive(self.at(), &bytes);
            }
            let wake = self.poll();
            self.wire.sort_by_key(|(at, _)| *at);
            if self.wire.first().is_some_and(|(at, _)| *at <= self.now) {
                continue;
            }
            let next = wake.into_iter().chain(self.wire.first().map(|(at, _)| *at)).min();
            match next.filter(|&next| next <= end) {
                Some(next) if self.now < end || next <= self.now => self.now = next,
                Some(_) | None if self.now == end => return,
                Some(_) | None => self.now = end,
            }
        }
    }

    /// The results so far, oldest first, and forgets them.
    pub(super) fn results(&mut self) -> Vec<Result<Success, Failure>> {
        self.done.drain(..).map(|done| done.result).collect()
    }

    /// The times at which something was written.
    pub(super) fn sent_at(&self) -> Vec<u64> {
        self.sent.iter().map(|(at, _)| *at).collect()
    }
}

pub(super) fn unit(byte: u8) -> Unit {
    Unit::new(byte).unwrap()
}

pub(super) const fn register(at: u16, value: u16) -> Write {
    Write::Register { at, value }
}

pub(super) fn holding(at: u16) -> Read {
    Read::HoldingRegisters(RegisterSpan::new(at, 1).unwrap())
}

/// One register as read.
pub(super) fn value(value: u16) -> Result<Success, Failure> {
    Ok(Success::Registers(Registers::new(&[value]).unwrap()))
}

/// The right answer to a request: registers hold `value`, writes are repeated.
pub(super) fn reply(request: &[u8], value: u16) -> Vec<u8> {
    let (unit, request) = Request::decode(request).expect("the master writes whole requests");
    let reply = match request {
        Request::Read(Read::HoldingRegisters(span) | Read::InputRegisters(span)) => {
            let values = vec![value; usize::from(span.count())];
            Reply::Registers(Registers::new(&values).unwrap())
        }
        Request::Read(Read::Coils(span) | Read::DiscreteInputs(span)) => {
            let bits = vec![value & 1 == 1; usize::from(span.count())];
            Reply::Bits(Bits::new(&bits).unwrap())
        }
        Request::Write(_) => Reply::Written,
    };
    reply.encode(unit, &request).unwrap().as_bytes().to_vec()
}

/// A frame with its check.
pub(super) fn frame(body: &[u8]) -> Vec<u8> {
    [body, &crc16(body).to_le_bytes()].concat()
}
