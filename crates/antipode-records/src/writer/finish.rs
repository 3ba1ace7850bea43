//! The end of a journal: unused room goes back, and the session goes on the list.

use std::io;

use super::{CommitError, JournalWriter};
use crate::index::{self, Chain, SessionEntry};
use crate::names;
use crate::record::{SessionId, Ticket};
use crate::segment::Hash;

/// How a session's journal was left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// The session.
    pub session: SessionId,
    /// Its END is durable. If not, the next start finds it interrupted.
    pub sealed: bool,
    /// Its last file.
    pub name: String,
    /// The head of its chain.
    pub head: Hash,
    /// Number of its last record.
    pub records: u64,
    /// The last record that it accepted.
    pub last: Ticket,
    /// The list of sessions could be brought up to date; if not, the next start does it.
    pub listed: bool,
}

impl JournalWriter {
    /// Commits, and if END was written gives unused room back and lists the session.
    ///
    /// # Errors
    /// [`CommitError`] when the last records are not durable; the next start then finds the session
    /// interrupted.
    pub fn finish(mut self) -> Result<Closed, CommitError> {
        self.commit()?;
        let sealed = self.tally.ended.is_some();
        let mut listed = false;
        let mut name = String::new();
        if let Some(mut open) = self.open.take() {
            // Best effort: unused room is zeros, and both lengths read the same.
            let trimmed = !sealed || open.file.truncate(open.offset).is_ok();
            listed = sealed && trimmed && self.list().is_ok();
            name = open.name;
        }
        Ok(Closed {
            session: self.session.session,
            sealed,
            name,
            head: self.tip.hash,
            records: self.tip.seq,
            last: self.durable(),
            listed,
        })
    }

    /// Adds the session to the list of closed ones.
    fn list(&self) -> io::Result<()> {
        let disk = self.store.disk.as_ref();
        let (groups, _) = names::groups(disk)?;
        let group = groups.iter().find(|group| group.session == self.session.session);
        let chain = Chain {
            records: self.tip.seq,
            head: self.tip.hash,
            ordinal: self.durable.link.ordinal,
        };
        let entry = group.and_then(|group| {
            SessionEntry::new(
                group,
                (self.session.simulated, self.session.bench),
                &self.tally,
                chain,
            )
        });
        index::add(disk, &[entry.ok_or(io::ErrorKind::NotFound)?])
    }
}
