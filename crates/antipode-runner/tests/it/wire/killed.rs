//! The real programs, killed without warning while they turn the bed of a drive without a controller.
//! Judged by the true tilt.

use std::ops::RangeInclusive;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use antipode_runner::sim_run::draw::Draw;
use antipode_safety::Angle;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::super::guarded::named;
use super::super::hardware::{commission_as, identity, session};
use super::super::running::text;
use super::super::screen::Window;
use super::super::served::Served;
use super::super::{run, stderr};
use super::Somebody;
use super::guarded::{Guardian, driver, guardian, inclinometer, plug_in, press, table};

/// A lost host is followed by a return within this (I8).
const HOME: Duration = Duration::from_secs(50);
/// What stands is looked at for so long.
const STAYS: Duration = Duration::from_secs(6);
/// A drive that hears nobody has stopped by then, and its bed with it: its own timeout is a second at
/// most, then comes its ramp.
const STOPS: Duration = Duration::from_secs(2);
/// What nobody takes for a motion, degrees.
const STILL: f64 = 0.3;
/// A session takes less than this until its bed is down.
const LONGEST: Duration = Duration::from_secs(90);

/// A session on its way down.
struct Scene {
    // Dropped in this order: the guardian goes before what it guards.
    window: Option<Window>,
    guardian: Guardian,
    served: Served,
    data: TempDir,
}

impl Scene {
    /// Lowers somebody to a tilt drawn from `seed`, and is still turning.
    fn lowering(dialect: &str, seed: u64) -> Self {
        let drive = named(dialect);
        let mut served = Served::new(&["--seed", &seed.to_string(), "--dialect", dialect]);
        let data = table(&served, drive);
        let guardian = guardian(data.path());
        commission_as(data.path(), identity(data.path()), driver(drive));
        let mut window = session(data.path());
        let tenths = u32::try_from(Draw::new(seed).between(20, 90)).expect("a few");
        let moment = f64::from(tenths) / 10.0;
        let (mut somebody, began) = (Somebody::default(), Instant::now());
        while served.true_tilt() < moment {
            assert!(began.elapsed() < LONGEST, "{}", window.text());
            window.glance(Duration::from_millis(20));
            somebody.answer(&mut window, press);
        }
        Self { window: Some(window), guardian, served, data }
    }

    fn kill_host(&mut self) {
        self.window.take().expect("it was not killed yet").kill();
    }

    /// Kills the guardian; its process.
    fn kill_guardian(&mut self) -> Pid {
        let process = self.guardian.process().expect("it guards");
        kill_process(process, Signal::KILL).expect("it lives");
        process
    }

    /// Takes what the host shows: what nobody reads would hold it up.
    fn look(&mut self) {
        if let Some(window) = &mut self.window {
            window.glance(Duration::from_millis(20));
        }
    }

    /// Where the bed stands after so long.
    fn stands_after(&mut self, time: Duration) -> f64 {
        let began = Instant::now();
        let mut stood = self.served.true_tilt();
        while began.elapsed() < time {
            self.look();
            let_others_run();
            stood = self.served.true_tilt();
        }
        assert!(stood > 1.0, "{stood}");
        stood
    }

    /// For so long the bed does not move.
    fn still_stands(&mut self, stood: f64, time: Duration, what: &str) {
        let began = Instant::now();
        while began.elapsed() < time {
            let_others_run();
            let tilt = self.served.true_tilt();
            assert!((tilt - stood).abs() < STILL, "{what}: it stood at {stood} and is at {tilt}");
        }
    }
}

/// Looked at now and then: a loop that spins takes the programs their turns.
fn let_others_run() {
    let (_keep, never) = channel::<()>();
    never.recv_timeout(Duration::from_millis(20)).unwrap_or_default();
}

/// Waits until the bed lies in the rest band, and looks whether it stays there.
fn comes_home_and_stays(served: &mut Served) {
    let band = f64::from(Angle::REST_LOW.millideg()) / 1_000.0..=0.0;
    let killed = Instant::now();
    loop {
        let tilt = served.true_tilt();
        if band.contains(&tilt) {
            break;
        }
        assert!(killed.elapsed() < HOME, "{tilt} degrees after {:?}", killed.elapsed());
        let_others_run();
    }
    let home = Instant::now();
    while home.elapsed() < STAYS {
        let_others_run();
        let tilt = served.true_tilt();
        assert!(band.contains(&tilt), "{tilt} degrees, {:?} after it was home", home.elapsed());
    }
}

/// A host is killed on the way down: the bed comes up by itself.
fn kill_the_host(dialect: &str, seed: u64) {
    let mut scene = Scene::lowering(dialect, seed);
    scene.kill_host();
    comes_home_and_stays(&mut scene.served);
}

/// A guardian is killed on the way down and its host lives: the bed stands, is never lowered again,
/// and the session brings the person up through the guardian that it has started (C-11).
fn kill_the_guardian(dialect: &str, seed: u64) {
    let mut scene = Scene::lowering(dialect, seed);
    let dead = scene.kill_guardian();
    let stood = scene.stands_after(STOPS);
    let began = Instant::now();
    while scene.guardian.process().is_none_or(|process| process == dead) {
        assert!(began.elapsed() < LONGEST, "no guardian is started");
        let tilt = scene.served.true_tilt();
        assert!((tilt - stood).abs() < STILL, "it stood at {stood} and is at {tilt}");
        scene.look();
    }
    let began = Instant::now();
    let mut tilt = stood;
    while tilt > 0.0 {
        assert!(began.elapsed() < HOME, "{tilt} degrees");
        tilt = scene.served.true_tilt();
        assert!(tilt < stood + STILL, "lowered again from {stood} to {tilt}");
        scene.look();
    }
    comes_home_and_stays(&mut scene.served);
}

/// Both are killed on the way down: the bed stands, also with a new guardian that somebody who only
/// looks has started and left again, until somebody asks for the way home.
fn kill_both(dialect: &str, seed: u64) {
    let mut scene = Scene::lowering(dialect, seed);
    scene.kill_guardian();
    scene.kill_host();
    let stood = scene.stands_after(STOPS);
    scene.still_stands(stood, STAYS, "without a guardian");
    let data = text(scene.data.path()).to_owned();
    let watched = run(&["table", "watch", "attic", "--seconds", "1", "--data", &data]);
    assert_eq!(watched.status.code(), Some(0), "{}", stderr(&watched));
    assert!(scene.guardian.process().is_some(), "somebody may hang there: it stays");
    // Longer than a table waits for its host.
    scene.still_stands(stood, Duration::from_secs(8), "with a guardian that nobody asked");
    let asked = run(&["table", "return", "attic", "--data", &data]);
    assert_eq!(asked.status.code(), Some(0), "{}", stderr(&asked));
    comes_home_and_stays(&mut scene.served);
}

/// Both are killed on the way down while the inclinometer, the only angle of this table, is unplugged: a
/// new guardian knows no way home until it is plugged in again, and then it does.
fn kill_both_and_unplug(dialect: &str, seed: u64) {
    let mut scene = Scene::lowering(dialect, seed);
    scene.kill_guardian();
    scene.kill_host();
    std::fs::remove_file(inclinometer(scene.data.path())).expect("it was plugged in");
    let stood = scene.stands_after(STOPS);
    let data = text(scene.data.path()).to_owned();
    let watched = run(&["table", "watch", "attic", "--seconds", "1", "--data", &data]);
    assert_eq!(watched.status.code(), Some(0), "{}", stderr(&watched));
    scene.guardian.logs("no inclinometer yet");
    scene.still_stands(stood, STAYS, "without an angle");
    plug_in(&scene.served, scene.data.path());
    scene.guardian.logs("the inclinometer is open");
    scene.still_stands(stood, STAYS, "with an angle again, and nobody asked");
    let asked = run(&["table", "return", "attic", "--data", &data]);
    assert_eq!(asked.status.code(), Some(0), "{}", stderr(&asked));
    comes_home_and_stays(&mut scene.served);
}

/// Side by side, in life's own time, each on a table of its own.
fn all<const N: usize>(seeds: RangeInclusive<u64>, dialects: [&str; N], killed: fn(&str, u64)) {
    std::thread::scope(|scope| {
        let scenes: Vec<_> = dialects
            .into_iter()
            .flat_map(|dialect| seeds.clone().map(move |seed| (dialect, seed)))
            .map(|(dialect, seed)| (dialect, seed, scope.spawn(move || killed(dialect, seed))))
            .collect();
        let ended: Vec<_> = scenes
            .into_iter()
            .map(|(what, seed, scene)| (what, seed, scene.join().is_ok()))
            .collect();
        assert!(ended.iter().all(|(_, _, well)| *well), "{ended:?}");
    });
}

#[test]
fn a_program_that_is_killed_on_the_way_down_is_followed_by_a_return() {
    all(1..=1, ["roboclaw", "tic"], kill_the_host);
}

#[test]
fn a_guardian_that_is_killed_on_the_way_down_leaves_a_bed_that_only_comes_up() {
    all(3..=3, ["roboclaw", "tic"], kill_the_guardian);
}

#[test]
fn with_program_and_guardian_killed_the_bed_stands_until_somebody_asks_for_the_way_home() {
    all(5..=5, ["roboclaw", "tic"], kill_both);
}

#[test]
fn a_guardian_that_starts_without_its_inclinometer_brings_somebody_home_once_it_is_plugged_in() {
    all(7..=7, ["tic"], kill_both_and_unplug);
}
