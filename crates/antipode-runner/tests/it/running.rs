//! A session of the real program that a test can follow and interrupt.

use std::io::{BufRead, BufReader, Lines};
use std::path::Path;
use std::process::{Child, ChildStderr, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{APART, FORGOTTEN, json};

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().expect("a test's folder has a plain name")
}

/// A session under way, without a screen.
pub(crate) struct Running {
    pub(crate) child: Child,
    pub(crate) lines: Lines<BufReader<ChildStderr>>,
}

impl Running {
    pub(crate) fn demo(speed: &str, data: &Path) -> Self {
        Self::start(&["demo", "--speed", speed], data)
    }

    pub(crate) fn start(arguments: &[&str], data: &Path) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_antipode"));
        for name in FORGOTTEN {
            command.env_remove(name);
        }
        command
            .envs(APART)
            .args(arguments)
            .args(["--headless", "--json", "--data", text(data)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program runs");
        let lines = BufReader::new(child.stderr.take().expect("piped")).lines();
        Self { child, lines }
    }

    /// Waits for a line of progress that has `part` in it.
    #[track_caller]
    pub(crate) fn wait_for(&mut self, part: &str) {
        let found = self.lines.by_ref().map_while(Result::ok).any(|line| line.contains(part));
        assert!(found, "the program ended before it said {part:?}");
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).expect("the program still runs");
    }

    /// The exit code and the document.
    pub(crate) fn end(mut self) -> (Option<i32>, Value) {
        // A full pipe would hold up whoever writes.
        self.lines.by_ref().for_each(drop);
        let output = self.child.wait_with_output().expect("the program ends");
        (output.status.code(), json(&output))
    }
}
