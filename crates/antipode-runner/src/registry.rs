//! The drivers of this program: the only place that names them.
//!
//! The simulated table is built in. `cargo xtask new-driver NAME` adds the others to
//! [`hardware`].

use antipode_device::TableDriver;
use serde::Serialize;

/// The name of the simulated table, in files and on the command line.
pub const SIMULATOR: &str = "sim";

/// The drivers of tables that carry people. A build that is broken on purpose must not hold one.
macro_rules! hardware_drivers {
    () => { Vec::new() };
    ($($driver:expr),+ $(,)?) => {{
        #[cfg(feature = "canary")]
        compile_error!("a canary build is broken on purpose and must not drive a table");
        vec![$($driver),+]
    }};
}

/// A kind of table that this program can drive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Driver {
    /// Its name in files and on the command line.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// No person can be on it.
    pub simulated: bool,
}

/// Every driver of a table that carries people.
#[must_use]
pub fn hardware() -> Vec<Box<dyn TableDriver>> {
    hardware_drivers![
        // end of drivers
    ]
}

/// Every kind of table: the simulator first.
#[must_use]
pub fn drivers() -> Vec<Driver> {
    let simulator = Driver {
        name: SIMULATOR,
        summary: "the simulated table and person, behind an encoded wire",
        simulated: true,
    };
    let hardware = hardware().into_iter().map(|driver| Driver {
        name: driver.name(),
        summary: driver.summary(),
        simulated: false,
    });
    std::iter::once(simulator).chain(hardware).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_and_the_simulator_is_there() {
        let drivers = drivers();
        let names: std::collections::BTreeSet<_> = drivers.iter().map(|d| d.name).collect();
        assert_eq!(names.len(), drivers.len());
        assert_eq!(drivers.iter().filter(|driver| driver.simulated).count(), 1);
    }
}
