//! The bytes of the maker's own package, and what stops and restarts it.

use super::*;
use crate::device::board::Board;
use crate::device::tests::{answer, bytes, felt};

fn board(setup: &RoboClawSetup) -> Board {
    Board::RoboClaw(RoboClaw::new(setup))
}

fn turn(board: &mut Board, from: u64, to: u64) -> Push {
    let mut push = Push::Hold;
    for now_ms in from..to {
        push = board.turn(&felt(now_ms, 0));
    }
    push
}

/// Address 0x80, code, data and check.
fn write(code: u8, data: &[u8]) -> String {
    let body = [&[0x80, code][..], data].concat();
    let sealed = [body.as_slice(), &super::super::crc::packet_serial(&body).to_be_bytes()].concat();
    sealed.iter().map(|byte| format!("{byte:02x} ")).collect()
}

#[test]
fn packets_are_those_of_the_makers_package() {
    let mut claw = board(&RoboClawSetup::delivered());
    assert_eq!(answer(&mut claw, &felt(0, 0), "80 0E 05 48 F0"), [0xff]);
    assert_eq!(answer(&mut claw, &felt(0, 0), "80 0F")[0], 5);
    assert_eq!(answer(&mut claw, &felt(0, 0), "80 20 E0 00 4B 4C"), [0xff]);
    assert!(matches!(turn(&mut claw, 0, 10), Push::Speed(..=-1)));
    assert_eq!(answer(&mut claw, &felt(10, 0), "80 20 00 00 5B FE"), [0xff]);
    assert_eq!(turn(&mut claw, 10, 12), Push::Hold);
    let position = "80 41 00 00 03 E8 00 00 01 F4 00 00 03 E8 00 00 07 D0 01 E0 80";
    assert_eq!(answer(&mut claw, &felt(12, 0), position), [0xff]);
    assert!(matches!(turn(&mut claw, 12, 50), Push::Speed(1..)));
    // A wrong check, and another's address, are met with silence.
    assert!(answer(&mut claw, &felt(50, 0), "80 20 E0 00 4B 4D").is_empty());
    assert!(answer(&mut claw, &felt(90, 0), "81 0F").is_empty());
}

#[test]
fn answers_carry_a_check_over_the_question_too() {
    let mut claw = board(&RoboClawSetup::delivered());
    let now = Felt { supply_mv: 24_300, current_ma: 1_500, ..felt(0, 2_000) };
    claw.turn(&now);
    for (code, body) in [
        (0x10, vec![0, 0, 0x03, 0xe8, 0]),
        (0x18, vec![0x00, 0xf3]),
        (0x31, vec![0, 150, 0, 0]),
        (0x52, vec![0, 250]),
        (0x5a, vec![0; 4]),
    ] {
        let said = answer(&mut claw, &now, &format!("80 {code:02x}"));
        let covered = [&[0x80, code][..], &body].concat();
        let check = super::super::crc::packet_serial(&covered).to_be_bytes();
        assert_eq!(said, [body.as_slice(), &check].concat(), "{code:02x}");
    }
    let name = answer(&mut claw, &now, "80 15");
    assert!(name.starts_with(b"USB Roboclaw") && name[name.len() - 3] == 0);
}

#[test]
fn after_its_timeout_it_stands_and_the_next_command_moves_it_without_further_ado() {
    let mut claw = board(&RoboClawSetup { feeding: Feeding::Motion, ..RoboClawSetup::delivered() });
    answer(&mut claw, &felt(0, 0), &write(14, &[3]));
    answer(&mut claw, &felt(0, 0), &write(32, &[0x40, 0]));
    assert!(matches!(turn(&mut claw, 0, 290), Push::Speed(1..)));
    assert_eq!(turn(&mut claw, 290, 400), Push::Hold);
    answer(&mut claw, &felt(400, 0), "80 5A");
    assert_eq!(turn(&mut claw, 400, 420), Push::Hold);
    answer(&mut claw, &felt(420, 0), &write(32, &[0x40, 0]));
    assert!(matches!(turn(&mut claw, 420, 440), Push::Speed(1..)), "nothing latched");
}

#[test]
fn where_every_packet_feeds_it_a_watching_host_keeps_it_going_and_may_even_restart_it() {
    let mut claw = board(&RoboClawSetup { resumes: true, ..RoboClawSetup::delivered() });
    answer(&mut claw, &felt(0, 0), &write(14, &[3]));
    answer(&mut claw, &felt(0, 0), &write(32, &[0x40, 0]));
    for now in (0..2_000).step_by(100) {
        answer(&mut claw, &felt(now, 0), "80 5A");
        assert!(matches!(turn(&mut claw, now, now + 100), Push::Speed(1..)), "{now}");
    }
    assert_eq!(turn(&mut claw, 2_000, 2_500), Push::Hold);
    answer(&mut claw, &felt(2_500, 0), "80 5A");
    assert!(matches!(turn(&mut claw, 2_500, 2_520), Push::Speed(1..)), "a question resumes it");
}

#[test]
fn a_low_supply_lets_the_motor_run_free_and_is_told() {
    let mut claw = board(&RoboClawSetup::delivered());
    answer(&mut claw, &felt(0, 0), &write(32, &[0x40, 0]));
    assert_eq!(claw.turn(&Felt { supply_mv: 9_000, ..felt(1, 0) }), Push::Coast);
    let status = answer(&mut claw, &felt(1, 0), "80 5A");
    assert_eq!(status[..4], bytes("00 08 40 00"));
}

#[test]
fn a_restart_forgets_the_timeout_and_the_place_and_says_that_it_happened() {
    for keeps_place in [false, true] {
        let setup = RoboClawSetup { keeps_place, ..RoboClawSetup::delivered() };
        let mut claw = board(&setup);
        answer(&mut claw, &felt(0, 0), &write(14, &[3]));
        claw.turn(&felt(9, 2_000_000));
        assert_eq!(answer(&mut claw, &felt(9, 0), "80 10")[..4], 1_000_000_i32.to_be_bytes());
        claw.restart(10);
        assert_eq!(answer(&mut claw, &felt(10, 0), "80 0F")[0], 0);
        claw.turn(&felt(10, 2_000_000));
        assert_eq!(answer(&mut claw, &felt(11, 0), "80 5A")[..4], STARTING.to_be_bytes());
        claw.turn(&felt(10 + setup.tells_start_ms, 2_004_000));
        assert_eq!(answer(&mut claw, &felt(900, 0), "80 5A")[..4], [0; 4]);
        let counts = if keeps_place { 1_002_000_i32 } else { 2_000 };
        assert_eq!(answer(&mut claw, &felt(900, 0), "80 10")[..4], counts.to_be_bytes());
    }
}
