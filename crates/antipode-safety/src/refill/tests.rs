use super::*;

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

#[test]
fn a_steady_cause_is_due_after_the_whole_delay() {
    let mut delay = RefillDelay::new(Millis::new(300));
    assert!(!delay.update(at(1_000), true));
    assert_eq!(delay.left(at(1_000)), Millis::new(300));
    assert_eq!(delay.left(at(1_299)), Millis::new(1));
    assert!(!delay.due(at(1_299)));
    assert!(delay.due(at(1_300)));
    assert!(delay.update(at(1_300), true));
    assert_eq!(delay.left(at(9_999)), Millis::ZERO);
}

#[test]
fn the_time_before_the_first_update_does_not_count() {
    let delay = RefillDelay::new(Millis::new(300));
    assert!(!delay.due(at(u64::MAX)));
    assert_eq!(delay.left(at(u64::MAX)), Millis::new(300));
}

#[test]
fn what_ran_comes_back_at_a_quarter_of_the_speed() {
    let mut delay = RefillDelay::new(Millis::new(300));
    delay.update(at(0), true);
    delay.update(at(200), false);
    // 100 ms are left; 4 ms away give one back.
    assert_eq!(delay.left(at(200)), Millis::new(100));
    assert_eq!(delay.left(at(204)), Millis::new(101));
    assert_eq!(delay.left(at(203)), Millis::new(101), "a part of a millisecond counts as one");
    assert_eq!(delay.left(at(999)), Millis::new(300));
    assert_eq!(delay.left(at(1_000)), Millis::new(300));
    assert_eq!(delay.left(at(50_000)), Millis::new(300), "never more than the whole delay");
}

#[test]
fn a_cause_that_flaps_is_due_all_the_same() {
    // Half of the time there: 50 ms of each 100 ms run, 12.5 come back.
    let mut delay = RefillDelay::new(Millis::new(300));
    let mut ms = 0;
    while !delay.update(at(ms), ms % 100 < 50) {
        ms += 10;
        assert!(ms < 2_000, "flapping reset the delay");
    }
    assert!((600..=900).contains(&ms), "due after {ms} ms");
}

#[test]
fn a_cause_present_a_fifth_of_the_time_never_wears_the_delay_out() {
    let mut delay = RefillDelay::new(Millis::new(300));
    for ms in 0..100_000 {
        assert!(!delay.update(at(ms), ms % 100 < 20), "due after {ms} ms");
    }
}

#[test]
fn a_clock_that_goes_back_counts_as_no_time() {
    let mut delay = RefillDelay::new(Millis::new(300));
    delay.update(at(1_000), true);
    assert!(!delay.update(at(500), true));
    assert_eq!(delay.left(at(500)), Millis::new(300));
}
