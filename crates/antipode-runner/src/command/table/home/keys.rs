//! The keys of a terminal while a bed comes home.

use std::io::{IsTerminal, stdin};
use std::time::Duration;

use rustix::termios::{InputModes, LocalModes, OptionalActions, Termios};

use crate::terminal::{Typed, typed_within};

/// Bytes taken at once; a key that is held down sends about 30 a second.
const BITE: usize = 256;
const CTRL_C: u8 = 3;
const ESC: u8 = 0x1b;

/// What was pressed since the last look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pressed {
    /// r or Enter.
    pub(super) come_up: bool,
    /// Space, Esc or s.
    pub(super) stop: bool,
    /// Ctrl-C, so many times.
    pub(super) interrupts: u8,
    /// The terminal is gone.
    pub(super) gone: bool,
}

/// Somebody who can press keys, or nobody.
pub(super) trait Keys {
    /// What was pressed since the last look; nothing once the terminal is gone.
    fn take(&mut self) -> Pressed;

    /// Whether somebody could press any.
    fn there(&self) -> bool;
}

/// A terminal that gives its keys one by one.
pub(super) struct Keyboard {
    /// As it was found; none once it is gone, or where there never was one.
    found: Option<Termios>,
}

impl Keyboard {
    /// Takes the keys of this process's terminal, where it has one and is in its foreground: who
    /// asks a terminal for its keys from behind is halted by it, and the bed with them.
    pub(super) fn open() -> Self {
        Self {
            found: taken().inspect_err(|error| tracing::info!(%error, "no keys")).ok().flatten(),
        }
    }
}

fn taken() -> std::io::Result<Option<Termios>> {
    let stdin = stdin();
    if !stdin.is_terminal() {
        return Ok(None);
    }
    // A terminal that is not this session's has no foreground that could be asked for.
    let before = rustix::termios::tcgetpgrp(&stdin)
        .map_or(true, |foreground| foreground == rustix::process::getpgrp());
    if !before {
        return Ok(None);
    }
    let found = rustix::termios::tcgetattr(&stdin)?;
    let mut keys = found.clone();
    // One by one, unseen; and no key may halt this program or what it says: Ctrl-Z, Ctrl-S.
    keys.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
    keys.input_modes.remove(InputModes::IXON);
    rustix::termios::tcsetattr(&stdin, OptionalActions::Now, &keys)?;
    Ok(Some(found))
}

impl Keys for Keyboard {
    fn take(&mut self) -> Pressed {
        if self.found.is_none() {
            return Pressed::default();
        }
        let mut bytes = [0; BITE];
        let read = match typed_within(Duration::ZERO) {
            Ok(Typed::Nothing) => return Pressed::default(),
            Ok(Typed::Something) => rustix::io::read(stdin(), &mut bytes),
            Ok(Typed::Gone) | Err(_) => Ok(0),
        };
        match read {
            Ok(count @ 1..) => pressed(bytes.get(..count).unwrap_or_default()),
            Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => Pressed::default(),
            Ok(0) | Err(_) => {
                self.found = None;
                Pressed { gone: true, ..Pressed::default() }
            }
        }
    }

    fn there(&self) -> bool {
        self.found.is_some()
    }
}

impl Drop for Keyboard {
    fn drop(&mut self) {
        if let Some(found) = &self.found
            && let Err(error) = rustix::termios::tcsetattr(stdin(), OptionalActions::Now, found)
        {
            tracing::warn!(%error, "the terminal is not as it was found");
        }
    }
}

/// What `bytes` of a terminal mean. An arrow begins as Esc does and is none, but what is pressed with
/// it counts: a bad line delivers several keys at once, and one of them may be STOP (H-20).
fn pressed(mut bytes: &[u8]) -> Pressed {
    let mut pressed = Pressed::default();
    loop {
        bytes = without_sequence(bytes);
        let Some((key, rest)) = bytes.split_first() else { return pressed };
        match key {
            b'r' | b'R' | b'\r' | b'\n' => pressed.come_up = true,
            b' ' | b's' | b'S' | &ESC => pressed.stop = true,
            &CTRL_C => pressed.interrupts = pressed.interrupts.saturating_add(1),
            _ => {}
        }
        bytes = rest;
    }
}

/// `bytes` behind the whole sequences of keys that are no letters: Esc `[` parameters and a final
/// byte, or Esc `O` and one letter. Any other Esc is a key of its own.
fn without_sequence(mut bytes: &[u8]) -> &[u8] {
    loop {
        bytes = match bytes {
            [ESC, b'O', b'A'..=b'Z' | b'a'..=b'z', rest @ ..] => rest,
            [ESC, b'[', rest @ ..] => {
                let parameters =
                    rest.iter().take_while(|byte| matches!(byte, b'0'..=b'9' | b';')).count();
                match rest.get(parameters..) {
                    Some([0x40..=0x7e, rest @ ..]) => rest,
                    Some(_) | None => return bytes,
                }
            }
            _ => return bytes,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_those_of_a_session() {
        let nothing = Pressed::default();
        for up in [&b"r"[..], b"R", b"\r", b"rrr", b"xr"] {
            assert_eq!(pressed(up), Pressed { come_up: true, ..nothing }, "{up:?}");
        }
        for stop in [&b" "[..], b"s", b"S", b"\x1b"] {
            assert_eq!(pressed(stop), Pressed { stop: true, ..nothing }, "{stop:?}");
        }
        let with_others = [
            &b"\x1b\x1b"[..],
            b"\x1b ",
            b"\x1bs",
            b"\x1b[A ",
            b"\x1b[A\x1b",
            b" \x1b[A",
            b"\x1bOPs",
            b"\x1b[",
            b"\x1bO",
            b"\x1b[1;5",
            b"\x1b[ ",
            b"\x1bO ",
        ];
        for stop in with_others {
            assert!(pressed(stop).stop, "{stop:?}");
        }
        assert_eq!(pressed(b"\x1b\x03\x03"), Pressed { stop: true, interrupts: 2, ..nothing });
        assert_eq!(pressed(b"\x1b[A\x03").interrupts, 1);
        for neither in [
            &b"\x1b[A"[..],
            b"\x1bOP",
            b"\x1b[1;5A\x1b[B",
            b"\x1b[15~",
            b"q",
            b"",
            b"\x1a",
            b"\x13",
        ] {
            assert_eq!(pressed(neither), nothing, "{neither:?}");
        }
        assert_eq!(pressed(b"\x03\x03").interrupts, 2);
        assert!(pressed(b"r ").stop && pressed(b"r ").come_up, "neither hides the other");
    }
}
