//! What a plan unrolls to, what its check finds, and what neither may ever do.

use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Rate, Setting, Why};
use std::num::NonZeroU16;

use super::*;

fn deg(deg: i32) -> Angle {
    Angle::from_deg(deg).unwrap()
}

fn rate(millideg_per_s: i32) -> Rate {
    Rate::from_millideg_per_s(millideg_per_s).unwrap()
}

fn secs(s: u64) -> Millis {
    Millis::from_secs(s)
}

fn times(n: u16) -> NonZeroU16 {
    NonZeroU16::new(n).unwrap()
}

fn travel(lower: i32, raise: i32) -> Travel {
    Travel::new(rate(lower), rate(raise)).unwrap()
}

fn bouts(repeat: u16, tilt: i32, hold: u64) -> StaticBout {
    StaticBout {
        repeat: times(repeat),
        tilt: deg(tilt),
        hold: secs(hold),
        rest: secs(90),
        travel: travel(1_500, 1_000),
    }
}

fn swing(pattern: Pattern, low: i32, high: i32, cycles: u16) -> Alternation {
    Alternation {
        pattern,
        repeat: times(1),
        cycles: times(cycles),
        high: deg(high),
        hold: secs(20),
        low: deg(low),
        ease: secs(10),
        within: travel(1_500, 1_500),
        travel: travel(1_500, 1_000),
        rest: secs(60),
    }
}

fn plan(blocks: Vec<Block>) -> Plan {
    Plan {
        name: "test".into(),
        title: "Test".into(),
        evidence: "none".into(),
        strength: EvidenceStrength::Proposal,
        attendance: Attendance::Spotter,
        blocks,
        finish: Finish::DEFAULT,
    }
}

fn home() -> Limits {
    Limits::hard(Setting::Home)
}

fn with_spotter() -> CheckContext {
    CheckContext::alone_with_file(Attendance::Spotter)
}

/// The findings of `plan` under `limits` as `severity rule place`.
fn found(plan: &Plan, limits: &Limits, context: &CheckContext) -> Vec<String> {
    check(plan, limits, context)
        .iter()
        .map(|f| format!("{:?} {} {}", f.severity, f.rule.code(), f.at))
        .collect()
}

#[track_caller]
fn check_home(blocks: Vec<Block>, expect: &[&str]) {
    assert_eq!(found(&plan(blocks), &home(), &with_spotter()), expect);
}

mod expansion {
    use super::*;

    #[test]
    fn a_static_bout_lowers_holds_raises_to_the_rest_band_and_rests() {
        let program = plan(vec![Block::Static(bouts(2, 30, 180))]).expand().unwrap();
        let kinds: Vec<_> = program.segments().iter().map(|s| (s.bout, s.kind)).collect();
        let bout = |n: u16| {
            [
                (Some(n), SegmentKind::Move { to: deg(30), rate: rate(1_500) }),
                (Some(n), SegmentKind::Hold { time: secs(180) }),
                (Some(n), SegmentKind::Move { to: Angle::REST_AIM, rate: rate(1_000) }),
            ]
        };
        let mut expect = bout(0).to_vec();
        expect.push((None, SegmentKind::Rest { time: secs(90) }));
        expect.extend(bout(1));
        expect.push((None, SegmentKind::FinalRest { time: secs(120) }));
        assert_eq!(kinds, expect);
        assert_eq!((program.bouts(), program.max_tilt()), (2, deg(30)));
        assert_eq!(program.upright_dwell(), secs(60));
    }

    #[test]
    fn the_last_rest_becomes_the_final_rest_and_the_longer_counts() {
        let long = StaticBout { rest: secs(300), ..bouts(1, 20, 60) };
        let program = plan(vec![Block::Static(long)]).expand().unwrap();
        let last = program.segments().last().unwrap();
        assert_eq!(last.kind, SegmentKind::FinalRest { time: secs(300) });
        assert_eq!(program.segments().len(), 4);
    }

    #[test]
    fn a_swing_is_one_bout_and_ends_at_its_deep_end() {
        let block = Block::Alternating(swing(Pattern::Oscillation, 0, 30, 3));
        let program = plan(vec![block]).expand().unwrap();
        let targets: Vec<_> = program.segments().iter().filter_map(|s| s.kind.target()).collect();
        assert_eq!(targets, [deg(30), deg(0), deg(30), deg(0), deg(30), Angle::REST_AIM]);
        assert_eq!(program.bouts(), 1);
    }

    #[test]
    fn holds_of_no_time_are_left_out() {
        let still = Alternation {
            hold: Millis::ZERO,
            ease: Millis::ZERO,
            ..swing(Pattern::Cyclic, 10, 30, 3)
        };
        let program = plan(vec![Block::Alternating(still)]).expand().unwrap();
        assert!(!program.segments().iter().any(|s| matches!(s.kind, SegmentKind::Hold { .. })));
    }

    #[test]
    fn steps_down_lower_and_steps_up_raise() {
        let step = |tilt, hold| Step { tilt: deg(tilt), hold: secs(hold) };
        let steps = Steps {
            repeat: times(1),
            steps: vec![step(10, 30), step(20, 30), step(10, 30)],
            travel: travel(1_500, 1_000),
            rest: secs(60),
        };
        let program = plan(vec![Block::Steps(steps)]).expand().unwrap();
        let rates: Vec<_> = program
            .segments()
            .iter()
            .filter_map(|s| match s.kind {
                SegmentKind::Move { rate, .. } => Some(rate.millideg_per_s()),
                SegmentKind::Hold { .. }
                | SegmentKind::Rest { .. }
                | SegmentKind::Say(_)
                | SegmentKind::WaitForPerson { .. }
                | SegmentKind::SelfPaced { .. }
                | SegmentKind::FinalRest { .. } => None,
            })
            .collect();
        assert_eq!(rates, [1_500, 1_500, 1_000, 1_000]);
    }

    #[test]
    fn a_million_bouts_are_refused_without_being_made() {
        let many = Block::Static(bouts(u16::MAX, 20, 60));
        let nested = Block::Repeat {
            times: times(u16::MAX),
            blocks: vec![Block::Repeat { times: times(u16::MAX), blocks: vec![many] }],
        };
        let findings = plan(vec![nested]).expand().unwrap_err();
        assert_eq!(findings.len(), 1);
        assert_eq!(findings[0].rule, Rule::Segments);
        assert_eq!(findings[0].limit, Quantity::Count(500));
    }

    #[test]
    fn five_hundred_segments_are_the_most() {
        // 124 bouts of four, three words, and the final rest that takes the place of nothing.
        let fits = |says: usize| {
            let mut blocks = vec![Block::Static(bouts(124, 20, 60))];
            blocks.extend(vec![Block::Say(Cue::HalfWay); says]);
            plan(blocks).expand().map(|program| program.segments().len())
        };
        assert_eq!(fits(3), Ok(MAX_SEGMENTS));
        assert!(fits(4).is_err());
    }

    #[test]
    fn the_size_is_the_size() {
        let steps = Steps {
            repeat: times(2),
            steps: [10, 20, 30].map(|tilt| Step { tilt: deg(tilt), hold: secs(10) }).to_vec(),
            travel: travel(1_500, 1_000),
            rest: secs(60),
        };
        let button = SelfPaced {
            repeat: times(2),
            ceiling: deg(20),
            limit: secs(60),
            travel: travel(1_500, 1_000),
            rest: secs(60),
        };
        for block in [
            Block::Static(bouts(3, 20, 60)),
            Block::Alternating(swing(Pattern::Intermittent, 10, 30, 7)),
            Block::Steps(steps),
            Block::SelfPaced(button),
        ] {
            let blocks = vec![block];
            let program = plan(blocks.clone()).expand().unwrap();
            let size = walk::size(&blocks, 0);
            assert_eq!(size.segments, program.segments().len() as u64, "{blocks:?}");
            assert_eq!(size.bouts, u64::from(program.bouts()), "{blocks:?}");
        }
    }

    #[test]
    fn a_swing_has_speeds_of_its_own_between_its_tilts() {
        let swing = Alternation {
            within: travel(800, 700),
            travel: travel(1_500, 1_000),
            ..swing(Pattern::Intermittent, 10, 30, 2)
        };
        let program = plan(vec![Block::Alternating(swing)]).expand().unwrap();
        let moves: Vec<_> = program.segments().iter().map(|segment| segment.kind).collect();
        for expect in [
            SegmentKind::Move { to: deg(30), rate: rate(1_500) },
            SegmentKind::Move { to: deg(10), rate: rate(700) },
            SegmentKind::Move { to: deg(30), rate: rate(800) },
            SegmentKind::Move { to: Angle::REST_AIM, rate: rate(1_000) },
        ] {
            assert!(moves.contains(&expect), "{expect:?}");
        }
    }

    #[test]
    fn a_bout_is_head_down_from_one_degree_on() {
        let at = |millideg| {
            let bout = StaticBout { tilt: Angle::clamped(millideg), ..bouts(1, 20, 60) };
            plan(vec![Block::Static(bout)]).expand().is_ok()
        };
        assert!(at(1_000) && !at(999) && !at(-5_000));
        let eases_to = |low| {
            let block = Block::Alternating(swing(Pattern::Intermittent, low, 30, 2));
            plan(vec![block]).expand().is_ok()
        };
        assert!(eases_to(1) && eases_to(29) && !eases_to(0) && !eases_to(30));
        let swings_to = |low| {
            plan(vec![Block::Alternating(swing(Pattern::Oscillation, low, 30, 2))]).expand().is_ok()
        };
        assert!(swings_to(-10) && swings_to(0) && !swings_to(-11) && !swings_to(1));
    }

    #[test]
    fn structure_is_found_all_at_once() {
        let deep = (0..4).fold(vec![Block::Static(bouts(1, 20, 60))], |blocks, _| {
            vec![Block::Repeat { times: times(2), blocks }]
        });
        let mut blocks = deep;
        blocks.push(Block::Repeat { times: times(2), blocks: vec![] });
        blocks.push(Block::Static(bouts(1, 0, 60)));
        blocks.push(Block::Alternating(swing(Pattern::Intermittent, 30, 30, 2)));
        blocks.push(Block::Alternating(swing(Pattern::Oscillation, 5, 30, 2)));
        let rules: Vec<_> =
            plan(blocks).expand().unwrap_err().iter().map(|f| f.rule.code()).collect();
        assert_eq!(rules, ["nesting", "repeat-not-empty", "head-down", "low-tilt", "low-tilt"]);
        let empty = plan(vec![Block::Say(Cue::HalfWay)]).expand().unwrap_err();
        assert_eq!(empty[0].rule, Rule::HasBout);
    }

    #[test]
    fn the_hash_changes_with_every_number_and_with_nothing_else() {
        let base = plan(vec![Block::Static(bouts(2, 30, 180))]);
        let hash = |plan: &Plan| plan.expand().unwrap().hash();
        let renamed = Plan { name: "other".into(), title: "Other".into(), ..base.clone() };
        assert_eq!(hash(&base), hash(&renamed));
        let others = [
            bouts(3, 30, 180),
            bouts(2, 31, 180),
            bouts(2, 30, 181),
            StaticBout { rest: secs(91), ..bouts(2, 30, 180) },
            StaticBout { travel: travel(1_501, 1_000), ..bouts(2, 30, 180) },
            StaticBout { travel: travel(1_500, 1_001), ..bouts(2, 30, 180) },
        ];
        for other in others {
            assert_ne!(hash(&plan(vec![Block::Static(other)])), hash(&base), "{other:?}");
        }
        // Kept in records: the same program must hash the same for ever. Do not change the number.
        assert_eq!(hash(&base), 15_237_958_884_780_292_081);
    }

    #[test]
    fn no_finish_is_shorter_than_a_minute() {
        assert_eq!(Finish::new(Millis::new(59_999)), None);
        assert_eq!(Finish::new(secs(60)).map(Finish::rest), Some(secs(60)));
        assert_eq!(Finish::new(secs(30 * 60)).map(Finish::rest), Some(secs(30 * 60)));
        assert_eq!(Finish::new(secs(30 * 60 + 1)), None);
    }
}

mod previews {
    use super::*;

    #[test]
    fn the_way_from_door_to_door_has_every_part() {
        let blocks = vec![
            Block::WaitForPerson { limit: secs(100) },
            Block::Static(StaticBout { travel: travel(1_000, 1_000), ..bouts(1, 27, 60) }),
        ];
        let preview = Preview::of(&plan(blocks).expand().unwrap());
        // 30 s down, 60 s, 30 s up, 120 s final rest; the wait is told apart.
        assert_eq!((preview.time, preview.waits), (secs(240), secs(100)));
        // 4 min getting ready, 72 degrees at 1.5 each way, a minute upright, a minute getting off.
        assert_eq!(preview.door_to_door, secs(240 + 48 + 240 + 48 + 60 + 60));
        let corners: Vec<_> =
            preview.points.iter().map(|p| (p.at.whole_secs(), p.tilt.millideg())).collect();
        assert_eq!(
            corners,
            [(0, -3_000), (30, 27_000), (90, 27_000), (120, -3_000), (240, -3_000)]
        );
    }
}

mod dose {
    use super::*;

    #[test]
    fn travel_counts_from_five_degrees_on() {
        let dose = Dose::of(&plan(vec![Block::Static(bouts(2, 30, 180))]).expand().unwrap());
        // 25 degrees down at 1.5 and up at 1: 16.667 s and 25 s beside the hold.
        let bout = dose.bouts[0];
        assert_eq!(bout.hold, secs(180));
        assert_eq!(bout.head_down, Millis::new(180_000 + 16_667 + 25_000));
        // 17.5 degrees on average while travelling.
        assert_eq!(bout.weighted, 30 * 180_000 + 291_673 + 437_500);
        assert_eq!(dose.head_down.get(), 2 * bout.head_down.get());
    }

    #[test]
    fn a_stay_below_five_degrees_is_no_dose() {
        let dose = Dose::of(&plan(vec![Block::Static(bouts(1, 4, 180))]).expand().unwrap());
        assert_eq!((dose.hold, dose.head_down, dose.weighted), (Millis::ZERO, Millis::ZERO, 0));
        let at_five = Dose::of(&plan(vec![Block::Static(bouts(1, 5, 180))]).expand().unwrap());
        assert_eq!((at_five.hold, at_five.weighted), (secs(180), 5 * 180_000));
    }

    #[test]
    fn swinging_around_the_deepest_tilt_is_a_hold() {
        let between = |low| Alternation {
            hold: Millis::ZERO,
            ease: Millis::ZERO,
            within: travel(500, 500),
            ..swing(Pattern::Cyclic, low, 30, 3)
        };
        let hold =
            |low| Dose::of(&plan(vec![Block::Alternating(between(low))]).expand().unwrap()).hold;
        // Twice 2 degrees each way at half a degree a second.
        assert_eq!(hold(28), secs(16));
        assert_eq!(hold(27), Millis::ZERO);
    }

    #[test]
    fn a_self_paced_bout_counts_as_if_driven_straight_to_its_ceiling() {
        let block = SelfPaced {
            repeat: times(1),
            ceiling: deg(27),
            limit: secs(120),
            travel: travel(1_500, 1_000),
            rest: secs(60),
        };
        let dose = Dose::of(&plan(vec![Block::SelfPaced(block)]).expand().unwrap());
        // 20 s down from -3 to 27, 100 s there, 22 degrees up beyond 5.
        assert_eq!(dose.hold, secs(100));
        assert_eq!(dose.head_down, Millis::new(14_667 + 100_000 + 22_000));
        assert_eq!(dose.bouts[0].deepest, deg(27));
    }
}

mod check;
mod speeds;
