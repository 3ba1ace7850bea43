//! The third door: a program in any language that speaks table link on its standard input and
//! output (docs/adding-a-driver.md).
//!
//! The program is the table's controller, or stands in front of it, and must outlive its host: a
//! program that is ended while the bed is head-down leaves the person there (H-01). So it is never
//! killed. Closing the table closes its input, which is host loss for it: zero rate, hold, return.
//! It runs in a process group of its own, so that a Ctrl-C for the host does not reach it.

mod child;

use std::fmt;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use antipode_device::{Address, OpenTable, TableDriver, TableError, WireTrace};
use antipode_safety::Millis;
use async_trait::async_trait;

use crate::line::{Place, REOPEN_EVERY};
use crate::link;
use child::{ChildLine, Program};

/// Its name in files and on the command line.
const NAME: &str = "process";
/// A program that has not answered by then will not: an interpreter on a small computer takes
/// seconds to start.
const GREETING: Duration = Duration::from_secs(10);

/// Runs a program that speaks table link on stdin and stdout. The address is its command line:
/// words between blanks, with double quotes around a word that holds a blank; no shell reads it.
/// The program is an absolute path, or a name that is looked for in `PATH`; it starts in `/`.
/// What it writes to stderr goes to our log, line by line.
///
/// # Example
/// ```no_run
/// use antipode_device::{Address, TableDriver};
/// # async fn open() -> Result<(), antipode_device::TableError> {
/// let address = Address("python3 /opt/attic/table.py".into());
/// let (table, stopper) = antipode_driver_serial::ProcessDriver.open(&address).await?;
/// println!("serial number {}", table.capabilities().serial);
/// stopper.stop();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct ProcessDriver;

#[async_trait]
impl TableDriver for ProcessDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "a program that speaks table link on its standard input and output"
    }

    async fn open(&self, address: &Address) -> Result<OpenTable, TableError> {
        open(address, None).await
    }

    async fn open_traced(
        &self,
        address: &Address,
        trace: Box<dyn WireTrace>,
    ) -> Result<OpenTable, TableError> {
        open(address, Some(trace)).await
    }
}

async fn open(
    address: &Address,
    trace: Option<Box<dyn WireTrace>>,
) -> Result<OpenTable, TableError> {
    let failed = |cause| TableError::Open { driver: NAME, address: address.0.clone(), cause };
    let command = CommandLine::parse(&address.0).map_err(|reason| TableError::Unfit {
        driver: NAME,
        address: address.0.clone(),
        reason,
    })?;
    let running = Arc::new(Running::default());
    let place = Started { command, running: Arc::clone(&running) };
    let (end, wake) = link::begin(place, trace).map_err(failed)?;
    match tokio::time::timeout(GREETING, end.connected_at_once(wake)).await {
        Ok(Some(open)) => {
            running.greeted.store(true, Ordering::Release);
            Ok(open)
        }
        Ok(None) => Err(failed(io::Error::new(
            io::ErrorKind::BrokenPipe,
            "it ended, or closed its output, before it answered in table link; the log has what \
             it wrote to stderr",
        ))),
        Err(_) => Err(failed(io::Error::new(
            io::ErrorKind::TimedOut,
            "it does not answer in table link; its input was closed, it was not killed",
        ))),
    }
}

/// A program and its arguments, as the address states them.
#[derive(Clone, Debug, PartialEq, Eq)]
struct CommandLine {
    words: Vec<String>,
}

impl CommandLine {
    /// Reads an address.
    ///
    /// # Errors
    /// What is wrong with it, and how to write it.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut words = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let (word, after) = match rest.strip_prefix('"') {
                Some(quoted) => quoted.split_once('"').ok_or("a double quote is never closed")?,
                None => rest.split_at(rest.find(char::is_whitespace).unwrap_or(rest.len())),
            };
            if !after.is_empty() && !after.starts_with(char::is_whitespace) || word.contains('"') {
                return Err("put double quotes around a whole word, not inside one");
            }
            words.push(word.to_owned());
            rest = after.trim_start();
        }
        let program = words.first().map(String::as_str).unwrap_or_default();
        if program.is_empty() {
            return Err("its address names no program: write a path or a name, and arguments");
        }
        if program.contains('/') && !program.starts_with('/') {
            return Err("its program is a relative path: write it from the root, or a bare name");
        }
        Ok(Self { words })
    }
}

impl fmt::Display for CommandLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words.join(" "))
    }
}

/// What the opener and the thread of the line both know.
#[derive(Debug, Default)]
struct Running {
    /// The program has answered once: it may be started anew when it ends.
    greeted: AtomicBool,
    /// The one that was started last.
    program: Mutex<Option<Program>>,
}

/// A program that is started, and started anew only after the last one has ended: two controllers
/// of one bed must be impossible.
struct Started {
    command: CommandLine,
    running: Arc<Running>,
}

impl fmt::Display for Started {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.command.fmt(f)
    }
}

impl Place for Started {
    type Line = ChildLine;

    fn reopen_every(&self) -> Option<Millis> {
        Some(REOPEN_EVERY)
    }

    fn open(&mut self) -> io::Result<ChildLine> {
        let mut last = self.running.program.lock().unwrap_or_else(PoisonError::into_inner);
        match last.as_mut() {
            None => {}
            // It was never a table: whoever opens it says so, and nothing is started again.
            Some(_) if !self.running.greeted.load(Ordering::Acquire) => {
                return Err(io::ErrorKind::NotConnected.into());
            }
            Some(program) => program.must_have_ended()?,
        }
        let (program, line) = child::start(&self.command.words)?;
        *last = Some(program);
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_program_and_its_words_and_no_shell_reads_it() {
        let words = |text: &str| CommandLine::parse(text).map(|line| line.words);
        let of = |words: &[&str]| Ok(words.iter().map(|word| (*word).to_owned()).collect());
        assert_eq!(words("python3 /opt/table.py"), of(&["python3", "/opt/table.py"]));
        assert_eq!(words("  /bin/t  -x   \"a b\"  "), of(&["/bin/t", "-x", "a b"]));
        assert_eq!(words("/bin/t $HOME; rm *"), of(&["/bin/t", "$HOME;", "rm", "*"]));
        assert_eq!(words("\"/opt/my table/run\" \"\""), of(&["/opt/my table/run", ""]));
        for wrong in ["", "  ", "\"\"", "./table", "bin/table", "a \"b", "a b\"c\"", "a \"b\"c"] {
            assert!(words(wrong).is_err(), "{wrong}");
        }
    }
}
