//! Measurements beside their yardsticks. They inform; only ratios within one run are judged.

use std::time::Duration;

use clap::Args;
use serde_json::Value;

use crate::error::TaskError;
use crate::process::Echo;
use crate::workspace::Workspace;

const LIMIT: Duration = Duration::from_secs(60 * 60);

/// How to show the measurements.
#[derive(Args)]
pub(crate) struct Options {
    /// One JSON array in place of the table.
    #[arg(long)]
    json: bool,
}

/// One measurement, as the benchmark prints it.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    value: String,
    unit: String,
    yardstick: String,
    ratio: String,
    budget: String,
    ok: Option<bool>,
}

/// Runs the benchmark of the runner and prints its table; a missed budget fails.
pub(crate) fn run(workspace: &Workspace, options: &Options) -> Result<bool, TaskError> {
    let step = workspace.building("bench", LIMIT).args([
        "--package",
        "antipode-runner",
        "--bench",
        "all",
        "--",
        "--json",
    ]);
    let finished = step.run(Echo::Quiet)?;
    if !finished.success {
        return Err(TaskError::Failed {
            command: step.command_line(),
            ending: finished.ending,
            output: format!("\n{}", finished.lines.join("\n")),
        });
    }
    let rows = parse(&finished.stdout)?;
    if options.json {
        print!("{}", finished.stdout);
    } else {
        print!("{}", table(&rows));
    }
    Ok(rows.iter().all(|row| row.ok != Some(false)))
}

fn parse(text: &str) -> Result<Vec<Row>, TaskError> {
    let problem =
        |problem: String| TaskError::Json { what: "the benchmark's output".into(), problem };
    let document: Value = serde_json::from_str(text).map_err(|error| problem(error.to_string()))?;
    let items = document.as_array().ok_or_else(|| problem("not an array".into()))?;
    if items.is_empty() {
        return Err(problem("an empty array: nothing was measured".into()));
    }
    items
        .iter()
        .map(|item| row(item).ok_or_else(|| problem(format!("no name in {item}"))))
        .collect()
}

fn row(item: &Value) -> Option<Row> {
    Some(Row {
        name: item["name"].as_str()?.to_owned(),
        value: shown(&item["value"]),
        unit: shown(&item["unit"]),
        yardstick: shown(&item["yardstick"]),
        ratio: shown(&item["ratio"]),
        budget: shown(&item["budget"]),
        ok: item["ok"].as_bool(),
    })
}

/// A field as people read it: text bare, numbers with two decimals where they have any.
fn shown(value: &Value) -> String {
    if value.is_null() {
        return "-".into();
    }
    if let Some(text) = value.as_str() {
        return text.into();
    }
    match value.as_f64() {
        Some(number) if !value.is_u64() && !value.is_i64() => format!("{number:.2}"),
        Some(_) | None => value.to_string(),
    }
}

fn table(rows: &[Row]) -> String {
    let heads =
        ["measurement", "value", "unit", "yardstick", "ratio", "budget", "ok"].map(String::from);
    let mut lines = vec![heads];
    lines.extend(rows.iter().map(|row| {
        let ok = match row.ok {
            Some(true) => "yes",
            Some(false) => "MISSED",
            None => "-",
        };
        let Row { name, value, unit, yardstick, ratio, budget, .. } = row;
        [name, value, unit, yardstick, ratio, budget, ok].map(String::from)
    }));
    let mut widths = [0; 7];
    for line in &lines {
        for (width, cell) in widths.iter_mut().zip(line) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let mut text = String::new();
    for line in &lines {
        let cells: Vec<String> =
            line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_shows_every_row_and_marks_a_missed_budget() {
        let rows = parse(
            r#"[{"name": "frame encode", "value": 41.5, "unit": "ns", "yardstick": "MAVLink 73", "ratio": 0.57, "budget": 60, "ok": true},
                {"name": "step p99", "value": 3, "unit": "us", "yardstick": null, "ratio": null, "budget": 2, "ok": false}]"#,
        )
        .unwrap();
        let table = table(&rows);
        assert!(table.contains("frame encode  41.50  ns"), "{table}");
        assert!(table.contains("MISSED"), "{table}");
        assert_eq!(table.lines().count(), 3);
    }

    #[test]
    fn nothing_measured_is_an_error() {
        assert!(parse("[]").is_err());
        assert!(parse("{}").is_err());
        assert!(parse("").is_err());
    }
}
