//! A sheet of questions as data.

use core::fmt;
use std::collections::BTreeSet;

use antipode_safety::Narrowing;

use super::floor;
use super::id::Id;

/// A checked sheet: every id once, every rule complete, and nothing softer than the [`floor`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    parts: SheetParts,
}

/// What a sheet says, not yet checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SheetParts {
    /// Which sheet, and which version of it. Another version asks everything again.
    pub id: SheetId,
    /// The language of its texts, such as `en`.
    pub language: Id,
    /// One line for people.
    pub title: String,
    /// The questions in the order they are asked.
    pub questions: Vec<Question>,
}

/// Which questions a person was asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SheetId {
    /// The sheet. Its translations share the name.
    pub name: Id,
    /// Its version, from 1.
    pub version: u32,
}

/// One question and what follows from its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Short name for files and records; never reused for another question.
    pub id: Id,
    /// The question as people read it.
    pub wording: String,
    /// What it is about in a few words, for lists and refusals.
    pub short: String,
    /// What an answer is, and which one is a finding.
    pub kind: Kind,
    /// What a finding does.
    pub severity: Severity,
    /// How long an answer holds.
    pub keeps: Keeps,
    /// Where the rule comes from.
    pub source: String,
    /// What that source is worth.
    pub strength: Strength,
    /// What a finding narrows where the table still opens.
    pub limits: Narrowing,
    /// What would change a finding, for the person.
    pub change: String,
    /// Whom the person can ask.
    pub ask: Whom,
}

/// What an answer is, and which one is a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// Yes is a finding.
    YesFinds,
    /// No is a finding.
    NoFinds,
    /// A whole number.
    Number(NumberRule),
}

/// A question for a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NumberRule {
    /// Its unit.
    pub unit: AgeUnit,
    /// Least that can be meant.
    pub least: u16,
    /// Most that can be meant.
    pub most: u16,
    /// Less than this is a finding.
    pub below: Option<u16>,
    /// More than this is a finding.
    pub above: Option<u16>,
    /// "There is none" is an answer too, and no finding.
    pub may_not_apply: bool,
}

/// The unit of a number that a person gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AgeUnit {
    /// Days.
    Days,
    /// Months.
    Months,
    /// Years.
    Years,
}

impl AgeUnit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Days, Self::Months, Self::Years];

    /// The word that a sheet uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Days => "days",
            Self::Months => "months",
            Self::Years => "years",
        }
    }
}

/// What a finding does, mildest first.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The table opens within the rule's limits, and advice is printed.
    Advice,
    /// Not today. Nothing but another day opens the table.
    NotToday,
    /// Closed until a clinician's written clearance of this scope, then within the rule's limits.
    Clearance(Id),
    /// Closed. No clearance opens it, at home or in a clinic.
    Block,
    /// Closed at once, the emergency text is shown, and the person stays locked out until a named
    /// clinician lifts it.
    RedFlag,
}

impl Severity {
    /// The word that a sheet uses.
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Advice => "advice",
            Self::NotToday => "not-today",
            Self::Clearance(_) => "clearance",
            Self::Block => "block",
            Self::RedFlag => "red-flag",
        }
    }

    /// How strict it is; larger is stricter.
    #[must_use]
    pub const fn rank(&self) -> u8 {
        match self {
            Self::Advice => 0,
            Self::NotToday => 1,
            Self::Clearance(_) => 2,
            Self::Block => 3,
            Self::RedFlag => 4,
        }
    }
}

/// How long an answer holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Keeps {
    /// A condition: [`CONDITION_DAYS`](super::CONDITION_DAYS) days.
    Condition,
    /// Today's state: that day. "Nothing different today" stands for an answer that was no finding.
    Day,
    /// Today's state, asked by itself before every session.
    EachTime,
}

impl Keeps {
    /// Every length.
    pub const ALL: [Self; 3] = [Self::Condition, Self::Day, Self::EachTime];

    /// The word that a sheet uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Condition => "condition",
            Self::Day => "day",
            Self::EachTime => "each-time",
        }
    }
}

/// What the source of a rule is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Put together here, for a clinician to judge.
    Proposal,
    /// Advice of makers of tables.
    Maker,
    /// Teaching of a trade, or what a study left out.
    Teaching,
    /// Cases or measurements on people.
    Study,
    /// A guideline.
    Guideline,
}

impl Strength {
    /// Every strength, weakest first.
    pub const ALL: [Self; 5] =
        [Self::Proposal, Self::Maker, Self::Teaching, Self::Study, Self::Guideline];

    /// The word that a sheet uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Proposal => "proposal",
            Self::Maker => "maker",
            Self::Teaching => "teaching",
            Self::Study => "study",
            Self::Guideline => "guideline",
        }
    }
}

/// Whom a refused person can ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Whom {
    /// Nobody: it passes, or the person sees to it.
    Nobody,
    /// Whoever looks after the table.
    TableKeeper,
    /// A physiotherapist or doctor.
    Clinician,
    /// A doctor.
    Doctor,
    /// An eye doctor.
    EyeDoctor,
    /// The emergency number of the site.
    Emergency,
}

impl Whom {
    /// Everyone.
    pub const ALL: [Self; 6] = [
        Self::Nobody,
        Self::TableKeeper,
        Self::Clinician,
        Self::Doctor,
        Self::EyeDoctor,
        Self::Emergency,
    ];

    /// The word that a sheet uses.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::TableKeeper => "table-keeper",
            Self::Clinician => "clinician",
            Self::Doctor => "doctor",
            Self::EyeDoctor => "eye-doctor",
            Self::Emergency => "emergency",
        }
    }
}

/// Why a list of questions is no sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SheetFault {
    /// The version is 0.
    Version,
    /// Two questions share an id.
    Twice(Id),
    /// A question that no sheet may leave out.
    Missing(&'static str),
    /// A question is softer than what no sheet may go below.
    Softer(Id),
    /// A number whose range is empty, or that can never be a finding.
    Number(Id),
    /// A rule that leaves the table open, or that a clearance opens, and narrows nothing.
    NarrowsNothing(Id),
    /// A rule that nothing opens, with limits that would never count.
    IdleLimits(Id),
}

impl fmt::Display for SheetFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => write!(f, "the version of a sheet is at least 1"),
            Self::Twice(id) => write!(f, "two questions are called `{id}`"),
            Self::Missing(id) => {
                write!(f, "the question `{id}` is missing; no sheet leaves it out")
            }
            Self::Softer(id) => {
                write!(f, "the question `{id}` does less than every sheet must")
            }
            Self::Number(id) => {
                write!(
                    f,
                    "no number that `{id}` takes is a finding, or its bounds are turned round"
                )
            }
            Self::NarrowsNothing(id) => {
                write!(f, "the question `{id}` leaves the table open and has no limits")
            }
            Self::IdleLimits(id) => {
                write!(f, "nothing opens the table with `{id}`, so its limits would never count")
            }
        }
    }
}

impl SheetFault {
    /// The question that it is about, where the sheet has it.
    #[must_use]
    pub const fn question(&self) -> Option<&Id> {
        match self {
            Self::Version | Self::Missing(_) => None,
            Self::Twice(id)
            | Self::Softer(id)
            | Self::Number(id)
            | Self::NarrowsNothing(id)
            | Self::IdleLimits(id) => Some(id),
        }
    }
}

impl Sheet {
    /// A sheet of these questions.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the questions, what is missing last.
    pub fn new(parts: SheetParts) -> Result<Self, Vec<SheetFault>> {
        let mut faults = Vec::new();
        if parts.id.version == 0 {
            faults.push(SheetFault::Version);
        }
        let mut seen = BTreeSet::new();
        for question in &parts.questions {
            if !seen.insert(&question.id) {
                faults.push(SheetFault::Twice(question.id.clone()));
            }
            faults.extend(question.faults());
        }
        for floor in &floor::FLOOR {
            if !parts.questions.iter().any(|question| question.id.as_str() == floor.id) {
                faults.push(SheetFault::Missing(floor.id));
            }
        }
        if faults.is_empty() { Ok(Self { parts }) } else { Err(faults) }
    }

    /// Which sheet this is.
    #[must_use]
    pub const fn id(&self) -> &SheetId {
        &self.parts.id
    }

    /// The language of its texts.
    #[must_use]
    pub const fn language(&self) -> &Id {
        &self.parts.language
    }

    /// One line for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.parts.title
    }

    /// The questions in the order they are asked.
    #[must_use]
    pub fn questions(&self) -> &[Question] {
        &self.parts.questions
    }

    /// The question called `id`.
    #[must_use]
    pub fn question(&self, id: &Id) -> Option<&Question> {
        self.parts.questions.iter().find(|question| question.id == *id)
    }
}

impl Question {
    fn faults(&self) -> Vec<SheetFault> {
        let mut faults = Vec::new();
        if let Kind::Number(rule) = self.kind
            && !rule.can_be_meant()
        {
            faults.push(SheetFault::Number(self.id.clone()));
        }
        let narrows = self.limits != Narrowing::NONE;
        match self.severity {
            Severity::Advice | Severity::Clearance(_) if !narrows => {
                faults.push(SheetFault::NarrowsNothing(self.id.clone()));
            }
            Severity::NotToday | Severity::Block | Severity::RedFlag if narrows => {
                faults.push(SheetFault::IdleLimits(self.id.clone()));
            }
            Severity::Advice
            | Severity::Clearance(_)
            | Severity::NotToday
            | Severity::Block
            | Severity::RedFlag => {}
        }
        if floor::FLOOR.iter().any(|floor| floor.id == self.id.as_str() && !floor.is_kept_by(self))
        {
            faults.push(SheetFault::Softer(self.id.clone()));
        }
        faults
    }
}

impl NumberRule {
    const fn can_be_meant(self) -> bool {
        let finds_low = matches!(self.below, Some(below) if below > self.least);
        let finds_high = matches!(self.above, Some(above) if above < self.most);
        let ordered = match (self.below, self.above) {
            (Some(below), Some(above)) => below <= above,
            (Some(_), None) | (None, Some(_)) | (None, None) => true,
        };
        self.least <= self.most && ordered && (finds_low || finds_high)
    }

    /// Whether `number` is a finding.
    #[must_use]
    pub const fn finds(self, number: u16) -> bool {
        let low = matches!(self.below, Some(below) if number < below);
        let high = matches!(self.above, Some(above) if number > above);
        low || high
    }
}
