use super::*;

const HOME: Motion = motion(-3_000, -3_000);

#[track_caller]
fn home_rate(guard: &Guard, now: Timestamp, leave: &Leave) -> Rate {
    let permit = guard.permit(now, HOME, leave).unwrap();
    assert_eq!(permit.target(), Angle::REST_AIM);
    permit.rate()
}

#[test]
fn the_way_home_needs_nothing_but_stop_clear() {
    let nothing = Leave {
        armed: false,
        stop_clear: true,
        return_held: false,
        latches: CLOSED,
        journal_ready: false,
        dose_left: Millis::ZERO,
    };
    assert_eq!(home_rate(&guard_at(30_000), at(1_000), &nothing), rate(-3_000));
}

#[test]
fn the_way_home_is_open_past_every_limit() {
    let mut guard = guard_at(90_000);
    let to = Narrowing { tilt: Some(Angle::LEVEL), ..Narrowing::NONE };
    guard.narrow(Layer::Day, Why::DayDoseUsed(1_200), to);
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-3_000));
}

#[test]
fn without_a_sure_angle_the_way_home_is_a_creep() {
    assert_eq!(home_rate(&guard(), at(1_000), &LEAVE), rate(-1_000), "never any angle");
    let guard = guard_at(30_000);
    assert_eq!(home_rate(&guard, at(1_250), &LEAVE), rate(-3_000));
    assert_eq!(home_rate(&guard, at(1_251), &LEAVE), rate(-1_000), "stale");
    assert_eq!(home_rate(&guard, at(9_000_000), &LEAVE), rate(-1_000), "stale for hours");
    assert_eq!(home_rate(&guard, at(0), &LEAVE), rate(-1_000), "before its reading");

    let mut guard = super::guard();
    guard.observe(at(1_000), &reading(1_000, Some(30_000), Some(40_000)));
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-1_000), "contradicting sources");
    let mut guard = super::guard();
    guard.observe(at(1_000), &reading(1_000, None, Some(30_000)));
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-1_000), "the second source alone");
    guard.observe(at(1_050), &reading(1_050, Some(30_000), Some(30_000)));
    guard.observe(at(1_100), &reading(1_100, Some(30_000), None));
    assert_eq!(home_rate(&guard, at(1_100), &LEAVE), rate(-3_000), "the drive's alone");
}

#[test]
fn with_a_latch_open_the_way_home_is_a_creep() {
    for (first_closed, second_closed) in [(false, true), (true, false), (false, false)] {
        let latches = Latches { fitted: 2, first_closed, second_closed };
        let leave = Leave { latches, ..LEAVE };
        assert_eq!(home_rate(&guard_at(30_000), at(1_000), &leave), rate(-1_000));
    }
}

#[test]
fn a_fault_of_the_table_does_not_close_the_way_home() {
    let mut guard = guard();
    let faults = FaultSet::from_bits(u16::MAX);
    guard.observe(at(1_000), &Reading { faults, ..reading(1_000, Some(30_000), None) });
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-3_000));
}

#[test]
fn level_is_passed_at_two_degrees_a_second_at_most() {
    // At 3 degrees a second 750 of lease and 563 of stop run on.
    assert_eq!(home_rate(&guard_at(1_314), at(1_000), &LEAVE), rate(-3_000));
    assert_eq!(home_rate(&guard_at(1_313), at(1_000), &LEAVE), rate(-2_000));
    assert_eq!(home_rate(&guard_at(1), at(1_000), &LEAVE), rate(-2_000));
    assert_eq!(home_rate(&guard_at(-2_000), at(1_000), &LEAVE), rate(-2_000));
}

#[test]
fn a_raise_is_slowed_to_its_limits_and_never_hurried() {
    let mut guard = guard_at(30_000);
    let to = Narrowing { raise_rate: Some(rate(700)), ..Narrowing::NONE };
    guard.narrow(Layer::Person, Why::DizzyLastTime, to);
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-700));
    let slow = ask(&guard, motion(-3_000, -200), &LEAVE).unwrap();
    assert_eq!(slow.rate(), rate(-200));

    let envelope = Envelope { max_rate: rate(2_500), ..ENVELOPE };
    let mut guard = Guard::new(Limits::hard(Setting::Home), envelope);
    guard.observe(at(1_000), &reading(1_000, Some(30_000), None));
    assert_eq!(home_rate(&guard, at(1_000), &LEAVE), rate(-2_500));
}

#[test]
fn stop_holds_even_the_way_home_until_a_hand_is_on_the_control() {
    let stop = Leave { stop_clear: false, ..LEAVE };
    assert_eq!(ask(&guard_at(30_000), HOME, &stop), Err(Refusal::StopLatched));
    let held = Leave { return_held: true, ..stop };
    assert_eq!(home_rate(&guard_at(30_000), at(1_000), &held), rate(-3_000));
    assert_eq!(home_rate(&guard(), at(1_000), &held), rate(-1_000));
}

#[test]
fn nothing_automatic_goes_beyond_the_rest_band() {
    for tilt in [30_000, 0, -5_000] {
        assert!(ask(&guard_at(tilt), motion(-10_000, -1_000), &LEAVE).is_ok());
        assert_eq!(
            ask(&guard_at(tilt), motion(-10_001, -1_000), &LEAVE),
            Err(Refusal::PastRestBand { target: mdeg(-10_001) })
        );
    }
}

#[test]
fn a_raise_that_ends_head_down_needs_a_sure_angle_above_its_target() {
    let ease = motion(20_000, -1_000);
    assert_eq!(ask(&guard_at(30_000), ease, &LEAVE).unwrap().rate(), rate(-1_000));
    assert!(ask(&guard_at(20_000), ease, &LEAVE).is_ok());
    assert_eq!(
        ask(&guard_at(19_999), ease, &LEAVE),
        Err(Refusal::WrongWay { tilt: mdeg(19_999), target: mdeg(20_000), rate: rate(-1_000) })
    );
    let refusal = ask(&guard(), ease, &LEAVE);
    assert_eq!(refusal, Err(Refusal::AngleNotAgreed { state: AngleState::Never }));
    // The smallest head-down target is one of them; level is not.
    assert!(ask(&guard(), motion(1, -1_000), &LEAVE).is_err());
    assert!(ask(&guard(), motion(0, -1_000), &LEAVE).is_ok());
}

#[test]
fn a_raise_to_a_tilt_past_the_limit_is_refused() {
    let mut guard = guard_at(50_000);
    let to = Narrowing { tilt: Angle::from_deg(30), ..Narrowing::NONE };
    guard.narrow(Layer::Session, Why::Eased, to);
    assert!(ask(&guard, motion(30_000, -1_000), &LEAVE).is_ok());
    let limit = *guard.limits().tilt();
    assert_eq!(
        ask(&guard, motion(30_001, -1_000), &LEAVE),
        Err(Refusal::TargetPastLimit { target: mdeg(30_001), limit })
    );
}

#[test]
fn a_bed_known_to_be_above_its_target_is_not_lowered_by_a_raise() {
    assert!(ask(&guard_at(-3_000), HOME, &LEAVE).is_ok());
    assert_eq!(
        ask(&guard_at(-3_001), HOME, &LEAVE),
        Err(Refusal::WrongWay { tilt: mdeg(-3_001), target: Angle::REST_AIM, rate: rate(-3_000) })
    );
    // Stale: it may be anywhere by now, so the way home is open.
    assert!(guard_at(-3_001).permit(at(2_000), HOME, &LEAVE).is_ok());
}

#[test]
fn the_return_rate_follows_its_own_limit_level_and_doubt() {
    let fast = Envelope { max_rate: rate(8_000), ..ENVELOPE };
    let mut guard = Guard::new(Limits::hard(Setting::Home), fast);
    assert_eq!(guard.return_rate(at(1_000), CLOSED), rate(-1_000));
    guard.observe(at(1_000), &reading(1_000, Some(30_000), None));
    assert_eq!(guard.return_rate(at(1_000), CLOSED), rate(-6_000));
    let to = Narrowing { return_rate: Some(rate(3_000)), ..Narrowing::NONE };
    guard.narrow(Layer::Site, Why::SiteRule, to);
    assert_eq!(guard.return_rate(at(1_000), CLOSED), rate(-3_000));
    let open = Latches { first_closed: false, ..CLOSED };
    assert_eq!(guard.return_rate(at(1_000), open), rate(-1_000));
    assert_eq!(guard_at(1_000).return_rate(at(1_000), CLOSED), rate(-2_000));
}
