//! Ankle holds that no sensor sees: a spotter looks at them and says so before each bout, and
//! without that word nobody is lowered (H-33).
//!
//! The word is given in the rest band, where waiting for it harms nobody, and it is the spotter's:
//! the strapped person cannot see their own ankles, so that their hand control does not count.

use antipode_safety::{Millis, Timestamp};

use super::Session;
use super::drive::Order;
use super::state::{Phase, State};
use crate::event::Source;
use crate::step::{Prompt, Step};

/// So long the question waits; then the session ends, in the rest band.
const PATIENCE: Millis = Millis::from_secs(300);

/// A press that comes sooner was meant for the question before, or is a key that was held too long.
const READS: Millis = Millis::from_secs(1);

impl Session {
    /// Whether a bout begins with segment `index` for which nobody has looked at the ankle holds.
    pub(super) fn wants_latches(&self, index: usize) -> bool {
        let bout = self.segment_bout(index);
        self.config.table.latch_sensors == 0 && bout.is_some() && bout != self.cursor.latches_seen
    }

    /// Whether the question is open.
    pub(super) const fn waits_for_latches(&self) -> bool {
        matches!(self.state, State::Running(Phase::Latches { .. }))
    }

    /// Asks the spotter, standing.
    pub(super) fn ask_latches(&mut self, next: usize, step: &mut Step) {
        self.cursor.index = next.saturating_sub(1);
        self.order(Order::Hold);
        self.enter_phase(Phase::Latches { until: self.now.plus(PATIENCE), next }, step);
        step.prompts.push(Prompt::ConfirmLatches);
    }

    /// Takes the spotter's word, and begins the bout. A press of the strapped person is none: the
    /// question is put again.
    pub(in crate::session) fn latches_confirmed(
        &mut self,
        next: usize,
        until: Timestamp,
        source: Source,
        step: &mut Step,
    ) {
        if self.now.plus(PATIENCE) < until.plus(READS) {
            return;
        }
        match source {
            Source::Terminal => {}
            Source::Hand | Source::Network | Source::Signal => {
                step.prompts.push(Prompt::ConfirmLatches);
                return;
            }
        }
        if self.waits_for_dead_man(step) {
            return;
        }
        self.facts.needs_ok = false;
        self.cursor.latches_seen = self.segment_bout(next);
        self.enter_segment(next, step);
    }
}
