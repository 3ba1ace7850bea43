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

/// At most `width` characters: whole words, with a mark where some are left out. A single word that
/// is longer is cut all the same.
pub(super) fn fitted(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let room: String = text.chars().take(width.saturating_sub(2)).collect();
    let next = text.chars().nth(width.saturating_sub(2));
    let whole = match next {
        Some(' ') => room.as_str(),
        _ => room.rfind(' ').map_or(room.as_str(), |space| &room[..space]),
    };
    let whole = whole.trim_end();
    let kept = if whole.is_empty() { room.as_str() } else { whole };
    format!("{kept}..")
}

/// `line` with the mark that something is left out after it, whole words in at most `width`.
pub(super) fn cut(line: &str, width: usize) -> String {
    if line.chars().count() + 3 <= width {
        format!("{line} ..")
    } else {
        fitted(&format!("{line} and more"), width)
    }
}

/// `entries`, parted by two spaces, in lines of at most `width` characters. No entry is broken.
pub(super) fn packed(entries: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for entry in entries.split("  ").filter(|entry| !entry.is_empty()) {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 2 + entry.chars().count() <= width => {
                line.push_str("  ");
                line.push_str(entry);
            }
            _ => lines.push(entry.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_kept_whole_and_lines_fit() {
        assert_eq!(wrapped("> ", "one two three", 10), ["> one two", "  three"]);
        assert_eq!(wrapped("", "", 10), Vec::<String>::new());
        assert_eq!(fitted("on the screen", 12), "on the..");
        assert_eq!(fitted("on the screen", 8), "on the..");
        assert_eq!(fitted("abcdef", 5), "abc..");
        assert_eq!(fitted("abcde", 5), "abcde");
        assert_eq!(fitted("abc", 0), "..");
        assert_eq!(packed("r RETURN  o OK  q quit", 15), ["r RETURN  o OK", "q quit"]);
    }
}
