//! Why something is not done now: the rule, its limit, what would change it, whom to ask.

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
        let Self { spoken: _, what, limit, change, ask } = self;
        let mut letters = what.chars();
        let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
        format!("{first}{}; {limit}. {change} {ask}", letters.as_str())
    }
}

const TECHNICIAN: &str = "If it stays, ask whoever looks after the table.";
const SPOTTER: &str = "If unsure, ask the person standing by.";
const CLINICIAN: &str = "Ask your physiotherapist or doctor.";

/// The words for a refusal.
#[must_use]
pub const fn refusal(why: NotReady) -> Refusal {
    let (spoken, what, limit, change, ask) = match why {
        NotReady::NotLocal => (
            "Only somebody at the table may do that.",
            "that came from another machine",
            "motion starts only from the table's own controls",
            "Press it at the table.",
            SPOTTER,
        ),
        NotReady::NotNow => (
            "That does nothing right now.",
            "what was pressed is for another moment of the session",
            "STOP and RETURN work at every moment",
            "Wait for the question that it answers.",
            SPOTTER,
        ),
        NotReady::NoLink => (
            "The table does not answer yet. Please wait.",
            "there is no connection to the table",
            "it must answer before anything moves",
            "Check its power and cable.",
            TECHNICIAN,
        ),
        NotReady::NoAngle => (
            "The table does not say its tilt yet. Please wait.",
            "the tilt is not known or too old",
            "it must not be older than 1.2 seconds",
            "Check the tilt sensor and its cable.",
            TECHNICIAN,
        ),
        NotReady::NotInRestBand => (
            "The bed must lie flat first.",
            "the bed is not in the rest band",
            "a session starts between 10 degrees head-up and level",
            "Hold the level button (l) until it lies flat.",
            SPOTTER,
        ),
        NotReady::StopLatched => (
            "STOP is pressed. Let it go, then confirm.",
            "STOP is latched",
            "nothing moves until it is let go and confirmed",
            "Let STOP go (x), then confirm (k).",
            SPOTTER,
        ),
        NotReady::LatchOpen => (
            "Close the ankle hold first.",
            "an ankle latch says open",
            "every latch must say closed",
            "Close both sides until they click.",
            TECHNICIAN,
        ),
        NotReady::TableFault => (
            "The table reports a fault.",
            "the table's own controller reports a fault",
            "no session begins with a fault",
            "Switch the table off and on, lying flat.",
            TECHNICIAN,
        ),
        NotReady::TableMismatch => (
            "This is not the table that was set up.",
            "the table says other things of itself than its file does",
            "its sensors, speeds and range must be as they were set up",
            "Check which table is connected, and its file.",
            TECHNICIAN,
        ),
        NotReady::PersonNotConfirmed => (
            "Say first who is on the table.",
            "nobody has confirmed who is on the table",
            "limits are those of one person",
            "Answer y if it is the person named. After n, start again with --person.",
            SPOTTER,
        ),
        NotReady::AreaNotConfirmed => (
            "Look around and under the table first.",
            "nobody has confirmed that the space is clear",
            "nothing may be under or beside the bed",
            "Clear it, then answer y. After n, start the program again first.",
            SPOTTER,
        ),
        NotReady::SelfTestNotDone => (
            "Try the buttons first.",
            "STOP and RETURN have not been tried, or too long ago",
            "a test counts for 10 minutes",
            "Press each of them once when asked.",
            SPOTTER,
        ),
        NotReady::DayDoseUsed => (
            "Not today any more. Tomorrow is fine.",
            "the head-down time of today is used up",
            "the limit of a day is shown on the screen",
            "Come back tomorrow.",
            CLINICIAN,
        ),
        NotReady::DateNotCertain => (
            "The date of this machine is not certain.",
            "the clock is earlier than the last record",
            "the limit of a day needs a certain date",
            "Set the clock, then confirm the date.",
            TECHNICIAN,
        ),
        NotReady::NoHandControl => (
            "No hand control answers, and nobody stands by.",
            "no hand control answers",
            "alone, one must be within reach",
            "Plug it in, or ask somebody to stand by.",
            TECHNICIAN,
        ),
        NotReady::NoJournal => (
            "This session cannot be recorded.",
            "the record cannot be written",
            "nothing moves without a record",
            "Make room on the disk, then try again.",
            TECHNICIAN,
        ),
        NotReady::RestNotOver => (
            "Rest a little longer first.",
            "the rest after head-down is not over",
            "it lasts at least one minute",
            "Wait for the countdown on the screen.",
            SPOTTER,
        ),
        NotReady::SupplyLow => (
            "The battery is too low today.",
            "the supply is too low",
            "it must be enough for two ways back",
            "Charge or plug in the table.",
            TECHNICIAN,
        ),
        NotReady::NotArmed => (
            "The table does not accept the start.",
            "the table did not accept the start",
            "it must accept before anything moves",
            "Try to start once more.",
            TECHNICIAN,
        ),
        NotReady::AloneLimits => (
            "Alone, this tilt or time is too much.",
            "nobody stands by, and the limits are wider than for a person alone",
            "alone it is 20 degrees, 2 minutes a stay and 6 minutes a day",
            "Start again with `--alone`, or with somebody standing by.",
            CLINICIAN,
        ),
        NotReady::AloneTable => (
            "Nobody may be on this table alone.",
            "the table lacks a part that would replace whoever stands by",
            "it must come up by itself, see its ankle latches, and let you out of STOP",
            "Have somebody stand by.",
            TECHNICIAN,
        ),
        NotReady::StopIn => (
            "STOP is still pressed. Let it go first.",
            "a STOP button is pressed, or its wire is broken",
            "the buttons are tried only when every STOP is out",
            "Pull every STOP out, confirm (k), then start the program again.",
            TECHNICIAN,
        ),
        NotReady::DeadManUp => (
            "Hold OK on the hand control first.",
            "nobody holds OK on the hand control",
            "this session tilts only while it is held",
            "Hold it down, then start.",
            SPOTTER,
        ),
    };
    Refusal { spoken, what, limit, change, ask }
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
