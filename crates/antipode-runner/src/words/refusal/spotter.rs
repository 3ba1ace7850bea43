//! Refusals that somebody at the table can lift. Who is unsure asks the person standing by.

use super::Refusal;

const ASK: &str = "If unsure, ask the person standing by.";

pub(super) const NOT_LOCAL: Refusal = Refusal {
    spoken: "Only somebody at the table may do that.",
    what: "that came from another machine",
    limit: "motion starts only from the table's own controls",
    change: "Press it at the table.",
    ask: ASK,
};

pub(super) const NOT_NOW: Refusal = Refusal {
    spoken: "That does nothing right now.",
    what: "what was pressed is for another moment of the session",
    limit: "STOP and RETURN work at every moment",
    change: "Wait for the question that it answers.",
    ask: ASK,
};

pub(super) const NOT_IN_REST_BAND: Refusal = Refusal {
    spoken: "The bed must lie flat first.",
    what: "the bed is not in the rest band",
    limit: "a session starts between 10 degrees head-up and level",
    change: "Hold the level button (l) until it lies flat.",
    ask: ASK,
};

pub(super) const STOP_LATCHED: Refusal = Refusal {
    spoken: "STOP is pressed. Let it go, then confirm.",
    what: "STOP is latched",
    limit: "nothing moves until it is let go and confirmed",
    change: "Let STOP go (x), then confirm (k).",
    ask: ASK,
};

pub(super) const PERSON_NOT_CONFIRMED: Refusal = Refusal {
    spoken: "Say first who is on the table.",
    what: "nobody has confirmed who is on the table",
    limit: "limits are those of one person",
    change: "Answer y if it is the person named. After n, start again with --person.",
    ask: ASK,
};

pub(super) const AREA_NOT_CONFIRMED: Refusal = Refusal {
    spoken: "Look around and under the table first.",
    what: "nobody has confirmed that the space is clear",
    limit: "nothing may be under or beside the bed",
    change: "Clear it, then answer y. After n, start the program again first.",
    ask: ASK,
};

pub(super) const SELF_TEST_NOT_DONE: Refusal = Refusal {
    spoken: "Try the buttons first.",
    what: "STOP and RETURN have not been tried, or too long ago",
    limit: "a test counts for 10 minutes",
    change: "Press each of them once when asked.",
    ask: ASK,
};

pub(super) const REST_NOT_OVER: Refusal = Refusal {
    spoken: "Rest a little longer first.",
    what: "the rest after head-down is not over",
    limit: "it lasts at least one minute",
    change: "Wait for the countdown on the screen.",
    ask: ASK,
};

pub(super) const DEAD_MAN_UP: Refusal = Refusal {
    spoken: "Hold OK on the hand control first.",
    what: "nobody holds OK on the hand control",
    limit: "this session tilts only while it is held",
    change: "Hold it down, then start.",
    ask: ASK,
};
