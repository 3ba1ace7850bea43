//! "Still all right?" Asked while head-down; no answer brings the person up (H-24).
//!
//! Every 30 seconds in the first two minutes of a bout and whenever alone, else every 60; none in
//! the last ten seconds of a hold. Any press of the hand control or a held dead-man counts as an
//! answer. A question that stays open is put again every five seconds, because one may be missed by
//! somebody who is well; the time to answer counts from the first.

use antipode_safety::{Millis, Timestamp};

/// Between questions early in a bout, and always when alone.
pub const EVERY_EARLY: Millis = Millis::from_secs(30);
/// Between questions after the first two minutes of a bout.
pub const EVERY_LATER: Millis = Millis::from_secs(60);
/// How long "early in a bout" lasts.
pub const EARLY: Millis = Millis::from_secs(120);
/// No question this close to the end of a hold.
pub const QUIET_END: Millis = Millis::from_secs(10);
/// Time to answer with a spotter present.
pub const ANSWER_WITHIN: Millis = Millis::from_secs(15);
/// Time to answer when alone.
pub const ANSWER_WITHIN_ALONE: Millis = Millis::from_secs(10);

/// An open question is put again this often.
pub const AGAIN_EVERY: Millis = Millis::from_secs(5);

/// What the check-in clock asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckInDue {
    /// Nothing now.
    Nothing,
    /// Ask now.
    Ask,
    /// Put the open question once more.
    AskAgain,
    /// A question went unanswered for too long.
    Missed,
}

/// The check-in clock of one head-down stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckIns {
    alone: bool,
    bout_from: Option<Timestamp>,
    last_sign: Timestamp,
    asked: Option<Asked>,
}

/// An open question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    at: Timestamp,
    /// When it was last put.
    last: Timestamp,
}

impl CheckIns {
    /// A clock that is not running.
    #[must_use]
    pub const fn new(alone: bool) -> Self {
        Self { alone, bout_from: None, last_sign: Timestamp::ZERO, asked: None }
    }

    /// Head-down begins.
    pub fn begin(&mut self, now: Timestamp) {
        if self.bout_from.is_none() {
            self.bout_from = Some(now);
            self.last_sign = now;
            self.asked = None;
        }
    }

    /// Level again: nobody needs to answer.
    pub fn end(&mut self) {
        self.bout_from = None;
        self.asked = None;
    }

    /// A sign of life: an answer, a press, a held dead-man. True when it answers a question.
    pub fn sign_of_life(&mut self, now: Timestamp) -> bool {
        self.last_sign = now;
        self.asked.take().is_some()
    }

    /// Whether a question is open.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.asked.is_some()
    }

    /// Opens a question now, out of turn. False when one is open already or nobody is head-down.
    pub fn ask_now(&mut self, now: Timestamp) -> bool {
        if self.bout_from.is_none() || self.asked.is_some() {
            return false;
        }
        self.asked = Some(Asked { at: now, last: now });
        true
    }

    /// What is due at `now`; `hold_ends` is when the present hold is over, if it is known.
    pub fn due(&mut self, now: Timestamp, hold_ends: Option<Timestamp>) -> CheckInDue {
        let Some(next) = self.next_change(hold_ends) else { return CheckInDue::Nothing };
        if now < next {
            return CheckInDue::Nothing;
        }
        let patience = self.patience();
        match &mut self.asked {
            // A late look must not spend its time on asking again.
            Some(asked) if now >= asked.at.plus(patience) => CheckInDue::Missed,
            Some(asked) => {
                asked.last = now;
                CheckInDue::AskAgain
            }
            None => {
                self.asked = Some(Asked { at: now, last: now });
                CheckInDue::Ask
            }
        }
    }

    const fn patience(&self) -> Millis {
        if self.alone { ANSWER_WITHIN_ALONE } else { ANSWER_WITHIN }
    }

    /// When the next question, its next asking or the end of patience is due.
    #[must_use]
    pub fn next_change(&self, hold_ends: Option<Timestamp>) -> Option<Timestamp> {
        let from = self.bout_from?;
        if let Some(asked) = self.asked {
            let missed = asked.at.plus(self.patience());
            return Some(asked.last.plus(AGAIN_EVERY).min(missed));
        }
        let early = self.last_sign.plus(EVERY_EARLY);
        let next = if self.alone || early.since(from) <= EARLY {
            early
        } else {
            self.last_sign.plus(EVERY_LATER)
        };
        match hold_ends {
            Some(end) if next.plus(QUIET_END) > end && next < end => None,
            Some(_) | None => Some(next),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_millis(secs * 1_000)
    }

    #[test]
    fn a_question_comes_after_thirty_seconds_and_then_after_sixty() {
        let mut checks = CheckIns::new(false);
        checks.begin(at(0));
        let mut asked = Vec::new();
        for second in 0..300 {
            if checks.due(at(second), None) == CheckInDue::Ask {
                asked.push(second);
                assert!(checks.sign_of_life(at(second)));
            }
        }
        assert_eq!(asked, [30, 60, 90, 120, 180, 240]);
    }

    #[test]
    fn alone_the_question_keeps_coming_every_thirty_seconds() {
        let mut checks = CheckIns::new(true);
        checks.begin(at(0));
        let mut asked = Vec::new();
        for second in 0..200 {
            if checks.due(at(second), None) == CheckInDue::Ask {
                asked.push(second);
                checks.sign_of_life(at(second));
            }
        }
        assert_eq!(asked, [30, 60, 90, 120, 150, 180]);
    }

    #[test]
    fn silence_after_a_question_is_a_miss_after_fifteen_seconds_or_ten_alone() {
        for (alone, patience) in [(false, 15), (true, 10)] {
            let mut checks = CheckIns::new(alone);
            checks.begin(at(0));
            assert_eq!(checks.due(at(30), None), CheckInDue::Ask);
            assert!(checks.is_open());
            let last = Timestamp::from_millis((30 + patience) * 1_000 - 1);
            assert_eq!(checks.due(last, None), CheckInDue::AskAgain);
            assert_eq!(checks.due(last, None), CheckInDue::Nothing);
            assert_eq!(checks.due(at(30 + patience), None), CheckInDue::Missed);
        }
    }

    #[test]
    fn an_open_question_is_put_again_every_five_seconds_and_the_time_to_answer_stays() {
        for (alone, again, missed) in
            [(false, &[35_000, 40_000][..], 45_000), (true, &[35_000], 40_000)]
        {
            let mut checks = CheckIns::new(alone);
            checks.begin(at(0));
            let mut seen = Vec::new();
            for ms in 0..60_000 {
                let due = checks.due(Timestamp::from_millis(ms), None);
                if due != CheckInDue::Nothing {
                    seen.push((ms, due));
                }
                if due == CheckInDue::Missed {
                    break;
                }
            }
            let mut all = vec![(30_000, CheckInDue::Ask)];
            all.extend(again.iter().map(|ms| (*ms, CheckInDue::AskAgain)));
            all.push((missed, CheckInDue::Missed));
            assert_eq!(seen, all);
        }
    }

    #[test]
    fn a_late_look_finds_the_miss_and_does_not_ask_again() {
        let mut checks = CheckIns::new(false);
        checks.begin(at(0));
        assert_eq!(checks.due(at(30), None), CheckInDue::Ask);
        assert_eq!(checks.due(at(46), None), CheckInDue::Missed);
    }

    #[test]
    fn any_sign_of_life_puts_the_next_question_off() {
        let mut checks = CheckIns::new(false);
        checks.begin(at(0));
        assert!(!checks.sign_of_life(at(20)));
        assert_eq!(checks.due(at(30), None), CheckInDue::Nothing);
        assert_eq!(checks.due(at(50), None), CheckInDue::Ask);
    }

    #[test]
    fn nothing_is_asked_in_the_last_ten_seconds_of_a_hold() {
        let mut checks = CheckIns::new(false);
        checks.begin(at(0));
        assert_eq!(checks.due(at(30), Some(at(39))), CheckInDue::Nothing);
        assert_eq!(checks.due(at(30), Some(at(40))), CheckInDue::Ask);
    }

    #[test]
    fn nothing_is_asked_outside_a_bout() {
        let mut checks = CheckIns::new(true);
        assert_eq!(checks.due(at(1_000), None), CheckInDue::Nothing);
        checks.begin(at(1_000));
        checks.end();
        assert_eq!(checks.next_change(None), None);
    }
}
