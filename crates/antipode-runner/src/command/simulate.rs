//! `antipode simulate`.

use serde::Serialize;

use crate::cli::SimulateArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::sim_run::scenario::{self, Judged};
use crate::summary::Summary;

#[derive(Serialize)]
struct Document {
    scenarios: Vec<Judged>,
}

/// Runs every scenario and says which of them came out as they must. The worst one decides how the
/// program ends.
pub(super) fn run(arguments: &SimulateArgs, verbose: bool, out: &mut Output) -> Exit {
    let mut exit = Exit::Done;
    let mut scenarios = Vec::new();
    for path in &arguments.scenarios {
        let judged = match scenario::load(path) {
            Ok(loaded) => {
                let judged = loaded.run();
                if verbose {
                    judged.timeline.iter().for_each(|line| out.talk(line));
                }
                show(&judged, loaded.title.as_deref(), out);
                exit = exit.worse(if judged.ok { Exit::Done } else { Exit::Failed });
                judged
            }
            Err(failure) => {
                out.talk(failure.draw(out.paint_talk()));
                exit = exit.worse(failure.exit());
                unread(path, &failure)
            }
        };
        scenarios.push(judged);
    }
    if out.json() {
        out.document(&Document { scenarios });
    } else if arguments.scenarios.len() > 1 {
        let met = scenarios.iter().filter(|judged| judged.ok).count();
        out.line(format_args!("{met} of {} scenarios came out as they must", scenarios.len()));
    }
    exit
}

fn show(judged: &Judged, title: Option<&str>, out: &mut Output) {
    let paint = out.paint();
    let name = &judged.name;
    let outcome = judged.summary.outcome.as_deref().unwrap_or("not over");
    let cause = judged.summary.end_cause.as_deref().map_or(String::new(), |c| format!(", {c}"));
    let verdict = if judged.ok { paint.good("ok    ") } else { paint.error("FAILED") };
    out.line(format_args!("{verdict}  {name}: {outcome}{cause}"));
    if judged.ok {
        return;
    }
    if let Some(title) = title {
        out.line(format_args!("        {title}"));
    }
    for failure in &judged.failures {
        out.line(format_args!("        {failure}"));
    }
}

/// A scenario that could not be run, among those that could.
fn unread(path: &std::path::Path, failure: &Failure) -> Judged {
    let name = path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let failures = vec![failure.message().to_owned()];
    Judged { name, ok: false, summary: Summary::default(), failures, timeline: Vec::new() }
}
