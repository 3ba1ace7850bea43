//! Ways home without power: clutch, damper and catch, and a spotter's hands (hazard H-14).

use super::config::Rescue;

/// What the spotter does at the table itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpotterAct {
    /// Nothing.
    HandsOff,
    /// Winds the crank; works on a table with [`Rescue::Crank`] or [`Rescue::Battery`] while the drive
    /// is dead: a battery brings nobody home when the drive itself has failed.
    Crank {
        /// Rate at the bed, in millidegrees a second; nobody winds faster than 3,000.
        mdeg_per_s: i32,
    },
    /// Pulls the release lever; works on a table with [`Rescue::Gravity`], powered or not.
    Release,
}

/// Fastest turn by crank, in degrees a second.
const CRANK_TOP: f64 = 3.0;
/// Torque that a spotter puts on the bed through the crank, in newton metres.
pub(crate) const CRANK_NM: f64 = 250.0;
/// Time from loss of power to an open clutch, and from power to a closed one.
const CLUTCH_MS: u32 = 300;
/// The damper: free up to this rate, then steep.
const DAMPER_FREE: f64 = 2.0;
/// Damping beyond the free rate, in newton metres a degree per second.
const DAMPER: f64 = 40.0;
/// Tilt at which the catch falls in, in degrees: inside the rest band.
const CATCH_DEG: f64 = -3.0;
/// Friction of the catch and of the one-way device, in newton metres.
const CATCH_NM: f64 = 600.0;

/// Clutch, damper, catch and crank.
#[derive(Clone, Debug)]
pub(crate) struct Homing {
    class: Rescue,
    act: SpotterAct,
    clutch_open: bool,
    changing_ms: u32,
    caught: bool,
}

impl Homing {
    pub(crate) const fn new(class: Rescue) -> Self {
        Self { class, act: SpotterAct::HandsOff, clutch_open: false, changing_ms: 0, caught: false }
    }

    /// Takes on what the spotter does; false when this table gives it nothing to act on.
    pub(crate) fn act(&mut self, act: SpotterAct) -> bool {
        let works = match act {
            SpotterAct::HandsOff => true,
            SpotterAct::Crank { .. } => {
                matches!(self.class, Rescue::Crank | Rescue::Battery)
            }
            SpotterAct::Release => self.class == Rescue::Gravity,
        };
        self.act = if works { act } else { SpotterAct::HandsOff };
        works
    }

    /// Whether nothing of this acts now or is about to.
    pub(crate) fn is_idle(&self) -> bool {
        self.act == SpotterAct::HandsOff && !self.clutch_open && self.changing_ms == 0
    }

    /// Lets the clutch follow power and lever for `dt_ms`.
    #[inline]
    pub(crate) fn advance(&mut self, dt_ms: u32, powered: bool, tilt_deg: f64) {
        let want_open =
            self.class == Rescue::Gravity && (!powered || self.act == SpotterAct::Release);
        if want_open != self.clutch_open {
            self.changing_ms += dt_ms;
            if self.changing_ms >= CLUTCH_MS {
                (self.clutch_open, self.changing_ms) = (want_open, 0);
            }
        } else {
            self.changing_ms = 0;
        }
        self.caught = self.clutch_open && (self.caught || tilt_deg <= CATCH_DEG);
    }

    pub(crate) const fn clutch_open(&self) -> bool {
        self.clutch_open
    }

    /// The rate that a spotter winds at, in degrees a second, while the drive is `dead`.
    pub(crate) fn crank_deg_per_s(&self, dead: bool) -> Option<f64> {
        match self.act {
            SpotterAct::Crank { mdeg_per_s } if dead => {
                Some((f64::from(mdeg_per_s) / 1_000.0).clamp(-CRANK_TOP, CRANK_TOP))
            }
            SpotterAct::Crank { .. } | SpotterAct::HandsOff | SpotterAct::Release => None,
        }
    }

    /// Damping and its offset for a bed freed by the clutch: torque = push - drag * rate.
    #[inline]
    pub(crate) fn damper(&self, rate_deg_per_s: f64) -> (f64, f64) {
        if rate_deg_per_s < -DAMPER_FREE { (-DAMPER * DAMPER_FREE, DAMPER) } else { (0.0, 0.0) }
    }

    /// Friction of catch and one-way device against a bed that would go `rate_deg_per_s`.
    #[inline]
    pub(crate) fn catch_nm(&self, rate_deg_per_s: f64) -> f64 {
        if self.caught || rate_deg_per_s > 0.0 { CATCH_NM } else { 0.0 }
    }
}
