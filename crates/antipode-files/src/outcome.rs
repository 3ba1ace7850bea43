//! Reading a questionnaire of sentences to tick.

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Sink};
use crate::key::{Key, Kind, LINE, SCHEMA, Shape, must};
use crate::plan::keys::{NAME, TITLE};
use crate::source::Source;

/// Sentences that are ticked where they fit, in a fixed order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Questionnaire {
    /// Short name.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Who wrote it; to be cited wherever it is used.
    pub source: String,
    /// The sentences.
    pub sentences: Vec<String>,
}

static SOURCE: Key = must("source", Kind::Text(LINE), "Who wrote it, to be cited.");
static SENTENCE: Key =
    must("sentence", Kind::Tables(&SENTENCE_SHAPE), "What is ticked where it fits, in order.");
static TEXT: Key = must("text", Kind::Text(LINE), "The sentence, word for word.");
static SENTENCE_SHAPE: Shape = Shape { about: "One sentence.", keys: &[&TEXT] };
static QUESTIONNAIRE: Shape = Shape {
    about: "A questionnaire of sentences to tick.",
    keys: &[&SCHEMA, &NAME, &TITLE, &SOURCE, &SENTENCE],
};

/// The Roland-Morris questionnaire that the program carries.
#[must_use]
pub const fn rmdq() -> &'static str {
    include_str!("../../../configs/outcomes/rmdq.toml")
}

/// Reads a questionnaire.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_questionnaire(source: &Source) -> Result<Read<Questionnaire>, Findings> {
    crate::document::read(source, &QUESTIONNAIRE, questionnaire)
}

fn questionnaire(fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Questionnaire> {
    let name = fields.name(&NAME, sink);
    let title = fields.text(&TITLE, sink);
    let source = fields.text(&SOURCE, sink);
    let mut sentences = Some(Vec::new());
    for (table, span) in fields.tables(&SENTENCE, sink) {
        let text = Fields::open(table, span, &SENTENCE_SHAPE, sink).text(&TEXT, sink);
        sentences = sentences.zip(text).map(|(mut all, text)| {
            all.push(text);
            all
        });
    }
    Some(Questionnaire { name: name?, title: title?, source: source?, sentences: sentences? })
}
