//! Taking the keypad for us alone, and asking which of its keys are down.

use std::fs::File;
use std::io;

use rustix::ioctl::{IntegerSetter, Updater, ioctl, opcode};

/// `EVIOCGRAB` of the kernel's input.h.
const GRAB: rustix::ioctl::Opcode = opcode::write::<i32>(b'E', 0x90);

/// One bit for each of the kernel's keys, `KEY_CNT` of input-event-codes.h.
const KEY_BYTES: usize = 0x300 / 8;
/// `EVIOCGKEY` of the kernel's input.h.
const KEYS: rustix::ioctl::Opcode = opcode::read::<[u8; KEY_BYTES]>(b'E', 0x18);

/// Which keys are down.
#[derive(Clone, Copy, Debug)]
pub(super) struct KeyState(pub(super) [u8; KEY_BYTES]);

impl KeyState {
    /// None is.
    pub(super) const NONE: Self = Self([0; KEY_BYTES]);

    /// Whether the key with that number is down.
    pub(super) fn is_down(&self, code: u16) -> bool {
        let byte = self.0.get(usize::from(code / 8));
        byte.is_some_and(|byte| byte >> (code % 8) & 1 == 1)
    }
}

/// Which keys of `keypad` are down now.
#[expect(unsafe_code, reason = "EVIOCGKEY has no safe wrapper; it writes into an array")]
pub(super) fn key_state(keypad: &File) -> io::Result<KeyState> {
    let KeyState(mut bytes) = KeyState::NONE;
    // SAFETY: the number carries the length of the array, and the kernel writes no more than that into
    // it; it fails with ENOTTY on a file that is no input device.
    let request = unsafe { Updater::<KEYS, [u8; KEY_BYTES]>::new(&mut bytes) };
    // SAFETY: as above; file and array outlive the call.
    unsafe { ioctl(keypad, request) }?;
    Ok(KeyState(bytes))
}

/// Takes `keypad` for this process, until it is closed.
///
/// Without it one press of Enter on the keypad would also be typed into the terminal and answer
/// two questions at once.
#[expect(unsafe_code, reason = "EVIOCGRAB has no safe wrapper; it takes a plain number")]
pub(super) fn grab(keypad: &File) -> io::Result<()> {
    // SAFETY: EVIOCGRAB takes its argument by value, reads and writes no memory of ours, and
    // fails with ENOTTY on a file that is no input device.
    let request = unsafe { IntegerSetter::<GRAB>::new_usize(1) };
    // SAFETY: as above; the file stays open for the length of the call.
    unsafe { ioctl(keypad, request) }?;
    Ok(())
}
