//! Conversions between the physics (floating point) and the world outside it (whole numbers).

/// Radians in one degree.
pub(crate) const RAD_PER_DEG: f64 = core::f64::consts::PI / 180.0;
/// Standard gravity in metres a second squared.
pub(crate) const GRAVITY: f64 = 9.80665;

/// The nearest whole number, held at the ends of `i32`; not-a-number becomes 0.
pub(crate) fn whole(value: f64) -> i32 {
    // Halves go away from zero. `as` saturates and maps not-a-number to 0, which is what a sensor's
    // converter does too. Cheaper than `libm::round`, and this runs for every value that is read.
    (value + 0.5_f64.copysign(value)) as i32
}

/// The nearest whole number of thousandths.
pub(crate) fn milli(value: f64) -> i32 {
    whole(value * 1_000.0)
}

/// Thousandths as a floating-point number.
pub(crate) fn from_milli(value: i32) -> f64 {
    f64::from(value) / 1_000.0
}

/// Moves `value` toward `target` by at most `step`.
pub(crate) fn approach(value: f64, target: f64, step: f64) -> f64 {
    if value < target { (value + step).min(target) } else { (value - step).max(target) }
}

/// Share of the way to its target that a first-order lag of time constant `tau_s` goes in `dt_s`.
pub(crate) fn lag_share(dt_s: f64, tau_s: f64) -> f64 {
    -libm::expm1(-dt_s / tau_s)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_round_halves_away_from_zero_and_never_overflow() {
        for (value, expected) in [
            (0.5, 1),
            (-0.5, -1),
            (0.49, 0),
            (-1.5, -2),
            (1e300, i32::MAX),
            (-1e300, i32::MIN),
            (f64::NAN, 0),
        ] {
            assert_eq!(whole(value), expected, "{value}");
        }
        assert_eq!(milli(-1.2345), -1_235);
    }

    #[test]
    fn an_approach_never_passes_its_target() {
        assert!((approach(0.0, 1.0, 0.25) - 0.25).abs() < 1e-12);
        assert!((approach(0.9, 1.0, 0.25) - 1.0).abs() < 1e-12);
        assert!((approach(-0.9, -1.0, 0.25) + 1.0).abs() < 1e-12);
        assert!((approach(1.0, 1.0, 0.25) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_lag_goes_63_percent_of_the_way_in_its_time_constant() {
        assert!((lag_share(8.0, 8.0) - 0.632_12).abs() < 1e-5);
    }
}
