//! What people do in a simulated run: they type, they answer, and they follow a script.

use antipode_core::event::{Act, Source, StopEvent};
use antipode_engine::Input;
use antipode_monitor::trace;

use super::super::people::{self, Spotter, SpotterMode};
use super::super::setup::ScriptedAct;
use super::SimRun;

impl SimRun {
    /// Hands the engine an input as if a person had typed it.
    pub fn input(&mut self, input: Input) {
        if matches!(input, Input::Stop(StopEvent::Pressed, _)) && self.shell.host_is_alive() {
            self.recorder.ahead_of_stop.get_or_insert(0);
            self.tell(&trace::Event::StopPressed);
        }
        if let Input::Stop(stop, _) = input {
            self.rows.note_stop(stop);
        }
        if let Input::Act(act, source) = input {
            self.note_act(act, source);
        }
        self.shell.input(input, &mut self.recorder);
    }

    fn note_act(&mut self, act: Act, source: Source) {
        let local = source.is_local();
        match act {
            Act::Return => self.tell(&trace::Event::ReturnPressed { wired: false }),
            Act::Start
            | Act::Ok
            | Act::Resume
            | Act::HoldLower
            | Act::HoldUpright
            | Act::HoldLevel
                if local =>
            {
                self.tell(&trace::Event::HumanStart);
            }
            Act::AcknowledgeAlarms => self.tell(&trace::Event::AlarmAcknowledged),
            Act::ConfirmPerson
            | Act::ConfirmAreaClear
            | Act::Start
            | Act::HoldReturn
            | Act::Pause
            | Act::Resume
            | Act::Ok
            | Act::No
            | Act::Easier
            | Act::Shorter
            | Act::DeadManHeld
            | Act::DeadManReleased
            | Act::HoldLower
            | Act::HoldUpright
            | Act::HoldLevel
            | Act::SilenceAlarms
            | Act::FeetSlipping => {}
        }
        self.rows.note_act(act, local, self.now_ms());
    }

    /// What the session says is heard, and what people answer is typed in.
    pub(super) fn talk(&mut self) {
        let now_ms = self.now_ms();
        let mut prompts = std::mem::take(&mut self.recorder.prompts);
        for (at, prompt) in prompts.drain(..) {
            people::ask(self.shell.table_mut(), now_ms, prompt);
            if self.recorder.keep_lines {
                self.recorder.shown.push((at, prompt));
            }
        }
        self.recorder.prompts = prompts;
        let mut inputs = std::mem::take(&mut self.inputs);
        people::listen(self.spotter.mode, self.shell.table_mut(), &mut inputs);
        // People look up ten times a second, not a hundred.
        if now_ms.is_multiple_of(100) && self.shell.host_is_alive() {
            let view = self.shell.core().view();
            self.spotter.act(&view, self.shell.table_mut(), &mut inputs);
        }
        for input in inputs.drain(..) {
            self.input(input);
        }
        self.inputs = inputs;
    }

    /// What the script makes people do by now.
    pub(super) fn scripted(&mut self, now_ms: u64) {
        while let Some((_, act)) =
            self.setup.acts.get(self.next_act).filter(|(at, _)| *at <= now_ms).copied()
        {
            self.next_act += 1;
            match act {
                ScriptedAct::Terminal(act) => self.input(Input::Act(act, Source::Terminal)),
                ScriptedAct::Network(act) => self.input(Input::Act(act, Source::Network)),
                ScriptedAct::Stop(stop) => self.input(Input::Stop(stop, Source::Terminal)),
                ScriptedAct::Button(button, for_ms) => {
                    self.shell.table_mut().person_mut().press_at(button, now_ms, for_ms);
                }
                ScriptedAct::Symptom(symptom, severity) => {
                    self.input(Input::Symptom(symptom, severity));
                }
                ScriptedAct::FixedStop(pressed) => {
                    self.shell.table_mut().press_fixed_stop(pressed);
                }
                ScriptedAct::DeadMan(held) => {
                    self.shell.table_mut().person_mut().hold_dead_man(held);
                }
                ScriptedAct::Input(input) => self.input(input),
                ScriptedAct::SpotterGoes => self.spotter.mode = SpotterMode::Gone,
                ScriptedAct::SpotterComes => {
                    self.spotter.mode = Spotter::of(self.setup.company).mode;
                }
            }
        }
    }
}
