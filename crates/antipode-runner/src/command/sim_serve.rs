//! `antipode sim-serve`: a simulated table on a pseudo-terminal, for any serial program.

mod dialect;
mod hands;

use antipode_device::come_first;
use antipode_files::TableFile;
use antipode_sim::faults::Fault;
use antipode_sim::pty::Lines;
use serde::Serialize;

use super::named;
use crate::cli::SimServeArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::registry::SIMULATOR;
use crate::signals::Interrupts;
use crate::sim_run::scenario::body;

use dialect::{Dialect, Handled};
use hands::Hands;

/// Where it is, for programs.
#[derive(Serialize)]
struct Document<'a> {
    path: &'a str,
    /// Of the sensor beside a maker's drive.
    #[serde(skip_serializing_if = "Option::is_none")]
    sensor_path: Option<&'a str>,
    dialect: &'static str,
    table: &'a str,
    person: &'a str,
    seed: u64,
}

/// Serves a table until it is told to end.
///
/// # Errors
/// When something that was named is not there, or the machine has no port for it.
pub(super) fn run(
    arguments: &SimServeArgs,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let dialect = Dialect::from_name(&arguments.dialect)?;
    let faults = arguments
        .faults
        .iter()
        .map(|text| hands::fault_at(text))
        .collect::<Result<Vec<Fault>, Failure>>()?;
    let table = simulated(arguments, data)?;
    let person = named::person(&arguments.person, data)?;
    let mut served = dialect.table(&table, body(&person), arguments.seed);
    for fault in faults {
        served.add_fault(fault);
    }
    let interrupts = Interrupts::watch()
        .map_err(|error| Failure::io("take over the signals of this process", &error))?;
    let lines = Lines::open(served.lines())
        .map_err(|error| Failure::io("make a pseudo-terminal", &error))?;
    let path_of = |line| lines.path(line).map(|path| path.display().to_string());
    let (path, sensor_path) = (path_of(0).unwrap_or_default(), path_of(1));
    let hands = Hands::listen().map_err(|error| Failure::io("read standard input", &error))?;
    let document = Document {
        path: &path,
        sensor_path: sensor_path.as_deref(),
        dialect: dialect.name(),
        table: &table.name,
        person: person.name(),
        seed: arguments.seed,
    };
    if out.json() {
        out.document_line(&document);
    }
    out.line(document.path);
    if let Some(path) = document.sensor_path {
        out.line(path);
        out.talk("the second port is that of an inclinometer beside the table: `witmotion`");
    }
    out.talk(format_args!(
        "a simulated table speaks `{}` there; type `help` for what hands can do, Ctrl-C ends it",
        dialect.name()
    ));
    serve(&mut *served, lines, &hands, &interrupts, out)
}

/// The simulated table that was named.
fn simulated(arguments: &SimServeArgs, data: &DataFolder) -> Result<TableFile, Failure> {
    let table = named::table(&arguments.table, data)?;
    if table.driver == SIMULATOR {
        return Ok(table);
    }
    Err(Failure::refused(format!("the table `{}` is no simulated one", table.name))
        .note(format!("it is driven by `{}`", table.driver))
        .help("a table file with `driver = \"sim\"` describes a simulated one"))
}

/// Lets world, line and hands go on until somebody ends it.
fn serve(
    served: &mut dyn Handled,
    mut lines: Lines,
    hands: &Hands,
    interrupts: &Interrupts,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let lost = |error: &std::io::Error| Failure::io("keep the pseudo-terminal going", error);
    // A real table has a processor of its own.
    come_first();
    while !interrupts.any() {
        lines.wait().map_err(|error| lost(&error))?;
        lines.pass_on(served.line_end()).map_err(|error| lost(&error))?;
        while let Some(typed) = hands.next() {
            hands::act(&typed, served, lines.baud(0), out);
        }
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dialect_is_found_by_its_name_and_no_other() {
        for dialect in Dialect::ALL {
            assert_eq!(Dialect::from_name(dialect.name()).unwrap(), *dialect);
        }
        let failure = Dialect::from_name("jrk2").unwrap_err();
        assert_eq!(failure.exit(), Exit::Usage);
        assert!(failure.draw(crate::output::Paint::Plain).contains("it speaks: link, jrk, tic,"));
    }
}
