//! Hosts, guardians and devices killed at drawn moments, over real lines: what the bed does.
//!
//! Host and guardian are processes of their own; the table is simulated in this one, and its true
//! tilt is what counts, in its own time. `cargo xtask kill --wire --times 500` runs it longer.

mod fate;
mod judge;
mod part;
mod scene;
mod table;
mod watched;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::draw::Draw;
use crate::guarded;
use fate::Fate;
use scene::{Came, Scene};
use table::Which;

/// How many are killed, from what the moments are drawn, and how many at once.
const TIMES: &str = "ANTIPODE_WIRE_KILLS";
const SEED: &str = "ANTIPODE_WIRE_KILLS_SEED";
const AT_ONCE: &str = "ANTIPODE_WIRE_KILLS_AT_ONCE";
/// A simulated device that got no turn for longer than this has failed as no device fails: its
/// time goes on while what its host says waits, and it takes the host for lost.
const STARVED_MS: u64 = 150;
/// So many in an ordinary test run, four of each dialect: about a minute.
const USUAL: u64 = 20;

fn number(variable: &str, otherwise: u64) -> u64 {
    match std::env::var(variable) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{variable}={text} is no number")),
        Err(_) => otherwise,
    }
}

/// The `at`-th of a series.
fn one(seed: u64, at: u64, late_ms: &Arc<AtomicU64>) -> Came {
    let mut chance = Draw::new(seed.wrapping_mul(1_000_003).wrapping_add(at));
    let (which, fate) = fate::of(at);
    // No two tables of a series have one number.
    let serial = 1_000 + u32::try_from(at).unwrap();
    if which.is_guarded() {
        Scene::new(which.drive(seed), which, serial, late_ms).play(fate, &mut chance)
    } else {
        Scene::new(Which::served(serial, seed), which, serial, late_ms).play(fate, &mut chance)
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
                            say(&format!(
                                "number {at} from seed {seed} failed: {:?}",
                                fate::of(at)
                            ));
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
    shows_something(&came);
    let mut kinds: BTreeMap<(Which, Fate), Vec<Came>> = BTreeMap::new();
    for came in &came {
        kinds.entry((came.which, came.fate)).or_default().push(*came);
    }
    for ((which, fate), came) in kinds {
        say(&format!("  {which:?} {fate:?}: {}", told(&came)));
    }
    say(&format!("  all: {}", told(&came)));
}

/// A bed that never turned shows nothing: of each dialect, and of all together, enough did.
fn shows_something(came: &[Came]) {
    let turned = |of: &dyn Fn(&Came) -> bool| {
        let all: Vec<&Came> = came.iter().filter(|came| of(came)).collect();
        (all.iter().filter(|came| came.turned || came.down).count(), all.len())
    };
    let ways = [Which::Link, Which::Jrk, Which::Tic, Which::Duty, Which::Place];
    let families = ways.map(|way| turned(&|came| came.which.dialect() == way));
    for (way, (moved, all)) in ways.iter().zip(families) {
        assert!(moved * 4 >= all, "{moved} of {all} beds of {way:?} had left their rest");
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
