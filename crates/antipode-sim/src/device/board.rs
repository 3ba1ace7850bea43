//! What every drive's board is to the table that it turns.

use super::fault::{DeviceFault, DeviceFaults};
use super::jrk::Jrk;
use super::modbus::ModbusDrive;
use super::reply::Replies;
use super::roboclaw::RoboClaw;
use super::tic::Tic;

/// Which commands keep a device's timeout from running out, where its maker does not say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Feeding {
    /// Those that move.
    Motion,
    /// Every valid one, a question too: a host that only watches keeps the motor going.
    Any,
}

/// What a board measures now.
#[derive(Clone, Copy, Debug)]
pub(super) struct Felt {
    /// Time since the table began, milliseconds. A board counts its own from its start.
    pub(super) now_ms: u64,
    /// Its own position sensor in thousandths of the stroke's unit; none when torn off.
    pub(super) stroke: Option<i32>,
    pub(super) current_ma: u32,
    pub(super) supply_mv: u32,
    pub(super) temperature_c: i8,
    pub(super) faults: DeviceFaults,
}

impl Felt {
    pub(super) const fn has(&self, fault: DeviceFault) -> bool {
        self.faults.has(fault)
    }
}

/// What a board does to its motor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Push {
    /// The motor is shorted or holds: the drive train stands.
    Hold,
    /// The motor is let go.
    Coast,
    /// The motor runs the stroke at this speed, thousandths of its unit a second.
    Speed(i32),
}

/// The board of one maker.
#[derive(Clone, Debug)]
pub(super) enum Board {
    Jrk(Jrk),
    Tic(Tic),
    RoboClaw(RoboClaw),
    Modbus(ModbusDrive),
    /// Nothing: only a sensor is served.
    None,
}

impl Board {
    /// Takes bytes from the line and answers.
    pub(super) fn hear(&mut self, felt: &Felt, bytes: &[u8], replies: &mut Replies) {
        match self {
            Self::Jrk(jrk) => jrk.hear(felt, bytes, replies),
            Self::Tic(tic) => tic.hear(felt, bytes, replies),
            Self::RoboClaw(claw) => claw.hear(felt, bytes, replies),
            Self::Modbus(drive) => drive.hear(felt, bytes, replies),
            Self::None => {}
        }
    }

    /// One turn of its loop.
    pub(super) fn turn(&mut self, felt: &Felt) -> Push {
        match self {
            Self::Jrk(jrk) => jrk.turn(felt),
            Self::Tic(tic) => tic.turn(felt),
            Self::RoboClaw(claw) => claw.turn(felt),
            Self::Modbus(drive) => drive.turn(felt),
            Self::None => Push::Hold,
        }
    }

    /// It starts anew: what was only in its memory is gone.
    pub(super) fn restart(&mut self, now_ms: u64) {
        match self {
            Self::Jrk(jrk) => jrk.restart(now_ms),
            Self::Tic(tic) => tic.restart(now_ms),
            Self::RoboClaw(claw) => claw.restart(now_ms),
            Self::Modbus(drive) => drive.restart(now_ms),
            Self::None => {}
        }
    }
}
