//! The master's side of the line as a pure state machine: time and bytes in, frames out.
//!
//! ```text
//!             poll: Send              whole answer, then quiet
//!    ready ------------> asked ------------------------------> ready
//!      ^                   | nothing, damaged, foreign, late, given up for STOP
//!      '--- drained <------'
//!           (every byte dropped until the line was quiet for `drain_quiet`)
//! ```
//! - **No request gets the answer of another.** Nothing is asked before the line was quiet, and a
//!   request that failed in any way is followed by a drain. The bound is time alone, since frames
//!   have no numbers: a device that answers later than `reply_timeout` plus `drain_quiet` after
//!   its request can still deceive, so these two must cover the slowest device (H-04, H-17).
//! - **STOP waits for nothing but the wire.** It drops the writes that wait, takes the next turn,
//!   gives up a request under way after `stop_patience`, is out a turnaround later whatever the line
//!   does, needs no drain, and is written again until it is answered (H-20).
//! - **No other write is ever repeated.** One whose answer is missing is reported as uncertain.
//!
//! The caller polls until it gets [`Step::Wait`] or [`Step::Idle`], after every call and whenever
//! the waiting time is over. Calls too many do no harm.
//!
//! # Example
//! ```
//! use antipode_driver_serial::codec::modbus::{Master, Read, RegisterSpan, Step, Timing, Unit};
//! use antipode_safety::{Millis, Timestamp};
//! use core::num::NonZeroU8;
//!
//! let timing = Timing {
//!     reply_timeout: Millis::new(80),
//!     turnaround: Millis::new(10),
//!     drain_quiet: Millis::new(200),
//!     stop_patience: Millis::new(40),
//!     stop_attempts: NonZeroU8::new(5).unwrap(),
//!     max_reads_per_s: NonZeroU8::new(20).unwrap(),
//! };
//! let mut master = Master::new(timing, Timestamp::ZERO)?;
//! let four = RegisterSpan::new(10, 4).unwrap();
//! master.read(Unit::new(1).unwrap(), Read::HoldingRegisters(four))?;
//! let drained = Timestamp::from_millis(200);
//! assert_eq!(master.poll(Timestamp::ZERO), Step::Wait(drained));
//! let Step::Send(frame) = master.poll(drained) else { panic!("its turn") };
//! assert_eq!(frame.as_bytes(), [0x01, 0x03, 0x00, 0x0a, 0x00, 0x04, 0x64, 0x0b]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod config;
mod fifo;
mod heard;
mod job;
mod line;
mod turn;

pub use config::{MAX_REPLY_TIMEOUT, MAX_STOP_WAIT, Timing, TimingError};
pub use job::{Done, Failure, Refusal, Success, Ticket, Verify};

use antipode_safety::Timestamp;

use super::{Frame, Read, Reply, ReplyError, Request, Unit, Write};
use fifo::Fifo;
use heard::Heard;
use job::{Job, Lane, Phase, Work};
use line::Line;

/// Jobs that can wait, and STOPs that can wait.
pub const QUEUE: usize = 4;

/// What the caller does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Write these bytes now, whole, and poll on. Not written within the caller's own time limit:
    /// poll on all the same, so that the request counts as unanswered.
    Send(Frame),
    /// A job is over. Each ticket comes back once.
    Done(Done),
    /// Nothing to do before this moment, unless bytes or jobs come.
    Wait(Timestamp),
    /// Nothing to do at all.
    Idle,
}

/// The request that is out.
#[derive(Clone, Copy, Debug)]
struct Asked {
    job: Job,
    request: Request,
    sent: Timestamp,
    /// The caller looked at the line again only when the time for the answer was over: when it came
    /// is not known, and what it says counts from the request on.
    found_late: bool,
}

impl Asked {
    /// When its answer came that is whole at `last`, at the earliest.
    const fn answered_at(&self, last: Timestamp) -> Timestamp {
        if self.found_late { self.sent } else { last }
    }
}

/// The master of one line.
#[derive(Clone, Debug)]
pub struct Master {
    timing: Timing,
    line: Line,
    heard: Heard,
    asked: Option<Asked>,
    stops: Fifo<Job, QUEUE>,
    /// The read-back of the write that was last acknowledged; nothing overtakes it but STOP.
    read_back: Option<Job>,
    queue: Fifo<Job, QUEUE>,
    next_read: Timestamp,
    /// When a STOP last went out.
    stop_sent: Timestamp,
    next_ticket: u32,
}

impl Master {
    /// The master of a line that was just opened: whatever still lies in it is drained first.
    ///
    /// # Errors
    /// Says which of the times cannot work.
    pub fn new(timing: Timing, now: Timestamp) -> Result<Self, TimingError> {
        timing.check()?;
        Ok(Self {
            timing,
            line: Line::new(now),
            heard: Heard::new(),
            asked: None,
            stops: Fifo::new(),
            read_back: None,
            queue: Fifo::new(),
            next_read: now,
            stop_sent: now,
            next_ticket: 0,
        })
    }

    /// Asks for a read in its turn.
    ///
    /// # Errors
    /// [`Refusal::Full`] when too many jobs wait.
    pub fn read(&mut self, unit: Unit, read: Read) -> Result<Ticket, Refusal> {
        self.enqueue(unit, Work::Read(read))
    }

    /// Asks for a write in its turn.
    ///
    /// # Errors
    /// [`Refusal::Full`] when too many jobs wait, [`Refusal::Stopping`] while a STOP is not done.
    pub fn write(&mut self, unit: Unit, write: Write, verify: Verify) -> Result<Ticket, Refusal> {
        if self.is_stopping() {
            return Err(Refusal::Stopping);
        }
        self.enqueue(unit, Work::Write(write, verify))
    }

    /// Writes `write`, which stops the device, before anything else, and drops all writes that wait.
    /// A STOP that already waits unsent for the same unit covers this one: same ticket.
    ///
    /// # Errors
    /// [`Refusal::Full`] when as many STOPs wait as this line can have drives.
    pub fn stop(
        &mut self,
        now: Timestamp,
        unit: Unit,
        write: Write,
        verify: Verify,
    ) -> Result<Ticket, Refusal> {
        self.drop_writes();
        let work = Work::Write(write, verify);
        let same = |job: &&Job| job.unit == unit && job.work == work && job.phase == Phase::First;
        if let Some(waiting) = self.stops.iter().find(same) {
            return Ok(waiting.ticket);
        }
        let ticket = self.ticket();
        let lane = Lane::Stop { left: self.timing.stop_attempts.get(), since: now };
        let job = Job { ticket, unit, work, phase: Phase::First, lane, dropped: false };
        self.stops.push(job).map_err(|_| Refusal::Full)?;
        Ok(ticket)
    }

    /// Takes bytes that were found at `now`. What nobody waits for is dropped and the line counts as
    /// unquiet. What is found after the time for an answer, while [`Master::poll`] was not called
    /// since, may have come in time: the lateness is the caller's, and the answer counts as one of the
    /// moment of its request. A guardian on a busy machine would else drain the line for every turn
    /// that it did not get, and never see the angle that brings a person home (H-01).
    pub fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        match &mut self.asked {
            Some(asked) => {
                asked.found_late |= now >= asked.sent.plus(self.timing.reply_timeout);
                self.heard.push(bytes);
                self.line.heard(now);
            }
            None => self.line.stray(now, &self.timing),
        }
    }

    /// Whether a STOP is not done yet.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        let out = self.asked.is_some_and(|asked| asked.job.is_stop());
        out || self.stops.iter().next().is_some()
    }

    /// What is to be done at `now`.
    pub fn poll(&mut self, now: Timestamp) -> Step {
        if let Some(done) = self.dropped(now) {
            return Step::Done(done);
        }
        loop {
            if let Some(asked) = self.asked {
                match self.settle(now, &asked) {
                    Settled::Not(until) => return Step::Wait(until),
                    Settled::Done(done) => return Step::Done(done),
                    Settled::GoesOn => continue,
                }
            }
            return match self.pick(now) {
                Pick::Job(job) => self.send(now, job),
                Pick::Done(done) => Step::Done(done),
                Pick::Again => continue,
                Pick::Wait(until) => Step::Wait(until),
                Pick::Nothing => Step::Idle,
            };
        }
    }

    fn enqueue(&mut self, unit: Unit, work: Work) -> Result<Ticket, Refusal> {
        let ticket = Ticket(self.next_ticket);
        let job =
            Job { ticket, unit, work, phase: Phase::First, lane: Lane::Ordinary, dropped: false };
        self.queue.push(job).map_err(|_| Refusal::Full)?;
        Ok(self.ticket())
    }

    fn ticket(&mut self) -> Ticket {
        let ticket = Ticket(self.next_ticket);
        self.next_ticket = self.next_ticket.wrapping_add(1);
        ticket
    }

    /// No write that waited may follow a STOP.
    fn drop_writes(&mut self) {
        for job in self.queue.iter_mut().chain(&mut self.read_back) {
            job.dropped |= !job.is_read();
        }
    }

    /// Reports a job that STOP threw out. It costs no time on the line: the caller polls on at once.
    fn dropped(&mut self, now: Timestamp) -> Option<Done> {
        let read_back = self.read_back.take_if(|job| job.dropped);
        let job = read_back.or_else(|| self.queue.take_first(|job| job.dropped))?;
        Some(job.failed(now, Failure::Preempted, job.phase == Phase::ReadBack))
    }

    /// Looks at the request that is out.
    fn settle(&mut self, now: Timestamp, asked: &Asked) -> Settled {
        let deadline = asked.sent.plus(self.timing.reply_timeout);
        let quiet_at = self.line.last().plus(self.timing.turnaround);
        let error =
            match self.heard.verdict(asked.job.unit, &asked.request, asked.job.is_stop_write()) {
                // The frame has no other end than silence: more bytes make it another frame.
                Ok(_) if now < quiet_at && !asked.job.is_stop_write() => {
                    return Settled::Not(quiet_at);
                }
                Ok(reply) => {
                    self.asked = None;
                    self.line.freed(now, true);
                    let at = asked.answered_at(self.line.last());
                    return self.answered(at, asked.job, &reply);
                }
                Err(error) => error,
            };
        let give_up = match self.stop_waits_since() {
            Some(since) => since.plus(self.timing.stop_patience).min(deadline),
            None => deadline,
        };
        if now < give_up {
            return Settled::Not(give_up);
        }
        self.asked = None;
        // Silence that nobody was there to see was silence all the same.
        self.line.freed(now.min(deadline), false);
        let failure = if now < deadline {
            Failure::Preempted
        } else if self.heard.is_empty() {
            Failure::Silent
        } else {
            Failure::Reply(error)
        };
        self.failed(now, asked.job, failure, true)
    }

    /// Since when a STOP waits to be written. The STOP of another drive starts its patience anew:
    /// two frames without a pause between them would reach nobody.
    fn stop_waits_since(&self) -> Option<Timestamp> {
        let since = self.stops.iter().find(|job| job.is_stop_write())?.stop_since()?;
        Some(since.max(self.stop_sent))
    }

    /// An intact answer came.
    fn answered(&mut self, at: Timestamp, job: Job, reply: &Reply) -> Settled {
        let success = match (job.work, job.phase, *reply) {
            (_, _, Reply::Refused(exception)) => {
                let sent = job.phase == Phase::ReadBack || exception.may_have_acted();
                return self.failed(at, job, Failure::Refused(exception), sent);
            }
            (Work::Read(_), _, Reply::Bits(bits)) => Success::Bits(bits),
            (Work::Read(_), _, Reply::Registers(registers)) => Success::Registers(registers),
            (Work::Write(_, Verify::Echo), Phase::First, _) => Success::Written,
            (Work::Write(_, Verify::ReadBack), Phase::First, _) => {
                return self.go_on_to_read_back(at, job);
            }
            (Work::Write(write, _), Phase::ReadBack, reply) if write.is_shown_by(&reply) => {
                Success::Verified
            }
            (Work::Write(..), Phase::ReadBack, _) => {
                return self.failed(at, job, Failure::ReadBackDiffers, true);
            }
            // The decoder never makes this of the answer to a read.
            (Work::Read(_), _, Reply::Written) => {
                return self.failed(at, job, Failure::Reply(ReplyError::OtherTarget), true);
            }
        };
        Settled::Done(job.succeeded(at, success))
    }

    fn go_on_to_read_back(&mut self, at: Timestamp, job: Job) -> Settled {
        let next = Job { phase: Phase::ReadBack, ..job };
        if job.is_stop() {
            return self.put_back(at, next);
        }
        if self.is_stopping() {
            return Settled::Done(job.failed(at, Failure::Preempted, true));
        }
        self.read_back = Some(next);
        Settled::GoesOn
    }

    /// A job did not work out; a STOP is tried again, nothing else ever is.
    fn failed(&mut self, now: Timestamp, job: Job, failure: Failure, acted: bool) -> Settled {
        match job.lane {
            // A read-back that another STOP pushed aside costs no attempt.
            Lane::Stop { .. } if failure == Failure::Preempted && job.phase == Phase::ReadBack => {
                self.put_back(now, job)
            }
            Lane::Stop { left, .. } if left > 1 => {
                let lane = Lane::Stop { left: left - 1, since: now };
                self.put_back(now, Job { phase: Phase::First, lane, ..job })
            }
            Lane::Stop { .. } | Lane::Ordinary => Settled::Done(job.failed(now, failure, acted)),
        }
    }

    /// A STOP takes its place again. Others may have filled it meanwhile: then it is over.
    fn put_back(&mut self, now: Timestamp, job: Job) -> Settled {
        match self.stops.push(job) {
            Ok(()) => Settled::GoesOn,
            Err(job) => Settled::Done(job.failed(now, Failure::Preempted, true)),
        }
    }

    /// Whose turn it is.
    fn pick(&mut self, now: Timestamp) -> Pick {
        if let Some(since) = self.stop_waits_since() {
            let at = self.line.stop_at(since, &self.timing);
            let go = |job: &Job| at <= now && job.is_stop_write();
            return self.stops.take_first(go).map_or(Pick::Wait(at), Pick::Job);
        }
        let reads_from = self.next_read;
        let may_go = |job: &Job| now >= reads_from || !job.is_read();
        let (ready_at, jammed) = (self.line.ready_at(&self.timing), self.line.jammed(&self.timing));
        let waits_for_line = now < ready_at;
        if waits_for_line && now < jammed {
            let any = !self.stops.is_empty() || self.read_back.is_some() || !self.queue.is_empty();
            return if any { Pick::Wait(ready_at.min(jammed)) } else { Pick::Nothing };
        }
        let next = self.stops.pop().or_else(|| self.read_back.take());
        let next = next.or_else(|| self.queue.take_first(may_go));
        match next {
            Some(job) if waits_for_line => {
                let acted = job.phase == Phase::ReadBack;
                match self.failed(now, job, Failure::NeverQuiet, acted) {
                    Settled::Done(done) => Pick::Done(done),
                    Settled::GoesOn | Settled::Not(_) => Pick::Again,
                }
            }
            Some(job) => Pick::Job(job),
            None if self.queue.is_empty() => Pick::Nothing,
            None => Pick::Wait(reads_from),
        }
    }

    fn send(&mut self, now: Timestamp, job: Job) -> Step {
        let request = job.request();
        self.heard.clear();
        self.line.sent(now, &self.timing);
        if job.is_stop_write() {
            self.stop_sent = now;
        }
        if let Request::Read(_) = request {
            self.next_read = now.plus(self.timing.read_spacing());
        }
        self.asked = Some(Asked { job, request, sent: now, found_late: false });
        Step::Send(request.encode(job.unit))
    }
}

/// What became of the request that is out.
#[expect(clippy::large_enum_variant, reason = "nothing here allocates, so the reply lies inline")]
enum Settled {
    /// Nothing yet; look again at this moment.
    Not(Timestamp),
    /// It is over.
    Done(Done),
    /// It is over, and its job has more to do.
    GoesOn,
}

/// What the line is for next.
enum Pick {
    Job(Job),
    Done(Done),
    /// A STOP takes its next attempt.
    Again,
    Wait(Timestamp),
    Nothing,
}
