//! What the journals of a folder say of one person before their next session: whether a warning
//! sign locks them out, and how much of the day and the week is used.
//!
//! Simulated sessions and real ones are two ledgers. What happened on a simulated table happened to
//! nobody: it counts on simulated tables alone.

use std::collections::{BTreeMap, BTreeSet};

use antipode_core::ledger::{Interval, Ledger as Stays, Now, Stay, Wall};
use antipode_core::plan::{Done, Dose};
use antipode_core::programme::End;
use antipode_core::session::EndCause;
use antipode_core::step::Record;
use antipode_core::symptom::{Grade, Symptom};
use antipode_safety::{Angle, Millis};

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
    /// The moment itself, and its time zone.
    pub now: Wall,
}

/// Further back than the week by any time zone.
const ANY_ZONE_MS: i64 = 2 * 86_400_000;

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
    /// Every session of theirs, for the rules that count by wall clocks which step.
    pub stays: Stays,
    /// The same, the first that began first: what each put on record.
    pub heard: Vec<Heard>,
    /// Sessions that are nobody's on these tables: on tables of the other sort, or with ballast.
    pub nobodys: BTreeSet<SessionId>,
}

/// What a session put on record, whether or not its program lived to the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Heard {
    /// Which.
    pub session: SessionId,
    /// When it began.
    pub started: WallTime,
    /// Time at 5 degrees and more, never less than the truth.
    pub head_down: Millis,
    /// The deepest tilt that was read or planned; 90 degrees where neither is known, as for all
    /// that lies further back than the week.
    pub deepest: Angle,
    /// How it ended, as a programme sees it; what is not known was ended by others.
    pub end: End,
    /// What was felt, each once.
    pub symptoms: Vec<Symptom>,
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
    let mut ledger = Ledger::NOTHING;
    let mut names = Names { keys, wanted: name, opened: BTreeMap::new() };
    // Oldest first: what comes later lifts what came before.
    for listed in all_sessions(disk)?.iter().rev() {
        // What a table carried that was no person is nobody's dose, and nobody's warning sign.
        if listed.entry.simulated == simulated && !listed.entry.bench {
            let session = read(disk, listed, days)?;
            ledger.take(listed, &session, &mut names, days);
        } else {
            ledger.nobodys.insert(listed.entry.session);
        }
    }
    // Whatever a step of the clock or another time zone gave back is taken again.
    ledger.done = stricter(ledger.done, used(&ledger.stays, days.now));
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

/// What `stays` come to at `now`, a clock that may have been set.
#[must_use]
pub fn used(stays: &Stays, now: Wall) -> Done {
    let now = Now { wall: now, latest_unix_ms: None };
    let (today, week) = (stays.today(now), stays.week(now));
    Done {
        hold_today: today.hold,
        head_down_today: today.head_down,
        sessions_today: today.sessions,
        sessions_in_week: week.sessions,
    }
}

fn stricter(one: Done, other: Done) -> Done {
    Done {
        hold_today: one.hold_today.max(other.hold_today),
        head_down_today: one.head_down_today.max(other.head_down_today),
        sessions_today: one.sessions_today.max(other.sessions_today),
        sessions_in_week: one.sessions_in_week.max(other.sessions_in_week),
    }
}

fn read(disk: &dyn Disk, listed: &Listed, days: Days) -> Result<Seen, DiskError> {
    let mut seen = Seen::NOTHING;
    let first = days.week.unix_millis().saturating_sub(ANY_ZONE_MS);
    let recent = listed.entry.ended.unix_millis() >= first;
    let read = read_session(disk, listed.entry.session, &mut |record| seen.take(record, recent))?;
    seen.damaged = read.is_none_or(|read| is_damaged(&read, listed.closing));
    Ok(seen)
}

impl Ledger {
    /// Of somebody of whom nothing is known.
    pub const NOTHING: Self = Self {
        person: None,
        locked: None,
        done: Done::NOTHING,
        under_way: None,
        stays: Stays::new(),
        heard: Vec::new(),
        nobodys: BTreeSet::new(),
    };

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
        let id = u128::from_be_bytes(entry.session.bytes());
        self.stays.enter(id, session.stay(entry.started, entry.ended, days.now.offset_s));
        self.heard.push(Heard {
            session: entry.session,
            started: entry.started,
            head_down: session.head_down(),
            deepest: session.deepest(),
            end: session.end,
            symptoms: session.felt.clone(),
        });
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
    Done {
        hold_today: done.hold_today.plus(session.hold()),
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
    end: End,
    felt: Vec<Symptom>,
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
        end: End::ByOthers,
        felt: Vec::new(),
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
        if let Record::Symptom(symptom, _, grade) = line {
            if !self.felt.contains(&symptom) {
                self.felt.push(symptom);
            }
            if matches!(grade, Grade::End | Grade::EndAndLockOut) {
                self.end = End::BySymptom;
            }
        }
        match line {
            Record::Symptom(symptom, _, Grade::EndAndLockOut) => {
                self.locked = Some(at);
                if !self.signs.contains(&symptom) {
                    self.signs.push(symptom);
                }
            }
            Record::LockedOut => self.locked = Some(at),
            Record::BoutDone { head_down, .. } => self.told = self.told.plus(head_down),
            Record::SessionEnd { head_down, cause, .. } => {
                if self.end != End::BySymptom {
                    self.end = end_of(cause);
                }
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

    /// Nobody held for longer than the plan asked for, nor than the head was down.
    fn hold(&self) -> Millis {
        let head_down = self.head_down();
        self.planned.as_ref().map_or(head_down, |dose| dose.hold).shorter(head_down)
    }

    /// The deepest that it was or was meant to be; without either all that a table can.
    fn deepest(&self) -> Angle {
        let read = self.floors.and_then(|floors| floors.deepest());
        let meant = self.planned.as_ref();
        let meant = meant.and_then(|dose| dose.bouts.iter().map(|bout| bout.deepest).max());
        read.max(meant).unwrap_or(Angle::clamped(90_000))
    }

    /// All of its time counts at its deepest tilt, so that its weight is never less than the truth.
    fn stay(&self, started: WallTime, ended: WallTime, offset_s: i32) -> Stay {
        let wall =
            |at: WallTime| Wall { unix_ms: u64::try_from(at.unix_millis()).unwrap_or(0), offset_s };
        let head_down = self.head_down();
        let millideg = u128::from(self.deepest().millideg().max(0).unsigned_abs());
        let weighted = (u128::from(head_down.get()) * millideg).div_ceil(1_000);
        Stay {
            intervals: vec![Interval { from: wall(started), until: wall(ended) }],
            hold: self.hold(),
            head_down,
            weighted: u64::try_from(weighted).unwrap_or(u64::MAX),
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

/// How a programme sees an end. Nothing counts as completed on the word of a record alone: what was
/// felt after it was never asked.
const fn end_of(cause: EndCause) -> End {
    match cause {
        EndCause::Symptom(_) | EndCause::NoAnswer => End::BySymptom,
        EndCause::ReturnPressed | EndCause::StopPressed => End::ByPerson,
        EndCause::PlanDone
        | EndCause::StopLoopOpen
        | EndCause::FeetSlipping
        | EndCause::DeadManReleased
        | EndCause::PausedTooLong
        | EndCause::VitalsOut
        | EndCause::VitalsLost
        | EndCause::DoseSpent
        | EndCause::LinkLost
        | EndCause::TableRestarted
        | EndCause::ForeignMotion
        | EndCause::AngleLost
        | EndCause::AnglesDisagree
        | EndCause::Stalled
        | EndCause::Hot
        | EndCause::SupplyLost
        | EndCause::LatchOpen
        | EndCause::LatchesOpen
        | EndCause::Runaway
        | EndCause::BrakeSlip
        | EndCause::JournalLost
        | EndCause::LoopLate
        | EndCause::GuardRefused
        | EndCause::TableRefused
        | EndCause::ProofFailed
        | EndCause::StartNotCompleted
        | EndCause::ProgramEnding
        | EndCause::ProcessDied
        | EndCause::TableNotSeen
        | EndCause::HostSuspended
        | EndCause::Mismatch
        | EndCause::EffortMismatch => End::ByOthers,
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
