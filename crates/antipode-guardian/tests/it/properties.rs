//! Whatever hosts and drives say.

use antipode_guardian::{Order, Request};
use antipode_safety::Rate;
use proptest::prelude::*;

use crate::bench::{Bench, back, to};

#[derive(Clone, Debug)]
enum Act {
    Target(i32, i64),
    Return,
    Clear,
    Arm,
    Greet,
    Host(Vec<u8>),
    Drive(Vec<u8>),
    Run(u64),
    Hang(u64),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        4 => (-20_000i32..70_000, 0i64..6_000).prop_map(|(tilt, rate)| Act::Target(tilt, rate)),
        1 => Just(Act::Return),
        1 => Just(Act::Clear),
        1 => Just(Act::Arm),
        1 => Just(Act::Greet),
        1 => proptest::collection::vec(any::<u8>(), 0..40).prop_map(Act::Host),
        1 => proptest::collection::vec(any::<u8>(), 1..2).prop_map(Act::Drive),
        1 => Just(Act::Drive(vec![0])),
        4 => (1u64..400).prop_map(Act::Run),
        1 => (1u64..1_000).prop_map(Act::Hang),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// No order points more head-down than the bed stands without a lease of the armed session.
    #[test]
    fn nothing_points_head_down_without_a_lease(acts in proptest::collection::vec(act(), 1..60)) {
        let mut bench = Bench::armed();
        for act in acts {
            match act {
                Act::Target(tilt, rate) => { bench.say_unanswered(to(tilt, Rate::clamped(rate))); }
                Act::Return => { bench.say_unanswered(back()); }
                Act::Clear => { bench.say_unanswered(crate::rules::clear_all()); }
                Act::Arm => { bench.say_unanswered(bench.arming()); }
                Act::Greet => bench.say_unanswered(crate::bench::HELLO),
                Act::Host(bytes) => bench.guardian.hear(bench.now, &bytes),
                Act::Drive(bytes) => bench.guardian.drive_said(bench.now, &bytes),
                Act::Hang(ms) => bench.run(ms, false),
                Act::Run(ms) => {
                    for _ in 0..ms / 5 {
                        let from = bench.with(|device| device.orders.len());
                        bench.run(5, true);
                        let seen = bench.guardian.inspect();
                        let leased = seen.lease_ms_left > 0
                            && matches!(seen.request, Request::Target | Request::Jog);
                        let down = bench.with(|device| {
                            let new = device.orders.get(from..).unwrap_or_default();
                            new.iter().any(|(_, order)| matches!(order, Order::Speed(1..)))
                        });
                        prop_assert!(!down || (leased && seen.armed), "{seen:?}");
                    }
                }
            }
        }
    }
}
