//! What is looked after in every state.

use antipode_safety::{Fault, FaultSet};

use super::bench::Bench;
use super::react::hold;
use crate::alarm::AlarmCause;
use crate::event::Act;
use crate::session::StateKind;
use crate::step::{Prompt, Record};

/// When the alarm was called out again, and how often that made it.
fn calls(bench: &Bench) -> Vec<(u64, u16)> {
    let mut calls = Vec::new();
    for (at, prompt) in &bench.prompts {
        if let Prompt::AlarmAgain { times, .. } = prompt {
            calls.push((*at, *times));
        }
    }
    calls
}

fn raised(bench: &Bench, cause: AlarmCause) -> Option<u64> {
    bench.records.iter().find(|(_, record)| *record == Record::Alarm(cause)).map(|(at, _)| *at)
}

#[test]
fn an_alarm_nobody_acknowledges_is_called_out_every_fifteen_seconds_after_the_session_too() {
    let mut bench = hold();
    bench.faults = FaultSet::NONE.with(Fault::HotSoft, true);
    bench.run(300_000);
    assert_eq!(bench.state(), StateKind::Finished);
    // A table that says nothing any more wakes nobody: the session asks to be called itself.
    bench.silent = true;
    bench.run(300_000);
    let from = raised(&bench, AlarmCause::Hot).unwrap();
    let calls = calls(&bench);
    assert!(calls.len() >= 39, "{calls:?}");
    for (index, (at, times)) in calls.iter().enumerate() {
        let number = index as u64 + 1;
        assert_eq!(u64::from(*times), number);
        let (due, late) = (from + number * 15_000, 20 * number);
        assert!((due..=due + late).contains(at), "{number}: {at} and not {due}");
    }
    bench.act(Act::AcknowledgeAlarms);
    let prompts = bench.prompts.len();
    bench.run(120_000);
    assert_eq!(bench.prompts.len(), prompts, "{:?}", bench.prompts.last());
}

#[test]
fn the_record_keeps_the_calls_of_a_night_in_a_few_lines() {
    let mut bench = hold();
    bench.faults = FaultSet::NONE.with(Fault::HotSoft, true);
    bench.run(4 * 3_600_000);
    let mut times = Vec::new();
    for (_, record) in &bench.records {
        if let Record::AlarmAgain(AlarmCause::Hot, called) = record {
            times.push(*called);
        }
    }
    assert_eq!(times, [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]);
}
