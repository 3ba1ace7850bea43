//! Rigs for the conformance suite: a device of this workspace behind a pseudo-terminal, a drive with
//! its guardian, and a program. A new dialect needs a device and a test in `conformance.rs`.

pub(crate) mod guarded;
pub(crate) mod plugged;
pub(crate) mod program;
