//! What a plan will be like: how long, how much head-down, how much load off, and its shape.

use antipode_safety::{Angle, Millis, Rate};

use super::dose::Dose;
use super::legs::{legs, travel_time};
use super::program::Program;

/// A program seen from outside, before anyone lies down.
///
/// # Example
/// ```
/// use antipode_core::plan::{
///     Attendance, Block, EvidenceStrength, Finish, Plan, Preview, StaticBout, Travel,
/// };
/// use antipode_safety::{Angle, Millis, Rate};
/// use std::num::NonZeroU16;
///
/// let rate = Rate::from_millideg_per_s(1_000).unwrap();
/// let plan = Plan {
///     name: "one".into(),
///     title: "One bout".into(),
///     evidence: "none".into(),
///     strength: EvidenceStrength::Proposal,
///     attendance: Attendance::Spotter,
///     blocks: vec![Block::Static(StaticBout {
///         repeat: NonZeroU16::MIN,
///         tilt: Angle::from_deg(30).unwrap(),
///         hold: Millis::from_secs(60),
///         rest: Millis::from_secs(60),
///         travel: Travel::new(rate, rate).unwrap(),
///     })],
///     finish: Finish::DEFAULT,
/// };
/// let preview = Preview::of(&plan.expand().unwrap());
/// // 33 s down from the rest band, 60 s hold, 33 s up, 120 s final rest.
/// assert_eq!(preview.time, Millis::from_secs(246));
/// // 25 s of each way lie beyond 5 degrees.
/// assert_eq!(preview.dose.head_down, Millis::from_secs(110));
/// assert_eq!(preview.unloading.to_string(), "11 to 30 % of body weight");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preview {
    /// From the first motion out of the rest band to the end of the final rest, without waits for
    /// the person.
    pub time: Millis,
    /// How long the waits for the person may add.
    pub waits: Millis,
    /// From arriving at the table to leaving it, without waits for the person.
    pub door_to_door: Millis,
    /// Head-down time and dose.
    pub dose: Dose,
    /// Deepest tilt.
    pub max_tilt: Angle,
    /// Estimated load off the lower spine at the deepest tilt.
    pub unloading: Share,
    /// Corners of the line of tilt over time, in order; waits are left out.
    pub points: Vec<Point>,
}

/// A corner of the line of tilt over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// Time since the first motion.
    pub at: Millis,
    /// Tilt then.
    pub tilt: Angle,
}

impl Preview {
    /// Answering the questions, setting height and straps, testing the buttons. An allowance, not
    /// a measurement.
    pub const GETTING_READY: Millis = Millis::from_secs(4 * 60);
    /// Opening the straps and stepping off. An allowance, not a measurement.
    pub const GETTING_OFF: Millis = Millis::from_secs(60);
    /// Speed of the attended ways between upright and the rest band; faster made blood pressure
    /// dip in a trial of tilt speeds.
    const UPRIGHT_RATE: Rate = Rate::clamped(1_500);

    /// The preview of `program`.
    #[must_use]
    pub fn of(program: &Program) -> Self {
        let (mut time, mut waits) = (Millis::ZERO, Millis::ZERO);
        let mut points = vec![Point { at: time, tilt: Angle::REST_AIM }];
        for leg in legs(program) {
            if leg.is_wait {
                waits = waits.plus(leg.time);
            } else {
                time = time.plus(leg.time);
                points.push(Point { at: time, tilt: leg.to });
            }
        }
        Self {
            time,
            waits,
            door_to_door: Self::door_to_door(time, program.upright_dwell()),
            dose: Dose::of(program),
            max_tilt: program.max_tilt(),
            unloading: Share::at(program.max_tilt()),
            points,
        }
    }

    fn door_to_door(time: Millis, upright_dwell: Millis) -> Millis {
        let way = travel_time(Angle::UPRIGHT, Angle::REST_AIM, Self::UPRIGHT_RATE);
        Self::GETTING_READY
            .plus(way)
            .plus(time)
            .plus(way)
            .plus(upright_dwell)
            .plus(Self::GETTING_OFF)
    }
}

/// A share of body weight as a range, in thousandths.
///
/// It is an estimate by statics, not a measurement: the weight above the joint pulls along the bed
/// with the sine of the tilt, and what the bed's friction carries does not reach the spine. The
/// range runs from the joints of the middle lumbar spine on a padded bed (0.49 of body weight
/// above, friction 0.3) to the hip on a bed without friction (0.60). Nothing shows that more is
/// better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// Least, in thousandths of body weight.
    pub least: u16,
    /// Most, in thousandths of body weight.
    pub most: u16,
}

impl Share {
    /// The load off the lower spine at `tilt`; none at level and head-up.
    #[must_use]
    pub fn at(tilt: Angle) -> Self {
        let millideg = tilt.millideg().clamp(0, 90_000).unsigned_abs();
        let (sine, cosine) = (sine(millideg), sine(90_000 - millideg));
        let pull = |above: u32, friction_tenths: u32| {
            let net = (10 * sine).saturating_sub(friction_tenths * cosine);
            u16::try_from((above * net + 50_000) / 100_000).unwrap_or(u16::MAX)
        };
        Self { least: pull(490, 3), most: pull(600, 0) }
    }
}

impl std::fmt::Display for Share {
    /// In whole percent, the range widened outward.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} to {} % of body weight", self.least / 10, self.most.div_ceil(10))
    }
}

/// Ten thousand times the sine of whole degrees from 0 to 90.
const SINES: [u32; 91] = [
    0, 175, 349, 523, 698, 872, 1_045, 1_219, 1_392, 1_564, 1_736, 1_908, 2_079, 2_250, 2_419,
    2_588, 2_756, 2_924, 3_090, 3_256, 3_420, 3_584, 3_746, 3_907, 4_067, 4_226, 4_384, 4_540,
    4_695, 4_848, 5_000, 5_150, 5_299, 5_446, 5_592, 5_736, 5_878, 6_018, 6_157, 6_293, 6_428,
    6_561, 6_691, 6_820, 6_947, 7_071, 7_193, 7_314, 7_431, 7_547, 7_660, 7_771, 7_880, 7_986,
    8_090, 8_192, 8_290, 8_387, 8_480, 8_572, 8_660, 8_746, 8_829, 8_910, 8_988, 9_063, 9_135,
    9_205, 9_272, 9_336, 9_397, 9_455, 9_511, 9_563, 9_613, 9_659, 9_703, 9_744, 9_781, 9_816,
    9_848, 9_877, 9_903, 9_925, 9_945, 9_962, 9_976, 9_986, 9_994, 9_998, 10_000,
];

/// Ten thousand times the sine of `millideg`, from 0 to 90 degrees; between whole degrees on a
/// straight line, which is never wrong by more than one.
fn sine(millideg: u32) -> u32 {
    let (whole, part) = (millideg / 1_000, millideg % 1_000);
    let at = |degree: u32| SINES[degree.min(90) as usize];
    (at(whole) * (1_000 - part) + at(whole + 1) * part + 500) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unloading_agrees_with_the_published_fractions() {
        // Tilt, then thousandths of body weight: 0.49 above with friction 0.3, 0.60 without.
        for (deg, least, most) in [
            (0, 0, 0),
            (15, 0, 155),
            (20, 29, 205),
            (30, 118, 300),
            (45, 243, 424),
            (60, 351, 520),
            (90, 490, 600),
        ] {
            let share = Share::at(Angle::from_deg(deg).unwrap());
            assert!(share.least.abs_diff(least) <= 1, "{deg}: {share:?}");
            assert!(share.most.abs_diff(most) <= 1, "{deg}: {share:?}");
        }
        assert_eq!(Share::at(Angle::from_deg(-40).unwrap()), Share { least: 0, most: 0 });
        assert_eq!(Share::at(Angle::from_deg(120).unwrap()), Share { least: 490, most: 600 });
    }

    #[test]
    fn sines_rise_and_square_with_their_cosines_to_one() {
        for millideg in (0..=90_000).step_by(77) {
            let (s, c) = (u64::from(sine(millideg)), u64::from(sine(90_000 - millideg)));
            assert!((s * s + c * c).abs_diff(100_000_000) < 30_000, "{millideg}");
            assert!(millideg == 0 || sine(millideg - 1) <= sine(millideg), "{millideg}");
        }
    }

    #[test]
    fn the_range_is_widened_outward_when_shown() {
        assert_eq!(Share { least: 119, most: 301 }.to_string(), "11 to 31 % of body weight");
    }
}
