//! What a step of the session gives back: orders to the table, words for people, lines for the
//! record, and when to call again. All by value, so none can be forgotten in a queue.

use antipode_safety::{Angle, FaultSet, Millis, Rate, Timestamp, guard::Permit};

use crate::alarm::AlarmCause;
use crate::inline::InlineList;
use crate::plan::Cue;
use crate::session::{EndCause, NotReady, Outcome, StateKind};
use crate::symptom::{Grade, Severity, Symptom};

/// The result of one step.
#[derive(Debug)]
#[must_use = "a step that is dropped is a STOP that is dropped"]
pub struct Step {
    /// Orders to the table, in order. One drive order a step, and at most arm, acknowledge and
    /// clear beside it.
    pub commands: InlineList<Command, 4>,
    /// What people are to be told, in order.
    pub prompts: InlineList<Prompt, 8>,
    /// What the journal keeps.
    pub records: InlineList<Record, 16>,
    /// When to call again if nothing happens before; a call too many is harmless.
    pub next_wake: Option<Timestamp>,
}

impl Step {
    /// A step with nothing in it yet.
    pub(crate) const fn new() -> Self {
        Self {
            commands: InlineList::new(),
            prompts: InlineList::new(),
            records: InlineList::new(),
            next_wake: None,
        }
    }
}

/// An order to the table. Head-down motion can only be ordered with a permit of the guard.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Let the table accept motion.
    Arm,
    /// Let the table accept no motion.
    Disarm,
    /// Move as permitted, for one lease.
    Start(Permit),
    /// Zero rate and hold.
    Halt,
    /// Come back to the rest band, for one lease. Needs no permit and no arming.
    Return(ReturnOrder),
    /// Zero rate, hold and latch.
    Stop,
    /// Take the latch of a released STOP off; the table accepts it only in the rest band.
    AcknowledgeStop,
    /// Take latched faults off; the table accepts it only level or head-up.
    ClearFaults(FaultSet),
}

/// How to come back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReturnOrder {
    /// Speed, without direction.
    pub rate: Rate,
    /// Somebody at the table holds RETURN: the only motion that a latched STOP allows.
    pub held: bool,
}

/// What people are to be told. Worded elsewhere; here only what and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// Is the named person on the table?
    ConfirmPerson,
    /// Is nobody and nothing under or beside the table?
    ConfirmAreaClear,
    /// Press STOP once, to see that it works.
    TryStop,
    /// Let STOP go, then acknowledge with OK.
    AcknowledgeStop,
    /// Press RETURN once, to see that it works.
    TryReturn,
    /// Everything is ready: press start.
    PressStart,
    /// Not ready, and why.
    NotReady(NotReady),
    /// A small tilt first, to see that the ankles hold.
    ProofTilt(Angle),
    /// Did your heels move? OK for no.
    HeelsHeld,
    /// The same once more, because nobody has answered.
    HeelsHeldAgain,
    /// Lowering is about to begin.
    Lowering(Angle),
    /// Coming up is about to begin.
    Raising(Angle),
    /// Staying here for this long.
    Holding(Millis),
    /// Resting for this long.
    Resting(Millis),
    /// Spotter: are both ankle holds closed? No sensor sees it; before each bout.
    ConfirmLatches,
    /// Press OK when ready to go on.
    OkToGoOn,
    /// Hold OK to be lowered, let go to stay, tap it to come up.
    OwnPace,
    /// Hold OK on the hand control from now on: letting go brings the person up.
    HoldOk,
    /// A text of the plan.
    Say(Cue),
    /// A warning sign was reported: no table any more, and help from outside now.
    RedFlag(Symptom),
    /// A symptom was heard, and the session was doing what it asks for already.
    Heard(Symptom),
    /// Still all right?
    CheckIn,
    /// The same once more, because nobody has answered: without an answer the table comes up.
    CheckInAgain,
    /// Coming up now, and why.
    ComingUp(EndCause),
    /// Alone under STOP: it comes up by itself after this long, unless STOP is pressed again.
    ComingUpIn(Millis),
    /// The table is held where it is, and why.
    HeldHere(EndCause),
    /// STOP is latched: hold RETURN to come up.
    HoldReturnToComeUp,
    /// The table cannot come up by itself: the spotter must help by hand.
    HelpByHand(EndCause),
    /// From now on at most this deep.
    Eased(Angle),
    /// What is left is halved.
    Shortened,
    /// Paused.
    Paused,
    /// The session is over.
    Done(Outcome),
    /// Upright is near: half way.
    HalfWayUpright,
    /// Stand for this long before the ankles are let go.
    DwellUpright(Millis),
    /// The ankles may be let go.
    MayReleaseAnkles,
    /// The act was not taken, and why.
    NotTaken(NotReady),
    /// Nobody has acknowledged the alarm yet; called out so often by now.
    AlarmAgain {
        /// The most urgent cause that waits.
        cause: AlarmCause,
        /// How often.
        times: u16,
    },
}

/// A line for the record. Times are those of the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Record {
    /// The session started; must be on disk before anything moves.
    SessionStart,
    /// The session went from one state to another.
    State {
        /// From.
        from: StateKind,
        /// To.
        to: StateKind,
    },
    /// A segment of the program began.
    Segment(u16),
    /// A bout ended, with its head-down time.
    BoutDone {
        /// Which, counted from 0.
        bout: u16,
        /// Time at 5 degrees head-down or more.
        head_down: Millis,
    },
    /// An alarm was raised.
    Alarm(AlarmCause),
    /// Nobody had acknowledged an alarm when it had been called out so often. Kept at every
    /// doubling, so that a night of alarms is a few lines.
    AlarmAgain(AlarmCause, u16),
    /// The guard refused a motion, with the number of its reason.
    Refused(u8),
    /// The person was asked whether all is well.
    Asked,
    /// The person answered.
    Answered,
    /// A symptom and what it did.
    Symptom(Symptom, Severity, Grade),
    /// The deepest tilt from now on.
    Eased(Angle),
    /// What is left was halved.
    Shortened,
    /// The person may not use the table again until a clinician lifts it.
    LockedOut,
    /// The session ended.
    SessionEnd {
        /// How.
        outcome: Outcome,
        /// Why.
        cause: EndCause,
        /// Bouts done.
        bouts: u16,
        /// Head-down time.
        head_down: Millis,
    },
}
