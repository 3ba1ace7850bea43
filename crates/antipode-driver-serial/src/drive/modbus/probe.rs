//! Whether a drive stops by itself, and whether it is the one described: read from the drive, twice.

use antipode_device::{HostLoss, IdentityRead, NumberRead, Register, RegisterBank};
use antipode_guardian::{Fact, Fitness};
use antipode_safety::Millis;

use super::registers::{number_of, read, read_number};
use crate::codec::modbus::Read;

/// What a drive said of its host-loss setting and of itself.
#[derive(Clone, Debug)]
pub(super) struct Probe {
    loss: HostLoss,
    /// The registers by which it is known, and what was read there.
    identity: Vec<(IdentityRead, Twice<u16>)>,
    /// Which of them is asked next.
    turn: usize,
    /// What it says of itself, once all of it was read twice alike.
    facts: Vec<Fact>,
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
    /// One register of those by which it is known, in turn.
    Identity,
}

impl Setting {
    pub(super) const ALL: [Self; 3] = [Self::Timeout, Self::Action, Self::Identity];
}

impl Probe {
    pub(super) fn new(loss: &HostLoss, identity: &[IdentityRead], most: Millis) -> Self {
        Self {
            loss: loss.clone(),
            identity: identity.iter().map(|read| (*read, Twice::Never)).collect(),
            turn: 0,
            facts: Vec::new(),
            most,
            timeout: Twice::Never,
            action: Twice::Never,
            answered: false,
        }
    }

    /// What was read before the line was opened again does not hold.
    pub(super) fn reopen(&mut self) {
        let identity: Vec<_> = self.identity.iter().map(|(read, _)| *read).collect();
        *self = Self::new(&self.loss, &identity, self.most);
    }

    /// The question for a setting; `None` where the profile has none.
    pub(super) fn question(&self, setting: Setting) -> Option<Read> {
        let (timeout, action) = match &self.loss {
            HostLoss::Register { timeout, action, .. } => (Some(*timeout), action.as_ref()),
            HostLoss::None | HostLoss::JogRepeat { .. } | HostLoss::External { .. } => (None, None),
        };
        match setting {
            Setting::Timeout => read_number(timeout?),
            Setting::Action => read(action?.register, 1),
            Setting::Identity => read(self.identity.get(self.turn)?.0.register, 1),
        }
    }

    /// It gave no answer to that question, or none that can be used.
    pub(super) fn failed(&mut self, setting: Setting) {
        if setting == Setting::Identity {
            self.next_identity();
        }
    }

    fn next_identity(&mut self) {
        self.turn = self.turn.wrapping_add(1).checked_rem(self.identity.len()).unwrap_or(0);
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
            (Setting::Identity, _) => {
                if let Some((_, seen)) = self.identity.get_mut(self.turn) {
                    match registers {
                        &[value] => seen.saw(value),
                        _ => *seen = Twice::Never,
                    }
                }
                self.next_identity();
            }
            (
                Setting::Timeout,
                HostLoss::None | HostLoss::JogRepeat { .. } | HostLoss::External { .. },
            ) => {}
        }
        self.facts = self.facts_now().unwrap_or_default();
    }

    /// The drive has answered a question about itself.
    pub(super) fn is_there(&mut self) {
        self.answered = true;
        if self.facts.is_empty() {
            self.facts = self.facts_now().unwrap_or_default();
        }
    }

    /// What it says of itself; nothing until all of it was read twice alike.
    pub(super) fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// Whether a register by which it is known says that it is another device.
    pub(super) fn is_stranger(&self) -> bool {
        self.identity.iter().any(|(read, seen)| seen.agreed().is_some_and(|is| is != read.value))
    }

    fn facts_now(&self) -> Option<Vec<Fact>> {
        let mut facts = match &self.loss {
            HostLoss::Register { action, .. } => {
                let mut facts =
                    vec![Fact::new("time-out", milliseconds_word(self.timeout.agreed()?))];
                if action.is_some() {
                    facts.push(Fact::new("after the time-out", self.action.agreed()?.to_string()));
                }
                facts
            }
            // No register holds it: what the model claims is in the model, which is bound as well.
            HostLoss::None | HostLoss::JogRepeat { .. } | HostLoss::External { .. } => {
                vec![Fact::new("time-out", "in no register")]
            }
        };
        for (read, seen) in &self.identity {
            let (is, expected) = (seen.agreed()?, read.value);
            let is = match is == expected {
                true => is.to_string(),
                false => format!("{is}, and its model expects {expected}"),
            };
            facts.push(Fact::new(name_of(read.register), is));
        }
        Some(facts)
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

fn milliseconds_word(thousandths: i32) -> String {
    format!("{} ms", thousandths / 1_000)
}

fn name_of(register: Register) -> String {
    let bank = match register.bank {
        RegisterBank::Holding => "holding",
        RegisterBank::Input => "input",
    };
    format!("{bank} register {}", register.addr)
}
