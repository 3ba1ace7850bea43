use super::*;
use crate::ledger::{Caps, Ledger, Now, Wall};
use std::collections::BTreeSet;

const AT: Wall = Wall { unix_ms: 1_750_000_000_000, offset_s: 0 };
const WHEN: Interval = Interval { from: AT, until: AT };
const MINUTES: Millis = Millis::from_secs(600);

fn logged(activity: Activity) -> Logged {
    Logged::new(activity, WHEN, MINUTES, Some("Ms Hall, physiotherapist")).unwrap()
}

#[test]
fn traction_without_a_supervisors_name_does_not_exist() {
    let traction = |name| Logged::new(Activity::ClinicTraction, WHEN, MINUTES, name);
    assert_eq!(traction(None), Err(ActivityFinding::NoSupervisor));
    assert_eq!(traction(Some("  ")), Err(ActivityFinding::NoSupervisor));
    assert_eq!(traction(Some(" Ms Hall ")).unwrap().supervisor(), Some("Ms Hall"));
    assert!(Logged::new(Activity::BarHang, WHEN, MINUTES, None).is_ok());
}

#[test]
fn an_activity_takes_some_time_and_no_more_than_a_day() {
    let hang = |ms| Logged::new(Activity::BarHang, WHEN, Millis::new(ms), None).map(|_| ());
    assert_eq!(hang(0), Err(ActivityFinding::NoTime));
    assert_eq!((hang(1), hang(86_400_000)), (Ok(()), Ok(())));
    assert_eq!(hang(86_400_001), Err(ActivityFinding::TooLong));
}

#[test]
fn what_unloads_counts_for_the_day_and_what_does_not_leaves_it() {
    for activity in Activity::ALL {
        let mut ledger = Ledger::new();
        if let Some(stay) = logged(activity).stay() {
            ledger.enter(1, stay);
        }
        let used = ledger.today(Now { wall: AT, latest_unix_ms: None });
        let unloads = activity.unloads();
        assert_eq!(used.hold, if unloads { MINUTES } else { Millis::ZERO }, "{activity:?}");
        assert_eq!(used.sessions, u16::from(unloads), "{activity:?}");
        let boots = activity == Activity::GravityBoots;
        assert_eq!(used.head_down, if boots { MINUTES } else { Millis::ZERO }, "{activity:?}");
        assert_eq!(used.weighted, if boots { 90 * 600_000 } else { 0 }, "{activity:?}");
        let left = ledger.left(Now { wall: AT, latest_unix_ms: None }, &Caps::HARD);
        assert_eq!(left.hold, Caps::HARD.day_hold.less(used.hold), "{activity:?}");
    }
}

#[test]
fn every_activity_asks_for_warning_signs_first_and_is_told_something() {
    let keys: BTreeSet<&str> = Activity::ALL.iter().map(|activity| activity.key()).collect();
    assert_eq!(keys.len(), Activity::ALL.len());
    let asked: BTreeSet<&str> = Question::ALL.iter().map(|question| question.key()).collect();
    assert_eq!(asked.len(), Question::ALL.len());
    for activity in Activity::ALL {
        assert_eq!(activity.questions()[0], Question::RedFlag);
        let counts = activity.guidance().contains(&Guidance::CountsToday);
        assert_eq!(counts, activity.unloads(), "{activity:?}");
        assert!(activity.guidance().iter().all(|told| told.key().len() > 5));
    }
    for question in Question::ALL {
        assert!(Activity::ALL.iter().any(|of| of.questions().contains(&question)), "{question:?}");
    }
    assert!(Activity::GravityBoots.questions().contains(&Question::TableClosed));
}
