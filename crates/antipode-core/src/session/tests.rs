//! The session against an ideal table: it obeys at once and reports what is true. What a real
//! table makes of it is tested with the firmware and the plant, elsewhere.

mod alone;
mod alone_stop;
mod balk;
mod bench;
mod dead_man;
mod ends;
mod found;
mod happy;
mod latches;
mod lookout;
mod proof;
mod react;
mod red_flags;
mod refused;
mod signs_of_life;
mod stop;
