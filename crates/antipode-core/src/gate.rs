//! Today's gate: everything that must be so before anybody is strapped in for a session.
//!
//! [`admit`] alone makes an [`Admission`], and a session of a person on a real table needs one. A
//! refusal names every reason at once: what was found, the limit, what would change it and whom to
//! ask. All numbers are proposals for a clinician to review; docs/screening.md gives their sources.

mod admission;
mod admit;
mod inputs;
mod pain;
mod pressure;
mod reason;

pub use admission::{Admission, Printed, Ride, Step};
pub use admit::admit;
pub use inputs::{
    AloneFacts, Company, Known, LastTime, Ledger, Lift, LockCause, LockOut, Pain, Place, Today,
    WeekDose,
};
pub use pressure::{Attempt, Mean, NotAPressure, Pressure, PressureVerdict};
pub use reason::{Cause, Change, Reason, Refusal};

/// Numbers of the gate.
pub mod numbers {
    use antipode_safety::{Angle, Millis, Narrowing};

    /// How long today's answers hold: another session within this time needs no second gate.
    pub const GATE_HOLDS: Millis = Millis::from_secs(30 * 60);
    /// Pain from here on is not today, 0 to 10.
    pub const PAIN_MOST: u8 = 9;
    /// Pain this much above last time is not today.
    pub const PAIN_ROSE: u8 = 4;
    /// Pain this much above last time is one step gentler (Ostelo 2008: 2 points matter to people).
    pub const PAIN_GENTLER: u8 = 2;
    /// How often a reading may be tried: once, and twice more after five minutes of rest each.
    pub const TRIES: usize = 3;
    /// Minutes of rest before a reading is tried again.
    pub const REST_MINUTES: u8 = 5;
    /// Oxygen saturation below this is not today, percent.
    pub const SATURATION_LEAST: u8 = 94;
    /// From this age on blood pressure is measured before every session.
    pub const PRESSURE_AGE: u16 = 60;
    /// Deepest tilt where blood pressure was not measured.
    pub const NO_PRESSURE: Narrowing =
        Narrowing { tilt: Some(Angle::clamped(30_000)), ..Narrowing::NONE };
    /// The drill of STOP, power-cut return and release is overdue after this many days.
    pub const DRILL_DAYS: i32 = 31;
    /// Deepest tilt while it is overdue.
    pub const DRILL_OVERDUE: Narrowing =
        Narrowing { tilt: Some(Angle::clamped(20_000)), ..Narrowing::NONE };
    /// After a gap of this many days one step back.
    pub const GAP_STEP_BACK: i32 = 7;
    /// After a gap of this many days the first week again.
    pub const GAP_FIRST_WEEK: i32 = 14;
    /// After a gap of this many days everything is asked again, and the first ride comes again.
    pub const GAP_SCREEN: i32 = 28;
    /// The first week: 20 degrees and 6 minutes of hold a day.
    pub const FIRST_WEEK: Narrowing = Narrowing {
        tilt: Some(Angle::clamped(20_000)),
        day_hold: Some(Millis::from_secs(360)),
        ..Narrowing::NONE
    };
    /// The first ride goes from upright to the rest band only.
    pub const FIRST_RIDE: Narrowing = Narrowing { tilt: Some(Angle::LEVEL), ..Narrowing::NONE };
    /// Sessions of one day.
    pub const SESSIONS_PER_DAY: u16 = 2;
    /// Sessions of seven days.
    pub const SESSIONS_PER_WEEK: u16 = 7;
    /// Clean sessions with a spotter before anybody is alone.
    pub const ALONE_AFTER: u16 = 6;
    /// The contact of a person alone was reached in a test within this many days.
    pub const CONTACT_DAYS: i32 = 30;
    /// How soon a person alone must answer a check-in.
    pub const ALONE_ANSWER: Millis = Millis::from_secs(10);
    /// Scope of a clearance to be alone.
    pub const ALONE_SCOPE: &str = "alone";
}

#[cfg(test)]
mod tests;
