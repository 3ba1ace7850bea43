//! Alarms: what is wrong, and what to do first.

use antipode_core::alarm::AlarmCause;
use antipode_safety::Priority;

use super::sleep::{self, may_sleep};

/// What is wrong, in a few words.
#[must_use]
pub fn alarm(cause: AlarmCause) -> &'static str {
    match cause {
        AlarmCause::StoppedHeadDown => "stopped head-down",
        AlarmCause::LinkLost => "no word from the table",
        AlarmCause::AngleUnknown => "tilt not known",
        AlarmCause::AnglesDisagree => "tilt sensors disagree",
        AlarmCause::AnglesDrift => "tilt sensors drift apart",
        AlarmCause::Stalled => "motor runs, bed does not turn",
        AlarmCause::Hot => "drive hot or not fit",
        AlarmCause::Supply if may_sleep() => sleep::WHAT,
        AlarmCause::Supply => "power low or on battery",
        AlarmCause::NoAnswer => "no answer from the person",
        AlarmCause::VitalsOut => "body measurement out of range",
        AlarmCause::VitalsLost => "body sensor silent",
        AlarmCause::LatchOpen => "ankle latch open",
        AlarmCause::Runaway => "bed moves on its own",
        AlarmCause::BrakeSlip => "brake does not hold",
        AlarmCause::JournalLost => "record cannot be written",
        AlarmCause::CannotMove => "table cannot come up by itself",
        AlarmCause::Restarted => "table restarted",
        AlarmCause::ForeignMotion => "somebody else moves the table",
        AlarmCause::LoopLate => "computer too slow",
        AlarmCause::DoseSpent => "head-down time used up",
        AlarmCause::CallContact => "still no answer: call for help",
        AlarmCause::RedFlag => "warning sign reported",
        AlarmCause::FeetSlipping => "feet slipping",
        AlarmCause::TableFault => "the table reports a fault",
        AlarmCause::RuleActs => "a rule ends the stay",
        AlarmCause::StopStuck => "STOP pressed for ten minutes",
        AlarmCause::LeftStrapped => "session over, ankles still held, nobody answers",
    }
}

/// What whoever stands by does first.
#[must_use]
pub fn alarm_todo(cause: AlarmCause) -> &'static str {
    match cause {
        AlarmCause::StoppedHeadDown => "Hold RETURN to bring the person up.",
        AlarmCause::LinkLost | AlarmCause::Restarted => {
            "Watch the bed. If it stays head-down, bring it up by hand."
        }
        AlarmCause::AngleUnknown | AlarmCause::AnglesDisagree => {
            "Look at the bed, not the screen, while it comes up."
        }
        AlarmCause::AnglesDrift => "Have the tilt sensors checked before the next session.",
        AlarmCause::Stalled | AlarmCause::CannotMove => "Bring the bed up by hand now.",
        AlarmCause::Hot => "Let it cool; if cold, have it checked.",
        AlarmCause::Supply if may_sleep() => sleep::TODO,
        AlarmCause::Supply => "Check the plug. The table comes up while it can.",
        AlarmCause::NoAnswer => "Speak to the person. Touch a shoulder.",
        AlarmCause::VitalsOut => "Look at the person and ask how they feel.",
        AlarmCause::VitalsLost => "Check how the sensor sits.",
        AlarmCause::LatchOpen | AlarmCause::FeetSlipping => {
            "Hold the person's legs. Close the ankle hold."
        }
        AlarmCause::Runaway | AlarmCause::BrakeSlip => {
            "Keep clear, hold the bed if you can, cut power."
        }
        AlarmCause::JournalLost => "Finish this session. Make room on the disk.",
        AlarmCause::ForeignMotion => "Put other remote controls away.",
        AlarmCause::LoopLate => "Close other programs before the next session.",
        AlarmCause::DoseSpent => "Nothing: the table comes up by itself.",
        AlarmCause::CallContact => "Call for help now.",
        AlarmCause::RedFlag => "Do not use the table again. Get emergency help now.",
        AlarmCause::TableFault => "Have the table checked before the next session.",
        AlarmCause::StopStuck => {
            "Let STOP go, or pull it out. If it stays, have its wire checked; hold RETURN to come up."
        }
        AlarmCause::LeftStrapped => "Speak to the person. Press any button, then help them off.",
        AlarmCause::RuleActs => "Look at the person. The reason is shown.",
    }
}

/// Whether [`alarm_todo`] is still to be done once the cause has gone. RETURN is not to be held on
/// a bed that is level again; what a person felt, or did not answer, is not over with the motion.
#[must_use]
pub const fn alarm_todo_remains(cause: AlarmCause) -> bool {
    match cause {
        AlarmCause::AnglesDrift
        | AlarmCause::Hot
        | AlarmCause::NoAnswer
        | AlarmCause::VitalsOut
        | AlarmCause::JournalLost
        | AlarmCause::ForeignMotion
        | AlarmCause::LoopLate
        | AlarmCause::CallContact
        | AlarmCause::RedFlag
        | AlarmCause::TableFault
        | AlarmCause::RuleActs => true,
        AlarmCause::StoppedHeadDown
        | AlarmCause::LinkLost
        | AlarmCause::Restarted
        | AlarmCause::AngleUnknown
        | AlarmCause::AnglesDisagree
        | AlarmCause::Stalled
        | AlarmCause::CannotMove
        | AlarmCause::Supply
        | AlarmCause::VitalsLost
        | AlarmCause::LatchOpen
        | AlarmCause::FeetSlipping
        | AlarmCause::Runaway
        | AlarmCause::BrakeSlip
        | AlarmCause::DoseSpent
        | AlarmCause::StopStuck
        | AlarmCause::LeftStrapped => false,
    }
}

/// The word for an alarm in documents and scenarios.
#[must_use]
pub const fn alarm_key(cause: AlarmCause) -> &'static str {
    match cause {
        AlarmCause::StoppedHeadDown => "stopped_head_down",
        AlarmCause::LinkLost => "link_lost",
        AlarmCause::AngleUnknown => "angle_unknown",
        AlarmCause::AnglesDisagree => "angles_disagree",
        AlarmCause::AnglesDrift => "angles_drift",
        AlarmCause::Stalled => "stalled",
        AlarmCause::Hot => "hot",
        AlarmCause::Supply => "supply",
        AlarmCause::NoAnswer => "no_answer",
        AlarmCause::VitalsOut => "vitals_out",
        AlarmCause::VitalsLost => "vitals_lost",
        AlarmCause::LatchOpen => "latch_open",
        AlarmCause::Runaway => "runaway",
        AlarmCause::BrakeSlip => "brake_slip",
        AlarmCause::JournalLost => "journal_lost",
        AlarmCause::CannotMove => "cannot_move",
        AlarmCause::Restarted => "restarted",
        AlarmCause::ForeignMotion => "foreign_motion",
        AlarmCause::LoopLate => "loop_late",
        AlarmCause::DoseSpent => "dose_spent",
        AlarmCause::CallContact => "call_contact",
        AlarmCause::RedFlag => "red_flag",
        AlarmCause::FeetSlipping => "feet_slipping",
        AlarmCause::TableFault => "table_fault",
        AlarmCause::RuleActs => "rule_acts",
        AlarmCause::StopStuck => "stop_stuck",
        AlarmCause::LeftStrapped => "left_strapped",
    }
}

/// How urgent, as a word.
#[must_use]
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::None => "no alarm",
        Priority::Low => "low",
        Priority::Medium => "medium",
        Priority::High => "HIGH",
    }
}

/// How urgent, as a shape that needs no colour: more marks, more urgent.
#[must_use]
pub const fn priority_shape(priority: Priority) -> &'static str {
    match priority {
        Priority::None => "   ",
        Priority::Low => "!  ",
        Priority::Medium => "!! ",
        Priority::High => "!!!",
    }
}

/// The alarm of that word in a document, in a few words; a word that a newer program wrote as it
/// stands.
#[must_use]
pub fn alarm_of_key(key: &str) -> &str {
    let cause = AlarmCause::ALL.into_iter().find(|cause| alarm_key(*cause) == key);
    cause.map(alarm).unwrap_or(key)
}
