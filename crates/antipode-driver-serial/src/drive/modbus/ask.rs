//! What is asked of a drive, in which order, and what the answers mean.

use antipode_device::{DriveCondition, EnumRead, ModbusReads, RunState};
use antipode_guardian::{DriveFaults, Sample, Status};
use core::num::NonZeroU8;

use antipode_safety::{Millis, Timestamp};

use super::super::word::{KEEPS, Word};
use super::probe::{Probe, Setting};
use super::registers::{number_of, position_of, read, read_number, read_position};
use crate::codec::modbus::{Failure, Read, Ticket};

/// So many questions in a row are for the position, then one is for something else.
const POSITIONS_IN_A_ROW: u8 = 3;

/// What was missed for so many rounds of questions says nothing of now.
const ROUNDS: u64 = 4;

/// A question of the profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Question {
    Position,
    RunState,
    StopReason,
    Fault,
    Current,
    Supply,
    Setting(Setting),
}

/// Everything but the position, in turn.
const OTHERS: [Question; 8] = [
    Question::Setting(Setting::ALL[0]),
    Question::Setting(Setting::ALL[1]),
    Question::Fault,
    Question::RunState,
    Question::StopReason,
    Question::Current,
    Question::Supply,
    Question::Setting(Setting::ALL[2]),
];

/// Asks one question at a time, and remembers what was wrong by each.
#[derive(Clone, Debug)]
pub(super) struct Asking {
    reads: ModbusReads,
    max_reads_per_s: NonZeroU8,
    under_way: Option<(Ticket, Question)>,
    positions: u8,
    /// The question that is no position waits for one more than its turn.
    put_off: bool,
    other: usize,
    /// Its run state said last that it stands.
    idle: bool,
    /// What each source says is wrong now.
    run_state: DriveFaults,
    stop_reason: DriveFaults,
    fault: DriveFaults,
    position: DriveFaults,
    /// How old the newest word of each is that the profile reads.
    words: [(Question, Word); 3],
}

impl Asking {
    pub(super) fn new(reads: &ModbusReads, max_reads_per_s: NonZeroU8) -> Self {
        let none = DriveFaults::default();
        // Each has its turn once in a round of this many questions, between orders.
        let round = u64::from(POSITIONS_IN_A_ROW + 1) * OTHERS.len() as u64;
        let rounds = Millis::new(ROUNDS * round * 1_000 / u64::from(max_reads_per_s.get()));
        let word = Word::new(rounds.max(KEEPS));
        Self {
            reads: reads.clone(),
            under_way: None,
            positions: 0,
            put_off: false,
            other: 0,
            idle: false,
            run_state: none,
            stop_reason: none,
            fault: none,
            position: none,
            max_reads_per_s,
            words: [Question::RunState, Question::StopReason, Question::Fault]
                .map(|question| (question, word)),
        }
    }

    /// Nothing that was asked before the line was opened again is answered.
    pub(super) fn reopen(&mut self) {
        *self = Self::new(&self.reads, self.max_reads_per_s);
    }

    pub(super) const fn is_free(&self) -> bool {
        self.under_way.is_none()
    }

    /// Nothing could be asked for a while: the position is asked for before anything else is. Once
    /// only, so that a drive that is told to stand again and again is still asked how it is.
    pub(super) fn position_first(&mut self) {
        if self.positions == POSITIONS_IN_A_ROW && !self.put_off {
            (self.positions, self.put_off) = (POSITIONS_IN_A_ROW - 1, true);
        }
    }

    /// The next question. There is always one: a position can always be asked for.
    pub(super) fn next(&mut self, probe: &Probe) -> Option<(Question, Read)> {
        let position = || Some((Question::Position, read_position(&self.reads.position)?));
        if self.positions < POSITIONS_IN_A_ROW {
            self.positions += 1;
            return position();
        }
        (self.positions, self.put_off) = (0, false);
        for _ in OTHERS {
            let question = OTHERS.get(self.other % OTHERS.len()).copied()?;
            self.other = self.other.wrapping_add(1);
            if let Some(read) = self.read_of(question, probe) {
                return Some((question, read));
            }
        }
        position()
    }

    fn read_of(&self, question: Question, probe: &Probe) -> Option<Read> {
        match question {
            Question::Position => read_position(&self.reads.position),
            Question::RunState => read(self.reads.run_state.as_ref()?.register, 1),
            Question::StopReason => read(self.reads.stop_reason.as_ref()?.register, 1),
            Question::Fault => read(self.reads.fault.as_ref()?.register, 1),
            Question::Current => read_number(self.reads.current?),
            Question::Supply => read_number(self.reads.supply?),
            Question::Setting(setting) => probe.question(setting),
        }
    }

    pub(super) fn asked(&mut self, ticket: Ticket, question: Question) {
        self.under_way = Some((ticket, question));
    }

    /// The question that `ticket` was, if it is the one under way.
    pub(super) fn answered(&mut self, ticket: Ticket) -> Option<Question> {
        self.under_way.take_if(|(asked, _)| *asked == ticket).map(|(_, question)| question)
    }

    /// Takes the registers of an answer.
    pub(super) fn take(
        &mut self,
        question: Question,
        at: Timestamp,
        registers: &[u16],
        status: &mut Status,
    ) {
        if let Some((_, word)) = self.words.iter_mut().find(|(of, _)| *of == question) {
            word.heard();
        }
        match question {
            Question::Position => {
                let place = position_of(&self.reads.position, registers);
                self.position.no_position = place.is_none();
                status.position = place.map(|value| Sample { at, value });
            }
            Question::RunState => {
                let known = means(self.reads.run_state.as_ref(), registers);
                self.idle = known == Some(RunState::Idle);
                self.run_state.unknown = match known {
                    Some(RunState::Idle | RunState::Out | RunState::In) => false,
                    None => true,
                };
            }
            Question::StopReason => {
                self.stop_reason = stopped_by(means(self.reads.stop_reason.as_ref(), registers));
            }
            Question::Fault => self.fault = faults(means(self.reads.fault.as_ref(), registers)),
            Question::Current => {
                let current = self.reads.current.and_then(|number| number_of(number, registers));
                status.current_ma = current.map(|value| Sample { at, value: value.unsigned_abs() });
            }
            Question::Supply => {
                let supply = self.reads.supply.and_then(|number| number_of(number, registers));
                let told = supply.and_then(|value| u32::try_from(value).ok());
                status.supply_mv = told.map(|value| Sample { at, value });
            }
            Question::Setting(_) => {}
        }
        self.tell(status);
    }

    /// No answer. A device that refuses to say how it is counts as one with a fault that nobody
    /// knows; one that was not heard is told by the age of what it said.
    pub(super) fn failed(&mut self, question: Question, failure: Failure, status: &mut Status) {
        match failure {
            Failure::Refused(_) => {}
            Failure::Silent
            | Failure::Reply(_)
            | Failure::ReadBackDiffers
            | Failure::Preempted
            | Failure::NeverQuiet => return,
        }
        let unknown = DriveFaults { unknown: true, ..DriveFaults::default() };
        match question {
            Question::Position => {
                self.position.no_position = true;
                status.position = None;
            }
            Question::RunState => self.run_state = unknown,
            Question::StopReason => self.stop_reason = unknown,
            Question::Fault => self.fault = unknown,
            Question::Current => status.current_ma = None,
            Question::Supply => status.supply_mv = None,
            Question::Setting(_) => {}
        }
        self.tell(status);
    }

    /// Whether its run state said last that it stands.
    pub(super) const fn is_idle(&self) -> bool {
        self.idle
    }

    /// Time passes over what was said.
    pub(super) fn look(&mut self, now: Timestamp) {
        for (_, word) in &mut self.words {
            word.look(now);
        }
    }

    /// Whether something that it is asked has not been answered for too long.
    pub(super) fn is_old(&self) -> bool {
        self.words.iter().any(|(question, word)| {
            let reads = match question {
                Question::RunState => self.reads.run_state.is_some(),
                Question::StopReason => self.reads.stop_reason.is_some(),
                Question::Fault => self.reads.fault.is_some(),
                Question::Position
                | Question::Current
                | Question::Supply
                | Question::Setting(_) => false,
            };
            reads && word.is_old()
        })
    }

    fn tell(&self, status: &mut Status) {
        let all = [self.run_state, self.stop_reason, self.fault, self.position];
        status.faults = all.into_iter().fold(DriveFaults::default(), both);
    }
}

fn means<T: Copy>(read: Option<&EnumRead<T>>, registers: &[u16]) -> Option<T> {
    let &[value] = registers else { return None };
    read?.meaning(value)
}

/// What a condition is as a fault; one without a meaning counts as the worst.
fn faults(condition: Option<DriveCondition>) -> DriveFaults {
    let none = DriveFaults::default();
    match condition {
        Some(DriveCondition::Well) => none,
        Some(DriveCondition::TimedOut) => DriveFaults { timed_out: true, ..none },
        Some(DriveCondition::StopOpen) => DriveFaults { stop_open: true, ..none },
        Some(DriveCondition::NoPower) => DriveFaults { no_power: true, ..none },
        Some(DriveCondition::OverCurrent) => DriveFaults { over_current: true, ..none },
        Some(DriveCondition::TooHot) => DriveFaults { too_hot: true, ..none },
        Some(DriveCondition::NoPosition) => DriveFaults { no_position: true, ..none },
        Some(DriveCondition::Line) => DriveFaults { line: true, ..none },
        Some(DriveCondition::Fault) => DriveFaults { broken: true, ..none },
        None => DriveFaults { unknown: true, ..none },
    }
}

/// Why it last stopped is history, and stays until it moves again: power that was away or heat that
/// was too much then says that it stood by itself, not how it is now. Taken for now, it would forbid
/// the very motion that ends it (H-01).
fn stopped_by(reason: Option<DriveCondition>) -> DriveFaults {
    let none = DriveFaults::default();
    match reason {
        Some(DriveCondition::NoPower | DriveCondition::TooHot) => {
            DriveFaults { timed_out: true, ..none }
        }
        Some(DriveCondition::Fault) => DriveFaults { unknown: true, ..none },
        Some(
            DriveCondition::Well
            | DriveCondition::TimedOut
            | DriveCondition::StopOpen
            | DriveCondition::OverCurrent
            | DriveCondition::NoPosition
            | DriveCondition::Line,
        )
        | None => faults(reason),
    }
}

fn both(a: DriveFaults, b: DriveFaults) -> DriveFaults {
    DriveFaults {
        timed_out: a.timed_out || b.timed_out,
        stop_open: a.stop_open || b.stop_open,
        no_power: a.no_power || b.no_power,
        over_current: a.over_current || b.over_current,
        too_hot: a.too_hot || b.too_hot,
        no_position: a.no_position || b.no_position,
        line: a.line || b.line,
        broken: a.broken || b.broken,
        unknown: a.unknown || b.unknown,
        stranger: a.stranger || b.stranger,
    }
}
