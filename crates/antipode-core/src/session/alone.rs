//! What a session without a spotter must keep to. The runner narrows the limits and asks the table
//! before it makes such a session; the session itself does not begin outside of them (H-01, H-24).

use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Why};

use super::{AfterStopAlone, Company, NotReady, Session, SessionConfig};

/// Limits of a person alone: 20 degrees, 2 minutes a hold, 6 minutes of hold a day.
pub const ALONE_LIMITS: Narrowing = Narrowing {
    tilt: Some(Angle::clamped(20_000)),
    bout_hold: Some(Millis::from_secs(120)),
    day_hold: Some(Millis::from_secs(360)),
    ..Narrowing::NONE
};

impl Session {
    /// What forbids this session because nobody stands by.
    pub(super) fn not_ready_alone(&self) -> Option<NotReady> {
        match self.config.company {
            Company::Spotter => None,
            Company::Alone(after) => {
                if !is_within(self.guard.limits()) {
                    Some(NotReady::AloneLimits)
                } else if !replaces_a_spotter(&self.config, after) {
                    Some(NotReady::AloneTable)
                } else {
                    None
                }
            }
        }
    }
}

/// Whether these limits are no wider than those of a person alone.
fn is_within(limits: &Limits) -> bool {
    let narrowed = limits.narrow(Layer::Session, Why::Alone, ALONE_LIMITS);
    limits.tilt().value() <= narrowed.tilt().value()
        && limits.bout_hold().value() <= narrowed.bout_hold().value()
        && limits.bout().value() <= narrowed.bout().value()
        && limits.day_hold().value() <= narrowed.day_hold().value()
        && limits.day().value() <= narrowed.day().value()
}

/// Whether the table has every part that does what a spotter would. The hand control is asked for
/// by itself: it may be lost later.
const fn replaces_a_spotter(config: &SessionConfig, after: AfterStopAlone) -> bool {
    let table = &config.table;
    let way_out_of_stop = match after {
        AfterStopAlone::Hold => table.rescue_without_power,
        AfterStopAlone::ReturnAfter(_) => true,
    };
    table.returns_without_host && table.latch_sensors > 0 && way_out_of_stop
}
