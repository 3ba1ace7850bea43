use std::collections::VecDeque;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::*;

/// What arrived and nobody has taken yet; `None` once the driver's thread has ended.
type Inbox = Arc<Mutex<Option<VecDeque<SensorEvent>>>>;

/// The least that a driver is: a queue that another thread fills.
struct Queued {
    inbox: Inbox,
    address: String,
}

#[async_trait]
impl Sensor for Queued {
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
        // An event leaves the queue only as the future ends, so that dropping it loses nothing.
        poll_fn(|_| match self.inbox.lock().unwrap().as_mut() {
            Some(events) => {
                events.pop_front().map_or(Poll::Pending, |event| Poll::Ready(Ok(event)))
            }
            None => Poll::Ready(Err(SensorError::Gone {
                driver: "queued",
                address: self.address.clone(),
            })),
        })
        .await
    }
}

struct Opens(Inbox);

#[async_trait]
impl SensorDriver for Opens {
    fn name(&self) -> &'static str {
        "queued"
    }

    fn summary(&self) -> &'static str {
        "a queue"
    }

    async fn open(&self, address: &Address) -> Result<Box<dyn Sensor>, SensorError> {
        let Address(address) = address.clone();
        match address.as_str() {
            "/dev/here" => Ok(Box::new(Queued { inbox: self.0.clone(), address })),
            _ => Err(SensorError::Open {
                driver: self.name(),
                address,
                cause: std::io::ErrorKind::NotFound.into(),
            }),
        }
    }
}

/// Polls once, then drops the future.
fn once<T>(future: impl Future<Output = T>) -> Option<T> {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

fn tilt(seq: u32) -> SensorEvent {
    let at = Timestamp::from_millis(u64::from(seq) * 20);
    SensorEvent::Tilt(TiltReading { at, seq, tilt: Some(Angle::LEVEL) })
}

#[test]
fn a_driver_behind_the_port_hands_over_every_event_though_futures_are_dropped() {
    let inbox = Inbox::new(Mutex::new(Some(VecDeque::new())));
    let driver: Box<dyn SensorDriver> = Box::new(Opens(inbox.clone()));
    let mut sensor = once(driver.open(&Address("/dev/here".into()))).unwrap().unwrap();
    let say = |event| inbox.lock().unwrap().as_mut().unwrap().push_back(event);
    let lost = SensorEvent::Lost(LinkLoss::Silent);
    assert!(once(sensor.next_event()).is_none());
    for event in [tilt(1), lost, tilt(2)] {
        say(event);
    }
    drop(sensor.next_event());
    for event in [tilt(1), lost, tilt(2)] {
        assert_eq!(once(sensor.next_event()).unwrap().unwrap(), event);
    }
    assert!(once(sensor.next_event()).is_none());
    *inbox.lock().unwrap() = None;
    let gone = once(sensor.next_event()).unwrap().unwrap_err();
    assert_eq!(
        gone.to_string(),
        "driver of the queued sensor at /dev/here has ended; the sensor counts as lost until it is \
         opened again"
    );
}

#[test]
fn errors_say_what_was_tried_and_what_counts_now() {
    let driver = Opens(Inbox::default());
    let missing = once(driver.open(&Address("/dev/none".into()))).unwrap();
    let Err(error) = missing else { panic!("opened") };
    assert_eq!(error.to_string(), "could not open queued sensor at /dev/none: entity not found");
    let unfit = SensorError::Unfit {
        driver: "witmotion",
        address: "/dev/here".into(),
        reason: "no acceleration arrives; set its content up with acceleration and angles",
    };
    assert_eq!(
        unfit.to_string(),
        "witmotion sensor at /dev/here was refused: no acceleration arrives; set its content up with \
         acceleration and angles; nothing that it says is used"
    );
}
