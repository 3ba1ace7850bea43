use std::time::Duration;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};

use super::*;
use crate::instance::{Mailbox, Remote};
use crate::live::About;
use crate::output::tests::Captured;
use crate::signals::Interrupts;
use antipode_core::alarm::Alarms;
use antipode_core::session::Outcome;
use antipode_safety::{Angle, FaultSet, Rate};

/// A session that lowers, comes up when asked, and is over when level.
struct Fake {
    about: About,
    view: View,
    prompts: Vec<(Timestamp, Prompt)>,
    heard: Vec<String>,
}

impl Fake {
    fn head_down() -> Self {
        let view = View {
            now: Timestamp::ZERO,
            state: StateKind::Running,
            cause: None,
            outcome: None,
            bout: Some(0),
            bouts_done: 0,
            bouts: 1,
            tilt: Angle::from_deg(10),
            tilt_at: Some(Timestamp::ZERO),
            faults: FaultSet::NONE,
            worst_case: None,
            rate: Rate::ZERO,
            target: None,
            until: None,
            next_target: None,
            question: None,
            alarms: Alarms::NONE,
            head_down: Millis::ZERO,
            head_down_day: Millis::ZERO,
            day_limit: Millis::from_secs(1_500),
            tilt_limit: Angle::clamped(60_000),
            connected: true,
            armed: true,
            drive: None,
            commanded: Rate::ZERO,
            heart_rate: None,
            live: true,
            stopped: false,
            effort: None,
        };
        Self { about: About::default(), view, prompts: Vec::new(), heard: Vec::new() }
    }
}

impl Live for Fake {
    fn about(&self) -> &About {
        &self.about
    }

    fn view(&self) -> View {
        self.view
    }

    fn view_age(&self) -> Millis {
        Millis::ZERO
    }

    fn wall(&self) -> jiff::Zoned {
        jiff::Zoned::default()
    }

    fn act(&mut self, act: Act, source: Source) {
        self.heard.push(format!("{act:?} {source:?}"));
        if act == Act::Return {
            self.view.state = StateKind::Returning;
            self.prompts.push((self.view.now, Prompt::HoldReturnToComeUp));
        }
    }

    fn stop(&mut self, event: StopEvent, source: Source) {
        self.heard.push(format!("{event:?} {source:?}"));
        self.view.stopped = true;
    }

    fn symptom(&mut self, _: Symptom, _: Severity) {}

    fn take_prompts(&mut self) -> Vec<(Timestamp, Prompt)> {
        std::mem::take(&mut self.prompts)
    }

    fn advance(&mut self) {
        self.view.now = self.view.now.plus(Millis::new(1_000));
        let coming_up = self.view.state == StateKind::Returning;
        if let Some(tilt) = self.view.tilt.filter(|_| coming_up) {
            self.view.tilt = Some(tilt.moved(-3_000));
            if !tilt.moved(-3_000).is_head_down() {
                self.view.state = StateKind::Finished;
                self.view.outcome = Some(Outcome::Returned);
                self.view.live = false;
            }
        }
        // A session that nothing ends would hold the test up for ever.
        assert!(self.view.now < Timestamp::from_millis(3_600_000), "{:?}", self.heard);
    }

    fn wait(&self) -> Duration {
        Duration::ZERO
    }

    fn is_over(&self) -> bool {
        self.view.state == StateKind::Finished
    }
}

fn controls() -> Controls {
    Controls {
        interrupts: Interrupts::default(),
        mailbox: Mailbox::default(),
        hand: None,
        data: "/data".into(),
    }
}

#[test]
fn interruption_brings_up_first_and_only_then_ends() {
    let (mut live, controls, stdout) = (Fake::head_down(), controls(), Captured::default());
    controls.interrupts.interrupt();
    let mut out = Output::to(stdout.clone(), std::io::sink(), false);
    run(&mut live, &controls, &mut out);
    assert!(!live.view.tilt.unwrap().is_head_down());
    assert_eq!(live.heard, ["Return Signal"]);
    let text = stdout.text();
    assert!(text.contains("[coming up]") && text.contains("[over]"), "{text}");
    assert!(text.contains("\"Stopped. Hold RETURN to come up.\""), "{text}");
    // What works here is said, and no key that does not.
    assert!(text.contains("Here Ctrl-C alone does something"), "{text}");
    assert!(!text.contains("pressing r") && !text.contains("terminal"), "{text}");
}

#[test]
fn stop_from_the_socket_comes_before_a_return_from_there() {
    let (mut live, controls) = (Fake::head_down(), controls());
    controls.mailbox.bring_up();
    controls.mailbox.stop();
    controls.pass_on(&mut live);
    assert_eq!(live.heard, ["Pressed Network", "Return Network"]);
    assert_eq!(controls.mailbox.status().tilt_deg.unwrap().0, 10_000);
}

#[test]
fn hand_control_stop_overtakes_what_was_pressed_before_it() {
    use crate::hand_evdev::HandEvent;
    let (tell, hand) = std::sync::mpsc::channel();
    let controls = Controls { hand: Some(hand), ..controls() };
    tell.send(HandEvent::OkPressed).unwrap();
    tell.send(HandEvent::StopPressed).unwrap();
    let mut live = Fake::head_down();
    controls.pass_on(&mut live);
    assert_eq!(live.heard, ["Pressed Hand", "Ok Hand"]);
}

#[test]
fn alarms_and_every_tenth_second_get_a_line() {
    let (mut live, mut lines) = (Fake::head_down(), Lines::new());
    live.view.alarms.set(AlarmCause::NoAnswer, true);
    let first = lines.of(&mut live);
    assert!(first.iter().any(|line| line.contains("!!! HIGH: no answer")), "{first:?}");
    assert!(first.iter().any(|line| line.contains("tilt 10 degrees")), "{first:?}");
    assert!(lines.of(&mut live).is_empty());
    live.view.now = Timestamp::from_millis(10_000);
    assert_eq!(lines.of(&mut live).len(), 1);
}

#[test]
fn nobody_is_left_head_down_or_where_the_tilt_is_not_known() {
    let mut live = Fake::head_down();
    live.view.live = false;
    assert!(!crate::live::may_leave(&live));
    live.view.tilt = None;
    assert!(crate::live::may_leave(&live), "nothing has begun");
    live.view.outcome = Some(Outcome::Fault);
    assert!(!crate::live::may_leave(&live));
    live.view.tilt = Some(Angle::REST_AIM);
    assert!(crate::live::may_leave(&live));
    live.view.live = true;
    assert!(!crate::live::may_leave(&live));
    live.view.state = StateKind::Stopped;
    assert!(crate::live::may_leave(&live));
}
