//! A controller for drives that have none.
//!
//! A motor controller such as a Jrk, a Tic, a RoboClaw or an industrial actuator moves a bed and
//! stops by itself when nobody speaks to it. It does not come back by itself, knows no lease, no
//! STOP and no ankle latch. Here the table's reference controller is put in front of such a drive:
//! the host speaks table link to it, as to any other table, and when the host dies it brings the
//! person back, since it runs in a process of its own.
//!
//! ```text
//!   host --table link--> Controller --rate--> Follower --Order--> Drive (a dialect) --bytes--> port
//!        <--------------            <--angle, current, faults------                 <--
//! ```
//! When this process dies too, the drive's own timeout is what is left: the motor stands and the
//! tilt is held. Therefore a drive whose timeout is off or unknown is never armed.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod awake;
mod config;
mod drive;
mod fact;
mod follower;
mod guardian;
mod need;
mod stroke;

pub use antipode_firmware::{BootInfo, HostLossPolicy, Inspection, Request};
pub use antipode_link::Rescue;
pub use awake::Awake;
pub use config::{AngleFrom, ConfigError, GuardianConfig};
pub use drive::{Actuation, Direction, Drive, DriveFaults, Fitness, Order, Sample, Status};
pub use fact::{Fact, line_of};
pub use follower::{Ask, Follower, Following};
pub use guardian::{Guardian, Parts};
pub use need::Need;
pub use stroke::{StrokeError, StrokePoint, StrokeTable};
