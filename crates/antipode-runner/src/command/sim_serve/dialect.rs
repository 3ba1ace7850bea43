//! What a simulated table can speak, and what stands behind each.

use antipode_files::TableFile;
use antipode_sim::device::{DeviceFault, DeviceSetup, SensorModel, SerialTable};
use antipode_sim::faults::Fault;
use antipode_sim::person::{PersonConfig, VirtualPerson};
use antipode_sim::pty::LineEnd;
use antipode_sim::world::{Served, World, WorldSetup};

use crate::failure::Failure;
use crate::sim_run::scenario::plant_of;

/// Declares the dialects once: variant and name.
macro_rules! dialects {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// What a simulated table can speak.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) enum Dialect {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl Dialect {
            pub(super) const ALL: &'static [Self] = &[$(Self::$variant,)+];
            const NAMES: &'static [&'static str] = &[$($name,)+];

            pub(super) const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

dialects! {
    /// Table link, as its own controller does.
    Link = "link";
    /// A Pololu Jrk G2.
    Jrk = "jrk";
    /// A Pololu Tic.
    Tic = "tic";
    /// A RoboClaw in packet serial mode.
    RoboClaw = "roboclaw";
    /// An actuator like LINAK's LA36, by Modbus RTU.
    Linak = "linak";
    /// A drive like Leadshine's CS2RS, by Modbus RTU.
    Leadshine = "leadshine";
    /// A WitMotion inclinometer alone.
    WitMotion = "witmotion";
    /// A BNO08x in UART-RVC mode alone.
    BnoRvc = "bno-rvc";
    /// A Nonin oximeter alone.
    Nonin = "nonin";
}

impl Dialect {
    pub(super) fn from_name(name: &str) -> Result<Self, Failure> {
        Self::ALL.iter().copied().find(|dialect| dialect.name() == name).ok_or_else(|| {
            Failure::usage(format!("a simulated table does not speak `{name}`"))
                .help(format!("it speaks: {}", Self::NAMES.join(", ")))
        })
    }

    /// The table of `table` with `person` on it, as this dialect shows it.
    pub(super) fn table(
        self,
        table: &TableFile,
        person: PersonConfig,
        seed: u64,
    ) -> Box<dyn Handled> {
        let plant = plant_of(table);
        let device = match self {
            Self::Link => {
                let world = World::new(&WorldSetup::of(plant, person), seed);
                return Box::new(Served::new(world));
            }
            Self::Jrk => DeviceSetup::jrk(),
            Self::Tic => DeviceSetup::tic(),
            Self::RoboClaw => DeviceSetup::roboclaw(),
            Self::Linak => DeviceSetup::linak(),
            Self::Leadshine => DeviceSetup::leadshine(),
            Self::WitMotion => DeviceSetup::only(SensorModel::WitMotion),
            Self::BnoRvc => DeviceSetup::only(SensorModel::BnoRvc),
            Self::Nonin => DeviceSetup::only(SensorModel::Nonin),
        };
        Box::new(SerialTable::new(&DeviceSetup { plant, person, ..device }, seed))
    }
}

/// What hands can do to a served table, whatever it speaks.
pub(super) trait Handled: LineEnd {
    /// The line as lines see it.
    fn line_end(&mut self) -> &mut dyn LineEnd;
    /// Time that it has reached, milliseconds.
    fn now_ms(&self) -> u64;
    /// Where the bed is.
    fn true_tilt_mdeg(&self) -> i32;
    fn person_mut(&mut self) -> &mut VirtualPerson;
    fn add_fault(&mut self, fault: Fault);
    fn heal(&mut self);
    /// Presses or lets go the fixed STOP; false where there is none.
    fn press_fixed_stop(&mut self, pressed: bool) -> bool;
    /// Lets a fault of a maker's device begin; false where there is no such device.
    fn strike(&mut self, fault: DeviceFault) -> bool;
}

impl Handled for Served {
    fn line_end(&mut self) -> &mut dyn LineEnd {
        self
    }

    fn now_ms(&self) -> u64 {
        self.world().now_ms()
    }

    fn true_tilt_mdeg(&self) -> i32 {
        self.world().plant().true_tilt_mdeg()
    }

    fn person_mut(&mut self) -> &mut VirtualPerson {
        self.world_mut().person_mut()
    }

    fn add_fault(&mut self, fault: Fault) {
        self.world_mut().add_fault(fault);
    }

    fn heal(&mut self) {
        self.world_mut().heal();
    }

    fn press_fixed_stop(&mut self, pressed: bool) -> bool {
        self.world_mut().press_fixed_stop(pressed);
        true
    }

    fn strike(&mut self, _fault: DeviceFault) -> bool {
        false
    }
}

impl Handled for SerialTable {
    fn line_end(&mut self) -> &mut dyn LineEnd {
        self
    }

    fn now_ms(&self) -> u64 {
        Self::now_ms(self)
    }

    fn true_tilt_mdeg(&self) -> i32 {
        self.plant().true_tilt_mdeg()
    }

    fn person_mut(&mut self) -> &mut VirtualPerson {
        Self::person_mut(self)
    }

    fn add_fault(&mut self, fault: Fault) {
        Self::add_fault(self, fault);
    }

    fn heal(&mut self) {
        Self::heal(self);
    }

    fn press_fixed_stop(&mut self, _pressed: bool) -> bool {
        false
    }

    fn strike(&mut self, fault: DeviceFault) -> bool {
        self.set_device_fault(fault, true);
        true
    }
}
