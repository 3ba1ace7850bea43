//! When the session must be stepped although nothing happens.

use antipode_safety::{Millis, Timestamp};

use super::Session;
use super::react::HOME_AFTER;
use super::state::{Phase, Proof, SelfTest, State, fixed};
use super::unseen::soonest;

impl Session {
    /// The moment at which something changes without any event: the step must be called then.
    pub(super) fn next_wake(&self) -> Option<Timestamp> {
        let mut soonest = self.drive.next_due();
        let mut at = |moment: Option<Timestamp>| {
            if let Some(moment) = moment {
                soonest = Some(soonest.map_or(moment, |other| other.min(moment)));
            }
        };
        at(self.state_deadline());
        at(self.lookout_deadline());
        if self.state.is_live() {
            // One lease after the last reading the angle is stale: zero within one tick (I6).
            let lease = self.guard.envelope().lease.plus(Millis::new(1));
            at(self.facts.reading.map(|r| r.at.plus(lease)).filter(|due| *due > self.now));
            at(self.checkins.next_change(self.hold_ends()));
            at(self.vitals.next_change().filter(|due| *due > self.now));
            at(self.dead_man_deadline());
            at(self
                .drive
                .unheard_since()
                .map(|up| up.plus(fixed::UNHEARD))
                .filter(|due| *due > self.now));
            at(self.dose_deadline());
        }
        soonest.map(|due| due.max(self.now))
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
            State::Paused { since, .. } => {
                Some(since.plus(fixed::PAUSE_HEAD_DOWN)).filter(|due| *due > self.now)
            }
            State::Returning(returning) => soonest(returning.held_until, self.unseen_end()),
            State::Held { since, then, .. } => {
                let home = match then {
                    Some((at, _)) => Some(at),
                    None => Some(since.plus(HOME_AFTER)).filter(|due| *due > self.now),
                };
                soonest(home, self.unseen_end())
            }
            State::Stopped(stopped) => self.stopped_deadline(&stopped),
            State::Closing { until, .. } => Some(until),
            State::Attended(attended) => {
                let dwell = attended.dwell_from.map(|from| from.plus(fixed::UPRIGHT_DWELL));
                dwell.or(Some(attended.held_until)).filter(|due| *due > self.now)
            }
        }
    }

    fn phase_deadline(&self, phase: Phase) -> Option<Timestamp> {
        let announced_at = |until: Timestamp, announced: bool| {
            if announced {
                until
            } else {
                Timestamp::from_millis(until.as_millis().saturating_sub(fixed::ANNOUNCE.get()))
            }
        };
        match phase {
            Phase::Moving { .. } => None,
            Phase::Holding { until, announced } | Phase::Resting { until, announced, .. } => {
                Some(announced_at(until, announced))
            }
            Phase::Waiting { until } | Phase::FinalRest { until } => Some(until),
            Phase::SelfPaced { until, pulse } => match (until, pulse) {
                (Some(until), Some(pulse)) => Some(until.min(pulse)),
                (until, pulse) => until.or(pulse),
            },
        }
    }
}
