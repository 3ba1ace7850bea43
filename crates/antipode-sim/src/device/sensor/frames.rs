//! The bytes of the sensors.

use crate::number::{RAD_PER_DEG, whole};

/// Gravity as the sensor feels it, in thousandths: across the bed's axis and away from the bed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quarter {
    sine: f64,
    cosine: f64,
    half_sine: f64,
    half_cosine: f64,
}

impl Quarter {
    pub(super) fn of(tilt_mdeg: i32) -> Self {
        let angle = f64::from(tilt_mdeg) / 1_000.0 * RAD_PER_DEG;
        Self {
            sine: libm::sin(angle),
            cosine: libm::cos(angle),
            half_sine: libm::sin(angle / 2.0),
            half_cosine: libm::cos(angle / 2.0),
        }
    }
}

/// A number as a 16-bit field; what is beyond ends at its end.
fn field(value: f64) -> i16 {
    whole(value).clamp(i32::from(i16::MIN), i32::from(i16::MAX)) as i16
}

fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}

/// What a WitMotion says in one burst. The table's axis is X.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Wit {
    /// X, Y, Z, temperature.
    pub(super) acceleration: [i16; 4],
    /// X, Y, Z, supply.
    pub(super) turning: [i16; 4],
    /// Roll, pitch, yaw, version.
    pub(super) angle: [i16; 4],
    /// W, X, Y, Z.
    pub(super) quaternion: [i16; 4],
}

impl Wit {
    pub(super) fn of(tilt_mdeg: i32, mdeg_per_s: i32, felt: Quarter, celsius: i8) -> Self {
        let g = |share: f64| field(share * 2_048.0);
        let one = |share: f64| field(share * 32_768.0);
        let turn = field(f64::from(mdeg_per_s) / 2_000_000.0 * 32_768.0);
        Self {
            acceleration: [0, g(felt.sine), g(felt.cosine), i16::from(celsius) * 100],
            turning: [turn, 0, 0, 0],
            angle: [field(f64::from(tilt_mdeg) / 180_000.0 * 32_768.0), 0, 0, 0x4602],
            quaternion: [one(felt.half_cosine), one(felt.half_sine), 0, 0],
        }
    }

    /// Four frames, as they follow one another.
    pub(super) fn burst(&self) -> Vec<u8> {
        [
            (0x51, self.acceleration),
            (0x52, self.turning),
            (0x53, self.angle),
            (0x59, self.quaternion),
        ]
        .into_iter()
        .flat_map(|(kind, values)| wit_frame(kind, values))
        .collect()
    }
}

/// One frame.
pub(super) fn wit_frame(kind: u8, values: [i16; 4]) -> Vec<u8> {
    let mut frame = vec![0x55, kind];
    frame.extend(values.into_iter().flat_map(i16::to_le_bytes));
    frame.push(sum(&frame));
    frame
}

/// What a BNO08x says. The table's axis is Y, which its own example calls roll.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bno {
    pub(super) index: u8,
    /// Yaw, pitch, roll in hundredths of a degree; acceleration in thousandths of g.
    pub(super) values: [i16; 6],
}

impl Bno {
    pub(super) fn of(index: u8, tilt_mdeg: i32, felt: Quarter) -> Self {
        let roll = field(f64::from(tilt_mdeg) / 10.0);
        let values = [0, 0, roll, field(-felt.sine * 1_000.0), 0, field(felt.cosine * 1_000.0)];
        Self { index, values }
    }

    pub(super) fn frame(&self) -> Vec<u8> {
        let mut frame = vec![0xaa, 0xaa, self.index];
        frame.extend(self.values.into_iter().flat_map(i16::to_le_bytes));
        frame.extend([0, 0, 0]);
        frame.push(sum(frame.get(2..).unwrap_or_default()));
        frame
    }
}

/// A line of a Nonin oximeter; dashes stand for what it does not know.
pub(super) fn nonin(saturation: Option<u8>, pulse: Option<u16>) -> String {
    let digits = |value: Option<u16>| value.map_or("---".to_owned(), |value| format!("{value:03}"));
    format!("SPO2={} HR={}\r\n", digits(saturation.map(u16::from)), digits(pulse))
}
