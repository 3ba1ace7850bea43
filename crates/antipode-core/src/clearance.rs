//! A clinician's dated written consent for named conditions, with limits and an end.
//!
//! A clearance opens what the screening closes with [`Severity::Clearance`], and nothing else: no
//! block, no red flag, nothing that is "not today". It closes again by itself. Whoever holds one
//! can only be made gentler by it: its limits narrow, also where its condition was never found.
//!
//! [`Severity::Clearance`]: crate::screening::Severity::Clearance

use std::collections::BTreeSet;

use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Why};

use crate::day::Day;
use crate::screening::Id;

mod proof;

pub use proof::{KeyId, Trust, Verified};

/// How long a clearance that was copied from paper holds at most, in days after it was given.
pub const PAPER_DAYS: i32 = 90;
/// How long a signed clearance holds at most, in days after it was given.
pub const SIGNED_DAYS: i32 = 365;
/// What a clearance copied from paper narrows besides its own limits, since nobody has verified
/// it: 20 degrees, 2 minutes a hold, 6 minutes of hold a day. The same as for a person alone.
pub const PAPER_LIMITS: Narrowing = Narrowing {
    tilt: Some(Angle::clamped(20_000)),
    bout_hold: Some(Millis::from_secs(120)),
    day_hold: Some(Millis::from_secs(360)),
    ..Narrowing::NONE
};

/// Who vouches: a name and the number under which a register or a clinic knows them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Clinician {
    name: String,
    registration: String,
}

/// A name or registration that is empty, longer than a line or has control characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAName;

impl Clinician {
    /// Longest name or registration in bytes.
    pub const MOST: usize = 120;

    /// A clinician by name and registration.
    ///
    /// # Errors
    /// [`NotAName`] where either is blank, too long or not one line.
    pub fn new(name: &str, registration: &str) -> Result<Self, NotAName> {
        let line = |text: &str| {
            let text = text.trim();
            let fine =
                !text.is_empty() && text.len() <= Self::MOST && !text.chars().any(char::is_control);
            fine.then(|| text.to_owned()).ok_or(NotAName)
        };
        Ok(Self { name: line(name)?, registration: line(registration)? })
    }

    /// Their name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Their registration.
    #[must_use]
    pub fn registration(&self) -> &str {
        &self.registration
    }
}

/// The heart rates at which a person may start, beats a minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HeartRange {
    least: u16,
    most: u16,
}

impl HeartRange {
    /// What everybody has: 50 to 100.
    pub const USUAL: Self = Self { least: 50, most: 100 };
    /// The widest that a clinician may set: 40 to 110.
    pub const WIDEST: Self = Self { least: 40, most: 110 };

    /// A range within [`HeartRange::WIDEST`]; `None` where it is not, or is empty.
    #[must_use]
    pub const fn new(least: u16, most: u16) -> Option<Self> {
        if least >= Self::WIDEST.least && most <= Self::WIDEST.most && least < most {
            Some(Self { least, most })
        } else {
            None
        }
    }

    /// Least.
    #[must_use]
    pub const fn least(self) -> u16 {
        self.least
    }

    /// Most.
    #[must_use]
    pub const fn most(self) -> u16 {
        self.most
    }

    /// Whether `rate` lies in it.
    #[must_use]
    pub const fn has(self, rate: u16) -> bool {
        self.least <= rate && rate <= self.most
    }

    /// What both ranges allow.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { least: self.least.max(other.least), most: self.most.min(other.most) }
    }
}

/// What a clearance says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Terms {
    /// For whom, by the short name of their profile.
    pub person: String,
    /// The day it was given.
    pub given: Day,
    /// The last day on which it holds; a clearance may hold for less, never for longer.
    pub until: Day,
    /// The conditions it covers.
    pub scopes: BTreeSet<Id>,
    /// What it narrows.
    pub limits: Narrowing,
    /// The heart rates at which the person may start, where the clinician sets them.
    pub heart: Option<HeartRange>,
}

/// How much a clearance is to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assurance {
    /// Its signature was verified with this key.
    Signed(KeyId),
    /// Copied from paper, not verified. The photo of the paper has this digest.
    Transcribed([u8; 32]),
}

/// Terms that end before they begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct EndsBeforeItBegins;

/// A clinician's written consent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clearance {
    clinician: Clinician,
    terms: Terms,
    assurance: Assurance,
    revoked: Option<Day>,
}

/// Whether a clearance holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// It holds.
    Valid,
    /// It is for somebody else.
    OtherPerson,
    /// Its day has not come.
    NotYet,
    /// It was revoked on this day.
    Revoked(Day),
    /// Its last day was this one.
    Expired(Day),
}

impl Clearance {
    /// A clearance from a message whose signature was verified; `read` takes it from the bytes that
    /// were signed and from no others.
    ///
    /// # Errors
    /// What `read` says, or [`EndsBeforeItBegins`] as `E` makes it.
    pub fn signed<E: From<EndsBeforeItBegins>>(
        proof: &Verified<'_>,
        read: impl FnOnce(&[u8]) -> Result<(Clinician, Terms), E>,
    ) -> Result<Self, E> {
        let (clinician, terms) = read(proof.message())?;
        Ok(Self::of(clinician, terms, Assurance::Signed(proof.key()))?)
    }

    /// A clearance copied from paper, whose photo has the digest `photo`. It opens the same scopes
    /// under lower limits, for less long, and sets no heart rates.
    ///
    /// # Errors
    /// [`EndsBeforeItBegins`].
    pub fn transcribed(
        clinician: Clinician,
        terms: Terms,
        photo: [u8; 32],
    ) -> Result<Self, EndsBeforeItBegins> {
        Self::of(clinician, terms, Assurance::Transcribed(photo))
    }

    fn of(
        clinician: Clinician,
        terms: Terms,
        assurance: Assurance,
    ) -> Result<Self, EndsBeforeItBegins> {
        if terms.until < terms.given {
            return Err(EndsBeforeItBegins);
        }
        Ok(Self { clinician, terms, assurance, revoked: None })
    }

    /// This clearance, closed from `day` on. The earliest revocation counts.
    #[must_use]
    pub fn revoked_on(self, day: Day) -> Self {
        let revoked = Some(self.revoked.map_or(day, |before| before.min(day)));
        Self { revoked, ..self }
    }

    /// Who gave it.
    #[must_use]
    pub const fn clinician(&self) -> &Clinician {
        &self.clinician
    }

    /// What it says.
    #[must_use]
    pub const fn terms(&self) -> &Terms {
        &self.terms
    }

    /// How much it is to be believed.
    #[must_use]
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// Whether its signature was verified. Otherwise every record says "not verified".
    #[must_use]
    pub const fn is_verified(&self) -> bool {
        match self.assurance {
            Assurance::Signed(_) => true,
            Assurance::Transcribed(_) => false,
        }
    }

    /// The last day on which it holds, a revocation aside.
    #[must_use]
    pub fn last_day(&self) -> Day {
        let most = match self.assurance {
            Assurance::Signed(_) => SIGNED_DAYS,
            Assurance::Transcribed(_) => PAPER_DAYS,
        };
        self.terms.given.plus(most).unwrap_or(Day::LAST).min(self.terms.until)
    }

    /// Whether it holds for the person called `person` on `day`.
    #[must_use]
    pub fn standing(&self, person: &str, day: Day) -> Standing {
        if self.terms.person != person {
            return Standing::OtherPerson;
        }
        if let Some(revoked) = self.revoked.filter(|revoked| *revoked <= day) {
            return Standing::Revoked(revoked);
        }
        if day < self.terms.given {
            return Standing::NotYet;
        }
        let last = self.last_day();
        if day > last { Standing::Expired(last) } else { Standing::Valid }
    }

    /// Whether it covers `scope`.
    #[must_use]
    pub fn covers(&self, scope: &Id) -> bool {
        self.terms.scopes.contains(scope)
    }

    /// The heart rates it sets; paper sets none.
    #[must_use]
    pub const fn heart(&self) -> Option<HeartRange> {
        match self.assurance {
            Assurance::Signed(_) => self.terms.heart,
            Assurance::Transcribed(_) => None,
        }
    }

    /// `limits` with what this clearance narrows. Nothing in it can widen.
    #[must_use]
    pub fn narrow(&self, limits: Limits) -> Limits {
        match self.assurance {
            Assurance::Signed(_) => {
                limits.narrow(Layer::Clearance, Why::Clearance, self.terms.limits)
            }
            Assurance::Transcribed(_) => limits
                .narrow(Layer::Clearance, Why::PaperClearance, self.terms.limits)
                .narrow(Layer::Clearance, Why::PaperClearance, PAPER_LIMITS),
        }
    }
}

#[cfg(test)]
mod tests;
