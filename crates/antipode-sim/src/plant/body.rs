//! Mass, centre of mass and inertia of a lying person, from body segments.
//!
//! Masses and centres of mass: de Leva 1996 (J Biomech 29:1223). Segment lengths are scaled with
//! body height. Positions count from the ankle toward the head, in metres.

use crate::person::{PersonConfig, Sex};

/// One body segment: share of body mass, and where its centre lies at the reference height.
struct Segment {
    mass: f64,
    at_m: f64,
}

/// Proportions of one sex at its reference height.
struct Proportions {
    height_m: f64,
    /// Head, trunk, thighs, shanks, feet.
    trunk_and_legs: [Segment; 5],
    /// Upper arms, forearms, hands: share of mass and distance of the centre from the shoulder.
    arms: [Segment; 3],
    shoulder_m: f64,
    /// Moment of inertia about the centre of mass per kilogram, arms at the sides.
    inertia_m2: f64,
}

const fn segment(mass: f64, at_m: f64) -> Segment {
    Segment { mass, at_m }
}

/// Ankle to knee 434 mm, to hip 856, to neck 1,459, to crown 1,702; shoulder at 1,372.
const MALE: Proportions = Proportions {
    height_m: 1.741,
    trunk_and_legs: [
        segment(0.0694, 1.459 + 0.243 * (1.0 - 0.5002)),
        segment(0.4346, 0.856 + 0.603 * (1.0 - 0.5138)),
        segment(0.2832, 0.856 - 0.422 * 0.4095),
        segment(0.0866, 0.434 * (1.0 - 0.4395)),
        segment(0.0274, -0.02),
    ],
    arms: [
        segment(0.0542, 0.282 * 0.5772),
        segment(0.0324, 0.282 + 0.269 * 0.4574),
        segment(0.0122, 0.282 + 0.269 + 0.086 * 0.79),
    ],
    shoulder_m: 0.856 + 0.516,
    inertia_m2: 0.16,
};

/// Ankle to knee 432 mm, to hip 801, to neck 1,416, to crown 1,660; shoulder at 1,299.
const FEMALE: Proportions = Proportions {
    height_m: 1.735,
    trunk_and_legs: [
        segment(0.0668, 1.416 + 0.244 * (1.0 - 0.4841)),
        segment(0.4257, 0.801 + 0.615 * (1.0 - 0.4964)),
        segment(0.2956, 0.801 - 0.369 * 0.3612),
        segment(0.0962, 0.432 * (1.0 - 0.4352)),
        segment(0.0258, -0.02),
    ],
    arms: [
        segment(0.0510, 0.275 * 0.5754),
        segment(0.0276, 0.275 + 0.264 * 0.4559),
        segment(0.0112, 0.275 + 0.264 + 0.078 * 0.7474),
    ],
    shoulder_m: 0.801 + 0.498,
    inertia_m2: 0.15,
};

/// A lying body as the hinge feels it.
#[derive(Clone, Debug)]
pub(crate) struct Body {
    /// Mass in kilograms.
    pub(crate) mass_kg: f64,
    /// Centre of mass above the ankle, arms at the sides, in metres.
    pub(crate) centre_m: f64,
    /// How far raising both arms overhead moves the centre headward, in metres.
    pub(crate) arms_shift_m: f64,
    /// Moment of inertia about the centre of mass, arms at the sides.
    inertia_kgm2: f64,
    /// What raising both arms adds to the moment of inertia about the ankle.
    arms_inertia_kgm2: f64,
}

impl Body {
    /// The body of `person`.
    pub(crate) fn new(person: &PersonConfig) -> Self {
        let proportions = match person.sex {
            Sex::Female => &FEMALE,
            Sex::Male => &MALE,
        };
        let mass_kg = f64::from(person.mass_kg);
        let scale = f64::from(person.height_cm) / 100.0 / proportions.height_m;
        let shoulder = proportions.shoulder_m;
        let mut centre = 0.0;
        for part in &proportions.trunk_and_legs {
            centre += part.mass * part.at_m;
        }
        let (mut shift, mut arms_inertia) = (0.0, 0.0);
        for arm in &proportions.arms {
            let (down, up) = (shoulder - arm.at_m, shoulder + arm.at_m);
            centre += arm.mass * down;
            shift += arm.mass * (up - down);
            arms_inertia += arm.mass * (up * up - down * down);
        }
        Self {
            mass_kg,
            centre_m: centre * scale,
            arms_shift_m: shift * scale,
            inertia_kgm2: mass_kg * proportions.inertia_m2 * scale * scale,
            arms_inertia_kgm2: mass_kg * arms_inertia * scale * scale,
        }
    }

    /// Moment of inertia about a pivot `pivot_m` above the ankle, with the arms raised by the share
    /// `arms` (0 at the sides, 1 overhead) and the body slid headward by `slid_m`.
    pub(crate) fn inertia_about(&self, pivot_m: f64, arms: f64, slid_m: f64) -> f64 {
        let about_ankle = self.inertia_kgm2
            + self.mass_kg * self.centre_m * self.centre_m
            + arms * self.arms_inertia_kgm2;
        let pivot = pivot_m - slid_m;
        let centre = self.centre_m + arms * self.arms_shift_m;
        about_ankle - 2.0 * pivot * self.mass_kg * centre + pivot * pivot * self.mass_kg
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(sex: Sex, height_mm: u16, mass_kg: u16) -> Body {
        // Heights come in whole centimetres; 174.1 cm is rounded, which moves the centre by 0.5 mm.
        Body::new(&PersonConfig {
            sex,
            height_cm: height_mm / 10,
            mass_kg,
            ..PersonConfig::reference()
        })
    }

    #[test]
    fn the_centre_of_mass_lies_where_the_segments_put_it() {
        let (male, female) = (body(Sex::Male, 1_740, 80), body(Sex::Female, 1_730, 62));
        assert!((male.centre_m / 1.74 - 0.533).abs() < 0.002, "{}", male.centre_m / 1.74);
        assert!((female.centre_m / 1.73 - 0.511).abs() < 0.002, "{}", female.centre_m / 1.73);
    }

    #[test]
    fn raised_arms_move_the_centre_headward() {
        assert!((body(Sex::Male, 1_740, 80).arms_shift_m - 0.059).abs() < 0.001);
        assert!((body(Sex::Female, 1_730, 62).arms_shift_m - 0.051).abs() < 0.001);
    }

    #[test]
    fn inertia_is_smallest_about_the_centre_of_mass() {
        let male = body(Sex::Male, 1_740, 80);
        let about_centre = male.inertia_about(male.centre_m, 0.0, 0.0);
        assert!((about_centre - 12.8).abs() < 0.2, "{about_centre}");
        let off_by_10_cm = male.inertia_about(male.centre_m + 0.1, 0.0, 0.0);
        assert!((off_by_10_cm - about_centre - 0.8).abs() < 1e-9);
        let raised = male.inertia_about(male.centre_m + male.arms_shift_m, 1.0, 0.0);
        assert!(raised > about_centre, "arms far from the centre turn harder: {raised}");
    }
}
