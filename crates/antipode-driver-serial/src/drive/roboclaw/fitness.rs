//! Giving a RoboClaw its timeout and believing what it says of it.

use antipode_guardian::Fitness;
use antipode_safety::Millis;

use crate::codec::roboclaw::{Command, Timeout, TimeoutSetting};

/// How far the setting up is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setup {
    wanted: Timeout,
    /// The longest timeout with which it may be armed.
    most: Millis,
    written: bool,
    last: Option<TimeoutSetting>,
    agreed: Option<TimeoutSetting>,
}

impl Setup {
    pub(super) const fn new(wanted: Timeout, most: Millis) -> Self {
        Self { wanted, most, written: false, last: None, agreed: None }
    }

    /// What was read before the line was opened again does not hold, and what was set may be gone.
    pub(super) fn reopen(&mut self) {
        *self = Self::new(self.wanted, self.most);
    }

    /// What is said next for it; `None` once it is done.
    pub(super) const fn next(&self) -> Option<Command> {
        if !self.written {
            Some(Command::SetTimeout(self.wanted))
        } else if self.agreed.is_none() {
            Some(Command::GetTimeout)
        } else {
            None
        }
    }

    /// The drive acknowledged the setting. What it holds is asked, not assumed.
    pub(super) fn written(&mut self) {
        self.written = true;
        (self.last, self.agreed) = (None, None);
    }

    /// The drive said what it holds. Once agreed, one other word takes it back.
    pub(super) fn read_back(&mut self, setting: TimeoutSetting) {
        self.agreed = Some(setting).filter(|_| self.last == Some(setting));
        self.last = Some(setting);
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
