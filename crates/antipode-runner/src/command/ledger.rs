//! What the records say of the person who is about to lie down, and what is written of them.
//!
//! A warning sign locks the person, not the table, until a clinician has agreed. Whoever lifts it
//! names that clinician, and the name stands sealed in the record: it is their word, and nothing
//! here verifies it.

use std::path::Path;
use std::sync::Arc;

use antipode_core::ledger::Wall;
use antipode_core::plan::Done;
use antipode_records::disk::RealDisk;
use antipode_records::keys::{KeyStore, PersonKey};
use antipode_records::ledger::{Days, Ledger, LockOut, ledger, warning_signs};
use antipode_records::session::{seal_clearance, seal_name};
use antipode_records::{PersonId, SessionId, WallTime};

use super::journal::Folder;
use super::named::VIRTUAL;
use super::session::Refused;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::words;

/// Longest name of a clinician, in bytes.
const MOST_NAME: usize = 80;

/// Somebody of whom there are records, and what is to be written of them.
pub(super) struct Known {
    key: PersonKey,
    name: String,
    cleared_by: Option<String>,
    done: Done,
}

/// What goes into the record of one session: sealed, so that it names nobody in clear.
pub(super) struct Sealed {
    pub(super) person: Vec<u8>,
    pub(super) clearance: Option<Vec<u8>>,
}

/// Looks the person called `name` up, who was named as `typed`, for a session on a simulated table or a real one; `None` for
/// the built-in person, who is nobody and has no records.
///
/// # Errors
/// When a warning sign locks them out, or it cannot be known whether one does.
pub(super) fn look_up(
    typed: &Path,
    name: &str,
    simulated: bool,
    cleared_by: Option<&str>,
    folder: &Folder,
    data: &DataFolder,
) -> Result<Option<Known>, Refused> {
    if typed == Path::new(VIRTUAL) {
        return match cleared_by {
            Some(_) => Err(nothing_to_lift("the built-in person is nobody and has no records")),
            None => Ok(None),
        };
    }
    let cleared_by = cleared_by.map(clinician).transpose()?;
    let keys = keys(data)?;
    let unreadable = |error: &dyn std::fmt::Display| unreadable(folder.path(), error);
    let disk = RealDisk::open_existing(folder.path()).map_err(|error| unreadable(&error))?;
    let now = jiff::Zoned::now();
    let days = days(&now).map_err(|error| unreadable(&error))?;
    let known = ledger(&disk, &keys, name, simulated, days).map_err(|error| unreadable(&error))?;
    one_at_a_time(name, &known)?;
    may_go_on(name, simulated, cleared_by.is_some(), &known)?;
    let wall = WallTime::from_unix_millis(now.timestamp().as_millisecond());
    let key = keys
        .load_or_make(known.person.unwrap_or_else(|| PersonId::new(wall)))
        .map_err(|error| unreadable(&error))?;
    Ok(Some(Known { key, name: name.to_owned(), cleared_by, done: known.done }))
}

/// Whether no other program has this person on a table: what is left of their day, and whether they
/// may go on at all, was counted without the session that it runs.
fn one_at_a_time(name: &str, known: &Ledger) -> Result<(), Refused> {
    let Some(session) = known.under_way else { return Ok(()) };
    let what = format!("another program runs a session of `{name}`");
    let failure = Failure::refused(format!("not now: {what}"))
        .note("what is left of the day is known only when that session is over")
        .help("end it first; `antipode status` shows what runs");
    Err(Refused::by(failure, vec![format!("{what} (session {session})")]))
}

/// Whether nothing locks the person out, or a clinician has agreed.
fn may_go_on(name: &str, simulated: bool, cleared: bool, known: &Ledger) -> Result<(), Refused> {
    match (&known.locked, cleared) {
        (None, false) | (Some(_), true) => Ok(()),
        (None, true) => Err(nothing_to_lift(&format!("no warning sign locks `{name}` out"))),
        (Some(lock), false) => Err(locked_out(name, simulated, lock)),
    }
}

fn locked_out(name: &str, simulated: bool, lock: &LockOut) -> Refused {
    let date = super::history::local(lock.at);
    let signs = (!lock.signs.is_empty()).then(|| words::symptoms(&lock.signs));
    let what = match (signs, lock.certain) {
        (Some(signs), true) => format!("`{name}` reported a warning sign: {signs}, on {date}"),
        (Some(signs), false) => format!(
            "somebody reported a warning sign: {signs}, on {date}; the key that says who it was \
             cannot be read, so it counts for everybody"
        ),
        (None, true) => format!(
            "the record of a session of `{name}` on {date} is damaged: whether a warning sign ended \
             it cannot be read"
        ),
        (None, false) => format!(
            "the record of a session on {date} is damaged: whose it was and whether a warning sign \
             ended it cannot be read, so it counts for everybody"
        ),
    };
    let rule = "after a warning sign nobody goes head-down until a clinician has agreed";
    let failure = Failure::refused(format!("not now: {what}")).note(rule);
    let failure = if simulated {
        failure.note(
            "that session ran on the simulated table, so it may have been a rehearsal: it locks \
             simulated sessions and no real one",
        )
    } else {
        failure
    };
    let failure = failure
        .help(format!("if it is still there or comes back: {}", words::get_help()))
        .help("see a doctor or physiotherapist, and show them `antipode history`")
        .help(
            "once they agree, begin with `--cleared-by \"THEIR NAME\"`: the name is kept in the \
             record as your word, not verified",
        );
    let session = lock.session;
    Refused::by(failure, vec![format!("{what} (session {session}); {rule}")])
}

fn nothing_to_lift(why: &str) -> Refused {
    let failure = Failure::refused(format!("`--cleared-by` lifts nothing: {why}"));
    failure.help("leave it away, so that the record says nothing that is not so").into()
}

/// The name of a clinician as typed.
fn clinician(typed: &str) -> Result<String, Refused> {
    let name = typed.trim();
    let fits = name.chars().any(char::is_alphabetic) && name.len() <= MOST_NAME;
    if fits && !name.chars().any(char::is_control) {
        return Ok(name.to_owned());
    }
    let failure = Failure::refused(format!(
        "`--cleared-by` needs the name of the clinician who agreed, at most {MOST_NAME} bytes of text"
    ));
    Err(failure.into())
}

/// What is not known may be a warning sign.
fn unreadable(folder: &Path, error: &dyn std::fmt::Display) -> Refused {
    let what = format!("the records in `{}` cannot be read: {error}", folder.display());
    let failure = Failure::refused(what)
        .note(
            "whether a warning sign locks the person out, and what is used of today, is not known",
        )
        .help("`antipode doctor` looks at the folder and its rights");
    failure.into()
}

fn keys(data: &DataFolder) -> Result<KeyStore, Refused> {
    let path = data.keys();
    let disk = RealDisk::open(&path).map_err(|error| unreadable(&path, &error))?;
    Ok(KeyStore::new(Arc::new(disk)))
}

/// Whatever the calendar says, what was used in so many hours counts for today: neither midnight
/// nor another time zone gives a day's time back at once (H-26).
const DAY_AT_LEAST_HOURS: i64 = 12;

/// Since when it is today, and since when it is this week, by the calendar of this machine.
fn days(now: &jiff::Zoned) -> Result<Days, jiff::Error> {
    let wall = |at: &jiff::Zoned| WallTime::from_unix_millis(at.timestamp().as_millisecond());
    let half_a_day_ago = now.checked_sub(jiff::Span::new().hours(DAY_AT_LEAST_HOURS))?;
    let today = now.start_of_day()?.min(half_a_day_ago);
    let week = now.checked_sub(jiff::Span::new().days(6))?.start_of_day()?;
    let unix_ms = u64::try_from(now.timestamp().as_millisecond()).unwrap_or(0);
    let now = Wall { unix_ms, offset_s: now.offset().seconds() };
    Ok(Days { today: wall(&today), week: wall(&week), now })
}

impl Known {
    /// What their other sessions have used of today and of this week.
    pub(super) const fn done(&self) -> Done {
        self.done
    }

    /// What they are called.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// What is written of them into `session`.
    ///
    /// # Errors
    /// When it cannot be sealed; it must not be written in clear instead.
    pub(super) fn seal(&self, session: SessionId) -> Result<Sealed, Failure> {
        let failed =
            |error: antipode_records::session::NameError| Failure::failed(error.to_string());
        let person = seal_name(&self.key, session, &self.name).map_err(failed)?;
        let clearance = self.cleared_by.as_deref();
        let clearance = clearance.map(|name| seal_clearance(&self.key, session, name)).transpose();
        Ok(Sealed { person, clearance: clearance.map_err(failed)? })
    }

    /// Says whose word lifts the lock.
    pub(super) fn tell(&self, out: &mut Output) {
        if let Some(clinician) = &self.cleared_by {
            out.talk(format_args!(
                "by your word {clinician} agreed that `{}` goes on after the warning sign; this is \
                 kept in the record, and nothing here verifies it",
                self.name
            ));
        }
    }
}

/// After a session with a warning sign, whenever in it that was reported: what follows from it, and for whom; `person` is who
/// there are records of.
///
/// # Errors
/// When the record that was just written cannot be read.
pub(super) fn tell_warning_sign(
    session: SessionId,
    person: Option<&str>,
    simulated: bool,
    folder: &Folder,
    out: &mut Output,
) -> Result<(), Failure> {
    let read = |error: &dyn std::fmt::Display| {
        Failure::failed(format!("the record of this session cannot be read: {error}"))
    };
    let disk = RealDisk::open_existing(folder.path()).map_err(|error| read(&error))?;
    let signs = warning_signs(&disk, session).map_err(|error| read(&error))?;
    if signs.is_empty() {
        return Ok(());
    }
    out.talk(format_args!("warning sign reported: {}", words::symptoms(&signs)));
    match person {
        None if !simulated => out.talk(format_args!(
            "    ballast was on the table, so nobody is locked out; if it was a person: do not use \
             the table. {}",
            words::get_help()
        )),
        None => out.talk(
            "    this person is simulated, so nobody is locked out; a real one would be, until a \
             clinician has agreed",
        ),
        Some(name) if simulated => out.talk(format_args!(
            "    the table is simulated: `{name}` is locked out of simulated sessions only; if it \
             was felt and not played: do not use any table. {}",
            words::get_help()
        )),
        Some(name) => out.talk(format_args!(
            "    do not use the table. {} `{name}` is locked out until a clinician has agreed",
            words::get_help()
        )),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use antipode_core::symptom::Symptom;
    use antipode_records::ledger::LockOut;

    use super::*;

    fn known(locked: Option<LockOut>) -> Ledger {
        Ledger { locked, ..Ledger::NOTHING }
    }

    fn lock(certain: bool) -> LockOut {
        LockOut {
            session: SessionId::from_bytes([7; 16]),
            at: WallTime::from_unix_millis(1_790_000_000_000),
            signs: vec![Symptom::Numbness, Symptom::ChestPain],
            certain,
        }
    }

    fn said(result: Result<(), Refused>) -> String {
        format!("{:?}", result.unwrap_err())
    }

    #[test]
    fn neither_midnight_nor_a_journey_gives_the_day_back_at_once() {
        let since = |at: &str| {
            let now: jiff::Zoned = at.parse().unwrap();
            let hours = |wall: WallTime| {
                (now.timestamp().as_millisecond() - wall.unix_millis()) / 3_600_000
            };
            let days = days(&now).unwrap();
            (hours(days.today), hours(days.week))
        };
        // Ten minutes past midnight, here or where the clock was moved to.
        assert_eq!(since("2026-11-23T00:10:00+00:00[UTC]"), (12, 6 * 24));
        assert_eq!(since("2026-11-23T00:10:00+14:00[Pacific/Kiritimati]"), (12, 6 * 24));
        assert_eq!(since("2026-11-23T18:00:00+00:00[UTC]"), (18, 6 * 24 + 18), "from midnight on");
        assert_eq!(since("2026-11-23T12:30:00+01:00[Europe/Berlin]"), (12, 6 * 24 + 12));
    }

    #[test]
    fn a_refusal_names_the_warning_sign_its_date_and_the_way_on() {
        for simulated in [false, true] {
            let text = said(may_go_on("ada", simulated, false, &known(Some(lock(true)))));
            let signs = [Symptom::Numbness, Symptom::ChestPain].map(words::symptom);
            for part in [signs[0], signs[1], "2026-09-", "--cleared-by", "`ada`"] {
                assert!(text.contains(part), "{part}: {text}");
            }
            assert_eq!(text.contains("simulated table"), simulated, "{text}");
        }
        let text = said(may_go_on("ada", false, false, &known(Some(lock(false)))));
        assert!(
            text.contains("counts for everybody") && !text.contains("`ada` reported"),
            "{text}"
        );
        for certain in [false, true] {
            let damaged = LockOut { signs: Vec::new(), ..lock(certain) };
            let text = said(may_go_on("ada", false, false, &known(Some(damaged))));
            assert!(text.contains("is damaged") && text.contains("--cleared-by"), "{text}");
            assert_eq!(text.contains("counts for everybody"), !certain, "{text}");
        }
    }

    #[test]
    fn a_clinicians_word_lifts_a_lock_and_nothing_else() {
        assert!(may_go_on("ada", false, true, &known(Some(lock(true)))).is_ok());
        assert!(may_go_on("ada", false, false, &known(None)).is_ok());
        assert!(said(may_go_on("ada", false, true, &known(None))).contains("lifts nothing"));
    }

    #[test]
    fn the_clinician_has_a_name() {
        for nobody in ["", "  ", "12", "a\nb", &"x".repeat(MOST_NAME + 1)] {
            assert!(clinician(nobody).is_err(), "{nobody:?}");
        }
        assert_eq!(clinician("  Dr. B. Okafor ").unwrap(), "Dr. B. Okafor");
    }
}
