//! The index says what the journals say, and nothing that they keep sealed.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;

use antipode_records::care::{CareJournal, acts};
use antipode_records::database::{Database, DatabaseError, Journals, Refreshed, Wanted};
use antipode_records::disk::MemoryDisk;
use antipode_records::history::{Closing, all_sessions};
use antipode_records::keys::{KeyStore, PersonKey};
use antipode_records::session::seal_name;
use antipode_records::{Durability, Flags, Kind, NewRecord, PersonId};

use crate::fixture::{
    CRASHES, begun, end_payload, new_session, open, record, session, stamp, whole_session,
};

const PAIN: Kind = Kind::new(513);

struct Folders {
    sessions: MemoryDisk,
    care: MemoryDisk,
    keys: KeyStore,
}

impl Folders {
    fn new() -> Self {
        let keys = KeyStore::new(Arc::new(MemoryDisk::new()));
        Self { sessions: MemoryDisk::new(), care: MemoryDisk::new(), keys }
    }

    fn journals(&self) -> Journals<'_> {
        Journals { sessions: &self.sessions, care: &self.care, keys: &self.keys }
    }

    fn key(&self, person: u8) -> PersonKey {
        self.keys.load_or_make(PersonId::from_bytes([person; 16])).unwrap()
    }

    /// A session that names the person.
    fn session_of(&self, number: u8, person: u8, name: &str) {
        let (store, _) = open(&self.sessions);
        let mut writer = store.begin(new_session(number)).unwrap();
        writer.append(&record(1, Kind::START, b"plan")).unwrap();
        let sealed = seal_name(&self.key(person), session(number), name).unwrap();
        let named = NewRecord {
            stamp: stamp(1),
            kind: Kind::PERSON,
            flags: Flags::SEALED,
            durability: Durability::Now,
            payload: &sealed,
        };
        writer.append(&named).unwrap();
        writer.append(&record(2, Kind::END, &end_payload(b"completed"))).unwrap();
        writer.finish().unwrap();
    }

    fn says(&self, person: u8, name: &str, what: &[u8]) {
        let (care, _) = CareJournal::open(Arc::new(self.care.clone()), stamp(5)).unwrap();
        let mut sitting = care.sit(self.key(person), name, stamp(5)).unwrap();
        sitting.keep(stamp(6), PAIN, what).unwrap();
        sitting.rise(stamp(7)).unwrap();
    }
}

/// Everything that can be asked.
fn everything(database: &Database, folders: &Folders) -> String {
    let sessions = database.sessions(Wanted::default()).unwrap();
    let people = database.people(&folders.keys).unwrap();
    let acts: Vec<_> = [1, 2].map(|person| database.acts(&folders.key(person)).unwrap()).into();
    format!("{sessions:#?} {people:#?} {acts:#?}")
}

#[test]
fn the_index_says_what_the_journals_say() {
    let folders = Folders::new();
    folders.session_of(1, 1, "ada");
    folders.session_of(2, 2, "bob");
    folders.session_of(3, 1, "ada");
    folders.says(1, "ada", b"back 4");
    folders.says(2, "bob", b"back 9");
    let mut database = Database::in_memory().unwrap();
    assert_eq!(database.refresh(folders.journals()).unwrap(), Refreshed { read: 5, gone: 0 });

    let of = |wanted| -> Vec<_> {
        database.sessions(wanted).unwrap().into_iter().map(|row| row.session).collect()
    };
    assert_eq!(of(Wanted::default()), [session(3), session(2), session(1)]);
    let ada = Some(PersonId::from_bytes([1; 16]));
    assert_eq!(of(Wanted { person: ada, ..Wanted::default() }), [session(3), session(1)]);
    assert_eq!(of(Wanted { most: Some(1), ..Wanted::default() }), [session(3)]);
    assert_eq!(of(Wanted { simulated: Some(true), ..Wanted::default() }), []);
    assert_eq!(of(Wanted { since: Some(stamp(2).wall), ..Wanted::default() }), []);
    assert_eq!(of(Wanted { since: Some(stamp(1).wall), ..Wanted::default() }).len(), 3);

    let rows = database.sessions(Wanted::default()).unwrap();
    for (row, listed) in rows.iter().zip(all_sessions(&folders.sessions).unwrap()) {
        let entry = listed.entry;
        assert_eq!((row.session, row.closing), (entry.session, listed.closing));
        assert_eq!((row.started, row.ended), (entry.started, entry.ended));
        assert_eq!((row.records, &row.summary), (entry.records, &entry.summary));
    }
    let (found, whole) = database.acts(&folders.key(1)).unwrap();
    assert_eq!(found, acts(&folders.care, &folders.key(1)).unwrap());
    assert!(whole && found.acts[0].plain == b"back 4");
    let names: Vec<_> = database.people(&folders.keys).unwrap().into_values().collect();
    assert_eq!(names, ["ada", "bob"]);
}

#[test]
fn a_refresh_reads_only_what_is_new_and_what_is_under_way() {
    let folders = Folders::new();
    let mut database = Database::in_memory().unwrap();
    folders.session_of(1, 1, "ada");
    assert_eq!(database.refresh(folders.journals()).unwrap().read, 1);
    assert_eq!(database.refresh(folders.journals()).unwrap().read, 0);

    let (store, _) = open(&folders.sessions);
    let running = begun(&store, 2);
    for _ in 0..2 {
        assert_eq!(database.refresh(folders.journals()).unwrap().read, 1);
        let newest = &database.sessions(Wanted::default()).unwrap()[0];
        assert_eq!((newest.session, newest.closing), (session(2), Closing::UnderWay));
    }
    drop(running);
    database.refresh(folders.journals()).unwrap();
    assert_eq!(database.sessions(Wanted::default()).unwrap()[0].closing, Closing::Left);
    open(&folders.sessions);
    database.refresh(folders.journals()).unwrap();
    let newest = &database.sessions(Wanted::default()).unwrap()[0];
    assert!(newest.recovered && newest.closing == Closing::Closed);
    assert_eq!(database.refresh(folders.journals()).unwrap().read, 0);
}

#[test]
fn after_any_crash_and_a_start_a_refreshed_index_is_the_one_made_again() {
    let folders = Folders::new();
    let mut stepwise = Database::in_memory().unwrap();
    for number in 1..=3 {
        folders.session_of(number, 1 + number % 2, "ada");
        folders.says(1 + number % 2, "ada", &[number]);
        let (store, _) = open(&folders.sessions);
        whole_session(&store, number + 10).finish().unwrap();
        stepwise.refresh(folders.journals()).unwrap();
    }
    let ops = folders.sessions.op_count();
    for by in (0..=ops).step_by(3) {
        for fault in CRASHES {
            let crashed = Folders {
                sessions: folders.sessions.crashed(by, fault),
                care: folders.care.clone(),
                keys: folders.keys.clone(),
            };
            // Files vanish and shrink under an index that knew more; the next start adds to them.
            stepwise.refresh(crashed.journals()).unwrap();
            open(&crashed.sessions);
            stepwise.refresh(crashed.journals()).unwrap();
            let mut anew = Database::in_memory().unwrap();
            anew.rebuild(crashed.journals()).unwrap();
            assert_eq!(
                everything(&stepwise, &crashed),
                everything(&anew, &crashed),
                "{by} {fault:?}"
            );
        }
    }
}

#[test]
fn a_wiped_person_leaves_no_row_behind() {
    let folders = Folders::new();
    folders.session_of(1, 1, "ada");
    folders.says(1, "ada", b"back 4");
    let key = folders.key(1);
    let mut database = Database::in_memory().unwrap();
    database.refresh(folders.journals()).unwrap();
    folders.keys.wipe(PersonId::from_bytes([1; 16])).unwrap();
    database.refresh(folders.journals()).unwrap();
    for _ in 0..2 {
        assert!(database.acts(&key).unwrap().0.acts.is_empty());
        assert!(database.people(&folders.keys).unwrap().is_empty());
        database.rebuild(folders.journals()).unwrap();
    }
    // That there was a session stays: the day's dose is nobody's secret.
    assert_eq!(database.sessions(Wanted::default()).unwrap().len(), 1);
}

#[test]
fn a_file_is_for_its_owner_holds_nothing_in_clear_and_is_made_again_when_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.sqlite");
    let folders = Folders::new();
    folders.session_of(1, 1, "lovelace");
    folders.says(1, "lovelace", b"spondylolysis");
    let mut database = Database::open(&path).unwrap();
    database.refresh(folders.journals()).unwrap();
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{file:?}");
        let bytes = std::fs::read(file.path()).unwrap();
        let shows = |text: &[u8]| bytes.windows(text.len()).any(|window| window == text);
        assert!(!shows(b"lovelace") && !shows(b"spondylolysis"), "{file:?}");
    }
    // Another program asks while this one has it open.
    let second = Database::open(&path).unwrap();
    assert_eq!(second.sessions(Wanted::default()).unwrap().len(), 1);
    drop((database, second));

    let whole = std::fs::read(&path).unwrap();
    let mut cases = vec![b"no database".to_vec(), whole[..whole.len() / 2].to_vec()];
    let mut spoilt = whole.clone();
    spoilt[100..4_000].fill(0xa5);
    cases.push(spoilt);
    for bytes in cases {
        std::fs::write(&path, &bytes).unwrap();
        let mut database = Database::open(&path).unwrap();
        database.refresh(folders.journals()).unwrap();
        assert_eq!(database.acts(&folders.key(1)).unwrap().0.acts[0].plain, b"spondylolysis");
    }
}

#[test]
fn an_index_of_a_newer_program_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("index.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 7).unwrap();
    drop(connection);
    assert!(matches!(Database::open(&path), Err(DatabaseError::Newer { found: 7, known: 1, .. })));
}
