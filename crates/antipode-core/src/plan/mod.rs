//! A plan: one session as written, before anything moves.
//!
//! A [`Plan`] is a list of [`Block`]s and a [`Finish`]. [`Plan::expand`] turns it into a
//! [`Program`], the flat list of segments that a session runs; [`check()`] holds it against the
//! limits that apply and gives every finding at once; [`Preview`] says how long it takes, how long
//! the head is down and how much load it may take off.
//!
//! A plan only *proposes* motion. Nothing here can move a table: each motion still needs the
//! guard's permit when its moment comes.

mod admit;
mod block;
mod check;
mod dose;
mod expand;
mod finding;
mod legs;
mod preview;
mod program;
mod restore;
mod rule;
mod speeds;
mod walk;

#[cfg(test)]
mod tests;

pub use block::{Alternation, Block, Cue, Pattern, SelfPaced, StaticBout, Step, Steps, Travel};
pub use check::{CheckContext, Done, LastSession, check};
pub use dose::{BoutDose, Dose};
pub use finding::{Field, Finding, PlanPath, Quantity, Severity};
pub use preview::{Point, Preview, Share};
pub use program::{MAX_SEGMENTS, Program, Segment, SegmentKind};
pub use restore::NotAProgram;
pub use rule::Rule;
pub use speeds::TableSpeeds;

use antipode_safety::Millis;

/// One session as written: what is done, on what evidence, and who must be there.
///
/// # Example
/// ```
/// use antipode_core::plan::{
///     Attendance, Block, EvidenceStrength, Finish, Plan, StaticBout, Travel,
/// };
/// use antipode_safety::{Angle, Millis, Rate};
/// use std::num::NonZeroU16;
///
/// let rate = |millideg_per_s| Rate::from_millideg_per_s(millideg_per_s).unwrap();
/// let plan = Plan {
///     name: "three-short".into(),
///     title: "Three short bouts".into(),
///     evidence: "makers' advice for beginners".into(),
///     strength: EvidenceStrength::Maker,
///     attendance: Attendance::Spotter,
///     blocks: vec![Block::Static(StaticBout {
///         repeat: NonZeroU16::new(3).unwrap(),
///         tilt: Angle::from_deg(15).unwrap(),
///         hold: Millis::from_secs(60),
///         rest: Millis::from_secs(90),
///         travel: Travel::new(rate(1_000), rate(1_000)).unwrap(),
///     })],
///     finish: Finish::DEFAULT,
/// };
/// let program = plan.expand().unwrap();
/// assert_eq!(program.bouts(), 3);
/// assert_eq!(program.max_tilt(), Angle::from_deg(15).unwrap());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Short name, the file's name without its ending.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Where the dose comes from, in a person's words.
    pub evidence: String,
    /// How much that source is worth.
    pub strength: EvidenceStrength,
    /// Who must be there.
    pub attendance: Attendance,
    /// What is done, in order.
    pub blocks: Vec<Block>,
    /// How it ends; it cannot be left out.
    pub finish: Finish,
}

/// How much the source of a plan's dose is worth. None of them promises a benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EvidenceStrength {
    /// Nobody has tried it: put together from what is known, for a clinician to judge.
    Proposal,
    /// Advice of makers or sellers of tables.
    Maker,
    /// People followed over time with nothing to compare them with.
    Cohort,
    /// A small controlled trial, meant to prepare a larger one.
    PilotTrial,
    /// A controlled trial.
    Trial,
}

impl EvidenceStrength {
    /// Every strength, weakest first.
    pub const ALL: [Self; 5] =
        [Self::Proposal, Self::Maker, Self::Cohort, Self::PilotTrial, Self::Trial];

    /// The word that a plan file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Maker => "maker",
            Self::Cohort => "cohort",
            Self::PilotTrial => "pilot trial",
            Self::Trial => "trial",
        }
    }
}

/// Who must be there, at least, while a plan runs. A later variant asks for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attendance {
    /// The person may be alone, if every rule for being alone is met as well.
    AloneAllowed,
    /// A spotter stands by.
    Spotter,
    /// A clinician stands by.
    Clinician,
}

impl Attendance {
    /// Every kind of company, least first.
    pub const ALL: [Self; 3] = [Self::AloneAllowed, Self::Spotter, Self::Clinician];

    /// The word that a plan file uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::AloneAllowed => "alone",
            Self::Spotter => "spotter",
            Self::Clinician => "clinician",
        }
    }
}

/// How every session ends: lying in the rest band, then, after an attended act, standing strapped
/// for a while before the ankles are released.
///
/// The fields are private so that no plan can shorten either below its floor: a fall of blood
/// pressure on standing reaches its lowest within 20 s and has passed within a minute (H-40).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Finish {
    rest: Millis,
    upright_dwell: Millis,
}

impl Finish {
    /// The shortest final rest that can be asked for.
    pub const REST_FLOOR: Millis = Millis::from_secs(60);
    /// The longest final rest that can be asked for.
    pub const REST_CEILING: Millis = Millis::from_secs(30 * 60);
    /// Standing strapped before the ankles are released.
    pub const UPRIGHT_DWELL: Millis = Millis::from_secs(60);
    /// Two minutes in the rest band, one minute upright.
    pub const DEFAULT: Self =
        Self { rest: Millis::from_secs(120), upright_dwell: Self::UPRIGHT_DWELL };

    /// A finish with a final rest of `rest`, or `None` outside one minute to half an hour.
    #[must_use]
    pub const fn new(rest: Millis) -> Option<Self> {
        if rest.get() < Self::REST_FLOOR.get() || rest.get() > Self::REST_CEILING.get() {
            None
        } else {
            Some(Self { rest, upright_dwell: Self::UPRIGHT_DWELL })
        }
    }

    /// Time in the rest band after the last bout.
    #[must_use]
    pub const fn rest(self) -> Millis {
        self.rest
    }

    /// Time standing strapped before the ankles are released. Getting upright is an attended act
    /// outside the program.
    #[must_use]
    pub const fn upright_dwell(self) -> Millis {
        self.upright_dwell
    }
}
