use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use antipode_safety::{DriveState, FaultSet, Latches, Rate, Reading, Switches};

use super::*;
use crate::{LinkLoss, Rates, SensorCapabilities, VitalsReading, fixture};

/// What a table or sensor says next, and what it was told; `None` once it is gone.
type Queue<T> = Arc<Mutex<Option<VecDeque<T>>>>;

fn queue<T>() -> Queue<T> {
    Arc::new(Mutex::new(Some(VecDeque::new())))
}

async fn take<T>(queue: &Queue<T>) -> Option<T> {
    std::future::poll_fn(|_| match queue.lock().unwrap().as_mut() {
        Some(events) => events.pop_front().map_or(Poll::Pending, |event| Poll::Ready(Some(event))),
        None => Poll::Ready(None),
    })
    .await
}

struct FakeTable {
    stated: Capabilities,
    events: Queue<TableEvent>,
    told: Arc<Mutex<Vec<&'static str>>>,
}

impl FakeTable {
    fn told(&self, what: &'static str) -> Result<(), TableError> {
        self.told.lock().unwrap().push(what);
        Ok(())
    }
}

#[async_trait]
impl Table for FakeTable {
    fn capabilities(&self) -> Capabilities {
        self.stated
    }
    async fn arm(&mut self) -> Result<(), TableError> {
        self.told("arm")
    }
    async fn disarm(&mut self) -> Result<(), TableError> {
        self.told("disarm")
    }
    async fn start(&mut self, _: CommandId, _: Permit) -> Result<(), TableError> {
        self.told("start")
    }
    async fn halt(&mut self) -> Result<(), TableError> {
        self.told("halt")
    }
    async fn return_to_rest(&mut self, _: ReturnMotion) -> Result<(), TableError> {
        self.told("return")
    }
    async fn stop(&mut self) -> Result<(), TableError> {
        self.told("stop")
    }
    async fn heartbeat(&mut self) -> Result<(), TableError> {
        self.told("heartbeat")
    }
    async fn acknowledge_stop(&mut self) -> Result<(), TableError> {
        self.told("acknowledge")
    }
    async fn clear_faults(&mut self, _: FaultSet) -> Result<(), TableError> {
        self.told("clear")
    }
    async fn next_event(&mut self) -> Result<TableEvent, TableError> {
        let gone = TableError::Lost { loss: LinkLoss::HungUp, doing: "waiting" };
        take(&self.events).await.ok_or(gone)
    }
}

struct FakeSensor {
    measures: SensorCapabilities,
    words: Queue<SensorEvent>,
}

#[async_trait]
impl Sensor for FakeSensor {
    fn capabilities(&self) -> SensorCapabilities {
        self.measures.clone()
    }
    async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
        let gone = SensorError::Gone { driver: "fake", address: String::new() };
        take(&self.words).await.ok_or(gone)
    }
}

fn measures() -> SensorCapabilities {
    SensorCapabilities {
        simulated: false,
        tilt: true,
        heart_rate: false,
        oxygen_saturation: false,
        blood_pressure: false,
        report_every: Some(Millis::new(20)),
        serial: None,
    }
}

fn one_angle() -> Capabilities {
    Capabilities { second_angle: false, simulated: false, ..fixture::table() }
}

/// A table with a sensor beside it, and the other ends of both.
struct Bench {
    beside: Beside,
    events: Queue<TableEvent>,
    words: Queue<SensorEvent>,
    told: Arc<Mutex<Vec<&'static str>>>,
}

impl Bench {
    fn new() -> Self {
        Self::of(one_angle(), measures()).unwrap()
    }

    fn of(stated: Capabilities, measures: SensorCapabilities) -> Result<Self, NotBeside> {
        let (events, words) = (queue(), queue());
        let told = Arc::new(Mutex::new(Vec::new()));
        let table = FakeTable { stated, events: Arc::clone(&events), told: Arc::clone(&told) };
        let sensor = FakeSensor { measures, words: Arc::clone(&words) };
        let beside =
            Beside::new(Box::new(table), Box::new(sensor)).map_err(|refused| refused.why)?;
        Ok(Self { beside, events, words, told })
    }

    fn table_says(&self, event: TableEvent) {
        self.events.lock().unwrap().as_mut().unwrap().push_back(event);
    }

    fn sensor_says(&self, word: SensorEvent) {
        self.words.lock().unwrap().as_mut().unwrap().push_back(word);
    }

    /// The sensor measures `millideg` at `ms`.
    fn tilt(&self, ms: u64, millideg: i32) {
        self.sensor_says(sensed(ms, Angle::from_millideg(millideg)));
    }

    /// The next event; `None` while there is none.
    fn next(&mut self) -> Option<Result<TableEvent, TableError>> {
        once(self.beside.next_event())
    }

    /// The second angle of a reading that the table gives at `ms`, in millidegrees.
    fn second_at(&mut self, ms: u64) -> Option<i32> {
        self.table_says(TableEvent::Reading(reading(ms)));
        let Some(Ok(TableEvent::Reading(seen))) = self.next() else { panic!("no reading") };
        assert_eq!(seen.tilt, reading(ms).tilt, "the table's own angle stays as it is");
        seen.tilt_second.map(Angle::millideg)
    }
}

/// Polls once, then drops the future.
fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn at(ms: u64) -> Timestamp {
    Timestamp::from_millis(ms)
}

fn sensed(ms: u64, tilt: Option<Angle>) -> SensorEvent {
    let seq = u32::try_from(ms).unwrap();
    SensorEvent::Tilt(TiltReading { at: at(ms), seq, tilt })
}

fn reading(ms: u64) -> Reading {
    Reading {
        at: at(ms),
        seq: 1,
        table_ms: 1,
        tilt: Angle::from_deg(7),
        tilt_second: None,
        rate: Rate::ZERO,
        drive: DriveState::Disarmed,
        latches: Latches { fitted: 0, first_closed: false, second_closed: false },
        switches: Switches::NONE,
        faults: FaultSet::NONE,
        accepted: 0,
        current_ma: 0,
        supply_mv: 24_000,
        temperature_c: 20,
    }
}

#[test]
fn a_reading_carries_the_newest_tilt_that_was_measured_by_then() {
    let mut bench = Bench::new();
    for (ms, tilt) in [(980, 1_000), (1_000, 2_000), (1_020, 3_000), (1_040, 4_000)] {
        bench.tilt(ms, tilt);
    }
    assert_eq!(bench.second_at(1_020), Some(3_000));
    // A reading that waited in its queue gets the angle of its own moment, not of this one.
    assert_eq!(bench.second_at(1_010), Some(2_000));
    assert_eq!(bench.second_at(1_060), Some(4_000));
}

#[test]
fn a_tilt_that_is_too_old_is_none_and_never_the_last_one_again() {
    let mut bench = Bench::new();
    bench.tilt(1_000, 2_000);
    assert_eq!(bench.second_at(1_000 + BESIDE_AGE.get()), Some(2_000));
    assert_eq!(bench.second_at(1_001 + BESIDE_AGE.get()), None);
    assert_eq!(bench.second_at(60_000), None);
    bench.tilt(60_010, 5_000);
    assert_eq!(bench.second_at(60_020), Some(5_000));
}

#[test]
fn a_sensor_that_speaks_and_is_not_believed_is_forgiven_no_longer_than_its_last_angle_is_young() {
    let mut bench = Bench::new();
    bench.tilt(1_000, 2_000);
    for ms in (1_020..=1_140).step_by(20) {
        bench.sensor_says(sensed(ms, None));
        assert_eq!(bench.second_at(ms), Some(2_000), "{ms}");
    }
    bench.sensor_says(sensed(1_160, None));
    assert_eq!(bench.second_at(1_160), None);
}

#[test]
fn a_lost_sensor_leaves_no_angle_behind_and_comes_back_with_a_new_one() {
    for loss in [LinkLoss::HungUp, LinkLoss::Silent, LinkLoss::Garbled] {
        let mut bench = Bench::new();
        bench.tilt(1_000, 2_000);
        assert_eq!(bench.second_at(1_001), Some(2_000));
        bench.sensor_says(SensorEvent::Lost(loss));
        assert_eq!(bench.second_at(1_002), None, "{loss:?}");
        bench.tilt(1_010, 3_000);
        assert_eq!(bench.second_at(1_011), Some(3_000));
    }
}

#[test]
fn a_driver_that_ended_leaves_no_angle_behind_and_a_table_that_works() {
    let mut bench = Bench::new();
    bench.tilt(1_000, 2_000);
    assert_eq!(bench.second_at(1_001), Some(2_000));
    *bench.words.lock().unwrap() = None;
    assert_eq!(bench.second_at(1_002), None);
    assert_eq!(bench.second_at(1_003), None);
    assert!(bench.next().is_none(), "it waits for the table and does not spin");
    *bench.events.lock().unwrap() = None;
    assert!(matches!(bench.next(), Some(Err(TableError::Lost { .. }))));
}

#[test]
fn angles_that_go_back_in_time_are_dropped() {
    let mut bench = Bench::new();
    bench.tilt(1_000, 2_000);
    bench.tilt(900, 9_000);
    assert_eq!(bench.second_at(950), None);
    assert_eq!(bench.second_at(1_000), Some(2_000));
}

/// Says something whenever it is asked.
struct Endless(u64);

#[async_trait]
impl Sensor for Endless {
    fn capabilities(&self) -> SensorCapabilities {
        measures()
    }
    async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
        self.0 += 1;
        assert!(self.0 < 10_000, "the table was never asked");
        Ok(sensed(self.0, Some(Angle::LEVEL)))
    }
}

#[test]
fn a_sensor_that_never_falls_silent_does_not_keep_the_table_from_being_heard() {
    let Bench { events, .. } = Bench::new();
    let told = Arc::default();
    let table = FakeTable { stated: one_angle(), events: Arc::clone(&events), told };
    let mut beside = Beside::new(Box::new(table), Box::new(Endless(0))).unwrap();
    events.lock().unwrap().as_mut().unwrap().push_back(TableEvent::Armed);
    let heard = once(beside.next_event());
    assert!(matches!(heard, Some(Ok(TableEvent::Armed))), "{heard:?}");
}

#[test]
fn a_second_angle_is_stated_and_only_where_the_table_has_none() {
    let mut bench = Bench::new();
    assert!(bench.beside.capabilities().second_angle);
    bench.table_says(TableEvent::Connected(one_angle()));
    let Some(Ok(TableEvent::Connected(stated))) = bench.next() else { panic!() };
    assert_eq!(stated, Capabilities { second_angle: true, ..one_angle() });
    // A table that came back with a sensor of its own: two are not mixed into one source.
    let two = Capabilities { second_angle: true, ..one_angle() };
    bench.table_says(TableEvent::Connected(two));
    assert!(bench.next().is_some());
    bench.tilt(1_000, 2_000);
    assert_eq!(bench.second_at(1_001), None);
}

#[test]
fn a_sensor_that_would_be_of_no_use_is_refused() {
    let two = Capabilities { second_angle: true, ..one_angle() };
    let simulated = SensorCapabilities { simulated: true, ..measures() };
    let slow = |ms| SensorCapabilities { report_every: Some(Millis::new(ms)), ..measures() };
    for (stated, sensor, why) in [
        (two, measures(), Some(NotBeside::TableHasTwo)),
        (one_angle(), SensorCapabilities { tilt: false, ..measures() }, Some(NotBeside::NoTilt)),
        (one_angle(), simulated.clone(), Some(NotBeside::SimulatedSensor)),
        (Capabilities { simulated: true, ..one_angle() }, simulated, None),
        (one_angle(), slow(150), None),
        (one_angle(), slow(151), Some(NotBeside::Slow { every: 151 })),
        (
            one_angle(),
            SensorCapabilities { report_every: None, ..measures() },
            Some(NotBeside::Slow { every: 0 }),
        ),
    ] {
        assert_eq!(Bench::of(stated, sensor).err(), why);
    }
}

#[test]
fn everything_else_goes_through_unchanged() {
    let mut bench = Bench::new();
    let events = [
        TableEvent::Armed,
        TableEvent::Refused,
        TableEvent::Mismatch,
        TableEvent::SessionLost,
        TableEvent::Lost(LinkLoss::Silent),
    ];
    bench.sensor_says(SensorEvent::Vitals(VitalsReading {
        at: at(1),
        seq: 1,
        heart_rate: Some(70),
        oxygen_saturation: None,
        blood_pressure: None,
    }));
    for event in events {
        bench.table_says(event);
        assert_eq!(bench.next().unwrap().unwrap(), event);
    }
    let motion = ReturnMotion { rate: Rate::clamped(1_000), held: false };
    once(bench.beside.arm()).unwrap().unwrap();
    once(bench.beside.halt()).unwrap().unwrap();
    once(bench.beside.return_to_rest(motion)).unwrap().unwrap();
    once(bench.beside.heartbeat()).unwrap().unwrap();
    once(bench.beside.stop()).unwrap().unwrap();
    once(bench.beside.acknowledge_stop()).unwrap().unwrap();
    once(bench.beside.clear_faults(FaultSet::NONE)).unwrap().unwrap();
    once(bench.beside.disarm()).unwrap().unwrap();
    let told = bench.told.lock().unwrap().clone();
    let all = ["arm", "halt", "return", "heartbeat", "stop", "acknowledge", "clear", "disarm"];
    assert_eq!(told, all);
    assert_eq!(
        bench.beside.capabilities().rates,
        Rates::Range { slowest: Rate::clamped(100), fastest: Rate::clamped(6_000) }
    );
}
