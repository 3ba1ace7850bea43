//! A RoboClaw that does what its manual says, and what a bad line makes of it.

use super::*;
use crate::codec::roboclaw::{Current, Encoder, Supply, Temperature, TimeoutSetting, Version};
use crate::drive::bench::{Bench, COUNTER, Peer, model};
use antipode_device::Dialect;
use core::num::{NonZeroU8, NonZeroU32};
use proptest::prelude::*;

const HERE: Address = Address::FIRST;

fn settings() -> RoboClawSettings {
    RoboClawSettings {
        address: 0x80,
        motor: RoboClawMotor::M1,
        motion: RoboClawMotion::Duty,
        counts_per_unit: NonZeroU32::new(500).unwrap(),
        counter: COUNTER,
        timeout_tenths: NonZeroU8::new(3).unwrap(),
        reply_timeout: Millis::new(40),
        turnaround: Millis::new(3),
        drain_quiet: Millis::new(100),
    }
}

fn drive() -> RoboClaw {
    let settings = settings();
    RoboClaw::new(&model(Dialect::RoboClaw(settings)), &settings).unwrap()
}

/// What a peer does wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Mute,
    /// It never tells what is wrong with it.
    StatusMute,
    Deaf,
    Late(u64),
    OverLong,
    BadCheck,
    OtherAddress,
    TimeoutOff,
    Status(u32),
    Overflow,
}

struct Claw {
    duty: i16,
    /// Duty that goes on with the next valid packet after the timeout.
    stalled: i16,
    timeout: u8,
    fed: Timestamp,
    count: i32,
    wrong: Wrong,
    version: &'static str,
}

impl Claw {
    fn new() -> Self {
        let fed = Timestamp::ZERO;
        Self {
            duty: 0,
            stalled: 0,
            timeout: 0,
            fed,
            count: 125_000,
            wrong: Wrong::Nothing,
            version: "USB Roboclaw 2x15a v4.1.34\n",
        }
    }

    /// Lets the own timeout run out; `now` is when something is heard.
    fn watch(&mut self, now: Timestamp) {
        let timeout = Millis::new(u64::from(self.timeout) * 100);
        if self.timeout > 0 && now.since(self.fed) >= timeout && self.duty != 0 {
            (self.stalled, self.duty) = (self.duty, 0);
        }
    }

    fn answer(&mut self, command: &Command) -> Answer {
        match command {
            Command::SetTimeout(timeout) => {
                self.timeout = timeout.tenths();
                Answer::Acknowledged
            }
            Command::GetTimeout if self.wrong == Wrong::TimeoutOff => {
                Answer::Timeout(TimeoutSetting::Off)
            }
            Command::GetTimeout => Answer::Timeout(TimeoutSetting::from_byte(self.timeout)),
            Command::Duty(_, duty) => {
                (self.duty, self.stalled) = (duty.raw(), 0);
                Answer::Acknowledged
            }
            Command::Encoder(_) => {
                self.count += 7;
                Answer::Encoder(Encoder {
                    count: self.count,
                    underflow: false,
                    backward: false,
                    overflow: self.wrong == Wrong::Overflow,
                })
            }
            Command::MainBattery | Command::LogicBattery => {
                Answer::Supply(Supply::from_tenths(243))
            }
            Command::Currents => {
                Answer::Currents([Current::from_10ma(-150), Current::from_10ma(0)])
            }
            Command::Temperature(_) => Answer::Temperature(Temperature::from_tenths(305)),
            Command::Status => {
                let bits = if let Wrong::Status(bits) = self.wrong { bits } else { 0 };
                Answer::Status(crate::codec::roboclaw::Status::from_bits(bits))
            }
            Command::Version => Answer::Version(Version::new(self.version).unwrap()),
            Command::Speed(..) | Command::Position(..) => panic!("never said: {command:?}"),
        }
    }
}

impl Peer for Claw {
    fn hear(&mut self, now: Timestamp, bytes: &[u8]) -> Vec<(Millis, Vec<u8>)> {
        if self.wrong == Wrong::Deaf {
            return Vec::new();
        }
        let (_, command) = Command::decode(bytes).expect("whole commands only");
        self.watch(now);
        if self.stalled != 0 {
            (self.duty, self.stalled) = (self.stalled, 0);
        }
        self.fed = now;
        let answer = self.answer(&command);
        let other = self.wrong == Wrong::OtherAddress;
        let from = if other { Address::new(0x81).unwrap() } else { HERE };
        let mut said = answer.encode(from, &command).unwrap().as_bytes().to_vec();
        let mut after = Millis::new(2);
        match self.wrong {
            Wrong::Mute => return Vec::new(),
            Wrong::StatusMute if command == Command::Status => return Vec::new(),
            Wrong::Late(ms) => after = Millis::new(ms),
            Wrong::OverLong => said.push(0),
            Wrong::BadCheck => *said.last_mut().unwrap() ^= 0x10,
            Wrong::Nothing
            | Wrong::StatusMute
            | Wrong::Deaf
            | Wrong::OtherAddress
            | Wrong::TimeoutOff
            | Wrong::Status(_)
            | Wrong::Overflow => {}
        }
        vec![(after, said)]
    }
}

fn bench() -> Bench<RoboClaw, Claw> {
    Bench::new(drive(), Claw::new())
}

/// A drive that is set up and stands.
fn ready() -> Bench<RoboClaw, Claw> {
    let mut bench = bench();
    bench.run(300, None);
    assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(300) });
    bench
}

#[test]
fn it_stands_first_and_is_fit_once_its_timeout_was_set_and_read_twice() {
    let mut bench = bench();
    bench.peer.duty = 9_999;
    bench.run(90, None);
    assert_eq!(bench.wrote, [], "the line is drained before anything is said");
    bench.run(100, None);
    let said: Vec<_> =
        bench.wrote.iter().map(|(_, bytes)| Command::decode(bytes).unwrap().1).take(4).collect();
    let timeout = Timeout::from_tenths(3).unwrap();
    let stand = Command::Duty(Motor::M1, Duty::ZERO);
    let expect = [stand, Command::SetTimeout(timeout), Command::GetTimeout, Command::GetTimeout];
    assert_eq!(said, expect);
    assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(300) });
}

#[test]
fn one_whose_status_was_not_read_yet_is_not_fit_and_is_not_moved() {
    let mut bench = bench();
    bench.peer.wrong = Wrong::StatusMute;
    bench.run(1_000, Some(Order::Duty(500)));
    assert_eq!(bench.drive.fitness(), Fitness::Unknown);
    assert_eq!(bench.peer.duty, 0);
    bench.peer.wrong = Wrong::Nothing;
    bench.run(600, None);
    assert!(matches!(bench.drive.fitness(), Fitness::Fit { .. }));
}

#[test]
fn a_timeout_that_reads_back_as_off_is_never_armed_and_never_moves() {
    let mut bench = bench();
    bench.peer.wrong = Wrong::TimeoutOff;
    bench.run(300, None);
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
    bench.run(300, Some(Order::Duty(500)));
    assert_eq!(bench.peer.duty, 0);
}

#[test]
fn a_timeout_longer_than_the_model_allows_is_unfit() {
    let settings = settings();
    let mut model = model(Dialect::RoboClaw(settings));
    model.drive_timeout = Millis::new(200);
    let mut bench = Bench::new(RoboClaw::new(&model, &settings).unwrap(), Claw::new());
    bench.run(300, None);
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
}

#[test]
fn an_order_moves_and_the_angle_stays_young_under_it() {
    let mut bench = ready();
    for _ in 0..50 {
        bench.run(10, Some(Order::Duty(-500)));
        let at = bench.drive.status().position.unwrap().at;
        assert!(bench.now.since(at) <= Millis::new(60), "{:?}", bench.now.since(at));
    }
    assert_eq!(bench.peer.duty, -16_383);
    let status = bench.drive.status();
    assert_eq!(status.position.unwrap().value, bench.peer.count * 2);
    assert_eq!(status.current_ma.unwrap().value, 1_500);
    assert_eq!(status.supply_mv.unwrap().value, 24_300);
    assert_eq!(status.temperature_c.unwrap().value, 30);
    assert_eq!(status.faults, DriveFaults::default());
}

#[test]
fn nothing_is_asked_while_an_order_stands_that_was_not_renewed() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    let last = bench.now;
    bench.run(280, None);
    let after = bench.wrote_since(last.plus(Millis::new(20)));
    assert!(after.is_empty(), "{after:?}");
    bench.peer.watch(last.plus(Millis::new(310)));
    assert_eq!(bench.peer.duty, 0, "its own timeout runs out, counted from the last order");
}

#[test]
fn after_its_timeout_it_stands_first_and_no_order_moves_it_until_somebody_forgets_it() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    let last = bench.now;
    bench.run(400, None);
    assert!(bench.drive.status().faults.timed_out);
    let said = bench.wrote_since(last.plus(Millis::new(200)));
    let first = Command::decode(&said[0]).unwrap().1;
    assert_eq!(first, Command::Duty(Motor::M1, Duty::ZERO), "a question would let it go on");
    bench.run(300, Some(Order::Duty(500)));
    assert_eq!(bench.peer.duty, 0);
    bench.forget();
    assert!(!bench.drive.status().faults.timed_out);
    bench.run(50, Some(Order::Duty(500)));
    assert_eq!(bench.peer.duty, 16_383);
}

#[test]
fn a_line_that_was_dead_for_longer_than_the_timeout_moves_nothing_when_it_comes_back() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    bench.peer.wrong = Wrong::Deaf;
    bench.run(400, Some(Order::Duty(500)));
    bench.peer.watch(bench.now);
    assert_eq!((bench.peer.duty, bench.peer.stalled), (0, 16_383));
    bench.peer.wrong = Wrong::Nothing;
    let back = bench.now;
    bench.run(500, Some(Order::Duty(500)));
    assert_eq!((bench.peer.duty, bench.peer.stalled), (0, 0));
    let first = Command::decode(&bench.wrote_since(back)[0]).unwrap().1;
    assert_eq!(first, Command::Duty(Motor::M1, Duty::ZERO));
}

#[test]
fn a_line_that_is_opened_again_stands_first_and_must_prove_itself_anew() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    bench.drive.reopen();
    assert_eq!(bench.drive.fitness(), Fitness::Unknown);
    assert_eq!(bench.drive.status().position, None);
    let opened = bench.now;
    bench.run(300, Some(Order::Duty(500)));
    let said = bench.wrote_since(opened);
    let moves = |bytes: &Vec<u8>| {
        let (_, command) = Command::decode(bytes).unwrap();
        matches!(command, Command::Duty(_, duty) if duty != Duty::ZERO)
    };
    assert!(!said.iter().any(moves), "no motion on reconnect");
    assert!(bench.drive.status().faults.timed_out);
}

#[test]
fn hold_waits_for_an_answer_under_way_and_for_no_longer_than_its_patience() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    bench.peer.wrong = Wrong::Late(30);
    // Somewhere in the middle of an exchange.
    bench.run(11, Some(Order::Duty(500)));
    let at = bench.now;
    bench.order(Order::Hold);
    bench.run(STAND_PATIENCE.get() - 1, Some(Order::Hold));
    assert_eq!(bench.wrote_since(at), Vec::<Vec<u8>>::new());
    bench.run(1, Some(Order::Hold));
    assert_eq!(bench.wrote_since(at), [vec![0x80, 0x20, 0, 0, 0x5b, 0xfe]]);
    assert_eq!(bench.peer.duty, 0);
    bench.peer.wrong = Wrong::Nothing;
    bench.run(300, Some(Order::Hold));
    assert!(matches!(bench.drive.hold, Hold::Shown(_)), "{:?}", bench.drive.hold);
}

/// A bed that has no angle for a tenth of a second latches that fault, head-down.
#[test]
fn hold_on_a_well_line_stops_at_once_and_keeps_the_angle() {
    for moment in 0..20 {
        let mut bench = ready();
        bench.run(100 + moment, Some(Order::Duty(500)));
        bench.order(Order::Hold);
        bench.run(10, Some(Order::Hold));
        assert_eq!(bench.peer.duty, 0, "{moment} ms");
        for _ in 0..300 {
            bench.run(1, Some(Order::Hold));
            let age = bench.now.since(bench.drive.status().position.unwrap().at);
            assert!(age <= Millis::new(60), "{moment} ms: {age:?}");
        }
    }
}

#[test]
fn hold_is_said_again_and_again_to_a_drive_that_does_not_answer() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    bench.peer.wrong = Wrong::Mute;
    let at = bench.now;
    bench.run(2_000, Some(Order::Hold));
    let said = bench.wrote_since(at);
    assert!(said.len() >= 10, "{}", said.len());
    let stand = Command::Duty(Motor::M1, Duty::ZERO);
    assert!(said.iter().all(|bytes| Command::decode(bytes).unwrap().1 == stand), "{said:?}");
}

#[test]
fn hold_goes_out_on_a_line_that_never_falls_silent() {
    let mut bench = ready();
    bench.run(100, Some(Order::Duty(500)));
    let at = bench.now;
    for _ in 0..100 {
        let noise = (bench.now.plus(Millis::new(1)), vec![0x55]);
        bench.on_the_way.push(noise);
        bench.run(10, Some(Order::Hold));
    }
    assert!(bench.wrote_since(at).len() >= 4, "{}", bench.wrote_since(at).len());
    assert_eq!(bench.peer.duty, 0);
}

#[test]
fn orders_of_another_kind_hold() {
    for order in [Order::Speed(5), Order::Position(5), Order::Jog(antipode_guardian::Direction::In)]
    {
        let mut bench = ready();
        bench.run(100, Some(Order::Duty(500)));
        bench.run(50, Some(order));
        assert_eq!(bench.peer.duty, 0, "{order:?}");
    }
}

#[test]
fn an_order_that_could_not_be_said_in_time_is_dropped() {
    let mut bench = ready();
    bench.peer.wrong = Wrong::Mute;
    bench.run(30, None);
    // The line is busy with a question that is not answered, then with its drain.
    bench.order(Order::Duty(500));
    bench.peer.wrong = Wrong::Nothing;
    bench.run(400, None);
    assert_eq!(bench.peer.duty, 0);
}

#[test]
fn no_answer_that_is_late_long_damaged_or_anothers_gives_a_place() {
    for wrong in
        [Wrong::Late(45), Wrong::Late(120), Wrong::OverLong, Wrong::BadCheck, Wrong::OtherAddress]
    {
        let mut bench = ready();
        let count = bench.peer.count;
        bench.peer.wrong = wrong;
        bench.run(20, None);
        let before = bench.drive.status().position;
        bench.peer.count = 500_000;
        bench.run(1_000, None);
        let after = bench.drive.status().position;
        assert_eq!(before, after, "{wrong:?}");
        assert!(after.unwrap().value <= (count + 100) * 2);
    }
}

#[test]
fn every_bit_of_the_status_that_is_no_warning_is_a_fault() {
    for bit in 0..32 {
        let mut bench = ready();
        bench.peer.wrong = Wrong::Status(1 << bit);
        bench.run(200, None);
        let faults = bench.drive.status().faults;
        let warning = matches!(bit, 16..=23 | 30 | 31);
        assert_eq!(faults == DriveFaults::default(), warning, "bit {bit}: {faults:?}");
        assert_eq!(faults.unknown, matches!(bit, 24..=28), "bit {bit}");
        assert_eq!(faults.broken, matches!(bit, 3 | 4 | 6 | 7 | 15), "bit {bit}");
        assert_eq!((faults.stop_open, faults.no_power), (bit == 0, matches!(bit, 5 | 14)));
        // It has just started, of its own accord.
        assert_eq!(faults.timed_out, bit == 29, "bit {bit}");
    }
}

#[test]
fn a_counter_that_passed_its_end_is_no_place_any_more() {
    let mut bench = ready();
    bench.peer.wrong = Wrong::Overflow;
    bench.run(100, None);
    bench.peer.wrong = Wrong::Nothing;
    bench.run(300, None);
    assert_eq!(bench.drive.status().position, None);
    assert!(bench.drive.status().faults.no_position);
}

#[test]
fn a_bed_that_does_not_hold_itself_is_never_fit() {
    let settings = settings();
    let mut model = model(Dialect::RoboClaw(settings));
    model.self_locking = false;
    let mut bench = Bench::new(RoboClaw::new(&model, &settings).unwrap(), Claw::new());
    bench.run(500, Some(Order::Duty(500)));
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
    assert_eq!(bench.peer.duty, 0);
}

#[test]
fn speed_is_kept_in_counts() {
    let settings = RoboClawSettings { motion: RoboClawMotion::Speed, ..settings() };
    let drive = RoboClaw::new(&model(Dialect::RoboClaw(settings)), &settings).unwrap();
    assert_eq!(drive.actuation(), Actuation::Speed);
    assert_eq!(drive.moving(Order::Speed(-4_000)), Some(Command::Speed(Motor::M1, -2_000)));
    assert_eq!(drive.moving(Order::Duty(5)), None);
}

#[test]
fn an_answer_that_is_looked_at_too_late_is_as_old_as_its_command_and_costs_no_drain() {
    let at = Timestamp::from_millis;
    let [reply, turnaround, drain] = [40, 3, 100].map(Millis::new);
    let mut line = Exchange::new(HERE, reply, turnaround, drain);
    let command = Command::Duty(Motor::M1, Duty::ZERO);
    line.say(at(1_000), &command);
    line.receive(at(1_400), &[0xff]);
    assert!(line.settle(at(1_402)).is_none(), "more may follow");
    let outcome = line.settle(at(1_403)).expect("it stands alone");
    assert_eq!((outcome.answer, outcome.at), (Some(Answer::Acknowledged), at(1_000)));
    assert!(line.is_free(at(1_403)));
    // Looked at in time and not there: whatever comes then is nobody's.
    line.say(at(2_000), &command);
    assert!(line.settle(at(2_040)).is_some_and(|outcome| outcome.answer.is_none()));
    line.receive(at(2_050), &[0xff]);
    assert!(!line.is_free(at(2_149)) && line.is_free(at(2_150)));
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn any_noise_at_any_time_moves_nothing_and_is_no_place(
        noise in prop::collection::vec((0_u64..40, prop::collection::vec(any::<u8>(), 0..40)), 0..40),
    ) {
        let mut bench = ready();
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
}

mod restart;
mod version;
