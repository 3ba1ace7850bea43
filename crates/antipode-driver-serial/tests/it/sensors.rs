//! Sensors over a real line discipline: simulated streams at the other end of a pseudo-terminal.

use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use antipode_device::{
    Address, Axis, BootClock, LinkLoss, Mount, Sense, Sensor, SensorDriver, SensorError,
    SensorEvent, TiltReading, VitalsReading,
};
use antipode_driver_serial::codec::sensor::{MicroG, SensorAngle, bno_rvc, nonin, witmotion};
use antipode_driver_serial::{BnoRvcDriver, NoninDriver, WitMotionDriver};
use antipode_safety::{Angle, Timestamp};
use antipode_sim::pty::Pty;

/// Everything here happens within moments; a test that waits for longer has failed.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a stream says each time, given its number and the angle in millidegrees.
type Says = fn(u32, i32) -> Vec<u8>;

/// A sensor that speaks until it is dropped, which pulls its plug.
struct Stream {
    path: PathBuf,
    angle: Arc<AtomicI32>,
    over: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Stream {
    fn new(every_ms: u64, says: Says) -> Self {
        Self::behind(Pty::open().unwrap(), every_ms, says)
    }

    fn behind(mut pty: Pty, every_ms: u64, says: Says) -> Self {
        let path = pty.path().to_owned();
        let (angle, over) = (Arc::new(AtomicI32::new(0)), Arc::new(AtomicBool::new(false)));
        let (told, ended) = (Arc::clone(&angle), Arc::clone(&over));
        // Nobody reads it at first: what finds no room is lost, as on a line.
        let thread = std::thread::spawn(move || {
            let began = Instant::now();
            for number in 0.. {
                if ended.load(Ordering::Acquire) {
                    return;
                }
                match pty.master().write(&says(number, told.load(Ordering::Acquire))) {
                    Ok(_) => {}
                    Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                    Err(error) => panic!("{error}"),
                }
                let next = began + Duration::from_millis(every_ms) * (number + 1);
                std::thread::park_timeout(next.saturating_duration_since(Instant::now()));
            }
        });
        Self { path, angle, over, thread: Some(thread) }
    }

    fn turn_to(&self, millideg: i32) {
        self.angle.store(millideg, Ordering::Release);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Release);
        if let Some(thread) = self.thread.take() {
            thread.thread().unpark();
            thread.join().unwrap();
        }
    }
}

fn sensor_angle(millideg: i32) -> SensorAngle {
    SensorAngle::from_millideg(millideg).unwrap()
}

fn felt(millideg: i32) -> (MicroG, MicroG) {
    let (sin, cos) = (f64::from(millideg) / 1e3).to_radians().sin_cos();
    let part = |share: f64| MicroG::new((share * 1e6).round() as i32).unwrap();
    (part(sin), part(cos))
}

/// A WitMotion whose X lies along the table's axis.
fn witmotion(_: u32, millideg: i32) -> Vec<u8> {
    let (sin, cos) = felt(millideg);
    let axes = [MicroG::new(0).unwrap(), sin, cos];
    let felt = witmotion::Frame::Acceleration { axes, temperature: 2_500 };
    [felt.encode(), angles(millideg)].concat()
}

fn angles(millideg: i32) -> [u8; witmotion::FRAME_LEN] {
    let (roll, zero) = (sensor_angle(millideg), SensorAngle::ZERO);
    witmotion::Frame::Angles { roll, pitch: zero, yaw: zero, version: 1 }.encode()
}

/// One that was set up to say angles alone.
fn witmotion_angles(_: u32, millideg: i32) -> Vec<u8> {
    angles(millideg).to_vec()
}

/// A BNO085 whose Y lies along the table's axis.
fn bno(number: u32, millideg: i32) -> Vec<u8> {
    let (sin, cos) = felt(millideg);
    let frame = bno_rvc::Frame {
        index: number.to_le_bytes()[0],
        yaw: SensorAngle::ZERO,
        pitch: SensorAngle::ZERO,
        roll: sensor_angle(millideg),
        acceleration: [MicroG::new(-sin.get()).unwrap(), MicroG::new(0).unwrap(), cos],
        reserved: [0; 3],
    };
    frame.encode().to_vec()
}

/// A Nonin on a finger; no finger where the angle is not zero.
fn nonin(_: u32, gone: i32) -> Vec<u8> {
    let there = gone == 0;
    let reading = nonin::Reading::new(there.then_some(97), there.then_some(64)).unwrap();
    reading.encode().as_bytes().to_vec()
}

fn on(axis: Axis) -> Mount {
    Mount { axis, sense: Sense::Against, zero: Angle::LEVEL }
}

async fn open(driver: &dyn SensorDriver, path: &Path) -> Result<Box<dyn Sensor>, SensorError> {
    driver.open(&Address(path.display().to_string())).await
}

async fn next(sensor: &mut dyn Sensor) -> SensorEvent {
    let event = tokio::time::timeout(PATIENCE, sensor.next_event()).await;
    event.expect("it never came").unwrap()
}

async fn tilt(sensor: &mut dyn Sensor) -> TiltReading {
    match next(sensor).await {
        SensorEvent::Tilt(reading) => reading,
        other @ (SensorEvent::Vitals(_) | SensorEvent::Lost(_)) => panic!("{other:?}"),
    }
}

async fn vitals(sensor: &mut dyn Sensor) -> VitalsReading {
    match next(sensor).await {
        SensorEvent::Vitals(reading) => reading,
        other @ (SensorEvent::Tilt(_) | SensorEvent::Lost(_)) => panic!("{other:?}"),
    }
}

fn refused(opened: Result<Box<dyn Sensor>, SensorError>) -> &'static str {
    match opened {
        Err(SensorError::Unfit { reason, .. }) => reason,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it was taken"),
    }
}

#[tokio::test]
async fn an_inclinometer_says_where_the_bed_is_and_when_it_was_there() {
    let wit = WitMotionDriver::new(on(Axis::X));
    let bno_driver = BnoRvcDriver::new(on(Axis::Y));
    let cases: [(&dyn SensorDriver, Says); 2] = [(&wit, witmotion), (&bno_driver, bno)];
    for (driver, says) in cases {
        let stream = Stream::new(20, says);
        let mut sensor = open(driver, &stream.path).await.unwrap();
        let stated = sensor.capabilities();
        assert!(stated.tilt && !stated.simulated, "{stated:?}");
        let every = stated.report_every.unwrap().get();
        assert!((10..=60).contains(&every), "{every}");
        // Slower than any table may turn between two of its words; through the vertical.
        let mut last = tilt(&mut *sensor).await;
        for target in [0, 150, 300] {
            let turned = BootClock.now();
            stream.turn_to(-target);
            let reading = loop {
                let reading = tilt(&mut *sensor).await;
                assert!(reading.at <= BootClock.now() && reading.seq > last.seq);
                last = reading;
                let here = reading.tilt.expect("it is believed").millideg();
                if (here - target).abs() <= 20 {
                    break reading;
                }
            };
            assert!(target == 0 || reading.at >= turned, "it is not older than it is");
        }
    }
}

#[tokio::test]
async fn a_sensor_that_is_not_believed_gives_no_angle() {
    let stream = Stream::new(20, witmotion);
    let driver = WitMotionDriver::new(on(Axis::X));
    let mut sensor = open(&driver, &stream.path).await.unwrap();
    // No table turns half round within a frame.
    stream.turn_to(-80_000);
    let patience = Instant::now() + PATIENCE;
    while tilt(&mut *sensor).await.tilt.is_some() {
        assert!(Instant::now() < patience, "the jump was never doubted");
    }
}

#[tokio::test]
async fn an_oximeter_says_what_it_measures_and_nothing_without_a_finger() {
    let stream = Stream::new(200, nonin);
    let mut sensor = open(&NoninDriver, &stream.path).await.unwrap();
    let stated = sensor.capabilities();
    assert!(stated.heart_rate && stated.oxygen_saturation && !stated.tilt, "{stated:?}");
    let reading = vitals(&mut *sensor).await;
    assert_eq!((reading.heart_rate, reading.oxygen_saturation), (Some(64), Some(97)));
    stream.turn_to(1);
    let patience = Instant::now() + PATIENCE;
    loop {
        let reading = vitals(&mut *sensor).await;
        if (reading.heart_rate, reading.oxygen_saturation) == (None, None) {
            break;
        }
        assert!(Instant::now() < patience, "the finger never went");
    }
}

#[tokio::test]
async fn what_is_on_the_port_must_speak_as_its_driver_expects() {
    let wit = |axis| -> Box<dyn SensorDriver> { Box::new(WitMotionDriver::new(on(axis))) };
    let bno_driver = || Box::new(BnoRvcDriver::new(on(Axis::Y)));
    let cases: [(Box<dyn SensorDriver>, u64, Says, &str); 7] = [
        (wit(Axis::X), 20, bno, "not what a WitMotion sensor says"),
        (wit(Axis::X), 20, witmotion_angles, "no acceleration arrives"),
        (wit(Axis::X), 100, witmotion, "fewer than 15 times a second"),
        // The axis that is written down never lies level.
        (wit(Axis::Z), 20, witmotion, "points out of level"),
        (bno_driver(), 20, witmotion, "not what a BNO08x says"),
        (Box::new(NoninDriver), 20, witmotion, "not the text of a Nonin"),
        (wit(Axis::X), 100, nonin, "not what a WitMotion sensor says"),
    ];
    // Each takes its whole time to give up; so all at once.
    let mut opening = tokio::task::JoinSet::new();
    for (driver, every_ms, says, wanted) in cases {
        opening.spawn(async move {
            let stream = Stream::new(every_ms, says);
            let reason = refused(open(&*driver, &stream.path).await);
            assert!(reason.contains(wanted), "{}: {reason}", driver.name());
        });
    }
    while let Some(ended) = opening.join_next().await {
        ended.unwrap();
    }
}

#[tokio::test]
async fn a_port_on_which_nothing_arrives_is_named_in_time_and_old_bytes_are_nothing() {
    let mut pty = Pty::open().unwrap();
    for number in 0..40 {
        pty.master().write_all(&witmotion(number, 0)).unwrap();
    }
    let opened = open(&WitMotionDriver::new(on(Axis::X)), pty.path()).await;
    let Err(SensorError::Open { cause, .. }) = opened else { panic!("{:?}", opened.err()) };
    assert_eq!(cause.kind(), std::io::ErrorKind::TimedOut);
}

#[tokio::test]
async fn a_sensor_has_one_listener_and_its_address_is_a_port() {
    let stream = Stream::new(20, witmotion);
    let driver = WitMotionDriver::new(on(Axis::X));
    let _first = open(&driver, &stream.path).await.unwrap();
    let second = open(&driver, &stream.path).await;
    let Err(SensorError::Open { cause, .. }) = second else { panic!("it got the port") };
    assert_eq!(cause.kind(), std::io::ErrorKind::ResourceBusy);
    for address in ["", "ttyUSB0", "/dev/ttyUSB0@quick"] {
        let reason = refused(open(&driver, Path::new(address)).await);
        assert!(reason.contains("no port"), "{reason}");
    }
}

#[tokio::test]
async fn a_sensor_that_was_unplugged_is_lost_and_comes_back_under_its_name() {
    let dir = tempfile::tempdir().unwrap();
    let name = dir.path().join("angle");
    let stream = Stream::new(20, witmotion);
    symlink(&stream.path, &name).unwrap();
    let mut sensor = open(&WitMotionDriver::new(on(Axis::X)), &name).await.unwrap();
    drop(stream);
    let before = loop {
        match next(&mut *sensor).await {
            SensorEvent::Tilt(reading) => assert!(reading.at > Timestamp::ZERO),
            SensorEvent::Lost(loss) => {
                assert_eq!(loss, LinkLoss::HungUp);
                break BootClock.now();
            }
            SensorEvent::Vitals(_) => panic!("an inclinometer measures nobody"),
        }
    };
    let stream = Stream::new(20, witmotion);
    std::fs::remove_file(&name).unwrap();
    symlink(&stream.path, &name).unwrap();
    assert!(tilt(&mut *sensor).await.at >= before, "nothing of before comes after it");
}
