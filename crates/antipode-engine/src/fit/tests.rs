use antipode_core::event::{Event, LinkEvent};
use antipode_core::fixture;
use antipode_core::session::TableFacts;
use antipode_device::{Rescue, TableEvent, fixture::table};
use antipode_safety::guard::Envelope;
use antipode_safety::{Angle, Fault, FaultBegan, Millis, Rate, Timestamp};

use super::*;
use crate::core::{EngineCore, Input, SessionLine};

fn config() -> SessionConfig {
    let reference = fixture::config(fixture::plan(1, 30, 60).expand().unwrap());
    let envelope = Envelope { max_rate: Rate::clamped(6_000), ..reference.envelope };
    SessionConfig { envelope, ..reference }
}

#[test]
fn a_table_that_is_what_was_told_fits_and_so_does_one_that_has_more() {
    assert!(fits(&config(), &table()));
    let mut told = config();
    told.table = TableFacts {
        latch_sensors: 0,
        second_angle: false,
        returns_without_host: false,
        hand_control: false,
        rescue_without_power: false,
    };
    assert!(fits(&told, &table()));
}

#[test]
fn a_table_that_lacks_anything_that_the_session_rests_on_does_not_fit() {
    let lacks: [fn(&mut Capabilities); 10] = [
        |table| table.latch_sensors = 1,
        |table| table.second_angle = false,
        |table| table.returns_without_host = false,
        |table| table.hand_control = false,
        |table| table.rescue = Rescue::Crank,
        |table| table.tilt_max = Angle::clamped(29_999),
        |table| table.rates = Rates::Fixed(Rate::clamped(6_001)),
        |table| {
            let slowest = Rate::clamped(100);
            table.rates = Rates::Range { slowest, fastest: Rate::clamped(6_001) };
        },
        |table| table.stop_decel = 7_999,
        |table| table.lease = Millis::new(249),
    ];
    for (number, lack) in lacks.into_iter().enumerate() {
        let mut table = table();
        lack(&mut table);
        assert!(!fits(&config(), &table), "{number}");
    }
}

/// What an engine puts in the journal when these tables answer one after the other.
fn told(tables: &[Capabilities]) -> usize {
    let mut core = EngineCore::new(config());
    let is_mismatch = |line: &&SessionLine| {
        matches!(line, SessionLine::Event(Event::Link(LinkEvent::Mismatch), _))
    };
    let mut told = 0;
    for table in tables {
        let connected = Input::Table(TableEvent::Connected(*table));
        let output = core.poll(Timestamp::ZERO, connected);
        told += output.lines.iter().filter(is_mismatch).count();
    }
    told
}

#[test]
fn the_session_is_told_of_a_table_that_does_not_fit_and_of_one_that_changed() {
    let poor = Capabilities { second_angle: false, ..table() };
    let newer = Capabilities { firmware: 2, ..table() };
    assert_eq!(told(&[table(), table()]), 0);
    assert_eq!(told(&[poor]), 1);
    // Firmware that changes in the midst of a session (H-36).
    assert_eq!(told(&[table(), newer]), 1);
}

#[test]
fn how_a_fault_began_goes_into_the_journal_and_nowhere_else() {
    let mut core = EngineCore::new(config());
    let fault = Fault::OverCurrent;
    let began = FaultBegan { fault, table_ms: 7, tilt: None, current_ma: 9_000, count: 1 };
    let input = Input::Table(TableEvent::FaultBegan(began));
    let steps = core.steps();
    let output = core.poll(Timestamp::ZERO, input);
    let lines: Vec<_> = output.lines.iter().copied().collect();
    assert_eq!(lines, [SessionLine::FaultBegan(began)]);
    assert!(output.commands.is_empty() && output.prompts.is_empty());
    assert_eq!(core.steps(), steps, "no event of the session");
    assert!(core.poll(Timestamp::ZERO, input).lines.is_empty(), "said again");
}
