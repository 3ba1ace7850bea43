//! One question at a time, on a line whose answers do not say what they answer.

use antipode_safety::{Millis, Timestamp};

/// An answer that has not come by then is not waited for: the angle would be too old anyway.
const ANSWER_WITHIN: Millis = Millis::new(40);
/// A loop that was held up may find an answer that has waited for it; older than this it is nothing.
const STILL_TRUE: Millis = Millis::new(100);
/// A line on which something went wrong must be silent for so long before the next question.
const QUIET: Millis = Millis::new(15);

/// What is under way.
#[derive(Clone, Copy, Debug)]
enum State<Q> {
    Free,
    Asked {
        question: Q,
        len: usize,
        at: Timestamp,
    },
    /// Whatever comes is nobody's answer.
    Drain {
        since: Timestamp,
    },
}

/// The conversation: questions of the type `Q`.
#[derive(Clone, Debug)]
pub(super) struct Exchange<Q> {
    state: State<Q>,
    bytes: Vec<u8>,
    /// The question that got no answer of its own: the next one must be of another length.
    missed: Option<usize>,
}

impl<Q: Copy> Exchange<Q> {
    pub(super) const fn new() -> Self {
        Self { state: State::Free, bytes: Vec::new(), missed: None }
    }

    /// Whether nothing is waited for.
    pub(super) const fn is_free(&self) -> bool {
        matches!(self.state, State::Free)
    }

    /// The length of the answer that never came: it may still come, and a question with an answer of
    /// the same length would take it for its own, for ever one answer behind.
    pub(super) const fn missed(&self) -> Option<usize> {
        self.missed
    }

    /// A question was said, with an answer of `len` bytes.
    pub(super) fn asked(&mut self, now: Timestamp, question: Q, len: usize) {
        self.bytes.clear();
        self.state = State::Asked { question, len, at: now };
    }

    /// Takes bytes; the question, its whole answer and the moment of asking once there is one: what the
    /// answer says is never older than that.
    pub(super) fn take(&mut self, now: Timestamp, bytes: &[u8]) -> Option<(Q, Vec<u8>, Timestamp)> {
        let State::Asked { question, len, at } = self.state else {
            self.state = State::Drain { since: now };
            return None;
        };
        self.bytes.extend_from_slice(bytes);
        if self.bytes.len() > len || now.since(at) > STILL_TRUE {
            self.give_up(now, len);
            return None;
        }
        if self.bytes.len() < len {
            return None;
        }
        self.state = State::Free;
        Some((question, std::mem::take(&mut self.bytes), at))
    }

    /// The answer made sense.
    pub(super) const fn understood(&mut self) {
        self.missed = None;
    }

    /// The answer made no sense: it may have been another's.
    pub(super) fn give_up(&mut self, now: Timestamp, len: usize) {
        self.missed = Some(len);
        self.state = State::Drain { since: now };
    }

    /// Lets time pass.
    pub(super) fn poll(&mut self, now: Timestamp) {
        match self.state {
            State::Asked { len, at, .. } if now.since(at) > ANSWER_WITHIN => self.give_up(now, len),
            State::Drain { since } if now.since(since) >= QUIET => self.state = State::Free,
            State::Free | State::Asked { .. } | State::Drain { .. } => {}
        }
    }

    /// When it has something to do by itself.
    pub(super) fn next(&self) -> Option<Timestamp> {
        match self.state {
            State::Free => None,
            State::Asked { at, .. } => Some(at.plus(ANSWER_WITHIN).plus(Millis::new(1))),
            State::Drain { since } => Some(since.plus(QUIET)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    #[test]
    fn an_answer_is_whole_in_time_and_no_longer_than_asked_for() {
        let mut line = Exchange::new();
        line.asked(at(0), 'a', 3);
        assert_eq!(line.take(at(1), &[1, 2]), None);
        assert_eq!(line.take(at(2), &[3]), Some(('a', vec![1, 2, 3], at(0))));
        for (bytes, ms) in [(&[1, 2, 3, 4][..], 5), (&[1, 2, 3], 101)] {
            line.asked(at(0), 'b', 3);
            assert_eq!(line.take(at(ms), bytes), None, "{ms}");
            assert!(!line.is_free() && line.missed() == Some(3));
            line.poll(at(ms + 14));
            assert!(!line.is_free());
            line.poll(at(ms + 15));
            assert!(line.is_free(), "quiet");
        }
    }

    #[test]
    fn a_late_answer_is_nobodys() {
        let mut line = Exchange::new();
        line.asked(at(0), 'a', 3);
        line.poll(at(41));
        assert_eq!(line.take(at(50), &[1, 2, 3]), None);
        line.poll(at(64));
        assert!(!line.is_free(), "it must be quiet from then on");
        line.poll(at(65));
        assert!(line.is_free());
        assert_eq!(line.take(at(70), &[1]), None, "nobody asked");
        assert!(!line.is_free());
    }
}
