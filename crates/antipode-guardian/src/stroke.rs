//! From the stroke of an actuator to the tilt of the bed, and back.

use core::fmt;

/// The fewest and the most points of a table.
const POINTS: core::ops::RangeInclusive<usize> = 2..=64;
/// No table turns past this (millidegrees).
const TILT_MAX: u32 = 95_000;
/// A stroke this far beyond the last point, in millidegrees of tilt by the last slope, still has a
/// tilt: an actuator that stands a hair past where it was measured is not lost.
const BEYOND: i64 = 1_000;

/// One measured pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StrokePoint {
    /// Place on the stroke, in thousandths of the drive's unit.
    pub stroke: i32,
    /// Tilt of the bed there, in millidegrees, positive is head-down.
    pub tilt_mdeg: i32,
}

/// Why points are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StrokeError {
    /// Fewer than two, or more than sixty-four.
    Count(usize),
    /// The stroke at this point, counted from 0, does not rise.
    Stroke(usize),
    /// The tilt at this point stands still or turns back: one stroke would be two tilts.
    Tilt(usize),
    /// A tilt that no table has, at this point.
    Range(usize),
}

impl fmt::Display for StrokeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count(count) => write!(f, "{count} points where 2 to 64 are needed"),
            Self::Stroke(at) => write!(f, "the stroke of point {} does not rise", at + 1),
            Self::Tilt(at) => write!(
                f,
                "the tilt of point {} does not go on in one direction; measure it again",
                at + 1
            ),
            Self::Range(at) => write!(f, "point {} lies beyond 95 degrees", at + 1),
        }
    }
}

impl core::error::Error for StrokeError {}

/// Stroke to tilt, strictly monotone, straight between its points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StrokeTable {
    points: Vec<StrokePoint>,
}

/// One piece between two points; lengths are never zero.
#[derive(Clone, Copy)]
struct Piece {
    from: StrokePoint,
    stroke: i64,
    tilt: i64,
}

impl StrokeTable {
    /// A table of `points`, in the order of rising stroke.
    ///
    /// # Errors
    /// Too few or too many points, a stroke that does not rise, a tilt that does not go on in one
    /// direction.
    ///
    /// # Example
    /// ```
    /// use antipode_guardian::{StrokePoint, StrokeTable};
    /// let point = |stroke, tilt_mdeg| StrokePoint { stroke, tilt_mdeg };
    /// let table = StrokeTable::new(vec![point(0, -10_000), point(120_000, 20_000)]).unwrap();
    /// assert_eq!(table.tilt_mdeg(60_000), Some(5_000));
    /// assert_eq!(table.stroke(5_000), 60_000);
    /// ```
    pub fn new(points: Vec<StrokePoint>) -> Result<Self, StrokeError> {
        if !POINTS.contains(&points.len()) {
            return Err(StrokeError::Count(points.len()));
        }
        if let Some(at) = points.iter().position(|p| p.tilt_mdeg.unsigned_abs() > TILT_MAX) {
            return Err(StrokeError::Range(at));
        }
        let pairs = || points.iter().zip(points.iter().skip(1)).enumerate();
        let way = pairs().next().map_or(0, |(_, (a, b))| (b.tilt_mdeg - a.tilt_mdeg).signum());
        for (index, (a, b)) in pairs() {
            if b.stroke <= a.stroke {
                return Err(StrokeError::Stroke(index + 1));
            }
            if way == 0 || (b.tilt_mdeg - a.tilt_mdeg).signum() != way {
                return Err(StrokeError::Tilt(index + 1));
            }
        }
        Ok(Self { points })
    }

    fn pieces(&self) -> impl DoubleEndedIterator<Item = Piece> + Clone {
        self.points.iter().zip(self.points.iter().skip(1)).map(|(&from, to)| Piece {
            from,
            stroke: i64::from(to.stroke) - i64::from(from.stroke),
            tilt: i64::from(to.tilt_mdeg) - i64::from(from.tilt_mdeg),
        })
    }

    /// The piece in which `stroke` lies; the first or the last one beyond the ends.
    fn piece(&self, stroke: i32) -> Piece {
        let past = |piece: &Piece| stroke < piece.from.stroke;
        let found = self.pieces().rev().find(|piece| !past(piece));
        found.or_else(|| self.pieces().next()).unwrap_or_else(|| self.straight())
    }

    /// The whole table as one piece: `new` takes no table without any.
    fn straight(&self) -> Piece {
        let from = StrokePoint { stroke: 0, tilt_mdeg: 0 };
        Piece { from: self.points.first().copied().unwrap_or(from), stroke: 1, tilt: 1 }
    }

    /// The tilt at `stroke` in millidegrees; `None` further beyond the ends than a degree, where
    /// nobody has measured.
    #[must_use]
    pub fn tilt_mdeg(&self, stroke: i32) -> Option<i32> {
        let piece = self.piece(stroke);
        let along = i64::from(stroke) - i64::from(piece.from.stroke);
        // Head-down is rounded up: never flatter than the bed is.
        let tilt = i64::from(piece.from.tilt_mdeg) + div_up(along * piece.tilt, piece.stroke);
        let (low, high) = self.tilts();
        let known = i64::from(low) - BEYOND..=i64::from(high) + BEYOND;
        known.contains(&tilt).then(|| i32::try_from(tilt).ok()).flatten()
    }

    /// The least and the greatest tilt of its points.
    #[must_use]
    pub fn tilts(&self) -> (i32, i32) {
        let tilts = || self.points.iter().map(|point| point.tilt_mdeg);
        (tilts().min().unwrap_or(0), tilts().max().unwrap_or(0))
    }

    /// The stroke for a tilt, held at the ends; rounded to the side of less head-down.
    #[must_use]
    pub fn stroke(&self, tilt_mdeg: i32) -> i32 {
        let (low, high) = self.tilts();
        let tilt = tilt_mdeg.clamp(low, high);
        let inside = |piece: &Piece| {
            let along = i64::from(tilt) - i64::from(piece.from.tilt_mdeg);
            along.signum() * piece.tilt.signum() >= 0 && along.abs() <= piece.tilt.abs()
        };
        let piece = self.pieces().find(inside).unwrap_or_else(|| self.straight());
        let along = i64::from(tilt) - i64::from(piece.from.tilt_mdeg);
        let (whole, by) = (along * piece.stroke, piece.tilt);
        // Less head-down is less stroke where tilt rises with it, and more where it falls.
        let steps = if by > 0 { whole.div_euclid(by) } else { div_up(-whole, -by) };
        let stroke = i64::from(piece.from.stroke) + steps;
        i32::try_from(stroke).unwrap_or(piece.from.stroke)
    }

    /// Whether a growing stroke turns the bed head-down.
    #[must_use]
    pub fn out_is_down(&self) -> bool {
        self.pieces().next().is_some_and(|piece| piece.tilt > 0)
    }

    /// The speed of the stroke, in thousandths of its unit a second, that turns the bed at
    /// `rate_mdeg_s` where it stands; without a place the slowest anywhere, so that nothing is
    /// faster than asked. Never faster than asked by rounding either.
    #[must_use]
    pub fn speed(&self, at: Option<i32>, rate_mdeg_s: i32) -> i32 {
        let of = |piece: Piece| i64::from(rate_mdeg_s) * piece.stroke / piece.tilt;
        let speed = match at {
            Some(stroke) => of(self.piece(stroke)),
            None => self.pieces().map(of).min_by_key(|speed| speed.abs()).unwrap_or(0),
        };
        i32::try_from(speed).unwrap_or(0)
    }

    /// How fast the bed turns, in millidegrees a second, when the stroke moves at `speed` there;
    /// without a place the fastest anywhere.
    #[must_use]
    pub fn rate_mdeg_s(&self, at: Option<i32>, speed: i32) -> i32 {
        let of = |piece: Piece| i64::from(speed) * piece.tilt / piece.stroke;
        let rate = match at {
            Some(stroke) => of(self.piece(stroke)),
            None => self.pieces().map(of).max_by_key(|rate| rate.abs()).unwrap_or(0),
        };
        i32::try_from(rate.clamp(i64::from(i32::MIN), i64::from(i32::MAX))).unwrap_or(0)
    }
}

/// Division by a positive number, rounded up.
const fn div_up(a: i64, b: i64) -> i64 {
    -(-a).div_euclid(b)
}

#[cfg(test)]
mod tests;
