//! A host that lost the session while it hung wakes, and repeats STOP for ever (H-01, H-19).

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use antipode_link::{AckResult, Decoder, Frame, FrameBuf, Hello, Message, VERSION};

use super::host::{Host, held_back};
use super::{Guarded, Kind};

/// The socket that the process is told.
const PART: &str = "ANTIPODE_STORM_PART";
const NAME: &str = "guarded::storm::plays_the_host_that_hung_when_told_to";

fn frame(message: Message) -> Vec<u8> {
    let mut buffer = FrameBuf::new();
    Frame { seq: 1, session: 0, message }.encode(&mut buffer);
    buffer.as_bytes().to_vec()
}

/// Reads until it is shown out, or until `done`.
fn read(stream: &mut UnixStream, mut done: impl FnMut(Message) -> bool) {
    let (mut decoder, mut bytes, mut is_done) = (Decoder::new(), [0; 4_096], false);
    while !is_done {
        match stream.read(&mut bytes) {
            Ok(0) | Err(_) => return,
            Ok(count) => decoder.feed(&bytes[..count], |frame| is_done |= done(frame.message)),
        }
    }
}

/// Nothing unless it is told to: then a host that takes the session, says nothing more until another has
/// it, and then repeats STOP as hosts do until they are obeyed. It ends with its test.
#[test]
fn plays_the_host_that_hung_when_told_to() {
    let Ok(socket) = std::env::var(PART) else { return };
    let socket = Path::new(&socket);
    let mut stream = UnixStream::connect(socket).unwrap();
    let hello = Hello { proto_min: VERSION, proto_max: VERSION, host_id: 0x0_1d01d };
    stream.write_all(&frame(Message::Hello(hello))).unwrap();
    read(&mut stream, |message| matches!(message, Message::HelloAck(_)));
    tell("it has the session");
    read(&mut stream, |_| false);
    let ends = Instant::now() + Duration::from_secs(300);
    while Instant::now() < ends {
        let Ok(mut stream) = UnixStream::connect(socket) else { return };
        tell("STOP is repeated");
        while stream.write_all(&frame(Message::Stop)).is_ok() {
            std::thread::park_timeout(Duration::from_millis(20));
        }
    }
}

#[expect(clippy::print_stderr, reason = "its standard error is its only line to the test")]
fn tell(line: &str) {
    eprintln!("{line}");
}

struct Hung {
    child: Child,
    told: String,
}

impl Hung {
    fn start(socket: &Path) -> Self {
        let child = Command::new(std::env::current_exe().unwrap())
            .args([NAME, "--exact", "--nocapture"])
            .env(PART, socket)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Self { child, told: String::new() }
    }

    /// Waits until it has said `line`.
    fn wait(&mut self, line: &str) {
        let stderr = self.child.stderr.as_mut().unwrap();
        let mut bytes = [0; 256];
        while !self.told.contains(line) {
            let count = stderr.read(&mut bytes).unwrap();
            assert!(count > 0, "it ended after {}", self.told);
            self.told.push_str(&String::from_utf8_lossy(&bytes[..count]));
        }
    }
}

impl Drop for Hung {
    fn drop(&mut self) {
        let ended = self.child.kill().and_then(|()| self.child.wait());
        tracing::debug!(?ended, "the host of a test that is over");
    }
}

#[test]
fn a_return_that_is_held_comes_home_while_a_host_that_hung_repeats_stop() {
    let guarded = Guarded::new(Kind::Jrk);
    let mut first = guarded.lowered(20_000);
    assert_eq!(first.say(Message::Stop), AckResult::Accepted);
    drop(first);
    let mut hung = Hung::start(&guarded.socket());
    hung.wait("it has the session");
    let mut helper = Host::greet(&guarded.socket());
    hung.wait("STOP is repeated");
    let from = guarded.now_ms();
    let stood = guarded.tilt();
    assert!(stood > 15_000, "{stood}");
    helper.keep(held_back(), "the bed comes home", |_| {
        guarded.tilt() <= -2_000 || guarded.now_ms() > from + 45_000
    });
    assert!(guarded.tilt() <= -2_000, "{} after {} ms", guarded.tilt(), guarded.now_ms() - from);
    assert!(hung.child.try_wait().unwrap().is_none(), "it repeated STOP all the while");
}
