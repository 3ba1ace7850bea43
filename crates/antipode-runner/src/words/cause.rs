//! Why and how sessions end.

use antipode_core::session::{EndCause, Outcome};

use super::sleep::{self, may_sleep};
use super::symptom;
use crate::vocabulary::CAUSES;

/// Why a session holds, comes up or ended, to be read. Not to be spoken: it may name a symptom.
#[must_use]
pub fn cause(cause: EndCause) -> String {
    let text = match cause {
        EndCause::PlanDone => "the plan is done",
        EndCause::ReturnPressed => "RETURN was pressed",
        EndCause::StopPressed => "STOP was pressed",
        EndCause::StopLoopOpen => "the table's STOP circuit is open: pressed, or a broken wire",
        EndCause::Symptom(what) => return format!("you reported {}", symptom::symptom(what)),
        EndCause::FeetSlipping => "the feet are slipping",
        EndCause::NoAnswer => "nobody answered the question",
        EndCause::DeadManReleased => "the hold button was let go",
        EndCause::PausedTooLong => "a pause head-down lasts 30 seconds at most",
        EndCause::VitalsOut => "a body measurement is outside its range",
        EndCause::VitalsLost => "a body sensor went silent and nobody answered",
        EndCause::DoseSpent => "the head-down time is used up",
        EndCause::LinkLost => "no word from the table",
        EndCause::TableRestarted => "the table restarted",
        EndCause::ForeignMotion => "somebody else moved the table",
        EndCause::AngleLost => "the tilt is not known",
        EndCause::AnglesDisagree => "the two tilt sensors disagree",
        EndCause::Stalled => "the motor runs and the bed does not turn",
        EndCause::Hot => "the drive must not run (too hot, or not set to stop by itself)",
        EndCause::SupplyLost if may_sleep() => sleep::CAUSE,
        EndCause::SupplyLost => "the power supply is lost or low",
        EndCause::LatchOpen => "one ankle latch says open",
        EndCause::LatchesOpen => "every ankle latch says open",
        EndCause::Runaway => "the bed moved without or against its command",
        EndCause::BrakeSlip => "the brake does not hold",
        EndCause::JournalLost => "the record cannot be written",
        EndCause::LoopLate => "this computer was too slow for a moment",
        EndCause::GuardRefused => "the next motion would have gone past a limit",
        EndCause::TableRefused => "the table did not accept a command",
        EndCause::ProofFailed => "the small test tilt did not go as it must",
        EndCause::EffortMismatch => {
            "the motor's effort does not fit this weight: check height setting and weight"
        }
        EndCause::StartNotCompleted => "the start was not completed",
        EndCause::ProgramEnding => "the program was asked to end",
        EndCause::ProcessDied => "the program ended without a word",
        EndCause::TableNotSeen => {
            "no word from the table for five minutes; nobody here knows where the bed is, so go and \
             look, and bring it level with its own RETURN button or by hand"
        }
        EndCause::HostSuspended => "this computer went to sleep",
        EndCause::Mismatch => "the table is not the one that this program was told of",
    };
    text.to_owned()
}

/// What is spoken when the table comes up, and why as far as others may hear it.
pub(super) const fn coming_up(cause: EndCause) -> &'static str {
    match cause {
        EndCause::PlanDone => "All done. Coming up now.",
        EndCause::ReturnPressed => "Bringing you up now.",
        EndCause::Symptom(_) | EndCause::VitalsOut | EndCause::VitalsLost => {
            "Thank you for telling us. Coming up now. Breathe slowly."
        }
        EndCause::FeetSlipping => "Coming up slowly now. Keep your feet pulled up.",
        EndCause::NoAnswer => "No answer heard, so we are coming up now.",
        EndCause::DeadManReleased => "The button was let go. Coming up now.",
        EndCause::PausedTooLong => "Long enough paused head-down. Coming up now.",
        EndCause::DoseSpent => "Time head-down is used up. Coming up now.",
        EndCause::LatchOpen | EndCause::LatchesOpen => {
            "Check the ankle hold. Coming up slowly now."
        }
        EndCause::ProgramEnding | EndCause::ProcessDied => "The program is ending. Coming up now.",
        EndCause::StopPressed
        | EndCause::StopLoopOpen
        | EndCause::LinkLost
        | EndCause::TableRestarted
        | EndCause::ForeignMotion
        | EndCause::AngleLost
        | EndCause::AnglesDisagree
        | EndCause::Stalled
        | EndCause::Hot
        | EndCause::SupplyLost
        | EndCause::Runaway
        | EndCause::BrakeSlip
        | EndCause::JournalLost
        | EndCause::LoopLate
        | EndCause::GuardRefused
        | EndCause::TableRefused
        | EndCause::ProofFailed
        | EndCause::EffortMismatch
        | EndCause::StartNotCompleted
        | EndCause::TableNotSeen
        | EndCause::HostSuspended
        | EndCause::Mismatch => "Something is not right. Coming up now.",
    }
}

/// The word for a cause in documents and scenarios.
#[must_use]
pub const fn cause_key(cause: EndCause) -> &'static str {
    match cause {
        EndCause::PlanDone => "plan_done",
        EndCause::ReturnPressed => "return_pressed",
        EndCause::StopPressed => "stop_pressed",
        EndCause::StopLoopOpen => "stop_loop_open",
        EndCause::Symptom(_) => "symptom",
        EndCause::FeetSlipping => "feet_slipping",
        EndCause::NoAnswer => "no_answer",
        EndCause::DeadManReleased => "dead_man_released",
        EndCause::PausedTooLong => "paused_too_long",
        EndCause::VitalsOut => "vitals_out",
        EndCause::VitalsLost => "vitals_lost",
        EndCause::DoseSpent => "dose_spent",
        EndCause::LinkLost => "link_lost",
        EndCause::TableRestarted => "table_restarted",
        EndCause::ForeignMotion => "foreign_motion",
        EndCause::AngleLost => "angle_lost",
        EndCause::AnglesDisagree => "angles_disagree",
        EndCause::Stalled => "stalled",
        EndCause::Hot => "hot",
        EndCause::SupplyLost => "supply_lost",
        EndCause::LatchOpen => "latch_open",
        EndCause::LatchesOpen => "latches_open",
        EndCause::Runaway => "runaway",
        EndCause::BrakeSlip => "brake_slip",
        EndCause::JournalLost => "journal_lost",
        EndCause::LoopLate => "loop_late",
        EndCause::GuardRefused => "guard_refused",
        EndCause::TableRefused => "table_refused",
        EndCause::ProofFailed => "proof_failed",
        EndCause::EffortMismatch => "effort_mismatch",
        EndCause::StartNotCompleted => "start_not_completed",
        EndCause::ProgramEnding => "program_ending",
        EndCause::ProcessDied => "process_died",
        EndCause::TableNotSeen => "table_not_seen",
        EndCause::HostSuspended => "host_suspended",
        EndCause::Mismatch => "mismatch",
    }
}

/// The cause of that word in a document, to be read; a word that a newer program wrote as it
/// stands. A document does not name the symptom.
#[must_use]
pub fn cause_of_key(key: &str) -> String {
    match CAUSES.into_iter().find(|cause| cause_key(*cause) == key) {
        Some(EndCause::Symptom(_)) => "the person reported a symptom".to_owned(),
        Some(known) => cause(known),
        None => key.to_owned(),
    }
}

/// How a session ended, in a word or two.
#[must_use]
pub const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Stopped => "stopped",
        Outcome::Returned => "came up early",
        Outcome::Refused => "did not begin",
        Outcome::Fault => "ended by a fault",
        Outcome::Interrupted => "interrupted",
    }
}

/// The word for an outcome in documents and scenarios.
#[must_use]
pub const fn outcome_key(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "completed",
        Outcome::Stopped => "stopped",
        Outcome::Returned => "returned",
        Outcome::Refused => "refused",
        Outcome::Fault => "fault",
        Outcome::Interrupted => "interrupted",
    }
}

/// The outcome of that word in a document, in a word or two.
#[must_use]
pub fn outcome_of_key(key: &str) -> &str {
    let known = Outcome::ALL.into_iter().find(|outcome| outcome_key(*outcome) == key);
    known.map(outcome).unwrap_or(key)
}

/// What is said at the end. Neutral: ending early is no less than completing.
#[must_use]
pub const fn outcome_sentence(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Completed => "The session is over. Stay lying down for a moment.",
        Outcome::Stopped => "Stopped. The session is over.",
        Outcome::Returned => "You are up. The session is over.",
        Outcome::Refused => "The session did not begin.",
        Outcome::Fault => "The session is over. Have the table checked first.",
        Outcome::Interrupted => "The last session was cut off.",
    }
}
