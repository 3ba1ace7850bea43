//! What must hold for the program of any plan, however it is put together.

use antipode_core::plan::{
    Alternation, Attendance, Block, CheckContext, Cue, Dose, EvidenceStrength, Finish,
    MAX_SEGMENTS, Pattern, Plan, Preview, Program, SegmentKind, SelfPaced, StaticBout, Step, Steps,
    Travel, check,
};
use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Rate, Setting, Why};
use proptest::prelude::*;
use std::num::NonZeroU16;

/// Walks `program` and asserts what a session relies on: the bed rests only in the rest band, a
/// bout runs through in one piece and ends there, and a final rest ends everything.
pub(crate) fn hold_together(program: &Program) {
    assert!(program.segments().len() <= MAX_SEGMENTS);
    let (mut at, mut bout, mut deepest) = (Angle::REST_AIM, None, Angle::REST_AIM);
    for segment in program.segments() {
        match (bout, segment.bout) {
            (None, Some(next)) => assert!(next < program.bouts()),
            (Some(open), Some(same)) => assert!(same == open || at == Angle::REST_AIM),
            (Some(_), None) => assert_eq!(at, Angle::REST_AIM, "a bout ends in the rest band"),
            (None, None) => {}
        }
        bout = segment.bout;
        match segment.kind {
            SegmentKind::Move { to, rate } => {
                assert!(rate > Rate::ZERO && bout.is_some());
                at = to;
            }
            SegmentKind::SelfPaced { ceiling, lower, raise, .. } => {
                assert!(lower > Rate::ZERO && raise > Rate::ZERO && at == Angle::REST_AIM);
                at = ceiling;
            }
            SegmentKind::Hold { time } => assert!(time > Millis::ZERO && bout.is_some()),
            SegmentKind::Rest { .. } | SegmentKind::Say(_) | SegmentKind::WaitForPerson { .. } => {
                assert!(at.in_rest_band() && bout.is_none());
            }
            SegmentKind::FinalRest { time } => {
                assert!(at.in_rest_band() && time >= Finish::REST_FLOOR);
            }
        }
        deepest = deepest.max(at);
    }
    assert_eq!(program.max_tilt(), deepest);
    let finals = |kind| matches!(kind, SegmentKind::FinalRest { .. });
    let ends: Vec<_> = program.segments().iter().map(|segment| finals(segment.kind)).collect();
    assert_eq!(ends.iter().filter(|end| **end).count(), 1);
    assert_eq!(ends.last(), Some(&true));
    assert!(program.upright_dwell() >= Millis::from_secs(30));
}

fn times(most: u16) -> impl Strategy<Value = NonZeroU16> {
    (1..=most).prop_map(|n| NonZeroU16::new(n).unwrap())
}

fn secs(most: u64) -> impl Strategy<Value = Millis> {
    (0..=most).prop_map(Millis::from_secs)
}

fn rest() -> impl Strategy<Value = Millis> {
    (25_u64..120).prop_map(Millis::from_secs)
}

fn tilt() -> impl Strategy<Value = Angle> {
    // Mostly what somebody could mean, so that many plans get as far as running.
    prop_oneof![20 => 1_000..45_000, 1 => -12_000..80_000]
        .prop_map(|millideg| Angle::from_millideg(millideg).unwrap())
}

fn travel() -> impl Strategy<Value = Travel> {
    let any = || prop_oneof![20 => 500..2_000, 1 => 300..4_000];
    let rate = move || any().prop_map(|rate| Rate::from_millideg_per_s(rate).unwrap());
    (rate(), rate()).prop_map(|(lower, raise)| Travel::new(lower, raise).unwrap())
}

fn alternation() -> impl Strategy<Value = Block> {
    let pattern = proptest::sample::select(Pattern::ALL.to_vec());
    let shape = (pattern, times(2), times(6), tilt(), tilt());
    (shape, secs(40), secs(30), travel(), travel(), rest()).prop_map(
        |((pattern, repeat, cycles, high, low), hold, ease, within, travel, rest)| {
            let low = if pattern.low_is_head_down() {
                low.min(high.moved(-1_000))
            } else {
                low.min(Angle::LEVEL)
            };
            Block::Alternating(Alternation {
                pattern,
                repeat,
                cycles,
                high,
                hold,
                low,
                ease,
                within,
                travel,
                rest,
            })
        },
    )
}

fn block() -> impl Strategy<Value = Block> {
    let leaf = prop_oneof![
        (times(3), tilt(), secs(200), rest(), travel()).prop_map(
            |(repeat, tilt, hold, rest, travel)| {
                Block::Static(StaticBout { repeat, tilt, hold, rest, travel })
            }
        ),
        alternation(),
        (times(2), proptest::collection::vec((tilt(), secs(60)), 1..4), travel(), rest()).prop_map(
            |(repeat, steps, travel, rest)| {
                let steps = steps.into_iter().map(|(tilt, hold)| Step { tilt, hold }).collect();
                Block::Steps(Steps { repeat, steps, travel, rest })
            }
        ),
        (times(2), tilt(), secs(200), travel(), rest()).prop_map(
            |(repeat, ceiling, limit, travel, rest)| {
                Block::SelfPaced(SelfPaced { repeat, ceiling, limit, travel, rest })
            }
        ),
        Just(Block::Say(Cue::HalfWay)),
        secs(610).prop_map(|limit| Block::WaitForPerson { limit }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        (times(3), proptest::collection::vec(inner, 0..3))
            .prop_map(|(times, blocks)| Block::Repeat { times, blocks })
    })
}

fn plan() -> impl Strategy<Value = Plan> {
    proptest::collection::vec(block(), 1..4).prop_map(|blocks| Plan {
        name: "any".into(),
        title: "Any".into(),
        evidence: "none".into(),
        strength: EvidenceStrength::Proposal,
        attendance: Attendance::Spotter,
        blocks,
        finish: Finish::DEFAULT,
    })
}

/// Limits as a table, a person and a day may have narrowed them.
fn limits() -> impl Strategy<Value = Limits> {
    let rate = || proptest::option::of((500_i64..3_000).prop_map(Rate::clamped));
    (proptest::option::of(tilt()), rate(), rate(), proptest::option::of(secs(1_200))).prop_map(
        |(tilt, lower_rate, raise_rate, day_hold)| {
            let to = Narrowing { tilt, lower_rate, raise_rate, day_hold, ..Narrowing::NONE };
            Limits::hard(Setting::Home).narrow(Layer::Table, Why::TableModel, to)
        },
    )
}

/// The head-down time of a preview's line, found by going along it in steps of 10 ms.
fn stepped_head_down(preview: &Preview) -> u64 {
    let five = Angle::from_deg(5).unwrap();
    let mut ticks = 0;
    for pair in preview.points.windows(2) {
        let [from, to] = pair else { continue };
        let span = to.at.get() - from.at.get();
        for ms in (0..span).step_by(10) {
            let way = i64::from(to.tilt.minus(from.tilt)) * i64::try_from(ms).unwrap()
                / i64::try_from(span).unwrap();
            ticks += u64::from(from.tilt.moved(way) >= five);
        }
    }
    ticks * 10
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_program_rests_in_the_rest_band_and_ends_there(plan in plan()) {
        if let Ok(program) = plan.expand() {
            hold_together(&program);
        }
    }

    #[test]
    fn what_is_admitted_keeps_every_limit(plan in plan(), limits in limits()) {
        let context = CheckContext::alone_with_file(Attendance::Spotter);
        let Ok((program, _)) = plan.admit(&limits, &context) else { return Ok(()) };
        hold_together(&program);
        prop_assert!(program.max_tilt() <= limits.tilt().value());
        prop_assert!(program.bouts() <= u16::from(limits.bouts_per_session().value()));
        let dose = Dose::of(&program);
        prop_assert!(dose.hold <= limits.day_hold().value());
        prop_assert!(dose.head_down <= limits.session().value().min(limits.day().value()));
        for bout in &dose.bouts {
            prop_assert!(bout.hold <= limits.bout_hold_at(bout.deepest).value());
            prop_assert!(bout.head_down <= limits.bout_at(bout.deepest).value());
        }
        let mut at = Angle::REST_AIM;
        for segment in program.segments() {
            if let SegmentKind::Move { to, rate } = segment.kind {
                let bound = if to > at {
                    limits.lower_rate().value()
                } else {
                    limits.raise_rate().value().min(limits.through_level_rate().value())
                };
                prop_assert!(rate <= bound);
            }
            at = segment.kind.target().unwrap_or(at);
        }
        // Slowed once, it stays as it is.
        let slowed = plan.slowed_to(&limits);
        prop_assert_eq!(slowed.slowed_to(&limits), slowed);
    }

    #[test]
    fn the_head_down_time_is_what_a_walk_along_the_line_finds(plan in plan()) {
        let Ok(program) = plan.expand() else { return Ok(()) };
        let preview = Preview::of(&program);
        let walked = stepped_head_down(&preview);
        let slack = 20 * u64::try_from(preview.points.len()).unwrap();
        prop_assert!(walked.abs_diff(preview.dose.head_down.get()) <= slack);
    }

    #[test]
    fn findings_never_lack_a_reason_and_never_hang(plan in plan(), limits in limits()) {
        let context = CheckContext::alone_with_file(Attendance::AloneAllowed);
        for finding in check(&plan, &limits, &context) {
            prop_assert!(finding.to_string().contains('('), "{}", finding);
        }
    }
}
