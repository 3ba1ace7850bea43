//! A Pololu Tic as a drive: it turns a screw at a speed, and does not know where it is.
//!
//! Its position is where the steps went; it is never given as the bed's. The angle comes from an
//! inclinometer. After power, and after anything that stopped it, it waits for a person ("safe
//! start"), which counts here as having stood by itself.

mod facts;

use antipode_guardian::{Actuation, Drive, DriveFaults, Fact, Fitness, Order, Sample, Status};
use antipode_safety::{Millis, Timestamp};

use super::exchange::Exchange;
use super::word::{KEEPS, Word};
use crate::codec::pololu::tic::{
    Answer, AnswerCheck, ClearDriverError, Command, Deenergize, ErrorFlag, ErrorFlags,
    ExitSafeStart, Fit, Limits, OperationState, Read, Setting, SettingsBlock, State, Supply,
    Variables, Velocity, fitness,
};
use crate::codec::pololu::{Addressing, Framing};

/// What stops it is asked for this often.
const STATE_EVERY: Millis = Millis::new(40);
/// Supply, and whether it has restarted.
const SUPPLY_EVERY: Millis = Millis::new(500);
/// What did not answer, or must not be armed, is asked again this often.
const AGAIN: Millis = Millis::new(2_000);
/// An order that waited for longer was meant for another moment.
const RENEWED: Millis = Millis::new(50);
/// From its largest speed it must stand within this: small limits mean a long way.
const STANDS_WITHIN_MS: u64 = 1_000;
/// Said where it does not.
const TOO_SLOW: &str =
    "it takes more than a second to stop: lower its largest speed or raise its deceleration";

/// How the line and the device are expected to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TicSetup {
    /// How commands are framed: with a check, or the device is not fit.
    pub framing: Framing,
    /// Whether answers carry a check.
    pub answers: AnswerCheck,
    /// Longest timeout of its own with which it is still fit.
    pub longest_timeout: Millis,
    /// Something else than the motor holds the bed, so that its energy may be cut.
    pub self_locking: bool,
}

impl Default for TicSetup {
    /// One device alone on its line, with checked commands, as delivered otherwise.
    fn default() -> Self {
        Self {
            framing: Framing { addressing: Addressing::Compact, crc: true },
            answers: AnswerCheck::None,
            longest_timeout: Millis::new(1_000),
            self_locking: false,
        }
    }
}

/// The dialect of one device.
#[derive(Debug)]
pub struct TicDrive {
    setup: TicSetup,
    line: Exchange<Read>,
    /// Answers of the first turns, two rounds of [`QUESTIONS`].
    read: Vec<Answer>,
    fitness: Fitness,
    facts: Vec<Fact>,
    asked_again: Option<Timestamp>,
    state_at: Option<Timestamp>,
    supply_at: Option<Timestamp>,
    supply: Option<Supply>,
    /// What stopped it at the last look: a report counts when two agree.
    stopped: Option<(ErrorFlags, u8)>,
    /// What stops it is known.
    looked: bool,
    word: Word,
    status: Status,
    pending: Option<(Order, Timestamp)>,
    forget: bool,
}

/// What is read twice before it may be armed.
const QUESTIONS: [Read; 5] = [
    Read::Settings(SettingsBlock::Control),
    Read::Settings(SettingsBlock::SoftError),
    Read::Settings(SettingsBlock::ErrorCurrent),
    Read::Settings(SettingsBlock::Motor),
    Read::Variables(Variables::Limits),
];

impl TicDrive {
    /// A device that has said nothing yet.
    #[must_use]
    pub fn new(setup: TicSetup) -> Self {
        Self {
            setup,
            line: Exchange::new(),
            read: Vec::new(),
            fitness: Fitness::Unknown,
            facts: Vec::new(),
            asked_again: None,
            state_at: None,
            supply_at: None,
            supply: None,
            stopped: None,
            looked: false,
            word: Word::new(KEEPS),
            status: Status::default(),
            pending: None,
            forget: false,
        }
    }

    fn say(&self, command: Command, out: &mut Vec<u8>) {
        out.extend_from_slice(command.encode(self.setup.framing).as_bytes());
    }

    fn wire_len(&self, read: Read) -> usize {
        self.setup.answers.wire_len(read.answer_len())
    }

    fn next_question(&self, now: Timestamp) -> Option<Read> {
        let due = |at: Option<Timestamp>, every| at.is_none_or(|at| now.since(at) >= every);
        let (state, supply) =
            (Read::Variables(Variables::State), Read::Variables(Variables::Supply));
        let next = if self.read.len() < 2 * QUESTIONS.len() {
            let next = QUESTIONS.get(self.read.len() % QUESTIONS.len()).copied();
            next.filter(|_| due(self.asked_again, AGAIN))
        } else if due(self.state_at, STATE_EVERY) {
            Some(state)
        } else {
            due(self.supply_at, SUPPLY_EVERY).then_some(supply)
        };
        let missed = self.line.missed();
        // After an answer that never came, one of another length: it may still come.
        next.map(|read| match missed {
            Some(len) if self.wire_len(read) == len && len == self.wire_len(supply) => state,
            Some(len) if self.wire_len(read) == len => supply,
            Some(_) | None => read,
        })
    }

    fn heard(&mut self, now: Timestamp, read: Read, bytes: &[u8]) {
        let parsed = self.setup.answers.open(bytes).and_then(|answer| read.parse(answer));
        let Ok(answer) = parsed else {
            if self.read.len() < 2 * QUESTIONS.len() {
                self.read.clear();
            }
            return self.line.give_up(now, bytes.len());
        };
        match answer {
            Answer::Settings(_) | Answer::Limits(_) => self.note_setting(now, answer),
            Answer::State(state) if !agrees(&state) => {
                return self.line.give_up(now, bytes.len());
            }
            Answer::State(state) => self.note_state(now, &state),
            Answer::Supply(supply) => self.note_supply(now, supply),
            Answer::ErrorStatus(_)
            | Answer::Targets(_)
            | Answer::Position(_)
            | Answer::Motion(_)
            | Answer::VinMv(_) => {}
        }
        self.status.heard = Some(now);
        self.line.understood();
    }

    fn note_setting(&mut self, now: Timestamp, answer: Answer) {
        if self.read.len() >= 2 * QUESTIONS.len() {
            return;
        }
        self.read.push(answer);
        if self.read.len() < 2 * QUESTIONS.len() {
            return;
        }
        let (first, second) = self.read.split_at(QUESTIONS.len());
        let judged = if first == second { self.judge(first) } else { None };
        let (fitness, facts) = judged.unwrap_or((Fitness::Unknown, Vec::new()));
        (self.fitness, self.facts) = (fitness, facts);
        if !matches!(self.fitness, Fitness::Fit { .. }) {
            self.read.clear();
            self.asked_again = Some(now);
        }
    }

    fn judge(&self, read: &[Answer]) -> Option<(Fitness, Vec<Fact>)> {
        let &[
            Answer::Settings(Setting::Control(control)),
            Answer::Settings(Setting::SoftError(soft_error)),
            Answer::Settings(Setting::ErrorCurrent(error_current)),
            Answer::Settings(Setting::Motor(motor)),
            Answer::Limits(limits),
        ] = read
        else {
            return None;
        };
        let settings = fitness::Settings { control, soft_error, error_current };
        let TicSetup { framing, answers, longest_timeout, .. } = self.setup;
        let wanted = fitness::Wanted { framing, answers, longest_timeout };
        let fitness = match Fit::judge(&settings, &wanted) {
            Err(unfit) => {
                let reason = unfit.iter().next().map_or("its settings", fitness::Reason::as_str);
                Fitness::Unfit { reason }
            }
            Ok(_) if stands_after_ms(&limits) > STANDS_WITHIN_MS => {
                Fitness::Unfit { reason: TOO_SLOW }
            }
            Ok(fit) => Fitness::Fit { timeout: fit.timeout() },
        };
        Some((fitness, facts::facts_of(&settings, &motor, &limits)))
    }

    fn note_state(&mut self, now: Timestamp, state: &State) {
        self.state_at = Some(now);
        self.word.heard();
        let told = (state.status, state.flags.unknown());
        if self.stopped == Some(told) {
            self.looked = true;
            self.status.faults = faults(state);
            self.status.unknown_bits = unknown(state);
        }
        self.stopped = Some(told);
    }

    /// A device that started again has forgotten what was only in its memory.
    fn note_supply(&mut self, now: Timestamp, supply: Supply) {
        self.supply_at = Some(now);
        if self.supply.is_some_and(|before| supply.up < before.up) {
            self.reopen();
        }
        self.supply = Some(supply);
        let value = u32::from(supply.supply_mv);
        self.status.supply_mv = Some(Sample { at: now, value });
    }

    fn say_order(&self, order: Order, out: &mut Vec<u8>) {
        let fit = matches!(self.fitness(), Fitness::Fit { .. });
        match order {
            // What is not known to stop by itself is told to stand, whoever asks.
            Order::Speed(speed) if fit => match speed.checked_mul(10).and_then(Velocity::new) {
                Some(velocity) => self.say(Command::SetTargetVelocity(velocity), out),
                None => self.say(Command::HaltAndHold, out),
            },
            Order::Cut if self.setup.self_locking => {
                let cut = Deenergize::the_bed_is_held_otherwise();
                out.extend_from_slice(cut.encode(self.setup.framing).as_bytes());
            }
            Order::Speed(_)
            | Order::Hold
            | Order::Cut
            | Order::Duty(_)
            | Order::Position(_)
            | Order::Jog(_) => {
                self.say(Command::HaltAndHold, out);
            }
        }
    }
}

/// How long it takes from its largest speed to standing: speed in ten-thousandths of a step a
/// second, deceleration in hundredths of a step a second squared.
fn stands_after_ms(limits: &Limits) -> u64 {
    u64::from(limits.speed.get()) * 10 / u64::from(limits.deceleration.get().max(1))
}

/// Whether a report agrees with itself: what obeys commands is energized and has no error.
fn agrees(state: &State) -> bool {
    state.operation != OperationState::Normal
        || (state.flags.energized() && state.status.is_empty())
}

/// The bits of a report that nobody knows: errors, and flags above them.
fn unknown(state: &State) -> u32 {
    state.status.unknown() | u32::from(state.flags.unknown()) << 24
}

fn faults(state: &State) -> DriveFaults {
    let has = |flag| state.status.has(flag);
    DriveFaults {
        timed_out: has(ErrorFlag::CommandTimeout)
            || has(ErrorFlag::SafeStart)
            || has(ErrorFlag::IntentionallyDeenergized),
        stop_open: has(ErrorFlag::KillSwitch) || has(ErrorFlag::ErrLineHigh),
        no_power: has(ErrorFlag::LowVin),
        // Its power stage says one word for too much current, too much heat and too little voltage.
        over_current: has(ErrorFlag::MotorDriver),
        too_hot: false,
        no_position: false,
        line: has(ErrorFlag::Serial),
        broken: has(ErrorFlag::RequiredInputInvalid) || state.flags.homing(),
        unknown: unknown(state) != 0,
        stranger: false,
    }
}

impl Drive for TicDrive {
    fn actuation(&self) -> Actuation {
        Actuation::Speed
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
            self.say_order(order, out);
        }
        if std::mem::take(&mut self.forget) {
            let framing = self.setup.framing;
            let driver = ClearDriverError::the_operator_asked().encode(framing);
            out.extend_from_slice(driver.as_bytes());
            self.say(Command::Energize, out);
            out.extend_from_slice(ExitSafeStart::the_operator_asked().encode(framing).as_bytes());
        }
        if let Some(read) = self.next_question(now) {
            self.say(Command::Read(read), out);
            self.line.asked(now, read, self.wire_len(read));
        }
    }

    fn next_poll(&self) -> Timestamp {
        let due = |at: Option<Timestamp>, every| at.map_or(Timestamp::ZERO, |at| at.plus(every));
        let question = if self.read.len() < 2 * QUESTIONS.len() {
            due(self.asked_again, AGAIN)
        } else {
            due(self.state_at, STATE_EVERY).min(due(self.supply_at, SUPPLY_EVERY))
        };
        self.line.next().unwrap_or(question)
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        if let Some((read, answer, _)) = self.line.take(now, bytes) {
            self.heard(now, read, &answer);
        }
    }

    fn order(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        self.pending = None;
        match order {
            Order::Speed(_) if !self.line.is_free() => self.pending = Some((order, now)),
            Order::Speed(_)
            | Order::Hold
            | Order::Cut
            | Order::Duty(_)
            | Order::Position(_)
            | Order::Jog(_) => self.say_order(order, out),
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
        false
    }

    fn status(&self) -> Status {
        let mut faults = self.status.faults;
        faults.unknown |= self.looked && self.word.is_old();
        Status { faults, ..self.status }
    }

    fn forget_faults(&mut self, _now: Timestamp, _out: &mut Vec<u8>) {
        self.forget = true;
    }

    fn reopen(&mut self) {
        *self = Self::new(self.setup);
    }
}

#[cfg(test)]
mod tests;
