//! The files of a journal folder and how they are named.

use std::collections::BTreeMap;
use std::io;

use crate::disk::{Disk, FileEntry};
use crate::record::SessionId;

/// Ending of a segment.
const SEGMENT: &str = ".ajl";
/// Ending of a file that was found without a single trustworthy byte; kept as evidence.
pub(crate) const SET_ASIDE: &str = ".torn";
/// Held while segments are created or recovered.
pub(crate) const LOCK: &str = "lock";
/// The journal's random id.
pub(crate) const ID: &str = "id";
/// The list of closed sessions; rebuildable.
pub(crate) const INDEX: &str = "sessions.idx";
/// Room kept for the end of a session.
pub(crate) const RESERVE: &str = "reserve";

/// A file that holds one part of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    pub(crate) name: String,
    pub(crate) ordinal: u64,
    pub(crate) len: u64,
}

/// All files of one session, by rising ordinal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    pub(crate) session: SessionId,
    pub(crate) parts: Vec<Part>,
}

impl Group {
    pub(crate) fn first_ordinal(&self) -> u64 {
        self.parts.first().map_or(0, |part| part.ordinal)
    }
}

/// The name of segment `ordinal` of `session`. The ordinal comes first, so that a listing shows
/// the order of writing even when the date stepped back.
pub(crate) fn segment_name(ordinal: u64, session: SessionId) -> String {
    format!("{ordinal:010}-{session}{SEGMENT}")
}

/// The ordinal and session in the name of a segment; `None` for any other file.
pub(crate) fn parse_segment_name(name: &str) -> Option<(u64, SessionId)> {
    let (ordinal, session) = name.strip_suffix(SEGMENT)?.split_once('-')?;
    let number = ordinal.parse().ok()?;
    let session = session.parse().ok()?;
    if segment_name(number, session) == name { Some((number, session)) } else { None }
}

/// The sessions of a folder in the order of their first segments, and the highest ordinal in use.
pub(crate) fn groups(disk: &dyn Disk) -> io::Result<(Vec<Group>, u64)> {
    let mut by_session: BTreeMap<SessionId, Vec<Part>> = BTreeMap::new();
    let mut highest = 0;
    for FileEntry { name, len } in disk.list()? {
        // A file set aside keeps its number: numbers are never used twice.
        let plain = name.strip_suffix(SET_ASIDE).unwrap_or(&name);
        let Some((ordinal, session)) = parse_segment_name(plain) else { continue };
        highest = highest.max(ordinal);
        if plain == name {
            by_session.entry(session).or_default().push(Part { name, ordinal, len });
        }
    }
    let mut groups: Vec<Group> = by_session
        .into_iter()
        .map(|(session, mut parts)| {
            parts.sort_by_key(|part| part.ordinal);
            Group { session, parts }
        })
        .collect();
    groups.sort_by_key(Group::first_ordinal);
    Ok((groups, highest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_name_is_a_segment() {
        let id = SessionId::from_bytes([3; 16]);
        let name = segment_name(7, id);
        assert_eq!(name, "0000000007-03030303-0303-0303-0303-030303030303.ajl");
        assert_eq!(parse_segment_name(&name), Some((7, id)));
        for other in [name.replace("0000000007", "7"), format!("{name}.torn"), format!("+{name}")] {
            assert_eq!(parse_segment_name(&other), None, "{other}");
        }
    }
}
