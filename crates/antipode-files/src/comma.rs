//! Numbers that are written with a decimal comma, as most of Europe writes them.
//!
//! To TOML such a comma is a piece of nothing, so that the parser's own words lead nowhere.

use std::ops::Range;

/// A number with a decimal comma.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Comma {
    /// Where it is in the text.
    pub(crate) span: Range<usize>,
    /// As written.
    pub(crate) written: String,
    /// With a point instead.
    pub(crate) meant: String,
}

/// The number with a decimal comma that the error at `offset` comes from: a value right after its
/// `=`, on the same line. A list such as `[1,5]` holds two numbers and none with a comma.
pub(crate) fn before(text: &str, offset: usize) -> Option<Comma> {
    let start = text.get(..offset)?.rfind('\n').map_or(0, |newline| newline + 1);
    let line = text.get(start..)?.lines().next()?;
    let commas = line.match_indices(',').map(|(at, _)| at);
    let mut numbers = commas.filter_map(|at| number(line, at)).filter(|span| !is_text(line, span));
    let span = numbers.find(|span| start + span.start <= offset)?;
    let written = line.get(span.clone())?.to_owned();
    let meant = written.replace(['.', '_'], "").replace(',', ".");
    Some(Comma { span: start + span.start..start + span.end, written, meant })
}

/// The whole number around the comma at `comma`, when digits stand on both of its sides and a `=`
/// before it.
fn number(line: &str, comma: usize) -> Option<Range<usize>> {
    let digits = |c: char| c.is_ascii_digit();
    let (before, after) = (line.get(..comma)?, line.get(comma + 1..)?);
    if !before.ends_with(digits) || !after.starts_with(digits) {
        return None;
    }
    let head = before.trim_end_matches(|c: char| digits(c) || matches!(c, '.' | '_'));
    let head = head.trim_end_matches(['+', '-']);
    if !head.trim_end().ends_with('=') {
        return None;
    }
    let tail = after.len() - after.trim_start_matches(digits).len();
    Some(head.len()..comma + 1 + tail)
}

/// Whether it stands in a text or a comment.
fn is_text(line: &str, span: &Range<usize>) -> bool {
    let before = line.get(..span.start).unwrap_or_default();
    before.contains('#') || ['"', '\''].iter().any(|mark| before.matches(*mark).count() % 2 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(String, String)> {
        let text = format!("schema = 1\n{line}\nname = \"x\"\n");
        let end = text.find("\nname").unwrap();
        before(&text, end).map(|comma| {
            assert_eq!(text.get(comma.span).unwrap(), comma.written);
            (comma.written, comma.meant)
        })
    }

    #[test]
    fn a_number_after_its_equals_sign_is_found_with_sign_and_thousands() {
        for (line, written, meant) in [
            ("tilt_deg = 12,5", "12,5", "12.5"),
            ("tilt_deg=12,5", "12,5", "12.5"),
            ("tilt_deg = -2,5 # flat", "-2,5", "-2.5"),
            ("mass = 1.000,5", "1.000,5", "1000.5"),
            ("steps = { tilt_deg = 1,25 }", "1,25", "1.25"),
            ("hold = 1,5m", "1,5", "1.5"),
        ] {
            assert_eq!(found(line), Some((written.into(), meant.into())), "{line}");
        }
    }

    #[test]
    fn lists_texts_comments_and_lone_commas_are_no_numbers() {
        for line in
            ["x = [1,5]", "x = \"a =1,5\"", "# x = 1,5", "x = 1,", "x = ,5", "x = 1, 5", "x", ""]
        {
            assert_eq!(found(line), None, "{line}");
        }
        assert_eq!(before("tilt_deg = 12,5", 99), None);
    }
}
