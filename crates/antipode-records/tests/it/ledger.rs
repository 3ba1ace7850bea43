//! What the journals say of a person before the next session.

use std::io::Read;
use std::sync::Arc;

use antipode_core::fixture;
use antipode_core::ledger::{Now, Wall};
use antipode_core::plan::{Program, Segment, SegmentKind};
use antipode_core::session::{EndCause, Outcome};
use antipode_core::step::Record;
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_records::disk::{Disk, MemoryDisk};
use antipode_records::history::{all_sessions, read_session};
use antipode_records::keys::KeyStore;
use antipode_records::ledger::{Days, Ledger, ledger, warning_signs};
use antipode_records::session::{RECORD, SessionWriter, Start, seal_clearance, seal_name};
use antipode_records::{NewSession, PersonId, Stamp, WallTime, spawn};
use antipode_safety::{Angle, Millis, Rate, Timestamp};

use crate::fixture::{TODAY, open, session};

const ADA: PersonId = PersonId::from_bytes([8; 16]);
const BOB: PersonId = PersonId::from_bytes([9; 16]);
const HOUR: i64 = 3_600_000;
const DAY: i64 = 24 * HOUR;
/// Today began an hour before [`TODAY`], when everything is looked at.
const DAYS: Days = Days {
    today: WallTime::from_unix_millis(TODAY - HOUR),
    week: WallTime::from_unix_millis(TODAY - HOUR - 6 * DAY),
    now: Wall { unix_ms: TODAY.unsigned_abs(), offset_s: 3_600 },
};

/// A folder of journals with the keys of the people in them.
struct Folder {
    disk: MemoryDisk,
    keys: KeyStore,
}

/// A session as it is to be written.
struct Told<'a> {
    who: Option<(&'a str, PersonId)>,
    simulated: bool,
    /// Ballast lay on the table.
    bench: bool,
    /// When, before the moment at which everything is looked at.
    ago: i64,
    cleared_by: Option<&'a str>,
    records: &'a [Record],
    /// Its program dies before the end.
    cut: bool,
}

const ADAS: Told<'static> = Told {
    who: Some(("ada", ADA)),
    simulated: false,
    bench: false,
    ago: 0,
    cleared_by: None,
    records: &[],
    cut: false,
};

fn red_flag(symptom: Symptom) -> [Record; 3] {
    [
        Record::SessionStart,
        Record::Symptom(symptom, Severity::Moderate, Grade::EndAndLockOut),
        Record::LockedOut,
    ]
}

fn ended(head_down_s: u64) -> Record {
    Record::SessionEnd {
        outcome: Outcome::Completed,
        cause: EndCause::PlanDone,
        bouts: 1,
        head_down: Millis::from_secs(head_down_s),
    }
}

fn start() -> Start {
    let segment = |bout, kind| Segment { bout, kind };
    let turn = |to| SegmentKind::Move { to: Angle::clamped(to), rate: Rate::clamped(1_000) };
    let segments = vec![
        segment(Some(0), turn(20_000)),
        segment(Some(0), SegmentKind::Hold { time: Millis::from_secs(100) }),
        segment(Some(0), turn(-3_000)),
        segment(None, SegmentKind::FinalRest { time: Millis::from_secs(120) }),
    ];
    Start {
        config: fixture::config(Program::from_segments(segments, Millis::ZERO).unwrap()),
        plan: "test".to_owned(),
        table: "attic".to_owned(),
        program_version: "0".to_owned(),
        seed: None,
    }
}

impl Folder {
    fn new() -> Self {
        Self { disk: MemoryDisk::new(), keys: KeyStore::new(Arc::new(MemoryDisk::new())) }
    }

    /// Writes the session called `number`.
    fn write(&self, number: u8, told: &Told<'_>) {
        let wall = WallTime::from_unix_millis(TODAY - told.ago);
        let now = Stamp { at: Timestamp::from_millis(1_000), wall };
        let session = session(number);
        let (store, _) = open(&self.disk);
        let new = NewSession { session, now, simulated: told.simulated, bench: told.bench };
        let (handle, thread) = spawn(store.begin(new).unwrap()).unwrap();
        let key = told.who.map(|(_, person)| self.keys.load_or_make(person).unwrap());
        let sealed = told.who.zip(key.as_ref());
        let sealed = sealed.map(|((name, _), key)| seal_name(key, session, name).unwrap());
        let mut writer = SessionWriter::begin(handle, now, &start(), sealed.as_deref()).unwrap();
        if let Some(clinician) = told.cleared_by {
            let sealed = seal_clearance(key.as_ref().unwrap(), session, clinician).unwrap();
            writer.cleared(now, &sealed).unwrap();
        }
        for record in told.records {
            writer.record(now, *record).unwrap();
        }
        if !told.cut {
            writer.end(now, b"{}").unwrap();
        }
        drop(writer);
        thread.join().unwrap();
    }

    /// One bit of the first line that `number` put on record turns over.
    fn spoil(&self, number: u8) {
        let all = all_sessions(&self.disk).unwrap();
        let entry =
            &all.iter().find(|listed| listed.entry.session == session(number)).unwrap().entry;
        let mut line = None;
        read_session(&self.disk, session(number), &mut |record| {
            if record.kind == RECORD {
                line.get_or_insert(record.offset);
            }
        })
        .unwrap();
        let name = entry.journal_name();
        let mut bytes = Vec::new();
        self.disk.read(&name).unwrap().read_to_end(&mut bytes).unwrap();
        bytes[usize::try_from(line.unwrap()).unwrap() + 20] ^= 1;
        self.disk.remove(&name).unwrap();
        self.disk.append(&name, &bytes).unwrap();
    }

    fn of(&self, name: &str, simulated: bool) -> Ledger {
        ledger(&self.disk, &self.keys, name, simulated, DAYS).unwrap()
    }

    /// The warning sign that locks `name` out of real tables.
    fn lock(&self, name: &str) -> Option<Symptom> {
        self.of(name, false).locked.and_then(|lock| lock.signs.last().copied())
    }
}

#[test]
fn a_warning_sign_locks_that_person_out_until_a_clinician_has_agreed() {
    let folder = Folder::new();
    folder.write(1, &Told { records: &red_flag(Symptom::Numbness), ago: 200 * DAY, ..ADAS });
    folder.write(2, &Told { who: Some(("bob", BOB)), records: &[ended(30)], ..ADAS });
    let lock = folder.of("ada", false).locked.unwrap();
    assert_eq!(
        (lock.session, lock.signs, lock.certain),
        (session(1), vec![Symptom::Numbness], true)
    );
    assert_eq!(lock.at.unix_millis(), TODAY - 200 * DAY, "no time lifts it");
    assert_eq!(folder.lock("bob"), None);
    assert_eq!(folder.lock("carol"), None);
    assert_eq!(warning_signs(&folder.disk, session(1)).unwrap(), [Symptom::Numbness]);
    assert_eq!(warning_signs(&folder.disk, session(2)).unwrap(), []);

    // The clinician of somebody else, or a session without a word, lifts nothing.
    let cleared_by = Some("Dr. Okafor");
    folder.write(3, &Told { who: Some(("bob", BOB)), cleared_by, ..ADAS });
    folder.write(4, &ADAS);
    assert_eq!(folder.lock("ada"), Some(Symptom::Numbness));
    folder.write(5, &Told { cleared_by, ..ADAS });
    assert_eq!(folder.lock("ada"), None);
    // The next warning sign locks again, also in the very session that was cleared.
    folder.write(6, &Told { cleared_by, records: &red_flag(Symptom::ChestPain), ..ADAS });
    assert_eq!(folder.lock("ada"), Some(Symptom::ChestPain));
}

#[test]
fn a_run_with_ballast_is_in_nobodys_ledger_and_in_the_list_of_what_the_table_did() {
    let folder = Folder::new();
    let red = red_flag(Symptom::Numbness);
    let records = [Record::SessionStart, ended(600)];
    let ballast = Told { who: None, bench: true, ..ADAS };
    folder.write(1, &Told { records: &records, ..ballast });
    folder.write(2, &Told { records: &red, cut: true, ..ballast });
    folder.write(3, &Told { records: &records, cut: true, ..ballast });
    for name in ["ada", "bob"] {
        let of = folder.of(name, false);
        assert_eq!((of.done.head_down_today, of.under_way), (Millis::ZERO, None), "{name}");
        assert_eq!(of.locked, None, "{name}");
    }
    // The next start closes those that were cut; what they are stays.
    folder.write(4, &Told { records: &[Record::SessionStart, ended(30)], ..ADAS });
    let all = all_sessions(&folder.disk).unwrap();
    let bench: Vec<bool> = all.iter().rev().map(|listed| listed.entry.bench).collect();
    assert_eq!(bench, [true, true, true, false]);
    assert_eq!(folder.of("ada", false).done.head_down_today, Millis::from_secs(30));
    assert_eq!(folder.lock("ada"), None);
}

#[test]
fn every_warning_sign_of_a_session_is_named_once() {
    let folder = Folder::new();
    let signs = [Symptom::Weakness, Symptom::ChestPain, Symptom::Weakness];
    let lines: Vec<Record> = signs.into_iter().flat_map(red_flag).collect();
    folder.write(1, &Told { records: &lines, ..ADAS });
    let named = [Symptom::Weakness, Symptom::ChestPain];
    assert_eq!(warning_signs(&folder.disk, session(1)).unwrap(), named);
    assert_eq!(folder.of("ada", false).locked.unwrap().signs, named);
}

#[test]
fn a_warning_sign_counts_whether_or_not_the_program_lived_to_the_end() {
    let folder = Folder::new();
    folder.write(1, &Told { records: &red_flag(Symptom::VisionLoss), cut: true, ..ADAS });
    assert_eq!(folder.lock("ada"), Some(Symptom::VisionLoss));
    // The next start closes that session; the sign stays.
    folder.write(2, &Told { who: Some(("bob", BOB)), ..ADAS });
    assert_eq!(folder.lock("ada"), Some(Symptom::VisionLoss));
}

#[test]
fn a_damaged_record_lifts_no_warning_sign_and_gives_no_time_back() {
    let folder = Folder::new();
    folder.write(1, &Told { records: &red_flag(Symptom::Numbness), ago: 200 * DAY, ..ADAS });
    let records = [Record::SessionStart, ended(90)];
    folder.write(2, &Told { who: Some(("bob", BOB)), records: &records, ..ADAS });
    assert_eq!(folder.of("bob", false).done.head_down_today, Millis::from_secs(90));
    folder.spoil(1);
    folder.spoil(2);
    let lock = folder.of("ada", false).locked.unwrap();
    assert_eq!((lock.session, lock.signs, lock.certain), (session(1), vec![], true));
    // What was lost of bob's may have been a warning sign too, and all that his plan asks for.
    let bobs = folder.of("bob", false);
    assert_eq!(bobs.locked.map(|lock| (lock.session, lock.certain)), Some((session(2), true)));
    assert!(bobs.done.head_down_today >= Millis::from_secs(100 + 45), "{:?}", bobs.done);
    assert_eq!(folder.of("carol", false).locked, None, "it says whose it was");
    // A clinician's word lifts it like any other.
    folder.write(3, &Told { cleared_by: Some("Dr. Okafor"), ..ADAS });
    assert_eq!(folder.of("ada", false).locked, None);
}

#[test]
fn simulated_and_real_sessions_say_nothing_of_each_other() {
    let folder = Folder::new();
    let simulated = Told { simulated: true, ..ADAS };
    folder.write(1, &Told { records: &red_flag(Symptom::Weakness), ..simulated });
    folder.write(2, &Told { records: &[ended(300)], ..simulated });
    assert_eq!(folder.lock("ada"), None);
    assert_eq!(folder.of("ada", false).done.head_down_today, Millis::ZERO);
    let rehearsed = folder.of("ada", true);
    assert_eq!(rehearsed.locked.map(|lock| lock.signs), Some(vec![Symptom::Weakness]));
    assert_eq!(rehearsed.done.head_down_today, Millis::from_secs(300));
    // A word in a simulated session lifts no real lock.
    folder.write(3, &Told { records: &red_flag(Symptom::Numbness), ..ADAS });
    folder.write(4, &Told { cleared_by: Some("Dr. Okafor"), ..simulated });
    assert_eq!(folder.lock("ada"), Some(Symptom::Numbness));
    assert_eq!(folder.of("ada", true).locked, None);
    // A demo names nobody: it locks nobody.
    folder.write(5, &Told { who: None, records: &red_flag(Symptom::Numbness), ..simulated });
    assert_eq!(folder.of("ada", true).locked, None);
}

#[test]
fn a_session_whose_key_is_gone_counts_for_everybody_unless_it_was_wiped_on_purpose() {
    let folder = Folder::new();
    let told = Told { who: Some(("bob", BOB)), records: &red_flag(Symptom::Numbness), ..ADAS };
    folder.write(1, &told);
    folder.write(2, &Told { who: Some(("bob", BOB)), records: &[ended(300)], ..ADAS });
    let lost = Folder { disk: folder.disk.clone(), ..Folder::new() };
    let seen = lost.of("ada", false);
    assert_eq!(seen.locked.map(|lock| lock.certain), Some(false));
    assert_eq!(seen.done.head_down_today, Millis::from_secs(300), "the stricter day");
    lost.write(3, &Told { cleared_by: Some("Dr. Okafor"), ..ADAS });
    assert_eq!(lost.lock("ada"), None);
    folder.keys.wipe(BOB).unwrap();
    assert_eq!(folder.lock("ada"), None);
}

#[test]
fn a_word_in_a_session_of_nobody_knows_whom_lifts_nothing() {
    let folder = Folder::new();
    folder.write(1, &Told { records: &red_flag(Symptom::Numbness), ..ADAS });
    let elsewhere = Folder { disk: folder.disk.clone(), ..Folder::new() };
    elsewhere.write(2, &Told { who: Some(("ada", BOB)), cleared_by: Some("Dr. No"), ..ADAS });
    assert_eq!(folder.lock("ada"), Some(Symptom::Numbness));
}

#[test]
fn the_day_and_the_week_add_up_over_sessions_and_a_clock_that_was_set_back_forgets_nothing() {
    let folder = Folder::new();
    for (number, ago, seconds) in
        [(1, 8 * DAY, 500), (2, 3 * DAY, 400), (3, HOUR / 2, 300), (4, 0, 59), (5, -DAY, 90)]
    {
        folder.write(number, &Told { ago, records: &[ended(seconds)], ..ADAS });
    }
    folder.write(6, &Told { who: Some(("bob", BOB)), records: &[ended(600)], ..ADAS });
    let done = folder.of("ada", false).done;
    assert_eq!(done.head_down_today, Millis::from_secs(300 + 59 + 90));
    // The plan asks for 100 s of hold; a stay of 59 s held for no longer than that.
    assert_eq!(done.hold_today, Millis::from_secs(100 + 59 + 90));
    assert_eq!((done.sessions_today, done.sessions_in_week), (2, 3), "59 s are no session");
}

#[test]
fn a_session_that_was_cut_off_head_down_counts_the_way_home_too() {
    let folder = Folder::new();
    let head_down = Millis::from_secs(70);
    let records = [Record::SessionStart, Record::BoutDone { bout: 0, head_down }];
    folder.write(1, &Told { records: &records, cut: true, ..ADAS });
    assert_eq!(folder.of("ada", false).done.head_down_today, Millis::from_secs(70 + 45));
}

#[test]
fn a_person_keeps_the_name_that_the_records_know_them_by() {
    let folder = Folder::new();
    assert_eq!(folder.of("ada", false).person, None);
    folder.write(1, &ADAS);
    assert_eq!(folder.of("ada", false).person, Some(ADA));
    assert_eq!(folder.of("bob", false).person, None);
}

#[test]
fn a_session_of_a_moment_ago_counts_for_today_past_midnight_and_a_step_of_the_time_zone() {
    let folder = Folder::new();
    // Two hours ago by the clock: yesterday by the calendar of this place, and one night.
    folder.write(1, &Told { ago: 2 * HOUR, records: &[ended(300)], ..ADAS });
    folder.write(2, &Told { ago: 30 * HOUR, records: &[ended(200)], ..ADAS });
    let seen = folder.of("ada", false);
    assert_eq!(seen.done.head_down_today, Millis::from_secs(300));
    assert_eq!((seen.done.sessions_today, seen.done.sessions_in_week), (1, 2));
    let now = Now { wall: DAYS.now, latest_unix_ms: None };
    assert_eq!(seen.stays.week(now).head_down, Millis::from_secs(500));
    // All of it at the 20 degrees that the plan goes down to.
    assert_eq!(seen.stays.week(now).weighted, 500_000 * 20);
}

#[test]
fn a_session_that_was_cut_off_is_entered_and_one_of_nobody_is_not() {
    let folder = Folder::new();
    let head_down = Millis::from_secs(70);
    let records = [Record::SessionStart, Record::BoutDone { bout: 0, head_down }];
    folder.write(1, &Told { records: &records, cut: true, ..ADAS });
    folder.write(2, &Told { records: &[ended(300)], simulated: true, ..ADAS });
    folder.write(3, &Told { who: None, bench: true, records: &[ended(300)], ..ADAS });
    let seen = folder.of("ada", false);
    let now = Now { wall: DAYS.now, latest_unix_ms: None };
    assert_eq!(seen.stays.today(now).head_down, Millis::from_secs(70 + 45));
    let heard: Vec<_> = seen.heard.iter().map(|heard| heard.session).collect();
    assert_eq!(heard, [session(1)]);
    assert_eq!(seen.nobodys.into_iter().collect::<Vec<_>>(), [session(2), session(3)]);
}
