//! What a device of another maker can do wrong by itself, beside what breaks on its wires.

/// Declares the faults once: variant and name.
macro_rules! faults {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal;)+) => {
        /// A fault of a device. Late, doubled, torn and flipped bytes are faults of its wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum DeviceFault {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl DeviceFault {
            /// Every fault.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its name, as it is typed.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

faults! {
    /// Its timeout is off, and reads back so.
    TimeoutOff = "timeout-off";
    /// Its timeout reads back as set and does nothing.
    TimeoutDead = "timeout-dead";
    /// It is another device of the same kind: another number, another name.
    WrongIdentity = "wrong-identity";
    /// A fault of its own is latched, and latches again whenever it is cleared.
    LatchedFault = "latched-fault";
    /// It answers every question as it did first since the fault began.
    StaleAnswer = "stale-answer";
    /// It answers 400 ms late, when a host has long asked something else.
    LateAnswer = "late-answer";
    /// It says every answer twice.
    DoubleAnswer = "double-answer";
    /// Its answers go on after their end, with a check that fits where there is one.
    OverLongAnswer = "over-long-answer";
    /// It answers in the name of its neighbour on the bus.
    WrongUnit = "wrong-unit";
    /// The check of its answers does not fit; answers without a check have a byte wrong.
    BadCheck = "bad-check";
    /// It says nonsense of the right length.
    Garbage = "garbage";
    /// It obeys and says nothing.
    Mute = "mute";
    /// Its motor's supply is away; its board runs on, as one does that a USB cable feeds.
    NoMotorPower = "no-motor-power";
}

impl DeviceFault {
    /// The fault of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|fault| fault.name() == name)
    }

    const fn bit(self) -> u16 {
        1 << self as u16
    }
}

/// A set of faults.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DeviceFaults(u16);

impl DeviceFaults {
    /// A healthy device.
    pub const NONE: Self = Self(0);

    /// Whether `fault` is among them.
    #[must_use]
    pub const fn has(self, fault: DeviceFault) -> bool {
        self.0 & fault.bit() != 0
    }

    /// Adds `fault` or takes it away.
    pub const fn set(&mut self, fault: DeviceFault, present: bool) {
        self.0 = if present { self.0 | fault.bit() } else { self.0 & !fault.bit() };
    }
}
