//! A simulated table whose true tilt and motor are put down for every millisecond of its life.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use antipode_device::BootClock;
use antipode_safety::Timestamp;
use antipode_sim::device::SerialTable;
use antipode_sim::faults::Fault;
use antipode_sim::pty::LineEnd;
use antipode_sim::world::Served;

use super::fate::Trouble;

/// What is watched of a table.
pub(crate) trait Bed: LineEnd + 'static {
    fn tilt_mdeg(&self) -> i32;
    /// Whether its drive runs its motor, where that can be told.
    fn runs(&self) -> bool;
    /// Whether its own controller, where it has one, brings it back by itself.
    fn returns_alone(&self) -> bool;
    /// What its controller says of itself, for a failure.
    fn inside(&self) -> String;
    fn strike(&mut self, fault: Fault);
    /// Its line begins to misbehave, and everything that is wrong with it is over.
    fn trouble(&mut self, trouble: Trouble);
    fn heal(&mut self);
}

impl Bed for Served {
    fn tilt_mdeg(&self) -> i32 {
        self.world().plant().true_tilt_mdeg()
    }

    fn runs(&self) -> bool {
        self.world().outputs().setpoint.millideg_per_s() != 0
    }

    fn inside(&self) -> String {
        format!("{:?}", self.world().controller().map(|controller| controller.inspect()))
    }

    fn returns_alone(&self) -> bool {
        self.world().controller().is_some_and(|controller| controller.inspect().automatic)
    }

    fn strike(&mut self, fault: Fault) {
        self.world_mut().add_fault(fault);
    }

    fn trouble(&mut self, trouble: Trouble) {
        trouble.begin(self);
    }

    fn heal(&mut self) {
        self.world_mut().heal();
    }
}

impl Bed for SerialTable {
    fn tilt_mdeg(&self) -> i32 {
        self.plant().true_tilt_mdeg()
    }

    fn runs(&self) -> bool {
        self.motor_speed() != 0
    }

    fn inside(&self) -> String {
        String::new()
    }

    fn returns_alone(&self) -> bool {
        false
    }

    fn strike(&mut self, fault: Fault) {
        self.add_fault(fault);
    }

    fn trouble(&mut self, trouble: Trouble) {
        trouble.begin_on_drive(self);
    }

    fn heal(&mut self) {
        Self::heal(self);
    }
}

/// Where the bed was in one millisecond of its own time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    pub(crate) tilt_mdeg: i32,
    pub(crate) runs: bool,
    /// The machine's clock when this was computed.
    pub(crate) boot_ms: u64,
}

/// A table and its whole life so far.
pub(crate) struct Watched<S> {
    pub(crate) bed: S,
    /// One moment for each millisecond of the table's own time.
    pub(crate) life: Vec<Moment>,
    turned_ms: u64,
    /// The longest that its thread got no turn, milliseconds.
    pub(crate) late_ms: Arc<AtomicU64>,
}

impl<S: Bed> Watched<S> {
    pub(crate) const fn new(bed: S, late_ms: Arc<AtomicU64>) -> Self {
        Self { bed, life: Vec::new(), turned_ms: 0, late_ms }
    }

    /// Time of the table.
    pub(crate) const fn now_ms(&self) -> usize {
        self.life.len()
    }
}

impl<S: Bed> LineEnd for Watched<S> {
    fn lines(&self) -> usize {
        self.bed.lines()
    }

    fn advance(&mut self, now: Timestamp) {
        let boot_ms = BootClock.now().as_millis();
        if self.turned_ms != 0 {
            self.late_ms.fetch_max(boot_ms.saturating_sub(self.turned_ms), Ordering::Relaxed);
        }
        self.turned_ms = boot_ms;
        for turn in self.life.len() as u64 + 1..=now.as_millis() {
            self.bed.advance(Timestamp::from_millis(turn));
            let (tilt_mdeg, runs) = (self.bed.tilt_mdeg(), self.bed.runs());
            self.life.push(Moment { tilt_mdeg, runs, boot_ms });
        }
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        self.bed.set_baud(line, baud);
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        self.bed.hear(line, bytes);
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        self.bed.say(line, out);
    }
}
