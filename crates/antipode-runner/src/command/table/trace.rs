//! `--trace-wire`: every byte of a line on record, with its time, in a file that people can read.

use std::fmt::Write as _;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use antipode_device::{BootClock, Traced, WireTrace};
use antipode_files::TableFile;
use antipode_safety::Timestamp;

use crate::failure::Failure;
use crate::output::Output;

/// Longest file: about an hour of a table that reports all the time.
const LONGEST: u64 = 64 * 1024 * 1024;
/// Entries that may wait for the disk. What comes on top of them is left out, and counted.
const WAITING: usize = 1_024;
/// Bytes on one line of the file.
const ROW: usize = 32;

/// The port's end: it never waits for the disk.
pub(super) struct TraceFile {
    began: Timestamp,
    entries: SyncSender<String>,
    missed: u32,
}

/// The file's end.
pub(super) struct Kept {
    thread: JoinHandle<io::Result<bool>>,
    path: String,
}

impl TraceFile {
    /// Starts a trace of `table` in a new file at `path`.
    ///
    /// # Errors
    /// When there is a file of that name, or none can be made.
    pub(super) fn create(path: &Path, table: &TableFile) -> Result<(Self, Kept), Failure> {
        let shown = path.display().to_string();
        let failed = |error: &io::Error| Failure::io(format_args!("trace into `{shown}`"), error);
        let file = File::create_new(path)
            .map_err(|error| failed(&error).help("name a file that is not there yet"))?;
        let head = format!(
            "# table {} at {}; seconds, out is to the table, in is from it\n",
            table.name, table.address.0
        );
        let (entries_out, entries) = sync_channel(WAITING);
        let thread = thread::Builder::new()
            .name("wire-trace".into())
            .spawn(move || keep(BufWriter::new(file), &head, &entries, LONGEST))
            .map_err(|error| failed(&error))?;
        let trace = Self { began: BootClock.now(), entries: entries_out, missed: 0 };
        Ok((trace, Kept { thread, path: shown }))
    }

    /// Whether there was room for it.
    fn put(&self, entry: String) -> bool {
        match self.entries.try_send(entry) {
            Ok(()) => true,
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => false,
        }
    }
}

impl WireTrace for TraceFile {
    fn note(&mut self, at: Timestamp, seen: Traced<'_>) {
        let missed = self.missed;
        let told = missed == 0
            || self.put(format!("# {missed} entries are missing here: the disk was too slow\n"));
        if told {
            self.missed = 0;
        }
        if !(told && self.put(entry(at.since(self.began).get(), seen))) {
            self.missed = self.missed.saturating_add(1);
        }
    }
}

impl Kept {
    /// Waits until everything is in the file, and says so. The port must be closed by then or on
    /// its way to be.
    ///
    /// # Errors
    /// What kept it from being written.
    pub(super) fn close(self, out: &mut Output) -> Result<(), Failure> {
        let Self { thread, path } = self;
        let failed = |error: &io::Error| Failure::io(format_args!("trace into `{path}`"), error);
        let ended = thread.join().map_err(|_| failed(&io::Error::other("its writer died")))?;
        let whole = ended.map_err(|error| failed(&error))?;
        let cut = if whole { "" } else { ", cut off where it was full" };
        out.talk(format_args!("the bytes of the line are in `{path}`{cut}"));
        Ok(())
    }
}

/// One thing that happened, as lines of the file.
fn entry(at_ms: u64, seen: Traced<'_>) -> String {
    let at = format!("{:>6}.{:03}", at_ms / 1_000, at_ms % 1_000);
    match seen {
        Traced::Sent(bytes) => rows(&at, "out", bytes),
        Traced::Heard(bytes) => rows(&at, "in ", bytes),
        Traced::Lost(why) => format!("{at}  # the line is lost: {why}\n"),
        Traced::Opened => format!("{at}  # the line is open again\n"),
    }
}

fn rows(at: &str, way: &str, bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 3 + 32);
    for row in bytes.chunks(ROW) {
        text.push_str(at);
        text.push_str("  ");
        text.push_str(way);
        text.push(' ');
        for byte in row {
            // Writing into a string cannot fail.
            write!(text, " {byte:02x}").unwrap_or_default();
        }
        text.push('\n');
    }
    text
}

/// Writes entries until the port is closed; false where the file was full before.
fn keep(
    mut file: impl Write,
    head: &str,
    entries: &Receiver<String>,
    longest: u64,
) -> io::Result<bool> {
    let mut length = head.len() as u64;
    let mut whole = true;
    file.write_all(head.as_bytes())?;
    for entry in entries {
        length = length.saturating_add(entry.len() as u64);
        if !whole {
            continue;
        }
        if length > longest {
            whole = false;
            file.write_all(b"# full: what came after this is not here\n")?;
        } else {
            file.write_all(entry.as_bytes())?;
        }
        file.flush()?;
    }
    Ok(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_stand_with_their_time_and_their_way() {
        assert_eq!(entry(12, Traced::Sent(&[0, 0x1f, 0xff])), "     0.012  out  00 1f ff\n");
        let long = entry(61_250, Traced::Heard(&[0xaa; 33]));
        let lines: Vec<&str> = long.lines().collect();
        assert_eq!(lines.len(), 2);
        assert!(lines.iter().all(|line| line.starts_with("    61.250  in   aa")), "{long}");
        assert_eq!(long.matches("aa").count(), 33);
    }

    #[test]
    fn a_trace_ends_where_its_file_is_full_and_says_so() {
        let (entries_out, entries) = sync_channel(8);
        for _ in 0..4 {
            entries_out.send("0123456789".to_owned()).unwrap();
        }
        drop(entries_out);
        let mut file = Vec::new();
        assert!(!keep(&mut file, "#\n", &entries, 25).unwrap());
        let text = String::from_utf8(file).unwrap();
        assert_eq!(text, "#\n01234567890123456789# full: what came after this is not here\n");
    }

    #[test]
    fn a_disk_that_is_too_slow_costs_entries_and_never_time() {
        let (entries_out, entries) = sync_channel(1);
        let mut trace = TraceFile { began: Timestamp::ZERO, entries: entries_out, missed: 0 };
        for at in 0..5 {
            trace.note(Timestamp::from_millis(at), Traced::Opened);
        }
        assert_eq!((entries.try_iter().count(), trace.missed), (1, 4));
        trace.note(Timestamp::from_millis(9), Traced::Opened);
        let told: String = entries.try_iter().collect();
        assert!(told.starts_with("# 4 entries are missing here"), "{told}");
    }
}
