//! The listening side.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use super::message::{LONGEST, Reply, Request, Status};
use crate::folders::private;

/// How long a caller may take to say what it wants.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long an answer to STOP waits for the bed to stand; the answer is due within a second.
const SETTLE: Duration = Duration::from_millis(800);
/// Callers served side by side; further ones are served one after another, with less patience.
const CROWD: usize = 16;
const LITTLE_PATIENCE: Duration = Duration::from_millis(50);

/// What a caller can ask of a session. Called on threads of the listener; must not wait.
pub trait Remote: Send + Sync + 'static {
    /// How it is.
    fn status(&self) -> Status;
    /// STOP.
    fn stop(&self);
    /// Bring the person up.
    fn bring_up(&self);
}

/// A listening socket. Dropping it takes the socket away.
#[derive(Debug)]
pub struct Server {
    path: PathBuf,
    leave: Arc<AtomicBool>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Server {
    /// Listens as `PID.sock` in the first of `folders` that can be used.
    ///
    /// # Errors
    /// What the system says of the last folder.
    pub fn start(folders: &[PathBuf], remote: Arc<dyn Remote>) -> io::Result<Self> {
        let mut failure = io::Error::other("there is no folder to listen in");
        for folder in folders {
            match bind(folder) {
                Ok((listener, path)) => return Self::serve(listener, path, remote),
                Err(error) => failure = error,
            }
        }
        Err(failure)
    }

    fn serve(listener: UnixListener, path: PathBuf, remote: Arc<dyn Remote>) -> io::Result<Self> {
        let leave = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&leave);
        let thread = thread::Builder::new()
            .name("instance".into())
            .spawn(move || accept(&listener, &remote, &flag))?;
        Ok(Self { path, leave, thread: Some(thread) })
    }

    /// The socket.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.leave.store(true, Ordering::Release);
        // Wakes the thread; a socket that is gone already has no thread to wake.
        drop(UnixStream::connect(&self.path));
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the listening thread had ended with a panic");
        }
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::debug!(%error, "the socket was gone already");
        }
    }
}

fn bind(folder: &Path) -> io::Result<(UnixListener, PathBuf)> {
    private(folder)?;
    let path = folder.join(format!("{}.sock", std::process::id()));
    match fs::remove_file(&path) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    Ok((UnixListener::bind(&path)?, path))
}

fn accept(listener: &UnixListener, remote: &Arc<dyn Remote>, leave: &AtomicBool) {
    let crowd = Arc::new(AtomicUsize::new(0));
    for caller in listener.incoming() {
        if leave.load(Ordering::Acquire) {
            return;
        }
        let Ok(caller) = caller else { continue };
        if crowd.fetch_add(1, Ordering::AcqRel) >= CROWD {
            answer_quietly(&caller, remote.as_ref(), LITTLE_PATIENCE);
            crowd.fetch_sub(1, Ordering::AcqRel);
            continue;
        }
        let (remote, crowd_of_thread) = (Arc::clone(remote), Arc::clone(&crowd));
        let spawned = thread::Builder::new().name("caller".into()).spawn(move || {
            answer_quietly(&caller, remote.as_ref(), PATIENCE);
            crowd_of_thread.fetch_sub(1, Ordering::AcqRel);
        });
        if let Err(error) = spawned {
            crowd.fetch_sub(1, Ordering::AcqRel);
            tracing::warn!(%error, "no thread for a caller");
        }
    }
}

fn answer_quietly(caller: &UnixStream, remote: &dyn Remote, patience: Duration) {
    if let Err(error) = answer(caller, remote, patience) {
        tracing::debug!(%error, "a caller left");
    }
}

/// Reads one request, does it, answers.
fn answer(caller: &UnixStream, remote: &dyn Remote, patience: Duration) -> io::Result<()> {
    caller.set_read_timeout(Some(patience))?;
    caller.set_write_timeout(Some(patience))?;
    let mut line = String::new();
    BufReader::new(caller.take(LONGEST)).read_line(&mut line)?;
    let reply = match serde_json::from_str(line.trim()) {
        Ok(Request::Status) => Reply::Status(remote.status()),
        Ok(Request::Stop) => {
            remote.stop();
            Reply::Status(after(remote, Status::stands_stopped))
        }
        Ok(Request::Return) => {
            remote.bring_up();
            Reply::Status(remote.status())
        }
        Err(error) => Reply::Error(error.to_string()),
    };
    let mut text = serde_json::to_string(&reply).map_err(io::Error::other)?;
    text.push('\n');
    (&mut &*caller).write_all(text.as_bytes())
}

/// The status as soon as it is `settled`, or what it is when the time is up: the caller sees the
/// measured tilt either way.
fn after(remote: &dyn Remote, settled: impl Fn(&Status) -> bool) -> Status {
    let begin = Instant::now();
    loop {
        let status = remote.status();
        if settled(&status) || begin.elapsed() >= SETTLE {
            return status;
        }
        thread::sleep(Duration::from_millis(10));
    }
}
