//! The words that scenario files may use.

use antipode_core::session::EndCause;
use antipode_core::symptom::Symptom;
use antipode_files::Vocabulary;

use crate::words::cause_key;

/// Every cause with which a session can end; one symptom stands for all of them.
pub const CAUSES: [EndCause; 36] = [
    EndCause::PlanDone,
    EndCause::ReturnPressed,
    EndCause::StopPressed,
    EndCause::StopLoopOpen,
    EndCause::Symptom(Symptom::Unease),
    EndCause::FeetSlipping,
    EndCause::NoAnswer,
    EndCause::DeadManReleased,
    EndCause::PausedTooLong,
    EndCause::VitalsOut,
    EndCause::VitalsLost,
    EndCause::DoseSpent,
    EndCause::LinkLost,
    EndCause::TableRestarted,
    EndCause::ForeignMotion,
    EndCause::AngleLost,
    EndCause::AnglesDisagree,
    EndCause::Stalled,
    EndCause::Hot,
    EndCause::SupplyLost,
    EndCause::LatchOpen,
    EndCause::LatchesOpen,
    EndCause::Runaway,
    EndCause::BrakeSlip,
    EndCause::JournalLost,
    EndCause::LoopLate,
    EndCause::GuardRefused,
    EndCause::TableRefused,
    EndCause::ProofFailed,
    EndCause::EffortMismatch,
    EndCause::StartNotCompleted,
    EndCause::ProgramEnding,
    EndCause::ProcessDied,
    EndCause::TableNotSeen,
    EndCause::HostSuspended,
    EndCause::Mismatch,
];

/// Causes with which a session can end, as scenarios expect them.
pub const END_CAUSES: [&str; 36] = {
    let mut keys = [""; 36];
    let mut index = 0;
    while index < keys.len() {
        keys[index] = cause_key(CAUSES[index]);
        index += 1;
    }
    keys
};

/// What people do in a scenario.
pub const ACTS: &[&str] = &crate::sim_run::scenario::ACTS;
/// What breaks in a scenario.
pub const FAULTS: &[&str] = antipode_sim::faults::FaultKind::NAMES;

/// Every word.
#[must_use]
pub const fn vocabulary() -> Vocabulary<'static> {
    Vocabulary { faults: FAULTS, acts: ACTS, end_causes: &END_CAUSES }
}
