//! A bed in memory, for an emulator that has no sensors: one speed, a brake that holds.

use antipode_firmware::Inputs;
use antipode_firmware::backend::Contacts;
use antipode_safety::{Angle, Latches, Switch, Switches};

const SPEED: i32 = 2_000;
/// Millidegrees a second each millisecond: 0.15 degrees to stop.
const STOPS: i32 = 13;

pub struct Bed {
    micro: i64,
    rate: i32,
    wanted: i32,
}

impl Bed {
    pub fn new() -> Self {
        Self { micro: -3_000_000, rate: 0, wanted: 0 }
    }

    pub fn let_go() {}

    pub fn noise(&self) -> u32 {
        0x5eed_0001
    }

    pub fn look(&mut self, dt_ms: u32) -> Inputs {
        let dt = i32::try_from(dt_ms.min(100)).unwrap_or(100);
        let step = if self.wanted == 0 { STOPS * dt } else { 20 * dt };
        self.rate += (self.wanted - self.rate).clamp(-step, step);
        self.micro += i64::from(self.rate) * i64::from(dt);
        Inputs {
            tilt: Some(Angle::clamped(self.micro / 1_000)),
            tilt_second: None,
            current_ma: if self.rate == 0 { 0 } else { 2_000 },
            supply_mv: 24_000,
            mains: true,
            temperature_c: 25,
            latches: Latches { fitted: 2, first_closed: true, second_closed: true },
            switches: Switches::NONE
                .with(Switch::StopLoopClosed, true)
                .with(Switch::HandControl, true),
        }
    }

    pub fn set(&mut self, contacts: &Contacts, _buzzer: bool) {
        self.wanted = match (contacts.main, contacts.down, contacts.back) {
            (true, true, false) => SPEED,
            (true, false, true) => -SPEED,
            _ => 0,
        };
    }
}
