//! Days of the calendar, for rules that expire and doses that are counted by the week.
//!
//! Which day it is now is for the caller to say: here is no clock and no time zone.

use core::fmt;
use core::str::FromStr;

/// A day of the Gregorian calendar, as the people at the table call it.
///
/// # Example
/// ```
/// use antipode_core::day::Day;
/// let given: Day = "2026-11-23".parse().unwrap();
/// let until = given.plus(90).unwrap();
/// assert_eq!(until.to_string(), "2027-02-21");
/// assert_eq!(until.since(given), 90);
/// assert!("2026-02-29".parse::<Day>().is_err());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i32);

/// A text or three numbers that are no day between [`Day::FIRST`] and [`Day::LAST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotADay;

impl fmt::Display for NotADay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "this is no day of the calendar from {} to {}; a day is written like 2026-11-23",
            Day::FIRST,
            Day::LAST
        )
    }
}

impl core::error::Error for NotADay {}

/// Days of 400 years: the calendar repeats itself after them.
const ERA: i32 = 146_097;
/// From 0000-03-01 to 1970-01-01.
const EPOCH: i32 = 719_468;

impl Day {
    /// 1900-01-01. Nobody who uses a table was born before it.
    pub const FIRST: Self = Self(-25_567);
    /// 9999-12-31, the last day with four digits.
    pub const LAST: Self = Self(2_932_896);

    /// The day `count` days after 1970-01-01, negative before; `None` outside
    /// [`Day::FIRST`]`..=`[`Day::LAST`].
    #[must_use]
    pub const fn from_unix_days(count: i32) -> Option<Self> {
        if count < Self::FIRST.0 || count > Self::LAST.0 { None } else { Some(Self(count)) }
    }

    /// Days after 1970-01-01, negative before.
    #[must_use]
    pub const fn unix_days(self) -> i32 {
        self.0
    }

    /// The day with these numbers.
    ///
    /// # Errors
    /// [`NotADay`], as for the 29th of February in most years.
    pub fn from_civil(year: i32, month: u8, day: u8) -> Result<Self, NotADay> {
        if !(1_900..=9_999).contains(&year)
            || !(1..=12).contains(&month)
            || !(1..=31).contains(&day)
        {
            return Err(NotADay);
        }
        // Years begin in March here, so that the leap day is the last of its year.
        let (month, year) = if month > 2 { (month - 3, year) } else { (month + 9, year - 1) };
        let of_year = (153 * i32::from(month) + 2) / 5 + i32::from(day) - 1;
        let of_era = (year % 400) * 365 + (year % 400) / 4 - (year % 400) / 100 + of_year;
        let found = Self((year / 400) * ERA + of_era - EPOCH);
        // A day that its month does not have comes back as one of the next.
        if found.civil().2 == day { Ok(found) } else { Err(NotADay) }
    }

    /// Year, month and day of the month.
    #[must_use]
    pub const fn civil(self) -> (i32, u8, u8) {
        let count = self.0 + EPOCH;
        let (era, of_era) = (count / ERA, count % ERA);
        let of_era_years = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / (ERA - 1)) / 365;
        let of_year = of_era - (365 * of_era_years + of_era_years / 4 - of_era_years / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let year = of_era_years + era * 400;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "both are between 0 and 31"
        )]
        let (month, day) = (month as u8, day as u8);
        if month < 10 { (year, month + 3, day) } else { (year + 1, month - 9, day) }
    }

    /// `days` later, or earlier where it is negative; `None` past the calendar's ends.
    #[must_use]
    pub const fn plus(self, days: i32) -> Option<Self> {
        match self.0.checked_add(days) {
            Some(count) => Self::from_unix_days(count),
            None => None,
        }
    }

    /// Days from `earlier` to this day, negative where that is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0 - earlier.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.civil();
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

impl FromStr for Day {
    type Err = NotADay;

    fn from_str(text: &str) -> Result<Self, NotADay> {
        let number = |from: usize, to: usize| {
            let digits = text.get(from..to).filter(|part| part.bytes().all(|b| b.is_ascii_digit()));
            digits.and_then(|digits| digits.parse::<u16>().ok()).ok_or(NotADay)
        };
        if text.len() != 10 || text.get(4..5) != Some("-") || text.get(7..8) != Some("-") {
            return Err(NotADay);
        }
        let month = u8::try_from(number(5, 7)?).map_err(|_| NotADay)?;
        let day = u8::try_from(number(8, 10)?).map_err(|_| NotADay)?;
        Self::from_civil(i32::from(number(0, 4)?), month, day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_day_goes_to_its_numbers_and_back_one_after_the_other() {
        let mut last = (1_899, 12, 31);
        for count in Day::FIRST.0..=Day::LAST.0 {
            let day = Day::from_unix_days(count).unwrap();
            let (year, month, of_month) = day.civil();
            assert_eq!(Day::from_civil(year, month, of_month), Ok(day));
            assert!((year, month, of_month) > last, "{day} after {last:?}");
            last = (year, month, of_month);
        }
        assert_eq!(last, (9_999, 12, 31));
    }

    #[test]
    fn days_that_are_none_are_refused() {
        for text in [
            "2026-02-29",
            "1900-02-29",
            "2026-04-31",
            "2026-13-01",
            "2026-00-10",
            "2026-01-00",
            "1899-12-31",
            "26-01-01",
            "2026-1-01",
            "2026/01/01",
            "+026-01-01",
            "2026-01-0",
            "",
            "2026-01-011",
            "２026-01-01",
        ] {
            assert_eq!(text.parse::<Day>(), Err(NotADay), "{text}");
        }
        assert!("2024-02-29".parse::<Day>().is_ok() && "2000-02-29".parse::<Day>().is_ok());
    }

    #[test]
    fn no_count_leads_past_the_ends_of_the_calendar() {
        assert_eq!(Day::LAST.plus(1), None);
        assert_eq!(Day::FIRST.plus(-1), None);
        assert_eq!(Day::LAST.plus(i32::MAX), None);
        assert_eq!(Day::from_unix_days(0).unwrap().to_string(), "1970-01-01");
    }
}
