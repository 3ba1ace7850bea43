//! How the stroke of an actuator turns the bed.

/// Places of the stroke and the tilts that they give, both rising, straight lines between them.
///
/// The stroke is in thousandths of the unit in which the drive's file states it: millimetres, turns
/// or counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Linkage {
    /// Stroke and tilt in millidegrees. Invariant: two or more, both strictly rising.
    points: Vec<(i32, i32)>,
}

impl Linkage {
    /// The linkage through `points` of stroke (thousandths of its unit) and tilt (millidegrees);
    /// `None` unless there are two or more and both rise strictly.
    #[must_use]
    pub fn new(points: &[(i32, i32)]) -> Option<Self> {
        let rises = points.windows(2).all(|pair| pair[0].0 < pair[1].0 && pair[0].1 < pair[1].1);
        (points.len() >= 2 && rises).then(|| Self { points: points.to_vec() })
    }

    /// A screw of 320 mm.
    pub(super) fn screw() -> Self {
        Self { points: vec![(0, -75_000), (150_000, 0), (220_000, 30_000), (320_000, 70_000)] }
    }

    /// The same screw where a counter measures it that starts at 0 whenever its power comes: set so
    /// that nothing near 0 is a place on it.
    pub(super) fn counted_screw() -> Self {
        Self {
            points: vec![
                (1_000_000, -75_000),
                (1_150_000, 0),
                (1_220_000, 30_000),
                (1_320_000, 70_000),
            ],
        }
    }

    /// The counts of an actuator's potentiometer.
    pub(super) fn potentiometer() -> Self {
        Self {
            points: vec![
                (400_000, -75_000),
                (2_400_000, 0),
                (3_600_000, 30_000),
                (3_950_000, 38_000),
            ],
        }
    }

    /// An actuator of 180 mm.
    pub(super) fn short_actuator() -> Self {
        Self { points: vec![(0, -20_000), (100_000, 0), (180_000, 20_000)] }
    }

    /// A gear of 75 turns, counted from 200: nothing near 0 is a place on it.
    pub(super) fn turns() -> Self {
        Self { points: vec![(200_000, -20_000), (240_000, 0), (275_000, 20_000)] }
    }

    /// Ends of the stroke, where the actuator's own switches cut its motor.
    #[must_use]
    pub fn ends(&self) -> (i32, i32) {
        (self.points[0].0, self.points[self.points.len() - 1].0)
    }

    /// The stroke at which the bed lies at `tilt_mdeg`; beyond the ends it goes on as before them.
    #[must_use]
    pub fn stroke_at(&self, tilt_mdeg: i32) -> i32 {
        let [(s0, t0), (s1, t1)] = self.around(|(_, tilt)| tilt < tilt_mdeg);
        along(tilt_mdeg, (t0, s0), (t1, s1))
    }

    /// The tilt of the bed at `stroke`; beyond the ends it goes on as before them.
    #[must_use]
    pub fn tilt_at(&self, stroke: i32) -> i32 {
        let [from, to] = self.around(|(at, _)| at < stroke);
        along(stroke, from, to)
    }

    /// How fast the bed turns at `tilt_mdeg` when the stroke runs at `per_s`, in millidegrees a
    /// second.
    #[must_use]
    pub fn rate_at(&self, tilt_mdeg: i32, per_s: i32) -> i32 {
        let [(s0, t0), (s1, t1)] = self.around(|(_, tilt)| tilt < tilt_mdeg);
        along(per_s, (0, 0), (s1 - s0, t1 - t0))
    }

    /// The two neighbours of the first point that is not `below`.
    fn around(&self, below: impl Fn((i32, i32)) -> bool) -> [(i32, i32); 2] {
        let place = self.points.iter().take_while(|point| below(**point)).count();
        let place = place.clamp(1, self.points.len() - 1);
        [self.points[place - 1], self.points[place]]
    }
}

/// The value at `x` of the line through `from` and `to`.
fn along(x: i32, from: (i32, i32), to: (i32, i32)) -> i32 {
    let [x, x0, y0, x1, y1] = [x, from.0, from.1, to.0, to.1].map(i64::from);
    let value = y0 + (x - x0) * (y1 - y0) / (x1 - x0);
    value.clamp(i64::from(i32::MIN), i64::from(i32::MAX)) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stroke_and_tilt_lead_to_one_another() {
        for linkage in [
            Linkage::screw(),
            Linkage::counted_screw(),
            Linkage::potentiometer(),
            Linkage::short_actuator(),
        ] {
            for tilt in (-80_000..80_000).step_by(997) {
                let back = linkage.tilt_at(linkage.stroke_at(tilt));
                assert!((back - tilt).abs() <= 1, "{linkage:?} {tilt} {back}");
            }
        }
        assert_eq!(Linkage::turns().tilt_at(220_000), -10_000);
        assert_eq!(Linkage::turns().rate_at(-10_000, 2_000), 1_000);
    }

    #[test]
    fn a_linkage_that_turns_back_is_none() {
        assert_eq!(Linkage::new(&[(0, 0)]), None);
        assert_eq!(Linkage::new(&[(0, 0), (10, 5), (20, 5)]), None);
        assert_eq!(Linkage::new(&[(0, 0), (0, 5)]), None);
        assert!(Linkage::new(&[(0, 0), (10, 5)]).is_some());
    }
}
