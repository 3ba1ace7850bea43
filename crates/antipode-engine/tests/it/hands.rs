//! A willing spotter for tests: answers every question of the session at once.

use antipode_core::{
    event::{Act, Source, StopEvent},
    fixture,
    plan::Plan,
    session::{Question, SessionConfig, StateKind, View},
    step::Prompt,
};
use antipode_engine::{Input, Observer, SessionLine, VirtualShell};
use antipode_safety::{Millis, Timestamp};

use crate::bench::Scene;

pub(crate) use fixture::plan;

pub(crate) fn config(plan: &Plan) -> SessionConfig {
    fixture::config(plan.expand().unwrap())
}

/// What a willing spotter does at the terminal.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Deed {
    Act(Act),
    Stop(StopEvent),
}

/// The answer to the question that waits.
pub(crate) fn answer(view: &View) -> Vec<Deed> {
    let Some(question) = view.question else { return Vec::new() };
    match question {
        Question::Person => vec![Deed::Act(Act::ConfirmPerson)],
        Question::Area => vec![Deed::Act(Act::ConfirmAreaClear)],
        Question::TryStop => vec![Deed::Stop(StopEvent::Pressed)],
        Question::AcknowledgeStop => {
            let mut deeds = Vec::new();
            if view.stopped {
                deeds.push(Deed::Stop(StopEvent::Released));
            }
            deeds.push(Deed::Stop(StopEvent::Acknowledged));
            deeds
        }
        Question::TryReturn => vec![Deed::Act(Act::Return)],
        Question::Start => vec![Deed::Act(Act::Start)],
        Question::Heels
        | Question::Latches
        | Question::GoOn
        | Question::OwnPace
        | Question::CheckIn => {
            vec![Deed::Act(Act::Ok)]
        }
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Notes {
    /// Keep what reached the session too, not only what it put on record.
    pub(crate) keep_events: bool,
    pub(crate) lines: Vec<(u64, SessionLine)>,
    pub(crate) prompts: Vec<(u64, Prompt)>,
}

impl Observer for Notes {
    fn line(&mut self, now: Timestamp, line: &SessionLine) {
        if self.keep_events || matches!(line, SessionLine::Record(_)) {
            self.lines.push((now.as_millis(), *line));
        }
    }

    fn prompt(&mut self, now: Timestamp, prompt: Prompt) {
        self.prompts.push((now.as_millis(), prompt));
    }
}

#[derive(Clone)]
pub(crate) struct Run {
    pub(crate) shell: VirtualShell<Scene>,
    pub(crate) notes: Notes,
    pub(crate) deepest: i32,
    pub(crate) helpful: bool,
}

impl Run {
    pub(crate) fn new(plan: &Plan, seed: u64) -> Self {
        Self {
            shell: VirtualShell::new(config(plan), Scene::new(seed)),
            notes: Notes::default(),
            deepest: i32::MIN,
            helpful: true,
        }
    }

    pub(crate) fn tilt(&self) -> i32 {
        self.shell.table().tilt()
    }

    pub(crate) fn state(&self) -> StateKind {
        self.shell.core().view().state
    }

    pub(crate) fn input(&mut self, input: Input) {
        self.shell.input(input, &mut self.notes);
    }

    pub(crate) fn act(&mut self, act: Act) {
        self.input(Input::Act(act, Source::Terminal));
    }

    /// One step of 10 ms.
    pub(crate) fn step(&mut self) {
        self.shell.advance(self.shell.now().plus(Millis::new(10)), &mut self.notes);
        self.deepest = self.deepest.max(self.tilt());
        if self.helpful && self.shell.now().as_millis().is_multiple_of(500) {
            self.help();
        }
    }

    fn help(&mut self) {
        for deed in answer(&self.shell.core().view()) {
            self.input(match deed {
                Deed::Act(act) => Input::Act(act, Source::Terminal),
                Deed::Stop(event) => Input::Stop(event, Source::Terminal),
            });
        }
    }

    #[track_caller]
    pub(crate) fn until(&mut self, secs: u64, done: impl Fn(&Self) -> bool) {
        let end = self.shell.now().as_millis() + secs * 1_000;
        while !done(self) {
            assert!(
                self.shell.now().as_millis() < end,
                "not within {secs} s: true tilt {} view {:?}\n{:?}\n{:?}",
                self.tilt(),
                self.shell.core().view(),
                self.notes.prompts.iter().rev().take(12).rev().collect::<Vec<_>>(),
                self.notes.lines.iter().rev().take(12).rev().collect::<Vec<_>>(),
            );
            self.step();
        }
    }
}
