//! The real program, killed without warning at drawn moments: what the next start makes of it.
//!
//! Every start is the next victim, in one data folder, so recoveries are killed too. Moments are
//! drawn as lines of progress and a little more; nothing is judged by how long anything took.
//! `cargo xtask kill --times 200` runs it longer and says what it saw.

mod victim;

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use antipode_core::step::Record;
use antipode_records::disk::RealDisk;
use antipode_records::verify;
use antipode_runner::sim_run::draw::Draw;

use super::{json, run, stderr, stdout};
use victim::{Killed, Victim};

/// How many programs are killed.
const TIMES: &str = "ANTIPODE_KILLS";
/// What the moments are drawn from.
const SEED: &str = "ANTIPODE_KILLS_SEED";
/// So many in an ordinary test run: a few seconds.
const USUAL: u64 = 16;
/// The plan on the real clock, with simulated people and nobody on the table.
const REAL_CLOCK: [&str; 6] = ["run", "first-week", "--table", "sim", "--person", "virtual"];

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

/// What is started, and when it is killed: so many lines of progress after its start, and so much
/// later.
struct Moment {
    arguments: Vec<&'static str>,
    lines: u64,
    later: Duration,
}

/// Whole sessions are about 100 lines. The real clock needs a second for each of its first ones, so
/// only a long series goes far into those.
fn draw(draw: &mut Draw, at: u64, long: bool) -> Moment {
    let demo = |speed| vec!["demo", "--speed", speed];
    let (arguments, most) = match at % 10 {
        0 if long => (REAL_CLOCK.to_vec(), 15),
        0 | 5 => (REAL_CLOCK.to_vec(), 2),
        1 | 6 => (demo("max"), 60),
        2 => (demo("200"), 30),
        _ => (demo("1000"), 120),
    };
    // One in six dies before it has said anything: while it recovers what the last one left.
    let lines = if draw.once_in(6) { 0 } else { draw.between(1, most) };
    let later = Duration::from_micros(draw.between(0, if lines == 0 { 30_000 } else { 90_000 }));
    Moment { arguments, lines, later }
}

/// Who was killed, and what the starts after them have said so far.
#[derive(Default)]
struct Series {
    killed: Vec<Killed>,
    /// Sessions that the next start must name.
    owed: BTreeSet<String>,
    /// Sessions that a start may have closed which was killed before it could say so.
    excused: BTreeSet<String>,
    named: BTreeSet<String>,
}

impl Series {
    /// Takes a killed one. Without a record there is nothing to name.
    fn add(&mut self, killed: Killed) {
        if killed.open && !killed.left.is_empty() {
            self.owed.extend(killed.session.clone());
        }
        self.killed.push(killed);
    }

    /// Takes what a start said about its predecessors. One that was heard has recovered all.
    #[track_caller]
    fn hear(&mut self, said: &str, heard: bool) {
        for name in said.lines().filter_map(interrupted) {
            let known = self.owed.remove(name) | self.excused.remove(name);
            assert!(known, "{name} was not interrupted just now:\n{said}");
            assert!(self.named.insert(name.to_owned()), "{name} was named twice");
        }
        if heard {
            assert!(self.owed.is_empty(), "not named: {:?}\n{said}", self.owed);
            self.excused.clear();
        } else {
            self.excused.append(&mut self.owed);
        }
    }
}

/// The session that a line of a start names.
fn interrupted(line: &str) -> Option<&str> {
    line.strip_prefix("session ")?.split_once(" was interrupted").map(|(name, _)| name)
}

#[test]
fn killed_at_any_moment_a_session_is_named_interrupted_and_loses_nothing_that_was_written() {
    let times = number(TIMES, USUAL);
    let mut moments = Draw::new(number(SEED, 1));
    let folder = tempfile::tempdir().unwrap();
    let mut series = Series::default();
    for at in 0..times {
        let moment = draw(&mut moments, at, times > USUAL);
        let mut victim = Victim::start(&moment.arguments, folder.path());
        victim.listen(moment.lines, moment.later);
        let (killed, said) = victim.kill();
        series.hear(&said, killed.heard);
        series.add(killed);
    }
    let data = folder.path().to_str().unwrap();
    let next = run(&["demo", "--json", "--data", data]);
    assert_eq!(next.status.code(), Some(0), "{}", stderr(&next));
    series.hear(&stderr(&next), true);
    judge(&series, folder.path());
}

/// Holds what is on the disk now against what was there when each of them was killed.
fn judge(series: &Series, folder: &Path) {
    let data = folder.to_str().expect("a plain name");
    let history = json(&run(&["history", "--json", "--data", data]));
    let listed = history["sessions"].as_array().expect("a list of sessions");
    let (mut interrupted, mut nothing, mut ended, mut records) = (0_u32, 0_u32, 0_u32, 0_usize);
    let mut lost = Duration::ZERO;
    for killed in &series.killed {
        let Some(session) = killed.session.as_deref().filter(|_| !killed.left.is_empty()) else {
            nothing += 1;
            continue;
        };
        let found = listed.iter().find(|entry| entry["session"] == session);
        let found = found.unwrap_or_else(|| panic!("{session} is not in the history: {killed:?}"));
        assert_eq!(found["outcome"] == "interrupted", killed.open, "{found}");
        let now = victim::records(folder, session);
        assert!(now.starts_with(&killed.left), "{session} has lost records");
        replays_the_same(session, data);
        records += killed.left.len();
        interrupted += u32::from(killed.open);
        ended += u32::from(!killed.open);
        lost = lost.max(killed.lost.unwrap_or_default());
    }
    // The last start completed, whatever was left to it.
    assert_eq!(listed[0]["outcome"], "completed");
    let disk = RealDisk::open(&folder.join("journal")).expect("the journal is there");
    let report = verify(&disk).expect("the journal can be read");
    assert!(report.is_clean() && report.open.is_empty(), "{report:?}");
    let (killed, named) = (series.killed.len(), series.named.len());
    say(&format!(
        "{killed} killed: {interrupted} interrupted, {named} of them named by the next start, \
         {ended} had ended, {nothing} had no record yet"
    ));
    say(&format!(
        "{records} records were on the disk at their death and all are there after the recovery; \
         every session replays the same; on the real clock the last {} ms at most were not yet on \
         the disk",
        lost.as_millis()
    ));
}

#[expect(clippy::print_stderr, reason = "the figures of a long series are for people")]
fn say(line: &str) {
    eprintln!("{line}");
}

#[track_caller]
fn replays_the_same(session: &str, data: &str) {
    let replay = run(&["replay", session, "--data", data]);
    assert_eq!(replay.status.code(), Some(0), "{}{}", stdout(&replay), stderr(&replay));
}

#[test]
fn nothing_moves_before_the_start_of_the_session_outlives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let mut victim = Victim::start(&REAL_CLOCK, folder.path());
    victim.listen_for("[small test tilt]");
    let (killed, _) = victim.kill();
    let session = killed.session.clone().unwrap();
    let mut series = Series::default();
    series.add(killed);
    let next = run(&["demo", "--json", "--data", folder.path().to_str().unwrap()]);
    series.hear(&stderr(&next), true);
    judge(&series, folder.path());
    let on_record = victim::lines(folder.path(), &session);
    assert!(on_record.contains(&Record::SessionStart), "the bed moved, and nothing says so (I-14)");
}
