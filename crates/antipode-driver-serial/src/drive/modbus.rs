//! A drive described by its Modbus registers.
//!
//! - **No motion waits for the line.** A write that moves is handed to the master only when it goes
//!   out at once; a newer order replaces it, and what could not be said in time is dropped (H-02).
//! - **Stopping overtakes everything** and is written until the drive takes it; a stop that is proved
//!   is said again only now and then, one that is not is never taken for said. That it stands is shown by
//!   its run state or by two places, never by the register of the stop; without that nothing starts.
//! - **A target lies near.** No farther from the measured place than the profile's horizon: so far
//!   the drive goes on when everything else is lost. Without a fresh place there is no target.
//! - **After its own timeout it stands first.** By our clock, not by its word; until somebody forgets
//!   it, no order moves it (H-01).

mod ask;
mod motion;
mod probe;
mod registers;
mod standstill;

#[cfg(test)]
mod tests;

use antipode_device::{DriveModel, FedBy, HostLoss, ModbusProfile, ModbusTiming};
use antipode_guardian::{Actuation, Drive, DriveFaults, Fact, Fitness, Order, Status};
use antipode_safety::{Millis, Timestamp};

use super::silence::Silence;
use crate::codec::modbus::{
    Done, Failure, Frame, Function, Master, Step, Success, Ticket, Timing, TimingError, Unit,
};
use ask::{Asking, Question};
use motion::Motion;
use probe::Probe;
use standstill::Standstill;

/// A stop that the drive has taken is said again after this.
const STOP_AGAIN: Millis = Millis::new(250);
/// With nothing to do, the line is looked at again after this.
const IDLE: Millis = Millis::new(20);
/// Steps of one poll: more than one exchange has.
const MOST_STEPS: usize = 16;

/// Why a profile cannot be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProfileError {
    /// No device can have this address.
    Unit(u8),
    /// The times of the line contradict each other.
    Timing(TimingError),
}

impl core::fmt::Display for ProfileError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Unit(unit) => write!(f, "Modbus unit {unit}; give 1 to 247"),
            Self::Timing(error) => error.fmt(f),
        }
    }
}

impl core::error::Error for ProfileError {}

/// The host's half of one such drive.
#[derive(Debug)]
pub struct ModbusDrive {
    profile: ModbusProfile,
    unit: Unit,
    timing: Timing,
    read_only: Option<&'static str>,
    /// `None` until the line is used after it was opened.
    master: Option<Master>,
    asking: Asking,
    probe: Probe,
    silence: Silence,
    motion: Motion,
    stop: Stop,
    standstill: Standstill,
    clearing: Option<Ticket>,
    /// When the last request, and the last write, went out.
    sent: Timestamp,
    sent_write: Timestamp,
    /// An order was proved and nothing was asked since: one question is paid for.
    renewed: bool,
    /// It is the turn of a question, so that orders do not crowd out the angle.
    asks_next: bool,
    status: Status,
    next: Timestamp,
}

/// How far the stopping is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stop {
    /// To be said.
    Due,
    /// Under way.
    Said(Ticket),
    /// The drive has taken it; whether it stands is another thing.
    Taken(Timestamp),
    /// Something that moves was said since.
    Past,
}

impl ModbusDrive {
    /// The drive of `model` as `profile` describes it.
    ///
    /// # Errors
    /// What of the profile cannot work.
    pub fn new(model: &DriveModel, profile: &ModbusProfile) -> Result<Self, ProfileError> {
        let unit = Unit::new(profile.unit).ok_or(ProfileError::Unit(profile.unit))?;
        let timing = timing(&profile.timing);
        Master::new(timing, Timestamp::ZERO).map_err(ProfileError::Timing)?;
        Ok(Self {
            profile: profile.clone(),
            unit,
            timing,
            read_only: model.read_only(),
            master: None,
            asking: Asking::new(&profile.reads, profile.timing.max_reads_per_s),
            probe: Probe::new(&profile.host_loss, &profile.identity, model.drive_timeout),
            silence: Silence::default(),
            motion: Motion::default(),
            stop: Stop::Due,
            standstill: Standstill::default(),
            clearing: None,
            sent: Timestamp::ZERO,
            sent_write: Timestamp::ZERO,
            renewed: false,
            asks_next: false,
            status: Status::default(),
            next: Timestamp::ZERO,
        })
    }

    /// Works the line until there is nothing to do at `now`.
    fn pump(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        if let Fitness::Fit { timeout } = self.fitness()
            && self.silence.runs_out(now, timeout)
        {
            self.stand();
        }
        let soon = now.plus(Millis::new(1));
        self.next = soon;
        for _ in 0..MOST_STEPS {
            if self.master.is_none() {
                self.master = Master::new(self.timing, now).ok();
            }
            let Some(master) = &mut self.master else { return };
            let later = match master.poll(now) {
                Step::Send(frame) => {
                    self.note_sent(now, &frame);
                    out.extend_from_slice(frame.as_bytes());
                    continue;
                }
                Step::Done(done) => {
                    self.done(&done);
                    continue;
                }
                Step::Wait(until) => until.max(soon),
                Step::Idle => now.plus(IDLE),
            };
            if !self.hand_over(now) {
                self.next = later;
                return;
            }
        }
    }

    fn note_sent(&mut self, now: Timestamp, frame: &Frame) {
        self.sent = now;
        let function = frame.as_bytes().get(1).copied().and_then(Function::from_byte);
        match function {
            Some(Function::WriteCoil | Function::WriteRegister | Function::WriteRegisters) => {
                self.sent_write = now;
            }
            Some(
                Function::ReadCoils
                | Function::ReadDiscreteInputs
                | Function::ReadHoldingRegisters
                | Function::ReadInputRegisters,
            )
            | None => {}
        }
    }

    /// Gives the master its next job; whether there was one.
    fn hand_over(&mut self, now: Timestamp) -> bool {
        if self.read_only.is_none() && self.stop == Stop::Due {
            return self.hand_stop(now);
        }
        // The master lets writes overtake a question that waits; here it would never be asked.
        if !self.asking.is_free() {
            return false;
        }
        let asks_first = self.asks_next && self.may_ask();
        (!asks_first && self.hand_motion(now)) || (self.may_ask() && self.hand_question())
    }

    fn hand_stop(&mut self, now: Timestamp) -> bool {
        let stop = &self.profile.stop;
        let proof = registers::verify(stop.proof);
        let Some((master, write)) = self.master.as_mut().zip(registers::command(stop)) else {
            return false;
        };
        // Refused only when as many stops wait as fit; one of them is ours and goes out.
        let Ok(ticket) = master.stop(now, self.unit, write, proof) else { return false };
        self.stop = Stop::Said(ticket);
        true
    }

    /// Hands the newest order over, if it goes out at once.
    fn hand_motion(&mut self, now: Timestamp) -> bool {
        let Some(master) = self.master.as_mut().filter(|master| master.is_free(now)) else {
            return false;
        };
        let said = matches!(self.stop, Stop::Said(_) | Stop::Due);
        if said || self.silence.ran_out() {
            return false;
        }
        let place = self.status.position;
        let Some(half) = self.motion.next(now, &self.profile.motion, place) else { return false };
        let Ok(ticket) = master.write(self.unit, half.write, half.verify) else { return false };
        self.motion.said(ticket, half);
        // A target alone moves nothing, but a run that is under way may take it up.
        self.silence.moving(now);
        self.standstill.moved();
        self.stop = Stop::Past;
        true
    }

    /// Whether a question may be asked now. Where questions are a sign of life, one for each order
    /// that was renewed, and none at all for one that was not.
    fn may_ask(&self) -> bool {
        !self.feeds() || !self.silence.may_move() || self.renewed
    }

    fn hand_question(&mut self) -> bool {
        let Some(master) = &mut self.master else { return false };
        let Some((question, read)) = self.asking.next(&self.probe) else { return false };
        let Ok(ticket) = master.read(self.unit, read) else { return false };
        self.asking.asked(ticket, question);
        // Any other question is followed by one for the position before the next order: an angle
        // that is two orders old would be too old.
        if question == Question::Position {
            (self.renewed, self.asks_next) = (false, false);
        }
        true
    }

    /// A job is over.
    fn done(&mut self, done: &Done) {
        // A drive that has arrived may have taken its command back before it was read: it has heard.
        let heard = match &done.result {
            Ok(_) | Err(Failure::ReadBackDiffers) => true,
            Err(
                Failure::Silent
                | Failure::Reply(_)
                | Failure::Refused(_)
                | Failure::Preempted
                | Failure::NeverQuiet,
            ) => false,
        };
        if heard {
            self.status.heard = Some(done.at);
            if self.feeds() {
                self.silence.heard(self.sent);
            } else if done.may_have_acted {
                // The answer to a question renews nothing, nor the write before it.
                self.silence.heard(self.sent_write);
            }
        }
        if let Some(question) = self.asking.answered(done.ticket) {
            self.learned(question, done);
        } else if self.stop == Stop::Said(done.ticket) {
            self.stop = match done.result {
                Ok(_) => Stop::Taken(done.at),
                Err(_) => Stop::Due,
            };
            if done.result.is_ok() {
                self.silence.told_to_stand();
                self.standstill.told(done.at);
            }
            // A stop and its proof took the line for half as long as an angle is believed (H-04).
            self.asking.position_first();
        } else if self.clearing == Some(done.ticket) {
            self.clearing = None;
        } else if self.motion.answered(done.ticket, done.result.is_ok()) {
            self.asks_next = true;
            self.renewed |= done.result.is_ok();
        }
    }

    fn learned(&mut self, question: Question, done: &Done) {
        match &done.result {
            Ok(Success::Registers(registers)) => {
                let registers = registers.as_slice();
                self.asking.take(question, done.at, registers, &mut self.status);
                self.note_standstill(question, done.at);
                self.probe.is_there();
                if let Question::Setting(setting) = question {
                    self.probe.answered(setting, registers);
                }
            }
            // Only registers are asked for.
            Ok(Success::Bits(_) | Success::Written | Success::Verified) => {}
            Err(failure) => {
                if let Question::Setting(setting) = question {
                    self.probe.failed(setting);
                }
                self.asking.failed(question, *failure, &mut self.status);
            }
        }
    }

    /// Takes what an answer shows of whether it stands.
    fn note_standstill(&mut self, question: Question, at: Timestamp) {
        if question == Question::RunState {
            self.standstill.run_state(at, self.asking.is_idle());
        } else if question == Question::Position
            && let Some(place) = self.status.position
        {
            let count = self.profile.reads.position.number.scale.to_thousandths(1);
            self.standstill.seen(place, count.unwrap_or(0).unsigned_abs());
        }
    }

    /// Drops whatever would move, and lets the stop be said.
    fn stand(&mut self) {
        self.motion.drop_all();
        if !matches!(self.stop, Stop::Said(_)) {
            self.stop = Stop::Due;
        }
    }

    /// Stops, unless the drive has just now taken that.
    fn hold(&mut self, now: Timestamp) {
        let taken = match self.stop {
            Stop::Taken(at) => now.since(at) < STOP_AGAIN && !self.silence.may_move(),
            Stop::Due | Stop::Said(_) | Stop::Past => false,
        };
        if taken {
            self.motion.drop_all();
        } else {
            self.stand();
        }
    }
}

impl Drive for ModbusDrive {
    fn actuation(&self) -> Actuation {
        motion::actuation(&self.profile.motion)
    }

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.asking.look(now);
        self.standstill.look(now);
        self.pump(now, out);
    }

    fn next_poll(&self) -> Timestamp {
        self.next
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        if let Some(master) = &mut self.master {
            master.receive(now, bytes);
            self.next = now;
        }
    }

    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        if self.read_only.is_some() {
            return;
        }
        let fit = matches!(self.fitness(), Fitness::Fit { .. });
        if fit && !self.silence.ran_out() && motion::is_taken(&self.profile.motion, order) {
            self.motion.order(now, order);
        } else {
            self.hold(now);
        }
        self.pump(now, out);
    }

    fn fitness(&self) -> Fitness {
        match self.read_only {
            Some(reason) => Fitness::Unfit { reason },
            None => self.probe.fitness(),
        }
    }

    fn facts(&self) -> &[Fact] {
        self.probe.facts()
    }

    fn feeds(&self) -> bool {
        match &self.profile.host_loss {
            HostLoss::None | HostLoss::JogRepeat { .. } => false,
            HostLoss::Register { fed_by, .. } | HostLoss::External { fed_by, .. } => {
                *fed_by == FedBy::AnyRequest
            }
        }
    }

    fn status(&self) -> Status {
        let timed_out = self.status.faults.timed_out || self.silence.ran_out();
        let unknown =
            self.status.faults.unknown || self.asking.is_old() || self.standstill.is_overdue();
        let stranger = self.probe.is_stranger();
        let faults = DriveFaults { timed_out, unknown, stranger, ..self.status.faults };
        Status { faults, ..self.status }
    }

    fn forget_faults(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        if self.read_only.is_some() {
            return;
        }
        self.silence.forget();
        let clear = self.profile.clear.filter(|_| self.clearing.is_none());
        if let Some((clear, master)) = clear.zip(self.master.as_mut())
            && let Some(write) = registers::command(&clear)
        {
            // Refused while a stop is not done: the stop goes first, and a person asks again.
            self.clearing = master.write(self.unit, write, registers::verify(clear.proof)).ok();
        }
        self.pump(now, out);
    }

    fn reopen(&mut self) {
        self.master = None;
        self.asking.reopen();
        self.probe.reopen();
        self.silence.reopened();
        self.standstill.moved();
        self.motion = Motion::default();
        (self.stop, self.clearing) = (Stop::Due, None);
        (self.renewed, self.asks_next) = (false, false);
        self.status = Status::default();
        self.next = Timestamp::ZERO;
    }
}

const fn timing(profile: &ModbusTiming) -> Timing {
    Timing {
        reply_timeout: profile.reply_timeout,
        turnaround: profile.turnaround,
        drain_quiet: profile.drain_quiet,
        stop_patience: profile.stop_patience,
        stop_attempts: profile.stop_attempts,
        max_reads_per_s: profile.max_reads_per_s,
    }
}
