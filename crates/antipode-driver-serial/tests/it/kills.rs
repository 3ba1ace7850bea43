//! Hosts, guardians and devices killed at drawn moments, over real lines: what the bed does.
//!
//! Host and guardian are processes of their own; the table is simulated in this one, and its true
//! tilt is what counts, in its own time. `cargo xtask kill --wire --times 500` runs it longer.

mod part;
mod scene;
mod watched;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

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
/// A simulated device that got no turn for longer than this has failed as no device fails: its
/// time goes on while what its host says waits, and it takes the host for lost.
const STARVED_MS: u64 = 150;
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
fn one(seed: u64, at: u64, late_ms: &Arc<AtomicU64>) -> (&'static str, Came) {
    let mut chance = Draw::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
    // Two of five have no controller of their own.
    if at % 5 < 3 {
        let fate = pick(&LINK_FATES, at / 5 * 3 + at % 5);
        let world = World::new(&WorldSetup::reference(PersonConfig::reference()), seed);
        ("link", Scene::new(Served::new(world), false, LINK, late_ms).play(fate, &mut chance))
    } else {
        let fate = pick(&JRK_FATES, at / 5 * 2 + at % 5 - 3);
        let table = SerialTable::new(&guarded::jrk_table(), seed);
        ("jrk", Scene::new(table, true, JRK, late_ms).play(fate, &mut chance))
    }
}

#[test]
fn killed_at_any_moment_nobody_is_told_a_wrong_angle_or_moved_or_left_head_down() {
    let _turn = guarded::turn();
    let (times, seed) = (number(TIMES, USUAL), number(SEED, 1));
    let next = AtomicU64::new(0);
    let (came, starved) = (Mutex::new(Vec::new()), AtomicU64::new(0));
    std::thread::scope(|scope| {
        for _ in 0..number(AT_ONCE, 8) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, Ordering::Relaxed);
                    if at >= times {
                        return;
                    }
                    let late_ms = Arc::new(AtomicU64::new(0));
                    let played = catch_unwind(AssertUnwindSafe(|| one(seed, at, &late_ms)));
                    let late_ms = late_ms.load(Ordering::Relaxed);
                    match played {
                        Ok(seen) => came.lock().unwrap().push(seen),
                        // No device is held up so long: it lost its host while that one spoke.
                        Err(_) if late_ms > STARVED_MS => {
                            say(&format!("number {at}: starved, no turn for {late_ms} ms"));
                            starved.fetch_add(1, Ordering::Relaxed);
                        }
                        Err(why) => {
                            say(&format!("number {at} from seed {seed} failed"));
                            resume_unwind(why);
                        }
                    }
                }
            });
        }
    });
    let came = came.into_inner().unwrap();
    let starved = starved.into_inner();
    assert_eq!(came.len() as u64 + starved, times);
    assert!(starved * 4 <= times, "the machine held up {starved} of {times} devices: too busy");
    say(&format!(
        "{times} killed over the wire, from seed {seed}, {starved} of them with a device that the \
         machine held up, which show nothing:"
    ));
    let mut kinds: BTreeMap<(&str, Fate), Vec<Came>> = BTreeMap::new();
    for (table, came) in came {
        kinds.entry((table, came.fate)).or_default().push(came);
    }
    for ((table, fate), came) in kinds {
        say(&format!("  {table} {fate:?}: {}", told(&came)));
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
