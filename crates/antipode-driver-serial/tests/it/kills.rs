//! Hosts, guardians and devices killed at drawn moments, over real lines: what the bed does.
//!
//! Host and guardian are processes of their own; the table is simulated in this one, and its true
//! tilt is what counts, in its own time. `cargo xtask kill --wire --times 500` runs it longer.

mod part;
mod scene;
mod watched;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use antipode_sim::device::SerialTable;
use antipode_sim::person::PersonConfig;
use antipode_sim::world::{Served, World, WorldSetup};

use crate::draw::Draw;
use crate::guarded;
use scene::{Came, Fate, Promise, Scene};

/// How many are killed, from what the moments are drawn, and how many at once.
const TIMES: &str = "ANTIPODE_WIRE_KILLS";
const SEED: &str = "ANTIPODE_WIRE_KILLS_SEED";
const AT_ONCE: &str = "ANTIPODE_WIRE_KILLS_AT_ONCE";
/// So many in an ordinary test run: under a minute.
const USUAL: u64 = 16;

/// A lease of 250 ms, a stop from 3 degrees a second at 8 degrees a second squared, and the line.
const LINK: Promise = Promise { stands_ms: 250 + 375 + 175, timeout_ms: 0 };
/// A lease of 400 ms and the age that an order may have; or the drive's own 500 ms. And its ramp.
const JRK: Promise = Promise { stands_ms: 500 + 400, timeout_ms: 500 + 300 };

const LINK_FATES: [Fate; 7] = [
    Fate::HostKilled,
    Fate::HostReplaced,
    Fate::HostKilled,
    Fate::HostFrozen,
    Fate::Restart,
    Fate::PowerCut,
    Fate::Unplugged,
];
const JRK_FATES: [Fate; 4] =
    [Fate::HostKilled, Fate::GuardianKilled, Fate::HostReplaced, Fate::HostFrozen];

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

fn pick(fates: &[Fate], at: u64) -> Fate {
    let count = fates.len() as u64;
    *fates.get((at % count) as usize).expect("it is among them")
}

/// The `at`-th of a series.
fn one(seed: u64, at: u64) -> (&'static str, Came) {
    let mut chance = Draw::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
    // Two of five have no controller of their own.
    if at % 5 < 3 {
        let fate = pick(&LINK_FATES, at / 5 * 3 + at % 5);
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), seed);
        ("link", Scene::new(Served::new(world), false, LINK).play(fate, &mut chance))
    } else {
        let fate = pick(&JRK_FATES, at / 5 * 2 + at % 5 - 3);
        let table = SerialTable::new(&guarded::jrk_table(), seed);
        ("jrk", Scene::new(table, true, JRK).play(fate, &mut chance))
    }
}

#[test]
fn killed_at_any_moment_nobody_is_told_a_wrong_angle_or_moved_or_left_head_down() {
    let _turn = guarded::turn();
    let (times, seed) = (number(TIMES, USUAL), number(SEED, 1));
    let next = AtomicU64::new(0);
    let came = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..number(AT_ONCE, 8) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= times {
                        return;
                    }
                    let _named = Named { seed, at };
                    let seen = one(seed, at);
                    came.lock().unwrap().push(seen);
                }
            });
        }
    });
    let came = came.into_inner().unwrap();
    assert_eq!(came.len() as u64, times);
    say(&format!("{times} killed over the wire, from seed {seed}:"));
    let mut kinds: BTreeMap<(&str, Fate), Vec<Came>> = BTreeMap::new();
    for (table, came) in came {
        kinds.entry((table, came.fate)).or_default().push(came);
    }
    for ((table, fate), came) in kinds {
        say(&format!("  {table} {fate:?}: {}", told(&came)));
    }
}

/// Names the one that failed.
struct Named {
    seed: u64,
    at: u64,
}

impl Drop for Named {
    fn drop(&mut self) {
        if std::thread::panicking() {
            say(&format!("number {} from seed {} failed", self.at, self.seed));
        }
    }
}

fn told(came: &[Came]) -> String {
    let count = |is: fn(&Came) -> bool| came.iter().filter(|came| is(came)).count();
    let most = |of: fn(&Came) -> usize| came.iter().map(of).max().unwrap_or(0);
    let home = match most(|came| came.home_ms.unwrap_or(0)) {
        0 => String::new(),
        ms => format!(", in the rest band after {ms} ms at most"),
    };
    let motor = match most(|came| came.motor_ms.unwrap_or(0)) {
        0 => String::new(),
        ms => format!(", motor at zero after {ms} ms at most"),
    };
    format!(
        "{} ({} head-down, {} turning), standing after {} ms at most{motor}{home}; {} readings, the \
         worst {} mdeg off; the device got no turn for {} ms at most",
        came.len(),
        count(|came| came.down),
        count(|came| came.turned),
        most(|came| came.stood_ms),
        came.iter().map(|came| came.readings).sum::<usize>(),
        came.iter().map(|came| came.reading_mdeg).max().unwrap_or(0),
        came.iter().map(|came| came.late_ms).max().unwrap_or(0),
    )
}

#[expect(clippy::print_stderr, reason = "the figures of a long series are for people")]
fn say(line: &str) {
    eprintln!("{line}");
}
