//! The simulated table and person, held to published figures and to the behaviour that every fault
//! must have.

mod behaviour;
mod conformance;
mod faults;
mod mechanics;
mod person;
mod power;
mod sensors;
mod trace;

use antipode_sim::person::PersonConfig;
use antipode_sim::plant::{DriveInput, Plant, PlantConfig};

/// A reference table that starts at `start_mdeg` with the reference person on it.
fn table_at(start_mdeg: i32) -> Plant {
    let config = PlantConfig { start_mdeg, ..PlantConfig::reference() };
    Plant::new(&config, &PersonConfig::reference(), 1)
}

/// Runs `plant` for `for_ms` under `input` in controller ticks of 10 ms.
fn run(plant: &mut Plant, for_ms: u64, input: DriveInput) {
    let end = plant.now_ms() + for_ms;
    while plant.now_ms() < end {
        plant.advance((plant.now_ms() + 10).min(end), input);
    }
}

/// Runs until `done`, at most `most_ms`; gives the time that it took.
fn run_until(
    plant: &mut Plant,
    most_ms: u64,
    input: DriveInput,
    mut done: impl FnMut(&Plant) -> bool,
) -> Option<u64> {
    let start = plant.now_ms();
    while plant.now_ms() < start + most_ms {
        if done(plant) {
            return Some(plant.now_ms() - start);
        }
        plant.advance(plant.now_ms() + 10, input);
    }
    None
}
