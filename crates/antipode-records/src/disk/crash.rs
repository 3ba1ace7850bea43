//! What a disk holds after power was lost: everything flushed, and of the rest what a disk that
//! keeps no promise might have kept.

use std::collections::BTreeMap;

use super::memory::{Content, Op};

/// What happened to data that was written and not flushed. Flushed data always survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CrashFault {
    /// All of it reached the disk.
    Kept,
    /// None of it did, the names of new files included.
    Lost,
    /// The last write stopped at a multiple of so many bytes of the file: 512 for a sector.
    Torn {
        /// Bytes that reach the disk together.
        granule: u64,
    },
    /// Later writes reached the disk and earlier ones did not; a single one lost its first half.
    Reordered,
    /// The last write was done twice, the second time right behind the first.
    Duplicated,
}

/// A write that no flush has covered.
struct Pending<'a> {
    op: &'a Op,
    /// A flush failed on it. Linux then forgets it: a later flush that succeeds proves nothing.
    doomed: bool,
}

#[derive(Default)]
struct File<'a> {
    durable: Content,
    pending: Vec<Pending<'a>>,
}

/// The files after a crash that followed `ops` on a disk that held `base`.
pub(super) fn after_crash(
    base: &[(String, Content)],
    ops: &[Op],
    fault: CrashFault,
) -> Vec<(String, Content)> {
    let mut files: BTreeMap<usize, File<'_>> = BTreeMap::new();
    let mut names: BTreeMap<&str, usize> = BTreeMap::new();
    for (file, (name, content)) in base.iter().enumerate() {
        files.insert(file, File { durable: content.clone(), pending: Vec::new() });
        names.insert(name, file);
    }
    let mut renames: Vec<&Op> = Vec::new();
    for op in ops {
        match op {
            Op::Link { .. } | Op::Unlink { .. } | Op::Rename { .. } => renames.push(op),
            Op::SyncDir => renames.drain(..).for_each(|op| name(&mut names, op)),
            Op::Write { file, .. } | Op::SetLen { file, .. } => {
                files.entry(*file).or_default().pending.push(Pending { op, doomed: false });
            }
            Op::Sync { file } => flush(files.entry(*file).or_default()),
            Op::SyncFailed { file } => {
                let file = files.entry(*file).or_default();
                file.pending.iter_mut().for_each(|pending| pending.doomed = true);
            }
        }
    }
    if fault != CrashFault::Lost {
        renames.into_iter().for_each(|op| name(&mut names, op));
    }
    names
        .into_iter()
        .map(|(name, file)| {
            let file = files.remove(&file).unwrap_or_default();
            (name.to_owned(), remains(file, fault))
        })
        .collect()
}

fn name<'a>(names: &mut BTreeMap<&'a str, usize>, op: &'a Op) {
    match op {
        Op::Link { name, file } => {
            names.insert(name, *file);
        }
        Op::Unlink { name } => {
            names.remove(name.as_str());
        }
        Op::Rename { from, to } => {
            if let Some(file) = names.remove(from.as_str()) {
                names.insert(to, file);
            }
        }
        Op::SyncDir
        | Op::Write { .. }
        | Op::SetLen { .. }
        | Op::Sync { .. }
        | Op::SyncFailed { .. } => {}
    }
}

fn flush(file: &mut File<'_>) {
    let (doomed, good): (Vec<_>, Vec<_>) = file.pending.drain(..).partition(|p| p.doomed);
    for pending in good {
        apply(&mut file.durable, pending.op);
    }
    file.pending = doomed;
}

fn apply(content: &mut Content, op: &Op) {
    match op {
        Op::Write { offset, bytes, .. } => content.write(*offset, bytes),
        Op::SetLen { len, .. } => content.set_len(*len),
        Op::Link { .. }
        | Op::Unlink { .. }
        | Op::Rename { .. }
        | Op::SyncDir
        | Op::Sync { .. }
        | Op::SyncFailed { .. } => {}
    }
}

/// What is left of a file.
fn remains(file: File<'_>, fault: CrashFault) -> Content {
    let mut content = file.durable;
    let ops: Vec<&Op> = file.pending.iter().map(|pending| pending.op).collect();
    let last = ops.iter().rposition(|op| matches!(op, Op::Write { .. }));
    match fault {
        CrashFault::Lost => {}
        CrashFault::Kept => ops.into_iter().for_each(|op| apply(&mut content, op)),
        CrashFault::Torn { granule } => {
            for (at, op) in ops.into_iter().enumerate() {
                if Some(at) == last {
                    apply_torn(&mut content, op, granule);
                } else {
                    apply(&mut content, op);
                }
            }
        }
        CrashFault::Reordered => reorder(&mut content, &ops),
        CrashFault::Duplicated => {
            for (at, op) in ops.into_iter().enumerate() {
                apply(&mut content, op);
                if let (true, Op::Write { offset, bytes, .. }) = (Some(at) == last, op) {
                    content.write(*offset + bytes.len() as u64, bytes);
                }
            }
        }
    }
    content
}

/// Keeps a write only up to a boundary near its middle.
fn apply_torn(content: &mut Content, op: &Op, granule: u64) {
    let Op::Write { offset, bytes, .. } = op else { return };
    // Where it tears varies with the place, so that many scripts see many cuts.
    let want = offset + (offset.wrapping_mul(31) ^ bytes.len() as u64) % (bytes.len() as u64 + 1);
    let cut = (want / granule.max(1) * granule.max(1)).saturating_sub(*offset);
    let cut = usize::try_from(cut).unwrap_or(usize::MAX).min(bytes.len());
    content.write(*offset, bytes.get(..cut).unwrap_or(bytes));
}

fn reorder(content: &mut Content, ops: &[&Op]) {
    let writes = ops.iter().filter(|op| matches!(op, Op::Write { .. })).count();
    let mut seen = 0;
    for op in ops {
        let Op::Write { offset, bytes, .. } = op else {
            apply(content, op);
            continue;
        };
        seen += 1;
        if writes == 1 {
            let half = bytes.len() / 2;
            content.write(*offset + half as u64, bytes.get(half..).unwrap_or(&[]));
        } else if seen * 2 > writes {
            apply(content, op);
        }
    }
}
