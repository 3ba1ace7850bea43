//! How long head-down, by the true tilt: I10. And that limits only narrow: I11.

use crate::home::Way;
use crate::motion::millis;
use crate::profile::Profile;
use crate::row::{Clock, REST_TOP_MDEG, Row};
use crate::trace::{Event, Limits};
use crate::violation::{Report, Rule};

/// Time counts from 5 degrees on; a healthy source may read 0.3 degree low and rounding adds the rest.
const COUNTS_FROM_MDEG: i32 = 5_500;
/// A hold is the time this near to the target of the bout: well inside the 2 degrees by which controllers count it.
const HOLD_BAND_MDEG: i32 = 1_500;
/// From a limit to the start of the raise, ms: 5 s of hold if the host dies just then, lease, ramp and debounce.
const RAISE_STARTS_MS: u64 = 6_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct DoseRules {
    hold_ms: u64,
    bout_ms: u64,
    session_ms: u64,
    day_ms: u64,
    day: Option<u32>,
    new_session: bool,
    over: [Clock; 4],
}

impl DoseRules {
    pub(crate) fn event(&mut self, event: &Event) {
        if *event == Event::SessionStarted {
            self.new_session = true;
        }
    }

    pub(crate) fn check(&mut self, row: &Row<'_>, way: Way, report: &mut Report) {
        self.count(row);
        self.judge(row, way, report);
        limits_narrow(row, report);
    }

    /// Own counters: they live outside host and firmware, so a restart or a wrong clock cannot shorten them.
    fn count(&mut self, row: &Row<'_>) {
        if std::mem::take(&mut self.new_session) {
            self.session_ms = 0;
        }
        if !row.head_down() {
            self.bout_ms = 0;
            self.hold_ms = 0;
            // A bout over midnight counts to both days.
            if self.day != Some(row.now.plant.day) {
                self.day = Some(row.now.plant.day);
                self.day_ms = 0;
            }
            return;
        }
        let step = u64::from(row.dt_ms);
        if row.tilt() >= COUNTS_FROM_MDEG {
            self.bout_ms += step;
            self.session_ms += step;
            self.day_ms += step;
        }
        let target = row.now.host.bout_target_mdeg.filter(|target| *target >= COUNTS_FROM_MDEG);
        let near = |target: i32| (row.tilt() - target).saturating_abs() <= HOLD_BAND_MDEG;
        if target.is_some_and(near) {
            self.hold_ms += step;
        }
    }

    /// Over a limit the bed must be coming up. Not judged while the way home is closed: then it cannot.
    fn judge(&mut self, row: &Row<'_>, way: Way, report: &mut Report) {
        let (limits, profile) = (&row.now.host.limits, row.profile);
        let target = row.now.host.bout_target_mdeg.unwrap_or(row.tilt());
        let counts = [
            (Rule::HoldTooLong, self.hold_ms, limits.hold_ms.min(Profile::hold_ms(target))),
            (Rule::BoutTooLong, self.bout_ms, limits.bout_ms.min(profile.bout_ms)),
            (Rule::SessionTooLong, self.session_ms, limits.session_ms.min(profile.session_ms)),
            (Rule::DayTooLong, self.day_ms, limits.day_ms.min(profile.day_ms)),
        ];
        let stays = row.tilt() >= COUNTS_FROM_MDEG && row.setpoint() >= 0 && way != Way::Closed;
        for (clock, (rule, count, limit)) in self.over.iter_mut().zip(counts) {
            let over_ms = clock.run(row.now.t_ms, stays && count > u64::from(limit));
            let numbers = [millis(count), limit.into(), row.tilt().into(), 0];
            report.judge(rule, over_ms > RAISE_STARTS_MS, numbers);
        }
    }
}

/// I11: head-down nothing widens. The rest band is judged by the truth; where every source lies it is not judged.
fn limits_narrow(row: &Row<'_>, report: &mut Report) {
    let (now, before) = (&row.now.host, &row.before.host);
    let same = row.same_host() && now.session_active && before.session_active;
    let tilted = row.head_down() && row.before.plant.tilt_mdeg > REST_TOP_MDEG;
    let judged = same && tilted && row.truthful();
    let widened = if judged { widened(&before.limits, &now.limits) } else { None };
    let (index, from, to) = widened.unwrap_or_default();
    let numbers = [index, from, to, row.tilt().into()];
    report.judge(Rule::LimitWidened, widened.is_some(), numbers);
}

/// The first limit that grew: its place in [`Limits`], old and new value.
fn widened(before: &Limits, now: &Limits) -> Option<(i64, i64, i64)> {
    if before == now {
        return None;
    }
    let pairs = [
        (i64::from(before.tilt_mdeg), i64::from(now.tilt_mdeg)),
        (i64::from(before.lower_mdeg_s), i64::from(now.lower_mdeg_s)),
        (i64::from(before.raise_mdeg_s), i64::from(now.raise_mdeg_s)),
        (i64::from(before.hold_ms), i64::from(now.hold_ms)),
        (i64::from(before.bout_ms), i64::from(now.bout_ms)),
        (i64::from(before.session_ms), i64::from(now.session_ms)),
        (i64::from(before.day_ms), i64::from(now.day_ms)),
    ];
    (0..).zip(pairs).find(|(_, (from, to))| to > from).map(|(place, (from, to))| (place, from, to))
}

#[cfg(test)]
mod tests;
