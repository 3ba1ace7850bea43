//! Real actuators as small plants: a back-end in front, the motor and its mechanics behind.

use antipode_firmware::Outputs;
use antipode_firmware::backend::{
    Bridge, Contacts, HBridge, HBridgeConfig, RelayPair, RelayPairConfig, StepDir, StepDirConfig,
    Steps, Way, Welded,
};
use antipode_safety::{Angle, Rate};
use core::num::NonZeroU32;

/// What turns the bed of a bench.
#[derive(Clone)]
pub(crate) enum Actuator {
    /// The bench's own drive.
    Ideal,
    Relays(Relays),
    Bridge(Motor),
    Stepper(Stepper),
}

impl Actuator {
    /// One tick: the bed's rate and the motor's current; `None` for the bench's own drive.
    pub(crate) fn turn(&mut self, outputs: &Outputs, tilt: Angle, dt: i32) -> Option<(i32, u32)> {
        match self {
            Self::Ideal => None,
            Self::Relays(relays) => Some(relays.turn(outputs, Some(tilt), dt)),
            Self::Bridge(motor) => Some(motor.turn(outputs, dt)),
            Self::Stepper(stepper) => Some(stepper.turn(outputs, dt)),
        }
    }

    pub(crate) fn relays(&self) -> &Relays {
        let Self::Relays(relays) = self else { panic!("no relays here") };
        relays
    }
}

/// Two relays that let go a moment late, and a worm drive of one speed.
#[derive(Clone)]
pub(crate) struct Relays {
    pair: RelayPair,
    pub(crate) contacts: Contacts,
    /// How long each contact stays closed after its coil let go: down, back.
    lingers: [i32; 2],
    /// This contact never opens once it has closed.
    pub(crate) welds: Option<Way>,
    stuck: bool,
    speed: i32,
    rate: i32,
    /// How quickly the drive stops, millidegrees a second each millisecond.
    brake: i32,
    pub(crate) closures: u32,
}

/// A contact lets go within this.
const LET_GO_MS: i32 = 20;

impl Relays {
    pub(crate) fn new(speed: i32, coast: i32) -> Self {
        let coast = Angle::clamped(i64::from(coast));
        let config = RelayPairConfig::new(Rate::clamped(i64::from(speed)), 200, coast, 2_000);
        let contacts = Contacts { down: false, back: false, main: true, brake: true, welded: None };
        Self {
            pair: RelayPair::new(config.expect("a drive that contacts can run")),
            contacts,
            lingers: [0; 2],
            welds: None,
            stuck: false,
            speed,
            rate: 0,
            // Stops over the way that it was commissioned with: v squared over twice the way.
            brake: (speed * speed / (2 * coast.millideg().max(1)) / 1_000).max(1),
            closures: 0,
        }
    }

    pub(crate) fn turn(&mut self, outputs: &Outputs, tilt: Option<Angle>, dt: i32) -> (i32, u32) {
        let current = if self.rate.abs() > 100 { 2_500 } else { 0 };
        let dt_ms = u32::try_from(dt).expect("a tick");
        let before = self.contacts;
        self.contacts = self.pair.tick(outputs, tilt, current, dt_ms);
        let Contacts { down, back, main, .. } = self.contacts;
        assert!(!(down && back), "both contacts");
        self.closures += u32::from(down && !before.down) + u32::from(back && !before.back);
        self.stuck |=
            (down && self.welds == Some(Way::Down)) || (back && self.welds == Some(Way::Back));
        for (linger, coil) in self.lingers.iter_mut().zip([down, back]) {
            *linger = if coil { LET_GO_MS } else { (*linger - dt).max(0) };
        }
        let closed = [
            self.lingers[0] > 0 || (self.stuck && self.welds == Some(Way::Down)),
            self.lingers[1] > 0 || (self.stuck && self.welds == Some(Way::Back)),
        ];
        assert!(closed != [true, true], "a short through both contacts");
        let driven = match closed {
            _ if !main => 0,
            [true, _] => self.speed,
            [_, true] => -self.speed,
            [false, false] => 0,
        };
        let step = if driven == 0 { self.brake * dt } else { 20 * dt };
        self.rate += (driven - self.rate).clamp(-step, step);
        (self.rate, current)
    }

    pub(crate) fn welded(&self) -> Option<Welded> {
        self.contacts.welded
    }
}

/// A brushed motor that lifts a load. Rates in millidegrees a second.
#[derive(Clone)]
pub(crate) struct Motor {
    pub(crate) loop_: HBridge,
    pub(crate) bridge: Bridge,
    pub(crate) rate: i32,
    /// The load as a rate that it takes away from, positive toward head-down.
    pub(crate) load: i32,
    /// The bed cannot turn at all.
    pub(crate) blocked: bool,
    pub(crate) current_ma: u32,
}

/// At full power without load.
pub(crate) const FULL_RATE: i32 = 8_000;
/// Blocked at full power.
const STALL_MA: i32 = 30_000;

impl Motor {
    pub(crate) fn new(load: i32, limit_ma: u32) -> Self {
        let config = HBridgeConfig {
            rate_at_full: Rate::clamped(i64::from(FULL_RATE)),
            gain_permille: 100,
            integral_permille: 400,
            most_permille: 950,
            limit_ma,
        };
        let bridge = Bridge { duty_permille: 0, enable: true, brake: true };
        Self { loop_: HBridge::new(config), bridge, rate: 0, load, blocked: false, current_ma: 0 }
    }

    pub(crate) fn turn(&mut self, outputs: &Outputs, dt: i32) -> (i32, u32) {
        let dt_ms = u32::try_from(dt).expect("a tick");
        let rate = Some(Rate::clamped(i64::from(self.rate)));
        self.bridge = self.loop_.tick(outputs, rate, self.current_ma, dt_ms);
        let duty = i32::from(self.bridge.duty_permille);
        // The torque is what the power leaves over the back-EMF; a worm holds the load at rest.
        let free = duty * FULL_RATE / 1_000;
        let moved = if duty == 0 { 0 } else { free + self.load };
        let sign = duty.signum();
        let wanted = if moved * sign > 0 { moved } else { 0 };
        if self.blocked || self.bridge.brake {
            self.rate = 0;
        } else {
            let step = (wanted - self.rate) * dt / 80;
            self.rate += if step == 0 { (wanted - self.rate).signum() } else { step };
        }
        let torque = (free - self.rate).abs();
        self.current_ma = u32::try_from(STALL_MA * torque / FULL_RATE).expect("a current");
        (self.rate, self.current_ma)
    }
}

/// A stepper that loses its place when it is told more than it can follow.
#[derive(Clone)]
pub(crate) struct Stepper {
    ramp: StepDir,
    pub(crate) steps: Steps,
    rate: i32,
    pub(crate) lost: bool,
}

pub(crate) const STEPS_PER_DEGREE: u32 = 500;

impl Stepper {
    pub(crate) fn new() -> Self {
        let config = StepDirConfig {
            steps_per_degree: NonZeroU32::new(STEPS_PER_DEGREE).expect("some"),
            accel_mdeg_per_s2: 4_000,
            decel_mdeg_per_s2: 10_000,
            shortest_us: NonZeroU32::new(400).expect("some"),
            setup_ms: 10,
        };
        let steps = Steps { every_us: None, down: false, enable: true, brake: true };
        Self { ramp: StepDir::new(config), steps, rate: 0, lost: false }
    }

    pub(crate) fn turn(&mut self, outputs: &Outputs, dt: i32) -> (i32, u32) {
        let was = self.steps;
        self.steps = self.ramp.tick(outputs, u32::try_from(dt).expect("a tick"));
        let per_s = self.steps.every_us.map_or(0, |every| 1_000_000_000 / every.get());
        let speed = i32::try_from(per_s / STEPS_PER_DEGREE).expect("a rate");
        let rate = if self.steps.down { speed } else { -speed };
        // 15 degrees a second each second is what its torque gives; a brake stops it anyhow.
        self.lost |= !self.steps.brake && (rate - self.rate).abs() > 15 * dt;
        self.lost |= was.down != self.steps.down && (self.rate != 0 || rate != 0);
        self.rate = rate;
        (rate, if rate == 0 { 0 } else { 2_000 })
    }
}
