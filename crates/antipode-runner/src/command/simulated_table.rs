//! Opening a simulated table on the machine's own clock.

use antipode_device::{Capabilities, OpenTable};
use antipode_files::TableFile;
use antipode_sim::driver::{SimDoor, SimDriver};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::WorldSetup;

use crate::failure::Failure;
use crate::sim_run::scenario::plant_of;

/// Everything random of a simulated table is drawn from it.
pub(super) const SEED: u64 = 1;

/// Opens the simulated table of `world`, with its side door.
///
/// # Errors
/// When there is no thread for it.
pub(super) fn open(name: &str, world: WorldSetup) -> Result<(OpenTable, SimDoor), Failure> {
    let opening = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("the table `{name}` could not be opened: {error}"))
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .map_err(|error| opening(&error))?;
    runtime.block_on(SimDriver::new(world, SEED).open_with_door()).map_err(|error| opening(&error))
}

/// What the simulated table of that file says of itself, whoever lies on it.
///
/// # Errors
/// As for [`open`].
pub(super) fn capabilities(table: &TableFile) -> Result<Capabilities, Failure> {
    let world = WorldSetup::of(plant_of(table), PersonConfig::reference());
    open(&table.name, world).map(|((open, _), _)| open.capabilities())
}
