//! Rigs for the conformance suite: a device of this workspace behind a pseudo-terminal, and a
//! program. A new dialect needs a [`Device`] and a line in `conformance.rs`.

pub(crate) mod plugged;
pub(crate) mod program;
