use crate::invariant::Invariant;
use crate::profile::Profile;
use crate::testing::Run;
use crate::trace::{Event, Motion, Tick};

const DELAY_MS: u64 = 30_000;
const MOVED: &str = "table has STOP latched";

/// Somebody at 20 degrees, STOP pressed and let go `ms` ago; alone where the site lets them come up.
fn stopped(alone: bool, ms: u64) -> Run {
    let after_stop_alone_ms = if alone { Some(30_000) } else { None };
    let mut run = Run::with(Profile { after_stop_alone_ms, ..Profile::home_serial() }, 20_000);
    run.tick.firmware.stop_latched = true;
    run.tick.firmware.alarm_on = true;
    run.tick.host.stop_latched = true;
    run.tick.host.stop_acknowledged = true;
    press(&mut run);
    run.pass(ms - 30);
    run
}

/// STOP is pressed for two steps and let go in the third.
fn press(run: &mut Run) {
    run.step(|tick| tick.people.stop_pressed = true).pass(10);
    run.step(|tick| tick.people.stop_pressed = false);
}

#[test]
fn alone_the_bed_comes_up_by_itself_after_the_delay_and_no_sooner() {
    let comes_after = |alone: bool, ms: u64| {
        let mut run = stopped(alone, ms);
        run.drive(Motion::HeldReturn, -1_000, 5_000);
        run
    };
    comes_after(true, DELAY_MS).clean();
    comes_after(true, DELAY_MS - 600).breaks(Invariant::I3, MOVED);
    // With company nothing ever does.
    comes_after(false, DELAY_MS).breaks(Invariant::I3, MOVED);
    comes_after(false, 300_000).breaks(Invariant::I3, MOVED);
}

#[test]
fn alone_it_comes_slowly_and_up_only() {
    let comes_at = |mdeg_s: i32| {
        let mut run = stopped(true, DELAY_MS);
        run.drive(Motion::HeldReturn, mdeg_s, 3_000);
        run
    };
    comes_at(-1_000).clean();
    comes_at(-1_100).breaks(Invariant::I3, MOVED);
    assert!(comes_at(100).broken().contains(&Invariant::I3));
}

#[test]
fn every_press_of_stop_puts_it_off_and_a_pressed_one_forbids_it() {
    let presses: [fn(&mut Run); 2] = [press, |run| {
        run.event(Event::StopPressed).step(|tick| tick.host.sent_stop = true);
        run.pass(20);
    }];
    for again in presses {
        let comes_after = |ms: u64| {
            let mut run = stopped(true, DELAY_MS - 1_000);
            again(&mut run);
            run.pass(ms - 30).drive(Motion::HeldReturn, -1_000, 3_000);
            run
        };
        comes_after(DELAY_MS).clean();
        comes_after(DELAY_MS - 600).breaks(Invariant::I3, MOVED);
    }
    let mut pressed = stopped(true, 100);
    pressed.tick.people.stop_pressed = true;
    pressed.pass(60_000).drive(Motion::HeldReturn, -1_000, 3_000);
    pressed.breaks(Invariant::I3, MOVED);
}

#[test]
fn the_host_sends_the_way_up_only_from_then_on() {
    let sends_after = |ms: u64| {
        let mut run = stopped(true, ms);
        run.step(|tick| tick.host.sent_return = true);
        run
    };
    sends_after(DELAY_MS).clean();
    sends_after(DELAY_MS - 20).breaks(Invariant::I3, "with STOP latched");
    // A press that it cannot have heard of yet.
    let goes_on = |ms: u64| {
        let mut run = stopped(true, DELAY_MS + 20);
        run.step(|tick| tick.people.stop_pressed = true).pass(ms);
        run.step(|tick| tick.host.sent_return = true);
        run
    };
    goes_on(330).clean();
    goes_on(340).breaks(Invariant::I3, "with STOP latched");
}

#[test]
fn whoever_is_alone_under_stop_is_brought_up_in_time() {
    let what = "as the site has decided";
    stopped(true, DELAY_MS + 120_000).clean();
    stopped(true, DELAY_MS + 120_100).breaks(Invariant::I8, what);
    let excuses: [fn(&mut Tick); 7] = [
        |tick| tick.people.stop_pressed = true,
        |tick| tick.people.return_held = tick.t_ms % 4_000 < 100,
        |tick| tick.wire.up = false,
        |tick| tick.host.alive = false,
        |tick| tick.plant.obstructed = true,
        |tick| tick.firmware.latches_open = 2,
        |tick| tick.plant.drive_able = false,
    ];
    for (place, excuse) in excuses.into_iter().enumerate() {
        let mut run = stopped(true, 100);
        run.steps(DELAY_MS + 130_000, excuse);
        assert!(run.broken().is_empty(), "excuse {place}: {:?}", run.monitor.violations());
    }
    stopped(false, 300_000).clean();
}
