use proptest::prelude::*;

use super::*;
use crate::{Direction, StrokePoint};

const LEASE: Millis = Millis::new(250);

/// A degree of tilt for every 1000 thousandths of stroke, or the other way round.
fn straight(out_is_down: bool) -> StrokeTable {
    let sign = if out_is_down { 1 } else { -1 };
    let point = |mdeg: i32| StrokePoint { stroke: mdeg, tilt_mdeg: sign * mdeg };
    StrokeTable::new(vec![point(-80_000), point(80_000)]).unwrap()
}

/// A bed that turns at `rate`, ticked every 10 ms.
struct Bench {
    follower: Follower,
    ask: Ask,
    udeg: i64,
}

impl Bench {
    fn new(following: Following) -> Self {
        let ask = Ask {
            now: Timestamp::from_millis(1_000),
            setpoint: 0,
            relay: true,
            keep: false,
            tilts: [None; 2],
            stroke: None,
            lease: LEASE,
        };
        Self { follower: Follower::new(following, straight(true)), ask, udeg: 0 }
    }

    fn tilt(&self) -> i32 {
        i32::try_from(self.udeg / 1_000).unwrap()
    }

    fn turn(&mut self, setpoint: i32, rate: i32) -> Order {
        self.udeg += i64::from(rate) * 10;
        let now = self.ask.now.plus(Millis::new(10));
        let tilt = self.tilt();
        let (tilts, stroke) = ([Some((now, tilt)), None], Some(tilt));
        self.ask = Ask { now, setpoint, tilts, stroke, ..self.ask };
        self.follower.order(&self.ask)
    }
}

#[test]
fn zero_is_hold_and_an_open_relay_cuts_whatever_the_drive() {
    let jog = Following::Jog { speed: 1_000 };
    for following in
        [Following::Speed, Following::Duty { full_rate: 3_000 }, Following::Position, jog]
    {
        let mut bench = Bench::new(following);
        assert_eq!(bench.turn(0, 0), Order::Hold);
        assert!(!matches!(bench.turn(-1_000, 0), Order::Hold | Order::Cut), "{following:?}");
        bench.ask.relay = false;
        assert_eq!(bench.turn(-1_000, 0), Order::Cut);
    }
}

#[test]
fn a_place_is_never_further_ahead_than_a_lease_of_travel() {
    let mut bench = Bench::new(Following::Position);
    for tick in 1..200 {
        let order = bench.turn(2_000, 0);
        assert_eq!(order, Order::Position((1_000 + tick * 20).min(1_500)), "a bed that stands");
    }
    for _ in 0..200 {
        let Order::Position(place) = bench.turn(-2_000, -1_500) else { panic!("it goes") };
        let ahead = bench.tilt() - place;
        assert!((0..=1_501).contains(&ahead), "{ahead}");
    }
}

#[test]
fn a_bed_that_outruns_its_place_pulls_it_along() {
    let mut bench = Bench::new(Following::Position);
    for _ in 0..100 {
        let Order::Position(place) = bench.turn(-1_000, -3_000) else { panic!("it goes") };
        assert!(place <= bench.tilt());
    }
}

/// How a bed turns whose drive closes a loop of its own: this many thousandths of a second after its
/// place, on a controller's ramp to 3 degrees a second. The most that it outran the ramp by, and where
/// it was after 0.8 s.
fn looped(lag_ms: i64, lease: Millis) -> (i32, i32) {
    let mut bench = Bench::new(Following::Position);
    bench.ask.lease = lease;
    let (mut rate, mut outran, mut early) = (0, 0, 0);
    for tick in 1..=400 {
        let setpoint = 3_000.min(tick * 20);
        let Order::Position(place) = bench.turn(setpoint, rate) else { panic!("it goes") };
        rate = narrow((i64::from(place) * 1_000 - bench.udeg) / lag_ms);
        outran = outran.max(rate - setpoint);
        if tick == 80 {
            early = bench.tilt();
        }
    }
    (outran, early)
}

#[test]
fn a_soft_loop_begins_in_time_and_a_stiff_one_does_not_run_away() {
    for lease in [250, 400].map(Millis::new) {
        for lag_ms in [1_600, 800, 400, 200, 100, 50] {
            let (outran, early) = looped(lag_ms, lease);
            // The controller takes 1600 for a runaway, and less than 150 in half a second for a stall.
            assert!(outran <= 1_300, "{lag_ms} {lease:?}: {outran} mdeg/s too fast");
            assert!(early >= 250, "{lag_ms} {lease:?}: only {early} mdeg after 0.8 s");
        }
    }
}

#[test]
fn what_is_held_is_never_turned_more_head_down_than_it_is() {
    let mut bench = Bench::new(Following::Position);
    bench.ask.keep = true;
    assert_eq!(bench.turn(0, 0), Order::Hold, "it comes to rest first");
    for _ in 0..20 {
        bench.turn(0, 0);
    }
    assert_eq!(bench.turn(0, 0), Order::Position(0));
    // It sinks: lifted back. It is turned up by hand: left there.
    assert_eq!(bench.turn(0, 30_000), Order::Position(0));
    bench.turn(0, -40_000);
    assert_eq!(bench.turn(0, 0), Order::Position(-100));
    // It sinks far: by no more than a degree at once.
    assert_eq!(bench.turn(0, 500_000), Order::Position(3_900));
    bench.ask.keep = false;
    assert_eq!(bench.turn(0, 0), Order::Hold);
}

#[test]
fn without_the_drives_own_position_no_place_is_named() {
    let mut bench = Bench::new(Following::Position);
    bench.turn(-1_000, 0);
    bench.ask.stroke = None;
    assert_eq!(bench.follower.order(&bench.ask), Order::Hold);
}

#[test]
fn a_speed_follows_the_slope_and_makes_up_slowly_for_what_the_load_takes() {
    let mut bench = Bench::new(Following::Speed);
    assert_eq!(bench.turn(1_000, 0), Order::Speed(1_000));
    let mut speed = 0;
    let mut before = 1_000;
    for _ in 0..1_500 {
        let Order::Speed(now) = bench.turn(1_000, speed * 9 / 10) else { panic!("it goes") };
        assert!((now - before).abs() <= 5, "no step: {before} {now}");
        (speed, before) = (now, now);
    }
    assert!((1_080..=1_140).contains(&speed), "{speed}");
    for _ in 0..3_000 {
        bench.turn(1_000, 0);
    }
    assert_eq!(bench.turn(1_000, 0), Order::Speed(1_200), "a fifth at most");
}

#[test]
fn a_duty_reaches_the_rate_under_load_and_does_not_wind_up() {
    let mut bench = Bench::new(Following::Duty { full_rate: 4_000 });
    let mut rate = 0;
    for _ in 0..600 {
        let Order::Duty(duty) = bench.turn(2_000, rate) else { panic!("it goes") };
        // Half of the nominal speed for the same power.
        rate = i32::from(duty) * 2;
        assert!((0..=1_000).contains(&duty));
    }
    assert!((1_800..=2_200).contains(&rate), "{rate}");
    // Blocked for long, then free and light: it must not go on at full power.
    for _ in 0..3_000 {
        bench.turn(2_000, 0);
    }
    let mut rate = 0;
    let mut moved = 0;
    for _ in 0..100 {
        let Order::Duty(duty) = bench.turn(2_000, rate) else { panic!("it goes") };
        rate = i32::from(duty) * 4;
        moved += rate / 100;
    }
    assert!(moved <= 3_400, "in a second, where 2000 was asked: {moved}");
}

#[test]
fn one_speed_runs_from_the_ramp_to_the_end_without_a_pulse() {
    let mut bench = Bench::new(Following::Jog { speed: 2_000 });
    let ending = (0..2_000).rev().step_by(80);
    let ramp = (0..=2_000).step_by(80).chain([2_000; 50]).chain(ending).chain([0]);
    let orders: Vec<_> = ramp.map(|setpoint| bench.turn(setpoint, 0)).collect();
    let changes = orders.windows(2).filter(|pair| pair[0] != pair[1]).count();
    assert_eq!(changes, 2, "{orders:?}");
    assert!(orders.contains(&Order::Jog(Direction::Out)));
}

#[test]
fn one_speed_does_not_lower_where_a_much_lower_one_is_asked_for_and_always_comes_home() {
    let mut bench = Bench::new(Following::Jog { speed: 3_000 });
    for _ in 0..100 {
        assert_eq!(bench.turn(1_000, 0), Order::Hold);
    }
    assert_eq!(bench.turn(3_000, 0), Order::Jog(Direction::Out));
    // Slowed on the way: it stops, and does not start again by itself.
    let orders: Vec<_> = (0..100).map(|_| bench.turn(1_000, 0)).collect();
    assert_eq!(orders[20..], [Order::Hold; 80]);
    assert_eq!(bench.turn(-1_000, 0), Order::Jog(Direction::In), "a creep home");
}

proptest! {
    /// Whatever happens, an order goes the way that the controller goes, or nowhere; held, it never
    /// goes head-down.
    #[test]
    fn no_order_goes_against_the_controller(
        kind in 0usize..4,
        out_is_down: bool,
        turns in proptest::collection::vec(
            (-6_000i32..6_000, -6_000i32..6_000, any::<bool>(), any::<bool>(), 0u64..200), 1..80),
    ) {
        let following = [
            Following::Speed, Following::Duty { full_rate: 3_000 }, Following::Position,
            Following::Jog { speed: 2_500 },
        ][kind];
        let mut follower = Follower::new(following, straight(out_is_down));
        let (mut now, mut udeg) = (Timestamp::from_millis(0), 0i64);
        for (setpoint, rate, keep, lost, ms) in turns {
            now = now.plus(Millis::new(ms));
            udeg = (udeg + i64::from(rate) * i64::try_from(ms).unwrap()).clamp(-70_000_000, 70_000_000);
            let tilt = i32::try_from(udeg / 1_000).unwrap();
            let setpoint = if setpoint.abs() < 1_000 { 0 } else { setpoint };
            let here = if out_is_down { tilt } else { -tilt };
            let ask = Ask {
                now, setpoint, relay: true, keep,
                tilts: [(!lost).then_some((now, tilt)), None], stroke: (!lost).then_some(here),
                lease: LEASE,
            };
            let out = match follower.order(&ask) {
                Order::Hold | Order::Cut => 0,
                Order::Duty(duty) => i32::from(duty).signum(),
                Order::Speed(speed) => speed.signum(),
                Order::Position(place) => (place - here).signum(),
                Order::Jog(Direction::Out) => 1,
                Order::Jog(Direction::In) => -1,
            };
            let down = if out_is_down { out } else { -out };
            prop_assert!(down == 0 || down == setpoint.signum() || (setpoint == 0 && down < 0));
        }
    }
}

#[test]
fn a_source_that_stands_still_adds_no_power() {
    for following in [Following::Duty { full_rate: 4_000 }, Following::Speed] {
        let pushed = |stuck: bool| {
            let mut bench = Bench::new(following);
            let mut push = 0;
            for _ in 0..300 {
                let order = bench.turn(-2_000, -2_000);
                if stuck {
                    let [moves, _] = bench.ask.tilts;
                    bench.ask.tilts = [Some((bench.ask.now, 0)), moves];
                }
                push = match bench.follower.order(&bench.ask) {
                    Order::Duty(duty) => i32::from(duty),
                    Order::Speed(speed) => speed,
                    Order::Hold | Order::Cut | Order::Position(_) | Order::Jog(_) => 0,
                };
                assert!(order != Order::Hold);
            }
            push
        };
        assert!(pushed(true) >= pushed(false) - 20, "{following:?}: {}", pushed(true));
    }
}
