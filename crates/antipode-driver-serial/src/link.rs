//! Tables that speak table link over a serial line: our open protocol (docs/table-link.md).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use antipode_device::{
    Address, BootClock, ControlEnd, LinkPort, OpenTable, TableDriver, TableError, WireTrace,
};
use antipode_safety::Timestamp;
use async_trait::async_trait;

use crate::line::Place;
use crate::port::PortAddress;
use crate::port_thread::start;
use crate::wake::WakeUp;

/// Its name in files and on the command line.
const NAME: &str = "link";
/// A board that restarts when its port is opened answers within this time.
const GREETING: Duration = Duration::from_secs(5);

/// Opens tables that speak table link. The address is a port, `/dev/serial/by-id/...`, with
/// `@BAUD` behind it where the board does not run at 115200.
///
/// # Example
/// ```no_run
/// use antipode_device::{Address, TableDriver};
/// # async fn open() -> Result<(), antipode_device::TableError> {
/// let address = Address("/dev/serial/by-id/usb-Table_0001-if00".into());
/// let (table, stopper) = antipode_driver_serial::LinkDriver.open(&address).await?;
/// println!("serial number {}", table.capabilities().serial);
/// stopper.stop();
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct LinkDriver;

#[async_trait]
impl TableDriver for LinkDriver {
    fn name(&self) -> &'static str {
        NAME
    }

    fn summary(&self) -> &'static str {
        "a table with a controller of its own that speaks table link over a serial port"
    }

    async fn open(&self, address: &Address) -> Result<OpenTable, TableError> {
        open(address, None).await
    }

    async fn open_traced(
        &self,
        address: &Address,
        trace: Box<dyn WireTrace>,
    ) -> Result<OpenTable, TableError> {
        open(address, Some(trace)).await
    }
}

async fn open(
    address: &Address,
    trace: Option<Box<dyn WireTrace>>,
) -> Result<OpenTable, TableError> {
    let failed = |cause| TableError::Open { driver: NAME, address: address.0.clone(), cause };
    let place = PortAddress::parse(&address.0).ok_or(TableError::Unfit {
        driver: NAME,
        address: address.0.clone(),
        reason: "its address is no port: write /dev/serial/by-id/... and @BAUD where needed",
    })?;
    let silent = "nothing on it answers in table link; is it the right port, and is the table on?";
    greet(place, trace, silent).await.map_err(failed)
}

/// Opens `place` and the link session on it. It is left disarmed.
///
/// # Errors
/// What the system says, or [`io::ErrorKind::TimedOut`] with `silent` where nothing answers.
pub(crate) async fn greet(
    place: impl Place,
    trace: Option<Box<dyn WireTrace>>,
    silent: &'static str,
) -> io::Result<OpenTable> {
    let (end, wake) = begin(place, trace)?;
    // Whoever gives up drops its end, and the thread ends.
    let opened = tokio::time::timeout(GREETING, end.connected(wake)).await.ok().flatten();
    opened.ok_or_else(|| io::Error::new(io::ErrorKind::TimedOut, silent))
}

/// Opens `place` and begins to greet what is behind it.
///
/// # Errors
/// What the system says.
pub(crate) fn begin(
    mut place: impl Place,
    trace: Option<Box<dyn WireTrace>>,
) -> io::Result<(ControlEnd, Arc<WakeUp>)> {
    let line = place.open()?;
    // Every connection has a number of its own, so that an old answer is not taken for this one's.
    start(place, line, LinkPort::new(host_id(BootClock.now()), false), trace)
}

/// A number that no other start on this machine has, nor, by its process, another program.
pub(crate) fn host_id(now: Timestamp) -> u32 {
    now.wrapping_millis() ^ std::process::id().rotate_left(16)
}
