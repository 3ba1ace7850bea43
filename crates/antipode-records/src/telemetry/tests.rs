use antipode_safety::{Fault, Switch};
use proptest::prelude::*;

use super::*;
use crate::segment::{Header, Link};
use crate::{
    Durability, Flags, Journal as _, Kind, MemoryJournal, NewRecord, SessionId, Stamp, WallTime,
};

fn quiet(i: u32) -> Reading {
    Reading {
        at: Timestamp::from_millis(1_000 + u64::from(i) * 50),
        seq: 77 + i,
        table_ms: 900_000 + i * 50,
        tilt: Angle::from_millideg(30_010),
        tilt_second: Angle::from_millideg(29_840),
        rate: Rate::ZERO,
        drive: DriveState::Holding,
        latches: Latches { fitted: 2, first_closed: true, second_closed: true },
        switches: Switches::NONE.with(Switch::StopLoopClosed, true).with(Switch::HandControl, true),
        faults: FaultSet::NONE,
        accepted: 4_321,
        current_ma: 350,
        supply_mv: 24_100,
        temperature_c: 31,
    }
}

/// A table that turns, shakes and warms up: noise of a sensor of 0.02 degrees and a drive's current.
fn noisy(i: u32) -> Reading {
    let noise = |salt: u32, span: i64| {
        let mixed = (i ^ salt).wrapping_mul(0x9e37_79b9).rotate_left(13).wrapping_mul(0x85eb_ca6b);
        i64::from(mixed >> 8) % (2 * span + 1) - span
    };
    let tilt = i64::from(i % 1_200) * 25;
    Reading {
        at: Timestamp::from_millis((1_000 + u64::from(i) * 50).saturating_add_signed(noise(1, 3))),
        tilt: Some(Angle::clamped(tilt + noise(2, 20))),
        tilt_second: Some(Angle::clamped(tilt - 170 + noise(3, 60))),
        rate: Rate::clamped(500 + noise(4, 30)),
        current_ma: (900 + noise(5, 40)) as u32,
        supply_mv: (24_000 + noise(6, 30)) as u32,
        accepted: (i / 3) as u16,
        ..quiet(i)
    }
}

fn record(block: &Block) -> NewRecord<'_> {
    NewRecord {
        stamp: Stamp {
            at: block.at,
            wall: WallTime::from_unix_millis(block.at.as_millis().cast_signed()),
        },
        kind: Kind::READINGS,
        flags: Flags::NONE,
        durability: Durability::Soon,
        payload: &block.payload,
    }
}

fn header() -> Header {
    Header {
        journal: [1; 16],
        session: SessionId::from_bytes([2; 16]),
        ordinal: 1,
        part: 0,
        first_seq: 1,
        created: Stamp { at: Timestamp::ZERO, wall: WallTime::from_unix_millis(0) },
        previous: Link::NONE,
        simulated: true,
        bench: false,
    }
}

/// The same as the table link says it: hundredths of a degree, tens of milliamperes and millivolts.
fn noisy_on_the_link(i: u32) -> Reading {
    let reading = noisy(i);
    let hundredths = |angle: Option<Angle>| {
        angle.map(|angle| Angle::clamped(i64::from(angle.millideg() / 10 * 10)))
    };
    Reading {
        tilt: hundredths(reading.tilt),
        tilt_second: hundredths(reading.tilt_second),
        rate: Rate::clamped(i64::from(reading.rate.millideg_per_s() / 10 * 10)),
        current_ma: reading.current_ma / 10 * 10,
        supply_mv: reading.supply_mv / 10 * 10,
        ..reading
    }
}

/// Bytes on disk of 15 minutes at 20 Hz.
fn quarter_hour(reading: impl Fn(u32) -> Reading) -> usize {
    let mut builder = BlockBuilder::new();
    let mut journal = MemoryJournal::new();
    let mut count = 0;
    let mut add = |block: Option<Block>| {
        if let Some(block) = block {
            count += decode(block.at, &block.payload).unwrap().len();
            journal.append(&record(&block)).unwrap();
        }
    };
    for i in 0..15 * 60 * 20 {
        add(builder.push(reading(i)));
    }
    add(builder.flush());
    assert_eq!(count, 18_000);
    journal.to_segment(&header()).len()
}

#[test]
fn a_quarter_of_an_hour_fits_its_budget() {
    let still = quarter_hour(quiet);
    let (linked, finer) = (quarter_hour(noisy_on_the_link), quarter_hour(noisy));
    println!("15 min at 20 Hz: {still} bytes still, {linked} moving with noise, {finer} finer");
    assert!(still < 60_000, "{still}");
    assert!(linked < 110_000, "{linked}");
    assert!(finer < 150_000, "{finer}");
}

#[test]
fn a_block_spans_less_than_its_limit() {
    let mut builder = BlockBuilder::new();
    let blocks: Vec<Block> = (0..40).filter_map(|i| builder.push(quiet(i))).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let readings = decode(block.at, &block.payload).unwrap();
        assert_eq!(readings.len(), 19);
        let span = readings[18].at.since(readings[0].at);
        assert!(span < SPAN);
    }
    assert_eq!(builder.flush().map(|block| block.at), Some(quiet(39).at));
    assert_eq!(builder.flush(), None);
}

#[test]
fn a_burst_and_a_step_back_begin_a_new_block() {
    let mut builder = BlockBuilder::new();
    let burst = |i: u32| Reading { at: Timestamp::from_millis(5), ..quiet(i) };
    assert!((0..MAX_READINGS as u32).all(|i| builder.push(burst(i)).is_none()));
    assert!(builder.push(burst(64)).is_some());
    assert!(builder.push(Reading { at: Timestamp::from_millis(4), ..quiet(65) }).is_some());
}

/// The layout is a promise to every journal already written: do not change this test.
#[test]
fn version_2_keeps_its_bytes() {
    let tilted =
        Reading { tilt: None, faults: FaultSet::NONE.with(Fault::AngleInvalid, true), ..quiet(1) };
    let block = encode(&[quiet(0), tilted]).unwrap();
    let text: String = block.payload.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(text, FROZEN);
    assert_eq!(decode(block.at, &block.payload).unwrap(), [quiet(0), tilted]);
}

const FROZEN: &str = "0202da48bfe12fec4af9802fb4be9c30965c226c160ac017d9722279b138a716f860";

fn any_reading() -> impl Strategy<Value = Reading> {
    let angle = || proptest::option::of((-180_000..=180_000_i64).prop_map(Angle::clamped));
    let times = (any::<u64>(), any::<u32>(), any::<u32>());
    let motion = (angle(), angle(), -180_000..=180_000_i64, 0..8_usize);
    let flags = (any::<u8>(), any::<bool>(), any::<bool>(), any::<u8>(), any::<u16>());
    let rest = (any::<u16>(), any::<u32>(), any::<u32>(), any::<i8>());
    (times, motion, flags, rest).prop_map(|(times, motion, flags, rest)| Reading {
        at: Timestamp::from_millis(times.0),
        seq: times.1,
        table_ms: times.2,
        tilt: motion.0,
        tilt_second: motion.1,
        rate: Rate::clamped(motion.2),
        drive: DriveState::ALL[motion.3],
        latches: Latches { fitted: flags.0, first_closed: flags.1, second_closed: flags.2 },
        switches: Switches::from_bits(flags.3),
        faults: FaultSet::from_bits(flags.4),
        accepted: rest.0,
        current_ma: rest.1,
        supply_mv: rest.2,
        temperature_c: rest.3,
    })
}

proptest! {
    #[test]
    fn every_reading_comes_back_exactly(
        readings in proptest::collection::vec(any_reading(), 1..=MAX_READINGS),
    ) {
        let block = encode(&readings).unwrap();
        prop_assert!(block.payload.len() <= crate::segment::MAX_PAYLOAD);
        prop_assert_eq!(decode(block.at, &block.payload).unwrap(), readings);
    }

    #[test]
    fn no_bytes_are_ever_too_much(
        at in any::<u64>(),
        mut bytes in proptest::collection::vec(any::<u8>(), 0..400),
        like_a_block in any::<bool>(),
    ) {
        if like_a_block && bytes.len() > 1 {
            bytes[0] = VERSION;
            bytes[1] = bytes[1] % 64 + 1;
        }
        if let Ok(readings) = decode(Timestamp::from_millis(at), &bytes) {
            prop_assert!(readings.len() <= MAX_READINGS);
        }
    }

    #[test]
    fn a_damaged_block_never_panics(
        readings in proptest::collection::vec(any_reading(), 1..20),
        at in any::<prop::sample::Index>(),
        bit in 0..8_u8,
    ) {
        let mut block = encode(&readings).unwrap();
        let at = at.index(block.payload.len());
        block.payload[at] ^= 1 << bit;
        if let Ok(found) = decode(block.at, &block.payload) {
            prop_assert!(found.len() <= MAX_READINGS);
        }
    }
}
