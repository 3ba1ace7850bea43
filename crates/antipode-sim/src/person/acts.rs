//! What the person does: buttons, words, and falling silent.

use super::symptoms::Symptom;

/// A button of the hand control.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Button {
    /// Bring me up.
    Return,
    /// STOP.
    Stop,
    /// OK or start.
    Ok,
    /// Easier.
    Easier,
}

impl Button {
    /// Every button.
    pub const ALL: [Self; 4] = [Self::Return, Self::Stop, Self::Ok, Self::Easier];
}

/// A question to the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckIn {
    /// All well? Answered by a button: OK, EASIER or RETURN.
    AllWell,
    /// How comfortable, 0 to 10? Answered in words.
    Comfort,
    /// Did your heels move? Answered in words.
    HeelsMoved,
}

/// An answer in words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Comfort from 0 (unbearable) to 10.
    Comfort(u8),
    /// Yes.
    Yes,
    /// No.
    No,
}

/// One thing that the person does or that happens to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Act {
    /// Presses a button.
    Press(Button),
    /// Lets a button go.
    LetGo(Button),
    /// Starts to feel something; whether and how they report it is up to the people around.
    Feels {
        /// What.
        symptom: Symptom,
        /// How strong, 1 to 10.
        strength: u8,
    },
    /// Answers a question.
    Says(Answer),
    /// Faints: hands off everything.
    Faints,
    /// Comes round.
    ComesRound,
}

/// An act and its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimedAct {
    /// Milliseconds of simulated time.
    pub at_ms: u64,
    /// What.
    pub act: Act,
}

/// Room for acts between two looks. One step of 50 ms brings at most 7 symptoms, a faint or a
/// coming round, an answer, and a press and a letting go of each button.
const ROOM: usize = 32;

/// The acts since the last look, oldest first.
#[derive(Clone, Debug)]
pub struct Acts {
    list: [TimedAct; ROOM],
    len: usize,
    missed: u32,
}

impl Acts {
    /// None.
    pub(crate) const fn new() -> Self {
        Self { list: [TimedAct { at_ms: 0, act: Act::Faints }; ROOM], len: 0, missed: 0 }
    }

    /// Adds one; when nobody has looked for so long that there is no room, it is counted as missed.
    pub(crate) fn add(&mut self, at_ms: u64, act: Act) {
        match self.list.get_mut(self.len) {
            Some(slot) => {
                *slot = TimedAct { at_ms, act };
                self.len += 1;
            }
            None => self.missed = self.missed.saturating_add(1),
        }
    }

    /// The acts, oldest first.
    #[must_use]
    pub fn as_slice(&self) -> &[TimedAct] {
        &self.list[..self.len]
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Acts that found no room because nobody looked.
    #[must_use]
    pub const fn missed(&self) -> u32 {
        self.missed
    }
}
