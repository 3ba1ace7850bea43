//! A simulated person goes through the guideline programme: 24 sessions, a flare-up in week 3, two
//! weeks away. Nobody real did this.

use super::*;
use std::fmt::Write as _;

fn line(n: i32, decision: &Decision) -> String {
    let guide = guide();
    let rung = guide.ladder()[decision.after.rung];
    let mut text = format!(
        "day {n:2} week {} step {} ({} deg, {} x {} s):",
        decision.week.0,
        decision.after.rung + 1,
        rung.tilt.millideg() / 1_000,
        decision.after.bouts,
        rung.hold.whole_secs(),
    );
    for reason in &decision.reasons {
        write!(text, " {reason:?}").unwrap();
    }
    text
}

/// Days of the sessions: four a week, two weeks away after the fourteenth session.
fn days() -> Vec<i32> {
    let weeks = [0, 7, 14, 21, 42, 49, 56];
    weeks.iter().flat_map(|week| [0, 1, 3, 4].map(|day| week + day)).take(24).collect()
}

#[test]
fn six_weeks_with_a_flare_up_and_two_weeks_away_tell_their_story() {
    let (guide, mut history, mut story) = (guide(), Vec::new(), Vec::new());
    for n in days() {
        let mut today = today(n);
        // A flare-up on the second day of week 3, and still there on the next.
        let back = if n == 15 { 7 } else { 4 };
        today.pain = Pain { back: Some(back), leg: Some(3), reach: None };
        let decision = guide.next(&history, &today, &Anything).step.unwrap();
        story.push(line(n, &decision));
        let mut session = clean(n, decision.after.rung);
        session.before.back = Some(back);
        if n == 15 {
            session.next_morning.leg = Some(6);
        }
        history.push(session);
    }
    let story = story.join("\n");
    assert_eq!(story, include_str!("story.txt").trim_end(), "\n{story}\n");
}

/// The same six weeks through the ledger: what every session may take is asked first, the person
/// wants twice as much, clocks are set and time zones change between sessions, and the program
/// starts anew each time from what was written down.
#[test]
fn six_weeks_never_exceed_a_cap_by_a_millisecond_whatever_the_clock_does() {
    use crate::ledger::{Caps, Interval, Ledger, Now, Stay, Wall};
    use crate::plan::Dose;
    const DAY: u64 = 86_400_000;
    let (guide, mut history, mut written, mut given) = (guide(), Vec::new(), Vec::new(), 0);
    for (id, n) in (0_u32..).zip(days()) {
        let step = guide.next(&history, &today(n), &Anything).step.unwrap();
        let dose = Dose::of(&guide.plan(step.after).unwrap().expand().unwrap());
        history.push(clean(n, step.after.rung));
        let morning = 20_000 * DAY + u64::from(n.unsigned_abs()) * DAY + 8 * 3_600_000;
        // Back by a year, to another continent, just before midnight, or right.
        for (again, (clock, offset_s)) in [
            (morning, 0),
            (morning - 365 * DAY, 0),
            (morning, 39_600),
            (morning + 16 * 3_600_000 - 1, 0),
        ]
        .into_iter()
        .enumerate()
        {
            let mut ledger = Ledger::new();
            for (id, stay) in &written {
                ledger.enter(*id, Stay::clone(stay));
            }
            let wall = |unix_ms| Wall { unix_ms, offset_s };
            let now = Now { wall: wall(clock), latest_unix_ms: None };
            let left = ledger.left(now, &Caps::HARD);
            let hold = left.hold.shorter(Millis::new(2 * dose.hold.get()));
            let head_down = left.head_down.shorter(Millis::new(2 * dose.head_down.get()));
            let until = wall(clock + head_down.get());
            let stay = Stay {
                intervals: vec![Interval { from: wall(clock), until }],
                hold,
                head_down,
                weighted: 0,
            };
            written.push((u128::from(id) * 10 + again as u128, stay.clone()));
            ledger.enter(u128::MAX, stay);
            let (day, week) = (ledger.today(now), ledger.week(now));
            // What lies ahead of a clock that was set back counts as well: then nothing was left.
            if left.closed.is_none() {
                given += 1;
                assert!(day.hold <= Caps::HARD.day_hold, "day {n}");
                assert!(day.head_down <= Caps::HARD.day_head_down, "day {n}");
                assert!(week.hold <= Caps::HARD.week_hold, "day {n}");
                assert!(week.head_down <= Caps::HARD.week_head_down, "day {n}");
            } else {
                assert_eq!((hold, head_down), (Millis::ZERO, Millis::ZERO), "day {n}");
            }
        }
    }
    assert!((20..72).contains(&given), "{given}");
}
