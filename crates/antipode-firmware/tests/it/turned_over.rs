//! An angle that was lost head-down and says level when it is trusted again.

use antipode_firmware::Config;
use antipode_link::{AckResult, Message};
use antipode_safety::{Angle, Fault, Switch};

use crate::bench::{Bench, Sense, only};

/// Head-down on its only angle, which turns its sign over and is trusted again (H-06, H-08).
fn turned_over() -> Bench {
    let mut bench = Bench::lowered_with(Config { second_angle: false, ..Config::reference() }, 20);
    bench.main = Sense::Off(-40_000);
    bench.idle(2_000);
    let said = bench.telemetry().tilt.map(Angle::millideg);
    assert!(said.is_some_and(|said| said < -19_000), "{said:?}");
    bench
}

#[test]
fn a_lone_angle_that_turns_over_head_down_ends_no_alarm() {
    let mut bench = turned_over();
    assert!(bench.outputs.buzzer);
    bench.idle(60_000);
    assert!(bench.outputs.buzzer && bench.tilt() > 19_000);
    bench.send(Message::Stop);
    bench.idle(30_000);
    assert!(bench.outputs.buzzer, "somebody may be trapped");
    bench.main = Sense::Lost;
    bench.idle(2_000);
    bench.main = Sense::Off(-40_000);
    bench.idle(2_000);
    assert!(bench.outputs.buzzer, "it comes and goes");
}

#[test]
fn the_rest_switch_or_a_person_settles_what_an_angle_that_turned_over_left_open() {
    let mut bench = turned_over();
    bench.place(-5_000);
    bench.press(Switch::Rest, true);
    bench.idle(1_400);
    assert!(bench.outputs.buzzer);
    bench.idle(200);
    assert!(!bench.outputs.buzzer);

    let mut bench = turned_over();
    bench.place(-5_000);
    bench.main = Sense::Good;
    bench.idle(2_000);
    assert!(bench.outputs.buzzer, "a dead rest switch");
    let faults = only(&[Fault::AngleInvalid]);
    assert_eq!(bench.send(Message::ClearFaults { faults }), AckResult::Accepted);
    bench.send(Message::Stop);
    bench.idle(31_000);
    assert!(!bench.outputs.buzzer, "nobody hangs who could be trapped");
}

#[test]
fn a_bed_that_a_hand_brought_home_blind_hangs_for_nobody() {
    let mut bench = Bench::lowered_with(Config { second_angle: false, ..Config::reference() }, 20);
    bench.main = Sense::Lost;
    bench.idle(1_000);
    bench.press(Switch::Return, true);
    bench.idle(30_000);
    bench.press(Switch::Return, false);
    bench.main = Sense::Good;
    bench.idle(2_000);
    assert!(bench.tilt() <= 0 && !bench.outputs.buzzer, "{}", bench.tilt());
}
