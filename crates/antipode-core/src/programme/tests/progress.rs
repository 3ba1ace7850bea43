//! One rule of the progression each, on both sides of its bound.

use super::*;
use crate::symptom::Symptom;
use proptest::prelude::*;

fn two_clean(last: i32, rung: usize) -> Vec<SessionResult> {
    // Far enough back that the week's rules are silent, near enough that no gap is.
    let mut history: Vec<_> = (0..6).map(|n| clean(last - 14 + 2 * n, rung)).collect();
    history.extend([clean(last - 2, rung), clean(last, rung)]);
    history
}

fn after(last: SessionResult) -> (usize, Vec<Reason>) {
    let mut history = two_clean(18, last.rung);
    let n = last.day.since(day(0));
    history.push(last);
    next(&history, n + 1).unwrap()
}

#[test]
fn the_second_clean_session_leads_a_step_up_and_the_first_does_not() {
    let one = [clean(0, 0)];
    assert_eq!(next(&one, 1), Ok((0, vec![Reason::NotYet { clean: 1, needed: 2 }])));
    let two = [clean(0, 0), clean(1, 0)];
    assert_eq!(next(&two, 3), Ok((1, vec![Reason::CleanSessions { count: 2 }])));
    assert_eq!(next(&[], 0), Ok((0, vec![Reason::FirstSession])));
    let top = two_clean(20, 7);
    assert_eq!(next(&top, 22), Ok((7, vec![Reason::Top])));
}

#[test]
fn leg_pain_up_by_two_is_not_clean_and_by_one_is() {
    let with = |after, morning| {
        let mut last = clean(20, 4);
        last.after.leg = after;
        last.next_morning.leg = morning;
        last.verdict()
    };
    assert_eq!(with(Some(4), Some(4)), Verdict::Clean);
    let worse = Verdict::NotClean(NotClean::LegPain { before: 3, worst: 5 });
    assert_eq!(with(Some(5), Some(3)), worse);
    assert_eq!(with(Some(3), Some(5)), worse);
    assert_eq!(with(None, None), Verdict::Clean, "what was not answered stalls nothing");
    assert_eq!(with(None, Some(5)), worse);
    let mut last = clean(20, 4);
    last.after.leg = Some(5);
    assert_eq!(after(last).0, 3);
}

#[test]
fn a_missing_answer_is_asked_at_the_next_gate_and_stalls_nothing() {
    let mut last = clean(20, 3);
    last.next_morning = Pain::default();
    last.delayed_harm = None;
    let mut history = two_clean(18, 3);
    history.push(last);
    let found = guide().next(&history, &today(22), &Anything);
    assert_eq!(found.ask, [Ask::NextMorning(day(20)), Ask::DelayedHarm(day(20))]);
    assert_eq!(found.step.unwrap().after.rung, 4);
    let same_day = guide().next(&history, &today(20), &Anything);
    assert_eq!(same_day.ask, [], "the morning has not come yet");
    history[0].next_morning = Pain::default();
    let answered = clean(20, 3);
    *history.last_mut().unwrap() = answered;
    assert_eq!(guide().next(&history, &today(22), &Anything).ask, []);
}

#[test]
fn a_symptom_that_ends_a_session_costs_a_step_at_any_length() {
    for head_down in [Millis::ZERO, Millis::from_secs(200)] {
        let last = SessionResult { end: End::BySymptom, head_down, ..clean(20, 4) };
        let expect = (3, vec![Reason::NotClean(NotClean::SymptomStop)]);
        assert_eq!(after(last), expect);
    }
    let late = SessionResult { delayed_harm: Some(true), ..clean(20, 4) };
    assert_eq!(after(late), (3, vec![Reason::NotClean(NotClean::DelayedHarm)]));
}

#[test]
fn coming_up_early_once_costs_no_step_and_twice_running_one() {
    let early = |n| SessionResult { end: End::ByPerson, ..clean(n, 4) };
    assert_eq!(after(early(20)).0, 4);
    let mut history = two_clean(16, 4);
    history.extend([early(18), early(20)]);
    let (rung, reasons) = next(&history, 21).unwrap();
    assert_eq!((rung, reasons[1]), (3, Reason::EarlyReturns));
    history.push(clean(22, 4));
    assert_eq!(next(&history, 23).unwrap().0, 4);
}

#[test]
fn under_a_minute_head_down_is_no_session() {
    let brief = |ms| SessionResult { head_down: Millis::new(ms), ..clean(20, 4) };
    assert_eq!(brief(59_999).verdict(), Verdict::NoSession);
    assert_eq!(brief(60_000).verdict(), Verdict::Clean);
    let mut history = vec![clean(0, 0), clean(1, 0)];
    history.push(SessionResult { day: day(2), rung: 0, ..brief(59_999) });
    let (rung, reasons) = next(&history, 3).unwrap();
    assert_eq!(rung, 1);
    assert!(reasons.contains(&Reason::TooShort { head_down: Millis::new(59_999) }));
}

#[test]
fn leg_pain_that_moves_up_holds_the_step_and_down_costs_one() {
    let moved = |reach, back| {
        let mut last = clean(20, 4);
        last.after.reach = Some(reach);
        last.next_morning = Pain { back: Some(back), leg: None, reach: None };
        last
    };
    let (from, to) = (LegReach::Thigh, LegReach::Buttock);
    assert_eq!(moved(to, 6).verdict(), Verdict::Centralised { from, to });
    assert_eq!(moved(to, 7).verdict(), Verdict::Clean, "leg pain did not rise");
    let (rung, reasons) = after(moved(to, 6));
    assert_eq!((rung, reasons), (4, vec![Reason::Centralised { from, to }]));
    let down = after(moved(LegReach::Calf, 4));
    let further = NotClean::FurtherDown { from, to: LegReach::Calf };
    assert_eq!(down, (3, vec![Reason::NotClean(further)]));
}

#[test]
fn a_gap_of_7_14_and_28_days_leads_back_a_step_to_the_first_week_and_to_the_screening() {
    let history = two_clean(20, 5);
    assert_eq!(next(&history, 26).unwrap().0, 6);
    assert_eq!(next(&history, 27), Ok((4, vec![Reason::Gap { days: 7 }])));
    assert_eq!(next(&history, 33), Ok((4, vec![Reason::Gap { days: 13 }])));
    assert_eq!(next(&history, 34), Ok((0, vec![Reason::Gap { days: 14 }])));
    assert_eq!(next(&history, 47), Ok((0, vec![Reason::Gap { days: 27 }])));
    assert_eq!(next(&history, 48), Err(Stop::ScreenAgain { days: 28 }));
    let screened = Today { screened_since: true, ..today(48) };
    let found = guide().next(&history, &screened, &Anything).step.unwrap();
    assert_eq!(found.after.rung, 0);
    assert_eq!(next(&history, 19), Err(Stop::DateBehind { last: day(20) }));
}

#[test]
fn the_tilt_rises_by_five_degrees_in_seven_days_until_thirty() {
    // 20 degrees on day 8; 25 on days 14 and 15.
    let mut history = vec![clean(0, 2), clean(8, 2), clean(9, 3), clean(14, 3)];
    history[1].day = day(4);
    history.insert(2, clean(8, 2));
    let (from, to) = (Angle::clamped(20_000), Angle::clamped(30_000));
    let held = next(&history, 14).unwrap();
    assert_eq!(held, (3, vec![Reason::TiltThisWeek { from, to }]));
    assert_eq!(next(&history, 15).unwrap(), (4, vec![Reason::CleanSessions { count: 2 }]));
}

#[test]
fn the_first_seven_days_stay_at_twenty_degrees() {
    let history = vec![clean(0, 2), clean(2, 2)];
    let to = Angle::clamped(25_000);
    assert_eq!(next(&history, 6), Ok((2, vec![Reason::FirstWeek { to }])));
    assert_eq!(next(&history, 7), Ok((3, vec![Reason::CleanSessions { count: 2 }])));
}

#[test]
fn sickness_slows_the_next_time_until_three_sessions_were_clean() {
    let sick = SessionResult { symptoms: vec![Symptom::Nausea], ..clean(20, 2) };
    let mut history = two_clean(18, 2);
    history.push(sick);
    let slowed = |history: &[SessionResult], n| {
        guide().next(history, &today(n), &Anything).step.unwrap().after.slowed
    };
    assert_eq!(slowed(&history, 21), 1);
    for n in [22, 24] {
        history.push(clean(n, 2));
        assert_eq!(slowed(&history, n + 1), 1, "day {n}");
    }
    history.push(clean(26, 2));
    assert_eq!(slowed(&history, 27), 0);
    let (_, reasons) = next(&history, 27).unwrap();
    assert_eq!(reasons[0], Reason::SpeedRestored);
    history.push(SessionResult { symptoms: vec![Symptom::Dizziness], ..clean(28, 2) });
    history.push(SessionResult { symptoms: vec![Symptom::Dizziness], ..clean(30, 2) });
    assert_eq!(slowed(&history, 32), 2);
}

#[test]
fn shorter_starts_there_next_time_until_two_were_clean() {
    let cut = SessionResult { shortened: Some(2), ..clean(20, 4) };
    let mut history = two_clean(18, 4);
    history.push(cut);
    let offered = |history: &[SessionResult], n| {
        let found = guide().next(history, &today(n), &Anything).step.unwrap();
        (found.after.rung, found.after.bouts.get())
    };
    assert_eq!(offered(&history, 21), (4, 2));
    history.push(clean(22, 4));
    assert_eq!(offered(&history, 23), (4, 2));
    history.push(clean(24, 4));
    assert_eq!(offered(&history, 25), (4, 3), "all the bouts again is the one change");
    let none = SessionResult { shortened: Some(0), ..clean(26, 4) };
    history.push(none);
    assert_eq!(offered(&history, 27), (4, 1));
}

#[test]
fn pain_today_makes_it_gentler_from_two_and_closes_it_from_four_or_nine() {
    let now = |back, leg| Pain { back: Some(back), leg: Some(leg), reach: None };
    let last = now(4, 3);
    assert_eq!(pain_today(last, now(5, 4)), PainToday::Steady);
    assert_eq!(pain_today(last, now(6, 4)), PainToday::Gentler { last: 4, today: 6 });
    assert_eq!(pain_today(last, now(6, 6)), PainToday::Gentler { last: 3, today: 6 });
    assert_eq!(pain_today(last, now(4, 7)), PainToday::NotToday { last: Some(3), today: 7 });
    assert_eq!(pain_today(now(8, 0), now(9, 0)), PainToday::NotToday { last: Some(8), today: 9 });
    assert_eq!(pain_today(Pain::default(), now(8, 8)), PainToday::Steady);
    let history = two_clean(20, 4);
    let flare = Today { pain: now(6, 3), ..today(21) };
    let found = guide().next(&history, &flare, &Anything).step.unwrap();
    assert_eq!(found.after.rung, 4, "one up by two clean sessions, one down by pain");
    assert!(found.reasons.contains(&Reason::PainToday { last: 4, today: 6 }));
}

#[test]
fn the_programme_ends_after_its_weeks_unless_a_named_clinician_maintains_it() {
    let history: Vec<_> = (0..14).map(|n| clean(3 * n, 2)).collect();
    assert!(next(&history, 41).is_ok());
    assert_eq!(next(&history, 42), Err(Stop::Ended { week: Week(7) }));
    let guide = guide();
    let maintained = |name, weeks, rung| Maintenance::new(&guide, name, day(42), weeks, rung);
    assert!(maintained("  ", 12, 0).is_none() && maintained("Dr Ito", 13, 0).is_none());
    assert!(maintained("Dr Ito", 0, 0).is_none() && maintained("Dr Ito", 12, 8).is_none());
    let of = maintained("Dr Ito", 12, 1).unwrap();
    assert!(of.covers(day(42)) && of.covers(day(42 + 83)));
    assert!(!of.covers(day(41)) && !of.covers(day(42 + 84)));
    let with = Today { maintenance: Some(of), ..today(42) };
    let found = guide.next(&history, &with, &Anything).step.unwrap();
    assert_eq!(found.after.rung, 1);
    assert!(found.reasons.contains(&Reason::Maintenance { rung: 1 }));
}

#[test]
fn a_week_has_no_more_days_than_the_programme_and_the_same_day_is_one() {
    let history = vec![clean(0, 0), clean(1, 0), clean(2, 0), clean(3, 0)];
    assert_eq!(next(&history, 6), Err(Stop::EnoughThisWeek { days: 4 }));
    assert!(next(&history, 7).is_ok() && next(&history, 3).is_ok());
}

#[test]
fn what_todays_limits_refuse_is_not_offered() {
    use antipode_safety::{Layer, Narrowing, Why};
    let narrow = |deg: i64| {
        let tilt = Some(Angle::clamped(deg * 1_000));
        let to = Narrowing { tilt, ..Narrowing::NONE };
        Limits::hard(Setting::Home).narrow(Layer::Person, Why::NoConsultation, to)
    };
    let check = CheckContext::alone_with_file(Attendance::Spotter);
    let history = two_clean(20, 6);
    let limits = narrow(20);
    let context = Context { limits: &limits, check: &check };
    let found = guide().next(&history, &today(21), &context).step.unwrap();
    assert_eq!(
        (found.after.rung, *found.reasons.last().unwrap()),
        (2, Reason::TodaysLimits { refused: 7 })
    );
    let limits = narrow(14);
    let context = Context { limits: &limits, check: &check };
    assert_eq!(guide().next(&history, &today(21), &context).step, Err(Stop::NothingFits));
}

fn any_session() -> impl Strategy<Value = (i32, u8, u8, u64, bool, Option<u16>, [u8; 3])> {
    (
        1_i32..20,
        0_u8..5,
        0_u8..4,
        0_u64..400,
        any::<bool>(),
        proptest::option::of(0_u16..6),
        [0_u8..11, 0..11, 0..11],
    )
}

proptest! {
    /// Whatever happens, the step offered is of the ladder, and no more than one small change above
    /// the deepest of the last session: angle or time, never both.
    #[test]
    fn no_history_leads_more_than_one_small_step_up(
        sessions in proptest::collection::vec(any_session(), 1..20),
        gap in 0_i32..40,
    ) {
        let guide = guide();
        let (mut history, mut n): (Vec<SessionResult>, i32) = (Vec::new(), 0);
        for (days, end, felt, secs, eased, shortened, [before, after, morning]) in sessions {
            n += days;
            let at = Today { screened_since: true, ..today(n) };
            let Ok(decision) = guide.next(&history, &at, &Anything).step else { continue };
            let (rung, bouts) = (guide.ladder()[decision.after.rung], decision.after.bouts);
            prop_assert!(bouts <= rung.bouts);
            if let Some(before) = decision.before {
                prop_assert!(decision.after.rung <= before + 1);
                prop_assert!(allowed(&guide.plan(decision.after).unwrap(), Setting::Home));
            }
            let mut session = clean(n, decision.after.rung);
            session.end = [End::Completed, End::Finished, End::ByPerson, End::BySymptom, End::ByOthers][usize::from(end)];
            session.symptoms = [Symptom::Nausea].into_iter().filter(|_| felt == 0).collect();
            session.head_down = Millis::from_secs(secs);
            session.eased = eased;
            session.shortened = shortened;
            session.before.leg = Some(before);
            session.after.leg = Some(after);
            session.next_morning.leg = Some(morning);
            history.push(session);
        }
        // Standing still in time never brings more than what is offered now; a gap only less.
        let screened = |n| Today { screened_since: true, ..today(n) };
        let at = |n| guide.next(&history, &screened(n), &Anything).step.map(|d| d.after.rung);
        if let (Ok(soon), Ok(late)) = (at(n), at(n + gap)) && gap >= 14 {
            prop_assert!(late <= soon && late == 0);
        }
    }
}
