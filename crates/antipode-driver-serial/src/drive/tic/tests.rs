use super::*;
use crate::codec::pololu::tic::{CommandReader, Heard};

/// A device as its memory has it.
struct Bench {
    drive: TicDrive,
    settings: [u8; 0x60],
    variables: [u8; 0x40],
    heard: Vec<Heard>,
    now: Timestamp,
}

impl Bench {
    fn new() -> Self {
        let mut settings = [0; 0x60];
        let mut variables = [0; 0x40];
        settings[0x07] = 14;
        settings[0x09..0x0b].copy_from_slice(&1_000_u16.to_le_bytes());
        settings[0x0b] = 1;
        settings[0x31] = 0xff;
        settings[0x53] = 2;
        variables[0] = 10;
        variables[1] = 1;
        for (at, value) in [(0x16, 40_000_000_u32), (0x1a, 1_000_000), (0x1e, 1_000_000)] {
            variables[at..at + 4].copy_from_slice(&value.to_le_bytes());
        }
        let drive = TicDrive::new(TicSetup::default());
        Self { drive, settings, variables, heard: Vec::new(), now: Timestamp::from_millis(1_000) }
    }

    fn fit() -> Self {
        let mut bench = Self::new();
        bench.run(200);
        assert_eq!(bench.drive.fitness(), Fitness::Fit { timeout: Millis::new(1_000) });
        bench
    }

    fn run(&mut self, ms: u64) {
        for _ in 0..ms {
            self.now = self.now.plus(Millis::new(1));
            let mut out = Vec::new();
            self.drive.poll(self.now, &mut out);
            let answer = self.answer(&out);
            if !answer.is_empty() {
                self.drive.receive(self.now, &answer);
            }
        }
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut answer = Vec::new();
        let Self { settings, variables, heard, .. } = self;
        CommandReader::new(TicSetup::default().framing).feed(bytes, |command| {
            let command = command.unwrap();
            heard.push(command);
            if let Heard::Command(Command::Read(read)) = command {
                let (from, (offset, len)): (&[u8], _) = match read {
                    Read::Variables(block) => (&*variables, block.span()),
                    Read::Settings(block) => (&*settings, block.span()),
                };
                let part = usize::from(offset)..usize::from(offset) + usize::from(len);
                answer.extend_from_slice(&from[part]);
            }
        });
        answer
    }

    fn order(&mut self, order: Order) -> Vec<u8> {
        let mut out = Vec::new();
        self.drive.order(self.now, order, &mut out);
        out
    }
}

#[test]
fn a_device_set_as_a_table_needs_it_is_fit_and_never_says_where_the_bed_is() {
    let mut bench = Bench::fit();
    bench.run(1_000);
    let status = bench.drive.status();
    assert!(status.position.is_none() && status.supply_mv.is_some());
    assert_eq!(status.faults, DriveFaults::default());
}

#[test]
fn whatever_lets_the_bed_go_or_starts_by_itself_makes_it_unfit() {
    for (at, bytes, why) in [
        (0x09, &[0_u8, 0][..], "timeout is off"),
        (0x09, &[0xe9, 3], "too long"),
        (0x03, &[1], "safe start"),
        (0x53, &[0], "lets the motor go"),
        (0x53, &[3], "by itself"),
        (0x01, &[1], "not serial"),
        (0x31, &[9], "another current"),
    ] {
        let mut bench = Bench::new();
        bench.settings[at..at + bytes.len()].copy_from_slice(bytes);
        bench.run(300);
        let Fitness::Unfit { reason } = bench.drive.fitness() else {
            panic!("{why}: {:?}", bench.drive.fitness())
        };
        assert!(reason.contains(why), "{why}: {reason}");
    }
    let mut slow = Bench::new();
    slow.variables[0x1a..0x1e].copy_from_slice(&300_000_u32.to_le_bytes());
    slow.run(300);
    assert_eq!(slow.drive.fitness(), Fitness::Unfit { reason: TOO_SLOW });
}

#[test]
fn until_it_is_known_to_be_fit_every_motion_is_a_halt() {
    let mut bench = Bench::new();
    bench.settings[0x09..0x0b].fill(0);
    let moves = |heard: &Heard| matches!(heard, Heard::Command(Command::SetTargetVelocity(_)));
    let pushed = |bench: &mut Bench| {
        for _ in 0..100 {
            bench.run(10);
            let out = bench.order(Order::Speed(200_000));
            bench.answer(&out);
        }
        bench.heard.iter().any(moves)
    };
    assert!(!pushed(&mut bench), "its timeout is off");
    bench.settings[0x09..0x0b].copy_from_slice(&1_000_u16.to_le_bytes());
    bench.run(3_000);
    assert!(pushed(&mut bench), "set right it moves");
}

#[test]
fn speeds_are_said_in_its_own_unit_and_a_stop_overtakes_an_answer() {
    let mut bench = Bench::fit();
    // 200 pulses a second, as in the vendor's vector.
    bench.run(5);
    let said = bench.order(Order::Speed(200_000));
    let said = if said.is_empty() {
        let mut out = Vec::new();
        bench.run(3);
        out.extend(bench.order(Order::Speed(200_000)));
        out
    } else {
        said
    };
    assert_eq!(said.get(..6), Some(&[0xe3, 0x03, 0x00, 0x04, 0x1e, 0x00][..]));
    let mut out = Vec::new();
    while out.is_empty() {
        bench.now = bench.now.plus(Millis::new(1));
        bench.drive.poll(bench.now, &mut out);
    }
    assert!(bench.order(Order::Speed(100_000)).is_empty());
    assert_eq!(bench.order(Order::Hold), [0x89, 0x45]);
    assert_eq!(bench.order(Order::Cut), [0x89, 0x45], "nothing else is known to hold it");
    assert_eq!(bench.order(Order::Speed(i32::MAX)), [], "it waits, and is no speed of this device");
    bench.heard.clear();
    let answer = bench.answer(&out);
    bench.drive.receive(bench.now, &answer);
    bench.heard.clear();
    bench.run(2);
    assert_eq!(bench.heard.first(), Some(&Heard::Command(Command::HaltAndHold)));
}

#[test]
fn no_poll_clears_anything_or_feeds_it_and_an_act_starts_it_once() {
    let mut bench = Bench::fit();
    bench.variables[0] = 4;
    bench.variables[2..4].copy_from_slice(&0x00c0_u16.to_le_bytes());
    bench.run(5_000);
    assert!(bench.drive.status().faults.timed_out);
    let reads = |heard: &Heard| matches!(heard, Heard::Command(Command::Read(_)));
    assert!(bench.heard.iter().all(reads));
    let mut out = Vec::new();
    bench.drive.forget_faults(bench.now, &mut out);
    bench.heard.clear();
    bench.run(1_000);
    let acts: Vec<_> = bench.heard.iter().filter(|heard| !reads(heard)).copied().collect();
    let energize = Heard::Command(Command::Energize);
    assert_eq!(acts, [Heard::ClearDriverError, energize, Heard::ExitSafeStart]);
}

#[test]
fn each_error_is_what_it_is_and_only_a_stop_input_is_a_stop() {
    for (bits, look) in [
        (2_u16, (|f| f.over_current && !f.unknown) as fn(DriveFaults) -> bool),
        (4, |f| f.no_power && !f.stop_open),
        (8, |f| f.stop_open && !f.no_power),
        (0x100, |f| f.stop_open),
        (0x10, |f| f.broken),
        (0x200, |f| f.unknown && !f.broken),
        (0x20, |f| f.line),
        (1, |f| f.timed_out),
    ] {
        let mut bench = Bench::fit();
        bench.variables[0] = 4;
        bench.variables[2..4].copy_from_slice(&bits.to_le_bytes());
        bench.run(300);
        assert!(look(bench.drive.status().faults), "{bits:#x}");
    }
}

#[test]
fn errors_that_it_no_longer_tells_are_not_taken_for_none() {
    let mut bench = Bench::fit();
    // An operation that nobody knows: the report is no answer, while its supply is told.
    bench.variables[0] = 77;
    bench.run(300);
    assert!(!bench.drive.status().faults.unknown);
    bench.run(1_000);
    let status = bench.drive.status();
    assert!(status.faults.unknown);
    assert!(bench.now.since(status.heard.unwrap()) < Millis::new(600), "it is heard all the time");
    bench.variables[0] = 10;
    bench.run(300);
    assert_eq!(bench.drive.status().faults, DriveFaults::default());
}
