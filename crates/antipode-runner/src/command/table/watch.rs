//! `antipode table watch`: what a table says, and nothing that moves or arms it.
//!
//! Opening greets the table, and while this program holds the port no other that asks for it can have
//! it. A table that another program drives is left alone: that program is named.

use std::path::Path;
use std::time::{Duration, Instant};

use antipode_device::{BootClock, OpenTable, Table, TableDriver, TableError};
use antipode_files::TableFile;
use antipode_safety::Timestamp;
use serde_json::json;

use super::super::guarded::{self, For};
use super::super::{hardware, named};
use super::look::{self, Line, Seen};
use super::show;
use super::steered::Steered;
use super::trace::TraceFile;
use crate::cli::WatchArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::signals::Interrupts;

/// Between two lines.
const EVERY: Duration = Duration::from_secs(1);
/// A signal is noticed within this time.
const PATIENCE: Duration = Duration::from_millis(100);

/// Watches the table that was named.
///
/// # Errors
/// When there is no such table, it is simulated, or it cannot be opened.
pub(super) fn run(
    arguments: &WatchArgs,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let table = named::table(&arguments.name, data)?;
    let driver = driver(&table, &arguments.name, data)?;
    let interrupts = Interrupts::watch()
        .map_err(|error| Failure::io("take over the signals of this process", &error))?;
    let trace = arguments.trace_wire.as_deref().map(|path| TraceFile::create(path, &table));
    let (trace, kept) = match trace.transpose()? {
        Some((trace, kept)) => (Some(trace), Some(kept)),
        None => (None, None),
    };
    // Before it is opened: from then on a host is there.
    let steered = Steered::look(&table, data);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| Failure::io("watch a table", &error))?;
    let watched = runtime.block_on(async {
        let opening = async {
            match trace {
                Some(trace) => driver.open_traced(&table.address, Box::new(trace)).await,
                None => driver.open(&table.address).await,
            }
        };
        // The greeting has an end of its own.
        let open = opening.await.map_err(|error| not_opened(&table, &error))?;
        watch(open, &table, steered, arguments.seconds, &interrupts, data, out).await
    });
    if let Some(kept) = kept {
        kept.close(out)?;
    }
    watched
}

/// The driver of a table that is outside this program.
fn driver(
    table: &TableFile,
    typed: &Path,
    data: &DataFolder,
) -> Result<Box<dyn TableDriver>, Failure> {
    hardware::driver(table, typed, For::Look, data)?.ok_or_else(|| {
        Failure::refused(format!(
            "the table `{}` is simulated inside this program, while a session runs: there is \
             nothing to watch",
            table.name
        ))
        .help("`antipode demo` shows it; `antipode sim-serve` puts one on a port to be watched")
    })
}

fn not_opened(table: &TableFile, error: &TableError) -> Failure {
    let what = format!("the table `{}` could not be watched: {error}", table.name);
    match error {
        TableError::Unfit { .. } => Failure::refused(what),
        TableError::Open { .. }
        | TableError::Unanswered { .. }
        | TableError::Lost { .. }
        | TableError::Write { .. } => {
            Failure::failed(what).note("nothing was sent to it but a greeting, if anything").help(
                "is it on, is this its port, has this user the right to it, and who else has it? \
                 `antipode table scan` lists the ports",
            )
        }
    }
}

/// Says what is seen, once a second, until it is enough.
async fn watch(
    open: OpenTable,
    file: &TableFile,
    steered: Option<Steered>,
    seconds: Option<u32>,
    interrupts: &Interrupts,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    // Dropping the table closes the port; the stop lane is not for those who only look.
    let (mut table, _stopper) = open;
    opened(&*table, file, steered.as_ref(), out);
    let (began, start) = (BootClock.now(), Instant::now());
    let mut seen = Seen::NOTHING;
    let mut said = 0_u32;
    let mut unfit = None;
    let mut needs = steered.as_ref().and_then(Steered::needs);
    while !interrupts.any() && seconds.is_none_or(|seconds| said < seconds) {
        let due = start + EVERY.saturating_mul(said.saturating_add(1));
        let wait = due.saturating_duration_since(Instant::now());
        if wait.is_zero() {
            said = said.saturating_add(1);
            let now = guarded::unfit(file, data);
            if now != unfit {
                out.talk(now.as_deref().unwrap_or("its drive may be armed"));
                unfit = now;
            }
            let now = guarded::needs(file, data);
            if now != needs {
                out.talk(now.as_deref().unwrap_or("its guardian needs nobody"));
                needs = now;
            }
            say(&seen, began, out);
        }
        // Cancel-safe: what is not taken now is taken next.
        match tokio::time::timeout(wait.min(PATIENCE), table.next_event()).await {
            Ok(Ok(event)) => {
                if let Some(news) = seen.take(&event) {
                    out.talk(&news);
                }
            }
            Ok(Err(error)) => return Err(not_opened(file, &error)),
            Err(_late) => {}
        }
    }
    Ok(match seen.line(BootClock.now()) {
        Line::Heard => Exit::Done,
        Line::NoReport | Line::Silent | Line::Gone => Exit::Fault,
    })
}

fn opened(table: &dyn Table, file: &TableFile, steered: Option<&Steered>, out: &mut Output) {
    let stated = table.capabilities();
    if out.json() {
        let mut document = show::stated(&stated);
        if let Some(document) = document.as_object_mut() {
            document.insert("table".into(), json!(file.name));
            document.insert("driver".into(), json!(file.driver));
            document.insert("address".into(), json!(file.address.0));
            document.insert("steered".into(), json!(steered.map(Steered::document)));
        }
        out.document_line(&document);
    }
    out.line(format_args!("{} at {}: {}", file.name, file.address.0, look::stated(&stated)));
    for line in steered.iter().flat_map(|steered| steered.lines()) {
        out.line(format_args!("  {line}"));
    }
}

fn say(seen: &Seen, began: Timestamp, out: &mut Output) {
    let now = BootClock.now();
    if out.json() {
        out.document_line(&seen.document(now, began));
    }
    out.line(format_args!("{:>5} s  {}", now.since(began).get() / 1_000, seen.words(now)));
}
