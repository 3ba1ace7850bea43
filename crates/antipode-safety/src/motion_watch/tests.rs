#![cfg(not(loom))]

use super::*;

const fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

const fn mdeg(millideg: i64) -> Angle {
    Angle::clamped(millideg)
}

const fn rate(millideg_per_s: i64) -> Rate {
    Rate::clamped(millideg_per_s)
}

/// A bed that is read every 50 ms.
struct Bed {
    watch: MotionWatch,
    ms: u64,
    millideg: i64,
}

impl Bed {
    const fn at(millideg: i64) -> Self {
        Self { watch: MotionWatch::new(), ms: 0, millideg }
    }

    /// Turns at `really` for `ms` while `commanded` is in force; the first fault and when.
    fn run(&mut self, ms: u64, commanded: i64, really: i64) -> Option<(u64, MotionFault)> {
        let (start, from) = (self.ms, self.millideg);
        let mut first = None;
        while self.ms < start + ms {
            self.ms += 50;
            let elapsed = i64::try_from(self.ms - start).unwrap();
            self.millideg = from + really * elapsed / 1_000;
            let told = self.watch.observe(at(self.ms), mdeg(self.millideg), rate(commanded));
            if let (None, Some(fault)) = (first, told) {
                first = Some((self.ms - start, fault));
            }
        }
        first
    }
}

#[test]
fn a_bed_that_follows_its_command_is_no_fault() {
    let mut bed = Bed::at(-3_000);
    assert_eq!(bed.run(20_000, 1_500, 1_500), None);
    assert_eq!(bed.run(60_000, 0, 0), None);
    assert_eq!(bed.run(9_000, -3_000, -3_000), None);
    assert_eq!(bed.run(60_000, 0, 0), None);
    assert_eq!(MotionWatch::default(), MotionWatch::new());
}

#[test]
fn turning_two_degrees_a_second_faster_than_told_is_a_runaway() {
    let mut bed = Bed::at(0);
    assert_eq!(bed.run(3_000, 1_000, 3_000), None, "not more than 2 faster");
    let mut bed = Bed::at(0);
    let (after, fault) = bed.run(3_000, 1_000, 3_020).unwrap();
    assert_eq!(fault, MotionFault::Runaway { rate: rate(3_020), commanded: rate(1_000) });
    // 100 ms to measure, 150 ms to be sure.
    assert_eq!(after, 50 + 100 + 150);
}

#[test]
fn a_runaway_is_told_in_either_direction_and_while_it_lasts() {
    let mut bed = Bed::at(30_000);
    let (_, fault) = bed.run(1_000, -3_000, -5_100).unwrap();
    assert_eq!(fault, MotionFault::Runaway { rate: rate(-5_100), commanded: rate(3_000) });
    assert!(bed.run(50, -3_000, -5_100).is_some(), "told again");
    // A moment at the right speed and it must last 150 ms once more.
    assert_eq!(bed.run(300, -3_000, -3_000), None);
}

#[test]
fn a_bed_that_runs_down_from_its_old_speed_is_no_runaway() {
    let mut bed = Bed::at(40_000);
    assert_eq!(bed.run(2_000, -6_000, -6_000), None);
    assert_eq!(bed.run(900, 0, -6_000), None);
    let (after, fault) = bed.run(1_000, 0, -6_000).unwrap();
    // The stop counts as settled 1000 ms after the new command was first seen, at 50 ms.
    assert_eq!(after, 1_050 + 150 - 900);
    assert_eq!(fault, MotionFault::Runaway { rate: rate(-6_000), commanded: Rate::ZERO });
}

#[test]
fn slowing_in_steps_keeps_the_fastest_that_may_still_be_in_effect() {
    let mut bed = Bed::at(60_000);
    assert_eq!(bed.run(2_000, -6_000, -6_000), None);
    assert_eq!(bed.run(400, -3_000, -6_000), None);
    assert_eq!(bed.run(400, -1_000, -5_500), None);
    assert_eq!(bed.run(500, -1_000, -5_000), None);
    assert!(bed.run(400, -1_000, -5_000).is_some());
}

#[test]
fn one_late_reading_is_no_runaway() {
    // The bed turns back at 6 degrees a second; one reading comes 40 ms late, the others in time.
    let mut watch = MotionWatch::new();
    for step in 0..40_i64 {
        let measured = step * 50;
        let arrives = if step == 20 { measured + 40 } else { measured };
        let now = at(u64::try_from(arrives).unwrap());
        let told = watch.observe(now, mdeg(50_000 - 6 * measured), rate(-6_000));
        assert_eq!(told, None, "reading {step}");
    }
}

#[test]
fn a_degree_of_motion_without_command_is_a_slip() {
    for (moved, told) in [(1_000, false), (1_001, true), (-1_000, false), (-1_001, true)] {
        let mut watch = MotionWatch::new();
        assert_eq!(watch.observe(at(0), mdeg(30_000), Rate::ZERO), None);
        assert_eq!(watch.observe(at(1_000), mdeg(30_000), Rate::ZERO), None);
        let fault = watch.observe(at(3_000), mdeg(30_000 + moved), Rate::ZERO);
        let slip =
            MotionFault::Slip { moved: i32::try_from(moved).unwrap(), toward_level: moved < 0 };
        assert_eq!(fault, told.then_some(slip), "{moved}");
    }
}

#[test]
fn a_slip_head_up_is_toward_level_when_it_goes_down() {
    let mut bed = Bed::at(-8_000);
    assert_eq!(bed.run(2_000, 0, 0), None);
    let (_, fault) = bed.run(4_000, 0, 500).unwrap();
    assert_eq!(fault, MotionFault::Slip { moved: 1_025, toward_level: true });
}

#[test]
fn a_slip_counts_from_where_the_bed_came_to_rest() {
    let mut bed = Bed::at(30_000);
    assert_eq!(bed.run(2_000, -3_000, -3_000), None);
    assert_eq!(bed.run(500, 0, -2_900), None);
    assert_eq!(bed.run(10_000, 0, 0), None);
}

#[test]
fn the_slowest_slip_is_told_in_time() {
    let mut bed = Bed::at(30_000);
    let (after, fault) = bed.run(30_000, 0, 100).unwrap();
    assert!((11_000..=11_200).contains(&after), "{after}");
    assert!(matches!(fault, MotionFault::Slip { moved: 1_001..=1_010, toward_level: false }));
}

#[test]
fn a_raise_during_which_the_bed_goes_down_is_the_wrong_way() {
    let mut bed = Bed::at(20_000);
    let (after, fault) = bed.run(3_000, -1_500, 1_500).unwrap();
    // More than 2 degrees from where it was first seen, at 50 ms.
    assert_eq!(after, 1_400);
    assert_eq!(fault, MotionFault::WrongWay { commanded: rate(-1_500), against: 2_025 });
}

#[test]
fn two_degrees_against_the_command_are_borne_and_a_second_is_waited_for() {
    for (against, ms, told) in [(2_000, 1_000, false), (2_001, 1_000, true), (2_001, 999, false)] {
        for sign in [1, -1] {
            let mut watch = MotionWatch::new();
            assert_eq!(watch.observe(at(0), mdeg(20_000), rate(-sign * 1_500)), None);
            let tilt = mdeg(20_000 + sign * against);
            let fault = watch.observe(at(ms), tilt, rate(-sign * 1_500));
            let wrong_way = MotionFault::WrongWay {
                commanded: rate(-sign * 1_500),
                against: u32::try_from(against).unwrap(),
            };
            assert_eq!(fault, told.then_some(wrong_way), "{against} {ms} {sign}");
        }
    }
}

#[test]
fn a_bed_that_turns_round_in_the_middle_of_a_return_is_the_wrong_way() {
    let mut bed = Bed::at(40_000);
    assert_eq!(bed.run(4_000, -3_000, -3_000), None);
    let (after, fault) = bed.run(2_000, -3_000, 3_000).unwrap();
    assert_eq!(after, 700);
    assert_eq!(fault, MotionFault::WrongWay { commanded: rate(-3_000), against: 2_100 });
}

#[test]
fn a_reversed_command_is_given_a_second_to_take_effect() {
    let mut bed = Bed::at(20_000);
    assert_eq!(bed.run(4_000, 1_500, 1_500), None);
    assert_eq!(bed.run(900, -1_500, 1_500), None);
    assert_eq!(bed.run(10_000, -1_500, -1_500), None);
}

#[test]
fn a_return_that_gains_less_than_a_degree_in_three_seconds_stalls() {
    for (gained, ms, told) in [(1_000, 3_000, false), (999, 3_000, true), (999, 2_999, false)] {
        let mut watch = MotionWatch::new();
        assert_eq!(watch.observe(at(0), mdeg(20_000), rate(-3_000)), None);
        let fault = watch.observe(at(ms), mdeg(20_000 - gained), rate(-3_000));
        let gained = i32::try_from(gained).unwrap();
        let stall = MotionFault::Stall { gained, within: Millis::new(ms) };
        assert_eq!(fault, told.then_some(stall), "{gained} {ms}");
    }
}

#[test]
fn each_degree_gained_gives_three_seconds_more() {
    let mut bed = Bed::at(20_000);
    assert_eq!(bed.run(4_000, -3_000, -3_000), None);
    let (after, fault) = bed.run(10_000, -3_000, 0).unwrap();
    // The last whole degree was gained up to 350 ms before it stuck.
    assert!((2_650..=3_000).contains(&after), "{after}");
    assert!(matches!(fault, MotionFault::Stall { gained: 0..1_000, .. }));
    assert_eq!(bed.run(1_000, -3_000, -3_000).map(|(after, _)| after), Some(50), "until it moves");
    assert_eq!(bed.run(10_000, -3_000, -2_000), None);
}

#[test]
fn only_a_raise_while_head_down_can_stall() {
    for (start, commanded) in [(20_000, 3_000), (0, -3_000), (-5_000, -3_000), (20_000, -499)] {
        let mut bed = Bed::at(start);
        assert_eq!(bed.run(10_000, commanded, 0), None, "{start} {commanded}");
    }
    assert!(Bed::at(1).run(10_000, -3_000, 0).is_some());
    assert!(Bed::at(20_000).run(10_000, -500, 0).is_some());
}

#[test]
fn a_return_that_loses_ground_stalls_too() {
    let mut watch = MotionWatch::new();
    watch.observe(at(0), mdeg(20_000), rate(-3_000));
    let fault = watch.observe(at(3_000), mdeg(21_500), rate(-3_000));
    let within = Millis::new(3_000);
    assert_eq!(fault, Some(MotionFault::Stall { gained: -1_500, within }));
}

#[test]
fn faults_are_told_in_plain_words() {
    for (fault, words) in [
        (
            MotionFault::Runaway { rate: rate(5_100), commanded: rate(1_500) },
            "the bed turns at 5.100°/s, commanded was 1.500°/s at most",
        ),
        (
            MotionFault::WrongWay { commanded: rate(-3_000), against: 2_100 },
            "the bed turned 2.100° against its command of -3.000°/s",
        ),
        (
            MotionFault::Slip { moved: -1_001, toward_level: true },
            "the bed turned -1.001° with no command to move",
        ),
        (
            MotionFault::Stall { gained: 400, within: Millis::new(3_000) },
            "coming up gained 0.400° in 3000 ms",
        ),
    ] {
        assert_eq!(fault.to_string(), words);
    }
}

#[test]
fn a_slip_to_as_far_on_the_other_side_is_not_toward_level() {
    let mut bed = Bed::at(-600);
    assert_eq!(bed.run(2_000, 0, 0), None);
    let fault = bed.watch.observe(at(2_050), mdeg(600), Rate::ZERO);
    assert_eq!(fault, Some(MotionFault::Slip { moved: 1_200, toward_level: false }));
}

#[test]
fn a_speed_that_has_faded_does_not_excuse_the_next_one() {
    // 6, then 3 for a while, then 1 degree a second: only the 3 may still be in effect.
    let slowed = |held_at_three: u64| {
        let mut bed = Bed::at(80_000);
        assert_eq!(bed.run(1_000, -6_000, -6_000), None);
        assert_eq!(bed.run(held_at_three, -3_000, -3_000), None);
        bed.run(600, -1_000, -5_500)
    };
    let runaway = slowed(1_000).map(|(_, fault)| fault);
    let (rate, commanded) = (rate(-5_500), rate(3_000));
    assert_eq!(runaway, Some(MotionFault::Runaway { rate, commanded }));
    assert_eq!(slowed(950), None, "the 6 was told less than a second before");
}

#[test]
fn a_quick_table_is_measured_over_the_same_stretch() {
    // Read every millisecond, turning at 5 degrees a second under a command of 1.
    let mut watch = MotionWatch::new();
    let first = (0..1_000_u32).find(|&ms| {
        let tilt = mdeg(i64::from(ms) * 5);
        watch.observe(at(ms.into()), tilt, rate(1_000)).is_some()
    });
    assert_eq!(first, Some(100 + 150));
}

#[test]
fn angles_ten_milliseconds_apart_are_kept_and_closer_ones_are_not() {
    let measured = |second: u64| {
        let mut samples = Samples::NEW;
        samples.push(at(0), mdeg(0));
        samples.push(at(second), mdeg(1_000));
        samples.rate_to(at(second + 100), mdeg(1_000))
    };
    assert_eq!(measured(10), Some(Rate::ZERO));
    assert_eq!(measured(9), Some(rate(9_174)));
    let mut samples = Samples::NEW;
    samples.push(at(0), mdeg(0));
    assert_eq!(samples.rate_to(at(99), mdeg(1_000)), None, "too short to measure");
}
