//! What the journals of a folder say of one person before their next session: whether a warning
//! sign locks them out, and how much of the day and the week is used.
//!
//! Simulated sessions and real ones are two ledgers. What happened on a simulated table happened to
//! nobody: it counts on simulated tables alone.

use std::collections::BTreeMap;

use antipode_core::plan::{Done, Dose};
use antipode_core::step::Record;
use antipode_core::symptom::{Grade, Symptom};
use antipode_safety::Millis;

use crate::disk::{Disk, DiskError};
use crate::history::{Closing, Listed, all_sessions, is_damaged, read_session};
use crate::keys::{KeyError, KeyStore, PersonKey, person_of};
use crate::record::{Kind, PersonId, SessionId, WallTime};
use crate::segment::RecordView;
use crate::session::{CLEARED, Floors, RECORD, Start, decode_record, open_name};

/// A stay shorter than this is no session; its seconds count.
const SHORTEST_SESSION: Millis = Millis::from_secs(60);
/// A session whose record breaks off head-down may have stayed there for so much longer: the longest
/// way home without a host (I-08).
const WAY_HOME: Millis = Millis::from_secs(45);

/// Where the present day and the present week begin, by the machine's own calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days {
    /// Midnight.
    pub today: WallTime,
    /// Midnight six days before that.
    pub week: WallTime,
}

/// Warning signs that nobody has lifted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockOut {
    /// The session in which they were reported.
    pub session: SessionId,
    /// When the last of them was.
    pub at: WallTime,
    /// Which; none where the record is damaged, so that nobody can say that there was none.
    pub signs: Vec<Symptom>,
    /// The record says that it was this person; otherwise nobody can say whose session it was, and
    /// it counts for everybody.
    pub certain: bool,
}

/// What is known of one person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ledger {
    /// The name that the records know the person by; `None` before the first session.
    pub person: Option<PersonId>,
    /// The latest warning signs that no clinician's word has followed.
    pub locked: Option<LockOut>,
    /// What is used of the day and the week.
    pub done: Done,
    /// Another program has a session of theirs under way: what it will have used, and whether a
    /// warning sign ends it, is not known yet.
    pub under_way: Option<SessionId>,
}

/// Whose session it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    This,
    /// Somebody else, or nobody at all.
    Other,
    /// A key is missing or damaged.
    Unknown,
}

/// The ledger of the person called `name`, on simulated tables or on real ones. Changes nothing.
///
/// # Errors
/// Of the disk. Then nothing is known, and nobody may go head-down.
pub fn ledger(
    disk: &dyn Disk,
    keys: &KeyStore,
    name: &str,
    simulated: bool,
    days: Days,
) -> Result<Ledger, DiskError> {
    let mut ledger = Ledger { person: None, locked: None, done: Done::NOTHING, under_way: None };
    let mut names = Names { keys, wanted: name, opened: BTreeMap::new() };
    // Oldest first: what comes later lifts what came before.
    for listed in all_sessions(disk)?.iter().rev() {
        // What a table carried that was no person is nobody's dose, and nobody's warning sign.
        if listed.entry.simulated == simulated && !listed.entry.bench {
            let session = read(disk, listed, days)?;
            ledger.take(listed, &session, &mut names, days);
        }
    }
    Ok(ledger)
}

/// The warning signs that `session` put on record, each once, in the order of their first report.
///
/// # Errors
/// Of the disk.
pub fn warning_signs(disk: &dyn Disk, session: SessionId) -> Result<Vec<Symptom>, DiskError> {
    let mut seen = Seen::NOTHING;
    read_session(disk, session, &mut |record| seen.take(record, false))?;
    Ok(seen.signs)
}

fn read(disk: &dyn Disk, listed: &Listed, days: Days) -> Result<Seen, DiskError> {
    let mut seen = Seen::NOTHING;
    let recent = listed.entry.ended >= days.week;
    let read = read_session(disk, listed.entry.session, &mut |record| seen.take(record, recent))?;
    seen.damaged = read.is_none_or(|read| is_damaged(&read, listed.closing));
    Ok(seen)
}

impl Ledger {
    fn take(&mut self, listed: &Listed, session: &Seen, names: &mut Names<'_>, days: Days) {
        let entry = &listed.entry;
        let whose = match &session.person {
            Some(sealed) => names.whose(entry.session, sealed),
            // Simulated sessions of nobody name nobody; a real one always names somebody.
            None if entry.simulated => Whose::Other,
            None => Whose::Unknown,
        };
        if whose == Whose::Other {
            return;
        }
        if whose == Whose::This {
            if listed.closing == Closing::UnderWay {
                self.under_way = Some(entry.session);
            }
            self.person = session.person.as_deref().and_then(|sealed| person_of(sealed).ok());
            if session.cleared {
                self.locked = None;
            }
        }
        if let Some(at) = session.locked {
            let (signs, certain) = (session.signs.clone(), whose == Whose::This);
            self.locked = Some(LockOut { session: entry.session, at, signs, certain });
        } else if session.damaged && self.locked.is_none() {
            let (session, at, certain) = (entry.session, entry.ended, whose == Whose::This);
            self.locked = Some(LockOut { session, at, signs: Vec::new(), certain });
        }
        self.done = with(self.done, session, entry.ended, days);
    }
}

/// `done` and a session. It counts for the day on which it ended, and for the present one if its
/// date lies ahead: the clock may have been set back since.
fn with(done: Done, session: &Seen, ended: WallTime, days: Days) -> Done {
    if ended < days.week {
        return done;
    }
    let head_down = session.head_down();
    let is_session = u16::from(head_down >= SHORTEST_SESSION);
    let sessions_in_week = done.sessions_in_week.saturating_add(is_session);
    if ended < days.today {
        return Done { sessions_in_week, ..done };
    }
    // Nobody held for longer than the plan asked for, nor than the head was down.
    let planned = session.planned.as_ref().map(|dose| dose.hold);
    let hold = planned.unwrap_or(head_down).shorter(head_down);
    Done {
        hold_today: done.hold_today.plus(hold),
        head_down_today: done.head_down_today.plus(head_down),
        sessions_today: done.sessions_today.saturating_add(is_session),
        sessions_in_week,
    }
}

/// What one session put on record.
struct Seen {
    person: Option<Vec<u8>>,
    /// A clinician's word stands at its beginning.
    cleared: bool,
    /// When the last warning sign was reported.
    locked: Option<WallTime>,
    /// Every warning sign once, in the order of their first report.
    signs: Vec<Symptom>,
    floors: Option<Floors>,
    /// Head-down time that the session itself put on record.
    told: Millis,
    ended: bool,
    /// Something that was written can no longer be read.
    damaged: bool,
    /// The dose of its whole plan.
    planned: Option<Dose>,
}

impl Seen {
    const NOTHING: Self = Self {
        person: None,
        cleared: false,
        locked: None,
        signs: Vec::new(),
        floors: None,
        told: Millis::ZERO,
        ended: false,
        damaged: false,
        planned: None,
    };

    fn take(&mut self, record: &RecordView<'_>, measure: bool) {
        if measure {
            self.floors.get_or_insert(Floors::NONE).take(record);
        }
        if record.kind == Kind::START && measure {
            let start = Start::decode(record.payload).ok();
            self.planned = start.map(|start| Dose::of(&start.config.program));
        } else if record.kind == Kind::PERSON {
            self.person = Some(record.payload.to_vec());
        } else if record.kind == CLEARED {
            self.cleared = true;
        } else if record.kind == RECORD
            && let Ok(line) = decode_record(record.payload)
        {
            self.line(record.stamp.wall, line);
        }
    }

    fn line(&mut self, at: WallTime, line: Record) {
        match line {
            Record::Symptom(symptom, _, Grade::EndAndLockOut) => {
                self.locked = Some(at);
                if !self.signs.contains(&symptom) {
                    self.signs.push(symptom);
                }
            }
            Record::LockedOut => self.locked = Some(at),
            Record::BoutDone { head_down, .. } => self.told = self.told.plus(head_down),
            Record::SessionEnd { head_down, .. } => {
                self.told = self.told.max(head_down);
                self.ended = true;
            }
            Record::Symptom(_, _, Grade::Ease | Grade::Rest | Grade::End)
            | Record::SessionStart
            | Record::State { .. }
            | Record::Segment(_)
            | Record::Alarm(_)
            | Record::AlarmAgain(..)
            | Record::Refused(_)
            | Record::Asked
            | Record::Answered
            | Record::Eased(_)
            | Record::Shortened => {}
        }
    }

    /// Never less than the truth, as far as the record goes.
    fn head_down(&self) -> Millis {
        let measured = self.floors.map_or(Millis::ZERO, |floors| floors.head_down());
        let planned = self.planned.as_ref().filter(|_| self.damaged && !self.ended);
        let known =
            self.told.max(measured).max(planned.map_or(Millis::ZERO, |dose| dose.head_down));
        if self.ended || known == Millis::ZERO { known } else { known.plus(WAY_HOME) }
    }
}

/// Whose name a sealed name is, with every key opened once.
struct Names<'a> {
    keys: &'a KeyStore,
    wanted: &'a str,
    opened: BTreeMap<PersonId, Result<PersonKey, KeyError>>,
}

impl Names<'_> {
    fn whose(&mut self, session: SessionId, sealed: &[u8]) -> Whose {
        let Ok(person) = person_of(sealed) else { return Whose::Unknown };
        match self.opened.entry(person).or_insert_with(|| self.keys.load(person)) {
            Ok(key) => match open_name(key, session, sealed) {
                Ok(name) if name == self.wanted => Whose::This,
                Ok(_) => Whose::Other,
                Err(_) => Whose::Unknown,
            },
            // Forgotten on purpose: nobody is known by it any more.
            Err(KeyError::Wiped(_)) => Whose::Other,
            Err(
                KeyError::Missing(_)
                | KeyError::Damaged(_)
                | KeyError::NotAuthentic(_)
                | KeyError::Short { .. }
                | KeyError::Random(_)
                | KeyError::Disk(_),
            ) => Whose::Unknown,
        }
    }
}
