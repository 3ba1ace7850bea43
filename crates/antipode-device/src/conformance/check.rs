//! The claims, each with the hazard that it stands against.

mod line;
mod motion;
mod person;
mod stop;

use super::host::Bench;
use super::rig::NotTried;

/// What came of one check: what was measured, or why it fell.
pub(super) type Verdict = Result<String, Fall>;

/// Why a check did not pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Fall {
    /// The claim does not hold.
    Failed(String),
    /// The rig cannot try it.
    NotTried(&'static str),
}

impl Fall {
    pub(super) fn failed(why: impl Into<String>) -> Self {
        Self::Failed(why.into())
    }
}

impl From<NotTried> for Fall {
    fn from(why: NotTried) -> Self {
        Self::NotTried(why.0)
    }
}

/// Declares the checks once: variant, name, hazard, claim, and what tries it.
macro_rules! checks {
    ($($variant:ident = $name:literal, $hazard:literal, $claim:literal, $run:path;)+) => {
        /// One claim about a driver and its table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Check {
            $(#[doc = $claim] $variant,)+
        }

        impl Check {
            /// Every check, in the order of the report.
            pub const ALL: [Self; checks!(@count $($name)+)] = [$(Self::$variant,)+];

            /// Its name in reports.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// The row of HAZARDS.md that it stands against.
            #[must_use]
            pub const fn hazard(self) -> &'static str {
                match self { $(Self::$variant => $hazard,)+ }
            }

            /// What holds where it passes.
            #[must_use]
            pub const fn claim(self) -> &'static str {
                match self { $(Self::$variant => $claim,)+ }
            }

            /// Tries it.
            pub(super) async fn try_on(self, bench: &mut Bench<'_>) -> Verdict {
                match self { $(Self::$variant => $run(bench).await,)+ }
            }
        }
    };
    (@count $($name:literal)+) => { [$($name),+].len() };
}

checks! {
    OpensStill = "opens-still", "H-16",
        "opening turns nothing and leaves the table disarmed", person::opens_still;
    StatesItself = "states-itself", "H-14",
        "what the table states is possible: way home, range, speeds, its own timeout",
        person::states_itself;
    TellsTheTilt = "tells-the-tilt", "H-08",
        "the tilt that is told is the true one, with its sign and its scale", person::tells_the_tilt;
    TellsInTime = "tells-in-time", "H-04",
        "an armed table is heard every quarter of a second", person::tells_in_time;
    MovesOnlyArmed = "moves-only-armed", "H-23",
        "without arming no motion turns the bed", motion::moves_only_armed;
    EndsAtTarget = "ends-at-target", "H-32",
        "a motion ends at its target, not beyond it", motion::ends_at_target;
    HaltAlways = "halt-from-any-state", "H-01",
        "halt ends every motion of the host, from the loop and from the stop lane, and latches nothing",
        motion::halt_always;
    StopAtOnce = "stop-at-once", "H-20",
        "STOP from any thread ends a lowering at once and latches", stop::at_once;
    StopOvertakes = "stop-overtakes-queue", "H-20",
        "STOP overtakes a queue that is full, and nothing that was queued follows it",
        stop::overtakes;
    StopStays = "stop-stays", "H-23",
        "STOP leaves only by acknowledging it in the rest band, and then the table is disarmed",
        stop::stays;
    StopAndReturn = "stop-and-return", "H-23",
        "under STOP only a held return turns the bed, and only up", stop::and_return;
    LeaseEnds = "lease-ends", "H-01",
        "a motion that is not renewed ends by its lease, though the host lives", motion::lease_ends;
    FrozenLoop = "frozen-loop", "H-01",
        "a frozen control loop is noticed: nothing renews or beats for it, and the bed comes home \
         where the table says it does",
        motion::frozen_loop;
    ClosingIsHostLoss = "closing-is-host-loss", "H-01",
        "a host that goes leaves a bed that stands, and comes home where the table says it does",
        motion::closing;
    ReturnUnarmed = "return-unarmed", "H-01",
        "a return needs no arming, and ends in the rest band", motion::return_unarmed;
    ReturnOnlyUp = "return-only-up", "H-01",
        "a return at rest turns nothing", motion::return_only_up;
    FaultsStay = "faults-stay", "H-15",
        "a latched fault stays while it is watched, forbids motion, and is cleared by an act only",
        motion::faults_stay;
    Unplugged = "unplugged", "H-02",
        "a cable that is pulled is told, and ends a motion by its lease", line::unplugged;
    PluggedAgain = "plugged-again", "H-23",
        "a line that comes back is a new session, disarmed, and lowers nothing", line::plugged_again;
    AnswersLost = "answers-lost", "H-02",
        "without answers nothing is told, the loss is, and no motion is repeated",
        line::answers_lost;
    LateAnswers = "late-answers", "H-17",
        "what the line held back for 0.6 s moves nothing and is never told as the present",
        line::late;
    SaidTwice = "said-twice", "H-17",
        "a line that repeats everything changes nothing: one report each, motion ends by its lease",
        line::twice;
    Garbage = "garbage", "H-02",
        "noise on the line never becomes a tilt, and STOP gets through", line::garbage;
    SecondHost = "second-host", "H-19",
        "a second host is refused, or the first is told and moves nothing any more",
        line::second_host;
    WrongDevice = "wrong-device", "H-36",
        "what is not its table is refused in time, with nothing moved", line::wrong_device;
    StaleBytes = "stale-bytes", "H-16",
        "bytes from before the line was opened mean nothing", line::stale_bytes;
    Restarted = "restarted", "H-15",
        "a controller that restarts in a motion stands, is told, and is disarmed", line::restarted;
}
