//! Whole sessions on a table that measures one angle, with an inclinometer beside it that feels the
//! same plant: what the session does when the two part. Judged on the true tilt.

use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use antipode_core::alarm::AlarmCause;
use antipode_core::session::{EndCause, Outcome, StateKind};
use antipode_device::{
    Beside, LinkLoss, OpenTable, Sensor, SensorCapabilities, SensorError, SensorEvent, TiltReading,
};
use antipode_engine::real::{Ended, Handle, MemoryJournal};
use antipode_safety::{Angle, Millis};
use async_trait::async_trait;

use crate::bench::{BEGAN, Bench, Shared};
use crate::hands::{config, plan};
use crate::two_shells::help;

/// From here on something goes wrong.
const DEEP: i32 = 10_000;

/// How the inclinometer fares.
#[derive(Clone, Copy, Debug, Default)]
struct Fate {
    /// It turns on the bed by this much each time it speaks, up to 8 degrees.
    turning: i32,
    turned: i32,
    /// It is unplugged.
    gone: bool,
    /// One of so many of its readings is not believed.
    doubted: u32,
}

/// An inclinometer that feels the bed of a scene and speaks 50 times a second.
struct Inclinometer {
    scene: Shared,
    fate: Arc<Mutex<Fate>>,
    next_ms: u64,
    seq: u32,
    told: bool,
}

impl Inclinometer {
    fn word(&mut self) -> Option<SensorEvent> {
        let now_ms = self.scene.lock().now_ms();
        if now_ms < self.next_ms {
            return None;
        }
        self.next_ms = now_ms + 20;
        let mut fate = self.fate.lock().unwrap();
        if fate.gone {
            let first = !std::mem::replace(&mut self.told, true);
            return first.then_some(SensorEvent::Lost(LinkLoss::HungUp));
        }
        fate.turned = (fate.turned + fate.turning).min(8_000);
        self.seq += 1;
        let doubted = fate.doubted > 0 && self.seq.is_multiple_of(fate.doubted);
        let tilt = Angle::clamped(i64::from(self.scene.lock().tilt() + fate.turned));
        let at = BEGAN.plus(Millis::new(now_ms));
        Some(SensorEvent::Tilt(TiltReading { at, seq: self.seq, tilt: (!doubted).then_some(tilt) }))
    }
}

#[async_trait]
impl Sensor for Inclinometer {
    fn capabilities(&self) -> SensorCapabilities {
        SensorCapabilities {
            simulated: true,
            tilt: true,
            heart_rate: false,
            oxygen_saturation: false,
            blood_pressure: false,
            report_every: Some(Millis::new(20)),
            serial: None,
        }
    }

    async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
        // The clock wakes the loop when the world has run on.
        poll_fn(|_| self.word().map_or(Poll::Pending, |word| Poll::Ready(Ok(word)))).await
    }
}

/// What was seen of a session.
#[derive(Debug, Default)]
struct Seen {
    alarms: Vec<AlarmCause>,
    /// The states since it was deep, each with the true tilt at its beginning and why.
    states: Vec<(StateKind, i32, Option<EndCause>)>,
    /// True tilt at which the command to go down ended.
    found: Option<i32>,
    deepest_since: i32,
    fastest_home: i32,
    last: Option<(u64, i32)>,
}

impl Seen {
    fn note(&mut self, scene: &Shared, handle: &Handle, deep: bool) {
        let (now, tilt) = {
            let scene = scene.lock();
            (scene.now_ms(), scene.tilt())
        };
        let view = handle.view();
        self.alarms.extend(
            view.alarms.causes().filter(|cause| !self.alarms.contains(cause)).collect::<Vec<_>>(),
        );
        if !deep {
            return;
        }
        if self.states.last().is_none_or(|(state, ..)| *state != view.state) {
            self.states.push((view.state, tilt, view.cause));
        }
        if view.state != StateKind::Running {
            let found = *self.found.get_or_insert(tilt);
            self.deepest_since = self.deepest_since.max(tilt).max(found);
            if let Some((before, was)) = self.last.filter(|(before, _)| now >= before + 1_000) {
                let passed = i32::try_from(now - before).unwrap();
                self.fastest_home = self.fastest_home.max((was - tilt) * 1_000 / passed);
                self.last = Some((now, tilt));
            }
            self.last = self.last.or(Some((now, tilt)));
        }
    }
}

/// A session of which the inclinometer fares as `fate` says from [`DEEP`] on, as far as `until_ms`.
fn session(before: Fate, fate: Fate, until_ms: u64) -> (Seen, i32, Bench, Option<Ended>) {
    let scene = Shared::with_one_angle(1);
    let (table, stopper) = scene.open();
    let shared = Arc::new(Mutex::new(before));
    let sensor = Inclinometer {
        scene: scene.clone(),
        fate: Arc::clone(&shared),
        next_ms: 0,
        seq: 0,
        told: false,
    };
    let open: OpenTable = (Box::new(Beside::new(table, Box::new(sensor)).unwrap()), stopper);
    let seen = Arc::new(Mutex::new(Seen::default()));
    let (noting, mut deep) = (Arc::clone(&seen), false);
    let hands = Box::new(move |scene: &Shared, handle: &Handle| {
        let (now_ms, tilt) = {
            let scene = scene.lock();
            (scene.now_ms(), scene.tilt())
        };
        if tilt > DEEP && !deep {
            deep = true;
            *shared.lock().unwrap() = fate;
        }
        noting.lock().unwrap().note(scene, handle, deep);
        if now_ms.is_multiple_of(500) {
            help(handle);
        }
    });
    let config = config(&plan(1, 20, 60));
    let mut bench = Bench::new(config, &scene, open, Box::new(MemoryJournal::new()), hands);
    let ended = bench.run(until_ms);
    let seen = std::mem::take(&mut *seen.lock().unwrap());
    let tilt = scene.lock().tilt();
    (seen, tilt, bench, ended)
}

#[test]
fn an_inclinometer_beside_the_table_counts_as_its_second_angle_for_a_whole_session() {
    // One reading in ten is not believed, which is no lost sensor.
    let fate = Fate { doubted: 10, ..Fate::default() };
    let (seen, tilt, bench, ended) = session(fate, fate, 1_500_000);
    assert_eq!(ended, Some(Ended::Shutdown), "{seen:?}");
    assert_eq!(bench.handle.view().outcome, Some(Outcome::Completed), "{seen:?}");
    assert!(seen.alarms.is_empty(), "{:?}", seen.alarms);
    assert!((-10_000..=0).contains(&tilt), "{tilt}");
}

#[test]
fn an_inclinometer_that_turns_on_the_bed_ends_the_descent_and_the_bed_creeps_home() {
    // It comes loose at 5 degrees a second.
    let loose = Fate { turning: 100, ..Fate::default() };
    let (seen, tilt, _, _) = session(Fate::default(), loose, 180_000);
    let found = seen.found.expect("it was found out");
    // 8 degrees take 1.6 s at 1.5 degrees a second of the bed: warned at 3, ended at 5 and 300 ms.
    assert!(found <= DEEP + 3_500, "{seen:?}");
    for cause in [AlarmCause::AnglesDrift, AlarmCause::AnglesDisagree] {
        assert!(seen.alarms.contains(&cause), "{cause:?}: {seen:?}");
    }
    // The guard permits no lowering beyond 5 degrees at once, before the 300 ms are over.
    let [running, home, ..] = *seen.states else { panic!("{seen:?}") };
    assert_eq!((running.0, home.0), (StateKind::Running, StateKind::Returning), "{seen:?}");
    assert!(seen.deepest_since <= found + 1_000, "{seen:?}");
    assert!(seen.fastest_home <= 1_250, "it creeps: {seen:?}");
    assert!(tilt <= 0, "{tilt}: {seen:?}");
}

#[test]
fn an_inclinometer_that_is_unplugged_ends_the_descent_and_the_bed_comes_home() {
    let gone = Fate { gone: true, ..Fate::default() };
    let (seen, tilt, _, _) = session(Fate::default(), gone, 180_000);
    let found = seen.found.expect("it was missed");
    // Within a few reports at 1.5 degrees a second.
    assert!(found <= DEEP + 1_000, "{seen:?}");
    let [running, home, ..] = *seen.states else { panic!("{seen:?}") };
    assert_eq!(running.0, StateKind::Running);
    assert_eq!((home.0, home.2), (StateKind::Returning, Some(EndCause::AngleLost)), "{seen:?}");
    assert!(seen.deepest_since <= found + 1_000, "{seen:?}");
    assert!(tilt <= 0, "{tilt}: {seen:?}");
}
