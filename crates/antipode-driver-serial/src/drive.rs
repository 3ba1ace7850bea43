//! Motor drives that have no controller of their own, each as an `antipode_guardian::Drive`.

#[cfg(test)]
mod bench;
mod exchange;
pub mod jrk;
pub mod modbus;
pub mod roboclaw;
mod silence;
pub mod tic;
