//! `antipode table`: the tables that are known, and a look at one.

mod list;
mod look;
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
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        TableCommand::List => list::run(data, out),
        TableCommand::Watch(arguments) => watch::run(arguments, data, out),
    }
}
