//! Bytes both ways, streams that lose and gain bytes, and the geometry.

mod golden;
mod lines;
mod pairs;
mod streams;
mod turns;

use super::{MicroG, SensorAngle};
use super::{bno_rvc, witmotion};

/// Cases of every property. They come from a generator with a fixed seed, so that a failure comes
/// again: some properties hold but for one case in millions, which no chance may find in a build.
const CASES: u32 = 100_000;

/// `SplitMix64`.
struct Draw(u64);

impl Draw {
    fn u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.u64() % end as u64).unwrap()
    }

    fn bytes<const N: usize>(&mut self) -> [u8; N] {
        std::array::from_fn(|_| self.u64().to_le_bytes()[7])
    }

    /// A number between the ends, both included.
    fn between(&mut self, least: i32, most: i32) -> i32 {
        let width = u64::try_from(i64::from(most) - i64::from(least) + 1).unwrap();
        i32::try_from(i64::from(least) + i64::try_from(self.u64() % width).unwrap()).unwrap()
    }

    fn angle(&mut self, most: i32) -> SensorAngle {
        SensorAngle::from_millideg(self.between(-most, most)).unwrap()
    }

    /// A whole frame of a random kind and content.
    fn witmotion(&mut self) -> [u8; witmotion::FRAME_LEN] {
        let mut bytes: [u8; witmotion::FRAME_LEN] = self.bytes();
        bytes[0] = 0x55;
        bytes[1] = [0x51, 0x52, 0x53, 0x59][self.below(4)];
        bytes[10] = bytes[..10].iter().fold(0, |sum, byte| sum.wrapping_add(*byte));
        bytes
    }

    fn bno(&mut self, index: u8) -> bno_rvc::Frame {
        bno_rvc::Frame {
            index,
            yaw: self.angle(180_000),
            pitch: self.angle(90_000),
            roll: self.angle(180_000),
            acceleration: std::array::from_fn(|_| {
                MicroG::new(self.between(-32_767_000, 32_767_000)).unwrap()
            }),
            reserved: self.bytes(),
        }
    }
}
