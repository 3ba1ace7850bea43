use super::*;

/// A motor that stands behind a set brake.
const STANDING: Motor = Motor { setpoint: 0, braked: true, current_ma: 0 };

/// A watch over a bed at an angle, fed tick by tick.
struct Bed {
    watch: DriveWatch,
    worst: i32,
    least: i32,
    current_ma: u32,
    /// The drive holds a standing bed in the brake's place.
    by_drive: bool,
}

impl Bed {
    fn at(mdeg: i32) -> Self {
        let watch = DriveWatch::new();
        Self { watch, worst: mdeg, least: mdeg, current_ma: 0, by_drive: false }
    }

    fn look(&mut self, setpoint: i32, dt_ms: u32) -> Seen {
        let Self { worst, least, .. } = *self;
        let estimate = Estimate { quality: Quality::Full, control: worst, worst, least };
        let braked = setpoint == 0 && !self.by_drive;
        let motor = Motor { setpoint, braked, current_ma: self.current_ma };
        self.watch.update(Some(&estimate), motor, dt_ms)
    }

    /// Turns both sources at `rate` for `ms`; the first thing seen and when.
    fn turn(&mut self, rate: i32, setpoint: i32, ms: u32) -> Option<(u32, Seen)> {
        self.turn_apart([rate, rate], setpoint, ms)
    }

    fn turn_apart(&mut self, rates: [i32; 2], setpoint: i32, ms: u32) -> Option<(u32, Seen)> {
        let mut first = None;
        for tick in 1..=ms / 10 {
            self.worst += rates[0] / 100;
            self.least += rates[1] / 100;
            let seen = self.look(setpoint, 10);
            if seen != Seen::default() && first.is_none() {
                first = Some((tick * 10, seen));
            }
        }
        first
    }
}

#[test]
fn the_rate_is_measured_over_a_tenth_of_a_second() {
    let mut bed = Bed::at(10_000);
    assert_eq!(bed.turn(1_500, 1_500, 500), None);
    assert_eq!(bed.watch.rate(), 1_500);
    bed.turn(-700, -700, 100);
    assert_eq!(bed.watch.rate(), -700);
    for dt_ms in [1u32, 50] {
        let mut bed = Bed::at(0);
        for _ in 0..400 {
            bed.worst += i32::try_from(dt_ms).unwrap();
            bed.least = bed.worst;
            bed.look(1_000, dt_ms);
        }
        assert_eq!(bed.watch.rate(), 1_000, "ticks of {dt_ms} ms");
    }
}

#[test]
fn a_little_over_the_command_is_borne_and_two_degrees_a_second_is_a_runaway() {
    for (rate, setpoint, runaway) in [
        (1_600, 0, false),
        (1_700, 0, true),
        // Toward head-up without a command and without current it is a hand at the crank.
        (-3_500, 0, false),
        (-3_600, 0, true),
        (-1_700, 100, true),
        (4_600, 3_000, false),
        (4_700, 3_000, true),
        (-4_600, -3_000, false),
        (-4_700, -3_000, true),
        (1_700, -3_000, true),
    ] {
        let mut bed = Bed::at(0);
        bed.look(setpoint, 10);
        let seen = bed.turn(rate, setpoint, 400);
        assert_eq!(seen.is_some_and(|(_, seen)| seen.runaway), runaway, "{rate} at {setpoint}");
    }
}

#[test]
fn a_runaway_is_seen_within_a_quarter_second_and_a_twitch_is_not_one() {
    let mut bed = Bed::at(0);
    bed.turn(0, 0, 500);
    let mut twitch = Bed { watch: bed.watch.clone(), ..bed };
    assert_eq!(bed.turn(10_000, 0, 400).unwrap().0, 160);
    assert_eq!(twitch.turn(10_000, 0, 50), None);
    assert_eq!(twitch.turn(0, 0, 300), None);
}

#[test]
fn the_noise_of_a_sensor_hides_no_runaway() {
    let mut bed = Bed::at(0);
    bed.turn(500, 500, 500);
    // Two degrees a second over the command, and a sensor that is off by 60 millidegrees, now to
    // one side, now to the other.
    let quiet = bed.worst;
    let seen = (1..=35).any(|tick| {
        bed.least = quiet + 2_550 * tick / 100;
        bed.worst = bed.least + if (tick / 7) % 2 == 0 { 60 } else { -60 };
        bed.look(500, 10).runaway
    });
    assert!(seen, "not within 350 ms");
}

#[test]
fn a_motor_that_turns_a_standing_bed_up_is_a_runaway_by_its_current() {
    let mut bed = Bed::at(20_000);
    bed.current_ma = IDLE_CURRENT_MA + 1;
    assert!(bed.turn(-1_700, 0, 400).is_some_and(|(_, seen)| seen.runaway));
}

#[test]
fn one_source_alone_is_no_runaway() {
    let mut bed = Bed::at(0);
    assert_eq!(bed.turn_apart([3_000, 0], 0, 800), None);
    let mut bed = Bed::at(0);
    assert_eq!(bed.turn_apart([0, -3_000], 0, 800), None);
}

#[test]
fn a_heavy_bed_may_slow_at_half_the_stop_deceleration() {
    let mut bed = Bed::at(0);
    bed.turn(6_000, 6_000, 500);
    let mut rate = 6_000;
    while rate > 0 {
        assert_eq!(bed.turn(rate, 0, 10), None);
        rate -= 40;
    }
}

#[test]
fn a_driven_bed_that_stands_is_stalled_after_half_a_second() {
    for (setpoint, way) in [(600, Way::Down), (-600, Way::Back)] {
        let mut bed = Bed::at(20_000);
        let (when, seen) = bed.turn(0, setpoint, 1_000).unwrap();
        assert_eq!((when, seen.stall), (510, Some(way)), "the first tick starts the count");
    }
}

#[test]
fn driven_slowly_it_gets_three_seconds_and_a_crawl_is_not_judged() {
    for setpoint in [599, 100, -100] {
        let (when, _) = Bed::at(0).turn(0, setpoint, 4_000).unwrap();
        assert_eq!(when, 3_010, "{setpoint}");
    }
    assert_eq!(Bed::at(0).turn(0, 99, 10_000), None);
    assert_eq!(Bed::at(0).turn(0, -99, 10_000), None);
}

#[test]
fn three_tenths_of_a_degree_a_second_is_progress() {
    // 150 mdeg in the 500 ms after the first tick.
    assert_eq!(Bed::at(0).turn(300, 1_000, 5_000), None);
    assert!(Bed::at(0).turn(200, 1_000, 5_000).is_some());
    assert_eq!(Bed::at(0).turn(-300, -1_000, 5_000), None);
    assert!(Bed::at(0).turn(300, -1_000, 5_000).unwrap().1.stall == Some(Way::Back));
}

#[test]
fn progress_of_either_source_is_progress() {
    for rates in [[1_000, 0], [0, 1_000]] {
        assert_eq!(Bed::at(0).turn_apart(rates, 1_000, 1_500), None);
        let back = rates.map(|rate: i32| -rate);
        assert_eq!(Bed::at(0).turn_apart(back, -1_000, 1_500), None);
    }
}

#[test]
fn speeding_up_starts_the_short_count_afresh() {
    let mut bed = Bed::at(0);
    assert_eq!(bed.turn(0, 500, 400), None);
    assert_eq!(bed.turn(0, 700, 500), None);
    assert!(bed.turn(0, 700, 20).is_some());
}

#[test]
fn a_degree_within_two_seconds_at_standstill_is_a_slip_and_with_current_a_runaway() {
    for (rate, way) in [(600, Way::Down), (-600, Way::Back)] {
        let mut bed = Bed::at(20_000);
        bed.turn(0, 0, 1_500);
        let (when, seen) = bed.turn(rate, 0, 3_000).unwrap();
        assert_eq!((when, seen.slip, seen.runaway), (1_670, Some(way), false));
        let mut bed = Bed::at(20_000);
        bed.turn(0, 0, 1_500);
        bed.current_ma = IDLE_CURRENT_MA + 1;
        let (_, seen) = bed.turn(rate, 0, 3_000).unwrap();
        assert_eq!((seen.slip, seen.runaway), (None, true));
    }
}

#[test]
fn a_slow_slip_is_seen_at_two_degrees_in_all() {
    let mut bed = Bed::at(20_000);
    bed.turn(0, 0, 1_500);
    let (when, seen) = bed.turn(100, 0, 60_000).unwrap();
    assert_eq!(seen.slip, Some(Way::Down));
    assert_eq!(when, 20_010);
}

#[test]
fn settling_is_no_slip_and_nor_is_one_source_alone() {
    let mut bed = Bed::at(20_000);
    bed.turn(3_000, 3_000, 500);
    assert_eq!(bed.turn(1_000, 0, 1_000), None, "the first second at zero");
    let mut bed = Bed::at(20_000);
    bed.turn(0, 0, 1_500);
    assert_eq!(bed.turn_apart([800, 0], 0, 20_000), None);
    assert_eq!(bed.turn_apart([800, -800], 0, 5_000), None);
}

#[test]
fn another_leading_source_is_not_movement() {
    let mut bed = Bed::at(20_000);
    bed.turn(0, 0, 2_000);
    let jumped =
        Estimate { quality: Quality::OneSource, control: 24_000, worst: 24_000, least: 24_000 };
    for _ in 0..300 {
        let seen = bed.watch.update(Some(&jumped), STANDING, 10);
        assert_eq!(seen, Seen::default());
    }
}

#[test]
fn a_bed_that_the_drive_holds_is_turned_by_no_hand() {
    let mut bed = Bed { by_drive: true, ..Bed::at(-1_000) };
    bed.turn(0, 0, 2_000);
    let (_, seen) = bed.turn(-3_250, 0, 400).unwrap();
    assert!(seen.runaway, "{seen:?}");
    // Slower than that it may be a drive without torque: the brake is tried first.
    let mut bed = Bed { by_drive: true, ..Bed::at(20_000) };
    bed.turn(0, 0, 2_000);
    let (_, seen) = bed.turn(700, 0, 2_000).unwrap();
    assert_eq!((seen.runaway, seen.slip), (false, Some(Way::Down)));
}

#[test]
fn the_weight_that_brings_a_head_down_bed_up_is_no_runaway() {
    let fastest = |from: i32, rate: i32| {
        let mut bed = Bed::at(from);
        bed.turn(rate, 0, 300).is_some_and(|(_, seen)| seen.runaway)
    };
    assert!(!fastest(9_000, -4_400), "the released clutch");
    assert!(fastest(9_000, -4_600));
    assert!(fastest(-1_000, -3_600), "past level no weight brings anybody up");
    // A return that joins it.
    let joined = |from: i32, rate: i32| {
        let mut bed = Bed::at(from);
        bed.turn(rate, 0, 300);
        bed.turn(rate, -100, 300).is_some_and(|(_, seen)| seen.runaway)
    };
    assert!(!joined(9_000, -3_750));
    // The brake falls in a moment after the drive has stopped.
    let mut bed = Bed { by_drive: true, ..Bed::at(9_000) };
    bed.turn(-500, -500, 300);
    assert_eq!(bed.turn(-3_750, 0, 300), None);
    assert!(joined(9_000, -4_600));
}

#[test]
fn an_angle_that_jumps_and_jumps_back_is_no_runaway() {
    let mut bed = Bed::at(5_000);
    bed.turn(900, 900, 2_000);
    for there in [-400, 400] {
        for jump in [there, -there] {
            (bed.worst, bed.least) = (bed.worst + jump, bed.least + jump);
            assert_eq!(bed.turn(900, 900, 130), None, "{jump}");
        }
        bed.turn(900, 900, 1_000);
    }
}
