//! A programme: several weeks as written, and how the next session follows from those before.
//!
//! A [`Programme`] is a ladder of [`Rung`]s, each a little more than the one before.
//! [`Programme::next`] looks at what was done and felt so far and says which rung comes next, with
//! every reason as an enum with its numbers. Tolerance decides, never the calendar: nothing is
//! made up for, and a missing answer stalls nothing.
//!
//! No source shows that more does more. The rules only keep every change small and take it back
//! when something gets worse; all are proposals for a clinician to review (docs/programmes.md).

mod check;
mod decide;
mod history;
mod offer;
mod reason;
mod rung;
mod weeks;

#[cfg(test)]
mod tests;

pub use check::{ProgrammeFinding, Slot};
pub use decide::{Ask, Context, Decision, Fit, Next, Today};
pub use history::{
    DELAYED_HARM, End, LegReach, NotClean, Pain, SHORTEST_SESSION, SessionResult, Standing, Verdict,
};
pub use offer::{PainToday, pain_today};
pub use reason::{Checkpoint, Reason, Stop};
pub use rung::{Offer, Rung, Style, slower};
pub use weeks::{Maintenance, Week};

use crate::plan::{Attendance, EvidenceStrength};

/// Several weeks as written. The fields are private: only a ladder that keeps every cap of its own
/// can exist ([`Programme::new`]).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programme {
    parts: ProgrammeParts,
}

/// What a programme is made of, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgrammeParts {
    /// Short name, the file's name without its ending.
    pub name: String,
    /// One line for people.
    pub title: String,
    /// Where the dose comes from, in a person's words.
    pub evidence: String,
    /// How much that source is worth.
    pub strength: EvidenceStrength,
    /// Its length; at most [`Programme::WEEKS_MOST`].
    pub weeks: u8,
    /// Most days with a session in any seven.
    pub days_per_week: u8,
    /// What must be so before it begins.
    pub entry: Entry,
    /// Longest maintenance after its end, in weeks; 0 where it has none.
    pub maintenance_weeks: u8,
    /// The steps, the gentlest first.
    pub ladder: Vec<Rung>,
}

/// What must be so before a programme begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who must be there for each session.
    pub attendance: Attendance,
    /// A clinician has prescribed it by name.
    pub prescribed: bool,
    /// The programme that must have been gone through to its top step first.
    pub after: Option<String>,
}

impl Programme {
    /// Longest programme: what does not help within six weeks is reviewed, not prolonged (the
    /// six weeks of Prasad 2012; proposal of this project).
    pub const WEEKS_MOST: u8 = 6;
    /// Longest maintenance after it, with a named clinician.
    pub const MAINTENANCE_WEEKS_MOST: u8 = 12;
    /// Most days with a session in a week.
    pub const DAYS_PER_WEEK_MOST: u8 = 7;
    /// Most rungs of a ladder.
    pub const RUNGS_MOST: usize = 40;
    /// Clean sessions on a rung before the next.
    pub const CLEAN_TO_STEP: u8 = 2;
    /// Clean sessions before slowed travel is as it was.
    pub const CLEAN_TO_RESTORE: u8 = 3;
    /// From one rung to the next the tilt rises at most by so much, in millidegrees.
    pub const DEEPER_STEP: i32 = 5_000;
    /// From one rung to the next the hold rises at most by so many milliseconds.
    pub const LONGER_STEP_MS: u64 = 60_000;

    /// A programme of these parts.
    ///
    /// # Errors
    /// Everything that breaks a rule, in the order of the ladder: a step that changes two things
    /// at once or too much of one, a session that the static check refuses even under the widest
    /// limits of its place, a first rung that is refused with the slowest travel.
    pub fn new(parts: ProgrammeParts) -> Result<Self, Vec<ProgrammeFinding>> {
        let findings = check::findings(&parts);
        if findings.is_empty() { Ok(Self { parts }) } else { Err(findings) }
    }

    /// What it is made of.
    #[must_use]
    pub const fn parts(&self) -> &ProgrammeParts {
        &self.parts
    }

    /// Short name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parts.name
    }

    /// One line for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.parts.title
    }

    /// Where the dose comes from.
    #[must_use]
    pub fn evidence(&self) -> &str {
        &self.parts.evidence
    }

    /// How much that source is worth.
    #[must_use]
    pub const fn strength(&self) -> EvidenceStrength {
        self.parts.strength
    }

    /// The steps, the gentlest first; never empty.
    #[must_use]
    pub fn ladder(&self) -> &[Rung] {
        &self.parts.ladder
    }

    /// One step, counted from 0.
    #[must_use]
    pub fn rung(&self, index: usize) -> Option<&Rung> {
        self.parts.ladder.get(index)
    }

    /// The last step, counted from 0.
    #[must_use]
    pub const fn top(&self) -> usize {
        self.parts.ladder.len().saturating_sub(1)
    }

    /// The step that is the rung as written, all its bouts and its own speeds.
    #[must_use]
    pub fn full(&self, rung: usize) -> Option<Offer> {
        self.rung(rung).map(|found| Offer { rung, bouts: found.bouts, slowed: 0 })
    }
}
