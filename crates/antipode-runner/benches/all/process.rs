//! The whole program as people start it.

use std::ffi::OsStr;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::report::{Budget, Row};
use crate::{Rows, measure};

pub(crate) const PROGRAM: &str = env!("CARGO_BIN_EXE_antipode");
/// A word of the picture, in the order in which it is drawn a good way down.
const PICTURED: &[u8] = b"head-down";
/// Between two looks at the memory of a program.
const LOOK: Duration = Duration::from_millis(20);
/// How long a run on the real clock is looked at: it is connected, records and asks by then.
const REAL: Duration = Duration::from_secs(5);

pub(crate) fn rows() -> Rows {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let folder = folder.path();
    let bare = wall_ms(folder, 21, "true", &[])?;
    let version = wall_ms(folder, 21, PROGRAM, &["--version"])?;
    let demo = ["demo", "--headless", "--speed", "max", "--json"];
    let session = wall_ms(folder, 5, PROGRAM, &demo)?;
    let frame = first_frame_ms(folder, 21)?;
    let paced = ["demo", "--headless", "--speed", "500", "--json"];
    let peak_mb = |kb: u64| kb as f64 * 1_024.0 / 1e6;
    let paced = peak_mb(peak_kb(command(folder, PROGRAM, &paced), None)?);
    let real = ["run", "first-week", "--table", "sim", "--person", "virtual", "--headless"];
    let real = peak_mb(peak_kb(command(folder, PROGRAM, &real), Some(REAL))?);
    Ok(vec![
        Row::new("antipode --version, wall", version, "ms")
            .against("true", bare)
            .aimed_at(Budget::AtMost(5.0)),
        Row::new("antipode demo, start to first frame, wall", frame, "ms")
            .against("true", bare)
            .aimed_at(Budget::AtMost(50.0)),
        Row::new("antipode demo, whole session, wall", session, "ms")
            .against("true", bare)
            .aimed_at(Budget::AtMost(1_000.0)),
        Row::new("antipode demo, paced, memory at its peak", paced, "MB")
            .held_to(Budget::AtMost(25.0)),
        Row::new("antipode run, real clock, memory at its peak", real, "MB")
            .held_to(Budget::AtMost(25.0)),
    ])
}

/// The program with no settings but its own: none of the user's files may change a figure.
pub(crate) fn command(folder: &Path, program: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("HOME", folder)
        .env("XDG_CONFIG_HOME", folder.join("config"))
        .env("XDG_DATA_HOME", folder.join("data"))
        .env("XDG_STATE_HOME", folder.join("state"))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

/// From start to end in milliseconds, the middle of `times` runs.
fn wall_ms(
    folder: &Path,
    times: usize,
    program: &str,
    arguments: &[&str],
) -> Result<f64, Box<dyn std::error::Error>> {
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        let began = Instant::now();
        let status = command(folder, program, arguments).status()?;
        all.push(began.elapsed().as_secs_f64() * 1_000.0);
        if !status.success() {
            return Err(format!("`{program} {}` ended with {status}", arguments.join(" ")).into());
        }
    }
    Ok(measure::middle(all))
}

/// From start until the first picture is on the terminal, the middle of `times` runs.
fn first_frame_ms(folder: &Path, times: usize) -> Result<f64, Box<dyn std::error::Error>> {
    let mut all = Vec::with_capacity(times);
    for _ in 0..times {
        all.push(first_frame(folder)?);
    }
    Ok(measure::middle(all))
}

/// One such run, on a terminal of its own.
fn first_frame(folder: &Path) -> Result<f64, Box<dyn std::error::Error>> {
    let keeper = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
    grantpt(&keeper)?;
    unlockpt(&keeper)?;
    let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
    tcsetwinsize(&keeper, size)?;
    let name = ptsname(&keeper, Vec::new())?;
    let terminal =
        || File::options().read(true).write(true).open(OsStr::from_bytes(name.to_bytes()));
    let mut demo = command(folder, PROGRAM, &["demo"]);
    demo.env("TERM", "xterm-256color").stdin(terminal()?).stdout(terminal()?).stderr(terminal()?);
    let began = Instant::now();
    let mut child = demo.spawn()?;
    // The command holds the terminal open too.
    drop(demo);
    let (mut shown, mut buffer, mut screen) = (None, [0; 4096], Vec::new());
    let mut keeper = File::from(keeper);
    // A terminal that nobody writes to any more is an error to read.
    while let Ok(count @ 1..) = keeper.read(&mut buffer) {
        screen.extend_from_slice(buffer.get(..count).unwrap_or_default());
        // The middle of the picture: everything above it is there.
        if screen.windows(PICTURED.len()).any(|window| window == PICTURED) {
            shown = Some(began.elapsed().as_secs_f64() * 1_000.0);
            break;
        }
    }
    // Nobody is on a simulated table, and one run has shown what it was for.
    child.kill()?;
    child.wait()?;
    shown.ok_or_else(|| "`antipode demo` ended before it drew anything".into())
}

/// The most memory that the program held, in KiB. `after` it is told to end.
fn peak_kb(
    mut command: Command,
    after: Option<Duration>,
) -> Result<u64, Box<dyn std::error::Error>> {
    let mut child = command.spawn()?;
    let status = format!("/proc/{}/status", child.id());
    let mut end = after.map(|after| Instant::now() + after);
    let mut peak = 0;
    while child.try_wait()?.is_none() {
        if end.take_if(|end| *end <= Instant::now()).is_some() {
            kill_process(Pid::from_child(&child), Signal::TERM)?;
        }
        // It may end between two looks; its last peak stands.
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kb = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
        peak = peak.max(kb.unwrap_or(0));
        thread::sleep(LOOK);
    }
    if peak == 0 { Err("the peak of memory could not be read".into()) } else { Ok(peak) }
}
