//! Pain today against last time.

use crate::symptom_map::{Centralisation, PainReach, centralisation};

use super::admission::{Printed, Step};
use super::inputs::Pain;
use super::numbers;
use super::reason::Cause;

/// What pain makes of today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PainToday {
    pub(super) causes: Vec<Cause>,
    pub(super) step: Step,
    pub(super) printed: Option<Printed>,
}

/// Holds pain `now` against `last` time's.
pub(super) fn pain(now: Pain, last: Option<Pain>) -> PainToday {
    let mut causes = Vec::new();
    let worst = now.back.max(now.leg);
    if worst.get() >= numbers::PAIN_MOST {
        causes.push(Cause::PainSevere(worst));
    }
    let Some(last) = last else {
        return PainToday { causes, step: Step::AsPlanned, printed: None };
    };
    let by = now.back.rise(last.back).max(now.leg.rise(last.leg));
    if by >= numbers::PAIN_ROSE {
        causes.push(Cause::PainRose { by });
    }
    let of = |pain: Pain| PainReach { reach: pain.reach, back: pain.back };
    let moved = centralisation(of(last), of(now));
    if moved == Centralisation::FurtherDown && now.reach.is_leg() {
        causes.push(Cause::PainSpread { from: last.reach, to: now.reach });
    }
    let leg_rose = now.leg.rise(last.leg) >= numbers::PAIN_GENTLER;
    let (step, printed) = match moved {
        Centralisation::Held if !leg_rose => (Step::Held, Some(Printed::Centralised)),
        Centralisation::FurtherDown => (Step::OneBack, Some(Printed::PainRose(by))),
        Centralisation::Held | Centralisation::Unmoved if by >= numbers::PAIN_GENTLER => {
            (Step::OneBack, Some(Printed::PainRose(by)))
        }
        Centralisation::Held | Centralisation::Unmoved => (Step::AsPlanned, None),
    };
    PainToday { causes, step, printed }
}
