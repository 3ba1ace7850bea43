//! Several things wrong at once.

use super::{LocalReturn, Priority, Response, Side, Situation, Then, response};

/// A set of situations: no slot can run out and no cause can push another one out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SituationSet(u64);

impl SituationSet {
    /// Nothing wrong.
    pub const NONE: Self = Self(0);

    /// This set with `situation` in or out.
    #[must_use]
    pub const fn with(self, situation: Situation, present: bool) -> Self {
        let bit = 1 << situation.index();
        if present { Self(self.0 | bit) } else { Self(self.0 & !bit) }
    }

    /// Whether `situation` is in the set.
    #[must_use]
    pub const fn has(self, situation: Situation) -> bool {
        self.0 & (1 << situation.index()) != 0
    }

    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Everything of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is in this set and not in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// The situations, in the order of their numbers.
    pub fn iter(self) -> impl Iterator<Item = Situation> {
        Situation::ALL.into_iter().filter(move |&situation| self.has(situation))
    }
}

/// What to do when all of `set` is wrong at once, and which situation decides; `None` when nothing
/// is.
///
/// The most severe answer wins: anything that needs people or cuts the drive outranks every
/// automatic motion, and STOP is one of those. The alarm is the most urgent of all, RETURN the
/// strictest, and what latches alone latches in company.
///
/// # Example
/// ```
/// use antipode_safety::{Reaction, Side, Situation, SituationSet, worst};
/// // A faint alone brings the bed up; with STOP latched it does not.
/// let faint = SituationSet::NONE.with(Situation::Unanswered, true);
/// let (_, answer) = worst(faint, Side::HeadDown).unwrap();
/// assert_eq!(answer.first, Reaction::Return);
/// let (decides, answer) = worst(faint.with(Situation::StopPressed, true), Side::HeadDown).unwrap();
/// assert_eq!((decides, answer.first), (Situation::StopPressed, Reaction::Hold));
/// ```
#[must_use]
pub fn worst(set: SituationSet, side: Side) -> Option<(Situation, Response)> {
    let mut decides: Option<(Situation, Response)> = None;
    let mut latched = false;
    let mut alarm = Priority::None;
    let mut local_return = LocalReturn::OnePress;
    for situation in set.iter() {
        let answer = response(situation, side);
        latched |= answer.latched;
        alarm = alarm.max(answer.alarm);
        local_return = local_return.max(answer.local_return);
        // Of two equal ones the lower number decides.
        if decides.is_none_or(|(_, so_far)| answer.rank() > so_far.rank()) {
            decides = Some((situation, answer));
        }
    }
    decides.map(|(situation, answer)| {
        let then = answer.then.map(|then| agreed_delay(set, side, then));
        (situation, Response { then, latched, alarm, local_return, ..answer })
    })
}

/// `then` with the delay that suits every answer which leads to the same reaction: a motion waits
/// for the longest of them, people are called after the shortest.
fn agreed_delay(set: SituationSet, side: Side, then: Then) -> Then {
    let delays = set
        .iter()
        .filter_map(|situation| response(situation, side).then)
        .filter(|other| other.reaction == then.reaction)
        .map(|other| other.after);
    let after = if then.reaction.moves() { delays.max() } else { delays.min() };
    Then { after: after.unwrap_or(then.after), ..then }
}
