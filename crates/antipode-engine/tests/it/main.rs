//! The engine on the simulated table, in virtual time.

mod hands;
mod whole_session;
