//! What the documents show of files, against the readers: an example that no longer reads, or a key
//! that no page explains, misleads somebody who is about to lie down.

use antipode_core::plan::{CheckContext, Plan, Preview};
use antipode_files::{
    FileKind, Findings, Source, check_plan, presets, read_person, read_plan, read_scenario,
    read_table, schema,
};
use antipode_safety::{Limits, Millis, Setting};
use serde_json::Value;

use crate::WORDS;

const README: &str = include_str!("../../../../README.md");
const PLAN_FILES: &str = include_str!("../../../../docs/plan-files.md");
const SCENARIOS: &str = include_str!("../../../../docs/scenarios.md");

/// What every plan begins with, for examples that show one block.
const HEAD: &str = "schema = 1\nname = \"x\"\ntitle = \"x\"\nevidence = \"x\"\n";
/// A bout, for examples that show a block which is none.
const BOUT: &str = "[[bout]]\ntilt_deg = 10\nhold = \"30s\"\nrest = \"60s\"\n\
    lower_deg_per_s = 1\nraise_deg_per_s = 1\n";

/// The fenced blocks of one language.
fn blocks(document: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("```{language}\n");
    document
        .split(fence.as_str())
        .skip(1)
        .map(|rest| rest.split("```").next().expect("split gives at least one part"))
        .collect()
}

fn checked(text: &str) -> Result<Vec<String>, Findings> {
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    let source = Source::new("my-plan.toml", text);
    let read = check_plan(&source, &Limits::hard(Setting::Home), context)?;
    Ok(read.warnings.list().iter().map(|finding| finding.problem.to_string()).collect())
}

#[test]
fn every_plan_that_a_document_shows_keeps_every_rule() {
    let mut shown = 0;
    for block in blocks(README, "toml").into_iter().chain(blocks(PLAN_FILES, "toml")) {
        if !block.contains("[[bout]]") {
            continue;
        }
        let head = if block.contains("schema") { "" } else { HEAD };
        let is_bout = ["hold =", "ceiling_deg =", "cycles ="].iter().any(|key| block.contains(key));
        let bout = if is_bout { "" } else { BOUT };
        match checked(&format!("{head}{bout}{block}")) {
            Ok(warnings) => assert!(warnings.is_empty(), "{block}\n{warnings:?}"),
            Err(findings) => panic!("{}", findings.render(false)),
        }
        shown += 1;
    }
    assert!(shown >= 11, "{shown}");
}

#[test]
fn every_other_file_that_a_document_shows_can_be_read() {
    let of = |key: &str| {
        let shown = blocks(PLAN_FILES, "toml").into_iter().find(|block| block.contains(key));
        Source::new("shown.toml", shown.unwrap())
    };
    read_person(&of("height_cm")).unwrap();
    read_table(&of("driver")).unwrap();
    // The words of faults and causes are the simulator's; here only the form is looked at.
    let vocabulary =
        antipode_files::Vocabulary { faults: &["link-cut"], end_causes: &["link_lost"], ..WORDS };
    let scenario = Source::new("cable-cut.toml", blocks(SCENARIOS, "toml")[0]);
    read_scenario(&scenario, &vocabulary).unwrap();
}

#[test]
fn the_refusal_in_the_readme_is_the_one_that_people_see() {
    let plan = blocks(README, "toml")[0];
    let hurried = plan.replace("rest = \"60s\"", "rest = \"20s\"");
    let drawn = checked(&hurried).unwrap_err().render(false);
    assert!(README.contains(&drawn), "{drawn}");
}

/// Every key and fixed word of a schema.
fn words_of(schema: &Value, found: &mut Vec<String>) {
    if let Some(object) = schema.as_object() {
        let properties = object.get("properties").and_then(Value::as_object);
        found.extend(properties.into_iter().flat_map(|keys| keys.keys().cloned()));
        let words = object.get("enum").and_then(Value::as_array).into_iter().flatten();
        let word = object.get("const").into_iter();
        found.extend(words.chain(word).filter_map(Value::as_str).map(str::to_owned));
    }
    match schema {
        Value::Array(items) => items.iter().for_each(|item| words_of(item, found)),
        Value::Object(fields) => fields.values().for_each(|field| words_of(field, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn every_key_and_word_of_a_plan_file_is_explained() {
    for (document, kind) in [
        (PLAN_FILES, FileKind::Plan),
        (PLAN_FILES, FileKind::Person),
        (PLAN_FILES, FileKind::Table),
        (SCENARIOS, FileKind::Scenario),
    ] {
        let mut words = Vec::new();
        words_of(&schema(kind, &WORDS), &mut words);
        let theirs = [WORDS.faults, WORDS.acts, WORDS.end_causes].concat();
        // Keys of a table for drivers that are not there yet.
        let later = ["address", "model"];
        for word in words {
            let known = document.contains(&word)
                || theirs.contains(&word.as_str())
                || kind == FileKind::Table && (later.contains(&word.as_str()) || word == "title");
            assert!(known, "{}: nothing explains `{word}`", kind.key());
        }
    }
}

/// Minutes and seconds, begun seconds counted.
fn clock(time: Millis) -> String {
    let seconds = time.get().div_ceil(1_000);
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

#[test]
fn the_table_of_presets_gives_their_real_times_and_company() {
    for (name, text) in presets() {
        let plan = read_plan(&Source::new(*name, *text)).unwrap().value.plan;
        let preview = Preview::of(&plan.expand().unwrap());
        let start = format!("| `{name}` |");
        let row = PLAN_FILES.lines().find(|line| line.starts_with(&start)).unwrap_or(name);
        let (worth, company) = (plan.strength.key(), plan.attendance.key());
        let (head_down, door) = (clock(preview.dose.head_down), clock(preview.door_to_door));
        let end = format!("| {worth} | {head_down} | {door} |");
        assert!(row.ends_with(&end) && row.contains(company), "{row}\n{end} {company}");
    }
}
