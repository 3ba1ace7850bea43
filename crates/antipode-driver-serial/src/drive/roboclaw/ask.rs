//! What is asked of a RoboClaw and what it means.

use antipode_guardian::{DriveFaults, Sample, Status};
use antipode_safety::Timestamp;
use core::num::NonZeroU32;

use crate::codec::roboclaw::{
    Answer, Command, Current, Encoder, Motor, Sensor, Status as Bits, StatusBit, Weight,
};

/// Everything but the position, in turn; each second question is for the position.
const OTHERS: [Command; 5] = [
    Command::Status,
    Command::Currents,
    Command::Status,
    Command::MainBattery,
    Command::Temperature(Sensor::First),
];

/// Asks one question at a time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asking {
    motor: Motor,
    counts_per_unit: NonZeroU32,
    place_next: bool,
    other: usize,
    /// The counter passed its end once: where it stands says nothing until the line is opened anew.
    counter_lost: bool,
}

impl Asking {
    pub(super) const fn new(motor: Motor, counts_per_unit: NonZeroU32) -> Self {
        Self { motor, counts_per_unit, place_next: true, other: 0, counter_lost: false }
    }

    pub(super) fn reopen(&mut self) {
        let lost = self.counter_lost;
        *self = Self { counter_lost: lost, ..Self::new(self.motor, self.counts_per_unit) };
    }

    /// The next question.
    pub(super) fn next(&mut self) -> Command {
        let place = self.place_next;
        self.place_next = !place;
        if place {
            return Command::Encoder(self.motor);
        }
        let other = OTHERS.get(self.other % OTHERS.len()).copied();
        self.other = self.other.wrapping_add(1);
        other.unwrap_or(Command::Status)
    }

    /// Takes the answer to a question.
    pub(super) fn take(&mut self, at: Timestamp, answer: &Answer, status: &mut Status) {
        match answer {
            Answer::Encoder(encoder) => self.place(at, encoder, status),
            Answer::Currents([first, second]) => {
                let current = match self.motor {
                    Motor::M1 => first,
                    Motor::M2 => second,
                };
                status.current_ma = Some(Sample { at, value: magnitude(*current) });
            }
            Answer::Supply(supply) => {
                status.supply_mv = Some(Sample { at, value: supply.as_millivolts() });
            }
            Answer::Temperature(temperature) => {
                let tenths = i32::from(temperature.as_tenths());
                let degrees = i8::try_from(tenths / 10).ok();
                status.temperature_c = degrees.map(|value| Sample { at, value });
            }
            Answer::Status(bits) => {
                let no_position = status.faults.no_position;
                status.faults = faults(*bits);
                status.unknown_bits = bits.unknown();
                status.faults.no_position |= no_position && self.counter_lost;
            }
            Answer::Acknowledged | Answer::Timeout(_) | Answer::Version(_) => {}
        }
    }

    fn place(&mut self, at: Timestamp, encoder: &Encoder, status: &mut Status) {
        self.counter_lost |= encoder.underflow || encoder.overflow;
        let scaled = i64::from(encoder.count) * 1_000 / i64::from(self.counts_per_unit.get());
        let place = i32::try_from(scaled).ok().filter(|_| !self.counter_lost);
        status.faults.no_position |= place.is_none();
        status.position = place.map(|value| Sample { at, value });
    }
}

const fn magnitude(current: Current) -> u32 {
    current.as_milliamperes().unsigned_abs()
}

/// What the status word says is wrong. The bits of the other motor count as well: one board feeds
/// both.
fn faults(bits: Bits) -> DriveFaults {
    let mut faults = DriveFaults { unknown: bits.unknown() != 0, ..DriveFaults::default() };
    for bit in bits.set_bits().filter(|bit| bit.weight() == Weight::Fault) {
        match bit {
            StatusBit::EmergencyInput => faults.stop_open = true,
            StatusBit::MainBatteryLow | StatusBit::LogicBatteryLow => faults.no_power = true,
            StatusBit::Temperature1 | StatusBit::Temperature2 => faults.too_hot = true,
            StatusBit::CurrentM1 | StatusBit::CurrentM2 => faults.over_current = true,
            // It follows its encoder no more.
            StatusBit::SpeedM1
            | StatusBit::SpeedM2
            | StatusBit::PositionM1
            | StatusBit::PositionM2 => faults.no_position = true,
            StatusBit::MainBatteryHigh
            | StatusBit::LogicBatteryHigh
            | StatusBit::DriverFaultM1
            | StatusBit::DriverFaultM2
            | StatusBit::MainBatteryHighBraking
            | StatusBit::CurrentWarningM1
            | StatusBit::CurrentWarningM2
            | StatusBit::MainBatteryHighWarning
            | StatusBit::MainBatteryLowWarning
            | StatusBit::TemperatureWarning1
            | StatusBit::TemperatureWarning2
            | StatusBit::SignalS4
            | StatusBit::SignalS5
            | StatusBit::Starting
            | StatusBit::RegenerationM1
            | StatusBit::RegenerationM2 => faults.broken = true,
        }
    }
    faults
}
