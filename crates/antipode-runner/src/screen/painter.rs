//! The thread that draws. It always draws the newest picture; those it had no time for are gone.

use std::io::{self, Stdout, Write, stdout};
use std::mem::ManuallyDrop;
use std::panic::{self, AssertUnwindSafe};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use ratatui::backend::CrosstermBackend;
use ratatui::crossterm::execute;
use ratatui::crossterm::terminal::{EnterAlternateScreen, enable_raw_mode};
use ratatui::layout::{Position, Rect};
use ratatui::{DefaultTerminal, Terminal};

use super::scene::Scene;
use super::{Options, draw};

/// Between two rings of the bell.
const RING_EVERY: Duration = Duration::from_secs(2);
/// How long the end waits for a terminal that hangs.
const PATIENCE: Duration = Duration::from_millis(500);

/// The drawing side of the screen. Gives the terminal back when it is finished or dropped.
pub(super) struct Painter {
    desk: Arc<Desk>,
    thread: Option<JoinHandle<()>>,
}

#[derive(Default)]
struct Desk {
    next: Mutex<Next>,
    changed: Condvar,
}

#[derive(Default)]
struct Next {
    scene: Option<Scene>,
    leave: bool,
    gone: bool,
}

impl Painter {
    /// Takes the terminal over.
    pub(super) fn start(options: Options) -> io::Result<Self> {
        restore_before_panic_message();
        let terminal = take_over().inspect_err(|_| give_back())?;
        let desk = Arc::new(Desk::default());
        let of_thread = Arc::clone(&desk);
        let thread = thread::Builder::new().name("painter".into()).spawn(move || {
            if let Err(error) = paint(&of_thread, terminal, options) {
                tracing::warn!(%error, "the terminal cannot be drawn on any more");
            }
            of_thread.lock().gone = true;
            of_thread.changed.notify_all();
        });
        match thread {
            Ok(thread) => Ok(Self { desk, thread: Some(thread) }),
            Err(error) => {
                give_back();
                Err(error)
            }
        }
    }

    /// Hands over a picture; never waits for the terminal.
    pub(super) fn show(&self, scene: Scene) {
        self.desk.lock().scene = Some(scene);
        self.desk.changed.notify_all();
    }

    /// Gives the terminal back.
    pub(super) fn finish(mut self) {
        self.end();
    }

    fn end(&mut self) {
        let Some(thread) = self.thread.take() else { return };
        self.desk.lock().leave = true;
        self.desk.changed.notify_all();
        let next = self.desk.lock();
        let waited = self.desk.changed.wait_timeout_while(next, PATIENCE, |next| !next.gone);
        let gone = waited.unwrap_or_else(PoisonError::into_inner).0.gone;
        // A terminal that hangs in a write would hold us up for ever; its thread is left to it.
        if gone && thread.join().is_err() {
            tracing::error!("the drawing thread had ended with a panic");
        }
        give_back();
    }
}

impl Drop for Painter {
    fn drop(&mut self) {
        self.end();
    }
}

impl Desk {
    fn lock(&self) -> std::sync::MutexGuard<'_, Next> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next picture; `None` when it is time to leave.
    fn next(&self) -> Option<Scene> {
        let mut next = self.lock();
        loop {
            if next.leave {
                return None;
            }
            if let Some(scene) = next.scene.take() {
                return Some(scene);
            }
            next = self.changed.wait(next).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Raw mode and a screen of our own, without the usual panic hook: a panic of some other thread
/// must not take raw mode away, since STOP would then need Enter after it.
fn take_over() -> io::Result<DefaultTerminal> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen)?;
    Terminal::new(CrosstermBackend::new(stdout()))
}

/// Gives the terminal back as it was. A window that was closed takes nothing back, and
/// `ratatui::restore` then panics, since it writes of its failure to the same window: the end of
/// the session would be missing in its record.
fn give_back() {
    if let Err(error) = ratatui::try_restore() {
        tracing::debug!(%error, "the terminal cannot be given back");
    }
}

/// When the thread that follows the session panics, the terminal is given back first, so that the
/// message can be read.
fn restore_before_panic_message() {
    let session = thread::current().id();
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |message| {
        if thread::current().id() == session {
            give_back();
        }
        before(message);
    }));
}

fn paint(desk: &Desk, terminal: DefaultTerminal, options: Options) -> io::Result<()> {
    // Never dropped: a terminal that is gone cannot show its cursor, and the library panics over
    // that when it is dropped. The cursor is shown here instead.
    let mut terminal = ManuallyDrop::new(terminal);
    let painted = paint_all(desk, &mut terminal, options);
    painted.and(terminal.show_cursor())
}

fn paint_all(desk: &Desk, terminal: &mut DefaultTerminal, options: Options) -> io::Result<()> {
    let mut bell = Bell { out: stdout(), on: options.bell, next: Instant::now() };
    while let Some(scene) = desk.next() {
        let drawn = panic::catch_unwind(AssertUnwindSafe(|| {
            terminal.draw(|frame| draw::draw(frame, &scene, options.look)).map(|_| ())
        }));
        match drawn {
            Ok(drawn) => drawn?,
            // A picture that cannot be drawn must not end those after it. The terminal's own
            // `clear` would ask for the place of the cursor, and for as long as the answer takes,
            // two seconds where none comes, no key would be read: STOP must not wait for it.
            Err(_) => {
                let size = terminal.size()?;
                terminal.resize(Rect::from((Position::ORIGIN, size)))?;
            }
        }
        bell.ring(&scene)?;
    }
    Ok(())
}

struct Bell {
    out: Stdout,
    on: bool,
    next: Instant,
}

impl Bell {
    fn ring(&mut self, scene: &Scene) -> io::Result<()> {
        let now = Instant::now();
        if self.on && now >= self.next && scene.view.alarms.sounds(scene.view.now) {
            self.next = now + RING_EVERY;
            self.out.write_all(b"\x07")?;
            self.out.flush()?;
        }
        Ok(())
    }
}
