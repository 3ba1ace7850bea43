//! A RoboClaw in packet serial mode.
//!
//! ```text
//!   open --> stand (duty 0 until acknowledged) --> set timeout --> read it back twice --> fit
//!                ^                                                                         |
//!                |          hold, unknown order, own timeout ran out                       v
//!                '------------------------------------------------------------------- order, question,
//!                                                                                     order, question ...
//! ```
//! - **It goes on after its timeout with the next valid packet**, a question among them. So standing
//!   still is said first on every opening, and whenever by our clock the timeout has run out; nothing
//!   else is said before that is acknowledged, and no order moves it until somebody forgets it (H-01).
//! - **Questions feed its timeout.** While it may move, each renewed order pays for one question.
//! - **A restart takes its timeout away**, and a board is back in less time than its host's patience. So
//!   an answer that was missed, a short silence or a place that leapt keeps every order back until the
//!   timeout was read again; what shows a restart (another timeout, the bit that says so) counts as
//!   having stood by itself, and the timeout is set anew (H-01).
//! - **An acknowledgement is one byte that names nothing.** It counts on a line that was quiet before
//!   and is quiet after; anything else is followed by a drain (H-04, H-17).

mod ask;
mod exchange;
mod fitness;

#[cfg(test)]
mod tests;

use antipode_device::{DriveModel, RoboClawMotion, RoboClawMotor, RoboClawSettings};
use antipode_guardian::{Actuation, Drive, DriveFaults, Fact, Fitness, Order, Status};
use antipode_safety::{Millis, Timestamp};

use super::silence::Silence;
use super::word::{KEEPS, Word};
use crate::codec::roboclaw::{Address, Answer, Command, Duty, Motor, Timeout};
use ask::{Asking, Places, Shows};
use exchange::{Exchange, Outcome};
use fitness::Setup;

/// An order that could not be said for so long is one of another moment (H-02).
const ORDER_KEEPS: Millis = Millis::new(60);
/// Standing still waits for so long for an answer that is under way: whoever speaks into it has no
/// angle for a whole drain, and a bed without an angle cannot be brought home (H-04).
const STAND_PATIENCE: Millis = Millis::new(20);
/// Standing still that was acknowledged is said again after this.
const HOLD_AGAIN: Millis = Millis::new(200);
/// A drive that starts anew says nothing for longer than this, and has then forgotten its timeout: the
/// next order would run until somebody takes it back (H-01). After such a silence it is asked first.
const RESTARTS_IN: Millis = Millis::new(50);
/// Time between two questions while it stands.
const ASK_EVERY: Millis = Millis::new(10);
/// Its timeout is read again so often while it stands.
const CHECK_EVERY: Millis = Millis::new(2_000);
/// What it is is asked so often until it has said so. Later it costs the angle a question for nothing:
/// no other board comes in its place without a start, which forgets the timeout.
const VERSION_EVERY: Millis = Millis::new(100);
/// Full power in the drive's parts.
const FULL: i32 = 32_767;

/// Why a model cannot be driven.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsError {
    /// No drive can have this address.
    Address(u8),
    /// The turnaround is not under the reply timeout, or the drain not over the turnaround.
    Times,
}

impl core::fmt::Display for SettingsError {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Address(byte) => write!(f, "RoboClaw address 0x{byte:02x}; give 0x80 to 0x87"),
            Self::Times => {
                write!(f, "RoboClaw times; give turnaround < reply_timeout and < drain_quiet")
            }
        }
    }
}

impl core::error::Error for SettingsError {}

/// The host's half of one RoboClaw.
#[derive(Debug)]
pub struct RoboClaw {
    settings: RoboClawSettings,
    motor: Motor,
    read_only: Option<&'static str>,
    exchange: Exchange,
    setup: Setup,
    asking: Asking,
    silence: Silence,
    /// The newest order that moves, and when it was given.
    newest: Option<(Timestamp, Order)>,
    hold: Hold,
    /// When standing still must be said, whatever is on the line.
    shout_at: Option<Timestamp>,
    /// It may have started anew since its timeout was read: nothing moves it before that was read again.
    suspect: bool,
    /// An order was acknowledged and nothing was asked since: one question is paid for.
    renewed: bool,
    /// What is wrong with it was told since it was opened or started anew.
    looked: bool,
    word: Word,
    next_question: Timestamp,
    next_check: Timestamp,
    next_version: Timestamp,
    status: Status,
    next: Timestamp,
}

/// How far the standing still is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Hold {
    /// To be said on a quiet line, whether or not it was said into an unquiet one.
    Due,
    /// Said on a quiet line.
    Said,
    /// Acknowledged.
    Shown(Timestamp),
    /// Something that moves was said since.
    Past,
}

impl RoboClaw {
    /// The drive of `model` with these settings.
    ///
    /// # Errors
    /// What of the settings cannot work.
    pub fn new(model: &DriveModel, settings: &RoboClawSettings) -> Result<Self, SettingsError> {
        let address =
            Address::new(settings.address).ok_or(SettingsError::Address(settings.address))?;
        let RoboClawSettings { reply_timeout, turnaround, drain_quiet, .. } = *settings;
        if turnaround >= reply_timeout || turnaround >= drain_quiet {
            return Err(SettingsError::Times);
        }
        let motor = match settings.motor {
            RoboClawMotor::M1 => Motor::M1,
            RoboClawMotor::M2 => Motor::M2,
        };
        Ok(Self {
            settings: *settings,
            motor,
            read_only: model.read_only(),
            exchange: Exchange::new(address, reply_timeout, turnaround, drain_quiet),
            setup: Setup::new(wanted(settings), model.drive_timeout),
            asking: Asking::new(
                motor,
                settings.counts_per_unit,
                Places::new(&model.stroke, settings.counter),
            ),
            suspect: true,
            silence: Silence::default(),
            newest: None,
            hold: Hold::Due,
            shout_at: None,
            renewed: false,
            looked: false,
            word: Word::new(KEEPS),
            next_question: Timestamp::ZERO,
            next_check: Timestamp::ZERO,
            next_version: Timestamp::ZERO,
            status: Status::default(),
            next: Timestamp::ZERO,
        })
    }

    /// Works the line until there is nothing to do at `now`.
    fn pump(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        if let Some(outcome) = self.exchange.settle(now) {
            self.over(now, &outcome);
        }
        if let Fitness::Fit { timeout } = self.setup.fitness()
            && self.silence.runs_out(now, timeout)
        {
            self.stand(now, now);
        }
        self.shout(now, out);
        if self.exchange.is_free(now)
            && let Some(command) = self.turn(now)
        {
            self.say(now, &command, out);
        }
        let next = self.exchange.next(now).unwrap_or_else(|| self.idle_until(now));
        self.next = self.shout_at.map_or(next, |at| next.min(at));
    }

    /// What is said next on a free line.
    fn turn(&mut self, now: Timestamp) -> Option<Command> {
        match self.hold {
            Hold::Due | Hold::Said => {
                self.hold = Hold::Said;
                return Some(self.standing());
            }
            Hold::Shown(_) | Hold::Past => {}
        }
        // One question for each order, so that orders do not crowd out the angle.
        if self.renewed {
            self.renewed = false;
            return Some(self.asking.next());
        }
        let order = self.newest.take_if(|(given, _)| now.since(*given) <= ORDER_KEEPS);
        if let Some(command) = order.and_then(|(_, order)| self.moving(order)) {
            if self.suspect || self.was_silent(now) {
                // The order pays for it, so that nothing is asked when there is none any more.
                return Some(Command::GetTimeout);
            }
            self.hold = Hold::Past;
            self.silence.moving(now);
            return Some(command);
        }
        if self.silence.may_move() {
            return None;
        }
        self.ask_standing(now)
    }

    /// What is asked and set while it stands.
    fn ask_standing(&mut self, now: Timestamp) -> Option<Command> {
        if let Some(command) = self.setup.next() {
            return Some(command);
        }
        if now >= self.next_check || self.suspect {
            self.next_check = now.plus(CHECK_EVERY);
            return Some(self.setup.check());
        }
        if now < self.next_question {
            return None;
        }
        self.next_question = now.plus(ASK_EVERY);
        if now >= self.next_version && self.setup.facts().is_empty() {
            self.next_version = now.plus(VERSION_EVERY);
            return Some(Command::Version);
        }
        Some(self.asking.next())
    }

    /// Whether the drive was not heard for so long that it may have started anew.
    fn was_silent(&self, now: Timestamp) -> bool {
        self.status.heard.is_none_or(|heard| now.since(heard) > RESTARTS_IN)
    }

    /// It has started anew: it stood by itself, and holds nothing of what it was told.
    fn restarted(&mut self, now: Timestamp) {
        self.silence.restarted();
        self.setup.begin_again();
        self.next_version = Timestamp::ZERO;
        (self.suspect, self.looked) = (true, false);
        self.stand(now, now);
    }

    const fn standing(&self) -> Command {
        Command::Duty(self.motor, Duty::ZERO)
    }

    /// The command of an order; `None` for one that this drive does not take.
    fn moving(&self, order: Order) -> Option<Command> {
        match (order, self.settings.motion) {
            (Order::Duty(share), RoboClawMotion::Duty) => {
                let parts = i32::from(share.clamp(-1_000, 1_000)) * FULL / 1_000;
                let duty = Duty::from_raw(i16::try_from(parts).ok()?)?;
                Some(Command::Duty(self.motor, duty))
            }
            (Order::Speed(per_s), RoboClawMotion::Speed) => {
                let counts =
                    i64::from(per_s) * i64::from(self.settings.counts_per_unit.get()) / 1_000;
                Some(Command::Speed(self.motor, i32::try_from(counts).ok()?))
            }
            (
                Order::Hold
                | Order::Cut
                | Order::Duty(_)
                | Order::Speed(_)
                | Order::Position(_)
                | Order::Jog(_),
                RoboClawMotion::Duty | RoboClawMotion::Speed,
            ) => None,
        }
    }

    fn say(&mut self, now: Timestamp, command: &Command, out: &mut Vec<u8>) {
        out.extend_from_slice(self.exchange.say(now, command).as_bytes());
    }

    /// An exchange is over.
    fn over(&mut self, now: Timestamp, outcome: &Outcome) {
        let Outcome { command, sent, at, answer } = outcome;
        let Some(answer) = answer else {
            self.suspect = true;
            if self.hold == Hold::Said && *command == self.standing() {
                self.hold = Hold::Due;
            }
            return;
        };
        self.suspect |= self.was_silent(*at);
        self.status.heard = Some(*at);
        self.silence.heard(*sent);
        match command {
            Command::Duty(motor, duty) if *motor == self.motor && *duty == Duty::ZERO => {
                // Said as an order of zero, it is no hold: the next order may move again.
                if self.hold == Hold::Said {
                    self.hold = Hold::Shown(*at);
                    self.silence.told_to_stand();
                    self.next_question = now;
                } else {
                    self.renewed = true;
                }
            }
            Command::Duty(..) | Command::Speed(..) | Command::Position(..) => self.renewed = true,
            Command::SetTimeout(_) => self.setup.written(),
            Command::GetTimeout => {
                if let Answer::Timeout(setting) = answer {
                    self.suspect = false;
                    if self.setup.read_back(*setting) {
                        self.restarted(now);
                    }
                }
            }
            Command::Version => {
                if let Answer::Version(version) = answer {
                    self.setup.is(*version);
                }
            }
            Command::Encoder(_)
            | Command::MainBattery
            | Command::LogicBattery
            | Command::Currents
            | Command::Temperature(_)
            | Command::Status => {
                if *command == Command::Status {
                    self.word.heard();
                    self.looked = true;
                }
                match self.asking.take(*at, answer, &mut self.status) {
                    Shows::Nothing => {}
                    Shows::Leap => self.suspect = true,
                    Shows::Start => self.restarted(now),
                }
            }
        }
    }

    /// Drops whatever would move; to stand still is said next, and by `latest` to a drive that may be
    /// moving, whatever is on the line.
    fn stand(&mut self, now: Timestamp, latest: Timestamp) {
        (self.newest, self.renewed) = (None, false);
        if self.hold == Hold::Said {
            return;
        }
        self.hold = Hold::Due;
        if self.silence.may_move() {
            // Nothing that is worth waiting for comes on a line that is being drained.
            let latest = if self.exchange.awaits() { latest } else { now };
            self.shout_at = Some(self.shout_at.map_or(latest, |at| at.min(latest)));
        }
    }

    /// Says to stand still into whatever is on the line, when the time for it has come. The drive
    /// takes both, but whose answer is whose cannot be told, so the line is drained and it is said
    /// again. A line that is never quiet does not keep it back.
    fn shout(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        if self.hold != Hold::Due || self.exchange.is_free(now) {
            self.shout_at = None;
        }
        if self.shout_at.is_some_and(|at| now >= at) {
            self.shout_at = None;
            if self.exchange.may_shout(now) {
                let packet = self.exchange.shout(now, &self.standing());
                out.extend_from_slice(packet.as_bytes());
            }
        }
    }

    /// Stands still, unless that was acknowledged just now.
    fn hold(&mut self, now: Timestamp) {
        let shown = match self.hold {
            Hold::Shown(at) => now.since(at) < HOLD_AGAIN && !self.silence.may_move(),
            Hold::Due | Hold::Said | Hold::Past => false,
        };
        if shown {
            (self.newest, self.renewed) = (None, false);
        } else {
            self.stand(now, now.plus(STAND_PATIENCE));
        }
    }

    fn idle_until(&self, now: Timestamp) -> Timestamp {
        if self.newest.is_some() || self.renewed {
            return now.plus(Millis::new(1));
        }
        self.next_question.max(now.plus(Millis::new(1)))
    }
}

impl Drive for RoboClaw {
    fn actuation(&self) -> Actuation {
        match self.settings.motion {
            RoboClawMotion::Duty => Actuation::Duty,
            RoboClawMotion::Speed => Actuation::Speed,
        }
    }

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.word.look(now);
        self.pump(now, out);
    }

    fn next_poll(&self) -> Timestamp {
        self.next
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        self.exchange.receive(now, bytes);
        self.next = now;
    }

    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        let fit = matches!(self.fitness(), Fitness::Fit { .. });
        if fit && !self.silence.ran_out() && self.moving(order).is_some() {
            self.newest = Some((now, order));
        } else {
            self.hold(now);
        }
        self.pump(now, out);
    }

    fn fitness(&self) -> Fitness {
        match self.read_only {
            Some(reason) => Fitness::Unfit { reason },
            None if self.looked => self.setup.fitness(),
            // Nobody knows yet what is wrong with one that is set as it must be.
            None => match self.setup.fitness() {
                Fitness::Fit { .. } | Fitness::Unknown => Fitness::Unknown,
                unfit @ Fitness::Unfit { .. } => unfit,
            },
        }
    }

    fn facts(&self) -> &[Fact] {
        self.setup.facts()
    }

    fn feeds(&self) -> bool {
        true
    }

    fn status(&self) -> Status {
        let timed_out = self.silence.ran_out();
        let unknown = self.status.faults.unknown || self.word.is_old();
        Status { faults: DriveFaults { timed_out, unknown, ..self.status.faults }, ..self.status }
    }

    fn forget_faults(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        // The drive has no command that takes its own bits off; they go when their cause does.
        self.silence.forget();
        self.pump(now, out);
    }

    fn reopen(&mut self) {
        self.exchange.reopen();
        self.setup.begin_again();
        self.next_version = Timestamp::ZERO;
        (self.suspect, self.looked) = (true, false);
        self.asking.reopen();
        self.silence.reopened();
        (self.newest, self.renewed, self.hold) = (None, false, Hold::Due);
        self.shout_at = None;
        self.status = Status::default();
        (self.next, self.next_question, self.next_check) =
            (Timestamp::ZERO, Timestamp::ZERO, Timestamp::ZERO);
    }
}

/// The timeout that it is given.
const fn wanted(settings: &RoboClawSettings) -> Timeout {
    match Timeout::from_tenths(settings.timeout_tenths.get()) {
        Some(timeout) => timeout,
        None => Timeout::SHORTEST,
    }
}
