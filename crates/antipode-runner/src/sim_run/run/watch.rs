//! What is kept of a simulated run, and what the independent monitor is shown of it.

use antipode_core::step::Record;
use antipode_monitor::trace;
use antipode_safety::Timestamp;

use super::super::trace as rows;
use super::SimRun;

impl SimRun {
    /// Tells the monitor, if one watches.
    pub(super) fn tell(&mut self, event: &trace::Event) {
        if let Some(monitor) = &mut self.monitor {
            monitor.observe_event(event);
        }
    }

    /// Keeps what the summary needs and hashes the trace.
    pub(super) fn keep(&mut self) {
        let tilt = self.true_tilt();
        self.deepest = self.deepest.max(tilt);
        let records = std::mem::take(&mut self.recorder.records);
        for (at, record) in &records {
            self.keep_record(*at, record);
        }
        let mut records = records;
        records.clear();
        self.recorder.records = records;
        if self.now_ms().is_multiple_of(100) {
            let state = self.shell.core().session().state();
            self.recorder.hash(&[tilt.millideg().into(), state as i64]);
        }
    }

    fn keep_record(&mut self, at: Timestamp, record: &Record) {
        let code = rows::record_code(record);
        self.recorder.hash(&[at.as_millis().cast_signed(), code]);
        let event = match *record {
            Record::SessionStart => {
                self.started_at = Some(at);
                self.tell(&trace::Event::SessionStarted);
                let seq = self.rows.next_durable();
                self.tell(&trace::Event::RecordDurable { seq });
                return;
            }
            Record::SessionEnd { outcome, cause, bouts, head_down } => {
                self.ended = Some((outcome, cause));
                self.ended_at = Some(at);
                self.bouts_done = bouts;
                self.head_down = head_down;
                trace::Event::SessionEnded { cause: rows::cause_code(cause) }
            }
            Record::Alarm(cause) => trace::Event::AlarmRaised {
                cause: cause as u16 + 1,
                priority: cause.priority() as u8,
            },
            Record::Refused(code) => trace::Event::Refused { rule_code: u16::from(code) },
            Record::Eased(_) => trace::Event::LimitsChanged { rule_code: 1 },
            Record::State { .. }
            | Record::AlarmAgain(..)
            | Record::Segment(_)
            | Record::BoutDone { .. }
            | Record::Asked
            | Record::Answered
            | Record::Symptom(..)
            | Record::Shortened
            | Record::LockedOut => return,
        };
        self.tell(&event);
    }

    /// What the monitor sees of this step.
    pub(in crate::sim_run) fn row(&mut self) -> trace::Tick {
        self.rows.row(
            &self.shell,
            &self.recorder,
            &self.spotter,
            self.host_starts,
            self.host_fault.suspended || self.host_fault.dead,
        )
    }

    /// One row for the monitor.
    pub(super) fn watch(&mut self) {
        let row = self.row();
        if let Some(monitor) = &mut self.monitor {
            for event in self.rows.take_events() {
                monitor.observe_event(&event);
            }
            monitor.observe(&row);
        }
    }
}
