//! The commissioning record of a table: what somebody measured and signed off before the table may
//! carry anybody head-down.
//!
//! It is written by the program and read strictly, like every other file. Each check is bound to the
//! controller that it was done on; what changes since makes the check, and with it the record, void.
//! A line holds a checksum of the others: it finds slips of an editor and of a disk, and no forger.

mod drive;
mod judge;
mod keys;
mod text;

use antipode_device::Rescue;
use antipode_safety::{Angle, Limits, Millis, Narrowing, Rate};
use antipode_safety::{Layer, Why};
use jiff::civil::Date;

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::source::Source;
use crate::table::TableFile;

pub use judge::{Part, SELF_RELEASE_LIMIT, VoidBecause};
pub(crate) use keys::COMMISSIONING;

/// What is tried on a table, in the order in which it is tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// A nudge toward head-down turns the bed head-down, as far as told.
    Direction,
    /// The bed turns as fast as told, both ways.
    Speed,
    /// How far it turns on after a halt.
    StopDistance,
    /// It stops by itself when the computer is silent, and when the cable is pulled.
    LeaseExpiry,
    /// The brake holds the loaded bed.
    Brake,
    /// Where the end stops cut the drive off.
    EndStops,
    /// Power is cut, and comes back: nothing sinks, nothing starts by itself.
    PowerCut,
    /// The way back without power, from head-down to the rest band.
    WithoutPower,
    /// The strapped person frees themselves, power off, in the rest band.
    SelfRelease,
}

impl CheckKind {
    /// Every check, in order.
    pub const ALL: [Self; 9] = [
        Self::Direction,
        Self::Speed,
        Self::StopDistance,
        Self::LeaseExpiry,
        Self::Brake,
        Self::EndStops,
        Self::PowerCut,
        Self::WithoutPower,
        Self::SelfRelease,
    ];

    /// Its word in files, as `lease_expiry`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Direction => "direction",
            Self::Speed => "speed",
            Self::StopDistance => "stop_distance",
            Self::LeaseExpiry => "lease_expiry",
            Self::Brake => "brake",
            Self::EndStops => "end_stops",
            Self::PowerCut => "power_cut",
            Self::WithoutPower => "return_without_power",
            Self::SelfRelease => "self_release",
        }
    }
}

/// What was measured in a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measured {
    /// [`CheckKind::Direction`].
    Direction {
        /// How far it was told to go, head-down.
        told: Angle,
        /// How far it went.
        moved: Angle,
        /// How far it went by the second angle source, where there is one.
        second: Option<Angle>,
    },
    /// [`CheckKind::Speed`]. Rates without direction.
    Speed {
        /// The rate it was told.
        told: Rate,
        /// The rate at which it went down.
        lowering: Rate,
        /// The rate at which it came up.
        raising: Rate,
    },
    /// [`CheckKind::StopDistance`].
    StopDistance {
        /// The rate it had, without direction.
        from: Rate,
        /// How far it went on after the halt.
        travel: Angle,
    },
    /// [`CheckKind::LeaseExpiry`].
    LeaseExpiry {
        /// The rate it had, without direction.
        from: Rate,
        /// The lease that the table states.
        lease: Millis,
        /// How long it went on after the last word of the computer, the cable in.
        stopped_after: Millis,
        /// How far it went on when the cable was pulled.
        cable_travel: Angle,
    },
    /// [`CheckKind::Brake`].
    Brake {
        /// What lay on the bed, in kilograms.
        load_kg: u16,
        /// Where it held.
        at: Angle,
        /// For how long it was watched.
        held: Millis,
        /// How far it slipped.
        slip: Angle,
    },
    /// [`CheckKind::EndStops`].
    EndStops {
        /// Where the head-up stop cut off.
        head_up: Angle,
        /// Where the head-down stop cut off.
        head_down: Angle,
    },
    /// [`CheckKind::PowerCut`].
    PowerCut {
        /// How far it sank toward head-down when power went.
        sank: Angle,
        /// Whether anything moved by itself when power came back.
        moved_on_power: bool,
    },
    /// [`CheckKind::WithoutPower`].
    WithoutPower {
        /// From where.
        from: Angle,
        /// How long it took to the rest band.
        took: Millis,
    },
    /// [`CheckKind::SelfRelease`].
    SelfRelease {
        /// How long it took the strapped person to be free.
        took: Millis,
    },
}

impl Measured {
    /// The check.
    #[must_use]
    pub const fn kind(&self) -> CheckKind {
        match self {
            Self::Direction { .. } => CheckKind::Direction,
            Self::Speed { .. } => CheckKind::Speed,
            Self::StopDistance { .. } => CheckKind::StopDistance,
            Self::LeaseExpiry { .. } => CheckKind::LeaseExpiry,
            Self::Brake { .. } => CheckKind::Brake,
            Self::EndStops { .. } => CheckKind::EndStops,
            Self::PowerCut { .. } => CheckKind::PowerCut,
            Self::WithoutPower { .. } => CheckKind::WithoutPower,
            Self::SelfRelease { .. } => CheckKind::SelfRelease,
        }
    }
}

/// Which controller a check was done on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Serial number of the controller, or of the actuator where that has one.
    pub serial: u32,
    /// Version of its firmware.
    pub firmware: u16,
    /// Fingerprint of its settings.
    pub config_hash: u32,
}

impl Identity {
    /// The controller that states `stated` of itself.
    #[must_use]
    pub const fn of(stated: &antipode_device::Capabilities) -> Self {
        Self { serial: stated.serial, firmware: stated.firmware, config_hash: stated.config_hash }
    }
}

/// A check that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// What was measured.
    pub measured: Measured,
    /// On which day.
    pub on: Date,
    /// On which controller.
    pub of: Identity,
}

/// Who vouches for a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    /// Their name.
    pub by: String,
    /// The day.
    pub on: Date,
}

/// A commissioning record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commissioning {
    /// Name of the table.
    pub table: String,
    /// Name of its driver.
    pub driver: String,
    /// The way back without power that was tried.
    pub without_power: Rescue,
    /// The inclinometer beside the table, as its file described it then; where there was one.
    angle_sensor: Option<String>,
    /// What the motor drive said of itself and of how it is set, where a guardian runs it.
    drive: Option<String>,
    /// Who vouches for all of it; nobody yet while checks are missing.
    signed: Option<Signed>,
    /// What was done, each check once, in order.
    done: Vec<Done>,
}

impl Commissioning {
    /// A record of a table on which nothing was tried yet.
    #[must_use]
    pub const fn new(table: String, driver: String, without_power: Rescue) -> Self {
        let (angle_sensor, drive, signed) = (None, None, None);
        Self { table, driver, without_power, angle_sensor, drive, signed, done: Vec::new() }
    }

    /// The same record with the inclinometer of `table`. Another one than before, or the same at
    /// another place or mounted otherwise, was not there when the direction was tried; nobody vouches
    /// for it either.
    #[must_use]
    pub fn with_sensor_of(mut self, table: &TableFile) -> Self {
        let sensor = table.bound_sensor();
        if self.angle_sensor != sensor {
            self.angle_sensor = sensor;
            self.signed = None;
            self.done.retain(|done| done.measured.kind() != CheckKind::Direction);
        }
        self
    }

    /// The check of that kind, where it was done.
    #[must_use]
    pub fn check(&self, kind: CheckKind) -> Option<&Done> {
        self.done.iter().find(|done| done.measured.kind() == kind)
    }

    /// Every check that was done, in order.
    #[must_use]
    pub fn checks(&self) -> &[Done] {
        &self.done
    }

    /// Who vouches for it.
    #[must_use]
    pub const fn signed(&self) -> Option<&Signed> {
        self.signed.as_ref()
    }

    /// Puts a check on record in place of an earlier one of its kind. Whoever signed did not see
    /// it, so that nobody vouches for the whole any more.
    pub fn put(&mut self, done: Done) {
        self.signed = None;
        self.done.retain(|other| other.measured.kind() != done.measured.kind());
        self.done.push(done);
        self.done.sort_by_key(|done| done.measured.kind());
    }

    /// `by` vouches for every check on it. Nothing happens where the name is no line of text.
    pub fn sign(&mut self, by: &str, on: Date) {
        let by = by.trim();
        if !by.is_empty() && by.len() <= crate::key::LINE && !by.chars().any(char::is_control) {
            self.signed = Some(Signed { by: by.to_owned(), on });
        }
    }

    /// The heaviest load that its brake was seen to hold, in kilograms (H-10).
    #[must_use]
    pub fn held_kg(&self) -> Option<u16> {
        match self.check(CheckKind::Brake)?.measured {
            Measured::Brake { load_kg, .. } => Some(load_kg),
            Measured::Direction { .. }
            | Measured::Speed { .. }
            | Measured::StopDistance { .. }
            | Measured::LeaseExpiry { .. }
            | Measured::EndStops { .. }
            | Measured::PowerCut { .. }
            | Measured::WithoutPower { .. }
            | Measured::SelfRelease { .. } => None,
        }
    }

    /// `limits` with what was measured: no deeper than the head-down stop, nor than the tilt from
    /// which a way back without power was shown (H-14), and no faster down than it was seen to stop
    /// from. The way home is not slowed by that.
    #[must_use]
    pub fn narrow(&self, limits: Limits) -> Limits {
        let to = |tilt| Narrowing { tilt: Some(tilt), ..Narrowing::NONE };
        let down = |rate| Narrowing { lower_rate: Some(rate), ..Narrowing::NONE };
        self.done.iter().fold(limits, |limits, done| match done.measured {
            Measured::EndStops { head_down, .. } => {
                limits.narrow(Layer::Table, Why::TableModel, to(head_down))
            }
            Measured::WithoutPower { from, .. } => {
                limits.narrow(Layer::Table, Why::NoReturnWithoutPower, to(from))
            }
            Measured::Speed { told: rate, .. }
            | Measured::StopDistance { from: rate, .. }
            | Measured::LeaseExpiry { from: rate, .. } => {
                limits.narrow(Layer::Table, Why::TableModel, down(rate))
            }
            Measured::Direction { .. }
            | Measured::Brake { .. }
            | Measured::PowerCut { .. }
            | Measured::SelfRelease { .. } => limits,
        })
    }
}

/// Reads a commissioning record.
///
/// # Errors
/// Every finding, when one of them is an error; among them a checksum that does not fit the rest.
pub fn read_commissioning(source: &Source) -> Result<Read<Commissioning>, Findings> {
    crate::document::read(source, &COMMISSIONING, |fields, sink| record(source, fields, sink))
}

fn record(source: &Source, fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Commissioning> {
    let checksum = fields.text(&keys::CHECKSUM, sink);
    if checksum.is_some_and(|written| written != text::checksum(source.text())) {
        let why = "does not fit the rest of the file, which was changed after it was written: do \
                   the checks again with `antipode table commission`";
        let key = keys::CHECKSUM.name;
        sink.error(fields.span_of(&keys::CHECKSUM), Problem::Conflict { key, why });
    }
    let table = fields.name(&keys::TABLE, sink);
    let driver = fields.name(&keys::DRIVER, sink);
    let without_power = fields.choice(&keys::WITHOUT_POWER, &Rescue::ALL, Rescue::as_str, sink);
    let angle_sensor = fields.text(&keys::ANGLE_SENSOR, sink);
    let drive = fields.text(&keys::DRIVE, sink);
    let signed = match (fields.text(&keys::SIGNED_BY, sink), fields.date(&keys::SIGNED_ON, sink)) {
        (Some(by), Some(on)) => Some(Signed { by, on }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => {
            let (key, why) = (keys::SIGNED_BY.name, "and signed_on go together");
            sink.error(fields.span_of(&keys::SIGNED_BY), Problem::Conflict { key, why });
            None
        }
    };
    let done = CheckKind::ALL.into_iter().filter_map(|kind| keys::check(kind, fields, sink));
    let done = done.collect();
    Some(Commissioning {
        table: table?,
        driver: driver?,
        without_power: without_power?,
        angle_sensor,
        drive,
        signed,
        done,
    })
}
