//! What can be wrong.

/// Something wrong that has an answer of its own.
///
/// The number is the bit of a [`SituationSet`](super::SituationSet).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Situation {
    /// Somebody pressed STOP.
    StopPressed = 0,
    /// The fixed STOP loop is open: stuck or a cut wire (H-21).
    StopLoopOpen = 1,
    /// The link or the host is lost, no STOP (H-01, H-02).
    LinkLost = 2,
    /// The link is lost and STOP was latched.
    LinkLostStopped = 3,
    /// No source of the angle is left (H-04 to H-06).
    AngleLost = 4,
    /// The drive's angle is lost, a second source is good.
    AngleLostSecondGood = 5,
    /// The drive's angle is good, the second source is lost.
    SecondAngleLost = 6,
    /// Two sources contradict each other, both on the same side of level (H-07).
    AnglesDisagreeSameSide = 7,
    /// Two sources contradict each other about the side of level (H-08).
    AnglesDisagreeAcross = 8,
    /// Stalled or over-current on the way down (H-11).
    StalledDown = 9,
    /// Stalled on the way back (H-11).
    StalledBack = 10,
    /// Drive hot, below its hard limit (H-12).
    HotSoft = 11,
    /// Drive too hot to run (H-12).
    HotHard = 12,
    /// Mains lost, battery good (H-13).
    MainsLost = 13,
    /// Supply too low to trust a return (H-13).
    SupplyLow = 14,
    /// All power lost (H-14).
    PowerLost = 15,
    /// The controller restarted and was away for a moment only (H-15, H-16).
    Restarted = 16,
    /// No answer to a check-in, or the dead-man let go (H-24).
    Unanswered = 17,
    /// A vital sign out of its range (H-25).
    VitalsOut = 18,
    /// A symptom that ends the bout.
    Symptom = 19,
    /// One of two latch sensors says open (H-33).
    OneLatchOpen = 20,
    /// Every fitted latch sensor says open (H-33).
    LatchesOpen = 21,
    /// The feet slip, says the person.
    FeetSlip = 22,
    /// Turning without or faster than the command (H-09).
    Runaway = 23,
    /// Turning against the command (I20).
    WrongWay = 24,
    /// The brake slips toward level (H-10).
    SlipTowardLevel = 25,
    /// The brake slips away from level (H-10).
    SlipAway = 26,
    /// A child, a pet or a person under or in the table (H-34).
    SomebodyUnder = 27,
    /// Somebody else moved the table (H-19).
    ForeignMotion = 28,
    /// Head-down time is used up (H-26).
    DoseUsed = 29,
    /// The journal cannot be written (H-37).
    JournalLost = 30,
    /// The host was suspended and woke (H-03).
    HostSuspended = 31,
    /// The control loop came late (H-01).
    LoopLate = 32,
    /// The program is asked to end.
    ProgramEnding = 33,
    /// The hand control no longer answers.
    HandControlLost = 34,
    /// The table answers in a way that its protocol does not allow (H-36).
    Mismatch = 35,
    /// The controller restarted after so long that people may be at work on the bed by hand (H-14).
    RestartedLate = 36,
}

impl Situation {
    /// Every situation, in the order of the numbers.
    pub const ALL: [Self; 37] = [
        Self::StopPressed,
        Self::StopLoopOpen,
        Self::LinkLost,
        Self::LinkLostStopped,
        Self::AngleLost,
        Self::AngleLostSecondGood,
        Self::SecondAngleLost,
        Self::AnglesDisagreeSameSide,
        Self::AnglesDisagreeAcross,
        Self::StalledDown,
        Self::StalledBack,
        Self::HotSoft,
        Self::HotHard,
        Self::MainsLost,
        Self::SupplyLow,
        Self::PowerLost,
        Self::Restarted,
        Self::Unanswered,
        Self::VitalsOut,
        Self::Symptom,
        Self::OneLatchOpen,
        Self::LatchesOpen,
        Self::FeetSlip,
        Self::Runaway,
        Self::WrongWay,
        Self::SlipTowardLevel,
        Self::SlipAway,
        Self::SomebodyUnder,
        Self::ForeignMotion,
        Self::DoseUsed,
        Self::JournalLost,
        Self::HostSuspended,
        Self::LoopLate,
        Self::ProgramEnding,
        Self::HandControlLost,
        Self::Mismatch,
        Self::RestartedLate,
    ];

    /// The bit of a set.
    pub(super) const fn index(self) -> u8 {
        self as u8
    }
}
