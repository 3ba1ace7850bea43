//! `antipode table`: the tables that are known, the ports of this machine, and a look at one.

mod commission;
mod home;
mod jog;
mod list;
mod look;
mod scan;
mod show;
mod steered;
mod trace;
mod watch;

use crate::cli::TableCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;

/// Runs one of the table commands.
pub(super) fn run(
    command: &TableCommand,
    data: impl FnOnce() -> Result<DataFolder, Failure>,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        TableCommand::Commission { table } => commission::run(table, &data()?, out),
        TableCommand::Jog { table, empty: _ } => jog::run(table, &data()?, out),
        TableCommand::List => list::run(&data()?, out),
        TableCommand::Return { table } => home::run(table, &data()?, out),
        TableCommand::Scan => scan::run(out),
        TableCommand::Show { table } => show::run(table, &data()?, out),
        TableCommand::Watch(arguments) => watch::run(arguments, &data()?, out),
    }
}
