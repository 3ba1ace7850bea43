use super::*;

/// Every set of at most three situations.
fn small_sets() -> impl Iterator<Item = SituationSet> {
    let all = || Situation::ALL.into_iter();
    all().flat_map(move |a| {
        all().filter(move |b| *b >= a).flat_map(move |b| {
            all()
                .filter(move |c| *c >= b)
                .map(move |c| SituationSet::NONE.with(a, true).with(b, true).with(c, true))
        })
    })
}

/// Whether the answer moves the bed by itself, now or later.
fn moves(answer: &Response) -> bool {
    answer.first.moves() || answer.then.is_some_and(|then| then.reaction.moves())
}

#[test]
fn every_situation_has_its_row_in_order_and_a_reason() {
    for (index, situation) in Situation::ALL.into_iter().enumerate() {
        assert_eq!(usize::from(situation.index()), index);
        for side in [Side::LevelOrUp, Side::HeadDown] {
            let answer = response(situation, side);
            assert!(answer.why.len() > 15 && answer.why != "no row for this", "{situation:?}");
            let cut = answer.first == Reaction::DeEnergise;
            let harsher = answer.then.is_none_or(|then| cut || then.reaction > answer.first);
            assert!(harsher && !(cut && moves(&answer)), "{situation:?}");
        }
    }
}

#[test]
fn level_or_head_up_nothing_moves_by_itself() {
    for set in small_sets() {
        let (_, answer) = worst(set, Side::LevelOrUp).unwrap();
        assert!(!moves(&answer), "{set:?}");
    }
}

#[test]
fn whatever_else_is_wrong_stop_keeps_the_bed_where_it_is() {
    for set in small_sets() {
        let set = set.with(Situation::StopPressed, true);
        let (_, answer) = worst(set, Side::HeadDown).unwrap();
        assert!(!moves(&answer) && answer.latched, "{set:?}");
        assert!(answer.local_return >= LocalReturn::Held, "{set:?}");
        assert!(answer.alarm >= Priority::Medium);
    }
}

#[test]
fn one_cause_that_bars_motion_bars_it_in_any_company() {
    for set in small_sets() {
        let barred = set.iter().any(|s| response(s, Side::HeadDown).bars_motion());
        let (_, answer) = worst(set, Side::HeadDown).unwrap();
        assert_eq!(answer.bars_motion(), barred, "{set:?}");
        assert!(!(barred && moves(&answer)), "{set:?}");
    }
}

#[test]
fn company_never_makes_an_answer_milder() {
    for side in [Side::LevelOrUp, Side::HeadDown] {
        for set in small_sets() {
            let (decides, answer) = worst(set, side).unwrap();
            assert!(set.has(decides));
            for alone in set.iter().map(|situation| response(situation, side)) {
                assert!(answer.severity() >= alone.severity(), "{set:?}");
                assert!(answer.alarm >= alone.alarm, "{set:?}");
                assert!(answer.local_return >= alone.local_return, "{set:?}");
                assert!(answer.latched >= alone.latched, "{set:?}");
            }
        }
    }
}

#[test]
fn a_situation_alone_gets_its_own_row() {
    for side in [Side::LevelOrUp, Side::HeadDown] {
        for situation in Situation::ALL {
            let set = SituationSet::NONE.with(situation, true);
            assert_eq!(worst(set, side), Some((situation, response(situation, side))));
        }
    }
    assert_eq!(worst(SituationSet::NONE, Side::HeadDown), None);
}

/// The answer to several situations head-down.
fn together(situations: &[Situation]) -> (Situation, String) {
    let set = situations.iter().fold(SituationSet::NONE, |set, &s| set.with(s, true));
    let (decides, answer) = worst(set, Side::HeadDown).unwrap();
    (decides, told(answer))
}

#[test]
fn a_faint_on_a_lost_link_does_not_wait_for_the_host() {
    let expected = "return; latched; High alarm; RETURN OnePress";
    let answer = together(&[Situation::LinkLost, Situation::Unanswered]);
    assert_eq!(answer, (Situation::Unanswered, expected.into()));
}

#[test]
fn a_faint_with_one_latch_open_creeps() {
    let expected = "hold, 5000 ms, creep; latched; High alarm; RETURN HeldCreep";
    let answer = together(&[Situation::Unanswered, Situation::OneLatchOpen]);
    assert_eq!(answer, (Situation::OneLatchOpen, expected.into()));
}

#[test]
fn a_motion_waits_for_the_longest_of_its_delays() {
    let expected = "hold, 5000 ms, creep; latched; High alarm; RETURN HeldCreep";
    let answer = together(&[Situation::AnglesDisagreeSameSide, Situation::OneLatchOpen]);
    assert_eq!(answer, (Situation::AnglesDisagreeSameSide, expected.into()));
}

#[test]
fn people_are_called_after_the_shortest_of_the_delays() {
    let expected = "hold, 0 ms, people; latched; High alarm; RETURN HeldCreep";
    let answer = together(&[Situation::StopPressed, Situation::LatchesOpen]);
    assert_eq!(answer, (Situation::LatchesOpen, expected.into()));
}

#[test]
fn a_runaway_is_cut_off_even_under_stop() {
    let expected = "cut the drive, 0 ms, people; latched; High alarm; RETURN ByHand";
    let answer = together(&[Situation::StopPressed, Situation::Runaway]);
    assert_eq!(answer, (Situation::Runaway, expected.into()));
}

#[test]
fn sets_hold_every_cause_apart() {
    let mut all = SituationSet::NONE;
    for situation in Situation::ALL {
        let one = SituationSet::NONE.with(situation, true);
        assert!(!one.is_empty() && one.has(situation));
        assert_eq!(one.iter().collect::<Vec<_>>(), [situation]);
        assert!(one.with(situation, false).is_empty());
        all = all.union(one);
        assert!(all.has(situation));
    }
    assert_eq!(all.iter().count(), Situation::ALL.len());
    let stop = SituationSet::NONE.with(Situation::StopPressed, true);
    assert!(!all.without(stop).has(Situation::StopPressed));
    assert!(all.without(stop).has(Situation::Mismatch));
    assert_eq!(stop.union(stop), stop);
}

#[test]
fn the_side_of_an_unknown_angle_is_head_down() {
    assert_eq!(Side::of(None), Side::HeadDown);
    assert_eq!(Side::of(Some(Angle::clamped(1))), Side::HeadDown);
    assert_eq!(Side::of(Some(Angle::LEVEL)), Side::LevelOrUp);
    assert_eq!(Side::of(Some(Angle::UPRIGHT)), Side::LevelOrUp);
}

#[test]
fn reactions_are_ordered_by_severity_and_two_of_them_move() {
    assert!(Reaction::ALL.is_sorted());
    let moving: Vec<_> = Reaction::ALL.into_iter().filter(|r| r.moves()).collect();
    assert_eq!(moving, [Reaction::Return, Reaction::Creep]);
    let words: Vec<_> = Reaction::ALL.iter().map(ToString::to_string).collect();
    let expected = [
        "start nothing",
        "hold",
        "return to the rest band",
        "creep to the rest band",
        "hold and call people",
        "cut the drive",
    ];
    assert_eq!(words, expected);
}

#[test]
fn these_bar_every_motion_by_itself_and_no_others() {
    let barring: Vec<_> =
        Situation::ALL.into_iter().filter(|&s| response(s, Side::HeadDown).bars_motion()).collect();
    let expected = [
        Situation::StopPressed,
        Situation::StopLoopOpen,
        Situation::LinkLostStopped,
        Situation::AngleLost,
        Situation::AnglesDisagreeAcross,
        Situation::StalledBack,
        Situation::HotHard,
        Situation::PowerLost,
        Situation::LatchesOpen,
        Situation::Runaway,
        Situation::WrongWay,
        Situation::SomebodyUnder,
        Situation::Mismatch,
        Situation::RestartedLate,
    ];
    assert_eq!(barring, expected);
}
