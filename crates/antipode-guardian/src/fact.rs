//! What a device says of itself: who it is, and how it is set.

use core::fmt;

/// One thing that a device says of itself, such as how long its own time-out is. What was tried on a
/// device holds for as long as it says the same (H-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    what: String,
    is: String,
}

impl Fact {
    /// That `what` of a device `is` so. Both become plain words on one line: a device that was changed
    /// may say anything.
    #[must_use]
    pub fn new(what: impl AsRef<str>, is: impl AsRef<str>) -> Self {
        Self { what: plain(what.as_ref(), ':'), is: plain(is.as_ref(), ';') }
    }

    /// Which thing.
    #[must_use]
    pub fn what(&self) -> &str {
        &self.what
    }

    /// How it is.
    #[must_use]
    pub fn is(&self) -> &str {
        &self.is
    }
}

impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.what, self.is)
    }
}

fn plain(text: &str, ends: char) -> String {
    let kept = |c: char| if c == ends || c == ';' || !(' '..='~').contains(&c) { ' ' } else { c };
    text.chars().map(kept).collect::<String>().trim().to_owned()
}

/// Facts on one line, as a commissioning record keeps them.
#[must_use]
pub fn line_of(facts: &[Fact]) -> String {
    facts.iter().map(Fact::to_string).collect::<Vec<_>>().join("; ")
}

/// What is another thing in `now` than it was in `before`, in plain words.
pub(crate) fn changes(before: &[Fact], now: &[Fact]) -> Vec<String> {
    let of = |facts: &[Fact], what: &str| facts.iter().find(|fact| fact.what == what).cloned();
    let was = before.iter().filter_map(|was| match of(now, &was.what) {
        None => Some(format!("`{}`, which was {}, is not told", was.what, was.is)),
        Some(is) if is == *was => None,
        Some(is) => Some(format!("`{}` was {} and is {}", was.what, was.is, is.is)),
    });
    let new = now.iter().filter(|is| of(before, &is.what).is_none());
    was.chain(new.map(|is| format!("`{}` is {}, which was not told", is.what, is.is))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_device_says_becomes_plain_words_on_one_line() {
        let facts = [Fact::new("version", "USB x; v4\n\u{7f}\0é"), Fact::new("a: b", "1: 2")];
        assert_eq!(line_of(&facts), "version: USB x  v4; a  b: 1: 2");
    }

    #[test]
    fn every_change_is_named() {
        let fact = |what, is| Fact::new(what, is);
        let before = [fact("time-out", "250 ms"), fact("ramps", "20"), fact("gone", "1")];
        let now = [fact("time-out", "300 ms"), fact("ramps", "20"), fact("new", "2")];
        assert_eq!(
            changes(&before, &now),
            [
                "`time-out` was 250 ms and is 300 ms",
                "`gone`, which was 1, is not told",
                "`new` is 2, which was not told",
            ]
        );
        assert!(changes(&now, &now).is_empty());
    }
}
