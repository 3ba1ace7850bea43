//! The asking side.

use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use super::message::{LONGEST, Reply, Request, Status};

/// How long an answer may take.
const PATIENCE: Duration = Duration::from_millis(1_500);

/// A socket that somebody listens on.
#[derive(Debug)]
pub struct Found {
    /// The socket.
    pub socket: PathBuf,
    /// What came back.
    pub answer: io::Result<Status>,
}

/// Asks everybody who listens in `folders`, all at the same time, so that one that hangs delays no
/// other. Sockets that nobody listens on any more are taken away.
#[must_use]
pub fn ask_all(folders: &[PathBuf], request: Request) -> Vec<Found> {
    let sockets = folders.iter().flat_map(|folder| sockets(folder));
    let asked: Vec<_> = sockets
        .map(|socket| {
            let path = socket.clone();
            (socket, thread::spawn(move || ask(&path, request)))
        })
        .collect();
    asked
        .into_iter()
        .filter_map(|(socket, thread)| match thread.join() {
            Ok(Err(error)) if is_dead(&error) => {
                fs::remove_file(&socket).unwrap_or_default();
                None
            }
            Ok(answer) => Some(Found { socket, answer }),
            Err(_) => {
                let answer = Err(io::Error::other("the question ended with a panic"));
                Some(Found { socket, answer })
            }
        })
        .collect()
}

/// Asks at one socket.
///
/// # Errors
/// When nobody answers in time, or not in a way that is understood.
pub fn ask(socket: &Path, request: Request) -> io::Result<Status> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    let mut text = serde_json::to_string(&request).map_err(io::Error::other)?;
    text.push('\n');
    stream.write_all(text.as_bytes())?;
    let mut line = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut line)?;
    match serde_json::from_str(line.trim()) {
        Ok(Reply::Status(status)) => Ok(status),
        Ok(Reply::Error(error)) => Err(io::Error::other(error)),
        Err(error) => Err(io::Error::new(io::ErrorKind::InvalidData, error)),
    }
}

fn sockets(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut sockets: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sock"))
        .collect();
    sockets.sort();
    sockets
}

/// Nobody listens there any more.
fn is_dead(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound)
}
