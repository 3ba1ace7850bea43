//! The settings of a Tic, and the limits that the line may change until it restarts.

use crate::device::board::Felt;
use crate::device::fault::DeviceFault;

/// Bytes of settings.
const LEN: usize = 0x60;
const DISABLE_SAFE_START: usize = 0x03;
const NUMBER: usize = 0x07;
const TIMEOUT: usize = 0x09;
const SERIAL_OPTIONS: usize = 0x0b;
const ERROR_CURRENT: usize = 0x31;
const RESPONSE: usize = 0x53;

/// What an error makes the board do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Response {
    Deenergize,
    HaltAndHold,
    DecelerateToHold,
    GoTo(i32),
}

/// How a simulated Tic is set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TicSetup {
    settings: [u8; LEN],
    /// Largest speed, in ten thousandths of a step a second.
    pub speed: i32,
    /// Largest change of speed either way, in hundredths of a step a second squared.
    pub acceleration: i32,
    /// Steps in one unit of the stroke.
    pub steps_per_unit: u32,
}

impl TicSetup {
    /// As delivered: a timeout of one second, safe start, an error makes it slow down and hold.
    #[must_use]
    pub fn delivered() -> Self {
        let blank = Self {
            settings: [0; LEN],
            // 10 units a second at 400 steps each, reached in 0.4 s.
            speed: 40_000_000,
            acceleration: 1_000_000,
            steps_per_unit: 400,
        };
        blank
            .with_setting(NUMBER, &[14])
            .with_setting(TIMEOUT, &1_000_u16.to_le_bytes())
            .with_setting(ERROR_CURRENT, &[0xff])
            .with_setting(RESPONSE, &[2])
    }

    /// As a table needs it: commands are checked.
    #[must_use]
    pub fn fit() -> Self {
        Self::delivered().with_setting(SERIAL_OPTIONS, &[0x01])
    }

    /// The same with the bytes `values` from setting `offset` on, as the maker's tool writes them
    /// over USB. What lies beyond the last setting is not written.
    #[must_use]
    pub fn with_setting(mut self, offset: usize, values: &[u8]) -> Self {
        for (place, value) in self.settings.iter_mut().skip(offset).zip(values) {
            *place = *value;
        }
        self
    }
}

/// Settings, and the limits as they are now.
#[derive(Clone, Debug)]
pub(super) struct Memory {
    settings: [u8; LEN],
    delivered: (i32, i32),
    speed: i32,
    acceleration: i32,
    deceleration: i32,
}

impl Memory {
    pub(super) const fn new(setup: &TicSetup) -> Self {
        Self {
            settings: setup.settings,
            delivered: (setup.speed, setup.acceleration),
            speed: setup.speed,
            acceleration: setup.acceleration,
            deceleration: setup.acceleration,
        }
    }

    /// What it starts with again.
    pub(super) const fn setup(&self, steps_per_unit: u32) -> TicSetup {
        let (speed, acceleration) = self.delivered;
        TicSetup { settings: self.settings, speed, acceleration, steps_per_unit }
    }

    /// What a host reads.
    pub(super) fn shown(&self, felt: &Felt) -> [u8; LEN] {
        let mut settings = self.settings;
        if felt.has(DeviceFault::TimeoutOff) {
            settings[TIMEOUT..TIMEOUT + 2].fill(0);
        }
        settings[NUMBER] ^= u8::from(felt.has(DeviceFault::WrongIdentity));
        settings
    }

    pub(super) const fn safe_start(&self) -> bool {
        self.settings[DISABLE_SAFE_START] == 0
    }

    pub(super) const fn number(&self) -> u8 {
        self.settings[NUMBER]
    }

    pub(super) fn timeout_ms(&self) -> u64 {
        u64::from(u16::from_le_bytes([self.settings[TIMEOUT], self.settings[TIMEOUT + 1]]))
    }

    pub(super) const fn checks_commands(&self) -> bool {
        self.settings[SERIAL_OPTIONS] & 1 != 0
    }

    pub(super) const fn checks_answers(&self) -> bool {
        self.settings[SERIAL_OPTIONS] & 2 != 0
    }

    pub(super) const fn response(&self) -> Response {
        let [b0, b1, b2, b3] = [
            self.settings[RESPONSE + 1],
            self.settings[RESPONSE + 2],
            self.settings[RESPONSE + 3],
            self.settings[RESPONSE + 4],
        ];
        match self.settings[RESPONSE] {
            0 => Response::Deenergize,
            1 => Response::HaltAndHold,
            3 => Response::GoTo(i32::from_le_bytes([b0, b1, b2, b3])),
            _ => Response::DecelerateToHold,
        }
    }

    pub(super) const fn speed(&self) -> i32 {
        self.speed
    }

    pub(super) const fn acceleration(&self) -> i32 {
        self.acceleration
    }

    /// The deceleration; 0 stands for that of speeding up.
    pub(super) const fn deceleration(&self) -> i32 {
        if self.deceleration == 0 { self.acceleration } else { self.deceleration }
    }

    pub(super) fn set_speed(&mut self, speed: i32) {
        self.speed = speed.clamp(0, 500_000_000);
    }

    pub(super) fn set_acceleration(&mut self, acceleration: i32) {
        self.acceleration = acceleration.max(100);
    }

    pub(super) fn set_deceleration(&mut self, deceleration: i32) {
        self.deceleration = deceleration.max(0);
    }

    /// The next speed on the way to `wanted`, one millisecond on.
    pub(super) fn ramped(&self, velocity: i32, wanted: i64) -> i32 {
        let now = i64::from(velocity);
        // Hundredths of a step a second squared to ten thousandths of a step a second in one
        // millisecond: times 100, over 1000.
        let faster = (i64::from(self.acceleration) / 10).max(1);
        let slower = (i64::from(self.deceleration()) / 10).max(1);
        let slows = now != 0 && (wanted.signum() != now.signum() || wanted.abs() < now.abs());
        let step = if slows { slower } else { faster };
        let next = now + (wanted - now).clamp(-step, step);
        next.clamp(-500_000_000, 500_000_000) as i32
    }
}
