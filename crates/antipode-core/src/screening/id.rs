//! Names of questions and of what a clearance covers.

use core::fmt;
use core::str::FromStr;

/// A short name that files, records and signed clearances share: small letters, digits and `-`,
/// the first a letter.
///
/// # Example
/// ```
/// use antipode_core::screening::Id;
/// let id: Id = "blood-pressure".parse().unwrap();
/// assert_eq!(id.as_str(), "blood-pressure");
/// assert!("Blood pressure".parse::<Id>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(String);

/// A text that is no [`Id`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "must be 1 to {} small letters, digits or `-`, the first a letter", Id::MOST)
    }
}

impl core::error::Error for NotAnId {}

impl Id {
    /// Longest id in bytes.
    pub const MOST: usize = 40;

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// A name that is written in this crate.
    pub(crate) fn fixed(name: &'static str) -> Self {
        debug_assert!(is_id(name), "{name}");
        Self(name.to_owned())
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if is_id(text) { Ok(Self(text.to_owned())) } else { Err(NotAnId) }
    }
}

fn is_id(text: &str) -> bool {
    text.len() <= Id::MOST
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
