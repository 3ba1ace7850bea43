//! What follows from the profile. It is never asked: the facts are on file.

use antipode_safety::{Angle, Layer, Limits, Narrowing, Why};

use crate::person::Person;

use super::id::Id;
use super::sheet::{Severity, Whom};

/// A finding from a person's own facts.
///
/// Under 18, a body mass index of 40 and a mass or height beyond tables have no place here: such a
/// [`Person`] cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Derived {
    /// Age in years, from [`Person::AGE_CLEARANCE`] on.
    Age(u16),
    /// Body mass index in tenths, from [`Person::BMI_CLEARANCE_TENTHS`] on.
    BodyMassIndex(u32),
}

/// Deepest tilt of a cleared person of 60 or of a body mass index of 30: 30 degrees, where the
/// systolic pressure was still flat (Whittle 2022 to 45 degrees).
const CLEARED: Narrowing = Narrowing { tilt: Angle::from_deg(30), ..Narrowing::NONE };

impl Derived {
    /// Scope of a clearance for age.
    pub const AGE_SCOPE: &'static str = "age-60";
    /// Scope of a clearance for body mass.
    pub const BODY_MASS_SCOPE: &'static str = "bmi-30";

    /// Everything that follows from `person`, in a fixed order.
    #[must_use]
    pub fn of(person: &Person) -> Vec<Self> {
        let age = (person.age() >= Person::AGE_CLEARANCE).then_some(Self::Age(person.age()));
        let tenths = person.bmi_tenths();
        let mass = (tenths >= Person::BMI_CLEARANCE_TENTHS).then_some(Self::BodyMassIndex(tenths));
        age.into_iter().chain(mass).collect()
    }

    /// What the finding does: it needs a clearance.
    #[must_use]
    pub fn severity(self) -> Severity {
        Severity::Clearance(Id::fixed(match self {
            Self::Age(_) => Self::AGE_SCOPE,
            Self::BodyMassIndex(_) => Self::BODY_MASS_SCOPE,
        }))
    }

    /// Whom the person can ask.
    #[must_use]
    pub const fn ask(self) -> Whom {
        match self {
            Self::Age(_) | Self::BodyMassIndex(_) => Whom::Doctor,
        }
    }

    /// `limits` of a person who is cleared for it.
    #[must_use]
    pub fn narrow(self, limits: Limits) -> Limits {
        let why = match self {
            Self::Age(years) => Why::Age(u8::try_from(years).unwrap_or(u8::MAX)),
            Self::BodyMassIndex(_) => Why::PersonProfile,
        };
        limits.narrow(Layer::Person, why, CLEARED)
    }
}
