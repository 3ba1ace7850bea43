//! What a session without a spotter does not begin without.

use antipode_safety::{Angle, Layer, Millis, Narrowing, Switch, Why};

use super::bench::{Bench, config, config_alone, plan};
use crate::event::{Act, Event, Source, StopEvent};
use crate::session::{AfterStopAlone, Company, NotReady, SessionConfig, StateKind};
use crate::step::Prompt;

const AFTER_30_S: AfterStopAlone = AfterStopAlone::ReturnAfter(Millis::from_secs(30));

/// Tries to start with `config` and gives the reason for the refusal; the bed must not move.
fn refusal(config: SessionConfig) -> Option<NotReady> {
    let mut bench = Bench::with(config);
    bench.prepare();
    bench.run(10_000);
    let refused = bench
        .prompts
        .iter()
        .find_map(|(_, prompt)| if let Prompt::NotReady(why) = prompt { Some(*why) } else { None });
    assert_eq!(bench.deepest > -3_000, refused.is_none(), "{refused:?}");
    refused
}

fn alone() -> SessionConfig {
    config_alone(&plan(1, 20, 110), AFTER_30_S)
}

#[test]
fn alone_nothing_begins_with_limits_wider_than_those_of_a_person_alone() {
    assert_eq!(refusal(alone()), None);
    let home = config(&plan(1, 20, 110)).limits;
    let each = [
        Narrowing { tilt: Some(Angle::clamped(20_000)), ..Narrowing::NONE },
        Narrowing { bout_hold: Some(Millis::from_secs(120)), ..Narrowing::NONE },
        Narrowing { day_hold: Some(Millis::from_secs(360)), ..Narrowing::NONE },
    ];
    // All but one of the three are kept.
    for left_out in 0..each.len() {
        let kept = each.iter().enumerate().filter(|(at, _)| *at != left_out);
        let limits = kept.fold(home, |limits, (_, to)| limits.narrow(Layer::Site, Why::Alone, *to));
        let refused = refusal(SessionConfig { limits, ..alone() });
        assert_eq!(refused, Some(NotReady::AloneLimits), "without {left_out}");
    }
    let company = Company::Spotter;
    assert_eq!(refusal(SessionConfig { limits: home, company, ..alone() }), None);
}

#[test]
fn alone_nothing_begins_on_a_table_that_lacks_what_replaces_a_spotter() {
    let spoiled: [fn(&mut SessionConfig); 3] = [
        |config| config.table.returns_without_host = false,
        |config| config.table.latch_sensors = 0,
        |config| {
            config.table.rescue_without_power = false;
            config.company = Company::Alone(AfterStopAlone::Hold);
        },
    ];
    for (at, spoil) in spoiled.into_iter().enumerate() {
        let mut config = alone();
        spoil(&mut config);
        assert_eq!(refusal(config), Some(NotReady::AloneTable), "{at}");
    }
    let mut config = alone();
    config.company = Company::Alone(AfterStopAlone::Hold);
    assert_eq!(refusal(config), None, "it comes up without power");
}

#[test]
fn alone_nothing_begins_without_a_hand_control_that_answers() {
    let mut bench = Bench::with(alone());
    bench.prepare_to_start();
    bench.switches = bench.switches.with(Switch::HandControl, false);
    bench.run(100);
    bench.act(Act::Start);
    assert!(bench.said(Prompt::NotReady(NotReady::NoHandControl)));
    assert_eq!(bench.state(), StateKind::Ready);
}

#[test]
fn alone_the_buttons_are_tried_at_the_hand_control_and_nowhere_else() {
    for source in [Source::Terminal, Source::Network, Source::Signal] {
        let mut bench = Bench::with(alone());
        bench.run(200);
        bench.act(Act::Ok);
        bench.run(200);
        bench.act(Act::Ok);
        bench.run(200);
        assert!(bench.said(Prompt::TryStop), "{:?}", bench.prompts);
        for event in [StopEvent::Pressed, StopEvent::Released, StopEvent::Acknowledged] {
            bench.event(Event::Stop(event, source));
            bench.run(200);
        }
        assert!(!bench.said(Prompt::TryReturn), "{source:?}: {:?}", bench.prompts);
    }
}
