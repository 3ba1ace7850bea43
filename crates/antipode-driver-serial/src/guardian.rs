//! The guardian as a process: it holds the port of a drive that has no controller, and is that
//! controller for any host that finds its socket.
//!
//! ```text
//!   host --Unix socket--> [ clients ] --frames--> Guardian (pure) --bytes--> [ port ] --> drive
//!                          one Hello has the session                     sensor beside it
//! ```
//! One thread does all of it, so that nothing in it can wait for anything but the next moment. No
//! host makes it wait: one that does not read is let go. It outlives its host, its terminal and
//! every signal that can be outlived; it ends by itself once nobody needs it.

mod alarm;
mod clients;
mod driver;
mod home;
mod inclinometer;
mod presence;
mod shell;
mod signals;
mod vigil;
mod writer;

use std::io;
use std::path::PathBuf;

use antipode_device::{DriveModel, LineSettings};
use antipode_guardian::{ConfigError, Drive, GuardianConfig, StrokeTable};

use crate::drive::{Fitted, ModelError, config_of, drive_of, stroke_of};

pub use alarm::Loudness;
pub use driver::{DriveState, GuardedDriver, Identity, Launch, Stated, drive_state};
pub use home::{drive_facts, needs, vigilance};
pub use inclinometer::Inclinometer;
pub use presence::{Living, Presence, presence};
pub use shell::Shell;
pub use vigil::{Vigil, Vigilance, Watch};

/// Everything that a guardian needs.
pub struct GuardianPlan {
    /// The dialect of its drive, which has said nothing yet.
    pub drive: Box<dyn Drive>,
    /// The drive's port: `PATH` or `PATH@BAUD`, as for every serial table.
    pub port: String,
    /// How its line is set. A rate in the address counts first.
    pub line: LineSettings,
    /// The table.
    pub config: GuardianConfig,
    /// From the actuator's stroke to the bed's tilt.
    pub stroke: StrokeTable,
    /// A sensor of the tilt beside the drive, where there is to be one.
    pub sensor: Option<Inclinometer>,
    /// Where hosts find it. Its folder is made for this user alone; a lock, a log, the count of
    /// starts and what is known of the drive lie beside it.
    pub socket: PathBuf,
    /// Through what it is heard when it holds somebody and no host speaks.
    pub loudness: Loudness,
}

impl GuardianPlan {
    /// The plan of a guarded table of `model` at what `fitted` says, with its inclinometer, where it has
    /// one.
    ///
    /// # Errors
    /// What keeps such a table from being guarded.
    pub fn of(
        model: &DriveModel,
        fitted: &Fitted,
        sensor: Option<Inclinometer>,
        socket: PathBuf,
    ) -> Result<Self, ModelError> {
        Ok(Self {
            drive: drive_of(model)?,
            port: fitted.address.0.clone(),
            line: model.line,
            config: config_of(model, fitted)?,
            stroke: stroke_of(model)?,
            sensor,
            socket,
            loudness: Loudness::default(),
        })
    }
}

/// Why no guardian runs.
#[derive(Debug, thiserror::Error)]
pub enum GuardianError {
    /// The port's address is none.
    #[error("{address} is no port: write /dev/serial/by-id/... and @BAUD where needed")]
    Address {
        /// As it was given.
        address: String,
    },
    /// The table cannot be guarded as it is described.
    #[error("this table cannot be guarded: {0}")]
    Config(#[from] ConfigError),
    /// Another guardian has this socket.
    #[error("a guardian runs at {} already; hosts connect to that one", socket.display())]
    Running {
        /// Whose.
        socket: PathBuf,
    },
    /// The folder of the socket belongs to somebody else, or others may write there.
    #[error("{} is open to other users; give the guardian a folder of its own", folder.display())]
    Folder {
        /// Which.
        folder: PathBuf,
    },
    /// Something else of the system.
    #[error("could not {what} for the guardian: {cause}; nothing was sent to the drive")]
    System {
        /// What was tried.
        what: &'static str,
        /// What the system said.
        #[source]
        cause: io::Error,
    },
}

/// Runs a guardian until nobody needs it: level or head-up, standing, and without a host for ten
/// seconds. It leaves its terminal and ignores every signal that asks it to end. As long as `vigil`
/// does not know that this computer stays awake, it lowers nobody, and brings up whoever is down (H-03).
///
/// # Errors
/// Only before anything was sent to the drive; a line that is lost later is opened again, disarmed.
pub fn serve(plan: GuardianPlan, vigil: Vigil) -> Result<(), GuardianError> {
    signals::outlive()
        .map_err(|cause| GuardianError::System { what: "take the signals", cause })?;
    Shell::open(plan, vigil)?.run_while(|| true);
    Ok(())
}
