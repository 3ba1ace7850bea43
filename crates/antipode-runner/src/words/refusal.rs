//! Why something is not done now: the rule, its limit, what would change it, whom to ask.

mod clinician;
mod spotter;
mod technician;

use antipode_core::session::NotReady;

/// A refusal in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Short enough to be spoken.
    pub spoken: &'static str,
    /// What was found.
    pub what: &'static str,
    /// What it must be.
    pub limit: &'static str,
    /// What would change it.
    pub change: &'static str,
    /// Whom to ask when that does not help.
    pub ask: &'static str,
}

impl Refusal {
    /// The parts in one line, as sentences.
    #[must_use]
    pub fn sentence(&self) -> String {
        self.sentence_about(self.what)
    }

    /// The same of something that was found and is known more closely.
    pub(super) fn sentence_about(&self, what: &str) -> String {
        let Self { spoken: _, what: _, limit, change, ask } = self;
        let mut letters = what.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}; {limit}. {change} {ask}", letters.as_str())
    }
}

/// The words for a refusal. They are kept by whom to ask when the change named does not help.
#[must_use]
pub const fn refusal(why: NotReady) -> Refusal {
    match why {
        NotReady::NotLocal => spotter::NOT_LOCAL,
        NotReady::NotNow => spotter::NOT_NOW,
        NotReady::NoLink => technician::NO_LINK,
        NotReady::NoAngle => technician::NO_ANGLE,
        NotReady::NotInRestBand => spotter::NOT_IN_REST_BAND,
        NotReady::StopLatched => spotter::STOP_LATCHED,
        NotReady::LatchOpen => technician::LATCH_OPEN,
        NotReady::TableFault => technician::TABLE_FAULT,
        NotReady::TableMismatch => technician::TABLE_MISMATCH,
        NotReady::PersonNotConfirmed => spotter::PERSON_NOT_CONFIRMED,
        NotReady::AreaNotConfirmed => spotter::AREA_NOT_CONFIRMED,
        NotReady::SelfTestNotDone => spotter::SELF_TEST_NOT_DONE,
        NotReady::DayDoseUsed => clinician::DAY_DOSE_USED,
        NotReady::DateNotCertain => technician::DATE_NOT_CERTAIN,
        NotReady::NoHandControl => technician::NO_HAND_CONTROL,
        NotReady::NoJournal => technician::NO_JOURNAL,
        NotReady::RestNotOver => spotter::REST_NOT_OVER,
        NotReady::SupplyLow => technician::SUPPLY_LOW,
        NotReady::NotArmed => technician::NOT_ARMED,
        NotReady::AloneLimits => clinician::ALONE_LIMITS,
        NotReady::AloneTable => technician::ALONE_TABLE,
        NotReady::StopIn => technician::STOP_IN,
        NotReady::DeadManUp => spotter::DEAD_MAN_UP,
    }
}

/// The words for a refusal where no key of the screen takes an answer.
#[must_use]
pub(super) const fn refusal_without_keys(why: NotReady) -> Refusal {
    let whole = refusal(why);
    let change = match why {
        NotReady::NotInRestBand => "Hold the level button until it lies flat.",
        NotReady::StopLatched => "Let STOP go at the table, then confirm there.",
        NotReady::PersonNotConfirmed => "If it is somebody else, start again with --person.",
        NotReady::AreaNotConfirmed => "Clear it, then start the program again.",
        NotReady::StopIn => "Pull every STOP out, confirm at the table, then start again.",
        NotReady::NotLocal
        | NotReady::NotNow
        | NotReady::NoLink
        | NotReady::NoAngle
        | NotReady::LatchOpen
        | NotReady::TableFault
        | NotReady::TableMismatch
        | NotReady::SelfTestNotDone
        | NotReady::DayDoseUsed
        | NotReady::DateNotCertain
        | NotReady::NoHandControl
        | NotReady::NoJournal
        | NotReady::RestNotOver
        | NotReady::SupplyLow
        | NotReady::NotArmed
        | NotReady::AloneLimits
        | NotReady::AloneTable
        | NotReady::DeadManUp => whole.change,
    };
    Refusal { change, ..whole }
}
