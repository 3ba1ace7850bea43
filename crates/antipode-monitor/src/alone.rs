//! Somebody alone under STOP: what the site has decided, and nothing before it. C-01, people.md 2.

use crate::home::Way;
use crate::motion::millis;
use crate::profile::Profile;
use crate::row::{Clock, Row};
use crate::trace::{Event, Tick};
use crate::violation::{Report, Rule};

/// Time from the end of the delay to the rest band: it comes by creep, ms.
const CREEP_MS: u64 = 120_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct AloneRules {
    pressed_now: bool,
    was_pressed: bool,
    /// When STOP was last pressed, or latched without a press.
    since_ms: Option<u64>,
    due: Clock,
}

impl AloneRules {
    pub(crate) fn event(&mut self, event: &Event) {
        self.pressed_now |= matches!(event, Event::StopPressed);
    }

    /// Whether the bed may come up by itself under STOP in this row: decided for people alone, its delay over since
    /// the last press, and no STOP pressed. With company it never may.
    pub(crate) fn may_come(&mut self, now: &Tick, profile: &Profile) -> bool {
        let pressed = now.people.stop_pressed;
        let anew = std::mem::take(&mut self.pressed_now) || (pressed && !self.was_pressed);
        self.was_pressed = pressed;
        let latched = now.firmware.stop_latched || now.host.stop_latched;
        if !latched {
            self.since_ms = None;
        } else if anew {
            self.since_ms = Some(now.t_ms);
        }
        let Some(delay_ms) = profile.after_stop_alone_ms.filter(|_| latched) else { return false };
        let since = *self.since_ms.get_or_insert(now.t_ms);
        !pressed && now.t_ms - since >= u64::from(delay_ms)
    }

    /// I8 for people alone: the host brings them up, so it must live and be heard. `way` is the way home but for STOP.
    pub(crate) fn check(&mut self, row: &Row<'_>, way: Way, report: &mut Report) {
        let (firmware, host, people) = (&row.now.firmware, &row.now.host, &row.now.people);
        let stopped = firmware.stop_latched && host.stop_latched && !people.stop_pressed;
        let heard = host.alive && host.link_open && row.now.wire.up;
        let by_itself = row.profile.after_stop_alone_ms;
        let open = way != Way::Closed && heard && !people.return_held;
        let runs = by_itself.is_some() && stopped && open && row.head_down();
        let for_ms = self.due.run(row.now.t_ms, runs);
        let allowed = u64::from(by_itself.unwrap_or_default()) + CREEP_MS;
        let numbers = [row.tilt().into(), millis(for_ms), millis(allowed), 0];
        report.judge(Rule::NotUpAfterStopAlone, for_ms > allowed, numbers);
    }
}

#[cfg(test)]
mod tests;
