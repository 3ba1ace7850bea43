//! The thread that waits for keys.

use std::io;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::Duration;

use ratatui::crossterm::event::{self, Event};

use super::keys::Key;
use crate::terminal::{self, Typed};

/// How often the thread looks whether anyone still listens.
const LOOK: Duration = Duration::from_millis(200);

/// Between two looks at the beginning of a key.
const PART: Duration = Duration::from_millis(20);

/// Starts it. The channel closes when the terminal is gone.
pub(super) fn start() -> io::Result<Receiver<Key>> {
    let (tell, keys) = channel();
    thread::Builder::new().name("keys".into()).spawn(move || {
        if let Err(error) = read(&tell) {
            tracing::warn!(%error, "the terminal gives no more keys");
        }
    })?;
    Ok(keys)
}

fn read(tell: &Sender<Key>) -> io::Result<()> {
    loop {
        match terminal::typed_within(LOOK)? {
            Typed::Something => {}
            Typed::Nothing => continue,
            Typed::Gone => return Err(io::ErrorKind::UnexpectedEof.into()),
        }
        let mut any = false;
        while event::poll(Duration::ZERO)? {
            any = true;
            if let Event::Key(event) = event::read()?
                && let Some(key) = Key::of(event)
                && tell.send(key).is_err()
            {
                // Nobody listens any more: the screen is closed.
                return Ok(());
            }
        }
        if !any {
            // What is there is part of a key, or waits behind the next one.
            thread::sleep(PART);
        }
    }
}
