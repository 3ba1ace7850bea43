//! What screens, voices and instruments may know of a session: copied out, never shared.

use antipode_safety::{Angle, DriveState, Effort, FaultSet, Millis, Rate, Timestamp};

use super::state::{Phase, Proof, SelfTest, State};
use super::{EndCause, Order, Outcome, Session, StateKind};
use crate::alarm::Alarms;
use crate::plan::SegmentKind;

/// A question that waits for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Question {
    /// Is it the named person?
    Person,
    /// Is the area clear?
    Area,
    /// Press STOP, to try it.
    TryStop,
    /// Let STOP go and acknowledge.
    AcknowledgeStop,
    /// Press RETURN, to try it.
    TryReturn,
    /// Press start.
    Start,
    /// Did the heels hold?
    Heels,
    /// Are both ankle holds closed? The spotter's to say, where no sensor sees them.
    Latches,
    /// Ready to go on?
    GoOn,
    /// Lower further, stay, or come up? The person's own to say.
    OwnPace,
    /// Still all right?
    CheckIn,
}

/// A copy of what is known at one moment. Every value that can grow old carries its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// The moment.
    pub now: Timestamp,
    /// What the session is doing.
    pub state: StateKind,
    /// Why it holds, returns or ended.
    pub cause: Option<EndCause>,
    /// How it ended.
    pub outcome: Option<Outcome>,
    /// The bout under way, counted from 0.
    pub bout: Option<u16>,
    /// Bouts done.
    pub bouts_done: u16,
    /// Bouts of the plan.
    pub bouts: u16,
    /// The last tilt, as read.
    pub tilt: Option<Angle>,
    /// When it was read.
    pub tilt_at: Option<Timestamp>,
    /// The faults that no session begins with, as read last.
    pub faults: FaultSet,
    /// The worst case of the tilt now.
    pub worst_case: Option<Angle>,
    /// Measured rate.
    pub rate: Rate,
    /// Where the bed is going.
    pub target: Option<Angle>,
    /// When the present stay or rest ends.
    pub until: Option<Timestamp>,
    /// Where it goes after that.
    pub next_target: Option<Angle>,
    /// The question that waits for an answer.
    pub question: Option<Question>,
    /// Alarms.
    pub alarms: Alarms,
    /// Head-down time of this session.
    pub head_down: Millis,
    /// Head-down time of this day.
    pub head_down_day: Millis,
    /// Longest head-down time of a day.
    pub day_limit: Millis,
    /// Deepest tilt that is allowed now.
    pub tilt_limit: Angle,
    /// A link session is open.
    pub connected: bool,
    /// The table accepts motion.
    pub armed: bool,
    /// What the table's controller is doing.
    pub drive: Option<DriveState>,
    /// The rate that was last ordered, signed.
    pub commanded: Rate,
    /// Heart rate, where a sensor measures it.
    pub heart_rate: Option<u16>,
    /// The session is started and not yet over.
    pub live: bool,
    /// STOP is latched as far as the host knows.
    pub stopped: bool,
    /// The motor's effort in the proof tilt, once that is over.
    pub effort: Option<Effort>,
}

impl Session {
    /// A copy of what is known now.
    #[must_use]
    pub fn view(&self) -> View {
        let reading = self.facts.reading;
        let (until, bout) = self.view_program();
        View {
            now: self.now,
            state: self.state.kind(),
            cause: self.cause(),
            outcome: self.outcome(),
            bout,
            bouts_done: self.cursor.bouts_done,
            bouts: self.config.program.bouts(),
            tilt: self.tilt(),
            tilt_at: reading.map(|r| r.at),
            faults: reading.map_or(FaultSet::NONE, |r| self.facts.standing_faults(&r)),
            worst_case: self.worst_case(),
            rate: reading.map_or(Rate::ZERO, |r| r.rate),
            target: match self.drive.order() {
                Order::Move { target, .. } | Order::Attended { target } => Some(target),
                Order::Return(_) => Some(Angle::REST_AIM),
                Order::Nothing | Order::Hold | Order::Stop => None,
            },
            until,
            next_target: self.next_target(),
            question: self.question(),
            alarms: self.alarms,
            head_down: self.dose.session(),
            head_down_day: self.dose.day(),
            day_limit: self.guard.limits().day().value(),
            tilt_limit: self.tilt_limit(),
            connected: self.facts.connected,
            armed: self.facts.armed,
            drive: reading.map(|r| r.drive),
            commanded: self.drive.commanded(),
            heart_rate: self.vitals.heart_rate_now(),
            live: self.state.is_live(),
            stopped: matches!(self.state, State::Stopped(_)) || self.facts.stop_pressed,
            effort: self.facts.effort.effort(),
        }
    }

    /// The deepest tilt that is allowed now: the limits, and what the person has been eased to.
    #[must_use]
    pub fn tilt_limit(&self) -> Angle {
        let limit = self.guard.limits().tilt().value();
        self.cursor.ceiling.map_or(limit, |ceiling| limit.min(ceiling))
    }

    fn view_program(&self) -> (Option<Timestamp>, Option<u16>) {
        let until = match self.state {
            State::Running(
                Phase::Holding { until, .. }
                | Phase::Resting { until, .. }
                | Phase::Waiting { until }
                | Phase::Latches { until, .. }
                | Phase::FinalRest { until },
            )
            | State::Closing { until, .. } => Some(until),
            State::Running(Phase::SelfPaced { until, .. }) => until,
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(Phase::Moving { .. })
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Finished { .. }
            | State::Attended(_) => None,
        };
        let running = matches!(self.state, State::Running(_) | State::Paused { .. });
        (until, if running { self.bout_now() } else { None })
    }

    fn next_target(&self) -> Option<Angle> {
        let State::Running(phase) = self.state else { return None };
        let next =
            if let Phase::Latches { next, .. } = phase { next } else { self.cursor.index + 1 };
        let rest = self.config.program.segments().get(next..)?;
        rest.iter().find_map(|segment| match segment.kind {
            SegmentKind::Move { to, .. } => Some(to.min(self.tilt_limit())),
            SegmentKind::SelfPaced { ceiling, .. } => Some(ceiling.min(self.tilt_limit())),
            SegmentKind::Hold { .. }
            | SegmentKind::Rest { .. }
            | SegmentKind::Say(_)
            | SegmentKind::WaitForPerson { .. }
            | SegmentKind::FinalRest { .. } => None,
        })
    }

    fn question(&self) -> Option<Question> {
        if self.checkins.is_open() {
            return Some(Question::CheckIn);
        }
        match self.state {
            State::SelfTest(SelfTest::Person) => Some(Question::Person),
            State::SelfTest(SelfTest::Area) => Some(Question::Area),
            State::SelfTest(SelfTest::Stop) => Some(Question::TryStop),
            State::SelfTest(SelfTest::Acknowledge { .. }) => Some(Question::AcknowledgeStop),
            State::SelfTest(SelfTest::Return) => Some(Question::TryReturn),
            State::Ready => Some(Question::Start),
            State::Proof(Proof::Heels { .. }) => Some(Question::Heels),
            State::Running(Phase::Waiting { .. }) => Some(Question::GoOn),
            State::Running(Phase::Latches { .. }) => Some(Question::Latches),
            State::Running(Phase::SelfPaced { .. }) => Some(Question::OwnPace),
            State::Stopped(stopped) if stopped.released => Some(Question::AcknowledgeStop),
            State::Connecting
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => None,
        }
    }

    fn cause(&self) -> Option<EndCause> {
        match self.state {
            State::Returning(returning) => Some(returning.cause),
            State::Held { cause, .. }
            | State::Closing { cause, .. }
            | State::Finished { cause, .. } => Some(cause),
            State::Stopped(stopped) => Some(stopped.cause),
            State::Attended(attended) => attended.finished.map(|(_, cause)| cause),
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. } => None,
        }
    }

    /// How the session ended, once it has.
    #[must_use]
    pub fn outcome(&self) -> Option<Outcome> {
        match self.state {
            State::Closing { outcome, .. } | State::Finished { outcome, .. } => Some(outcome),
            State::Attended(attended) => attended.finished.map(|(outcome, _)| outcome),
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_) => None,
        }
    }
}
