use super::*;
use crate::day::Day;
use crate::programme::Checkpoint;
use crate::symptom::Symptom;

fn nrs(value: u8) -> Option<Nrs> {
    Some(Nrs::new(value).unwrap())
}

fn day(n: i32) -> Day {
    Day::from_unix_days(20_000 + n).unwrap()
}

#[test]
fn scales_take_their_ends_and_nothing_beyond() {
    assert!(Nrs::new(10).is_ok() && Nrs::new(11).is_err());
    assert!(OdiTotal::new(100).is_ok() && OdiTotal::new(101).is_err());
    assert!(Grc::new(-5).is_ok() && Grc::new(5).is_ok());
    assert!(Grc::new(-6).is_err() && Grc::new(6).is_err());
    assert_eq!(Rmdq::of(&[true; 24]).get(), 24);
    assert_eq!(Rmdq::of(&[false; 24]).get(), 0);
    assert_eq!(Psfs::of(&[3, 4, 4]).map(Psfs::tenths), Ok(36));
    assert_eq!(Psfs::of(&[10; 5]).map(Psfs::tenths), Ok(100));
    for wrong in [&[5, 5][..], &[5; 6], &[5, 5, 11]] {
        assert_eq!(Psfs::of(wrong), Err(NotAScore));
    }
}

/// Each instrument changes at its own number and not one before, in its own direction.
#[test]
fn a_change_matters_from_its_number_on() {
    let mut some = [false; 24];
    some[..10].fill(true);
    let (mut five, mut four) = (some, some);
    five[..5].fill(false);
    four[..4].fill(false);
    let odi = |value| Some(OdiTotal::new(value).unwrap());
    let psfs = |a, b, c| Some(Psfs::of(&[a, b, c]).unwrap());
    let at = |back, leg, rmdq: &[bool; 24], psfs, odi_is, grc| Scores {
        back: nrs(back),
        leg: nrs(leg),
        rmdq: Some(Rmdq::of(rmdq)),
        psfs,
        odi: odi(odi_is),
        grc: Some(Grc::new(grc).unwrap()),
    };
    let first = at(6, 5, &some, psfs(3, 3, 3), 40, 0);
    let better = at(4, 3, &five, psfs(6, 5, 5), 30, 2);
    let same = at(5, 4, &four, psfs(5, 5, 5), 31, 1);
    for instrument in Instrument::ALL {
        assert_eq!(shift(instrument, &first, &better), Shift::Better, "{instrument:?}");
        assert_eq!(shift(instrument, &first, &same), Shift::Same, "{instrument:?}");
        assert_eq!(shift(instrument, &first, &Scores::default()), Shift::Unknown);
        assert!(instrument.source().contains("20"));
        if instrument != Instrument::Grc {
            assert_eq!(shift(instrument, &better, &first), Shift::Worse, "{instrument:?}");
        }
    }
    let grc = |value| Scores { grc: Some(Grc::new(value).unwrap()), ..Scores::default() };
    assert_eq!(shift(Instrument::Grc, &first, &grc(-2)), Shift::Worse);
    assert_eq!(shift(Instrument::Grc, &first, &grc(-1)), Shift::Same);
}

/// Written out by hand from the rule: week by what was found.
#[test]
fn the_advice_is_that_of_the_table() {
    use Advice::{Continue, Review, StopAndSeeClinician as Stop};
    let first = Scores { back: nrs(6), ..Scores::default() };
    let now = |back| Scores { back: nrs(back), ..Scores::default() };
    let nothing = Scores::default();
    for (at, worse, same, better, unknown) in [
        (Checkpoint::Week2, Stop, Continue, Continue, Continue),
        (Checkpoint::Week4, Stop, Review, Continue, Review),
        (Checkpoint::Week6, Stop, Stop, Review, Stop),
    ] {
        let advice = |scores: &Scores| judge(at, &first, scores, false).advice;
        assert_eq!(
            [advice(&now(8)), advice(&now(6)), advice(&now(4)), advice(&nothing)],
            [worse, same, better, unknown]
        );
        assert_eq!(judge(at, &first, &now(0), true).advice, Stop, "a serious event is open");
    }
    let mixed = Scores { leg: nrs(5), ..first };
    let moved = Scores { back: nrs(2), leg: nrs(7), ..Scores::default() };
    let judged = judge(Checkpoint::Week4, &mixed, &moved, false);
    assert_eq!((judged.advice, judged.findings.len()), (Stop, 2), "one worse outweighs one better");
}

#[test]
fn a_serious_event_locks_until_a_named_clinician_lifts_that_one() {
    let event = |id, harm, told| AdverseEvent::new(id, day(5), harm, told);
    let mild = event(1, Harm::Felt(Symptom::Headache), HarmSeverity::Mild);
    let fall = event(2, Harm::Injury, HarmSeverity::Serious);
    let stuck = event(3, Harm::Stuck, HarmSeverity::Mild);
    let numb = event(4, Harm::Felt(Symptom::Numbness), HarmSeverity::Moderate);
    let events = [mild, fall, stuck, numb];
    let ids = |lifts: &[Lift]| locked(&events, lifts).iter().map(|e| e.id).collect::<Vec<_>>();
    assert_eq!(ids(&[]), [2, 3, 4]);
    assert!(
        Lift::new(&fall, day(5), " ").is_none() && Lift::new(&fall, day(4), "Dr Ito").is_none()
    );
    let lift = Lift::new(&fall, day(5), " Dr Ito ").unwrap();
    assert_eq!((lift.clinician(), lift.day()), ("Dr Ito", day(5)));
    assert_eq!(ids(&[lift]), [3, 4]);
    assert_eq!(mild.severity(), HarmSeverity::Mild);
}

#[test]
fn what_was_worse_is_asked_about_for_longer() {
    let days = |told| {
        let event = AdverseEvent::new(1, day(0), Harm::Injury, told);
        event.follow_ups().map(|due| due.since(day(0))).collect::<Vec<_>>()
    };
    assert_eq!(days(HarmSeverity::Mild), [1]);
    assert_eq!(days(HarmSeverity::Moderate), [1, 7]);
    assert_eq!(days(HarmSeverity::Serious), [1, 7, 28]);
}
