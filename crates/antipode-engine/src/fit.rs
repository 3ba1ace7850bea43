//! Whether a table is what the session was told it is (H-36).

use antipode_core::session::SessionConfig;
use antipode_device::{Capabilities, Rates};

/// Whether `table` has and can do at least what `config` rests on. More is no mismatch: it is not
/// used.
pub(crate) fn fits(config: &SessionConfig, table: &Capabilities) -> bool {
    let told = &config.table;
    let fastest = match table.rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    };
    table.latch_sensors >= told.latch_sensors
        && (table.second_angle || !told.second_angle)
        && (table.hand_control || !told.hand_control)
        && (table.returns_without_host || !told.returns_without_host)
        && (table.rescue.works_alone() || !told.rescue_without_power)
        && table.tilt_max >= config.program.max_tilt()
        // What the worst case of the tilt is reckoned with (I-02).
        && fastest <= config.envelope.max_rate
        && table.stop_decel >= config.envelope.stop_decel_millideg_per_s2
        && table.lease >= config.envelope.lease
}

#[cfg(test)]
mod tests;
