//! One session read through all its parts: the shared ground of recovery, check and history.
//!
//! A session has more than one part when the disk failed in the middle, or when recovery wrote its
//! end. A later part starts right after the last record that was durable when it was made, and
//! what an earlier part holds from there on is superseded.

use crate::disk::Disk;
use crate::names::{Group, Part};
use crate::record::Kind;
use crate::segment::{Gap, Hash, Header, HeaderError, RecordView, SegmentReader, Trouble};
use crate::tally::Tally;

/// Something wrong with a segment, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}, byte {offset}: {trouble}")]
pub struct Finding {
    /// The file.
    pub name: String,
    /// Its ordinal.
    pub ordinal: u64,
    /// The first byte that is not to be trusted.
    pub offset: u64,
    /// What is wrong there.
    pub trouble: Trouble,
}

/// What reading a whole session gave.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// The first header that could be read.
    pub(crate) header: Option<Header>,
    /// Number of the last record; 0 without any.
    pub(crate) last_seq: u64,
    /// Hash of the last record.
    pub(crate) head: Hash,
    /// Segment of the last record.
    pub(crate) last_ordinal: u64,
    pub(crate) tally: Tally,
    /// What is wrong and not yet told by a gap record.
    pub(crate) findings: Vec<Finding>,
    pub(crate) gaps: Vec<Gap>,
    /// A part has a format that this program does not read.
    pub(crate) other_format: bool,
}

impl Walk {
    fn new() -> Self {
        Self {
            header: None,
            last_seq: 0,
            head: Hash::NONE,
            last_ordinal: 0,
            tally: Tally::default(),
            findings: Vec::new(),
            gaps: Vec::new(),
            other_format: false,
        }
    }

    fn note(&mut self, part: &Part, offset: u64, trouble: Trouble) {
        if matches!(trouble, Trouble::Header(HeaderError::OtherFormat { .. })) {
            self.other_format = true;
        }
        let (name, ordinal) = (part.name.clone(), part.ordinal);
        self.findings.push(Finding { name, ordinal, offset, trouble });
    }

    fn record(&mut self, record: &RecordView<'_>, ordinal: u64) {
        self.last_seq = record.seq;
        self.head = record.hash;
        self.last_ordinal = ordinal;
        self.tally.add(record.kind, record.stamp, record.payload);
        if record.kind == Kind::GAP {
            self.gaps.extend(Gap::decode(record.payload));
        }
    }

    /// Forgets what a gap record already tells: it is evidence then, not news.
    fn forget_told(&mut self) {
        let gaps = &self.gaps;
        self.findings.retain(|finding| {
            !gaps.iter().any(|gap| gap.ordinal == finding.ordinal && gap.offset <= finding.offset)
        });
    }

    /// Whether the table carried ballast, as far as a header can be read.
    pub(crate) fn is_bench(&self) -> bool {
        self.header.is_some_and(|header| header.bench)
    }

    /// Whether the session was simulated, as far as a header can be read.
    pub(crate) fn is_simulated(&self) -> bool {
        self.header.is_some_and(|header| header.simulated)
    }
}

/// Reads the session, shows `visit` every record that counts, and notes whatever is wrong.
pub(crate) fn walk(disk: &dyn Disk, group: &Group, visit: &mut dyn FnMut(&RecordView<'_>)) -> Walk {
    let mut walk = Walk::new();
    let limits = limits(disk, group);
    for (part, limit) in group.parts.iter().zip(limits) {
        // A part behind the END was begun in vain: had it got a record, it would have taken over.
        if walk.tally.ended.is_some() {
            break;
        }
        let mut reader = match open(disk, group, part) {
            Ok(reader) => reader,
            Err(trouble) => {
                walk.note(part, 0, trouble);
                continue;
            }
        };
        let header = *reader.header();
        let mut begun = false;
        // Nothing behind an END counts; a crash may have left a second copy of it.
        while reader.next_seq() < limit && walk.tally.ended.is_none() {
            let Some(record) = reader.next_record() else { break };
            if !begun {
                begun = true;
                check_link(&mut walk, part, &header);
            }
            walk.record(&record, part.ordinal);
            visit(&record);
        }
        if walk.header.is_none() {
            walk.header = Some(header);
            if !begun {
                walk.head = reader.head();
                walk.last_ordinal = part.ordinal;
            }
        }
        if let Some(trouble) = reader.trouble() {
            walk.note(part, reader.offset(), trouble);
        }
    }
    walk.forget_told();
    walk
}

/// Notes a part that does not continue the records read before it.
fn check_link(walk: &mut Walk, part: &Part, header: &Header) {
    let continues = if walk.last_seq == 0 {
        // What a first part continues is another session; the check of all sessions sees to it.
        header.first_seq == 1
    } else {
        header.first_seq == walk.last_seq + 1 && header.previous.hash == walk.head
    };
    if !continues {
        walk.note(part, 0, Trouble::Link { ordinal: header.previous.ordinal });
    }
}

/// For each part the number at which a later part takes over. A part without a single good record
/// takes nothing over.
fn limits(disk: &dyn Disk, group: &Group) -> Vec<u64> {
    let mut limit = u64::MAX;
    let mut limits = Vec::with_capacity(group.parts.len());
    for (at, part) in group.parts.iter().enumerate().rev() {
        limits.push(limit);
        // The first part takes over from nobody, so most sessions are read only once.
        if at > 0
            && let Ok(mut reader) = open(disk, group, part)
            && reader.next_record().is_some()
        {
            limit = limit.min(reader.header().first_seq);
        }
    }
    limits.reverse();
    limits
}

fn open(
    disk: &dyn Disk,
    group: &Group,
    part: &Part,
) -> Result<SegmentReader<Box<dyn std::io::Read + Send>>, Trouble> {
    let source = disk.read(&part.name).map_err(|error| Trouble::Unreadable(error.kind()))?;
    let reader = SegmentReader::open(source)?;
    let header = reader.header();
    if header.session != group.session || header.ordinal != part.ordinal {
        return Err(Trouble::Misnamed { ordinal: header.ordinal, session: header.session });
    }
    Ok(reader)
}
