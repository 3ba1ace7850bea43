//! What one record is, and the one door through which everything reaches a journal.

use core::fmt;
use core::str::FromStr;

use antipode_safety::Timestamp;

/// Milliseconds since 1970-01-01 00:00 UTC, as this machine believes the date to be.
///
/// It is kept beside the monotonic stamp and never used to measure time: the date can be wrong and
/// can step back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WallTime(i64);

impl WallTime {
    /// The date `ms` milliseconds after 1970-01-01 00:00 UTC; negative lies before.
    #[must_use]
    pub const fn from_unix_millis(ms: i64) -> Self {
        Self(ms)
    }

    /// Milliseconds since 1970-01-01 00:00 UTC.
    #[must_use]
    pub const fn unix_millis(self) -> i64 {
        self.0
    }

    /// Milliseconds by which this date lies before `other`; zero when it does not.
    #[must_use]
    pub const fn behind(self, other: Self) -> u64 {
        if self.0 >= other.0 { 0 } else { other.0.abs_diff(self.0) }
    }
}

/// The two clocks of a record: one that measures, one that names the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Stamp {
    /// Monotonic time of this run.
    pub at: Timestamp,
    /// Date and time of day as the machine had them.
    pub wall: WallTime,
}

/// What a record's payload means.
///
/// Numbers below [`Kind::FIRST_OF_SESSION`] belong to the journal itself; the payloads of all
/// others are opaque to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Kind(u16);

impl Kind {
    /// The session's first record; no head-down motion before it is durable (I-14).
    pub const START: Self = Self(1);
    /// The session's last record; see [`crate::segment::End`].
    pub const END: Self = Self(2);
    /// Records are missing here; see [`crate::segment::Gap`].
    pub const GAP: Self = Self(3);
    /// A block of readings; see [`crate::telemetry`].
    pub const READINGS: Self = Self(4);
    /// Who is on the table, always sealed with the person's key; see [`crate::keys`].
    pub const PERSON: Self = Self(5);
    /// A person confirmed the date: the latest date starts again from this record.
    pub const DATE_CONFIRMED: Self = Self(6);
    /// The first number that is free for the payloads of a session.
    pub const FIRST_OF_SESSION: Self = Self(64);

    /// The kind with the number `number`. Every number is a kind: a newer program's records must
    /// stay readable as far as the chain goes.
    #[must_use]
    pub const fn new(number: u16) -> Self {
        Self(number)
    }

    /// The number on disk.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

/// Marks on a record that hold for every kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Flags(u16);

impl Flags {
    /// No mark.
    pub const NONE: Self = Self(0);
    /// The payload is sealed with a person's key; see [`crate::keys`].
    pub const SEALED: Self = Self(1);

    /// The marks with the disk bits `bits`; unknown ones are kept, so that a hash still verifies.
    #[must_use]
    pub const fn from_bits(bits: u16) -> Self {
        Self(bits)
    }

    /// The disk bits.
    #[must_use]
    pub const fn bits(self) -> u16 {
        self.0
    }

    /// Whether the payload is sealed.
    #[must_use]
    pub const fn is_sealed(self) -> bool {
        self.0 & Self::SEALED.0 != 0
    }
}

/// How soon a record has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Durability {
    /// May ride along with the next commit, at most a second later: readings.
    Soon,
    /// Committed before anything else: START, each change of state, END.
    Now,
}

/// A record on its way into a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRecord<'a> {
    /// When it happened.
    pub stamp: Stamp,
    /// What the payload means.
    pub kind: Kind,
    /// Marks.
    pub flags: Flags,
    /// How soon it has to be on the disk.
    pub durability: Durability,
    /// At most [`crate::segment::MAX_PAYLOAD`] bytes.
    pub payload: &'a [u8],
}

/// The place of an accepted record in the order of one journal; the first is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(u64);

impl Ticket {
    /// Before the first record: the durable ticket of a journal that has committed nothing.
    pub const NONE: Self = Self(0);

    /// The `count`-th record.
    #[must_use]
    pub const fn new(count: u64) -> Self {
        Self(count)
    }

    /// How many records were accepted up to and with this one.
    #[must_use]
    pub const fn count(self) -> u64 {
        self.0
    }
}

/// The journal did not take a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The queue to the disk is full: the disk is slower than the session.
    #[error(
        "the journal's queue of {capacity} records is full, so this record is lost and a gap will \
         be written; treat the journal as failing: only motion toward the rest band"
    )]
    Overflow {
        /// Records that the queue holds.
        capacity: usize,
    },
    /// The writer is gone: nothing will be written any more.
    #[error(
        "the journal's writer has ended, so this record is lost; treat the journal as dead: only \
         motion toward the rest band"
    )]
    Ended,
    /// The payload is larger than a record may be; a mistake of the caller.
    #[error("a payload of {len} bytes is larger than the {max} that a record holds")]
    TooLarge {
        /// Bytes offered.
        len: usize,
        /// Bytes that fit.
        max: usize,
    },
}

/// How a journal is doing, for the control loop to act on (H-37).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Health {
    /// Every commit so far has reached the disk.
    Working,
    /// Working, but on the room that was kept for the end of a session: start nothing new.
    OnReserve,
    /// The last commit failed; records wait in memory and a new segment is being tried.
    Failing,
    /// Nothing will be written any more.
    Dead,
}

/// A journal as the engine sees it. Neither method waits for a disk (I-16).
pub trait Journal {
    /// Hands a record over and gives its ticket.
    ///
    /// # Errors
    /// [`Refused`] when it was not taken; the record is lost and must be assumed unwritten.
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused>;

    /// Every record up to and with this ticket survives a crash.
    fn durable(&self) -> Ticket;

    /// How it is doing.
    fn health(&self) -> Health;

    /// Records that were refused since the start; each leaves a gap in the journal.
    fn lost(&self) -> u64;
}

/// Makes a 16-byte identifier type that prints as a UUID.
macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// A new identifier, ordered by `wall` and otherwise random (UUID version 7).
            #[must_use]
            pub fn new(wall: WallTime) -> Self {
                let ms = u64::try_from(wall.0).unwrap_or(0);
                let nanos = u32::try_from(ms % 1_000).unwrap_or(0) * 1_000_000;
                let time = uuid::Timestamp::from_unix(uuid::NoContext, ms / 1_000, nanos);
                Self(uuid::Uuid::new_v7(time).into_bytes())
            }

            /// The identifier with these bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes of the identifier.
            #[must_use]
            pub const fn bytes(self) -> [u8; 16] {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                uuid::Uuid::from_bytes(self.0).hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                // Only the form that is printed: a second spelling would be a second file name.
                let id = uuid::Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if id.hyphenated().to_string() == text { Ok(Self(id.into_bytes())) } else { Err(NotAnId) }
            }
        }
    };
}

identifier! {
    /// Names one session for ever.
    SessionId
}
identifier! {
    /// Names a person without saying who it is; the name belongs to the key of this person.
    PersonId
}

/// A text is not an identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an identifier: expected lower-case hexadecimal digits in groups of 8-4-4-4-12")]
pub struct NotAnId;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identifier_has_one_spelling() {
        let id = SessionId::new(WallTime::from_unix_millis(1_700_000_000_123));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<SessionId>(), Err(NotAnId));
        assert_eq!(id.to_string().replace('-', "").parse::<SessionId>(), Err(NotAnId));
    }

    #[test]
    fn identifiers_sort_by_their_date() {
        let early = SessionId::new(WallTime::from_unix_millis(1_700_000_000_000));
        let late = SessionId::new(WallTime::from_unix_millis(1_700_000_000_001));
        assert!(early < late);
    }

    #[test]
    fn a_date_is_behind_only_a_later_one() {
        let (early, late) = (WallTime::from_unix_millis(-5), WallTime::from_unix_millis(10));
        assert_eq!(early.behind(late), 15);
        assert_eq!(late.behind(early), 0);
    }
}
