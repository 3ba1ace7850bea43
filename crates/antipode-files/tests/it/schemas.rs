//! The JSON Schemas say what the readers say.

use antipode_core::person::Sex;
use antipode_core::plan::{Attendance, Cue, EvidenceStrength};
use antipode_device::{
    Counter, Dialect, DriveCondition, FedBy, HostLoss, NumberKind, Parity, Proof, Rescue,
    RoboClawMotion, RunState, WriteProof,
};
use antipode_files::{AfterStop, CheckKind, ExpectedOutcome, FileKind, schema};
use serde_json::Value;

use crate::WORDS;

fn plan() -> Value {
    schema(FileKind::Plan, &WORDS)
}

fn words(value: &Value) -> Vec<&str> {
    value["enum"].as_array().unwrap().iter().filter_map(Value::as_str).collect()
}

#[test]
fn every_kind_has_a_closed_schema() {
    for kind in FileKind::ALL {
        let schema = schema(kind, &WORDS);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        assert_eq!(schema["additionalProperties"], false, "{}", kind.key());
        assert_eq!(schema["properties"]["schema"]["const"], 1, "{}", kind.key());
        assert_eq!(schema["required"][0], "schema", "{}", kind.key());
    }
}

#[test]
fn words_of_the_schema_are_the_words_of_the_types() {
    let plan = plan();
    let strengths: Vec<_> = EvidenceStrength::ALL.iter().map(|word| word.key()).collect();
    assert_eq!(words(&plan["properties"]["strength"]), strengths);
    let company: Vec<_> = Attendance::ALL.iter().map(|word| word.key()).collect();
    assert_eq!(words(&plan["properties"]["requires"]), company);
    let blocks = plan["$defs"]["block"]["oneOf"].as_array().unwrap();
    let prompt = blocks.iter().find(|b| b["properties"]["kind"]["const"] == "prompt").unwrap();
    let cues: Vec<_> = Cue::ALL.iter().map(|word| word.key()).collect();
    assert_eq!(words(&prompt["properties"]["say"]), cues);
    let rescues: Vec<_> = Rescue::ALL.iter().map(|word| word.as_str()).collect();
    let table = schema(FileKind::Table, &WORDS);
    let rescue = &table["properties"]["rescue"]["properties"]["without_power"];
    assert_eq!(words(rescue), rescues);
    let model = schema(FileKind::Model, &WORDS);
    assert_eq!(words(&model["properties"]["without_power"]), rescues);
    let record = schema(FileKind::Commissioning, &WORDS);
    assert_eq!(words(&record["properties"]["without_power"]), rescues);
    for kind in CheckKind::ALL {
        assert_eq!(record["properties"][kind.key()]["required"][0], "done_on", "{kind:?}");
    }
    let person = schema(FileKind::Person, &WORDS);
    let sexes: Vec<_> = Sex::ALL.iter().map(|word| word.key()).collect();
    assert_eq!(words(&person["properties"]["sex"]), sexes);
    let site = schema(FileKind::Site, &WORDS);
    let actions: Vec<_> = AfterStop::ALL.iter().map(|word| word.key()).collect();
    let action = &site["properties"]["after_stop_alone"]["properties"]["action"];
    assert_eq!(words(action), actions);
    let scenario = schema(FileKind::Scenario, &WORDS);
    let outcomes: Vec<_> = ExpectedOutcome::ALL.iter().map(|word| word.key()).collect();
    assert_eq!(words(&scenario["properties"]["expect"]["properties"]["outcome"]), outcomes);
    assert_eq!(
        words(&scenario["properties"]["fault"]["items"]["properties"]["kind"]),
        WORDS.faults
    );
}

#[test]
fn words_of_a_model_are_the_words_of_the_types() {
    let model = schema(FileKind::Model, &WORDS);
    let same = |path: &str, expect: &[&str]| {
        let value = model.pointer(&path.replace('.', "/properties/")).expect(path);
        assert_eq!(words(value), expect, "{path}");
    };
    same(".status", &Proof::ALL.map(Proof::key));
    same(".dialect", &Dialect::KEYS);
    same(".line.parity", &Parity::ALL.map(Parity::key));
    same(".roboclaw.motion", &RoboClawMotion::ALL.map(RoboClawMotion::key));
    same(".roboclaw.counter", &Counter::ALL.map(Counter::key));
    same(".modbus.host_loss.kind", &HostLoss::KEYS);
    same(".modbus.host_loss.fed_by", &FedBy::ALL.map(FedBy::key));
    same(".modbus.read.position.type", &NumberKind::ALL.map(NumberKind::key));
    same(".modbus.write.stop.verify", &WriteProof::ALL.map(WriteProof::key));
    let map = "/map/items/properties/means";
    let means = |path: &str| {
        let path = format!("{}/properties{map}", path.replace('.', "/properties/"));
        words(model.pointer(&path).expect(&path)).into_iter().map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(means(".modbus.read.run_state"), RunState::ALL.map(RunState::key));
    assert_eq!(means(".modbus.read.fault"), DriveCondition::ALL.map(DriveCondition::key));
    assert_eq!(means(".modbus.read.stop_reason"), DriveCondition::ALL.map(DriveCondition::key));
}

#[test]
fn blocks_are_told_apart_by_their_kind_and_may_hold_blocks() {
    let plan = plan();
    let blocks = plan["$defs"]["block"]["oneOf"].as_array().unwrap();
    assert_eq!(blocks.len(), 10);
    for block in blocks {
        let kind = block["properties"]["kind"]["const"].as_str().unwrap();
        let named = block["required"].as_array().unwrap().iter().any(|key| key == "kind");
        assert_eq!(named, kind != "static", "{kind}");
    }
    let repeat = blocks.iter().find(|b| b["properties"]["kind"]["const"] == "repeat").unwrap();
    assert_eq!(repeat["properties"]["bout"]["items"]["$ref"], "#/$defs/block");
}

#[test]
fn bounds_of_the_schema_are_written_without_idle_digits() {
    let text = plan().to_string();
    assert!(text.contains("\"minimum\":0.1"), "{text}");
    assert!(text.contains("\"maximum\":90,") || text.contains("\"maximum\":90}"), "{text}");
}
