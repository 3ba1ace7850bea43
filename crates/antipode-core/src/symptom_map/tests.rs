use super::*;

fn mark(place: Place, side: Side) -> Mark {
    Mark { place, side, feeling: Feeling::Pain, score: Score(4) }
}

fn map(marks: &[(Place, Side)]) -> SymptomMap {
    SymptomMap::of(marks.iter().map(|(place, side)| mark(*place, *side)))
}

#[test]
fn a_score_is_zero_to_ten() {
    assert_eq!(Score::new(10), Some(Score::WORST));
    assert_eq!(Score::new(11), None);
    assert_eq!(Score::new(3).map(Score::get), Some(3));
    assert_eq!((Score(7).rise(Score(3)), Score(3).rise(Score(7))), (4, 0));
}

#[test]
fn both_legs_are_one_mark_on_both_or_one_on_each() {
    for (marks, both) in [
        (&[(Place::Calf, Side::Both)][..], true),
        (&[(Place::Calf, Side::Middle)], true),
        (&[(Place::Calf, Side::Left), (Place::Foot, Side::Right)], true),
        (&[(Place::Calf, Side::Left), (Place::Foot, Side::Left)], false),
        (&[(Place::Calf, Side::Right)], false),
        (&[(Place::Buttock, Side::Both)], false),
        (&[(Place::LowerBack, Side::Both)], false),
        (&[], false),
    ] {
        assert_eq!(map(marks).has_both_legs(), both, "{marks:?}");
    }
}

#[test]
fn what_is_not_felt_is_not_on_the_map() {
    let none = Mark { score: Score::NONE, ..mark(Place::Saddle, Side::Middle) };
    assert_eq!(SymptomMap::of([none]), SymptomMap::default());
    let one = SymptomMap::of([mark(Place::Calf, Side::Left), none]);
    assert_eq!(one.marks().count(), 1);
    assert_eq!((one.reach(), SymptomMap::default().reach()), (Reach::Calf, Reach::Back));
}

/// The whole rule, by hand: what the map holds, today's answer, and what comes of it.
#[test]
fn red_is_only_for_worse_new_both_legs_and_saddle() {
    use MapVerdict::{Fine, KnownBothLegs, NotToday, RedFlag};
    let one_leg = map(&[(Place::LowerBack, Side::Middle), (Place::Calf, Side::Left)]);
    let both = map(&[(Place::Thigh, Side::Both)]);
    let saddle = map(&[(Place::Saddle, Side::Middle)]);
    let new = |place, side| Compared::NewPlace(vec![mark(place, side)]);
    for (map, today, expect) in [
        (&SymptomMap::default(), Compared::Same, Fine),
        (&one_leg, Compared::Same, Fine),
        (&one_leg, Compared::Better, Fine),
        (&one_leg, Compared::Worse, NotToday),
        (&one_leg, new(Place::Foot, Side::Left), NotToday),
        (&one_leg, new(Place::Foot, Side::Right), RedFlag),
        (&one_leg, new(Place::Saddle, Side::Middle), RedFlag),
        (&one_leg, new(Place::Arm, Side::Both), NotToday),
        (&one_leg, Compared::NewPlace(vec![]), NotToday),
        (&both, Compared::Same, KnownBothLegs),
        (&both, Compared::Better, KnownBothLegs),
        (&both, Compared::Worse, RedFlag),
        (&both, new(Place::Neck, Side::Middle), RedFlag),
        (&saddle, Compared::Same, RedFlag),
        (&saddle, Compared::Better, RedFlag),
        (&saddle, Compared::Worse, RedFlag),
    ] {
        assert_eq!(compare(map, &today), expect, "{map:?} {today:?}");
    }
}

#[test]
fn pain_that_leaves_the_leg_holds_the_step_while_the_back_rises_by_two_at_most() {
    let at = |reach, back| PainReach { reach, back: Score(back) };
    for (before, now, expect) in [
        (at(Reach::Calf, 3), at(Reach::Back, 5), Centralisation::Held),
        (at(Reach::Thigh, 3), at(Reach::Buttock, 5), Centralisation::Held),
        (at(Reach::Calf, 3), at(Reach::Back, 6), Centralisation::Unmoved),
        (at(Reach::Calf, 3), at(Reach::Back, 0), Centralisation::Held),
        (at(Reach::Foot, 3), at(Reach::Thigh, 3), Centralisation::Unmoved),
        (at(Reach::Buttock, 3), at(Reach::Back, 3), Centralisation::Unmoved),
        (at(Reach::Back, 3), at(Reach::Buttock, 0), Centralisation::FurtherDown),
        (at(Reach::Thigh, 3), at(Reach::Calf, 0), Centralisation::FurtherDown),
        (at(Reach::Calf, 3), at(Reach::Calf, 9), Centralisation::Unmoved),
    ] {
        assert_eq!(centralisation(before, now), expect, "{before:?} {now:?}");
    }
}

#[test]
fn places_reach_down_the_leg_in_order() {
    let reach: Vec<Reach> = Place::ALL.iter().map(|place| place.reach()).collect();
    use Reach::{Back, Buttock, Calf, Foot, Thigh};
    assert_eq!(reach, [Back, Back, Back, Back, Buttock, Back, Thigh, Calf, Foot]);
    assert!(Reach::ALL.is_sorted());
    let legs: Vec<bool> = Reach::ALL.iter().map(|reach| reach.is_leg()).collect();
    assert_eq!(legs, [false, false, true, true, true]);
}
