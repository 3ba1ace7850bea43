//! A guardian whose computer may fall asleep, through its shell (H-03).

use antipode_driver_serial::guardian::{Vigil, Vigilance, Watch, vigilance};

use super::host::{Host, to, wait};
use super::{Guarded, Kind};

/// A table whose guardian has heard nothing of its computer yet, and who watches that.
fn watched() -> (Guarded, Watch) {
    let mut guarded = Guarded::new(Kind::Jrk);
    guarded.kill();
    let (watch, vigil) = Vigil::watched();
    guarded.guard_with(vigil);
    (guarded, watch)
}

#[test]
fn a_watch_that_dies_head_down_brings_the_person_up_while_the_host_lives() {
    let (guarded, watch) = watched();
    watch.say(Vigilance::Kept("held".to_owned()));
    wait("hosts know", || vigilance(&guarded.socket()) == Vigilance::Kept("held".to_owned()));
    let mut host = guarded.lowered(6_000);
    let stood = guarded.tilt();
    assert!(stood > 5_000, "{stood}");
    drop(watch);
    host.until("the bed comes up", |_| (-10_000..=0).contains(&guarded.tilt()));
    wait("hosts know", || matches!(vigilance(&guarded.socket()), Vigilance::Lost(_)));
}

#[test]
fn before_anything_is_known_of_its_computer_nobody_is_lowered_and_then_they_are() {
    let (guarded, watch) = watched();
    assert_eq!(vigilance(&guarded.socket()), Vigilance::Unknown);
    let mut host = guarded.armed();
    let from = guarded.now_ms();
    let mut deepest = guarded.tilt();
    host.keep(to(6_000, 3_000), "eight seconds pass", |_| {
        deepest = deepest.max(guarded.tilt());
        guarded.now_ms() >= from + 8_000
    });
    assert!(deepest <= 1_000, "{deepest}");
    watch.say(Vigilance::Kept("held".to_owned()));
    wait("hosts know", || vigilance(&guarded.socket()) == Vigilance::Kept("held".to_owned()));
    drop(host);
    let _host: Host = guarded.lowered(6_000);
    assert!(guarded.tilt() > 5_000, "{}", guarded.tilt());
}
