//! Records between being taken and being durable.

use std::collections::VecDeque;

use crate::record::{Durability, Flags, Kind, Stamp};
use crate::segment::Body;

/// Payload bytes that may wait while the disk fails; beyond it readings are dropped and counted.
const BYTES_MAX: usize = 1 << 20;

/// A record that is not durable yet.
pub(super) struct Waiting {
    pub(super) stamp: Stamp,
    pub(super) kind: Kind,
    pub(super) flags: Flags,
    pub(super) durability: Durability,
    pub(super) payload: Vec<u8>,
}

impl Waiting {
    pub(super) fn body(&self) -> Body<'_> {
        Body { stamp: self.stamp, kind: self.kind, flags: self.flags, payload: &self.payload }
    }
}

/// Keeps records until they are durable, in order.
#[derive(Default)]
pub(super) struct WaitingRoom {
    records: VecDeque<Waiting>,
    bytes: usize,
    dropped: u64,
    dropped_before: u64,
}

impl WaitingRoom {
    pub(super) fn push(&mut self, record: Waiting) {
        self.bytes += record.payload.len();
        self.records.push_back(record);
    }

    pub(super) fn newest(&self) -> Option<&Waiting> {
        self.records.back()
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.records.iter()
    }

    pub(super) fn len(&self) -> usize {
        self.records.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Everything is durable, and what was dropped has been told.
    pub(super) fn clear(&mut self) {
        self.records.clear();
        self.bytes = 0;
        self.dropped_before = self.dropped;
    }

    /// Drops the oldest readings while too much waits. What had to be durable at once is kept: a
    /// session writes far less of it than would matter.
    pub(super) fn make_room(&mut self) {
        while self.bytes > BYTES_MAX {
            let oldest = self.records.iter().position(|r| r.durability == Durability::Soon);
            let Some(record) = oldest.and_then(|at| self.records.remove(at)) else { break };
            self.bytes -= record.payload.len();
            self.dropped += 1;
        }
    }

    /// Records dropped so far.
    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Records dropped that no gap record tells of yet.
    pub(super) const fn dropped_since_clear(&self) -> u64 {
        self.dropped - self.dropped_before
    }
}

#[cfg(test)]
mod tests {
    use antipode_safety::Timestamp;

    use super::*;
    use crate::record::WallTime;

    fn record(durability: Durability, len: usize) -> Waiting {
        let stamp = Stamp { at: Timestamp::ZERO, wall: WallTime::from_unix_millis(0) };
        let (kind, flags) = (Kind::READINGS, Flags::NONE);
        Waiting { stamp, kind, flags, durability, payload: vec![0; len] }
    }

    #[test]
    fn only_readings_make_room_and_they_are_counted() {
        let mut room = WaitingRoom::default();
        room.push(record(Durability::Now, BYTES_MAX));
        for _ in 0..3 {
            room.push(record(Durability::Soon, 10));
        }
        room.push(record(Durability::Now, 10));
        room.make_room();
        assert_eq!((room.len(), room.dropped_since_clear()), (2, 3));
        assert!(room.iter().all(|waiting| waiting.durability == Durability::Now));
        room.clear();
        assert_eq!((room.dropped(), room.dropped_since_clear()), (3, 0));
    }
}
