//! The guardian: the reference controller in front of a drive.

mod faults;
mod forget;
mod known;
mod people;
mod told;

use antipode_firmware::{BootInfo, Controller, Inputs, Inspection, Outputs, Request};
use antipode_link::{Decoder, Frame, Lease, Message};
use antipode_safety::{Angle, Fault, Latches, Millis, Switch, Switches, Timestamp};

use crate::config::{AngleFrom, ConfigError, GuardianConfig};
use crate::{Ask, Awake, Drive, DriveFaults, Fitness, Follower, Order, Sample, StrokeTable};

use faults::{Ordered, Timeout, Verdict};
use forget::Forget;
use known::Known;
use people::WayHome;
use told::Told;

/// Time between two turns of the controller.
const TICK: Millis = Millis::new(10);
/// A drive that stands is told so this often; one that moves, with every turn.
const HOLD_EVERY: Millis = Millis::new(100);
/// A value of the drive or the sensor that is older than this says nothing of now (H-04).
const FRESH: Millis = Millis::new(100);
/// A drive that goes to places steers by its own position, so one that is this old still tells which
/// place lies on the way: it has not gone past the last one that it was told.
const STEERS: Millis = Millis::new(250);
/// Bytes of frames taken from the controller at once.
const FRAMES: usize = 512;

/// What a guardian is made of.
pub struct Parts {
    /// The table.
    pub config: GuardianConfig,
    /// From its stroke to its tilt.
    pub stroke: StrokeTable,
    /// Its drive.
    pub drive: Box<dyn Drive>,
    /// How often this guardian has started.
    pub boot: BootInfo,
}

/// A controller with its drive. Pure: bytes and time come in, bytes go out.
///
/// Hand it what hosts say ([`Guardian::hear`]), what the drive says ([`Guardian::drive_said`]) and
/// the time ([`Guardian::advance`]), and write what it wants written. Only [`Guardian::advance`]
/// tells the drive to move: a loop that hangs says nothing, and the drive's own timeout acts.
pub struct Guardian {
    controller: Controller,
    config: GuardianConfig,
    follower: Follower,
    drive: Box<dyn Drive>,
    decoder: Decoder,
    next_tick: Option<Timestamp>,
    ticked: Option<Timestamp>,
    /// The newest position and sensor value that the controller was given.
    used: [Option<Timestamp>; 2],
    sensor: Option<Sample<Angle>>,
    latches: Latches,
    /// What was ordered last, and when it was said.
    said: Option<(Order, Timestamp)>,
    /// When the drive was last told anything but to rest.
    moved: Option<Timestamp>,
    /// It was told to rest for want of a position, although the controller wants it to go.
    astray: bool,
    timeout: Timeout,
    forget: Forget,
    told: Told,
    way_home: WayHome,
    known: Known,
    /// The bed stood level or head-up when it was last known how it stands, and nothing has been asked
    /// of the motor since.
    left_level: bool,
    awake: Awake,
}

impl core::fmt::Debug for Guardian {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Guardian").field("config", &self.config).finish_non_exhaustive()
    }
}

impl Guardian {
    /// A guardian that has just started: disarmed, holding.
    ///
    /// # Errors
    /// Why such a table cannot be guarded.
    pub fn new(parts: Parts) -> Result<Self, ConfigError> {
        let Parts { config, stroke, drive, boot } = parts;
        let controller = Controller::new(config.controller(&stroke)?, boot);
        Ok(Self {
            controller,
            config,
            follower: Follower::new(config.following, stroke),
            drive,
            decoder: Decoder::new(),
            next_tick: None,
            ticked: None,
            used: [None; 2],
            sensor: None,
            latches: Latches {
                fitted: config.latches_fitted,
                first_closed: false,
                second_closed: false,
            },
            said: None,
            moved: None,
            astray: false,
            timeout: Timeout::Runs,
            forget: Forget::default(),
            told: Told::new(),
            way_home: WayHome::new(),
            known: Known::default(),
            left_level: false,
            awake: Awake::Kept,
        })
    }

    /// Takes bytes of a host. A shell with several hosts has a decoder for each and uses
    /// [`Guardian::hear_frame`].
    pub fn hear(&mut self, now: Timestamp, bytes: &[u8]) {
        let mut decoder = core::mem::take(&mut self.decoder);
        decoder.feed(bytes, |frame| self.hear_frame(now, frame));
        self.decoder = decoder;
    }

    /// Takes one frame of a host. STOP is latched here; everything else acts with the next tick.
    pub fn hear_frame(&mut self, now: Timestamp, frame: Frame) {
        let before = self.controller.inspect();
        let frame = Frame { message: self.shortened(frame.message), ..frame };
        self.controller.receive_frame(now.wrapping_millis(), frame);
        let after = self.controller.inspect();
        let accepted = after.commands_accepted != before.commands_accepted;
        let clears = accepted && matches!(frame.message, Message::ClearFaults { .. });
        let arms = after.armed && !before.armed;
        if begins_return(&before, &after) {
            self.forget.begin_return(now);
        } else if clears {
            self.forget.begin(now);
        } else if arms && self.timeout == Timeout::AtRest {
            self.forget.begin_from_rest(now);
        }
    }

    /// After how long the drive stops by itself, where it has said.
    fn own_timeout(&self) -> Option<Millis> {
        match self.drive.fitness() {
            Fitness::Fit { timeout } => Some(timeout),
            Fitness::Unknown | Fitness::Unfit { .. } => None,
        }
    }

    /// A lease counts for no longer than the drive itself would go on without us. A held return is
    /// renewed at the pace of a key that repeats, and ends with the person's hand.
    fn shortened(&self, message: Message) -> Message {
        let Some(timeout) = self.own_timeout() else { return message };
        let short =
            |lease: Lease| Lease::clamped(Millis::new(u64::from(lease.ms())).shorter(timeout));
        if let Message::SetTarget { target, rate, lease } = message {
            Message::SetTarget { target, rate, lease: short(lease) }
        } else if let Message::Jog { rate, lease } = message {
            Message::Jog { rate, lease: short(lease) }
        } else if let Message::ReturnToRest { rate, lease, held: false } = message {
            Message::ReturnToRest { rate, lease: short(lease), held: false }
        } else {
            message
        }
    }

    /// Appends what the controller has to say to its host.
    pub fn say(&mut self, out: &mut Vec<u8>) {
        let mut buffer = [0_u8; FRAMES];
        loop {
            let count = self.controller.transmit(&mut buffer);
            if count == 0 {
                return;
            }
            out.extend_from_slice(buffer.get(..count).unwrap_or_default());
        }
    }

    /// Takes bytes of the drive.
    pub fn drive_said(&mut self, now: Timestamp, bytes: &[u8]) {
        self.drive.receive(now, bytes);
    }

    /// The drive's line was opened, or opened again: nothing read before holds.
    pub fn drive_opened(&mut self) {
        self.drive.reopen();
        self.said = None;
    }

    /// Takes an angle that a sensor beside the table has measured.
    pub fn sensed(&mut self, sample: Sample<Angle>) {
        self.sensor = Some(sample);
    }

    /// Takes what the ankle latch sensors say, where they reach this controller; open until then.
    pub fn latched(&mut self, latches: Latches) {
        self.latches = Latches { fitted: self.config.latches_fitted, ..latches };
    }

    /// Lets time pass: turns the controller when its moment has come, and lets the drive ask what it
    /// wants to know. `out` is for the drive, and is to be written in one piece.
    pub fn advance(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        if self.next_tick.is_none_or(|due| now >= due) {
            // A turn that was missed is not made up for.
            self.next_tick = Some(now.plus(TICK));
            self.tick(now, out);
        }
        self.drive.poll(now, out);
    }

    /// When [`Guardian::advance`] has something to do next.
    #[must_use]
    pub fn next_wake(&self) -> Timestamp {
        let tick = self.next_tick.unwrap_or(Timestamp::ZERO);
        tick.min(self.drive.next_poll())
    }

    fn tick(&mut self, now: Timestamp, out: &mut Vec<u8>) {
        let verdict = Verdict::of(&*self.drive, now);
        let stroke = self.position(now, &verdict, FRESH);
        let misses = self.told.misses(&self.drive.status(), now);
        let inputs = self.inputs(now, stroke, &verdict);
        if verdict.no_power {
            self.forget.end_return();
        }
        let forgetting = self.forget.is_under_way(now);
        if !forgetting || !verdict.timed_out {
            let ordered = self.ordered(self.controller.inspect().armed);
            self.timeout = self.timeout.next(now, verdict.timed_out, ordered);
        }
        let mut notes = verdict.notes(self.timeout, &self.forget, now);
        notes.doubtful |= misses;
        let misses_place = self.follower.steers_by_its_own()
            && !verdict.unfit
            && self.position(now, &verdict, STEERS).is_none();
        notes.unfit |= self.way_home.is_lost(now, misses_place);
        notes.doubtful |= self.known.look(&*self.drive);
        self.controller.note_drive(notes);
        // A turn this late may have cost the drive its patience, whatever it has said of that so far.
        let late = self.ticked.is_some_and(|before| now.since(before) > FRESH);
        self.ticked = Some(now);
        if late && self.said.is_some_and(|(order, _)| !rests(order)) {
            // Until now that order stood: what runs out of it is none of a drive at rest.
            self.moved = Some(now);
        }
        // Nor does a bed that was not told to go run against anything.
        if late || self.astray || (verdict.only_silence && !forgetting) {
            self.controller.note_stood();
        }
        // After what the drive did by itself: a return that it ended begins anew in this tick.
        let before = self.controller.inspect();
        let outputs = self.controller.tick(now.wrapping_millis(), &inputs);
        let after = self.controller.inspect();
        // Whoever asked. The machine that hung and took the host with it must not have taken the way
        // home (H-01), and moving back frees (H-11). Its own return is no answer to a drive that gave
        // up on the way back: the controller then waits for people.
        if begins_return(&before, &after) {
            self.forget.begin_return(now);
        }
        self.note_level(now, &after);
        let order = self.order(now, &outputs, &after, &verdict);
        self.tell(now, order, out);
        let latched = self.drive.status().faults != DriveFaults::default();
        if latched && !verdict.unfit && self.forget.is_due(now, verdict.only_silence) {
            self.drive.forget_faults(now, out);
        }
    }

    /// What the drive is told until the next tick.
    fn order(
        &mut self,
        now: Timestamp,
        outputs: &Outputs,
        seen: &Inspection,
        verdict: &Verdict,
    ) -> Order {
        self.astray = false;
        if verdict.unfit {
            // Not cut: what is not known to be fit is not known to hold without energy either.
            self.follower.forget();
            return Order::Hold;
        }
        let down = seen.tilt_mdeg.max(seen.second_tilt_mdeg).is_some_and(|tilt| tilt > 0);
        let keep = !seen.stop_latched && (seen.armed || down || self.forget.is_under_way(now));
        let ask = Ask {
            now,
            setpoint: outputs.setpoint.millideg_per_s(),
            relay: outputs.relay,
            keep,
            tilts: self.tilts(seen),
            stroke: self.position(now, verdict, STEERS),
            lease: self.config.lease,
        };
        self.astray = self.follower.is_astray(&ask);
        self.follower.order(&ask)
    }

    fn ordered(&self, armed: bool) -> Ordered {
        let stands = self.said.is_some_and(|(order, _)| !rests(order));
        Ordered { armed, last: self.moved, stands, timeout: self.own_timeout() }
    }

    /// Says an order: a change at once, a motion with every tick, a hold now and then.
    fn tell(&mut self, now: Timestamp, order: Order, out: &mut Vec<u8>) {
        let rests = rests(order);
        if !rests {
            self.moved = Some(now);
        }
        let told = self
            .said
            .is_some_and(|(before, at)| before == order && rests && now.since(at) < HOLD_EVERY);
        if !told {
            self.said = Some((order, now));
            self.drive.order(now, order, out);
        }
    }

    /// Where the drive says its stroke stands, if that is no older than `most`.
    fn position(&self, now: Timestamp, verdict: &Verdict, most: Millis) -> Option<i32> {
        if self.config.angle == AngleFrom::Sensor || !verdict.position_holds {
            return None;
        }
        let sample = self.drive.status().position?;
        (now.since(sample.at) <= most).then_some(sample.value)
    }

    /// The angles that the controller believes, each with the moment at which it was measured.
    fn tilts(&self, seen: &Inspection) -> [Option<(Timestamp, i32)>; 2] {
        let [drive, sensor] = self.used;
        let first = match self.config.angle {
            AngleFrom::Drive | AngleFrom::DriveAndSensor => drive,
            AngleFrom::Sensor => sensor,
        };
        [first.zip(seen.tilt_mdeg), sensor.zip(seen.second_tilt_mdeg)]
    }

    fn inputs(&mut self, now: Timestamp, stroke: Option<i32>, verdict: &Verdict) -> Inputs {
        let status = self.drive.status();
        let by_stroke = stroke.and_then(|stroke| {
            let at = status.position?.at;
            let tilt = Angle::from_millideg(self.follower.stroke().tilt_mdeg(stroke)?)?;
            Some(Sample { at, value: tilt })
        });
        let by_sensor = self.sensor.filter(|sample| now.since(sample.at) <= FRESH);
        let [drive_used, sensor_used] = &mut self.used;
        let by_stroke = newer(by_stroke, drive_used);
        let by_sensor = newer(by_sensor, sensor_used);
        let (tilt, tilt_second) = match self.config.angle {
            AngleFrom::Drive => (by_stroke, None),
            AngleFrom::DriveAndSensor => (by_stroke, by_sensor),
            AngleFrom::Sensor => (by_sensor, None),
        };
        Inputs {
            tilt,
            tilt_second,
            current_ma: self.told.current_ma(now),
            supply_mv: self.told.supply_mv(now),
            mains: !self.awake.wanes(self.may_be_down())
                && !self.told.mains_lost(now, &self.config),
            temperature_c: self.told.temperature_c(now),
            latches: self.latches,
            switches: Switches::NONE.with(Switch::StopLoopClosed, !verdict.stop_open),
        }
    }

    /// A look inside the controller.
    #[must_use]
    pub fn inspect(&self) -> Inspection {
        self.controller.inspect()
    }

    /// Whether the drive may move anybody.
    #[must_use]
    pub fn fitness(&self) -> Fitness {
        self.drive.fitness()
    }

    /// The bits of what the drive reports that this program does not know, for the log.
    #[must_use]
    pub fn unknown_bits(&self) -> u32 {
        self.drive.status().unknown_bits
    }

    /// Whether a fault is latched or present, for the log.
    #[must_use]
    pub fn has(&self, fault: Fault) -> bool {
        self.controller.inspect().faults.has(fault)
    }
}

/// A sample that is newer than the last one used, as a value.
fn newer(sample: Option<Sample<Angle>>, used: &mut Option<Timestamp>) -> Option<Angle> {
    let sample = sample?;
    if used.is_some_and(|last| sample.at <= last) {
        return None;
    }
    *used = Some(sample.at);
    Some(sample.value)
}

/// Whether it lets the drive stand.
const fn rests(order: Order) -> bool {
    matches!(order, Order::Hold | Order::Cut)
}

fn begins_return(before: &Inspection, after: &Inspection) -> bool {
    let returns = |request| match request {
        Request::HostReturn | Request::HeldReturn | Request::OwnReturn => true,
        Request::None | Request::Target | Request::Jog => false,
    };
    returns(after.request) && !returns(before.request)
}
