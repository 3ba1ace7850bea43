//! What the program costs, measured beside a yardstick of the same run.
//!
//! `cargo xtask bench` runs it; `docs/performance.md` says what each row means. Processor time,
//! bytes and allocations are held to a budget. Wall time is shown with its budget and never held:
//! it says more about what else the machine was doing.

mod allocations;
#[path = "../../tests/it/bad_files.rs"]
mod bad_files;
mod codec;
mod measure;
mod process;
mod records;
mod refused;
mod report;
mod session;
mod simulation;
mod stop;
mod tick;
mod wire;

use std::error::Error;
use std::process::ExitCode;

use report::Row;

/// Whatever goes wrong ends the run: half a table would be taken for a whole one.
type Rows = Result<Vec<Row>, Box<dyn Error>>;

fn main() -> ExitCode {
    let json = std::env::args().any(|argument| argument == "--json");
    match measured() {
        Ok(rows) => {
            report::print(&rows, json);
            ExitCode::SUCCESS
        }
        Err(error) => {
            report::complain(error.as_ref());
            ExitCode::FAILURE
        }
    }
}

fn measured() -> Rows {
    let hinge = simulation::bare_step_ns();
    let recording = session::Recording::of_first_week()?;
    let mut rows = vec![Row::new("bare hinge step, the yardstick", hinge, "ns")];
    rows.extend(simulation::rows(hinge)?);
    rows.extend(session::rows(&recording, hinge));
    rows.extend(codec::rows(hinge));
    rows.extend(records::rows(&recording, hinge)?);
    rows.extend(stop::rows(&recording)?);
    rows.extend(wire::rows()?);
    rows.extend(tick::rows(&recording)?);
    rows.extend(process::rows()?);
    rows.extend(refused::rows()?);
    Ok(rows)
}
