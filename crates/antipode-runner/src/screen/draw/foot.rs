//! The keys, at the bottom of every picture, STOP and RETURN first.

use ratatui::text::{Line, Span};

use super::{Look, WayOut};
use crate::screen::menu::Menu;
use crate::screen::scene::Scene;

use super::text::packed;

/// Every key, most urgent first. Two spaces part them.
const ROOMY: &str = "space STOP  r RETURN  o OK  y/n  e easier  h shorter  p pause  c resume  \
                     1-9 I feel  f feet slip  a/m alarms  x/k STOP off  u/l upright/level  q quit";
const SHORT: &str = "space STOP  r RETURN  o OK  y/n  1-9 I feel  e/h less  \
                     p/c pause  f feet  a/m alarms  x/k STOP off  u/l up  q quit";
/// In a menu the digits are beside their texts; what else does something now comes after these.
const MENU: &str = "space STOP  r RETURN  b back";

fn in_menu(scene: &Scene) -> String {
    let unseen = scene.view.alarms.bits() & !scene.view.alarms.acknowledged_bits() != 0;
    let keys = [
        (true, MENU),
        (scene.view.question.is_some(), "o OK"),
        (unseen, "a alarm seen"),
        (scene.over, "q quit"),
    ];
    let offered = keys.into_iter().filter(|(works, _)| *works);
    offered.map(|(_, key)| key).collect::<Vec<_>>().join("  ")
}
/// While STOP is on, below the way out.
const UNDER_STOP: &str = "1-9 I feel  f feet slip  a/m alarms  x/k STOP off  q quit";

/// The keys in at most `most` rows.
pub(super) fn lines(scene: &Scene, width: usize, most: usize, roomy: bool) -> Vec<Line<'static>> {
    let way_out = WayOut::of(&scene.view);
    let texts = match (way_out, scene.menu) {
        // The keys that lead out of STOP are the ones to see, alone on their rows.
        (Some(way), _) => {
            let rest = packed(UNDER_STOP, width);
            packed(way.footer(), width).into_iter().chain(rest).collect()
        }
        (None, Menu::What { .. } | Menu::HowStrong(_)) => packed(&in_menu(scene), width),
        (None, Menu::Closed) => packed(if roomy { ROOMY } else { SHORT }, width),
    };
    // The way out of STOP is never cut.
    let least = way_out.map_or(1, |way| packed(way.footer(), width).len());
    let styled = |(row, text): (usize, String)| {
        if row >= least {
            return Line::styled(text, Look::dim());
        }
        let stop = text.find("  o OK").unwrap_or(text.len());
        let (stop, rest) = text.split_at(stop);
        Line::from(vec![Span::styled(stop.to_owned(), Look::strong()), Span::raw(rest.to_owned())])
    };
    texts.into_iter().enumerate().take(most.max(least)).map(styled).collect()
}
