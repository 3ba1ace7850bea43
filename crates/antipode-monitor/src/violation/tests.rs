use super::{Report, Rule, Verdict};

#[test]
fn every_rule_has_a_bit_of_its_own() {
    assert!(Rule::ALL.len() <= 64);
    for (place, rule) in Rule::ALL.iter().enumerate() {
        assert_eq!(*rule as usize, place);
    }
}

#[test]
fn a_violation_reads_as_one_line_with_named_numbers() {
    let mut report = Report { t_ms: 12_340, ..Report::default() };
    report.judge(Rule::DrivenUnderStop, true, [900, 80, 0, 0]);
    let said = report.violations().first().map(ToString::to_string).unwrap_or_default();
    assert_eq!(
        said,
        "I3 broken at 12.340 s: the motor is driven although the table has STOP latched \
         (setpoint_mdeg_s 900, allowed_mdeg_s 80)"
    );
}

#[test]
fn a_rule_that_stays_broken_is_reported_once_and_again_after_it_was_whole() {
    let mut report = Report::default();
    for broken in [true, true, false, true] {
        report.judge(Rule::DrivenUnderStop, broken, [0; 4]);
    }
    assert_eq!(report.violations().len(), 2);
}

#[test]
fn findings_are_bounded_counted_and_sorted_by_kind() {
    let mut report = Report::default();
    report.strike(Rule::RestNotReached, [0; 4]);
    for _ in 0..100 {
        report.strike(Rule::StopNotSent, [0; 4]);
    }
    let verdict = report.verdict(None);
    assert_eq!(verdict.liveness.len(), 1);
    assert_eq!(verdict.safety.len(), Verdict::KEPT_MAX - 1);
    assert_eq!(verdict.dropped, 37);
    assert!(!verdict.is_clean());
}
