//! Hold-to-run on a keyboard, which has no "down" and no "up": only letters, one after another.

use antipode_safety::{Millis, Timestamp};

/// What the first letter grants (design: 700 ms a letter in a terminal). A keyboard pauses before it
/// repeats a key that is held, up to 660 ms as systems are delivered.
const FIRST: Millis = Millis::new(700);
/// What each letter grants once the key repeats: a lease, so that letting go is seen as soon as the
/// table itself would see the end of this program.
const REPEATED: Millis = Millis::new(250);
/// A key that is held shows itself within this time; after it, the key was let go of.
const LET_GO: Millis = FIRST;

/// Which way somebody holds the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// Toward head-down.
    Down,
    /// Toward head-up.
    Up,
}

/// What is held, and what is not until it was let go of.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hold {
    /// The direction of the last key, unless another kind of key came after it.
    way: Option<Way>,
    /// When the last key of any direction was seen.
    seen: Option<Timestamp>,
    /// The key repeats: letters come closer than [`REPEATED`].
    repeats: bool,
    down: Side,
    up: Side,
}

/// One direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Side {
    #[default]
    Free,
    /// Something stood in the way.
    Blocked,
}

impl Hold {
    /// A key of that direction was seen.
    pub(super) fn key(&mut self, now: Timestamp, way: Way) {
        let since = self.seen.map(|seen| now.since(seen));
        if since.is_none_or(|since| since >= LET_GO) {
            // Let go of, and pressed toward the other side: somebody saw that it was stuck.
            match way {
                Way::Down => self.up = Side::Free,
                Way::Up => self.down = Side::Free,
            }
        }
        self.repeats = self.way == Some(way) && since.is_some_and(|since| since < REPEATED);
        self.way = Some(way);
        self.seen = Some(now);
    }

    /// Any other key: nobody holds a direction any more.
    pub(super) const fn other(&mut self) {
        self.way = None;
    }

    /// Something stands in the way there. A key that is still held pushes against it no more, and
    /// neither does a new press: first it takes letting go, and a press of the other direction (H-11).
    pub(super) const fn obstacle(&mut self, way: Way) {
        match way {
            Way::Down => self.down = Side::Blocked,
            Way::Up => self.up = Side::Blocked,
        }
    }

    /// The direction that is held at `now`, and free.
    pub(super) fn way(&self, now: Timestamp) -> Option<Way> {
        let grant = if self.repeats { REPEATED } else { FIRST };
        let held = self.seen.is_some_and(|seen| now.since(seen) < grant);
        self.way.filter(|way| held && self.side(*way) == Side::Free)
    }

    /// Whether the last key was one that would push against an obstacle.
    pub(super) fn is_refused(&self) -> bool {
        self.way.is_some_and(|way| self.side(way) == Side::Blocked)
    }

    const fn side(&self, way: Way) -> Side {
        match way {
            Way::Down => self.down,
            Way::Up => self.up,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    /// Holds a key like a keyboard does; gives the time of its last letter.
    fn held(hold: &mut Hold, way: Way, from: u64, to: u64) -> u64 {
        hold.key(at(from), way);
        let letters = (from + 660..to).step_by(33);
        letters.fold(from, |_, ms| {
            hold.key(at(ms), way);
            ms
        })
    }

    #[test]
    fn the_first_letter_bridges_the_pause_of_a_keyboard_and_then_letting_go_is_seen_in_a_lease() {
        let mut hold = Hold::default();
        assert_eq!(hold.way(at(0)), None);
        hold.key(at(0), Way::Down);
        assert_eq!(hold.way(at(699)), Some(Way::Down));
        assert_eq!(hold.way(at(700)), None);
        let last = held(&mut hold, Way::Up, 1_000, 3_000);
        assert_eq!(hold.way(at(last + 249)), Some(Way::Up));
        assert_eq!(hold.way(at(last + 250)), None, "a key that repeats is let go of at once");
        hold.key(at(last + 300), Way::Up);
        hold.other();
        assert_eq!(hold.way(at(last + 301)), None, "another key is no hold");
    }

    #[test]
    fn a_key_that_stays_held_never_pushes_against_an_obstacle_again() {
        let mut hold = Hold::default();
        hold.key(at(0), Way::Down);
        hold.obstacle(Way::Down);
        // Thirty a second, for ten seconds, after the pause of the first.
        for ms in (660..10_000).step_by(33) {
            hold.key(at(ms), Way::Down);
            assert_eq!(hold.way(at(ms + 20)), None, "{ms}");
            assert!(hold.is_refused());
        }
    }

    #[test]
    fn no_row_of_new_presses_is_a_burst_against_an_obstacle() {
        let mut hold = Hold::default();
        hold.key(at(0), Way::Down);
        hold.obstacle(Way::Down);
        for ms in (1_000..20_000).step_by(1_000) {
            hold.key(at(ms), Way::Down);
            assert_eq!(hold.way(at(ms)), None, "let go and pressed again, {ms}");
        }
        // Away from it at once; and back after that only where it was let go of in between.
        for ms in (19_100..22_000).step_by(100) {
            hold.key(at(ms), Way::Up);
            assert_eq!(hold.way(at(ms)), Some(Way::Up));
            hold.other();
            hold.key(at(ms + 50), Way::Down);
            assert_eq!(hold.way(at(ms + 50)), None, "{ms}");
        }
    }

    #[test]
    fn let_go_and_pressed_the_other_way_it_is_free_again() {
        for (blocked, other) in [(Way::Down, Way::Up), (Way::Up, Way::Down)] {
            let mut hold = Hold::default();
            hold.key(at(0), blocked);
            hold.obstacle(blocked);
            hold.key(at(700), other);
            assert_eq!(hold.way(at(700)), Some(other));
            hold.key(at(900), blocked);
            assert_eq!(hold.way(at(900)), Some(blocked));
        }
    }

    #[test]
    fn blocked_on_both_sides_it_is_rocked_by_single_presses_and_no_other_way() {
        let mut hold = Hold::default();
        hold.key(at(0), Way::Down);
        hold.obstacle(Way::Down);
        hold.obstacle(Way::Up);
        hold.key(at(700), Way::Up);
        assert_eq!(hold.way(at(700)), None, "itself it is still blocked");
        hold.key(at(1_400), Way::Down);
        assert_eq!(hold.way(at(1_400)), Some(Way::Down));
    }
}
