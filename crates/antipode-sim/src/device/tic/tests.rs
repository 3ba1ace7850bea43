//! The vendor's byte vectors, and what starts and stops it.

use super::*;
use crate::device::board::Board;
use crate::device::tests::{answer, bytes, felt};

fn turn(board: &mut Board, from: u64, to: u64) -> Push {
    let mut push = Push::Hold;
    for now_ms in from..to {
        push = board.turn(&felt(now_ms, 0));
    }
    push
}

/// Energized, out of safe start, at rest at 0.
fn ready() -> Board {
    let mut tic = Board::Tic(Tic::new(&TicSetup::delivered()));
    turn(&mut tic, 0, 1);
    answer(&mut tic, &felt(1, 0), "85 83");
    turn(&mut tic, 1, 2);
    tic
}

#[test]
fn targets_are_read_as_the_vendors_library_writes_them() {
    let mut tic = ready();
    answer(&mut tic, &felt(2, 0), "E0 0F 60 31 7F 7F");
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 0A 04"), bytes("E0 B1 FF FF"));
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 09 01"), [1]);
    answer(&mut tic, &felt(2, 0), "E3 03 00 04 1E 00");
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 0E 04"), 2_000_000_i32.to_le_bytes());
    answer(&mut tic, &felt(2, 0), "AA 0E 09");
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 09 01"), [0], "halt and hold, by its number");
    let mut checks = Board::Tic(Tic::new(&TicSetup::fit()));
    answer(&mut checks, &felt(0, 0), "E0 0F 60 31 7F 7F 1F");
    assert_eq!(answer(&mut checks, &felt(0, 0), "A1 0A 04 3B").len(), 0, "a wrong check");
    // The error of the line is told, and a good command takes it off.
    assert_eq!(answer(&mut checks, &felt(0, 0), "A1 02 02 35").len(), 2);
}

#[test]
fn answers_are_the_vendors_bytes() {
    let mut tic = ready();
    answer(&mut tic, &felt(2, 0), "EC 0F 60 31 7F 7F");
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 22 04"), bytes("E0 B1 FF FF"));
    tic.turn(&Felt { supply_mv: 12_000, ..felt(3, 0) });
    assert_eq!(answer(&mut tic, &felt(3, 0), "A1 33 02"), bytes("E0 2E"));
    assert_eq!(answer(&mut tic, &felt(3, 0), "A8 09 02"), 1_000_u16.to_le_bytes());
    let mut sealed = Board::Tic(Tic::new(&TicSetup::delivered().with_setting(0x0b, &[2])));
    let said = answer(&mut sealed, &felt(0, 0), "A1 22 04");
    assert_eq!(said, [0, 0, 0, 0, 0], "an answer with its check");
}

#[test]
fn silence_for_a_second_is_told_as_it_should_be_and_stops_it() {
    let mut tic = ready();
    answer(&mut tic, &felt(2, 0), "E3 03 00 2D 31 01");
    assert!(matches!(turn(&mut tic, 2, 900), Push::Speed(1..)));
    // A question does not feed it; "reset command timeout" does.
    answer(&mut tic, &felt(900, 0), "A1 02 02");
    answer(&mut tic, &felt(900, 0), "8C");
    assert!(matches!(turn(&mut tic, 900, 1_850), Push::Speed(1..)));
    assert!(matches!(turn(&mut tic, 1_850, 2_800), Push::Speed(0)));
    let errors = answer(&mut tic, &felt(2_800, 0), "A1 02 02");
    assert_eq!(errors, [0xc0, 0], "timeout, and safe start for it");
    // It does not start again by itself, nor by a new target alone.
    answer(&mut tic, &felt(2_800, 0), "E3 03 00 2D 31 01");
    assert!(matches!(turn(&mut tic, 2_800, 3_000), Push::Speed(0)));
    assert_eq!(answer(&mut tic, &felt(3_000, 0), "A1 02 02"), [0x80, 0]);
    answer(&mut tic, &felt(3_000, 0), "83");
    answer(&mut tic, &felt(3_000, 0), "E3 03 00 2D 31 01");
    assert!(matches!(turn(&mut tic, 3_000, 3_100), Push::Speed(1..)));
}

#[test]
fn nothing_moves_it_before_it_is_energized_and_out_of_safe_start() {
    let mut tic = Board::Tic(Tic::new(&TicSetup::delivered()));
    answer(&mut tic, &felt(0, 0), "E3 03 00 2D 31 01");
    assert_eq!(turn(&mut tic, 0, 100), Push::Coast);
    answer(&mut tic, &felt(100, 0), "85");
    assert!(matches!(turn(&mut tic, 100, 200), Push::Speed(0)));
    answer(&mut tic, &felt(200, 0), "83");
    answer(&mut tic, &felt(200, 0), "E3 03 00 2D 31 01");
    assert!(matches!(turn(&mut tic, 200, 300), Push::Speed(1..)));
}

#[test]
fn an_abrupt_halt_loses_the_position_and_a_target_is_reached_without_passing_it() {
    let uncertain = |tic: &mut Board, now| answer(tic, &felt(now, 0), "A1 01 01")[0] & 2 != 0;
    let mut tic = ready();
    answer(&mut tic, &felt(2, 0), "EC 00 00 00 00 00");
    assert!(!uncertain(&mut tic, 2));
    // 2000 steps.
    answer(&mut tic, &felt(2, 0), "E0 01 50 07 00 00");
    let mut furthest = 0;
    for now in 2..3_000 {
        turn(&mut tic, now, now + 1);
        answer(&mut tic, &felt(now, 0), "8C");
        let place = answer(&mut tic, &felt(now, 0), "A1 22 04");
        furthest = furthest.max(i32::from_le_bytes([place[0], place[1], place[2], place[3]]));
    }
    assert_eq!(furthest, 2_000);
    answer(&mut tic, &felt(3_000, 0), "E3 03 00 2D 31 01");
    turn(&mut tic, 3_000, 3_200);
    answer(&mut tic, &felt(3_200, 0), "89");
    assert!(matches!(turn(&mut tic, 3_200, 3_201), Push::Speed(0)));
    assert!(uncertain(&mut tic, 3_201));
    answer(&mut tic, &felt(3_201, 0), "86");
    assert_eq!(turn(&mut tic, 3_201, 3_210), Push::Coast);
}

#[test]
fn errors_occurred_are_cleared_by_reading_them_so_and_no_other_way() {
    let mut tic = ready();
    let occurred = answer(&mut tic, &felt(2, 0), "A1 04 04");
    assert_ne!(occurred, [0; 4]);
    assert_eq!(answer(&mut tic, &felt(2, 0), "A2 04 04"), occurred);
    assert_eq!(answer(&mut tic, &felt(2, 0), "A1 04 04"), [0; 4]);
}
