//! Refusals that may need work on the table or its host: whoever looks after it is asked.

use super::Refusal;

const ASK: &str = "If it stays, ask whoever looks after the table.";

pub(super) const NO_LINK: Refusal = Refusal {
    spoken: "The table does not answer yet. Please wait.",
    what: "there is no connection to the table",
    limit: "it must answer before anything moves",
    change: "Check its power and cable.",
    ask: ASK,
};

pub(super) const NO_ANGLE: Refusal = Refusal {
    spoken: "The table does not say its tilt yet. Please wait.",
    what: "the tilt is not known or too old",
    limit: "it must not be older than 1.2 seconds",
    change: "Check the tilt sensor and its cable.",
    ask: ASK,
};

pub(super) const LATCH_OPEN: Refusal = Refusal {
    spoken: "Close the ankle hold first.",
    what: "an ankle latch says open",
    limit: "every latch must say closed",
    change: "Close both sides until they click.",
    ask: ASK,
};

pub(super) const TABLE_FAULT: Refusal = Refusal {
    spoken: "The table reports a fault.",
    what: "the table's own controller reports a fault",
    limit: "no session begins with a fault",
    // A guardian that nobody needs leaves, and the next one begins without what this one has latched.
    change: "Lying flat, switch the table off and on; without a controller of its own: quit, wait ten seconds.",
    ask: ASK,
};

pub(super) const TABLE_MISMATCH: Refusal = Refusal {
    spoken: "This is not the table that was set up.",
    what: "the table says other things of itself than its file does",
    limit: "its sensors, speeds and range must be as they were set up",
    change: "Check which table is connected, and its file.",
    ask: ASK,
};

pub(super) const DATE_NOT_CERTAIN: Refusal = Refusal {
    spoken: "The date of this machine is not certain.",
    what: "the clock is earlier than the last record",
    limit: "the limit of a day needs a certain date",
    change: "Set the clock, then confirm the date.",
    ask: ASK,
};

pub(super) const NO_HAND_CONTROL: Refusal = Refusal {
    spoken: "No hand control answers, and nobody stands by.",
    what: "no hand control answers",
    limit: "alone, one must be within reach",
    change: "Plug it in, or ask somebody to stand by.",
    ask: ASK,
};

pub(super) const NO_JOURNAL: Refusal = Refusal {
    spoken: "This session cannot be recorded.",
    what: "the record cannot be written",
    limit: "nothing moves without a record",
    change: "Make room on the disk, then try again.",
    ask: ASK,
};

pub(super) const SUPPLY_LOW: Refusal = Refusal {
    spoken: "The battery is too low today.",
    what: "the supply is too low",
    limit: "it must be enough for two ways back",
    change: "Charge or plug in the table.",
    ask: ASK,
};

pub(super) const NOT_ARMED: Refusal = Refusal {
    spoken: "The table does not accept the start.",
    what: "the table did not accept the start",
    limit: "it must accept before anything moves",
    change: "Try to start once more.",
    ask: ASK,
};

pub(super) const ALONE_TABLE: Refusal = Refusal {
    spoken: "Nobody may be on this table alone.",
    what: "the table lacks a part that would replace whoever stands by",
    limit: "it must come up by itself, see its ankle latches, and let you out of STOP",
    change: "Have somebody stand by.",
    ask: ASK,
};

pub(super) const STOP_IN: Refusal = Refusal {
    spoken: "STOP is still pressed. Let it go first.",
    what: "a STOP button is pressed, or its wire is broken",
    limit: "the buttons are tried only when every STOP is out",
    change: "Pull every STOP out, confirm (k), then start the program again.",
    ask: ASK,
};
