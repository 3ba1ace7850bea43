//! Lines over a device that only listens and repeats.

use std::fs::File;
use std::io::{Read, Write};
use std::time::{Duration, Instant};

use antipode_safety::Timestamp;

use super::{LineEnd, Plugged};

/// Says on each line what it hears there, and notes the time.
#[derive(Debug, Default)]
struct Parrot {
    heard: [Vec<u8>; 2],
    now_ms: u64,
    baud: [u32; 2],
}

impl LineEnd for Parrot {
    fn lines(&self) -> usize {
        2
    }

    fn advance(&mut self, now: Timestamp) {
        self.now_ms = now.as_millis();
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        self.baud[line] = baud;
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        self.heard[line].extend_from_slice(bytes);
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        out.append(&mut self.heard[line]);
    }
}

fn open(path: &std::path::Path) -> File {
    File::options().read(true).write(true).open(path).unwrap()
}

/// Polls until `done`, for as long as a slow machine may take.
#[expect(clippy::disallowed_methods, reason = "a deadline of a test is of the machine's clock")]
fn until(mut done: impl FnMut() -> bool) -> bool {
    let began = Instant::now();
    while began.elapsed() < Duration::from_secs(20) {
        if done() {
            return true;
        }
    }
    false
}

#[test]
fn each_line_carries_its_own_bytes_both_ways() {
    let device = Plugged::new(Parrot::default()).unwrap();
    let (mut first, mut second) = (open(device.path()), open(device.path_of(1)));
    let every: Vec<u8> = (0..=255).collect();
    first.write_all(&every).unwrap();
    second.write_all(b"two").unwrap();
    let (mut one, mut two) = ([0; 256], [0; 3]);
    first.read_exact(&mut one).unwrap();
    second.read_exact(&mut two).unwrap();
    assert_eq!((one.as_slice(), &two), (every.as_slice(), b"two"));
}

#[test]
fn a_host_that_goes_leaves_silence_and_the_next_one_finds_the_line() {
    let device = Plugged::new(Parrot::default()).unwrap();
    drop(open(device.path()));
    let then = device.with(|parrot| parrot.now_ms);
    assert!(until(|| device.with(|parrot| parrot.now_ms) > then + 20), "it no longer runs");
    let mut next = open(device.path());
    next.write_all(b"again").unwrap();
    let mut heard = [0; 5];
    next.read_exact(&mut heard).unwrap();
    assert_eq!(&heard, b"again");
}

#[test]
fn a_pulled_cable_hangs_up_while_the_device_goes_on_and_comes_back_under_another_name() {
    let mut device = Plugged::new(Parrot::default()).unwrap();
    let mut host = open(device.path());
    device.unplug();
    let mut byte = [0; 1];
    assert!(host.read(&mut byte).is_err() || host.read(&mut byte).unwrap() == 0);
    assert_eq!(device.path().as_os_str(), "");
    let then = device.with(|parrot| parrot.now_ms);
    assert!(until(|| device.with(|parrot| parrot.now_ms) > then + 20), "it stood still");
    device.plug_in().unwrap();
    let mut host = open(device.path());
    host.write_all(b"!").unwrap();
    host.read_exact(&mut byte).unwrap();
    assert_eq!(&byte, b"!");
}
