use crate::invariant::Invariant;
use crate::testing::Run;
use crate::trace::{Event, Source, Tick};

fn alarm(tick: &mut Tick, priority: u8) {
    tick.host.alarm_priority = priority;
    tick.host.alarm_causes = u8::from(priority > 0);
}

#[test]
fn a_reaction_head_down_has_its_alarm_in_time() {
    let silent_for = |tilt: i32, ms: u64| {
        let mut run = Run::at(tilt);
        run.tick.firmware.reaction = 1;
        run.pass(ms);
        run
    };
    silent_for(20_000, 220).clean();
    silent_for(20_000, 230).breaks(Invariant::I17, "without an alarm");
    silent_for(500, 1_000).clean();
}

#[test]
fn either_side_may_sound_it() {
    let mut table = Run::at(20_000);
    table.tick.firmware.reaction = 1;
    table.tick.firmware.alarm_on = true;
    table.pass(1_000).clean();
    let mut host = Run::at(20_000);
    host.tick.firmware.reaction = 1;
    alarm(&mut host.tick, 1);
    host.pass(1_000).clean();
}

#[test]
fn no_alarm_is_asked_of_a_table_that_every_source_tells_level() {
    let stopped = |second: Source| {
        let mut run = Run::at(4_000);
        run.tick.plant.primary_source = Source::FaultSilent;
        run.tick.plant.second_source = second;
        run.tick.firmware.stop_latched = true;
        run.tick.host.alive = false;
        run.pass(31_000);
        run.broken().contains(&Invariant::I17)
    };
    assert!(!stopped(Source::NotFitted));
    assert!(stopped(Source::Healthy), "one that tells the truth is enough to know");
}

#[test]
fn a_stop_head_down_becomes_a_high_alarm() {
    let stopped = |priority: u8, ms: u64| {
        let mut run = Run::at(20_000);
        alarm(&mut run.tick, priority);
        run.tick.firmware.stop_latched = true;
        run.pass(ms);
        run
    };
    stopped(2, 30_020).clean();
    stopped(2, 30_030).breaks(Invariant::I17, "without a high alarm");
    stopped(3, 60_000).clean();
}

#[test]
fn an_alarm_stays_until_acknowledged() {
    let mut run = Run::at(20_000);
    run.event(Event::AlarmRaised { cause: 1, priority: 2 }).step(|tick| alarm(tick, 2)).pass(100);
    let mut unheard = run.clone();
    unheard.step(|tick| alarm(tick, 0)).breaks(Invariant::I17, "before anyone acknowledged");
    run.event(Event::AlarmAcknowledged).step(|tick| alarm(tick, 0)).clean();
    // An earlier acknowledgement does not cover a later cause.
    run.event(Event::AlarmRaised { cause: 2, priority: 2 }).step(|tick| alarm(tick, 2));
    run.step(|tick| alarm(tick, 0)).breaks(Invariant::I17, "before anyone acknowledged");
}

#[test]
fn an_alarm_has_a_cause() {
    let mut run = Run::at(20_000);
    run.step(|tick| {
        alarm(tick, 1);
        tick.host.alarm_causes = 0;
    });
    run.breaks(Invariant::I17, "without a cause");
}

#[test]
fn silence_is_short() {
    let silent_for = |ms: u64| {
        let mut run = Run::at(-3_000);
        alarm(&mut run.tick, 2);
        run.tick.host.alarm_silenced = true;
        run.pass(ms);
        run
    };
    silent_for(120_020).clean();
    silent_for(120_030).breaks(Invariant::I17, "silent for too long");
    // Without an alarm there is nothing to be silent about.
    let mut quiet = Run::at(-3_000);
    quiet.tick.host.alarm_silenced = true;
    quiet.pass(130_000).clean();
}

#[test]
fn silence_does_not_hide_a_new_cause() {
    let silent_for = |ms: u64| {
        let mut run = Run::at(-3_000);
        alarm(&mut run.tick, 2);
        run.tick.host.alarm_silenced = true;
        run.pass(50).event(Event::AlarmRaised { cause: 2, priority: 2 }).pass(ms);
        run.step(|tick| tick.host.alarm_silenced = false).pass(1_000);
        run
    };
    silent_for(220).clean();
    silent_for(230).breaks(Invariant::I17, "stayed silent");
}
