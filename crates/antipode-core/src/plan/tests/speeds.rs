//! The speeds of a plan against those of a table.

use super::*;

fn at(lower: i32, raise: i32) -> Plan {
    plan(vec![Block::Static(StaticBout { travel: travel(lower, raise), ..bouts(1, 20, 60) })])
}

fn on(table: TableSpeeds) -> CheckContext {
    CheckContext { table: Some(table), ..with_spotter() }
}

fn errors(plan: &Plan, limits: &Limits, table: TableSpeeds) -> Vec<String> {
    let mut found = found(plan, limits, &on(table));
    found.retain(|finding| finding.starts_with("Error"));
    found
}

#[test]
fn a_range_holds_a_speed_at_both_of_its_ends() {
    let table = TableSpeeds::Between { slowest: rate(1_000), fastest: rate(1_500) };
    let errors = |lower, raise| errors(&at(lower, raise), &home(), table);
    assert_eq!(errors(1_500, 1_000), [""; 0]);
    assert_eq!(errors(1_501, 1_000), ["Error table-fastest block 1"]);
    assert_eq!(errors(1_500, 999), ["Error table-slowest block 1"]);
    let told = check(&at(1_500, 999), &home(), &on(table)).remove(0);
    assert_eq!(told.at.field, Field::Raise);
    assert!(told.to_string().contains("0.999°/s; it must be at least 1°/s ("), "{told}");
}

#[test]
fn what_is_only_too_fast_may_be_slowed_down_and_what_is_too_slow_may_not() {
    let table = TableSpeeds::From(rate(1_000));
    assert_eq!(errors(&at(2_000, 2_000), &home(), table), [""; 0]);
    assert_eq!(errors(&at(999, 1_000), &home(), table), ["Error table-slowest block 1"]);
}

#[test]
fn one_speed_is_neither_passed_nor_missed() {
    let table = TableSpeeds::Only(rate(1_200));
    assert_eq!(errors(&at(1_200, 1_200), &home(), table), [""; 0]);
    assert_eq!(errors(&at(1_201, 1_199), &home(), table), ["Error table-fixed block 1"; 2]);
    let text = check(&at(1_201, 1_200), &home(), &on(table)).remove(0).to_string();
    assert!(text.contains("the speed is 1.201°/s; it must be 1.2°/s ("), "{text}");
}

#[test]
fn a_limit_that_slows_a_plan_below_its_table_refuses_it() {
    let slow = Narrowing { lower_rate: Some(rate(800)), ..Narrowing::NONE };
    let old = home().narrow(Layer::Person, Why::Age(70), slow);
    for (table, rule) in [
        (TableSpeeds::From(rate(1_000)), "table-slowest"),
        (TableSpeeds::Between { slowest: rate(1_000), fastest: rate(3_000) }, "table-slowest"),
        (TableSpeeds::Only(rate(1_000)), "table-fixed"),
    ] {
        assert_eq!(errors(&at(1_000, 1_000), &old, table), [format!("Error {rule} block 1")]);
        assert_eq!(errors(&at(1_000, 1_000), &home(), table), [""; 0]);
    }
}

#[test]
fn speeds_within_a_bout_count_where_they_are_others() {
    let table = TableSpeeds::From(rate(1_000));
    let slow = Alternation { within: travel(900, 1_000), ..swing(Pattern::Cyclic, 10, 20, 2) };
    let inner = Block::Repeat { times: times(2), blocks: vec![Block::Alternating(slow)] };
    let findings = check(&plan(vec![inner]), &home(), &on(table));
    assert_eq!(findings[0].at, PlanPath::block(&[0, 0], Field::WithinLower), "{findings:?}");
}
