//! An independent check of the safety invariants over a plain trace. Depends on nothing of ours.

pub mod trace;
