//! Blood pressure before a session: the mean of two readings decides.
//!
//! Sources: makers' lists ask for a doctor above 140/90; no exercise from 180/110 on (NPTE and
//! cardiac rehabilitation teaching); inversion raises both pressures (Haskvitz 1986,
//! Gianakopoulos 1985). 160/100 is a proposal between the two.

use core::fmt;

/// One reading of a cuff, mmHg.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Pressure {
    systolic: u16,
    diastolic: u16,
}

/// Two numbers that no cuff shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAPressure;

impl Pressure {
    /// A reading: systolic 50 to 300, diastolic 20 to 200 and below it.
    ///
    /// # Errors
    /// [`NotAPressure`]: swapped numbers or a slip of the finger.
    pub const fn new(systolic: u16, diastolic: u16) -> Result<Self, NotAPressure> {
        if 50 <= systolic
            && systolic <= 300
            && 20 <= diastolic
            && diastolic <= 200
            && diastolic < systolic
        {
            Ok(Self { systolic, diastolic })
        } else {
            Err(NotAPressure)
        }
    }

    /// Systolic, mmHg.
    #[must_use]
    pub const fn systolic(self) -> u16 {
        self.systolic
    }

    /// Diastolic, mmHg.
    #[must_use]
    pub const fn diastolic(self) -> u16 {
        self.diastolic
    }
}

/// One attempt: two readings, or one and then none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Attempt {
    /// The first reading.
    pub first: Pressure,
    /// The second.
    pub second: Option<Pressure>,
}

/// The mean of an attempt, kept as twice its value so that nothing is rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mean {
    twice_systolic: u16,
    twice_diastolic: u16,
}

impl Attempt {
    /// The mean of both readings, or the only one.
    #[must_use]
    pub fn mean(self) -> Mean {
        let second = self.second.unwrap_or(self.first);
        Mean {
            twice_systolic: self.first.systolic + second.systolic,
            twice_diastolic: self.first.diastolic + second.diastolic,
        }
    }
}

impl Mean {
    /// A mean as a record holds it: the sums of two readings, systolic and diastolic.
    ///
    /// # Errors
    /// [`NotAPressure`] for sums that no two readings have.
    pub const fn recorded(systolic: u16, diastolic: u16) -> Result<Self, NotAPressure> {
        // Of each reading the diastolic is the lower, so of both together by two at least.
        let fine = 100 <= systolic
            && systolic <= 600
            && 40 <= diastolic
            && diastolic <= 400
            && diastolic + 2 <= systolic;
        if fine {
            Ok(Self { twice_systolic: systolic, twice_diastolic: diastolic })
        } else {
            Err(NotAPressure)
        }
    }

    /// The sums of both readings, systolic and diastolic: what a record holds.
    #[must_use]
    pub const fn sums(self) -> (u16, u16) {
        (self.twice_systolic, self.twice_diastolic)
    }

    /// Systolic, rounded up.
    #[must_use]
    pub const fn systolic(self) -> u16 {
        self.twice_systolic.div_ceil(2)
    }

    /// Diastolic, rounded up.
    #[must_use]
    pub const fn diastolic(self) -> u16 {
        self.twice_diastolic.div_ceil(2)
    }

    const fn reaches(self, systolic: u16, diastolic: u16) -> bool {
        self.twice_systolic >= 2 * systolic || self.twice_diastolic >= 2 * diastolic
    }

    const fn is_low(self) -> bool {
        self.twice_systolic < 2 * 90 || self.twice_diastolic < 2 * 50
    }
}

impl fmt::Display for Mean {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.systolic(), self.diastolic())
    }
}

/// What the readings come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PressureVerdict {
    /// No reading.
    NotMeasured,
    /// One reading, in range: it counts as none.
    Once,
    /// Under 140/90 and not low.
    Fine(Mean),
    /// From 140/90 on: a clinician has to have cleared high blood pressure.
    NeedsClearance(Mean),
    /// Under 90/50.
    Low(Mean),
    /// From 160/100 on.
    High(Mean),
    /// From 180/110 on, in any attempt.
    VeryHigh(Mean),
}

impl PressureVerdict {
    /// What `attempts` come to. Only the first three count, and of them the last decides; one that
    /// is very high is not measured away.
    #[must_use]
    pub fn of(attempts: &[Attempt]) -> Self {
        let tried = || attempts.iter().take(super::numbers::TRIES);
        if let Some(mean) =
            tried().map(|attempt| attempt.mean()).find(|mean| mean.reaches(180, 110))
        {
            return Self::VeryHigh(mean);
        }
        let Some(last) = tried().next_back() else { return Self::NotMeasured };
        let mean = last.mean();
        if mean.reaches(160, 100) {
            Self::High(mean)
        } else if mean.is_low() {
            Self::Low(mean)
        } else if mean.reaches(140, 90) {
            Self::NeedsClearance(mean)
        } else if last.second.is_none() {
            Self::Once
        } else {
            Self::Fine(mean)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_reads_back_from_its_sums_and_no_other_sums_are_one() {
        let reading = |systolic, diastolic| Pressure::new(systolic, diastolic).unwrap();
        let attempt = Attempt { first: reading(121, 80), second: Some(reading(124, 79)) };
        assert_eq!(attempt.mean().sums(), (245, 159));
        assert_eq!(Mean::recorded(245, 159), Ok(attempt.mean()));
        for (systolic, diastolic) in [(100, 40), (600, 400), (100, 98)] {
            assert!(Mean::recorded(systolic, diastolic).is_ok(), "{systolic} {diastolic}");
        }
        for (systolic, diastolic) in [(99, 40), (601, 400), (100, 39), (600, 401), (100, 99)] {
            assert_eq!(Mean::recorded(systolic, diastolic), Err(NotAPressure));
        }
        assert_eq!((reading(121, 80).systolic(), reading(121, 80).diastolic()), (121, 80));
    }
}
