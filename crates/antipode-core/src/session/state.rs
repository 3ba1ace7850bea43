//! The states of a session.
//!
//! ```text
//!             link, angle            tests seen            start (local, rest band)
//! Connecting ------------> SelfTest ------------> Ready ------------> Starting
//!                             ^                     ^                    | start durable, armed
//!                             |                     |                    v
//!                         Attended <----------------+                  Proof
//!                  (hold-to-run, upright <-> rest)  |                    | heels held
//!                             ^                     |                    v
//!                             |                     |    pause        Running <-----+
//!                             |                     |  +------------> Paused -------+ resume
//!                             |                     |  |                |     |
//!          +------------------+-------------------- | -+----------------+-----+
//!          |                  |                     |                   | a reaction
//!          |              Finished <--- Closing <-- | ---- Returning <--+--> Held
//!          |                         rest >= 60 s   |  in the rest band  ^    | people, time
//!          |                            ^           |                    +----+
//!          +------- STOP, from any ---> Stopped ----+
//!                   state                released, acknowledged, in the rest band -> Closing
//! ```

use antipode_safety::{Angle, Millis, Rate, Timestamp, reaction::Reaction};

use super::{EndCause, Outcome};

/// What the session is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// No link, or no angle yet. Only halt and return are allowed.
    Connecting,
    /// The buttons are tried out, once each, before anything moves.
    SelfTest(SelfTest),
    /// Everything is ready for a start.
    Ready,
    /// Started: waiting for the record to be on disk and the table to be armed.
    Starting { since: Timestamp, arm_sent: Option<Timestamp> },
    /// The small tilt that proves direction and ankles.
    Proof(Proof),
    /// Running the program.
    Running(Phase),
    /// The plan's clock stands; the head-down clocks run on.
    Paused { since: Timestamp, resume: Phase },
    /// Coming back to the rest band.
    Returning(Returning),
    /// Held where it is, waiting for time or people.
    Held { cause: EndCause, since: Timestamp, then: Option<(Timestamp, Reaction)> },
    /// STOP is latched.
    Stopped(Stopped),
    /// In the rest band after the last motion; resting before the session may end.
    Closing { outcome: Outcome, cause: EndCause, until: Timestamp },
    /// Over. Only attended moves remain.
    Finished { outcome: Outcome, cause: EndCause, rested_since: Timestamp },
    /// An attended move between the rest band and upright, while somebody holds the button.
    Attended(Attended),
}

/// The steps of the self-test.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SelfTest {
    /// Who is on the table?
    Person,
    /// Is the area clear?
    Area,
    /// Press STOP: seen at the host and latched at the table.
    Stop,
    /// Let it go and acknowledge.
    Acknowledge { sent: Option<Timestamp> },
    /// Press RETURN.
    Return,
}

/// The steps of the proof tilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// Lowering to the proof angle.
    Down,
    /// Looking at both angles and the latches.
    Look { until: Timestamp },
    /// Coming back.
    Up,
    /// "Did your heels move?" The question is put again at `again`.
    Heels { asked: Timestamp, again: Timestamp },
}

/// What the program is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Turning to a target.
    Moving { target: Angle, rate: Rate },
    /// Staying at a tilt.
    Holding { until: Timestamp, announced: bool },
    /// Resting between bouts; `ask` when only the person's OK goes on.
    Resting { until: Timestamp, announced: bool, ask: bool },
    /// Waiting for the person's OK.
    Waiting { until: Timestamp },
    /// Waiting for the spotter's word that the ankle holds are closed, before segment `next`.
    Latches { until: Timestamp, next: usize },
    /// The person lowers and raises; `pulse` is when the last press runs out.
    SelfPaced { until: Option<Timestamp>, pulse: Option<Timestamp> },
    /// The last rest.
    FinalRest { until: Timestamp },
}

/// A return under way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Returning {
    /// Why.
    pub(crate) cause: EndCause,
    /// At creep speed, on doubtful angles or latches.
    pub(crate) creep: bool,
    /// Since when.
    pub(crate) since: Timestamp,
    /// A person asked for it by one press: it is not barred where one press may move.
    pub(crate) by_person: bool,
    /// Come back to the program after a rest, instead of ending.
    pub(crate) resume: bool,
    /// Runs only while somebody holds it: until then.
    pub(crate) held_until: Option<Timestamp>,
}

/// A latched STOP.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stopped {
    /// When STOP was last pressed on the spot, or ended something from afar.
    pub(crate) since: Timestamp,
    /// The STOP control has been let go.
    pub(crate) released: bool,
    /// Acknowledged: waiting for the table to take its own latch off.
    pub(crate) acknowledged: Option<Timestamp>,
    /// A held local return runs until then.
    pub(crate) held_until: Option<Timestamp>,
    /// Nobody holds it: alone, the session itself does.
    pub(crate) by_itself: bool,
    /// How often it was said that the table comes up by itself; alone only.
    pub(crate) told: u8,
    /// A STOP from afar has ended that once.
    pub(crate) put_off: bool,
    /// A session was under way.
    pub(crate) was_live: bool,
    /// Why: somebody pressed it, or the session cut the drive itself.
    pub(crate) cause: EndCause,
}

/// An attended move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attended {
    /// Upright, or the rest band.
    pub(crate) upright: bool,
    /// The button counts as held until then.
    pub(crate) held_until: Timestamp,
    /// "Half way" has been said.
    pub(crate) half_said: bool,
    /// Upright since then.
    pub(crate) dwell_from: Option<Timestamp>,
    /// What to be when back in the rest band: `None` before a session.
    pub(crate) finished: Option<(Outcome, EndCause)>,
}

/// The name of a state, for records and screens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKind {
    /// No link, or no angle yet.
    Connecting,
    /// Trying out the buttons.
    SelfTest,
    /// Ready for a start.
    Ready,
    /// Started, nothing moves yet.
    Starting,
    /// The proof tilt.
    Proof,
    /// Running the program.
    Running,
    /// Paused.
    Paused,
    /// Coming back to the rest band.
    Returning,
    /// Held, waiting for time or people.
    Held,
    /// STOP is latched.
    Stopped,
    /// The rest before the session may end.
    Closing,
    /// Over.
    Finished,
    /// An attended move.
    Attended,
}

impl StateKind {
    /// Every state, in record order.
    pub const ALL: [Self; 13] = [
        Self::Connecting,
        Self::SelfTest,
        Self::Ready,
        Self::Starting,
        Self::Proof,
        Self::Running,
        Self::Paused,
        Self::Returning,
        Self::Held,
        Self::Stopped,
        Self::Closing,
        Self::Finished,
        Self::Attended,
    ];
}

impl State {
    /// The name of this state.
    pub(crate) const fn kind(&self) -> StateKind {
        match self {
            Self::Connecting => StateKind::Connecting,
            Self::SelfTest(_) => StateKind::SelfTest,
            Self::Ready => StateKind::Ready,
            Self::Starting { .. } => StateKind::Starting,
            Self::Proof(_) => StateKind::Proof,
            Self::Running(_) => StateKind::Running,
            Self::Paused { .. } => StateKind::Paused,
            Self::Returning(_) => StateKind::Returning,
            Self::Held { .. } => StateKind::Held,
            Self::Stopped(_) => StateKind::Stopped,
            Self::Closing { .. } => StateKind::Closing,
            Self::Finished { .. } => StateKind::Finished,
            Self::Attended(_) => StateKind::Attended,
        }
    }

    /// Whether a session is under way: started and not yet over.
    pub(crate) const fn is_live(&self) -> bool {
        match self {
            Self::Starting { .. }
            | Self::Proof(_)
            | Self::Running(_)
            | Self::Paused { .. }
            | Self::Returning(_)
            | Self::Held { .. }
            | Self::Stopped(_)
            | Self::Closing { .. } => true,
            Self::Connecting
            | Self::SelfTest(_)
            | Self::Ready
            | Self::Finished { .. }
            | Self::Attended(_) => false,
        }
    }
}

/// Times and angles of the machine that no plan changes.
pub(crate) mod fixed {
    use super::{Angle, Millis, Rate};

    /// In a stretch of the person's own pace OK lowers once it is held for this long ...
    pub(crate) const OK_TAP: Millis = Millis::new(400);
    /// ... and was tapped when nothing shows by then that it is held: a keypad tells of a held key
    /// after half a second, and not at all when it is let go.
    pub(crate) const OK_UNHELD: Millis = Millis::new(900);
    /// A motion frame is renewed this often: three may be lost within a lease of 250 ms.
    pub(crate) const RENEW: Millis = Millis::new(80);
    /// A return is renewed this often: on a bad line most frames may be lost and it still goes on.
    pub(crate) const RENEW_RETURN: Millis = Millis::new(40);
    /// STOP is repeated this often until the table reports it latched (H-20).
    pub(crate) const STOP_REPEAT: Millis = Millis::new(20);
    /// A halt is repeated this often until the table reports that it holds.
    pub(crate) const HALT_REPEAT: Millis = Millis::new(100);
    /// Fresh readings that must agree before a target counts as reached.
    pub(crate) const AGREEING_READINGS: u8 = 3;
    /// A target counts as reached this close to it.
    pub(crate) const ARRIVED_WITHIN: u32 = 500;
    /// Slower than this counts as standing still, millidegrees a second.
    pub(crate) const STILL_BELOW: i32 = 150;
    /// The same where the table itself wants no motion: its rate is then only noise.
    pub(crate) const STILL_IF_HELD_BELOW: i32 = 1_500;
    /// A table that holds this close to its target has arrived by its own account.
    pub(crate) const NEAR: u32 = 1_500;
    /// A move may take this much longer than its distance at its rate before it counts as stuck.
    pub(crate) const MOVE_GRACE: Millis = Millis::from_secs(8);
    /// Head-down, a pause becomes a return after this long.
    pub(crate) const PAUSE_HEAD_DOWN: Millis = Millis::from_secs(30);
    /// A released dead-man switch counts after this long (H-24).
    pub(crate) const DEAD_MAN: Millis = Millis::new(1_500);
    /// Longer than between two reports of an idle table: something was not seen.
    pub(crate) const SILENCE: Millis = Millis::new(700);
    /// A table that was away for so long may have somebody at its crank (C-11).
    pub(crate) const HANDS_ON_AFTER: Millis = Millis::from_secs(5);
    /// Rest in the rest band after any end, before upright is offered (H-40, I19).
    pub(crate) const CLOSING_REST: Millis = Millis::from_secs(60);
    /// The contact is called when the person is still silent this long after the rest band.
    pub(crate) const CONTACT_AFTER: Millis = Millis::from_secs(30);
    /// Commands that the table does not follow for this long count as a lost link.
    pub(crate) const UNHEARD: Millis = Millis::new(600);
    /// The less head-down of two sources must say at most this, for the rest switch to be believed,
    /// millidegrees.
    pub(crate) const REST_SWITCH_LEAST: i32 = 5_000;
    /// A way home that is refused for so long is none: people must help (S4).
    pub(crate) const STRANDED: Millis = Millis::from_secs(2);
    /// A return is home from here on: clearly level, so that the noise of a sensor does not make it
    /// head-down again.
    pub(crate) const HOME_BELOW: Angle = Angle::clamped(-300);
    /// A held return goes on to here while it is held.
    pub(crate) const HELD_TO: Angle = Angle::clamped(-1_000);
    /// A bed that is idle and found deeper than this is brought home.
    pub(crate) const FOUND_DOWN: Angle = Angle::clamped(1_000);
    /// A move is given at least the time of this distance, millidegrees.
    pub(crate) const SHORTEST_MOVE: u32 = 20_000;
    /// Slower than this a permit near the limit is no motion any more: the bed has arrived.
    pub(crate) const SLOWEST: Rate = Rate::clamped(300);
    /// Around the plan's tilt a stay counts as hold: arrived there when the limit lets it no further.
    pub(crate) const HOLD_BAND: u32 = 2_000;
    /// The table takes its latch off within this, or it will not until a person asks again.
    pub(crate) const LATCH_OFF: Millis = Millis::new(600);
    /// A STOP that was said this long ago is no longer on its way.
    pub(crate) const STOP_SETTLED: Millis = Millis::new(150);
    /// Motion that the host did not order counts as somebody else's after this long.
    pub(crate) const FOREIGN_FOR: Millis = Millis::new(300);
    /// An armed table reports at its full rate from then on.
    pub(crate) const FIRST_REPORT: Millis = Millis::new(400);
    /// A table that is not heard for so long ends the session, which waits for people no longer than
    /// after a plan's end (H-27). By then it has held for 5 s and come home by itself if it can, by
    /// creep at the slowest (120 s, I8).
    pub(crate) const UNSEEN: Millis = Millis::from_secs(300);
    /// A STOP that has been pressed for so long is stuck, or its wire is broken (H-21).
    pub(crate) const STOP_STUCK: Millis = Millis::from_secs(600);
    /// Nobody has touched anything for so long after the end, and the ankles are still held (H-27).
    pub(crate) const LEFT_STRAPPED: Millis = Millis::from_secs(300);
    /// The drive has no supply at all below this, millivolts.
    pub(crate) const NO_SUPPLY_MV: u32 = 1_000;
    /// An idle table reports at least this often.
    pub(crate) const IDLE_REPORT: Millis = Millis::new(1_200);
    /// A start that is not durable and armed by then is given up.
    pub(crate) const START_LIMIT: Millis = Millis::from_secs(10);
    /// Motion is announced this long before it begins.
    pub(crate) const ANNOUNCE: Millis = Millis::from_secs(3);
    /// How long the proof tilt looks at angles and latches.
    pub(crate) const PROOF_LOOK: Millis = Millis::from_secs(1);
    /// How long the question about the heels stays open.
    pub(crate) const HEELS_LIMIT: Millis = Millis::from_secs(60);
    /// While it is open it is put again this often.
    pub(crate) const HEELS_AGAIN: Millis = Millis::from_secs(15);
    /// The self-test must be this fresh at the start of a session (I9).
    pub(crate) const SELF_TEST_AGE: Millis = Millis::from_secs(600);
    /// Standing strapped before the ankles may be let go.
    pub(crate) const UPRIGHT_DWELL: Millis = Millis::from_secs(60);
    /// How much one "easier" takes off.
    pub(crate) const EASE_MILLIDEG: i64 = 10_000;
    /// The proof tilt (H-08, H-33): 3 degrees.
    pub(crate) const PROOF_TILT: Angle = Angle::clamped(3_000);
    /// Speed of the proof tilt.
    pub(crate) const PROOF_RATE: Rate = Rate::clamped(1_000);
    /// Creep: on doubtful angles or latches (S3).
    pub(crate) const CREEP_RATE: Rate = Rate::clamped(1_000);
    /// Attended moves between rest and upright (evidence: 1.5 deg/s shows no pressure dip).
    pub(crate) const ATTENDED_RATE: Rate = Rate::clamped(1_500);
}
