//! The two shells run the same session the same way.

use antipode_core::event::{Source, StopEvent};
use antipode_core::session::{Outcome, StateKind};
use antipode_core::step::Record;
use antipode_engine::SessionLine;
use antipode_engine::real::{Ended, Handle, MemoryJournal};

use crate::bench::{BEGAN, Bench, Hands, Shared};
use crate::hands::{Deed, Run, answer, config, plan};

/// Answers as [`Run`] does, and ends the engine once the session is over.
pub(crate) fn willing() -> Hands {
    Box::new(|scene: &Shared, handle: &Handle| {
        let now_ms = scene.lock().now_ms();
        if now_ms > 0 && now_ms.is_multiple_of(500) {
            help(handle);
        }
    })
}

pub(crate) fn help(handle: &Handle) {
    let view = handle.view();
    for deed in answer(&view) {
        match deed {
            Deed::Act(act) => handle.act(act, Source::Terminal).unwrap(),
            Deed::Stop(StopEvent::Pressed) => handle.stop(Source::Terminal),
            Deed::Stop(StopEvent::Released) => handle.release_stop(Source::Terminal),
            Deed::Stop(StopEvent::Acknowledged) => {
                handle.acknowledge_stop(Source::Terminal).unwrap();
            }
        }
    }
    if view.state == StateKind::Finished {
        handle.shutdown();
    }
}

fn records(journal: &MemoryJournal) -> Vec<(u64, Record)> {
    journal
        .lines()
        .into_iter()
        .filter_map(|(at, line)| match line {
            SessionLine::Record(record) => Some((at.since(BEGAN).get(), record)),
            SessionLine::Event(..) | SessionLine::FaultBegan(_) => None,
        })
        .collect()
}

#[test]
fn both_shells_give_the_same_timeline() {
    for seed in 1..=3 {
        let plan = plan(2, 20, 60);
        let mut virtual_run = Run::new(&plan, seed);
        virtual_run.until(1_500, |run| run.state() == StateKind::Finished);

        let (scene, journal) = (Shared::new(seed), MemoryJournal::new());
        let mut bench =
            Bench::new(config(&plan), &scene, scene.open(), Box::new(journal.clone()), willing());
        assert_eq!(bench.run(1_500_000), Some(Ended::Shutdown), "{:?}", bench.handle.view());

        let real = records(&journal);
        let virt: Vec<(u64, Record)> = virtual_run
            .notes
            .lines
            .iter()
            .filter_map(|(at, line)| match line {
                SessionLine::Record(record) => Some((*at, *record)),
                SessionLine::Event(..) | SessionLine::FaultBegan(_) => None,
            })
            .collect();
        let what = |lines: &[(u64, Record)]| lines.iter().map(|(_, r)| *r).collect::<Vec<_>>();
        assert_eq!(what(&real), what(&virt), "seed {seed}");
        // One tick and one report of the table.
        for ((real_at, record), (virt_at, _)) in real.iter().zip(&virt) {
            assert!(real_at.abs_diff(*virt_at) <= 70, "{record:?} at {real_at} and {virt_at}");
        }
        assert_eq!(bench.handle.view().outcome, Some(Outcome::Completed));
        assert!((-10_000..=0).contains(&scene.lock().tilt()));
    }
}
