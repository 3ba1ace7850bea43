//! What the figures of a check come to, and whether a record still holds.

use std::fmt;

use antipode_device::Rescue;
use antipode_safety::{Angle, Millis, Rate};
use jiff::ToSpan;
use jiff::civil::Date;

use super::{CheckKind, Commissioning, Done, Identity, Measured};

/// A nudge is at least so far, three degrees (H-08): of a shorter one a bed that stood, or went the
/// other way, misses no more than one that obeyed.
const NUDGE: Angle = Angle::clamped(3_000);
/// A nudge may miss what it was told by this much: one degree (H-08).
const NUDGE_MISS_MILLIDEG: u32 = 1_000;
/// Nothing is shown by a bed that is slower than the slowest way home, the creep (I-06).
const SLOWEST: Rate = antipode_safety::limits::CREEP;
/// Nobody lies on a table whose brake was tried with less: the lightest adult, near enough, so that
/// nothing that is no person is taken for one. Whom it carries is held against the load itself.
const LEAST_LOAD_KG: u16 = 40;
/// Both ankles are not free in less, whoever frees them: such a figure was not measured.
const LEAST_RELEASE: Millis = Millis::from_secs(3);
/// A bed may turn faster than told by this much: half a degree a second.
const FASTER: i32 = 500;
/// After the lease a bed may need this much longer to brake and to be seen at rest.
const BRAKING: Millis = Millis::new(500);
/// A brake is watched for at least so long.
const WATCHED: Millis = Millis::from_secs(10);
/// A bed that moves by more than this on its brake slips (H-10).
const SLIP_MILLIDEG: i32 = 1_000;
/// The way back without power takes no longer: as the slowest way home (I-06).
const WITHOUT_POWER_LIMIT: Millis = Millis::from_secs(120);
/// A strapped person alone must be free within this time; else nobody is alone on this table.
pub const SELF_RELEASE_LIMIT: Millis = Millis::from_secs(120);
/// A record holds for so many months.
const MONTHS: i32 = 12;

impl Measured {
    /// Whether the figures are those of a table that may carry a person.
    #[must_use]
    pub fn passes(&self) -> bool {
        match *self {
            Self::Direction { told, moved, second } => {
                told >= NUDGE
                    && std::iter::once(moved)
                        .chain(second)
                        .all(|went| went.distance(told) <= NUDGE_MISS_MILLIDEG)
            }
            Self::Speed { told, lowering, raising } => {
                [lowering, raising].into_iter().all(|rate| {
                    let (rate, told) = (rate.millideg_per_s(), told.millideg_per_s());
                    rate <= told + FASTER && rate * 2 >= told
                }) && told >= SLOWEST
            }
            Self::StopDistance { from, travel } => {
                // No bed stands at once: one that did was not moving.
                let moved = i64::from(travel.millideg());
                (1..=half_a_second(from)).contains(&moved) && from >= SLOWEST
            }
            Self::LeaseExpiry { from, lease, stopped_after, cable_travel } => {
                let most = lease.plus(BRAKING);
                stopped_after <= most
                    && stopped_after > Millis::ZERO
                    && (1..=from.travel(most)).contains(&i64::from(cable_travel.millideg()))
                    && from >= SLOWEST
            }
            Self::Brake { load_kg, held, slip, .. } => {
                load_kg >= LEAST_LOAD_KG && held >= WATCHED && slip.millideg() <= SLIP_MILLIDEG
            }
            Self::EndStops { head_up, head_down } => head_up < head_down && !head_up.is_head_down(),
            Self::PowerCut { sank, moved_on_power } => {
                sank.millideg() <= SLIP_MILLIDEG && !moved_on_power
            }
            Self::WithoutPower { from, took } => from.is_head_down() && took <= WITHOUT_POWER_LIMIT,
            Self::SelfRelease { took } => (LEAST_RELEASE..=SELF_RELEASE_LIMIT).contains(&took),
        }
    }
}

/// How far a bed may go on: half a second of its travel, 1.5 degrees at 3 degrees a second (I-07).
fn half_a_second(rate: Rate) -> i64 {
    rate.travel(Millis::new(500))
}

/// What of a controller a check depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Its serial number: it is another one.
    Serial,
    /// Its firmware.
    Firmware,
    /// Its settings.
    Config,
}

impl Part {
    const ALL: [Self; 3] = [Self::Serial, Self::Firmware, Self::Config];

    /// Whether `kind` must be done anew when this has changed. Another controller may stand on
    /// another table, so that nothing of the old one holds; settings and firmware decide on all
    /// motion, and on nothing that happens without power.
    pub(super) const fn decides(self, kind: CheckKind) -> bool {
        match self {
            Self::Serial => true,
            Self::Firmware | Self::Config => match kind {
                CheckKind::Direction
                | CheckKind::Speed
                | CheckKind::StopDistance
                | CheckKind::LeaseExpiry
                | CheckKind::Brake
                | CheckKind::EndStops
                | CheckKind::PowerCut => true,
                CheckKind::WithoutPower | CheckKind::SelfRelease => false,
            },
        }
    }

    const fn same(self, one: Identity, other: Identity) -> bool {
        match self {
            Self::Serial => one.serial == other.serial,
            Self::Firmware => one.firmware == other.firmware,
            Self::Config => one.config_hash == other.config_hash,
        }
    }
}

/// Why a record does not hold, one thing each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VoidBecause {
    /// It is of another table or driver.
    OtherTable,
    /// The table's file names another way back without power than was tried.
    OtherRescue(Rescue),
    /// The inclinometer beside the table is another, elsewhere, or mounted otherwise.
    OtherSensor,
    /// Nobody vouches for it.
    NotSigned,
    /// A check was not done.
    Missing(CheckKind),
    /// A check did not pass.
    Failed(CheckKind),
    /// Something has changed since a check.
    Changed(CheckKind, Part),
    /// A check is older than twelve months.
    Old(CheckKind, Date),
    /// A check is of a day that has not come: the date of this machine, or of that one, is wrong.
    Ahead(CheckKind, Date),
}

impl VoidBecause {
    /// The check that must be done anew, where it is one.
    #[must_use]
    pub const fn check(self) -> Option<CheckKind> {
        match self {
            Self::OtherTable | Self::OtherRescue(_) | Self::NotSigned => None,
            Self::OtherSensor => Some(CheckKind::Direction),
            Self::Missing(kind)
            | Self::Failed(kind)
            | Self::Changed(kind, _)
            | Self::Old(kind, _)
            | Self::Ahead(kind, _) => Some(kind),
        }
    }
}

impl fmt::Display for VoidBecause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherTable => f.write_str("it is the record of another table or driver"),
            Self::OtherRescue(tried) => write!(
                f,
                "the way back without power that was tried is `{}`, and the table's file names \
                 another",
                tried.as_str()
            ),
            Self::OtherSensor => f.write_str(
                "the angle sensor beside the table is not the one that `direction` was tried with, or \
                 not where it was, or not mounted so",
            ),
            Self::NotSigned => f.write_str("nobody has signed it"),
            Self::Missing(kind) => write!(f, "`{}` was not done", kind.key()),
            Self::Failed(kind) => write!(f, "`{}` did not pass", kind.key()),
            Self::Changed(kind, part) => {
                let what = match part {
                    Part::Serial => "this is another controller than",
                    Part::Firmware => "the firmware has changed since",
                    Part::Config => "the settings of the controller have changed since",
                };
                write!(f, "{what} `{}` was done", kind.key())
            }
            Self::Old(kind, on) => {
                write!(f, "`{}` was done on {on}, more than {MONTHS} months ago", kind.key())
            }
            Self::Ahead(kind, on) => {
                write!(f, "`{}` is dated {on}, which has not come: check the date", kind.key())
            }
        }
    }
}

impl Commissioning {
    /// Everything that makes this record void for that table on `today`; nothing where it holds.
    /// `now` is what the controller says of itself; without it, what can be said before it is asked.
    ///
    /// [`CheckKind::SelfRelease`] is no part of it: it decides on being alone, and nothing else.
    #[must_use]
    pub fn void(
        &self,
        table: &crate::TableFile,
        now: Option<Identity>,
        today: Date,
    ) -> Vec<VoidBecause> {
        let mut void = Vec::new();
        if self.table != table.name || self.driver != table.driver {
            void.push(VoidBecause::OtherTable);
        }
        if self.without_power != table.rescue {
            void.push(VoidBecause::OtherRescue(self.without_power));
        }
        if self.angle_sensor != table.bound_sensor() {
            void.push(VoidBecause::OtherSensor);
        }
        if self.signed().is_none() {
            void.push(VoidBecause::NotSigned);
        }
        let needed = CheckKind::ALL.into_iter().filter(|kind| self.needs(*kind));
        void.extend(needed.flat_map(|kind| self.against(kind, now, today)));
        void
    }

    /// Whether the strapped person was shown to get free without help, on this controller and not
    /// too long ago (people who are alone have nobody else).
    #[must_use]
    pub fn frees_alone(&self, now: Identity, today: Date) -> bool {
        self.against(CheckKind::SelfRelease, Some(now), today).is_empty()
    }

    /// Whether a table may not go head-down without this check.
    const fn needs(&self, kind: CheckKind) -> bool {
        match kind {
            // Nothing comes back without power where nothing is fitted, and then nobody goes down.
            CheckKind::WithoutPower => !matches!(self.without_power, Rescue::None),
            CheckKind::SelfRelease => false,
            CheckKind::Direction
            | CheckKind::Speed
            | CheckKind::StopDistance
            | CheckKind::LeaseExpiry
            | CheckKind::Brake
            | CheckKind::EndStops
            | CheckKind::PowerCut => true,
        }
    }

    /// What speaks against the check of that kind.
    #[must_use]
    pub fn against(&self, kind: CheckKind, now: Option<Identity>, today: Date) -> Vec<VoidBecause> {
        let Some(&Done { measured, on, of }) = self.check(kind) else {
            return vec![VoidBecause::Missing(kind)];
        };
        let mut against = Vec::new();
        if !measured.passes() {
            against.push(VoidBecause::Failed(kind));
        }
        let changed =
            |part: &Part| now.is_some_and(|now| part.decides(kind) && !part.same(of, now));
        against
            .extend(Part::ALL.into_iter().filter(changed).map(|p| VoidBecause::Changed(kind, p)));
        if on > today {
            against.push(VoidBecause::Ahead(kind, on));
        }
        // A day past the end of the calendar is never reached.
        if on.checked_add(MONTHS.months()).is_ok_and(|last| today > last) {
            against.push(VoidBecause::Old(kind, on));
        }
        against
    }
}
