//! What was heard since a request went out, and whether it is the answer.

use crate::codec::modbus::reply::SHORTEST;
use crate::codec::modbus::{MAX_FRAME, Reply, ReplyError, Request, Unit, intact};

/// Stray bytes before an answer that are forgiven: transceivers make them when they turn round.
/// Fewer than the shortest answer, so that no answer of another request hides among them.
const MAX_LEAD: usize = SHORTEST - 1;

/// Bytes heard since the request went out.
#[derive(Clone, Debug)]
pub(super) struct Heard {
    bytes: [u8; MAX_FRAME],
    len: usize,
    /// Bytes for which there was no room or no time.
    missed: usize,
}

impl Heard {
    pub(super) const fn new() -> Self {
        Self { bytes: [0; MAX_FRAME], len: 0, missed: 0 }
    }

    pub(super) fn clear(&mut self) {
        (self.len, self.missed) = (0, 0);
    }

    /// Whether nothing came in time.
    pub(super) const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// What came in time, as far as a frame can be long.
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    pub(super) fn push(&mut self, bytes: &[u8]) {
        let room = self.bytes.get_mut(self.len..).unwrap_or_default();
        let kept = room.len().min(bytes.len());
        for (to, from) in room.iter_mut().zip(bytes) {
            *to = *from;
        }
        self.len += kept;
        self.miss(bytes.len() - kept);
    }

    /// Counts bytes that are not kept.
    pub(super) fn miss(&mut self, count: usize) {
        self.missed = self.missed.saturating_add(count);
    }

    /// What the bytes heard so far are, as the answer of `unit` to `request`.
    pub(super) fn verdict(
        &self,
        unit: Unit,
        request: &Request,
        is_stop: bool,
    ) -> Result<Reply, ReplyError> {
        let (bytes, got, need) = (self.as_bytes(), self.len, request.reply_len());
        let decode = |bytes| Reply::decode(unit, request, bytes);
        // A STOP goes into an unquiet line, so its answer may come among anything.
        if is_stop && bytes.windows(need).any(|part| decode(part).is_ok()) {
            return Ok(Reply::Written);
        }
        let whole = decode(bytes);
        if self.missed > 0 {
            let error = ReplyError::TooLong { need, got: got.saturating_add(self.missed) };
            return Err(whole.err().unwrap_or(error));
        }
        if whole.is_ok() || intact(bytes).is_some() {
            return whole;
        }
        let after_lead = [need, SHORTEST].into_iter().find_map(|len| {
            let lead = got.checked_sub(len).filter(|lead| (1..=MAX_LEAD).contains(lead))?;
            decode(bytes.get(lead..)?).ok()
        });
        after_lead.map_or(whole, Ok)
    }
}
