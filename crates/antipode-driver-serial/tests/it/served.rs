//! A simulated table behind a pseudo-terminal, on the machine's own clock.

use std::fs::File;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use antipode_safety::Timestamp;
use antipode_sim::person::PersonConfig;
use antipode_sim::world::{Served, World, WorldSetup};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

type Act = Box<dyn FnOnce(&mut Served) + Send>;

/// Both ends of a pseudo-terminal. The slave stays open here: without it the device's end would see
/// the host go, which no real line shows.
pub(crate) struct Pty {
    pub(crate) master: File,
    pub(crate) path: PathBuf,
    _slave: File,
}

impl Pty {
    pub(crate) fn new() -> Self {
        let master: OwnedFd = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let path = PathBuf::from(name);
        let slave = File::options().read(true).write(true).open(&path).unwrap();
        Self { master: File::from(master), path, _slave: slave }
    }
}

/// A table that lives in a thread until it is dropped.
pub(crate) struct Table {
    path: PathBuf,
    acts: Option<SyncSender<Act>>,
    thread: Option<JoinHandle<()>>,
}

impl Table {
    pub(crate) fn new() -> Self {
        Self::behind(Pty::new())
    }

    pub(crate) fn behind(pty: Pty) -> Self {
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
        let served = Served::new(world);
        let path = pty.path.clone();
        let (acts, acts_in) = sync_channel(16);
        let thread = std::thread::spawn(move || serve(served, pty, &acts_in));
        Self { path, acts: Some(acts), thread: Some(thread) }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Does `act` to the table and gives what it returns.
    pub(crate) fn with<R: Send + 'static>(
        &self,
        act: impl FnOnce(&mut Served) -> R + Send + 'static,
    ) -> R {
        let (answer, answered) = sync_channel(1);
        let act: Act = Box::new(move |served| answer.send(act(served)).unwrap());
        self.acts.as_ref().unwrap().send(act).unwrap();
        answered.recv().unwrap()
    }
}

impl Drop for Table {
    /// Pulls the plug: the line hangs up.
    fn drop(&mut self) {
        self.acts = None;
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

fn serve(mut served: Served, mut pty: Pty, acts: &Receiver<Act>) {
    let began = Instant::now();
    let mut said = Vec::new();
    let mut heard = [0_u8; 256];
    loop {
        let limit = Timespec::try_from(Duration::from_millis(2)).unwrap();
        let mut waits = [PollFd::new(&pty.master, PollFlags::IN)];
        let ready = poll(&mut waits, Some(&limit)).unwrap() > 0;
        if ready {
            let count = pty.master.read(&mut heard).unwrap();
            served.hear(&heard[..count]);
        }
        let now = u64::try_from(began.elapsed().as_millis()).unwrap();
        served.advance(Timestamp::from_millis(now));
        served.say(&mut said);
        pty.master.write_all(&said).unwrap();
        said.clear();
        loop {
            match acts.try_recv() {
                Ok(act) => act(&mut served),
                Err(std::sync::mpsc::TryRecvError::Empty) => break,
                Err(std::sync::mpsc::TryRecvError::Disconnected) => return,
            }
        }
    }
}
