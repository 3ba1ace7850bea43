//! Every rule of the static check, on both sides of its number.

use super::*;

#[test]
fn a_plan_as_advised_is_found_clean() {
    check_home(vec![Block::Static(bouts(3, 30, 180))], &[]);
}

#[test]
fn tilt_is_held_to_the_limit_and_advised_to_thirty_degrees() {
    check_home(vec![Block::Static(bouts(1, 31, 60))], &["Warning tilt block 1"]);
    check_home(vec![Block::Static(bouts(1, 60, 60))], &["Warning tilt block 1"]);
    let just_past = StaticBout { tilt: Angle::clamped(60_001), ..bouts(1, 60, 60) };
    let findings = check(&plan(vec![Block::Static(just_past)]), &home(), &with_spotter());
    assert_eq!(findings[0].rule, Rule::Tilt);
    assert_eq!(findings[0].binding, Some((Layer::Hard, Why::HardHome)));
    let clinic = Limits::hard(Setting::Clinic);
    let attended =
        Plan { attendance: Attendance::Clinician, ..plan(vec![Block::Static(bouts(1, 75, 30))]) };
    let there = CheckContext::alone_with_file(Attendance::Clinician);
    assert_eq!(found(&attended, &clinic, &there), [""; 0]);
}

#[test]
fn every_finding_names_its_rule_and_its_number() {
    let steep = Block::Static(StaticBout { rest: secs(20), ..bouts(1, 70, 60) });
    let texts: Vec<_> = check(&plan(vec![steep]), &home(), &with_spotter())
        .iter()
        .map(ToString::to_string)
        .collect();
    assert!(texts[0].starts_with("block 1: the tilt is 70°; it must be at most 60° (hard limit: "));
    assert!(
        texts[1].starts_with("block 1: the rest after a bout is 20 s; it must be at least 30 s")
    );
    for text in texts {
        assert!(text.ends_with(')'), "{text}");
    }
}

#[test]
fn holds_have_the_cap_of_their_tilt() {
    for (tilt, most) in [(30, 300), (31, 180), (60, 180)] {
        let with_hold = |hold| {
            found(&plan(vec![Block::Static(bouts(1, tilt, hold))]), &home(), &with_spotter())
        };
        let over = |list: &[String]| list.iter().any(|f| f == "Error bout-hold block 1");
        assert!(!over(&with_hold(most)), "{tilt}");
        assert!(over(&with_hold(most + 1)), "{tilt}");
    }
    check_home(vec![Block::Static(bouts(1, 30, 181))], &["Warning bout-hold block 1"]);
}

#[test]
fn all_holds_of_one_bout_count_together_at_its_deepest_tilt() {
    let step = |tilt, hold| Step { tilt: deg(tilt), hold: secs(hold) };
    let steps = |last| Steps {
        repeat: times(1),
        steps: vec![step(20, 90), step(25, 90), last],
        travel: travel(1_500, 1_000),
        rest: secs(60),
    };
    check_home(vec![Block::Steps(steps(step(30, 1)))], &["Warning bout-hold block 1"]);
    let findings = found(&plan(vec![Block::Steps(steps(step(31, 1)))]), &home(), &with_spotter());
    assert_eq!(findings, ["Error bout-hold block 1", "Warning tilt block 1, step 3"]);
}

#[test]
fn travel_of_one_bout_has_its_own_bound() {
    // No hold at all, but 25 degrees each way at 1.5 and 1: 41.7 s a cycle.
    let swing = |cycles| Alternation {
        hold: Millis::ZERO,
        ease: Millis::ZERO,
        within: travel(1_000, 1_000),
        ..swing(Pattern::Cyclic, 10, 30, cycles)
    };
    check_home(vec![Block::Alternating(swing(10))], &[]);
    check_home(vec![Block::Alternating(swing(11))], &["Error bout-head-down block 1"]);
}

#[test]
fn speeds_above_a_hard_limit_refuse_and_above_a_narrower_one_slow_down() {
    let at = |lower, raise| {
        plan(vec![Block::Static(StaticBout { travel: travel(lower, raise), ..bouts(1, 30, 60) })])
    };
    let find = |plan: &Plan, limits: &Limits| found(plan, limits, &with_spotter());
    assert_eq!(
        find(&at(3_001, 2_001), &home()),
        ["Error lower-rate block 1", "Error through-level-rate block 1"]
    );
    assert_eq!(
        find(&at(3_000, 2_000), &home()),
        ["Warning lower-rate block 1", "Warning through-level-rate block 1"]
    );
    assert_eq!(find(&at(500, 500), &home()), [""; 0]);
    assert_eq!(find(&at(499, 499), &home()), ["Error least-rate block 1"; 2]);
    let slow = Narrowing { lower_rate: Some(rate(1_000)), ..Narrowing::NONE };
    let narrow = home().narrow(Layer::Person, Why::Age(62), slow);
    let findings = check(&at(1_500, 1_000), &narrow, &with_spotter());
    assert_eq!(findings.len(), 1);
    let text = findings[0].to_string();
    assert!(text.contains("it will be slowed to 1°/s (person: age 62; "), "{text}");
    let (program, warnings) = at(1_500, 1_000).admit(&narrow, &with_spotter()).unwrap();
    assert_eq!(warnings, findings);
    assert_eq!(program.segments()[0].kind, SegmentKind::Move { to: deg(30), rate: rate(1_000) });
}

#[test]
fn a_limit_that_leaves_no_speed_refuses_instead_of_being_passed_over() {
    let still = Narrowing { lower_rate: Some(Rate::ZERO), ..Narrowing::NONE };
    let limits = home().narrow(Layer::Table, Why::TableModel, still);
    let plan = plan(vec![Block::Static(bouts(1, 20, 60))]);
    assert!(plan.admit(&limits, &with_spotter()).is_err());
}

#[test]
fn slower_travel_counts_into_the_head_down_time() {
    let swing = Alternation {
        hold: Millis::ZERO,
        ease: Millis::ZERO,
        within: travel(1_500, 1_500),
        ..swing(Pattern::Cyclic, 10, 30, 12)
    };
    check_home(vec![Block::Alternating(swing)], &[]);
    let slow = Narrowing {
        lower_rate: Some(rate(1_000)),
        raise_rate: Some(rate(1_000)),
        ..Narrowing::NONE
    };
    let limits = home().narrow(Layer::Table, Why::TableModel, slow);
    let findings = found(&plan(vec![Block::Alternating(swing)]), &limits, &with_spotter());
    assert!(findings.contains(&"Error bout-head-down block 1".to_owned()), "{findings:?}");
    // The same for the session: five bouts with 15 degrees each way.
    let five = plan(vec![Block::Static(bouts(5, 20, 180))]);
    let session = |slower| {
        let limits = home().narrow(
            Layer::Site,
            Why::SiteRule,
            Narrowing {
                session: Some(Millis::new(1_025_005)),
                lower_rate: slower,
                ..Narrowing::NONE
            },
        );
        found(&five, &limits, &with_spotter())
    };
    assert_eq!(session(None), [""; 0]);
    assert_eq!(
        session(Some(rate(1_000))),
        ["Warning lower-rate block 1", "Error session-head-down the plan"]
    );
}

#[test]
fn speeds_within_a_bout_are_held_to_the_same_limits() {
    let fast = Alternation { within: travel(3_001, 2_001), ..swing(Pattern::Cyclic, 10, 30, 2) };
    let findings = check(&plan(vec![Block::Alternating(fast)]), &home(), &with_spotter());
    let fields: Vec<_> = findings.iter().map(|f| (f.severity, f.rule, f.at.field)).collect();
    assert_eq!(
        fields,
        [
            (Severity::Error, Rule::LowerRate, Field::WithinLower),
            (Severity::Error, Rule::ThroughLevelRate, Field::WithinRaise)
        ]
    );
}

#[test]
fn the_slower_of_both_raise_limits_holds() {
    let plan = plan(vec![Block::Static(bouts(1, 20, 60))]);
    let raise_of = |to: Narrowing| {
        let limits = home().narrow(Layer::Person, Why::Age(62), to);
        let (program, warnings) = plan.admit(&limits, &with_spotter()).unwrap();
        let SegmentKind::Move { rate, .. } = program.segments()[2].kind else {
            panic!("{:?}", program.segments()[2])
        };
        (rate.millideg_per_s(), warnings[0].rule)
    };
    let narrow = Narrowing { through_level_rate: Some(rate(700)), ..Narrowing::NONE };
    assert_eq!(raise_of(narrow), (700, Rule::ThroughLevelRate));
    let narrow = Narrowing { raise_rate: Some(rate(600)), ..Narrowing::NONE };
    assert_eq!(raise_of(narrow), (600, Rule::RaiseRate));
}

#[test]
fn warm_ups_are_advised_to_fifteen_degrees() {
    check_home(vec![Block::Alternating(swing(Pattern::WarmUp, 0, 15, 2))], &[]);
    check_home(
        vec![Block::Alternating(swing(Pattern::WarmUp, 0, 16, 2))],
        &["Warning warm-up-tilt block 1"],
    );
    check_home(vec![Block::Alternating(swing(Pattern::Oscillation, 0, 16, 2))], &[]);
}

#[test]
fn rests_and_waits_have_both_ends() {
    let with_rest = |rest| vec![Block::Static(StaticBout { rest: secs(rest), ..bouts(1, 20, 60) })];
    check_home(with_rest(29), &["Error rest block 1"]);
    check_home(with_rest(30), &["Warning rest block 1"]);
    check_home(with_rest(60), &[]);
    check_home(with_rest(900), &[]);
    check_home(with_rest(901), &["Error long-rest block 1"]);
    let with_wait =
        |limit| vec![Block::WaitForPerson { limit: secs(limit) }, Block::Static(bouts(1, 20, 60))];
    check_home(with_wait(600), &[]);
    check_home(with_wait(601), &["Error wait block 1"]);
    let short = Plan {
        finish: Finish::new(secs(60)).unwrap(),
        ..plan(vec![Block::Static(bouts(1, 20, 60))])
    };
    assert_eq!(found(&short, &home(), &with_spotter()), ["Warning final-rest the plan"]);
}

#[test]
fn session_and_day_have_their_own_sums() {
    check_home(vec![Block::Static(bouts(6, 20, 60))], &["Warning bout-count the plan"]);
    check_home(vec![Block::Static(bouts(7, 20, 60))], &["Error bout-count the plan"]);
    let five = plan(vec![Block::Static(bouts(5, 20, 180))]);
    assert_eq!(found(&five, &home(), &with_spotter()), [""; 0]);
    let day = |hold: u64, head_down: u64| CheckContext {
        done: Done {
            hold_today: secs(hold),
            head_down_today: secs(head_down),
            sessions_today: 1,
            sessions_in_week: 1,
        },
        ..with_spotter()
    };
    let second = "Warning sessions-per-day the plan";
    assert_eq!(found(&five, &home(), &day(300, 300)), ["Warning day-hold the plan", second]);
    assert_eq!(found(&five, &home(), &day(301, 301)), ["Error day-hold the plan", second]);
    // 900 s of hold and 5 x 25.001 s of travel, every way rounded up.
    let just = |head_down_today: u64| {
        let mut context = day(0, 0);
        context.done.head_down_today = Millis::new(head_down_today);
        found(&five, &home(), &context)
    };
    assert_eq!(just(474_995), [second]);
    assert_eq!(just(474_996), ["Error day-head-down the plan", second]);
    let tight = home().narrow(
        Layer::Site,
        Why::SiteRule,
        Narrowing { session: Some(secs(1_024)), ..Narrowing::NONE },
    );
    let findings = check(&five, &tight, &with_spotter());
    assert_eq!(findings[0].rule, Rule::SessionHeadDown);
    assert_eq!(findings[0].binding, Some((Layer::Site, Why::SiteRule)));
}

#[test]
fn a_session_of_rests_and_waits_still_ends() {
    // Five bouts of 20 s, 60 s and 30 s, each with 15 min of rest: 5050 s.
    let long = StaticBout { rest: secs(900), ..bouts(5, 27, 60) };
    let with_wait = |limit| vec![Block::WaitForPerson { limit: secs(limit) }, Block::Static(long)];
    check_home(with_wait(350), &[]);
    check_home(with_wait(351), &["Error session-time the plan"]);
}

#[test]
fn sessions_are_counted_by_day_and_week() {
    let plan = plan(vec![Block::Static(bouts(1, 20, 60))]);
    let after = |sessions_today, sessions_in_week| {
        let done = Done { sessions_today, sessions_in_week, ..Done::NOTHING };
        found(&plan, &home(), &CheckContext { done, ..with_spotter() })
    };
    assert_eq!(after(0, 3), [""; 0]);
    assert_eq!(
        after(1, 4),
        ["Warning sessions-per-day the plan", "Warning sessions-per-week the plan"]
    );
    assert_eq!(
        after(2, 7),
        ["Error sessions-per-day the plan", "Error sessions-per-week the plan"]
    );
}

#[test]
fn a_session_goes_one_small_step_beyond_the_last_and_only_one() {
    let last = LastSession { max_tilt: deg(20), longest_hold: secs(60) };
    let with = |tilt, hold| {
        let context = CheckContext { last: Some(last), ..with_spotter() };
        found(&plan(vec![Block::Static(bouts(3, tilt, hold))]), &home(), &context)
    };
    assert_eq!(with(20, 60), [""; 0]);
    assert_eq!(with(25, 60), [""; 0]);
    assert_eq!(with(20, 120), [""; 0]);
    assert_eq!(with(26, 60), ["Error deeper-than-last the plan"]);
    assert_eq!(with(20, 121), ["Error longer-than-last the plan"]);
    assert_eq!(with(25, 120), ["Error one-change the plan"]);
    assert_eq!(with(10, 30), [""; 0]);
}

#[test]
fn a_plan_that_needs_company_is_refused_without_it() {
    let plan = plan(vec![Block::Static(bouts(1, 20, 60))]);
    let alone = CheckContext::alone_with_file(Attendance::AloneAllowed);
    assert_eq!(found(&plan, &home(), &alone), ["Error attendance the plan"]);
    let text = check(&plan, &home(), &alone)[0].to_string();
    assert!(text.contains("is nobody; it must be at least a spotter"), "{text}");
}

#[test]
fn findings_come_in_the_order_of_the_plan() {
    let inner = Block::Repeat {
        times: times(2),
        blocks: vec![Block::Static(bouts(1, 61, 60)), Block::Static(bouts(1, 62, 60))],
    };
    let many = plan(vec![Block::Static(bouts(200, 63, 60))]);
    assert_eq!(
        found(&many, &home(), &with_spotter()),
        ["Error tilt block 1", "Error segments the plan"]
    );
    let plan = plan(vec![Block::Static(bouts(4, 63, 60)), inner]);
    assert_eq!(
        found(&plan, &home(), &with_spotter()),
        [
            "Error tilt block 1",
            "Error tilt block 2.1",
            "Error tilt block 2.2",
            "Error bout-count the plan",
        ]
    );
}

#[test]
fn rules_have_names_of_their_own() {
    let codes: std::collections::BTreeSet<_> = Rule::ALL.iter().map(|rule| rule.code()).collect();
    assert_eq!(codes.len(), Rule::ALL.len());
    assert!(Rule::ALL.iter().all(|rule| !rule.source().is_empty()));
}
