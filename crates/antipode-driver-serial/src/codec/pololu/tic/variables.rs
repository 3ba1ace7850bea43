//! What a Tic counts and does, as it answers. All numbers are little-endian.
//!
//! The variables of one block are taken to be read at one moment; the vendor does not promise it.

use antipode_safety::Millis;

use super::{Acceleration, AnswerError, ErrorFlags, Speed, Velocity};
use crate::codec::pololu::answer::{Reset, exactly};

/// What the device is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum OperationState {
    /// Starting after a reset.
    Reset = 0,
    /// The motor is let go.
    Deenergized = 2,
    /// An error stops the motor, as set.
    SoftError = 4,
    /// No error of its own, but the error line is high.
    WaitingForErrLine = 6,
    /// Energizing, not moving yet.
    StartingUp = 8,
    /// Obeying commands.
    Normal = 10,
}

impl OperationState {
    /// Every state.
    pub const ALL: [Self; 6] = [
        Self::Reset,
        Self::Deenergized,
        Self::SoftError,
        Self::WaitingForErrLine,
        Self::StartingUp,
        Self::Normal,
    ];

    fn from_byte(byte: u8) -> Result<Self, AnswerError> {
        let unknown = AnswerError::OutOfRange { of: "operation state", value: i64::from(byte) };
        Self::ALL.into_iter().find(|&state| state as u8 == byte).ok_or(unknown)
    }
}

/// Flags beside the errors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MiscFlags(u8);

impl MiscFlags {
    const KNOWN: u8 = 0x1f;

    /// The flags of the wire byte `bits`.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// The bits that have no meaning here.
    #[must_use]
    pub const fn unknown(self) -> u8 {
        self.0 & !Self::KNOWN
    }

    /// The wire bits.
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether the motor is energized, and so holds.
    #[must_use]
    pub const fn energized(self) -> bool {
        self.0 & 1 != 0
    }

    /// Whether the position is not to be trusted: after power-up, an abrupt stop, or being let go.
    #[must_use]
    pub const fn position_uncertain(self) -> bool {
        self.0 & 1 << 1 != 0
    }

    /// Whether the forward limit switch is pressed.
    #[must_use]
    pub const fn forward_limit(self) -> bool {
        self.0 & 1 << 2 != 0
    }

    /// Whether the reverse limit switch is pressed.
    #[must_use]
    pub const fn reverse_limit(self) -> bool {
        self.0 & 1 << 3 != 0
    }

    /// Whether the device is homing, which moves by itself.
    #[must_use]
    pub const fn homing(self) -> bool {
        self.0 & 1 << 4 != 0
    }
}

/// What the device plans its steps for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Planning {
    /// Nothing: it holds.
    Off = 0,
    /// The target position.
    Position = 1,
    /// The target velocity.
    Velocity = 2,
}

/// What the device does and what stops it: variables 0x00 to 0x09. Clears nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State {
    /// What it is doing.
    pub operation: OperationState,
    /// Energized, uncertain, at a limit.
    pub flags: MiscFlags,
    /// What stops it now.
    pub status: ErrorFlags,
    /// What occurred since it was last forgotten.
    pub occurred: ErrorFlags,
    /// The byte at 0x08, which has no documented meaning; kept as it came.
    reserved: u8,
    /// What it plans for.
    pub planning: Planning,
}

impl State {
    /// Bytes of the answer.
    pub const LEN: usize = 10;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, a bit without meaning, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [operation, flags, s0, s1, o0, o1, o2, o3, reserved, planning] =
            exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            operation: OperationState::from_byte(operation)?,
            flags: MiscFlags::from_bits(flags),
            status: ErrorFlags::from_status(u16::from_le_bytes([s0, s1])),
            occurred: ErrorFlags::from_occurred(u32::from_le_bytes([o0, o1, o2, o3])),
            reserved,
            planning: match planning {
                0 => Planning::Off,
                1 => Planning::Position,
                2 => Planning::Velocity,
                3.. => {
                    let value = i64::from(planning);
                    return Err(AnswerError::OutOfRange { of: "planning mode", value });
                }
            },
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [s0, s1] = self.status.status_bits().to_le_bytes();
        let [o0, o1, o2, o3] = self.occurred.bits().to_le_bytes();
        let (operation, flags) = (self.operation as u8, self.flags.bits());
        [operation, flags, s0, s1, o0, o1, o2, o3, self.reserved, self.planning as u8]
    }
}

/// Where the device was sent: variables 0x0A to 0x11. [`State::planning`] says which of the two
/// counts; compare it with what was sent to know that a command arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Targets {
    /// Target position in steps.
    pub position: i32,
    /// Target velocity.
    pub velocity: Velocity,
}

/// Where the steps went and how fast: variables 0x22 to 0x29. Not where the bed is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Motion {
    /// Position in steps.
    pub position: i32,
    /// Velocity of the steps given.
    pub velocity: Velocity,
}

/// Bytes of a position and a velocity.
const PAIR: usize = 8;

fn parse_pair(of: &'static str, answer: &[u8]) -> Result<(i32, Velocity), AnswerError> {
    let [p0, p1, p2, p3, velocity @ ..] = exactly::<PAIR>(answer)?;
    let position = i32::from_le_bytes([p0, p1, p2, p3]);
    Ok((position, Velocity::parse(of, i32::from_le_bytes(velocity))?))
}

fn pair_to_bytes(position: i32, velocity: Velocity) -> [u8; PAIR] {
    let [p0, p1, p2, p3] = position.to_le_bytes();
    let [v0, v1, v2, v3] = velocity.get().to_le_bytes();
    [p0, p1, p2, p3, v0, v1, v2, v3]
}

impl Targets {
    /// Bytes of the answer.
    pub const LEN: usize = PAIR;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an impossible velocity.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let (position, velocity) = parse_pair("target velocity", answer)?;
        Ok(Self { position, velocity })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        pair_to_bytes(self.position, self.velocity)
    }
}

impl Motion {
    /// Bytes of the answer.
    pub const LEN: usize = PAIR;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an impossible velocity.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let (position, velocity) = parse_pair("current velocity", answer)?;
        Ok(Self { position, velocity })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        pair_to_bytes(self.position, self.velocity)
    }
}

/// How fast the device may be now: variables 0x16 to 0x21.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Limits {
    /// Largest speed.
    pub speed: Speed,
    /// Largest slowing down.
    pub deceleration: Acceleration,
    /// Largest speeding up.
    pub acceleration: Acceleration,
}

impl Limits {
    /// Bytes of the answer.
    pub const LEN: usize = 12;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an impossible value.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [s0, s1, s2, s3, d0, d1, d2, d3, a @ ..] = exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            speed: Speed::parse("largest speed", u32::from_le_bytes([s0, s1, s2, s3]))?,
            deceleration: Acceleration::parse(
                "largest deceleration",
                u32::from_le_bytes([d0, d1, d2, d3]),
            )?,
            acceleration: Acceleration::parse("largest acceleration", u32::from_le_bytes(a))?,
        })
    }

    /// The answer that says this.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [s0, s1, s2, s3] = self.speed.get().to_le_bytes();
        let [d0, d1, d2, d3] = self.deceleration.get().to_le_bytes();
        let [a0, a1, a2, a3] = self.acceleration.get().to_le_bytes();
        [s0, s1, s2, s3, d0, d1, d2, d3, a0, a1, a2, a3]
    }
}

/// Why it last started, its supply, and since when it runs: variables 0x32 to 0x38.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Supply {
    /// Why it last started.
    pub last_reset: Reset,
    /// Motor supply in millivolts.
    pub supply_mv: u16,
    /// How long it runs; wraps after 49 days.
    pub up: Millis,
}

impl Supply {
    /// Bytes of the answer.
    pub const LEN: usize = 7;

    /// Reads the answer.
    ///
    /// # Errors
    /// Another length, or an unknown cause of the last start.
    pub fn parse(answer: &[u8]) -> Result<Self, AnswerError> {
        let [reset, v0, v1, up @ ..] = exactly::<{ Self::LEN }>(answer)?;
        Ok(Self {
            last_reset: Reset::from_byte(reset)?,
            supply_mv: u16::from_le_bytes([v0, v1]),
            up: Millis::new(u64::from(u32::from_le_bytes(up))),
        })
    }

    /// The answer that says this; a time is wrapped as the device does.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LEN] {
        let [v0, v1] = self.supply_mv.to_le_bytes();
        let [u0, u1, u2, u3, ..] = self.up.get().to_le_bytes();
        [self.last_reset as u8, v0, v1, u0, u1, u2, u3]
    }
}

/// Variables that are read together, or one alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Variables {
    /// [`State`].
    State,
    /// What stops the motor now, alone.
    ErrorStatus,
    /// [`Targets`].
    Targets,
    /// [`Limits`].
    Limits,
    /// The position in steps, alone.
    Position,
    /// [`Motion`].
    Motion,
    /// [`Supply`].
    Supply,
    /// Motor supply, alone.
    Vin,
}

impl Variables {
    /// Every block.
    pub const ALL: [Self; 8] = [
        Self::State,
        Self::ErrorStatus,
        Self::Targets,
        Self::Limits,
        Self::Position,
        Self::Motion,
        Self::Supply,
        Self::Vin,
    ];

    /// Offset of the first variable and bytes of the answer.
    #[must_use]
    pub const fn span(self) -> (u8, u8) {
        match self {
            Self::State => (0x00, State::LEN as u8),
            Self::ErrorStatus => (0x02, 2),
            Self::Targets => (0x0a, Targets::LEN as u8),
            Self::Limits => (0x16, Limits::LEN as u8),
            Self::Position => (0x22, 4),
            Self::Motion => (0x22, Motion::LEN as u8),
            Self::Supply => (0x32, Supply::LEN as u8),
            Self::Vin => (0x33, 2),
        }
    }
}
