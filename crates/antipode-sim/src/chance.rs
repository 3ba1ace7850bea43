//! Random numbers from one seed, split into streams that do not disturb one another.
//!
//! Each source of chance owns a [`Stream`]: a draw more in one place never shifts the draws of
//! another, so a run stays comparable when a model gains a feature. Two shapes:
//! [`Chance`] is a sequence, for events that happen in order; [`draw_at`] has no state and gives
//! the draw of one index, for noise that is looked at only when somebody reads the sensor.

use rand_pcg::Pcg32;
use rand_pcg::rand_core::Rng;

/// Who draws. The number selects the generator's own sequence and is part of what a seed means:
/// never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub(crate) enum Stream {
    /// Noise and faults of the drive's encoder.
    Encoder = 1,
    /// Noise and faults of the inclinometer.
    Inclinometer = 2,
    /// Faults of the wire from host to table.
    WireDown = 8,
    /// Faults of the wire from table to host.
    WireUp = 9,
    /// The noise source of the controller's chip.
    Entropy = 10,
    /// Faults of the wire from host to a sensor beside the table.
    SensorDown = 11,
    /// Faults of the wire from such a sensor to the host.
    SensorUp = 12,
    /// What a device of another maker says when it says nonsense.
    Nonsense = 13,
    /// How one person's body differs from the mean.
    Body = 16,
    /// When symptoms arise.
    Symptoms = 17,
    /// Answers to check-ins.
    Answers = 18,
    /// Reaction times of the hands.
    Hands = 19,
    /// Beat-to-beat spread of what a vital-signs monitor shows.
    Vitals = 20,
    /// Answers to a question that is put again.
    Repeats = 21,
}

/// A sequence of draws.
#[derive(Clone, Debug)]
pub(crate) struct Chance(Pcg32);

impl Chance {
    /// The sequence of `stream` under `seed`.
    pub(crate) fn new(seed: u64, stream: Stream) -> Self {
        let mut generator = Pcg32::new(mix(seed), stream as u64);
        // Neighbouring seeds share their first output bits; one step parts them.
        generator.next_u32();
        Self(generator)
    }

    /// A number from 0 (included) to 1 (excluded).
    pub(crate) fn unit(&mut self) -> f64 {
        f64::from(self.0.next_u32()) / 4_294_967_296.0
    }

    /// A whole number below `bound`; 0 for a bound of 0.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.0.next_u64()) * u128::from(bound)) >> 64) as u64
    }

    /// A number from `low` to `high`.
    pub(crate) fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.unit()
    }

    /// A draw from a bell curve of mean 0 and deviation 1, never beyond 3.5 (a sum of four).
    pub(crate) fn bell(&mut self) -> f64 {
        bell_of(self.0.next_u64())
    }

    /// A waiting time of mean 1 (exponential).
    pub(crate) fn waiting(&mut self) -> f64 {
        waiting_of(self.unit())
    }
}

/// The draw number `index` of `stream` under `seed`: no state, so unread noise costs nothing.
pub(crate) fn draw_at(seed: u64, stream: Stream, index: u64) -> u64 {
    // The seed is mixed, so that the first output is as good as any.
    Pcg32::new(mix(seed ^ mix(index)), stream as u64).next_u64()
}

/// Two numbers from 0 (included) to 1 (excluded) made of the bits of `draw`.
pub(crate) fn units_of(draw: u64) -> (f64, f64) {
    let unit = |bits: u64| (bits & 0xffff_ffff) as f64 / 4_294_967_296.0;
    (unit(draw >> 32), unit(draw))
}

/// The waiting time of mean 1 (exponential) that `unit` stands for.
pub(crate) fn waiting_of(unit: f64) -> f64 {
    -libm::log1p(-unit)
}

/// A bell-curve draw (mean 0, deviation 1) made of the bits of `draw`.
pub(crate) fn bell_of(draw: u64) -> f64 {
    /// Deviation of a sum of four uniform 16-bit numbers.
    const DEVIATION: f64 = 37_837.2;
    let sum: u64 = (0..4).map(|i| (draw >> (16 * i)) & 0xffff).sum();
    (sum as f64 - 131_070.0) / DEVIATION
}

/// Spreads the bits of neighbouring numbers far apart (the finaliser of SplitMix64).
fn mix(value: u64) -> u64 {
    let mut z = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bell_curve_has_mean_zero_and_deviation_one() {
        let mut chance = Chance::new(7, Stream::Body);
        let draws: Vec<f64> = (0..20_000).map(|_| chance.bell()).collect();
        let mean = draws.iter().sum::<f64>() / 20_000.0;
        let spread = draws.iter().map(|d| d * d).sum::<f64>() / 20_000.0;
        assert!(mean.abs() < 0.03, "{mean}");
        assert!((spread - 1.0).abs() < 0.05, "{spread}");
        assert!(draws.iter().all(|d| d.abs() < 3.5));
    }

    #[test]
    fn waiting_times_have_mean_one() {
        let mut chance = Chance::new(8, Stream::Symptoms);
        let mean = (0..20_000).map(|_| chance.waiting()).sum::<f64>() / 20_000.0;
        assert!((mean - 1.0).abs() < 0.05, "{mean}");
    }

    #[test]
    fn indexed_draws_need_no_order_and_streams_differ() {
        let forward: Vec<u64> = (0..50).map(|i| draw_at(3, Stream::Encoder, i)).collect();
        let backward: Vec<u64> =
            (0..50).rev().map(|i| draw_at(3, Stream::Encoder, i)).rev().collect();
        assert_eq!(forward, backward);
        assert_ne!(forward[0], draw_at(3, Stream::Inclinometer, 0));
        assert_ne!(forward[0], draw_at(4, Stream::Encoder, 0));
        let mean = (0..4_000).map(|i| bell_of(draw_at(3, Stream::Encoder, i))).sum::<f64>() / 4e3;
        assert!(mean.abs() < 0.06, "{mean}");
    }
}
