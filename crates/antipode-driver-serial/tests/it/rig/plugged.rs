//! A simulated device on a pseudo-terminal, with its driver.

use std::os::unix::fs::symlink;
use std::path::PathBuf;

use antipode_device::conformance::{Act, NotTried, Rig, Second, Tried, Trouble};
use antipode_device::{Address, OpenTable, TableDriver, TableError};
use antipode_safety::Timestamp;
use antipode_sim::pty::{LineEnd, Plugged};
use async_trait::async_trait;

/// What the suite needs of a simulated device beside its bytes.
pub(crate) trait Device: LineEnd + 'static {
    /// The plant's true tilt.
    fn true_tilt_mdeg(&self) -> i32;

    /// Makes trouble on its line instead of what was before.
    fn trouble(&mut self, trouble: Trouble);

    /// Restarts its controller.
    fn restart(&mut self);
}

/// A device that can be given bytes to say that it never said.
pub(crate) struct Haunted<S> {
    device: S,
    stale: Vec<u8>,
}

impl<S: LineEnd> LineEnd for Haunted<S> {
    fn lines(&self) -> usize {
        self.device.lines()
    }

    fn advance(&mut self, now: Timestamp) {
        self.device.advance(now);
    }

    fn set_baud(&mut self, line: usize, baud: u32) {
        self.device.set_baud(line, baud);
    }

    fn hear(&mut self, line: usize, bytes: &[u8]) {
        self.device.hear(line, bytes);
    }

    fn say(&mut self, line: usize, out: &mut Vec<u8>) {
        out.append(&mut self.stale);
        self.device.say(line, out);
    }
}

/// Something else on a port: it says what such boards say, and understands nothing.
pub(crate) struct Printer {
    next: Timestamp,
    now: Timestamp,
}

impl Printer {
    pub(crate) const fn new() -> Self {
        Self { next: Timestamp::ZERO, now: Timestamp::ZERO }
    }
}

impl LineEnd for Printer {
    fn lines(&self) -> usize {
        1
    }

    fn advance(&mut self, now: Timestamp) {
        self.now = now;
    }

    fn set_baud(&mut self, _line: usize, _baud: u32) {}

    fn hear(&mut self, _line: usize, _bytes: &[u8]) {}

    fn say(&mut self, _line: usize, out: &mut Vec<u8>) {
        if self.now >= self.next {
            self.next = self.now.plus(antipode_safety::Millis::new(200));
            out.extend_from_slice(
                b"start\r\nMarlin 2.1.2\r\necho: Free Memory: 3420\r\nok T:21.3\r\n",
            );
        }
    }
}

/// A device, its driver, and the name under which the driver knows the port.
pub(crate) struct PluggedRig<S> {
    driver: Box<dyn TableDriver>,
    device: Plugged<Haunted<S>>,
    stale: &'static [u8],
    dir: tempfile::TempDir,
    /// Behind the path of the port in the address.
    suffix: &'static str,
    others: Vec<OpenTable>,
}

impl<S: Device> PluggedRig<S> {
    /// `stale` is what an earlier connection left in the line: a whole report, and half of one.
    pub(crate) fn new(
        driver: impl TableDriver + 'static,
        device: S,
        suffix: &'static str,
        stale: &'static [u8],
    ) -> Self {
        let device = Plugged::new(Haunted { device, stale: Vec::new() }).unwrap();
        let dir = tempfile::tempdir().unwrap();
        let driver: Box<dyn TableDriver> = Box::new(driver);
        let rig = Self { driver, device, stale, dir, suffix, others: Vec::new() };
        symlink(rig.device.path(), rig.name()).unwrap();
        rig
    }

    fn name(&self) -> PathBuf {
        self.dir.path().join("table")
    }

    fn address(&self, name: PathBuf) -> Address {
        Address(format!("{}{}", name.display(), self.suffix))
    }
}

#[async_trait]
impl<S: Device> Rig for PluggedRig<S> {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        self.driver.open(&self.address(self.name())).await
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        self.device.with(|haunted| haunted.device.true_tilt_mdeg())
    }

    fn can(&self, _act: Act) -> Tried<()> {
        Ok(())
    }

    fn unplug(&mut self) -> Tried<()> {
        self.device.unplug();
        std::fs::remove_file(self.name()).unwrap();
        Ok(())
    }

    fn plug(&mut self) -> Tried<()> {
        self.device.plug_in().unwrap();
        symlink(self.device.path(), self.name()).unwrap();
        Ok(())
    }

    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        self.device.with(move |haunted| haunted.device.trouble(trouble));
        Ok(())
    }

    async fn second_host(&mut self) -> Tried<Second> {
        match self.open().await {
            Ok(open) => {
                self.others.push(open);
                Ok(Second::HasIt)
            }
            Err(_) => Ok(Second::Refused),
        }
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        let printer =
            Plugged::new(Printer::new()).map_err(|_| NotTried("no pseudo-terminal is left"))?;
        let address = self.address(printer.path().to_owned());
        Ok(self.driver.open(&address).await)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        let stale = self.stale;
        self.device.with(move |haunted| haunted.stale.extend_from_slice(stale));
        while self.device.with(|haunted| !haunted.stale.is_empty()) {}
        Ok(())
    }

    fn restart_device(&mut self) -> Tried<()> {
        self.device.with(|haunted| haunted.device.restart());
        Ok(())
    }
}
