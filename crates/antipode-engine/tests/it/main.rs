//! The engine on the simulated table: the virtual shell, and the real one on a clock of the test's.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up is to fail")]

mod bench;
mod beside;
mod broken_table;
mod every_moment;
mod hand_return;
mod hands;
mod host_lost;
mod journaled;
mod real_loop;
mod refused;
mod stuck_button;
mod threads;
mod two_shells;
mod whole_session;
