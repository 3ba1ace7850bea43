//! What the tester of a driver brings: the device, an instrument, and ways to make trouble.

use antipode_safety::Timestamp;
use async_trait::async_trait;

use crate::{BootClock, OpenTable, TableError};

/// Why something was not tried here: what this rig cannot do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotTried(pub &'static str);

/// What a rig did, or why it cannot.
pub type Tried<T> = Result<T, NotTried>;

/// What the line between driver and device does to what goes over it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Trouble {
    /// Nothing: it is a good line.
    None,
    /// What the device says does not arrive.
    AnswersLost,
    /// Both ways take this much longer, milliseconds.
    Late(u16),
    /// Everything arrives twice, both ways.
    Twice,
    /// Random bytes between what is said, both ways.
    Garbage,
}

/// What a check may ask of a rig beside opening its table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Go on when its table is dropped, so that the bed can be watched then.
    OutliveHost,
    /// Pull the cable and put it back: [`Rig::unplug`], [`Rig::plug`].
    Unplug,
    /// Make this trouble: [`Rig::trouble`].
    Trouble(Trouble),
    /// Let another host reach for the table: [`Rig::second_host`].
    SecondHost,
    /// Open what is not its table: [`Rig::open_wrong_device`].
    WrongDevice,
    /// Leave bytes in the line: [`Rig::stale_bytes`].
    StaleBytes,
    /// Restart the controller: [`Rig::restart_device`].
    Restart,
}

/// What became of another host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Second {
    /// It did not get in.
    Refused,
    /// It has the table now.
    HasIt,
}

/// One device under test, at rest in the rest band with no fault, and everything around it.
///
/// Nothing has a default: what a rig cannot do it must say itself.
#[async_trait]
pub trait Rig: Send {
    /// Opens the table through its driver, as the program does.
    ///
    /// # Errors
    /// What the driver says.
    async fn open(&mut self) -> Result<OpenTable, TableError>;

    /// The true tilt of the bed in millidegrees, positive head-down, by an instrument in which the
    /// driver has no part. It is asked every few milliseconds, also while the line is cut.
    fn true_tilt_mdeg(&mut self) -> i32;

    /// The present moment of the clock that the driver stamps readings with.
    fn now(&self) -> Timestamp {
        BootClock.now()
    }

    /// Whether it can do this. A check asks before it opens the table: no bed is lowered for what
    /// cannot be tried then.
    ///
    /// # Errors
    /// Why it cannot, here and below.
    fn can(&self, act: Act) -> Tried<()>;

    /// Pulls the cable: the driver's end hangs up, the device keeps its power.
    ///
    /// # Errors
    /// See [`Rig::can`].
    fn unplug(&mut self) -> Tried<()>;

    /// Puts the cable back under the name it had.
    ///
    /// # Errors
    /// See [`Rig::can`].
    fn plug(&mut self) -> Tried<()>;

    /// Makes trouble on the line from now on, instead of what was before.
    ///
    /// # Errors
    /// See [`Rig::can`].
    fn trouble(&mut self, trouble: Trouble) -> Tried<()>;

    /// Lets another host reach for the table and hold on to it if it gets it.
    ///
    /// # Errors
    /// See [`Rig::can`].
    async fn second_host(&mut self) -> Tried<Second>;

    /// Opens the driver where something is that is not its table.
    ///
    /// # Errors
    /// See [`Rig::can`]; what the driver says is inside.
    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>>;

    /// Leaves bytes of an earlier connection in the line, before it is opened: among them what would
    /// read as a report of another tilt, and half of a report.
    ///
    /// # Errors
    /// See [`Rig::can`].
    fn stale_bytes(&mut self) -> Tried<()>;

    /// Restarts the device's controller as a short loss of its power does; the bed stays where it
    /// is.
    ///
    /// # Errors
    /// See [`Rig::can`].
    fn restart_device(&mut self) -> Tried<()>;
}
