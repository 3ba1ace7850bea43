use super::*;

#[test]
fn lowering_with_everything_in_order_is_permitted_as_asked() {
    let permit = ask(&guard_at(-3_000), motion(30_000, 1_500), &LEAVE).unwrap();
    assert_eq!(permit.target(), mdeg(30_000));
    assert_eq!(permit.rate(), rate(1_500));
    assert_eq!(permit.lease(), Millis::new(250));
    assert_eq!(permit.minted_at(), at(1_000));
    assert!(permit.is_live(at(1_000)) && permit.is_live(at(1_249)));
    assert!(!permit.is_live(at(1_250)) && !permit.is_live(at(999)));
}

#[test]
fn each_missing_leave_refuses_by_its_own_name() {
    let guard = guard_at(0);
    let down = motion(30_000, 1_500);
    let stop = Leave { stop_clear: false, ..LEAVE };
    assert_eq!(ask(&guard, down, &stop), Err(Refusal::StopLatched));
    let held = Leave { return_held: true, ..stop };
    assert_eq!(ask(&guard, down, &held), Err(Refusal::StopLatched), "held RETURN lowers nobody");
    let disarmed = Leave { armed: false, ..LEAVE };
    assert_eq!(ask(&guard, down, &disarmed), Err(Refusal::NotArmed));
    let unrecorded = Leave { journal_ready: false, ..LEAVE };
    assert_eq!(ask(&guard, down, &unrecorded), Err(Refusal::NoRecord));
}

#[test]
fn a_motion_without_rate_is_none() {
    assert_eq!(ask(&guard_at(0), motion(30_000, 0), &LEAVE), Err(Refusal::NoMotion));
}

#[test]
fn one_open_latch_is_enough_to_refuse_whoever_says_so() {
    let down = motion(15_000, 1_500);
    let one_open = Latches { second_closed: false, ..CLOSED };
    let told = Leave { latches: one_open, ..LEAVE };
    let refused = Err(Refusal::LatchesOpen { open: 1, fitted: 2 });
    assert_eq!(ask(&guard_at(0), down, &told), refused);

    let mut guard = guard();
    guard.observe(at(1_000), &Reading { latches: one_open, ..reading(1_000, Some(0), None) });
    assert_eq!(ask(&guard, down, &LEAVE), refused);
    let other_open = Latches { first_closed: false, ..CLOSED };
    let told = Leave { latches: other_open, ..LEAVE };
    assert_eq!(ask(&guard, down, &told), Err(Refusal::LatchesOpen { open: 2, fitted: 2 }));
}

#[test]
fn every_fault_of_the_table_refuses() {
    for fault in Fault::ALL {
        let faults = FaultSet::NONE.with(fault, true);
        let mut guard = guard();
        guard.observe(at(1_000), &Reading { faults, ..reading(1_000, Some(0), None) });
        let refusal = ask(&guard, motion(15_000, 1_500), &LEAVE);
        assert_eq!(refusal, Err(Refusal::TableFaults { faults }));
    }
}

#[test]
fn faults_and_latches_of_a_refused_reading_do_not_count() {
    let mut guard = guard_at(0);
    let faulty = Reading {
        faults: FaultSet::NONE.with(Fault::StallDown, true),
        ..reading(1_000, Some(0), None)
    };
    assert!(guard.observe(at(1_000), &faulty).is_some(), "a repeat");
    let future = Reading { at: at(1_001), seq: 2_000, ..faulty };
    assert!(guard.observe(at(1_000), &future).is_some());
    assert!(ask(&guard, motion(15_000, 1_500), &LEAVE).is_ok());
    // A jump of the angle leaves the rest of the reading standing.
    let jump = Reading { seq: 2_001, at: at(1_000), tilt: Some(mdeg(50_000)), ..faulty };
    assert!(guard.observe(at(1_000), &jump).is_some());
    let refusal = ask(&guard, motion(15_000, 1_500), &LEAVE);
    assert_eq!(refusal, Err(Refusal::TableFaults { faults: faulty.faults }));
}

#[test]
fn the_target_may_reach_the_limit_and_not_a_millidegree_more() {
    let guard = guard_at(0);
    assert!(ask(&guard, motion(60_000, 1_500), &LEAVE).is_ok());
    let limit = *guard.limits().tilt();
    assert_eq!(
        ask(&guard, motion(60_001, 1_500), &LEAVE),
        Err(Refusal::TargetPastLimit { target: mdeg(60_001), limit })
    );
}

#[test]
fn fewer_latch_sensors_bring_their_own_limit() {
    for (fitted, cap) in [(0, 20_000), (1, 30_000), (2, 60_000)] {
        let leave = Leave { latches: Latches { fitted, ..CLOSED }, ..LEAVE };
        assert!(ask(&guard_at(0), motion(cap, 1_500), &leave).is_ok(), "{fitted}");
        let refusal = ask(&guard_at(0), motion(cap + 1, 1_500), &leave).unwrap_err();
        assert!(matches!(refusal, Refusal::TargetPastLimit { .. }), "{fitted}");
    }
}

#[test]
fn the_rate_may_reach_its_limit_and_not_more() {
    let mut guard = guard_at(0);
    let to = Narrowing { lower_rate: Some(rate(1_500)), ..Narrowing::NONE };
    guard.narrow(Layer::Person, Why::Age(70), to);
    assert!(ask(&guard, motion(20_000, 1_500), &LEAVE).is_ok());
    let limit = *guard.limits().lower_rate();
    assert_eq!(limit.why(), Why::Age(70));
    assert_eq!(
        ask(&guard, motion(20_000, 1_501), &LEAVE),
        Err(Refusal::RatePastLimit { rate: rate(1_501), limit })
    );
}

#[test]
fn no_table_is_asked_for_more_than_it_can_do() {
    let envelope = Envelope { max_rate: rate(2_000), ..ENVELOPE };
    let mut guard = Guard::new(Limits::hard(Setting::Home), envelope);
    guard.observe(at(1_000), &reading(1_000, Some(0), None));
    assert!(ask(&guard, motion(20_000, 2_000), &LEAVE).is_ok());
    assert_eq!(
        ask(&guard, motion(20_000, 2_001), &LEAVE),
        Err(Refusal::RatePastTable { rate: rate(2_001), max: rate(2_000) })
    );
}

#[test]
fn the_angle_must_be_fresh_and_agreed() {
    let down = motion(30_000, 1_500);
    let refused = |guard: &Guard, now| match guard.permit(now, down, &LEAVE) {
        Err(Refusal::AngleNotAgreed { state }) => Some(state),
        Ok(_) | Err(_) => None,
    };
    assert_eq!(refused(&guard(), at(1_000)), Some(AngleState::Never));
    let guard = guard_at(10_000);
    assert!(guard.permit(at(1_250), down, &LEAVE).is_ok());
    let (tilt, age) = (mdeg(10_000), Millis::new(251));
    assert_eq!(refused(&guard, at(1_251)), Some(AngleState::Stale { tilt, age }));
    assert_eq!(refused(&guard, at(999)), Some(AngleState::Invalid));

    let mut guard = super::guard();
    guard.observe(at(1_000), &reading(1_000, Some(10_000), Some(15_001)));
    let larger = mdeg(15_001);
    assert_eq!(refused(&guard, at(1_000)), Some(AngleState::Warn { larger, gap: 5_001 }));
}

/// The tilt from which lowering at `speed` just fits under the home limit, read right now:
/// 60 degrees less 1 degree, less three leases (on the wire, at the table, and in hand at its end), less the
/// stop.
fn last_fit(speed: i64) -> i64 {
    let leases = (speed * 750 + 999) / 1_000;
    let stop = (speed * speed + 15_999) / 16_000;
    60_000 - 1_000 - leases - stop
}

#[test]
fn the_worst_case_with_lease_and_stop_must_stay_within_the_limit() {
    // 1500: 1125 of leases and 141 of stop, rounded up.
    assert_eq!(last_fit(1_500), 57_734);
    for speed in [1, 700, 1_500, 3_000] {
        let fit = last_fit(speed);
        let down = motion(60_000, speed);
        assert!(ask(&guard_at(fit), down, &LEAVE).is_ok(), "{speed}");
        let refusal = ask(&guard_at(fit + 1), down, &LEAVE).unwrap_err();
        let limit = *guard().limits().tilt();
        let fastest = guard_at(fit + 1).fastest_lowering(at(1_000), CLOSED);
        assert!(fastest < rate(speed), "{fastest}");
        let (worst_case, reach) = (mdeg(fit + 1_001), mdeg(60_001));
        assert_eq!(refusal, Refusal::MayPass { worst_case, reach, limit, fastest });
    }
}

#[test]
fn age_counts_at_the_tables_fastest() {
    // 100 ms old: 300 millidegrees more.
    let down = motion(60_000, 1_500);
    let fit = last_fit(1_500) - 300;
    assert!(guard_at(fit).permit(at(1_100), down, &LEAVE).is_ok());
    assert!(guard_at(fit + 1).permit(at(1_100), down, &LEAVE).is_err());
}

#[test]
fn the_limit_that_fewer_latches_bring_bounds_the_worst_case_too() {
    let leave = Leave { latches: Latches { fitted: 1, ..CLOSED }, ..LEAVE };
    let fit = last_fit(1_500) - 30_000;
    assert!(ask(&guard_at(fit), motion(30_000, 1_500), &leave).is_ok());
    let refusal = ask(&guard_at(fit + 1), motion(30_000, 1_500), &leave).unwrap_err();
    assert!(matches!(
        refusal,
        Refusal::MayPass { limit, .. } if limit.why() == Why::LatchSensors(1)
    ));
}

#[test]
fn a_table_that_cannot_brake_may_not_lower() {
    let envelope = Envelope { stop_decel_millideg_per_s2: 0, ..ENVELOPE };
    let mut guard = Guard::new(Limits::hard(Setting::Home), envelope);
    guard.observe(at(1_000), &reading(1_000, Some(0), None));
    let refusal = ask(&guard, motion(10_000, 500), &LEAVE).unwrap_err();
    assert!(matches!(refusal, Refusal::MayPass { fastest: Rate::ZERO, .. }), "{refusal}");
}

#[test]
fn the_fastest_lowering_is_the_one_that_is_just_permitted() {
    for tilt in [0, 50_000, 57_000, 58_000, 57_734, 58_900, 58_998, 58_999, 59_000, 59_500] {
        let guard = guard_at(tilt);
        let fastest = guard.fastest_lowering(at(1_000), CLOSED);
        if fastest == Rate::ZERO {
            assert!(tilt >= 58_999, "{tilt}");
            continue;
        }
        let speed = i64::from(fastest.millideg_per_s());
        assert!(ask(&guard, motion(60_000, speed), &LEAVE).is_ok(), "{tilt} {fastest}");
        let faster = ask(&guard, motion(60_000, speed + 1), &LEAVE);
        assert!(faster.is_err(), "{tilt} {fastest}");
    }
    assert_eq!(guard_at(0).fastest_lowering(at(1_000), CLOSED), rate(3_000));
    assert_eq!(guard_at(57_734).fastest_lowering(at(1_000), CLOSED), rate(1_500));
    assert_eq!(guard().fastest_lowering(at(1_000), CLOSED), Rate::ZERO);
    let one = Latches { fitted: 1, ..CLOSED };
    assert_eq!(guard_at(27_734).fastest_lowering(at(1_000), one), rate(1_500));
}

#[test]
fn the_time_left_must_cover_the_way_back() {
    // 30 degrees: 25 degrees back to 5 at 2 degrees a second, and the lease.
    let guard = guard_at(0);
    let down = motion(30_000, 1_500);
    let needed = Millis::new(12_750);
    let left = |ms| Leave { dose_left: Millis::new(ms), ..LEAVE };
    assert!(ask(&guard, down, &left(12_751)).is_ok());
    assert_eq!(
        ask(&guard, down, &left(12_750)),
        Err(Refusal::DoseTooShort { left: Millis::new(12_750), needed })
    );
    // Odd distances round up.
    assert!(ask(&guard, motion(30_001, 1_500), &left(12_751)).is_err());
    assert!(ask(&guard, motion(30_001, 1_500), &left(12_752)).is_ok());
}

#[test]
fn shallower_than_five_degrees_costs_no_dose() {
    let spent = Leave { dose_left: Millis::ZERO, ..LEAVE };
    assert!(ask(&guard_at(0), motion(4_999, 500), &spent).is_ok());
    assert!(ask(&guard_at(0), motion(5_000, 500), &spent).is_err());
}

#[test]
fn lowering_begins_in_the_rest_band_and_not_above_it() {
    assert!(ask(&guard_at(-10_000), motion(10_000, 500), &LEAVE).is_ok());
    assert_eq!(
        ask(&guard_at(-10_001), motion(10_000, 500), &LEAVE),
        Err(Refusal::FromUpright { tilt: mdeg(-10_001) })
    );
}

#[test]
fn a_target_behind_the_bed_is_the_wrong_way() {
    let down = motion(20_000, 500);
    assert!(ask(&guard_at(20_000), down, &LEAVE).is_ok());
    assert_eq!(
        ask(&guard_at(20_001), down, &LEAVE),
        Err(Refusal::WrongWay { tilt: mdeg(20_001), target: mdeg(20_000), rate: rate(500) })
    );
}

#[test]
fn limits_only_narrow() {
    let mut guard = guard_at(0);
    let to = |deg| Narrowing { tilt: Angle::from_deg(deg), ..Narrowing::NONE };
    guard.narrow(Layer::Session, Why::Eased, to(15));
    guard.narrow(Layer::Session, Why::Operator, to(40));
    assert_eq!(guard.limits().tilt().value(), mdeg(15_000));
    assert_eq!(guard.limits().tilt().why(), Why::Eased);
    assert_eq!(guard.envelope(), &ENVELOPE);
}

#[test]
fn a_reopened_link_knows_nothing() {
    let mut guard = guard_at(0);
    guard.restart();
    assert_eq!(guard, super::guard());
}

#[test]
fn a_driven_bed_whose_angle_stands_is_lowered_no_further() {
    let mut guard = guard();
    guard.commanded(at(0), rate(1_500));
    for ms in (0..=1_000).step_by(100) {
        guard.observe(at(ms), &reading(ms, Some(10_000), None));
    }
    assert_eq!(guard.angle().state(at(1_000)), AngleState::Flat { tilt: mdeg(10_000) });
    assert!(ask(&guard, motion(30_000, 1_500), &LEAVE).is_err());
}

#[test]
fn a_motion_between_two_angles_points_from_one_to_the_other() {
    assert_eq!(Motion::between(mdeg(0), mdeg(10_000), rate(-1_500)), motion(10_000, 1_500));
    assert_eq!(Motion::between(mdeg(10_000), mdeg(0), rate(1_500)), motion(0, -1_500));
    assert_eq!(Motion::between(mdeg(0), mdeg(0), rate(1_500)), motion(0, -1_500));
}
