//! A real session, seen through a handle to its engine. No method waits for the control loop.

use std::cell::Cell;
use std::time::{Duration, Instant};

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{StateKind, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_engine::real::{Handle, NotTaken, Prompts};
use antipode_safety::{Millis, Timestamp};

use crate::hand_evdev::{HandEvent, HandInput, inputs};
use crate::instance::{Remote, Status};
use crate::live::{About, Live};

/// How often a screen looks at the engine.
const LOOK: Duration = Duration::from_millis(20);

/// A running engine as a [`Live`] session.
#[derive(Debug)]
pub struct EngineLive {
    about: About,
    handle: Handle,
    prompts: Prompts,
    /// Number of the newest snapshot, and when it was first seen here.
    newest: Cell<(u64, Instant)>,
}

impl EngineLive {
    /// The session of the engine behind `handle`.
    #[must_use]
    pub fn new(about: About, handle: Handle) -> Self {
        let newest = Cell::new((handle.snapshot().seq, Instant::now()));
        Self { about, prompts: handle.prompts(), handle, newest }
    }
}

/// What the socket may ask of a running engine; STOP goes from the caller's thread straight into
/// the engine's own lane.
#[derive(Debug)]
pub struct EngineRemote {
    about: About,
    handle: Handle,
    data: String,
}

impl EngineRemote {
    /// The session of the engine behind `handle`, recorded in the folder `data`.
    #[must_use]
    pub const fn new(about: About, handle: Handle, data: String) -> Self {
        Self { about, handle, data }
    }
}

impl Remote for EngineRemote {
    fn status(&self) -> Status {
        let snapshot = self.handle.snapshot();
        // A clock that was set back gives no age; the reading's own age remains.
        let age = snapshot.wall.elapsed().unwrap_or_default();
        let age = u64::try_from(age.as_millis()).unwrap_or(u64::MAX);
        Status::of(&self.about, &snapshot.view, age, &self.data)
    }

    fn stop(&self) {
        self.handle.stop(Source::Network);
    }

    fn bring_up(&self) {
        self.handle.request_return(Source::Network);
    }
}

/// Hands what the hand control says to the engine, on the hand control's own thread.
pub fn hand_to(handle: Handle) -> impl FnMut(HandEvent) + Send + 'static {
    move |event| {
        for input in inputs(event) {
            match input {
                HandInput::Act(act) => note(handle.act(act, Source::Hand)),
                HandInput::Stop(event) => stop(&handle, event, Source::Hand),
            }
        }
    }
}

fn stop(handle: &Handle, event: StopEvent, source: Source) {
    match event {
        StopEvent::Pressed => handle.stop(source),
        StopEvent::Released => handle.release_stop(source),
        StopEvent::Acknowledged => note(handle.acknowledge_stop(source)),
    }
}

/// Says that something was not taken. STOP and RETURN never come here.
fn note(taken: Result<(), NotTaken>) {
    if let Err(error) = taken {
        tracing::warn!("{error}");
    }
}

impl Live for EngineLive {
    fn about(&self) -> &About {
        &self.about
    }

    fn view(&self) -> View {
        self.handle.view()
    }

    /// Time since the engine last gave a new picture: by this thread's own clock, so that an
    /// engine that stands still is noticed whatever it says of itself.
    fn view_age(&self) -> Millis {
        let (seq, now) = (self.handle.snapshot().seq, Instant::now());
        let (newest, since) = self.newest.get();
        if seq != newest {
            self.newest.set((seq, now));
            return Millis::ZERO;
        }
        Millis::new(u64::try_from(now.duration_since(since).as_millis()).unwrap_or(u64::MAX))
    }

    fn wall(&self) -> jiff::Zoned {
        jiff::Zoned::now()
    }

    fn act(&mut self, act: Act, source: Source) {
        note(self.handle.act(act, source));
    }

    fn stop(&mut self, event: StopEvent, source: Source) {
        stop(&self.handle, event, source);
    }

    fn symptom(&mut self, symptom: Symptom, severity: Severity) {
        note(self.handle.symptom(symptom, severity));
    }

    fn take_prompts(&mut self) -> Vec<(Timestamp, Prompt)> {
        std::iter::from_fn(|| self.prompts.try_next()).map(|said| (said.at, said.prompt)).collect()
    }

    fn advance(&mut self) {}

    fn wait(&self) -> Duration {
        LOOK
    }

    fn is_over(&self) -> bool {
        self.handle.ended().is_some() || self.view().state == StateKind::Finished
    }
}
