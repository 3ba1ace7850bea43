//! The person's hands on the hand control.

use super::acts::{Act, Acts, Button};
use crate::chance::{Chance, Stream};

/// Presses that can be under way or planned at once.
const ROOM: usize = 16;

/// A press to come or under way.
#[derive(Clone, Copy, Debug)]
struct Press {
    button: Button,
    from_ms: u64,
    until_ms: u64,
    down: bool,
}

/// Both hands: presses with reaction time, the dead-man, mashing in panic.
#[derive(Clone, Debug)]
pub(crate) struct Hands {
    chance: Chance,
    presses: [Option<Press>; ROOM],
    mash_until_ms: u64,
    mash_next_ms: u64,
    holds_dead_man: bool,
}

impl Hands {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: Chance::new(seed, Stream::Hands),
            presses: [None; ROOM],
            mash_until_ms: 0,
            mash_next_ms: u64::MAX,
            holds_dead_man: false,
        }
    }

    /// Time from noticing to pressing: 0.4 to 3 s, most often under one.
    pub(crate) fn reaction_ms(&mut self) -> u64 {
        (400.0 + 450.0 * self.chance.waiting()).min(3_000.0) as u64
    }

    /// Plans a press; false when the hands already have more to do than they can.
    pub(crate) fn plan(&mut self, button: Button, from_ms: u64, for_ms: u64) -> bool {
        let until_ms = from_ms.saturating_add(for_ms.max(1));
        let press = Press { button, from_ms, until_ms, down: false };
        match self.presses.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => {
                *slot = Some(press);
                true
            }
            None => false,
        }
    }

    /// Presses buttons at random until `until_ms`.
    pub(crate) fn mash(&mut self, from_ms: u64, until_ms: u64) {
        (self.mash_next_ms, self.mash_until_ms) = (from_ms, until_ms);
    }

    pub(crate) const fn hold_dead_man(&mut self, hold: bool) {
        self.holds_dead_man = hold;
    }

    pub(crate) const fn holds_dead_man(&self) -> bool {
        self.holds_dead_man
    }

    /// Whether `button` is down.
    pub(crate) fn is_down(&self, button: Button) -> bool {
        self.presses.iter().flatten().any(|press| press.down && press.button == button)
    }

    /// The next moment at which the hands do something.
    pub(crate) fn next_ms(&self) -> u64 {
        let presses = self.presses.iter().flatten();
        let next = presses.map(|p| if p.down { p.until_ms } else { p.from_ms }).min();
        next.unwrap_or(u64::MAX).min(self.mash_next_ms)
    }

    /// Does everything that is due at `now_ms`.
    pub(crate) fn act(&mut self, now_ms: u64, acts: &mut Acts) {
        if now_ms >= self.mash_next_ms {
            self.mash_once(now_ms);
        }
        for slot in &mut self.presses {
            let Some(press) = slot else { continue };
            if !press.down && now_ms >= press.from_ms {
                press.down = true;
                acts.add(press.from_ms, Act::Press(press.button));
            }
            if press.down && now_ms >= press.until_ms {
                acts.add(press.until_ms, Act::LetGo(press.button));
                *slot = None;
            }
        }
    }

    fn mash_once(&mut self, now_ms: u64) {
        let button = Button::ALL[(self.chance.unit() * 4.0) as usize % 4];
        let for_ms = self.chance.between(60.0, 200.0) as u64;
        // Full hands mash no faster.
        self.plan(button, now_ms, for_ms);
        let next = now_ms + self.chance.between(80.0, 300.0) as u64;
        self.mash_next_ms = if next < self.mash_until_ms { next } else { u64::MAX };
    }

    /// Everything slips from the hands at `now_ms`.
    pub(crate) fn drop_all(&mut self, now_ms: u64, acts: &mut Acts) {
        for slot in &mut self.presses {
            if let Some(press) = slot.take()
                && press.down
            {
                acts.add(now_ms, Act::LetGo(press.button));
            }
        }
        self.holds_dead_man = false;
        self.mash_next_ms = u64::MAX;
    }
}
