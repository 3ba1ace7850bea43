//! What happens to a table at the drawn moment.

use antipode_sim::device::{DeviceFault, SerialTable};
use antipode_sim::faults::{Fault, FaultKind};
use antipode_sim::world::Served;

use super::table::Which;

/// What happens at the drawn moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Fate {
    /// kill -9 of the host.
    HostKilled,
    /// The same, and soon afterwards another host connects, to be killed too.
    HostReplaced,
    /// The host gets no turn any more, or after a while again.
    HostFrozen,
    /// The controller of the table, or the board of its drive, starts again.
    Restart,
    /// The table has no power for a while.
    PowerCut,
    /// The cable is pulled and plugged in again under a new name.
    Unplugged,
    /// kill -9 of the guardian.
    GuardianKilled,
    /// The line, or the device at its end, misbehaves for a while.
    Trouble(Trouble),
}

/// How a line misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trouble {
    Late,
    Twice,
    OverLong,
    Torn,
    WrongUnit,
    BadCheck,
    Garbage,
    Mute,
    Cut,
}

use Fate::{
    GuardianKilled, HostFrozen, HostKilled, HostReplaced, PowerCut, Restart, Trouble as On,
    Unplugged,
};
use Trouble::{BadCheck, Cut, Garbage, Late, Mute, OverLong, Torn, Twice, WrongUnit};

/// A frame of table link says itself how long it is and whose: over-long and foreign ones are tried
/// where they can be made, in the tests of the frames.
const LINK: [Fate; 14] = [
    HostKilled,
    On(Late),
    Restart,
    On(Garbage),
    HostReplaced,
    On(Cut),
    Unplugged,
    On(BadCheck),
    HostFrozen,
    On(Mute),
    PowerCut,
    On(Torn),
    HostKilled,
    On(Twice),
];
const GUARDED: [Fate; 18] = [
    GuardianKilled,
    On(BadCheck),
    HostKilled,
    On(Late),
    Unplugged,
    On(OverLong),
    HostReplaced,
    On(WrongUnit),
    Restart,
    On(Garbage),
    HostFrozen,
    On(Mute),
    GuardianKilled,
    On(Cut),
    PowerCut,
    On(Torn),
    HostKilled,
    On(Twice),
];

/// The kind of table and the fate of the `at`-th of a series.
pub(crate) fn of(at: u64) -> (Which, Fate) {
    let round = at / 5;
    let fates: &[Fate] = if at.is_multiple_of(5) { &LINK } else { &GUARDED };
    let count = fates.len() as u64;
    // The dialects go through their fates at some distance from each other.
    let fate = fates.get(((round + at % 5 * 4) % count) as usize).expect("it is among them");
    (Which::of(at, (round + round / count) % 2 == 1), *fate)
}

impl Trouble {
    /// Whether no angle or no order comes through, so that the bed must stand. An answer that comes
    /// twice is still one; a table that says of each report how old it is may be heard late; answers of
    /// Pololu's boards have here neither a name that could be another's nor a check, so that one bit of
    /// them may go unseen (the angle is judged all the same); and of the reports of the sensor beside a
    /// Tic a damaged line lets some through.
    pub(crate) fn silences(self, which: Which) -> bool {
        match self {
            Self::Twice => false,
            Self::Late => which.is_guarded(),
            Self::Garbage => which.is_guarded() && which != Which::Tic,
            Self::WrongUnit => matches!(which.dialect(), Which::Duty | Which::Place),
            Self::BadCheck => !matches!(which, Which::Jrk | Which::Tic),
            Self::OverLong | Self::Torn | Self::Mute | Self::Cut => true,
        }
    }

    /// The same on a wire.
    fn on_wire(self, at_ms: u64) -> Option<Fault> {
        let fault = |kind| Some(Fault::at(kind, at_ms));
        match self {
            Self::Late => {
                Some(Fault { value: Some(400_000), ..Fault::at(FaultKind::Delay, at_ms) })
            }
            Self::Twice => fault(FaultKind::Duplicate),
            Self::Torn => fault(FaultKind::Truncate),
            Self::BadCheck => fault(FaultKind::BitFlip),
            Self::Garbage => fault(FaultKind::BurstNoise),
            Self::Mute => fault(FaultKind::MuteTable),
            Self::Cut => fault(FaultKind::LinkCut),
            Self::OverLong | Self::WrongUnit => None,
        }
    }

    /// The same as an act of the device itself.
    const fn of_device(self) -> Option<DeviceFault> {
        match self {
            Self::Late => Some(DeviceFault::LateAnswer),
            Self::Twice => Some(DeviceFault::DoubleAnswer),
            Self::OverLong => Some(DeviceFault::OverLongAnswer),
            Self::WrongUnit => Some(DeviceFault::WrongUnit),
            Self::BadCheck => Some(DeviceFault::BadCheck),
            Self::Garbage => Some(DeviceFault::Garbage),
            Self::Mute => Some(DeviceFault::Mute),
            Self::Torn | Self::Cut => None,
        }
    }

    /// Begins on a table with a controller of its own.
    pub(crate) fn begin(self, table: &mut Served) {
        let now = table.world().now_ms();
        if let Some(fault) = self.on_wire(now) {
            table.world_mut().add_fault(fault);
        }
    }

    /// Begins on a drive and on the sensor beside it.
    pub(crate) fn begin_on_drive(self, table: &mut SerialTable) {
        let now = table.now_ms() + 1;
        if let Some(fault) = self.of_device() {
            table.set_device_fault(fault, true);
        } else if let Some(fault) = self.on_wire(now) {
            table.add_fault(fault);
        }
        if let Some(fault) = self.on_wire(now) {
            table.add_fault_on(1, fault);
        }
    }
}
