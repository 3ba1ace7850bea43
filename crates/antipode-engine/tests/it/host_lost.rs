//! The host freezes or dies: the table comes back by itself (H-01, H-03).

use antipode_core::session::StateKind;
use antipode_safety::Millis;
use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

use crate::bench::Sent;
use crate::hands::{Run, plan};

const SECOND: u64 = 1_000;
/// By then the bed is in the rest band (I-08).
const HOME_WITHIN_MS: u64 = 45 * SECOND;

/// Sorted moments of a session, drawn from `seed`.
fn moments(seed: u64, count: usize, until_ms: u64) -> Vec<u64> {
    let mut random = Pcg32::new(seed, 7);
    let mut moments: Vec<u64> =
        (0..count).map(|_| u64::from(random.next_u32()) % (until_ms / 10) * 10).collect();
    moments.sort_unstable();
    moments
}

/// Runs on without a host, and gives the deepest true tilt.
fn alone(run: &mut Run, label: &str) {
    run.helpful = false;
    run.deepest = run.tilt();
    let before = run.tilt();
    let start = run.shell.now();
    while run.shell.now().since(start).get() < HOME_WITHIN_MS {
        run.step();
    }
    assert!(
        (-10_000..=0).contains(&run.tilt()),
        "{label} at {start}: true tilt {} after 45 s, {before} before",
        run.tilt()
    );
    // What one lease and the stop ramp allow, and no more (I-07).
    assert!(run.deepest <= before.max(0) + 1_500, "{label} at {start}: {}", run.deepest);
}

#[test]
fn a_dead_or_frozen_host_at_any_moment_leaves_nobody_head_down() {
    let mut run = Run::new(&plan(2, 30, 60), 3);
    let mut head_down = 0;
    for at_ms in moments(41, 200, 330 * SECOND) {
        while run.shell.now().as_millis() < at_ms {
            run.shell.table_mut().sent.clear();
            run.step();
        }
        head_down += usize::from(run.tilt() > 5_000);
        let mut cut_off = run.clone();
        cut_off.shell.kill_host();
        cut_off.shell.table_mut().sent.clear();
        alone(&mut cut_off, "cut off");
        assert_eq!(cut_off.shell.table().sent, []);

        let mut frozen = run.clone();
        frozen.shell.freeze(Millis::from_secs(600));
        frozen.shell.table_mut().sent.clear();
        alone(&mut frozen, "frozen");
        let sent = &frozen.shell.table().sent;
        assert!(matches!(sent.as_slice(), [(_, Sent::Halt)]), "at {at_ms} ms: {sent:?}");
    }
    assert!(head_down >= 50, "{head_down}");
}

#[test]
fn a_loop_that_thaws_ends_the_session_and_goes_on_watching() {
    let mut run = Run::new(&plan(1, 20, 60), 4);
    run.until(200, |run| run.tilt() > 15_000);
    run.shell.freeze(Millis::new(400));
    run.shell.table_mut().sent.clear();
    run.until(60, |run| run.state() == StateKind::Closing);
    assert_eq!(run.shell.table().count(Sent::HaltLane), 0);
    assert!((-10_000..=0).contains(&run.tilt()), "{}", run.tilt());
}
