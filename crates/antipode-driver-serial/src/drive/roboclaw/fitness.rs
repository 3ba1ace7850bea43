//! Giving a RoboClaw its timeout, and believing what it says of it and of itself.

use antipode_guardian::{Fact, Fitness};
use antipode_safety::Millis;

use crate::codec::roboclaw::{Command, Timeout, TimeoutSetting, Version};

/// How far the setting up is.
///
/// A restart takes the setting away ("timeout" is not stored), so what reads back as another word than
/// before is set again, and a person who lies head-down meanwhile is still brought home (H-01).
#[derive(Clone, Debug)]
pub(super) struct Setup {
    wanted: Timeout,
    /// The longest timeout with which it may be armed.
    most: Millis,
    written: bool,
    /// Read backs that are still due after it was written.
    due: u8,
    last: Option<TimeoutSetting>,
    agreed: Option<TimeoutSetting>,
    version: Option<Version>,
    /// What it says of itself, once both were read twice alike.
    facts: Vec<Fact>,
}

/// So often it is read after it was written.
const READS: u8 = 2;

impl Setup {
    pub(super) const fn new(wanted: Timeout, most: Millis) -> Self {
        Self {
            wanted,
            most,
            written: false,
            due: READS,
            last: None,
            agreed: None,
            version: None,
            facts: Vec::new(),
        }
    }

    /// What was read does not hold, and what was set may be gone: the line was opened again, or the
    /// drive has started anew.
    pub(super) fn begin_again(&mut self) {
        *self = Self::new(self.wanted, self.most);
    }

    /// What is said next for it; `None` once it is done.
    pub(super) const fn next(&self) -> Option<Command> {
        if !self.written {
            Some(Command::SetTimeout(self.wanted))
        } else if self.due > 0 {
            Some(Command::GetTimeout)
        } else {
            None
        }
    }

    /// What is said from time to time while it stands: one that is fit is asked, any other set again.
    pub(super) fn check(&mut self) -> Command {
        if !matches!(self.fitness(), Fitness::Fit { .. }) {
            (self.written, self.due) = (false, READS);
        }
        self.next().unwrap_or(Command::GetTimeout)
    }

    /// The drive acknowledged the setting. What it holds is asked, not assumed. What was found before
    /// stands until two read backs agree, so that a drive that never keeps it is shown as what it is.
    pub(super) fn written(&mut self) {
        (self.written, self.due, self.last) = (true, READS, None);
    }

    /// The drive said what it holds. Whether that is another word than the one agreed on: then it
    /// holds nothing of what it was told.
    pub(super) fn read_back(&mut self, setting: TimeoutSetting) -> bool {
        let fit = matches!(self.fitness(), Fitness::Fit { .. });
        if fit && self.agreed != Some(setting) {
            return true;
        }
        let twice = self.last.replace(setting) == Some(setting);
        self.due = if twice { 0 } else { self.due.saturating_sub(1).max(1) };
        if twice {
            self.agreed = Some(setting);
        }
        false
    }

    /// The drive said what it is and which firmware it runs. Its limits of current and speed, and the
    /// gains with which it keeps a speed, are not asked.
    pub(super) fn is(&mut self, version: Version) {
        let twice = self.version.replace(version) == Some(version);
        self.facts.clear();
        if let (true, Some(setting)) = (twice, self.agreed) {
            let timeout = match setting {
                TimeoutSetting::Off => "off".to_owned(),
                TimeoutSetting::After(timeout) => format!("{} ms", timeout.as_millis()),
            };
            self.facts =
                vec![Fact::new("time-out", timeout), Fact::new("version", version.as_str())];
        }
    }

    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    pub(super) fn fitness(&self) -> Fitness {
        let timeout = match self.agreed {
            None => return Fitness::Unknown,
            Some(TimeoutSetting::Off) => {
                return Fitness::Unfit {
                    reason: "its own time-out reads back as off although it was set: it would go \
                             on when its computer is lost",
                };
            }
            Some(TimeoutSetting::After(timeout)) => Millis::new(u64::from(timeout.as_millis())),
        };
        if timeout > self.most {
            return Fitness::Unfit {
                reason: "its own time-out reads back longer than drive_stops_after of its model \
                         file allows",
            };
        }
        Fitness::Fit { timeout }
    }
}
