//! The questionnaire that the program carries.

use antipode_core::outcome::Rmdq;
use antipode_files::{Source, read_questionnaire, rmdq};

#[test]
fn roland_morris_has_its_24_sentences_and_names_its_authors() {
    let read = read_questionnaire(&Source::new("rmdq", rmdq())).unwrap().value;
    assert_eq!(read.sentences.len(), Rmdq::ITEMS);
    assert!(read.source.contains("Roland M, Morris R"));
    let mut once = read.sentences.clone();
    once.sort();
    once.dedup();
    assert_eq!(once.len(), Rmdq::ITEMS, "each sentence once");
    assert!(read.sentences.iter().all(|text| text.ends_with('.')));
}

#[test]
fn a_sentence_without_words_is_refused() {
    let empty = rmdq().replacen("text = \"I stay", "txt = \"I stay", 1);
    assert!(read_questionnaire(&Source::new("rmdq", empty.as_str())).is_err());
}
