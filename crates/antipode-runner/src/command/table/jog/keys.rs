//! Keys as they are typed, one letter at a time, and unseen.

use std::io;
use std::time::Duration;

use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

use crate::terminal::{self, Typed};

/// Reads of one turn.
const READS: usize = 8;

/// One key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key {
    Down,
    Up,
    Stop,
    /// Take the latch of a STOP off.
    Acknowledge,
    /// Take faults off, and arm again.
    Clear,
    Quit,
    Other,
}

impl Key {
    const fn of(byte: u8) -> Self {
        match byte {
            b'd' | b'D' => Self::Down,
            b'u' | b'U' => Self::Up,
            b' ' => Self::Stop,
            b'k' | b'K' => Self::Acknowledge,
            b'c' | b'C' => Self::Clear,
            b'q' | b'Q' => Self::Quit,
            _ => Self::Other,
        }
    }
}

/// The keyboard of this terminal, letter by letter. It is as it was before once this is dropped.
pub(super) struct Keys {
    before: Termios,
}

impl Keys {
    /// Takes the keyboard. Ctrl-C stays a signal.
    ///
    /// # Errors
    /// Where standard input is no terminal.
    pub(super) fn take() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        let mut letters = before.clone();
        letters.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        // A window that is held up by Ctrl-S would hold up the loop, and with it the STOP key.
        letters.input_modes.remove(InputModes::IXON);
        // What was typed ahead was meant for the moment before.
        tcsetattr(io::stdin(), OptionalActions::Flush, &letters)?;
        Ok(Self { before })
    }

    /// Every key that waits; `None` once the terminal is gone.
    pub(super) fn typed(&self) -> Option<Vec<Key>> {
        let mut keys = Vec::new();
        // More at once is no hand; the rest waits for the next turn.
        for _ in 0..READS {
            match terminal::typed_within(Duration::ZERO) {
                Ok(Typed::Something) => {}
                Ok(Typed::Nothing) => return Some(keys),
                Ok(Typed::Gone) | Err(_) => return None,
            }
            let mut bytes = [0; 64];
            match rustix::io::read(io::stdin(), &mut bytes[..]) {
                Ok(0) => return None,
                Ok(count) => {
                    keys.extend(bytes.iter().take(count).map(|byte| Key::of(*byte)));
                }
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => {}
                Err(_) => return None,
            }
        }
        Some(keys)
    }
}

impl Drop for Keys {
    fn drop(&mut self) {
        // A terminal that is gone needs no mending.
        tcsetattr(io::stdin(), OptionalActions::Flush, &self.before).unwrap_or_default();
    }
}
