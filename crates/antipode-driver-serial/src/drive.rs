//! Motor drives that have no controller of their own, each as an `antipode_guardian::Drive`.

mod exchange;
pub mod jrk;
pub mod tic;
