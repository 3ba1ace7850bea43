//! Places on the stroke of an actuator and the tilts of the bed there.

use antipode_safety::Angle;
use core::fmt;

/// The most points of a table.
pub const MAX_STROKE_POINTS: usize = 64;

/// One place on the stroke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrokePoint {
    /// Where, in thousandths of the drive's unit.
    pub at: i32,
    /// The tilt of the bed there.
    pub tilt: Angle,
}

/// Places on the stroke in the order of the stroke, with tilts that only rise or only fall: each
/// place has one tilt and each tilt one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stroke(Vec<StrokePoint>);

/// Why points are no stroke table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrokeError {
    /// Fewer than two points, or more than [`MAX_STROKE_POINTS`].
    Count(usize),
    /// The place of this point, counted from 0, is not beyond the one before.
    Place(usize),
    /// The tilt of this point does not go on the way that the first two began.
    Tilt(usize),
}

impl fmt::Display for StrokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => {
                write!(f, "a stroke table of {count} points; give 2 to {MAX_STROKE_POINTS}")
            }
            Self::Place(index) => {
                write!(f, "point {} of the stroke is not beyond the one before", index + 1)
            }
            Self::Tilt(index) => write!(
                f,
                "the tilt at point {} of the stroke turns back or stands still",
                index + 1
            ),
        }
    }
}

impl core::error::Error for StrokeError {}

impl Stroke {
    /// The table of `points`.
    ///
    /// # Errors
    /// The first point that breaks the order.
    pub fn new(points: Vec<StrokePoint>) -> Result<Self, StrokeError> {
        if !(2..=MAX_STROKE_POINTS).contains(&points.len()) {
            return Err(StrokeError::Count(points.len()));
        }
        let way = points.first().zip(points.get(1)).map(|(a, b)| b.tilt.cmp(&a.tilt));
        for (index, pair) in points.windows(2).enumerate() {
            let [before, after] = pair else { continue };
            if after.at <= before.at {
                return Err(StrokeError::Place(index + 1));
            }
            let turn = after.tilt.cmp(&before.tilt);
            if turn == core::cmp::Ordering::Equal || Some(turn) != way {
                return Err(StrokeError::Tilt(index + 1));
            }
        }
        Ok(Self(points))
    }

    /// Whether a counter that starts from zero wherever the bed stands is never taken for a place:
    /// zero lies farther off than the stroke is long.
    #[must_use]
    pub fn is_clear_of_zero(&self) -> bool {
        let ends = self.0.first().zip(self.0.last());
        ends.is_some_and(|(first, last)| {
            let (first, last) = (i64::from(first.at), i64::from(last.at));
            first.abs().min(last.abs()) > last - first && (first > 0) == (last > 0)
        })
    }

    /// The points in the order of the stroke.
    #[must_use]
    pub fn points(&self) -> &[StrokePoint] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stroke(points: &[(i32, i32)]) -> Result<Stroke, StrokeError> {
        let point =
            |&(at, tilt): &(i32, i32)| StrokePoint { at, tilt: Angle::clamped(i64::from(tilt)) };
        Stroke::new(points.iter().map(point).collect())
    }

    #[test]
    fn each_place_has_one_tilt_and_each_tilt_one_place() {
        assert!(stroke(&[(0, -10), (1, 0), (5, 60)]).is_ok());
        assert!(stroke(&[(-3, 60), (0, 0), (5, -10)]).is_ok());
        assert_eq!(stroke(&[(0, 0)]), Err(StrokeError::Count(1)));
        assert_eq!(stroke(&[(0, 0), (0, 1)]), Err(StrokeError::Place(1)));
        assert_eq!(stroke(&[(0, 0), (2, 1), (1, 2)]), Err(StrokeError::Place(2)));
        assert_eq!(stroke(&[(0, 0), (1, 0)]), Err(StrokeError::Tilt(1)));
        assert_eq!(stroke(&[(0, 0), (1, 5), (2, 5)]), Err(StrokeError::Tilt(2)));
        assert_eq!(stroke(&[(0, 0), (1, 5), (2, 4)]), Err(StrokeError::Tilt(2)));
        assert!(stroke(&[(221, 0), (441, 10)]).is_ok_and(|stroke| stroke.is_clear_of_zero()));
        assert!(stroke(&[(-441, 0), (-221, 10)]).is_ok_and(|stroke| stroke.is_clear_of_zero()));
        for near in [[(220, 0), (440, 10)], [(-500, 0), (500, 10)], [(0, 0), (1, 10)]] {
            assert!(stroke(&near).is_ok_and(|stroke| !stroke.is_clear_of_zero()), "{near:?}");
        }
        let long: Vec<_> = (0..65).map(|n| (n, n)).collect();
        assert_eq!(stroke(&long), Err(StrokeError::Count(65)));
    }
}
