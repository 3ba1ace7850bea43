//! Drives of this crate against the simulated devices of another author's reading of the same
//! manuals, in virtual time, with a true bed behind them. What is asserted is where the bed is.

use antipode_device::{Dialect, RoboClawMotion, RoboClawMotor, RoboClawSettings};
use antipode_guardian::{Drive, Fitness, Order};
use antipode_safety::{Millis, Timestamp};
use antipode_sim::device::{self, DeviceFault, DeviceSetup, DriveSetup, Feeding, SerialTable};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::pty::LineEnd;
use core::num::{NonZeroU8, NonZeroU32};

use super::bench::{COUNTER, model};
use super::jrk::{JrkDrive, JrkSetup};
use super::roboclaw::RoboClaw;
use super::tic::{TicDrive, TicSetup};

/// The guardian gives an order this often, milliseconds.
const TURN_MS: u64 = 10;
/// How far the tilt of a believed position may be from every true one of the last quarter of a
/// second: backlash and noise of the sensor, in millidegrees.
const WITHIN_MDEG: i32 = 500;
const RECENT: Millis = Millis::new(250);

/// A drive and a device on one line, one millisecond after another.
struct Meeting {
    drive: Box<dyn Drive>,
    table: SerialTable,
    /// The furthest that the tilt of a believed position lay from every true one of the last quarter
    /// of a second, in millidegrees.
    worst_mdeg: i32,
    /// Positions believed.
    believed: u32,
    truth: Vec<(Timestamp, i32)>,
    sampled: Option<Timestamp>,
}

impl Meeting {
    fn new(drive: Box<dyn Drive>, setup: &DeviceSetup) -> Self {
        Self {
            drive,
            table: SerialTable::new(setup, 1),
            worst_mdeg: 0,
            believed: 0,
            truth: Vec::new(),
            sampled: None,
        }
    }

    fn jrk() -> Self {
        Self::new(Box::new(JrkDrive::new(JrkSetup::default())), &DeviceSetup::jrk())
    }

    /// One whose timeout every question feeds, for the maker does not say that none does.
    fn jrk_that_any_question_feeds() -> Self {
        let mut jrk = device::JrkSetup::fit();
        jrk.feeding = Feeding::Any;
        let setup = DeviceSetup { drive: DriveSetup::Jrk(jrk), ..DeviceSetup::jrk() };
        Self::new(Box::new(JrkDrive::new(JrkSetup::default())), &setup)
    }

    fn tic() -> Self {
        Self::new(Box::new(TicDrive::new(TicSetup::default())), &DeviceSetup::tic())
    }

    fn roboclaw() -> Self {
        let settings = RoboClawSettings {
            address: 0x80,
            motor: RoboClawMotor::M1,
            motion: RoboClawMotion::Duty,
            counts_per_unit: NonZeroU32::new(500).unwrap(),
            counter: COUNTER,
            timeout_tenths: NonZeroU8::new(3).unwrap(),
            reply_timeout: Millis::new(40),
            turnaround: Millis::new(3),
            drain_quiet: Millis::new(100),
        };
        let drive = RoboClaw::new(&model(Dialect::RoboClaw(settings)), &settings).unwrap();
        // Its counter is absolute: it comes back from a restart as what the settings say.
        let claw =
            device::RoboClawSetup { keeps_place: true, ..device::RoboClawSetup::delivered() };
        let drive_setup = DriveSetup::RoboClaw(claw);
        let setup = DeviceSetup { drive: drive_setup, ..DeviceSetup::roboclaw() };
        Self::new(Box::new(drive), &setup)
    }

    fn tilt(&self) -> i32 {
        self.table.plant().true_tilt_mdeg()
    }

    /// Lets `ms` milliseconds pass, with `order` said every ten of them.
    fn run(&mut self, ms: u64, order: Option<Order>) {
        for _ in 0..ms {
            let now = Timestamp::from_millis(self.table.now_ms() + 1);
            self.table.advance(now);
            let mut bytes = Vec::new();
            self.table.say(0, &mut bytes);
            if !bytes.is_empty() {
                self.drive.receive(now, &bytes);
            }
            let mut out = Vec::new();
            if let Some(order) = order
                && now.as_millis().is_multiple_of(TURN_MS)
            {
                self.drive.order(now, order, &mut out);
            }
            if now >= self.drive.next_poll() {
                self.drive.poll(now, &mut out);
            }
            self.table.hear(0, &out);
            self.compare(now);
        }
    }

    /// Holds what the drive believes against where the bed has just been.
    fn compare(&mut self, now: Timestamp) {
        self.truth.push((now, self.tilt()));
        let Some(sample) = self.drive.status().position else { return };
        if self.sampled.replace(sample.at) == Some(sample.at) {
            return;
        }
        let believed = self.table.linkage().tilt_at(sample.value);
        let recent = self.truth.iter().rev().take_while(|(at, _)| sample.at.since(*at) <= RECENT);
        let off = recent.map(|(_, tilt)| (believed - tilt).abs()).min();
        self.worst_mdeg = self.worst_mdeg.max(off.unwrap_or(i32::MAX));
        self.believed += 1;
    }

    /// Reads the device until the drive has made up its mind.
    fn fitness(&mut self) -> Fitness {
        for _ in 0..50 {
            self.run(100, Some(Order::Hold));
            match self.drive.fitness() {
                Fitness::Unknown => {}
                known @ (Fitness::Fit { .. } | Fitness::Unfit { .. }) => return known,
            }
        }
        Fitness::Unknown
    }
}

const HEAD_DOWN: Order = Order::Position(3_400_000);
const PUSH: Order = Order::Duty(500);

#[test]
fn a_device_that_is_set_as_it_must_be_is_fit_by_its_own_timeout() {
    for (mut meeting, timeout_ms) in
        [(Meeting::jrk(), 250), (Meeting::tic(), 1_000), (Meeting::roboclaw(), 300)]
    {
        let expected = Fitness::Fit { timeout: Millis::new(timeout_ms) };
        assert_eq!(meeting.fitness(), expected);
    }
}

#[test]
fn a_timeout_that_is_off_is_found_in_the_device_and_refused() {
    for mut meeting in [Meeting::jrk(), Meeting::tic(), Meeting::roboclaw()] {
        meeting.table.set_device_fault(DeviceFault::TimeoutOff, true);
        assert!(!matches!(meeting.fitness(), Fitness::Fit { .. }));
    }
}

#[test]
fn an_order_turns_the_true_bed_and_the_position_is_where_it_is() {
    for (mut meeting, order) in [(Meeting::jrk(), HEAD_DOWN), (Meeting::roboclaw(), PUSH)] {
        meeting.fitness();
        let start = meeting.tilt();
        meeting.run(4_000, Some(order));
        assert!(meeting.tilt() > start + 5_000, "{order:?}: {}", meeting.tilt());
        assert!(meeting.drive.status().position.is_some(), "{order:?}");
        assert!(meeting.worst_mdeg < WITHIN_MDEG, "{order:?}: {}", meeting.worst_mdeg);
        meeting.run(1_000, Some(Order::Hold));
        let held = meeting.tilt();
        meeting.run(3_000, Some(Order::Hold));
        assert!((meeting.tilt() - held).abs() < 100, "{order:?} is held");
    }
}

#[test]
fn a_host_that_only_watches_after_its_last_order_keeps_nothing_moving() {
    for (mut meeting, order) in [
        (Meeting::jrk(), HEAD_DOWN),
        (Meeting::jrk_that_any_question_feeds(), HEAD_DOWN),
        (Meeting::roboclaw(), PUSH),
    ] {
        meeting.fitness();
        meeting.run(1_500, Some(order));
        assert!(meeting.table.motor_speed() > 0, "{order:?}");
        // The guardian hangs: it gives no order any more, while its port still polls.
        meeting.run(1_000, None);
        assert_eq!(meeting.table.motor_speed(), 0, "{order:?}");
        let stands = meeting.tilt();
        meeting.run(10_000, None);
        assert!((meeting.tilt() - stands).abs() < 100, "{order:?}");
    }
}

#[test]
fn whatever_the_device_says_no_wrong_position_is_believed() {
    for fault in [
        DeviceFault::LateAnswer,
        DeviceFault::DoubleAnswer,
        DeviceFault::OverLongAnswer,
        DeviceFault::WrongUnit,
        DeviceFault::BadCheck,
        DeviceFault::Garbage,
        DeviceFault::Mute,
    ] {
        for (mut meeting, order) in [(Meeting::jrk(), HEAD_DOWN), (Meeting::roboclaw(), PUSH)] {
            meeting.fitness();
            meeting.run(1_000, Some(order));
            meeting.table.set_device_fault(fault, true);
            meeting.run(2_000, Some(order));
            meeting.table.set_device_fault(fault, false);
            meeting.run(2_000, Some(order));
            assert!(
                meeting.worst_mdeg < WITHIN_MDEG,
                "{fault:?} {order:?}: {}",
                meeting.worst_mdeg
            );
            assert!(meeting.believed > 50, "{fault:?} {order:?}: {}", meeting.believed);
        }
    }
}

#[test]
fn whatever_the_wire_does_no_wrong_position_is_believed() {
    let noisy = |kind, rate| Fault { rate_permille: Some(rate), ..Fault::at(kind, 3_000) };
    for fault in [
        noisy(FaultKind::Drop, 200),
        noisy(FaultKind::Truncate, 200),
        noisy(FaultKind::Duplicate, 300),
        noisy(FaultKind::Reorder, 300),
        Fault::at(FaultKind::Jitter, 3_000),
        Fault::at(FaultKind::BurstNoise, 3_000),
        Fault::at(FaultKind::TableResetLoop, 3_000),
    ] {
        for (mut meeting, order) in [(Meeting::jrk(), HEAD_DOWN), (Meeting::roboclaw(), PUSH)] {
            meeting.table.add_fault(fault.lasting(4_000));
            meeting.run(9_000, Some(order));
            assert!(
                meeting.worst_mdeg < WITHIN_MDEG,
                "{fault:?} {order:?}: {}",
                meeting.worst_mdeg
            );
            assert!(meeting.believed > 50, "{fault:?} {order:?}: {}", meeting.believed);
        }
    }
}
