//! Payloads drawn at random, every kind of them.

use std::sync::Arc;

use antipode_core::alarm::AlarmCause;
use antipode_core::event::{Act, JournalEvent, LinkEvent, Source, StopEvent, Vital};
use antipode_core::plan::{Cue, Program, Segment, SegmentKind};
use antipode_core::session::{
    AfterStopAlone, Company, EndCause, Outcome, SessionConfig, StateKind, TableFacts,
};
use antipode_core::step::Record;
use antipode_core::symptom::{Grade, Severity, Symptom};
use antipode_safety::{
    Angle, DriveState, Effort, Envelope, FaultSet, Latches, Layer, Limits, Millis, Narrowing, Rate,
    Reading, Setting, Switches, Timestamp, Why,
};
use proptest::prelude::*;
use proptest::sample::select;

use crate::session::tags::Tagged;
use crate::session::{Often, Seldom, Start};

fn time() -> impl Strategy<Value = Millis> {
    prop_oneof![Just(0), 0..2_000_000_u64, any::<u64>()].prop_map(Millis::new)
}

fn angle() -> impl Strategy<Value = Angle> {
    (-180_000_i64..=180_000).prop_map(Angle::clamped)
}

fn speed() -> impl Strategy<Value = Rate> {
    (1_i64..=180_000).prop_map(Rate::clamped)
}

fn any_rate() -> impl Strategy<Value = Rate> {
    (-180_000_i64..=180_000).prop_map(Rate::clamped)
}

fn within_bout() -> impl Strategy<Value = SegmentKind> {
    prop_oneof![
        (angle(), speed()).prop_map(|(to, rate)| SegmentKind::Move { to, rate }),
        time().prop_map(|time| SegmentKind::Hold { time }),
        (angle(), speed(), speed(), time()).prop_map(|(ceiling, lower, raise, limit)| {
            SegmentKind::SelfPaced { ceiling, lower, raise, limit }
        }),
    ]
}

fn between() -> impl Strategy<Value = SegmentKind> {
    prop_oneof![
        time().prop_map(|time| SegmentKind::Rest { time }),
        select(&Cue::ALL[..]).prop_map(SegmentKind::Say),
        time().prop_map(|limit| SegmentKind::WaitForPerson { limit }),
    ]
}

prop_compose! {
    fn program()(
        bouts in prop::collection::vec(
            (
                prop::collection::vec(between(), 0..3),
                prop::collection::vec(within_bout(), 0..5),
                speed(),
            ),
            1..8,
        ),
        rest in time(),
        dwell in time(),
    ) -> Program {
        let mut segments = Vec::new();
        for (number, (before, inside, rate)) in (0..).zip(bouts) {
            segments.extend(before.into_iter().map(|kind| Segment { bout: None, kind }));
            let home = SegmentKind::Move { to: Angle::REST_AIM, rate };
            let bout = Some(number);
            segments.extend(inside.into_iter().chain([home]).map(|kind| Segment { bout, kind }));
        }
        segments.push(Segment { bout: None, kind: SegmentKind::FinalRest { time: rest } });
        Program::from_segments(segments, dwell).unwrap()
    }
}

fn why() -> impl Strategy<Value = Why> {
    any::<u8>().prop_flat_map(|value| select(super::limits::rules(value)))
}

prop_compose! {
    fn narrowing()(
        tilt in prop::option::of(angle()),
        rates in prop::array::uniform4(prop::option::of(any_rate())),
        times in prop::array::uniform5(prop::option::of((0..2_000_000_u64).prop_map(Millis::new))),
        bouts_per_session in prop::option::of(0..9_u8),
    ) -> Narrowing {
        let [lower_rate, raise_rate, through_level_rate, return_rate] = rates;
        let [bout_hold, bout, session, day_hold, day] = times;
        Narrowing {
            tilt, lower_rate, raise_rate, through_level_rate, return_rate,
            bout_hold, bout, session, day_hold, day, bouts_per_session,
        }
    }
}

fn limits() -> impl Strategy<Value = Limits> {
    let rules = prop::collection::vec((select(<Layer as Tagged>::ALL), why(), narrowing()), 0..6);
    (select(<Setting as Tagged>::ALL), rules).prop_map(|(setting, rules)| {
        let hard = Limits::hard(setting);
        rules.into_iter().fold(hard, |limits, (layer, why, to)| limits.narrow(layer, why, to))
    })
}

prop_compose! {
    fn config()(
        program in program(),
        limits in limits(),
        lease in time(),
        stop_decel_millideg_per_s2: u32,
        max_rate in any_rate(),
        latch_sensors: u8,
        facts: [bool; 6],
        company in prop_oneof![
            Just(Company::Spotter),
            Just(Company::Alone(AfterStopAlone::Hold)),
            time().prop_map(|time| Company::Alone(AfterStopAlone::ReturnAfter(time))),
        ],
        day_before in time(),
        effort in prop::option::of(any::<i32>()),
    ) -> SessionConfig {
        let [
            second_angle,
            returns_without_host,
            hand_control,
            rescue_without_power,
            dead_man,
            date_certain,
        ] = facts;
        SessionConfig {
            program: Arc::new(program),
            limits,
            envelope: Envelope { lease, stop_decel_millideg_per_s2, max_rate },
            table: TableFacts {
                latch_sensors,
                second_angle,
                returns_without_host,
                hand_control,
                rescue_without_power,
            },
            company,
            day_before,
            dead_man,
            effort: effort.map(|ma| Effort::clamped(ma.into())),
            date_certain,
        }
    }
}

pub(super) fn start() -> impl Strategy<Value = Start> {
    (config(), "[a-z0-9-]{0,20}", ".{0,40}", prop::option::of(any::<u64>())).prop_map(
        |(config, plan, table, seed)| Start {
            config,
            plan,
            table,
            program_version: "0.1.0".to_owned(),
            seed,
        },
    )
}

pub(super) fn seldom() -> impl Strategy<Value = Seldom> {
    let source = || select(&Source::ALL[..]);
    prop_oneof![
        select(<LinkEvent as Tagged>::ALL).prop_map(Seldom::Link),
        (select(&Act::ALL[..]), source()).prop_map(|(act, from)| Seldom::Act(act, from)),
        (select(<StopEvent as Tagged>::ALL), source()).prop_map(|(s, from)| Seldom::Stop(s, from)),
        (select(&Symptom::ALL[..]), select(&Severity::ALL[..]))
            .prop_map(|(symptom, severity)| Seldom::Symptom(symptom, severity)),
        select(<JournalEvent as Tagged>::ALL).prop_map(Seldom::Journal),
        time().prop_map(Seldom::LoopWasLate),
        time().prop_map(Seldom::HostSuspended),
    ]
}

fn cause() -> impl Strategy<Value = EndCause> {
    prop_oneof![
        select(super::record::CAUSES),
        select(&Symptom::ALL[..]).prop_map(EndCause::Symptom),
    ]
}

pub(super) fn record() -> impl Strategy<Value = Record> {
    let state = || select(&StateKind::ALL[..]);
    let symptom =
        (select(&Symptom::ALL[..]), select(&Severity::ALL[..]), select(<Grade as Tagged>::ALL));
    prop_oneof![
        Just(Record::SessionStart),
        (state(), state()).prop_map(|(from, to)| Record::State { from, to }),
        any::<u16>().prop_map(Record::Segment),
        (any::<u16>(), time()).prop_map(|(bout, head_down)| Record::BoutDone { bout, head_down }),
        select(&AlarmCause::ALL[..]).prop_map(Record::Alarm),
        (select(&AlarmCause::ALL[..]), any::<u16>())
            .prop_map(|(cause, times)| Record::AlarmAgain(cause, times)),
        any::<u8>().prop_map(Record::Refused),
        Just(Record::Asked),
        Just(Record::Answered),
        symptom.prop_map(|(symptom, severity, grade)| Record::Symptom(symptom, severity, grade)),
        angle().prop_map(Record::Eased),
        Just(Record::Shortened),
        Just(Record::LockedOut),
        (select(&Outcome::ALL[..]), cause(), any::<u16>(), time()).prop_map(
            |(outcome, cause, bouts, head_down)| {
                Record::SessionEnd { outcome, cause, bouts, head_down }
            }
        ),
    ]
}

prop_compose! {
    fn reading()(
        at: u64,
        numbers: (u32, u32, u16, u32, u32, i8),
        tilts in (prop::option::of(angle()), prop::option::of(angle())),
        rate in any_rate(),
        drive in select(&DriveState::ALL[..]),
        bits: (u8, bool, bool, u8, u16),
    ) -> Reading {
        let (seq, table_ms, accepted, current_ma, supply_mv, temperature_c) = numbers;
        let (fitted, first_closed, second_closed, switches, faults) = bits;
        Reading {
            at: Timestamp::from_millis(at),
            seq,
            table_ms,
            tilt: tilts.0,
            tilt_second: tilts.1,
            rate,
            drive,
            latches: Latches { fitted, first_closed, second_closed },
            switches: Switches::from_bits(switches),
            faults: FaultSet::from_bits(faults),
            accepted,
            current_ma,
            supply_mv,
            temperature_c,
        }
    }
}

fn vital() -> impl Strategy<Value = Vital> {
    prop_oneof![
        any::<u16>().prop_map(Vital::HeartRate),
        any::<(u16, u16)>()
            .prop_map(|(systolic, diastolic)| Vital::BloodPressure { systolic, diastolic }),
        any::<u8>().prop_map(Vital::OxygenSaturation),
        Just(Vital::Lost),
    ]
}

pub(super) fn often() -> impl Strategy<Value = Often> {
    prop_oneof![
        reading().prop_map(Often::Reading),
        Just(Often::Tick),
        vital().prop_map(Often::Vital),
    ]
}
