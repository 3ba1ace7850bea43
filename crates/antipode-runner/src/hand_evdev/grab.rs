//! Taking the keypad for us alone.

use std::fs::File;
use std::io;

use rustix::ioctl::{IntegerSetter, ioctl, opcode};

/// `EVIOCGRAB` of the kernel's input.h.
const GRAB: rustix::ioctl::Opcode = opcode::write::<i32>(b'E', 0x90);

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
