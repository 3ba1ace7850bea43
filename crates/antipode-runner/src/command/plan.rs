//! `antipode plan`: looking at plans before anyone lies down.

mod check;
mod list;
mod preview;

use crate::cli::PlanCommand;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::plans;

/// Runs one of the plan commands.
pub(super) fn run(command: &PlanCommand, out: &mut Output) -> Result<Exit, Failure> {
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
        PlanCommand::Check { files } => Ok(check::run(files, out)),
        PlanCommand::Preview { plan, svg } => preview::run(plan, svg.as_deref(), out),
    }
}
