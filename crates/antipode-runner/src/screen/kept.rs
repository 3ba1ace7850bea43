//! The symptom menu as it opens and closes, and what the screen says of keys that did nothing.

use std::time::{Duration, Instant};

use antipode_core::event::HOLD_GRANT;
use antipode_core::session::{Question, View};
use antipode_safety::Timestamp;

use super::menu::Menu;

/// A menu in which nobody presses anything closes after this long.
const IDLE: Duration = Duration::from_secs(15);
/// For this long after it closed a digit opens nothing: it was meant for what was open before.
const LATE: Duration = Duration::from_secs(2);

/// The menu, and when it was used.
#[derive(Debug)]
pub(super) struct KeptMenu {
    pub(super) menu: Menu,
    used: Instant,
    closed: Option<Instant>,
    urgent: Urgent,
}

impl KeptMenu {
    pub(super) const fn new(now: Instant) -> Self {
        Self { menu: Menu::Closed, used: now, closed: None, urgent: Urgent::NOTHING }
    }

    /// Closes it when nobody uses it, or when an alarm, a question or the end is to be seen first.
    pub(super) fn tend(&mut self, view: &View, now: Instant) {
        let before = std::mem::replace(&mut self.urgent, Urgent::of(view));
        let idle = now.duration_since(self.used) >= IDLE;
        if self.menu != Menu::Closed && (idle || self.urgent.has_more_than(before)) {
            self.menu = Menu::Closed;
            self.closed = Some(now);
        }
    }

    /// A key was pressed.
    pub(super) const fn use_it(&mut self, now: Instant) {
        self.used = now;
    }

    /// It closed by itself or with an answer.
    pub(super) const fn answered(&mut self, now: Instant) {
        self.closed = Some(now);
    }

    /// Whether a digit comes too late for the menu that was open.
    pub(super) fn is_late(&self, now: Instant) -> bool {
        self.menu == Menu::Closed
            && self.closed.is_some_and(|closed| now.duration_since(closed) < LATE)
    }
}

/// What comes before a menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Urgent {
    alarms: u32,
    question: Option<Question>,
    stopped: bool,
    over: bool,
}

impl Urgent {
    const NOTHING: Self = Self { alarms: 0, question: None, stopped: false, over: false };

    const fn of(view: &View) -> Self {
        Self {
            alarms: view.alarms.bits(),
            question: view.question,
            stopped: view.stopped,
            over: view.outcome.is_some(),
        }
    }

    fn has_more_than(self, before: Self) -> bool {
        self.alarms & !before.alarms != 0
            || (self.question.is_some() && self.question != before.question)
            || (self.stopped && !before.stopped)
            || (self.over && !before.over)
    }
}

/// What the screen says of a key that did nothing, or not what was meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Remark {
    /// A second answer came before the key was let go.
    TooSoon,
    /// `q` before the end.
    NotOver,
    /// A digit for a menu that has just closed.
    MenuClosed,
    /// Keys that are to hold RETURN come too far apart.
    TooSlow,
}

impl Remark {
    pub(super) const fn words(self) -> &'static str {
        match self {
            Self::TooSoon => "One moment: let the key go for a second, then press it again.",
            Self::NotOver => "q leaves once the session is over. To end it now press r.",
            Self::MenuClosed => "The menu had closed. To report something press a number again.",
            Self::TooSlow => "Not pressed fast enough: hold the key r down.",
        }
    }
}

/// Which remark was made when: a key that repeats itself makes one, not thirty a second.
#[derive(Debug, Default)]
pub(super) struct Remarks(Option<(Remark, Instant)>);

impl Remarks {
    const QUIET: Duration = Duration::from_secs(5);

    pub(super) fn is_new(&mut self, remark: Remark, now: Instant) -> bool {
        let same =
            self.0.is_some_and(|(made, at)| made == remark && now.duration_since(at) < Self::QUIET);
        if !same {
            self.0 = Some((remark, now));
        }
        !same
    }
}

/// How fast the keys come that hold RETURN, against what one of them grants.
#[derive(Debug, Default)]
pub(super) struct Pace {
    last: Option<(Timestamp, Instant)>,
    slow: u32,
}

impl Pace {
    /// Presses further apart are no holding at all.
    const APART: Duration = Duration::from_secs(3);
    /// A key that is held pauses once before it repeats.
    const SLOW: u32 = 3;

    /// A press at `at` of the session; whether they come too slowly to hold anything.
    pub(super) fn is_too_slow(&mut self, at: Timestamp, now: Instant) -> bool {
        let before = self.last.replace((at, now));
        self.slow = match before {
            Some((then, pressed)) if now.duration_since(pressed) < Self::APART => {
                if at.since(then) > HOLD_GRANT { self.slow + 1 } else { 0 }
            }
            Some(_) | None => 0,
        };
        self.slow >= Self::SLOW
    }
}

#[cfg(test)]
mod tests {
    use antipode_core::alarm::AlarmCause;
    use antipode_core::session::Outcome;

    use super::super::tests::view;
    use super::*;

    fn open(now: Instant, view: &View) -> KeptMenu {
        let mut kept = KeptMenu::new(now);
        kept.tend(view, now);
        kept.menu = Menu::What { second: false };
        kept.use_it(now);
        kept
    }

    #[test]
    fn a_menu_that_nobody_uses_closes_after_fifteen_seconds() {
        let (begin, view) = (Instant::now(), view());
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut kept = open(begin, &view);
        kept.tend(&view, at(14));
        assert_ne!(kept.menu, Menu::Closed);
        kept.use_it(at(14));
        kept.tend(&view, at(28));
        assert_ne!(kept.menu, Menu::Closed);
        kept.tend(&view, at(29));
        assert_eq!(kept.menu, Menu::Closed);
    }

    #[test]
    fn an_alarm_a_question_stop_and_the_end_come_before_a_menu() {
        let begin = Instant::now();
        let mut alarm = view();
        alarm.alarms.set(AlarmCause::RedFlag, true);
        let asked = View { question: Some(Question::CheckIn), ..view() };
        let stopped = View { stopped: true, ..view() };
        let over = View { outcome: Some(Outcome::Returned), ..view() };
        for urgent in [alarm, asked, stopped, over] {
            let mut kept = open(begin, &view());
            kept.tend(&urgent, begin);
            assert_eq!(kept.menu, Menu::Closed, "{urgent:?}");
            // It is no reason to close one that is opened on purpose after that.
            kept.menu = Menu::What { second: false };
            kept.tend(&urgent, begin);
            assert_ne!(kept.menu, Menu::Closed, "{urgent:?}");
            // What goes closes nothing.
            kept.tend(&view(), begin);
            assert_ne!(kept.menu, Menu::Closed, "{urgent:?}");
        }
    }

    #[test]
    fn a_digit_too_many_opens_no_menu_over_the_alarm() {
        let begin = Instant::now();
        let mut kept = open(begin, &view());
        assert!(!kept.is_late(begin));
        kept.menu = Menu::Closed;
        kept.answered(begin);
        assert!(kept.is_late(begin + Duration::from_millis(1_999)));
        assert!(!kept.is_late(begin + LATE));
    }

    #[test]
    fn a_remark_is_made_once_and_again_after_a_while() {
        let begin = Instant::now();
        let mut remarks = Remarks::default();
        assert!(remarks.is_new(Remark::TooSoon, begin));
        assert!(!remarks.is_new(Remark::TooSoon, begin + Duration::from_secs(4)));
        assert!(remarks.is_new(Remark::NotOver, begin + Duration::from_secs(4)));
        assert!(remarks.is_new(Remark::NotOver, begin + Duration::from_secs(9)));
    }

    #[test]
    fn keys_that_come_too_far_apart_to_hold_are_told() {
        let begin = Instant::now();
        let slow = |apart_ms: u64, wall_ms: u64| {
            let mut pace = Pace::default();
            (0..6).any(|press| {
                let at = Timestamp::from_millis(press * apart_ms);
                pace.is_too_slow(at, begin + Duration::from_millis(press * wall_ms))
            })
        };
        // Five a second, twenty times as fast as life.
        assert!(slow(4_000, 200));
        assert!(!slow(660, 33));
        assert!(!slow(200, 200));
        // Now and then is no holding.
        assert!(!slow(5_000, 5_000));
    }
}
