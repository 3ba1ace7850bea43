//! `table jog --empty`: an empty bed moves while a key is held, by its true tilt.

use std::path::Path;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::hardware::{commission, folder, identity};
use super::running::text;
use super::screen::Window;
use super::served::Served;
use super::{json, run, stderr};

/// Everything here happens within moments; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// Longer than one letter grants, and than a keyboard pauses.
const LET_GO: Duration = Duration::from_millis(1_000);
/// Between two letters of a key that is held.
const REPEAT: Duration = Duration::from_millis(33);

/// A served table and somebody at the keys of it.
struct Jogged {
    served: Served,
    window: Window,
    data: TempDir,
}

fn jog(data: &Path) -> Window {
    Window::open(&["table", "jog", "attic", "--empty"], data)
}

impl Jogged {
    /// Has said that the bed is empty.
    fn begun(commissioned: bool) -> Self {
        let served = Served::new(&[]);
        let data = folder(&served.path);
        if commissioned {
            commission(data.path(), identity(data.path()));
        }
        let mut window = jog(data.path());
        window.wait_for("Type EMPTY");
        window.press("EMPTY\n");
        window.wait_for("hold d: head-down");
        window.wait_for("tilt -");
        Self { served, window, data }
    }

    /// Holds a key until the true tilt is like that.
    #[track_caller]
    fn hold_until(&mut self, key: &str, enough: impl Fn(f64) -> bool) -> f64 {
        let until = Instant::now() + PATIENCE;
        loop {
            self.window.press(key);
            self.window.glance(REPEAT);
            let tilt = self.served.true_tilt();
            if enough(tilt) {
                return tilt;
            }
            assert!(Instant::now() < until, "it stays at {tilt}\n{}", self.window.text());
        }
    }

    /// Holds a key until the window shows these words.
    #[track_caller]
    fn hold_until_shown(&mut self, key: &str, words: &str) {
        let until = Instant::now() + PATIENCE;
        while !self.window.shows(words) {
            self.window.press(key);
            self.window.glance(REPEAT);
            assert!(Instant::now() < until, "no {words:?}\n{}", self.window.text());
        }
    }

    /// The true tilt after so long, nothing pressed or `key` held.
    fn after(&mut self, time: Duration, key: &str) -> f64 {
        let until = Instant::now() + time;
        while Instant::now() < until {
            self.window.press(key);
            self.window.glance(REPEAT);
        }
        self.served.true_tilt()
    }
}

#[test]
fn the_bed_moves_while_a_key_is_held_and_stands_soon_after() {
    let mut jog = Jogged::begun(true);
    let start = jog.served.true_tilt();
    let let_go = jog.hold_until("d", |tilt| tilt > start + 5.0);
    assert!(let_go > 0.0, "its record lets it go below horizontal");
    let stood = jog.after(LET_GO + LET_GO, "");
    assert!(stood - let_go < 1.2, "{let_go} {stood}: two leases and a stop at a degree a second");
    let later = jog.after(LET_GO, "");
    assert!((later - stood).abs() < 0.1, "{stood} {later}");
    jog.hold_until("u", |tilt| tilt < stood - 1.0);
    assert_eq!(jog.window.quit(), Some(0));
    assert!(jog.served.true_tilt() <= 0.2, "{}", jog.served.true_tilt());
}

#[test]
fn without_a_commissioning_record_no_key_brings_it_below_horizontal() {
    let mut jog = Jogged::begun(false);
    let start = jog.served.true_tilt();
    jog.hold_until("d", |tilt| tilt > start + 0.5);
    jog.hold_until_shown("d", "this is the end of its way: 0");
    let deepest = jog.after(LET_GO + LET_GO, "d");
    assert!(deepest <= 0.0, "{deepest}");
    jog.hold_until("u", |tilt| tilt < deepest - 1.0);
    assert_eq!(jog.window.quit(), Some(0));
}

#[test]
fn what_blocks_it_is_not_pushed_again_until_the_key_is_let_go_and_the_other_one_pressed() {
    let mut jog = Jogged::begun(true);
    let start = jog.served.true_tilt();
    jog.hold_until("d", |tilt| tilt > start + 0.5);
    jog.served.hands("fault stall");
    jog.hold_until_shown("d", "let go, look what is in the way");
    // The drive has let go of what it pushed against; the key is held all the time.
    let blocked = jog.after(LET_GO, "d");
    // From here on nothing stands in its way: every push would move it.
    jog.served.hands("heal");
    let held = jog.after(LET_GO + LET_GO, "d");
    assert!((held - blocked).abs() < 0.1, "{blocked} {held}: the key was never let go of");
    jog.after(LET_GO, "");
    jog.window.press("c");
    let again = jog.after(LET_GO + LET_GO, "d");
    assert!((again - blocked).abs() < 0.1, "{blocked} {again}: pressed again the same way");
    jog.after(LET_GO, "");
    let up = jog.hold_until("u", |tilt| tilt < blocked - 0.3);
    jog.hold_until("d", |tilt| tilt > up + 0.3);
    assert_eq!(jog.window.quit(), Some(0));
}

#[test]
fn space_and_another_program_stop_it_and_a_held_key_moves_it_no_more() {
    for remote in [false, true] {
        let mut jog = Jogged::begun(true);
        let start = jog.served.true_tilt();
        jog.hold_until("d", |tilt| tilt > start + 0.5);
        if remote {
            let status = run(&["status", "--json", "--data", text(jog.data.path())]);
            let said = json(&status).to_string();
            assert!(said.contains("an empty bed is moved at the keys"), "{said}");
            run(&["stop", "--data", text(jog.data.path())]);
        } else {
            jog.window.press(" ");
        }
        jog.hold_until_shown("d", "STOP is latched");
        let stopped = jog.after(LET_GO, "");
        let held = jog.after(LET_GO + LET_GO, "d");
        assert!((held - stopped).abs() < 0.1, "{stopped} {held}");
        assert_eq!(jog.window.quit(), Some(4));
        assert!((jog.served.true_tilt() - stopped).abs() < 0.1, "under STOP it stays");
    }
}

impl Jogged {
    /// Presses STOP while nothing of what the program says arrives.
    fn stop_into_the_void(&mut self) {
        self.served.hands("fault deaf-table");
        // Answered in turn: from here on the table is deaf.
        self.served.true_tilt();
        self.window.press(" ");
        self.window.wait_for("STOP   u: up while it is held");
    }
}

#[test]
fn a_stop_whose_frame_was_lost_is_said_again_until_the_table_answers_it() {
    let mut jog = Jogged::begun(true);
    let start = jog.served.true_tilt();
    jog.hold_until("d", |tilt| tilt > start + 0.5);
    jog.stop_into_the_void();
    jog.served.hands("heal");
    // The key never let go of pushes nothing, and the STOP arrives.
    let until = Instant::now() + PATIENCE;
    while !jog.window.shows("STOP is latched") {
        jog.window.glance(REPEAT);
        assert!(Instant::now() < until, "it was said once\n{}", jog.window.text());
    }
    let stopped = jog.after(LET_GO, "");
    let held = jog.after(LET_GO + LET_GO, "d");
    assert!((held - stopped).abs() < 0.1, "{stopped} {held}");
    assert_eq!(jog.window.quit(), Some(4));
    assert!((jog.served.true_tilt() - stopped).abs() < 0.1, "under STOP it stays");
}

#[test]
fn while_no_stop_is_answered_no_key_pushes_and_leaving_brings_nothing_home() {
    let mut jog = Jogged::begun(true);
    let start = jog.served.true_tilt();
    jog.hold_until("d", |tilt| tilt > start + 3.0);
    jog.stop_into_the_void();
    jog.hold_until_shown("d", "STOP is said again");
    let stood = jog.after(LET_GO, "d");
    jog.window.press("q");
    jog.window.wait_for("STOP IS NOT ANSWERED");
    assert_eq!(jog.window.end(), Some(5));
    assert!(jog.served.true_tilt() <= stood + 0.1, "{stood}");
}

#[test]
fn a_bed_that_is_head_down_is_no_empty_bed() {
    let mut jog = Jogged::begun(true);
    jog.hold_until("d", |tilt| tilt > 3.0);
    jog.window.press(" ");
    jog.hold_until_shown("d", "STOP is latched");
    let down = jog.after(LET_GO, "");
    assert_eq!(jog.window.quit(), Some(4));
    let mut window = self::jog(jog.data.path());
    window.wait_for("Type EMPTY");
    window.press("EMPTY\n");
    window.wait_for("head-down");
    window.wait_for("antipode table return attic");
    assert_eq!(window.quit(), Some(3));
    assert!((jog.served.true_tilt() - down).abs() < 0.1);
}

#[test]
fn without_the_word_without_a_terminal_and_without_a_bed_nothing_moves() {
    let mut served = Served::new(&[]);
    let data = folder(&served.path);
    let before = served.true_tilt();
    let mut window = jog(data.path());
    window.wait_for("Type EMPTY");
    window.press("yes\n");
    window.wait_for("was not typed");
    assert_eq!(window.quit(), Some(3));
    let arguments = ["table", "jog", "attic", "--empty", "--data", text(data.path())];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("no terminal"), "{}", stderr(&output));
    assert_eq!(run(&["table", "jog", "attic"]).status.code(), Some(2));
    assert_eq!(run(&["table", "jog", "sim", "--empty"]).status.code(), Some(3));
    let unknown = run(&["table", "jog", "attik", "--empty", "--data", text(data.path())]);
    assert_eq!(unknown.status.code(), Some(2), "{}", stderr(&unknown));
    assert!((served.true_tilt() - before).abs() < 0.1);
}
