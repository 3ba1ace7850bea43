//! An ideal table and two willing hands.

use antipode_safety::{
    Angle, DriveState, FaultSet, Latches, Layer, Rate, Reading, Switch, Switches, Timestamp, Why,
    guard::Envelope,
};

use crate::event::{Act, Event, JournalEvent, LinkEvent, Source, StopEvent};
use crate::fixture;
pub(super) use crate::fixture::plan;
use crate::plan::Plan;
use crate::session::{ALONE_LIMITS, AfterStopAlone, Company, Session, SessionConfig, StateKind};
use crate::step::{Command, Prompt, Record};

const STEP_MS: u64 = 10;

/// What the ideal table does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Going {
    Nowhere,
    To(Angle, Rate),
    Home(Rate),
}

/// A session, an ideal table, and a record of what passed.
#[derive(Clone, Debug)]
pub(super) struct Bench {
    pub(super) session: Session,
    pub(super) now: u64,
    pub(super) tilt: i64,
    pub(super) going: Going,
    pub(super) latched: bool,
    pub(super) seq: u32,
    pub(super) silent: bool,
    pub(super) deaf: bool,
    /// No source gives an angle.
    pub(super) blind: bool,
    /// It takes no motion of a program any more.
    pub(super) disarmed: bool,
    pub(super) supply_mv: u32,
    /// It does not take the latch of a STOP off.
    pub(super) refuses: bool,
    /// What the drive makes of a return, in thousandths: negative is the other way.
    pub(super) makes: i64,
    /// How much further head-down the second angle says it is.
    pub(super) skew: i64,
    /// Motion commands of any kind that arrived.
    pub(super) asked_to_move: u64,
    /// Requests to take the latch of a STOP off.
    pub(super) asked_to_unlatch: u64,
    /// What its motor draws now, in milliamperes.
    pub(super) draws: u32,
    pub(super) faults: FaultSet,
    pub(super) latches: Latches,
    pub(super) switches: Switches,
    pub(super) answers: bool,
    pub(super) prompts: Vec<(u64, Prompt)>,
    pub(super) records: Vec<(u64, Record)>,
    pub(super) motions: Vec<(u64, String)>,
    pub(super) deepest: i64,
    wake: Option<u64>,
}

pub(super) fn deg(value: i32) -> Angle {
    Angle::from_deg(value).unwrap()
}

/// The reference session on a table that turns as fast as any.
pub(super) fn config(plan: &Plan) -> SessionConfig {
    let reference = fixture::config(plan.expand().unwrap());
    let envelope = Envelope { max_rate: Rate::clamped(6_000), ..reference.envelope };
    SessionConfig { envelope, ..reference }
}

/// The same with nobody standing by: the limits of a person alone, and what follows a STOP.
pub(super) fn config_alone(plan: &Plan, after: AfterStopAlone) -> SessionConfig {
    let config = config(plan);
    SessionConfig {
        limits: config.limits.narrow(Layer::Site, Why::Alone, ALONE_LIMITS),
        company: Company::Alone(after),
        ..config
    }
}

impl Bench {
    pub(super) fn new(plan: &Plan) -> Self {
        Self::with(config(plan))
    }

    pub(super) fn with(config: SessionConfig) -> Self {
        let mut bench = Self::unconnected(config);
        bench.event(Event::Link(LinkEvent::Connected));
        bench
    }

    /// A bench whose table has not been greeted yet.
    pub(super) fn unconnected(config: SessionConfig) -> Self {
        Self {
            session: Session::new(config),
            now: 0,
            tilt: -3_000,
            going: Going::Nowhere,
            latched: false,
            seq: 0,
            silent: false,
            deaf: false,
            blind: false,
            disarmed: false,
            supply_mv: 24_000,
            refuses: false,
            makes: 1_000,
            skew: 0,
            asked_to_move: 0,
            asked_to_unlatch: 0,
            draws: 0,
            faults: FaultSet::NONE,
            latches: Latches { fitted: 2, first_closed: true, second_closed: true },
            switches: Switches::NONE
                .with(Switch::HandControl, true)
                .with(Switch::StopLoopClosed, true),
            answers: true,
            prompts: Vec::new(),
            records: Vec::new(),
            motions: Vec::new(),
            deepest: i64::MIN,
            wake: None,
        }
    }

    /// A bench whose session holds its first bout.
    pub(super) fn in_first_hold(plan: &Plan) -> Self {
        Self::started(plan).into_first_hold(plan)
    }

    /// The same with settings of its own.
    pub(super) fn in_first_hold_with(config: SessionConfig, plan: &Plan) -> Self {
        Self::with(config).into_running().into_first_hold(plan)
    }

    fn into_first_hold(self, plan: &Plan) -> Self {
        let mut bench = self;
        let target = plan.expand().unwrap().max_tilt();
        bench.run_while(60, |b| b.tilt < i64::from(target.millideg()) || b.going != Going::Nowhere);
        bench.run(1_000);
        bench
    }

    /// A bench whose session has passed the proof tilt and runs its program.
    pub(super) fn started(plan: &Plan) -> Self {
        Self::new(plan).into_running()
    }

    fn into_running(self) -> Self {
        let mut bench = self;
        bench.prepare();
        bench.run_while(30, |b| b.state() != StateKind::Running);
        bench
    }

    /// The person and the spotter go through the self-test and start.
    pub(super) fn prepare(&mut self) {
        self.prepare_to_start();
        self.act(Act::Start);
    }

    /// Everything before the start.
    pub(super) fn prepare_to_start(&mut self) {
        self.run(100);
        self.act(Act::ConfirmPerson);
        self.act(Act::ConfirmAreaClear);
        self.event(Event::Stop(StopEvent::Pressed, Source::Hand));
        self.run(200);
        self.event(Event::Stop(StopEvent::Released, Source::Hand));
        self.act(Act::Ok);
        self.run(400);
        self.event(Event::Act(Act::Return, Source::Hand));
    }

    pub(super) fn state(&self) -> StateKind {
        self.session.view().state
    }

    pub(super) fn act(&mut self, act: Act) {
        self.event(Event::Act(act, Source::Terminal));
    }

    pub(super) fn stop(&mut self, stop: StopEvent) {
        self.event(Event::Stop(stop, Source::Terminal));
    }

    pub(super) fn event(&mut self, event: Event) {
        let step = self.session.step(Timestamp::from_millis(self.now), event);
        assert!(!step.commands.overflowed() && !step.prompts.overflowed());
        assert!(!step.records.overflowed());
        self.wake = step.next_wake.map(Timestamp::as_millis);
        let mut again = Vec::new();
        for prompt in step.prompts {
            self.prompts.push((self.now, prompt));
            if self.answers
                && matches!(prompt, Prompt::CheckIn | Prompt::HeelsHeld | Prompt::OkToGoOn)
            {
                again.push(Event::Act(Act::Ok, Source::Hand));
            }
        }
        for record in step.records {
            if record == Record::SessionStart {
                again.push(Event::Journal(JournalEvent::StartDurable));
            }
            self.records.push((self.now, record));
        }
        for command in step.commands {
            if !self.deaf {
                again.extend(self.obey(command));
            }
        }
        for event in again {
            self.event(event);
        }
    }

    fn obey(&mut self, command: Command) -> Option<Event> {
        self.asked_to_move += u64::from(matches!(command, Command::Start(_) | Command::Return(_)));
        self.asked_to_unlatch += u64::from(command == Command::AcknowledgeStop);
        match command {
            Command::Arm => return Some(Event::Link(LinkEvent::Armed)),
            Command::Start(permit) if !self.latched => {
                self.note(format!("{} at {}", permit.target(), permit.rate()));
                self.going = Going::To(permit.target(), permit.rate());
            }
            Command::Return(order) if !self.latched || order.held => {
                self.note(format!("home at {}", order.rate));
                self.going = Going::Home(order.rate);
            }
            Command::Halt => self.going = Going::Nowhere,
            Command::Stop => {
                self.going = Going::Nowhere;
                self.latched = true;
            }
            Command::AcknowledgeStop if !self.refuses => self.latched = false,
            Command::AcknowledgeStop
            | Command::Start(_)
            | Command::Return(_)
            | Command::Disarm
            | Command::ClearFaults(_) => {}
        }
        None
    }

    fn note(&mut self, what: String) {
        if self.motions.last().is_none_or(|(_, last)| *last != what) {
            self.motions.push((self.now, what));
        }
    }

    pub(super) fn run(&mut self, ms: u64) {
        let until = self.now + ms;
        while self.now < until {
            self.tick();
        }
    }

    #[track_caller]
    pub(super) fn run_while(&mut self, secs: u64, holds: impl Fn(&Self) -> bool) {
        let until = self.now + secs * 1_000;
        while holds(self) {
            assert!(self.now < until, "still so after {secs} s in {:?}", self.session.view());
            self.tick();
        }
    }

    fn tick(&mut self) {
        self.now += STEP_MS;
        let step = |rate: Rate| {
            i64::from(rate.magnitude().millideg_per_s()) * STEP_MS.cast_signed() / 1_000
        };
        let rate = match self.going {
            Going::Nowhere => 0,
            Going::To(target, rate) => {
                let (way, by) = (i64::from(target.millideg()) - self.tilt, step(rate));
                self.tilt += way.clamp(-by, by);
                if way == 0 {
                    0
                } else {
                    way.signum() * i64::from(rate.magnitude().millideg_per_s())
                }
            }
            Going::Home(rate) => {
                let before = self.tilt;
                if self.tilt > -3_000 {
                    self.tilt = (self.tilt - step(rate) * self.makes / 1_000).max(-3_000);
                }
                if before == self.tilt {
                    0
                } else {
                    -i64::from(rate.millideg_per_s()) * self.makes / 1_000
                }
            }
        };
        self.deepest = self.deepest.max(self.tilt);
        if self.now.is_multiple_of(50) && !self.silent {
            self.report(rate);
        }
        if self.now.is_multiple_of(20) && self.wake.is_some_and(|wake| wake <= self.now) {
            self.event(Event::Tick);
        }
    }

    pub(super) fn report(&mut self, rate: i64) {
        self.seq += 1;
        let tilt = (!self.blind).then(|| Angle::clamped(self.tilt));
        let tilt_second = (!self.blind).then(|| Angle::clamped(self.tilt + self.skew));
        self.event(Event::Reading(Reading {
            at: Timestamp::from_millis(self.now),
            seq: self.seq,
            table_ms: u32::try_from(self.now).unwrap(),
            tilt,
            tilt_second,
            rate: Rate::clamped(rate),
            drive: match self.going {
                _ if self.latched && self.going == Going::Nowhere => DriveState::Stopped,
                Going::Nowhere if self.disarmed => DriveState::Disarmed,
                Going::Nowhere => DriveState::Holding,
                Going::To(target, _) if self.tilt == i64::from(target.millideg()) => {
                    DriveState::Holding
                }
                Going::To(..) => DriveState::Moving,
                Going::Home(_) => DriveState::Returning,
            },
            latches: self.latches,
            switches: self.switches,
            faults: self.faults,
            accepted: 0,
            current_ma: self.draws,
            supply_mv: self.supply_mv,
            temperature_c: 25,
        }));
    }

    pub(super) fn said(&self, prompt: Prompt) -> bool {
        self.prompts.iter().any(|(_, said)| *said == prompt)
    }
}
