//! A simulated run as a session that can be watched and steered, at a pace or as fast as possible.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use antipode_core::event::{Act, Source, StopEvent};
use antipode_core::session::{SessionConfig, View};
use antipode_core::step::Prompt;
use antipode_core::symptom::{Severity, Symptom};
use antipode_engine::Input;
use antipode_engine::real::JournalPort;
use antipode_records::WallTime;
use antipode_safety::{Millis, Timestamp};

use super::{SimRun, SpotterMode};
use crate::cli::Speed;
use crate::live::{About, Live};

/// Between two looks at the clock of a paced run.
const LOOK: Duration = Duration::from_millis(20);
/// Steps between two looks at the controls of an unpaced run: a second of simulated time.
const BURST: u32 = 100;
/// A simulated session begins at this date, a number of days further for each seed (seconds since
/// 1970): the same seed gives the same date everywhere.
const FIRST_DAY_S: i64 = 1_767_261_600;
/// The date repeats after so many seeds.
const DAYS: u64 = 365;
/// A session that has not ended by then is told so, milliseconds of simulated time.
pub const LONGEST_MS: u64 = 2 * 3_600_000;

/// A simulated session and its record.
pub struct SimLive<J> {
    run: SimRun,
    journal: J,
    about: About,
    speed: Speed,
    started: Instant,
    /// Simulated time at [`SimLive::started`].
    from_ms: u64,
}

impl<J: JournalPort> SimLive<J> {
    /// The session of `run` at `speed`, written into `journal`.
    #[must_use]
    pub fn new(mut run: SimRun, journal: J, about: About, speed: Speed) -> Self {
        run.recorder.keep_lines = true;
        let from_ms = run.now_ms();
        Self { run, journal, about, speed, started: Instant::now(), from_ms }
    }

    /// The run and its journal, to be closed.
    #[must_use]
    pub fn into_parts(self) -> (SimRun, J) {
        (self.run, self.journal)
    }

    /// Writes what happened into the journal. Nobody is on the table, so a record that is not
    /// taken ends nothing: it leaves a gap that a replay names.
    fn keep(&mut self) {
        for (at, line) in self.run.recorder.lines.drain(..) {
            if !self.journal.line(at, &line) {
                tracing::warn!("the journal did not take a line of the simulated session");
            }
        }
    }

    fn steps_due(&self) -> u32 {
        match self.speed {
            Speed::Max => BURST,
            Speed::Times(times) => {
                let due_ms = self.from_ms.saturating_add(paced_ms(self.started.elapsed(), times));
                let behind = due_ms.saturating_sub(self.run.now_ms()) / 10;
                // After a stall of this machine time goes on from here, not in a rush.
                u32::try_from(behind).unwrap_or(u32::MAX).min(10 * BURST)
            }
        }
    }
}

fn paced_ms(elapsed: Duration, times: NonZeroU32) -> u64 {
    let elapsed_ms = u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX);
    elapsed_ms.saturating_mul(u64::from(times.get()))
}

/// The date on which the session of `seed` begins, seconds since 1970.
#[must_use]
pub fn date_of_seed(seed: u64) -> i64 {
    FIRST_DAY_S + i64::try_from(seed % DAYS).unwrap_or(0) * 86_400
}

/// What the session of `run` was told at its beginning.
#[must_use]
pub fn session_config(run: &SimRun) -> SessionConfig {
    super::setup::session_config(run.setup())
}

impl<J: JournalPort> Live for SimLive<J> {
    fn about(&self) -> &About {
        &self.about
    }

    fn view(&self) -> View {
        self.run.view()
    }

    fn view_age(&self) -> Millis {
        Millis::ZERO
    }

    fn wall(&self) -> jiff::Zoned {
        let zero = WallTime::from_unix_millis(date_of_seed(self.run.setup().seed) * 1_000);
        let now = Timestamp::from_millis(self.run.now_ms());
        let wall = self.run.dates(zero).stamp(now).wall;
        let at = jiff::Timestamp::from_millisecond(wall.unix_millis());
        at.unwrap_or(jiff::Timestamp::UNIX_EPOCH).to_zoned(jiff::tz::TimeZone::UTC)
    }

    fn act(&mut self, act: Act, source: Source) {
        self.run.input(Input::Act(act, source));
    }

    fn stop(&mut self, event: StopEvent, source: Source) {
        if source == Source::Terminal {
            // A person at the screen takes over from the simulated spotter, who would let this
            // STOP go again.
            self.run.spotter.mode = SpotterMode::Gone;
        }
        self.run.input(Input::Stop(event, source));
        if event == StopEvent::Pressed && !source.is_local() {
            // A page or a signal has no button to let go.
            self.run.input(Input::Stop(StopEvent::Released, source));
        }
    }

    fn symptom(&mut self, symptom: Symptom, severity: Severity) {
        self.run.input(Input::Symptom(symptom, severity));
    }

    fn take_prompts(&mut self) -> Vec<(Timestamp, Prompt)> {
        std::mem::take(&mut self.run.recorder.shown)
    }

    fn advance(&mut self) {
        for _ in 0..self.steps_due() {
            self.run.step();
            if self.run.is_over() {
                break;
            }
        }
        self.keep();
    }

    fn wait(&self) -> Duration {
        match self.speed {
            Speed::Max => Duration::ZERO,
            Speed::Times(_) => LOOK,
        }
    }

    fn is_over(&self) -> bool {
        self.run.is_over() || self.run.now_ms() >= LONGEST_MS
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use antipode_core::session::{Company, Outcome, StateKind};
    use antipode_engine::real::MemoryJournal;
    use antipode_files::{Source as File, presets, read_plan};
    use antipode_safety::{Limits, Setting};
    use antipode_sim::person::PersonConfig;
    use antipode_sim::world::WorldSetup;

    use super::*;
    use crate::sim_run::SimSetup;

    /// A first-week session that is head-down now.
    fn head_down() -> SimLive<MemoryJournal> {
        let (name, text) = presets().iter().find(|(name, _)| *name == "first-week").unwrap();
        let plan = read_plan(&File::new(*name, *text)).unwrap().value.plan;
        let setup = SimSetup {
            program: Arc::new(plan.expand().unwrap()),
            limits: Limits::hard(Setting::Home),
            world: WorldSetup::reference(PersonConfig::reference()),
            company: Company::Spotter,
            effort: None,
            seed: 7,
            faults: Vec::new(),
            acts: Vec::new(),
        };
        let run = SimRun::new(setup, false);
        let mut live = SimLive::new(run, MemoryJournal::new(), About::default(), Speed::Max);
        while live.view().state != StateKind::Running || !live.run.true_tilt().is_head_down() {
            live.advance();
        }
        live
    }

    fn advance_seconds(live: &mut SimLive<MemoryJournal>, seconds: u64) {
        let until = live.run.now_ms() + seconds * 1_000;
        while live.run.now_ms() < until && !live.is_over() {
            live.advance();
        }
    }

    #[test]
    fn a_person_who_presses_stop_at_the_screen_keeps_the_table() {
        let mut live = head_down();
        live.stop(StopEvent::Pressed, Source::Terminal);
        advance_seconds(&mut live, 2);
        let stands = live.run.true_tilt();
        live.stop(StopEvent::Released, Source::Terminal);
        advance_seconds(&mut live, 120);
        assert_eq!(live.view().state, StateKind::Stopped);
        assert!(live.run.true_tilt().distance(stands) < 200, "nobody moved it");
    }

    #[test]
    fn a_stop_from_elsewhere_has_no_button_and_the_spotter_ends_it() {
        let mut live = head_down();
        live.stop(StopEvent::Pressed, Source::Network);
        advance_seconds(&mut live, 1);
        assert_eq!(live.view().state, StateKind::Stopped);
        advance_seconds(&mut live, 600);
        let (run, journal) = live.into_parts();
        assert_eq!(run.ended().map(|(outcome, _)| outcome), Some(Outcome::Stopped));
        assert!(!journal.lines().is_empty());
    }

    #[test]
    fn every_seed_has_its_date() {
        assert_eq!(date_of_seed(0), FIRST_DAY_S);
        assert_eq!(date_of_seed(1) - date_of_seed(0), 86_400);
        assert_eq!(date_of_seed(u64::MAX), date_of_seed(u64::MAX % DAYS));
    }
}
