//! Symptoms that arise from the state of the body, with a chance that grows with its cause.

use super::config::AnkleSetting;
use crate::chance::{Chance, Stream};

/// What a person on the table can feel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Symptom {
    /// Light-headed; from the dip in pressure on the way up.
    Dizziness,
    /// Pressure in the head or a headache; from the pressure at the head and its duration.
    HeadPressure,
    /// Blurred vision; from eye pressure.
    BlurredVision,
    /// Pain at the ankles; from their load and its duration.
    AnklePain,
    /// Nausea; from fast turning.
    Nausea,
    /// Back pain; from the pull.
    BackPain,
    /// Wants to come up; from a steep tilt.
    Anxiety,
}

impl Symptom {
    /// Every symptom.
    pub const ALL: [Self; 7] = [
        Self::Dizziness,
        Self::HeadPressure,
        Self::BlurredVision,
        Self::AnklePain,
        Self::Nausea,
        Self::BackPain,
        Self::Anxiety,
    ];
}

/// What the chances depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Causes {
    pub(crate) dip_mmhg: f64,
    pub(crate) head_excess_mmhg: f64,
    pub(crate) eye_mmhg: f64,
    pub(crate) ankle_share: f64,
    pub(crate) rate_deg_per_s: f64,
    pub(crate) pull_share: f64,
    pub(crate) tilt_deg: f64,
    pub(crate) ankle: AnkleSetting,
}

impl Causes {
    /// How likely `symptom` is to begin, per second, and how far its cause is above the level from
    /// which it can. The levels and chances are proposals of the size of the adverse events in
    /// Gianakopoulos 1985 (of 20 people inverted for up to 20 min, 3 with headache and 3 with
    /// blurred vision that lasted).
    fn chance_per_s(&self, symptom: Symptom) -> (f64, f64) {
        let above = |value: f64, level: f64| (value - level).max(0.0);
        match symptom {
            Symptom::Dizziness => {
                let excess = above(self.dip_mmhg, 8.0);
                (0.02 * excess, excess / 4.0)
            }
            Symptom::HeadPressure => {
                let excess = above(self.head_excess_mmhg, 8.0);
                (2e-6 * excess * excess, excess / 9.0)
            }
            Symptom::BlurredVision => {
                let excess = above(self.eye_mmhg, 28.0);
                (5e-5 * excess, excess / 3.0)
            }
            Symptom::AnklePain => {
                let (level, factor) = match self.ankle {
                    AnkleSetting::Snug => (0.25, 1.0),
                    AnkleSetting::Loose => (0.15, 3.0),
                };
                let excess = above(self.ankle_share, level);
                (0.001 * factor * excess, 4.0 * excess)
            }
            Symptom::Nausea => {
                let excess = above(self.rate_deg_per_s.abs(), 2.0);
                (0.002 * excess, excess)
            }
            Symptom::BackPain => (1e-4 * self.pull_share, 4.0 * self.pull_share),
            Symptom::Anxiety => {
                let excess = above(self.tilt_deg, 45.0);
                (5e-6 * excess, excess / 15.0)
            }
        }
    }
}

/// One symptom's course.
#[derive(Clone, Copy, Debug)]
struct Course {
    /// Chance gathered so far, and how much of it brings the symptom on.
    gathered: f64,
    needed: f64,
    /// Strength from 0 (absent) to 10.
    strength: f64,
}

/// All symptoms of one person.
#[derive(Clone, Debug)]
pub(crate) struct Symptoms {
    chance: Chance,
    courses: [Course; 7],
}

impl Symptoms {
    /// Strength lost per second once the cause is gone.
    const EASING: f64 = 0.15;

    pub(crate) fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, Stream::Symptoms);
        let courses =
            [(); 7].map(|()| Course { gathered: 0.0, needed: chance.waiting(), strength: 0.0 });
        Self { chance, courses }
    }

    /// Lets `dt_s` pass under `causes` and gives every symptom that begins to `begins`, with its
    /// strength from 1 to 10.
    pub(crate) fn step(&mut self, dt_s: f64, causes: &Causes, mut begins: impl FnMut(Symptom, u8)) {
        for symptom in Symptom::ALL {
            let course = &mut self.courses[symptom as usize];
            let (chance, excess) = causes.chance_per_s(symptom);
            if chance <= 0.0 {
                course.strength = (course.strength - Self::EASING * dt_s).max(0.0);
                continue;
            }
            if course.strength > 0.0 {
                continue;
            }
            course.gathered += chance * dt_s;
            if course.gathered >= course.needed {
                let strength = 3.0 + excess + 1.2 * self.chance.bell();
                course.strength = strength.clamp(1.0, 10.0);
                (course.gathered, course.needed) = (0.0, self.chance.waiting());
                begins(symptom, course.strength as u8);
            }
        }
    }

    /// Strength of `symptom`, 0 when absent.
    pub(crate) fn strength(&self, symptom: Symptom) -> f64 {
        self.courses[symptom as usize].strength
    }

    /// Strength of the worst symptom.
    pub(crate) fn worst(&self) -> f64 {
        self.courses.iter().fold(0.0, |worst: f64, course| worst.max(course.strength))
    }
}
