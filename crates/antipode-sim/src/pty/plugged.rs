//! A device that lives in a thread, plugged in under a name.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::thread::{self, JoinHandle};

use super::{LineEnd, Lines, Pty};

/// Acts that may wait.
const ACTS: usize = 16;

/// What is to be done between two turns.
type Act<S> = Box<dyn FnOnce(&mut S, &mut Lines) + Send>;

/// A device on lines of its own, until it is dropped: that pulls the plug, and the lines hang up.
///
/// # Example
/// ```
/// use antipode_sim::person::PersonConfig;
/// use antipode_sim::pty::Plugged;
/// use antipode_sim::world::{Served, World, WorldSetup};
///
/// let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
/// let table = Plugged::new(Served::new(world))?;
/// println!("a host may open {}", table.path().display());
/// assert!(table.with(|served| served.world().plant().true_tilt_mdeg()) < 0);
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct Plugged<S> {
    paths: Vec<PathBuf>,
    acts: Option<SyncSender<Act<S>>>,
    thread: Option<JoinHandle<io::Result<()>>>,
}

impl<S: LineEnd + 'static> Plugged<S> {
    /// Plugs `device` in, each of its lines on a new pseudo-terminal.
    ///
    /// # Errors
    /// When the machine has no pseudo-terminal or no thread for it.
    pub fn new(device: S) -> io::Result<Self> {
        let ptys: io::Result<Vec<Pty>> = (0..device.lines()).map(|_| Pty::open()).collect();
        Self::behind(device, ptys?)
    }

    /// Plugs `device` in behind `ptys`, the first of them its line 0.
    ///
    /// # Errors
    /// When the machine has no thread for it.
    pub fn behind(device: S, ptys: Vec<Pty>) -> io::Result<Self> {
        let paths = names(&ptys);
        let lines = Lines::on(ptys);
        let (acts, acts_in) = sync_channel(ACTS);
        let thread = thread::Builder::new()
            .name("plugged-device".to_owned())
            .spawn(move || serve(device, lines, &acts_in))?;
        Ok(Self { paths, acts: Some(acts), thread: Some(thread) })
    }

    /// The name under which a host opens line 0; empty while it hangs up.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.path_of(0)
    }

    /// The name under which a host opens `line`; empty while it hangs up.
    #[must_use]
    pub fn path_of(&self, line: usize) -> &Path {
        self.paths.get(line).map_or(Path::new(""), PathBuf::as_path)
    }

    /// Does `act` to the device, between two turns, and gives what it returns.
    ///
    /// # Panics
    /// When the device's thread has ended, which it does only by a panic of its own.
    pub fn with<R: Send + 'static>(&self, act: impl FnOnce(&mut S) -> R + Send + 'static) -> R {
        self.both(|device, _| act(device))
    }

    /// The rate to which a host last set `line`.
    ///
    /// # Panics
    /// As [`Plugged::with`].
    #[must_use]
    pub fn baud(&self, line: usize) -> u32 {
        self.both(move |_, lines| lines.baud(line))
    }

    /// Pulls the cables and leaves the device its power: it goes on, every line hangs up.
    ///
    /// # Panics
    /// As [`Plugged::with`].
    pub fn unplug(&mut self) {
        self.both(|_, lines| lines.hang_up());
        self.paths.clear();
    }

    /// Plugs the cables in again. The lines have new names, as after any replug; the device is
    /// where it was left.
    ///
    /// # Errors
    /// When the machine has no pseudo-terminal to give.
    ///
    /// # Panics
    /// As [`Plugged::with`].
    pub fn plug_in(&mut self) -> io::Result<()> {
        let count = self.with(|device| device.lines());
        let ptys: io::Result<Vec<Pty>> = (0..count).map(|_| Pty::open()).collect();
        let ptys = ptys?;
        self.paths = names(&ptys);
        self.both(move |_, lines| lines.plug_in(ptys));
        Ok(())
    }

    fn both<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut S, &mut Lines) -> R + Send + 'static,
    ) -> R {
        let (answer, answered) = sync_channel(1);
        let act: Act<S> = Box::new(move |device, lines| {
            // Whoever asked may have gone; then nobody misses the answer.
            drop(answer.try_send(act(device, lines)));
        });
        let sent = self.acts.as_ref().is_some_and(|acts| acts.send(act).is_ok());
        assert!(sent, "the thread of the simulated device has ended");
        answered.recv().expect("the thread of the simulated device answers before it ends")
    }
}

impl<S> Drop for Plugged<S> {
    fn drop(&mut self) {
        self.acts = None;
        if let Some(thread) = self.thread.take() {
            // A panic in it has been printed; a second one here would hide the first.
            drop(thread.join());
        }
    }
}

fn names(ptys: &[Pty]) -> Vec<PathBuf> {
    ptys.iter().map(|pty| pty.path().to_owned()).collect()
}

/// Lets device and lines go on until nobody holds them.
fn serve<S: LineEnd>(mut device: S, mut lines: Lines, acts: &Receiver<Act<S>>) -> io::Result<()> {
    // A real device has a processor of its own.
    antipode_device::come_first();
    loop {
        lines.wait()?;
        lines.pass_on(&mut device)?;
        loop {
            match acts.try_recv() {
                Ok(act) => act(&mut device, &mut lines),
                Err(TryRecvError::Empty) => break,
                Err(TryRecvError::Disconnected) => return Ok(()),
            }
        }
    }
}
