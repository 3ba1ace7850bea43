//! Bytes to commands, as a Pololu board reads them: compact, or with a device number, with a check
//! or without.

use super::crc;

/// The byte that announces a device number.
const NUMBERED: u8 = 0xaa;
/// Data bytes of the longest command.
const LONGEST: usize = 24;

/// How the board is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) crc: bool,
    /// Commands without a number are obeyed.
    pub(super) compact: bool,
    /// Numbers have 14 bits.
    pub(super) wide: bool,
    pub(super) number: u16,
}

/// What a byte completed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// A command, its whole frame beside it.
    Command {
        frame: Vec<u8>,
        command: u8,
        data: Vec<u8>,
    },
    BadCheck,
    Malformed,
}

/// How many data bytes a command has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Size {
    Fixed(usize),
    /// As the second data byte says: the values and one byte of their top bits.
    Counted,
}

/// Puts frames together.
#[derive(Clone, Debug, Default)]
pub(super) struct Framer {
    frame: Vec<u8>,
}

impl Framer {
    /// Takes one byte, where `size` knows the commands.
    pub(super) fn take(&mut self, byte: u8, rules: Rules, size: fn(u8) -> Size) -> Option<Heard> {
        if byte >= 0x80 {
            let torn = !self.frame.is_empty();
            self.frame.clear();
            self.frame.push(byte);
            if torn {
                // What was begun ends unfinished; the new command may be whole already.
                return self.complete(rules, size).or(Some(Heard::Malformed));
            }
        } else if self.frame.is_empty() {
            return Some(Heard::Malformed);
        } else {
            self.frame.push(byte);
        }
        if self.frame.len() > LONGEST {
            self.frame.clear();
            return Some(Heard::Malformed);
        }
        self.complete(rules, size)
    }

    fn complete(&mut self, rules: Rules, size: fn(u8) -> Size) -> Option<Heard> {
        let numbered = self.frame.first() == Some(&NUMBERED);
        let head = match (numbered, rules.wide) {
            (false, _) => 0,
            (true, false) => 2,
            (true, true) => 3,
        };
        let command = match (numbered, self.frame.get(head)) {
            (_, None) => return None,
            (true, Some(byte)) => byte | 0x80,
            (false, Some(byte)) => *byte,
        };
        let data = self.frame.get(head + 1..).unwrap_or_default();
        let len = match size(command) {
            Size::Fixed(len) => len,
            Size::Counted => match data {
                [_, count, ..] => usize::from(*count) + 3,
                _ => return None,
            },
        };
        let whole = head + 1 + len + usize::from(rules.crc);
        if self.frame.len() < whole {
            return None;
        }
        let frame = std::mem::take(&mut self.frame);
        if rules.crc
            && let Some((check, body)) = frame.split_last()
            && crc::pololu(body) != *check
        {
            return Some(Heard::BadCheck);
        }
        let number = match (head, frame.as_slice()) {
            (2, [_, number, ..]) => Some(u16::from(*number)),
            (3, [_, low, high, ..]) => Some(u16::from(*low) | u16::from(*high) << 7),
            _ => None,
        };
        let mine = number.map_or(rules.compact, |number| {
            number == if rules.wide { rules.number & 0x3fff } else { rules.number & 0x7f }
        });
        let data = frame.get(head + 1..head + 1 + len).unwrap_or_default().to_vec();
        mine.then_some(Heard::Command { frame, command, data })
    }
}
