//! Drives and sensors of other makers, simulated in front of the plant and the person.
//!
//! ```text
//!   line 0 --bytes--> wire --> board (Jrk, Tic, RoboClaw, Modbus drive) --speed--> Linkage --> Plant
//!          <--bytes-- wire <--                                         <--stroke--         <--
//!   line 1 <--bytes-- wire <-- inclinometer beside the table                      <-- tilt --
//! ```
//! Each board reads its protocol with its own code, apart from the codecs of the drivers: what one
//! side gets wrong the other does not share. It does what the maker's documents say that the device
//! does, its traps included; where they are silent, a setting of the board chooses, and a test can
//! try both. No hardware was touched: this is what we believe of it, in a form that can be run.
//!
//! # Example
//! ```
//! use antipode_safety::Timestamp;
//! use antipode_sim::device::{DeviceSetup, SerialTable};
//! use antipode_sim::pty::LineEnd;
//!
//! let mut table = SerialTable::new(&DeviceSetup::jrk(), 1);
//! // "Get scaled feedback" with its check: where the actuator is.
//! table.hear(0, &[0xa7, 0x2e]);
//! table.advance(Timestamp::from_millis(20));
//! let mut said = Vec::new();
//! table.say(0, &mut said);
//! assert_eq!(said.len(), 2);
//! ```

mod bench;
mod board;
mod crc;
mod fault;
mod jrk;
mod linkage;
mod modbus;
mod pololu;
mod reply;
mod roboclaw;
mod sensor;
mod setup;
mod tic;

#[cfg(test)]
mod tests;

pub use bench::SerialTable;
pub use board::Feeding;
pub use fault::{DeviceFault, DeviceFaults};
pub use jrk::JrkSetup;
pub use linkage::Linkage;
pub use modbus::{ModbusMap, ModbusSetup};
pub use roboclaw::RoboClawSetup;
pub use sensor::SensorModel;
pub use setup::{DeviceSetup, DriveSetup};
pub use tic::TicSetup;
