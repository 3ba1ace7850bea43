//! The control loop of the real shell, on a clock of the test's.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use antipode_core::event::{Act, JournalEvent, Source};
use antipode_core::session::{EndCause, Outcome, StateKind};
use antipode_core::step::Prompt;
use antipode_engine::SessionLine;
use antipode_engine::real::{Ended, Handle, JournalPort, MemoryJournal, NotTaken};
use antipode_safety::Timestamp;

use crate::bench::{BEGAN, Bench, Hands, Sent, Shared};
use crate::hands::{config, plan};
use crate::two_shells::help;

const DEEP: i32 = 10_000;

/// Helps, and once the bed is at [`DEEP`] does `then` with the milliseconds since.
fn when_deep(mut then: impl FnMut(u64, &Shared, &Handle) + Send + 'static) -> Hands {
    let mut since = None;
    Box::new(move |scene, handle| {
        let (now, tilt) = {
            let scene = scene.lock();
            (scene.now_ms(), scene.tilt())
        };
        if tilt > DEEP {
            since.get_or_insert(now);
        }
        match since {
            Some(since) => then(now - since, scene, handle),
            None if now > 0 && now.is_multiple_of(500) => help(handle),
            None => {}
        }
    })
}

fn bench(scene: &Shared, hands: Hands) -> Bench {
    let config = config(&plan(1, 20, 60));
    Bench::new(config, scene, scene.open(), Box::new(MemoryJournal::new()), hands)
}

/// What was sent from the first frame of the stop lane that came after `from_ms`.
fn after_stop(scene: &Shared, from_ms: u64) -> Vec<(u64, Sent)> {
    let sent = scene.lock().sent.clone();
    let first = sent.iter().position(|(at, sent)| *at >= from_ms && *sent == Sent::StopLane);
    sent[first.unwrap()..].to_vec()
}

#[test]
fn stop_is_the_next_frame_and_no_motion_follows_it() {
    for source in Source::ALL {
        let scene = Shared::new(5);
        let pressed = Arc::new(AtomicU64::new(0));
        let at = Arc::clone(&pressed);
        let hands = when_deep(move |since, scene, handle| {
            if since == 0 {
                at.store(scene.lock().now_ms(), Ordering::Relaxed);
                handle.stop(source);
            }
            if since == 20 {
                assert_eq!(scene.lock().setpoint(), 0);
                assert_eq!(handle.view().state, StateKind::Stopped);
            }
        });
        let mut bench = bench(&scene, hands);
        assert_eq!(bench.run(60_000), None);
        let sent = after_stop(&scene, pressed.load(Ordering::Relaxed));
        let moved = |sent: Sent| matches!(sent, Sent::Start | Sent::Return { .. } | Sent::Arm);
        assert!(!sent.iter().any(|(_, sent)| moved(*sent)), "{sent:?}");
        assert!(sent.iter().any(|(_, sent)| *sent == Sent::Stop), "the loop repeats it: {sent:?}");
    }
}

#[test]
fn a_stop_between_decision_and_sending_keeps_the_motion_back() {
    let scene = Shared::new(6);
    let pressed = Arc::new(AtomicBool::new(false));
    let once = Arc::clone(&pressed);
    // Pressed exactly when the next renewal of a motion is about to be decided: by the tick, so not
    // while the report of this moment, one in 50 ms, is still on its way to the core.
    let interruption = Box::new(move |scene: &Shared, handle: &Handle| {
        let heard = handle.view().tilt_at.map_or(0, |at| at.since(BEGAN).get());
        let due = {
            let scene = scene.lock();
            let last = scene.sent.iter().rev().find(|(_, sent)| *sent == Sent::Start);
            let renewal = last.is_some_and(|(at, _)| scene.now_ms() >= at + 80);
            scene.tilt() > DEEP && renewal && scene.now_ms() < heard + 50
        };
        if due && !once.swap(true, Ordering::Relaxed) {
            handle.stop(Source::Hand);
        }
    });
    let mut bench = bench(&scene, when_deep(|_, _, _| {})).interrupted(interruption);
    assert_eq!(bench.run(40_000), None);
    assert!(pressed.load(Ordering::Relaxed));
    let sent = after_stop(&scene, 10_000);
    assert!(!sent.iter().any(|(_, sent)| *sent == Sent::Start), "{sent:?}");
    assert!(bench.handle.snapshot().counts.withheld >= 1);
    assert_eq!(bench.handle.view().state, StateKind::Stopped);
}

#[test]
fn full_queues_delay_neither_stop_nor_return() {
    for stop in [true, false] {
        let scene = Shared::new(7);
        let hands = when_deep(move |since, scene, handle| {
            if since == 0 {
                for source in [Source::Network, Source::Terminal] {
                    let flood = || handle.act(Act::SilenceAlarms, source);
                    let refused = (0..1_000).find_map(|_| flood().err());
                    assert_eq!(refused, Some(NotTaken::Full));
                }
                if stop {
                    handle.stop(Source::Network);
                    assert_eq!(scene.lock().sent.last().unwrap().1, Sent::StopLane);
                } else {
                    handle.act(Act::Return, Source::Network).unwrap();
                }
            }
            if since == 20 {
                let wanted = if stop { StateKind::Stopped } else { StateKind::Returning };
                assert_eq!(handle.view().state, wanted);
            }
        });
        let mut bench = bench(&scene, hands);
        assert_eq!(bench.run(40_000), None);
        assert!(bench.handle.view().now.as_millis() > 0);
    }
}

#[test]
fn a_reader_that_never_reads_loses_old_prompts_and_stalls_nothing() {
    let scene = Shared::new(8);
    let hands = when_deep(|since, _, handle| {
        if since < 2_000 {
            // Not taken while running: each gives a prompt.
            handle.act(Act::Start, Source::Terminal).unwrap();
        } else if since.is_multiple_of(500) {
            help(handle);
        }
    });
    let mut bench = bench(&scene, hands);
    let (mut asleep, mut awake) = (bench.handle.prompts(), bench.handle.prompts());
    assert_eq!(bench.run(20_000), None);
    while awake.try_next().is_some() {}
    assert_eq!(bench.run(600_000), Some(Ended::Shutdown));
    let heard: Vec<_> = std::iter::from_fn(|| asleep.try_next()).collect();
    assert!(asleep.missed() >= 100 && heard.len() == 64, "{} {}", asleep.missed(), heard.len());
    assert_eq!(heard.last().unwrap().prompt, Prompt::Done(Outcome::Completed));
    assert!(heard.iter().map(|said| said.at).is_sorted());
}

#[test]
fn a_loop_asked_to_end_stays_while_the_bed_is_head_down() {
    let scene = Shared::new(9);
    let hands = when_deep(|since, _, handle| {
        if since == 0 {
            handle.shutdown();
        }
        if since == 5_000 {
            handle.request_return(Source::Signal);
        }
    });
    let mut bench = bench(&scene, hands);
    let at_deep = {
        assert_eq!(bench.run(33_000), None, "{:?}", bench.handle.view());
        scene.lock().tilt()
    };
    assert!(at_deep > DEEP, "{at_deep}");
    assert_eq!(bench.run(120_000), Some(Ended::Shutdown));
    assert!((-10_000..=0).contains(&scene.lock().tilt()), "{}", scene.lock().tilt());
    assert_eq!(scene.lock().sent.last().unwrap().1, Sent::Disarm);
}

#[test]
fn an_acknowledgement_does_not_reach_a_stop_that_was_pressed_after_it() {
    let scene = Shared::new(10);
    let mut ready_since = None;
    let hands: Hands = Box::new(move |scene, handle| {
        let now = scene.lock().now_ms();
        if handle.view().state == StateKind::Ready {
            ready_since.get_or_insert(now);
        }
        let Some(since) = ready_since.map(|since| now - since) else {
            if now > 0 && now.is_multiple_of(500) {
                help(handle);
            }
            return;
        };
        if since == 0 {
            handle.stop(Source::Terminal);
            scene.lock().sent.clear();
        } else if since == 1_000 {
            handle.release_stop(Source::Terminal);
            handle.acknowledge_stop(Source::Terminal).unwrap();
            handle.stop(Source::Network);
        } else if since == 2_000 {
            assert_eq!(scene.lock().count(Sent::AcknowledgeStop), 0);
            assert_eq!(handle.view().state, StateKind::Stopped);
            handle.acknowledge_stop(Source::Terminal).unwrap();
        }
    });
    let mut bench = bench(&scene, hands);
    assert_eq!(bench.run(10_000), None);
    assert!(scene.lock().count(Sent::AcknowledgeStop) >= 1);
    assert_ne!(bench.handle.view().state, StateKind::Stopped);
}

/// A journal that takes nothing more once `broken` is set.
struct Breaking {
    good: MemoryJournal,
    broken: Arc<AtomicBool>,
}

impl JournalPort for Breaking {
    fn line(&mut self, now: Timestamp, line: &SessionLine) -> bool {
        !self.broken.load(Ordering::Relaxed) && self.good.line(now, line)
    }

    fn poll_answer(&mut self) -> Option<JournalEvent> {
        self.good.poll_answer()
    }
}

#[test]
fn a_journal_that_takes_nothing_brings_the_person_up() {
    let scene = Shared::new(11);
    let broken = Arc::new(AtomicBool::new(false));
    let journal = Breaking { good: MemoryJournal::new(), broken: Arc::clone(&broken) };
    let hands = when_deep(move |since, _, _| broken.store(since >= 1_000, Ordering::Relaxed));
    let config = config(&plan(1, 20, 60));
    let mut bench = Bench::new(config, &scene, scene.open(), Box::new(journal), hands);
    assert_eq!(bench.run(80_000), None);
    assert!((-10_000..=0).contains(&scene.lock().tilt()), "{}", scene.lock().tilt());
    assert_eq!(bench.handle.view().cause, Some(EndCause::JournalLost));
    assert!(bench.handle.snapshot().counts.journal_refused > 0);
}

#[test]
fn a_flood_of_stops_from_the_network_does_not_delay_a_held_return() {
    let scene = Shared::new(12);
    let hands = when_deep(move |since, _, handle| {
        if since == 0 {
            handle.stop(Source::Hand);
            handle.release_stop(Source::Hand);
        }
        if since >= 1_000 {
            handle.stop(Source::Network);
            if since.is_multiple_of(500) {
                handle.act(Act::HoldReturn, Source::Terminal).unwrap();
            }
        }
    });
    let mut bench = bench(&scene, hands);
    // Deep at about 27 s; from there 13 degrees at 3 a second, and the rest for the band's edge.
    assert_eq!(bench.run(40_000), None);
    assert!(scene.lock().tilt() <= 0, "{}", scene.lock().tilt());
    assert_eq!(bench.handle.view().state, StateKind::Stopped);
}

/// A flood that never lets up, and how often it came while the loop did not turn.
fn flooded(flood: impl Fn(&Handle) + Send + 'static) -> (Shared, Bench) {
    /// More often than this between two ticks, the loop never turns again.
    const STARVED: u64 = 10_000;
    let scene = Shared::new(13);
    let since_tick = Arc::new((AtomicU64::new(0), AtomicU64::new(0)));
    let interruption = Box::new(move |scene: &Shared, handle: &Handle| {
        let (count, last) = &*since_tick;
        let ticks = handle.snapshot().ticks;
        if last.swap(ticks, Ordering::Relaxed) != ticks {
            count.store(0, Ordering::Relaxed);
        }
        let count = count.fetch_add(1, Ordering::Relaxed);
        assert!(count < STARVED, "no tick since {} ms", scene.lock().now_ms());
        flood(handle);
    });
    let bench = bench(&scene, Box::new(|_, _| {})).interrupted(interruption);
    (scene, bench)
}

#[test]
fn no_flood_of_any_lane_keeps_the_loop_from_its_tick() {
    type Flood = fn(&Handle);
    let full = |handle: &Handle, act, source| {
        // What finds no room is refused; the flood goes on.
        let taken = handle.act(act, source);
        assert!(matches!(taken, Ok(()) | Err(NotTaken::Full)));
    };
    let floods: [(&str, Flood); 5] = [
        ("stop at the table", |handle| handle.stop(Source::Hand)),
        ("stop from the network", |handle| handle.stop(Source::Network)),
        ("return", |handle| handle.request_return(Source::Signal)),
        ("acts at the table", |_| {}),
        ("acts from the network", |_| {}),
    ];
    for (name, flood) in floods {
        let (scene, mut bench) = flooded(move |handle| {
            flood(handle);
            match name {
                "acts at the table" => full(handle, Act::SilenceAlarms, Source::Terminal),
                "acts from the network" => full(handle, Act::SilenceAlarms, Source::Network),
                _ => {}
            }
        });
        assert_eq!(bench.run(3_000), None, "{name}");
        let ticks = bench.handle.snapshot().ticks;
        assert!(ticks >= 145, "{name}: {ticks}");
        assert!(scene.lock().count(Sent::Heartbeat) >= 30, "{name}");
    }
}

#[test]
fn a_flood_of_acts_at_the_table_does_not_keep_its_readings_out() {
    let (_, mut bench) = flooded(|handle| {
        for _ in 0..80 {
            if handle.act(Act::SilenceAlarms, Source::Terminal).is_err() {
                break;
            }
        }
    });
    assert_eq!(bench.run(3_000), None);
    let view = bench.handle.view();
    assert!(view.now.since(view.tilt_at.unwrap()).get() <= 600, "{view:?}");
}

#[test]
fn a_machine_that_slept_ends_the_session_and_lowers_nobody_any_more() {
    for (slept_ms, over) in [(900, false), (1_000, true), (7_200_000, true)] {
        let scene = Shared::new(14);
        let mut at_waking = None;
        let hands = when_deep(move |since, scene, handle| {
            if since == 0 {
                let mut scene = scene.lock();
                scene.asleep_ms += slept_ms;
                at_waking = Some(scene.count(Sent::Start));
            }
            if since == 1_000 {
                assert_eq!(handle.view().state == StateKind::Returning, over, "{slept_ms}");
                assert_eq!(scene.lock().count(Sent::Start) == at_waking.unwrap(), over);
            }
        });
        let mut bench = bench(&scene, hands);
        assert_eq!(bench.run(50_000), None);
        if over {
            assert_eq!(bench.handle.view().cause, Some(EndCause::HostSuspended));
            assert!((-10_000..=0).contains(&scene.lock().tilt()), "{}", scene.lock().tilt());
        }
    }
}
