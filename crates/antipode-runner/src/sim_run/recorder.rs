//! Keeps what passes in a simulated run: what is judged, what is hashed, what is shown.

use antipode_core::alarm::AlarmCause;
use antipode_core::step::{Prompt, Record};
use antipode_device::TableCommand;
use antipode_engine::{Observer, SessionLine};
use antipode_safety::Timestamp;

/// Frames of each kind that the host sent since the last row of the trace.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// Motions by plan.
    pub motion: bool,
    /// Returns.
    pub home: bool,
    /// STOPs.
    pub stop: bool,
    /// Heartbeats.
    pub heartbeat: bool,
}

/// What passed in a run.
#[derive(Clone, Debug)]
pub struct Recorder {
    /// Frames sent since the last row.
    pub sent: Sent,
    /// Words of the step under way.
    pub prompts: Vec<(Timestamp, Prompt)>,
    /// Words since they were last taken, when kept.
    pub shown: Vec<(Timestamp, Prompt)>,
    /// Records since the last row.
    pub records: Vec<(Timestamp, Record)>,
    /// Every alarm raised, in order.
    pub alarms: Vec<AlarmCause>,
    /// Frames put on the line since STOP was pressed and before the first STOP; `None` when no
    /// press waits.
    pub ahead_of_stop: Option<u8>,
    /// Keep every event of the session and every word too, for the journal and the screen.
    pub keep_lines: bool,
    /// Lines since they were last taken, when kept.
    pub lines: Vec<(Timestamp, SessionLine)>,
    hash: Fnv,
}

impl Recorder {
    /// A recorder that has seen nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            sent: Sent { motion: false, home: false, stop: false, heartbeat: false },
            prompts: Vec::new(),
            shown: Vec::new(),
            records: Vec::new(),
            alarms: Vec::new(),
            ahead_of_stop: None,
            keep_lines: false,
            lines: Vec::new(),
            hash: Fnv::new(),
        }
    }

    /// Hashes whole numbers of the trace: no wall time, no name, no path.
    pub fn hash(&mut self, numbers: &[i64]) {
        for number in numbers {
            self.hash.take(*number);
        }
    }

    /// The hash so far, as text.
    #[must_use]
    pub fn trace_hash(&self) -> String {
        format!("{:016x}", self.hash.0)
    }
}

impl Default for Recorder {
    fn default() -> Self {
        Self::new()
    }
}

impl Observer for Recorder {
    fn line(&mut self, now: Timestamp, line: &SessionLine) {
        if self.keep_lines {
            self.lines.push((now, *line));
        }
        if let SessionLine::Record(record) = line {
            if let Record::Alarm(cause) = record {
                self.alarms.push(*cause);
            }
            self.records.push((now, *record));
        }
    }

    fn prompt(&mut self, now: Timestamp, prompt: Prompt) {
        self.prompts.push((now, prompt));
    }

    fn command(&mut self, _now: Timestamp, command: &TableCommand) {
        let stop = *command == TableCommand::Stop;
        self.sent.stop |= stop;
        if stop {
            self.ahead_of_stop = None;
        } else if let Some(ahead) = &mut self.ahead_of_stop {
            *ahead = ahead.saturating_add(1);
        }
        match command {
            TableCommand::Start(..) => self.sent.motion = true,
            TableCommand::Return(_) => self.sent.home = true,
            TableCommand::Heartbeat => self.sent.heartbeat = true,
            TableCommand::Arm
            | TableCommand::Disarm
            | TableCommand::Halt
            | TableCommand::Stop
            | TableCommand::AcknowledgeStop
            | TableCommand::ClearFaults(_) => {}
        }
    }
}

/// FNV-1a over little-endian numbers: the same on every machine.
#[derive(Clone, Copy, Debug)]
struct Fnv(u64);

impl Fnv {
    const fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    fn take(&mut self, number: i64) {
        for byte in number.to_le_bytes() {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
}
