//! What each command does.

mod beside;
mod commissioned;
mod company;
mod completions;
mod config_show;
mod demo;
mod doctor;
mod drivers;
mod guarded;
mod hardware;
mod history;
mod instances;
mod journal;
mod ledger;
mod named;
mod plan;
mod real;
mod replay;
mod run;
mod schema;
mod session;
mod sim_serve;
mod simulate;
mod simulated;
mod simulated_table;
mod soak;
mod table;
mod told;

use crate::cli::{Command, ConfigCommand, Global};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::log;
use crate::output::Output;
use crate::settings::{Layers, Settings};

/// Runs a command.
///
/// # Errors
/// Why it did not do what was asked.
pub(crate) fn run(command: Command, global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let data = || DataFolder::find(global.data.as_deref());
    match command {
        Command::Demo(arguments) => demo::run(&arguments, &load(global)?, &data()?, out),
        Command::Run(arguments) => run::run(&arguments, &load(global)?, &data()?, out),
        Command::Simulate(arguments) => Ok(simulate::run(&arguments, global.verbose > 0, out)),
        Command::Soak(arguments) => soak::run(&arguments, out),
        Command::SimServe(arguments) => sim_serve::run(&arguments, &data()?, out),
        Command::Replay(arguments) => replay::run(&arguments, data, out),
        Command::Status => instances::status(&data()?, out),
        Command::Stop => instances::stop(&data()?, out),
        Command::History(arguments) => history::run(&arguments, &data()?, out),
        Command::Plan(command) => plan::run(&command, data, out),
        Command::Table(command) => table::run(&command, data, out),
        Command::Drivers => Ok(drivers::run(out)),
        Command::Guardian(arguments) => guarded::run(&arguments, &data()?, out),
        Command::Schema(arguments) => schema::run(&arguments, out),
        Command::Completions { shell } => Ok(completions::run(shell, out)),
        Command::Config(ConfigCommand::Show) => config_show::run(global, out),
        Command::Doctor => doctor::run(&load(global)?, &data()?, out),
    }
}

/// The settings in force; logging is started with them.
fn load(global: &Global) -> Result<Settings, Failure> {
    let settings = Layers::load(global)?.settings()?;
    log::start(&settings);
    Ok(settings)
}
