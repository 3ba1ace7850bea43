use super::*;
use crate::plan::{CheckContext, Severity, Travel, check};
use antipode_safety::{Angle, Limits, Millis, Rate, Setting};
use std::num::NonZeroU16;

mod ladder;

pub(super) fn rung(tilt: i64, bouts: u16, hold_s: u64) -> Rung {
    Rung {
        tilt: Angle::clamped(tilt * 1_000),
        bouts: NonZeroU16::new(bouts).unwrap(),
        hold: Millis::from_secs(hold_s),
        rest: Millis::from_secs(60),
        travel: Travel::new(Rate::clamped(1_500), Rate::clamped(1_000)).unwrap(),
        style: Style::Static,
    }
}

pub(super) fn parts(ladder: Vec<Rung>) -> ProgrammeParts {
    ProgrammeParts {
        name: "guide".into(),
        title: "Guide".into(),
        evidence: "a guide".into(),
        strength: EvidenceStrength::Proposal,
        weeks: 6,
        days_per_week: 4,
        entry: Entry { attendance: Attendance::Spotter, prescribed: false, after: None },
        maintenance_weeks: 12,
        ladder,
    }
}

pub(super) fn allowed(plan: &crate::plan::Plan, setting: Setting) -> bool {
    let context = CheckContext::alone_with_file(plan.attendance);
    let findings = check(plan, &Limits::hard(setting), &context);
    findings.iter().all(|finding| finding.severity == Severity::Warning)
}
/// The ladder of configs/programmes/guideline.toml.
pub(super) fn guide() -> Programme {
    let ladder = [
        (15, 3, 60),
        (20, 3, 60),
        (20, 3, 120),
        (25, 3, 120),
        (30, 3, 120),
        (30, 3, 180),
        (30, 4, 180),
        (30, 5, 180),
    ];
    let rungs = ladder.map(|(tilt, bouts, hold)| rung(tilt, bouts, hold));
    Programme::new(parts(rungs.to_vec())).unwrap()
}

mod progress;
mod story;

/// Nothing about today refuses anything.
pub(super) struct Anything;

impl Fit for Anything {
    fn fits(&self, _: &crate::plan::Plan) -> bool {
        true
    }
}

pub(super) fn day(n: i32) -> crate::day::Day {
    crate::day::Day::from_unix_days(20_000 + n).unwrap()
}

pub(super) fn today(n: i32) -> Today {
    Today { day: day(n), pain: Pain::default(), maintenance: None, screened_since: false }
}

/// A clean session of `rung` on day `n`.
pub(super) fn clean(n: i32, rung: usize) -> SessionResult {
    SessionResult {
        day: day(n),
        rung,
        tilt: guide().ladder()[rung].tilt,
        head_down: Millis::from_secs(200),
        end: End::Completed,
        symptoms: Vec::new(),
        eased: false,
        shortened: None,
        before: Pain { back: Some(4), leg: Some(3), reach: Some(LegReach::Thigh) },
        after: Pain { back: Some(4), leg: Some(3), reach: Some(LegReach::Thigh) },
        next_morning: Pain { back: Some(4), leg: Some(3), reach: Some(LegReach::Thigh) },
        delayed_harm: Some(false),
    }
}

/// The rung and the reasons after `history` on day `n`.
pub(super) fn next(history: &[SessionResult], n: i32) -> Result<(usize, Vec<Reason>), Stop> {
    let decision = guide().next(history, &today(n), &Anything).step?;
    Ok((decision.after.rung, decision.reasons))
}
