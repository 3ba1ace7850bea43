//! The people of a simulated run: a spotter at the terminal, and the strapped person's voice.
//!
//! They answer what the session asks, after the time people take, and help when it asks for help.
//! They know only what the session tells and what they see: that the person hangs head-down.

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{Company, NotReady, Question, StateKind, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_engine::Input;
use antipode_sim::person::{self, Answer, Button, CheckIn};
use antipode_sim::plant::SpotterAct;
use antipode_sim::world::World;

/// Presses of OK in a stretch of the person's own pace: how long after its beginning, and for how long.
const OWN_PACE: [(u64, u64); 2] = [(2_000, 15_000), (50_000, 200)];
/// How long a button of the hand control is pressed, milliseconds.
const PRESS_MS: u64 = 400;
/// How long a person who hangs alone and is not brought up holds RETURN at a time, milliseconds.
const HELD_MS: u64 = 20_000;
/// How long people take to answer the session, milliseconds.
const REACTION_MS: u64 = 1_200;
/// Held head-down for so long, the spotter presses RETURN, milliseconds.
const HELP_AFTER_MS: u64 = 10_000;
/// Still there after this much more, the spotter holds RETURN, milliseconds.
const HOLD_AFTER_MS: u64 = 10_000;
/// Still there after this much more, or not coming any more for so long under a held RETURN, the
/// spotter works the table by hand, milliseconds.
const BY_HAND_AFTER_MS: u64 = 20_000;
/// The spotter changes between hand and button this often, milliseconds.
const HANDS_MS: u64 = 30_000;
/// A held RETURN is tapped this often, milliseconds.
const TAP_MS: u64 = 500;

/// What the spotter does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpotterMode {
    /// Answers, and helps when the person is stuck.
    Helpful,
    /// Has gone: answers nothing, helps nobody.
    Gone,
    /// There is none: the strapped person does everything, with the hand control alone.
    Nobody,
}

/// The spotter at the terminal.
#[derive(Clone, Debug)]
pub struct Spotter {
    /// What the spotter does.
    pub mode: SpotterMode,
    answer_due_ms: Option<u64>,
    stuck_since_ms: Option<u64>,
    stopped_since_ms: Option<u64>,
    last_tap_ms: u64,
    /// The bed was last seen to come under the held RETURN.
    came_ms: u64,
    stop_tried: bool,
    returned_once: bool,
    by_hand: bool,
    /// The lever or crank is let go, or taken again, at this moment.
    change_hands_ms: u64,
}

impl Spotter {
    /// A helpful spotter.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            mode: SpotterMode::Helpful,
            answer_due_ms: None,
            stuck_since_ms: None,
            stopped_since_ms: None,
            last_tap_ms: 0,
            came_ms: 0,
            stop_tried: false,
            returned_once: false,
            by_hand: false,
            change_hands_ms: 0,
        }
    }

    /// Whoever `company` says is there.
    #[must_use]
    pub const fn of(company: Company) -> Self {
        let mode = match company {
            Company::Spotter => SpotterMode::Helpful,
            Company::Alone(_) => SpotterMode::Nobody,
        };
        Self { mode, ..Self::new() }
    }

    /// Whether the spotter holds RETURN at this moment: one tap grants 700 ms.
    #[must_use]
    pub const fn holds_return(&self, now_ms: u64) -> bool {
        self.last_tap_ms > 0 && now_ms < self.last_tap_ms + 700
    }

    /// Whether the spotter works the table by hand.
    #[must_use]
    pub const fn works_by_hand(&self) -> bool {
        self.by_hand
    }

    /// Looks at the session and the table and acts.
    pub fn act(&mut self, view: &View, world: &mut World, inputs: &mut Vec<Input>) {
        let now_ms = view.now.as_millis();
        match self.mode {
            SpotterMode::Gone => {}
            SpotterMode::Nobody => self.alone(view, now_ms, world),
            SpotterMode::Helpful => {
                self.answer(view, now_ms, world, inputs);
                self.help(view, now_ms, world, inputs);
            }
        }
    }

    /// The strapped person does what a spotter would do at the terminal, as long as they are awake.
    fn alone(&mut self, view: &View, now_ms: u64, world: &mut World) {
        if !world.person().is_conscious() {
            self.answer_due_ms = None;
            self.stuck_since_ms = None;
            return;
        }
        let down = world.plant().true_tilt_mdeg() > 0;
        let stopped = view.state == StateKind::Stopped;
        let button = match view.question {
            Some(Question::AcknowledgeStop) if stopped && down => None,
            Some(
                Question::Person
                | Question::Area
                | Question::AcknowledgeStop
                | Question::Start
                | Question::GoOn,
            ) => Some(Button::Ok),
            Some(Question::TryStop) => Some(Button::Stop),
            Some(Question::TryReturn) => Some(Button::Return),
            // Asked of the person themselves: see `ask` and `listen`.
            Some(Question::Heels | Question::OwnPace | Question::CheckIn) | None => None,
            // Never alone.
            Some(Question::Latches) => None,
        };
        if let Some(button) = button {
            if now_ms >= *self.answer_due_ms.get_or_insert(now_ms + REACTION_MS) {
                self.answer_due_ms = Some(now_ms + REACTION_MS);
                world.person_mut().press_at(button, now_ms, PRESS_MS);
            }
        } else {
            self.answer_due_ms = None;
        }
        if down && is_stuck(view, world) {
            let since = *self.stuck_since_ms.get_or_insert(now_ms);
            if now_ms >= since + HELP_AFTER_MS {
                self.stuck_since_ms = Some(now_ms + HELD_MS);
                world.person_mut().press_at(Button::Return, now_ms, HELD_MS);
            }
        } else {
            self.stuck_since_ms = None;
        }
    }

    /// Answers the question on the screen after a moment.
    fn answer(&mut self, view: &View, now_ms: u64, world: &mut World, inputs: &mut Vec<Input>) {
        let Some(question) = view.question else {
            self.answer_due_ms = None;
            return;
        };
        let due = *self.answer_due_ms.get_or_insert(now_ms + REACTION_MS);
        if now_ms < due {
            return;
        }
        self.answer_due_ms = Some(now_ms + REACTION_MS);
        let act = |act| Input::Act(act, Source::Terminal);
        match question {
            Question::Person => inputs.push(act(Act::ConfirmPerson)),
            Question::Area => inputs.push(act(Act::ConfirmAreaClear)),
            Question::TryStop => {
                // The strapped person tries the button; so does the test of the wire behind it.
                self.stop_tried = world.person_mut().press_at(Button::Stop, now_ms, 400);
            }
            // Nobody confirms a STOP while they see the person hang: that is helped first.
            Question::AcknowledgeStop
                if view.state == StateKind::Stopped && world.plant().true_tilt_mdeg() > 0 => {}
            Question::AcknowledgeStop => {
                if view.stopped && !world.person().switches().has(antipode_safety::Switch::Stop) {
                    inputs.push(Input::Stop(StopEvent::Released, Source::Terminal));
                }
                inputs.push(Input::Stop(StopEvent::Acknowledged, Source::Terminal));
            }
            Question::TryReturn => {
                world.person_mut().press_at(Button::Return, now_ms, 400);
            }
            Question::Start => inputs.push(act(Act::Start)),
            Question::GoOn | Question::Latches => inputs.push(act(Act::Ok)),
            // The person's own to answer.
            Question::Heels | Question::OwnPace | Question::CheckIn => {}
        }
    }

    /// Somebody who hangs and is not brought up is helped: RETURN, then RETURN held, then by hand.
    fn help(&mut self, view: &View, now_ms: u64, world: &mut World, inputs: &mut Vec<Input>) {
        let down = world.plant().true_tilt_mdeg() > 0;
        if !(down && is_stuck(view, world)) {
            if !down {
                self.stuck_since_ms = None;
                self.returned_once = false;
                self.hands_off(world);
                self.let_stop_go(view, now_ms, world, inputs);
            } else if self.holds_return(now_ms) {
                // It comes: keep holding.
                self.came_ms = now_ms;
                if now_ms >= self.last_tap_ms + TAP_MS {
                    self.last_tap_ms = now_ms;
                    inputs.push(Input::Act(Act::HoldReturn, Source::Terminal));
                }
            }
            return;
        }
        let since = *self.stuck_since_ms.get_or_insert(now_ms);
        let stuck_ms = now_ms.saturating_sub(since);
        if stuck_ms >= HELP_AFTER_MS && !self.returned_once {
            self.returned_once = true;
            if view.stopped {
                inputs.push(Input::Stop(StopEvent::Released, Source::Terminal));
            }
            inputs.push(Input::Act(Act::Return, Source::Terminal));
        }
        if stuck_ms >= HELP_AFTER_MS + HOLD_AFTER_MS && now_ms >= self.last_tap_ms + TAP_MS {
            self.last_tap_ms = now_ms;
            inputs.push(Input::Act(Act::HoldReturn, Source::Terminal));
        }
        if stuck_ms >= HELP_AFTER_MS + HOLD_AFTER_MS + BY_HAND_AFTER_MS
            && now_ms >= self.came_ms + BY_HAND_AFTER_MS
            && now_ms >= self.change_hands_ms
        {
            // By hand for a while, then by the button again: whichever works.
            self.change_hands_ms = now_ms + HANDS_MS;
            if self.by_hand {
                self.hands_off(world);
            } else {
                self.by_hand = world.plant_mut().spotter(SpotterAct::Release)
                    || world.plant_mut().spotter(SpotterAct::Crank { mdeg_per_s: -2_000 });
            }
        }
    }

    /// In the rest band a STOP that nobody presses any more is let go: the session asks for the
    /// rest.
    fn let_stop_go(&mut self, view: &View, now_ms: u64, world: &World, inputs: &mut Vec<Input>) {
        let pressed =
            world.fixed_stop() || world.person().switches().has(antipode_safety::Switch::Stop);
        if !view.stopped || view.question.is_some() || pressed {
            self.stopped_since_ms = None;
            return;
        }
        let since = *self.stopped_since_ms.get_or_insert(now_ms);
        if now_ms.saturating_sub(since) >= HELP_AFTER_MS {
            self.stopped_since_ms = None;
            inputs.push(Input::Stop(StopEvent::Released, Source::Terminal));
        }
    }

    fn hands_off(&mut self, world: &mut World) {
        if self.by_hand {
            self.by_hand = false;
            world.plant_mut().spotter(SpotterAct::HandsOff);
        }
    }
}

impl Default for Spotter {
    fn default() -> Self {
        Self::new()
    }
}

/// Nobody brings the bed up that hangs like this, for all that people can see.
fn is_stuck(view: &View, world: &World) -> bool {
    match view.state {
        StateKind::Held
        | StateKind::Stopped
        | StateKind::Connecting
        | StateKind::Closing
        | StateKind::Finished => true,
        StateKind::Returning => world.plant().true_rate_mdeg_per_s() > -200,
        StateKind::SelfTest
        | StateKind::Ready
        | StateKind::Starting
        | StateKind::Proof
        | StateKind::Running
        | StateKind::Paused
        | StateKind::Attended => false,
    }
}

/// What the session asks the strapped person.
pub(super) fn ask(world: &mut World, now_ms: u64, prompt: Prompt) {
    let person = world.person_mut();
    if prompt == Prompt::CheckIn {
        person.ask(now_ms, CheckIn::AllWell);
    } else if prompt == Prompt::CheckInAgain {
        person.ask_again(now_ms, CheckIn::AllWell);
    } else if prompt == Prompt::HeelsHeld {
        person.ask(now_ms, CheckIn::HeelsMoved);
    } else if prompt == Prompt::HeelsHeldAgain {
        person.ask_again(now_ms, CheckIn::HeelsMoved);
    } else if prompt == Prompt::OwnPace {
        // Down a good part of the way, a while there, and up.
        for (after_ms, for_ms) in OWN_PACE {
            person.press_at(Button::Ok, now_ms + after_ms, for_ms);
        }
    } else if matches!(prompt, Prompt::HoldOk | Prompt::NotReady(NotReady::DeadManUp)) {
        // Held until they faint.
        person.hold_dead_man(true);
    }
}

/// What the strapped person says aloud, typed in by the spotter. Alone they press it.
pub(super) fn listen(mode: SpotterMode, world: &mut World, inputs: &mut Vec<Input>) {
    let alone = mode == SpotterMode::Nobody;
    let now_ms = world.now_ms();
    for timed in world.person_mut().take_acts().as_slice() {
        match timed.act {
            person::Act::Says(Answer::Yes) if alone => {
                world.person_mut().press_at(Button::Return, now_ms, PRESS_MS);
            }
            person::Act::Says(Answer::No) if alone => {
                world.person_mut().press_at(Button::Ok, now_ms, PRESS_MS);
            }
            // Nobody hears it; what is bad makes them press RETURN or EASIER.
            person::Act::Feels { .. } if alone => {}
            person::Act::Says(Answer::Yes) => inputs.push(Input::Act(Act::No, Source::Terminal)),
            person::Act::Says(Answer::No) => inputs.push(Input::Act(Act::Ok, Source::Terminal)),
            person::Act::Feels { symptom, strength } => {
                if let Some(severity) = severity(strength) {
                    inputs.push(Input::Symptom(named(symptom), severity));
                }
            }
            // Buttons reach the session over the wire; a faint is seen by its silence.
            person::Act::Says(Answer::Comfort(_))
            | person::Act::Press(_)
            | person::Act::LetGo(_)
            | person::Act::Faints
            | person::Act::ComesRound => {}
        }
    }
}

/// From a strength of 0 to 10 to the words that people use; what is hardly felt is not said.
const fn severity(strength: u8) -> Option<Severity> {
    match strength {
        0..=2 => None,
        3..=4 => Some(Severity::Mild),
        5..=7 => Some(Severity::Moderate),
        8.. => Some(Severity::Severe),
    }
}

const fn named(symptom: person::Symptom) -> Symptom {
    match symptom {
        person::Symptom::Dizziness => Symptom::Dizziness,
        person::Symptom::HeadPressure => Symptom::HeadPressure,
        person::Symptom::BlurredVision => Symptom::BlurredVision,
        person::Symptom::AnklePain => Symptom::AnklePain,
        person::Symptom::Nausea => Symptom::Nausea,
        person::Symptom::BackPain => Symptom::MorePain,
        person::Symptom::Anxiety => Symptom::Unease,
    }
}
