//! When the session must be stepped although nothing happens.

use antipode_safety::{Millis, Timestamp};

use super::Session;
use super::react::HOME_AFTER;
use super::state::{Phase, Proof, SelfTest, State, fixed};
use crate::moment::{before, soonest};

impl Session {
    /// The moment at which something changes without any event: the step must be called then.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        let watched = if self.state.is_live() { self.live_deadline() } else { None };
        let next = soonest([
            self.drive.next_due(),
            self.state_deadline(),
            self.lookout_deadline(),
            watched,
        ]);
        next.map(|due| due.max(self.now))
    }

    /// What a live session watches in every state.
    fn live_deadline(&self) -> Option<Timestamp> {
        // One lease after the last reading the angle is stale: zero within one tick (I6).
        let lease = self.guard.envelope().lease.plus(Millis::new(1));
        soonest([
            self.ahead(self.facts.reading.map(|reading| reading.at.plus(lease))),
            self.checkins.next_change(self.hold_ends()),
            self.ahead(self.vitals.next_change()),
            self.dead_man_deadline(),
            self.ahead(self.drive.unheard_since().map(|since| since.plus(fixed::UNHEARD))),
            self.dose_deadline(),
        ])
    }

    /// `moment` while it is still to come.
    pub(super) fn ahead(&self, moment: Option<Timestamp>) -> Option<Timestamp> {
        moment.filter(|due| *due > self.now)
    }

    /// When the head-down time left no longer covers the way back.
    fn dose_deadline(&self) -> Option<Timestamp> {
        let tilt = self.tilt().filter(|tilt| *tilt >= crate::dose::HEAD_DOWN_FROM)?;
        let spare = self.dose_left().less(Self::way_back(tilt));
        (spare > Millis::ZERO).then(|| self.now.plus(spare))
    }

    fn state_deadline(&self) -> Option<Timestamp> {
        match self.state {
            State::Connecting | State::Ready | State::Finished { .. } => None,
            State::SelfTest(test) => match test {
                SelfTest::Acknowledge { sent: Some(sent) } => Some(sent.plus(fixed::LATCH_OFF)),
                SelfTest::Acknowledge { sent: None }
                | SelfTest::Person
                | SelfTest::Area
                | SelfTest::Stop
                | SelfTest::Return => None,
            },
            State::Starting { since, .. } => Some(since.plus(fixed::START_LIMIT)),
            State::Proof(Proof::Look { until }) => Some(until),
            State::Proof(Proof::Heels { asked, again }) => {
                Some(again.min(asked.plus(fixed::HEELS_LIMIT)))
            }
            State::Proof(Proof::Down | Proof::Up) => None,
            State::Running(phase) => self.phase_deadline(phase),
            State::Paused { since, .. } => self.ahead(Some(since.plus(fixed::PAUSE_HEAD_DOWN))),
            State::Returning(returning) => soonest([returning.held_until, self.unseen_end()]),
            State::Held { since, then, .. } => {
                let home = match then {
                    Some((at, _)) => Some(at),
                    None => self.ahead(Some(since.plus(HOME_AFTER))),
                };
                soonest([home, self.unseen_end()])
            }
            State::Stopped(stopped) => self.stopped_deadline(&stopped),
            State::Closing { until, .. } => Some(until),
            State::Attended(attended) => {
                let dwell = attended.dwell_from.map(|from| from.plus(fixed::UPRIGHT_DWELL));
                self.ahead(dwell.or(Some(attended.held_until)))
            }
        }
    }

    fn phase_deadline(&self, phase: Phase) -> Option<Timestamp> {
        let announced_at = |until: Timestamp, announced: bool| {
            if announced { until } else { before(until, fixed::ANNOUNCE) }
        };
        match phase {
            Phase::Moving { .. } => None,
            Phase::Holding { until, announced } | Phase::Resting { until, announced, .. } => {
                Some(announced_at(until, announced))
            }
            Phase::Waiting { until }
            | Phase::Latches { until, .. }
            | Phase::FinalRest { until } => Some(until),
            Phase::SelfPaced { until, pulse } => {
                let tap = self.facts.ok_press.map(|at| at.plus(fixed::OK_UNHELD));
                soonest([until, pulse, tap])
            }
        }
    }
}
