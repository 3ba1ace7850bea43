//! What tells the control loop the time and makes it turn.

use std::future::Future;
use std::io;
use std::os::fd::OwnedFd;
use std::time::SystemTime;

use antipode_device::BootClock;
use antipode_safety::{Millis, Timestamp};
use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};
use tokio::io::Interest;
use tokio::io::unix::AsyncFd;

use crate::timing::TICK;

/// The time of a control loop. The real one is [`RealClock`]; a test brings one that runs an hour
/// in a second.
pub trait Clock {
    /// The present moment, on the clock that stamps the table's readings.
    fn now(&self) -> Timestamp;

    /// The date, for screens and records only; nothing is decided by it.
    fn wall(&self) -> SystemTime;

    /// How long the machine has slept so far, by whatever beginning: only its growth counts.
    fn asleep(&self) -> Millis;

    /// Resolves when the next tick is due. Cancel-safe: a dropped future loses no tick.
    fn tick(&mut self) -> impl Future<Output = ()>;
}

/// The machine's clock and a timer of the kernel on it. A sleep of the run time would be rounded to
/// its own millisecond wheel and come 1.5 ms late; this one comes within 0.1 ms.
#[derive(Debug)]
pub struct RealClock {
    timer: AsyncFd<OwnedFd>,
}

impl RealClock {
    /// A clock whose first tick is one tick away. To be called within a tokio run time.
    ///
    /// # Errors
    /// When the system gives no timer.
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::NONBLOCK | TimerfdFlags::CLOEXEC;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
        let nanos = i64::try_from(TICK.get()).unwrap_or(i64::MAX).saturating_mul(1_000_000);
        let every = Timespec { tv_sec: 0, tv_nsec: nanos };
        let spec = Itimerspec { it_interval: every, it_value: every };
        timerfd_settime(&timer, TimerfdTimerFlags::empty(), &spec)?;
        #[expect(
            deprecated,
            reason = "its successor is unsafe for types that may change their descriptor; an owned \
                      descriptor cannot, and this workspace writes no unsafe code"
        )]
        let timer = AsyncFd::with_interest(timer, Interest::READABLE)?;
        Ok(Self { timer })
    }
}

impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        BootClock.now()
    }

    fn wall(&self) -> SystemTime {
        SystemTime::now()
    }

    fn asleep(&self) -> Millis {
        BootClock.asleep()
    }

    /// However many ticks have passed, one is made up for: the core itself notices that the loop
    /// was late.
    async fn tick(&mut self) {
        let mut passed = [0; 8];
        let read = self
            .timer
            .async_io(Interest::READABLE, |timer| Ok(rustix::io::read(timer, &mut passed)?));
        if read.await.is_err() {
            // A timer of the kernel does not fail; should it, the loop stands still, the watchdog
            // halts the table and the table comes back by itself.
            std::future::pending::<()>().await;
        }
    }
}
