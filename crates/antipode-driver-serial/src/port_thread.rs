//! The thread in which a line lives: the only one that reads and writes it.
//!
//! ```text
//!  Orders: the stop lane, then commands --> [ orders, then bytes, then time ] --> line
//!  control loop <--events, bounded---------                                  <--
//! ```

use std::convert::Infallible;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use antipode_device::{
    BootClock, ControlEnd, Orders, TableCommand, TableEvent, Traced, WireTrace, come_first,
    threaded,
};
use antipode_safety::{Millis, Timestamp};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::dialect::Dialect;
use crate::line::{Heard, Line, Place};
use crate::wake::WakeUp;

/// The longest the thread sleeps: a wake-up that got lost costs no more than this.
const LONGEST_SLEEP: Millis = Millis::new(20);
/// Most bytes taken in one turn, so that a line that never falls silent leaves room for commands.
pub(crate) const BITE: usize = 1_024;
/// A name that leads to another device is left alone for so long: its own host may want it.
const FOREIGN_FOR: Millis = Millis::from_secs(5);
/// Readings of a sensor on their way to whoever listens.
const READINGS: usize = 64;

/// Starts the thread of a table's line. The line is `place`, opened already.
///
/// # Errors
/// When the system has no thread or handle left.
pub(crate) fn start<P, D>(
    place: P,
    line: P::Line,
    dialect: D,
    trace: Option<Box<dyn WireTrace>>,
) -> io::Result<(ControlEnd, Arc<WakeUp>)>
where
    P: Place,
    D: Dialect<Command = TableCommand, Event = TableEvent>,
{
    let (end, orders, events) = threaded();
    let wake = run("table-port", place, line, dialect, orders, events, trace)?;
    Ok((end, wake))
}

/// Starts the thread of a line to which nobody says anything: a sensor's. It ends once the receiver
/// is dropped.
///
/// # Errors
/// When the system has no thread or handle left.
pub(crate) fn watch<P, D>(
    place: P,
    line: P::Line,
    dialect: D,
    trace: Option<Box<dyn WireTrace>>,
) -> io::Result<Receiver<D::Event>>
where
    P: Place,
    D: Dialect<Command = Infallible>,
{
    let (events, readings) = channel(READINGS);
    run("sensor-port", place, line, dialect, NoOrders, events, trace)?;
    Ok(readings)
}

fn run<P: Place, D: Dialect>(
    name: &str,
    place: P,
    line: P::Line,
    dialect: D,
    orders: impl Source<D::Command> + 'static,
    events: Sender<D::Event>,
    trace: Option<Box<dyn WireTrace>>,
) -> io::Result<Arc<WakeUp>> {
    let wake = Arc::new(WakeUp::new()?);
    let thread = PortThread {
        place,
        line: Some(line),
        dialect,
        wake: Arc::clone(&wake),
        orders,
        events,
        out: Vec::with_capacity(256),
        reopen_at: Timestamp::ZERO,
        trace,
    };
    std::thread::Builder::new().name(name.to_owned()).spawn(move || {
        if !come_first() {
            tracing::debug!("this port has no turn before others on a busy machine");
        }
        thread.run();
    })?;
    Ok(wake)
}

/// What the thread is to say.
trait Source<C>: Send {
    fn take(&mut self) -> Option<C>;
}

impl Source<TableCommand> for Orders {
    fn take(&mut self) -> Option<TableCommand> {
        Self::take(self)
    }
}

struct NoOrders;

impl Source<Infallible> for NoOrders {
    fn take(&mut self) -> Option<Infallible> {
        None
    }
}

/// One line and its ends of the channels.
struct PortThread<P: Place, D: Dialect, S> {
    place: P,
    /// None while it is unplugged.
    line: Option<P::Line>,
    dialect: D,
    wake: Arc<WakeUp>,
    orders: S,
    events: Sender<D::Event>,
    out: Vec<u8>,
    reopen_at: Timestamp,
    /// Takes down what goes over the line, where somebody wants to see it.
    trace: Option<Box<dyn WireTrace>>,
}

impl<P: Place, D: Dialect, S: Source<D::Command>> PortThread<P, D, S> {
    /// Runs until nobody listens.
    fn run(mut self) {
        while !self.events.is_closed() {
            let now = BootClock.now();
            self.reopen(now);
            self.obey(now);
            self.listen();
            self.dialect.poll(BootClock.now(), &mut self.out);
            self.flush();
            self.hand_over();
            self.sleep();
        }
    }

    /// Says what the stop lane and the control loop want said.
    fn obey(&mut self, now: Timestamp) {
        while let Some(command) = self.orders.take() {
            self.dialect.send(now, command, &mut self.out);
            self.flush();
        }
    }

    /// Takes what has come in.
    fn listen(&mut self) {
        let mut buffer = [0_u8; BITE];
        let Some(line) = &self.line else { return };
        match line.read(&mut buffer) {
            Heard::Bytes(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                let now = BootClock.now();
                note(&mut self.trace, now, Traced::Heard(bytes));
                self.dialect.receive(now, bytes);
            }
            Heard::Nothing => {}
            Heard::Gone => self.lose("its other end was closed or unplugged"),
        }
        if self.line.is_some() && self.dialect.is_foreign() {
            self.lose("another device has its name: it is told nothing");
            self.reopen_at = BootClock.now().plus(FOREIGN_FOR);
        }
    }

    /// Writes what is to be said. What cannot be written is not said later: the moment it was meant
    /// for is over, and a line that takes nothing is a line that is lost.
    fn flush(&mut self) {
        if self.out.is_empty() {
            return;
        }
        let wrote = self.line.as_ref().map(|line| line.write(&self.out));
        if let Some(Ok(())) = wrote {
            note(&mut self.trace, BootClock.now(), Traced::Sent(&self.out));
        }
        self.out.clear();
        if let Some(Err(error)) = wrote {
            self.lose(&error.to_string());
        }
    }

    fn lose(&mut self, why: &str) {
        tracing::warn!(line = %self.place, why, "the line is lost");
        // The handle must go before the line can come back under its own name.
        self.line = None;
        let now = BootClock.now();
        note(&mut self.trace, now, Traced::Lost(why));
        self.reopen_at = self.place.reopen_every().map_or(now, |every| now.plus(every));
        self.dialect.hung_up();
    }

    /// Opens a lost line again: a new session, disarmed. Nothing moves by it.
    fn reopen(&mut self, now: Timestamp) {
        if self.line.is_some() || now < self.reopen_at {
            return;
        }
        let Some(every) = self.place.reopen_every() else { return };
        self.reopen_at = now.plus(every);
        if let Ok(line) = self.place.open() {
            self.line = Some(line);
            note(&mut self.trace, now, Traced::Opened);
            self.dialect.reopen();
        }
    }

    /// Events that find no room wait in the dialect, which keeps as many and no more.
    fn hand_over(&mut self) {
        while let Ok(room) = self.events.try_reserve() {
            let Some(event) = self.dialect.next_event() else { return };
            room.send(event);
        }
    }

    /// Waits for a byte, a command, the stop lane, or the next moment of the dialect.
    fn sleep(&self) {
        let now = BootClock.now();
        let due = self.dialect.next_poll().since(now).shorter(LONGEST_SLEEP);
        let Ok(limit) = Timespec::try_from(Duration::from_millis(due.get())) else { return };
        let call = PollFd::new(&self.wake, PollFlags::IN);
        let waited = match &self.line {
            Some(line) => {
                let bytes = PollFd::from_borrowed_fd(line.incoming(), PollFlags::IN);
                poll(&mut [call, bytes], Some(&limit))
            }
            None => poll(&mut [call], Some(&limit)),
        };
        match waited {
            Ok(_) => {}
            // A signal wakes as well as anything else.
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => {
                tracing::error!(%error, "waiting for the line failed");
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        self.wake.woken();
    }
}

fn note(trace: &mut Option<Box<dyn WireTrace>>, at: Timestamp, seen: Traced<'_>) {
    if let Some(trace) = trace {
        trace.note(at, seen);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;
    use std::os::unix::net::UnixStream;

    use antipode_device::{LinkLoss, LinkPort};

    use super::*;
    use crate::socket::{OnlyOnce, Socket};

    #[tokio::test]
    async fn a_line_that_cannot_come_back_is_told_as_lost_and_greets_on_it() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let line = Socket::new(ours).unwrap();
        let (end, wake) = start(OnlyOnce, line, LinkPort::new(7, true), None).unwrap();
        let mut first = [0; 4];
        theirs.read_exact(&mut first).unwrap();
        assert_eq!(first[0], 0, "a greeting begins with a delimiter");
        drop(theirs);
        // Nothing ever connects here; the thread goes on until its other end is dropped.
        let mut end = end;
        let lost = async {
            loop {
                match end.try_event() {
                    Some(event) => return event,
                    None => tokio::task::yield_now().await,
                }
            }
        };
        let lost = tokio::time::timeout(Duration::from_secs(20), lost).await.unwrap();
        assert_eq!(lost, TableEvent::Lost(LinkLoss::HungUp));
        drop((end, wake));
    }

    /// Counts the bytes it hears and says nothing.
    struct Counter(Vec<usize>);

    impl Dialect for Counter {
        type Command = Infallible;
        type Event = usize;

        fn poll(&mut self, _now: Timestamp, _out: &mut Vec<u8>) {}

        fn next_poll(&self) -> Timestamp {
            BootClock.now().plus(Millis::new(1_000))
        }

        fn receive(&mut self, _now: Timestamp, bytes: &[u8]) {
            self.0.push(bytes.len());
        }

        fn send(&mut self, _now: Timestamp, command: Infallible, _out: &mut Vec<u8>) {
            match command {}
        }

        fn next_event(&mut self) -> Option<usize> {
            self.0.pop()
        }

        fn is_foreign(&self) -> bool {
            false
        }

        fn hung_up(&mut self) {
            self.0.push(0);
        }

        fn reopen(&mut self) {}
    }

    #[tokio::test]
    async fn a_sensor_is_heard_and_its_loss_too() {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let line = Socket::new(ours).unwrap();
        let mut heard = watch(OnlyOnce, line, Counter(Vec::new()), None).unwrap();
        std::io::Write::write_all(&mut theirs, b"abc").unwrap();
        assert_eq!(heard.recv().await, Some(3));
        drop(theirs);
        assert_eq!(heard.recv().await, Some(0));
    }
}
