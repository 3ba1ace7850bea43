//! Whether people are told: I17.

use crate::motion::millis;
use crate::row::{Clock, Row};
use crate::trace::Event;
use crate::violation::{Report, Rule};

/// Time from reaction to alarm, ms.
const ALARM_MS: u64 = 200;
/// Longest pause of the sound, ms.
const SILENCE_MAX_MS: u64 = 120_000;
/// A STOP latched head-down for this long needs an alarm of this priority (somebody may be trapped).
const STOP_UNHEARD_MS: u64 = 30_000;
const HIGH: u8 = 3;

#[derive(Clone, Debug, Default)]
pub(crate) struct AlarmRules {
    unheard: Clock,
    stopped: Clock,
    silent: Clock,
    /// A cause was latched while the sound was paused.
    new_cause: bool,
    new_cause_silent: Clock,
    acknowledged: bool,
}

impl AlarmRules {
    pub(crate) fn event(&mut self, event: &Event) {
        match event {
            Event::AlarmRaised { .. } => {
                self.new_cause = true;
                self.acknowledged = false;
            }
            Event::AlarmAcknowledged => self.acknowledged = true,
            Event::SessionStarted
            | Event::SessionEnded { .. }
            | Event::StopPressed
            | Event::ReturnPressed { .. }
            | Event::HumanStart
            | Event::Refused { .. }
            | Event::LimitsChanged { .. }
            | Event::RecordDurable { .. }
            | Event::JournalRecovered { .. }
            | Event::Healed => {}
        }
    }

    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.heard(row, report);
        self.latched(row, report);
        self.silence(row, report);
    }

    /// An alarm of either side counts: each alarms for the other.
    fn heard(&mut self, row: &Row<'_>, report: &mut Report) {
        let (firmware, host) = (&row.now.firmware, &row.now.host);
        let table = firmware.alive && firmware.alarm_on;
        let priority = if host.alive { host.alarm_priority } else { 0 };
        let reaction = row.reaction();
        // Who is told level by the only source left raises no alarm for head-down.
        let down = row.head_down() && row.truthful();
        let unheard = down && reaction >= 1 && !table && priority == 0;
        let for_ms = self.unheard.run(row.now.t_ms, unheard);
        let numbers = [reaction.into(), millis(for_ms), row.tilt().into(), 0];
        report.judge(Rule::NoAlarm, for_ms > ALARM_MS + u64::from(row.dt_ms), numbers);

        let latched =
            (firmware.alive && firmware.stop_latched) || (host.alive && host.stop_latched);
        let low = down && latched && !table && priority < HIGH;
        let for_ms = self.stopped.run(row.now.t_ms, low);
        let limit = STOP_UNHEARD_MS + u64::from(row.dt_ms);
        let numbers = [millis(for_ms), priority.into(), row.tilt().into(), 0];
        report.judge(Rule::StopHeadDownUnheard, for_ms > limit, numbers);
    }

    fn latched(&mut self, row: &Row<'_>, report: &mut Report) {
        let (now, before) = (&row.now.host, &row.before.host);
        let gone = row.same_host() && before.alarm_priority > 0 && now.alarm_priority == 0;
        let numbers = [before.alarm_priority.into(), 0, 0, 0];
        report.judge(Rule::AlarmNotLatched, gone && !self.acknowledged, numbers);
        let groundless = now.alive && now.alarm_priority > 0 && now.alarm_causes == 0;
        let numbers = [now.alarm_priority.into(), 0, 0, 0];
        report.judge(Rule::AlarmWithoutCause, groundless, numbers);
    }

    fn silence(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        let silent = host.alive && host.alarm_silenced && host.alarm_priority > 0;
        let for_ms = self.silent.run(row.now.t_ms, silent);
        let limit = SILENCE_MAX_MS + u64::from(row.dt_ms);
        report.judge(Rule::SilencedTooLong, for_ms > limit, [millis(for_ms), 0, 0, 0]);

        self.new_cause &= silent;
        let for_ms = self.new_cause_silent.run(row.now.t_ms, self.new_cause);
        let limit = ALARM_MS + u64::from(row.dt_ms);
        report.judge(Rule::NewCauseSilenced, for_ms > limit, [millis(for_ms), 0, 0, 0]);
    }
}

#[cfg(test)]
mod tests;
