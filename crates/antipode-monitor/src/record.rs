//! What must be so before head-down motion, and what is written down: I9, I14, I15, I24.

use crate::row::{Row, Stopping};
use crate::trace::{Event, Motion};
use crate::violation::{Report, Rule};

/// I9: oldest self-test at the start of a session, ms. Its age later in the session does not count.
const SELF_TEST_MAX_MS: u64 = 600_000;

#[derive(Clone, Debug, Default)]
pub(crate) struct RecordRules {
    not_ready: Stopping,
    unrecorded: Stopping,
    highest_durable: Option<u64>,
    /// A session is open in the record, and whether it moved.
    open: bool,
    moved: bool,
    started_now: bool,
    started_ms: Option<u64>,
    tested: bool,
    unended: u32,
    pending: Option<Pending>,
}

/// Findings of events, which carry no time, until the row of their step. One of a kind a step is enough.
#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    no_reason: bool,
    seq_fell: Option<[i64; 2]>,
    lost: Option<[i64; 2]>,
    damaged: Option<[i64; 2]>,
    without_end: bool,
}

impl RecordRules {
    pub(crate) fn event(&mut self, event: &Event) {
        match *event {
            Event::SessionStarted => {
                if self.open && self.moved {
                    self.unended += 1;
                    self.pending().without_end = true;
                }
                self.open = true;
                self.moved = false;
                self.started_now = true;
            }
            Event::SessionEnded { cause } => {
                self.open = false;
                self.moved = false;
                self.reason(cause);
            }
            Event::Refused { rule_code } | Event::LimitsChanged { rule_code } => {
                self.reason(rule_code);
            }
            Event::AlarmRaised { cause, .. } => self.reason(cause),
            Event::RecordDurable { seq } => self.durable(seq),
            Event::JournalRecovered { last_seq, torn_records, chain_intact } => {
                self.recovered(last_seq, torn_records, chain_intact);
            }
            Event::StopPressed
            | Event::ReturnPressed { .. }
            | Event::HumanStart
            | Event::AlarmAcknowledged
            | Event::Healed => {}
        }
    }

    fn pending(&mut self) -> &mut Pending {
        self.pending.get_or_insert_default()
    }

    /// I24: code 0 is no reason.
    fn reason(&mut self, code: u16) {
        if code == 0 {
            self.pending().no_reason = true;
        }
    }

    /// I15: each report of durability covers more than the one before.
    fn durable(&mut self, seq: u64) {
        if let Some(highest) = self.highest_durable.filter(|highest| seq <= *highest) {
            self.pending().seq_fell = Some([number(seq), number(highest)]);
        }
        self.highest_durable = self.highest_durable.max(Some(seq));
    }

    /// I15: what was acknowledged is there; at most one torn record; the chain holds.
    fn recovered(&mut self, last_seq: u64, torn_records: u32, chain_intact: bool) {
        if let Some(highest) = self.highest_durable.filter(|highest| last_seq < *highest) {
            self.pending().lost = Some([number(last_seq), number(highest)]);
        }
        if torn_records > 1 || !chain_intact {
            self.pending().damaged = Some([torn_records.into(), chain_intact.into()]);
        }
    }

    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        if let Some(pending) = self.pending.take() {
            pending.strike(report);
        }
        self.ready(row, report);
        self.recorded(row, report);
        self.moved |= self.open && row.motion() == Motion::Plan && row.setpoint() != 0;
    }

    /// I9: what has to be so for plan motion head-down. Lease, alarm and human act have their own rules (I7, I17,
    /// I18). An empty or ballasted bed needs no person.
    fn ready(&mut self, row: &Row<'_>, report: &mut Report) {
        let host = &row.now.host;
        if std::mem::take(&mut self.started_now) {
            self.started_ms = Some(row.now.t_ms);
            self.tested = false;
        }
        let down = row.motion() == Motion::Plan && row.head_down() && row.now.plant.person_on_table;
        let rate = if down { row.lowering() } else { 0 };
        let unready = !(host.person_confirmed && host.session_active);
        let exceeded = self.not_ready.exceeded(row, unready, rate, row.via_host_ms()).is_some();
        let numbers = [
            rate.into(),
            row.tilt().into(),
            host.person_confirmed.into(),
            host.session_active.into(),
        ];
        report.judge(Rule::HeadDownNotReady, exceeded, numbers);

        // How old the test was when the session started; one made since then is younger than the session.
        let now_ms = u64::from(host.self_test_age_ms);
        let age = self.started_ms.map(|start| now_ms.saturating_sub(row.now.t_ms - start));
        if rate > 0 && age.is_some_and(|age| age <= SELF_TEST_MAX_MS) {
            self.tested = true;
        }
        let numbers = [age.map_or(-1, number), 0, 0, 0];
        report.judge(Rule::SelfTestOld, rate > 0 && !self.tested, numbers);
    }

    /// I14: plan motion waits for the durable start record. A return does not (it must never wait for a disk).
    fn recorded(&mut self, row: &Row<'_>, report: &mut Report) {
        let planned = row.motion() == Motion::Plan && row.now.plant.person_on_table;
        let speed = if planned { row.speed() } else { 0 };
        let unwritten = !row.now.host.journal_acknowledged;
        let exceeded = self.unrecorded.exceeded(row, unwritten, speed, row.via_host_ms());
        let numbers = [row.setpoint().into(), 0, 0, 0];
        report.judge(Rule::MovedBeforeRecord, exceeded.is_some(), numbers);
    }

    /// I14 at the end of a run: with the host alive and no session running, none may be left open.
    pub(crate) fn finish(&self, host_idle: bool, report: &mut Report) {
        if host_idle && self.open && self.moved {
            report.strike(Rule::SessionWithoutEnd, [i64::from(self.unended) + 1, 0, 0, 0]);
        }
    }
}

impl Pending {
    fn strike(self, report: &mut Report) {
        if self.no_reason {
            report.strike(Rule::NoReasonGiven, [0; 4]);
        }
        if self.without_end {
            report.strike(Rule::SessionWithoutEnd, [1, 0, 0, 0]);
        }
        let found = [
            (Rule::DurableSeqFell, self.seq_fell),
            (Rule::RecordLost, self.lost),
            (Rule::JournalDamaged, self.damaged),
        ];
        for (rule, numbers) in found {
            if let Some([a, b]) = numbers {
                report.strike(rule, [a, b, 0, 0]);
            }
        }
    }
}

fn number(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests;
