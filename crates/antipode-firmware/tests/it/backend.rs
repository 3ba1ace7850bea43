//! The back-ends: each alone under whatever it is told, and the whole table behind each. What is
//! asserted is the true tilt and the true contacts, not what a back-end believes.

use antipode_firmware::backend::{RelayPairConfig, Way};
use antipode_firmware::{Config, Outputs};
use antipode_link::{Message, TableFlag};
use antipode_safety::{Angle, DriveState, Fault, FaultSet, Rate};
use proptest::prelude::*;

use crate::actuator::{Actuator, FULL_RATE, Motor, Relays, STEPS_PER_DEGREE, Stepper};
use crate::bench::{Bench, back, target};

fn outputs(setpoint: i32) -> Outputs {
    let setpoint = Rate::clamped(i64::from(setpoint));
    Outputs { setpoint, brake: false, relay: true, buzzer: false }
}

/// Anything that a controller could say for a while.
fn orders() -> impl Strategy<Value = Vec<(Outputs, u32)>> {
    let one = (-3_000..=3_000i32, any::<bool>(), 0..20u8, 0..20u8, 1..60u32);
    let order = one.prop_map(|(rate, zero, brake, relay, ticks)| {
        let setpoint = if zero { 0 } else { rate };
        (Outputs { brake: brake == 0, relay: relay != 0, ..outputs(setpoint) }, ticks)
    });
    prop::collection::vec(order, 1..60)
}

/// A table of one speed: what its commissioning writes down.
fn one_speed() -> Config {
    let speed = Rate::clamped(2_000);
    Config { max_rate: speed, return_rate: speed, return_max_rate: speed, ..Config::reference() }
}

fn armed(config: Config, actuator: Actuator) -> Bench {
    let mut bench = Bench::armed_with(config);
    bench.actuator = actuator;
    bench
}

/// Lowers to `to` and comes back, as a host would; the bed never strays and no fault begins.
fn there_and_back(bench: &mut Bench, to: i32, rate: i64) {
    bench.keep(target(to, rate), 20_000);
    let off = bench.tilt() - to * 1_000;
    assert!(off.abs() <= 300, "lowered to {}", bench.tilt());
    assert_eq!((bench.rate, bench.faults()), (0, FaultSet::NONE));
    bench.keep(back(rate), 20_000);
    assert!((-3_300..=-2_500).contains(&bench.tilt()), "came back to {}", bench.tilt());
    assert_eq!((bench.rate, bench.faults()), (0, FaultSet::NONE));
    assert!(bench.highest <= to * 1_000 + 300, "{}", bench.highest);
}

proptest! {
    #[test]
    fn contacts_are_never_both_closed_never_short_and_never_closed_against_a_stop(
        orders in orders(), lost in any::<bool>(), coast in 0..=300i32,
    ) {
        let mut relays = Relays::new(2_000, coast);
        let mut tilt = 0i64;
        let mut ended: Option<(bool, u32)> = None;
        let mut now = 0u32;
        for (told, ticks) in orders {
            for _ in 0..ticks {
                let before = relays.contacts;
                let seen = (!lost).then(|| Angle::clamped(tilt / 1_000));
                let (rate, _) = relays.turn(&told, seen, 10);
                tilt += i64::from(rate) * 10;
                now += 10;
                let contacts = relays.contacts;
                let setpoint = told.setpoint.millideg_per_s();
                let stopped = told.brake || !told.relay || setpoint == 0;
                prop_assert!(!(stopped && (contacts.down || contacts.back)), "{told:?}");
                prop_assert!(!contacts.down || setpoint > 0);
                prop_assert!(!contacts.back || setpoint < 0);
                prop_assert_eq!(contacts.welded, None, "nothing is welded");
                if (before.down && !contacts.down) || (before.back && !contacts.back) {
                    ended = Some((before.down, now));
                }
                let begins = (contacts.down && !before.down) || (contacts.back && !before.back);
                if let (true, Some((_, at))) = (begins, ended) {
                    prop_assert!(now - at >= 200, "dead time of {} ms", now - at);
                }
            }
        }
    }

    #[test]
    fn a_steady_setpoint_closes_a_contact_once_or_not_at_all(
        setpoint in -3_000..=3_000i32, coast in 0..=300i32, seconds in 1..30i32,
    ) {
        let mut relays = Relays::new(2_000, coast);
        let mut tilt = 0i64;
        for _ in 0..seconds * 100 {
            let (rate, _) = relays.turn(&outputs(setpoint), Some(Angle::clamped(tilt / 1_000)), 10);
            tilt += i64::from(rate) * 10;
        }
        let meant = setpoint.abs() >= 750;
        prop_assert_eq!(relays.closures, u32::from(meant), "no pulsing for a slower rate");
        prop_assert_eq!(tilt != 0, meant);
    }
}

#[test]
fn a_drive_that_contacts_cannot_run_is_refused() {
    let config = |rate: i64, coast: i64| {
        RelayPairConfig::new(Rate::clamped(rate), 200, Angle::clamped(coast), 2_000)
    };
    assert!(config(2_000, 300).is_some());
    assert_eq!(config(2_010, 300), None, "passes level too fast");
    assert_eq!(config(990, 300), None, "comes home too slowly");
    assert_eq!(config(2_000, 301), None, "runs on too far");
}

#[test]
fn a_table_on_two_relays_goes_there_and_back_with_one_closure_each() {
    for coast in [0, 80, 150, 220, 300] {
        let mut bench = armed(one_speed(), Actuator::Relays(Relays::new(2_000, coast)));
        there_and_back(&mut bench, 20, 2_000);
        assert_eq!(bench.actuator.relays().closures, 2, "coast {coast}");
    }
}

#[test]
fn a_table_on_two_relays_comes_home_alone() {
    let mut bench = armed(one_speed(), Actuator::Relays(Relays::new(2_000, 150)));
    bench.keep(target(30, 2_000), 25_000);
    bench.run(25_000);
    assert!((-3_300..=0).contains(&bench.tilt()), "{}", bench.tilt());
}

#[test]
fn a_welded_contact_is_told_and_the_main_relay_takes_the_motor_away() {
    for way in [Way::Down, Way::Back] {
        let mut relays = Relays::new(2_000, 150);
        relays.welds = Some(way);
        let mut bench = armed(one_speed(), Actuator::Relays(relays));
        bench.keep(target(10, 2_000), 3_000);
        if way == Way::Back {
            bench.keep(target(10, 2_000), 9_000);
            bench.keep(back(2_000), 1_000);
        }
        bench.send(Message::Hold);
        let from = bench.tilt();
        bench.idle(3_000);
        let welded = bench.actuator.relays().welded();
        assert_eq!(welded.map(|welded| welded.way), Some(way));
        assert!(!bench.actuator.relays().contacts.main);
        assert!((bench.tilt() - from).abs() < 2_000, "ran on from {from} to {}", bench.tilt());
        assert_eq!(bench.rate, 0);
    }
}

#[test]
fn the_other_contact_never_closes_onto_a_welded_one() {
    for way in [Way::Down, Way::Back] {
        let mut relays = Relays::new(2_000, 150);
        relays.welds = Some(way);
        let sign = if way == Way::Down { 1 } else { -1 };
        let mut tilt = 0i64;
        // The plant itself fails the test at a short.
        for tick in 0..500 {
            let told = outputs(if tick < 100 { 2_000 * sign } else { -2_000 * sign });
            let (rate, _) = relays.turn(&told, Some(Angle::clamped(tilt / 1_000)), 10);
            tilt += i64::from(rate) * 10;
        }
        assert_eq!(relays.closures, 1);
        assert_eq!(relays.welded().map(|welded| welded.way), Some(way));
    }
}

#[test]
fn a_slip_of_the_brake_without_current_is_no_weld() {
    let mut relays = Relays::new(2_000, 150);
    let mut pair_sees = 0i64;
    for _ in 0..300 {
        // The plant's own motor stands: the bed is turned by hand.
        pair_sees += 20;
        relays.turn(&Outputs { brake: true, ..outputs(0) }, Some(Angle::clamped(pair_sees)), 10);
    }
    assert_eq!(relays.welded(), None);
}

#[test]
fn a_rate_slower_than_the_contacts_moves_nothing_and_is_told_as_a_stall() {
    let mut bench = armed(one_speed(), Actuator::Relays(Relays::new(2_000, 150)));
    let from = bench.tilt();
    bench.keep(target(10, 500), 6_000);
    assert_eq!(bench.tilt(), from);
    assert!(bench.faults().has(Fault::StallDown));
}

proptest! {
    #[test]
    fn the_duty_never_turns_against_the_setpoint_and_ends_with_it(
        orders in orders(), load in -2_000..=2_000i32, blocked in any::<bool>(),
    ) {
        let mut motor = Motor::new(load, 12_000);
        motor.blocked = blocked;
        for (told, ticks) in orders {
            for _ in 0..ticks {
                motor.turn(&told, 10);
                let duty = i32::from(motor.bridge.duty_permille);
                let setpoint = told.setpoint.millideg_per_s();
                prop_assert!(duty * setpoint.signum() >= 0, "{duty} for {setpoint}");
                prop_assert!(duty.abs() <= 950);
                if told.brake || !told.relay || setpoint == 0 {
                    prop_assert_eq!(duty, 0);
                }
                prop_assert_eq!(motor.bridge.enable, told.relay);
            }
        }
    }

    #[test]
    fn the_rate_comes_to_its_setpoint_under_any_load(
        setpoint in 500..=4_000i32, down in any::<bool>(), load in -2_000..=2_000i32,
    ) {
        let setpoint = if down { setpoint } else { -setpoint };
        // A worm lets no load turn it faster than the motor does.
        let helps = setpoint.abs() * 3 / 4;
        let load = if load.signum() == setpoint.signum() { load.clamp(-helps, helps) } else { load };
        let mut motor = Motor::new(load, 25_000);
        for _ in 0..800 {
            motor.turn(&outputs(setpoint), 10);
            let over = motor.rate * setpoint.signum() - setpoint.abs();
            prop_assert!(over < 1_600, "a runaway to the controller: {over}");
        }
        prop_assert!((motor.rate - setpoint).abs() <= 100, "{} for {setpoint}", motor.rate);
    }

    #[test]
    fn a_blocked_motor_keeps_its_current_and_does_not_leap_when_it_comes_free(
        setpoint in 1_000..=3_000i32, limit in 4_000..=10_000u32, blocked in 50..2_000u32,
    ) {
        let mut motor = Motor::new(0, limit);
        motor.blocked = true;
        let mut most = 0;
        for tick in 0..blocked {
            motor.turn(&outputs(setpoint), 10);
            if tick > 20 {
                most = most.max(motor.current_ma);
            }
        }
        prop_assert!(most <= limit + limit / 10, "{most} mA of {limit}");
        motor.blocked = false;
        for _ in 0..300 {
            motor.turn(&outputs(setpoint), 10);
            prop_assert!(motor.rate < setpoint + 1_600, "leapt to {}", motor.rate);
        }
    }
}

#[test]
fn without_a_rate_the_bridge_gives_what_an_empty_bed_needs_and_no_more() {
    let mut motor = Motor::new(0, 25_000);
    for _ in 0..500 {
        let bridge = motor.loop_.tick(&outputs(-1_000), None, 0, 10);
        assert_eq!(i32::from(bridge.duty_permille), -1_000 * 1_000 / FULL_RATE);
    }
}

#[test]
fn a_table_on_a_bridge_goes_there_and_back_under_load() {
    for load in [-1_500, 0, 1_500] {
        let config = Config { current_limit_ma: 12_000, ..Config::reference() };
        let mut bench = armed(config, Actuator::Bridge(Motor::new(load, 14_000)));
        there_and_back(&mut bench, 20, 3_000);
    }
}

proptest! {
    #[test]
    fn steps_are_never_quicker_than_asked_never_lost_and_never_too_close(orders in orders()) {
        let mut stepper = Stepper::new();
        for (told, ticks) in orders {
            for tick in 0..ticks {
                let (rate, _) = stepper.turn(&told, 10);
                prop_assert!(!stepper.lost, "lost steps at {rate}");
                let every = stepper.steps.every_us.map_or(u32::MAX, |every| every.get());
                prop_assert!(every >= 400);
                let setpoint = told.setpoint.millideg_per_s();
                if told.brake || !told.relay {
                    prop_assert_eq!(rate, 0);
                }
                // Half a second after a change the ramp has ended.
                if tick > 50 {
                    prop_assert!(rate.abs() <= setpoint.abs());
                    prop_assert!(rate * setpoint >= 0);
                }
            }
        }
    }

    #[test]
    fn steps_come_at_the_rate_asked_for(setpoint in 200..=3_000i32) {
        let mut stepper = Stepper::new();
        let mut rate = 0;
        for _ in 0..300 {
            (rate, _) = stepper.turn(&outputs(setpoint), 10);
        }
        let step = 1_000_000_000 / i32::try_from(STEPS_PER_DEGREE).expect("few");
        prop_assert!((setpoint - rate).abs() <= 2 + setpoint * setpoint / step, "{rate}");
    }
}

#[test]
fn a_table_on_a_stepper_goes_there_and_back_and_stops_for_stop() {
    let mut bench = armed(Config::reference(), Actuator::Stepper(Stepper::new()));
    there_and_back(&mut bench, 20, 3_000);
    let mut bench = armed(Config::reference(), Actuator::Stepper(Stepper::new()));
    bench.keep(target(20, 3_000), 4_000);
    let from = bench.tilt();
    bench.send(Message::Stop);
    bench.run(1_000);
    assert!(bench.tilt() - from <= 100, "{from} to {}", bench.tilt());
    assert_eq!(bench.state(), DriveState::Stopped);
    assert!(bench.flag(TableFlag::StopLatched));
}
