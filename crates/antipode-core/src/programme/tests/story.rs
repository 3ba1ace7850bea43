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
