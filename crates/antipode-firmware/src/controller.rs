//! The controller: one tick after another.

use antipode_link::{Decoder, Frame, Message};
use antipode_safety::{DriveState, Fault, FaultSet, Rate, Switches};

use crate::angle::{Estimate, Quality, Sources};
use crate::automatic::{Automatic, Facts};
use crate::blind::{Blind, RESTED_LEAST_MDEG, RESTED_MS};
use crate::canary::{self, Canary};
use crate::condition::{Ankles, Condition};
use crate::config::Config;
use crate::current::CurrentWatch;
use crate::demand::{Asker, Cause, Demand};
use crate::drive::{DriveWatch, Seen, Way};
use crate::fault_log::{Faults, Scene};
use crate::hand::{ReturnButton, Stop};
use crate::io::{BootInfo, Inputs, Outputs};
use crate::motion::{self, ARRIVED_MDEG, Gently};
use crate::outbox::Outbox;
use crate::rules::Motion;
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
/// At level without a host for so long, the table disarms itself.
const DISARM_AFTER_MS: u32 = 5_000;

/// The table's controller. Holds all its state, so that a clone is a fork of the table.
///
/// Call [`Controller::receive`] with bytes as they come, [`Controller::tick`] every 10 ms (1 to
/// 50 ms are tolerated), and [`Controller::transmit`] after each tick. The clock is in milliseconds
/// and may wrap.
#[derive(Clone, Debug)]
pub struct Controller {
    pub(crate) config: Config,
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
    pub(crate) at: Option<Estimate>,
    /// The most head-down angle last known, for when there is none.
    pub(crate) last_worst: i32,
    pub(crate) blind: Blind,
    pub(crate) demand: Demand,
    /// What the drive follows, millidegrees a second.
    pub(crate) setpoint: i32,
    at_zero: Held,
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
            at: None,
            last_worst: 0,
            blind: Blind::default(),
            demand: Demand::Hold,
            setpoint: 0,
            at_zero: Held::since(BRAKE_AFTER_MS),
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
        self.end_leases(now_ms);
        self.act_alone(dt_ms);
        self.end_what_is_forbidden();
        let wanted = self.wanted();
        self.drive(wanted, dt_ms);
        self.report(inputs, dt_ms);
        self.outputs
    }

    fn look(&mut self, inputs: &Inputs, dt_ms: u32) -> Seen {
        self.sources.update(inputs.tilt, inputs.tilt_second, self.setpoint, dt_ms);
        self.at = self.sources.estimate();
        match self.at {
            Some(at) => {
                self.last_worst = at.worst;
                self.blind.see(&at, self.rested.ms());
            }
            None => self.blind.reckon(self.setpoint, self.rested.ms(), dt_ms),
        }
        self.condition.update(&self.config, inputs, dt_ms);
        let over = inputs.current_ma > self.config.current_limit_ma;
        let flow = self.current.update(self.setpoint, self.outputs.brake, over, dt_ms);
        let seen = self.drive.update(self.at.as_ref(), self.setpoint, inputs.current_ma, dt_ms);
        Seen { over_current: flow.pushes, runaway: seen.runaway || flow.fed, ..seen }
    }

    fn note_faults(&mut self, inputs: &Inputs, seen: Seen) {
        let ankles = self.condition.ankles();
        // At standstill and level a sensor may come and go, as it does while a person straps in.
        let in_use = self.head_down() || self.setpoint != 0;
        let disagree = self.at.is_some_and(|at| at.quality == Quality::Disagree);
        let present = self
            .condition
            .faults()
            .with(Fault::AngleInvalid, self.sources.any_lost())
            .with(Fault::AngleDisagrees, disagree)
            // Told while it is looked into: a relay that opens head-down has its alarm (I17).
            .with(Fault::OverCurrent, self.current.is_false() || self.current.probes())
            .with(Fault::StopLoopOpen, self.stop_loop_open(inputs.switches));
        let latch = self
            .latch_next
            .with(Fault::AngleInvalid, in_use && self.sources.any_lost())
            .with(Fault::AngleDisagrees, in_use && disagree)
            .with(Fault::OneLatchOpen, in_use && ankles == Ankles::OneOpen)
            .with(Fault::LatchesOpen, in_use && ankles == Ankles::Open)
            .with(Fault::Runaway, seen.runaway)
            .with(Fault::BrakeSlip, seen.slip.is_some())
            .with(Fault::OverCurrent, seen.over_current.is_some())
            .with(Fault::StallDown, seen.stall == Some(Way::Down))
            .with(Fault::StallBack, seen.stall == Some(Way::Back));
        self.latch_next = FaultSet::NONE;
        let begun = self.faults.update(present, latch, self.scene(inputs));
        for index in (0..begun.bits().count_ones()).rev() {
            let entry = u16::try_from(index).ok().and_then(|index| self.faults.entry(index));
            if let Some(entry) = entry {
                self.outbox.answer(Message::FaultEntry(entry));
            }
        }
        self.react(seen);
        self.forget_restart();
    }

    fn scene(&self, inputs: &Inputs) -> Scene {
        let tilt = self.sources.main().or(self.sources.second());
        Scene { table_ms: self.now_ms, tilt, current_ma: inputs.current_ma }
    }

    /// Stall, over-current and slip (H-10, H-11). A blocked bed is let go of at once.
    fn react(&mut self, seen: Seen) {
        self.pushes &= self.demand.is_held_return();
        let over_current = seen.over_current.filter(|_| !self.lifts_a_load());
        match seen.stall.or(over_current) {
            Some(Way::Down) => {
                self.demand = Demand::Hold;
                self.automatic.blocked();
            }
            Some(Way::Back) => {
                if self.demand.is_return() {
                    self.back_blocked = true;
                    self.blocked_for = Held::ZERO;
                }
                // Pushing on takes a new press, never a button that is still down.
                self.button.forget();
                self.demand = Demand::Hold;
            }
            None => {}
        }
        // Head-down, a slip toward level is let be: it brings the person up. At level and head-up no
        // slip helps anybody: the drive holds what the brake does not.
        if seen.slip.is_some() && self.level_or_up() {
            self.automatic.hold_by_drive();
        } else if seen.slip == Some(Way::Down) {
            self.automatic.slipped();
        }
        if self.level_or_up() {
            self.back_blocked = false;
            self.boot_hold = false;
        }
    }

    /// A restart is old news once a host has greeted since and the bed is level.
    fn forget_restart(&mut self) {
        if self.greeted && self.level_or_up() && !self.reset_loop() {
            self.faults.clear(FaultSet::NONE.with(Fault::Restarted, true));
        }
    }

    fn stop_loop_open(&self, switches: Switches) -> bool {
        !switches.has(antipode_safety::Switch::StopLoopClosed)
    }

    fn obey_stop(&mut self, switches: Switches, dt_ms: u32) {
        if self.stop.update(switches, dt_ms) {
            self.halt_for_stop();
        }
    }

    pub(crate) fn halt_for_stop(&mut self) {
        self.demand = Demand::Hold;
        self.setpoint = 0;
        self.session.disarm();
        self.button.forget();
    }

    /// The strapped person's RETURN: one press runs to the rest band. With STOP latched, both
    /// latches open, somebody to lift who slid out of them, no angle, a current sensor that shows what cannot be, or a controller that
    /// keeps restarting it moves only while held.
    fn obey_hand(&mut self, switches: Switches) {
        let pressed = self.button.update(switches);
        if pressed {
            self.unblock(Asker::Hand);
        }
        let hold_to_run = self.stop.latched()
            || self.condition.ankles() == Ankles::Open
            || self.lifts_a_load()
            || self.at.is_none()
            || self.sources_cross_level()
            || self.current.is_false()
            || self.reset_loop();
        if pressed {
            self.automatic.renew();
            self.boot_hold = false;
            // The host yields, whatever the button can do now (H-19).
            if !self.demand.is_return() {
                self.demand = Demand::Hold;
            }
            self.session.disarm();
            let allowed = self.return_refusal(Asker::Hand).is_none();
            if !hold_to_run && self.head_down() && allowed {
                self.demand = Demand::HandReturn { held: false };
            }
        }
        let starts = hold_to_run && self.button.held_now() && self.head_down();
        if starts && self.return_refusal(Asker::HandHeld).is_none() {
            self.demand = Demand::HandReturn { held: true };
        }
        if self.demand == (Demand::HandReturn { held: true }) && !self.button.held() {
            self.demand = Demand::Hold;
        }
    }

    /// Silence ends a host's motion. It latches against more of it, never against return (H-01).
    fn end_leases(&mut self, now_ms: u32) {
        let ended = self.demand.lease().is_some_and(|lease| lease.ended(now_ms));
        if !ended || canary::active(Canary::LeaseIgnored) {
            return;
        }
        let meant = matches!(self.demand, Demand::HostReturn { held: true, .. });
        if self.setpoint != 0 && !meant {
            self.latch_next = self.latch_next.with(Fault::LeaseExpired, true);
            self.session.disarm();
        }
        self.demand = Demand::Hold;
        self.setpoint = 0;
    }

    fn act_alone(&mut self, dt_ms: u32) {
        let under_way = matches!(self.demand, Demand::AutoReturn { .. });
        let facts = Facts {
            at: self.at,
            host_lost: self.host_lost(),
            mains_lost: self.condition.mains_lost(),
            ankles: self.condition.ankles(),
            under_way,
        };
        self.automatic.update(&self.config, &facts, dt_ms);
        if self.level_or_up() && self.session.silent_ms() >= DISARM_AFTER_MS {
            self.session.disarm();
        }
        let due = self.automatic.due(&self.config, &facts);
        let Some(cause) = due.filter(|_| !self.demand.is_return()) else {
            return;
        };
        if self.return_refusal(Asker::Table).is_some() {
            return;
        }
        self.automatic.begun(cause);
        self.demand = Demand::AutoReturn { cause };
        // After a stall a person may still have to jog the bed free.
        if cause != Cause::Blocked {
            self.session.disarm();
        }
    }

    fn end_what_is_forbidden(&mut self) {
        let asker = match self.demand {
            Demand::Hold => return,
            Demand::Target { .. } => return self.end_motion_if_forbidden(Motion::Target),
            Demand::Jog { .. } => return self.end_motion_if_forbidden(Motion::Jog),
            Demand::HostReturn { held: false, .. } => Asker::Host,
            Demand::HostReturn { held: true, .. } => Asker::HostHeld,
            Demand::HandReturn { held: false } => Asker::Hand,
            Demand::HandReturn { held: true } => Asker::HandHeld,
            Demand::AutoReturn { .. } => Asker::Table,
        };
        // Without an angle the refusal says where the way ends.
        let done = self.at.is_some_and(|at| {
            let past = !asker.is_held() && motion::may_be_past_rest(&at);
            past || motion::returned(&at) || self.rests_by_switch(&at)
        });
        if done || self.return_refusal(asker).is_some() {
            self.demand = Demand::Hold;
        }
    }

    /// A creep on doubtful angles ends on the rest switch (S3): the source that says more head-down
    /// may be the wrong one, and following it further would go past the rest band. The switch alone
    /// is not believed against a source that still says clearly head-down.
    fn rests_by_switch(&self, at: &Estimate) -> bool {
        at.quality != Quality::Full
            && at.least <= RESTED_LEAST_MDEG
            && self.rested.ms() >= RESTED_MS
    }

    fn end_motion_if_forbidden(&mut self, motion: Motion) {
        if self.motion_refusal(motion).is_some() {
            self.demand = Demand::Hold;
            self.session.disarm();
        }
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
        self.outputs = Outputs {
            setpoint: Rate::clamped(i64::from(self.setpoint)),
            brake: cut || stands,
            // A drive that must not run is cut off, so that people can work the bed by hand.
            relay: !(cut || self.condition.hot_hard()),
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
        wrong || (self.head_down() && stranded)
    }
}
