//! The thread that reads the keypad.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::event::{Decoder, EVENT_BYTES, HandEvent};
use super::grab::{grab, key_state};
use super::keys::{HandKeys, KeyError};
use crate::settings::Hand;

/// How often the thread looks whether it may end, and whether a lost keypad is back.
const LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 500_000_000 };

/// Why the keypad cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The keys.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// It cannot be opened.
    #[error(
        "the hand control {} could not be opened: {cause}; plug it in, and be in the group `input`",
        path.display()
    )]
    Open {
        /// Where.
        path: PathBuf,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// A keypad in use. Dropping it gives the keypad back.
#[derive(Debug)]
pub struct HandControl {
    leave: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl HandControl {
    /// Opens the keypad of the settings; `None` when none is set. `tell` is called on the keypad's
    /// own thread, with every event, and must not wait.
    ///
    /// # Errors
    /// [`OpenError`] says what to do.
    pub fn open(
        hand: &Hand,
        tell: impl FnMut(HandEvent) + Send + 'static,
    ) -> Result<Option<Self>, OpenError> {
        if hand.device.is_empty() {
            return Ok(None);
        }
        let keys = HandKeys::new(hand)?;
        let path = PathBuf::from(&hand.device);
        let failed = |cause| OpenError::Open { path: path.clone(), cause };
        let keypad = open(&path).map_err(failed)?;
        let leave = Arc::new(AtomicBool::new(false));
        let (flag, again) = (Arc::clone(&leave), path.clone());
        let thread = thread::Builder::new()
            .name("hand control".into())
            .spawn(move || watch(keypad, &again, Decoder::new(keys), &flag, tell))
            .map_err(failed)?;
        Ok(Some(Self { leave, thread: Some(thread) }))
    }
}

impl Drop for HandControl {
    fn drop(&mut self) {
        self.leave.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the thread of the hand control had ended with a panic");
        }
    }
}

fn open(path: &Path) -> io::Result<File> {
    // A plain file would be read to its end and called lost; a pipe would never be opened.
    if !std::fs::metadata(path)?.file_type().is_char_device() {
        return Err(io::Error::other("it is not an input device"));
    }
    let keypad = File::open(path)?;
    grab(&keypad)?;
    Ok(keypad)
}

/// Reads until told to leave; a keypad that goes away is looked for again at its own path.
fn watch(
    keypad: File,
    path: &Path,
    mut decoder: Decoder,
    leave: &AtomicBool,
    mut tell: impl FnMut(HandEvent),
) {
    // A STOP that is down already has no event of its own.
    let mut first = look(&keypad, &mut decoder, &mut tell);
    let mut keypad = Some(keypad);
    while !leave.load(Ordering::Acquire) {
        if let Some(open) = &mut keypad {
            let seen = std::mem::replace(&mut first, Ok(()));
            if let Err(error) = seen.and_then(|()| turn(open, &mut decoder, &mut tell)) {
                tell(HandEvent::Lost);
                tracing::warn!(%error, "hand control lost");
                keypad = None;
            }
        } else {
            thread::sleep(std::time::Duration::from_millis(500));
            if let Ok(again) = open(path) {
                tell(HandEvent::Found);
                first = look(&again, &mut decoder, &mut tell);
                keypad = Some(again);
            }
        }
    }
}

/// Waits a little for an event and tells it. Where events were lost the keys themselves are looked at.
fn turn(
    keypad: &mut File,
    decoder: &mut Decoder,
    tell: &mut impl FnMut(HandEvent),
) -> io::Result<()> {
    if wait(keypad)? && read(keypad, decoder, tell)? == Some(HandEvent::Lost) {
        look(keypad, decoder, tell)?;
    }
    Ok(())
}

/// Tells what the keys that are down say beyond what was heard.
fn look(keypad: &File, decoder: &mut Decoder, tell: &mut impl FnMut(HandEvent)) -> io::Result<()> {
    if let Some(event) = decoder.look(&key_state(keypad)?) {
        tell(event);
    }
    Ok(())
}

/// Whether the keypad has something to say; waits for it a little.
fn wait(keypad: &File) -> io::Result<bool> {
    let mut fds = [PollFd::new(keypad, PollFlags::IN)];
    match poll(&mut fds, Some(&LOOK)) {
        Ok(ready) => Ok(ready > 0),
        Err(rustix::io::Errno::INTR) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Reads one event, tells it, and says which it was.
pub(super) fn read(
    source: &mut impl Read,
    decoder: &mut Decoder,
    tell: &mut impl FnMut(HandEvent),
) -> io::Result<Option<HandEvent>> {
    let mut bytes = [0; EVENT_BYTES];
    source.read_exact(&mut bytes)?;
    let event = decoder.hear(&bytes);
    if let Some(event) = event {
        tell(event);
    }
    Ok(event)
}
