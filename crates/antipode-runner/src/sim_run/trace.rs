//! Turns a step of a simulated run into the row that the independent monitor judges.
//!
//! The monitor knows nothing of ours; only this module translates. Truth comes from the
//! plant, the wire and the people; claims come from the firmware and the session.

use antipode_engine::VirtualShell;
use antipode_firmware::Inspection;
use antipode_monitor::trace::{self, Event, Source, Tick};
use antipode_safety::Switches;
use antipode_sim::faults::FaultKind;
use antipode_sim::world::World;

use super::people::Spotter;
use super::recorder::Recorder;

mod firmware;
mod host;
mod numbers;
mod people;
mod world;

pub(super) use numbers::{cause_code, record_code};

use host::{Away, host};
use world::{plant, wire};

/// Whether this build watches its runs: always. Named so that reports can say it.
#[must_use]
pub const fn watched() -> bool {
    true
}

/// What must be remembered from row to row.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    switches: Switches,
    sessions: Vec<u32>,
    session: u32,
    commands: u32,
    accepted: u16,
    durable: u64,
    upright_until_ms: u64,
    held_until_ms: u64,
    /// A STOP that the host serves is pressed.
    stop_served: bool,
    /// The hand control's RETURN counts as held until then.
    hand_until_ms: u64,
    /// A start that somebody pressed: the table's locks come off in its wake.
    start_ms: Option<u64>,
    /// What each source was when it last was faulty, and when that ends to count.
    lately: [(Source, u64); 2],
    locked: bool,
    away_since_ms: Option<u64>,
    /// The board has been dark since then.
    dark_since_ms: Option<u64>,
    /// For how long it was dark, until people have asked for a motion since.
    was_dark_ms: u64,
    /// It started head-down, and nobody has asked for the way home since.
    started_down: bool,
    asked_home: bool,
    events: Vec<Event>,
}

/// A sensor that has come right counts as faulty for this much longer, milliseconds: the table waits
/// a second for it to jump no more, and believes it after another (H-06).
const SETTLE_MS: u64 = 2_200;
/// A host that completes no tick for this long is away, milliseconds.
const AWAY_MS: u64 = 150;

impl Rows {
    pub(super) const fn new() -> Self {
        Self {
            switches: Switches::NONE,
            sessions: Vec::new(),
            session: 0,
            commands: 0,
            accepted: 0,
            durable: 0,
            upright_until_ms: 0,
            held_until_ms: 0,
            stop_served: false,
            hand_until_ms: 0,
            start_ms: None,
            lately: [(Source::Healthy, 0); 2],
            locked: false,
            away_since_ms: None,
            dark_since_ms: None,
            was_dark_ms: 0,
            started_down: false,
            asked_home: false,
            events: Vec::new(),
        }
    }

    /// The next number of a durable record.
    pub(super) const fn next_durable(&mut self) -> u64 {
        self.durable += 1;
        self.durable
    }

    /// Events seen in the last row: presses of the hand control.
    pub(super) fn take_events(&mut self) -> Vec<Event> {
        std::mem::take(&mut self.events)
    }

    /// The row of this step.
    pub(super) fn row(
        &mut self,
        shell: &VirtualShell<World>,
        recorder: &Recorder,
        spotter: &Spotter,
        host_starts: u32,
        host_down: bool,
    ) -> Tick {
        let world = shell.table();
        let now_ms = world.now_ms();
        let audit = shell.core().session().audit();
        let inspected = world.controller().map(antipode_firmware::Controller::inspect);
        let head_down = world.plant().true_tilt_mdeg() > 0;
        self.darkness(inspected.is_none(), head_down, now_ms);
        self.asked_home |= recorder.sent.home;
        let heard = world.arrived().fresh > 0 && !world.has_fault(FaultKind::DeafTable);
        if self.asked_home && heard {
            (self.started_down, self.asked_home) = (false, false);
        }
        self.presses(world);
        let away_since = if shell.host_is_alive() && !host_down {
            self.away_since_ms = None;
            None
        } else {
            Some(*self.away_since_ms.get_or_insert(now_ms))
        };
        // Shorter than the watchdog's patience nobody can tell it from a busy machine.
        let away = Away {
            now: away_since.is_some(),
            gone: away_since.is_some_and(|since| now_ms - since >= AWAY_MS),
        };
        self.unlock(inspected.as_ref(), now_ms);
        Tick {
            t_ms: now_ms,
            plant: self.with_lately(plant(world), inspected.as_ref(), now_ms),
            people: self.people(world, spotter, now_ms),
            wire: wire(world),
            firmware: self.firmware(world, inspected.as_ref()),
            host: host(&audit, recorder, shell, host_starts, away),
        }
    }

    /// A source that has just come right still tells of before through filters and ramps. One that
    /// was found out to be faulty stays out until people at level clear the fault.
    fn with_lately(
        &mut self,
        plant: trace::Plant,
        inspected: Option<&Inspection>,
        now_ms: u64,
    ) -> trace::Plant {
        let out = inspected
            .map_or([false; 2], |seen| [seen.tilt_mdeg.is_none(), seen.second_tilt_mdeg.is_none()]);
        let mut settle = |index: usize, now: Source| {
            let Some((was, until_ms)) = self.lately.get_mut(index) else { return now };
            let faulty = |source| matches!(source, Source::FaultShowing | Source::FaultSilent);
            if faulty(now) {
                (*was, *until_ms) = (now, now_ms + SETTLE_MS);
                return now;
            }
            let stays_out = out.get(index).is_some_and(|out| *out);
            if faulty(*was) && (now_ms < *until_ms || stays_out) {
                return *was;
            }
            *was = now;
            now
        };
        trace::Plant {
            primary_source: settle(0, plant.primary_source),
            second_source: settle(1, plant.second_source),
            ..plant
        }
    }

    fn hands_off(&mut self) {
        (self.was_dark_ms, self.started_down) = (0, false);
    }

    fn darkness(&mut self, dark: bool, head_down: bool, now_ms: u64) {
        if !head_down {
            self.hands_off();
        }
        if dark {
            self.dark_since_ms.get_or_insert(now_ms);
        } else if let Some(since) = self.dark_since_ms.take() {
            (self.started_down, self.asked_home) = (head_down, false);
            self.was_dark_ms = self.was_dark_ms.max(now_ms - since);
        }
    }
}

#[cfg(test)]
mod tests;
