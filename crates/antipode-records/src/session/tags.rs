//! The numbers that stand for closed lists. A number never changes its meaning: every journal
//! already written says so. A new entry gets the next free number.

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, JournalEvent, LinkEvent, Source, StopEvent};
use antipode_core::plan::Cue;
use antipode_core::session::{Outcome, StateKind};
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_safety::{Fault, Layer, Setting};

use super::wire::{DecodeError, In, Out};

/// A list of which each entry has a number of its own.
pub(crate) trait Tagged: Copy + 'static {
    /// Every entry, at the place of its number.
    const ALL: &'static [Self];
    /// What an entry is called in an error.
    const WHAT: &'static str;

    fn tag(self) -> u8;

    fn put(self, out: &mut Out) {
        out.u8(self.tag());
    }
}

pub(crate) fn take<T: Tagged>(from: &mut In<'_>) -> Result<T, DecodeError> {
    let tag = from.u8()?;
    let found = T::ALL.get(usize::from(tag)).copied();
    found.ok_or(DecodeError::Tag { what: T::WHAT, tag: tag.into() })
}

/// Numbers a list. The match is what makes a new entry impossible to forget.
macro_rules! tagged {
    ($type:ident, $what:literal, $($entry:ident = $tag:literal),+ $(,)?) => {
        impl Tagged for $type {
            const ALL: &'static [Self] = &[$(Self::$entry),+];
            const WHAT: &'static str = $what;

            fn tag(self) -> u8 {
                match self {
                    $(Self::$entry => $tag),+
                }
            }
        }
    };
}

tagged! {
    Source, "source",
    Hand = 0,
    Terminal = 1,
    Network = 2,
    Signal = 3,
}

tagged! {
    Act, "act",
    ConfirmPerson = 0,
    ConfirmAreaClear = 1,
    Start = 2,
    Return = 3,
    HoldReturn = 4,
    Pause = 5,
    Resume = 6,
    Ok = 7,
    No = 8,
    Easier = 9,
    Shorter = 10,
    DeadManHeld = 11,
    DeadManReleased = 12,
    HoldLower = 13,
    HoldUpright = 14,
    HoldLevel = 15,
    AcknowledgeAlarms = 16,
    SilenceAlarms = 17,
    FeetSlipping = 18,
}

tagged! {
    StopEvent, "word of the STOP lane",
    Pressed = 0,
    Released = 1,
    Acknowledged = 2,
}

tagged! {
    LinkEvent, "word of the link",
    Connected = 0,
    Armed = 1,
    Refused = 2,
    Lost = 3,
    Restarted = 4,
    Foreign = 5,
    Mismatch = 6,
}

tagged! {
    JournalEvent, "word of the journal",
    StartDurable = 0,
    Failed = 1,
    Recovered = 2,
}

tagged! {
    Fault, "fault",
    AngleInvalid = 0,
    AngleDisagrees = 1,
    StallDown = 2,
    StallBack = 3,
    OverCurrent = 4,
    HotSoft = 5,
    HotHard = 6,
    MainsLost = 7,
    SupplyLow = 8,
    OneLatchOpen = 9,
    LatchesOpen = 10,
    Runaway = 11,
    BrakeSlip = 12,
    StopLoopOpen = 13,
    Restarted = 14,
    LeaseExpired = 15,
}

tagged! {
    Symptom, "symptom",
    HeadPressure = 0,
    Headache = 1,
    AnklePain = 2,
    MorePain = 3,
    Dizziness = 4,
    Nausea = 5,
    Unease = 6,
    EarPain = 7,
    Sweating = 8,
    BlurredVision = 9,
    VisionLoss = 10,
    Numbness = 11,
    Weakness = 12,
    ChestPain = 13,
    Palpitations = 14,
    Breathless = 15,
    SpeechTrouble = 16,
}

tagged! {
    Severity, "severity",
    Mild = 0,
    Moderate = 1,
    Severe = 2,
}

tagged! {
    Grade, "grade of a symptom",
    Ease = 0,
    Rest = 1,
    End = 2,
    EndAndLockOut = 3,
}

tagged! {
    StateKind, "state",
    Connecting = 0,
    SelfTest = 1,
    Ready = 2,
    Starting = 3,
    Proof = 4,
    Running = 5,
    Paused = 6,
    Returning = 7,
    Held = 8,
    Stopped = 9,
    Closing = 10,
    Finished = 11,
    Attended = 12,
}

tagged! {
    Outcome, "outcome",
    Completed = 0,
    Stopped = 1,
    Returned = 2,
    Refused = 3,
    Fault = 4,
    Interrupted = 5,
}

tagged! {
    AlarmCause, "alarm",
    StoppedHeadDown = 0,
    LinkLost = 1,
    AngleUnknown = 2,
    AnglesDisagree = 3,
    AnglesDrift = 4,
    Stalled = 5,
    Hot = 6,
    Supply = 7,
    NoAnswer = 8,
    VitalsOut = 9,
    VitalsLost = 10,
    LatchOpen = 11,
    Runaway = 12,
    BrakeSlip = 13,
    JournalLost = 14,
    CannotMove = 15,
    Restarted = 16,
    ForeignMotion = 17,
    LoopLate = 18,
    DoseSpent = 19,
    CallContact = 20,
    RedFlag = 21,
    FeetSlipping = 22,
    TableFault = 23,
    RuleActs = 24,
    StopStuck = 25,
    LeftStrapped = 26,
}

tagged! {
    Cue, "cue",
    BreatheSlowly = 0,
    RelaxShoulders = 1,
    ArmsBesideBody = 2,
    LookAtOnePoint = 3,
    FeelYourFeet = 4,
    NoticeYourLegs = 5,
    HalfWay = 6,
    LastBoutNext = 7,
}

tagged! {
    Setting, "setting",
    Home = 0,
    Clinic = 1,
}

tagged! {
    Layer, "layer",
    Hard = 0,
    Site = 1,
    Table = 2,
    Person = 3,
    Clearance = 4,
    Day = 5,
    Plan = 6,
    Session = 7,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check<T: Tagged + PartialEq + core::fmt::Debug>(all: &[T]) {
        assert_eq!(T::ALL, all, "in record order");
        for (at, entry) in all.iter().enumerate() {
            assert_eq!(usize::from(entry.tag()), at, "{entry:?}");
            let mut out = Out::new();
            entry.put(&mut out);
            assert_eq!(take::<T>(&mut In(&out.finish())), Ok(*entry));
        }
        let beyond = all.len() as u8;
        let wrong = DecodeError::Tag { what: T::WHAT, tag: beyond.into() };
        assert_eq!(take::<T>(&mut In(&[beyond])), Err(wrong));
        assert_eq!(take::<T>(&mut In(&[])), Err(DecodeError::Short));
    }

    #[test]
    fn every_entry_reads_back_and_stands_at_its_number() {
        check(&Source::ALL);
        check(&Act::ALL);
        check(&Symptom::ALL);
        check(&Severity::ALL);
        check(&StateKind::ALL);
        check(&Outcome::ALL);
        check(&AlarmCause::ALL);
        check(&Cue::ALL);
        check(<StopEvent as Tagged>::ALL);
        check(<LinkEvent as Tagged>::ALL);
        check(<JournalEvent as Tagged>::ALL);
        check(<Grade as Tagged>::ALL);
        check(<Setting as Tagged>::ALL);
        check(<Layer as Tagged>::ALL);
    }
}
