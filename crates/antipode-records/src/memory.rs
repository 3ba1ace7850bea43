//! A journal in memory, for simulations: the same trait, no disk, no hash until somebody asks.

use antipode_safety::Timestamp;

use crate::record::{Flags, Health, Journal, Kind, NewRecord, Refused, Stamp, Ticket, WallTime};
use crate::segment::{Body, Fields, Header, MAX_PAYLOAD, Tip, encode_record};

/// A failure that the journal in memory can be told to show (H-37).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemoryFault {
    /// Records are taken, none becomes durable.
    Stalled,
    /// The queue is full.
    Full,
    /// Nothing is taken any more.
    Dead,
}

/// Takes records at once and calls them durable at once, unless told to fail.
///
/// # Example
/// ```
/// use antipode_records::{
///     Durability, Flags, Journal, Kind, MemoryJournal, NewRecord, Stamp, WallTime,
/// };
/// use antipode_safety::Timestamp;
///
/// let mut journal = MemoryJournal::new();
/// let stamp = Stamp { at: Timestamp::ZERO, wall: WallTime::from_unix_millis(0) };
/// let ticket = journal.append(&NewRecord {
///     stamp,
///     kind: Kind::START,
///     flags: Flags::NONE,
///     durability: Durability::Now,
///     payload: b"plan",
/// })?;
/// assert_eq!(journal.durable(), ticket);
/// assert_eq!(journal.records().next().map(|record| record.payload), Some(&b"plan"[..]));
/// # Ok::<(), antipode_records::Refused>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct MemoryJournal {
    /// `len u32 | mono | wall | kind | flags | payload`, one behind the other: one allocation for
    /// many records.
    bytes: Vec<u8>,
    accepted: u64,
    durable: u64,
    lost: u64,
    fault: Option<MemoryFault>,
}

/// A record of a journal in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryRecord<'a> {
    /// Its two clocks.
    pub stamp: Stamp,
    /// What the payload means.
    pub kind: Kind,
    /// Marks.
    pub flags: Flags,
    /// The payload.
    pub payload: &'a [u8],
}

impl MemoryJournal {
    /// An empty journal.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), accepted: 0, durable: 0, lost: 0, fault: None }
    }

    /// Shows `fault` from now on, or works again with `None`; then what stalled becomes durable.
    pub const fn set_fault(&mut self, fault: Option<MemoryFault>) {
        self.fault = fault;
        if fault.is_none() {
            self.durable = self.accepted;
        }
    }

    /// How many records it holds.
    #[must_use]
    pub const fn len(&self) -> u64 {
        self.accepted
    }

    /// Whether it holds none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.accepted == 0
    }

    /// Its records in order.
    pub fn records(&self) -> impl Iterator<Item = MemoryRecord<'_>> {
        let mut rest = self.bytes.as_slice();
        core::iter::from_fn(move || {
            let mut fields = Fields(rest);
            let len = fields.u32()? as usize;
            let stamp = Stamp {
                at: Timestamp::from_millis(fields.u64()?),
                wall: WallTime::from_unix_millis(fields.i64()?),
            };
            let (kind, flags) = (Kind::new(fields.u16()?), Flags::from_bits(fields.u16()?));
            let (payload, after) = fields.rest().split_at_checked(len)?;
            rest = after;
            Some(MemoryRecord { stamp, kind, flags, payload })
        })
    }

    /// The records as the bytes of a segment that begins with `header`, chain and all.
    #[must_use]
    pub fn to_segment(&self, header: &Header) -> Vec<u8> {
        let mut bytes = header.encode().to_vec();
        let mut tip = Tip::of(header);
        for MemoryRecord { stamp, kind, flags, payload } in self.records() {
            encode_record(&mut bytes, &mut tip, &Body { stamp, kind, flags, payload });
        }
        bytes
    }
}

impl Journal for MemoryJournal {
    fn append(&mut self, record: &NewRecord<'_>) -> Result<Ticket, Refused> {
        let payload = record.payload;
        if payload.len() > MAX_PAYLOAD {
            return Err(Refused::TooLarge { len: payload.len(), max: MAX_PAYLOAD });
        }
        match self.fault {
            None => self.durable = self.accepted + 1,
            Some(MemoryFault::Stalled) => {}
            Some(MemoryFault::Full) => {
                self.lost += 1;
                return Err(Refused::Overflow { capacity: 0 });
            }
            Some(MemoryFault::Dead) => {
                self.lost += 1;
                return Err(Refused::Ended);
            }
        }
        let mut head = [0; 24];
        head[..4].copy_from_slice(&(payload.len() as u32).to_le_bytes());
        head[4..12].copy_from_slice(&record.stamp.at.as_millis().to_le_bytes());
        head[12..20].copy_from_slice(&record.stamp.wall.unix_millis().to_le_bytes());
        head[20..22].copy_from_slice(&record.kind.number().to_le_bytes());
        head[22..].copy_from_slice(&record.flags.bits().to_le_bytes());
        self.bytes.extend_from_slice(&head);
        self.bytes.extend_from_slice(payload);
        self.accepted += 1;
        Ok(Ticket::new(self.accepted))
    }

    fn durable(&self) -> Ticket {
        Ticket::new(self.durable)
    }

    fn health(&self) -> Health {
        match self.fault {
            None => Health::Working,
            Some(MemoryFault::Stalled | MemoryFault::Full) => Health::Failing,
            Some(MemoryFault::Dead) => Health::Dead,
        }
    }

    fn lost(&self) -> u64 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::{Durability, SessionId};
    use crate::segment::{Link, SegmentReader};

    fn record(ms: u64, payload: &[u8]) -> NewRecord<'_> {
        NewRecord {
            stamp: Stamp {
                at: Timestamp::from_millis(ms),
                wall: WallTime::from_unix_millis(-(ms as i64)),
            },
            kind: Kind::new(70),
            flags: Flags::SEALED,
            durability: Durability::Now,
            payload,
        }
    }

    #[test]
    fn a_simulated_session_becomes_a_segment_that_verifies() {
        let mut journal = MemoryJournal::new();
        for payload in [&b"start"[..], b"", b"end"] {
            journal.append(&record(5, payload)).unwrap();
        }
        let header = Header {
            journal: [1; 16],
            session: SessionId::from_bytes([2; 16]),
            ordinal: 1,
            part: 0,
            first_seq: 1,
            created: record(0, b"").stamp,
            previous: Link::NONE,
            simulated: true,
            bench: false,
        };
        let bytes = journal.to_segment(&header);
        let mut reader = SegmentReader::open(bytes.as_slice()).unwrap();
        let mut payloads = Vec::new();
        while let Some(found) = reader.next_record() {
            assert_eq!((found.stamp, found.kind), (record(5, b"").stamp, Kind::new(70)));
            assert!(found.flags.is_sealed());
            payloads.push(found.payload.to_vec());
        }
        assert_eq!(payloads, [&b"start"[..], b"", b"end"]);
        assert_eq!(reader.trouble(), None);
    }

    #[test]
    fn a_stalled_journal_acknowledges_nothing_until_it_works_again() {
        let mut journal = MemoryJournal::new();
        let first = journal.append(&record(1, b"a")).unwrap();
        journal.set_fault(Some(MemoryFault::Stalled));
        let second = journal.append(&record(2, b"b")).unwrap();
        assert_eq!((journal.durable(), journal.health()), (first, Health::Failing));
        journal.set_fault(None);
        assert_eq!((journal.durable(), journal.health()), (second, Health::Working));
    }

    #[test]
    fn a_dead_journal_takes_nothing_and_counts_it() {
        let mut journal = MemoryJournal::new();
        journal.set_fault(Some(MemoryFault::Dead));
        assert_eq!(journal.append(&record(1, b"a")), Err(Refused::Ended));
        journal.set_fault(Some(MemoryFault::Full));
        assert_eq!(journal.append(&record(1, b"a")), Err(Refused::Overflow { capacity: 0 }));
        assert_eq!((journal.lost(), journal.is_empty()), (2, true));
    }
}
