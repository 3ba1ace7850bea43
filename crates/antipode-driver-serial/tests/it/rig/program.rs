//! A program that is a table, behind a relay that makes trouble on its streams.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use antipode_device::conformance::{Act, NotTried, Rig, Second, Tried, Trouble};
use antipode_device::{Address, OpenTable, TableDriver, TableError};
use antipode_driver_serial::ProcessDriver;
use async_trait::async_trait;
use rustix::process::{Pid, Signal, kill_process};

const NO_CABLE: NotTried = NotTried("a program has no cable: its streams end with it");
const FRESH: NotTried = NotTried("a program's streams begin with it: nothing can be left in them");
/// Where an example's simulated bed begins.
const START_MDEG: i32 = -3_000;

/// A program, the file in which its simulated bed's true tilt stands, and the file that tells the
/// relay what trouble to make.
pub(crate) struct ProgramRig {
    /// The program's own command line, without its bed.
    program: String,
    dir: tempfile::TempDir,
}

impl ProgramRig {
    /// `program` takes `--bed FILE`, locks that file, begins with what stands there, and keeps the true
    /// tilt in it.
    pub(crate) fn new(program: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        Self { program: program.to_owned(), dir }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    fn address(&self) -> Address {
        let relay = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/rig/relay.py");
        let (relay, control, bed) = (relay.display(), self.file("trouble"), self.file("bed"));
        let (control, bed) = (control.display(), bed.display());
        Address(format!("python3 \"{relay}\" {control} {} --bed {bed}", self.program))
    }

    /// The process behind the relay.
    fn pid(&self) -> Option<Pid> {
        let relay_of = self.file("trouble").with_extension("pid");
        let text = fs::read_to_string(relay_of).ok()?;
        Pid::from_raw(text.trim().parse().ok()?)
    }
}

/// The example that ships with the project.
pub(crate) fn example(folder: &str) -> PathBuf {
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples").join(folder);
    examples.canonicalize().unwrap()
}

/// An example in C, compiled; `None` where there is no compiler. Moved into place whole, because
/// another test's process may be starting the same program (ETXTBSY).
pub(crate) fn compiled(folder: &str, sources: &[&str]) -> Option<PathBuf> {
    Command::new("cc").arg("--version").output().ok()?;
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let written = program.with_extension(std::process::id().to_string());
    let sources = sources.iter().map(|source| example(folder).join(source));
    let made = Command::new("cc")
        .args(["-std=c99", "-O2", "-o"])
        .arg(&written)
        .args(sources)
        .output()
        .unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    fs::rename(&written, &program).unwrap();
    Some(program)
}

#[async_trait]
impl Rig for ProgramRig {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        ProcessDriver.open(&self.address()).await
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        let text = fs::read_to_string(self.file("bed")).unwrap_or_default();
        let tilt = text.split_whitespace().next().and_then(|word| word.parse().ok());
        tilt.unwrap_or(START_MDEG)
    }

    fn can(&self, act: Act) -> Tried<()> {
        match act {
            Act::Unplug => Err(NO_CABLE),
            Act::StaleBytes => Err(FRESH),
            Act::OutliveHost
            | Act::Trouble(_)
            | Act::SecondHost
            | Act::WrongDevice
            | Act::Restart => Ok(()),
        }
    }

    fn unplug(&mut self) -> Tried<()> {
        Err(NO_CABLE)
    }

    fn plug(&mut self) -> Tried<()> {
        Err(NO_CABLE)
    }

    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        let word = match trouble {
            Trouble::None => "none".to_owned(),
            Trouble::AnswersLost => "mute".to_owned(),
            Trouble::Late(ms) => format!("late {ms}"),
            Trouble::Twice => "twice".to_owned(),
            Trouble::Garbage => "garbage".to_owned(),
        };
        fs::write(self.file("trouble"), word).unwrap();
        Ok(())
    }

    async fn second_host(&mut self) -> Tried<Second> {
        let second = Self::new(&self.program);
        // The same bed through a relay of its own.
        let relayed = second.address().0;
        let bed = |rig: &Self| rig.file("bed").display().to_string();
        let address = Address(relayed.replace(&bed(&second), &bed(self)));
        match ProcessDriver.open(&address).await {
            Ok(_) => Ok(Second::HasIt),
            Err(_) => Ok(Second::Refused),
        }
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        Ok(ProcessDriver.open(&Address("cat".to_owned())).await)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        Err(FRESH)
    }

    fn restart_device(&mut self) -> Tried<()> {
        let pid = self.pid().ok_or(NotTried("the program behind the relay is not known"))?;
        kill_process(pid, Signal::KILL).unwrap();
        Ok(())
    }
}
