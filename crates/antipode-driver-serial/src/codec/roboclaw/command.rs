//! What a host says to the drive.

use core::fmt;
use core::num::NonZeroU32;

use super::{Address, Packet, Timeout, crc16};

/// One of the two motors of a drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motor {
    /// Motor 1.
    M1,
    /// Motor 2.
    M2,
}

/// One of the two temperature sensors of a drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensor {
    /// Sensor 1, which every model has.
    First,
    /// Sensor 2, which some models have.
    Second,
}

/// Share of the supply at a motor, -32767..=32767; the sign is the direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Duty(i16);

impl Duty {
    /// The motor is not driven.
    pub const ZERO: Self = Self(0);

    /// A duty of `raw` of 32767 parts, `None` for the one value without a counterpart.
    #[must_use]
    pub const fn from_raw(raw: i16) -> Option<Self> {
        if raw == i16::MIN { None } else { Some(Self(raw)) }
    }

    /// Parts of 32767.
    #[must_use]
    pub const fn raw(self) -> i16 {
        self.0
    }
}

/// Go to a position at once. The drive's queue of moves is left out on purpose: a queued move
/// starts when nobody asks for it. No zero among the rates, whose meaning the vendor does not state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PositionMove {
    /// Counts a second each second, speeding up.
    pub accel: NonZeroU32,
    /// Counts a second.
    pub speed: NonZeroU32,
    /// Counts a second each second, slowing down.
    pub decel: NonZeroU32,
    /// Counts.
    pub position: i32,
}

/// The buffer byte that makes a move replace what the drive was doing.
const AT_ONCE: u8 = 1;

/// Everything that a host says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Stop both motors after this silence.
    SetTimeout(Timeout),
    /// Read that setting back.
    GetTimeout,
    /// Read the position of a motor.
    Encoder(Motor),
    /// Read the name and version of the drive.
    Version,
    /// Read the motors' supply.
    MainBattery,
    /// Read the logic's supply.
    LogicBattery,
    /// Drive a motor without position control.
    Duty(Motor, Duty),
    /// Run a motor at a speed that the drive keeps, counts a second; the sign is the direction.
    Speed(Motor, i32),
    /// Read the currents of both motors.
    Currents,
    /// Drive a motor to a position.
    Position(Motor, PositionMove),
    /// Read a temperature.
    Temperature(Sensor),
    /// Read the status bits.
    Status,
}

/// Why bytes are no command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// Fewer bytes than the command has.
    Truncated,
    /// More bytes than the command has.
    TooLong,
    /// The check does not match.
    Crc,
    /// No drive can have this address.
    Address(u8),
    /// None of our commands has this code.
    Code(u8),
    /// A field that this host never sends: timeout off, a queued move, a zero rate.
    Field,
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Truncated => write!(f, "RoboClaw command that ends too early"),
            Self::TooLong => write!(f, "RoboClaw command with bytes after its end"),
            Self::Crc => write!(f, "RoboClaw command whose CRC-16 does not match"),
            Self::Address(byte) => {
                write!(f, "RoboClaw address 0x{byte:02x} outside 0x80 to 0x87")
            }
            Self::Code(code) => write!(f, "RoboClaw command code {code} is not one of ours"),
            Self::Field => write!(f, "RoboClaw command with a field that no host of ours sends"),
        }
    }
}

impl core::error::Error for CommandError {}

impl Command {
    /// The code byte.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::SetTimeout(_) => 14,
            Self::GetTimeout => 15,
            Self::Encoder(Motor::M1) => 16,
            Self::Encoder(Motor::M2) => 17,
            Self::Version => 21,
            Self::MainBattery => 24,
            Self::LogicBattery => 25,
            Self::Duty(Motor::M1, _) => 32,
            Self::Duty(Motor::M2, _) => 33,
            Self::Speed(Motor::M1, _) => 35,
            Self::Speed(Motor::M2, _) => 36,
            Self::Currents => 49,
            Self::Position(Motor::M1, _) => 65,
            Self::Position(Motor::M2, _) => 66,
            Self::Temperature(Sensor::First) => 82,
            Self::Temperature(Sensor::Second) => 83,
            Self::Status => 90,
        }
    }

    /// Whether the drive answers with the bare acknowledgement.
    #[must_use]
    pub const fn is_write(&self) -> bool {
        match self {
            Self::SetTimeout(_) | Self::Duty(..) | Self::Speed(..) | Self::Position(..) => true,
            Self::GetTimeout
            | Self::Encoder(_)
            | Self::Version
            | Self::MainBattery
            | Self::LogicBattery
            | Self::Currents
            | Self::Temperature(_)
            | Self::Status => false,
        }
    }

    /// The bytes of this command. Reads carry no check; the answer's check covers them.
    #[must_use]
    pub fn encode(&self, to: Address) -> Packet {
        let mut packet = Packet::EMPTY;
        packet.put(&[to.byte(), self.code()]);
        match *self {
            Self::SetTimeout(timeout) => {
                packet.put(&[timeout.tenths()]);
            }
            Self::Duty(_, duty) => {
                packet.put(&duty.raw().to_be_bytes());
            }
            Self::Speed(_, speed) => {
                packet.put(&speed.to_be_bytes());
            }
            Self::Position(_, to) => {
                packet
                    .put(&to.accel.get().to_be_bytes())
                    .put(&to.speed.get().to_be_bytes())
                    .put(&to.decel.get().to_be_bytes())
                    .put(&to.position.to_be_bytes())
                    .put(&[AT_ONCE]);
            }
            Self::GetTimeout
            | Self::Encoder(_)
            | Self::Version
            | Self::MainBattery
            | Self::LogicBattery
            | Self::Currents
            | Self::Temperature(_)
            | Self::Status => return packet,
        }
        let crc = crc16(packet.as_bytes());
        packet.put(&crc.to_be_bytes());
        packet
    }

    /// Reads one whole command, as the drive does.
    ///
    /// # Errors
    /// Says why the bytes are no command of ours.
    pub fn decode(bytes: &[u8]) -> Result<(Address, Self), CommandError> {
        let (&[address, code], rest) =
            bytes.split_first_chunk::<2>().ok_or(CommandError::Truncated)?;
        let to = Address::new(address).ok_or(CommandError::Address(address))?;
        let command = match code {
            14 => Self::SetTimeout(
                Timeout::from_tenths(checked::<1>(bytes, rest)?[0]).ok_or(CommandError::Field)?,
            ),
            15 => read(rest, Self::GetTimeout)?,
            16 => read(rest, Self::Encoder(Motor::M1))?,
            17 => read(rest, Self::Encoder(Motor::M2))?,
            21 => read(rest, Self::Version)?,
            24 => read(rest, Self::MainBattery)?,
            25 => read(rest, Self::LogicBattery)?,
            32 => Self::Duty(Motor::M1, duty(checked(bytes, rest)?)?),
            33 => Self::Duty(Motor::M2, duty(checked(bytes, rest)?)?),
            35 => Self::Speed(Motor::M1, i32::from_be_bytes(checked(bytes, rest)?)),
            36 => Self::Speed(Motor::M2, i32::from_be_bytes(checked(bytes, rest)?)),
            49 => read(rest, Self::Currents)?,
            65 => Self::Position(Motor::M1, position(checked(bytes, rest)?)?),
            66 => Self::Position(Motor::M2, position(checked(bytes, rest)?)?),
            82 => read(rest, Self::Temperature(Sensor::First))?,
            83 => read(rest, Self::Temperature(Sensor::Second))?,
            90 => read(rest, Self::Status)?,
            other => return Err(CommandError::Code(other)),
        };
        Ok((to, command))
    }
}

/// `command` when nothing follows its code, as it must be.
fn read(rest: &[u8], command: Command) -> Result<Command, CommandError> {
    if rest.is_empty() { Ok(command) } else { Err(CommandError::TooLong) }
}

/// The data of a write of `N` data bytes, when length and check are right.
fn checked<const N: usize>(bytes: &[u8], rest: &[u8]) -> Result<[u8; N], CommandError> {
    let (data, crc) = rest.split_first_chunk::<N>().ok_or(CommandError::Truncated)?;
    let crc = match <[u8; 2]>::try_from(crc) {
        Ok(crc) => u16::from_be_bytes(crc),
        Err(_) if crc.len() < 2 => return Err(CommandError::Truncated),
        Err(_) => return Err(CommandError::TooLong),
    };
    if crc16(bytes.get(..N + 2).unwrap_or_default()) != crc {
        return Err(CommandError::Crc);
    }
    Ok(*data)
}

fn duty(data: [u8; 2]) -> Result<Duty, CommandError> {
    Duty::from_raw(i16::from_be_bytes(data)).ok_or(CommandError::Field)
}

fn position(data: [u8; 17]) -> Result<PositionMove, CommandError> {
    let [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, buffer] = data;
    if buffer != AT_ONCE {
        return Err(CommandError::Field);
    }
    let rate = |field| NonZeroU32::new(u32::from_be_bytes(field)).ok_or(CommandError::Field);
    Ok(PositionMove {
        accel: rate([a, b, c, d])?,
        speed: rate([e, f, g, h])?,
        decel: rate([i, j, k, l])?,
        position: i32::from_be_bytes([m, n, o, p]),
    })
}
