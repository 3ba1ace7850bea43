//! One simulated run, step by step.

use std::sync::Arc;

use antipode_core::session::{EndCause, Outcome, StateKind, View};
use antipode_engine::{Dates, Input, VirtualShell};
use antipode_monitor::{Monitor, Verdict, trace};
use antipode_records::WallTime;
use antipode_safety::{Angle, Millis, Timestamp};
use antipode_sim::faults::FaultKind;
use antipode_sim::world::World;

use super::people::Spotter;
use super::recorder::Recorder;
use super::setup::{SimSetup, profile, session_config};
use super::trace as rows;

mod hands;
mod host;
mod watch;

use host::HostFaults;

/// One step of a run: the turn of the table's own loop.
const STEP: Millis = Millis::new(10);

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
        self.heal_host();
    }

    /// The verdict of the monitor; `None` without one.
    #[must_use]
    pub fn verdict(&mut self) -> Option<Verdict> {
        self.monitor.as_mut().map(|monitor| monitor.finish())
    }
}
