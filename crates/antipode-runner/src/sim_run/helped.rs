//! The simulated people around a simulated table that runs on the real clock.

use std::time::{Duration, Instant};

use antipode_core::session::{Company, View};
use antipode_core::step::Prompt;
use antipode_engine::Input;
use antipode_engine::real::{Handle, Prompts};
use antipode_safety::{Angle, Timestamp};
use antipode_sim::driver::SimDoor;

use super::people::{self, Spotter};

/// People look up ten times a second.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// A simulated spotter and a simulated person, who hear what the session says and answer it
/// through the same handle as people do.
#[derive(Debug)]
pub struct SimPeople {
    door: SimDoor,
    prompts: Prompts,
    spotter: Spotter,
    next_look: Instant,
}

impl SimPeople {
    /// The people around the table behind `door`, who listen to the engine behind `handle`.
    #[must_use]
    pub fn new(door: SimDoor, handle: &Handle, company: Company) -> Self {
        let (prompts, next_look) = (handle.prompts(), Instant::now());
        Self { door, prompts, spotter: Spotter::of(company), next_look }
    }

    /// Looks at the session and the table, when it is time to, and gives what they do.
    pub fn look(&mut self, view: &View) -> Vec<Input> {
        let now = Instant::now();
        if now < self.next_look {
            return Vec::new();
        }
        self.next_look = now + LOOK_EVERY;
        let heard: Vec<Prompt> =
            std::iter::from_fn(|| self.prompts.try_next()).map(|said| said.prompt).collect();
        let (mut spotter, view) = (self.spotter.clone(), *view);
        let acted = self.door.with(move |world| {
            // The world counts from its own beginning.
            let view = View { now: Timestamp::from_millis(world.now_ms()), ..view };
            let mut inputs = Vec::new();
            for prompt in heard {
                people::ask(world, world.now_ms(), prompt);
            }
            people::listen(spotter.mode, world, &mut inputs);
            spotter.act(&view, world, &mut inputs);
            (spotter, inputs)
        });
        let Some((spotter, inputs)) = acted else { return Vec::new() };
        self.spotter = spotter;
        inputs
    }
}

/// The true tilt of the simulated bed; `None` when its world is gone.
#[must_use]
pub fn true_tilt(door: &SimDoor) -> Option<Angle> {
    door.true_tilt_mdeg().map(|tilt| Angle::clamped(i64::from(tilt)))
}
