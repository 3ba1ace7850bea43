//! A real bed: relays, switches and the converter.
//!
//! | pin | |
//! |-|-|
//! | B0, B1 | contact down, contact back (through the interlocked relays) |
//! | B2 | main relay, in series with the hard-wired stop |
//! | B3 | brake release: high lets the bed turn |
//! | B4 | buzzer |
//! | D0 to D6 | RETURN, STOP, OK, EASIER, STOP loop, rest switch, hand control; each closes to ground |
//! | E0, E1 | ankle latches; each closes to ground |
//! | ADC 0 to 3 | hinge potentiometer, motor current, supply, open input (noise) |
//!
//! Each output has a resistor to ground, so that a chip without power, or in reset, lets go.

use antipode_firmware::Inputs;
use antipode_firmware::backend::Contacts;
use antipode_safety::{Angle, Latches, Switches};

use crate::chip;
use crate::table::pins;

const PORT_B: u32 = 0x4000_5000;
const PORT_D: u32 = 0x4000_7000;
const PORT_E: u32 = 0x4002_4000;
const ADC: u32 = 0x4003_8000;
const SAMPLES: u32 = 16;
/// A conversion takes 2 microseconds; one that has not ended after so many looks never will.
const PATIENCE: u32 = 10_000;

pub struct Bed;

impl Bed {
    pub fn new() -> Self {
        Self::let_go();
        chip::write(PORT_B + 0x400, 0x1f);
        chip::write(PORT_B + 0x51c, 0x1f);
        for port in [PORT_D, PORT_E] {
            chip::write(port + 0x400, 0);
            chip::write(port + 0x510, 0x7f);
            chip::write(port + 0x51c, 0x7f);
        }
        Self
    }

    /// Everything open, brake set: also from a fault, at any moment.
    pub fn let_go() {
        chip::write(PORT_B + 0x3fc, 0);
    }

    /// Bits that nobody can guess: the lowest of an open input, one for each of 32 looks.
    pub fn noise(&self) -> u32 {
        (0..32).fold(0, |bits, _| bits << 1 | convert(3).unwrap_or(0) & 1)
    }

    pub fn look(&mut self, _dt_ms: u32) -> Inputs {
        let pot = average(0).and_then(|value| i32::try_from(value).ok());
        let supply_mv = average(2).unwrap_or(0) * pins::MV_PER_STEP;
        let latches = !chip::read(PORT_E + 0x3fc);
        let [switches, ..] = (!chip::read(PORT_D + 0x3fc) & 0x7f).to_le_bytes();
        Inputs {
            tilt: pot.and_then(tilt),
            tilt_second: None,
            // No conversion is no current sensor, and that is an obstacle.
            current_ma: average(1).map_or(u32::MAX, |value| value * pins::MA_PER_STEP),
            supply_mv,
            mains: supply_mv >= pins::MAINS_MV,
            temperature_c: 25,
            latches: Latches {
                fitted: 2,
                first_closed: latches & 1 != 0,
                second_closed: latches & 2 != 0,
            },
            switches: Switches::from_bits(switches),
        }
    }

    pub fn set(&mut self, contacts: &Contacts, buzzer: bool) {
        let pins = u32::from(contacts.down)
            | u32::from(contacts.back) << 1
            | u32::from(contacts.main) << 2
            | u32::from(!contacts.brake) << 3
            | u32::from(buzzer || contacts.welded.is_some()) << 4;
        chip::write(PORT_B + 0x3fc, pins);
    }
}

/// The angle of a potentiometer between its two ends, `None` where its wire is broken.
fn tilt(value: i32) -> Option<Angle> {
    let [(v0, a0), (v1, a1)] = pins::POT;
    if !pins::POT_WHOLE.contains(&value) {
        return None;
    }
    Angle::from_millideg(a0 + (value - v0) * (a1 - a0) / (v1 - v0))
}

fn average(channel: u32) -> Option<u32> {
    let mut sum = 0;
    for _ in 0..SAMPLES {
        sum += convert(channel)?;
    }
    Some(sum / SAMPLES)
}

/// One conversion by sequencer 3.
fn convert(channel: u32) -> Option<u32> {
    chip::write(ADC, 0);
    chip::write(ADC + 0xa0, channel);
    chip::write(ADC + 0xa4, 0b110);
    chip::write(ADC + 0xc, 1 << 3);
    chip::write(ADC, 1 << 3);
    chip::write(ADC + 0x28, 1 << 3);
    let ended = (0..PATIENCE).any(|_| chip::read(ADC + 4) & 1 << 3 != 0);
    if ended { Some(chip::read(ADC + 0xa8) & 0x3ff) } else { None }
}
