//! Who lies on the table: the few facts that limits depend on.

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
/// assert_eq!(person.bmi_tenths(), 236);
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

    /// Body mass index in tenths of kg/m², rounded up so that it never falls short of a bound.
    #[must_use]
    pub const fn bmi_tenths(&self) -> u32 {
        bmi_tenths(self.facts.height_cm, self.facts.mass_kg)
    }
}

const fn bmi_tenths(height_cm: u16, mass_kg: u16) -> u32 {
    let square = height_cm as u32 * height_cm as u32;
    if square == 0 { u32::MAX } else { (mass_kg as u32 * 100_000).div_ceil(square) }
}

fn is_name(name: &str) -> bool {
    name.len() <= Person::NAME_MOST
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}
