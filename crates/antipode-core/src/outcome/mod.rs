//! What people say of pain and of daily life, scored; what change of it matters; and whether to go
//! on. Nothing here says that anything helps: it says what was answered and how it changed.

mod adverse;
mod judge;
mod score;

#[cfg(test)]
mod tests;

pub use adverse::{AdverseEvent, FOLLOW_UP_DAYS, Harm, HarmSeverity, Lift, locked};
pub use judge::{Advice, Finding, Judgement, judge};
pub use score::{
    Grc, Instrument, NotAScore, Nrs, OdiTotal, Psfs, Rmdq, Scores, Shift, important_change, shift,
};
