use super::*;
use proptest::prelude::*;

const HOUR: u64 = 3_600_000;
const NOON: u64 = 20_000 * 24 * HOUR + 12 * HOUR;

fn wall(unix_ms: u64) -> Wall {
    Wall { unix_ms, offset_s: 0 }
}

fn now(unix_ms: u64) -> Now {
    Now { wall: wall(unix_ms), latest_unix_ms: None }
}

fn stay(from: u64, secs: u64) -> Stay {
    let interval = Interval { from: wall(from), until: wall(from + secs * 1_000) };
    Stay {
        intervals: vec![interval],
        hold: Millis::from_secs(secs),
        head_down: Millis::from_secs(secs),
        weighted: secs * 20_000,
    }
}

fn ledger(stays: &[Stay]) -> Ledger {
    let mut ledger = Ledger::new();
    for (id, stay) in (0..).zip(stays) {
        ledger.enter(id, stay.clone());
    }
    ledger
}

#[test]
fn the_date_and_the_night_both_count_and_the_stricter_decides() {
    let done = ledger(&[stay(NOON, 600)]);
    let ended = NOON + 600_000;
    let used = |at| done.today(now(at)).head_down.whole_secs();
    assert_eq!(used(ended), 600);
    assert_eq!(used(NOON + 12 * HOUR - 1), 600, "the last of the day");
    assert_eq!(used(NOON + 12 * HOUR), 0);
    let late = ledger(&[stay(NOON + 11 * HOUR, 600)]);
    let ended = NOON + 11 * HOUR + 600_000;
    assert_eq!(late.today(now(ended + 8 * HOUR - 1)).sessions, 1, "after midnight, before a night");
    assert_eq!(late.today(now(ended + 8 * HOUR)).sessions, 0);
}

#[test]
fn a_clock_set_back_gives_nothing_back_and_asks_for_the_date() {
    let done = ledger(&[stay(NOON, 1_200)]);
    for back in [0, HOUR, 24 * HOUR, 3_000 * HOUR] {
        let left = done.left(now(NOON - back), &Caps::HARD);
        assert_eq!((left.hold, left.closed), (Millis::ZERO, Some(Closed::DayUsed)));
    }
    let at = |latest| Now { latest_unix_ms: Some(latest), ..now(NOON) };
    assert!(at(NOON + 1).is_behind());
    assert!(!at(NOON).is_behind() && !now(NOON).is_behind());
}

#[test]
fn a_stay_over_midnight_is_of_both_days_and_one_across_a_border_of_both_dates() {
    let over = ledger(&[stay(NOON + 12 * HOUR - 300_000, 600)]);
    assert_eq!(over.today(now(NOON + 24 * HOUR)).sessions, 1);
    let mut there = stay(NOON, 600);
    there.intervals[0].from.offset_s = 13 * 3_600;
    there.intervals[0].until.offset_s = 13 * 3_600;
    // There it was the next day already.
    let done = ledger(&[there]);
    assert_eq!(done.today(now(NOON + 23 * HOUR)).sessions, 1);
    assert_eq!(done.today(now(NOON + 36 * HOUR)).sessions, 0);
    let home = Wall { unix_ms: NOON + 12 * HOUR, offset_s: -11 * 3_600 };
    let here = ledger(&[stay(NOON, 600)]);
    assert_eq!(here.today(Now { wall: home, latest_unix_ms: None }).sessions, 1);
}

#[test]
fn a_week_is_today_and_six_days_and_its_caps_hold() {
    let day = |n: u64| NOON + n * 24 * HOUR;
    let stays: Vec<Stay> = (0..4).map(|n| stay(day(n), 300)).collect();
    let done = ledger(&stays);
    let week = |n| done.week(now(day(n)));
    assert_eq!(
        (week(3).sessions, week(3).other_days, week(3).hold),
        (4, 3, Millis::from_secs(1_200))
    );
    assert_eq!((week(6).sessions, week(7).sessions), (4, 3));
    assert_eq!(week(6).weighted, 4 * 300 * 20_000);
    let caps = Caps::HARD.on_days(4);
    assert_eq!(done.left(now(day(6)), &caps).closed, Some(Closed::DaysThisWeek(4)));
    assert_eq!(done.left(now(day(7)), &caps).closed, None);
    assert_eq!(
        done.left(now(day(3) + HOUR), &caps).closed,
        None,
        "a second time on a day that counts"
    );
    let full = ledger(&(0..7).map(|n| stay(day(n), 60)).collect::<Vec<_>>());
    assert_eq!(full.left(now(day(6)), &Caps::HARD).closed, Some(Closed::SessionsThisWeek(7)));
    let used = ledger(&(0..5).map(|n| stay(day(n), 1_200)).collect::<Vec<_>>());
    assert_eq!(used.left(now(day(5)), &Caps::HARD).closed, Some(Closed::WeekUsed));
    let most = ledger(&(0..4).map(|n| stay(day(n), 1_200)).collect::<Vec<_>>());
    assert_eq!(most.left(now(day(4)), &Caps::HARD).hold, Millis::from_secs(800));
}

#[test]
fn under_a_minute_is_no_session_but_counts() {
    let brief = ledger(&[stay(NOON, 59)]);
    assert_eq!(brief.today(now(NOON)).sessions, 0);
    assert_eq!(brief.left(now(NOON), &Caps::HARD).hold, Millis::from_secs(1_141));
    let two = ledger(&[stay(NOON, 60), stay(NOON + HOUR, 60)]);
    assert_eq!(two.left(now(NOON + HOUR), &Caps::HARD).closed, Some(Closed::SessionsToday(2)));
}

#[test]
fn the_same_stay_twice_counts_once_and_with_the_larger_figures() {
    let mut done = ledger(&[stay(NOON, 300)]);
    done.merge(ledger(&[stay(NOON, 200)]));
    assert_eq!(done.today(now(NOON)).hold, Millis::from_secs(300));
    done.merge(ledger(&[stay(NOON, 400)]));
    assert_eq!(
        (done.today(now(NOON)).hold, done.today(now(NOON)).sessions),
        (Millis::from_secs(400), 1)
    );
}

#[test]
fn what_nobody_can_date_counts_today() {
    let lost = Stay { intervals: Vec::new(), ..stay(NOON, 600) };
    assert_eq!(ledger(&[lost]).today(now(NOON + 9_000 * HOUR)).sessions, 1);
}

#[test]
fn a_day_of_tighter_limits_is_shorter() {
    use antipode_safety::{Layer, Narrowing, Setting, Why};
    let to = Narrowing { day_hold: Some(Millis::from_secs(360)), ..Narrowing::NONE };
    let limits = Limits::hard(Setting::Home).narrow(Layer::Site, Why::Alone, to);
    let caps = Caps::HARD.within(&limits);
    assert_eq!(
        (caps.day_hold, caps.day_head_down),
        (Millis::from_secs(360), Millis::from_secs(660))
    );
    assert_eq!(Caps::HARD.within(&Limits::hard(Setting::Home)), Caps::HARD);
}

/// What happens between two sessions, and how long the next would like to be.
#[derive(Clone, Debug)]
struct Act {
    waits_ms: u64,
    steps_ms: i64,
    offset_s: i32,
    wants_ms: u64,
    restarts: bool,
}

fn act(ahead: bool) -> impl Strategy<Value = Act> {
    let step =
        if ahead { -40 * 24 * 3_600_000_i64..40 * 24 * 3_600_000 } else { -40 * 24 * 3_600_000..1 };
    (
        0..40 * HOUR,
        prop_oneof![3 => Just(0), 1 => step],
        prop_oneof![3 => Just(0), 1 => -43_200..50_400],
        0..3_000_000_u64,
        any::<bool>(),
    )
        .prop_map(|(waits_ms, steps_ms, offset_s, wants_ms, restarts)| Act {
            waits_ms,
            steps_ms,
            offset_s,
            wants_ms,
            restarts,
        })
}

/// Every stay with its true beginning, as long as the ledger lets it be.
fn live(acts: &[Act]) -> Vec<(u64, Stay)> {
    let (mut truth, mut clock) = (0_u64, NOON + 1_000 * 24 * HOUR);
    let (mut done, mut ledger): (Vec<(u64, Stay)>, Ledger) = (Vec::new(), Ledger::new());
    for (id, act) in (0..).zip(acts) {
        truth += act.waits_ms;
        clock = (clock + act.waits_ms).saturating_add_signed(act.steps_ms);
        let at = |unix_ms| Wall { unix_ms, offset_s: act.offset_s };
        let now = Now { wall: at(clock), latest_unix_ms: None };
        let left = ledger.left(now, &Caps::HARD);
        let time = act.wants_ms.min(left.hold.get()).min(left.head_down.get());
        let interval = Interval { from: at(clock), until: at(clock + time) };
        let time_of = Millis::new(time);
        let stay =
            Stay { intervals: vec![interval], hold: time_of, head_down: time_of, weighted: 0 };
        ledger.enter(id, stay.clone());
        if act.restarts {
            let again = ledger.clone();
            ledger.merge(again);
        }
        if time > 0 {
            done.push((truth, stay));
        }
        (truth, clock) = (truth + time, clock + time);
    }
    done
}

proptest! {
    /// By every calendar that a clock showed, no day and no week gets a millisecond more than its
    /// cap, whatever steps the clock makes.
    #[test]
    fn no_date_gets_more_than_its_cap_under_any_steps(acts in proptest::collection::vec(act(true), 1..40)) {
        let done = live(&acts);
        let dates = |stay: &Stay| {
            let Interval { from, until } = stay.intervals[0];
            [from, until].map(|wall| date(wall.unix_ms, wall.offset_s))
        };
        for (_, stay) in &done {
            let day = dates(stay)[0];
            let on = |first: i64| done.iter().filter(move |(_, s)| dates(s).iter().any(|d| (first..=day).contains(d)));
            let sum = |first| on(first).map(|(_, s)| s.hold.get()).sum::<u64>();
            prop_assert!(sum(day) <= Caps::HARD.day_hold.get());
            prop_assert!(sum(day - 6) <= Caps::HARD.week_hold.get());
            let sessions = on(day).filter(|(_, s)| s.is_session()).count();
            prop_assert!(sessions <= usize::from(Caps::HARD.sessions_per_day));
        }
    }

    /// In true time: where clocks are only ever set back, any eight hours keep to a day's cap.
    #[test]
    fn no_true_night_gets_more_than_a_days_cap_where_clocks_go_back(acts in proptest::collection::vec(act(false), 1..40)) {
        let done = live(&acts);
        for (end, last) in &done {
            let until = end + last.hold.get();
            let since = until.saturating_sub(APART.get());
            let sum: u64 = done.iter().filter(|(from, _)| (since..=*end).contains(from)).map(|(_, s)| s.hold.get()).sum();
            prop_assert!(sum <= Caps::HARD.day_hold.get(), "{sum}");
        }
    }

    /// Setting a clock back never leaves more.
    #[test]
    fn an_earlier_now_never_leaves_more(acts in proptest::collection::vec(act(true), 1..30), at in 0..100 * 24 * HOUR, back in 0..100 * 24 * HOUR) {
        let mut all = Ledger::new();
        for (id, (_, stay)) in (0..).zip(live(&acts)) {
            all.enter(id, stay);
        }
        let then = NOON + 1_000 * 24 * HOUR + at;
        let (late, early) = (all.left(now(then), &Caps::HARD), all.left(now(then - back), &Caps::HARD));
        prop_assert!(early.hold <= late.hold && early.head_down <= late.head_down);
    }
}
