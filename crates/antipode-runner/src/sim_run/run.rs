//! One simulated run, step by step.

use std::sync::Arc;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::plan::Program;
use antipode_core::session::{
    AfterStopAlone, Company, EndCause, Outcome, SessionConfig, StateKind, TableFacts, View,
};
use antipode_core::step::Record;
use antipode_core::symptom::{Severity, Symptom};
use antipode_device::Rescue;
use antipode_engine::{Dates, Input, VirtualShell};
use antipode_monitor::{Monitor, Profile, Verdict, trace};
use antipode_records::WallTime;
use antipode_safety::{Angle, Limits, Millis, Timestamp, guard::Envelope};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::person::Button;
use antipode_sim::world::{World, WorldSetup};

use super::people::{self, Spotter, SpotterMode};
use super::recorder::Recorder;
use super::trace as rows;

/// One step of a run: the turn of the table's own loop.
const STEP: Millis = Millis::new(10);
/// How long the watchdog-less host of a suspended machine is gone by default, milliseconds.
const SUSPENDED_MS: u64 = 10_000;

/// Everything that goes into a run.
#[derive(Clone, Debug)]
pub struct SimSetup {
    /// What to run.
    pub program: Arc<Program>,
    /// Limits of person, table and site.
    pub limits: Limits,
    /// Table and person.
    pub world: WorldSetup,
    /// Who is there.
    pub company: Company,
    /// Everything random is drawn from it.
    pub seed: u64,
    /// What breaks.
    pub faults: Vec<Fault>,
    /// What people do beyond answering.
    pub acts: Vec<(u64, ScriptedAct)>,
}

/// Something that a scenario makes people do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScriptedAct {
    /// An act at the terminal.
    Terminal(Act),
    /// An act from the network.
    Network(Act),
    /// STOP at the terminal.
    Stop(StopEvent),
    /// The strapped person presses a button for so many milliseconds.
    Button(Button, u64),
    /// A symptom is reported.
    Symptom(Symptom, Severity),
    /// The fixed STOP beside the table is pressed (true) or pulled out.
    FixedStop(bool),
    /// The strapped person takes hold of the dead-man (true) or lets it go. A session of which this
    /// is said is one that asks for a dead-man.
    DeadMan(bool),
    /// Anything else that reaches the engine.
    Input(Input),
    /// The spotter goes.
    SpotterGoes,
    /// The spotter comes back.
    SpotterComes,
}

/// A run under way. A copy is a fork of it.
#[derive(Clone, Debug)]
pub struct SimRun {
    setup: Arc<SimSetup>,
    shell: VirtualShell<World>,
    /// The spotter.
    pub spotter: Spotter,
    /// What passed.
    pub recorder: Recorder,
    monitor: Option<Box<Monitor>>,
    rows: rows::Rows,
    next_act: usize,
    host_fault: HostFaults,
    healed: bool,
    host_starts: u32,
    deepest: Angle,
    started_at: Option<Timestamp>,
    ended_at: Option<Timestamp>,
    ended: Option<(Outcome, EndCause)>,
    bouts_done: u16,
    head_down: Millis,
    inputs: Vec<Input>,
}

/// Host faults under way.
#[derive(Clone, Copy, Debug, Default)]
struct HostFaults {
    frozen: bool,
    dead: bool,
    suspended: bool,
    no_journal: bool,
}

/// The session that a setup asks for.
#[must_use]
pub(super) fn session_config(setup: &SimSetup) -> SessionConfig {
    let firmware = &setup.world.firmware;
    let rescue = match firmware.rescue {
        antipode_link::Rescue::None => Rescue::None,
        antipode_link::Rescue::Crank => Rescue::Crank,
        antipode_link::Rescue::Battery => Rescue::Battery,
        antipode_link::Rescue::Gravity => Rescue::Gravity,
    };
    SessionConfig {
        program: Arc::clone(&setup.program),
        limits: setup.limits,
        envelope: Envelope {
            lease: Millis::new(u64::from(firmware.lease_cap_ms)),
            stop_decel_millideg_per_s2: firmware.stop_decel_mdeg_per_s2,
            max_rate: firmware.max_rate,
        },
        table: TableFacts {
            latch_sensors: firmware.latches_fitted,
            second_angle: firmware.second_angle,
            returns_without_host: firmware.capabilities().returns_without_host,
            hand_control: firmware.hand_control,
            rescue_without_power: rescue.works_alone(),
        },
        company: setup.company,
        day_before: Millis::ZERO,
        dead_man: setup.acts.iter().any(|(_, act)| matches!(act, ScriptedAct::DeadMan(_))),
        date_certain: true,
    }
}

impl SimRun {
    /// A run that has not begun. `watched` puts the independent monitor on it.
    #[must_use]
    pub fn new(setup: SimSetup, watched: bool) -> Self {
        let mut world = World::new(&setup.world, setup.seed);
        for fault in &setup.faults {
            world.add_fault(*fault);
        }
        let monitor = watched.then(|| Box::new(Monitor::new(profile(&setup))));
        Self {
            shell: VirtualShell::new(session_config(&setup), world),
            spotter: Spotter::of(setup.company),
            recorder: Recorder::new(),
            monitor,
            rows: rows::Rows::new(),
            next_act: 0,
            host_fault: HostFaults::default(),
            healed: false,
            host_starts: 1,
            deepest: Angle::UPRIGHT,
            started_at: None,
            ended_at: None,
            ended: None,
            bouts_done: 0,
            head_down: Millis::ZERO,
            inputs: Vec::with_capacity(8),
            setup: Arc::new(setup),
        }
    }

    /// The shell.
    #[must_use]
    pub const fn shell(&self) -> &VirtualShell<World> {
        &self.shell
    }

    /// The shell, for tests that do more than a script can say.
    #[cfg(test)]
    pub(super) const fn shell_mut(&mut self) -> &mut VirtualShell<World> {
        &mut self.shell
    }

    /// The setup.
    #[must_use]
    pub fn setup(&self) -> &SimSetup {
        &self.setup
    }

    /// What is known of the session now.
    #[must_use]
    pub fn view(&self) -> View {
        self.shell.core().view()
    }

    /// The bed's true tilt.
    #[must_use]
    pub fn true_tilt(&self) -> Angle {
        Angle::clamped(i64::from(self.shell.table().plant().true_tilt_mdeg()))
    }

    /// The deepest true tilt so far.
    #[must_use]
    pub const fn deepest(&self) -> Angle {
        self.deepest
    }

    /// How and why the session ended, once it has.
    #[must_use]
    pub const fn ended(&self) -> Option<(Outcome, EndCause)> {
        self.ended
    }

    /// Bouts done: of the session on record once it has ended, until then so far.
    #[must_use]
    pub fn bouts_done(&self) -> u16 {
        if self.ended.is_some() { self.bouts_done } else { self.view().bouts_done }
    }

    /// Head-down time: of the session on record once it has ended, until then so far. A session
    /// that is left with STOP latched never ends on record.
    #[must_use]
    pub fn head_down(&self) -> Millis {
        if self.ended.is_some() { self.head_down } else { self.view().head_down }
    }

    /// Time from start to end of the session.
    #[must_use]
    pub fn duration(&self) -> Option<Millis> {
        let end = self.ended_at.unwrap_or(self.shell.now());
        self.started_at.map(|start| end.since(start))
    }

    /// The dates of a run that begins at `zero`: the first clock step among its faults is in them.
    #[must_use]
    pub fn dates(&self, zero: WallTime) -> Dates {
        let step = self.setup.faults.iter().find(|fault| fault.kind == FaultKind::ClockStep);
        step.map_or(Dates::From { zero }, |step| {
            let until = step.for_ms.map_or(u64::MAX, |lasts| step.at_ms.saturating_add(lasts));
            Dates::Stepped {
                zero,
                from: Timestamp::from_millis(step.at_ms),
                until: Timestamp::from_millis(until),
                by_ms: step.value(),
            }
        })
    }

    /// Milliseconds of simulated time since the run began.
    #[must_use]
    pub const fn now_ms(&self) -> u64 {
        self.shell.now().as_millis()
    }

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

    fn tell(&mut self, event: &trace::Event) {
        if let Some(monitor) = &mut self.monitor {
            monitor.observe_event(event);
        }
    }

    /// One step of 10 ms.
    pub fn step(&mut self) {
        let now = self.shell.now().plus(STEP);
        self.host_faults(now.as_millis());
        self.shell.advance(now, &mut self.recorder);
        self.talk();
        self.scripted(now.as_millis());
        self.keep();
        if self.monitor.is_some() {
            self.watch();
        }
        self.recorder.sent = super::recorder::Sent::default();
    }

    /// Runs until the session is over and the bed rests, or for `most_ms` of simulated time.
    /// True when it ended by itself.
    pub fn run(&mut self, most_ms: u64) -> bool {
        while self.now_ms() < most_ms {
            self.step();
            if self.is_over() {
                return true;
            }
        }
        false
    }

    /// The session is over and the bed is level or head-up and stands.
    #[must_use]
    pub fn is_over(&self) -> bool {
        let closed = match self.ended {
            // The program that ran it is gone; a new one only has to find the bed at rest.
            Some((Outcome::Interrupted, _)) => self.shell.table().port().is_connected(),
            Some(_) => self.shell.core().session().state() == StateKind::Finished,
            None => false,
        };
        closed && self.is_at_rest()
    }

    /// The bed is level or head-up and stands, whatever the session says.
    #[must_use]
    pub fn is_at_rest(&self) -> bool {
        !self.true_tilt().is_head_down() && self.shell.table().plant().true_rate_mdeg_per_s() == 0
    }

    /// Every fault goes; the people act sensibly again. What follows must end well.
    pub fn heal(&mut self) {
        self.healed = true;
        self.shell.table_mut().heal();
        self.spotter.mode = Spotter::of(self.setup.company).mode;
        self.shell.table_mut().press_fixed_stop(false);
        self.tell(&trace::Event::Healed);
        let faults = std::mem::take(&mut self.host_fault);
        if faults.frozen || faults.suspended {
            self.shell.freeze(Millis::ZERO);
        }
        if faults.dead {
            self.restart_host();
        }
        if faults.no_journal {
            self.shell.set_journal(true, &mut self.recorder);
        }
    }

    /// The verdict of the monitor; `None` without one.
    #[must_use]
    pub fn verdict(&mut self) -> Option<Verdict> {
        self.monitor.as_mut().map(|monitor| monitor.finish())
    }

    /// The host program is started anew, as by a person after a crash: the journal is recovered and
    /// the session found there is closed as interrupted.
    fn restart_host(&mut self) {
        if self.started_at.is_some() && self.ended.is_none() {
            (self.bouts_done, self.head_down) = (self.bouts_done(), self.head_down());
            self.ended = Some((Outcome::Interrupted, EndCause::ProcessDied));
            self.ended_at = Some(self.shell.now());
            self.tell(&trace::Event::SessionEnded { cause: 1 });
        }
        self.host_starts += 1;
        self.shell.table_mut().reopen_host();
        self.shell.restart_host(session_config(&self.setup));
    }

    fn host_faults(&mut self, now_ms: u64) {
        let present =
            |kind| self.setup.faults.iter().any(|f| f.kind == kind && f.is_present(now_ms));
        if self.healed || self.setup.faults.is_empty() {
            return;
        }
        let wanted = HostFaults {
            frozen: present(FaultKind::HostFreeze),
            dead: present(FaultKind::HostCrash),
            suspended: present(FaultKind::HostSuspend),
            no_journal: present(FaultKind::JournalFails),
        };
        let before = std::mem::replace(&mut self.host_fault, wanted);
        if wanted.frozen || wanted.suspended {
            // Frozen anew each step for as long as the fault lasts; a suspended machine has no
            // watchdog either.
            if wanted.suspended {
                self.shell.suspend(Millis::new(SUSPENDED_MS).plus(STEP));
            } else {
                self.shell.freeze(STEP.plus(STEP));
            }
        } else if before.suspended {
            self.shell.freeze(Millis::ZERO);
        }
        if wanted.dead && !before.dead {
            self.shell.kill_host();
        } else if before.dead && !wanted.dead {
            self.restart_host();
        }
        if wanted.no_journal != before.no_journal {
            self.shell.set_journal(!wanted.no_journal, &mut self.recorder);
        }
    }

    /// What the session says is heard, and what people answer is typed in.
    fn talk(&mut self) {
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

    fn scripted(&mut self, now_ms: u64) {
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

    /// Keeps what the summary needs and hashes the trace.
    fn keep(&mut self) {
        let tilt = self.true_tilt();
        self.deepest = self.deepest.max(tilt);
        let records = std::mem::take(&mut self.recorder.records);
        for (at, record) in &records {
            self.keep_record(*at, record);
        }
        let mut records = records;
        records.clear();
        self.recorder.records = records;
        if self.now_ms().is_multiple_of(100) {
            let state = self.shell.core().session().state();
            self.recorder.hash(&[tilt.millideg().into(), state as i64]);
        }
    }

    fn keep_record(&mut self, at: Timestamp, record: &Record) {
        let code = rows::record_code(record);
        self.recorder.hash(&[at.as_millis().cast_signed(), code]);
        let event = match *record {
            Record::SessionStart => {
                self.started_at = Some(at);
                self.tell(&trace::Event::SessionStarted);
                let seq = self.rows.next_durable();
                self.tell(&trace::Event::RecordDurable { seq });
                return;
            }
            Record::SessionEnd { outcome, cause, bouts, head_down } => {
                self.ended = Some((outcome, cause));
                self.ended_at = Some(at);
                self.bouts_done = bouts;
                self.head_down = head_down;
                trace::Event::SessionEnded { cause: rows::cause_code(cause) }
            }
            Record::Alarm(cause) => trace::Event::AlarmRaised {
                cause: cause as u16 + 1,
                priority: cause.priority() as u8,
            },
            Record::Refused(code) => trace::Event::Refused { rule_code: u16::from(code) },
            Record::Eased(_) => trace::Event::LimitsChanged { rule_code: 1 },
            Record::State { .. }
            | Record::AlarmAgain(..)
            | Record::Segment(_)
            | Record::BoutDone { .. }
            | Record::Asked
            | Record::Answered
            | Record::Symptom(..)
            | Record::Shortened
            | Record::LockedOut => return,
        };
        self.tell(&event);
    }

    /// What the monitor sees of this step.
    pub(super) fn row(&mut self) -> trace::Tick {
        self.rows.row(
            &self.shell,
            &self.recorder,
            &self.spotter,
            self.host_starts,
            self.host_fault.suspended || self.host_fault.dead,
        )
    }

    /// One row for the monitor.
    fn watch(&mut self) {
        let row = self.row();
        if let Some(monitor) = &mut self.monitor {
            for event in self.rows.take_events() {
                monitor.observe_event(&event);
            }
            monitor.observe(&row);
        }
    }
}

/// What a run of this setup is judged by.
fn profile(setup: &SimSetup) -> Profile {
    let firmware = &setup.world.firmware;
    // A board may turn its loop every 50 ms at the slowest.
    let slow = setup.faults.iter().any(|fault| fault.kind == FaultKind::SlowLoop);
    Profile {
        control_period_ms: if slow { 60 } else { 20 },
        ttl_ms: firmware.lease_cap_ms,
        tilt_limit_mdeg: setup.limits.tilt().value().millideg(),
        device_mdeg_s: firmware.return_max_rate.millideg_per_s(),
        accel_mdeg_s2: i32::try_from(firmware.accel_mdeg_per_s2).unwrap_or(i32::MAX),
        stop_decel_mdeg_s2: i32::try_from(firmware.stop_decel_mdeg_per_s2).unwrap_or(i32::MAX),
        person_lower_mdeg_s: setup.limits.lower_rate().value().millideg_per_s(),
        hot_hard_mc: i32::from(firmware.hot_hard_c) * 1_000,
        current_limit_ma: firmware.current_limit_ma,
        after_stop_alone_ms: match setup.company {
            Company::Alone(AfterStopAlone::ReturnAfter(delay)) => u32::try_from(delay.get()).ok(),
            Company::Alone(AfterStopAlone::Hold) | Company::Spotter => None,
        },
        hot_over_mc: i32::from(firmware.hot_hard_c) * 1_000 - 5_000,
        returns_without_host: firmware.capabilities().returns_without_host,
        ..Profile::home_serial()
    }
}
