//! Head-down time, counted so that no clock, restart or stale reading can shorten it.

use antipode_safety::{Angle, Millis, Timestamp};

/// From here on time counts as head-down, travel included (5 degrees).
pub const HEAD_DOWN_FROM: Angle = match Angle::from_deg(5) {
    Some(angle) => angle,
    None => Angle::LEVEL,
};

/// The head-down clocks of one bout, one session and one day.
///
/// They run on the monotonic clock, suspended time included, and are fed the worst case of the
/// tilt: while the angle is unknown after head-down, time goes on counting (H-26, I10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DoseClocks {
    bout: Millis,
    session: Millis,
    day_before: Millis,
    weighted: u64,
    last: Option<(Timestamp, Angle)>,
}

impl DoseClocks {
    /// Clocks at the start of a session; `day_before` is what this person's other sessions have
    /// used of today, rebuilt from the journals.
    #[must_use]
    pub const fn new(day_before: Millis) -> Self {
        Self { bout: Millis::ZERO, session: Millis::ZERO, day_before, weighted: 0, last: None }
    }

    /// Counts the time since the last call with the tilt that held *until* now, then remembers
    /// `tilt` for the next call. The larger of both tilts decides, so that a change of tilt
    /// between two calls never shortens the count.
    pub fn observe(&mut self, now: Timestamp, tilt: Angle) {
        if let Some((then, before)) = self.last {
            let passed = now.since(then);
            let deeper = if before > tilt { before } else { tilt };
            if deeper >= HEAD_DOWN_FROM {
                self.bout = self.bout.plus(passed);
                self.session = self.session.plus(passed);
                let millideg = u64::from(deeper.millideg().unsigned_abs());
                self.weighted =
                    self.weighted.saturating_add(passed.get().saturating_mul(millideg) / 1_000);
            }
        }
        self.last = Some((now, tilt));
    }

    /// A new bout begins.
    pub fn begin_bout(&mut self) {
        self.bout = Millis::ZERO;
    }

    /// Head-down time of this bout.
    #[must_use]
    pub const fn bout(&self) -> Millis {
        self.bout
    }

    /// Head-down time of this session.
    #[must_use]
    pub const fn session(&self) -> Millis {
        self.session
    }

    /// Head-down time of this day, all sessions.
    #[must_use]
    pub const fn day(&self) -> Millis {
        self.day_before.plus(self.session)
    }

    /// Angle-weighted dose of this session in degree-milliseconds.
    #[must_use]
    pub const fn weighted(&self) -> u64 {
        self.weighted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn deg(deg: i32) -> Angle {
        Angle::from_deg(deg).unwrap()
    }

    #[test]
    fn time_counts_from_five_degrees_on() {
        let mut dose = DoseClocks::new(Millis::from_secs(60));
        dose.observe(at(0), Angle::clamped(4_999));
        dose.observe(at(1_000), Angle::clamped(4_999));
        assert_eq!(dose.session(), Millis::ZERO);
        dose.observe(at(2_000), deg(5));
        assert_eq!(dose.session(), Millis::new(1_000));
        dose.observe(at(3_000), Angle::LEVEL);
        assert_eq!(dose.bout(), Millis::new(2_000));
        assert_eq!(dose.day(), Millis::new(62_000));
        dose.observe(at(9_000), Angle::LEVEL);
        assert_eq!(dose.session(), Millis::new(2_000));
    }

    #[test]
    fn a_new_bout_keeps_the_session_count() {
        let mut dose = DoseClocks::new(Millis::ZERO);
        dose.observe(at(0), deg(20));
        dose.observe(at(500), deg(20));
        dose.begin_bout();
        dose.observe(at(700), deg(20));
        assert_eq!((dose.bout(), dose.session()), (Millis::new(200), Millis::new(700)));
    }

    #[test]
    fn the_weighted_dose_is_angle_times_time() {
        let mut dose = DoseClocks::new(Millis::ZERO);
        dose.observe(at(0), deg(20));
        dose.observe(at(60_000), deg(20));
        assert_eq!(dose.weighted(), 20 * 60_000);
    }
}
