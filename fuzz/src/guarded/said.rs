//! Whether bytes for a drive move it, read as the drive reads them.

use antipode_device::{Dialect, ModbusMotion};
use antipode_driver_serial::codec::modbus::{Request, Write};
use antipode_driver_serial::codec::pololu::{Addressing, Framing, jrk, tic};
use antipode_driver_serial::codec::roboclaw::Command as Claw;

use super::rig::Kind;

/// As the Pololu drives of these tables are set.
const FRAMING: Framing = Framing { addressing: Addressing::Compact, crc: true };

/// Whether `bytes` order a motion of a drive of `kind`.
///
/// # Panics
/// On bytes that are no command of the dialect: a guardian writes whole commands.
pub(super) fn moves(kind: &Kind, bytes: &[u8]) -> bool {
    match &kind.dialect {
        // The tests of the Pololu drives make them without a model, so only the name tells.
        _ if kind.name.starts_with("jrk") => jrk_moves(bytes),
        _ if kind.name == "tic" => tic_moves(bytes),
        Dialect::RoboClaw(_) => roboclaw(bytes),
        Dialect::Modbus(profile) => modbus(&profile.motion, bytes),
        Dialect::Jrk(_) => jrk_moves(bytes),
        Dialect::Tic(_) => tic_moves(bytes),
    }
}

fn jrk_moves(bytes: &[u8]) -> bool {
    let mut moves = false;
    jrk::CommandReader::new(FRAMING).feed(bytes, |heard| {
        let heard = heard.unwrap_or_else(|error| panic!("{bytes:02x?}: {error}"));
        moves |= match heard {
            jrk::Heard::Command(jrk::Command::SetTarget(_)) => true,
            jrk::Heard::Command(
                jrk::Command::Stop | jrk::Command::Limit(_) | jrk::Command::Read(_),
            )
            | jrk::Heard::ForgetLatchedErrors => false,
            never @ (jrk::Heard::ForceDutyTarget(_) | jrk::Heard::NeverSent(_)) => {
                panic!("{never:?} was said")
            }
        };
    });
    moves
}

fn tic_moves(bytes: &[u8]) -> bool {
    let mut moves = false;
    tic::CommandReader::new(FRAMING).feed(bytes, |heard| {
        let heard = heard.unwrap_or_else(|error| panic!("{bytes:02x?}: {error}"));
        moves |= match heard {
            tic::Heard::Command(tic::Command::SetTargetVelocity(velocity)) => velocity.get() != 0,
            tic::Heard::Command(tic::Command::SetTargetPosition(_)) => true,
            tic::Heard::Command(
                tic::Command::HaltAndHold
                | tic::Command::ResetCommandTimeout
                | tic::Command::Energize
                | tic::Command::EnterSafeStart
                | tic::Command::LimitSpeed(_)
                | tic::Command::LimitDeceleration(_)
                | tic::Command::LimitAcceleration(_)
                | tic::Command::Read(_),
            )
            | tic::Heard::ExitSafeStart
            | tic::Heard::ForgetErrorsOccurred
            | tic::Heard::ClearDriverError
            | tic::Heard::Deenergize => false,
            tic::Heard::NeverSent(raw) => panic!("{raw:?} was said"),
        };
    });
    moves
}

fn roboclaw(mut bytes: &[u8]) -> bool {
    let mut moves = false;
    while !bytes.is_empty() {
        let found = (1..=bytes.len()).find_map(|len| {
            let (first, rest) = bytes.split_at(len);
            Some((Claw::decode(first).ok()?.1, rest))
        });
        let Some((command, rest)) = found else { panic!("{bytes:02x?} is no command") };
        bytes = rest;
        moves |= match command {
            Claw::Duty(_, duty) => duty.raw() != 0,
            Claw::Speed(_, speed) => speed != 0,
            Claw::Position(..) => true,
            Claw::SetTimeout(_)
            | Claw::GetTimeout
            | Claw::Encoder(_)
            | Claw::Version
            | Claw::MainBattery
            | Claw::LogicBattery
            | Claw::Currents
            | Claw::Temperature(_)
            | Claw::Status => false,
        };
    }
    moves
}

fn modbus(motion: &ModbusMotion, mut bytes: &[u8]) -> bool {
    let mut moves = false;
    while !bytes.is_empty() {
        let found = (1..=bytes.len()).find_map(|len| {
            let (first, rest) = bytes.split_at(len);
            Some((Request::decode(first).ok()?.1, rest))
        });
        let Some((request, rest)) = found else { panic!("{bytes:02x?} is no request") };
        bytes = rest;
        let Request::Write(Write::Register { at, value }) = request else { continue };
        moves |= match motion {
            ModbusMotion::Jog { out, inward } => {
                [out, inward].iter().any(|jog| (jog.addr, jog.value) == (at, value))
            }
            ModbusMotion::Position { target, run } => {
                at == target.addr || (run.addr, run.value) == (at, value)
            }
        };
    }
    moves
}
