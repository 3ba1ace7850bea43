//! `antipode demo`, `run`, `simulate`, `soak` and `replay`: whatever runs a session.

use crate::exit::Exit;
use crate::failure::Failure;

/// Says that this build runs no sessions.
pub(super) fn unavailable(command: &str) -> Result<Exit, Failure> {
    Err(Failure::failed(format!("this build cannot run `antipode {command}`"))
        .help("build it with the engine"))
}
