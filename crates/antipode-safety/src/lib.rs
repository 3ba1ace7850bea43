//! Units, limits, guard, permits, reactions and the STOP word: the smallest part that people's
//! lives hang on.
//!
//! No standard library, no allocation, no floating point, no dependency, no panic path. Everything
//! here is a pure function of its arguments, except the one atomic word in [`stop`].
//!
//! | module | question it answers |
//! |-|-|
//! | [`limits`] | how far, how fast, how long, and who said so |
//! | [`angle`] | where may the bed be, at worst, right now |
//! | [`motion_watch`] | does the bed do what it was told |
//! | [`effort`] | does the motor need what the weight that is said to lie there asks of it |
//! | [`guard`] | may it move: the only mint of permits |
//! | [`reaction`] | what to do when something is wrong |
//! | [`refill`] | how long has it been wrong, flapping included |
//! | [`stop`] | has anyone pressed STOP |

#![cfg_attr(not(any(test, loom)), no_std)]
#![forbid(unsafe_code)]
#![deny(missing_docs)]

pub mod angle;
pub mod canary;
pub mod effort;
pub mod guard;
pub mod limits;
pub mod motion_watch;
pub mod reaction;
pub mod reading;
pub mod refill;
pub mod stop;
pub mod units;

pub use angle::{AngleState, AngleWatch, Reject, SourceFault};
pub use effort::{Effort, EffortFigure, EffortWatch};
pub use guard::{Attended, Envelope, Guard, Leave, Motion, Permit, Refusal};
pub use limits::{Bound, Layer, Limits, Narrowing, Setting, Why, bout_hold_cap, latch_cap};
pub use motion_watch::{MotionFault, MotionWatch};
pub use reaction::{
    LocalReturn, Priority, Reaction, Response, Side, Situation, SituationSet, Then, response, worst,
};
pub use reading::{DriveState, Fault, FaultBegan, FaultSet, Latches, Reading, Switch, Switches};
pub use refill::RefillDelay;
pub use stop::{Acknowledged, StopSource, StopWord};
pub use units::{Angle, Millis, Rate, Timestamp};
