//! The times by which the engine lives.

use antipode_safety::Millis;

/// The control loop turns this often.
pub const TICK: Millis = Millis::new(20);
/// A heartbeat goes out this often, at the end of a completed tick: three may be lost within a
/// lease of 250 ms.
pub const HEARTBEAT: Millis = Millis::new(80);
/// A machine that slept for this long has left its table alone: the session is over (H-03).
pub(crate) const SUSPENDED: Millis = Millis::from_secs(1);
/// Without a completed tick for this long the watchdog halts the table once, alarms, and is silent,
/// so that the table's own return runs.
pub const WATCHDOG: Millis = Millis::new(150);
