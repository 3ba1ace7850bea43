//! The inclinometer beside a drive, and whoever looks for it while there is none.
//!
//! A guardian without an angle brings nobody up. One that had looked only once, at its start, would hold
//! somebody head-down for good beside a sensor that was plugged in again, or whose port a dying program
//! let go a moment later (H-01). To open a sensor takes seconds: that is done on a thread of its own, and
//! the loop takes what was found without waiting (I16).

use std::fmt;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{
    Receiver, RecvTimeoutError, Sender, SyncSender, TryRecvError, channel, sync_channel,
};
use std::task::{Context, Poll, Waker};
use std::thread;
use std::time::Duration;

use antipode_device::{Sensor, SensorError, SensorEvent};

/// Between two tries to open it.
const AGAIN: Duration = Duration::from_secs(2);

/// An open sensor, or in plain words why there is none.
type Opened = Result<Box<dyn Sensor>, String>;

/// The sensor of the tilt that a table's file names, and how it is opened.
pub struct Inclinometer {
    open: Option<Box<dyn Sensor>>,
    opens: Box<dyn FnMut() -> Opened + Send>,
}

impl Inclinometer {
    /// The sensor that `opens` opens; `open` where that was done already. `opens` may take seconds: a
    /// guardian calls it where nothing waits for it, whenever there is no sensor. An error is said in
    /// plain words.
    #[must_use]
    pub fn new(
        open: Option<Box<dyn Sensor>>,
        opens: impl FnMut() -> Result<Box<dyn Sensor>, String> + Send + 'static,
    ) -> Self {
        Self { open, opens: Box::new(opens) }
    }
}

impl fmt::Debug for Inclinometer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inclinometer").field("open", &self.open.is_some()).finish_non_exhaustive()
    }
}

/// The loop's end of it.
pub(super) struct Sought {
    open: Option<Box<dyn Sensor>>,
    /// Asks for a search. Going away ends whoever searches.
    ask: Sender<()>,
    found: Receiver<Opened>,
    searches: bool,
    /// Why the last try failed: said once.
    why: Option<String>,
}

impl Sought {
    /// Starts whoever looks for it.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub(super) fn start(sensor: Inclinometer) -> io::Result<Self> {
        let Inclinometer { open, opens } = sensor;
        let (ask, asked) = channel();
        let (find, found) = sync_channel(1);
        thread::Builder::new()
            .name("inclinometer".to_owned())
            .spawn(move || search(opens, &asked, &find))?;
        let mut sought = Self { open, ask, found, searches: false, why: None };
        if sought.open.is_none() {
            sought.seek();
        }
        Ok(sought)
    }

    fn seek(&mut self) {
        // Where nobody listens, `look` finds that out and says so.
        self.searches = true;
        self.ask.send(()).unwrap_or_default();
    }

    /// Takes what was found, without waiting; a line for the log where there is something new.
    pub(super) fn look(&mut self) -> Option<String> {
        if !self.searches {
            return None;
        }
        match self.found.try_recv() {
            Ok(Ok(sensor)) => {
                self.open = Some(sensor);
                self.searches = false;
                self.why = None;
                Some("the inclinometer is open".to_owned())
            }
            Ok(Err(why)) => {
                let is_new = self.why.as_ref() != Some(&why);
                let line = is_new.then(|| format!("no inclinometer yet, looked for again: {why}"));
                self.why = Some(why);
                line
            }
            Err(TryRecvError::Empty) => None,
            Err(TryRecvError::Disconnected) => {
                self.searches = false;
                Some("what looks for the inclinometer has ended: there is none any more".to_owned())
            }
        }
    }

    /// What the sensor has said, without waiting. One whose driver has ended is looked for from then on.
    pub(super) fn next(&mut self) -> Option<Result<SensorEvent, SensorError>> {
        let sensor = self.open.as_mut()?;
        let mut next = sensor.next_event();
        let Poll::Ready(said) = next.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
            return None;
        };
        drop(next);
        if said.is_err() {
            self.open = None;
            self.seek();
        }
        Some(said)
    }
}

/// Opens the sensor as often as it takes each time somebody asks, until nobody can ask any more.
fn search(
    mut opens: Box<dyn FnMut() -> Opened + Send>,
    asked: &Receiver<()>,
    find: &SyncSender<Opened>,
) {
    while asked.recv().is_ok() {
        loop {
            // Whoever asks has just seen that it cannot be had: its port may be let go in a moment.
            match asked.recv_timeout(AGAIN) {
                Ok(()) | Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            // Also after a mistake of its driver: nothing else would ever look again.
            let opened = catch_unwind(AssertUnwindSafe(&mut opens))
                .unwrap_or_else(|_| Err("its driver has failed while it was opened".to_owned()));
            let is_open = opened.is_ok();
            // Whoever asked has gone: the sensor is closed again.
            if find.send(opened).is_err() {
                return;
            }
            if is_open {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;
    use std::time::Instant;

    use antipode_device::{LinkLoss, SensorCapabilities};
    use async_trait::async_trait;

    use super::*;

    /// Says so many words, then its driver ends.
    struct Mortal(u32);

    #[async_trait]
    impl Sensor for Mortal {
        fn capabilities(&self) -> SensorCapabilities {
            SensorCapabilities {
                simulated: true,
                tilt: true,
                heart_rate: false,
                oxygen_saturation: false,
                blood_pressure: false,
                report_every: None,
                serial: None,
            }
        }

        async fn next_event(&mut self) -> Result<SensorEvent, SensorError> {
            let gone = SensorError::Gone { driver: "mortal", address: "here".to_owned() };
            self.0 = self.0.checked_sub(1).ok_or(gone)?;
            Ok(SensorEvent::Lost(LinkLoss::Silent))
        }
    }

    /// Lets the loop turn until `is`, and gives what it would have logged.
    fn turn(sought: &mut Sought, mut is: impl FnMut(&Sought, &[String]) -> bool) -> Vec<String> {
        let (mut log, until) = (Vec::new(), Instant::now() + Duration::from_secs(60));
        while !is(sought, &log) {
            assert!(Instant::now() < until, "{log:?}");
            log.extend(sought.look());
            thread::yield_now();
        }
        log
    }

    #[test]
    fn a_sensor_that_is_not_there_is_looked_for_until_it_is_and_each_reason_is_said_once() {
        let mut answers: VecDeque<Opened> = VecDeque::from([
            Err("no such port".to_owned()),
            Err("no such port".to_owned()),
            Err("it is silent".to_owned()),
            Ok(Box::new(Mortal(2)) as Box<dyn Sensor>),
        ]);
        let opens = move || answers.pop_front().expect("it is not looked for once it is there");
        let mut sought = Sought::start(Inclinometer::new(None, opens)).unwrap();
        let log = turn(&mut sought, |sought, _| sought.open.is_some());
        let [port, silent, open] = &log[..] else { panic!("{log:?}") };
        assert!(port.contains("no such port") && silent.contains("it is silent"), "{log:?}");
        assert!(open.contains("is open"), "{log:?}");
        assert!(matches!(sought.next(), Some(Ok(SensorEvent::Lost(LinkLoss::Silent)))));
    }

    #[test]
    fn a_sensor_whose_driver_has_ended_is_opened_again_without_a_turn_that_waits() {
        let (open, opened) = channel::<u32>();
        // Opening lasts for as long as the test wants it to.
        let opens = move || match opened.recv() {
            Ok(words) => Ok(Box::new(Mortal(words)) as Box<dyn Sensor>),
            Err(_) => Err("the test is over".to_owned()),
        };
        let first: Box<dyn Sensor> = Box::new(Mortal(0));
        let mut sought = Sought::start(Inclinometer::new(Some(first), opens)).unwrap();
        assert_eq!(sought.look(), None, "it is there");
        for words in [1, 0] {
            assert!(matches!(sought.next(), Some(Err(SensorError::Gone { .. }))));
            for _ in 0..1_000 {
                assert!(sought.next().is_none() && sought.look().is_none());
            }
            open.send(words).unwrap();
            turn(&mut sought, |sought, _| sought.open.is_some());
            for _ in 0..words {
                assert!(matches!(sought.next(), Some(Ok(_))));
            }
        }
    }

    #[test]
    fn a_driver_that_panics_is_tried_again_and_a_search_that_nobody_needs_ends() {
        let (held, ended) = channel::<()>();
        let mut is_first = true;
        let opens = move || {
            held.send(()).unwrap_or_default();
            assert!(!std::mem::take(&mut is_first), "a driver's mistake");
            Ok(Box::new(Mortal(1)) as Box<dyn Sensor>)
        };
        let mut sought = Sought::start(Inclinometer::new(None, opens)).unwrap();
        let log = turn(&mut sought, |sought, _| sought.open.is_some());
        assert!(log[0].contains("its driver has failed"), "{log:?}");
        assert_eq!(ended.try_iter().count(), 2);
        drop(sought);
        let over = ended.recv_timeout(Duration::from_secs(60));
        assert_eq!(over, Err(RecvTimeoutError::Disconnected));
    }
}
