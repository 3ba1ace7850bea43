//! The spring brake.

use super::config::BrakeConfig;
use super::faults::BrakeJam;

/// Springs close it, current opens it; both take their time.
#[derive(Clone, Debug)]
pub(crate) struct Brake {
    config: BrakeConfig,
    closed: bool,
    changing_ms: u32,
}

impl Brake {
    pub(crate) const fn new(config: BrakeConfig) -> Self {
        Self { config, closed: true, changing_ms: 0 }
    }

    /// Follows the coil for `dt_ms`: without current it closes.
    #[inline]
    pub(crate) fn advance(&mut self, dt_ms: u32, wanted_closed: bool) {
        if wanted_closed == self.closed {
            self.changing_ms = 0;
            return;
        }
        self.changing_ms += dt_ms;
        let needed = if wanted_closed { self.config.engage_ms } else { self.config.release_ms };
        if self.changing_ms >= u32::from(needed) {
            self.closed = wanted_closed;
            self.changing_ms = 0;
        }
    }

    /// Whether a healthy brake would be closed now; the drive relies on this.
    pub(crate) const fn should_be_closed(&self) -> bool {
        self.closed
    }

    /// Whether it is on its way from one state to the other.
    pub(crate) const fn is_changing(&self) -> bool {
        self.changing_ms > 0
    }

    /// Torque that it holds now, in newton metres.
    #[inline]
    pub(crate) fn grip_nm(&self, jam: Option<BrakeJam>) -> f64 {
        let closed = match jam {
            None => self.closed,
            Some(BrakeJam::Closed) => true,
            Some(BrakeJam::Open) => false,
        };
        if closed { f64::from(self.config.slip_torque_nm) } else { 0.0 }
    }
}
