//! The catalogue of kinds, and where each strikes.

/// Declares the kinds once: variant, name in files, default value and its unit.
macro_rules! kinds {
    ($($(#[doc = $doc:literal])+ $variant:ident = $name:literal, $value:literal;)+) => {
        /// A kind of fault. `value` is in thousandths of the unit that its description names;
        /// `rate` in thousandths of all chances.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum FaultKind {
            $($(#[doc = $doc])+ $variant,)+
        }

        impl FaultKind {
            /// Every kind, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];
            /// The name of every kind, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name,)+];

            /// Its name in files.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The value where none is given, in thousandths of its unit.
            #[must_use]
            pub const fn default_value(self) -> i64 {
                match self { $(Self::$variant => $value,)+ }
            }
        }
    };
}

kinds! {
    /// Frames vanish, both ways; `rate`.
    Drop = "drop", 0;
    /// Frames take longer, both ways; `value` in milliseconds.
    Delay = "delay", 60_000;
    /// Frames take up to this much longer, both ways; `value` in milliseconds.
    Jitter = "jitter", 80_000;
    /// Frames arrive twice, both ways; `rate`.
    Duplicate = "duplicate", 0;
    /// Frames overtake one another, both ways; `rate`.
    Reorder = "reorder", 0;
    /// Frames lose their tail, both ways; `rate`.
    Truncate = "truncate", 0;
    /// Frames have one bit turned over, both ways; `rate`.
    BitFlip = "bit-flip", 0;
    /// Random bytes on the line, both ways; `value` in bytes a second.
    BurstNoise = "burst-noise", 300_000;
    /// The cable is cut, both ways.
    LinkCut = "link-cut", 0;
    /// What the host says does not arrive.
    DeafTable = "deaf-table", 0;
    /// What the table says does not arrive.
    MuteTable = "mute-table", 0;
    /// The line closes and opens again once a second.
    ReconnectLoop = "reconnect-loop", 0;
    /// The controller restarts once.
    TableReset = "table-reset", 0;
    /// The controller restarts every two seconds.
    TableResetLoop = "table-reset-loop", 0;
    /// The controller hangs until its hardware watchdog restarts it.
    TableFreeze = "table-freeze", 0;
    /// The controller's loop turns only every 50 ms.
    SlowLoop = "slow-loop", 0;
    /// The controller's clock runs fast; `value` in per cent.
    TableClockDrift = "table-clock-drift", 3_000;
    /// The drive's encoder gives no value.
    EncoderOff = "encoder-off", 0;
    /// The drive's encoder repeats one value.
    EncoderStuck = "encoder-stuck", 0;
    /// The drive's encoder gives random values.
    EncoderGarbage = "encoder-garbage", 0;
    /// The drive's encoder is wrong; `value` in degrees.
    EncoderWrong = "encoder-wrong", 8_000;
    /// The drive's encoder gives a new value twice a second.
    EncoderSlow = "encoder-slow", 0;
    /// The drive's encoder gives old values; `value` in milliseconds.
    EncoderDelayed = "encoder-delayed", 300_000;
    /// The drive's encoder misses half of its values.
    EncoderIntermittent = "encoder-intermittent", 0;
    /// The drive's encoder drifts; `value` in degrees a second.
    EncoderDrift = "encoder-drift", 200;
    /// The drive's encoder is mounted the wrong way round.
    EncoderSign = "encoder-sign", 0;
    /// The drive's encoder has a wrong factor; `value` as the factor.
    EncoderScale = "encoder-scale", 500;
    /// The inclinometer gives no value.
    InclinometerOff = "inclinometer-off", 0;
    /// The inclinometer repeats one value.
    InclinometerStuck = "inclinometer-stuck", 0;
    /// The inclinometer gives random values.
    InclinometerGarbage = "inclinometer-garbage", 0;
    /// The inclinometer is wrong; `value` in degrees.
    InclinometerWrong = "inclinometer-wrong", 8_000;
    /// The inclinometer drifts; `value` in degrees a second.
    InclinometerDrift = "inclinometer-drift", 200;
    /// The inclinometer is mounted the wrong way round.
    InclinometerSign = "inclinometer-sign", 0;
    /// The drive train jams.
    Stall = "stall", 0;
    /// Something below the head stands in the way; `value` in degrees.
    ObstacleDown = "obstacle-down", 12_000;
    /// Something at the feet stands in the way back; `value` in degrees.
    ObstacleBack = "obstacle-back", 8_000;
    /// The brake slips; `value` in degrees a second.
    BrakeSlip = "brake-slip", 500;
    /// The brake does not open.
    BrakeStuck = "brake-stuck", 0;
    /// The motor turns by itself; `value` in degrees a second.
    Runaway = "runaway", 5_000;
    /// The person raises both arms.
    ArmsOverhead = "arms-overhead", 0;
    /// The drive heats up; `value` in degrees Celsius a second.
    Overheat = "overheat", 2_000;
    /// The supply sags; `value` in volts.
    SupplySag = "supply-sag", 5_000;
    /// The mains fail.
    MainsCut = "mains-cut", 0;
    /// All power fails.
    PowerCut = "power-cut", 0;
    /// One ankle latch sensor says open.
    LatchSensor = "latch-sensor", 0;
    /// Both ankle latches open.
    LatchesOpen = "latches-open", 0;
    /// The host program dies.
    HostCrash = "host-crash", 0;
    /// The control loop hangs; the watchdog lives.
    HostFreeze = "host-freeze", 0;
    /// The host is suspended, watchdog and all.
    HostSuspend = "host-suspend", 0;
    /// The host's wall clock jumps; `value` in seconds.
    ClockStep = "clock-step", 3_600_000;
    /// The journal cannot be written.
    JournalFails = "journal-fails", 0;
    /// The person faints.
    Faint = "faint", 0;
    /// The person answers no question.
    IgnoresQuestions = "ignores-questions", 0;
    /// The person presses buttons at random.
    PanicMash = "panic-mash", 0;
    /// Another host greets the table and takes the link.
    SecondHost = "second-host", 0;
    /// The motor current reads this much, whatever flows; `value` in amperes.
    CurrentStuckHigh = "current-stuck-high", 12_000;
    /// The connection stands and carries nothing, both ways; what was said meanwhile arrives all at
    /// once when it carries again.
    HalfOpen = "half-open", 0;
    /// The line is full of what it carried last, both ways; `value` in bytes a second.
    Flood = "flood", 8_000_000;
}

/// Where a fault strikes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Struck {
    /// The line between host and table.
    Wire,
    /// The table's controller.
    Controller,
    /// A sensor, the mechanics or the supply of the table.
    Plant,
    /// The person.
    Person,
    /// The host program, its clock or its disk.
    Host,
}

impl FaultKind {
    /// The kind of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Where it strikes.
    #[must_use]
    pub const fn strikes(self) -> Struck {
        match self {
            Self::Drop
            | Self::Delay
            | Self::Jitter
            | Self::Duplicate
            | Self::Reorder
            | Self::Truncate
            | Self::BitFlip
            | Self::BurstNoise
            | Self::LinkCut
            | Self::DeafTable
            | Self::MuteTable
            | Self::ReconnectLoop
            | Self::SecondHost
            | Self::HalfOpen
            | Self::Flood => Struck::Wire,
            Self::TableReset
            | Self::TableResetLoop
            | Self::TableFreeze
            | Self::SlowLoop
            | Self::TableClockDrift => Struck::Controller,
            Self::EncoderOff
            | Self::EncoderStuck
            | Self::EncoderGarbage
            | Self::EncoderWrong
            | Self::EncoderSlow
            | Self::EncoderDelayed
            | Self::EncoderIntermittent
            | Self::EncoderDrift
            | Self::EncoderSign
            | Self::EncoderScale
            | Self::InclinometerOff
            | Self::InclinometerStuck
            | Self::InclinometerGarbage
            | Self::InclinometerWrong
            | Self::InclinometerDrift
            | Self::InclinometerSign
            | Self::Stall
            | Self::ObstacleDown
            | Self::ObstacleBack
            | Self::BrakeSlip
            | Self::BrakeStuck
            | Self::Runaway
            | Self::ArmsOverhead
            | Self::Overheat
            | Self::SupplySag
            | Self::MainsCut
            | Self::PowerCut
            | Self::LatchSensor
            | Self::LatchesOpen
            | Self::CurrentStuckHigh => Struck::Plant,
            Self::Faint | Self::IgnoresQuestions | Self::PanicMash => Struck::Person,
            Self::HostCrash
            | Self::HostFreeze
            | Self::HostSuspend
            | Self::ClockStep
            | Self::JournalFails => Struck::Host,
        }
    }
}
