//! What a simulated world is made of.

use antipode_firmware::Config;

use crate::person::PersonConfig;
use crate::plant::{PlantConfig, Rescue};

/// Table, controller and person of a simulated world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorldSetup {
    /// The table's hardware.
    pub plant: PlantConfig,
    /// The settings commissioned into its controller.
    pub firmware: Config,
    /// The person on it.
    pub person: PersonConfig,
}

impl WorldSetup {
    /// The reference table and its controller with `person` on it.
    #[must_use]
    pub fn reference(person: PersonConfig) -> Self {
        Self::of(PlantConfig::reference(), person)
    }

    /// `plant` with a controller that is commissioned for it.
    #[must_use]
    pub fn of(plant: PlantConfig, person: PersonConfig) -> Self {
        let firmware = Config {
            latches_fitted: plant.latch_sensors,
            second_angle: plant.angle.inclinometer,
            battery: plant.supply.battery_mah > 0,
            rescue: match plant.rescue {
                Rescue::Gravity => antipode_link::Rescue::Gravity,
                Rescue::Battery => antipode_link::Rescue::Battery,
                Rescue::Crank => antipode_link::Rescue::Crank,
                Rescue::None => antipode_link::Rescue::None,
            },
            ..Config::reference()
        };
        Self { plant, firmware, person }
    }
}
