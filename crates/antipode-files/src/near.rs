//! Guessing what was meant by a word that is not known.

/// Longer words are not compared: nobody mistypes this much by accident, and the comparison takes
/// time in the square of the length.
const LONGEST: usize = 64;

/// The candidate that `word` was most likely meant to be, if any is near enough to say so.
pub(crate) fn nearest<'c>(
    word: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    if word.len() > LONGEST || word.is_empty() {
        return None;
    }
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .filter_map(|candidate| closeness(&lower, candidate).map(|far| (far, candidate)))
        .min()
        .map(|(_, candidate)| candidate)
}

/// How far `word` is from `candidate`, `None` when too far to be a slip. The same word without or
/// with another unit counts as near: `tilt` and `tilt_rad` for `tilt_deg`.
fn closeness(word: &str, candidate: &str) -> Option<usize> {
    let distance = edits(word, candidate);
    let stem = |text: &str| text.split(['_', '-', ' ']).next().map(str::to_owned);
    if distance <= 1 + word.chars().count() / 4 {
        Some(distance)
    } else if stem(word) == stem(candidate) {
        Some(LONGEST + distance)
    } else {
        None
    }
}

/// Letters to insert, drop, change or swap with their neighbour to get from `a` to `b`.
fn edits(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let width = b.len() + 1;
    let mut before_last: Vec<usize> = vec![0; width];
    let mut last: Vec<usize> = (0..width).collect();
    for (i, from) in a.iter().enumerate() {
        let mut row = vec![i + 1; width];
        for (j, to) in b.iter().enumerate() {
            let change = last[j] + usize::from(from != to);
            row[j + 1] = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i - 1] == *to && *from == b[j - 1] {
                row[j + 1] = row[j + 1].min(before_last[j - 1] + 1);
            }
        }
        before_last = std::mem::replace(&mut last, row);
    }
    last[width - 1]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_of_the_pen_are_recognised() {
        let keys = ["tilt_deg", "hold", "rest", "repeat", "lower_deg_per_s", "raise_deg_per_s"];
        for (word, expect) in [
            ("titl_deg", Some("tilt_deg")),
            ("tilt", Some("tilt_deg")),
            ("tilt_rad", Some("tilt_deg")),
            ("HOLD", Some("hold")),
            ("hold_s", Some("hold")),
            ("repeats", Some("repeat")),
            ("lower_degs_per_s", Some("lower_deg_per_s")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), expect, "{word}");
        }
        assert_eq!(nearest(&"x".repeat(100), keys), None);
    }
}
