//! What is asked of a RoboClaw and what it means.

use antipode_device::{Counter, Stroke};
use antipode_guardian::{DriveFaults, Sample, Status};
use antipode_safety::{Millis, Timestamp};
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
    places: Places,
    place_next: bool,
    other: usize,
    /// The counter passed its end once: where it stands says nothing until the line is opened anew.
    counter_lost: bool,
    /// Where it stood last, whether or not that is a place.
    last: Option<(Timestamp, i64)>,
    /// It said last that it has just started.
    starting: Option<bool>,
}

/// Which places can be, thousandths of the stroke's unit.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    /// Any other is that of a counter which started anew; none is, for one that knows its place.
    known: Option<[i64; 2]>,
    /// No bed goes farther than this between two questions.
    leap: i64,
}

/// Two places within this are compared: a bed that was not looked at for longer may be anywhere.
const NEXT: Millis = Millis::new(500);

impl Places {
    pub(super) fn new(stroke: &Stroke, counter: Counter) -> Self {
        let ats = || stroke.points().iter().map(|point| i64::from(point.at));
        let [least, most] = [ats().min().unwrap_or(0), ats().max().unwrap_or(0)];
        let beyond = (most - least) / 50;
        let known = match counter {
            Counter::Absolute => None,
            Counter::FromPowerOn => Some([least - beyond, most + beyond]),
        };
        Self { known, leap: ((most - least) / 20).max(1) }
    }
}

/// What an answer shows of a start that nobody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shows {
    /// Nothing.
    Nothing,
    /// The place leapt: a counter that began anew, or a sensor that lies. Its timeout tells which, and
    /// a sensor that lies keeps nobody from being brought home by the other angle (H-01, H-05).
    Leap,
    /// It has started just now.
    Start,
}

impl Asking {
    pub(super) const fn new(motor: Motor, counts_per_unit: NonZeroU32, places: Places) -> Self {
        Self {
            motor,
            counts_per_unit,
            places,
            place_next: true,
            other: 0,
            counter_lost: false,
            last: None,
            starting: None,
        }
    }

    pub(super) fn reopen(&mut self) {
        let counter_lost = self.counter_lost;
        *self = Self { counter_lost, ..Self::new(self.motor, self.counts_per_unit, self.places) };
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

    /// Takes the answer to a question, and tells whether the drive may have started anew.
    pub(super) fn take(&mut self, at: Timestamp, answer: &Answer, status: &mut Status) -> Shows {
        match answer {
            Answer::Encoder(encoder) => return self.place(at, encoder, status),
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
                status.faults.no_position |= no_position && status.position.is_none();
                let starting = bits.has(StatusBit::Starting);
                // Where it stays so from the opening on, it says nothing of now.
                if self.starting.replace(starting) == Some(false) && starting {
                    return Shows::Start;
                }
            }
            Answer::Acknowledged | Answer::Timeout(_) | Answer::Version(_) => {}
        }
        Shows::Nothing
    }

    fn place(&mut self, at: Timestamp, encoder: &Encoder, status: &mut Status) -> Shows {
        self.counter_lost |= encoder.underflow || encoder.overflow;
        let scaled = i64::from(encoder.count) * 1_000 / i64::from(self.counts_per_unit.get());
        let known = self.places.known.is_none_or(|[least, most]| (least..=most).contains(&scaled));
        let place = i32::try_from(scaled).ok().filter(|_| known && !self.counter_lost);
        status.faults.no_position |= place.is_none();
        status.position = place.map(|value| Sample { at, value });
        let before = self.last.replace((at, scaled));
        let leapt = before.is_some_and(|(then, there)| {
            at.since(then) <= NEXT && (scaled - there).abs() > self.places.leap
        });
        if leapt { Shows::Leap } else { Shows::Nothing }
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
