//! The payloads that belong to the journal itself.

use super::Fields;

/// Who wrote the end of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EndedBy {
    /// The session itself; its summary says how it ended.
    Session,
    /// The next start, because the session never wrote its own end: it was interrupted (I-14).
    Recovery,
}

/// Payload of [`crate::Kind::END`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct End<'a> {
    /// Who wrote it.
    pub by: EndedBy,
    /// The summary of the session, opaque to the journal; empty after a recovery. It goes into the
    /// list of sessions in clear, so it must name nobody.
    pub summary: &'a [u8],
}

impl<'a> End<'a> {
    /// The largest summary.
    pub const MAX_SUMMARY: usize = 4_096;

    /// The bytes of the payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let by = match self.by {
            EndedBy::Session => 0,
            EndedBy::Recovery => 1,
        };
        let mut out = vec![by];
        out.extend_from_slice(self.summary);
        out
    }

    /// Reads a payload; `None` when it is none.
    #[must_use]
    pub fn decode(payload: &'a [u8]) -> Option<Self> {
        let mut fields = Fields(payload);
        let by = match fields.u8()? {
            0 => EndedBy::Session,
            1 => EndedBy::Recovery,
            2.. => return None,
        };
        let summary = fields.rest();
        if summary.len() > Self::MAX_SUMMARY { None } else { Some(Self { by, summary }) }
    }
}

/// Why records are missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum GapCause {
    /// The disk failed; this segment is the fresh one.
    WriteFailed,
    /// The queue or the memory for waiting records was full.
    Overflow,
    /// The program ended while it wrote; found at the next start.
    TornTail,
}

/// Payload of [`crate::Kind::GAP`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    /// Why.
    pub cause: GapCause,
    /// Records known to be lost; unknown ones are not counted.
    pub lost: u64,
    /// Segment that stopped being usable; 0 when none did.
    pub ordinal: u64,
    /// First byte there that is not to be trusted; 0 when none.
    pub offset: u64,
}

impl Gap {
    /// The bytes of the payload.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let cause = match self.cause {
            GapCause::WriteFailed => 1_u8,
            GapCause::Overflow => 2,
            GapCause::TornTail => 3,
        };
        let mut out = vec![cause];
        for number in [self.lost, self.ordinal, self.offset] {
            out.extend_from_slice(&number.to_le_bytes());
        }
        out
    }

    /// Reads a payload; `None` when it is none.
    #[must_use]
    pub fn decode(payload: &[u8]) -> Option<Self> {
        let mut fields = Fields(payload);
        let cause = match fields.u8()? {
            1 => GapCause::WriteFailed,
            2 => GapCause::Overflow,
            3 => GapCause::TornTail,
            0 | 4.. => return None,
        };
        let gap =
            Self { cause, lost: fields.u64()?, ordinal: fields.u64()?, offset: fields.u64()? };
        if fields.rest().is_empty() { Some(gap) } else { None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_journals_own_payloads_read_back() {
        for by in [EndedBy::Session, EndedBy::Recovery] {
            let end = End { by, summary: b"three bouts" };
            assert_eq!(End::decode(&end.encode()), Some(end));
        }
        for cause in [GapCause::WriteFailed, GapCause::Overflow, GapCause::TornTail] {
            let gap = Gap { cause, lost: 3, ordinal: 4, offset: 5 };
            assert_eq!(Gap::decode(&gap.encode()), Some(gap));
        }
    }

    #[test]
    fn payloads_of_another_shape_are_refused() {
        assert_eq!(End::decode(&[]), None);
        assert_eq!(End::decode(&[2]), None);
        assert_eq!(End::decode(&[0; End::MAX_SUMMARY + 2]), None);
        assert_eq!(Gap::decode(&[0; 25]), None);
        assert_eq!(Gap::decode(&[1; 24]), None);
        assert_eq!(Gap::decode(&[1; 26]), None);
    }
}
