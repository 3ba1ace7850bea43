//! What session and table are doing.

use antipode_core::session::StateKind;
use antipode_safety::DriveState;

/// What the session is doing.
#[must_use]
pub const fn state(state: StateKind) -> &'static str {
    match state {
        StateKind::Connecting => "connecting to the table",
        StateKind::SelfTest => "trying out the buttons",
        StateKind::Ready => "ready",
        StateKind::Starting => "starting",
        StateKind::Proof => "small test tilt",
        StateKind::Running => "running the plan",
        StateKind::Paused => "paused",
        StateKind::Returning => "coming up",
        StateKind::Held => "holding still",
        StateKind::Stopped => "STOPPED",
        StateKind::Closing => "last rest",
        StateKind::Finished => "over",
        StateKind::Attended => "moving by hand",
    }
}

/// What the table's own controller is doing.
#[must_use]
pub const fn drive(drive: DriveState) -> &'static str {
    match drive {
        DriveState::Disarmed => "not armed",
        DriveState::Holding => "holding",
        DriveState::Moving => "moving",
        DriveState::Returning => "coming up",
        DriveState::Stopped => "stopped",
        DriveState::HostLossHold => "holding alone",
        DriveState::HostLossReturn => "coming up alone",
        DriveState::Faulted => "fault",
    }
}
