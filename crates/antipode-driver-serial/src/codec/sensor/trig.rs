//! Sine, cosine and the angle of a direction in whole numbers: the same on every machine, with
//! nothing that could be "not a number". CORDIC: turns by ever smaller known angles, adding and
//! shifting only.

/// The angles whose tangents are 1, 1/2, 1/4 ... in microdegrees.
const TURNS: [i64; 30] = [
    45_000_000, 26_565_051, 14_036_243, 7_125_016, 3_576_334, 1_789_911, 895_174, 447_614, 223_811,
    111_906, 55_953, 27_976, 13_988, 6_994, 3_497, 1_749, 874, 437, 219, 109, 55, 27, 14, 7, 3, 2,
    1, 0, 0, 0,
];
/// Every direction grows by the inverse of this while it is turned; in units of 2^-40.
const SHRINK: i64 = 667_681_663_043;
/// Bits behind the point of [`sin_cos`].
pub(super) const UNIT_BITS: u32 = 30;
/// Directions are brought to this many bits first, so that short ones are turned as finely as long
/// ones.
const WORKING_BITS: u32 = 44;
/// Half a turn in microdegrees.
pub(super) const HALF_TURN: i64 = 180_000_000;

/// The angle of the direction (`x`, `y`) in microdegrees, from -180 to 180 degrees; `None` for no
/// direction.
pub(super) fn atan2(y: i64, x: i64) -> Option<i64> {
    let length = x.unsigned_abs().max(y.unsigned_abs());
    if length == 0 {
        return None;
    }
    let bits = u64::BITS - length.leading_zeros();
    let (y, x) = if bits > WORKING_BITS {
        (y >> (bits - WORKING_BITS), x >> (bits - WORKING_BITS))
    } else {
        (y << (WORKING_BITS - bits), x << (WORKING_BITS - bits))
    };
    // Only half the plane can be turned to zero; the other half is half a turn away.
    let (mut x, mut y, mut angle) = match (x < 0, y < 0) {
        (false, _) => (x, y, 0),
        (true, false) => (-x, -y, HALF_TURN),
        (true, true) => (-x, -y, -HALF_TURN),
    };
    for (shift, turn) in (0u32..).zip(TURNS) {
        let (dx, dy) = (y >> shift, x >> shift);
        if y > 0 {
            (x, y, angle) = (x + dx, y - dy, angle + turn);
        } else if y < 0 {
            (x, y, angle) = (x - dx, y + dy, angle - turn);
        } else {
            break;
        }
    }
    Some(angle)
}

/// Sine and cosine of an angle in millidegrees, in units of 2^-[`UNIT_BITS`].
pub(super) fn sin_cos(millideg: i32) -> (i64, i64) {
    let mut left = wrapped(i64::from(millideg) * 1_000);
    // The series reaches 99 degrees; what is beyond a quarter turn is seen from behind.
    let behind = left.abs() > HALF_TURN / 2;
    if behind {
        left -= HALF_TURN * left.signum();
    }
    let (mut x, mut y) = (SHRINK, 0i64);
    for (shift, turn) in (0u32..).zip(TURNS) {
        let (dx, dy) = (y >> shift, x >> shift);
        if left >= 0 {
            (x, y, left) = (x - dx, y + dy, left - turn);
        } else {
            (x, y, left) = (x + dx, y - dy, left + turn);
        }
    }
    let unit = |value: i64| {
        let value = (value + (1 << 9)) >> 10;
        if behind { -value } else { value }
    };
    (unit(y), unit(x))
}

/// The same angle between -180 and 180 degrees, -180 itself excluded.
pub(super) const fn wrapped(microdeg: i64) -> i64 {
    let turned = microdeg.rem_euclid(2 * HALF_TURN);
    if turned > HALF_TURN { turned - 2 * HALF_TURN } else { turned }
}
