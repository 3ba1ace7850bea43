//! Whether a drive stops by itself: read from the drive, twice.

use antipode_device::{HostLoss, NumberRead};
use antipode_guardian::Fitness;
use antipode_safety::Millis;

use super::registers::{number_of, read, read_number};
use crate::codec::modbus::Read;

/// What a drive said of its host-loss setting.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    loss: HostLoss,
    /// The longest timeout with which it may be armed.
    most: Millis,
    timeout: Twice<i32>,
    action: Twice<u16>,
    /// The drive has answered at all.
    answered: bool,
}

/// A value that counts once it was read twice alike.
#[derive(Clone, Copy, Debug)]
enum Twice<T> {
    Never,
    Once(T),
    Agreed(T),
}

impl<T: Copy + PartialEq> Twice<T> {
    fn saw(&mut self, value: T) {
        *self = match *self {
            Self::Once(before) | Self::Agreed(before) if before == value => Self::Agreed(value),
            Self::Never | Self::Once(_) | Self::Agreed(_) => Self::Once(value),
        };
    }

    const fn agreed(self) -> Option<T> {
        match self {
            Self::Agreed(value) => Some(value),
            Self::Never | Self::Once(_) => None,
        }
    }
}

/// What is asked for a probe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Timeout,
    Action,
}

impl Setting {
    pub(super) const ALL: [Self; 2] = [Self::Timeout, Self::Action];
}

impl Probe {
    pub(super) fn new(loss: &HostLoss, most: Millis) -> Self {
        let (timeout, action) = (Twice::Never, Twice::Never);
        Self { loss: loss.clone(), most, timeout, action, answered: false }
    }

    /// What was read before the line was opened again does not hold.
    pub(super) fn reopen(&mut self) {
        *self = Self::new(&self.loss, self.most);
    }

    /// The question for a setting; `None` where the profile has none.
    pub(super) fn question(&self, setting: Setting) -> Option<Read> {
        let HostLoss::Register { timeout, action, .. } = &self.loss else { return None };
        match setting {
            Setting::Timeout => read_number(*timeout),
            Setting::Action => read(action.as_ref()?.register, 1),
        }
    }

    /// Takes the answer to it. One that is no number takes back what was agreed.
    pub(super) fn answered(&mut self, setting: Setting, registers: &[u16]) {
        match (setting, &self.loss) {
            (Setting::Timeout, HostLoss::Register { timeout, .. }) => {
                match milliseconds(*timeout, registers) {
                    Some(value) => self.timeout.saw(value),
                    None => self.timeout = Twice::Never,
                }
            }
            (Setting::Action, _) => match registers {
                &[value] => self.action.saw(value),
                _ => self.action = Twice::Never,
            },
            (
                Setting::Timeout,
                HostLoss::None | HostLoss::JogRepeat { .. } | HostLoss::External { .. },
            ) => {}
        }
    }

    /// The drive has answered a question about itself.
    pub(super) fn is_there(&mut self) {
        self.answered = true;
    }

    pub(super) fn fitness(&self) -> Fitness {
        match &self.loss {
            HostLoss::None => Fitness::Unfit {
                reason: "its profile knows nothing that stops it when its computer is lost",
            },
            HostLoss::JogRepeat { within } | HostLoss::External { within, .. } => {
                self.stated(*within)
            }
            HostLoss::Register { action, .. } => {
                let stops = match (action, self.action.agreed()) {
                    (None, _) => true,
                    (Some(_), None) => return Fitness::Unknown,
                    (Some(action), Some(value)) => action.stops.contains(&value),
                };
                self.read_back(stops)
            }
        }
    }

    /// A time that no register holds: it stands for as long as the drive is there at all, and is
    /// proved with the cable pulled when the table is commissioned.
    fn stated(&self, within: Millis) -> Fitness {
        if within > self.most {
            return TOO_LONG;
        }
        if self.answered { Fitness::Fit { timeout: within } } else { Fitness::Unknown }
    }

    fn read_back(&self, stops: bool) -> Fitness {
        let Some(thousandths) = self.timeout.agreed() else { return Fitness::Unknown };
        // Cut to whole milliseconds: a shorter time is the safer one to believe.
        let timeout = Millis::new(u64::try_from(thousandths / 1_000).unwrap_or(0));
        if timeout == Millis::ZERO {
            return Fitness::Unfit {
                reason: "its own time-out is off: it would go on when its computer is lost; \
                         switch it on in the drive",
            };
        }
        if timeout > self.most {
            return TOO_LONG;
        }
        if !stops {
            return Fitness::Unfit {
                reason: "what it does when its time-out is over is not to stop and hold; \
                         set that in the drive",
            };
        }
        Fitness::Fit { timeout }
    }
}

const TOO_LONG: Fitness = Fitness::Unfit {
    reason: "its own time-out is longer than drive_stops_after of its model file allows; \
             shorten it in the drive",
};

fn milliseconds(number: NumberRead, registers: &[u16]) -> Option<i32> {
    number_of(number, registers)
}
