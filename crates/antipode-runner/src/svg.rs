//! A plan as a picture for files and pages: tilt over time, with its own words for those who
//! cannot see it. Colours follow the reader's light or dark scheme.

use std::fmt::Write;

use antipode_core::plan::{Plan, Preview};
use antipode_safety::{Angle, Millis};

use crate::words;

const WIDTH: u64 = 800;
const HEIGHT: u64 = 300;
const LEFT: u64 = 56;
const RIGHT: u64 = 16;
const TOP: u64 = 48;
const BOTTOM: u64 = 36;

/// Where numbers lie in the picture.
struct Frame {
    /// Milliseconds over the whole width.
    time: u64,
    /// Head-up end of the scale, millidegrees.
    top: i64,
    /// Head-down end of the scale, millidegrees.
    bottom: i64,
}

impl Frame {
    /// Tenths of a pixel from the left.
    fn x(&self, at: Millis) -> u64 {
        LEFT * 10 + (WIDTH - LEFT - RIGHT) * 10 * at.get() / self.time
    }

    /// Tenths of a pixel from the top. Head-down is down.
    fn y(&self, millideg: i64) -> u64 {
        let part = (millideg - self.top).clamp(0, self.bottom - self.top).unsigned_abs();
        let whole = (self.bottom - self.top).unsigned_abs();
        TOP * 10 + (HEIGHT - TOP - BOTTOM) * 10 * part / whole
    }
}

/// The picture of a plan.
#[must_use]
pub fn draw(plan: &Plan, preview: &Preview) -> String {
    let frame = Frame {
        time: preview.time.get().max(1),
        top: -10_000,
        bottom: i64::from(preview.max_tilt.millideg()).max(10_000) + 5_000,
    };
    let mut svg = String::new();
    head(&mut svg, plan, preview);
    degree_lines(&mut svg, &frame);
    minute_lines(&mut svg, &frame);
    curve(&mut svg, &frame, preview);
    svg.push_str("</svg>\n");
    svg
}

fn head(svg: &mut String, plan: &Plan, preview: &Preview) {
    let title = escaped(&plan.title);
    let about = format!(
        "Tilt of the bed over {}. Deepest {} degrees, {} head-down in {} bouts.",
        words::spoken_time(preview.time),
        words::degrees(preview.max_tilt),
        words::spoken_time(preview.dose.head_down),
        preview.dose.bouts.len()
    );
    let style = "\
svg{--ink:#1a1a1a;--grid:#c8c8c8;--line:#0b5fa5;--fill:#0b5fa522;--rest:#2e7d3222}\
@media(prefers-color-scheme:dark){svg{--ink:#eee;--grid:#555;--line:#7fbfff;--fill:#7fbfff22;\
--rest:#81c78422}}\
text{font:13px sans-serif;fill:var(--ink)}.grid{stroke:var(--grid)}\
.tilt{fill:none;stroke:var(--line);stroke-width:2}.area{fill:var(--fill)}.rest{fill:var(--rest)}";
    put(
        svg,
        format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
             role=\"img\" aria-labelledby=\"title about\">\n\
             <title id=\"title\">{title}</title>\n<desc id=\"about\">{about}</desc>\n\
             <style>{style}</style>\n<text x=\"{LEFT}\" y=\"24\">{title}</text>\n"
        ),
    );
}

fn degree_lines(svg: &mut String, frame: &Frame) {
    let (low, level) = (frame.y(Angle::REST_LOW.millideg().into()), frame.y(0));
    let (left, width) = (LEFT, WIDTH - LEFT - RIGHT);
    put(
        svg,
        format_args!(
            "<rect class=\"rest\" x=\"{left}\" y=\"{}\" width=\"{width}\" height=\"{}\"/>\n",
            pixels(low),
            pixels(level - low)
        ),
    );
    let step = if frame.bottom > 45_000 { 15_000 } else { 10_000 };
    let mut millideg = 0;
    while millideg <= frame.bottom {
        let y = pixels(frame.y(millideg));
        let degrees = millideg / 1_000;
        put(
            svg,
            format_args!(
                "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{}\" y1=\"{y}\" y2=\"{y}\"/>\n\
                 <text x=\"{}\" y=\"{y}\" dy=\"4\" text-anchor=\"end\">{degrees}°</text>\n",
                WIDTH - RIGHT,
                LEFT - 8
            ),
        );
        millideg += step;
    }
}

fn minute_lines(svg: &mut String, frame: &Frame) {
    let minutes = frame.time / 60_000;
    let every = (minutes / 10).max(1);
    let mut minute = 0;
    while minute <= minutes {
        let x = pixels(frame.x(Millis::from_secs(minute * 60)));
        let (top, bottom) = (HEIGHT - BOTTOM, HEIGHT - BOTTOM + 5);
        put(
            svg,
            format_args!(
                "<line class=\"grid\" x1=\"{x}\" x2=\"{x}\" y1=\"{top}\" y2=\"{bottom}\"/>\n\
                 <text x=\"{x}\" y=\"{}\" text-anchor=\"middle\">{minute} min</text>\n",
                bottom + 15
            ),
        );
        minute += every;
    }
}

fn curve(svg: &mut String, frame: &Frame, preview: &Preview) {
    let mut corners = String::new();
    for point in &preview.points {
        let (x, y) = (frame.x(point.at), frame.y(point.tilt.millideg().into()));
        put(&mut corners, format_args!("{},{} ", pixels(x), pixels(y)));
    }
    let corners = corners.trim_end();
    let (level, end) = (pixels(frame.y(0)), pixels(frame.x(preview.time)));
    put(
        svg,
        format_args!(
            "<polygon class=\"area\" points=\"{LEFT},{level} {corners} {end},{level}\"/>\n\
             <polyline class=\"tilt\" points=\"{corners}\"/>\n"
        ),
    );
}

/// Tenths of a pixel as a decimal.
fn pixels(tenths: u64) -> String {
    match (tenths / 10, tenths % 10) {
        (whole, 0) => whole.to_string(),
        (whole, part) => format!("{whole}.{part}"),
    }
}

fn put(svg: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing into a string cannot fail.
    svg.write_fmt(text).unwrap_or_default();
}

/// Text that cannot become markup: a plan's title is somebody else's text.
fn escaped(text: &str) -> String {
    text.chars().fold(String::new(), |mut escaped, letter| {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '&' => escaped.push_str("&amp;"),
            '"' => escaped.push_str("&quot;"),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
        escaped
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans;
    use std::path::Path;

    #[test]
    fn every_built_in_plan_becomes_a_picture_with_words() {
        for (name, _) in antipode_files::presets() {
            let plan = plans::load(Path::new(name)).unwrap().value.plan;
            let preview = Preview::of(&plan.expand().unwrap());
            let svg = draw(&plan, &preview);
            assert!(svg.contains("<title id=\"title\">") && svg.contains("<desc id=\"about\">"));
            assert_eq!(svg.matches("<polyline").count(), 1, "{name}");
            assert!(svg.ends_with("</svg>\n") && !svg.contains("NaN"), "{name}");
        }
    }

    #[test]
    fn a_title_cannot_become_markup() {
        assert_eq!(escaped("<script>\"a\" & b\n"), "&lt;script&gt;&quot;a&quot; &amp; b ");
    }
}
