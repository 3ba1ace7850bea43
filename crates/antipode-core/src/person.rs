//! Who lies on the table: the few facts that limits depend on.

use antipode_safety::{Layer, Limits, Narrowing, Rate, Why};
use std::fmt;

/// A person as their file gives them, every value within the bounds that tables are built for.
///
/// # Example
/// ```
/// use antipode_core::person::{Person, PersonFacts, Sex};
/// let person = Person::new(PersonFacts {
///     name: "ada".into(),
///     height_cm: 172,
///     mass_kg: 70,
///     age: 41,
///     sex: Sex::Female,
///     ankle_setting: 3,
/// })
/// .unwrap();
/// assert_eq!(person.bmi_tenths(), 237);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Person {
    facts: PersonFacts,
}

/// What a person says of themselves, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PersonFacts {
    /// Short name for files and screens; need not be the person's own.
    pub name: String,
    /// Height in whole centimetres.
    pub height_cm: u16,
    /// Body mass in whole kilograms, rounded up.
    pub mass_kg: u16,
    /// Age in whole years.
    pub age: u16,
    /// Sex, for the body's mass distribution.
    pub sex: Sex,
    /// The number on the table's height scale at which this person is balanced.
    pub ankle_setting: u16,
}

/// Sex, where the distribution of body mass depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Not stated: the less favourable of the two figures is used.
    NotStated,
}

impl Sex {
    /// Every value.
    pub const ALL: [Self; 3] = [Self::Female, Self::Male, Self::NotStated];

    /// The word that a person file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Female => "female",
            Self::Male => "male",
            Self::NotStated => "not stated",
        }
    }
}

/// Why a person cannot use a table at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PersonFinding {
    /// Younger than tables are made for.
    TooYoung {
        /// Stated age in years.
        age: u16,
    },
    /// Not an age.
    AgeImplausible {
        /// Stated age in years.
        age: u16,
    },
    /// Shorter or taller than ankle holders and beds fit.
    HeightOutOfRange {
        /// Stated height.
        height_cm: u16,
    },
    /// Heavier than tables are rated for, or lighter than an adult.
    MassOutOfRange {
        /// Stated mass.
        mass_kg: u16,
    },
    /// Body mass index at which no clearance opens the table.
    BodyMassIndex {
        /// Body mass index in tenths of kg/m², rounded up.
        tenths: u32,
    },
    /// The name is empty, too long or has characters that a file name cannot carry everywhere.
    Name,
    /// The ankle setting is not on any table's scale.
    AnkleSetting {
        /// Stated setting.
        setting: u16,
    },
}

impl fmt::Display for PersonFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::TooYoung { age } => write!(
                f,
                "age is {age}; inversion tables are for adults of {} and over",
                Person::AGE_LEAST
            ),
            Self::AgeImplausible { age } => {
                write!(f, "age is {age}; it must be at most {}", Person::AGE_MOST)
            }
            Self::HeightOutOfRange { height_cm } => write!(
                f,
                "height is {height_cm} cm; tables fit {} to {} cm",
                Person::HEIGHT_LEAST_CM,
                Person::HEIGHT_MOST_CM
            ),
            Self::MassOutOfRange { mass_kg } => write!(
                f,
                "body mass is {mass_kg} kg; tables are rated for {} to {} kg",
                Person::MASS_LEAST_KG,
                Person::MASS_MOST_KG
            ),
            Self::BodyMassIndex { tenths } => write!(
                f,
                "body mass index is {}.{}; from {} on the table stays closed, whoever clears it",
                tenths / 10,
                tenths % 10,
                Person::BMI_BLOCK_TENTHS / 10
            ),
            Self::Name => write!(
                f,
                "name must be 1 to {} letters, digits, `-` or `_`, and start with a letter or digit",
                Person::NAME_MOST
            ),
            Self::AnkleSetting { setting } => write!(
                f,
                "ankle setting is {setting}; it must be at most {}",
                Person::ANKLE_SETTING_MOST
            ),
        }
    }
}

impl Person {
    /// Youngest age: makers build tables for adults, and no trial took younger people.
    pub const AGE_LEAST: u16 = 18;
    /// Oldest age that is taken as meant.
    pub const AGE_MOST: u16 = 120;
    /// Least height that makers' tables fit (4 ft 10 in).
    pub const HEIGHT_LEAST_CM: u16 = 147;
    /// Greatest height that makers' tables fit (6 ft 6 in).
    pub const HEIGHT_MOST_CM: u16 = 198;
    /// Least mass that is taken as meant.
    pub const MASS_LEAST_KG: u16 = 35;
    /// Greatest mass that makers' tables are rated for (300 lb); a table's own plate may say less.
    pub const MASS_MOST_KG: u16 = 136;
    /// Body mass index, in tenths, from which no clearance opens the table.
    pub const BMI_BLOCK_TENTHS: u32 = 400;
    /// Body mass index, in tenths, from which a clinician's clearance is needed.
    pub const BMI_CLEARANCE_TENTHS: u32 = 300;
    /// Age from which a clinician's clearance is needed: the cord is at more risk, and discs yield
    /// less than half as far.
    pub const AGE_CLEARANCE: u16 = 60;
    /// Longest name.
    pub const NAME_MOST: usize = 64;
    /// Largest number on a height scale, whether in holes, centimetres or inches.
    pub const ANKLE_SETTING_MOST: u16 = 300;

    /// A person with these facts.
    ///
    /// # Errors
    /// Every reason why this person cannot use a table, in the order of the facts.
    pub fn new(facts: PersonFacts) -> Result<Self, Vec<PersonFinding>> {
        let mut findings = Vec::new();
        if !is_name(&facts.name) {
            findings.push(PersonFinding::Name);
        }
        if !(Self::HEIGHT_LEAST_CM..=Self::HEIGHT_MOST_CM).contains(&facts.height_cm) {
            findings.push(PersonFinding::HeightOutOfRange { height_cm: facts.height_cm });
        }
        if !(Self::MASS_LEAST_KG..=Self::MASS_MOST_KG).contains(&facts.mass_kg) {
            findings.push(PersonFinding::MassOutOfRange { mass_kg: facts.mass_kg });
        }
        if facts.age < Self::AGE_LEAST {
            findings.push(PersonFinding::TooYoung { age: facts.age });
        } else if facts.age > Self::AGE_MOST {
            findings.push(PersonFinding::AgeImplausible { age: facts.age });
        }
        if facts.ankle_setting > Self::ANKLE_SETTING_MOST {
            findings.push(PersonFinding::AnkleSetting { setting: facts.ankle_setting });
        }
        let tenths = bmi_tenths(facts.height_cm, facts.mass_kg);
        if findings.is_empty() && tenths >= Self::BMI_BLOCK_TENTHS {
            findings.push(PersonFinding::BodyMassIndex { tenths });
        }
        if findings.is_empty() { Ok(Self { facts }) } else { Err(findings) }
    }

    /// Short name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.facts.name
    }

    /// Height in centimetres.
    #[must_use]
    pub const fn height_cm(&self) -> u16 {
        self.facts.height_cm
    }

    /// Body mass in kilograms.
    #[must_use]
    pub const fn mass_kg(&self) -> u16 {
        self.facts.mass_kg
    }

    /// Age in years.
    #[must_use]
    pub const fn age(&self) -> u16 {
        self.facts.age
    }

    /// Sex.
    #[must_use]
    pub const fn sex(&self) -> Sex {
        self.facts.sex
    }

    /// The number on the table's height scale at which this person is balanced.
    #[must_use]
    pub const fn ankle_setting(&self) -> u16 {
        self.facts.ankle_setting
    }

    /// `limits` with what this person's facts narrow, each with its reason.
    ///
    /// What a screening, a clearance or the day narrows is not known here.
    ///
    /// # Source
    /// From 60 on travel is at most 1 °/s: the fall of blood pressure on coming up is larger, and
    /// grows with the speed.
    #[must_use]
    pub fn narrow(&self, limits: Limits) -> Limits {
        if self.facts.age < Self::AGE_CLEARANCE {
            return limits;
        }
        let why = Why::Age(u8::try_from(self.facts.age).unwrap_or(u8::MAX));
        let slow = Some(Rate::clamped(1_000));
        limits.narrow(
            Layer::Person,
            why,
            Narrowing {
                lower_rate: slow,
                raise_rate: slow,
                through_level_rate: slow,
                ..Narrowing::NONE
            },
        )
    }

    /// Body mass index in tenths of kg/m², rounded up so that it never falls short of a bound.
    #[must_use]
    pub const fn bmi_tenths(&self) -> u32 {
        bmi_tenths(self.facts.height_cm, self.facts.mass_kg)
    }
}

const fn bmi_tenths(height_cm: u16, mass_kg: u16) -> u32 {
    let square = height_cm as u64 * height_cm as u64;
    if square == 0 {
        return u32::MAX;
    }
    let tenths = (mass_kg as u64 * 100_000).div_ceil(square);
    if tenths > u32::MAX as u64 { u32::MAX } else { tenths as u32 }
}

fn is_name(name: &str) -> bool {
    name.len() <= Person::NAME_MOST
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;
    use antipode_safety::Setting;

    fn facts() -> PersonFacts {
        PersonFacts {
            name: "ada".into(),
            height_cm: 172,
            mass_kg: 70,
            age: 41,
            sex: Sex::Female,
            ankle_setting: 3,
        }
    }

    #[track_caller]
    fn refused(facts: PersonFacts, expect: &[PersonFinding]) {
        assert_eq!(Person::new(facts).map(|_| ()).unwrap_err(), expect);
    }

    #[test]
    fn the_ends_of_every_range_are_let_in_and_the_next_values_are_not() {
        for age in [18, 120] {
            Person::new(PersonFacts { age, ..facts() }).unwrap();
        }
        refused(PersonFacts { age: 17, ..facts() }, &[PersonFinding::TooYoung { age: 17 }]);
        refused(PersonFacts { age: 121, ..facts() }, &[PersonFinding::AgeImplausible { age: 121 }]);
        for height_cm in [147, 198] {
            Person::new(PersonFacts { height_cm, ..facts() }).unwrap();
        }
        for height_cm in [0, 146, 199, u16::MAX] {
            refused(
                PersonFacts { height_cm, ..facts() },
                &[PersonFinding::HeightOutOfRange { height_cm }],
            );
        }
        Person::new(PersonFacts { mass_kg: 136, height_cm: 198, ..facts() }).unwrap();
        for mass_kg in [34, 137, u16::MAX] {
            refused(
                PersonFacts { mass_kg, height_cm: 198, ..facts() },
                &[PersonFinding::MassOutOfRange { mass_kg }],
            );
        }
    }

    #[test]
    fn a_body_mass_index_of_forty_stays_out_and_just_below_comes_in() {
        refused(
            PersonFacts { mass_kg: 90, height_cm: 150, ..facts() },
            &[PersonFinding::BodyMassIndex { tenths: 400 }],
        );
        // 100 kg at 158 cm is 40.06, at 159 cm 39.56.
        refused(
            PersonFacts { mass_kg: 100, height_cm: 158, ..facts() },
            &[PersonFinding::BodyMassIndex { tenths: 401 }],
        );
        let person = Person::new(PersonFacts { mass_kg: 100, height_cm: 159, ..facts() }).unwrap();
        assert_eq!(person.bmi_tenths(), 396);
    }

    #[test]
    fn names_can_be_file_names_everywhere() {
        let named = |name: &str| Person::new(PersonFacts { name: name.into(), ..facts() }).is_ok();
        assert!(named(&"a".repeat(64)) && named("A-1_b"));
        for name in [&"a".repeat(65), "", "-a", "a b", "a/b", "..", "ä", "a\0"] {
            assert!(!named(name), "{name:?}");
        }
    }

    #[test]
    fn all_that_is_wrong_is_said_at_once() {
        let wrong = PersonFacts {
            name: "../x".into(),
            height_cm: 100,
            mass_kg: 300,
            age: 12,
            ankle_setting: 999,
            ..facts()
        };
        assert_eq!(Person::new(wrong).unwrap_err().len(), 5);
    }

    #[test]
    fn from_sixty_on_travel_is_slower_and_says_why() {
        let limits = Limits::hard(Setting::Home);
        let younger = Person::new(PersonFacts { age: 59, ..facts() }).unwrap();
        assert_eq!(younger.narrow(limits), limits);
        let older = Person::new(PersonFacts { age: 60, ..facts() }).unwrap().narrow(limits);
        for rate in [older.lower_rate(), older.raise_rate(), older.through_level_rate()] {
            assert_eq!(rate.value(), Rate::clamped(1_000));
            assert_eq!((rate.layer(), rate.why()), (Layer::Person, Why::Age(60)));
        }
        assert_eq!(older.tilt(), limits.tilt());
    }
}
