//! Tables that speak table link over a serial line: our open protocol (docs/table-link.md).

use std::io;
use std::sync::Arc;
use std::time::Duration;

use antipode_device::{
    Address, BootClock, ControlEnd, LinkPort, OpenTable, TableDriver, TableError, WireTrace,
    threaded,
};
use antipode_safety::Timestamp;
use async_trait::async_trait;

use crate::dialect::Dialect;
use crate::port::{Port, PortAddress};
use crate::port_thread::PortThread;
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
    let port = Port::open(&place).map_err(failed)?;
    // Every connection has a number of its own, so that an old answer is not taken for this one's.
    let host_id = host_id(BootClock.now());
    let link = LinkPort::new(host_id, false);
    let (end, wake) = start(place, port, link, trace).map_err(failed)?;
    // It is left disarmed. Whoever gives up drops its end, and the thread ends.
    let opened = tokio::time::timeout(GREETING, end.connected(wake)).await.ok().flatten();
    opened.ok_or_else(|| {
        let silent =
            "nothing on it answers in table link; is it the right port, and is the table on?";
        failed(io::Error::new(io::ErrorKind::TimedOut, silent))
    })
}

/// A number that no other start on this machine has, nor, by its process, another program.
fn host_id(now: Timestamp) -> u32 {
    let [a, b, c, d, ..] = now.as_millis().to_le_bytes();
    u32::from_le_bytes([a, b, c, d]) ^ std::process::id().rotate_left(16)
}

/// Starts the thread of a port.
fn start<D: Dialect + 'static>(
    address: PortAddress,
    port: Port,
    dialect: D,
    trace: Option<Box<dyn WireTrace>>,
) -> io::Result<(ControlEnd, Arc<WakeUp>)> {
    let wake = Arc::new(WakeUp::new()?);
    let (end, orders, events) = threaded();
    let thread = PortThread {
        address,
        port: Some(port),
        dialect,
        wake: Arc::clone(&wake),
        orders,
        events,
        out: Vec::with_capacity(256),
        reopen_at: Timestamp::ZERO,
        trace,
    };
    std::thread::Builder::new().name("table-port".to_owned()).spawn(move || thread.run())?;
    Ok((end, wake))
}
