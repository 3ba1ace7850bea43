//! What a session brought, and whether it was clean.

use antipode_safety::{Angle, Millis};

use crate::day::Day;
use crate::symptom::Symptom;

/// A shorter stay head-down is no session; its seconds count in the ledger all the same.
pub const SHORTEST_SESSION: Millis = Millis::from_secs(60);

/// Leg pain higher by so much after a session, or the next morning, makes it not clean: the least
/// change that matters on a scale of 0 to 10 (Ostelo 2008).
const LEG_WORSE: u8 = 2;
/// Back pain may rise by so much while pain leaves the leg.
const BACK_MAY_RISE: u8 = 2;

/// How far down a leg pain goes, nearest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LegReach {
    /// Not in the leg.
    NotInLeg,
    /// Buttock.
    Buttock,
    /// Thigh.
    Thigh,
    /// Below the knee.
    Calf,
    /// Foot.
    Foot,
}

/// Pain as answered at one time; `None` where it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Pain {
    /// Back, 0 to 10.
    pub back: Option<u8>,
    /// The worse leg, 0 to 10.
    pub leg: Option<u8>,
    /// How far down.
    pub reach: Option<LegReach>,
}

/// How a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum End {
    /// All of its bouts.
    Completed,
    /// The person ended it between two bouts: no less than completing, and no sign of anything.
    Finished,
    /// The person came up or stopped in the middle of a bout.
    ByPerson,
    /// A symptom ended it.
    BySymptom,
    /// A spotter, the table or the supply ended it: nothing is known about the person.
    ByOthers,
}

/// What one session brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionResult {
    /// Its day.
    pub day: Day,
    /// The rung that it was of, counted from 0.
    pub rung: usize,
    /// Deepest tilt.
    pub tilt: Angle,
    /// Time at 5 degrees and more.
    pub head_down: Millis,
    /// How it ended.
    pub end: End,
    /// What was felt during it.
    pub symptoms: Vec<Symptom>,
    /// The person asked for an easier one.
    pub eased: bool,
    /// The bouts that it had after the person asked for a shorter one.
    pub shortened: Option<u16>,
    /// Before it.
    pub before: Pain,
    /// Right after it.
    pub after: Pain,
    /// The next morning, or whenever it was asked.
    pub next_morning: Pain,
    /// Whether flashes, headache or numbness came later; `None` until asked.
    pub delayed_harm: Option<bool>,
}

/// What is asked about the time after a session: harm may come late.
pub const DELAYED_HARM: [Symptom; 3] = [Symptom::VisionLoss, Symptom::Headache, Symptom::Numbness];

/// Why a session was not clean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NotClean {
    /// A symptom ended it.
    SymptomStop,
    /// The person came up early.
    EarlyReturn,
    /// Leg pain rose, after it or by the next morning.
    LegPain {
        /// Before.
        before: u8,
        /// The higher of both later ones.
        worst: u8,
    },
    /// Leg pain went further down.
    FurtherDown {
        /// Before.
        from: LegReach,
        /// The further of both later ones.
        to: LegReach,
    },
    /// Flashes, headache or numbness came later.
    DelayedHarm,
}

/// What a session says about its step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Counts toward the next step.
    Clean,
    /// Leg pain moved up toward the back: the step is held.
    Centralised {
        /// Before.
        from: LegReach,
        /// After.
        to: LegReach,
    },
    /// Says nothing about its step: made easier or shorter, or ended by others.
    Neutral,
    /// Something got worse or was too much.
    NotClean(NotClean),
    /// Too short to be a session.
    NoSession,
}

/// Which way a verdict points.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Standing {
    /// Toward the next step.
    Up,
    /// Nowhere.
    Stay,
    /// One step back.
    Back,
}

impl SessionResult {
    /// Whether it was clean: no symptom stop, no early return by the person, leg pain not higher
    /// by 2 after it or the next morning. What was not answered counts against nobody.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.head_down < SHORTEST_SESSION && self.end != End::BySymptom {
            return Verdict::NoSession;
        }
        if let Some(not_clean) = self.not_clean() {
            return Verdict::NotClean(not_clean);
        }
        if let Some((from, to)) = self.moved_up() {
            return Verdict::Centralised { from, to };
        }
        if self.eased || self.shortened.is_some() {
            return Verdict::Neutral;
        }
        match self.end {
            End::Completed => Verdict::Clean,
            End::Finished | End::ByOthers => Verdict::Neutral,
            End::ByPerson => Verdict::NotClean(NotClean::EarlyReturn),
            End::BySymptom => Verdict::NotClean(NotClean::SymptomStop),
        }
    }

    fn not_clean(&self) -> Option<NotClean> {
        if self.end == End::BySymptom {
            return Some(NotClean::SymptomStop);
        }
        if self.delayed_harm == Some(true) {
            return Some(NotClean::DelayedHarm);
        }
        let later = [self.after, self.next_morning];
        let reach = later.iter().filter_map(|pain| pain.reach).max();
        if let (Some(from), Some(to)) = (self.before.reach, reach)
            && to > from
        {
            return Some(NotClean::FurtherDown { from, to });
        }
        let worst = later.iter().filter_map(|pain| pain.leg).max();
        if let (Some(before), Some(worst)) = (self.before.leg, worst)
            && worst >= before.saturating_add(LEG_WORSE)
        {
            return Some(NotClean::LegPain { before, worst });
        }
        (self.end == End::ByPerson).then_some(NotClean::EarlyReturn)
    }

    /// Where leg pain moved up and the back's rose by no more than 2.
    fn moved_up(&self) -> Option<(LegReach, LegReach)> {
        let later = [self.after, self.next_morning];
        let from = self.before.reach?;
        let to = later.iter().filter_map(|pain| pain.reach).max()?;
        let back = later.iter().filter_map(|pain| pain.back).max();
        let rise = self.before.back.zip(back).map_or(0, |(was, is)| is.saturating_sub(was));
        (to < from && rise <= BACK_MAY_RISE).then_some((from, to))
    }

    /// Whether somebody felt sick or dizzy.
    #[must_use]
    pub fn dizzy(&self) -> bool {
        self.symptoms.iter().any(|felt| matches!(felt, Symptom::Nausea | Symptom::Dizziness))
    }
}

impl Verdict {
    /// Which way it points. One early return only stays: whoever comes up early must not fear to
    /// lose a step by it.
    #[must_use]
    pub const fn standing(self) -> Standing {
        match self {
            Self::Clean => Standing::Up,
            Self::Centralised { .. }
            | Self::Neutral
            | Self::NoSession
            | Self::NotClean(NotClean::EarlyReturn) => Standing::Stay,
            Self::NotClean(
                NotClean::SymptomStop
                | NotClean::LegPain { .. }
                | NotClean::FurtherDown { .. }
                | NotClean::DelayedHarm,
            ) => Standing::Back,
        }
    }
}
