//! The controller: one tick after another.

mod notice;
mod obey;

use antipode_link::{Decoder, Frame};
use antipode_safety::{DriveState, Fault, FaultSet, Rate, Switches};

use crate::angle::{Estimate, Sources};
use crate::automatic::Automatic;
use crate::blind::Blind;
use crate::condition::Condition;
use crate::config::Config;
use crate::current::CurrentWatch;
use crate::demand::Demand;
use crate::drive::DriveWatch;
use crate::fault_log::Faults;
use crate::gave_up::GaveUp;
use crate::hand::{ReturnButton, Stop};
use crate::io::{BootInfo, Inputs, Outputs};
use crate::limits::OkButton;
use crate::motion::{self, ARRIVED_MDEG, Gently};
use crate::outbox::Outbox;
use crate::session::Session;
use crate::timer::Held;

/// The first tick has none before it and counts as this long.
const FIRST_TICK_MS: u32 = 10;
/// A tick this late means that the clock or the board failed; longer ones count as this.
const LONGEST_TICK_MS: u32 = 1_000;
/// At zero for so long the bed stands and the brake is set.
const BRAKE_AFTER_MS: u32 = 300;
/// Head-down under STOP for so long, the buzzer asks people to act.
const STOPPED_TOO_LONG_MS: u32 = 30_000;
/// An arrived bed that is further off than this is steered again.
const STRAYED_MDEG: i32 = 300;

/// The table's controller. Holds all its state, so that a clone is a fork of the table.
///
/// Call [`Controller::receive`] with bytes as they come, [`Controller::tick`] every 10 ms (1 to
/// 50 ms are tolerated), and [`Controller::transmit`] after each tick. The clock is in milliseconds
/// and may wrap.
#[derive(Clone, Debug)]
pub struct Controller {
    /// In force: the commissioned settings, or narrower ones since this start.
    pub(crate) config: Config,
    pub(crate) commissioned: Config,
    pub(crate) boot: BootInfo,
    decoder: Decoder,
    pub(crate) session: Session,
    pub(crate) outbox: Outbox,
    pub(crate) faults: Faults,
    pub(crate) sources: Sources,
    pub(crate) drive: DriveWatch,
    pub(crate) current: CurrentWatch,
    pub(crate) condition: Condition,
    pub(crate) automatic: Automatic,
    pub(crate) stop: Stop,
    pub(crate) button: ReturnButton,
    pub(crate) ok: OkButton,
    pub(crate) at: Option<Estimate>,
    /// The most head-down angle last known, for when there is none.
    pub(crate) last_worst: i32,
    pub(crate) blind: Blind,
    pub(crate) demand: Demand,
    /// What the drive follows, millidegrees a second.
    pub(crate) setpoint: i32,
    at_zero: Held,
    pub(crate) gave_up: GaveUp,
    pub(crate) outputs: Outputs,
    /// A return ran against something; only people may go on.
    pub(crate) back_blocked: bool,
    pub(crate) blocked_for: Held,
    /// A person was stopped by a blocked return and holds RETURN again.
    pub(crate) pushes: bool,
    /// It started head-down, and neither a person nor a host has asked for a return since.
    pub(crate) boot_hold: bool,
    pub(crate) uptime: Held,
    /// The rest switch has been closed for so long.
    pub(crate) rested: Held,
    pub(crate) greeted: bool,
    /// Faults to latch that arose between ticks.
    latch_next: FaultSet,
    pub(crate) inputs: Option<Inputs>,
    pub(crate) now_ms: u32,
    pub(crate) since_report: Held,
    /// Neither armed nor head-down nor turning for so long.
    pub(crate) quiet: Held,
    pub(crate) reported_state: DriveState,
    pub(crate) reported_switches: Switches,
}

impl Controller {
    /// A controller that has just started: zero rate, brake set, disarmed, `Restarted` latched.
    /// Settings beyond what any table may do are brought inside.
    #[must_use]
    pub fn new(config: Config, boot: BootInfo) -> Self {
        let config = config.bounded();
        Self {
            boot,
            decoder: Decoder::new(),
            session: Session::new(boot),
            outbox: Outbox::new(),
            faults: Faults::new(),
            sources: Sources::new(config.second_angle),
            drive: DriveWatch::new(),
            current: CurrentWatch::default(),
            condition: Condition::new(&config),
            automatic: Automatic::default(),
            stop: Stop::default(),
            button: ReturnButton::default(),
            ok: OkButton::default(),
            at: None,
            last_worst: 0,
            blind: Blind::default(),
            demand: Demand::Hold,
            setpoint: 0,
            at_zero: Held::since(BRAKE_AFTER_MS),
            gave_up: GaveUp::new(),
            outputs: Outputs { setpoint: Rate::ZERO, brake: true, relay: true, buzzer: false },
            back_blocked: false,
            blocked_for: Held::ZERO,
            pushes: false,
            boot_hold: true,
            uptime: Held::ZERO,
            rested: Held::ZERO,
            greeted: false,
            latch_next: FaultSet::NONE.with(Fault::Restarted, true),
            inputs: None,
            now_ms: 0,
            since_report: Held::ZERO,
            quiet: Held::ZERO,
            reported_state: DriveState::Disarmed,
            reported_switches: Switches::NONE,
            commissioned: config,
            config,
        }
    }

    /// Takes bytes that arrived at `now_ms`, in any chunks. Commands take effect at the next tick;
    /// STOP is latched here.
    pub fn receive(&mut self, now_ms: u32, bytes: &[u8]) {
        let mut decoder = core::mem::take(&mut self.decoder);
        decoder.feed(bytes, |frame| self.command(now_ms, frame));
        self.decoder = decoder;
    }

    /// Takes one frame that arrived at `now_ms`, for links that frame by themselves.
    pub fn receive_frame(&mut self, now_ms: u32, frame: Frame) {
        self.command(now_ms, frame);
    }

    /// Writes queued frames into `out`, whole frames only; the bytes written.
    pub fn transmit(&mut self, out: &mut [u8]) -> usize {
        self.outbox.transmit(self.session.id(), out)
    }

    /// One tick: looks, decides, and says what the board does until the next one.
    pub fn tick(&mut self, now_ms: u32, inputs: &Inputs) -> Outputs {
        let first = self.inputs.is_none();
        let since = now_ms.wrapping_sub(self.now_ms);
        let dt_ms = if first { FIRST_TICK_MS } else { since.min(LONGEST_TICK_MS) };
        self.now_ms = now_ms;
        self.inputs = Some(*inputs);
        self.uptime.update(true, dt_ms);
        self.rested.update(inputs.switches.has(antipode_safety::Switch::Rest), dt_ms);
        self.blocked_for.update(self.back_blocked, dt_ms);
        self.session.update(dt_ms);

        let seen = self.look(inputs, dt_ms);
        self.note_faults(inputs, seen);
        self.obey_stop(inputs.switches, dt_ms);
        self.obey_hand(inputs.switches);
        self.ok.update(inputs.switches);
        self.end_leases(now_ms);
        self.act_alone(dt_ms);
        self.end_what_is_forbidden();
        let wanted = self.wanted();
        self.drive(wanted, dt_ms);
        self.report(inputs, dt_ms);
        self.outputs
    }

    /// The rate that the demand asks for, inside this table's limits.
    fn wanted(&mut self) -> i32 {
        let Some(at) = self.at else { return self.wanted_blind() };
        let config = self.config;
        let gently = Gently { creep: self.creeps(), hot: self.condition.hot_soft() };
        let own = config.return_rate.millideg_per_s();
        match &mut self.demand {
            Demand::Hold => 0,
            Demand::Target { target, rate, way, arrived, .. } => {
                let left = *target - motion::toward_from(&at, *target);
                let short = left * *way;
                if *arrived && left.abs() > STRAYED_MDEG {
                    *way = left.signum();
                    *arrived = false;
                } else if short <= ARRIVED_MDEG {
                    *arrived = true;
                }
                if *arrived { 0 } else { motion::toward(&config, &at, *target, *rate) }
            }
            Demand::Jog { rate, .. } => {
                let stalled = self.faults.has(Fault::StallBack)
                    || self.faults.has(Fault::StallDown)
                    || self.faults.has(Fault::OverCurrent);
                let creep = config.creep_rate.millideg_per_s();
                let rate = if stalled { (*rate).clamp(-creep, creep) } else { *rate };
                motion::within_range(&config, &at, rate)
            }
            Demand::HostReturn { rate, .. } => motion::back(&config, &at, *rate, gently),
            Demand::HandReturn { .. } | Demand::AutoReturn { .. } => {
                motion::back(&config, &at, own, gently)
            }
        }
    }

    /// Ramps the setpoint and sets brake, relay and buzzer.
    fn drive(&mut self, wanted: i32, dt_ms: u32) {
        let runaway = self.faults.has(Fault::Runaway);
        let cut = runaway || self.current.probes();
        self.setpoint =
            if cut { 0 } else { motion::ramp(&self.config, self.setpoint, wanted, dt_ms) };
        let at_zero_ms = self.at_zero.update(self.setpoint == 0, dt_ms);
        let stopped = self.stop.latched() && self.setpoint == 0;
        // STOP means that the bed stands. A brake that was seen to slip does not hold it, the drive
        // at rate zero does (H-10, I3).
        let stands = (stopped || at_zero_ms >= BRAKE_AFTER_MS) && !self.automatic.drive_holds();
        // A drive that must not run is cut off, so that people can work the bed by hand.
        let relay = !(cut || self.condition.hot_hard());
        self.outputs = Outputs {
            setpoint: Rate::clamped(i64::from(self.setpoint)),
            // A drive without energy holds nothing, whatever it was to hold in the brake's place.
            brake: !relay || stands,
            relay,
            buzzer: self.alarm(),
        };
    }

    /// The buzzer: something is wrong with a person head-down, or with the table (I17).
    fn alarm(&self) -> bool {
        let wrong = self.faults.has(Fault::Runaway)
            || self.faults.has(Fault::BrakeSlip)
            || self.reset_loop();
        let alone = matches!(self.demand, Demand::AutoReturn { .. });
        let stopped = self.stop.latched() && self.stop.latched_ms() >= STOPPED_TOO_LONG_MS;
        let stranded = !self.faults.reported().is_empty() || self.host_lost() || alone || stopped;
        wrong || ((self.head_down() || self.blind.doubts_level()) && stranded)
    }
}
