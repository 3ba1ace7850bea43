use super::*;
use crate::codec::pololu::jrk::{CommandReader, Heard};

/// A device as its memory has it.
struct Device {
    setup: JrkSetup,
    ram: [u8; 0x80],
    eeprom: [u8; 0x80],
    variables: [u8; 0x40],
    heard: Vec<Heard>,
    /// Its control loop turns.
    loops: bool,
}

impl Device {
    /// Set as a table needs it.
    fn fit() -> Self {
        let mut memory = [0_u8; 0x80];
        let mut put = |at: usize, bytes: &[u8]| memory[at..at + bytes.len()].copy_from_slice(bytes);
        put(0x01, &[0x02]);
        put(0x18, &[1, 50, 0, 0xcd, 0x0f, 0, 0, 0xff, 0x0f]);
        put(0x26, &[25, 0, 11, 0, 0xf0, 0x3f]);
        put(0x60, &[20, 0, 20, 0, 40, 0, 40, 0, 88, 2, 88, 2]);
        let mut device = Self {
            setup: JrkSetup::default(),
            ram: memory,
            eeprom: memory,
            variables: [0; 0x40],
            heard: Vec::new(),
            loops: true,
        };
        device.stands(2_000, 2_000);
        device
    }

    /// Where it is and where it was sent.
    fn stands(&mut self, at: u16, target: u16) {
        for (offset, value) in [(0, target), (2, target), (4, at), (6, at)] {
            self.variables[offset..offset + 2].copy_from_slice(&value.to_le_bytes());
        }
    }

    fn halting(&mut self, bits: u16) {
        self.variables[0x12..0x14].copy_from_slice(&bits.to_le_bytes());
    }

    fn set(&mut self, at: usize, byte: u8) {
        (self.ram[at], self.eeprom[at]) = (byte, byte);
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        let mut reader = CommandReader::new(self.setup.framing);
        let Self { ram, eeprom, variables, heard, .. } = self;
        reader.feed(bytes, |command| {
            let command = command.unwrap();
            heard.push(command);
            let part = |from: &[u8], offset: u8, len: usize| {
                from[usize::from(offset)..usize::from(offset) + len].to_vec()
            };
            match command {
                Heard::Command(Command::Read(read)) => answer.extend(match read {
                    Read::Settings(Memory::Ram, block) => {
                        part(ram, block.span().0, block.span().1.into())
                    }
                    Read::Settings(Memory::Eeprom, block) => {
                        part(eeprom, block.span().0, block.span().1.into())
                    }
                    Read::Motion => part(variables, Motion::OFFSET, Motion::LEN),
                    Read::Health => part(variables, Health::OFFSET, Health::LEN),
                    Read::Life => part(variables, Life::OFFSET, Life::LEN),
                    Read::Variable(_) => panic!("it is not asked for"),
                }),
                Heard::ForgetLatchedErrors => answer.extend([0, 0]),
                Heard::Command(_) | Heard::ForceDutyTarget(_) | Heard::NeverSent(_) => {}
            }
        });
        answer
    }
}

/// A drive and its device, a millisecond a turn.
struct Bench {
    drive: JrkDrive,
    device: Device,
    now: Timestamp,
}

impl Bench {
    fn new(device: Device) -> Self {
        let drive = JrkDrive::new(device.setup);
        Self { drive, device, now: Timestamp::from_millis(1_000) }
    }

    fn fit() -> Self {
        let mut bench = Self::new(Device::fit());
        bench.run(300);
        assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(250) });
        bench
    }

    fn run(&mut self, ms: u64) {
        for _ in 0..ms {
            self.now = self.now.plus(Millis::new(1));
            if self.device.loops {
                let rounds = u16::try_from(self.now.as_millis() / 10 % 65_536).unwrap();
                self.device.variables[0x10..0x12].copy_from_slice(&rounds.to_le_bytes());
            }
            let mut out = Vec::new();
            self.drive.poll(self.now, &mut out);
            let answer = self.device.answer(&out);
            if !answer.is_empty() {
                self.drive.receive(self.now, &answer);
            }
        }
    }

    fn order(&mut self, order: Order) -> Vec<u8> {
        let mut out = Vec::new();
        self.drive.order(self.now, order, &mut out);
        out
    }

    fn place(&self) -> Option<i32> {
        self.drive.status().position.map(|sample| sample.value)
    }
}

#[test]
fn a_device_set_as_a_table_needs_it_is_fit_and_says_where_it_is() {
    let mut bench = Bench::fit();
    assert_eq!(bench.place(), Some(2_000_000));
    bench.device.stands(2_100, 2_050);
    bench.run(50);
    assert_eq!(bench.place(), Some(2_100_000));
}

#[test]
fn whatever_does_not_stop_it_by_itself_makes_it_unfit_in_either_memory() {
    for (at, byte, why) in [
        (0x26, 0, "timeout is off"),
        (0x26, 51, "too long"),
        (0x2b, 0x2f, "not enabled"),
        (0x2a, 0xd0, "not enabled"),
        (0x50, 2, "coasts"),
        (0x03, 1, "not serial"),
        (0x01, 0, "not checked"),
        (0x01, 0x0a, "number"),
    ] {
        for both in [true, false] {
            let mut bench = Bench::new(Device::fit());
            bench.device.eeprom[at] = byte;
            if both {
                bench.device.set(at, byte);
            }
            bench.run(1_000);
            let Fitness::Unfit { reason } = bench.drive.fitness() else {
                panic!("{why}: {:?}", bench.drive.fitness())
            };
            assert!(reason.contains(why), "{why}: {reason}");
            assert_eq!(bench.place(), None);
        }
    }
}

#[test]
fn until_it_is_known_to_be_fit_every_motion_is_a_stop() {
    let mut bench = Bench::new(Device::fit());
    bench.device.set(0x26, 0);
    let moves = |heard: &Heard| matches!(heard, Heard::Command(Command::SetTarget(_)));
    let pushed = |bench: &mut Bench| {
        for _ in 0..100 {
            bench.run(10);
            let out = bench.order(Order::Position(2_100_000));
            bench.device.answer(&out);
        }
        bench.device.heard.iter().any(moves)
    };
    assert!(!pushed(&mut bench), "its timeout is off");
    bench.device.set(0x26, 25);
    bench.run(3_000);
    assert!(pushed(&mut bench), "set right it moves");
}

#[test]
fn settings_that_do_not_agree_twice_are_no_settings_and_one_set_right_is_seen() {
    let mut bench = Bench::new(Device::fit());
    bench.run(10);
    bench.device.set(0x26, 26);
    bench.run(300);
    assert_eq!(bench.drive.fitness(), Fitness::Unknown);
    bench.run(2_300);
    assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(260) });
}

#[test]
fn no_poll_clears_anything_and_an_act_clears_once() {
    let mut bench = Bench::fit();
    bench.device.halting(0x1000);
    bench.run(10_000);
    assert!(bench.drive.status().faults.timed_out);
    let reads = |heard: &Heard| matches!(heard, Heard::Command(Command::Read(_)));
    assert!(bench.device.heard.iter().all(reads));
    let mut out = Vec::new();
    bench.drive.forget_faults(bench.now, &mut out);
    bench.device.halting(0);
    bench.run(500);
    let acts = bench.device.heard.iter().filter(|h| **h == Heard::ForgetLatchedErrors).count();
    assert_eq!((acts, bench.drive.status().faults), (1, DriveFaults::default()));
}

#[test]
fn a_fault_is_one_when_it_is_seen_twice() {
    let mut bench = Bench::fit();
    let mut once = 0;
    for bits in [0x0002, 0, 0x0002, 0] {
        bench.device.halting(bits);
        bench.run(60);
        once += u32::from(bench.drive.status().faults.no_power);
    }
    assert_eq!(once, 0);
    bench.device.halting(0x0002);
    bench.run(200);
    assert!(bench.drive.status().faults.no_power);
}

#[test]
fn what_nobody_knows_is_told_and_the_rest_of_the_report_and_the_place_count() {
    let mut bench = Bench::fit();
    bench.device.halting(0x4002);
    bench.run(400);
    let status = bench.drive.status();
    assert!(status.faults.unknown && status.faults.no_power && !status.faults.broken);
    assert_eq!(status.unknown_bits, 0x4000);
    let fresh = |at: Timestamp| bench.now.since(at) <= Millis::new(60);
    assert!(status.position.is_some_and(|sample| fresh(sample.at)));
    assert!(status.heard.is_some_and(fresh) && status.current_ma.is_some());
}

#[test]
fn a_stop_overtakes_the_answer_that_is_waited_for_and_a_place_does_not() {
    let mut bench = Bench::fit();
    let mut out = Vec::new();
    while out.is_empty() {
        bench.now = bench.now.plus(Millis::new(1));
        bench.drive.poll(bench.now, &mut out);
    }
    assert!(bench.order(Order::Position(2_100_000)).is_empty());
    assert!(bench.order(Order::Position(2_200_000)).is_empty());
    let answer = bench.device.answer(&out);
    bench.drive.receive(bench.now, &answer);
    bench.device.heard.clear();
    bench.run(1);
    let target = Target::new(2_200).unwrap();
    assert_eq!(bench.device.heard.first(), Some(&Heard::Command(Command::SetTarget(target))));
    bench.run(30);
    let mut out = Vec::new();
    while out.is_empty() {
        bench.now = bench.now.plus(Millis::new(1));
        bench.order(Order::Position(2_200_000));
        bench.drive.poll(bench.now, &mut out);
    }
    bench.order(Order::Position(2_300_000));
    assert_eq!(bench.order(Order::Hold), [0xff, 0x4f]);
    bench.device.heard.clear();
    bench.run(100);
    let moves = |heard: &Heard| matches!(heard, Heard::Command(Command::SetTarget(_)));
    assert!(!bench.device.heard.iter().any(moves), "what waited is forgotten");
}

#[test]
fn orders_of_another_kind_hold() {
    let mut bench = Bench::fit();
    for order in [Order::Hold, Order::Cut, Order::Speed(1), Order::Duty(1)] {
        assert_eq!(bench.order(order), [0xff, 0x4f], "{order:?}");
    }
    for beyond in [-1_000, 4_096_000, i32::MAX] {
        assert_eq!(bench.order(Order::Position(beyond)), [0xff, 0x4f], "{beyond}");
    }
}

#[test]
fn a_report_that_contradicts_itself_is_no_position() {
    for (offset, bits) in [(0, 0x10), (5, 0x04), (7, 0x08), (6, 0x40)] {
        let mut bench = Bench::fit();
        bench.device.variables[offset] ^= bits;
        let before = bench.drive.status().position.map(|sample| sample.at);
        bench.run(300);
        assert_eq!(bench.drive.status().position.map(|sample| sample.at), before, "{offset}");
    }
}

#[test]
fn an_answer_that_comes_too_late_is_never_taken_for_the_next_one() {
    let mut bench = Bench::fit();
    // One answer hangs in the line for 50 ms; all later ones come behind it.
    let mut held = Vec::new();
    let mut wrong = 0;
    for turn in 0..400_u16 {
        bench.now = bench.now.plus(Millis::new(1));
        bench.device.stands(2_000 + turn, 2_000);
        let mut out = Vec::new();
        bench.drive.poll(bench.now, &mut out);
        let answer = bench.device.answer(&out);
        if !answer.is_empty() {
            let due = if turn < 30 { 50 } else { 2 };
            held.push((bench.now.plus(Millis::new(due)), answer));
        }
        while held.first().is_some_and(|(due, _)| *due <= bench.now) {
            let (_, answer) = held.remove(0);
            bench.drive.receive(bench.now, &answer);
        }
        let sample = bench.drive.status().position.unwrap();
        let said_at = i32::from(turn) - i32::try_from(bench.now.since(sample.at).get()).unwrap();
        wrong += i32::from(turn > 0 && (sample.value / 1_000 - 2_000 - said_at).abs() > 41);
    }
    assert_eq!(wrong, 0, "never older than it is said to be by more than an answer's time");
    assert!(bench.place().unwrap() > 2_350_000, "and it goes on afterwards");
}

#[test]
fn a_motion_that_nobody_renews_is_not_fed_by_questions() {
    let mut bench = Bench::fit();
    bench.order(Order::Position(2_100_000));
    bench.run(60);
    bench.device.heard.clear();
    bench.run(1_000);
    assert!(bench.device.heard.is_empty(), "{:?}", bench.device.heard);
    bench.order(Order::Hold);
    bench.run(50);
    assert!(!bench.device.heard.is_empty());
}

#[test]
fn a_device_that_restarted_is_read_anew() {
    let mut bench = Bench::fit();
    bench.device.variables[0x20..0x24].copy_from_slice(&60_000_u32.to_le_bytes());
    bench.run(1_200);
    bench.device.variables[0x20..0x24].copy_from_slice(&100_u32.to_le_bytes());
    bench.device.set(0x26, 0);
    bench.run(1_500);
    assert!(matches!(bench.drive.fitness(), Fitness::Unfit { .. }));
}

mod others;

#[test]
fn every_setting_that_is_read_is_in_what_it_says_of_itself() {
    let says = |at: usize, byte: u8, both: bool| {
        let mut device = Device::fit();
        device.eeprom[at] = byte;
        if both {
            device.ram[at] = byte;
        }
        let mut bench = Bench::new(device);
        bench.run(300);
        antipode_guardian::line_of(bench.drive.facts())
    };
    let usual = says(0x26, 25, true);
    assert!(usual.contains("time-out: 250 ms"), "{usual}");
    // Time-out, number, errors, options, feedback, dead zone, loop, ramps, duty.
    for (at, byte) in [
        (0x26, 24),
        (0x28, 12),
        (0x2c, 0x10),
        (0x01, 0x82),
        (0x1d, 7),
        (0x21, 0x10),
        (0x22, 3),
        (0x51, 9),
        (0x5a, 9),
        (0x60, 21),
        (0x66, 41),
        (0x68, 87),
    ] {
        for both in [true, false] {
            assert_ne!(says(at, byte, both), usual, "{at:#x}");
        }
    }
}
