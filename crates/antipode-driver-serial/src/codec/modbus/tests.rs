//! Frames of an independent peer, a master before every misbehaviour that was measured, and what
//! holds for every other line.

mod bench;
mod master;
mod noise;
mod properties;
mod stop;
mod vectors;
