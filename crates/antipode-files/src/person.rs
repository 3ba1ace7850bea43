//! Reading a person file.

use antipode_core::person::{Person, PersonFacts, PersonFinding, Sex};

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::{Key, Kind, SCHEMA, Shape, may, must};
use crate::source::Source;

static SEXES: [&str; 3] = ["female", "male", "not stated"];

static NAME: Key =
    must("name", Kind::Name, "Short name for files and screens; it need not be the person's own.");
static HEIGHT: Key =
    must("height_cm", Kind::Whole { least: 50, most: 260 }, "Height in whole centimetres.");
static MASS: Key = must(
    "mass_kg",
    Kind::Whole { least: 10, most: 400 },
    "Body mass in whole kilograms, rounded up.",
);
static AGE: Key = must("age", Kind::Whole { least: 0, most: 150 }, "Age in whole years.");
static SEX: Key =
    may("sex", Kind::Word(&SEXES), "For the body's mass distribution; left out: not stated.");
static ANKLE_SETTING: Key = must(
    "ankle_setting",
    Kind::Whole { least: 0, most: 300 },
    "The number on the table's height scale at which this person is balanced.",
);

/// A person file.
pub(crate) static PERSON: Shape = Shape {
    about: "The few facts about a person that limits depend on. No condition is written here.",
    keys: &[&SCHEMA, &NAME, &HEIGHT, &MASS, &AGE, &SEX, &ANKLE_SETTING],
};

/// Reads a person.
///
/// # Errors
/// Every finding, when one of them is an error; among them that this person cannot use a table at
/// all.
pub fn read_person(source: &Source) -> Result<Read<Person>, Findings> {
    crate::document::read(source, &PERSON, |fields, sink| {
        let facts = facts(fields, sink)?;
        match Person::new(facts) {
            Ok(person) => Some(person),
            Err(findings) => {
                for finding in findings {
                    let span = fields.span_of(key_of(finding));
                    sink.error(span, Problem::Person(finding));
                }
                None
            }
        }
    })
}

fn facts(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<PersonFacts> {
    let mut whole = |key| fields.whole(key, sink).and_then(|value| u16::try_from(value).ok());
    let (height_cm, mass_kg, age, ankle_setting) =
        (whole(&HEIGHT), whole(&MASS), whole(&AGE), whole(&ANKLE_SETTING));
    let name = fields.name(&NAME, sink);
    let sex = fields.choice(&SEX, &Sex::ALL, Sex::key, sink);
    Some(PersonFacts {
        name: name?,
        height_cm: height_cm?,
        mass_kg: mass_kg?,
        age: age?,
        sex: sex.unwrap_or(Sex::NotStated),
        ankle_setting: ankle_setting?,
    })
}

const fn key_of(finding: PersonFinding) -> &'static Key {
    match finding {
        PersonFinding::TooYoung { .. } | PersonFinding::AgeImplausible { .. } => &AGE,
        PersonFinding::HeightOutOfRange { .. } => &HEIGHT,
        PersonFinding::MassOutOfRange { .. } | PersonFinding::BodyMassIndex { .. } => &MASS,
        PersonFinding::Name => &NAME,
        PersonFinding::AnkleSetting { .. } => &ANKLE_SETTING,
    }
}
