//! What a table said and nobody has taken yet: bounded, and never short of a change of state.

use std::collections::VecDeque;
use std::mem::{Discriminant, discriminant};

use antipode_safety::Reading;

use crate::TableEvent;

/// Events kept while nobody takes them; more than a control loop can fall behind in a second.
const MOST_EVENTS: usize = 64;

/// The events of one link, oldest first.
///
/// When it is full a report gives way to the one after it: first one that shows no other switch,
/// fault, latch or state than its successor, then the oldest. Without reports it is an older word of
/// a kind that was said again. So the last report, the last word of each kind and the order among
/// them stay (H-02): whoever falls behind never holds a lost link for an open one.
#[derive(Clone, Debug)]
pub(crate) struct EventQueue(VecDeque<TableEvent>);

impl EventQueue {
    pub(crate) fn new() -> Self {
        Self(VecDeque::with_capacity(MOST_EVENTS + 1))
    }

    pub(crate) fn push(&mut self, event: TableEvent) {
        self.0.push_back(event);
        if self.0.len() > MOST_EVENTS {
            self.make_room();
        }
    }

    pub(crate) fn pop(&mut self) -> Option<TableEvent> {
        self.0.pop_front()
    }

    fn make_room(&mut self) {
        let gone = self.same_again().or_else(|| self.older_report()).or_else(|| self.said_again());
        // There are far fewer kinds than places, so some kind was said again.
        if let Some(at) = gone {
            self.0.remove(at);
        }
    }

    /// The oldest report that the very next event repeats in everything but its numbers.
    fn same_again(&self) -> Option<usize> {
        let mut pairs = self.0.iter().zip(self.0.iter().skip(1));
        pairs.position(|pair| {
            if let (TableEvent::Reading(one), TableEvent::Reading(next)) = pair {
                shows_same(one, next)
            } else {
                false
            }
        })
    }

    /// The oldest report with another one anywhere behind it.
    fn older_report(&self) -> Option<usize> {
        let is_report = |event: &TableEvent| matches!(event, TableEvent::Reading(_));
        let oldest = self.0.iter().position(is_report)?;
        self.0.iter().skip(oldest + 1).any(is_report).then_some(oldest)
    }

    /// The oldest event of a kind that comes again behind it.
    fn said_again(&self) -> Option<usize> {
        let kind = |event: &TableEvent| -> Discriminant<TableEvent> { discriminant(event) };
        (0..self.0.len()).find(|&at| {
            let this = self.0.get(at).map(kind);
            self.0.iter().skip(at + 1).any(|later| Some(kind(later)) == this)
        })
    }
}

/// Whether two reports differ in nothing that is noticed by its change.
fn shows_same(one: &Reading, next: &Reading) -> bool {
    one.switches == next.switches
        && one.faults == next.faults
        && one.latches == next.latches
        && one.drive == next.drive
}

#[cfg(test)]
mod tests;
