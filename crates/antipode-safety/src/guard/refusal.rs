//! Why a motion was refused, with the numbers and the limit that bound it (I24).

use core::fmt;

use crate::angle::AngleState;
use crate::limits::Bound;
use crate::reading::FaultSet;
use crate::units::{Angle, Millis, Rate};

/// Why a motion was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The rate is zero; a halt needs no permit.
    NoMotion,
    /// STOP is latched (I3).
    StopLatched,
    /// The session is not armed (I9).
    NotArmed,
    /// The start of the session is not on record yet (I14).
    NoRecord,
    /// Ankle latches are open (H-33).
    LatchesOpen {
        /// Sensors that say open.
        open: u8,
        /// Sensors fitted.
        fitted: u8,
    },
    /// The table reports faults.
    TableFaults {
        /// Which.
        faults: FaultSet,
    },
    /// The target lies past the limit.
    TargetPastLimit {
        /// The target.
        target: Angle,
        /// The limit and its rule.
        limit: Bound<Angle>,
    },
    /// The rate is above the limit.
    RatePastLimit {
        /// The rate.
        rate: Rate,
        /// The limit and its rule.
        limit: Bound<Rate>,
    },
    /// The rate is above what the table can do.
    RatePastTable {
        /// The rate.
        rate: Rate,
        /// The table's fastest.
        max: Rate,
    },
    /// The angle is not fresh, or its sources do not agree (I5).
    AngleNotAgreed {
        /// What is known.
        state: AngleState,
    },
    /// The bed may pass the limit before it can be stopped (I2).
    MayPass {
        /// The furthest that it may be now.
        worst_case: Angle,
        /// The furthest that it may get.
        reach: Angle,
        /// The limit and its rule.
        limit: Bound<Angle>,
        /// The fastest lowering that would still be allowed now.
        fastest: Rate,
    },
    /// Too little time is left to come back in (I10).
    DoseTooShort {
        /// Time left at 5 degrees and more.
        left: Millis,
        /// Time that the way back may take.
        needed: Millis,
    },
    /// The bed is head-up of the rest band: lowering from there is an attended act.
    FromUpright {
        /// Where it is.
        tilt: Angle,
    },
    /// The target lies head-up of the rest band: only an attended act goes there (I19).
    PastRestBand {
        /// The target.
        target: Angle,
    },
    /// Rate and target point different ways.
    WrongWay {
        /// Where the bed is.
        tilt: Angle,
        /// The target.
        target: Angle,
        /// The rate.
        rate: Rate,
    },
    /// An upright motion whose target is not between upright and level.
    NotUpright {
        /// The target.
        target: Angle,
    },
    /// An upright motion without its control held.
    NotHeld,
    /// An upright motion of a person who is still head-down.
    StillHeadDown {
        /// Where the bed is.
        tilt: Angle,
    },
    /// Upright before the blood pressure had time to settle (I19).
    RestFirst {
        /// Time in the rest band.
        rested: Millis,
        /// Time needed there.
        needed: Millis,
    },
}

impl Refusal {
    /// The number of the reason, as records keep it. Numbers are never given anew.
    #[must_use]
    pub const fn code(&self) -> u8 {
        match self {
            Self::NoMotion => 1,
            Self::StopLatched => 2,
            Self::NotArmed => 3,
            Self::NoRecord => 4,
            Self::LatchesOpen { .. } => 5,
            Self::TableFaults { .. } => 6,
            Self::TargetPastLimit { .. } => 7,
            Self::RatePastLimit { .. } => 8,
            Self::RatePastTable { .. } => 9,
            Self::AngleNotAgreed { .. } => 10,
            Self::MayPass { .. } => 11,
            Self::DoseTooShort { .. } => 12,
            Self::FromUpright { .. } => 13,
            Self::PastRestBand { .. } => 14,
            Self::WrongWay { .. } => 15,
            Self::NotUpright { .. } => 16,
            Self::NotHeld => 17,
            Self::StillHeadDown { .. } => 18,
            Self::RestFirst { .. } => 19,
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::NoMotion => {
                f.write_str("not moving: the rate is zero, and holding needs no leave")
            }
            Self::StopLatched => f.write_str("not moving: STOP is pressed or not acknowledged yet"),
            Self::NotArmed => f.write_str("not moving: the session has not been started"),
            Self::NoRecord => f.write_str("not moving: the start is not on record yet"),
            Self::LatchesOpen { open, fitted } => {
                write!(f, "not moving: {open} of {fitted} ankle latch sensors say open")
            }
            Self::TableFaults { faults } => write!(f, "not lowering: the table reports {faults}"),
            Self::TargetPastLimit { target, limit } => {
                write!(f, "not moving to {target}: the limit is {limit}")
            }
            Self::RatePastLimit { rate, limit } => {
                write!(f, "not lowering at {rate}: the limit is {limit}")
            }
            Self::RatePastTable { rate, max } => {
                write!(f, "not lowering at {rate}: this table does {max} at most")
            }
            Self::AngleNotAgreed { state } => write!(f, "no sure angle: {state}"),
            Self::MayPass { worst_case, reach, limit, fastest } => write!(
                f,
                "not lowering: the bed may be at {worst_case} and get to {reach} before it stops, \
                 past the limit of {limit}; {fastest} would be slow enough"
            ),
            Self::DoseTooShort { left, needed } => write!(
                f,
                "not lowering: {left} of head-down time are left and the way back may take {needed}"
            ),
            Self::FromUpright { tilt } => write!(
                f,
                "not lowering: the bed is at {tilt}, and from there to the rest band somebody \
                 holds the control"
            ),
            Self::PastRestBand { target } => write!(
                f,
                "not raising to {target}: nothing goes beyond {} by itself",
                Angle::REST_LOW
            ),
            Self::WrongWay { tilt, target, rate } => {
                write!(
                    f,
                    "not moving: from {tilt} the target {target} does not lie in the direction of {rate}"
                )
            }
            Self::NotUpright { target } => write!(
                f,
                "not moving to {target}: the attended motion runs between {} and {}",
                Angle::UPRIGHT,
                Angle::LEVEL
            ),
            Self::NotHeld => f.write_str("not moving: the control must be held down"),
            Self::StillHeadDown { tilt } => {
                write!(f, "not moving upright: the bed is still head-down at {tilt}")
            }
            Self::RestFirst { rested, needed } => {
                write!(f, "not moving upright yet: {rested} of {needed} in the rest band")
            }
        }
    }
}

impl core::error::Error for Refusal {}
