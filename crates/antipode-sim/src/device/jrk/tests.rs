//! The vendor's byte vectors, and what clears what.

use super::*;
use crate::device::DeviceFaults;
use crate::device::board::Board;
use crate::device::tests::{answer, bytes, felt};

fn board(setup: &JrkSetup) -> Board {
    Board::Jrk(Jrk::new(setup))
}

/// Without checks, and with a loop that asks for nothing.
fn plain() -> Board {
    board(&JrkSetup::delivered())
}

/// Lets `board` turn once a millisecond from `from` to `to`.
fn turn(board: &mut Board, from: u64, to: u64, stroke: i32) -> Push {
    let mut push = Push::Hold;
    for now_ms in from..to {
        push = board.turn(&felt(now_ms, stroke));
    }
    push
}

#[test]
fn targets_are_read_as_the_vendors_library_writes_them() {
    for (hex, counts) in [("C0 00", 0), ("C0 40", 2_048), ("DD 64", 3_229), ("DF 7F", 4_095_u16)] {
        let mut jrk = plain();
        assert!(answer(&mut jrk, &felt(0, 0), hex).is_empty());
        let target = answer(&mut jrk, &felt(0, 0), "E5 02 02");
        assert_eq!(target, counts.to_le_bytes(), "{hex}");
    }
}

#[test]
fn answers_are_the_vendors_bytes() {
    let mut jrk = plain();
    let now = Felt { current_ma: 1_000, supply_mv: 24_080, ..felt(0, 3_229_000) };
    jrk.turn(&now);
    for (hex, said) in
        [("A5", "9D 0C"), ("A7", "9D 0C"), ("BA", "E8 03"), ("B8", "10 5E"), ("AA 0B 25", "9D 0C")]
    {
        assert_eq!(answer(&mut jrk, &now, hex), bytes(said), "{hex}");
    }
    // Full speed in reverse.
    answer(&mut jrk, &now, "F4 28 7B");
    turn(&mut jrk, 0, 20, 3_229_000);
    assert_eq!(answer(&mut jrk, &felt(20, 3_229_000), "AD"), bytes("A8 FD"));
    let all = answer(&mut jrk, &felt(20, 3_229_000), "E5 00 0F");
    assert_eq!(all.len(), 15);
    assert!(answer(&mut jrk, &felt(20, 0), "E5 00 10").is_empty(), "15 bytes are the most");
}

#[test]
fn a_forced_duty_and_a_ram_setting_are_read_as_the_vendors_library_writes_them() {
    let mut jrk = plain();
    answer(&mut jrk, &felt(0, 0), "F2 54 7D");
    turn(&mut jrk, 0, 20, 0);
    let duty = answer(&mut jrk, &felt(20, 0), "AB");
    assert_eq!(i16::from_le_bytes([duty[0], duty[1]]), -300);
    answer(&mut jrk, &felt(20, 0), "E6 68 04 48 00 48 00 05");
    assert_eq!(answer(&mut jrk, &felt(20, 0), "EA 68 04"), bytes("C8 00 C8 00"));
    assert_eq!(answer(&mut jrk, &felt(20, 0), "E3 68 04"), bytes("58 02 58 02"), "EEPROM stays");
    turn(&mut jrk, 20, 40, 0);
    let duty = answer(&mut jrk, &felt(40, 0), "AD");
    assert_eq!(i16::from_le_bytes([duty[0], duty[1]]), -200);
    // No line writes what keeps the person safe.
    answer(&mut jrk, &felt(40, 0), "E6 26 02 7F 7F 00");
    assert_eq!(answer(&mut jrk, &felt(40, 0), "EA 26 02"), bytes("00 00"));
}

#[test]
fn a_check_is_demanded_where_it_is_set_and_a_wrong_one_stops_the_motor() {
    let mut jrk = board(&JrkSetup::fit());
    for (hex, obeyed) in [("C0 40 78", true), ("DD 64 4D", true), ("C0 40 77", false)] {
        answer(&mut jrk, &felt(0, 0), hex);
        let halting = answer(&mut jrk, &felt(0, 0), "E5 12 02 63");
        let halting = u16::from_le_bytes([halting[0], halting[1]]);
        assert_eq!(halting & SERIAL_CRC == 0, obeyed, "{hex}");
        let target = answer(&mut jrk, &felt(0, 0), "E5 02 02 6E");
        assert_eq!(target, if hex == "C0 40 78" { bytes("00 08") } else { bytes("9D 0C") });
    }
    // With its number: right check, and another's number.
    assert!(answer(&mut jrk, &felt(0, 0), "AA 0B 7F 35").is_empty());
    let halting = answer(&mut jrk, &felt(0, 0), "E5 12 02 63");
    assert_eq!(halting[0] & 1, 1, "stop is awaiting a command");
    answer(&mut jrk, &felt(0, 0), "C0 40 78");
    answer(&mut jrk, &felt(0, 0), "AA 0C 7F 2C");
    let halting = answer(&mut jrk, &felt(0, 0), "E5 12 02 63");
    assert_eq!(halting[0] & 1, 0, "a neighbour's stop is not its own");
}

#[test]
fn the_serial_timeout_latches_and_only_reading_it_by_b3_lets_the_motor_go_on() {
    let mut jrk = board(&JrkSetup::fit());
    answer(&mut jrk, &felt(0, 2_000_000), "DD 64 4D");
    assert!(matches!(turn(&mut jrk, 0, 200, 2_000_000), Push::Speed(1..)));
    assert_eq!(turn(&mut jrk, 200, 500, 2_000_000), Push::Hold);
    // A new target alone does not move it again, nor does looking without clearing.
    answer(&mut jrk, &felt(500, 2_000_000), "DD 64 4D");
    answer(&mut jrk, &felt(500, 2_000_000), "E5 12 02 63");
    assert_eq!(turn(&mut jrk, 500, 700, 2_000_000), Push::Hold);
    answer(&mut jrk, &felt(700, 2_000_000), "DD 64 4D");
    // The trap: a monitor that polls B3 restarts the motor.
    assert_eq!(answer(&mut jrk, &felt(700, 2_000_000), "B3 01"), bytes("00 10"));
    assert!(matches!(turn(&mut jrk, 700, 800, 2_000_000), Push::Speed(1..)));
    assert_eq!(turn(&mut jrk, 800, 1_200, 2_000_000), Push::Hold, "and it latches again");
    let occurred = answer(&mut jrk, &felt(1_200, 0), "B5 34");
    assert_eq!(occurred.get(1).map(|byte| byte & 0x10), Some(0x10));
    assert_eq!(answer(&mut jrk, &felt(1_200, 0), "B3 01"), bytes("00 10"), "B5 cleared no latch");
}

#[test]
fn as_delivered_nothing_stops_it_when_the_host_is_gone() {
    let setup = JrkSetup::delivered().with_setting(0x51, &[20, 0, 2]);
    let mut jrk = board(&setup);
    answer(&mut jrk, &felt(0, 2_000_000), "DF 7F");
    assert!(matches!(turn(&mut jrk, 0, 60_000, 2_000_000), Push::Speed(1..)));
}

#[test]
fn a_torn_potentiometer_and_a_latched_fault_stop_it() {
    for faulty in [
        Felt { stroke: None, ..felt(100, 0) },
        Felt {
            faults: {
                let mut faults = DeviceFaults::NONE;
                faults.set(DeviceFault::LatchedFault, true);
                faults
            },
            ..felt(100, 2_000_000)
        },
    ] {
        let mut jrk = board(&JrkSetup::fit());
        answer(&mut jrk, &felt(0, 2_000_000), "DD 64 4D");
        turn(&mut jrk, 0, 100, 2_000_000);
        let mut push = Push::Coast;
        for now_ms in 100..250 {
            push = jrk.turn(&Felt { now_ms, ..faulty });
        }
        assert_eq!(push, Push::Hold, "{faulty:?}");
    }
}

#[test]
fn a_stop_ramps_down_and_the_next_target_moves_again() {
    let mut jrk = board(&JrkSetup::fit());
    answer(&mut jrk, &felt(0, 2_000_000), "DD 64 4D");
    turn(&mut jrk, 0, 150, 2_000_000);
    answer(&mut jrk, &felt(150, 0), "FF 4F");
    assert!(matches!(turn(&mut jrk, 150, 161, 2_000_000), Push::Speed(1..)), "it has a ramp");
    assert_eq!(turn(&mut jrk, 161, 249, 2_000_000), Push::Hold);
    answer(&mut jrk, &felt(249, 0), "DD 64 4D");
    assert!(matches!(turn(&mut jrk, 249, 300, 2_000_000), Push::Speed(1..)));
}
