//! The data folder: rights, room, and how long a record takes to be on the disk.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use antipode_records::Room;
use rustix::fs::{fdatasync, statvfs};

use super::Check;
use crate::folders::DataFolder;

/// Records written to measure the disk. Few, since each waits for it.
const SAMPLES: usize = 64;
/// A disk up to this slow is never noticed: the control loop does not wait for it, and a start may
/// wait far longer.
const FAST: Duration = Duration::from_millis(50);
/// Slower than this, a start may be given up and a gap may open in the record.
const SLOW: Duration = Duration::from_millis(500);
/// Room for some hundred sessions.
const ROOM: u64 = 200_000_000;
/// With less no session begins.
const LITTLE_ROOM: u64 = Room::NORMAL.free + Room::NORMAL.reserve;
const MB: u64 = 1_000_000;

/// Looks at the data folder.
pub(super) fn checks(data: &DataFolder) -> Vec<Check> {
    let path = data.path();
    if let Err(failure) = data.create() {
        let fix = "choose a folder that you may write to: `--data DIR`";
        return vec![Check::fail("data folder", failure.message(), fix)];
    }
    let mut checks = vec![Check::ok("data folder", format!("{}, yours alone", path.display()))];
    checks.push(disk(path));
    checks.push(room(path));
    checks
}

fn disk(folder: &Path) -> Check {
    const NAME: &str = "disk";
    match slowest(folder) {
        Ok(time) => {
            let found = format!("the slowest of {SAMPLES} records took {} ms", time.as_millis());
            let fix = "keep records on a local disk, not on a network or a worn card: `--data DIR`";
            if time <= FAST {
                Check::ok(NAME, found)
            } else if time <= SLOW {
                Check::warn(NAME, found, fix)
            } else {
                Check::fail(NAME, found, fix)
            }
        }
        Err(error) => Check::fail(
            NAME,
            format!("a record could not be written: {error}"),
            "check the rights of the folder and the room on the disk",
        ),
    }
}

/// The 99th percentile of so few is the slowest.
fn slowest(folder: &Path) -> io::Result<Duration> {
    let path = folder.join(format!(".doctor-{}", std::process::id()));
    let measured = measure(&path);
    let removed = fs::remove_file(&path);
    let slowest = measured?;
    removed?;
    Ok(slowest)
}

fn measure(path: &Path) -> io::Result<Duration> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let mut slowest = Duration::ZERO;
    for _ in 0..SAMPLES {
        let begin = Instant::now();
        file.write_all(&[0; 64])?;
        fdatasync(&file)?;
        slowest = slowest.max(begin.elapsed());
    }
    Ok(slowest)
}

fn room(folder: &Path) -> Check {
    let fix = "remove what is not needed, or keep records elsewhere: `--data DIR`";
    match statvfs(folder) {
        Ok(disk) => judge_room(disk.f_bavail.saturating_mul(disk.f_frsize), fix),
        Err(error) => Check::warn(ROOM_NAME, format!("the disk does not say: {error}"), fix),
    }
}

const ROOM_NAME: &str = "room";

fn judge_room(free: u64, fix: &str) -> Check {
    let need = LITTLE_ROOM.div_ceil(MB);
    let found = format!("{} MB free; a session begins only with {need} MB", free / MB);
    if free >= ROOM {
        Check::ok(ROOM_NAME, found)
    } else if free >= LITTLE_ROOM {
        Check::warn(ROOM_NAME, found, fix)
    } else {
        Check::fail(ROOM_NAME, found, fix)
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn a_disk_on_which_no_session_begins_fails() {
        let state = |free| judge_room(free, "fix").state;
        assert_eq!(state(LITTLE_ROOM), State::Warn);
        assert_eq!(state(LITTLE_ROOM - 1), State::Fail);
    }
}
