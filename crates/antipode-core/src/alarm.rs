//! Alarms: a set of causes, each latched until somebody acknowledges it.
//!
//! Priority follows the time to harm. Silence lasts at most two minutes and never hides a new
//! cause (I17). Causes are bits, so no cause can be pushed out by another.

use antipode_safety::{Millis, Timestamp, reaction::Priority};

/// Longest silence of the alarm sound.
pub const SILENCE: Millis = Millis::from_secs(120);

/// An alarm that nobody acknowledges is called out again this often (H-39).
pub const CALL_EVERY: Millis = Millis::from_secs(15);

/// Why the alarm sounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum AlarmCause {
    /// STOP is latched while head-down.
    StoppedHeadDown = 0,
    /// No word from the table.
    LinkLost = 1,
    /// The angle is not known.
    AngleUnknown = 2,
    /// The two angle sources differ by more than 5 degrees.
    AnglesDisagree = 3,
    /// The two angle sources differ by more than 3 degrees.
    AnglesDrift = 4,
    /// The bed is driven and does not turn.
    Stalled = 5,
    /// The drive is hot.
    Hot = 6,
    /// Running on the battery, or the supply is low.
    Supply = 7,
    /// The person does not answer.
    NoAnswer = 8,
    /// A body measurement is out of range.
    VitalsOut = 9,
    /// A body sensor is lost.
    VitalsLost = 10,
    /// An ankle latch says open.
    LatchOpen = 11,
    /// The bed turns without or against a command, or faster than it.
    Runaway = 12,
    /// The bed turns against the set brake.
    BrakeSlip = 13,
    /// The journal cannot be written.
    JournalLost = 14,
    /// Ordered and not achieved: people must help.
    CannotMove = 15,
    /// The table restarted.
    Restarted = 16,
    /// Somebody else moves the table.
    ForeignMotion = 17,
    /// The control loop was late.
    LoopLate = 18,
    /// The head-down time is used up.
    DoseSpent = 19,
    /// Still no answer after the person has been brought up: call the contact.
    CallContact = 20,
    /// The person reported a red-flag symptom.
    RedFlag = 21,
    /// The feet slip.
    FeetSlipping = 22,
    /// The table's own controller reports a fault of its own.
    TableFault = 23,
    /// A rule brings the person up or holds them, and no other alarm says why.
    RuleActs = 24,
    /// STOP has been pressed for ten minutes: it is stuck, or its wire is broken.
    StopStuck = 25,
    /// The session is over, the ankles are still held, and nobody has touched anything since.
    LeftStrapped = 26,
}

impl AlarmCause {
    /// Every cause, in record order.
    pub const ALL: [Self; 27] = [
        Self::StoppedHeadDown,
        Self::LinkLost,
        Self::AngleUnknown,
        Self::AnglesDisagree,
        Self::AnglesDrift,
        Self::Stalled,
        Self::Hot,
        Self::Supply,
        Self::NoAnswer,
        Self::VitalsOut,
        Self::VitalsLost,
        Self::LatchOpen,
        Self::Runaway,
        Self::BrakeSlip,
        Self::JournalLost,
        Self::CannotMove,
        Self::Restarted,
        Self::ForeignMotion,
        Self::LoopLate,
        Self::DoseSpent,
        Self::CallContact,
        Self::RedFlag,
        Self::FeetSlipping,
        Self::TableFault,
        Self::RuleActs,
        Self::StopStuck,
        Self::LeftStrapped,
    ];

    /// How urgent, by time to harm.
    #[must_use]
    pub const fn priority(self) -> Priority {
        match self {
            Self::StoppedHeadDown
            | Self::LinkLost
            | Self::AngleUnknown
            | Self::AnglesDisagree
            | Self::Stalled
            | Self::NoAnswer
            | Self::LatchOpen
            | Self::Runaway
            | Self::BrakeSlip
            | Self::CannotMove
            | Self::CallContact
            | Self::RedFlag
            | Self::FeetSlipping => Priority::High,
            Self::Hot
            | Self::Supply
            | Self::VitalsOut
            | Self::Restarted
            | Self::ForeignMotion
            | Self::LoopLate
            | Self::TableFault
            | Self::RuleActs
            | Self::StopStuck
            | Self::LeftStrapped => Priority::Medium,
            Self::AnglesDrift | Self::VitalsLost | Self::JournalLost | Self::DoseSpent => {
                Priority::Low
            }
        }
    }

    const fn bit(self) -> u32 {
        1 << self as u8
    }
}

/// The alarms of one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Alarms {
    /// Causes that hold now or have not been acknowledged since they did.
    latched: u32,
    /// Causes that hold now.
    present: u32,
    /// Latched causes that somebody has acknowledged.
    acknowledged: u32,
    silent_until: Option<Timestamp>,
    /// When the alarms are called out again; `None` while none waits for anybody.
    call_at: Option<Timestamp>,
    /// How often they have been since somebody last acknowledged everything.
    calls: u16,
}

impl Alarms {
    /// No alarm.
    pub const NONE: Self = Self {
        latched: 0,
        present: 0,
        acknowledged: 0,
        silent_until: None,
        call_at: None,
        calls: 0,
    };

    /// Sets whether `cause` holds now. True when this raises a new alarm.
    pub fn set(&mut self, cause: AlarmCause, holds: bool) -> bool {
        let bit = cause.bit();
        if !holds {
            self.present &= !bit;
            // An acknowledged cause that has gone is over; an unacknowledged one stays latched.
            if self.acknowledged & bit != 0 {
                self.latched &= !bit;
                self.acknowledged &= !bit;
            }
            return false;
        }
        let new = self.present & bit == 0;
        self.present |= bit;
        if new {
            // It came (again): whoever acknowledged it before has not seen this one, and no
            // silence hides it.
            self.acknowledged &= !bit;
            self.silent_until = None;
        }
        self.latched |= bit;
        new
    }

    /// What `cause` asked for is there: it is over without a further word.
    pub fn answer(&mut self, cause: AlarmCause) {
        self.present &= !cause.bit();
        self.latched &= !cause.bit();
        self.acknowledged &= !cause.bit();
    }

    /// Acknowledges every latched cause; those that have gone are over.
    pub fn acknowledge(&mut self) {
        self.acknowledged = self.latched & self.present;
        self.latched &= self.present;
    }

    /// Silences the sound from `now` on for at most [`SILENCE`].
    pub fn silence(&mut self, now: Timestamp) {
        self.silent_until = Some(now.plus(SILENCE));
    }

    /// Whether the alarm should sound at `now`.
    #[must_use]
    pub fn sounds(&self, now: Timestamp) -> bool {
        self.waits() && self.silent_until.is_none_or(|until| now >= until)
    }

    /// Whether a latched cause waits for somebody to acknowledge it.
    const fn waits(&self) -> bool {
        self.latched & !self.acknowledged != 0
    }

    /// Calls the alarms out again if they are due at `now`: how often that makes it, and the most
    /// urgent cause that waits. A silence puts a call off to its end; a cause that comes and goes
    /// never does.
    pub fn call(&mut self, now: Timestamp) -> Option<(u16, AlarmCause)> {
        if !self.waits() {
            (self.call_at, self.calls) = (None, 0);
            return None;
        }
        let due = *self.call_at.get_or_insert(now.plus(CALL_EVERY));
        if now < due {
            return None;
        }
        if let Some(until) = self.silent_until.filter(|until| now < *until) {
            self.call_at = Some(until);
            return None;
        }
        let waiting = self.causes().filter(|cause| self.acknowledged & cause.bit() == 0);
        // Of equally urgent ones the first in record order.
        let urgent =
            waiting.reduce(
                |urgent, other| {
                    if other.priority() > urgent.priority() { other } else { urgent }
                },
            )?;
        self.calls = self.calls.saturating_add(1);
        self.call_at = Some(now.plus(CALL_EVERY));
        Some((self.calls, urgent))
    }

    /// When [`Alarms::call`] has something to say.
    #[must_use]
    pub const fn next_call(&self) -> Option<Timestamp> {
        self.call_at
    }

    /// Whether `cause` is latched.
    #[must_use]
    pub const fn has(&self, cause: AlarmCause) -> bool {
        self.latched & cause.bit() != 0
    }

    /// Whether `cause` holds now, as against latched since it did.
    #[must_use]
    pub const fn holds(&self, cause: AlarmCause) -> bool {
        self.present & cause.bit() != 0
    }

    /// Whether somebody has taken note of `cause` since it came.
    #[must_use]
    pub const fn is_acknowledged(&self, cause: AlarmCause) -> bool {
        self.acknowledged & cause.bit() != 0
    }

    /// The latched causes as bits in record order.
    #[must_use]
    pub const fn bits(&self) -> u32 {
        self.latched
    }

    /// The acknowledged ones among [`Alarms::bits`].
    #[must_use]
    pub const fn acknowledged_bits(&self) -> u32 {
        self.acknowledged
    }

    /// The most urgent priority among the latched causes.
    #[must_use]
    pub fn highest(&self) -> Priority {
        self.causes().map(AlarmCause::priority).max().unwrap_or(Priority::None)
    }

    /// The latched causes, in record order.
    pub fn causes(&self) -> impl Iterator<Item = AlarmCause> + use<> {
        let latched = self.latched;
        AlarmCause::ALL.into_iter().filter(move |cause| latched & cause.bit() != 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_millis(secs * 1_000)
    }

    #[test]
    fn an_alarm_stays_until_it_is_acknowledged_and_gone() {
        let mut alarms = Alarms::NONE;
        assert!(alarms.set(AlarmCause::LinkLost, true));
        assert!(!alarms.set(AlarmCause::LinkLost, true));
        alarms.set(AlarmCause::LinkLost, false);
        assert!(alarms.has(AlarmCause::LinkLost), "gone but not acknowledged");
        assert!(!alarms.holds(AlarmCause::LinkLost), "it was, and is not any more");
        assert!(alarms.sounds(at(0)));
        alarms.acknowledge();
        assert!(!alarms.has(AlarmCause::LinkLost));

        alarms.set(AlarmCause::Stalled, true);
        alarms.acknowledge();
        assert!(alarms.has(AlarmCause::Stalled), "acknowledged but still there");
        assert!(alarms.holds(AlarmCause::Stalled) && alarms.is_acknowledged(AlarmCause::Stalled));
        assert!(!alarms.sounds(at(0)));
        alarms.set(AlarmCause::Stalled, false);
        assert!(!alarms.has(AlarmCause::Stalled));
    }

    #[test]
    fn an_answered_alarm_is_over_and_no_other_one() {
        let mut alarms = Alarms::NONE;
        alarms.set(AlarmCause::LeftStrapped, true);
        alarms.set(AlarmCause::Hot, true);
        alarms.answer(AlarmCause::LeftStrapped);
        assert!(!alarms.has(AlarmCause::LeftStrapped));
        assert!(alarms.has(AlarmCause::Hot) && alarms.sounds(at(0)));
        assert!(alarms.set(AlarmCause::LeftStrapped, true), "the next time is a new one");
    }

    #[test]
    fn silence_ends_after_two_minutes_and_never_hides_a_new_cause() {
        let mut alarms = Alarms::NONE;
        alarms.set(AlarmCause::Hot, true);
        alarms.silence(at(0));
        assert!(!alarms.sounds(at(119)));
        assert!(alarms.sounds(at(120)));
        alarms.silence(at(200));
        alarms.set(AlarmCause::NoAnswer, true);
        assert!(alarms.sounds(at(201)));
    }

    /// The seconds at which an alarm is called out until `until`, looked at twice a second.
    fn called(alarms: &mut Alarms, from: u64, until: u64) -> Vec<u64> {
        let look = |half: u64| Timestamp::from_millis(half * 500);
        let called = (from * 2..until * 2).filter(|half| alarms.call(look(*half)).is_some());
        called.map(|half| half / 2).collect()
    }

    #[test]
    fn an_alarm_is_called_out_every_fifteen_seconds_until_it_is_acknowledged() {
        let mut alarms = Alarms::NONE;
        assert_eq!(called(&mut alarms, 0, 100), []);
        alarms.set(AlarmCause::Hot, true);
        assert_eq!(called(&mut alarms, 100, 150), [115, 130, 145]);
        // Gone and not acknowledged: it is called out all the same.
        alarms.set(AlarmCause::Hot, false);
        assert_eq!(called(&mut alarms, 150, 180), [160, 175]);
        alarms.set(AlarmCause::Hot, true);
        alarms.acknowledge();
        assert_eq!(called(&mut alarms, 180, 300), []);
        assert_eq!(alarms.next_call(), None);
        // Another cause begins a count of its own.
        alarms.set(AlarmCause::Stalled, true);
        assert_eq!(called(&mut alarms, 300, 330), [315]);
        assert_eq!(alarms.call(at(330)), Some((2, AlarmCause::Stalled)));
    }

    #[test]
    fn neither_a_cause_that_flaps_nor_a_silence_puts_the_call_off_for_ever() {
        let mut alarms = Alarms::NONE;
        alarms.set(AlarmCause::Supply, true);
        let mut calls = 0;
        for second in 0..60 {
            alarms.set(AlarmCause::LinkLost, second % 2 == 0);
            calls += u32::from(alarms.call(at(second)).is_some());
        }
        assert_eq!(calls, 3);
        alarms.set(AlarmCause::LinkLost, false);
        alarms.silence(at(60));
        assert_eq!(called(&mut alarms, 60, 200), [180, 195]);
    }

    #[test]
    fn the_most_urgent_cause_that_waits_is_the_one_that_is_called_out() {
        let mut alarms = Alarms::NONE;
        alarms.set(AlarmCause::Runaway, true);
        alarms.acknowledge();
        alarms.set(AlarmCause::DoseSpent, true);
        alarms.set(AlarmCause::Hot, true);
        alarms.set(AlarmCause::Supply, true);
        assert_eq!(alarms.call(at(0)), None);
        assert_eq!(alarms.call(at(15)), Some((1, AlarmCause::Hot)));
    }

    #[test]
    fn a_cause_that_comes_back_sounds_again() {
        let mut alarms = Alarms::NONE;
        alarms.set(AlarmCause::LatchOpen, true);
        alarms.acknowledge();
        alarms.set(AlarmCause::LatchOpen, false);
        assert!(alarms.set(AlarmCause::LatchOpen, true));
        assert!(alarms.sounds(at(0)));
    }

    #[test]
    fn every_cause_has_its_own_bit_and_the_worst_priority_wins() {
        let mut alarms = Alarms::NONE;
        assert_eq!(alarms.highest(), Priority::None);
        for (i, cause) in AlarmCause::ALL.into_iter().enumerate() {
            assert_eq!(cause.bit(), 1 << i);
        }
        alarms.set(AlarmCause::DoseSpent, true);
        assert_eq!(alarms.highest(), Priority::Low);
        alarms.set(AlarmCause::Runaway, true);
        alarms.set(AlarmCause::Hot, true);
        assert_eq!(alarms.highest(), Priority::High);
        assert_eq!(alarms.causes().count(), 3);
        assert_eq!(alarms.acknowledged_bits(), 0);
        assert_eq!(alarms.bits().count_ones(), 3);
    }
}
