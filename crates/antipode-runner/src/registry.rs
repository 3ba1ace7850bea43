//! The drivers of this program: the only place that names them.
//!
//! The simulated table is built in. `cargo xtask new-driver NAME` adds the others to
//! [`hardware`].

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use antipode_device::{Address, DriveModel, Mount, Rescue, SensorDriver, TableDriver};
use antipode_driver_serial::drive::{Fitted, config_of, stroke_of};
use antipode_driver_serial::guardian::{
    DriveState, GuardedDriver, GuardianPlan, Identity, Launch, Stated, drive_facts, drive_state,
    presence, serve,
};
pub(crate) use antipode_driver_serial::guardian::{
    Inclinometer, Living, Loudness, Presence, Vigil, Vigilance, Watch, needs, vigilance,
};
use serde::Serialize;

/// The name of the simulated table, in files and on the command line.
pub const SIMULATOR: &str = "sim";

/// The drivers of tables that carry people. A build that is broken on purpose holds none: whatever
/// stands in the list is left out of it.
macro_rules! hardware_drivers {
    ($($driver:expr),* $(,)?) => {{
        #[cfg(not(feature = "canary"))]
        let drivers: Vec<Box<dyn TableDriver>> = vec![$($driver),*];
        #[cfg(feature = "canary")]
        let drivers: Vec<Box<dyn TableDriver>> = Vec::new();
        drivers
    }};
}

// A guard with its defects compiled in, and drivers of real tables beside it: no such program.
const _: () = assert!(
    cfg!(feature = "canary") || !antipode_safety::canary::COMPILED_IN,
    "antipode-safety is broken on purpose: build the runner with its own feature `canary`, which \
     leaves out every driver of a real table"
);

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
        Box::new(antipode_driver_serial::LinkDriver),
        Box::new(antipode_driver_serial::ProcessDriver),
        // end of drivers
    ]
}

/// The driver of that name; `None` for the simulator, which drives no table that carries people.
#[must_use]
pub fn hardware_named(name: &str) -> Option<Box<dyn TableDriver>> {
    hardware().into_iter().find(|driver| driver.name() == name)
}

/// Motor drives without a controller of their own, by the dialect of their model: each is run by a
/// guardian. What a drive can do stands in the model that the table's file names.
const GUARDED: [(&str, &str); 4] = [
    ("jrk", "a Pololu Jrk G2 with a feedback actuator; the table's file names its model"),
    ("tic", "a Pololu Tic with a stepper and an inclinometer; the table's file names its model"),
    ("roboclaw", "a Basicmicro RoboClaw with an encoder; the table's file names its model"),
    ("modbus", "an actuator or drive on Modbus RTU; the table's file names its model"),
];

/// The guarded drives of this program: none in a build that is broken on purpose.
fn guarded_drives() -> &'static [(&'static str, &'static str)] {
    if cfg!(feature = "canary") { &[] } else { &GUARDED }
}

/// Whether tables of this driver are run by a guardian.
#[must_use]
pub fn is_guarded(driver: &str) -> bool {
    guarded_drives().iter().any(|(name, _)| *name == driver)
}

/// Whoever opens a table; what a guardian and its drive are held against is not the same for all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum For {
    /// A session, a check: the guardian must have been started with the files as they are, and its
    /// drive may be armed.
    Use,
    /// A look: the same files, whatever the drive says of itself.
    Look,
    /// A return, which nothing may keep away: the guardian decides.
    Return,
}

/// What the drive of the guardian at `socket` says of itself, on one line; `None` until it has.
#[must_use]
pub fn drive_says(socket: &Path) -> Option<String> {
    drive_facts(socket)
}

/// Who steers the table whose guardian would be found at `socket`.
pub(crate) fn steers(socket: &Path) -> Presence {
    presence(socket)
}

/// Whether the drive of the guardian at `socket` has said how it is set.
pub(crate) fn has_said(socket: &Path) -> bool {
    drive_state(socket) != DriveState::Unknown
}

/// Why the drive of the guardian at `socket` must not be armed, or that it has not said yet; `None`
/// where it may be.
#[must_use]
pub fn unfit(socket: &Path) -> Option<String> {
    match drive_state(socket) {
        DriveState::Fit => None,
        DriveState::Unfit(reason) => Some(format!(
            "its drive must not be armed: {reason}; NOTHING MOVES as long as that lasts"
        )),
        DriveState::OnlyHome(reason) => Some(format!(
            "its drive must not be armed: {reason}; nothing starts, and a bed that is head-down still \
             comes home"
        )),
        DriveState::Unknown => {
            Some("its drive has not said yet how it is set: nothing moves until it has".to_owned())
        }
    }
}

/// A table that a guardian runs.
#[derive(Clone, Debug)]
pub struct Guarded<'a> {
    /// Its kind.
    pub model: &'a DriveModel,
    /// Where its drive is.
    pub address: &'a Address,
    /// How the inclinometer on its bed is fixed, where there is one.
    pub inclinometer: Option<Mount>,
    /// What reads it, and at which port; empty where there is none.
    pub sensor: String,
    /// How a person comes back without power, as the table's file says.
    pub rescue: Rescue,
    /// The site has decided that it comes up by itself with fewer than two latch sensors.
    pub returns_with_few_latches: bool,
    /// Where its guardian listens.
    pub socket: PathBuf,
}

impl Guarded<'_> {
    fn fitted(&self) -> Fitted<'_> {
        Fitted {
            address: self.address,
            inclinometer: self.inclinometer,
            sensor: self.sensor.as_str(),
            rescue: self.rescue,
            returns_with_few_latches: self.returns_with_few_latches,
        }
    }

    /// Its driver, which finds the living guardian or starts one with `argv`.
    ///
    /// # Errors
    /// What keeps it from being guarded.
    pub fn driver(
        &self,
        argv: Vec<OsString>,
        what_for: For,
    ) -> Result<Box<dyn TableDriver>, String> {
        let dialect = self.model.dialect.key();
        let found = guarded_drives().iter().find(|(name, _)| *name == dialect);
        let (name, summary) = found.ok_or("this program drives no table that carries people")?;
        let config = config_of(self.model, &self.fitted()).map_err(|error| error.to_string())?;
        let stroke = stroke_of(self.model).map_err(|error| error.to_string())?;
        let told = config.controller(&stroke).map_err(|error| error.to_string())?;
        let of = Identity { serial: config.serial, config_hash: told.told_hash() };
        let stated = Stated { rates: self.model.rates, stop_decel: self.model.stop_decel };
        let launch = Launch { socket: self.socket.clone(), argv };
        let driver = GuardedDriver::new(name, summary, launch, stated);
        Ok(Box::new(match what_for {
            For::Use => driver.of(of),
            For::Look => driver.of(of).even_unfit(),
            For::Return => driver.even_unfit().taking_over(),
        }))
    }

    /// Guards it until nobody needs a guardian any more. `vigil` knows whether this computer stays
    /// awake: nobody is lowered while it does not. `sensor` is the inclinometer that the table's file
    /// names.
    ///
    /// # Errors
    /// Why none runs; nothing was sent to the drive.
    pub fn guard(
        &self,
        sensor: Option<Inclinometer>,
        loudness: Loudness,
        vigil: Vigil,
    ) -> Result<(), String> {
        if !is_guarded(self.model.dialect.key()) {
            return Err("this program drives no table that carries people".to_owned());
        }
        let plan = GuardianPlan::of(self.model, &self.fitted(), sensor, self.socket.clone())
            .map_err(|error| error.to_string())?;
        serve(GuardianPlan { loudness, ..plan }, vigil).map_err(|error| error.to_string())
    }
}

/// The driver of an inclinometer that is mounted like this, by its name.
#[must_use]
pub fn angle_sensor(name: &str, mount: Mount) -> Option<Box<dyn SensorDriver>> {
    use antipode_driver_serial::{BnoRvcDriver, WitMotionDriver};
    let drivers: [Box<dyn SensorDriver>; 2] =
        [Box::new(WitMotionDriver::new(mount)), Box::new(BnoRvcDriver::new(mount))];
    drivers.into_iter().find(|driver| driver.name() == name)
}

/// The driver of a body sensor by its name.
#[must_use]
pub fn vitals_sensor(name: &str) -> Option<Box<dyn SensorDriver>> {
    let drivers: [Box<dyn SensorDriver>; 1] = [Box::new(antipode_driver_serial::NoninDriver)];
    drivers.into_iter().find(|driver| driver.name() == name)
}

/// The names of the drivers of sensors for `angle` or `vitals`.
#[must_use]
pub fn sensors(kind: &str) -> &'static [&'static str] {
    match kind {
        "angle" => &["witmotion", "bno-rvc"],
        "vitals" => &["nonin"],
        _ => &[],
    }
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
    let guarded =
        guarded_drives().iter().map(|&(name, summary)| Driver { name, summary, simulated: false });
    std::iter::once(simulator).chain(hardware).chain(guarded).collect()
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
    #[test]
    fn a_build_broken_on_purpose_holds_no_driver_of_a_real_table_and_every_other_does() {
        assert_eq!(hardware().is_empty(), cfg!(feature = "canary"));
        assert_eq!(hardware_named("link").is_none(), cfg!(feature = "canary"));
        assert!(hardware_named(SIMULATOR).is_none());
        for (name, _) in GUARDED {
            assert_eq!(is_guarded(name), !cfg!(feature = "canary"), "{name}");
        }
    }

    #[test]
    fn every_dialect_of_a_model_has_its_guarded_driver() {
        let names = GUARDED.map(|(name, _)| name);
        assert_eq!(names, antipode_device::Dialect::KEYS);
    }

    #[test]
    fn every_sensor_that_is_listed_is_there_under_its_name() {
        use antipode_device::{Axis, Sense};
        let mount =
            Mount { axis: Axis::X, sense: Sense::Along, zero: antipode_safety::Angle::LEVEL };
        for name in sensors("angle") {
            assert_eq!(angle_sensor(name, mount).unwrap().name(), *name);
        }
        for name in sensors("vitals") {
            assert_eq!(vitals_sensor(name).unwrap().name(), *name);
        }
        assert!(angle_sensor("nonin", mount).is_none() && vitals_sensor("witmotion").is_none());
    }

    /// What leaves the drivers out of a broken build stands in this file alone.
    #[test]
    fn no_other_file_of_the_program_names_a_driver_crate() {
        fn look(folder: &std::path::Path, naming: &mut Vec<String>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    look(&path, naming);
                } else if std::fs::read_to_string(&path).unwrap().contains("antipode_driver_") {
                    naming.push(path.file_name().unwrap().to_string_lossy().into_owned());
                }
            }
        }
        let mut naming = Vec::new();
        look(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut naming);
        assert_eq!(naming, ["registry.rs"]);
    }
}
