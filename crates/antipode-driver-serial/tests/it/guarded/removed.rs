//! A guardian whose socket, or all that lies beside it, is taken away while somebody is head-down: what
//! cleans folders up does that, and what copies them (H-01, H-39).

use std::os::unix::net::UnixStream;

use antipode_driver_serial::guardian::{
    DriveState, GuardianError, Presence, Shell, Vigil, Vigilance, drive_facts, drive_state, needs,
    presence, vigilance,
};
use antipode_link::{AckResult, Message};

use super::host::{Host, held_back, wait};
use super::{Guarded, Kind};

/// A person under a latched STOP, without a host.
fn left_under_stop() -> Guarded {
    let guarded = Guarded::new(Kind::Jrk);
    let mut host = guarded.lowered(5_000);
    assert_eq!(host.say(Message::Stop), AckResult::Accepted);
    drop(host);
    wait("it needs people", || needs(&guarded.socket()).is_some());
    guarded
}

/// Waits until somebody listens at the socket, and how long that took in the simulated world.
fn found_again(guarded: &Guarded) -> u64 {
    let from = guarded.now_ms();
    wait("it is found again", || UnixStream::connect(guarded.socket()).is_ok());
    guarded.now_ms() - from
}

#[test]
fn a_host_that_comes_after_the_socket_was_taken_away_brings_the_person_up() {
    let guarded = left_under_stop();
    std::fs::remove_file(guarded.socket()).unwrap();
    let took = found_again(&guarded);
    assert!(took <= 3_000, "{took} ms");
    let mut host = Host::greet(&guarded.socket());
    host.keep(held_back(), "the bed comes home", |_| guarded.tilt() <= -2_000);
}

#[test]
fn a_file_that_somebody_puts_in_the_place_of_the_socket_does_not_hide_the_guardian() {
    let guarded = left_under_stop();
    let copy = guarded.dir.path().join("copy");
    std::fs::write(&copy, "of a socket").unwrap();
    std::fs::rename(copy, guarded.socket()).unwrap();
    found_again(&guarded);
    Host::greet(&guarded.socket());
}

#[test]
fn a_guardian_whose_whole_folder_is_taken_away_says_all_of_it_again_and_stays_the_only_one() {
    let mut guarded = left_under_stop();
    let socket = guarded.socket();
    let (facts, need) = (drive_facts(&socket), needs(&socket));
    assert!(facts.is_some());
    std::fs::remove_dir_all(socket.parent().unwrap()).unwrap();
    found_again(&guarded);
    wait("all of it is said again", || {
        drive_state(&socket) == DriveState::Fit
            && drive_facts(&socket) == facts
            && needs(&socket) == need
            && vigilance(&socket) == Vigilance::Stated("a test".to_owned())
    });
    let second = Shell::open(guarded.plan_beside(None), Vigil::stated("a test".to_owned()));
    assert!(matches!(second, Err(GuardianError::Running { .. })), "{second:?}");
    let mut host = Host::greet(&socket);
    wait("hosts see who has the session", || {
        host.listen();
        matches!(presence(&socket), Presence::Lives(living) if living.host.is_some())
    });
    // After its death it is known that somebody was moved.
    guarded.kill();
    assert_eq!(presence(&socket), Presence::Died);
}
