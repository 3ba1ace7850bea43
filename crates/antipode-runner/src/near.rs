//! The name that was most likely meant.

/// The name among `names` that differs from `typed` by the fewest letters, if it is close enough
/// to be a slip of the hand.
pub(crate) fn near<'a>(typed: &str, names: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    names
        .map(|name| (distance(typed, name), name))
        .min()
        .filter(|(steps, name)| *steps <= 1 + name.len() / 4)
        .map(|(_, name)| name)
}

/// How many letters have to be put in, left out or changed.
fn distance(from: &str, to: &str) -> usize {
    let to: Vec<char> = to.chars().collect();
    let mut row: Vec<usize> = (0..=to.len()).collect();
    // More letters than any name of ours are no slip; the work stays bounded.
    for (i, a) in from.chars().take(64).enumerate() {
        let mut next = vec![i + 1];
        for ((b, above), after) in to.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().unwrap_or(i + 1);
            let change = above + usize::from(a != *b);
            next.push(change.min(left + 1).min(after + 1));
        }
        row = next;
    }
    row.last().copied().unwrap_or(to.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_its_name_and_nonsense_finds_none() {
        let names = || ["first-week", "kim-2013-30", "self-paced"].into_iter();
        assert_eq!(near("frist-week", names()), Some("first-week"));
        assert_eq!(near("selfpaced", names()), Some("self-paced"));
        assert_eq!(near("bicycle", names()), None);
        assert_eq!(near("", names()), None);
    }
}
