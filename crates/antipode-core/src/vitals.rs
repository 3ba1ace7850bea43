//! Body sensors. They may shorten, lower or return; nothing here can deepen or prolong.
//!
//! Limits: docs/evidence.md 4.3 (exercise-stop and rest figures of AHA, NPTE and maker lists).

use antipode_safety::{Millis, Timestamp};

use crate::event::Vital;
use crate::moment::soonest;

/// Heart rate above this for [`SUSTAINED`] brings the person up.
pub const HEART_RATE_MAX: u16 = 120;
/// Heart rate below this for [`SUSTAINED`] brings the person up.
pub const HEART_RATE_MIN: u16 = 45;
/// A change by more than this within 30 seconds brings the person up.
pub const HEART_RATE_CHANGE: u16 = 30;
/// Systolic pressure at or above this brings the person up, mmHg.
pub const SYSTOLIC_MAX: u16 = 180;
/// Diastolic pressure at or above this brings the person up, mmHg.
pub const DIASTOLIC_MAX: u16 = 110;
/// A systolic rise above this since the start brings the person up, mmHg.
pub const SYSTOLIC_RISE: u16 = 40;
/// A diastolic rise above this since the start brings the person up, mmHg.
pub const DIASTOLIC_RISE: u16 = 25;
/// Oxygen saturation below this for [`SUSTAINED`] brings the person up, percent.
pub const SATURATION_MIN: u8 = 92;
/// Oxygen saturation below this brings the person up at once, percent.
pub const SATURATION_HARD: u8 = 90;
/// How long heart rate and saturation must stay out of range: one bad beat is not a reason.
pub const SUSTAINED: Millis = Millis::from_secs(10);
/// A sensor silent for longer is lost: the person is asked, and brought up without an answer.
pub const SENSOR_LOST: Millis = Millis::from_secs(30);

/// What the sensors ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum VitalsVerdict {
    /// Nothing, or no sensor in use.
    Fine,
    /// A sensor that spoke is silent: ask the person.
    SensorLost,
    /// Bring the person up.
    OutOfRange,
}

/// The last word of each body sensor and how long it has been out of range.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Vitals {
    heart: Option<Sample>,
    heart_before: Option<Sample>,
    heart_out: Option<Timestamp>,
    heart_jumped: bool,
    pressure_first: Option<(u16, u16)>,
    pressure_bad: bool,
    saturation_out: Option<Timestamp>,
    saturation_hard: bool,
    last: Option<Timestamp>,
    lost: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sample {
    at: Timestamp,
    value: u16,
}

impl Vitals {
    /// Takes one measurement.
    pub fn observe(&mut self, now: Timestamp, vital: Vital) {
        match vital {
            Vital::HeartRate(value) => {
                self.seen(now);
                self.heart_rate(now, value);
            }
            Vital::BloodPressure { systolic, diastolic } => {
                self.seen(now);
                let (first_systolic, first_diastolic) =
                    *self.pressure_first.get_or_insert((systolic, diastolic));
                self.pressure_bad = systolic >= SYSTOLIC_MAX
                    || diastolic >= DIASTOLIC_MAX
                    || systolic.saturating_sub(first_systolic) > SYSTOLIC_RISE
                    || diastolic.saturating_sub(first_diastolic) > DIASTOLIC_RISE;
            }
            Vital::OxygenSaturation(percent) => {
                self.seen(now);
                self.saturation_hard = percent < SATURATION_HARD;
                self.saturation_out = out_since(self.saturation_out, now, percent < SATURATION_MIN);
            }
            Vital::Lost => self.lost = true,
        }
    }

    /// What the sensors ask for at `now`.
    #[must_use]
    pub fn verdict(&self, now: Timestamp) -> VitalsVerdict {
        let long = |since: Option<Timestamp>| since.is_some_and(|t| now.since(t) >= SUSTAINED);
        if self.pressure_bad
            || self.saturation_hard
            || self.heart_jumped
            || long(self.heart_out)
            || long(self.saturation_out)
        {
            VitalsVerdict::OutOfRange
        } else if self.lost || self.last.is_some_and(|t| now.since(t) >= SENSOR_LOST) {
            VitalsVerdict::SensorLost
        } else {
            VitalsVerdict::Fine
        }
    }

    /// The moment at which the verdict may change without a new measurement.
    #[must_use]
    pub fn next_change(&self) -> Option<Timestamp> {
        soonest([
            self.heart_out.map(|t| t.plus(SUSTAINED)),
            self.saturation_out.map(|t| t.plus(SUSTAINED)),
            self.last.map(|t| t.plus(SENSOR_LOST)),
        ])
    }

    /// The last heart rate, beats a minute.
    #[must_use]
    pub fn heart_rate_now(&self) -> Option<u16> {
        self.heart.map(|sample| sample.value)
    }

    fn seen(&mut self, now: Timestamp) {
        self.last = Some(now);
        self.lost = false;
    }

    fn heart_rate(&mut self, now: Timestamp, value: u16) {
        self.heart_out =
            out_since(self.heart_out, now, !(HEART_RATE_MIN..=HEART_RATE_MAX).contains(&value));
        match self.heart_before {
            Some(before) if now.since(before.at) <= Millis::from_secs(30) => {
                self.heart_jumped = before.value.abs_diff(value) > HEART_RATE_CHANGE;
            }
            Some(_) | None => {
                self.heart_jumped = false;
                self.heart_before = self.heart.or(Some(Sample { at: now, value }));
            }
        }
        self.heart = Some(Sample { at: now, value });
    }
}

/// Since when a value has been out of range, given that it is or is not now.
fn out_since(before: Option<Timestamp>, now: Timestamp, out: bool) -> Option<Timestamp> {
    if out { before.or(Some(now)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(secs: u64) -> Timestamp {
        Timestamp::from_millis(secs * 1_000)
    }

    #[test]
    fn a_heart_rate_must_stay_out_for_ten_seconds() {
        let mut vitals = Vitals::default();
        vitals.observe(at(0), Vital::HeartRate(120));
        assert_eq!(vitals.verdict(at(20)), VitalsVerdict::Fine);
        vitals.observe(at(20), Vital::HeartRate(121));
        assert_eq!(vitals.verdict(Timestamp::from_millis(29_999)), VitalsVerdict::Fine);
        assert_eq!(vitals.next_change(), Some(at(30)));
        assert_eq!(vitals.verdict(at(30)), VitalsVerdict::OutOfRange);
        vitals.observe(at(31), Vital::HeartRate(119));
        assert_eq!(vitals.verdict(at(31)), VitalsVerdict::Fine);
        vitals.observe(at(32), Vital::HeartRate(44));
        assert_eq!(vitals.verdict(at(42)), VitalsVerdict::OutOfRange);
    }

    #[test]
    fn a_jump_of_more_than_thirty_beats_counts_at_once() {
        let mut vitals = Vitals::default();
        vitals.observe(at(0), Vital::HeartRate(70));
        vitals.observe(at(5), Vital::HeartRate(100));
        assert_eq!(vitals.verdict(at(5)), VitalsVerdict::Fine);
        vitals.observe(at(6), Vital::HeartRate(101));
        assert_eq!(vitals.verdict(at(6)), VitalsVerdict::OutOfRange);
    }

    #[test]
    fn pressure_counts_by_height_and_by_rise() {
        let bp = |systolic, diastolic| Vital::BloodPressure { systolic, diastolic };
        for (first, second, expect) in [
            (bp(120, 80), bp(160, 105), VitalsVerdict::Fine),
            (bp(120, 80), bp(161, 80), VitalsVerdict::OutOfRange),
            (bp(120, 80), bp(120, 106), VitalsVerdict::OutOfRange),
            (bp(150, 90), bp(179, 109), VitalsVerdict::Fine),
            (bp(150, 90), bp(180, 90), VitalsVerdict::OutOfRange),
            (bp(150, 90), bp(150, 110), VitalsVerdict::OutOfRange),
        ] {
            let mut vitals = Vitals::default();
            vitals.observe(at(0), first);
            vitals.observe(at(1), second);
            assert_eq!(vitals.verdict(at(1)), expect, "{second:?}");
        }
    }

    #[test]
    fn low_oxygen_counts_after_ten_seconds_and_very_low_at_once() {
        let mut vitals = Vitals::default();
        vitals.observe(at(0), Vital::OxygenSaturation(91));
        assert_eq!(vitals.verdict(at(9)), VitalsVerdict::Fine);
        assert_eq!(vitals.verdict(at(10)), VitalsVerdict::OutOfRange);
        vitals.observe(at(11), Vital::OxygenSaturation(92));
        assert_eq!(vitals.verdict(at(25)), VitalsVerdict::Fine);
        vitals.observe(at(26), Vital::OxygenSaturation(89));
        assert_eq!(vitals.verdict(at(26)), VitalsVerdict::OutOfRange);
    }

    #[test]
    fn a_sensor_that_never_spoke_is_not_missed_and_one_that_did_is() {
        let mut vitals = Vitals::default();
        assert_eq!(vitals.verdict(at(1_000)), VitalsVerdict::Fine);
        vitals.observe(at(0), Vital::HeartRate(70));
        assert_eq!(vitals.verdict(Timestamp::from_millis(29_999)), VitalsVerdict::Fine);
        assert_eq!(vitals.verdict(at(30)), VitalsVerdict::SensorLost);
        vitals.observe(at(31), Vital::HeartRate(71));
        assert_eq!(vitals.verdict(at(32)), VitalsVerdict::Fine);
        vitals.observe(at(33), Vital::Lost);
        assert_eq!(vitals.verdict(at(33)), VitalsVerdict::SensorLost);
    }
}
