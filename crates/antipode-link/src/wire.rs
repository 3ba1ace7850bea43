//! Between units and wire numbers: hundredths of a degree, tens of milliamperes.
//!
//! The direction of rounding is part of safety (H-32). What a host *asks for* is rounded toward
//! level and toward standing still, so that no cap is passed by rounding; what a table *reports* is
//! rounded away from level and toward the worse, so that no one reads less than is.

use antipode_safety::{Angle, Rate};

/// Stands for "no valid angle" in an angle field.
pub const NO_ANGLE: i16 = i16::MIN;

/// `target` in centidegrees, rounded toward level.
#[must_use]
pub fn target_to_wire(target: Angle) -> i16 {
    narrow(target.millideg() / 10)
}

/// A reading in centidegrees, rounded away from level; [`NO_ANGLE`] for none.
#[must_use]
pub fn reading_to_wire(tilt: Option<Angle>) -> i16 {
    match tilt {
        Some(tilt) => narrow(away(tilt.millideg())),
        None => NO_ANGLE,
    }
}

/// The angle of a centidegree field, `None` beyond half a turn; [`NO_ANGLE`] lies beyond.
#[must_use]
pub fn angle_from_wire(centideg: i16) -> Option<Angle> {
    Angle::from_millideg(i32::from(centideg) * 10)
}

/// A commanded speed in centidegrees a second without direction, rounded toward standing still.
#[must_use]
pub fn speed_to_wire(rate: Rate) -> u16 {
    u16::try_from(rate.magnitude().millideg_per_s() / 10).unwrap_or(u16::MAX)
}

/// A commanded rate in centidegrees a second with its direction, rounded toward standing still.
#[must_use]
pub fn rate_to_wire(rate: Rate) -> i16 {
    narrow(rate.millideg_per_s() / 10)
}

/// A measured rate in centidegrees a second, rounded away from standing still.
#[must_use]
pub fn measured_rate_to_wire(rate: Rate) -> i16 {
    narrow(away(rate.millideg_per_s()))
}

/// The rate of a centidegree field, `None` beyond what a [`Rate`] holds.
#[must_use]
pub fn rate_from_wire(centideg_per_s: i16) -> Option<Rate> {
    Rate::from_millideg_per_s(i32::from(centideg_per_s) * 10)
}

/// The speed of an unsigned centidegree field, `None` beyond what a [`Rate`] holds.
#[must_use]
pub fn speed_from_wire(centideg_per_s: u16) -> Option<Rate> {
    Rate::from_millideg_per_s(i32::from(centideg_per_s) * 10)
}

/// A current in units of 10 mA, rounded up and held at the largest.
#[must_use]
pub fn current_to_wire(ma: u32) -> u16 {
    u16::try_from(ma.div_ceil(10)).unwrap_or(u16::MAX)
}

/// A supply in units of 10 mV, rounded down and held at the largest.
#[must_use]
pub fn supply_to_wire(mv: u32) -> u16 {
    u16::try_from(mv / 10).unwrap_or(u16::MAX)
}

/// Tenths, rounded away from zero.
const fn away(thousandths: i32) -> i32 {
    (thousandths + 9 * thousandths.signum()) / 10
}

/// Units hold at most half a turn, which fits; the fallback is never met.
fn narrow(value: i32) -> i16 {
    i16::try_from(value).unwrap_or(if value < 0 { -i16::MAX } else { i16::MAX })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn angle(millideg: i32) -> Angle {
        Angle::from_millideg(millideg).unwrap()
    }

    #[test]
    fn targets_round_toward_level_and_readings_away_from_it() {
        for (millideg, target, reading) in
            [(0, 0, 0), (1, 0, 1), (9, 0, 1), (10, 1, 1), (11, 1, 2), (180_000, 18_000, 18_000)]
        {
            assert_eq!(target_to_wire(angle(millideg)), target, "{millideg}");
            assert_eq!(target_to_wire(angle(-millideg)), -target, "-{millideg}");
            assert_eq!(reading_to_wire(Some(angle(millideg))), reading, "{millideg}");
            assert_eq!(reading_to_wire(Some(angle(-millideg))), -reading, "-{millideg}");
        }
        assert_eq!(reading_to_wire(None), NO_ANGLE);
    }

    #[test]
    fn commanded_rates_round_down_and_measured_ones_up() {
        for (rate, commanded, measured) in [(0, 0, 0), (9, 0, 1), (10, 1, 1), (1_501, 150, 151)] {
            let (up, down) = (Rate::clamped(-rate), Rate::clamped(rate));
            assert_eq!(i64::from(speed_to_wire(up)), commanded);
            assert_eq!(i64::from(speed_to_wire(down)), commanded);
            assert_eq!(i64::from(rate_to_wire(up)), -commanded);
            assert_eq!(i64::from(rate_to_wire(down)), commanded);
            assert_eq!(i64::from(measured_rate_to_wire(up)), -measured);
            assert_eq!(i64::from(measured_rate_to_wire(down)), measured);
        }
    }

    #[test]
    fn fields_beyond_half_a_turn_are_no_angle_and_no_rate() {
        assert_eq!(angle_from_wire(18_000), Angle::from_deg(180));
        assert_eq!(angle_from_wire(-18_000), Angle::from_deg(-180));
        assert_eq!(angle_from_wire(18_001), None);
        assert_eq!(angle_from_wire(NO_ANGLE), None);
        assert_eq!(rate_from_wire(-18_001), None);
        assert_eq!(rate_from_wire(-300).map(Rate::millideg_per_s), Some(-3_000));
        assert_eq!(speed_from_wire(18_001), None);
        assert_eq!(speed_from_wire(300).map(Rate::millideg_per_s), Some(3_000));
    }

    #[test]
    fn current_rounds_up_supply_down_and_both_hold_at_the_end() {
        assert_eq!(current_to_wire(1), 1);
        assert_eq!(current_to_wire(10), 1);
        assert_eq!(current_to_wire(11), 2);
        assert_eq!(current_to_wire(u32::MAX), u16::MAX);
        assert_eq!(supply_to_wire(19), 1);
        assert_eq!(supply_to_wire(20), 2);
        assert_eq!(supply_to_wire(u32::MAX), u16::MAX);
    }
}
