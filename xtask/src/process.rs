//! Child processes under a time limit. Nothing that a task starts may hang the task.

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use crate::error::{TaskError, in_words};

/// How often a running child is looked at.
const POLL: Duration = Duration::from_millis(100);
/// How long output may still arrive after the child has ended. A forgotten grandchild can keep the
/// pipe open for ever.
const DRAIN: Duration = Duration::from_secs(2);

/// Where a child's output goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// Printed line by line as it comes, and kept.
    Live,
    /// Kept only.
    Quiet,
}

/// One command line to be run.
pub(crate) struct Step {
    program: OsString,
    arguments: Vec<OsString>,
    environment: Vec<(OsString, OsString)>,
    folder: PathBuf,
    limit: Duration,
}

/// What a child did.
pub(crate) struct Finished {
    /// Whether it ended by itself with code 0.
    pub(crate) success: bool,
    /// Exit code, signal or time limit, in words.
    pub(crate) ending: String,
    /// Everything it printed to standard output.
    pub(crate) stdout: String,
    /// Standard output and standard error in the order of arrival.
    pub(crate) lines: Vec<String>,
    /// Whether something that it started still lives and holds its output open.
    pub(crate) left_open: bool,
}

/// One line of output and the stream it came on.
struct Line {
    text: String,
    from_stdout: bool,
}

impl Step {
    /// A command in `folder` that is killed after `limit`.
    pub(crate) fn new(program: impl AsRef<OsStr>, folder: &Path, limit: Duration) -> Step {
        Step {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
            folder: folder.to_owned(),
            limit,
        }
    }

    /// Adds one argument.
    pub(crate) fn arg(mut self, argument: impl AsRef<OsStr>) -> Step {
        self.arguments.push(argument.as_ref().to_owned());
        self
    }

    /// Adds several arguments.
    pub(crate) fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Step {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets one environment variable of the child.
    pub(crate) fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Step {
        self.environment.push((name.into(), value.as_ref().to_owned()));
        self
    }

    /// The command line as a person would type it.
    pub(crate) fn command_line(&self) -> String {
        let mut words: Vec<String> = self
            .environment
            .iter()
            .map(|(name, value)| format!("{}={:?}", name.to_string_lossy(), value))
            .collect();
        // The folder of a toolchain's cargo says nothing to a reader.
        let program = Path::new(&self.program);
        let shown = if program.ends_with("cargo") { Path::new("cargo") } else { program };
        words.push(shown.display().to_string());
        words.extend(self.arguments.iter().map(|word| word.to_string_lossy().into_owned()));
        words.join(" ")
    }

    /// Runs the command to its end or to its time limit.
    ///
    /// # Errors
    /// When it does not start. A failing command is a result, not an error.
    pub(crate) fn run(&self, echo: Echo) -> Result<Finished, TaskError> {
        if echo == Echo::Live {
            println!("$ {}", self.command_line());
        }
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| TaskError::Spawn { command: self.command_line(), source })?;
        let output = read_both(&mut child);
        let finished = self.watch(child, &output, echo)?;
        if finished.left_open {
            eprintln!("{} left a process behind that holds its output open", self.command_line());
        }
        Ok(finished)
    }

    /// Runs a command that must succeed and gives its standard output.
    ///
    /// # Errors
    /// When it does not start, fails, or reaches its time limit.
    pub(crate) fn stdout(&self) -> Result<String, TaskError> {
        let finished = self.run(Echo::Quiet)?;
        if finished.success {
            return Ok(finished.stdout);
        }
        Err(TaskError::Failed {
            command: self.command_line(),
            ending: finished.ending,
            output: format!("\n{}", finished.lines.join("\n")),
        })
    }

    fn watch(
        &self,
        mut child: Child,
        output: &Receiver<Line>,
        echo: Echo,
    ) -> Result<Finished, TaskError> {
        let waiting = |source| TaskError::Wait { command: self.command_line(), source };
        let deadline = Instant::now() + self.limit;
        let mut kept = Kept { lines: Vec::new(), stdout: String::new(), echo };
        let mut piped = true;
        let mut timed_out = false;
        let status = loop {
            if piped {
                match output.recv_timeout(POLL) {
                    Ok(line) => kept.take(line),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => piped = false,
                }
            } else {
                thread::sleep(POLL);
            }
            if let Some(status) = child.try_wait().map_err(waiting)? {
                break status;
            }
            if Instant::now() >= deadline {
                timed_out = true;
                kill_with_descendants(&mut child);
                break child.wait().map_err(waiting)?;
            }
        };
        let left_open = !kept.drain(output);
        let ending = if timed_out {
            format!("no end within its time limit of {}, so it was killed", in_words(self.limit))
        } else {
            ending(status)
        };
        if echo == Echo::Live && timed_out {
            println!("KILLED: {} after {}", self.command_line(), in_words(self.limit));
        }
        Ok(Finished {
            success: status.success() && !timed_out,
            ending,
            stdout: kept.stdout,
            lines: kept.lines,
            left_open,
        })
    }
}

/// The output of a child so far.
struct Kept {
    lines: Vec<String>,
    stdout: String,
    echo: Echo,
}

impl Kept {
    /// Takes what is still to come. Gives whether the output ended within [`DRAIN`].
    fn drain(&mut self, output: &Receiver<Line>) -> bool {
        let deadline = Instant::now() + DRAIN;
        loop {
            match output.recv_timeout(deadline.saturating_duration_since(Instant::now())) {
                Ok(line) => self.take(line),
                Err(RecvTimeoutError::Timeout) => return false,
                Err(RecvTimeoutError::Disconnected) => return true,
            }
        }
    }

    fn take(&mut self, line: Line) {
        if self.echo == Echo::Live {
            println!("{}", line.text);
        }
        if line.from_stdout {
            self.stdout.push_str(&line.text);
            self.stdout.push('\n');
        }
        self.lines.push(line.text);
    }
}

/// Reads both pipes on their own threads, so that a full pipe never blocks the child.
fn read_both(child: &mut Child) -> Receiver<Line> {
    let (sender, receiver) = mpsc::channel();
    if let Some(pipe) = child.stdout.take() {
        read_lines(pipe, true, sender.clone());
    }
    if let Some(pipe) = child.stderr.take() {
        read_lines(pipe, false, sender);
    }
    receiver
}

fn read_lines(pipe: impl Read + Send + 'static, from_stdout: bool, sender: Sender<Line>) {
    thread::spawn(move || {
        let mut reader = BufReader::new(pipe);
        let mut bytes = Vec::new();
        while reader.read_until(b'\n', &mut bytes).is_ok_and(|count| count > 0) {
            let text = String::from_utf8_lossy(&bytes).trim_end_matches(['\n', '\r']).to_owned();
            if sender.send(Line { text, from_stdout }).is_err() {
                return;
            }
            bytes.clear();
        }
    });
}

fn ending(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit code {code}"),
        None => format!("{status}"),
    }
}

/// Ends a child and everything below it. Killing only `cargo` would leave a hanging test behind,
/// which then holds the build folder's lock.
fn kill_with_descendants(child: &mut Child) {
    let below = descendants(child.id(), &all_processes());
    if let Err(error) = child.kill() {
        eprintln!("killing process {} failed: {error}", child.id());
    }
    for process in below {
        let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw)
        else {
            continue;
        };
        // One that has ended meanwhile is what was wanted.
        match rustix::process::kill_process(process, rustix::process::Signal::KILL) {
            Ok(()) | Err(rustix::io::Errno::SRCH) => {}
            Err(error) => eprintln!("killing process {process} failed: {error}"),
        }
    }
}

/// Every process with its parent, from `/proc`; empty where there is no `/proc`.
fn all_processes() -> Vec<(u32, u32)> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    entries
        .flatten()
        .filter_map(|entry| {
            let process = entry.file_name().to_str()?.parse().ok()?;
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((process, parent_in_stat(&stat)?))
        })
        .collect()
}

/// The parent in a `/proc/PID/stat` line. The program's name may hold spaces and brackets, so the
/// fields are counted from the last closing bracket.
fn parent_in_stat(stat: &str) -> Option<u32> {
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

fn descendants(root: u32, processes: &[(u32, u32)]) -> Vec<u32> {
    let mut found = vec![root];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(
            processes.iter().filter(|(_, above)| *above == parent).map(|(process, _)| *process),
        );
        next += 1;
    }
    found.remove(0);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Finished {
        Step::new("sh", Path::new("."), limit).args(["-c", script]).run(Echo::Quiet).unwrap()
    }

    #[test]
    fn output_of_both_streams_is_kept_and_stdout_stays_apart() {
        let finished = shell("echo one; echo two >&2", Duration::from_secs(20));
        assert!(finished.success);
        assert_eq!(finished.stdout, "one\n");
        assert_eq!(finished.lines.len(), 2);
    }

    #[test]
    fn failure_is_a_result_with_its_exit_code() {
        let finished = shell("exit 3", Duration::from_secs(20));
        assert!(!finished.success);
        assert_eq!(finished.ending, "exit code 3");
    }

    #[test]
    fn hanging_child_is_killed_at_its_limit_with_what_it_started() {
        // The grandchild keeps the output open for as long as it lives.
        let finished = shell("sleep 600 & wait", Duration::from_secs(1));
        assert!(!finished.success);
        assert!(finished.ending.contains("time limit"), "{}", finished.ending);
        assert!(!finished.left_open, "the grandchild outlived its parent");
    }

    #[test]
    fn program_that_is_left_behind_does_not_hold_the_task() {
        let finished = shell("sleep 6 &", Duration::from_secs(20));
        assert!(finished.success && finished.left_open);
    }

    #[test]
    fn missing_program_is_an_error_that_names_it() {
        let step = Step::new("no-such-program-here", Path::new("."), Duration::from_secs(1));
        let error = step.run(Echo::Quiet).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error.contains("no-such-program-here"), "{error}");
    }

    #[test]
    fn parent_is_found_behind_a_name_with_brackets() {
        assert_eq!(parent_in_stat("12 (a) b (c)) S 7 12 12"), Some(7));
    }

    #[test]
    fn descendants_are_followed_through_generations() {
        let processes = [(2, 1), (3, 2), (4, 3), (5, 1), (9, 8)];
        assert_eq!(descendants(2, &processes), [3, 4]);
    }
}
