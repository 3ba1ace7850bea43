//! What a ladder must be, on both sides of each bound.

use super::*;
use proptest::prelude::*;

fn wrong(ladder: Vec<Rung>) -> Vec<ProgrammeFinding> {
    Programme::new(parts(ladder)).map(|_| ()).unwrap_err()
}

#[test]
fn a_ladder_takes_five_degrees_or_one_minute_or_one_bout_and_no_more() {
    let base = rung(15, 3, 60);
    for good in [rung(20, 3, 60), rung(16, 3, 60), rung(15, 3, 120), rung(15, 4, 60)] {
        Programme::new(parts(vec![base, good])).unwrap();
    }
    let deeper = Rung { tilt: Angle::clamped(20_001), ..base };
    assert_eq!(
        wrong(vec![base, deeper]),
        [ProgrammeFinding::TooMuchDeeper { rung: 1, by: 5_001, most: 5_000 }]
    );
    let longer = Rung { hold: Millis::new(120_001), ..base };
    let (by, most) = (Millis::new(60_001), Millis::new(60_000));
    assert_eq!(wrong(vec![base, longer]), [ProgrammeFinding::TooMuchLonger { rung: 1, by, most }]);
    assert_eq!(
        wrong(vec![base, rung(15, 5, 60)]),
        [ProgrammeFinding::TooManyMoreBouts { rung: 1, by: 2 }]
    );
}

#[test]
fn a_ladder_never_changes_two_things_at_once_nor_none() {
    let base = rung(15, 3, 60);
    for (next, changes) in
        [(rung(20, 3, 120), 2), (rung(20, 4, 60), 2), (rung(20, 4, 120), 3), (base, 0)]
    {
        assert_eq!(wrong(vec![base, next]), [ProgrammeFinding::Changes { rung: 1, changes }]);
    }
    let swing = Style::Swing { cycles: NonZeroU16::MIN, ease: Millis::ZERO };
    for down in [rung(14, 3, 60), rung(15, 2, 60), rung(15, 3, 59), Rung { style: swing, ..base }] {
        assert_eq!(wrong(vec![base, down]), [ProgrammeFinding::NotMore { rung: 1 }]);
    }
}

#[test]
fn nobody_starts_deeper_than_twenty_degrees() {
    Programme::new(parts(vec![rung(20, 3, 60)])).unwrap();
    let deep = Rung { tilt: Angle::clamped(20_001), ..rung(20, 3, 60) };
    let (tilt, most) = (deep.tilt, Angle::clamped(20_000));
    assert_eq!(wrong(vec![deep]), [ProgrammeFinding::StartsDeep { tilt, most }]);
}

#[test]
fn numbers_of_weeks_and_days_keep_their_ranges() {
    let with = |weeks, days_per_week, maintenance_weeks| {
        let base = parts(vec![rung(15, 3, 60)]);
        Programme::new(ProgrammeParts { weeks, days_per_week, maintenance_weeks, ..base })
    };
    assert!(with(1, 1, 0).is_ok() && with(6, 7, 12).is_ok());
    for (weeks, days, maintenance) in [(0, 4, 0), (7, 4, 0), (6, 0, 0), (6, 8, 0), (6, 4, 13)] {
        let findings = with(weeks, days, maintenance).unwrap_err();
        assert!(matches!(findings[..], [ProgrammeFinding::Range { .. }]), "{findings:?}");
    }
    assert!(matches!(
        wrong(Vec::new())[..],
        [ProgrammeFinding::Range { slot: Slot::Rungs, value: 0, .. }]
    ));
    let forty = |count: u64| {
        let hold = |n: u64| Rung { hold: Millis::from_secs(20 + n), ..rung(15, 2, 20) };
        Programme::new(parts((0..count).map(hold).collect()))
    };
    assert!(forty(40).is_ok() && forty(41).is_err());
}

#[test]
fn a_session_over_a_cap_is_no_rung() {
    // Seven bouts are one too many, and twenty minutes of hold are the day's.
    let seven = wrong(vec![rung(15, 7, 60)]);
    assert!(matches!(seven[..], [ProgrammeFinding::Plan { slowed: 0, .. }, ..]), "{seven:?}");
    // Six bouts of 3 min 40 s at 15 degrees keep the day's caps only with quick travel.
    let slow = Rung {
        travel: super::Travel::new(Rate::clamped(2_000), Rate::clamped(2_000)).unwrap(),
        ..rung(20, 6, 196)
    };
    let found = wrong(vec![slow]);
    assert!(
        found.iter().all(|f| matches!(f, ProgrammeFinding::Plan { slowed: 6, .. })),
        "{found:?}"
    );
}

#[test]
fn slower_travel_is_halved_and_never_below_half_a_degree_a_second() {
    let rates =
        |lower, raise| super::Travel::new(Rate::clamped(lower), Rate::clamped(raise)).unwrap();
    let normal = rates(1_500, 1_000);
    assert_eq!(slower(normal, 0), normal);
    assert_eq!(slower(normal, 1), rates(750, 500));
    assert_eq!(slower(normal, 2), rates(500, 500));
    assert_eq!(slower(normal, u8::MAX), rates(500, 500));
    assert_eq!(slower(rates(400, 3_000), 1), rates(400, 1_500));
}

#[test]
fn every_finding_has_words_and_its_rung() {
    let found = wrong(vec![rung(15, 7, 60), rung(30, 9, 400)]);
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(words.iter().all(|text| text.len() > 20), "{words:?}");
    assert!(found.iter().all(|finding| finding.rung().is_some()));
}

proptest! {
    /// Whatever is drawn: what can be built can be run, each rung of it, and one step is one
    /// small change.
    #[test]
    fn what_can_be_built_keeps_every_cap(
        start in 5_i64..25,
        steps in proptest::collection::vec((0_i64..7, 0_u64..70, 0_u16..3), 0..10),
    ) {
        let mut ladder = vec![rung(start, 2, 60)];
        for (deeper, longer, more) in steps {
            let last = *ladder.last().unwrap();
            ladder.push(Rung {
                tilt: last.tilt.moved(deeper * 1_000),
                hold: last.hold.plus(Millis::from_secs(longer)),
                bouts: last.bouts.checked_add(more).unwrap(),
                ..last
            });
        }
        if let Ok(programme) = Programme::new(parts(ladder)) {
            for rung in 0..programme.ladder().len() {
                let plan = programme.plan(programme.full(rung).unwrap()).unwrap();
                prop_assert!(allowed(&plan, Setting::Home));
            }
            let slowest = Offer { slowed: u8::MAX, ..programme.full(0).unwrap() };
            prop_assert!(allowed(&programme.plan(slowest).unwrap(), Setting::Home));
        }
    }
}
