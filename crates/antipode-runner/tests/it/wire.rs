//! A whole session over the wire against the same session in process.

pub(crate) mod guarded;
mod killed;

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use antipode_core::session::Company;
use antipode_files::{Source, read_person, read_plan};
use antipode_runner::sim_run::scenario::body;
use antipode_runner::sim_run::{SimRun, SimSetup};
use antipode_safety::{Layer, Limits, Narrowing, Rate, Setting, Why};
use antipode_sim::plant::{self, PlantConfig};
use antipode_sim::world::WorldSetup;

use super::hardware::{PERSON, PLAN, commission, folder, identity, session};
use super::screen::{Window, recorded};
use super::served::Served;

/// When, since some moment, the bed was how far head-down, in degrees.
pub(crate) type Line = Vec<(f64, f64)>;

/// Looks at the true tilt ten times a second, and types what it is told to.
fn looking(mut served: Served) -> (Sender<&'static str>, JoinHandle<Line>) {
    let (hands, typed): (Sender<&'static str>, Receiver<&'static str>) = channel();
    let began = Instant::now();
    let looks = std::thread::spawn(move || {
        let mut line = Line::new();
        loop {
            match typed.recv_timeout(Duration::from_millis(100)) {
                Ok(words) => served.hands(words),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return line,
            }
            let tilt = served.true_tilt();
            line.push((began.elapsed().as_secs_f64(), tilt));
        }
    });
    (hands, looks)
}

/// The same plan and person, in process and in virtual time, on a table of that speed.
pub(crate) fn in_process(fastest: Option<Rate>) -> (String, Line) {
    let plan = read_plan(&Source::new("plan", PLAN)).expect("it can run").value.plan;
    let person = read_person(&Source::new("ada", PERSON)).expect("it can run").value;
    let limits = person.narrow(Limits::hard(Setting::Home));
    let own = Narrowing { lower_rate: fastest, raise_rate: fastest, ..Narrowing::NONE };
    let limits = limits.narrow(Layer::Table, Why::TableModel, own);
    let setup = SimSetup {
        program: Arc::new(plan.slowed_to(&limits).expand().expect("it can run")),
        limits,
        world: WorldSetup::of(PlantConfig::with_rescue(plant::Rescue::Gravity), body(&person)),
        company: Company::Spotter,
        effort: None,
        seed: 1,
        faults: Vec::new(),
        acts: Vec::new(),
    };
    let mut run = SimRun::new(setup, false);
    let mut line = Line::new();
    while !run.is_over() && run.now_ms() < 600_000 {
        run.step();
        if run.now_ms().is_multiple_of(100) {
            let at = Duration::from_millis(run.now_ms()).as_secs_f64();
            line.push((at, f64::from(run.true_tilt().millideg()) / 1_000.0));
        }
    }
    let (outcome, cause) = run.ended().expect("it ended");
    (format!("{outcome:?} {cause:?}"), line)
}

/// The bout alone, from a second before the bed is 5 degrees down to ten after it is not: how long
/// people take before it is theirs.
fn bout(line: &Line) -> Line {
    let down: Vec<f64> = line.iter().filter(|(_, tilt)| *tilt >= 5.0).map(|(at, _)| *at).collect();
    let (first, last) = (down.first().expect("a bout"), down.last().expect("a bout"));
    line.iter()
        .filter(|(at, _)| (first - 1.0..=last + 10.0).contains(at))
        .map(|(at, tilt)| (at - first, *tilt))
        .collect()
}

/// Whether `line` is at that tilt, within a degree, at that moment, within half a second.
fn is_near(line: &Line, (at, tilt): (f64, f64)) -> bool {
    line.iter().any(|(other, there)| (other - at).abs() <= 0.5 && (there - tilt).abs() <= 1.0)
}

/// What `line` was about that moment, for who reads a failure.
fn around(line: &Line, (at, _): (f64, f64)) -> Line {
    line.iter().copied().filter(|(other, _)| (other - at).abs() <= 1.0).collect()
}

/// People take so long to answer.
const THOUGHT: Duration = Duration::from_millis(1_500);

/// What somebody at the terminal does about what it shows: the first that fits.
pub(crate) const ANSWERS: [(&str, &str); 9] = [
    ("Spotter: are both ankle holds closed?", "y"),
    ("Is the person named above", "y"),
    ("Is the space around and under the table clear?", "y"),
    ("STOP pressed: let it go, then confirm.", "xk"),
    ("STOP was let go: confirm it.", "k"),
    ("Ready. Start now?", "o"),
    ("Did your heels stay in place?", "y"),
    ("Are you all right?", "o"),
    ("Ready to go on?", "o"),
];

/// A question of the first steps that is answered by pressing something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tried {
    Stop,
    Return,
}

/// Somebody at the terminal of a session.
#[derive(Default)]
pub(crate) struct Somebody {
    tried_stop: bool,
    tried_return: bool,
    asked_last: Option<(&'static str, Instant)>,
}

impl Somebody {
    /// Does what the window asks for, and tries what it wants tried by `press`.
    pub(crate) fn answer(&mut self, window: &mut Window, press: impl Fn(Tried, &mut Window)) {
        if !self.tried_stop && window.shows("> Does STOP work?") {
            self.tried_stop = true;
            press(Tried::Stop, window);
        }
        if !self.tried_return && window.shows("> Does RETURN work?") {
            self.tried_return = true;
            press(Tried::Return, window);
        }
        let asked = ANSWERS.iter().find(|(words, _)| window.shows(&format!("> {words}")));
        let Some((words, key)) = asked else { return };
        match self.asked_last {
            Some((last, since)) if last == *words => {
                // A key that comes too soon after another counts as one that was not let go.
                if since.elapsed() >= THOUGHT {
                    window.press(key);
                    self.asked_last = Some((words, Instant::now()));
                }
            }
            Some(_) | None => self.asked_last = Some((words, Instant::now())),
        }
    }
}

/// Goes through a session as somebody at the terminal does, to its end.
fn go_through(window: &mut Window, press: impl Fn(Tried, &mut Window)) {
    let mut somebody = Somebody::default();
    let began = Instant::now();
    while !window.shows("The session is over") {
        assert!(began.elapsed() < Duration::from_secs(240), "{}", window.text());
        window.look("the end of the session");
        somebody.answer(window, &press);
    }
    assert!(window.shows("The session is over: completed"), "{}", window.text());
}

/// Holds what was seen of a session, and its record, to the same session in process.
fn is_the_session_in_process(line: &Line, fastest: Option<Rate>, data: &Path) {
    let (ended, expected) = in_process(fastest);
    assert_eq!(ended, "Completed PlanDone");
    let session = recorded(data);
    assert_eq!(session["outcome"], "completed", "{session}");
    assert_eq!(session["end_cause"], "plan_done", "{session}");
    assert_eq!(session["bouts_done"], 1, "{session}");
    assert_eq!(session["table"], "attic");
    lines_agree("over the wire", line, &expected);
}

/// Holds the bout of one line to that of the session in process.
pub(crate) fn lines_agree(what: &str, line: &Line, expected: &Line) {
    let (wire, process) = (bout(line), bout(expected));
    for point in &wire {
        let near = around(&process, *point);
        assert!(is_near(&process, *point), "{what}: {point:?}, in process {near:?}");
    }
    for point in &process {
        let near = around(&wire, *point);
        assert!(is_near(&wire, *point), "{what}: {point:?} in process, there {near:?}");
    }
    let deepest = wire.iter().map(|(_, tilt)| *tilt).fold(f64::MIN, f64::max);
    assert!((11.0..=12.5).contains(&deepest), "{what}: {deepest}");
}

#[test]
fn a_whole_session_over_the_wire_is_the_session_in_process() {
    let served = Served::new(&["--seed", "1"]);
    let data = folder(&served.path);
    commission(data.path(), identity(data.path()));
    let (hands, looks) = looking(served);
    let mut window = session(data.path());
    go_through(&mut window, |tried, _| {
        let pressed = match tried {
            Tried::Stop => "press stop 400",
            Tried::Return => "press return 400",
        };
        hands.send(pressed).unwrap();
    });
    assert_eq!(window.quit(), Some(0));
    drop(hands);
    let line = looks.join().expect("it looked to the end");
    is_the_session_in_process(&line, None, data.path());
}
