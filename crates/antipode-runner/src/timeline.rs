//! A plan as a small picture of characters: time runs to the right, head-down hangs down.

use antipode_core::plan::Point;
use antipode_safety::{Angle, Millis};

use crate::words;

/// Lines below the level line.
const ROWS: u64 = 8;
/// Characters in front of the picture: the scale.
const SCALE: usize = 6;

/// The characters that a picture is made of.
struct Ink {
    full: char,
    half: char,
    level: char,
}

const UNICODE: Ink = Ink { full: '█', half: '▀', level: '─' };
const ASCII: Ink = Ink { full: '#', half: '\'', level: '-' };

/// The picture of the line through `points`, at most `width` characters wide.
#[must_use]
pub fn draw(points: &[Point], width: usize, ascii: bool) -> Vec<String> {
    let ink = if ascii { ASCII } else { UNICODE };
    let columns = width.saturating_sub(SCALE + 1).max(10);
    let end = points.last().map_or(0, |point| point.at.get()).max(1);
    let deepest = points.iter().map(|p| p.tilt.millideg()).max().unwrap_or(0).max(1_000);
    let deepest = deepest.unsigned_abs();
    let depths: Vec<u64> = (0..columns)
        .map(|column| {
            // The deepest tilt within the column, so that no short dip is lost between two.
            let edge = |column: usize| end * column as u64 / columns as u64;
            let depth = deepest_within(points, edge(column), edge(column + 1));
            (2 * ROWS * u64::from(depth)).div_ceil(u64::from(deepest))
        })
        .collect();
    let mut lines = vec![format!("{:>4}° {}", 0, String::from(ink.level).repeat(columns))];
    for row in 0..ROWS {
        let cells: String = depths
            .iter()
            .map(|depth| match depth.saturating_sub(2 * row) {
                0 => ' ',
                1 => ink.half,
                _ => ink.full,
            })
            .collect();
        let label = if row + 1 == ROWS || row + 1 == ROWS / 2 {
            let at = u64::from(deepest) * (row + 1) / ROWS;
            let at = Angle::clamped(i64::try_from(at).unwrap_or(i64::MAX));
            format!("{:>4}°", words::degrees(at))
        } else {
            "     ".to_owned()
        };
        lines.push(format!("{label} {cells}").trim_end().to_owned());
    }
    lines.push(time_scale(end, columns));
    lines
}

/// The line with the times: at the start, in the middle and at the end.
fn time_scale(end: u64, columns: usize) -> String {
    let label = |part: u64| words::clock(Millis::new(end * part / 2));
    let (start, middle, last) = (label(0), label(1), label(2));
    let mut line = format!("{}{start}", " ".repeat(SCALE));
    let mut put = |at: usize, text: &str| {
        let have = line.chars().count();
        if at > have {
            line.push_str(&" ".repeat(at - have));
            line.push_str(text);
        }
    };
    put(SCALE + columns / 2 - middle.len() / 2, &middle);
    put(SCALE + columns - last.len(), &last);
    line
}

/// The deepest head-down tilt from `from` to `to`, in millidegrees; zero at level and head-up.
fn deepest_within(points: &[Point], from: u64, to: u64) -> u32 {
    let ends = [tilt_at(points, from), tilt_at(points, to)];
    let inside = points
        .iter()
        .filter(|point| (from..=to).contains(&point.at.get()))
        .map(|point| i64::from(point.tilt.millideg()));
    let deepest = ends.into_iter().chain(inside).max().unwrap_or(0);
    u32::try_from(deepest.max(0)).unwrap_or(u32::MAX)
}

/// The tilt at a time, on a straight line between two points.
fn tilt_at(points: &[Point], at: u64) -> i64 {
    let after = points.iter().position(|point| point.at.get() >= at);
    let Some(after) = after else {
        return points.last().map_or(0, |point| point.tilt.millideg().into());
    };
    let (Some(next), before) = (points.get(after), after.checked_sub(1)) else { return 0 };
    let Some(before) = before.and_then(|before| points.get(before)) else {
        return next.tilt.millideg().into();
    };
    let (start, end) = (before.at.get(), next.at.get());
    let (low, high) = (i64::from(before.tilt.millideg()), i64::from(next.tilt.millideg()));
    let (part, whole) = (at.saturating_sub(start), end.saturating_sub(start).max(1));
    let travelled = i128::from(high - low) * i128::from(part) / i128::from(whole);
    low + i64::try_from(travelled).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points() -> Vec<Point> {
        [(0, -3), (30, 30), (90, 30), (120, -3), (180, -3)]
            .map(|(at, tilt)| Point {
                at: Millis::from_secs(at),
                tilt: Angle::from_deg(tilt).unwrap(),
            })
            .to_vec()
    }

    #[test]
    fn bout_hangs_below_the_level_line() {
        insta::assert_snapshot!(draw(&points(), 48, false).join("\n"), @r"
           0° ─────────────────────────────────────────
              ▀██████████████████████████
               █████████████████████████
                ███████████████████████▀
          15°   ▀█████████████████████▀
                 ▀████████████████████
                  ███████████████████
                   █████████████████▀
          30°       ███████████████▀
              0:00              1:30               3:00
        ");
    }

    #[test]
    fn ascii_needs_no_other_character_and_no_width_is_too_small() {
        for width in [0, 1, 10, 60, 500] {
            let lines = draw(&points(), width, true);
            assert!(lines.iter().all(|line| line.replace('°', "").is_ascii()));
            let widest = lines.iter().map(|line| line.chars().count()).max().unwrap();
            assert!(widest <= width.max(10 + SCALE + 1), "{width}: {widest}");
        }
    }

    #[test]
    fn nothing_at_all_can_be_drawn() {
        assert_eq!(draw(&[], 40, true).len(), 2 + ROWS as usize);
    }

    #[test]
    fn a_dip_shorter_than_a_column_is_seen() {
        let mut points = points();
        let last = points.pop().unwrap();
        let dip = [(10_000, -3), (10_001, 30), (10_002, -3), (20_000, -3)];
        points.extend(dip.map(|(at, tilt)| Point {
            at: Millis::from_secs(at),
            tilt: Angle::from_deg(tilt).unwrap(),
        }));
        let lines = draw(&points, 40, true);
        let column = lines[ROWS as usize].chars().skip(SCALE).skip(10).collect::<String>();
        assert!(column.contains(['#', '\'']), "{lines:?} {last:?}");
    }
}
