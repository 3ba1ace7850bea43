use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::client::ask;
use super::*;
use crate::summary::Decimal;

/// A session that stands at once when it is stopped.
#[derive(Default)]
struct Session {
    stops: AtomicUsize,
    returns: AtomicUsize,
}

impl Remote for Session {
    fn status(&self) -> Status {
        Status {
            data: "/data".into(),
            tilt_deg: Some(Decimal(12_340)),
            stopped: self.stops.load(Ordering::Acquire) > 0,
            ..Status::default()
        }
    }

    fn stop(&self) {
        self.stops.fetch_add(1, Ordering::AcqRel);
    }

    fn bring_up(&self) {
        self.returns.fetch_add(1, Ordering::AcqRel);
    }
}

fn served() -> (tempfile::TempDir, Vec<PathBuf>, Arc<Session>, Server) {
    let dir = tempfile::tempdir().unwrap();
    // The first folder cannot be used, so the second is.
    let folders = vec![PathBuf::from("/dev/null/x"), dir.path().join("run")];
    let session = Arc::new(Session::default());
    let server = Server::start(&folders, Arc::clone(&session) as Arc<dyn Remote>).unwrap();
    (dir, folders, session, server)
}

#[test]
fn stop_answers_with_the_measured_tilt() {
    let (_dir, folders, session, _server) = served();
    let found = ask_all(&folders, Request::Stop);
    let status = found[0].answer.as_ref().unwrap();
    assert!(status.stands_stopped());
    assert_eq!(status.tilt_deg, Some(Decimal(12_340)));
    assert_eq!(session.stops.load(Ordering::Acquire), 1);
    assert!(ask_all(&folders, Request::Return)[0].answer.is_ok());
    assert_eq!(session.returns.load(Ordering::Acquire), 1);
}

#[test]
fn the_folder_is_private_and_the_socket_goes_with_the_server() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, folders, _session, server) = served();
    let mode = std::fs::metadata(&folders[1]).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o700);
    let path = server.path().to_owned();
    drop(server);
    assert!(!path.exists());
    assert!(ask_all(&folders, Request::Status).is_empty());
}

#[test]
fn a_socket_that_nobody_listens_on_is_taken_away() {
    let dir = tempfile::tempdir().unwrap();
    let socket = dir.path().join("1.sock");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(ask_all(&[dir.path().to_owned()], Request::Status).is_empty());
    assert!(!socket.exists());
}

#[test]
fn nonsense_is_answered_and_does_nothing() {
    let (_dir, _folders, session, server) = served();
    let long = "x".repeat(10_000);
    for text in ["", "\n", "{}", "{\"do\":\"start\"}\n", "{\"do\":7}\n", &long] {
        let mut stream = UnixStream::connect(server.path()).unwrap();
        // A server that has read enough may close before all of it is written.
        stream.write_all(text.as_bytes()).unwrap_or_default();
        stream.shutdown(std::net::Shutdown::Write).unwrap_or_default();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap_or_default();
        assert!(answer.is_empty() || answer.contains("error"), "{text}: {answer}");
    }
    assert_eq!(session.stops.load(Ordering::Acquire), 0);
    assert!(ask(server.path(), Request::Status).is_ok());
}

#[test]
fn stop_comes_through_a_crowd_that_says_nothing() {
    let (_dir, _folders, session, server) = served();
    let silent: Vec<UnixStream> =
        (0..64).map(|_| UnixStream::connect(server.path()).unwrap()).collect();
    drop(silent.into_iter().take(48).collect::<Vec<_>>());
    ask(server.path(), Request::Stop).unwrap();
    assert_eq!(session.stops.load(Ordering::Acquire), 1);
}

#[test]
fn a_flood_of_stops_is_one_flag() {
    let mailbox = Mailbox::default();
    for _ in 0..10_000 {
        mailbox.stop();
    }
    assert!(mailbox.take_stop());
    assert!(!mailbox.take_stop());
    assert!(!mailbox.take_return());
    mailbox.bring_up();
    assert!(mailbox.take_return());
}

#[test]
fn mailbox_gives_out_the_last_status() {
    let mailbox = Mailbox::default();
    mailbox.publish(|| Status { pid: 7, ..Status::default() });
    assert_eq!(mailbox.status().pid, 7);
}
