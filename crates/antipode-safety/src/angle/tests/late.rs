//! Readings that waited on the way, by the table's own clock.

use super::*;

#[test]
fn a_reading_that_waited_in_a_queue_shows_its_true_age() {
    let mut watch = watch();
    feed(&mut watch, &[(0, Some(10_000), None)]);
    // Measured 50 ms after the first, arrived 300 ms after it: 250 ms old, less 1 % of clock drift.
    let late = Reading { table_ms: 77 + 50, ..read(300, Some(10_000), None) };
    assert_eq!(watch.observe(at(300), &late), None);
    let state = watch.state(at(300));
    assert_eq!(state, AngleState::Good { tilt: mdeg(10_000), age: Millis::new(247) });
    assert_eq!(watch.worst_case(at(300)), Some(mdeg(10_000 + 741 + 1_000)));
    assert!(watch.state(at(304)).agreed().is_none(), "stale 3 ms after it arrived");

    // The queue drains: the next one is on time again.
    let prompt = Reading { table_ms: 77 + 350, ..read(350, Some(10_000), None) };
    assert_eq!(watch.observe(at(350), &prompt), None);
    assert_eq!(watch.state(at(350)), AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO });
}

#[test]
fn a_table_clock_slow_by_a_per_cent_is_no_delay() {
    let mut watch = watch();
    for step in 0..2_000_u64 {
        let ms = step * 100;
        let slow = u32::try_from(step * 99).unwrap();
        let reading = Reading { table_ms: slow, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good);
    }
}

#[test]
fn a_table_without_a_clock_or_with_a_restarted_one_has_no_lateness() {
    let mut watch = watch();
    for (ms, table_ms) in [(0, 5), (1_000, 5), (2_000, 4), (3_000, u32::MAX)] {
        let reading = Reading { table_ms, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good, "{table_ms}");
    }
}

#[test]
fn the_tables_clock_may_wrap() {
    let mut watch = watch();
    for (ms, table_ms) in [(0, u32::MAX - 9), (100, 90), (200, 190)] {
        let reading = Reading { table_ms, ..read(ms, Some(10_000), None) };
        assert_eq!(watch.observe(at(ms), &reading), None);
        let good = AngleState::Good { tilt: mdeg(10_000), age: Millis::ZERO };
        assert_eq!(watch.state(at(ms)), good, "{table_ms}");
    }
}
