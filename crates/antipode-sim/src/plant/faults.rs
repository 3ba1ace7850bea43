//! Faults of the table's hardware. Each acts through the physics or the sensor; none moves the bed
//! by decree.

/// Which way an obstacle stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Blocks {
    /// It stops the bed on its way head-down.
    HeadDown,
    /// It stops the bed on its way back, feet-down.
    HeadUp,
}

/// Something in the bed's way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Obstacle {
    /// Tilt at which the bed touches it, in millidegrees. Where the bed is already past it, it
    /// touches at once, without a shove.
    pub at_mdeg: i32,
    /// The direction that it blocks.
    pub blocks: Blocks,
}

/// A brake that no longer obeys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BrakeJam {
    /// It does not open.
    Closed,
    /// It does not close.
    Open,
}

/// A fault of one ankle latch or its sensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LatchFault {
    /// The latch is open. With both open and the bed steep enough the person slides headward.
    Opens,
    /// The latch holds, its sensor says open.
    SensorSaysOpen,
    /// The latch is open, its sensor says closed.
    OpensUnseen,
}

/// A fault of one angle source (PX4's seven, and drift, sign and scale).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensorFault {
    /// No value.
    Off,
    /// The value of the moment when the fault began, for ever.
    Stuck,
    /// Random values, within half a turn either way.
    Garbage,
    /// A plausible value that is wrong by this many millidegrees.
    Wrong {
        /// Added to the value, in millidegrees.
        offset_mdeg: i32,
    },
    /// A new value only twice a second.
    Slow,
    /// Values of the past.
    Delayed {
        /// How long ago, at most 630 ms.
        by_ms: u16,
    },
    /// Half of the values are missing, at random.
    Intermittent,
    /// An error that grows from zero.
    Drift {
        /// Growth in millidegrees a second.
        mdeg_per_s: i32,
    },
    /// Mounted the wrong way round.
    SignFlip,
    /// Multiplied by a wrong factor.
    Scale {
        /// The factor in thousandths.
        permille: i32,
    },
}

/// Every fault that is present now. [`PlantFaults::NONE`] is a healthy table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlantFaults {
    /// The drive train is jammed: it neither turns nor can be turned.
    pub stall: bool,
    /// Something stands in the way.
    pub obstacle: Option<Obstacle>,
    /// The closed brake (and gear) creeps at this rate under load, in millidegrees a second;
    /// 0 holds. It creeps the way the weight pulls.
    pub brake_slip_mdeg_per_s: u32,
    /// The brake is jammed.
    pub brake_jam: Option<BrakeJam>,
    /// A shorted bridge drives the motor at this rate, whatever the controller asks, in
    /// millidegrees a second. Opening the relay ends it.
    pub runaway_mdeg_per_s: Option<i32>,
    /// The person holds both arms overhead: weight moves headward.
    pub arms_overhead: bool,
    /// The drive heats without cooling, in thousandths of a degree Celsius a second; 0 is healthy.
    pub overheat_mc_per_s: u32,
    /// The supply voltage is lower than it should be by this much, in millivolts.
    pub supply_sag_mv: u32,
    /// The mains are gone; a battery, where fitted, takes over.
    pub mains_cut: bool,
    /// Mains and battery are gone.
    pub all_power_cut: bool,
    /// First ankle latch.
    pub latch_first: Option<LatchFault>,
    /// Second ankle latch.
    pub latch_second: Option<LatchFault>,
    /// The drive's encoder.
    pub encoder: Option<SensorFault>,
    /// The inclinometer.
    pub inclinometer: Option<SensorFault>,
    /// The rest switch does not close.
    pub rest_switch_open: bool,
    /// The sensor of the motor current reads this, whatever flows, in milliamperes.
    pub current_stuck_ma: Option<u32>,
}

impl PlantFaults {
    /// A healthy table.
    pub const NONE: Self = Self {
        stall: false,
        obstacle: None,
        brake_slip_mdeg_per_s: 0,
        brake_jam: None,
        runaway_mdeg_per_s: None,
        arms_overhead: false,
        overheat_mc_per_s: 0,
        supply_sag_mv: 0,
        mains_cut: false,
        all_power_cut: false,
        latch_first: None,
        latch_second: None,
        encoder: None,
        inclinometer: None,
        rest_switch_open: false,
        current_stuck_ma: None,
    };

    /// Whether a fault is present that acts on the motion itself: then every millisecond counts.
    pub(crate) fn act_on_motion(&self) -> bool {
        self.stall
            || self.obstacle.is_some()
            || self.brake_slip_mdeg_per_s > 0
            || self.brake_jam.is_some()
            || self.runaway_mdeg_per_s.is_some()
            || self.supply_sag_mv > 0
            || self.mains_cut
            || self.all_power_cut
            || self.clamp_open()
    }

    /// Whether a fault is present under which a closed brake does not mean rest.
    pub(crate) fn act_at_rest(&self) -> bool {
        self.brake_slip_mdeg_per_s > 0
            || self.brake_jam.is_some()
            || self.runaway_mdeg_per_s.is_some()
            || self.all_power_cut
            || self.clamp_open()
    }

    /// Whether nothing holds the ankles any more.
    pub(crate) fn clamp_open(&self) -> bool {
        latch_is_open(self.latch_first) && latch_is_open(self.latch_second)
    }
}

/// Whether the latch itself, not only its sensor, is open.
const fn latch_is_open(fault: Option<LatchFault>) -> bool {
    matches!(fault, Some(LatchFault::Opens | LatchFault::OpensUnseen))
}

/// What the sensor of a latch says.
pub(crate) const fn latch_reads_closed(fault: Option<LatchFault>) -> bool {
    matches!(fault, None | Some(LatchFault::OpensUnseen))
}
