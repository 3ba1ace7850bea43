//! Instruments, each with its range, its sum and the change that matters.

/// A number outside its scale, or too few answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAScore;

/// 0 to 10: pain of back or leg, comfort, stretch felt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nrs(u8);

impl Nrs {
    /// `value` of 0 to 10.
    ///
    /// # Errors
    /// [`NotAScore`] above 10.
    pub const fn new(value: u8) -> Result<Self, NotAScore> {
        if value > 10 { Err(NotAScore) } else { Ok(Self(value)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The Roland-Morris questionnaire: 24 sentences of which those that fit today are ticked. A blank
/// is no (Roland and Morris 1983).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rmdq(u8);

impl Rmdq {
    /// How many sentences it has.
    pub const ITEMS: usize = 24;

    /// The sum of what was ticked.
    #[must_use]
    pub fn of(ticked: &[bool; Self::ITEMS]) -> Self {
        Self(ticked.iter().map(|yes| u8::from(*yes)).sum())
    }

    /// 0 to 24, higher is worse.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// Three to five activities of the person's own choice, each 0 (cannot) to 10 (as before), as their
/// mean in tenths (Stratford 1995).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Psfs(u8);

impl Psfs {
    /// The mean of `activities`, rounded down to a tenth.
    ///
    /// # Errors
    /// [`NotAScore`] for fewer than 3, more than 5, or one above 10.
    pub fn of(activities: &[u8]) -> Result<Self, NotAScore> {
        if !(3..=5).contains(&activities.len()) || activities.iter().any(|score| *score > 10) {
            return Err(NotAScore);
        }
        let sum: usize = activities.iter().map(|score| usize::from(*score)).sum();
        u8::try_from(sum * 10 / activities.len()).map(Self).map_err(|_| NotAScore)
    }

    /// 0 to 100 tenths, higher is better.
    #[must_use]
    pub const fn tenths(self) -> u8 {
        self.0
    }
}

/// Global rating of change, -5 (very much worse) to +5 (completely recovered), Kamper 2009.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grc(i8);

impl Grc {
    /// `value` of -5 to 5.
    ///
    /// # Errors
    /// [`NotAScore`] beyond.
    pub const fn new(value: i8) -> Result<Self, NotAScore> {
        if value < -5 || value > 5 { Err(NotAScore) } else { Ok(Self(value)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> i8 {
        self.0
    }
}

/// The total of an Oswestry questionnaire that was filled in elsewhere, in percent. Its questions
/// need a licence and are not here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OdiTotal(u8);

impl OdiTotal {
    /// `percent` of 0 to 100.
    ///
    /// # Errors
    /// [`NotAScore`] above 100.
    pub const fn new(percent: u8) -> Result<Self, NotAScore> {
        if percent > 100 { Err(NotAScore) } else { Ok(Self(percent)) }
    }

    /// The number.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// An instrument with a change that matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Instrument {
    /// Back pain, 0 to 10.
    BackPain,
    /// Leg pain, 0 to 10.
    LegPain,
    /// Roland-Morris, 0 to 24.
    Rmdq,
    /// Patient-specific function, mean in tenths.
    Psfs,
    /// Oswestry, percent.
    Odi,
    /// Global rating of change, -5 to 5.
    Grc,
}

impl Instrument {
    /// Every instrument.
    pub const ALL: [Self; 6] =
        [Self::BackPain, Self::LegPain, Self::Rmdq, Self::Psfs, Self::Odi, Self::Grc];

    /// Whether a higher number is better.
    #[must_use]
    pub const fn higher_is_better(self) -> bool {
        match self {
            Self::Psfs | Self::Grc => true,
            Self::BackPain | Self::LegPain | Self::Rmdq | Self::Odi => false,
        }
    }

    /// Where its important change comes from.
    #[must_use]
    pub const fn source(self) -> &'static str {
        match self {
            Self::BackPain | Self::LegPain => "Ostelo 2008: 2 points",
            Self::Rmdq => "Ostelo 2008: 5 points; 2 to 3 in the authors' own guide",
            Self::Psfs => "Abbott and Schmitt 2014: 2.3 for a medium change",
            Self::Odi => "Ostelo 2008: 10 points",
            Self::Grc => "Kamper 2009: 2 points on 11",
        }
    }
}

/// The smallest change that matters, in the unit of the instrument.
#[must_use]
pub const fn important_change(instrument: Instrument) -> i16 {
    match instrument {
        Instrument::BackPain | Instrument::LegPain | Instrument::Grc => 2,
        Instrument::Rmdq => 5,
        Instrument::Psfs => 23,
        Instrument::Odi => 10,
    }
}

/// What was answered at one time; `None` where it was not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Scores {
    /// Back pain.
    pub back: Option<Nrs>,
    /// Leg pain.
    pub leg: Option<Nrs>,
    /// Roland-Morris.
    pub rmdq: Option<Rmdq>,
    /// Own activities.
    pub psfs: Option<Psfs>,
    /// Oswestry total.
    pub odi: Option<OdiTotal>,
    /// Change since the beginning, as the person sees it.
    pub grc: Option<Grc>,
}

impl Scores {
    /// The number of one instrument.
    #[must_use]
    pub fn value(&self, instrument: Instrument) -> Option<i16> {
        match instrument {
            Instrument::BackPain => self.back.map(|score| i16::from(score.get())),
            Instrument::LegPain => self.leg.map(|score| i16::from(score.get())),
            Instrument::Rmdq => self.rmdq.map(|score| i16::from(score.get())),
            Instrument::Psfs => self.psfs.map(|score| i16::from(score.tenths())),
            Instrument::Odi => self.odi.map(|score| i16::from(score.get())),
            Instrument::Grc => self.grc.map(|score| i16::from(score.get())),
        }
    }
}

/// How one instrument changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shift {
    /// Worse by an important change.
    Worse,
    /// Less than an important change.
    Same,
    /// Better by an important change.
    Better,
    /// Not answered at one of both times.
    Unknown,
}

/// How `instrument` changed from `first` to `now`. The rating of change holds itself against the
/// beginning.
#[must_use]
pub fn shift(instrument: Instrument, first: &Scores, now: &Scores) -> Shift {
    let before = if instrument == Instrument::Grc { Some(0) } else { first.value(instrument) };
    let (Some(before), Some(now)) = (before, now.value(instrument)) else { return Shift::Unknown };
    let gain = if instrument.higher_is_better() { now - before } else { before - now };
    let matters = important_change(instrument);
    if gain >= matters {
        Shift::Better
    } else if gain <= -matters {
        Shift::Worse
    } else {
        Shift::Same
    }
}
