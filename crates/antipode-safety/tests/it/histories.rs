//! Whatever was read, in whatever order, the guard keeps its three rules.

use antipode_safety::{
    Angle, Attended, FaultSet, Guard, Latches, Layer, Leave, Millis, Motion, Narrowing, Rate,
    Reading, Refusal, Setting, Timestamp, Why,
};
use proptest::prelude::*;

use crate::table::{CLOSED, guard, reading};

/// One thing that reaches the guard.
#[derive(Clone, Debug)]
enum Happens {
    Reading { later: u64, seq: u32, tilt: Option<Angle>, second: Option<Angle>, skew: i64 },
    Faults(FaultSet),
    LatchesOpen(bool, bool),
    Command(Rate),
    Narrow(Angle),
    Restart,
}

fn angle() -> impl Strategy<Value = Option<Angle>> {
    prop_oneof![
        8 => (-20_000_i64..80_000).prop_map(|millideg| Some(Angle::clamped(millideg))),
        1 => (-180_000_i64..180_000).prop_map(|millideg| Some(Angle::clamped(millideg))),
        1 => Just(None),
    ]
}

fn happens() -> impl Strategy<Value = Happens> {
    prop_oneof![
        10 => (0_u64..400, 0_u32..4, angle(), angle(), -300_i64..300).prop_map(
            |(later, seq, tilt, second, skew)| Happens::Reading { later, seq, tilt, second, skew }
        ),
        1 => any::<u16>().prop_map(|bits| Happens::Faults(FaultSet::from_bits(bits))),
        1 => any::<(bool, bool)>().prop_map(|(a, b)| Happens::LatchesOpen(a, b)),
        2 => (-6_000_i64..6_000).prop_map(|rate| Happens::Command(Rate::clamped(rate))),
        1 => (0_i64..70_000).prop_map(|tilt| Happens::Narrow(Angle::clamped(tilt))),
        1 => Just(Happens::Restart),
    ]
}

/// A history that mostly keeps near one angle, so that lowering is sometimes permitted.
fn history() -> impl Strategy<Value = Vec<Happens>> {
    let steady = (-9_000_i64..60_000, 1_usize..20).prop_map(|(start, steps)| {
        (0..steps)
            .map(|_| Happens::Reading {
                later: 50,
                seq: 1,
                tilt: Some(Angle::clamped(start)),
                second: Some(Angle::clamped(start + 500)),
                skew: 0,
            })
            .collect()
    });
    prop_oneof![
        2 => steady,
        1 => prop::collection::vec(happens(), 0..30),
    ]
}

/// The guard after `history`, the time, and whether the newest reading says that all is well.
struct After {
    guard: Guard,
    now: Timestamp,
    clean: bool,
}

fn live(setting: Setting, history: &[Happens]) -> After {
    let mut guard = guard(setting);
    let (mut ms, mut seq) = (1_000_u64, 1_u32);
    let (mut faults, mut latches) = (FaultSet::NONE, CLOSED);
    let mut clean = true;
    for event in history {
        let now = Timestamp::from_millis(ms);
        match event.clone() {
            Happens::Reading { later, seq: step, tilt, second, skew } => {
                ms += later;
                seq += step;
                let stamp = ms.saturating_add_signed(skew.min(100));
                let told = Reading { faults, latches, ..reading(stamp, seq, tilt, second) };
                if guard.observe(Timestamp::from_millis(ms), &told).is_none() {
                    clean = faults.is_empty() && latches.closed();
                }
            }
            Happens::Faults(bits) => faults = bits,
            Happens::LatchesOpen(first, second) => {
                latches = Latches { first_closed: !first, second_closed: !second, ..CLOSED };
            }
            Happens::Command(rate) => guard.commanded(now, rate),
            Happens::Narrow(tilt) => {
                let to = Narrowing { tilt: Some(tilt), ..Narrowing::NONE };
                guard.narrow(Layer::Session, Why::Eased, to);
            }
            Happens::Restart => {
                guard.restart();
                (seq, clean) = (1, true);
            }
        }
    }
    After { guard, now: Timestamp::from_millis(ms), clean }
}

fn leave() -> impl Strategy<Value = Leave> {
    let latches = (0_u8..4, any::<bool>(), any::<bool>()).prop_map(
        |(fitted, first_closed, second_closed)| Latches { fitted, first_closed, second_closed },
    );
    let latches = prop_oneof![3 => Just(CLOSED), 1 => latches];
    let mostly = || prop::bool::weighted(0.9);
    (mostly(), mostly(), any::<bool>(), latches, mostly(), 0_u64..600_000).prop_map(
        |(armed, stop_clear, return_held, latches, journal_ready, ms)| Leave {
            armed,
            stop_clear,
            return_held,
            latches,
            journal_ready,
            dose_left: Millis::new(ms),
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn lowering_is_permitted_only_where_the_worst_case_stays_within_the_limit(
        history in history(),
        leave in leave(),
        waits in 0_u64..400,
        target in -15_000_i64..80_000,
        speed in 1_i64..4_000,
    ) {
        let After { guard, now, clean } = live(Setting::Home, &history);
        let now = now.plus(Millis::new(waits));
        let motion = Motion { target: Angle::clamped(target), rate: Rate::clamped(speed) };
        if let Ok(permit) = guard.permit(now, motion, &leave) {
            let worst = i64::from(guard.angle().worst_case(now).unwrap().millideg());
            let room = (speed * 750 + 999) / 1_000 + (speed * speed + 15_999) / 16_000;
            let limit = guard.limits().tilt().value();
            prop_assert!(worst + room <= i64::from(limit.millideg()));
            prop_assert!(permit.target() <= limit);
            prop_assert_eq!((permit.target(), permit.rate()), (motion.target, motion.rate));
            prop_assert!(guard.angle().state(now).agreed().is_some());
            prop_assert!(clean && leave.latches.closed());
            prop_assert!(leave.armed && leave.stop_clear && leave.journal_ready);
        }
    }

    #[test]
    fn coming_home_is_refused_by_stop_alone(
        history in history(),
        leave in leave(),
        waits in 0_u64..4_000,
        target in -10_000_i64..=0,
        speed in 1_i64..9_000,
    ) {
        let After { guard, now, .. } = live(Setting::Home, &history);
        let now = now.plus(Millis::new(waits));
        let motion = Motion { target: Angle::clamped(target), rate: Rate::clamped(-speed) };
        match guard.permit(now, motion, &leave) {
            Ok(permit) => {
                prop_assert!(leave.stop_clear || leave.return_held);
                prop_assert_eq!(permit.target(), motion.target);
                let slowed = permit.rate().millideg_per_s();
                prop_assert!(slowed < 0 && i64::from(slowed) >= -speed.min(3_000));
                prop_assert!(i64::from(slowed) <= -speed.min(500), "slowed to a refusal");
            }
            Err(Refusal::StopLatched) => prop_assert!(!leave.stop_clear && !leave.return_held),
            Err(Refusal::WrongWay { tilt, .. }) => {
                prop_assert!(tilt < motion.target, "the bed is known to be home already");
            }
            Err(refusal) => prop_assert!(false, "{refusal}"),
        }
    }

    #[test]
    fn nothing_automatic_ends_beyond_the_rest_band(
        history in history(),
        leave in leave(),
        target in -180_000_i64..180_000,
        speed in -9_000_i64..9_000,
    ) {
        let After { guard, now, .. } = live(Setting::Clinic, &history);
        let motion = Motion { target: Angle::clamped(target), rate: Rate::clamped(speed) };
        if let Ok(permit) = guard.permit(now, motion, &leave) {
            let raises = permit.rate() < Rate::ZERO;
            prop_assert!(!raises || permit.target() >= Angle::REST_LOW);
        }
    }

    #[test]
    fn nothing_attended_ends_head_down(
        history in history(),
        leave in leave(),
        target in -180_000_i64..180_000,
        speed in -9_000_i64..9_000,
        held in any::<bool>(),
        rested in 0_u64..120_000,
    ) {
        let After { guard, now, .. } = live(Setting::Home, &history);
        let motion = Motion { target: Angle::clamped(target), rate: Rate::clamped(speed) };
        let attended = Attended { held, rested: Millis::new(rested) };
        if let Ok(permit) = guard.permit_upright(now, motion, &leave, attended) {
            prop_assert!(held && leave.stop_clear);
            prop_assert!(permit.target() <= Angle::LEVEL && permit.target() >= Angle::UPRIGHT);
            prop_assert!(permit.rate().magnitude() <= Rate::clamped(1_500));
            prop_assert!(guard.angle().state(now).agreed().unwrap() <= Angle::LEVEL);
        }
    }

    #[test]
    fn no_history_of_readings_panics_or_hides_the_worst_case(
        history in prop::collection::vec(happens(), 0..60),
        waits in 0_u64..u64::MAX,
    ) {
        let After { guard, now, .. } = live(Setting::Home, &history);
        let later = now.plus(Millis::new(waits));
        let (soon, late) = (guard.angle().worst_case(now), guard.angle().worst_case(later));
        prop_assert!(late >= soon, "a worst case shrank with age alone");
        prop_assert_eq!(guard.angle().last_good().is_some(), late.is_some());
        prop_assert!(!guard.angle().state(later).to_string().is_empty());
        prop_assert!(guard.return_rate(later, CLOSED) < Rate::ZERO);
    }
}
