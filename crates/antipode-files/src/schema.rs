//! JSON Schemas (draft 2020-12) of every file kind, made from the same keys as the readers, so
//! that an editor says what a reader would.

use serde_json::{Map, Value, json};

use crate::key::{Key, Kind, List, NAME_PATTERN, Need, SCHEMA_VERSION, Shape, Variants};
use crate::scenario::Vocabulary;

/// A kind of file that people write, or that is written for them to keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FileKind {
    /// One session as written.
    Plan,
    /// The facts about a person that limits depend on.
    Person,
    /// One table.
    Table,
    /// A kind of table.
    Model,
    /// The place where tables stand.
    Site,
    /// A simulated session with faults and what must come of it.
    Scenario,
    /// What was measured on a table before it may carry anybody head-down.
    Commissioning,
    /// Several weeks as written.
    Programme,
    /// Questions about who may use a table.
    Screening,
    /// Answers to them.
    Answers,
}

impl FileKind {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Plan,
        Self::Person,
        Self::Table,
        Self::Model,
        Self::Site,
        Self::Scenario,
        Self::Commissioning,
        Self::Programme,
        Self::Screening,
        Self::Answers,
    ];

    /// Its word, as in `plan.schema.json`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Plan => "plan",
            Self::Person => "person",
            Self::Table => "table",
            Self::Model => "model",
            Self::Site => "site",
            Self::Scenario => "scenario",
            Self::Commissioning => "commissioning",
            Self::Programme => "programme",
            Self::Screening => "screening",
            Self::Answers => "answers",
        }
    }

    const fn shape(self) -> &'static Shape {
        match self {
            Self::Plan => &crate::plan::keys::PLAN,
            Self::Person => &crate::person::PERSON,
            Self::Table => &crate::table::TABLE,
            Self::Model => &crate::model::MODEL,
            Self::Site => &crate::site::SITE,
            Self::Scenario => &crate::scenario::SCENARIO,
            Self::Commissioning => &crate::commissioning::COMMISSIONING,
            Self::Programme => &crate::programme::PROGRAMME,
            Self::Screening => &crate::screening::SCREENING,
            Self::Answers => &crate::answers::ANSWERS,
        }
    }
}

/// The schema of a file kind. `vocabulary` is used for scenarios only.
///
/// A schema knows form, not sense: what is allowed for a person, a table and a day is checked by
/// the readers.
#[must_use]
pub fn schema(kind: FileKind, vocabulary: &Vocabulary<'_>) -> Value {
    let mut maker = Maker { vocabulary, definitions: Map::new() };
    let mut schema = maker.shape(kind.shape());
    if let Some(object) = schema.as_object_mut() {
        object.insert("$schema".to_owned(), json!("https://json-schema.org/draft/2020-12/schema"));
        object.insert("title".to_owned(), json!(format!("Antipode {} file", kind.key())));
        if !maker.definitions.is_empty() {
            object.insert("$defs".to_owned(), Value::Object(maker.definitions));
        }
    }
    schema
}

struct Maker<'a> {
    vocabulary: &'a Vocabulary<'a>,
    definitions: Map<String, Value>,
}

impl Maker<'_> {
    fn shape(&mut self, shape: &'static Shape) -> Value {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for key in shape.keys {
            if key.need == Need::Must {
                required.push(key.name);
            }
            properties.insert(key.name.to_owned(), self.key(key));
        }
        json!({
            "type": "object",
            "description": shape.about,
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    }

    fn key(&mut self, key: &'static Key) -> Value {
        let mut value = self.kind(&key.kind);
        if let Some(object) = value.as_object_mut() {
            object.insert("description".to_owned(), json!(key.about));
        }
        value
    }

    fn kind(&mut self, kind: &'static Kind) -> Value {
        match kind {
            Kind::Schema => json!({ "const": SCHEMA_VERSION }),
            Kind::Text(most) => json!({ "type": "string", "minLength": 1, "maxLength": most }),
            Kind::Name => json!({ "type": "string", "pattern": NAME_PATTERN }),
            Kind::Word(words) => json!({ "enum": words }),
            Kind::Listed(List::Faults) => json!({ "enum": self.vocabulary.faults }),
            Kind::Listed(List::Acts) => json!({ "enum": self.vocabulary.acts }),
            Kind::Decimal { least, most, .. } => json!({
                "type": "number",
                "minimum": thousandths(*least),
                "maximum": thousandths(*most),
            }),
            Kind::Whole { least, most } => {
                json!({ "type": "integer", "minimum": least, "maximum": most })
            }
            Kind::Duration { .. } => json!({ "type": "string", "pattern": DURATION_PATTERN }),
            Kind::Date => json!({ "type": "string", "format": "date", "pattern": DATE_PATTERN }),
            Kind::TiltRange => {
                json!({ "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 })
            }
            Kind::Answers => json!({
                "type": "object",
                "propertyNames": { "pattern": ID_PATTERN },
                "additionalProperties": {
                    "oneOf": [
                        { "enum": crate::answers::WORDS },
                        { "type": "integer", "minimum": 0, "maximum": u16::MAX },
                    ],
                },
            }),
            Kind::Table(shape) => self.shape(shape),
            Kind::Tables(shape) => json!({ "type": "array", "items": self.shape(shape) }),
            Kind::Variants(variants) => self.variants(variants),
        }
    }

    /// Blocks may hold blocks, so their schema is a definition that refers to itself.
    fn variants(&mut self, variants: &'static Variants) -> Value {
        const NAME: &str = "block";
        if !self.definitions.contains_key(NAME) {
            // Entered first, so that the shapes inside find it.
            self.definitions.insert(NAME.to_owned(), Value::Null);
            let shapes: Vec<Value> = variants
                .shapes
                .iter()
                .map(|(name, shape)| {
                    let mut value = self.shape(shape);
                    tag(&mut value, variants, name);
                    value
                })
                .collect();
            self.definitions.insert(NAME.to_owned(), json!({ "oneOf": shapes }));
        }
        json!({ "type": "array", "items": { "$ref": "#/$defs/block" } })
    }
}

/// Pins the key that tells shapes apart to one of them.
fn tag(shape: &mut Value, variants: &Variants, name: &str) {
    let key = variants.tag;
    if let Some(property) = shape.pointer_mut(&format!("/properties/{}", key.name)) {
        *property = json!({ "const": name, "description": key.about });
    }
    if name != variants.default
        && let Some(required) = shape.get_mut("required").and_then(Value::as_array_mut)
    {
        required.push(json!(key.name));
    }
}

/// The form of a question's id.
const ID_PATTERN: &str = "^[a-z][a-z0-9-]{0,39}$";

/// The form of a date.
const DATE_PATTERN: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$";

/// The form of a length of time: numbers each with a unit, the largest first.
const DURATION_PATTERN: &str = "^ *([0-9.]+ *(h|hours?) *)?([0-9.]+ *(m|min|minutes?) *)?\
                                ([0-9.]+ *(s|sec|seconds?) *)?([0-9.]+ *ms *)?$";

/// A number of thousandths as a JSON number, exact, without passing through binary fractions that
/// would print as 0.30000000000000004.
fn thousandths(value: i64) -> Value {
    if value % 1_000 == 0 {
        return json!(value / 1_000);
    }
    crate::number::plain(value).parse::<serde_json::Number>().map_or(Value::Null, Value::Number)
}
