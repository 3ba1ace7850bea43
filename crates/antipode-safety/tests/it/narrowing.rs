//! Limits only narrow, in any order.

use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Rate, Setting, Why};
use proptest::prelude::*;

/// What one rule asks for, absurd values included.
fn rule() -> impl Strategy<Value = Narrowing> {
    let angle = || prop::option::of((-200_000_i64..200_000).prop_map(Angle::clamped));
    let rate = || prop::option::of((-9_000_i64..9_000).prop_map(Rate::clamped));
    let time = || prop::option::of((0_u64..2_000_000).prop_map(Millis::new));
    let rates = (rate(), rate(), rate(), rate());
    let times = (time(), time(), time(), time(), time());
    (angle(), rates, times, prop::option::of(any::<u8>())).prop_map(
        |(tilt, (lower, raise, level, back), (hold, bout, session, day_hold, day), bouts)| {
            Narrowing {
                tilt,
                lower_rate: lower,
                raise_rate: raise,
                through_level_rate: level,
                return_rate: back,
                bout_hold: hold,
                bout,
                session,
                day_hold,
                day,
                bouts_per_session: bouts,
            }
        },
    )
}

/// Every limit as a plain number.
fn values(l: &Limits) -> [i64; 11] {
    let time = |ms: Millis| i64::try_from(ms.get()).unwrap_or(i64::MAX);
    [
        l.tilt().value().millideg().into(),
        l.lower_rate().value().millideg_per_s().into(),
        l.raise_rate().value().millideg_per_s().into(),
        l.through_level_rate().value().millideg_per_s().into(),
        l.return_rate().value().millideg_per_s().into(),
        time(l.bout_hold().value()),
        time(l.bout().value()),
        time(l.session().value()),
        time(l.day_hold().value()),
        time(l.day().value()),
        l.bouts_per_session().value().into(),
    ]
}

fn narrowed<'a>(rules: impl IntoIterator<Item = &'a Narrowing>) -> Limits {
    rules.into_iter().fold(Limits::hard(Setting::Clinic), |limits, rule| {
        limits.narrow(Layer::Session, Why::Operator, *rule)
    })
}

proptest! {
    #[test]
    fn no_rule_widens_anything(rules in prop::collection::vec(rule(), 1..6)) {
        let mut limits = Limits::hard(Setting::Clinic);
        for rule in &rules {
            let next = limits.narrow(Layer::Session, Why::Operator, *rule);
            for (before, after) in values(&limits).into_iter().zip(values(&next)) {
                prop_assert!(after <= before);
            }
            limits = next;
        }
        prop_assert!(limits.tilt().value() >= Angle::LEVEL);
        prop_assert!(limits.return_rate().value() >= Rate::clamped(2_000));
        prop_assert!(limits.raise_rate().value() >= Rate::clamped(500));
        prop_assert!(limits.through_level_rate().value() >= Rate::clamped(500));
    }

    #[test]
    fn the_order_of_rules_does_not_matter(
        (rules, shuffled) in prop::collection::vec(rule(), 0..6)
            .prop_flat_map(|rules| (Just(rules.clone()), Just(rules).prop_shuffle())),
    ) {
        prop_assert_eq!(values(&narrowed(&rules)), values(&narrowed(&shuffled)));
    }

    #[test]
    fn a_rule_given_twice_is_given_once(rule in rule()) {
        prop_assert_eq!(narrowed([&rule]), narrowed([&rule, &rule]));
    }

    #[test]
    fn what_a_rule_asks_for_is_what_binds_or_less(rule in rule()) {
        let limits = narrowed([&rule]);
        if let Some(tilt) = rule.tilt {
            prop_assert!(limits.tilt().value() <= tilt.max(Angle::LEVEL));
        }
        if let Some(hold) = rule.bout_hold {
            prop_assert!(limits.bout_hold().value() <= hold);
            prop_assert!(limits.bout().value() <= hold.plus(Millis::from_secs(120)));
        }
        if let Some(bouts) = rule.bouts_per_session {
            prop_assert!(limits.bouts_per_session().value() <= bouts);
        }
    }
}
