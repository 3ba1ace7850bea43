//! What a table, or a sensor beside it, is to the rest of Antipode: the traits every driver
//! implements, what a device must say of itself, and the errors it may give.
//!
//! A driver moves bytes. It holds no limits, no plans and no retries of motion, and nothing in it
//! renews a lease or sends a heartbeat by itself: that is the control loop's alone, so that a
//! frozen loop lets the table's own protection run.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod beside;
mod capabilities;
mod clock;
mod command;
#[cfg(feature = "conformance")]
pub mod conformance;
mod error;
mod event_queue;
#[cfg(any(test, feature = "fixture"))]
pub mod fixture;
mod link_port;
mod model;
mod priority;
mod sensor;
mod table;
mod threaded;
mod trace;

pub use beside::{BESIDE_AGE, Beside, NotBeside, RefusedBeside};
pub use capabilities::{Capabilities, Rates, Rescue};
pub use clock::BootClock;
pub use command::{CommandId, ReturnMotion, TableCommand, TableEvent};
pub use error::{LinkLoss, TableError};
pub use link_port::LinkPort;
pub use model::{
    CommandWrite, Counter, Dialect, DriveCondition, DriveModel, EnumRead, FedBy, HostLoss,
    IdentityRead, JrkSettings, LineSettings, LossAction, MAX_STROKE_POINTS, ModbusMotion,
    ModbusProfile, ModbusReads, ModbusTiming, NumberKind, NumberRead, Parity, PololuFraming,
    PositionRead, Proof, Register, RegisterBank, RoboClawMotion, RoboClawMotor, RoboClawSettings,
    RunState, Scale, StopBits, Stroke, StrokeError, StrokePoint, TargetWrite, TicSettings,
    ValidBit, WriteFunction, WriteProof,
};
pub use priority::come_first;
#[cfg(feature = "mock")]
pub use sensor::MockSensor;
pub use sensor::{
    Axis, BloodPressure, Mount, Sense, Sensor, SensorCapabilities, SensorDriver, SensorError,
    SensorEvent, TiltReading, VitalsReading,
};
pub use table::{Address, InProcessTable, OpenTable, Stopper, Table, TableDriver};
#[cfg(feature = "mock")]
pub use table::{MockStopper, MockTable};
pub use threaded::{ControlEnd, Orders, Wake, threaded};
pub use trace::{Traced, WireTrace};
