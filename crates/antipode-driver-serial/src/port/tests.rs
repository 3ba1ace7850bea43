//! Ports over pseudo-terminals: what is opened, locked, set, said and left.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};

use antipode_sim::pty::Pty;

use super::*;

#[test]
fn an_address_is_a_path_and_perhaps_a_rate() {
    let (parity, stop_bits) = (Parity::None, StopBits::One);
    let at =
        |path: &str, baud| Some(PortAddress { path: PathBuf::from(path), baud, parity, stop_bits });
    for (text, expected) in [
        ("/dev/ttyUSB0", at("/dev/ttyUSB0", 115_200)),
        ("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0@9600", {
            at("/dev/serial/by-path/pci-0000:00:14.0-usb-0:2:1.0", 9_600)
        }),
        ("/dev/ttyACM0@fast", None),
        ("/dev/ttyACM0@0", None),
        ("ttyACM0", None),
        ("", None),
        ("@9600", None),
    ] {
        assert_eq!(PortAddress::parse(text), expected, "{text}");
    }
}

fn pty() -> (antipode_sim::pty::Pty, PortAddress) {
    let pty = antipode_sim::pty::Pty::open().unwrap();
    let address = PortAddress::parse(&pty.path().display().to_string()).unwrap();
    (pty, address)
}

/// What is left for whoever reads at the other end.
fn left(pty: &mut antipode_sim::pty::Pty) -> usize {
    let (mut count, mut buffer) = (0, [0; 4_096]);
    while let Ok(more) = std::io::Read::read(pty.master(), &mut buffer) {
        count += more;
    }
    count
}

#[test]
fn a_port_whose_other_end_takes_nothing_is_closed_at_once_and_says_nothing_later() {
    let (mut pty, address) = pty();
    let port = Port::open(&address).unwrap();
    let began = Instant::now();
    let stuck = (0..10_000).find_map(|_| port.write(&[7; 1_024]).err()).expect("it is full");
    assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
    let full = Instant::now();
    drop(port);
    assert!(full.elapsed() < Duration::from_secs(5), "{:?}", full.elapsed());
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    // What the other end has taken already is in its own buffer; the rest is of a moment that is over.
    let left_over = left(&mut pty);
    assert!(left_over <= 4_096, "{left_over}");
    // The same name is of use again at once.
    let port = Port::open(&address).unwrap();
    port.write(b"stop").unwrap();
    assert_eq!(left(&mut pty), 4);
}

#[test]
fn last_words_are_said_before_a_port_is_closed() {
    let (mut pty, address) = pty();
    let port = Port::open(&address).unwrap();
    port.write(b"stop").unwrap();
    drop(port);
    assert_eq!(left(&mut pty), 4);
}

#[test]
fn a_line_is_set_as_the_device_is_and_the_address_may_name_another_rate() {
    let (parity, stop_bits) = (Parity::Even, StopBits::Two);
    let line = LineSettings { baud: 19_200, parity, stop_bits };
    for (text, baud) in [("/dev/ttyS0", 19_200), ("/dev/ttyS0@9600", 9_600)] {
        let path = PathBuf::from("/dev/ttyS0");
        let expected = Some(PortAddress { path, baud, parity, stop_bits });
        assert_eq!(PortAddress::parse_with(text, line), expected);
    }
}

/// The rate that the far end sees.
fn rate_of(pty: &mut Pty) -> u32 {
    rustix::termios::tcgetattr(pty.master()).unwrap().output_speed()
}

/// Whether a program of somebody who is not the superuser can open it.
fn opens_for_others(path: &Path) -> bool {
    let mut shell = Command::new("sh");
    shell.args(["-c", "exec 3<>\"$0\""]).arg(path);
    shell.stderr(Stdio::null());
    if rustix::process::geteuid().is_root() {
        shell.uid(65_534).gid(65_534);
    }
    shell.status().unwrap().success()
}

#[test]
fn whoever_is_refused_by_the_lock_has_not_changed_the_line() {
    let (mut pty, address) = pty();
    let port = Port::open(&address).unwrap();
    assert_eq!(rate_of(&mut pty), 115_200);
    // What binds everybody is taken away: the lock stands by itself.
    rustix::termios::ioctl_tiocnxcl(&port.serial).unwrap();
    let other = PortAddress { baud: 9_600, ..address.clone() };
    for refused in [Port::open(&other), Port::take(&other)] {
        assert_eq!(refused.unwrap_err().kind(), io::ErrorKind::ResourceBusy);
        assert_eq!(rate_of(&mut pty), 115_200);
    }
    drop(port);
    let port = Port::take(&other).unwrap();
    assert_eq!(rate_of(&mut pty), 9_600);
    drop(port);
}

#[test]
fn a_program_that_asks_nobody_is_kept_out_too() {
    let (pty, address) = pty();
    // The name is anybody's; what keeps others out is the port itself.
    std::fs::set_permissions(pty.path(), Permissions::from_mode(0o666)).unwrap();
    assert!(opens_for_others(pty.path()), "nobody has it yet");
    let port = Port::open(&address).unwrap();
    rustix::fs::flock(&port.serial, FlockOperation::Unlock).unwrap();
    assert!(!opens_for_others(pty.path()));
    drop(port);
}

#[test]
fn a_write_has_its_end_whether_the_other_end_reads_nothing_or_never_enough() {
    let (mut pty, address) = pty();
    let port = Port::open(&address).unwrap();
    let stuck = (0..10_000).find_map(|_| port.write(&[7; 1_024]).err()).expect("it is full");
    assert_eq!(stuck.kind(), io::ErrorKind::TimedOut);
    // Full already: one more word, as STOP is, costs its own limit and no more.
    let began = Instant::now();
    assert_eq!(port.write(b"stop").unwrap_err().kind(), io::ErrorKind::TimedOut);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    // Whoever reads a little at a time keeps a port from being full, and holds nobody up by it.
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Acquire) {
                // There may be nothing yet.
                drop(std::io::Read::read(pty.master(), &mut [0; 64]));
            }
        });
        let wrote = port.write(&vec![7; 256 << 20]);
        over.store(true, Ordering::Release);
        assert_eq!(wrote.unwrap_err().kind(), io::ErrorKind::TimedOut);
    });
}
