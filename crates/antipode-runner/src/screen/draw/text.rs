//! Text that fits.

/// `text` in lines of at most `width` characters, the first after `start`, the others below it.
pub(super) fn wrapped(start: &str, text: &str, width: usize) -> Vec<String> {
    let indent = start.chars().count();
    let room = width.saturating_sub(indent).max(8);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if !line.is_empty() && line.chars().count() + 1 + length > room {
            lines.push(std::mem::take(&mut line));
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if !line.is_empty() {
        lines.push(line);
    }
    let empty = " ".repeat(indent);
    let before = std::iter::once(start).chain(std::iter::repeat(empty.as_str()));
    before.zip(lines).map(|(before, line)| format!("{before}{line}")).collect()
}

/// At most `width` characters, with a mark where something is cut off.
pub(super) fn fitted(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(2)).collect();
    format!("{kept}..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_and_lines_fit() {
        assert_eq!(wrapped("> ", "one two three", 10), ["> one two", "  three"]);
        assert_eq!(wrapped("", "", 10), Vec::<String>::new());
        assert_eq!(fitted("abcdef", 5), "abc..");
        assert_eq!(fitted("abcde", 5), "abcde");
        assert_eq!(fitted("abc", 0), "..");
    }
}
