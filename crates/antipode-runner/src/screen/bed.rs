//! The table, drawn turning: the bed through its hinge, the head as a ball, where it is going as a
//! dotted line. Whole numbers only; dots are those of braille characters, 2 by 4 in each.

use antipode_safety::Angle;

/// A thousand times the sine of every fifth degree.
const SINES: [i64; 19] =
    [0, 87, 174, 259, 342, 423, 500, 574, 643, 707, 766, 819, 866, 906, 940, 966, 985, 996, 1_000];

/// A thousand times the sine of an angle in millidegrees.
fn sine(millideg: i64) -> i64 {
    let turned = millideg.rem_euclid(360_000);
    let (half, sign) = if turned >= 180_000 { (turned - 180_000, -1) } else { (turned, 1) };
    let quarter = if half > 90_000 { 180_000 - half } else { half };
    let at = |index: i64| {
        usize::try_from(index).ok().and_then(|index| SINES.get(index)).copied().unwrap_or(1_000)
    };
    let (index, part) = (quarter / 5_000, quarter % 5_000);
    sign * (at(index) * (5_000 - part) + at(index + 1) * part) / 5_000
}

/// Dots in character cells.
pub(super) struct Dots {
    columns: i64,
    rows: i64,
    cells: Vec<u8>,
}

/// The braille bit of a dot within its cell, by row and column.
const BITS: [[u8; 2]; 4] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]];

impl Dots {
    fn new(columns: u16, rows: u16) -> Self {
        let cells = usize::from(columns) * usize::from(rows);
        Self { columns: columns.into(), rows: rows.into(), cells: vec![0; cells] }
    }

    fn set(&mut self, x: i64, y: i64) {
        let (column, row) = (x.div_euclid(2), y.div_euclid(4));
        if !(0..self.columns).contains(&column) || !(0..self.rows).contains(&row) {
            return;
        }
        let cell = usize::try_from(row * self.columns + column).ok();
        let bit = usize::try_from(y.rem_euclid(4))
            .ok()
            .and_then(|y| BITS.get(y))
            .and_then(|bits| bits.get(usize::from(x.rem_euclid(2) == 1)));
        if let (Some(cell), Some(bit)) = (cell.and_then(|cell| self.cells.get_mut(cell)), bit) {
            *cell |= bit;
        }
    }

    /// A line from one point to another; every `step`th dot of it.
    fn line(&mut self, from: (i64, i64), to: (i64, i64), step: usize) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        let length = dx.abs().max(dy.abs()).max(1);
        for at in (0..=length).step_by(step) {
            self.set(from.0 + rounded(dx * at, length), from.1 + rounded(dy * at, length));
        }
    }

    /// A filled ball.
    fn ball(&mut self, at: (i64, i64), radius: i64) {
        for y in -radius..=radius {
            for x in -radius..=radius {
                if x * x + y * y <= radius * radius {
                    self.set(at.0 + x, at.1 + y);
                }
            }
        }
    }

    /// The picture as lines of text.
    pub(super) fn lines(&self, ascii: bool) -> Vec<String> {
        let width = usize::try_from(self.columns).unwrap_or(0).max(1);
        let letter = |cell: &u8| match (cell, ascii) {
            (0, _) => ' ',
            (dots, true) if dots.count_ones() >= 3 => '#',
            (_, true) => '.',
            (dots, false) => char::from_u32(0x2800 + u32::from(*dots)).unwrap_or('#'),
        };
        self.cells.chunks(width).map(|row| row.iter().map(letter).collect()).collect()
    }
}

fn rounded(value: i64, by: i64) -> i64 {
    (2 * value + by).div_euclid(2 * by)
}

/// Draws the bed at `tilt` (nothing when it is not known) and its target.
pub(super) fn draw(columns: u16, rows: u16, tilt: Option<Angle>, target: Option<Angle>) -> Dots {
    let mut dots = Dots::new(columns, rows);
    let (width, height) = (i64::from(columns) * 2, i64::from(rows) * 4);
    let hinge = (width / 2, height / 2);
    // The bed at right angles must fit, head and all.
    let arm = (width / 2 - 4).min(height / 2 - 4).max(2);
    // The stand.
    dots.line(hinge, (hinge.0 - arm / 2, height - 1), 1);
    dots.line(hinge, (hinge.0 + arm / 2, height - 1), 1);
    dots.line((hinge.0 - arm / 2 - 3, height - 1), (hinge.0 + arm / 2 + 3, height - 1), 1);
    let end = |tilt: Angle, length: i64| {
        // Head-down turns the head end, on the right, downward.
        let tilt = i64::from(tilt.millideg());
        let x = rounded(sine(tilt + 90_000) * length, 1_000);
        let y = rounded(sine(tilt) * length, 1_000);
        (hinge.0 + x, hinge.1 + y)
    };
    if let Some(target) = target {
        dots.line(end(target, -arm), end(target, arm), 4);
    }
    if let Some(tilt) = tilt {
        dots.line(end(tilt, -arm), end(tilt, arm), 1);
        dots.ball(end(tilt, arm), 2);
    }
    dots
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sines_are_right_in_every_quarter() {
        for (deg, expect) in [
            (0, 0),
            (30, 500),
            (45, 707),
            (90, 1_000),
            (150, 500),
            (-30, -500),
            (-75, -966),
            (270, -1_000),
        ] {
            assert!(sine(deg * 1_000).abs_diff(expect) <= 1, "{deg}: {}", sine(deg * 1_000));
        }
    }

    fn picture(deg: i32) -> String {
        draw(24, 8, Angle::from_deg(deg), None).lines(true).join("\n")
    }

    /// The row of the head: the lowest or highest row with ink on the right half.
    fn head_row(deg: i32) -> usize {
        let rows = draw(40, 12, Angle::from_deg(deg), None);
        let without = draw(40, 12, None, None);
        let at = rows.cells.iter().zip(&without.cells).enumerate();
        let changed: Vec<usize> = at
            .filter(|(index, (a, b))| a != b && index % 40 > 20)
            .map(|(index, _)| index / 40)
            .collect();
        let (low, high) = (*changed.iter().min().unwrap(), *changed.iter().max().unwrap());
        if deg > 0 { high } else { low }
    }

    #[test]
    fn head_goes_down_head_down_and_up_upright() {
        assert!(head_row(60) > head_row(30));
        assert!(head_row(30) > 6);
        assert!(head_row(-60) < 5, "{}", picture(-60));
    }

    #[test]
    fn any_size_and_any_tilt_can_be_drawn() {
        for (columns, rows) in [(0, 0), (1, 1), (3, 2), (200, 100)] {
            for deg in (-180..=180).step_by(15) {
                let tilt = Angle::from_deg(deg);
                let lines = draw(columns, rows, tilt, tilt).lines(false);
                assert!(lines.len() <= usize::from(rows));
            }
        }
    }
}
