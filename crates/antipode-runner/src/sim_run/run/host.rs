//! The host's machine in a simulated run: it freezes, dies, sleeps, loses its journal, and is started
//! anew.

use antipode_core::session::{EndCause, Outcome};
use antipode_monitor::trace;
use antipode_safety::Millis;
use antipode_sim::faults::FaultKind;

use super::super::setup::session_config;
use super::{STEP, SimRun};

/// How long the watchdog-less host of a suspended machine is gone by default, milliseconds.
const SUSPENDED_MS: u64 = 10_000;

/// Host faults under way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct HostFaults {
    pub(super) frozen: bool,
    pub(super) dead: bool,
    pub(super) suspended: bool,
    pub(super) no_journal: bool,
}

impl SimRun {
    /// The host's machine works again, and its program runs.
    pub(super) fn heal_host(&mut self) {
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

    /// The host's faults of the step that is about to be taken.
    pub(super) fn host_faults(&mut self, now_ms: u64) {
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
}
