//! `antipode plan list`.

use antipode_core::plan::{Attendance, EvidenceStrength, Preview};
use antipode_files::{Source, presets};
use serde::Serialize;

use crate::exit::Exit;
use crate::output::Output;
use crate::summary::Decimal;
use crate::{plans, words};

#[derive(Serialize)]
struct Document {
    plans: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: &'static str,
    title: String,
    evidence: String,
    strength: &'static str,
    requires: &'static str,
    bouts: u16,
    max_tilt_deg: Decimal,
    head_down_s: Decimal,
    door_to_door_s: Decimal,
    #[serde(skip)]
    line: String,
}

/// Lists the built-in plans.
pub(super) fn run(out: &mut Output) -> Exit {
    let rows: Vec<Row> = presets().iter().filter_map(|&(name, text)| row(name, text)).collect();
    if out.json() {
        out.document(&Document { plans: rows });
        return Exit::Done;
    }
    for row in rows {
        let name = out.paint().strong(row.name);
        out.line(format_args!("{name}: {}", row.title));
        out.line(format_args!("    {}", row.line));
        out.line(format_args!("    from: {} ({})", row.evidence, row.strength));
    }
    out.line("");
    out.line("A plan is not advice. None of them is shown to help more than another.");
    Exit::Done
}

/// Every built-in plan checks; a test holds them to it.
fn row(name: &'static str, text: &'static str) -> Option<Row> {
    let plan = plans::check(&Source::new(name, text)).ok()?.value.plan;
    let program = plan.expand().ok()?;
    let preview = Preview::of(&program);
    let line = format!(
        "{} bouts, at most {} degrees, {} head-down, {} door to door, {}",
        program.bouts(),
        words::degrees(preview.max_tilt),
        words::clock(preview.dose.head_down),
        words::clock(preview.door_to_door),
        needs(plan.attendance),
    );
    Some(Row {
        name,
        strength: strength(plan.strength),
        requires: plan.attendance.key(),
        title: plan.title,
        evidence: plan.evidence,
        bouts: program.bouts(),
        max_tilt_deg: Decimal::degrees(preview.max_tilt),
        head_down_s: Decimal::seconds(preview.dose.head_down),
        door_to_door_s: Decimal::seconds(preview.door_to_door),
        line,
    })
}

const fn needs(attendance: Attendance) -> &'static str {
    match attendance {
        Attendance::AloneAllowed => "also alone",
        Attendance::Spotter => "with somebody standing by",
        Attendance::Clinician => "with a clinician there",
    }
}

pub(super) const fn strength(strength: EvidenceStrength) -> &'static str {
    match strength {
        EvidenceStrength::Proposal => "a proposal that nobody has tried",
        EvidenceStrength::Maker => "advice of makers of tables",
        EvidenceStrength::Cohort => "people followed without a comparison",
        EvidenceStrength::PilotTrial => "a small trial",
        EvidenceStrength::Trial => "a controlled trial",
    }
}
