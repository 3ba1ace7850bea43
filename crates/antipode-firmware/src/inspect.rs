//! A look inside, for instruments and simulators. Reading it changes nothing, and nothing here
//! leaves the board by itself.

use antipode_safety::{FaultSet, Latches};

use crate::condition::Ankles;
use crate::controller::Controller;
use crate::demand::Demand;

/// Which request has the bed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Request {
    /// None: zero rate is wanted.
    None,
    /// A motion frame.
    Target,
    /// A jog frame.
    Jog,
    /// A return that the host orders by leased frames.
    HostReturn,
    /// A return that runs only while a person holds a control.
    HeldReturn,
    /// A return after one press of the hand control, or the table's own.
    OwnReturn,
}

/// What the controller knows and does, in plain numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inspection {
    /// What the drive follows, millidegrees a second.
    pub setpoint_mdeg_s: i32,
    /// Which request has the bed.
    pub request: Request,
    /// The table runs it by itself; nobody asked for it.
    pub automatic: bool,
    /// It runs on doubtful angles or latches: at creep rate.
    pub creep: bool,
    /// The drive's angle as believed, millidegrees.
    pub tilt_mdeg: Option<i32>,
    /// The second angle as believed, millidegrees.
    pub second_tilt_mdeg: Option<i32>,
    /// What is left of the lease of the motion in force, milliseconds.
    pub lease_ms_left: u32,
    /// The link session in force; 0 none.
    pub session: u32,
    /// Commands accepted since the start.
    pub commands_accepted: u32,
    /// Number of the last one.
    pub last_accepted: u16,
    /// Rate that the motion in force asks for, millidegrees a second, signed.
    pub asked_mdeg_s: i32,
    /// Motion frames act.
    pub armed: bool,
    /// STOP is latched.
    pub stop_latched: bool,
    /// Faults latched or present.
    pub faults: FaultSet,
    /// A return ran against something.
    pub back_blocked: bool,
    /// Latches as debounced.
    pub latches: Latches,
    /// Every fitted latch sensor says open.
    pub latches_open: bool,
    /// Somebody greeted it since the start.
    pub greeted: bool,
    /// This start is one of too many.
    pub reset_loop: bool,
    /// A host showed that it lives since the start.
    pub host_seen: bool,
    /// A host speaks now.
    pub host_present: bool,
    /// The motor has no energy.
    pub unpowered: bool,
}

impl Controller {
    /// A look inside.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        let (request, asked) = self.request();
        let angle = |tilt: Option<antipode_safety::Angle>| tilt.map(|tilt| tilt.millideg());
        Inspection {
            setpoint_mdeg_s: self.setpoint,
            request,
            automatic: matches!(self.demand, Demand::AutoReturn { .. }),
            creep: self.creeps(),
            tilt_mdeg: angle(self.sources.main()),
            second_tilt_mdeg: angle(self.sources.second()),
            lease_ms_left: self.demand.lease().map_or(0, |lease| lease.left_ms(self.now_ms)),
            session: self.session.id(),
            commands_accepted: self.session.commands_accepted(),
            last_accepted: self.session.accepted(),
            asked_mdeg_s: asked,
            armed: self.session.armed(),
            stop_latched: self.stop.latched(),
            faults: self.faults.reported(),
            back_blocked: self.back_blocked,
            latches: self.condition.latches(),
            latches_open: self.condition.ankles() == Ankles::Open,
            greeted: self.greeted,
            reset_loop: self.reset_loop(),
            host_seen: self.session.seen(),
            host_present: self.session.present(self.config.lease_cap_ms),
            unpowered: self.condition.unpowered(),
        }
    }

    fn request(&self) -> (Request, i32) {
        let own = -self.config.return_rate.millideg_per_s();
        match self.demand {
            Demand::Hold => (Request::None, 0),
            Demand::Target { rate, way, .. } => (Request::Target, rate * way),
            Demand::Jog { rate, .. } => (Request::Jog, rate),
            Demand::HostReturn { rate, held: false, .. } => (Request::HostReturn, -rate),
            Demand::HostReturn { rate, held: true, .. } => (Request::HeldReturn, -rate),
            Demand::HandReturn { held: true } => (Request::HeldReturn, own),
            Demand::HandReturn { held: false } | Demand::AutoReturn { .. } => {
                (Request::OwnReturn, own)
            }
        }
    }
}
