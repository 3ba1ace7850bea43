//! Each seeded defect of this crate changes what the crate does: the claim beside it holds without
//! the defect and fails with it.
//!
//! Run with `cargo test -p antipode-safety --features canary --test canary`. The selection is
//! global to the process, so that all of it is one test.

#![cfg(not(loom))]

use antipode_safety::canary::{Canary, select};
use antipode_safety::{
    Acknowledged, Angle, AngleState, AngleWatch, DriveState, Envelope, FaultSet, Guard, Latches,
    Layer, Leave, Limits, Millis, Motion, MotionFault, MotionWatch, Narrowing, Rate, Reaction,
    Reading, RefillDelay, Setting, Side, Situation, StopSource, StopWord, Switches, Timestamp, Why,
    response,
};

const CLOSED: Latches = Latches { fitted: 2, first_closed: true, second_closed: true };
const LEAVE: Leave = Leave {
    armed: true,
    stop_clear: true,
    return_held: false,
    latches: CLOSED,
    journal_ready: true,
    dose_left: Millis::from_secs(420),
};

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn mdeg(millideg: i64) -> Angle {
    Angle::clamped(millideg)
}

fn reading(ms: u32, tilt: i64, second: Option<i64>) -> Reading {
    Reading {
        at: at(ms.into()),
        seq: ms,
        table_ms: ms,
        tilt: Some(mdeg(tilt)),
        tilt_second: second.map(mdeg),
        rate: Rate::ZERO,
        drive: DriveState::Holding,
        latches: CLOSED,
        switches: Switches::NONE,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 25,
    }
}

fn watch(readings: &[(u32, i64, Option<i64>)], commanded: i64) -> AngleWatch {
    let mut watch = AngleWatch::new(Millis::new(250), Rate::clamped(3_000));
    watch.commanded(at(0), Rate::clamped(commanded));
    for &(ms, tilt, second) in readings {
        watch.observe(at(ms.into()), &reading(ms, tilt, second));
    }
    watch
}

/// Whether a guard that read `tilt` at 1000 ms permits `millideg_per_s` toward `target`.
fn permits(tilt: i64, target: i64, millideg_per_s: i64, leave: &Leave) -> bool {
    let envelope = Envelope {
        lease: Millis::new(250),
        stop_decel_millideg_per_s2: 8_000,
        max_rate: Rate::clamped(3_000),
    };
    let mut guard = Guard::new(Limits::hard(Setting::Home), envelope);
    guard.observe(at(1_000), &reading(1_000, tilt, None));
    let motion = Motion { target: mdeg(target), rate: Rate::clamped(millideg_per_s) };
    guard.permit(at(1_000), motion, leave).is_ok()
}

/// What a motion watch tells of two looks at the bed, `ms` apart.
fn told(ms: u64, from: i64, to: i64, commanded: i64) -> Option<MotionFault> {
    let mut watch = MotionWatch::new();
    let rate = Rate::clamped(commanded);
    watch.observe(at(0), mdeg(from), rate);
    // A standing bed settles first.
    watch.observe(at(1_000), mdeg(from), rate);
    watch.observe(at(1_000 + ms), mdeg(to), rate)
}

fn runs_away() -> bool {
    let mut watch = MotionWatch::new();
    (0..20_u32).any(|step| {
        let (now, tilt) = (at(u64::from(step) * 50), mdeg(i64::from(step) * 250));
        matches!(watch.observe(now, tilt, Rate::clamped(1_000)), Some(MotionFault::Runaway { .. }))
    })
}

fn narrowed_twice() -> Angle {
    let to = |deg| Narrowing { tilt: Angle::from_deg(deg), ..Narrowing::NONE };
    let limits = Limits::hard(Setting::Home).narrow(Layer::Site, Why::SiteRule, to(20));
    limits.narrow(Layer::Plan, Why::PlanCeiling, to(50)).tilt().value()
}

fn acknowledged_while_pressed() -> bool {
    let word = StopWord::new();
    word.press(StopSource::HandControl);
    word.acknowledge(word.generation()) == Acknowledged::Cleared
}

fn flapping_is_due() -> bool {
    let mut delay = RefillDelay::new(Millis::new(300));
    (0..200).any(|step| delay.update(at(step * 10), step % 10 < 8))
}

/// The claim that `canary` breaks.
fn holds(canary: Canary) -> bool {
    let leave = &LEAVE;
    match canary {
        Canary::StaleUnseen => watch(&[(1, 0, None)], 0).state(at(1_000)).agreed().is_none(),
        Canary::WorstCaseIgnoresAge => {
            watch(&[(1, 0, None)], 0).worst_case(at(1_001)) == Some(mdeg(4_000))
        }
        Canary::LimitsWiden => narrowed_twice() == mdeg(20_000),
        Canary::StopReturns => {
            response(Situation::StopPressed, Side::HeadDown).first == Reaction::Hold
        }
        Canary::DisagreementUnseen => {
            let watch = watch(&[(1, 0, Some(9_000)), (302, 0, Some(9_000))], 0);
            matches!(watch.state(at(302)), AngleState::Disagrees { .. })
        }
        Canary::FlatUnseen => {
            let watch = watch(&[(1, 0, None), (1_001, 0, None)], 1_500);
            matches!(watch.state(at(1_001)), AngleState::Flat { .. })
        }
        Canary::StoppingDistanceIgnored => !permits(58_900, 60_000, 1_500, leave),
        Canary::LimitOffByOne => !permits(58_485, 60_000, 1_500, leave),
        Canary::LatchesIgnored => {
            let latches = Latches { second_closed: false, ..CLOSED };
            !permits(0, 20_000, 1_500, &Leave { latches, ..*leave })
        }
        Canary::StopIgnored => {
            let stop = Leave { stop_clear: false, ..*leave };
            !permits(0, 20_000, 1_500, &stop) && !permits(20_000, -3_000, -1_500, &stop)
        }
        Canary::HomeRefused => {
            let mut guard = Guard::new(
                Limits::hard(Setting::Home),
                Envelope {
                    lease: Millis::new(250),
                    stop_decel_millideg_per_s2: 8_000,
                    max_rate: Rate::clamped(3_000),
                },
            );
            guard.observe(at(1), &reading(1, 30_000, None));
            let home = Motion { target: Angle::REST_AIM, rate: Rate::clamped(-1_500) };
            guard.permit(at(60_000), home, leave).is_ok()
        }
        Canary::DoseIgnored => {
            !permits(0, 20_000, 1_500, &Leave { dose_left: Millis::ZERO, ..*leave })
        }
        Canary::RunawayUnseen => runs_away(),
        Canary::WrongWayUnseen => {
            matches!(told(100, 20_000, 22_500, -1_500), Some(MotionFault::WrongWay { .. }))
        }
        Canary::StallUnseen => {
            matches!(told(3_000, 20_000, 20_000, -1_500), Some(MotionFault::Stall { .. }))
        }
        Canary::AcknowledgeWhilePressed => !acknowledged_while_pressed(),
        Canary::FlappingResetsDelay => flapping_is_due(),
        Canary::JumpBelieved => {
            watch(&[(1, 0, None), (51, 40_000, None)], 0).last_good() == Some(Angle::LEVEL)
        }
        Canary::UprightUnattended => !permits(-3_000, -75_000, -1_500, leave),
        Canary::SlipUnseen => {
            matches!(told(2_000, 20_000, 21_500, 0), Some(MotionFault::Slip { .. }))
        }
        Canary::JournalIgnored => {
            !permits(0, 20_000, 1_500, &Leave { journal_ready: false, ..*leave })
        }
    }
}

#[test]
fn every_seeded_defect_breaks_its_claim() {
    let numbers: std::collections::BTreeSet<_> =
        Canary::ALL.into_iter().map(Canary::number).collect();
    assert_eq!(numbers.len(), Canary::ALL.len());
    assert!(numbers.iter().all(|number| (1..100).contains(number)));

    select(0);
    for canary in Canary::ALL {
        assert!(holds(canary), "{canary:?} without any defect");
    }
    for canary in Canary::ALL {
        select(canary.number());
        assert!(!holds(canary), "{canary:?} is not seen");
    }
    select(0);
}
