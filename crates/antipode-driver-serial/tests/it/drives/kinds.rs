//! The kinds of table that are tried.

use antipode_device::{
    CommandWrite, Dialect, DriveCondition, DriveModel, EnumRead, FedBy, HostLoss, ModbusMotion,
    ModbusProfile, ModbusReads, ModbusTiming, NumberKind, NumberRead, PositionRead, Register,
    RegisterBank, RoboClawMotion, RoboClawMotor, RoboClawSettings, RunState, Scale, TargetWrite,
    ValidBit, WriteFunction, WriteProof,
};
use antipode_driver_serial::drive::jrk::{JrkDrive, JrkSetup};
use antipode_driver_serial::drive::modbus::ModbusDrive;
use antipode_driver_serial::drive::roboclaw::RoboClaw;
use antipode_driver_serial::drive::tic::{TicDrive, TicSetup};
use antipode_guardian::{AngleFrom, Drive, Following};
use antipode_safety::Millis;
use antipode_sim::device::{DeviceSetup, DriveSetup, ModbusSetup, RoboClawSetup};
use core::num::{NonZeroU8, NonZeroU32};

use super::rig::{COUNTER, Kind};

pub(crate) fn kinds() -> Vec<Kind> {
    vec![duty(), speed(), place(), jog()]
}

/// Those of Pololu, each with the angles that it may have.
pub(crate) fn pololu() -> Vec<Kind> {
    vec![jrk("jrk", AngleFrom::Drive), jrk("jrk and sensor", AngleFrom::DriveAndSensor), tic()]
}

pub(crate) fn jrk(name: &'static str, angle: AngleFrom) -> Kind {
    Kind {
        name,
        setup: DeviceSetup::jrk(),
        counts: 1,
        points: vec![(400_000, -75_000), (2_400_000, 0), (3_600_000, 30_000), (3_950_000, 38_000)],
        following: Following::Position,
        angle,
        make: |_| Box::new(JrkDrive::new(JrkSetup::default())),
        timeout: Millis::new(250),
        ..duty()
    }
}

pub(crate) fn tic() -> Kind {
    Kind {
        name: "tic",
        setup: DeviceSetup::tic(),
        counts: 400,
        points: vec![(0, -75_000), (150_000, 0), (220_000, 30_000), (320_000, 70_000)],
        following: Following::Speed,
        angle: AngleFrom::Sensor,
        make: |_| Box::new(TicDrive::new(TicSetup { self_locking: true, ..TicSetup::default() })),
        timeout: Millis::new(1_000),
        ..duty()
    }
}

/// RoboClaws as they come back from a restart: saying so or not, knowing where they are or counting
/// from 0; those that do not know it, with a sensor beside them or without.
pub(crate) fn restarting() -> Vec<(RoboClawSetup, Kind)> {
    let mut all = Vec::new();
    for kind in [duty(), speed()] {
        for tells_start_ms in [0, 500] {
            for (keeps_place, angle) in [
                (true, AngleFrom::Drive),
                (false, AngleFrom::Drive),
                (false, AngleFrom::DriveAndSensor),
            ] {
                let claw = RoboClawSetup { keeps_place, tells_start_ms, ..claw() };
                let drive = DriveSetup::RoboClaw(claw.clone());
                let setup = DeviceSetup { drive, ..DeviceSetup::roboclaw() };
                all.push((claw, Kind { setup, angle, ..kind.clone() }));
            }
        }
    }
    all
}

fn claw() -> RoboClawSetup {
    RoboClawSetup { resumes: true, ..RoboClawSetup::delivered() }
}

fn roboclaw(name: &'static str, motion: RoboClawMotion, following: Following) -> Kind {
    Kind {
        name,
        setup: DeviceSetup { drive: DriveSetup::RoboClaw(claw()), ..DeviceSetup::roboclaw() },
        counts: 1,
        points: vec![
            (1_000_000, -75_000),
            (1_150_000, 0),
            (1_220_000, 30_000),
            (1_320_000, 70_000),
        ],
        following,
        runs_on: Millis::ZERO,
        baud: 115_200,
        dialect: Dialect::RoboClaw(RoboClawSettings {
            address: 0x80,
            motor: RoboClawMotor::M1,
            motion,
            counts_per_unit: NonZeroU32::new(500).unwrap(),
            counter: COUNTER,
            timeout_tenths: NonZeroU8::new(3).unwrap(),
            reply_timeout: Millis::new(40),
            turnaround: Millis::new(3),
            drain_quiet: Millis::new(100),
        }),
        angle: AngleFrom::Drive,
        make: |model| {
            let Dialect::RoboClaw(settings) = &model.dialect else { panic!("{:?}", model.dialect) };
            Box::new(RoboClaw::new(model, settings).unwrap())
        },
        timeout: Millis::new(300),
    }
}

pub(crate) fn duty() -> Kind {
    roboclaw("duty", RoboClawMotion::Duty, Following::Duty { full_rate: 5_000 })
}

fn speed() -> Kind {
    roboclaw("speed", RoboClawMotion::Speed, Following::Speed)
}

fn modbus(model: &DriveModel) -> Box<dyn Drive> {
    let Dialect::Modbus(profile) = &model.dialect else { panic!("{:?}", model.dialect) };
    Box::new(ModbusDrive::new(model, profile).unwrap())
}

fn number(bank: RegisterBank, addr: u16, kind: NumberKind, scale: [u32; 2]) -> NumberRead {
    let [thousandths, counts] = scale.map(|part| NonZeroU32::new(part).unwrap());
    NumberRead { register: Register { bank, addr }, kind, scale: Scale { thousandths, counts } }
}

fn timing(reads: u8, reply: u64, drain: u64) -> ModbusTiming {
    ModbusTiming {
        reply_timeout: Millis::new(reply),
        turnaround: Millis::new(3),
        drain_quiet: Millis::new(drain),
        stop_patience: Millis::new(20),
        stop_attempts: NonZeroU8::new(5).unwrap(),
        max_reads_per_s: NonZeroU8::new(reads).unwrap(),
    }
}

/// An actuator that goes to a place, with the timeout that its maker may have.
pub(crate) fn place() -> Kind {
    let (input, proof) = (RegisterBank::Input, WriteProof::ReadBack);
    let command = |value| CommandWrite { function: WriteFunction::Register, addr: 2, value, proof };
    let tenths = NumberRead { ..number(input, 0, NumberKind::U16, [100, 1]) };
    let timeout = ModbusSetup::TIMEOUT_REGISTER;
    let profile = ModbusProfile {
        unit: 1,
        timing: timing(60, 60, 150),
        host_loss: HostLoss::Register {
            timeout: number(RegisterBank::Holding, timeout, NumberKind::U16, [1_000, 1]),
            action: None,
            fed_by: FedBy::Writes,
        },
        require_readback: true,
        identity: Vec::new(),
        reads: ModbusReads {
            position: PositionRead {
                number: tenths,
                valid: Some(ValidBit { addr: 2, bit: 0 }),
                counter: COUNTER,
            },
            run_state: Some(EnumRead {
                register: Register { bank: input, addr: 3 },
                map: vec![(0, RunState::Idle), (1, RunState::Out), (2, RunState::In)],
            }),
            stop_reason: Some(EnumRead {
                register: Register { bank: input, addr: 5 },
                map: vec![
                    (0, DriveCondition::Well),
                    (1, DriveCondition::Well),
                    (2, DriveCondition::TimedOut),
                ],
            }),
            fault: None,
            current: None,
            supply: None,
        },
        motion: ModbusMotion::Position {
            target: TargetWrite {
                function: WriteFunction::Register,
                addr: 1,
                kind: NumberKind::U16,
                scale: tenths.scale,
                bounds: [200_000, 380_000],
                horizon: NonZeroU32::new(8_000).unwrap(),
                proof,
            },
            run: command(1),
        },
        stop: command(0),
        stop_is_placeholder: false,
        clear: None,
    };
    let setup = ModbusSetup { timeout_ms: 400, ..ModbusSetup::linak() };
    Kind {
        name: "place",
        setup: DeviceSetup { drive: DriveSetup::Modbus(setup), ..DeviceSetup::linak() },
        counts: 1,
        points: vec![(200_000, -20_000), (300_000, 0), (380_000, 20_000)],
        following: Following::Position,
        runs_on: Millis::ZERO,
        baud: 19_200,
        dialect: Dialect::Modbus(profile),
        angle: AngleFrom::Drive,
        make: modbus,
        timeout: Millis::new(400),
    }
}

/// A stepper that moves while JOG is written.
fn jog() -> Kind {
    let holding = RegisterBank::Holding;
    let command = |addr, value| CommandWrite {
        function: WriteFunction::Register,
        addr,
        value,
        proof: WriteProof::Echo,
    };
    let profile = ModbusProfile {
        unit: 1,
        timing: timing(100, 25, 60),
        host_loss: HostLoss::JogRepeat { within: Millis::new(100) },
        require_readback: false,
        identity: Vec::new(),
        reads: ModbusReads {
            position: PositionRead {
                number: number(holding, 0x1014, NumberKind::I32, [1_000, 10_000]),
                valid: None,
                counter: COUNTER,
            },
            run_state: None,
            stop_reason: None,
            fault: Some(EnumRead {
                register: Register { bank: holding, addr: 0x2203 },
                map: vec![(0, DriveCondition::Well)],
            }),
            current: None,
            supply: None,
        },
        motion: ModbusMotion::Jog { out: command(0x1801, 0x4001), inward: command(0x1801, 0x4002) },
        stop: command(0x6002, 0x40),
        stop_is_placeholder: false,
        clear: None,
    };
    Kind {
        name: "jog",
        setup: DeviceSetup::leadshine(),
        counts: 1,
        points: vec![(200_000, -20_000), (240_000, 0), (275_000, 20_000)],
        following: Following::Jog { speed: 2_000 },
        runs_on: Millis::new(100),
        baud: 115_200,
        dialect: Dialect::Modbus(profile),
        angle: AngleFrom::Drive,
        make: modbus,
        timeout: Millis::new(100),
    }
}
