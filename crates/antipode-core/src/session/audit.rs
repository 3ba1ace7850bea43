//! A look inside for instruments that judge a session from outside. Reading it changes nothing.

use antipode_safety::{Angle, Limits, Millis, Rate};

use super::drive::Order;
use super::state::{SelfTest, State};
use super::{EndCause, Session, StateKind};
use crate::plan::SegmentKind;

/// What an independent monitor needs to know of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Audit {
    /// What it is doing.
    pub state: StateKind,
    /// It is started and not yet over.
    pub live: bool,
    /// The named person was confirmed.
    pub person_confirmed: bool,
    /// Time since every button was tried; `None` when they never were.
    pub self_test_age: Option<Millis>,
    /// The start is known to be on disk.
    pub start_durable: bool,
    /// Age of the last reading.
    pub reading_age: Option<Millis>,
    /// Its number.
    pub reading_seq: u32,
    /// The drive's angle of the last reading.
    pub tilt: Option<Angle>,
    /// The second angle of the last reading.
    pub tilt_second: Option<Angle>,
    /// The rate that was last allowed, signed; zero when nothing may move.
    pub commanded: Rate,
    /// STOP is latched.
    pub stop_latched: bool,
    /// The table reports it latched.
    pub stop_at_table: bool,
    /// The plan is paused.
    pub paused: bool,
    /// The session holds that the bed has arrived in the rest band and stands.
    pub at_rest: bool,
    /// Deepest tilt of the plan.
    pub plan_tilt: Angle,
    /// Target of the bout under way.
    pub bout_target: Option<Angle>,
    /// Limits in force.
    pub limits: Limits,
    /// Longest time at 5 degrees or more of the bout under way.
    pub bout_limit: Millis,
    /// Longest hold of the bout under way.
    pub hold_limit: Millis,
    /// Deepest tilt allowed now.
    pub tilt_limit: Angle,
    /// Reaction in force: 0 none, 1 hold, 2 return, 3 creep.
    pub reaction: u8,
    /// Somebody holds an attended move.
    pub attended: bool,
    /// Causes latched behind the alarm.
    pub alarms: u32,
    /// Their highest priority: 0 none to 3 high.
    pub alarm_priority: u8,
    /// The alarm is silenced.
    pub silenced: bool,
}

impl Session {
    /// A look inside.
    #[must_use]
    pub fn audit(&self) -> Audit {
        let reading = self.facts.reading;
        let limits = *self.guard.limits();
        let depth =
            self.bout_depth().max(self.bout_now().map_or(Angle::LEVEL, |bout| self.planned(bout)));
        Audit {
            state: self.state.kind(),
            live: self.state.is_live(),
            person_confirmed: self.facts.person_confirmed,
            self_test_age: self.facts.self_test_at.map(|at| self.now.since(at)),
            start_durable: self.facts.start_durable,
            reading_age: reading.map(|r| self.now.since(r.at)),
            reading_seq: reading.map_or(0, |r| r.seq),
            tilt: reading.and_then(|r| r.tilt),
            tilt_second: reading.and_then(|r| r.tilt_second),
            commanded: self.drive.commanded(),
            stop_latched: matches!(
                self.state,
                State::Stopped(_) | State::SelfTest(SelfTest::Acknowledge { .. })
            ),
            stop_at_table: self.facts.stop_seen,
            paused: matches!(self.state, State::Paused { .. }),
            at_rest: self.is_at_rest(),
            plan_tilt: self.config.program.max_tilt(),
            bout_target: self.bout_target(),
            limits,
            bout_limit: limits.bout_at(depth).value(),
            hold_limit: limits.bout_hold_at(depth).value(),
            tilt_limit: self.tilt_limit(),
            reaction: self.reaction_level(),
            attended: self.drive.order().is_attended(),
            alarms: self.alarms.bits(),
            alarm_priority: self.alarms.highest() as u8,
            silenced: self.alarms.highest() as u8 > 0 && !self.alarms.sounds(self.now),
        }
    }

    /// The deepest tilt of the bout under way by plan and by what the person has been eased to.
    fn bout_target(&self) -> Option<Angle> {
        self.bout_now().map(|bout| self.planned(bout).min(self.tilt_limit()))
    }

    /// The deepest tilt that the plan asks for in `bout`.
    fn planned(&self, bout: u16) -> Angle {
        let segments = self.config.program.segments();
        let of_bout = segments.iter().filter(|segment| segment.bout == Some(bout));
        let deepest = of_bout.filter_map(|segment| match segment.kind {
            SegmentKind::Move { to, .. } => Some(to),
            SegmentKind::SelfPaced { ceiling, .. } => Some(ceiling),
            SegmentKind::Hold { .. }
            | SegmentKind::Rest { .. }
            | SegmentKind::Say(_)
            | SegmentKind::WaitForPerson { .. }
            | SegmentKind::FinalRest { .. } => None,
        });
        deepest.max().unwrap_or(Angle::LEVEL)
    }

    /// What the session believes when it closes, rests or is over.
    fn is_at_rest(&self) -> bool {
        match self.state {
            State::Closing { .. } | State::Finished { .. } => {
                self.drive.order() == Order::Hold
                    && self.angle_is_good_when_idle()
                    && self.tilt().is_some_and(Angle::in_rest_band)
            }
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Attended(_) => false,
        }
    }

    const fn reaction_level(&self) -> u8 {
        match self.state {
            State::Held { .. } | State::Stopped(_) => 1,
            State::Returning(returning) => {
                // A person's own wish is no reaction.
                let asked = matches!(returning.cause, EndCause::Symptom(_));
                if returning.by_person || returning.resume || (asked && !self.facts.red_flag) {
                    0
                } else if returning.creep {
                    3
                } else {
                    2
                }
            }
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Proof(_)
            | State::Running(_)
            | State::Paused { .. }
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => 0,
        }
    }
}
