//! What came of a scenario, against what was expected.

use antipode_core::session::{EndCause, Outcome};
use antipode_files::Expect;
use antipode_monitor::Verdict;
use antipode_safety::{Angle, Millis};

use super::Loaded;
use crate::sim_run::SimRun;
use crate::summary::{Decimal, Summary};
use crate::words::{alarm_key, cause_key, degrees, outcome_key};

/// What is seen of a run beyond its summary.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    pub(super) summary: Summary,
    pub(super) max_tilt: Option<Angle>,
    pub(super) final_tilt: Option<Angle>,
    /// From the first fault or act to the last moment head-down; `None` while still there.
    pub(super) rest_after: Option<Millis>,
    pub(super) broken: Vec<String>,
    pub(super) timeline: Vec<String>,
}

impl Loaded {
    /// Everything that is not as expected.
    pub(super) fn failures(&self, seen: &Seen) -> Vec<String> {
        let mut failures = Vec::new();
        let mut word = |what: &str, expected: Option<&str>, seen: Option<&str>| {
            if let Some(expected) = expected.filter(|expected| seen != Some(expected)) {
                let seen = seen.unwrap_or("none");
                failures.push(format!("{what}: expected {expected}, seen {seen}"));
            }
        };
        let expect = &self.expect;
        let outcome = expect.outcome.map(antipode_files::ExpectedOutcome::key);
        word("outcome", outcome, seen.summary.outcome.as_deref());
        word("end_cause", expect.end_cause.as_deref(), seen.summary.end_cause.as_deref());
        failures.extend(too_deep(expect, seen));
        failures.extend(ended_elsewhere(expect, seen));
        failures.extend(too_long(expect, seen));
        failures.extend(seen.broken.iter().map(|broken| format!("invariant {broken}")));
        failures
    }
}

fn too_deep(expect: &Expect, seen: &Seen) -> Option<String> {
    let (most, deepest) = (expect.max_tilt?, seen.max_tilt?);
    let (most_text, deepest_text) = (degrees(most), degrees(deepest));
    (deepest > most)
        .then(|| format!("max_tilt_deg: expected at most {most_text} degrees, seen {deepest_text}"))
}

fn ended_elsewhere(expect: &Expect, seen: &Seen) -> Option<String> {
    let [low, high] = expect.final_tilt?;
    let tilt = seen.final_tilt?;
    (tilt < low || tilt > high).then(|| {
        let (low, high, tilt) = (degrees(low), degrees(high), degrees(tilt));
        format!("final_tilt_deg: expected from {low} to {high} degrees, seen {tilt}")
    })
}

fn too_long(expect: &Expect, seen: &Seen) -> Option<String> {
    let within = expect.rest_band_within?;
    let most = Decimal::seconds(within);
    match seen.rest_after {
        Some(after) if after <= within => None,
        Some(after) => {
            let after = Decimal::seconds(after);
            Some(format!("rest_band_within: expected within {most} s, head-down for {after} s"))
        }
        None => Some(format!("rest_band_within: expected within {most} s, still head-down")),
    }
}

/// Broken safety rules shown for one scenario; a rule that is broken once is broken often.
const BROKEN_SHOWN: usize = 5;

/// Broken safety rules, one line each. Liveness is judged by the soak, which heals its runs.
pub(super) fn broken(verdict: &Verdict) -> Vec<String> {
    let shown = verdict.safety.iter().take(BROKEN_SHOWN);
    let mut lines: Vec<String> = shown.map(ToString::to_string).collect();
    let dropped = usize::try_from(verdict.dropped).unwrap_or(usize::MAX);
    let more = (verdict.safety.len() - lines.len()).saturating_add(dropped);
    if more > 0 {
        lines.push(format!("rules broken {more} times more"));
    }
    lines
}

/// What is known of a simulated session, over or not, as its summary. Names are the caller's.
#[must_use]
pub fn summary(run: &SimRun) -> Summary {
    let ended = how_it_ended(run);
    let begun = run.duration().is_some();
    let summary = Summary {
        table: Some("sim".to_owned()),
        outcome: ended.map(|(outcome, _)| outcome_key(outcome).to_owned()),
        end_cause: ended.and_then(|(_, cause)| cause).map(|cause| cause_key(cause).to_owned()),
        bouts_planned: Some(run.setup().program.bouts()),
        bouts_done: Some(run.bouts_done()),
        head_down_s: Some(Decimal::seconds(run.head_down())),
        max_tilt_deg: Some(Decimal::degrees(run.deepest())),
        final_tilt_deg: Some(Decimal::degrees(run.true_tilt())),
        duration_s: run.duration().map(Decimal::seconds),
        alarms: run.recorder.alarms.iter().map(|alarm| alarm_key(*alarm).to_owned()).collect(),
        seed: Some(run.setup().seed),
        trace_hash: Some(run.recorder.trace_hash()),
        ..Summary::default()
    };
    if begun { summary } else { Summary { reasons: vec![NEVER_BEGUN.to_owned()], ..summary } }
}

const NEVER_BEGUN: &str = "nobody at the table began it";

/// The outcome on record, or the one that the next start would put there.
fn how_it_ended(run: &SimRun) -> Option<(Outcome, Option<EndCause>)> {
    if let Some((outcome, cause)) = run.ended() {
        return Some((outcome, Some(cause)));
    }
    if run.duration().is_none() {
        return Some((Outcome::Refused, None));
    }
    let host_lives = run.shell().host_is_alive();
    (!host_lives).then_some((Outcome::Interrupted, Some(EndCause::ProcessDied)))
}
