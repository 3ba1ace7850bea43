//! A simulated table with its own controller behind a pseudo-terminal.

use antipode_sim::person::PersonConfig;
use antipode_sim::pty::{Plugged, Pty};
use antipode_sim::world::{Served, World, WorldSetup};

/// A table that lives in a thread until it is dropped.
pub(crate) type Table = Plugged<Served>;

/// The reference table on a line of its own.
pub(crate) fn reference() -> Table {
    behind(Pty::open().unwrap())
}

/// The reference table behind `pty`.
pub(crate) fn behind(pty: Pty) -> Table {
    let world = World::new(&WorldSetup::reference(PersonConfig::reference()), 1);
    Plugged::behind(Served::new(world), vec![pty]).unwrap()
}
