//! What makes a ladder one that can be climbed: small steps, one change at a time, and every
//! session within the caps of the static check.

use antipode_safety::{Angle, Limits, Millis, Setting};

use super::{Offer, Programme, ProgrammeParts, Rung};
use crate::plan::{Attendance, CheckContext, Finding, Severity, check};

/// A whole number of a programme that has bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// Its length in weeks.
    Weeks,
    /// Its days with a session in a week.
    DaysPerWeek,
    /// Its maintenance in weeks.
    MaintenanceWeeks,
    /// Its rungs.
    Rungs,
}

/// What is wrong with a programme. Rungs are counted from 0.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ProgrammeFinding {
    /// A number is out of its range.
    Range {
        /// Which.
        slot: Slot,
        /// What was asked for.
        value: u64,
        /// Least.
        least: u64,
        /// Most.
        most: u64,
    },
    /// A rung is gentler than the one before it, or of another style: that is no ladder.
    NotMore {
        /// The rung.
        rung: usize,
    },
    /// A rung changes more than one of tilt, hold and bouts, or none of them.
    Changes {
        /// The rung.
        rung: usize,
        /// How many it changes.
        changes: u8,
    },
    /// A rung is too much deeper.
    TooMuchDeeper {
        /// The rung.
        rung: usize,
        /// By so many millidegrees.
        by: u32,
        /// At most so many.
        most: u32,
    },
    /// A rung holds too much longer.
    TooMuchLonger {
        /// The rung.
        rung: usize,
        /// By so much.
        by: Millis,
        /// At most so much.
        most: Millis,
    },
    /// A rung has more than one bout more.
    TooManyMoreBouts {
        /// The rung.
        rung: usize,
        /// So many more.
        by: u16,
    },
    /// The first rung is deeper than anybody starts.
    StartsDeep {
        /// Its tilt.
        tilt: Angle,
        /// At most this.
        most: Angle,
    },
    /// The static check refuses the session of a rung.
    Plan {
        /// The rung.
        rung: usize,
        /// With travel halved so often.
        slowed: u8,
        /// Its finding.
        finding: Box<Finding>,
    },
}

impl ProgrammeFinding {
    /// The rung that it is about; `None` for the programme as a whole.
    #[must_use]
    pub const fn rung(&self) -> Option<usize> {
        match self {
            Self::Range { .. } => None,
            Self::StartsDeep { .. } => Some(0),
            Self::NotMore { rung }
            | Self::Changes { rung, .. }
            | Self::TooMuchDeeper { rung, .. }
            | Self::TooMuchLonger { rung, .. }
            | Self::TooManyMoreBouts { rung, .. }
            | Self::Plan { rung, .. } => Some(*rung),
        }
    }
}

impl std::fmt::Display for ProgrammeFinding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Range { slot, value, least, most } => {
                let what = match slot {
                    Slot::Weeks => "weeks",
                    Slot::DaysPerWeek => "days in a week",
                    Slot::MaintenanceWeeks => "weeks of maintenance",
                    Slot::Rungs => "steps",
                };
                write!(f, "the programme has {value} {what}; it must have {least} to {most}")
            }
            Self::NotMore { rung } => write!(
                f,
                "step {} is gentler than the one before it, or moves otherwise; a ladder only goes up",
                rung + 1
            ),
            Self::Changes { rung, changes } => write!(
                f,
                "step {} changes {changes} of tilt, hold and bouts; it must change exactly one",
                rung + 1
            ),
            Self::TooMuchDeeper { rung, by, most } => write!(
                f,
                "step {} is {}.{:03} degrees deeper; it must be at most {} deeper",
                rung + 1,
                by / 1_000,
                by % 1_000,
                most / 1_000
            ),
            Self::TooMuchLonger { rung, by, most } => write!(
                f,
                "step {} holds {} ms longer; it must be at most {} ms longer",
                rung + 1,
                by.get(),
                most.get()
            ),
            Self::TooManyMoreBouts { rung, by } => {
                write!(f, "step {} has {by} bouts more; it must be at most one more", rung + 1)
            }
            Self::StartsDeep { tilt, most } => {
                write!(f, "the first step is at {tilt}; it must be at most {most}")
            }
            Self::Plan { rung, slowed: 0, finding } => write!(f, "step {}: {finding}", rung + 1),
            Self::Plan { rung, finding, .. } => {
                write!(f, "step {} with the slowest travel: {finding}", rung + 1)
            }
        }
    }
}

/// The deepest first step: makers start people at 15 to 20 degrees.
const START_MOST: Angle = Angle::clamped(20_000);
/// So many halvings lead to the slowest travel.
pub(super) const SLOWEST: u8 = 6;

pub(super) fn findings(parts: &ProgrammeParts) -> Vec<ProgrammeFinding> {
    let mut findings = Vec::new();
    for (slot, value, least, most) in [
        (Slot::Weeks, u64::from(parts.weeks), 1, Programme::WEEKS_MOST),
        (Slot::DaysPerWeek, u64::from(parts.days_per_week), 1, Programme::DAYS_PER_WEEK_MOST),
        (
            Slot::MaintenanceWeeks,
            u64::from(parts.maintenance_weeks),
            0,
            Programme::MAINTENANCE_WEEKS_MOST,
        ),
    ] {
        let most = u64::from(most);
        if !(least..=most).contains(&value) {
            findings.push(ProgrammeFinding::Range { slot, value, least, most });
        }
    }
    let rungs = parts.ladder.len();
    if rungs == 0 || rungs > Programme::RUNGS_MOST {
        let (value, most) = (rungs as u64, Programme::RUNGS_MOST as u64);
        findings.push(ProgrammeFinding::Range { slot: Slot::Rungs, value, least: 1, most });
        return findings;
    }
    if let Some(first) = parts.ladder.first().filter(|first| first.tilt > START_MOST) {
        findings.push(ProgrammeFinding::StartsDeep { tilt: first.tilt, most: START_MOST });
    }
    for (below, pair) in parts.ladder.windows(2).enumerate() {
        if let [before, after] = pair {
            step(below + 1, before, after, &mut findings);
        }
    }
    sessions(parts, &mut findings);
    findings
}

/// One change, and a small one.
fn step(rung: usize, before: &Rung, after: &Rung, findings: &mut Vec<ProgrammeFinding>) {
    if after.tilt < before.tilt
        || after.hold < before.hold
        || after.bouts < before.bouts
        || after.style != before.style
    {
        findings.push(ProgrammeFinding::NotMore { rung });
        return;
    }
    let deeper = after.tilt.distance(before.tilt);
    let longer = after.hold.less(before.hold);
    let more = after.bouts.get() - before.bouts.get();
    let changes = u8::from(deeper > 0) + u8::from(longer > Millis::ZERO) + u8::from(more > 0);
    if changes != 1 {
        findings.push(ProgrammeFinding::Changes { rung, changes });
    }
    let most = Programme::DEEPER_STEP.unsigned_abs();
    if deeper > most {
        findings.push(ProgrammeFinding::TooMuchDeeper { rung, by: deeper, most });
    }
    let most = Millis::new(Programme::LONGER_STEP_MS);
    if longer > most {
        findings.push(ProgrammeFinding::TooMuchLonger { rung, by: longer, most });
    }
    if more > 1 {
        findings.push(ProgrammeFinding::TooManyMoreBouts { rung, by: more });
    }
}

/// Every session as written, and the first also with the slowest travel: there is always a step
/// that a person whose speeds were lowered can be offered.
fn sessions(parts: &ProgrammeParts, findings: &mut Vec<ProgrammeFinding>) {
    let limits = Limits::hard(match parts.entry.attendance {
        Attendance::AloneAllowed | Attendance::Spotter => Setting::Home,
        Attendance::Clinician => Setting::Clinic,
    });
    let context = CheckContext::alone_with_file(parts.entry.attendance);
    let programme = Programme { parts: parts.clone() };
    let slowest = std::iter::once((0, SLOWEST));
    for (rung, slowed) in (0..parts.ladder.len()).map(|rung| (rung, 0)).chain(slowest) {
        let offer = programme.full(rung).map(|full| Offer { slowed, ..full });
        let Some(plan) = offer.and_then(|offer| programme.plan(offer)) else { continue };
        for finding in check(&plan, &limits, &context) {
            if finding.severity == Severity::Error {
                let finding = Box::new(finding);
                findings.push(ProgrammeFinding::Plan { rung, slowed, finding });
            }
        }
    }
}
