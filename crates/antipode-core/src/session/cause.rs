//! How and why sessions end, and why they do not begin.

use crate::symptom::Symptom;

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The last bout and the final rest are done, in the rest band.
    Completed,
    /// STOP ended it.
    Stopped,
    /// The person came up early, by choice or by rule.
    Returned,
    /// It did not begin.
    Refused,
    /// A fault of table, sensor or link ended it.
    Fault,
    /// The program died; written at the next start.
    Interrupted,
}

impl Outcome {
    /// Every outcome, in record order.
    pub const ALL: [Self; 6] = [
        Self::Completed,
        Self::Stopped,
        Self::Returned,
        Self::Refused,
        Self::Fault,
        Self::Interrupted,
    ];
}

/// Why a session ended, or why it holds or returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EndCause {
    /// The plan is done.
    PlanDone,
    /// RETURN was pressed.
    ReturnPressed,
    /// STOP was pressed.
    StopPressed,
    /// The STOP loop is open: pressed, or a broken wire.
    StopLoopOpen,
    /// A symptom.
    Symptom(Symptom),
    /// The feet slip.
    FeetSlipping,
    /// No answer to a check-in.
    NoAnswer,
    /// The dead-man switch was let go.
    DeadManReleased,
    /// A pause head-down lasted too long.
    PausedTooLong,
    /// A body measurement is out of range.
    VitalsOut,
    /// A body sensor was lost and the person did not answer.
    VitalsLost,
    /// The head-down time is used up.
    DoseSpent,
    /// The link to the table is lost, or the table does not follow.
    LinkLost,
    /// The table restarted.
    TableRestarted,
    /// Somebody else moved the table.
    ForeignMotion,
    /// The angle is lost, garbage, flat or too old.
    AngleLost,
    /// The two angle sources disagree.
    AnglesDisagree,
    /// The bed is driven and does not turn.
    Stalled,
    /// The drive is too hot.
    Hot,
    /// Mains or supply lost.
    SupplyLost,
    /// One ankle latch says open.
    LatchOpen,
    /// Every ankle latch says open.
    LatchesOpen,
    /// The bed turned without, against or faster than its command.
    Runaway,
    /// The bed turned against its brake.
    BrakeSlip,
    /// The journal cannot be written.
    JournalLost,
    /// The control loop was late.
    LoopLate,
    /// The guard refused the next motion.
    GuardRefused,
    /// The table refused a command.
    TableRefused,
    /// The proof tilt failed: direction, angles or ankles.
    ProofFailed,
    /// The motor's effort in the proof tilt does not fit the weight that was said.
    EffortMismatch,
    /// The start was not completed in time.
    StartNotCompleted,
    /// The program was asked to end.
    ProgramEnding,
    /// The process died.
    ProcessDied,
    /// The table was not heard for so long that the session ended without it: nobody here knows
    /// where the bed is.
    TableNotSeen,
    /// The machine slept.
    HostSuspended,
    /// The table is not what the session was told.
    Mismatch,
}

impl EndCause {
    /// Whether this cause is a fault of table, sensor, link or program rather than a person's
    /// choice or state.
    #[must_use]
    pub const fn outcome(self) -> Outcome {
        match self {
            Self::PlanDone => Outcome::Completed,
            Self::StopPressed => Outcome::Stopped,
            Self::ReturnPressed
            | Self::Symptom(_)
            | Self::FeetSlipping
            | Self::NoAnswer
            | Self::DeadManReleased
            | Self::PausedTooLong
            | Self::VitalsOut
            | Self::VitalsLost
            | Self::DoseSpent
            | Self::ProgramEnding => Outcome::Returned,
            Self::StopLoopOpen
            | Self::LinkLost
            | Self::TableRestarted
            | Self::ForeignMotion
            | Self::AngleLost
            | Self::AnglesDisagree
            | Self::Stalled
            | Self::Hot
            | Self::SupplyLost
            | Self::LatchOpen
            | Self::LatchesOpen
            | Self::Runaway
            | Self::BrakeSlip
            | Self::JournalLost
            | Self::LoopLate
            | Self::GuardRefused
            | Self::TableRefused
            | Self::TableNotSeen
            | Self::HostSuspended
            | Self::Mismatch => Outcome::Fault,
            Self::ProofFailed | Self::EffortMismatch | Self::StartNotCompleted => Outcome::Refused,
            Self::ProcessDied => Outcome::Interrupted,
        }
    }
}

/// Why an act was not taken or a session cannot begin. Never empty (I24).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NotReady {
    /// Only somebody at the table may do this.
    NotLocal,
    /// This means nothing in the present state.
    NotNow,
    /// No link to the table.
    NoLink,
    /// The angle is not known or too old.
    NoAngle,
    /// The bed is not in the rest band.
    NotInRestBand,
    /// STOP is latched.
    StopLatched,
    /// An ankle latch says open.
    LatchOpen,
    /// The table reports a fault.
    TableFault,
    /// The table is not what the session was told.
    TableMismatch,
    /// The person is not confirmed.
    PersonNotConfirmed,
    /// The area is not confirmed clear.
    AreaNotConfirmed,
    /// The buttons have not been tried, or more than ten minutes ago.
    SelfTestNotDone,
    /// The head-down time of today is used up.
    DayDoseUsed,
    /// The date is not certain.
    DateNotCertain,
    /// No hand control answers, and nobody stands by.
    NoHandControl,
    /// The journal cannot be written.
    NoJournal,
    /// The rest after head-down is not over.
    RestNotOver,
    /// The supply is too low for two returns.
    SupplyLow,
    /// The table refused to be armed.
    NotArmed,
    /// Nobody stands by, and the limits are wider than those of a person alone.
    AloneLimits,
    /// Nobody stands by, and the table lacks a part that would replace a spotter.
    AloneTable,
    /// A STOP control of the table is pressed, or its loop is open.
    StopIn,
    /// A dead-man was asked for, and nobody holds it.
    DeadManUp,
}

impl NotReady {
    /// Every reason, in record order.
    pub const ALL: [Self; 23] = [
        Self::NotLocal,
        Self::NotNow,
        Self::NoLink,
        Self::NoAngle,
        Self::NotInRestBand,
        Self::StopLatched,
        Self::LatchOpen,
        Self::TableFault,
        Self::TableMismatch,
        Self::PersonNotConfirmed,
        Self::AreaNotConfirmed,
        Self::SelfTestNotDone,
        Self::DayDoseUsed,
        Self::DateNotCertain,
        Self::NoHandControl,
        Self::NoJournal,
        Self::RestNotOver,
        Self::SupplyLow,
        Self::NotArmed,
        Self::AloneLimits,
        Self::AloneTable,
        Self::StopIn,
        Self::DeadManUp,
    ];
}
