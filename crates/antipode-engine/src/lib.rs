//! Runs a session: the engine core and its two shells, real and virtual.
