//! Plan files.

use antipode_core::plan::{
    Attendance, Block, CheckContext, Cue, EvidenceStrength, Pattern, Plan, Rule, Severity,
};
use antipode_files::{Problem, check_plan, read_plan};
use antipode_safety::{Angle, Limits, Millis, Rate, Setting};

use crate::{CLEAN, brief, source};

fn read(text: &str) -> Plan {
    match read_plan(&source(text)) {
        Ok(read) => read.value.plan,
        Err(findings) => panic!("{findings}"),
    }
}

#[track_caller]
fn refused(text: &str, expect: &[&str]) {
    assert_eq!(brief(&read_plan(&source(text)).unwrap_err()), expect);
}

/// The clean plan with line `line` (counted from 1) replaced.
fn with_line(line: usize, text: &str) -> String {
    let mut lines: Vec<&str> = CLEAN.lines().collect();
    lines[line - 1] = text;
    lines.join("\n")
}

fn check_at_home(text: &str) -> Result<Vec<String>, Vec<String>> {
    let limits = Limits::hard(Setting::Home);
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    match check_plan(&source(text), &limits, context) {
        Ok(read) => Ok(brief(&read.warnings)),
        Err(findings) => Err(brief(&findings)),
    }
}

#[test]
fn a_value_out_of_range_is_told_the_range_that_the_next_check_takes() {
    let limits = Limits::hard(Setting::Home);
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    let told = |line: &str| {
        let key = line.split(' ').next().unwrap();
        let at = 1 + CLEAN.lines().position(|other| other.starts_with(key)).unwrap();
        let findings = check_plan(&source(&with_line(at, line)), &limits, context).unwrap_err();
        findings.to_string()
    };
    for (line, range) in [
        ("tilt_deg = -20", "0 to 60 degrees"),
        ("repeat = 0", "1 to 6"),
        ("lower_deg_per_s = 0", "0.5 to 3 degrees a second"),
        ("raise_deg_per_s = 50", "0.5 to 2 degrees a second"),
    ] {
        let said = told(line);
        assert!(said.contains(&format!("it must be {range}")), "{line}: {said}");
    }
    // And nothing in that range is refused for its range.
    for line in ["tilt_deg = 60", "lower_deg_per_s = 0.5", "raise_deg_per_s = 2"] {
        let at = 1 + CLEAN.lines().position(|other| line.starts_with(&other[..4])).unwrap();
        let read = check_plan(&source(&with_line(at, line)), &limits, context);
        assert!(read.is_ok(), "{line}: {}", read.unwrap_err());
    }
}

#[test]
fn every_value_of_a_static_bout_is_read_exactly() {
    let plan = read(&with_line(9, "tilt_deg = 30.10"));
    assert_eq!((plan.name.as_str(), plan.title.as_str()), ("clean", "Clean"));
    assert_eq!((plan.strength, plan.attendance), (EvidenceStrength::Proposal, Attendance::Spotter));
    let [Block::Static(bout)] = plan.blocks.as_slice() else { panic!("{:?}", plan.blocks) };
    assert_eq!(bout.repeat.get(), 3);
    assert_eq!(bout.tilt.millideg(), 30_100);
    assert_eq!((bout.hold, bout.rest), (Millis::from_secs(60), Millis::from_secs(60)));
    assert_eq!(bout.travel.lower(), Rate::from_millideg_per_s(1_500).unwrap());
    assert_eq!(bout.travel.raise(), Rate::from_millideg_per_s(1_000).unwrap());
    assert_eq!(plan.finish.rest(), Millis::from_secs(120));
}

#[test]
fn every_kind_of_block_is_read() {
    let rest = "rest = \"60s\"\nlower_deg_per_s = 1\nraise_deg_per_s = 1\n";
    let text = format!(
        r#"schema = 1
name = "all"
title = "All kinds"
evidence = "none"
[[bout]]
kind = "prompt"
say = "breathe slowly"
[[bout]]
kind = "wait"
limit = "2m"
[[bout]]
kind = "warm_up"
cycles = 2
tilt_deg = 10
{rest}
[[bout]]
kind = "intermittent"
cycles = 3
tilt_deg = 30
hold = "30s"
low_deg = 10
ease = "10s"
{rest}
[[bout]]
kind = "cyclic"
cycles = 3
tilt_deg = 20
low_deg = 10
within_lower_deg_per_s = 0.75
within_raise_deg_per_s = 0.5
{rest}
[[bout]]
kind = "oscillate"
cycles = 2
tilt_deg = 20
{rest}
[[bout]]
kind = "steps"
steps = [{{ tilt_deg = 10, hold = "30s" }}, {{ tilt_deg = 20, hold = "30s" }}]
{rest}
[[bout]]
kind = "self_paced"
ceiling_deg = 20
limit = "2m"
{rest}
[[bout]]
kind = "repeat"
times = 2
[[bout.bout]]
kind = "prompt"
say = "half way"
[[bout.bout]]
tilt_deg = 15
hold = "1m"
{rest}"#
    );
    let plan = read(&text);
    assert_eq!(plan.blocks.len(), 9);
    assert_eq!(plan.blocks[0], Block::Say(Cue::BreatheSlowly));
    let patterns: Vec<_> = plan
        .blocks
        .iter()
        .filter_map(|block| match block {
            Block::Alternating(bout) => Some(bout.pattern),
            Block::Static(_)
            | Block::Steps(_)
            | Block::SelfPaced(_)
            | Block::Say(_)
            | Block::WaitForPerson { .. }
            | Block::Repeat { .. } => None,
        })
        .collect();
    assert_eq!(
        patterns,
        [Pattern::WarmUp, Pattern::Intermittent, Pattern::Cyclic, Pattern::Oscillation]
    );
    let Block::Alternating(cyclic) = plan.blocks[4] else { panic!("{:?}", plan.blocks[4]) };
    assert_eq!(cyclic.within.lower().millideg_per_s(), 750);
    assert_eq!(cyclic.within.raise().millideg_per_s(), 500);
    let Block::Alternating(swing) = plan.blocks[5] else { panic!("{:?}", plan.blocks[5]) };
    assert_eq!((swing.low, swing.within), (Angle::LEVEL, swing.travel));
    assert_eq!(plan.expand().unwrap().bouts(), 8);
}

#[test]
fn a_finish_can_be_left_out_but_not_shortened() {
    let without: String = CLEAN.lines().take(13).collect::<Vec<_>>().join("\n");
    assert_eq!(read(&without).finish.rest(), Millis::from_secs(120));
    refused(&with_line(15, "rest = \"59s\""), &["15:8 out-of-range"]);
    refused(&with_line(15, ""), &["14:1 missing-key"]);
}

#[test]
fn values_that_cannot_be_meant_are_refused_where_they_stand() {
    for (line, text, expect) in [
        (1, "schema = 2", "1:10 version"),
        (1, "schema = 1.0", "1:10 wrong-type"),
        (2, "name = \"../etc/passwd\"", "2:8 name"),
        (2, "name = 5", "2:8 wrong-type"),
        (3, "title = \"\"", "3:9 text"),
        (3, "title = \"two\\nlines\"", "3:9 text"),
        (5, "strength = \"strong\"", "5:12 unknown-word"),
        (6, "requires = \"Spotter\"", "6:12 unknown-word"),
        (8, "repeat = 0", "8:10 out-of-range"),
        (8, "repeat = -1", "8:10 out-of-range"),
        (8, "repeat = 1_000_000", "8:10 out-of-range"),
        (8, "repeat = 99999999999999999999", "8:10 number"),
        (8, "repeat = 3.0", "8:10 wrong-type"),
        (9, "tilt_deg = nan", "9:12 number"),
        (9, "tilt_deg = -inf", "9:12 number"),
        (9, "tilt_deg = 1e308", "9:12 number"),
        (9, "tilt_deg = 2e1", "9:12 number"),
        (9, "tilt_deg = 0x14", "9:12 number"),
        (9, "tilt_deg = 20.0001", "9:12 number"),
        (9, "tilt_deg = -20", "9:12 out-of-range"),
        (9, "tilt_deg = 180", "9:12 out-of-range"),
        (9, "tilt_deg = \"20\"", "9:12 wrong-type"),
        (9, "tilt_deg = true", "9:12 wrong-type"),
        (10, "hold = 60", "10:8 wrong-type"),
        (10, "hold = \"60\"", "10:8 duration"),
        (10, "hold = \"-60s\"", "10:8 duration"),
        (10, "hold = \"1 fortnight\"", "10:8 duration"),
        (10, "hold = \"25h\"", "10:8 out-of-range"),
        (12, "lower_deg_per_s = 0", "12:19 out-of-range"),
        (12, "lower_deg_per_s = -1.5", "12:19 out-of-range"),
    ] {
        refused(&with_line(line, text), &[expect]);
    }
}

#[test]
fn unknown_keys_are_errors_with_a_suggestion() {
    let findings = read_plan(&source(&with_line(9, "tilt = 20"))).unwrap_err();
    assert_eq!(brief(&findings), ["7:1 missing-key", "9:1 unknown-key"]);
    assert_eq!(
        findings.list()[1].problem,
        Problem::UnknownKey { key: "tilt".into(), near: Some("tilt_deg") }
    );
    refused(&with_line(5, "max_tilt = 90"), &["5:1 unknown-key"]);
    // A key of another kind of bout is unknown here.
    refused(&with_line(8, "cycles = 3"), &["8:1 unknown-key"]);
}

#[test]
fn all_findings_come_at_once_in_the_order_of_the_file() {
    let text = r#"schema = 1
name = "no good"
title = "Bad"
evidence = "none"
[[bout]]
tilt_deg = 70
hold = "10m"
rest = "10s"
lower_deg_per_s = 5
raise_deg_per_s = 1
[[bout]]
tilt_deg = nan
hold = "1m"
rest = "60s"
lower_deg_per_s = 1
raise_deg_per_s = 1
[finish]
rest = "1s"
"#;
    assert_eq!(
        check_at_home(text),
        Err(vec![
            "2:8 name".into(),
            "5:1 plan-rule".into(),
            "6:12 plan-rule".into(),
            "7:8 plan-rule".into(),
            "8:8 plan-rule".into(),
            "9:19 plan-rule".into(),
            "12:12 number".into(),
            "18:8 out-of-range".into(),
        ])
    );
}

#[test]
fn a_rule_of_the_plan_is_shown_at_its_value() {
    let text = with_line(9, "tilt_deg = 61");
    assert_eq!(check_at_home(&text), Err(vec!["9:12 plan-rule".into()]));
    assert_eq!(check_at_home(&with_line(9, "tilt_deg = 31")), Ok(vec!["9:12 plan-rule".into()]));
    assert_eq!(check_at_home(CLEAN), Ok(vec![]));
    // Left out, the place of the whole block stands for it.
    let steps = "[[bout]]\nkind = \"steps\"\nrest = \"60s\"\nlower_deg_per_s = 1\n\
                 raise_deg_per_s = 1\n\
                 steps = [{ tilt_deg = 20, hold = \"9s\" }, { tilt_deg = 61, hold = \"9s\" }]\n";
    let text = CLEAN.replace("[finish]", &format!("{steps}[finish]"));
    assert_eq!(check_at_home(&text), Err(vec!["19:55 plan-rule".into()]));
}

#[test]
fn blocks_after_an_unreadable_one_keep_their_numbers() {
    let steep = "[[bout]]\ntilt_deg = 61\nhold = \"9s\"\nrest = \"60s\"\n\
                 lower_deg_per_s = 1\nraise_deg_per_s = 1\n";
    let text =
        CLEAN.replace("hold = \"1m\"", "hold = 1").replace("[finish]", &format!("{steep}[finish]"));
    let limits = Limits::hard(Setting::Home);
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    let findings = check_plan(&source(&text), &limits, context).unwrap_err();
    assert_eq!(brief(&findings), ["10:8 wrong-type", "15:12 plan-rule"]);
    assert!(findings.list()[1].problem.to_string().starts_with("block 2: the tilt is 61°"));
}

#[test]
fn a_later_check_finds_its_way_back_to_the_file() {
    let read = read_plan(&source(&with_line(8, "repeat = 7"))).unwrap();
    let limits = Limits::hard(Setting::Home);
    let context = CheckContext::alone_with_file(Attendance::AloneAllowed);
    let findings = antipode_core::plan::check(&read.value.plan, &limits, &context);
    let located = read.value.locate(findings);
    assert_eq!(brief(&located), ["1:1 plan-rule", "6:12 plan-rule"]);
    assert!(located.list().iter().all(|f| f.severity() == Severity::Error));
    let Problem::Plan(company) = &located.list()[1].problem else { panic!("{located}") };
    assert_eq!(company.rule, Rule::Attendance);
}

#[test]
fn an_error_behind_a_hundred_warnings_is_still_an_error() {
    let read = read_plan(&source(&with_line(9, "tilt_deg = 31"))).unwrap();
    let limits = Limits::hard(Setting::Home);
    let context = CheckContext::alone_with_file(Attendance::Spotter);
    let warning = antipode_core::plan::check(&read.value.plan, &limits, &context);
    let mut findings: Vec<_> =
        warning.into_iter().cycle().take(antipode_files::MOST_FINDINGS + 1).collect();
    assert!(!read.value.locate(findings.clone()).has_error());
    let alone = CheckContext::alone_with_file(Attendance::AloneAllowed);
    findings.extend(antipode_core::plan::check(&read.value.plan, &limits, &alone));
    assert!(read.value.locate(findings).has_error());
}

#[test]
fn blocks_inside_blocks_end_somewhere() {
    let mut text = CLEAN.lines().take(6).collect::<Vec<_>>().join("\n");
    let mut path = "bout".to_owned();
    for _ in 0..30 {
        text.push_str(&format!("\n[[{path}]]\nkind = \"repeat\"\ntimes = 1000\n"));
        path.push_str(".bout");
    }
    let codes = brief(&read_plan(&source(&text)).unwrap_err());
    assert!(codes.iter().any(|code| code.ends_with("too-deep")), "{codes:?}");
}

#[test]
fn what_is_not_toml_is_shown_where_it_breaks() {
    refused("", &["1:1 empty"]);
    refused(" \n\t\n", &["1:1 empty"]);
    let codes = brief(&read_plan(&source("schema = \nname = 'x'\n= 5\n")).unwrap_err());
    assert!(codes.len() >= 2 && codes.iter().all(|code| code.ends_with("syntax")), "{codes:?}");
    refused("schema = 1\nschema = 1\n", &["2:1 syntax"]);
}

#[test]
fn a_decimal_comma_is_shown_at_its_number_with_the_point_to_write() {
    let text = CLEAN.replacen("tilt_deg = 20", "tilt_deg = 12,5", 1);
    assert_ne!(text, CLEAN);
    let findings = read_plan(&source(&text)).unwrap_err();
    let [finding] = findings.list() else { panic!("{findings}") };
    assert_eq!(finding.problem.code(), "decimal-comma");
    let line = text.lines().nth(finding.line - 1).unwrap();
    assert_eq!(line.get(finding.column - 1..), Some("12,5"), "{findings}");
    let help = finding.problem.help().unwrap();
    assert!(help.contains("point") && help.contains("`12.5`"), "{help}");
    // Written so, it is read; and a comma elsewhere is no decimal comma.
    let text = text.replacen("12,5", "12.5", 1);
    assert!(read_plan(&source(&text)).is_ok());
    refused("schema = 1,\n", &["1:11 syntax"]);
}
