//! The tables whose hosts, guardians and devices are killed: all five dialects.

use std::num::NonZeroU8;
use std::path::Path;
use std::str::FromStr;

use antipode_device::{Dialect, HostLoss, Rates, RoboClawSettings};
use antipode_driver_serial::guardian::{GuardianPlan, Identity, Inclinometer, Stated};
use antipode_safety::{Millis, Rate};
use antipode_sim::device::{DriveSetup, ModbusSetup, SensorModel, SerialTable};
use antipode_sim::person::PersonConfig;
use antipode_sim::world::{Served, World, WorldSetup};

use crate::drives::kinds::{kinds, pololu};
use crate::drives::rig::Kind;
use crate::guarded;

/// A kind of table. Two dialects move a bed in two ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Which {
    Link,
    Jrk,
    Tic,
    Duty,
    Speed,
    Place,
    Jog,
}

impl Which {
    const ALL: [Self; 7] =
        [Self::Link, Self::Jrk, Self::Tic, Self::Duty, Self::Speed, Self::Place, Self::Jog];

    /// The `at`-th of a series: one dialect after the other. `other` chooses of two ways.
    pub(crate) const fn of(at: u64, other: bool) -> Self {
        match (at % 5, other) {
            (0, _) => Self::Link,
            (1, _) => Self::Jrk,
            (2, _) => Self::Tic,
            (3, false) => Self::Duty,
            (3, true) => Self::Speed,
            (_, false) => Self::Place,
            (_, true) => Self::Jog,
        }
    }

    /// The first of those that speak its dialect.
    pub(crate) const fn dialect(self) -> Self {
        match self {
            Self::Link | Self::Jrk | Self::Tic => self,
            Self::Duty | Self::Speed => Self::Duty,
            Self::Place | Self::Jog => Self::Place,
        }
    }

    pub(crate) const fn is_guarded(self) -> bool {
        !matches!(self, Self::Link)
    }

    /// The speed of a drive that has no other.
    pub(crate) const fn fixed(self) -> Option<Rate> {
        match self {
            Self::Jog => Some(Rate::clamped(1_000)),
            Self::Link | Self::Jrk | Self::Tic | Self::Duty | Self::Speed | Self::Place => None,
        }
    }

    /// What its driver is told of it.
    pub(crate) fn stated(self) -> Stated {
        let rates = self.fixed().map_or(guarded::RANGED.rates, Rates::Fixed);
        Stated { rates, ..guarded::RANGED }
    }

    /// What its guardian is known by.
    pub(crate) fn identity(self, serial: u32) -> Identity {
        let plan = self.bare_plan(serial, "", None, Path::new(""));
        let told = plan.config.controller(&plan.stroke).unwrap();
        Identity { serial, config_hash: told.told_hash() }
    }

    /// Its place is not gone when its board starts again.
    pub(crate) const fn keeps_its_place(self) -> bool {
        match self {
            Self::Link | Self::Jrk | Self::Tic | Self::Place | Self::Jog => true,
            Self::Duty | Self::Speed => false,
        }
    }

    /// After how long its drive, or the whole table, stops by itself.
    pub(crate) const fn own_timeout_ms(self) -> usize {
        match self {
            Self::Jog => 200,
            Self::Link => 250,
            Self::Jrk | Self::Duty | Self::Speed | Self::Place => 500,
            Self::Tic => 1_000,
        }
    }

    /// Its table, whose controller has this number.
    pub(crate) fn served(serial: u32, seed: u64) -> Served {
        let mut setup = WorldSetup::reference(PersonConfig::reference());
        setup.firmware.serial = serial;
        Served::new(World::new(&setup, seed))
    }

    /// Its drive in front of a bed.
    pub(crate) fn drive(self, seed: u64) -> SerialTable {
        let sensor = (self == Self::Tic).then_some(SensorModel::WitMotion);
        self.kind().table(sensor, seed)
    }

    /// The plan of its guardian. `sensor` is the port of what is beside it.
    pub(crate) fn plan(self, serial: u32, port: &str, sensor: &str, socket: &Path) -> GuardianPlan {
        let sensor = match self {
            Self::Tic => Some(inclinometer(sensor)),
            Self::Link | Self::Jrk | Self::Duty | Self::Speed | Self::Place | Self::Jog => None,
        };
        self.bare_plan(serial, port, sensor, socket)
    }

    fn bare_plan(
        self,
        serial: u32,
        port: &str,
        sensor: Option<Inclinometer>,
        socket: &Path,
    ) -> GuardianPlan {
        let mut plan = self.kind().plan(serial, port.to_owned(), sensor, socket.to_owned());
        if let Some(rate) = self.fixed() {
            (plan.config.max_rate, plan.config.return_rate) = (rate, rate);
        }
        plan
    }

    /// The drive with times that a busy machine can keep: half a second where it can be set.
    fn kind(self) -> Kind {
        let [duty, speed, place, jog] = <[Kind; 4]>::try_from(kinds()).ok().expect("four");
        match self {
            Self::Link => panic!("a table with a controller of its own has no guardian"),
            Self::Jrk => Kind { setup: guarded::jrk_table(), ..pololu().remove(0) },
            Self::Tic => pololu().remove(2),
            Self::Duty => slower(duty),
            Self::Speed => slower(speed),
            Self::Place => {
                let drive = ModbusSetup { timeout_ms: 500, ..ModbusSetup::linak() };
                driven(place, DriveSetup::Modbus(drive))
            }
            Self::Jog => {
                let within = Millis::new(200);
                let drive = ModbusSetup { timeout_ms: 200, ..ModbusSetup::leadshine() };
                let mut kind = driven(jog, DriveSetup::Modbus(drive));
                let Dialect::Modbus(profile) = &mut kind.dialect else { panic!("it is Modbus") };
                profile.host_loss = HostLoss::JogRepeat { within };
                Kind { runs_on: within, ..kind }
            }
        }
    }
}

fn driven(kind: Kind, drive: DriveSetup) -> Kind {
    let mut setup = kind.setup.clone();
    setup.drive = drive;
    Kind { setup, ..kind }
}

fn slower(kind: Kind) -> Kind {
    let Dialect::RoboClaw(settings) = kind.dialect else { panic!("it is a RoboClaw") };
    let timeout_tenths = NonZeroU8::new(5).unwrap();
    let dialect = Dialect::RoboClaw(RoboClawSettings { timeout_tenths, ..settings });
    Kind { dialect, ..kind }
}

fn inclinometer(port: &str) -> Inclinometer {
    let mut opens = guarded::sensor::opens(Path::new(port));
    Inclinometer::new(Some(opens().unwrap()), opens)
}

impl FromStr for Which {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|which| format!("{which:?}") == name);
        found.ok_or_else(|| format!("no table is called {name}"))
    }
}
