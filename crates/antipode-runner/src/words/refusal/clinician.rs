//! Refusals by what one person may have: a physiotherapist or doctor is asked.

use super::Refusal;

const ASK: &str = "Ask your physiotherapist or doctor.";

pub(super) const DAY_DOSE_USED: Refusal = Refusal {
    spoken: "Not today any more. Tomorrow is fine.",
    what: "the head-down time of today is used up",
    limit: "the limit of a day is shown on the screen",
    change: "Come back tomorrow.",
    ask: ASK,
};

pub(super) const ALONE_LIMITS: Refusal = Refusal {
    spoken: "Alone, this tilt or time is too much.",
    what: "nobody stands by, and the limits are wider than for a person alone",
    limit: "alone it is 20 degrees, 2 minutes a stay and 6 minutes a day",
    change: "Start again with `--alone`, or with somebody standing by.",
    ask: ASK,
};
