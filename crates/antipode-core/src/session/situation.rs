//! What is wrong right now, read off the facts. Nothing here acts.

use antipode_safety::{
    AngleState, DriveState, Fault, Reading, Switch,
    motion_watch::MotionFault,
    reaction::{Situation, SituationSet},
};

use super::drive::Order;
use super::state::{State, fixed};
use super::{Company, EndCause, Session};
use crate::alarm::AlarmCause;
use crate::vitals::VitalsVerdict;

/// The faults that a table reports, and what each one means.
const FAULTS: [(Fault, Situation); 7] = [
    (Fault::StallDown, Situation::StalledDown),
    (Fault::StallBack, Situation::StalledBack),
    (Fault::HotSoft, Situation::HotSoft),
    (Fault::HotHard, Situation::HotHard),
    (Fault::MainsLost, Situation::MainsLost),
    (Fault::SupplyLow, Situation::SupplyLow),
    (Fault::Runaway, Situation::Runaway),
];

impl Session {
    /// Everything that is wrong right now.
    pub(super) fn situations(&self) -> SituationSet {
        self.or_refused(self.known_situations())
    }

    /// Where nothing else is wrong, a command that the table refuses all the same is answered like
    /// a lost link; it is not called one.
    pub(super) fn or_refused(&self, known: SituationSet) -> SituationSet {
        let refused = self.is_refused() && !self.comes_up_by_itself();
        known.with(
            Situation::LinkLost,
            known.has(Situation::LinkLost) || known.is_empty() && refused,
        )
    }

    /// Everything that is known to be wrong.
    pub(super) fn known_situations(&self) -> SituationSet {
        let mut set = self.angle_situations();
        if let Some(reading) = self.facts.reading {
            set = set.union(self.table_situations(&reading));
        }
        set = set.union(self.motion_situations()).union(self.facts.balked);
        let lost = set.has(Situation::LinkLost) || self.link_is_lost();
        // A restart explains the silence that goes before it.
        let restarted = self.facts.restarted && self.facts.connected;
        set.with(Situation::LinkLost, lost && !restarted)
            .with(Situation::Restarted, self.facts.restarted)
            .with(Situation::RestartedLate, self.facts.restarted_late)
            .with(Situation::ForeignMotion, self.is_moved_by_others())
            .with(Situation::Unanswered, self.facts.no_answer || self.dead_man_is_up())
            .with(Situation::VitalsOut, self.vitals.verdict(self.now) == VitalsVerdict::OutOfRange)
            .with(Situation::Symptom, self.facts.red_flag)
            .with(Situation::FeetSlip, self.facts.feet_slipping)
            .with(Situation::DoseUsed, self.dose_is_spent())
            .with(Situation::JournalLost, self.facts.journal_failed.is_some())
            .with(Situation::LoopLate, self.facts.loop_late)
            .with(Situation::HostSuspended, self.facts.suspended)
            .with(Situation::Mismatch, self.facts.mismatch)
    }

    fn angle_situations(&self) -> SituationSet {
        let none = SituationSet::NONE;
        match self.guard.angle().state(self.now) {
            AngleState::Good { .. } | AngleState::Warn { .. } => none,
            AngleState::FirstOnly { .. } => none.with(Situation::SecondAngleLost, true),
            AngleState::SecondOnly { .. } => none.with(Situation::AngleLostSecondGood, true),
            AngleState::Disagrees { same_side: true, .. } => {
                none.with(Situation::AnglesDisagreeSameSide, true)
            }
            AngleState::Disagrees { same_side: false, .. } => {
                none.with(Situation::AnglesDisagreeAcross, true)
            }
            // Silence is the link's, whatever sensor it silences.
            AngleState::Stale { age, .. } => {
                let lost = self.expects_fast_reports() || age > fixed::IDLE_REPORT;
                none.with(Situation::LinkLost, lost)
            }
            // Every source stands still: the bed does.
            AngleState::Flat { .. } => {
                let down = self.drive.commanded().millideg_per_s() > 0;
                let stall = if down { Situation::StalledDown } else { Situation::StalledBack };
                none.with(stall, true)
            }
            AngleState::Never | AngleState::Garbage | AngleState::Invalid => {
                // Before the first word there is no session to protect; afterwards it is lost.
                none.with(Situation::AngleLost, self.facts.reading.is_some())
                    .with(Situation::LinkLost, self.facts.reading.is_none())
            }
        }
    }

    fn table_situations(&self, reading: &Reading) -> SituationSet {
        let mut set = SituationSet::NONE;
        for (fault, situation) in FAULTS {
            set = set.with(situation, set.has(situation) || reading.faults.has(fault));
        }
        let over = reading.faults.has(Fault::OverCurrent);
        let down = self.drive.commanded().millideg_per_s() > 0;
        let set = set
            .with(Situation::StalledDown, set.has(Situation::StalledDown) || over && down)
            .with(Situation::StalledBack, set.has(Situation::StalledBack) || over && !down);
        // The controller lives on a supply of its own and finds none for the drive. Each of the three
        // alone leaves a way home: mains lost, a battery that is low, a supply that is not measured.
        let no_power = reading.faults.has(Fault::MainsLost)
            && reading.faults.has(Fault::SupplyLow)
            && reading.supply_mv < fixed::NO_SUPPLY_MV;
        let slip = reading.faults.has(Fault::BrakeSlip);
        let open = reading.latches.open();
        let all = open > 0 && open == reading.latches.fitted.min(2);
        let latch_faults = [Fault::OneLatchOpen, Fault::LatchesOpen];
        let doubted = !all && latch_faults.into_iter().any(|fault| reading.faults.has(fault));
        let alone_without_hand = match self.config.company {
            Company::Spotter => false,
            Company::Alone(_) => !reading.switches.has(Switch::HandControl),
        };
        set.with(Situation::SlipAway, slip)
            .with(Situation::PowerLost, no_power)
            // Both were open and are not any more: as doubtful as one of two (C-14).
            .with(Situation::OneLatchOpen, doubted || (open > 0 && !all))
            .with(Situation::LatchesOpen, all)
            .with(
                Situation::LinkLost,
                reading.faults.has(Fault::LeaseExpired) && self.lease_counts(),
            )
            .with(Situation::HandControlLost, alone_without_hand)
    }

    /// A lease that ran out during a program means that the host was not heard. The start of it took
    /// off what was left of earlier ones.
    const fn lease_counts(&self) -> bool {
        match self.state {
            State::Running(_) | State::Paused { .. } => true,
            State::Proof(_) => self.facts.armed,
            State::Connecting
            | State::SelfTest(_)
            | State::Ready
            | State::Starting { .. }
            | State::Returning(_)
            | State::Held { .. }
            | State::Stopped(_)
            | State::Closing { .. }
            | State::Finished { .. }
            | State::Attended(_) => false,
        }
    }

    fn motion_situations(&self) -> SituationSet {
        let none = SituationSet::NONE;
        match self.motion_fault {
            None => none,
            Some(MotionFault::Runaway { .. }) => none.with(Situation::Runaway, true),
            Some(MotionFault::WrongWay { .. }) => none.with(Situation::WrongWay, true),
            Some(MotionFault::Slip { toward_level: true, .. }) => {
                none.with(Situation::SlipTowardLevel, true)
            }
            Some(MotionFault::Slip { toward_level: false, .. }) => {
                none.with(Situation::SlipAway, true)
            }
            Some(MotionFault::Stall { .. }) => none.with(Situation::StalledBack, true),
        }
    }

    /// Remembers that the bed was seen to turn the wrong way or not at all on its way home. Once it
    /// is halted nothing shows that any more, and the way home would be tried again and again.
    pub(super) fn note_balking(&mut self) {
        if !self.state.is_live() || !self.is_head_down_or_unknown() {
            return;
        }
        let seen = self.motion_situations().union(self.angle_situations());
        for situation in [Situation::WrongWay, Situation::StalledBack] {
            let balks = self.facts.balked.has(situation) || seen.has(situation);
            self.facts.balked = self.facts.balked.with(situation, balks);
        }
    }

    /// No link, or a table that reports and does neither follow nor refuse.
    fn link_is_lost(&self) -> bool {
        let deaf = self.is_unheard() && !self.is_refused();
        !self.facts.connected || self.facts.link_broken || deaf
    }

    /// The table reports, and for too long has not done what it was told.
    pub(super) fn is_unheard(&self) -> bool {
        self.drive.unheard_since().is_some_and(|at| self.now.since(at) >= fixed::UNHEARD)
    }

    /// The table does not follow and says so: it hears, and has a reason of its own.
    pub(super) fn is_refused(&self) -> bool {
        let answers = |at| self.now.since(at) < fixed::UNHEARD;
        self.is_unheard() && self.facts.refused_at.is_some_and(answers)
    }

    /// The table brings the bed back, on its own or for the hand on its button.
    fn comes_up_by_itself(&self) -> bool {
        let home = [DriveState::Returning, DriveState::HostLossReturn];
        self.facts.reading.is_some_and(|reading| home.contains(&reading.drive))
    }

    /// Whether the table has refused the way home to somebody head-down for too long. It does until
    /// it is seen to follow, not until a button is let go: one alarm, not one for each press.
    pub(super) fn is_stranded(&mut self) -> bool {
        let home = matches!(self.drive.order(), Order::Return(_));
        let comes = self.comes_up_by_itself() || home && self.drive.is_obeyed();
        if comes || !self.is_head_down_or_unknown() {
            self.facts.stranded_since = None;
        } else if home && self.is_refused() {
            self.facts.stranded_since.get_or_insert(self.now);
        }
        self.facts.stranded_since.is_some_and(|since| self.now.since(since) >= fixed::STRANDED)
    }

    fn is_moved_by_others(&self) -> bool {
        let unbidden = self.facts.moves_unbidden_since;
        self.facts.foreign || unbidden.is_some_and(|at| self.now.since(at) >= fixed::FOREIGN_FOR)
    }

    /// What is left no longer covers the way back.
    pub(super) fn dose_is_spent(&self) -> bool {
        let Some(tilt) = self.tilt().filter(|tilt| *tilt >= crate::dose::HEAD_DOWN_FROM) else {
            return false;
        };
        self.dose_left() <= Self::way_back(tilt)
    }

    /// Time to come back below 5 degrees at the slowest return, with a second to spare.
    pub(super) fn way_back(tilt: antipode_safety::Angle) -> antipode_safety::Millis {
        let way = u64::from(tilt.distance(crate::dose::HEAD_DOWN_FROM));
        antipode_safety::Millis::new(way / 2 + 1_000)
    }
}

/// The end cause that stands for a situation in records.
pub(super) const fn cause_of(situation: Situation) -> EndCause {
    match situation {
        Situation::StopPressed => EndCause::StopPressed,
        Situation::StopLoopOpen => EndCause::StopLoopOpen,
        Situation::LinkLost | Situation::LinkLostStopped => EndCause::LinkLost,
        Situation::AngleLost | Situation::AngleLostSecondGood | Situation::SecondAngleLost => {
            EndCause::AngleLost
        }
        Situation::AnglesDisagreeSameSide | Situation::AnglesDisagreeAcross => {
            EndCause::AnglesDisagree
        }
        Situation::StalledDown | Situation::StalledBack => EndCause::Stalled,
        Situation::HotSoft | Situation::HotHard => EndCause::Hot,
        Situation::MainsLost | Situation::SupplyLow | Situation::PowerLost => EndCause::SupplyLost,
        Situation::Restarted | Situation::RestartedLate => EndCause::TableRestarted,
        Situation::Unanswered | Situation::HandControlLost => EndCause::NoAnswer,
        Situation::VitalsOut => EndCause::VitalsOut,
        Situation::Symptom => EndCause::Symptom(crate::symptom::Symptom::Unease),
        Situation::OneLatchOpen => EndCause::LatchOpen,
        Situation::LatchesOpen => EndCause::LatchesOpen,
        Situation::FeetSlip => EndCause::FeetSlipping,
        Situation::Runaway | Situation::WrongWay => EndCause::Runaway,
        Situation::SlipTowardLevel | Situation::SlipAway => EndCause::BrakeSlip,
        Situation::SomebodyUnder => EndCause::TableRefused,
        Situation::Mismatch => EndCause::Mismatch,
        Situation::ForeignMotion => EndCause::ForeignMotion,
        Situation::DoseUsed => EndCause::DoseSpent,
        Situation::JournalLost => EndCause::JournalLost,
        Situation::HostSuspended => EndCause::HostSuspended,
        Situation::LoopLate => EndCause::LoopLate,
        Situation::ProgramEnding => EndCause::ProgramEnding,
    }
}

/// The alarm that a situation raises.
pub(super) const fn alarm_of(situation: Situation) -> Option<AlarmCause> {
    match situation {
        Situation::StopPressed | Situation::StopLoopOpen | Situation::ProgramEnding => None,
        Situation::LinkLost | Situation::LinkLostStopped => Some(AlarmCause::LinkLost),
        Situation::AngleLost | Situation::AngleLostSecondGood | Situation::SecondAngleLost => {
            Some(AlarmCause::AngleUnknown)
        }
        Situation::AnglesDisagreeSameSide | Situation::AnglesDisagreeAcross => {
            Some(AlarmCause::AnglesDisagree)
        }
        Situation::StalledDown | Situation::StalledBack => Some(AlarmCause::Stalled),
        Situation::HotSoft | Situation::HotHard => Some(AlarmCause::Hot),
        Situation::MainsLost | Situation::SupplyLow | Situation::PowerLost => {
            Some(AlarmCause::Supply)
        }
        Situation::Restarted | Situation::RestartedLate => Some(AlarmCause::Restarted),
        Situation::Unanswered | Situation::HandControlLost => Some(AlarmCause::NoAnswer),
        Situation::VitalsOut => Some(AlarmCause::VitalsOut),
        Situation::Symptom => Some(AlarmCause::RedFlag),
        Situation::OneLatchOpen | Situation::LatchesOpen => Some(AlarmCause::LatchOpen),
        Situation::FeetSlip => Some(AlarmCause::FeetSlipping),
        Situation::Runaway | Situation::WrongWay => Some(AlarmCause::Runaway),
        Situation::SlipTowardLevel | Situation::SlipAway => Some(AlarmCause::BrakeSlip),
        Situation::SomebodyUnder | Situation::Mismatch => Some(AlarmCause::TableFault),
        Situation::ForeignMotion => Some(AlarmCause::ForeignMotion),
        Situation::DoseUsed => Some(AlarmCause::DoseSpent),
        Situation::JournalLost => Some(AlarmCause::JournalLost),
        Situation::HostSuspended | Situation::LoopLate => Some(AlarmCause::LoopLate),
    }
}
