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
