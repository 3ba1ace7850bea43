//! When the disk fails: a fresh segment behind a record of the gap.

use std::io;

use super::waiting::Waiting;
use super::{JournalWriter, Open};
use crate::disk::{DiskError, Doing};
use crate::record::{Flags, Health, Kind, Stamp};
use crate::segment::{Body, Gap, GapCause, Tip, encode_record};
use crate::store::{Fresh, Opening};

impl JournalWriter {
    /// Gives the open segment up; what it holds beyond the last durable record does not count.
    pub(super) fn bury(&mut self) {
        if let Some(open) = self.open.take() {
            self.failed.push(open.file);
            let durable = self.durable.link.ordinal == open.ordinal;
            self.untold.push((open.ordinal, if durable { self.durable.offset } else { 0 }));
        }
        self.health = Health::Failing;
        self.waiting.make_room();
    }

    /// Writes everything that waits into a fresh segment, behind a record of the gap.
    pub(super) fn fail_over(&mut self) -> Result<(), DiskError> {
        let created = self.tally.last.unwrap_or(self.session.now);
        let opening = Opening {
            session: self.session.session,
            part: self.segments as u32,
            first_seq: self.durable.seq + 1,
            previous: self.durable.link,
            created,
            simulated: self.session.simulated,
            bench: self.session.bench,
        };
        let busy = || io::Error::from(io::ErrorKind::WouldBlock);
        let Fresh { name, ordinal, mut file, offset, tip, on_reserve } = self
            .store
            .create_segment(&opening)?
            .ok_or_else(|| DiskError::new(Doing::Lock, "the journal", busy()))?;
        self.segments += 1;
        self.on_reserve |= on_reserve;
        let (tip, bytes) = self.encode_waiting(created, tip);
        let write = self
            .store
            .write_or_spend(file.as_mut(), offset, &bytes)
            .map_err(|error| DiskError::new(Doing::Write, &name, error));
        let sync = write.and_then(|spent| {
            self.on_reserve |= spent;
            file.sync_data().map_err(|error| DiskError::new(Doing::Sync, &name, error))?;
            let folder = "the journal's folder";
            self.store.disk.sync_dir().map_err(|error| DiskError::new(Doing::Sync, folder, error))
        });
        if let Err(error) = sync {
            self.failed.push(file);
            self.untold.push((ordinal, 0));
            return Err(error);
        }
        self.tip = tip;
        self.untold.clear();
        self.health = if self.on_reserve { Health::OnReserve } else { Health::Working };
        let offset = offset + bytes.len() as u64;
        self.open = Some(Open { name, ordinal, file, offset, named: true });
        Ok(())
    }

    /// The gaps and everything that waits, as records after the last durable one.
    fn encode_waiting(&self, stamp: Stamp, mut tip: Tip) -> (Tip, Vec<u8>) {
        let mut lost = self.waiting.dropped_since_clear();
        let mut gaps = Vec::new();
        for &(ordinal, offset) in &self.untold {
            gaps.push(Gap { cause: GapCause::WriteFailed, lost, ordinal, offset }.encode());
            lost = 0;
        }
        let gaps =
            gaps.iter().map(|payload| Body { stamp, kind: Kind::GAP, flags: Flags::NONE, payload });
        let mut bytes = Vec::new();
        for body in gaps.chain(self.waiting.iter().map(Waiting::body)) {
            encode_record(&mut bytes, &mut tip, &body);
        }
        (tip, bytes)
    }
}
