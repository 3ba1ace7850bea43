//! One program that is going to be killed.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use antipode_core::step::Record;
use antipode_device::BootClock;
use antipode_records::disk::RealDisk;
use antipode_records::history::{read_session, session_of};
use antipode_records::segment::{Hash, RecordView};
use antipode_records::session::{RECORD, decode_record};
use antipode_safety::Timestamp;

use crate::{APART, FORGOTTEN};

/// A record as another program sees it: its number and its hash, which covers all before it.
pub(super) type Seen = (u64, Hash);

/// What was left of a victim.
#[derive(Debug)]
pub(super) struct Killed {
    /// Its session, if it had begun to write one.
    pub(super) session: Option<String>,
    /// It said something of its own: it had recovered whatever there was.
    pub(super) heard: bool,
    /// Every record that was on the disk when it was dead.
    pub(super) left: Vec<Seen>,
    /// The end of its session was not among them.
    pub(super) open: bool,
    /// How long before the kill the last of them was made, where the program keeps real time.
    pub(super) lost: Option<Duration>,
}

/// A program under way.
pub(super) struct Victim {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
    heard: u64,
    folder: PathBuf,
    earlier: BTreeSet<String>,
    keeps_real_time: bool,
}

impl Victim {
    pub(super) fn start(arguments: &[&str], folder: &Path) -> Self {
        let earlier = sessions(folder);
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        let mut child = command
            .envs(APART)
            .args(arguments)
            .args(["--headless", "--json", "--data"])
            .arg(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, lines) = channel();
        // Ends with the stream, which ends with the program.
        thread::spawn(move || {
            BufReader::new(stderr).lines().map_while(Result::ok).try_for_each(|l| sender.send(l))
        });
        Self {
            child,
            lines,
            said: Vec::new(),
            heard: 0,
            folder: folder.to_owned(),
            earlier,
            keeps_real_time: arguments.first() == Some(&"run"),
        }
    }

    /// Waits for so many lines of progress and then so much longer, or for its end.
    pub(super) fn listen(&mut self, lines: u64, later: Duration) {
        while self.heard < lines {
            let Ok(line) = self.lines.recv() else { return };
            self.hear(line);
        }
        let until = Instant::now() + later;
        while let Ok(line) =
            self.lines.recv_timeout(until.saturating_duration_since(Instant::now()))
        {
            self.hear(line);
        }
    }

    /// Waits for a line of progress with `part` in it.
    #[track_caller]
    pub(super) fn listen_for(&mut self, part: &str) {
        while !self.said.last().is_some_and(|line| line.contains(part)) {
            let line = self.lines.recv().expect("it says so before it ends");
            self.hear(line);
        }
    }

    fn hear(&mut self, line: String) {
        // Progress begins with the time; what a start says of earlier sessions does not.
        let progress = line.trim_start().starts_with(|first: char| first.is_ascii_digit());
        self.heard += u64::from(progress);
        self.said.push(line);
    }

    /// Kills it, looks at what it left on the disk, and gives everything it said.
    pub(super) fn kill(mut self) -> (Killed, String) {
        let now = BootClock.now();
        // One that has ended by itself is killed no more; its record has an end then.
        self.child.kill().expect("its own child can be killed");
        self.child.wait().expect("its end can be waited for");
        while let Ok(line) = self.lines.recv() {
            self.hear(line);
        }
        let session = sessions(&self.folder).difference(&self.earlier).next().cloned();
        let mut left = Vec::new();
        let mut last = None;
        let ended = session.as_ref().is_some_and(|session| {
            visit(&self.folder, session, &mut |record| {
                left.push((record.seq, record.hash));
                last = Some(record.stamp.at);
            })
        });
        let age = |last: Timestamp| Duration::from_millis(now.since(last).get());
        let killed = Killed {
            session,
            heard: self.heard > 0,
            left,
            open: !ended,
            lost: last.filter(|_| self.keeps_real_time).map(age),
        };
        (killed, self.said.join("\n"))
    }
}

/// The sessions that have a file.
fn sessions(folder: &Path) -> BTreeSet<String> {
    let Ok(files) = std::fs::read_dir(folder.join("journal")) else { return BTreeSet::new() };
    let names = files.filter_map(|file| file.ok()?.file_name().into_string().ok());
    names.filter_map(|name| session_of(&name)).map(|session| session.to_string()).collect()
}

/// Shows every record of a session that can be read now; true when its end is among them.
fn visit(folder: &Path, session: &str, look: &mut dyn FnMut(&RecordView<'_>)) -> bool {
    let disk = RealDisk::open(&folder.join("journal")).expect("the journal is there");
    let session = session.parse().expect("the name of a session");
    let read = read_session(&disk, session, look).expect("the folder can be listed");
    read.is_some_and(|read| read.ended_by.is_some())
}

/// Every record of a session.
pub(super) fn records(folder: &Path, session: &str) -> Vec<Seen> {
    let mut records = Vec::new();
    visit(folder, session, &mut |record| records.push((record.seq, record.hash)));
    records
}

/// What the session itself put on record.
pub(super) fn lines(folder: &Path, session: &str) -> Vec<Record> {
    let mut lines = Vec::new();
    visit(folder, session, &mut |record| {
        if record.kind == RECORD {
            lines.push(decode_record(record.payload).expect("a record of this program"));
        }
    });
    lines
}
