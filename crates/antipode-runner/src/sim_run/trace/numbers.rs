//! Numbers of records and causes, for the hash of a trace and for the monitor.

use antipode_core::session::{EndCause, Outcome};
use antipode_core::step::Record;

/// A number for a record, for the hash of the trace.
pub(in crate::sim_run) fn record_code(record: &Record) -> i64 {
    match *record {
        Record::SessionStart => 1,
        Record::State { from, to } => 0x100 + from as i64 * 16 + to as i64,
        Record::Segment(index) => 0x1_0000 + i64::from(index),
        Record::BoutDone { bout, head_down } => {
            0x2_0000 + i64::from(bout) + head_down.get().cast_signed() * 0x10_0000
        }
        Record::Alarm(cause) => 0x3_0000 + cause as i64,
        Record::AlarmAgain(cause, times) => 0x8_0000 + cause as i64 + i64::from(times) * 0x10_0000,
        Record::Refused(code) => 0x4_0000 + i64::from(code),
        Record::Asked => 2,
        Record::Answered => 3,
        Record::Symptom(symptom, severity, grade) => {
            0x5_0000 + symptom as i64 * 64 + severity as i64 * 8 + grade as i64
        }
        Record::Eased(angle) => 0x6_0000 + i64::from(angle.millideg()) * 0x10_0000,
        Record::Shortened => 4,
        Record::LockedOut => 5,
        Record::SessionEnd { outcome, cause, bouts, head_down } => {
            0x7_0000
                + outcome_number(outcome) * 0x1000
                + i64::from(cause_code(cause))
                + i64::from(bouts) * 0x10_0000
                + head_down.get().cast_signed() * 0x100_0000
        }
    }
}

const fn outcome_number(outcome: Outcome) -> i64 {
    outcome as i64
}

/// A number for an end cause; never 0.
pub(in crate::sim_run) fn cause_code(cause: EndCause) -> u16 {
    match cause {
        EndCause::PlanDone => 1,
        EndCause::ReturnPressed => 2,
        EndCause::StopPressed => 3,
        EndCause::StopLoopOpen => 4,
        EndCause::Symptom(symptom) => 100 + symptom as u16,
        EndCause::FeetSlipping => 6,
        EndCause::NoAnswer => 7,
        EndCause::DeadManReleased => 8,
        EndCause::PausedTooLong => 9,
        EndCause::VitalsOut => 10,
        EndCause::VitalsLost => 11,
        EndCause::DoseSpent => 12,
        EndCause::LinkLost => 13,
        EndCause::TableRestarted => 14,
        EndCause::ForeignMotion => 15,
        EndCause::AngleLost => 16,
        EndCause::AnglesDisagree => 17,
        EndCause::Stalled => 18,
        EndCause::Hot => 19,
        EndCause::SupplyLost => 20,
        EndCause::LatchOpen => 21,
        EndCause::LatchesOpen => 22,
        EndCause::Runaway => 23,
        EndCause::BrakeSlip => 24,
        EndCause::JournalLost => 25,
        EndCause::LoopLate => 26,
        EndCause::GuardRefused => 27,
        EndCause::TableRefused => 28,
        EndCause::ProofFailed => 29,
        EndCause::StartNotCompleted => 30,
        EndCause::ProgramEnding => 31,
        EndCause::ProcessDied => 32,
        EndCause::TableNotSeen => 33,
        EndCause::HostSuspended => 34,
        EndCause::Mismatch => 35,
        EndCause::EffortMismatch => 36,
    }
}
