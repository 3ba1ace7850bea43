use super::*;

const ATTENDED: Attended = Attended { held: true, rested: Millis::from_secs(60) };
const UP: Motion = motion(-75_000, -1_500);
const DOWN: Motion = motion(-3_000, 1_500);

#[track_caller]
fn upright(
    guard: &Guard,
    motion: Motion,
    leave: &Leave,
    attended: Attended,
) -> Result<Permit, Refusal> {
    guard.permit_upright(at(1_000), motion, leave, attended)
}

#[test]
fn a_held_control_brings_upright_after_a_minute_of_rest() {
    let permit = upright(&guard_at(-3_000), UP, &LEAVE, ATTENDED).unwrap();
    assert_eq!((permit.target(), permit.rate()), (Angle::UPRIGHT, rate(-1_500)));
    assert_eq!((permit.lease(), permit.minted_at()), (Millis::new(250), at(1_000)));
}

#[test]
fn both_ways_run_at_one_and_a_half_degrees_a_second_at_most() {
    let fast = motion(-75_000, -3_000);
    assert_eq!(upright(&guard_at(-3_000), fast, &LEAVE, ATTENDED).unwrap().rate(), rate(-1_500));
    let fast = motion(-3_000, 3_000);
    assert_eq!(upright(&guard_at(-75_000), fast, &LEAVE, ATTENDED).unwrap().rate(), rate(1_500));
    let slow = motion(-3_000, 400);
    assert_eq!(upright(&guard_at(-75_000), slow, &LEAVE, ATTENDED).unwrap().rate(), rate(400));
}

#[test]
fn less_than_a_minute_of_rest_is_too_early_to_leave_the_rest_band() {
    let rested = Millis::new(59_999);
    let early = Attended { rested, ..ATTENDED };
    assert_eq!(
        upright(&guard_at(-3_000), UP, &LEAVE, early),
        Err(Refusal::RestFirst { rested, needed: Millis::from_secs(60) })
    );
    let at_the_edge = upright(&guard_at(-10_000), UP, &LEAVE, early);
    assert!(matches!(at_the_edge, Err(Refusal::RestFirst { .. })));
    // Further up already: it goes on. Within the rest band: no rest is needed.
    assert!(upright(&guard_at(-10_001), UP, &LEAVE, early).is_ok());
    assert!(upright(&guard_at(-3_000), motion(-10_000, -500), &LEAVE, early).is_ok());
    assert!(upright(&guard_at(-3_000), motion(-10_001, -500), &LEAVE, early).is_err());
    assert!(upright(&guard_at(-75_000), DOWN, &LEAVE, early).is_ok(), "down to rest needs none");
}

#[test]
fn letting_go_ends_it() {
    let let_go = Attended { held: false, ..ATTENDED };
    for motion in [UP, DOWN] {
        assert_eq!(upright(&guard_at(-20_000), motion, &LEAVE, let_go), Err(Refusal::NotHeld));
    }
}

#[test]
fn it_needs_stop_clear_arming_and_a_record() {
    let guard = guard_at(-20_000);
    let stop = Leave { stop_clear: false, return_held: true, ..LEAVE };
    assert_eq!(upright(&guard, UP, &stop, ATTENDED), Err(Refusal::StopLatched));
    let disarmed = Leave { armed: false, ..LEAVE };
    assert_eq!(upright(&guard, UP, &disarmed, ATTENDED), Err(Refusal::NotArmed));
    let unrecorded = Leave { journal_ready: false, ..LEAVE };
    assert_eq!(upright(&guard, UP, &unrecorded, ATTENDED), Err(Refusal::NoRecord));
    assert_eq!(upright(&guard, motion(-75_000, 0), &LEAVE, ATTENDED), Err(Refusal::NoMotion));
}

#[test]
fn its_target_lies_between_upright_and_level() {
    let guard = guard_at(-20_000);
    assert!(upright(&guard, motion(0, 1_500), &LEAVE, ATTENDED).is_ok());
    for target in [1, -75_001] {
        let refusal = upright(&guard, motion(target, 1_500), &LEAVE, ATTENDED);
        assert_eq!(refusal, Err(Refusal::NotUpright { target: mdeg(target) }));
    }
}

#[test]
fn nobody_who_is_head_down_is_brought_upright() {
    assert!(upright(&guard_at(0), UP, &LEAVE, ATTENDED).is_ok());
    assert_eq!(
        upright(&guard_at(1), UP, &LEAVE, ATTENDED),
        Err(Refusal::StillHeadDown { tilt: mdeg(1) })
    );
    let refusal = upright(&guard(), UP, &LEAVE, ATTENDED);
    assert_eq!(refusal, Err(Refusal::AngleNotAgreed { state: AngleState::Never }));
}

#[test]
fn latches_that_all_say_open_forbid_it_and_one_of_two_does_not() {
    let guard = guard_at(-20_000);
    let ask = |fitted, first_closed, second_closed| {
        let latches = Latches { fitted, first_closed, second_closed };
        upright(&guard, UP, &Leave { latches, ..LEAVE }, ATTENDED)
    };
    assert!(ask(2, true, true).is_ok() && ask(2, true, false).is_ok());
    assert!(ask(0, false, false).is_ok() && ask(1, true, false).is_ok());
    assert_eq!(ask(2, false, false), Err(Refusal::LatchesOpen { open: 2, fitted: 2 }));
    assert_eq!(ask(1, false, false), Err(Refusal::LatchesOpen { open: 1, fitted: 1 }));
    assert_eq!(ask(0, true, true).map(|permit| permit.rate()), Ok(rate(-1_500)));
}

#[test]
fn rate_and_target_point_the_same_way() {
    let guard = guard_at(-20_000);
    for wrong in [motion(-75_000, 500), motion(-3_000, -500)] {
        let refusal = upright(&guard, wrong, &LEAVE, ATTENDED);
        assert!(matches!(refusal, Err(Refusal::WrongWay { .. })), "{wrong:?}");
    }
}

#[test]
fn the_way_down_to_rest_stays_short_of_head_down() {
    // At 1500 a second: 1000 of margin, 1125 of leases, 141 of stop.
    let down = motion(0, 1_500);
    assert!(upright(&guard_at(-2_266), down, &LEAVE, ATTENDED).is_ok());
    let refusal = upright(&guard_at(-2_265), down, &LEAVE, ATTENDED).unwrap_err();
    assert!(matches!(
        refusal,
        Refusal::MayPass { limit, .. }
            if limit.value() == Angle::LEVEL && limit.why() == Why::RestBand
    ));
}

#[test]
fn a_slow_table_is_not_asked_for_more_than_it_can_do() {
    let envelope = Envelope { max_rate: rate(800), ..ENVELOPE };
    let mut guard = Guard::new(Limits::hard(Setting::Home), envelope);
    guard.observe(at(1_000), &reading(1_000, Some(-3_000), None));
    assert_eq!(upright(&guard, UP, &LEAVE, ATTENDED).unwrap().rate(), rate(-800));
}
