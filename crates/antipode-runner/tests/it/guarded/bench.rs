//! A session, a guardian and a drive in front of the plant, in virtual time: what happens on the wire
//! happens here byte by byte, and the same seed gives the same run.

use std::sync::Arc;
use std::time::Duration;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{
    Company, EndCause, Outcome, Question, SessionConfig, StateKind, TableFacts, View,
};
use antipode_core::step::Prompt;
use antipode_device::{
    Address, Axis, Capabilities, DriveModel, InProcessTable, LinkPort, Mount, Rates, Sense,
    TableCommand, TableEvent,
};
use antipode_driver_serial::drive::{Fitted, config_of, drive_of, stroke_of};
use antipode_engine::{Input, Observer, VirtualShell};
use antipode_files::{Source as Text, read_person, read_plan};
use antipode_guardian::{BootInfo, Guardian, Parts, Sample};
use antipode_runner::sim_run::scenario::body;
use antipode_runner::words::prompt_without_keys;
use antipode_safety::guard::Envelope;
use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Setting, Timestamp, Why};
use antipode_sim::device::{DeviceSetup, SerialTable};
use antipode_sim::plant::{PlantConfig, Rescue};
use antipode_sim::pty::LineEnd;

use super::super::hardware::{PERSON, PLAN};
use super::super::wire::Line;

/// An inclinometer beside a drive speaks this often.
const SENSOR_MS: u64 = 20;
/// People take so long to answer.
const THOUGHT_MS: u64 = 1_500;

/// When a guardian gets no turn of its machine: from a moment on, again and again.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Busy {
    /// Since when; never for 0.
    pub(crate) from_ms: u64,
    /// The longest gap.
    pub(crate) gap_ms: u64,
    /// The longest time between two gaps.
    pub(crate) every_ms: u64,
}

/// A guardian of `model` as it starts.
fn guardian_of(model: &DriveModel) -> Guardian {
    let mount = Mount { axis: Axis::X, sense: Sense::Along, zero: Angle::LEVEL };
    let address = Address("/dev/nowhere".to_owned());
    let fitted = Fitted {
        address: &address,
        inclinometer: Some(mount),
        sensor: "witmotion at /dev/nowhere",
        rescue: antipode_device::Rescue::Gravity,
        returns_with_few_latches: true,
    };
    let parts = Parts {
        config: config_of(model, &fitted).expect("it can be guarded"),
        stroke: stroke_of(model).expect("a stroke"),
        drive: drive_of(model).expect("a drive"),
        boot: BootInfo { boot_count: 1, boots_last_minute: 1, entropy: 99 },
    };
    Guardian::new(parts).expect("it can be guarded")
}

/// A guardian with its drive, and the host's end of its line.
struct Guarded {
    table: SerialTable,
    guardian: Guardian,
    port: LinkPort,
    now_ms: u64,
    busy: Busy,
    runs_again_ms: u64,
    next_gap_ms: u64,
    chance: u64,
    /// Killed; no other is started.
    dead: bool,
    out: Vec<u8>,
    /// Angles that the guardian was sure of and that were wrong by more than a degree.
    wrong: Vec<(u64, i32, i32)>,
}

impl Guarded {
    fn new(model: &DriveModel, setup: &DeviceSetup, seed: u64) -> Self {
        let person = read_person(&Text::new("ada", PERSON)).expect("it can run").value;
        let plant = PlantConfig::with_rescue(Rescue::Gravity);
        let setup = DeviceSetup { plant, person: body(&person), ..setup.clone() };
        let mut table = SerialTable::new(&setup, seed);
        table.set_baud(0, model.line.baud);
        Self {
            table,
            guardian: guardian_of(model),
            dead: false,
            port: LinkPort::new(1, true),
            now_ms: 0,
            busy: Busy::default(),
            runs_again_ms: 0,
            next_gap_ms: 0,
            chance: seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1,
            out: Vec::new(),
            wrong: Vec::new(),
        }
    }

    /// Dies between two turns; the host finds its end of the line closed.
    fn kill_guardian(&mut self) {
        self.dead = true;
        self.out.clear();
        self.port.hung_up();
    }

    /// A number below `most`, the same for the same seed.
    fn draw(&mut self, most: u64) -> u64 {
        self.chance ^= self.chance << 13;
        self.chance ^= self.chance >> 7;
        self.chance ^= self.chance << 17;
        self.chance % most.max(1)
    }

    /// Whether the guardian's machine gives it a turn now.
    fn has_turn(&mut self) -> bool {
        if self.busy.from_ms == 0 || self.now_ms < self.busy.from_ms {
            return true;
        }
        if self.now_ms >= self.next_gap_ms {
            self.runs_again_ms = self.now_ms + self.draw(self.busy.gap_ms);
            self.next_gap_ms = self.runs_again_ms + 1 + self.draw(self.busy.every_ms);
        }
        self.now_ms >= self.runs_again_ms
    }

    fn turn(&mut self) {
        self.now_ms += 1;
        let now = Timestamp::from_millis(self.now_ms);
        self.table.advance(now);
        if self.dead {
            return;
        }
        if self.now_ms.is_multiple_of(SENSOR_MS)
            && let Some(mdeg) = self.table.plant_mut().sense().tilt_imu
            && let Some(value) = Angle::from_millideg(mdeg)
        {
            self.guardian.sensed(Sample { at: now, value });
        }
        if now >= self.port.next_poll() {
            self.port.poll(now, &mut self.out);
        }
        if !self.has_turn() {
            return;
        }
        let (mut said, out) = (Vec::new(), core::mem::take(&mut self.out));
        self.table.say(0, &mut said);
        if !said.is_empty() {
            self.guardian.drive_said(now, &said);
        }
        self.guardian.hear(now, &out);
        if now >= self.guardian.next_wake() {
            said.clear();
            self.guardian.advance(now, &mut said);
            self.table.hear(0, &said);
        }
        said.clear();
        self.guardian.say(&mut said);
        self.port.receive(now, &said);
        let (truth, seen) = (self.table.plant().true_tilt_mdeg(), self.guardian.inspect());
        if let Some(tilt) = seen.tilt_mdeg.filter(|tilt| (tilt - truth).abs() > 1_000) {
            self.wrong.push((self.now_ms, tilt, truth));
        }
    }
}

impl InProcessTable for Guarded {
    fn advance(&mut self, now: Timestamp) {
        while self.now_ms < now.as_millis() {
            self.turn();
        }
    }

    fn send(&mut self, command: TableCommand) {
        self.port.send(Timestamp::from_millis(self.now_ms), command, &mut self.out);
    }

    fn next_event(&mut self) -> Option<TableEvent> {
        self.port.next_event()
    }
}

/// What people are told in one step.
#[derive(Default)]
struct Said(Vec<Prompt>);

impl Observer for Said {
    fn prompt(&mut self, _now: Timestamp, prompt: Prompt) {
        self.0.push(prompt);
    }
}

/// One session on one drive.
pub(crate) struct Bench {
    shell: VirtualShell<Guarded>,
    answer_at_ms: Option<u64>,
    /// The question that nobody answers yet.
    unanswered: Option<Question>,
    told: Vec<(u64, String)>,
    /// The true tilt, ten times a second.
    pub(crate) line: Line,
}

impl Bench {
    /// The session of the tests on a drive of `model` that is the simulated `setup`.
    pub(crate) fn new(model: &DriveModel, setup: &DeviceSetup, seed: u64) -> Self {
        let mut guarded = Guarded::new(model, setup, seed);
        while guarded.port.capabilities().is_none() || !guarded.now_ms.is_multiple_of(10) {
            guarded.turn();
        }
        let stated = *guarded.port.capabilities().expect("it has greeted");
        let config = session(&stated, model);
        Self {
            shell: VirtualShell::new(config, guarded),
            answer_at_ms: None,
            unanswered: None,
            told: Vec::new(),
            line: Line::new(),
        }
    }

    pub(crate) fn table(&mut self) -> &mut SerialTable {
        &mut self.shell.table_mut().table
    }

    pub(crate) fn set_busy(&mut self, busy: Busy) {
        self.shell.table_mut().busy = busy;
    }

    /// Nobody answers that question until told otherwise.
    pub(crate) fn leave_open(&mut self, question: Option<Question>) {
        self.unanswered = question;
    }

    /// Whether that is what the session asks now.
    pub(crate) fn asks(&self, question: Question) -> bool {
        self.shell.core().view().question == Some(question)
    }

    pub(crate) fn kill_guardian(&mut self) {
        self.told.clear();
        self.shell.table_mut().kill_guardian();
    }

    /// What people were told since the guardian was killed, in words, and when.
    pub(crate) fn told(&self) -> &[(u64, String)] {
        &self.told
    }

    /// What a session shows.
    pub(crate) fn view(&self) -> View {
        self.shell.core().view()
    }

    pub(crate) fn kill_host(&mut self) {
        self.shell.kill_host();
    }

    pub(crate) fn tilt(&self) -> i32 {
        self.shell.table().table.plant().true_tilt_mdeg()
    }

    pub(crate) fn wrong(&self) -> &[(u64, i32, i32)] {
        &self.shell.table().wrong
    }

    pub(crate) fn now_ms(&self) -> u64 {
        self.shell.table().now_ms
    }

    /// What the session and the guardian make of it, for who reads a failure.
    pub(crate) fn scene(&self) -> String {
        let view = self.shell.core().view();
        let seen = self.shell.table().guardian.inspect();
        format!(
            "{} ms: {:?} for {:?}, true {} mdeg, by the guardian {:?} and {:?}, faults {}",
            self.now_ms(),
            view.state,
            view.cause,
            self.tilt(),
            seen.tilt_mdeg,
            seen.second_tilt_mdeg,
            seen.faults,
        )
    }

    /// How the session ended, once it is over.
    pub(crate) fn ended(&self) -> Option<(Outcome, EndCause)> {
        let view = self.shell.core().view();
        (view.state == StateKind::Finished).then_some(view.outcome.zip(view.cause)).flatten()
    }

    /// Ten milliseconds.
    pub(crate) fn step(&mut self) {
        let now = self.shell.table().now_ms + 10;
        let mut said = Said::default();
        self.shell.advance(Timestamp::from_millis(now), &mut said);
        let view = self.view();
        let words = said.0.into_iter().map(|said| (now, prompt_without_keys(said, &view)));
        self.told.extend(words);
        if now.is_multiple_of(100) {
            let at = Duration::from_millis(now).as_secs_f64();
            self.line.push((at, f64::from(self.tilt()) / 1_000.0));
        }
        self.answer(now);
    }

    /// Until `is`, for `most_ms` at most; whether it came.
    pub(crate) fn run_until(&mut self, most_ms: u64, is: impl Fn(&Self) -> bool) -> bool {
        let end = self.now_ms() + most_ms;
        while self.now_ms() < end {
            if is(self) {
                return true;
            }
            self.step();
        }
        false
    }

    fn answer(&mut self, now: u64) {
        let asked = self.shell.core().view().question;
        let Some(question) = asked.filter(|asked| self.unanswered != Some(*asked)) else {
            self.answer_at_ms = None;
            return;
        };
        if now < *self.answer_at_ms.get_or_insert(now + THOUGHT_MS) {
            return;
        }
        self.answer_at_ms = None;
        let act = |act| Input::Act(act, Source::Terminal);
        let stop = |stop| Input::Stop(stop, Source::Terminal);
        let answers = match question {
            Question::Person => vec![act(Act::ConfirmPerson)],
            Question::Area => vec![act(Act::ConfirmAreaClear)],
            Question::TryStop => vec![stop(StopEvent::Pressed)],
            Question::AcknowledgeStop => {
                vec![stop(StopEvent::Released), stop(StopEvent::Acknowledged)]
            }
            Question::TryReturn => vec![act(Act::Return)],
            Question::Start => vec![act(Act::Start)],
            Question::Heels | Question::Latches | Question::GoOn | Question::CheckIn => {
                vec![act(Act::Ok)]
            }
            Question::OwnPace => vec![],
        };
        for answer in answers {
            self.shell.input(answer, &mut ());
        }
    }
}

fn session(stated: &Capabilities, model: &DriveModel) -> SessionConfig {
    let plan = read_plan(&Text::new("plan", PLAN)).expect("it can run").value.plan;
    let person = read_person(&Text::new("ada", PERSON)).expect("it can run").value;
    let fastest = match model.rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    };
    let own = Narrowing {
        tilt: Some(stated.tilt_max),
        lower_rate: Some(fastest),
        raise_rate: Some(fastest),
        ..Narrowing::NONE
    };
    let limits = person.narrow(Limits::hard(Setting::Home));
    let limits = limits.narrow(Layer::Table, Why::TableModel, own);
    SessionConfig {
        program: Arc::new(plan.slowed_to(&limits).expand().expect("it can run")),
        limits,
        envelope: Envelope {
            lease: stated.lease,
            stop_decel_millideg_per_s2: stated.stop_decel,
            max_rate: fastest,
        },
        table: TableFacts {
            latch_sensors: stated.latch_sensors,
            second_angle: stated.second_angle,
            returns_without_host: stated.returns_without_host,
            hand_control: stated.hand_control,
            rescue_without_power: true,
        },
        company: Company::Spotter,
        day_before: Millis::ZERO,
        dead_man: false,
        effort: None,
        date_certain: true,
    }
}
