//! Who has a port or a guardian: the system knows, and people need the answer to go on.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use rustix::fs::{major, minor};
use rustix::process::{Pid, test_kill_process};

/// A process by its number and the command that it runs, as `process 812 (antipode run ...)`.
pub(crate) fn who(process: i32) -> String {
    let line = std::fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    let words: Vec<String> = line
        .split(|byte| *byte == 0)
        .filter(|word| !word.is_empty())
        .map(|word| String::from_utf8_lossy(word).into_owned())
        .collect();
    let command = words.join(" ");
    // The folder of a program says nothing to people.
    let command = command.split_once(' ').map_or(command.clone(), |(program, rest)| {
        format!("{} {rest}", program.rsplit('/').next().unwrap_or(program))
    });
    if command.is_empty() {
        format!("process {process}")
    } else {
        format!("process {process} (`{command}`)")
    }
}

/// Whether it still runs, as far as this user may know.
pub(crate) fn lives(process: i32) -> bool {
    Pid::from_raw(process)
        .is_some_and(|pid| !matches!(test_kill_process(pid), Err(rustix::io::Errno::SRCH)))
}

/// The process that has locked `path` for itself, looked up without opening it: on some boards
/// opening alone restarts the controller (H-16).
pub(crate) fn of_port(path: &Path) -> Option<i32> {
    let seen = std::fs::metadata(path).ok()?;
    let wanted = (major(seen.dev()), minor(seen.dev()), seen.ino());
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    locks.lines().find_map(|line| lock(line).filter(|(_, on)| *on == wanted)).map(|(by, _)| by)
}

/// A line such as `3: FLOCK  ADVISORY  WRITE 812 00:16:5 0 EOF`: who, and on what.
fn lock(line: &str) -> Option<(i32, (u32, u32, u64))> {
    let mut words = line.split_whitespace().skip(1);
    let (kind, _, way) = (words.next()?, words.next()?, words.next()?);
    let by = words.next()?.parse().ok()?;
    let mut on = words.next()?.split(':');
    let hex = |word: Option<&str>| u32::from_str_radix(word?, 16).ok();
    let on = (hex(on.next())?, hex(on.next())?, on.next()?.parse().ok()?);
    (kind == "FLOCK" && way == "WRITE").then_some((by, on))
}

/// That a port is another program's, and whose.
pub(crate) fn busy(path: &Path) -> io::Error {
    let by = of_port(path).map_or_else(|| "another program".to_owned(), who);
    io::Error::new(io::ErrorKind::ResourceBusy, format!("{by} has it"))
}

#[cfg(test)]
mod tests {
    use rustix::fs::{FlockOperation, flock};

    use super::*;

    #[test]
    fn the_holder_of_a_lock_is_found_by_the_file_it_is_on() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert_eq!(of_port(file.path()), None);
        flock(file.as_file(), FlockOperation::NonBlockingLockExclusive).unwrap();
        let own = i32::try_from(std::process::id()).unwrap();
        assert_eq!(of_port(file.path()), Some(own));
        assert!(busy(file.path()).to_string().contains(&format!("process {own} (`")), "{own}");
        flock(file.as_file(), FlockOperation::Unlock).unwrap();
        assert_eq!(of_port(file.path()), None);
    }

    #[test]
    fn a_line_of_the_systems_locks_is_read_and_a_waiting_one_is_no_holder() {
        let line = "12: FLOCK  ADVISORY  WRITE 812 00:16:5 0 EOF";
        assert_eq!(lock(line), Some((812, (0, 0x16, 5))));
        for other in
            ["1: POSIX  ADVISORY  WRITE 812 00:16:5 0 EOF", "", "1:", "1: -> FLOCK ADVISORY"]
        {
            assert_eq!(lock(other), None, "{other}");
        }
    }

    #[test]
    fn this_process_lives() {
        assert!(lives(i32::try_from(std::process::id()).unwrap()));
        assert!(!lives(0), "no process has the number 0");
    }
}
