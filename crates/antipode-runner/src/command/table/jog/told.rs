//! What is said at the keys of an empty bed.

use antipode_safety::{Millis, Timestamp};

use super::bed::Bed;
use crate::output::Output;
use crate::words;

/// Between two lines that say where the bed is.
const SAY_EVERY: Millis = Millis::from_secs(1);

/// What was said last, so that nothing is said thirty times a second.
#[derive(Default)]
pub(super) struct Told {
    refusal: Option<String>,
    at: Option<Timestamp>,
    place: Option<String>,
}

impl Told {
    /// Everything is news again.
    pub(super) fn again(&mut self) {
        *self = Self::default();
    }

    /// Says why nothing moves, once.
    pub(super) fn refused(&mut self, why: &str, out: &mut Output) {
        if self.refusal.as_deref() != Some(why) {
            out.line(why);
            self.refusal = Some(why.to_owned());
        }
    }

    /// Says where the bed is, once a second while that changes.
    pub(super) fn place(&mut self, now: Timestamp, bed: &Bed, out: &mut Output) {
        if self.at.is_some_and(|at| now.since(at) < SAY_EVERY) {
            return;
        }
        let tilt = bed.tilt().map_or_else(|| "UNKNOWN".to_owned(), words::degrees);
        let second = bed.reading().and_then(|reading| reading.tilt_second);
        let second = second
            .map_or_else(String::new, |tilt| format!(", second angle {}", words::degrees(tilt)));
        let faults = bed.reading().map(|reading| reading.faults).filter(|all| !all.is_empty());
        let faults = faults.map_or_else(String::new, |faults| format!(", {faults}"));
        let place = format!("tilt {tilt}{second}{faults}");
        if self.place.as_ref() != Some(&place) {
            out.line(&place);
            self.at = Some(now);
            self.place = Some(place);
            self.refusal = None;
        }
    }
}
