//! A Pololu Jrk G2 as a drive: it goes to a place on the stroke of a potentiometer.
//!
//! # What follows from what is not known
//! No hardware was touched. The maker names one command that feeds the timeout, "set target"; so a
//! hold, which is "stop motor", lets it run out, and the drive then reports that it stood by itself.
//! Whether a question feeds is not known, and counts as if it did: while an order stands that was
//! not renewed, nothing is asked.

mod facts;
mod foreign;
mod plausible;

use antipode_guardian::{Actuation, Drive, DriveFaults, Fact, Fitness, Order, Sample, Status};
use antipode_safety::{Millis, Timestamp};

use super::exchange::Exchange;
use super::word::{KEEPS, Word};
use crate::codec::pololu::jrk::{
    Answer, Command, ErrorFlag, ErrorFlags, Fit, ForgetLatchedErrors, Health, Life, LoopSettings,
    Memory, Motion, Read, Setting, SettingsBlock, Target, fitness,
};
use crate::codec::pololu::{Addressing, Framing};
use foreign::Foreign;
use plausible::Known;

/// The position, which steers, is asked for this often.
const MOTION_EVERY: Millis = Millis::new(20);
/// Errors, current and supply.
const HEALTH_EVERY: Millis = Millis::new(60);
/// Whether it has restarted.
const LIFE_EVERY: Millis = Millis::new(1_000);
/// What did not answer, or must not be armed, is asked again this often: somebody may have set it
/// right.
const AGAIN: Millis = Millis::new(2_000);
/// A motion that was not renewed for so long is not in force: nothing is asked that might feed it.
const RENEWED: Millis = Millis::new(50);

/// How the line and the device are expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JrkSetup {
    /// How commands are framed: with a check, or the device is not fit.
    pub framing: Framing,
    /// Longest timeout of its own with which it is still fit.
    pub longest_timeout: Millis,
}

impl Default for JrkSetup {
    /// One device alone on its line, with checks, that waits for half a second at most.
    fn default() -> Self {
        Self {
            framing: Framing { addressing: Addressing::Compact, crc: true },
            longest_timeout: Millis::new(500),
        }
    }
}

/// A question, and what a whole turn of questions is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Read(Read),
    /// The answer to "forget": what was halting it.
    Forgotten,
}

/// The dialect of one device.
#[derive(Debug)]
pub struct JrkDrive {
    setup: JrkSetup,
    line: Exchange<Question>,
    /// Settings read so far, in the order of [`questions`], two rounds of them.
    read: Vec<Setting>,
    fitness: Fitness,
    facts: Vec<Fact>,
    known: Option<Known>,
    asked_again: Option<Timestamp>,
    motion_at: Option<Timestamp>,
    health_at: Option<Timestamp>,
    life_at: Option<Timestamp>,
    life: Option<Life>,
    /// What stopped it at the last look: a report counts when two agree, for none carries a check.
    halting: Option<(ErrorFlags, u8)>,
    /// What stops it is known.
    looked: bool,
    word: Word,
    foreign: Foreign,
    status: Status,
    pending: Option<(Order, Timestamp)>,
    moving: Option<Timestamp>,
    forget: Option<ForgetLatchedErrors>,
}

/// Every setting that counts, from both memories: what holds now and what holds after a restart.
fn questions() -> impl Iterator<Item = Read> + Clone {
    let memories = [Memory::Ram, Memory::Eeprom].into_iter();
    memories.flat_map(|memory| SettingsBlock::ALL.map(move |block| Read::Settings(memory, block)))
}

/// How many.
const QUESTIONS: usize = 2 * SettingsBlock::ALL.len();

impl JrkDrive {
    /// A device that has said nothing yet.
    #[must_use]
    pub fn new(setup: JrkSetup) -> Self {
        Self {
            setup,
            line: Exchange::new(),
            read: Vec::new(),
            fitness: Fitness::Unknown,
            facts: Vec::new(),
            known: None,
            asked_again: None,
            motion_at: None,
            health_at: None,
            life_at: None,
            life: None,
            halting: None,
            looked: false,
            word: Word::new(KEEPS),
            foreign: Foreign::default(),
            status: Status::default(),
            pending: None,
            moving: None,
            forget: None,
        }
    }

    fn say(&self, command: Command, out: &mut Vec<u8>) {
        out.extend_from_slice(command.encode(self.setup.framing).as_bytes());
    }

    fn ask(&mut self, now: Timestamp, read: Read, out: &mut Vec<u8>) {
        self.say(Command::Read(read), out);
        self.line.asked(now, Question::Read(read), read.answer_len());
    }

    /// The next question that is due, of another length than one whose answer may still come.
    fn next_question(&self, now: Timestamp) -> Option<Read> {
        let due = |at: Option<Timestamp>, every| at.is_none_or(|at| now.since(at) >= every);
        let next = if self.read.len() < 2 * QUESTIONS {
            due(self.asked_again, AGAIN).then(|| questions().cycle().nth(self.read.len())).flatten()
        } else if due(self.motion_at, MOTION_EVERY) {
            Some(Read::Motion)
        } else if due(self.health_at, HEALTH_EVERY) {
            Some(Read::Health)
        } else {
            due(self.life_at, LIFE_EVERY).then_some(Read::Life)
        };
        let missed = self.line.missed();
        next.map(|read| match missed {
            Some(len) if read.answer_len() == len && len == Life::LEN => Read::Health,
            Some(len) if read.answer_len() == len => Read::Life,
            Some(_) | None => read,
        })
    }

    /// A motion that nobody has renewed stands, and a question might keep it standing.
    fn must_be_silent(&self, now: Timestamp) -> bool {
        self.moving.is_some_and(|at| now.since(at) > RENEWED)
    }

    fn heard(&mut self, now: Timestamp, question: Question, bytes: &[u8], asked: Timestamp) {
        let Question::Read(read) = question else {
            self.line.understood();
            return;
        };
        let Ok(answer) = read.parse(bytes) else {
            return self.disbelieve(now, bytes.len());
        };
        match answer {
            Answer::Settings(setting) => self.note_setting(now, setting),
            Answer::Motion(motion) => return self.note_motion(now, &motion, asked),
            Answer::Health(health) => self.note_health(now, &health),
            Answer::Life(life) => self.note_life(now, life),
            Answer::Variable(_) => {}
        }
        self.status.heard = Some(now);
        self.line.understood();
    }

    /// What cannot be is no answer to this question.
    fn disbelieve(&mut self, now: Timestamp, len: usize) {
        if self.read.len() < 2 * QUESTIONS {
            self.read.clear();
        }
        self.line.give_up(now, len);
    }

    fn note_setting(&mut self, now: Timestamp, setting: Setting) {
        if self.read.len() >= 2 * QUESTIONS {
            return;
        }
        self.read.push(setting);
        if self.read.len() == 2 * QUESTIONS {
            self.judge(now);
        }
    }

    fn judge(&mut self, now: Timestamp) {
        let (first, second) = self.read.split_at(QUESTIONS);
        let both = first.split_at(SettingsBlock::ALL.len());
        self.facts.clear();
        self.fitness = if first != second {
            Fitness::Unknown
        } else {
            match (settings(both.0), settings(both.1)) {
                (Some((ram, ram_loop)), Some((eeprom, eeprom_loop))) => {
                    self.known = Some(Known::new(&ram.feedback));
                    self.facts = facts::facts_of((&ram, &ram_loop), (&eeprom, &eeprom_loop));
                    self.judge_both(&ram, &eeprom)
                }
                (_, _) => Fitness::Unknown,
            }
        };
        if !matches!(self.fitness, Fitness::Fit { .. }) {
            self.read.clear();
            self.asked_again = Some(now);
        }
    }

    fn judge_both(&self, ram: &fitness::Settings, eeprom: &fitness::Settings) -> Fitness {
        let wanted = fitness::Wanted {
            framing: self.setup.framing,
            longest_timeout: self.setup.longest_timeout,
            errors: ErrorFlags::OPTIONAL,
        };
        match (Fit::judge(ram, &wanted), Fit::judge(eeprom, &wanted)) {
            (Ok(fit), Ok(_)) => Fitness::Fit { timeout: fit.timeout() },
            (Err(unfit), _) | (_, Err(unfit)) => {
                let reason = unfit.iter().next().map_or("its settings", fitness::Reason::as_str);
                Fitness::Unfit { reason }
            }
        }
    }

    fn note_motion(&mut self, now: Timestamp, motion: &Motion, asked: Timestamp) {
        self.motion_at = Some(now);
        if !self.known.is_some_and(|known| known.believes(motion)) {
            return self.disbelieve(now, Motion::LEN);
        }
        self.line.understood();
        self.foreign.aims_at(motion.target, asked);
        self.status.heard = Some(now);
        let value = i32::from(motion.scaled_feedback.get()) * 1_000;
        self.status.position = Some(Sample { at: asked, value });
    }

    fn note_health(&mut self, now: Timestamp, health: &Health) {
        self.health_at = Some(now);
        self.word.heard();
        self.foreign.overrides(health.forced);
        self.foreign.turns(now, health.pid_periods);
        self.status.current_ma = Some(Sample { at: now, value: u32::from(health.current_ma) });
        self.status.supply_mv = Some(Sample { at: now, value: u32::from(health.supply_mv) });
        let told = (health.halting, health.unknown_flags);
        if self.halting == Some(told) {
            self.looked = true;
            // The bits of the flags above those of the errors.
            let unknown = u32::from(told.0.unknown()) | u32::from(told.1) << 16;
            self.status.faults = DriveFaults { unknown: unknown != 0, ..faults(told.0) };
            self.status.unknown_bits = unknown;
        }
        self.halting = Some(told);
    }

    /// A device that started again has forgotten what was only in its memory.
    fn note_life(&mut self, now: Timestamp, life: Life) {
        self.life_at = Some(now);
        if self.life.is_some_and(|before| life.up < before.up) {
            self.reopen();
        }
        self.life = Some(life);
    }

    fn say_order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        // What is not known to stop by itself is told to stand, whoever asks.
        let fit = matches!(self.fitness(), Fitness::Fit { .. });
        let target = match order {
            Order::Position(at) if fit => u16::try_from(at / 1_000).ok().and_then(Target::new),
            Order::Position(_) | Order::Hold | Order::Cut => None,
            Order::Duty(_) | Order::Speed(_) | Order::Jog(_) => None,
        };
        match target {
            Some(target) => {
                self.moving = Some(now);
                self.foreign.said(Some(target), now);
                self.say(Command::SetTarget(target), out);
            }
            None => {
                self.moving = None;
                self.foreign.said(None, now);
                self.say(Command::Stop, out);
            }
        }
    }
}

/// The settings of one memory, and how it follows its target.
fn settings(read: &[Setting]) -> Option<(fitness::Settings, LoopSettings)> {
    let &[
        Setting::Modes(modes),
        Setting::Feedback(feedback),
        Setting::HostLoss(host_loss),
        Setting::Off(off),
        Setting::Loop(control),
        Setting::Limits(limits),
    ] = read
    else {
        return None;
    };
    Some((fitness::Settings { modes, feedback, host_loss, off, limits }, control))
}

fn faults(halting: ErrorFlags) -> DriveFaults {
    let has = |flag| halting.has(flag);
    let line = [
        ErrorFlag::SerialSignal,
        ErrorFlag::SerialOverrun,
        ErrorFlag::SerialBufferFull,
        ErrorFlag::SerialCrc,
        ErrorFlag::SerialProtocol,
    ];
    DriveFaults {
        timed_out: has(ErrorFlag::SerialTimeout),
        // No input of a Jrk is a stop: one that cuts its motor's power looks like a blink of the plug.
        stop_open: false,
        no_power: has(ErrorFlag::NoPower),
        over_current: has(ErrorFlag::SoftOvercurrent)
            || has(ErrorFlag::HardOvercurrent)
            || has(ErrorFlag::MotorDriver),
        too_hot: false,
        no_position: has(ErrorFlag::FeedbackDisconnect),
        line: line.into_iter().any(has),
        broken: has(ErrorFlag::InputInvalid) || has(ErrorFlag::InputDisconnect),
        unknown: false,
        stranger: false,
    }
}

impl Drive for JrkDrive {
    fn actuation(&self) -> Actuation {
        Actuation::Position
    }

    fn poll(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        self.word.look(now);
        self.line.poll(now);
        if !self.line.is_free() {
            return;
        }
        if let Some((order, given)) = self.pending.take()
            && now.since(given) <= RENEWED
        {
            self.say_order(now, order, out);
        }
        if let Some(forget) = self.forget.take() {
            out.extend_from_slice(forget.encode(self.setup.framing).as_bytes());
            let len = ForgetLatchedErrors::ANSWER_LEN;
            return self.line.asked(now, Question::Forgotten, len);
        }
        if self.must_be_silent(now) {
            return;
        }
        if let Some(read) = self.next_question(now) {
            self.ask(now, read, out);
        }
    }

    fn next_poll(&self) -> Timestamp {
        let next = |at: Option<Timestamp>, every| at.map_or(Timestamp::ZERO, |at| at.plus(every));
        let due = if self.read.len() < 2 * QUESTIONS {
            next(self.asked_again, AGAIN)
        } else {
            // What is asked seldom would never be, were only the next motion waited for.
            next(self.motion_at, MOTION_EVERY)
                .min(next(self.health_at, HEALTH_EVERY))
                .min(next(self.life_at, LIFE_EVERY))
        };
        self.line.next().unwrap_or(due)
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        if let Some((question, answer, asked)) = self.line.take(now, bytes) {
            self.heard(now, question, &answer, asked);
        }
    }

    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        match order {
            Order::Position(_) if !self.line.is_free() => self.pending = Some((order, now)),
            Order::Position(_) | Order::Hold | Order::Cut => {
                self.pending = None;
                self.say_order(now, order, out);
            }
            Order::Duty(_) | Order::Speed(_) | Order::Jog(_) => {
                self.pending = None;
                self.say_order(now, Order::Hold, out);
            }
        }
    }

    fn fitness(&self) -> Fitness {
        match self.fitness {
            Fitness::Fit { .. } if !self.looked => Fitness::Unknown,
            Fitness::Unknown | Fitness::Fit { .. } | Fitness::Unfit { .. } => self.fitness,
        }
    }

    fn facts(&self) -> &[Fact] {
        &self.facts
    }

    fn feeds(&self) -> bool {
        true
    }

    fn status(&self) -> Status {
        let mut faults = self.status.faults;
        faults.line |= self.foreign.is_here();
        faults.unknown |= self.foreign.loop_is_dead() || (self.looked && self.word.is_old());
        Status { faults, ..self.status }
    }

    fn forget_faults(&mut self, _now: Timestamp, _out: &mut Vec<u8>) {
        self.foreign.forget();
        self.forget = Some(ForgetLatchedErrors::the_operator_asked());
    }

    fn reopen(&mut self) {
        *self = Self::new(self.setup);
    }
}

#[cfg(test)]
mod tests;
