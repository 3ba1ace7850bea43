use antipode_device::LinkLoss;
use antipode_safety::{FaultSet, Latches, Switches};

use super::*;

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

/// A table that says where it is every 50 ms, and time.
struct Bench {
    way: Way,
    ms: u64,
    seq: u32,
    tilt: [Option<i64>; 2],
    rate: Rate,
    drive: DriveState,
    pressed: bool,
}

impl Bench {
    fn new(tilt: [Option<i64>; 2]) -> Self {
        let way = Way::new(at(0), Rate::clamped(3_000));
        let (rate, drive) = (Rate::ZERO, DriveState::Disarmed);
        let mut bench = Self { way, ms: 0, seq: 0, tilt, rate, drive, pressed: false };
        bench.run(100);
        bench
    }

    fn run(&mut self, for_ms: u64) {
        for _ in 0..for_ms / 50 {
            self.ms += 50;
            self.seq += 1;
            let [tilt, tilt_second] = self.tilt.map(|tilt| tilt.map(Angle::clamped));
            let switches = Switches::NONE.with(Switch::Stop, self.pressed);
            let reading = Reading {
                at: at(self.ms),
                seq: self.seq,
                table_ms: self.seq * 50,
                tilt,
                tilt_second,
                rate: self.rate,
                drive: self.drive,
                latches: Latches { fitted: 2, first_closed: true, second_closed: true },
                switches,
                faults: FaultSet::NONE,
                accepted: 0,
                current_ma: 0,
                supply_mv: 24_000,
                temperature_c: 20,
            };
            self.way.hear(at(self.ms), &TableEvent::Reading(reading));
            self.way.look(at(self.ms));
        }
    }

    /// Turns as a table does: no jump.
    fn turn_to(&mut self, to: [i64; 2]) {
        let goal = to.map(Some);
        while self.tilt != goal {
            for (tilt, to) in self.tilt.iter_mut().zip(to) {
                *tilt = tilt.map(|tilt| tilt + (to - tilt).clamp(-100, 100));
            }
            self.run(50);
        }
    }

    fn order(&self) -> Order {
        self.way.order(at(self.ms))
    }

    fn press(&mut self) {
        self.way.press(at(self.ms));
    }

    fn ended(&self, keys: bool) -> Option<Ended> {
        self.way.ended(at(self.ms), keys)
    }
}

fn back(rate: Rate, held: bool) -> Order {
    Order::Return { rate, held }
}

#[test]
fn it_comes_by_itself_until_it_stands_at_rest_by_every_angle() {
    let mut bench = Bench::new([Some(12_000), Some(12_500)]);
    assert_eq!(bench.order(), back(RETURN_FLOOR, false));
    bench.turn_to([-200, 900]);
    bench.run(3_000);
    assert_eq!(bench.ended(true), None, "one of them says head-down");
    bench.turn_to([-200, -100]);
    bench.run(500);
    assert_eq!(bench.ended(true), None, "not for long enough");
    bench.turn_to([-3_000, -2_500]);
    bench.run(1_000);
    let home = Ended::Home { tilt: Angle::clamped(-2_500), stopped: false };
    assert_eq!(bench.ended(true), Some(home));
}

#[test]
fn a_bed_that_stands_is_home_however_fast_a_noisy_angle_says_that_it_turns() {
    // A Tic has no angle of its own, and its inclinometer is a tenth of a degree off either way.
    let mut bench = Bench::new([Some(-2_900), None]);
    for way in [1, -1].into_iter().cycle().take(30) {
        bench.rate = Rate::clamped(way * 2_000);
        bench.tilt = [Some(-2_900 + way * 125), None];
        bench.run(50);
    }
    assert!(matches!(bench.ended(true), Some(Ended::Home { .. })), "{:?}", bench.ended(true));
}

#[test]
fn a_bed_that_still_creeps_up_is_not_home() {
    let mut bench = Bench::new([Some(-100), Some(-100)]);
    for _ in 0..40 {
        bench.tilt = bench.tilt.map(|tilt| tilt.map(|tilt| tilt - 50));
        bench.run(50);
        assert_eq!(bench.ended(true), None, "{:?}", bench.tilt);
    }
}

#[test]
fn under_stop_only_a_key_that_is_held_moves_it_and_only_while_it_is() {
    let mut bench = Bench::new([Some(12_000), None]);
    bench.drive = DriveState::Stopped;
    bench.run(100);
    assert_eq!(bench.order(), Order::Halt);
    bench.run(60_000);
    assert_eq!((bench.order(), bench.ended(true)), (Order::Halt, None), "it stays for a key");
    bench.press();
    assert_eq!(bench.order(), back(RETURN_FLOOR, true));
    bench.drive = DriveState::Returning;
    bench.run(650);
    assert_eq!(bench.order(), back(RETURN_FLOOR, true));
    bench.run(50);
    assert_eq!(bench.order(), Order::Halt, "let go");
}

#[test]
fn a_key_held_while_stop_comes_is_no_answer_to_it_until_it_was_let_go() {
    let mut bench = Bench::new([Some(12_000), None]);
    let hold = |bench: &mut Bench, for_ms: u64| {
        for _ in 0..for_ms / 100 {
            bench.press();
            bench.run(100);
        }
    };
    hold(&mut bench, 500);
    assert_eq!(bench.order(), back(RETURN_FLOOR, true));
    bench.pressed = true;
    bench.drive = DriveState::Stopped;
    hold(&mut bench, 2_000);
    assert_eq!(bench.order(), Order::Halt);
    assert_eq!(bench.way.standing(at(bench.ms)), Standing::Stopped { again: true });
    bench.run(1_000);
    hold(&mut bench, 300);
    assert_eq!(
        bench.order(),
        back(RETURN_FLOOR, true),
        "STOP is still pressed, and it is held anew"
    );
    // Let go and pressed again: all over.
    bench.pressed = false;
    hold(&mut bench, 300);
    bench.pressed = true;
    hold(&mut bench, 300);
    assert_eq!(bench.order(), Order::Halt);
}

#[test]
fn stop_said_here_is_said_until_the_table_has_latched_it_also_in_a_new_session() {
    let mut bench = Bench::new([Some(12_000), None]);
    bench.way.stopped();
    bench.run(500);
    bench.press();
    assert_eq!(bench.order(), Order::Stop, "before it is latched nothing may move");
    bench.drive = DriveState::Stopped;
    bench.run(1_000);
    assert_eq!(bench.order(), Order::Halt);
    bench.way.hear(at(bench.ms), &TableEvent::Lost(LinkLoss::Silent));
    assert_eq!(bench.order(), Order::Stop);
    assert_eq!(bench.ended(false), None, "whether it is latched is not known");
    bench.run(100);
    let stopped = Ended::Stopped(Some(Angle::clamped(12_000)));
    assert_eq!(bench.ended(false), Some(stopped), "nobody could hold a key here");
}

#[test]
fn two_angles_that_differ_are_answered_as_in_a_session() {
    for (tilt, alone, held) in [
        ([30_000, 30_000], back(RETURN_FLOOR, false), RETURN_FLOOR),
        ([30_000, 22_000], back(CREEP, false), CREEP),
        ([22_000, 30_000], back(CREEP, false), CREEP),
        ([4_000, -4_000], Order::Halt, CREEP),
        ([-4_000, 4_000], Order::Halt, CREEP),
    ] {
        let mut bench = Bench::new(tilt.map(Some));
        bench.run(1_000);
        assert_eq!(bench.order(), alone, "{tilt:?}");
        assert_eq!(bench.ended(true), None, "{tilt:?}");
        bench.press();
        assert_eq!(bench.order(), back(held, true), "{tilt:?}");
    }
}

#[test]
fn an_angle_that_goes_leaves_the_other_and_none_leaves_it_to_a_hand() {
    for (left, alone) in [
        ([Some(20_000), None], back(RETURN_FLOOR, false)),
        ([None, Some(20_000)], back(CREEP, false)),
        ([None, None], Order::Halt),
    ] {
        let mut bench = Bench::new([Some(20_000), Some(20_000)]);
        bench.tilt = left;
        bench.run(1_000);
        assert_eq!(bench.order(), alone, "{left:?}");
        bench.press();
        assert!(matches!(bench.order(), Order::Return { held: true, .. }), "{left:?}");
    }
    let mut bench = Bench::new([Some(-3_000), None]);
    bench.tilt = [None, None];
    bench.run(60_000);
    assert_eq!(bench.ended(true), None, "an old angle is no arrival");
}

#[test]
fn a_bed_that_does_not_come_is_given_up_after_the_last_wish() {
    let mut bench = Bench::new([Some(12_000), None]);
    bench.run(LONGEST.get() - 1_000);
    bench.press();
    bench.run(10_000);
    assert_eq!(bench.ended(true), None);
    bench.run(LONGEST.get());
    assert_eq!(bench.ended(true), Some(Ended::Stuck(Some(Angle::clamped(12_000)))));
}
