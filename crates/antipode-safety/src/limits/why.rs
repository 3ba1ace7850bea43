//! Where a limit comes from and which rule set it.

use core::fmt;

use crate::units::Angle;

/// Where a table stands, set at installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Setting {
    /// At home: head-down to 60 degrees at most.
    Home,
    /// In a clinic, by a signed file: head-down to 75 degrees at most.
    Clinic,
}

/// The layers that narrow the limits, from the widest to the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// Nothing exceeds it.
    Hard,
    /// The rules of the place.
    Site,
    /// What the table and its commissioning allow.
    Table,
    /// The person's profile and screening.
    Person,
    /// A clinician's written consent.
    Clearance,
    /// What was done today already.
    Day,
    /// The plan as written.
    Plan,
    /// What happened in this session.
    Session,
}

impl fmt::Display for Layer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hard => "hard limit",
            Self::Site => "site",
            Self::Table => "table",
            Self::Person => "person",
            Self::Clearance => "clearance",
            Self::Day => "today",
            Self::Plan => "plan",
            Self::Session => "this session",
        })
    }
}

/// The rule behind a limit. Closed: a new rule must be worded before it can bind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Why {
    /// The hard limits at home.
    HardHome,
    /// The hard limits in a clinic.
    HardClinic,
    /// The cap on one bout at this tilt.
    BoutCap(Angle),
    /// A rule of the site file.
    SiteRule,
    /// The table's model or its own file.
    TableModel,
    /// The table has no way to return without power (H-14).
    NoReturnWithoutPower,
    /// The table does not return by itself when its host is lost (H-01).
    NoReturnWithoutHost,
    /// How many of the two ankle latch sensors are fitted (H-33).
    LatchSensors(u8),
    /// No hand control within reach of the strapped person.
    NoHandControl,
    /// Anyone nearby can move this table by radio.
    OpenRadio,
    /// The commissioning record is missing, void or older than 12 months.
    NotCommissioned,
    /// Nobody stands by.
    Alone,
    /// The person's profile.
    PersonProfile,
    /// The person's age in years.
    Age(u8),
    /// The first week of a programme.
    FirstWeek,
    /// Days since the last session.
    Gap(u16),
    /// Blood pressure was not measured.
    NoBloodPressure,
    /// A finding of the screening.
    Screening,
    /// Nobody was asked for advice about the reason for use.
    NoConsultation,
    /// The monthly drill of STOP, power-cut return and release is overdue.
    DrillOverdue,
    /// Nausea or dizziness last time.
    DizzyLastTime,
    /// A signed clearance.
    Clearance,
    /// A clearance transcribed from paper, not verified.
    PaperClearance,
    /// Head-down time used today, in seconds.
    DayDoseUsed(u32),
    /// Sessions done today.
    SessionsToday(u8),
    /// The plan's own ceiling.
    PlanCeiling,
    /// The programme's step.
    ProgrammeStep,
    /// A step back after pain or an early return.
    SteppedBack,
    /// The person asked for an easier session.
    Eased,
    /// The person asked for a shorter session.
    Shortened,
    /// The first move of a session, until the person said "it is me" (H-29).
    FirstMove,
    /// A reading of a vital sign.
    Vitals,
    /// The operator, in this session.
    Operator,
    /// An attended motion on the head-up side ends at level.
    RestBand,
    /// The first ride, and the first one after a long gap, stays in the rest band.
    FirstRide,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::HardHome => "most that is allowed at home",
            Self::HardClinic => "most that is allowed in a clinic",
            Self::BoutCap(tilt) => return write!(f, "longest stay at {tilt}"),
            Self::SiteRule => "rule of this site",
            Self::TableModel => "most that this table does",
            Self::NoReturnWithoutPower => "no way back without power",
            Self::NoReturnWithoutHost => "no way back by itself when the computer is lost",
            Self::LatchSensors(fitted) => {
                return write!(f, "{fitted} of 2 ankle latch sensors fitted");
            }
            Self::NoHandControl => "no hand control within reach",
            Self::OpenRadio => "anyone nearby can move this table by radio",
            Self::NotCommissioned => "no valid commissioning record",
            Self::Alone => "nobody stands by",
            Self::PersonProfile => "personal profile",
            Self::Age(years) => return write!(f, "age {years}"),
            Self::FirstWeek => "first week",
            Self::Gap(days) => return write!(f, "{days} days since the last session"),
            Self::NoBloodPressure => "blood pressure not measured",
            Self::Screening => "answer in the screening",
            Self::NoConsultation => "no advice from a clinician yet",
            Self::DrillOverdue => "monthly drill overdue",
            Self::DizzyLastTime => "nausea or dizziness last time",
            Self::Clearance => "clinician's clearance",
            Self::PaperClearance => "paper clearance, not verified",
            Self::DayDoseUsed(secs) => return write!(f, "{secs} s head-down used today"),
            Self::SessionsToday(done) => return write!(f, "{done} sessions done today"),
            Self::PlanCeiling => "most that the plan asks for",
            Self::ProgrammeStep => "step of the programme",
            Self::SteppedBack => "one step back",
            Self::Eased => "easier was asked for",
            Self::Shortened => "shorter was asked for",
            Self::FirstMove => "first move, until the person is confirmed",
            Self::Vitals => "reading of a vital sign",
            Self::Operator => "set by the operator",
            Self::RestBand => "head-down only by plan",
            Self::FirstRide => "first ride, to learn the buttons",
        })
    }
}
