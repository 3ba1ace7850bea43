//! Motor drives that have no controller of their own, each as an `antipode_guardian::Drive`.

#[cfg(test)]
mod bench;
mod exchange;
pub mod jrk;
#[cfg(test)]
mod meeting;
pub mod modbus;
mod of;
pub mod roboclaw;
mod silence;
mod table;
pub mod tic;
mod word;

pub use of::{ModelError, drive_of, following_of, stroke_of};
pub use table::{Fitted, config_of};
