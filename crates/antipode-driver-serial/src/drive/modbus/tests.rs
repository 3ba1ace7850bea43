//! Drives that do what their profiles say, and what a bad line makes of them.

mod slave;

use super::*;
use crate::codec::modbus::{Request, Write};
use crate::drive::bench::{Bench, COUNTER, model};
use antipode_device::{
    CommandWrite, Dialect, DriveCondition, EnumRead, LossAction, ModbusMotion, ModbusReads,
    NumberKind, NumberRead, PositionRead, Register, RegisterBank, RunState, Scale, TargetWrite,
    ValidBit, WriteFunction, WriteProof,
};
use antipode_guardian::Direction;
use core::num::{NonZeroU8, NonZeroU32};
use proptest::prelude::*;
use slave::{Slave, Wrong};

const INPUT: RegisterBank = RegisterBank::Input;
const HOLDING: RegisterBank = RegisterBank::Holding;

fn number(bank: RegisterBank, addr: u16, kind: NumberKind, scale: [u32; 2]) -> NumberRead {
    let [thousandths, counts] = scale.map(|part| NonZeroU32::new(part).unwrap());
    NumberRead { register: Register { bank, addr }, kind, scale: Scale { thousandths, counts } }
}

fn command(addr: u16, value: u16, proof: WriteProof) -> CommandWrite {
    CommandWrite { function: WriteFunction::Register, addr, value, proof }
}

fn profile(host_loss: HostLoss, motion: ModbusMotion, proof: WriteProof) -> ModbusProfile {
    ModbusProfile {
        unit: 1,
        timing: ModbusTiming {
            reply_timeout: Millis::new(40),
            turnaround: Millis::new(3),
            drain_quiet: Millis::new(100),
            stop_patience: Millis::new(20),
            stop_attempts: NonZeroU8::new(5).unwrap(),
            max_reads_per_s: NonZeroU8::new(100).unwrap(),
        },
        host_loss,
        require_readback: proof == WriteProof::ReadBack,
        identity: Vec::new(),
        reads: ModbusReads {
            position: PositionRead {
                number: number(INPUT, 0, NumberKind::U16, [100, 1]),
                valid: Some(ValidBit { addr: 2, bit: 3 }),
                counter: COUNTER,
            },
            run_state: Some(EnumRead {
                register: Register { bank: INPUT, addr: 3 },
                map: vec![(0, RunState::Idle), (1, RunState::Out), (2, RunState::In)],
            }),
            stop_reason: Some(EnumRead {
                register: Register { bank: INPUT, addr: 5 },
                map: vec![
                    (0, DriveCondition::Well),
                    (7, DriveCondition::OverCurrent),
                    (8, DriveCondition::NoPower),
                    (9, DriveCondition::TooHot),
                    (10, DriveCondition::StopOpen),
                ],
            }),
            fault: Some(EnumRead {
                register: Register { bank: INPUT, addr: 6 },
                map: vec![
                    (0, DriveCondition::Well),
                    (8, DriveCondition::NoPower),
                    (9, DriveCondition::TooHot),
                    (10, DriveCondition::StopOpen),
                    (11, DriveCondition::Fault),
                ],
            }),
            current: Some(number(INPUT, 8, NumberKind::I16, [10, 1])),
            supply: Some(number(INPUT, 10, NumberKind::U16, [10, 1])),
        },
        motion,
        stop: command(2, 0, proof),
        stop_is_placeholder: false,
        clear: Some(command(9, 1, WriteProof::Echo)),
    }
}

fn register_loss() -> HostLoss {
    HostLoss::Register {
        timeout: number(HOLDING, 20, NumberKind::U16, [100_000, 1]),
        action: Some(LossAction { register: Register { bank: HOLDING, addr: 21 }, stops: vec![2] }),
        fed_by: FedBy::AnyRequest,
    }
}

fn to_place() -> ModbusMotion {
    ModbusMotion::Position {
        target: TargetWrite {
            function: WriteFunction::Register,
            addr: 1,
            kind: NumberKind::U16,
            scale: Scale {
                thousandths: NonZeroU32::new(100).unwrap(),
                counts: NonZeroU32::new(1).unwrap(),
            },
            bounds: [200_000, 360_000],
            horizon: NonZeroU32::new(4_000).unwrap(),
            proof: WriteProof::ReadBack,
        },
        run: command(2, 1, WriteProof::ReadBack),
    }
}

fn jog() -> ModbusMotion {
    ModbusMotion::Jog {
        out: command(0x1801, 0x4001, WriteProof::Echo),
        inward: command(0x1801, 0x4002, WriteProof::Echo),
    }
}

fn placing() -> ModbusProfile {
    profile(register_loss(), to_place(), WriteProof::ReadBack)
}

fn jogging() -> ModbusProfile {
    let within = Millis::new(200);
    profile(HostLoss::JogRepeat { within }, jog(), WriteProof::Echo)
}

fn drive(profile: &ModbusProfile) -> ModbusDrive {
    ModbusDrive::new(&model(Dialect::Modbus(profile.clone())), profile).unwrap()
}

fn ready(profile: &ModbusProfile) -> Bench<ModbusDrive, Slave> {
    let mut bench = Bench::new(drive(profile), Slave::new());
    bench.run(600, None);
    assert!(matches!(bench.drive.fitness(), Fitness::Fit { .. }), "{:?}", bench.drive.fitness());
    bench.peer.wrote.clear();
    bench
}

#[test]
fn it_stops_first_and_is_fit_once_its_host_loss_registers_were_read_twice() {
    let mut bench = Bench::new(drive(&placing()), Slave::new());
    bench.run(90, None);
    assert_eq!(bench.peer.wrote, [(2, 0)], "nothing is asked of a line that was not drained");
    bench.run(600, None);
    assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(400) });
    assert!(bench.drive.feeds());
}

#[test]
fn a_host_loss_that_is_off_too_long_or_does_not_stop_is_never_armed() {
    for (addr, value) in [(20, 0), (20, 6), (21, 0), (21, 3)] {
        let mut bench = Bench::new(drive(&placing()), Slave::new());
        bench.peer.holding.insert(addr, value);
        bench.run(800, Some(Order::Position(281_000)));
        assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }), "{addr}={value}");
        assert!(!bench.peer.wrote.contains(&(2, 1)), "{addr}={value}: {:?}", bench.peer.wrote);
    }
}

#[test]
fn a_host_loss_that_cannot_be_read_leaves_it_unknown() {
    let mut bench = Bench::new(drive(&placing()), Slave::new());
    bench.peer.holding.remove(&20);
    bench.run(1_000, Some(Order::Position(281_000)));
    assert_eq!(bench.drive.fitness(), Fitness::Unknown);
    assert!(!bench.peer.wrote.contains(&(2, 1)));
}

#[test]
fn a_profile_without_a_host_loss_action_writes_nothing_at_all() {
    let profile = profile(HostLoss::None, to_place(), WriteProof::ReadBack);
    let mut bench = Bench::new(drive(&profile), Slave::new());
    bench.run(300, Some(Order::Position(281_000)));
    bench.run(300, Some(Order::Hold));
    bench.forget();
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
    assert_eq!(bench.peer.wrote, []);
    assert_eq!(bench.drive.status().position.unwrap().value, 280_000, "it is read all the same");
}

#[test]
fn a_target_is_read_back_before_the_run_and_lies_within_the_horizon() {
    let mut bench = ready(&placing());
    bench.run(40, Some(Order::Position(350_000)));
    assert_eq!(bench.peer.wrote.get(..2), Some(&[(1, 2_840), (2, 1)][..]), "4 mm ahead, no more");
    bench.peer.input.insert(0, 3_590);
    bench.run(200, Some(Order::Position(400_000)));
    let targets = bench.peer.wrote.iter().filter(|(addr, _)| *addr == 1);
    assert_eq!(targets.map(|(_, value)| *value).max(), Some(3_600), "the end of the bounds");
}

#[test]
fn a_target_that_does_not_read_back_is_never_run_to() {
    let mut bench = ready(&placing());
    bench.peer.wrong = Wrong::Forgets;
    bench.run(300, Some(Order::Position(281_000)));
    let run = Request::Write(Write::Register { at: 2, value: 1 });
    let said = |frame: &Vec<u8>| Request::decode(frame).unwrap().1 == run;
    assert!(!bench.wrote.iter().any(|(_, frame)| said(frame)));
}

#[test]
fn without_a_fresh_valid_place_there_is_no_target() {
    let mut bench = ready(&placing());
    bench.peer.input.insert(2, 0);
    bench.run(100, None);
    assert_eq!(bench.drive.status().position, None);
    assert!(bench.drive.status().faults.no_position);
    bench.run(100, Some(Order::Position(281_000)));
    assert_eq!(bench.peer.wrote, []);
}

#[test]
fn the_angle_stays_young_under_orders() {
    for (profile, order) in
        [(placing(), Order::Position(281_000)), (jogging(), Order::Jog(Direction::Out))]
    {
        let mut bench = ready(&profile);
        for _ in 0..100 {
            bench.run(10, Some(order));
            let at = bench.drive.status().position.unwrap().at;
            assert!(bench.now.since(at) <= Millis::new(90), "{:?} {order:?}", bench.now.since(at));
        }
        assert_eq!(bench.drive.status().current_ma.unwrap().value, 1_500);
        assert_eq!(bench.drive.status().supply_mv.unwrap().value, 24_000);
        assert_eq!(bench.drive.status().faults, DriveFaults::default());
    }
}

#[test]
fn jog_is_written_as_long_as_it_is_ordered_and_then_no_more() {
    let mut bench = ready(&jogging());
    bench.run(100, Some(Order::Jog(Direction::Out)));
    assert!(bench.peer.wrote.len() >= 4, "{:?}", bench.peer.wrote);
    assert!(bench.peer.wrote.iter().all(|wrote| *wrote == (0x1801, 0x4001)));
    let last = bench.now;
    bench.run(150, None);
    let later = bench.wrote_since(last.plus(Millis::new(20)));
    assert!(later.iter().all(|frame| matches!(Request::decode(frame), Ok((_, Request::Read(_))))));
    bench.peer.wrote.clear();
    bench.run(30, Some(Order::Jog(Direction::In)));
    assert!(bench.peer.wrote.contains(&(0x1801, 0x4002)));
}

#[test]
fn hold_overtakes_what_is_under_way_and_is_written_until_it_reads_back() {
    let mut bench = ready(&placing());
    bench.run(53, Some(Order::Position(281_000)));
    bench.peer.wrong = Wrong::Mute;
    let at = bench.now;
    bench.run(1_000, Some(Order::Hold));
    let stop = Request::Write(Write::Register { at: 2, value: 0 });
    let stops: Vec<_> = bench
        .wrote
        .iter()
        .filter(|(when, frame)| *when > at && Request::decode(frame).unwrap().1 == stop)
        .collect();
    assert!(stops.len() > 5, "{stops:?}");
    assert!(stops[0].0.since(at) <= Millis::new(26), "{:?}", stops[0].0.since(at));
    let run = Request::Write(Write::Register { at: 2, value: 1 });
    let after = bench.wrote_since(at.plus(Millis::new(30)));
    assert!(!after.iter().any(|frame| Request::decode(frame).unwrap().1 == run));
    bench.peer.wrong = Wrong::Nothing;
    bench.run(300, Some(Order::Hold));
    assert!(!bench.drive.silence.may_move());
    assert_eq!(bench.peer.holding[&2], 0);
}

/// Told to stop for two seconds, which it takes and reads back, while it runs on.
fn runs_on(profile: &ModbusProfile) -> Bench<ModbusDrive, Slave> {
    let mut bench = ready(profile);
    bench.run(100, Some(Order::Position(281_000)));
    bench.peer.input.insert(3, 1);
    for _ in 0..40 {
        *bench.peer.input.get_mut(&0).unwrap() += 2;
        bench.run(50, Some(Order::Hold));
    }
    bench
}

#[test]
fn a_stop_that_reads_back_while_the_drive_runs_on_is_said_again_and_then_a_fault() {
    let without = ModbusReads { run_state: None, ..placing().reads };
    for profile in [placing(), ModbusProfile { reads: without, ..placing() }] {
        let mut bench = runs_on(&profile);
        assert_eq!(bench.peer.holding[&2], 0, "it was taken");
        let stops = bench.peer.wrote.iter().filter(|wrote| **wrote == (2, 0)).count();
        assert!(stops >= 5, "{stops}");
        assert!(bench.drive.status().faults.unknown, "nothing starts with it");
        assert!(matches!(bench.drive.fitness(), Fitness::Fit { .. }), "it may come home");
        bench.peer.input.insert(3, 0);
        bench.run(700, Some(Order::Hold));
        assert!(!bench.drive.status().faults.unknown, "it stands");
    }
}

#[test]
fn a_drive_that_obeys_its_stop_has_no_fault_of_it() {
    let without = ModbusReads { run_state: None, ..placing().reads };
    for profile in [placing(), ModbusProfile { reads: without, ..placing() }] {
        let mut bench = ready(&profile);
        for _ in 0..3 {
            bench.run(100, Some(Order::Position(281_000)));
            bench.run(3_000, Some(Order::Hold));
            assert_eq!(bench.drive.status().faults, DriveFaults::default());
        }
    }
}

#[test]
fn a_profile_whose_stop_is_a_placeholder_moves_nothing_and_writes_nothing() {
    let profile = ModbusProfile { stop_is_placeholder: true, ..placing() };
    let mut bench = Bench::new(drive(&profile), Slave::new());
    bench.run(1_000, Some(Order::Position(281_000)));
    bench.run(300, Some(Order::Hold));
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
    assert_eq!(bench.peer.wrote, []);
}

#[test]
fn after_its_timeout_it_stops_first_and_nothing_moves_it_until_somebody_forgets_it() {
    for (profile, order, moves) in [
        (placing(), Order::Position(281_000), (2, 1)),
        (jogging(), Order::Jog(Direction::Out), (0x1801, 0x4001)),
    ] {
        let mut bench = ready(&profile);
        bench.run(100, Some(order));
        bench.peer.wrong = Wrong::Deaf;
        bench.run(600, Some(order));
        bench.peer.wrong = Wrong::Nothing;
        bench.peer.wrote.clear();
        bench.run(600, Some(order));
        assert_eq!(bench.peer.wrote.first(), Some(&(2, 0)), "{order:?}");
        assert!(!bench.peer.wrote.contains(&moves), "{:?}", bench.peer.wrote);
        assert!(bench.drive.status().faults.timed_out);
        bench.forget();
        bench.run(200, Some(order));
        assert!(bench.peer.wrote.contains(&moves), "{order:?}: {:?}", bench.peer.wrote);
    }
}

#[test]
fn where_questions_feed_none_is_asked_while_an_order_stands_that_was_not_renewed() {
    let mut bench = ready(&placing());
    bench.run(200, Some(Order::Position(281_000)));
    let last = bench.now;
    bench.run(350, None);
    let after = bench.wrote_since(last.plus(Millis::new(50)));
    assert!(after.is_empty(), "{after:?}");
}

#[test]
fn a_value_without_a_meaning_is_a_fault() {
    for (addr, value) in [(3, 9), (5, 1), (5, 0xffff)] {
        let mut bench = ready(&placing());
        bench.peer.input.insert(addr, value);
        bench.run(400, None);
        assert!(bench.drive.status().faults.unknown, "{addr}={value}");
    }
    let mut bench = ready(&placing());
    bench.peer.input.insert(5, 7);
    bench.run(400, None);
    assert!(bench.drive.status().faults.over_current);
    assert!(!bench.drive.status().faults.unknown);
    bench.peer.input.remove(&5);
    bench.run(400, None);
    assert!(bench.drive.status().faults.unknown, "a device that will not say");
}

#[test]
fn what_is_wrong_now_counts_as_it_is_and_why_it_last_stopped_as_history() {
    let told = |addr, value| {
        let mut bench = ready(&placing());
        bench.peer.input.insert(addr, value);
        bench.run(600, None);
        bench.drive.status().faults
    };
    let none = DriveFaults::default();
    let stood = DriveFaults { timed_out: true, ..none };
    assert_eq!(told(6, 8), DriveFaults { no_power: true, ..none });
    assert_eq!(told(5, 8), stood, "power was away then; the next motion tells");
    assert_eq!(told(6, 9), DriveFaults { too_hot: true, ..none });
    assert_eq!(told(5, 9), stood);
    let stopped = DriveFaults { stop_open: true, ..none };
    assert_eq!((told(6, 10), told(5, 10)), (stopped, stopped));
    assert_eq!(told(6, 11), DriveFaults { broken: true, ..none });
}

#[test]
fn what_it_no_longer_says_of_its_faults_is_not_taken_for_none() {
    for addr in [3, 5] {
        let mut bench = ready(&placing());
        bench.peer.silent_at = Some(addr);
        bench.run(400, None);
        assert!(!bench.drive.status().faults.unknown, "{addr}");
        bench.run(2_000, None);
        let status = bench.drive.status();
        assert!(status.faults.unknown, "{addr}");
        assert!(bench.now.since(status.heard.unwrap()) < Millis::new(250), "it is heard: {addr}");
        bench.peer.silent_at = None;
        bench.run(1_000, None);
        assert_eq!(bench.drive.status().faults, DriveFaults::default(), "{addr}");
    }
}

#[test]
fn no_answer_that_is_late_long_damaged_or_anothers_gives_a_place() {
    for wrong in
        [Wrong::Late(45), Wrong::Late(120), Wrong::OverLong, Wrong::BadCheck, Wrong::OtherUnit]
    {
        let mut bench = ready(&placing());
        bench.peer.wrong = wrong;
        bench.run(20, None);
        let before = bench.drive.status().position;
        bench.peer.input.insert(0, 3_500);
        bench.run(1_000, None);
        assert_eq!(bench.drive.status().position, before, "{wrong:?}");
    }
}

#[test]
fn a_line_that_is_opened_again_stops_first_and_must_prove_itself_anew() {
    let mut bench = ready(&placing());
    bench.run(100, Some(Order::Position(281_000)));
    bench.drive.reopen();
    assert_eq!(bench.drive.fitness(), Fitness::Unknown);
    assert_eq!(bench.drive.status().position, None);
    bench.peer.wrote.clear();
    bench.run(800, Some(Order::Position(281_000)));
    assert_eq!(bench.peer.wrote.first(), Some(&(2, 0)));
    assert!(!bench.peer.wrote.contains(&(2, 1)), "no motion on reconnect");
    assert!(bench.drive.status().faults.timed_out);
}

#[test]
fn faults_are_cleared_by_an_act_alone() {
    let mut bench = ready(&placing());
    bench.run(1_000, Some(Order::Hold));
    assert!(!bench.peer.wrote.contains(&(9, 1)));
    bench.forget();
    bench.run(50, None);
    assert!(bench.peer.wrote.contains(&(9, 1)));
}

#[test]
fn orders_of_another_kind_stop() {
    for order in [Order::Duty(100), Order::Speed(5), Order::Jog(Direction::In)] {
        let mut bench = ready(&placing());
        bench.run(100, Some(Order::Position(281_000)));
        bench.run(100, Some(order));
        assert_eq!(bench.peer.holding[&2], 0, "{order:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_noise_at_any_time_is_no_place(
        noise in prop::collection::vec((0_u64..40, prop::collection::vec(any::<u8>(), 0..40)), 0..40),
    ) {
        let mut bench = ready(&placing());
        bench.peer.wrong = Wrong::Deaf;
        bench.run(60, None);
        let before = bench.drive.status().position;
        for (pause, bytes) in noise {
            bench.run(pause, None);
            bench.drive.receive(bench.now, &bytes);
        }
        bench.run(100, None);
        prop_assert_eq!(bench.drive.status().position, before);
    }

    #[test]
    fn a_target_never_lies_beyond_horizon_or_bounds(from: i32, to: i32) {
        let ModbusMotion::Position { target, .. } = to_place() else { unreachable!() };
        if let Some(Write::Register { value, .. }) = registers::target(&target, from, to) {
            let place = i64::from(value) * 100;
            prop_assert!((200_000..=360_000).contains(&place));
            let inside = i64::from(from).clamp(200_000, 360_000);
            prop_assert!((place - inside).abs() <= 4_100);
        }
    }
}
