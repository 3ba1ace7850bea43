//! A session under way, as screens and progress lines see it: real or simulated alike.

use std::time::Duration;

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{StateKind, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_safety::{Millis, Timestamp};

/// What a session is about. It does not change while it runs.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct About {
    /// Name of the plan.
    pub plan: String,
    /// Name of the person. Shown on the screen, never spoken or logged.
    pub person: String,
    /// Name of the table.
    pub table: String,
    /// No person is on it.
    pub simulated: bool,
    /// Ballast is on it, so heavy, and nobody.
    pub ballast_kg: Option<u16>,
}

/// A session under way. The real one hands everything on to the engine's own thread and never
/// waits; the simulated one runs inside [`Live::advance`].
pub trait Live {
    /// What it is about.
    fn about(&self) -> &About;

    /// What is known of it.
    fn view(&self) -> View;

    /// How old [`Live::view`] itself is: grows when the engine has come to a standstill, so that
    /// an old picture never looks fresh (I-8).
    fn view_age(&self) -> Millis;

    /// The date, simulated where the session is.
    fn wall(&self) -> jiff::Zoned;

    /// Hands on an act of a person.
    fn act(&mut self, act: Act, source: Source);

    /// Hands on a word of the STOP lane.
    fn stop(&mut self, event: StopEvent, source: Source);

    /// Hands on what the person feels.
    fn symptom(&mut self, symptom: Symptom, severity: Severity);

    /// What people were told since the last call, in order.
    fn take_prompts(&mut self) -> Vec<(Timestamp, Prompt)>;

    /// Lets simulated time catch up with its pace; nothing for a real session.
    fn advance(&mut self);

    /// How long to wait before the next [`Live::advance`]; zero for as fast as possible.
    fn wait(&self) -> Duration;

    /// The session is over; only attended moves to upright remain.
    fn is_over(&self) -> bool;
}

/// Whether the program may end: nothing is under way and, as far as anyone knows, nobody is
/// head-down. An unknown tilt counts as head-down once a session has begun. A session that STOP
/// holds in the rest band may be left: it takes a person at the table to go on from there, and the
/// next start asks for one.
#[must_use]
pub fn may_leave(live: &dyn Live) -> bool {
    let view = live.view();
    let begun = view.live || view.outcome.is_some();
    let level = match view.tilt {
        Some(tilt) => !tilt.is_head_down(),
        None => !begun,
    };
    level && (!view.live || view.state == StateKind::Stopped)
}
