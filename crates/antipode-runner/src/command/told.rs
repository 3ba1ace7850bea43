//! What the records of a session say of its person: who it was, what they felt, and how they were
//! seen last.

use std::collections::BTreeMap;
use std::sync::Arc;

use antipode_core::step::Record;
use antipode_core::symptom::Grade;
use antipode_records::disk::{DiskError, RealDisk};
use antipode_records::history::read_session;
use antipode_records::keys::{KeyStore, PersonKey, person_of};
use antipode_records::segment::RecordView;
use antipode_records::session::{Floors, RECORD, decode_record, open_name};
use antipode_records::{Kind, PersonId, SessionId, WallTime};
use antipode_safety::{Angle, Timestamp};

use crate::folders::DataFolder;
use crate::summary::{Decimal, Felt};
use crate::words;

/// One line of it.
pub(super) fn in_words(felt: &Felt) -> String {
    let Felt { symptom, severity, red_flag, .. } = felt;
    let flag = if *red_flag { " (warning sign)" } else { "" };
    format!("{symptom}, {severity}{flag}")
}

/// The names of people, for as long as their keys exist. Looking makes no key.
pub(super) struct Names {
    keys: Option<KeyStore>,
    opened: BTreeMap<PersonId, Option<PersonKey>>,
}

impl Names {
    /// Those of a data folder.
    pub(super) fn of(data: &DataFolder) -> Self {
        let disk = RealDisk::open_existing(&data.keys()).ok();
        let keys = disk.map(|disk| KeyStore::new(Arc::new(disk)));
        Self { keys, opened: BTreeMap::new() }
    }

    /// Whose session it was; `None` without a key that says so.
    fn name(&mut self, session: SessionId, sealed: &[u8]) -> Option<String> {
        let person = person_of(sealed).ok()?;
        let keys = self.keys.as_ref()?;
        let key = self.opened.entry(person).or_insert_with(|| keys.load(person).ok());
        open_name(key.as_ref()?, session, sealed).ok()
    }
}

/// What is on record of the person of one session.
pub(super) struct Told {
    sealed: Option<Vec<u8>>,
    first: Option<Timestamp>,
    last: Option<WallTime>,
    begun: bool,
    ended: bool,
    floors: Floors,
    /// Everything that they reported, in order.
    pub(super) symptoms: Vec<Felt>,
}

/// How the person of a session that broke off was seen last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct LastSeen {
    /// When.
    pub(super) at: WallTime,
    /// Head-down so far; `None` where the tilt was not known.
    pub(super) tilt: Option<Angle>,
}

impl Told {
    /// Nothing yet.
    pub(super) const NOTHING: Self = Self {
        sealed: None,
        first: None,
        last: None,
        begun: false,
        ended: false,
        floors: Floors::NONE,
        symptoms: Vec::new(),
    };

    /// What `session` has on record.
    ///
    /// # Errors
    /// Of the disk.
    pub(super) fn of(disk: &RealDisk, session: SessionId) -> Result<Self, DiskError> {
        let mut told = Self::NOTHING;
        read_session(disk, session, &mut |record| told.take(record))?;
        Ok(told)
    }

    /// Takes the next record of the session.
    pub(super) fn take(&mut self, record: &RecordView<'_>) {
        // A later start may have written these, by another clock.
        if record.kind == Kind::GAP || record.kind == Kind::END {
            return;
        }
        let first = *self.first.get_or_insert(record.stamp.at);
        self.last = Some(record.stamp.wall);
        self.floors.take(record);
        if record.kind == Kind::PERSON {
            self.sealed = Some(record.payload.to_vec());
        } else if record.kind == RECORD
            && let Ok(line) = decode_record(record.payload)
        {
            self.line(Decimal::seconds(record.stamp.at.since(first)), line);
        }
    }

    fn line(&mut self, at_s: Decimal, line: Record) {
        match line {
            Record::Symptom(symptom, severity, grade) => self.symptoms.push(Felt {
                at_s,
                symptom: words::symptom(symptom).to_owned(),
                severity: words::severity(severity).to_owned(),
                red_flag: grade == Grade::EndAndLockOut,
            }),
            Record::SessionStart => self.begun = true,
            Record::SessionEnd { .. } => self.ended = true,
            Record::State { .. }
            | Record::Segment(_)
            | Record::BoutDone { .. }
            | Record::Alarm(_)
            | Record::AlarmAgain(..)
            | Record::Refused(_)
            | Record::Asked
            | Record::Answered
            | Record::Eased(_)
            | Record::Shortened
            | Record::LockedOut => {}
        }
    }

    /// Whether somebody is on record: not the built-in person, who is nobody.
    pub(super) const fn is_somebody(&self) -> bool {
        self.sealed.is_some()
    }

    /// Their name, as long as their key exists.
    pub(super) fn person(&self, session: SessionId, names: &mut Names) -> Option<String> {
        names.name(session, self.sealed.as_deref()?)
    }

    /// How they were seen last, if that was head-down, or at no known tilt in a session under way.
    pub(super) fn left_head_down(&self) -> Option<LastSeen> {
        let tilt = self.floors.last();
        let down = match tilt {
            Some(tilt) => tilt.is_head_down(),
            None => self.begun && !self.ended,
        };
        Some(LastSeen { at: self.last.filter(|_| down)?, tilt })
    }
}
