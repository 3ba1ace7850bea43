//! `antipode plan preview`.

use std::path::Path;

use antipode_core::plan::{Plan, Preview};
use serde::Serialize;

use super::list::strength;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::summary::Decimal;
use crate::{plans, svg, terminal, timeline, words};

#[derive(Serialize)]
struct Document<'a> {
    plan: &'a str,
    title: &'a str,
    evidence: &'a str,
    bouts: usize,
    max_tilt_deg: Decimal,
    duration_s: Decimal,
    waits_s: Decimal,
    door_to_door_s: Decimal,
    head_down_s: Decimal,
    hold_s: Decimal,
    dose_deg_min: Decimal,
    unloading_percent: [Decimal; 2],
    deeper_is_shown_to_be_better: bool,
    points: Vec<[Decimal; 2]>,
}

/// Shows what a plan will be like, and draws it where asked.
pub(super) fn run(plan: &Path, picture: Option<&Path>, out: &mut Output) -> Result<Exit, Failure> {
    let read = plans::load(plan)?;
    let plan = &read.value.plan;
    // What would run: no faster than the limits, which is longer than as written.
    let program = plan
        .slowed_to(&plans::limits())
        .expand()
        .map_err(|_| Failure::refused(format!("the plan `{}` cannot be unrolled", plan.name)))?;
    let preview = Preview::of(&program);
    if let Some(path) = picture {
        std::fs::write(path, svg::draw(plan, &preview)).map_err(|cause| {
            Failure::io(format_args!("write the picture `{}`", path.display()), &cause)
                .help("choose a folder that exists and that you may write to")
        })?;
    }
    if out.json() {
        out.document(&document(plan, &preview));
    } else {
        if !read.warnings.is_empty() {
            out.talk(read.warnings.render(false));
        }
        show(plan, &preview, out);
        if let Some(path) = picture {
            out.talk(format_args!("wrote {}", path.display()));
        }
    }
    Ok(Exit::Done)
}

/// Degrees times minutes, in thousandths.
fn degree_minutes(preview: &Preview) -> Decimal {
    Decimal(i64::try_from(preview.dose.weighted / 60).unwrap_or(i64::MAX))
}

fn document<'a>(plan: &'a Plan, preview: &Preview) -> Document<'a> {
    let share = |thousandths: u16| Decimal(i64::from(thousandths) * 100);
    Document {
        plan: &plan.name,
        title: &plan.title,
        evidence: &plan.evidence,
        bouts: preview.dose.bouts.len(),
        max_tilt_deg: Decimal::degrees(preview.max_tilt),
        duration_s: Decimal::seconds(preview.time),
        waits_s: Decimal::seconds(preview.waits),
        door_to_door_s: Decimal::seconds(preview.door_to_door),
        head_down_s: Decimal::seconds(preview.dose.head_down),
        hold_s: Decimal::seconds(preview.dose.hold),
        dose_deg_min: degree_minutes(preview),
        unloading_percent: [share(preview.unloading.least), share(preview.unloading.most)],
        deeper_is_shown_to_be_better: false,
        points: preview
            .points
            .iter()
            .map(|point| [Decimal::seconds(point.at), Decimal::degrees(point.tilt)])
            .collect(),
    }
}

fn show(plan: &Plan, preview: &Preview, out: &mut Output) {
    let title = out.paint().strong(&plan.title);
    out.line(format_args!("{title} ({})", plan.name));
    out.line(format_args!("from: {} ({})", plan.evidence, strength(plan.strength)));
    out.line("");
    for line in timeline::draw(&preview.points, terminal::width(), terminal::ascii()) {
        out.line(line);
    }
    out.line("");
    let bouts = preview.dose.bouts.len();
    let rows = [
        ("door to door", words::clock(preview.door_to_door)),
        ("on the table", words::clock(preview.time)),
        ("head-down", format!("{} in {bouts} bouts", words::clock(preview.dose.head_down))),
        ("deepest tilt", format!("{} degrees", words::degrees(preview.max_tilt))),
        ("dose", format!("{} degree-minutes (tilt times time)", degree_minutes(preview).rounded())),
        ("estimated load off the spine", preview.unloading.to_string()),
    ];
    for (name, value) in rows {
        out.line(format_args!("{name:28}  {value}"));
    }
    if preview.waits.get() > 0 {
        out.line(format_args!("{:28}  up to {}", "waits for you", words::clock(preview.waits)));
    }
    out.line("");
    out.line("The load is estimated, not measured. Deeper is not shown to be better.");
}
