//! A session without a screen: a line for everything that happens, and one every ten seconds.

use std::thread;

use antipode_core::alarm::AlarmCause;
use antipode_core::session::{StateKind, View};
use antipode_safety::{Millis, Timestamp};

use crate::controls::Controls;
use crate::heard::Heard;
use crate::live::{Live, may_leave};
use crate::output::Output;
use crate::words;

/// Between two status lines, in the session's own time.
const STATUS_EVERY: Millis = Millis::from_secs(10);

/// Follows the session to its end. It does not end while anyone is head-down.
pub fn run(live: &mut dyn Live, controls: &Controls, out: &mut Output) {
    let mut lines = Lines::new();
    for line in opening(live.about().simulated, controls.hand.is_some()) {
        progress(out, line);
    }
    loop {
        controls.pass_on(live);
        live.advance();
        for line in lines.of(live) {
            progress(out, &line);
        }
        if (live.is_over() || controls.interrupts.any()) && may_leave(live) {
            return;
        }
        let wait = live.wait();
        if !wait.is_zero() {
            thread::sleep(wait);
        }
    }
}

/// Who answers what is asked below, and what somebody at this keyboard can do: nothing here reads
/// keys, so that none is offered.
const fn opening(simulated: bool, hand: bool) -> [&'static str; 2] {
    let who = match (hand, simulated) {
        (true, _) => "Quoted lines are said aloud; the hand control answers them.",
        (false, true) => "Quoted lines are said to the simulated person, who answers them.",
        (false, false) => "Quoted lines are said aloud; only the table's own buttons answer them.",
    };
    [who, "Here Ctrl-C alone does something: once to come up, again for STOP."]
}

/// With `--json` standard output belongs to the document.
fn progress(out: &mut Output, line: &str) {
    if out.json() {
        out.talk(line);
    } else {
        out.line(line);
    }
}

/// Turns what happens into lines.
struct Lines {
    /// When the first line was written: lines count from there, not from the machine's start.
    began: Option<Timestamp>,
    state: Option<StateKind>,
    alarms: Vec<AlarmCause>,
    next_status: Timestamp,
    heard: Heard,
}

impl Lines {
    fn new() -> Self {
        Self {
            began: None,
            state: None,
            alarms: Vec::new(),
            next_status: Timestamp::ZERO,
            heard: Heard::default(),
        }
    }

    fn of(&mut self, live: &mut dyn Live) -> Vec<String> {
        let view = live.view();
        let began = *self.began.get_or_insert(view.now);
        let mut lines: Vec<String> = live
            .take_prompts()
            .into_iter()
            .filter(|(at, prompt)| self.heard.is_new(*at, *prompt))
            .map(|(at, prompt)| {
                format!("{}  {}", time(at.since(began)), words::prompt_without_keys(prompt, &view))
            })
            .collect();
        let at = time(view.now.since(began));
        if self.state != Some(view.state) {
            self.state = Some(view.state);
            lines.push(format!("{at}  [{}]", words::state(view.state)));
        }
        let alarms: Vec<AlarmCause> = view.alarms.causes().collect();
        for cause in alarms.iter().filter(|cause| !self.alarms.contains(cause)) {
            let priority = cause.priority();
            lines.push(format!(
                "{at}  {} {}: {}. {}",
                words::priority_shape(priority).trim_end(),
                words::priority(priority),
                words::alarm(*cause),
                words::alarm_todo(*cause)
            ));
        }
        self.alarms = alarms;
        if view.now >= self.next_status {
            self.next_status = view.now.plus(STATUS_EVERY);
            lines.push(format!("{at}  {}", status(&view)));
        }
        lines
    }
}

fn time(passed: Millis) -> String {
    let seconds = passed.get() / 1_000;
    format!("{:>3}:{:02}", seconds / 60, seconds % 60)
}

fn status(view: &View) -> String {
    let tilt = view
        .tilt
        .map_or_else(|| "unknown".to_owned(), |tilt| format!("{} degrees", words::degrees(tilt)));
    let until = view
        .until
        .map(|until| format!(", {} to go", words::clock(until.since(view.now))))
        .unwrap_or_default();
    let bout = view
        .bout
        .map(|bout| format!(", bout {} of {}", bout.saturating_add(1), view.bouts))
        .unwrap_or_default();
    format!(
        "{}: tilt {tilt}{until}{bout}, head-down {}",
        words::state(view.state),
        words::clock(view.head_down)
    )
}

#[cfg(test)]
mod tests;
