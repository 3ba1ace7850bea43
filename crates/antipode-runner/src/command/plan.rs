//! `antipode plan`: looking at plans before anyone lies down.

mod check;
mod list;
mod preview;
mod table;

use crate::cli::PlanCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::plans;
use table::ForTable;

/// Runs one of the plan commands.
pub(super) fn run(
    command: &PlanCommand,
    data: impl FnOnce() -> Result<DataFolder, Failure>,
    out: &mut Output,
) -> Result<Exit, Failure> {
    match command {
        PlanCommand::List => Ok(list::run(out)),
        PlanCommand::Show { plan } => {
            let source = plans::source(plan)?;
            if out.json() {
                out.document(&serde_json::json!({ "file": source.name(), "text": source.text() }));
            } else {
                out.raw(source.text());
            }
            Ok(Exit::Done)
        }
        PlanCommand::Check { files, table } => {
            let table = table.as_deref().map(|table| ForTable::ask(table, &data()?)).transpose()?;
            Ok(check::run(files, table.as_ref(), out))
        }
        PlanCommand::Preview { plan, svg } => preview::run(plan, svg.as_deref(), out),
    }
}
