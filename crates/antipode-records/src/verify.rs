//! Checking every byte of a journal.

use std::collections::BTreeMap;

use crate::disk::{Disk, DiskError, Doing};
use crate::names::{self, Group};
use crate::record::SessionId;
use crate::segment::{Gap, Hash, Trouble};
use crate::walk::{Finding, walk};

/// What a check of a whole journal found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verification {
    /// Sessions read.
    pub sessions: usize,
    /// Records whose checksum and place in the chain are right.
    pub records: u64,
    /// Everything that is wrong, by file; the first byte of each is named.
    pub findings: Vec<Finding>,
    /// Gaps that the journal itself has recorded.
    pub gaps: Vec<(SessionId, Gap)>,
    /// Sessions without an end: running now, or not yet recovered.
    pub open: Vec<SessionId>,
    /// The hash of the last session's last record. Kept outside (printed on a report), it also
    /// makes a rewritten or shortened journal evident.
    pub head: Option<Hash>,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.findings.is_empty()
    }
}

/// Reads every segment in `disk`; changes nothing.
///
/// # Errors
/// When the folder cannot be listed. A file that cannot be read is a finding.
pub fn verify(disk: &dyn Disk) -> Result<Verification, DiskError> {
    let (groups, _) =
        names::groups(disk).map_err(|error| DiskError::new(Doing::List, "the journal", error))?;
    let mut report = Verification { sessions: groups.len(), ..Verification::default() };
    // Hash of the last record of each session, by the segment that holds it.
    let mut heads: BTreeMap<u64, Hash> = BTreeMap::new();
    let mut links = Vec::new();
    for group in &groups {
        let found = walk(disk, group, &mut |_| report.records += 1);
        report.gaps.extend(found.gaps.iter().map(|gap| (group.session, *gap)));
        if found.tally.ended.is_none() {
            report.open.push(group.session);
        } else {
            heads.insert(found.last_ordinal, found.head);
        }
        // Only a header of the first part continues another session.
        if let Some(header) = found.header.filter(|header| header.part == 0) {
            links.push((group, header.previous));
        }
        // Of a session that is being written, the last record may be on its way.
        if found.tally.ended.is_some() || !is_live(disk, group) {
            report.findings.extend(found.findings);
        }
    }
    for (group, link) in links {
        if link.ordinal != 0
            && let Some(finding) = check_link(&groups, &heads, group, link.ordinal, link.hash)
        {
            report.findings.push(finding);
        }
    }
    report.findings.sort_by_key(|finding| (finding.ordinal, finding.offset));
    report.head = heads.last_key_value().map(|(_, hash)| *hash);
    Ok(report)
}

/// Whether another program is writing the session.
fn is_live(disk: &dyn Disk, group: &Group) -> bool {
    group.parts.iter().any(|part| matches!(disk.try_lock(&part.name), Ok(None)))
}

/// Whether the session before still is what it was when `group` began.
fn check_link(
    groups: &[Group],
    heads: &BTreeMap<u64, Hash>,
    group: &Group,
    ordinal: u64,
    hash: Hash,
) -> Option<Finding> {
    let trouble = match heads.get(&ordinal) {
        Some(head) if *head == hash => return None,
        Some(_) => Trouble::Link { ordinal },
        None => {
            let there = |group: &Group| group.parts.iter().any(|part| part.ordinal == ordinal);
            if groups.iter().any(there) {
                Trouble::Link { ordinal }
            } else {
                Trouble::Missing { ordinal }
            }
        }
    };
    let first = group.parts.first()?;
    Some(Finding { name: first.name.clone(), ordinal: first.ordinal, offset: 0, trouble })
}
