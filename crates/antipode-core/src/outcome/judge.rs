//! Whether to go on, at weeks 2, 4 and 6.

use super::score::{Instrument, Scores, Shift, shift};
use crate::programme::Checkpoint;

/// What is advised. None of them says that anything helped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Advice {
    /// Nothing speaks against going on as planned.
    Continue,
    /// Look at it together with somebody who knows: is it worth going on?
    Review,
    /// Stop and see a clinician.
    StopAndSeeClinician,
}

/// One thing that the advice rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Which instrument.
    pub instrument: Instrument,
    /// At the beginning, in its unit.
    pub first: Option<i16>,
    /// Now.
    pub now: Option<i16>,
    /// How it changed.
    pub shift: Shift,
}

/// An advice and what it rests on, every instrument that was answered at least once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// When.
    pub at: Checkpoint,
    /// What.
    pub advice: Advice,
    /// Why.
    pub findings: Vec<Finding>,
    /// A serious event is open.
    pub serious_event: bool,
}

/// What `now` against `first` advises at a checkpoint.
///
/// Anything worse by an important change, or an open serious event, is a reason to stop at any
/// time, whatever else got better. Week 2 asks nothing more. From week 4 on no change that matters
/// is a reason to review, and what was not answered is no change. Week 6 ends the programme: with a
/// change for the better it is reviewed, without one it stops.
#[must_use]
pub fn judge(at: Checkpoint, first: &Scores, now: &Scores, serious_event: bool) -> Judgement {
    let findings: Vec<Finding> = Instrument::ALL
        .into_iter()
        .map(|instrument| Finding {
            instrument,
            first: first.value(instrument),
            now: now.value(instrument),
            shift: shift(instrument, first, now),
        })
        .filter(|finding| finding.first.is_some() || finding.now.is_some())
        .collect();
    let any = |wanted| findings.iter().any(|finding| finding.shift == wanted);
    let advice = if serious_event || any(Shift::Worse) {
        Advice::StopAndSeeClinician
    } else {
        match (at, any(Shift::Better)) {
            (Checkpoint::Week2, _) | (Checkpoint::Week4, true) => Advice::Continue,
            (Checkpoint::Week4, false) | (Checkpoint::Week6, true) => Advice::Review,
            (Checkpoint::Week6, false) => Advice::StopAndSeeClinician,
        }
    };
    Judgement { at, advice, findings, serious_event }
}
