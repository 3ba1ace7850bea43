//! Records that cannot be read to their end: which file, what is wrong, and what to do.

use std::collections::BTreeMap;

use antipode_records::disk::RealDisk;
use antipode_records::history::{Closing, Listed, ReadBack, read_sessions};
use antipode_records::segment::{RecordView, Trouble};
use antipode_records::{Finding, SessionId};

use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;

/// So many of the newest sessions are read through to their last byte. Those that the list names
/// damaged are read however old they are.
pub(super) const READ_THROUGH: usize = 100;

/// What is wrong with the files of each session, in words.
pub(super) type Damage = BTreeMap<SessionId, Vec<String>>;

/// Reads the records of `listed`, newest first, shows them to `visit`, and says what is wrong with
/// them.
///
/// # Errors
/// When the folder cannot be listed.
pub(super) fn look(
    listed: &[Listed],
    disk: &RealDisk,
    data: &DataFolder,
    visit: &mut dyn FnMut(SessionId, &RecordView<'_>),
) -> Result<Damage, Failure> {
    let wanted: BTreeMap<SessionId, Closing> = listed
        .iter()
        .enumerate()
        .filter(|(place, listed)| *place < READ_THROUGH || listed.entry.damaged)
        .map(|(_, listed)| (listed.entry.session, listed.closing))
        .collect();
    let read = read_sessions(disk, |session| wanted.contains_key(&session), visit)
        .map_err(|error| Failure::failed(error.to_string()))?;
    let told = |ReadBack { session, findings, .. }: ReadBack| {
        let closing = wanted.get(&session).copied().unwrap_or(Closing::UnderWay);
        let wrong: Vec<String> = findings
            .iter()
            .filter(|finding| counts(finding, closing))
            .map(|finding| format!("{}/{finding}", data.journal().display()))
            .collect();
        (session, wrong)
    };
    Ok(read.into_iter().map(told).filter(|(_, wrong)| !wrong.is_empty()).collect())
}

/// Whether it is damage: the last record of a session that is being written may be on its way, and
/// that of a program that died may be half there.
const fn counts(finding: &Finding, closing: Closing) -> bool {
    match closing {
        Closing::Closed => true,
        Closing::UnderWay => false,
        Closing::Left => match &finding.trouble {
            Trouble::Header(_)
            | Trouble::Misnamed { .. }
            | Trouble::Link { .. }
            | Trouble::Missing { .. }
            | Trouble::Unreadable(_) => true,
            Trouble::CutShort
            | Trouble::Length { .. }
            | Trouble::Checksum
            | Trouble::Sequence { .. }
            | Trouble::Chain { .. }
            | Trouble::Spelling { .. }
            | Trouble::BehindEmpty => false,
        },
    }
}

/// Says once, below the list, what damage means and what to do.
pub(super) fn advise(damage: &Damage, data: &DataFolder, out: &mut Output) {
    let Some(session) = damage.keys().next_back() else { return };
    let records = match damage.len() {
        1 => "the record of 1 session is".to_owned(),
        many => format!("the records of {many} sessions are"),
    };
    out.line("");
    out.line(format_args!(
        "{records} damaged: what stands before the byte named above is as it was written, and \
         nothing behind it counts."
    ));
    out.line(format_args!(
        "  First copy the folder `{}` to another disk as it is, and change no file in it.",
        data.path().display()
    ));
    out.line("  If you have a backup, put the named file back from there.");
    out.line(format_args!("  `antipode replay {session}` runs what can still be read."));
    out.line(
        "  A file changes by itself only on a disk that fails: have it checked before the next \
         session.",
    );
}
