//! The rows of the table, for people and for programs.

use std::error::Error;

use serde_json::{Value, json};

/// What a row is held to, or only shown with.
#[derive(Clone, Copy)]
pub(crate) enum Budget {
    /// Not above this.
    AtMost(f64),
    /// Not below this.
    AtLeast(f64),
}

impl Budget {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::AtMost(most) => value <= most,
            Self::AtLeast(least) => value >= least,
        }
    }

    fn text(self) -> String {
        match self {
            Self::AtMost(most) => format!("<= {most}"),
            Self::AtLeast(least) => format!(">= {least}"),
        }
    }
}

/// One measurement.
pub(crate) struct Row {
    name: String,
    value: f64,
    unit: &'static str,
    yardstick: Option<String>,
    ratio: Option<f64>,
    budget: Option<String>,
    ok: Option<bool>,
}

impl Row {
    /// A value without yardstick and budget.
    pub(crate) fn new(name: impl Into<String>, value: f64, unit: &'static str) -> Self {
        let name = name.into();
        Self { name, value, unit, yardstick: None, ratio: None, budget: None, ok: None }
    }

    /// Sets it against `yardstick`, measured in this run in the same unit.
    pub(crate) fn against(mut self, what: &str, yardstick: f64) -> Self {
        self.yardstick = Some(format!("{what}: {}", short(yardstick)));
        self.ratio = Some(rounded(self.value / yardstick));
        self
    }

    /// Holds the value to a budget; a miss fails the run.
    pub(crate) fn held_to(mut self, budget: Budget) -> Self {
        self.budget = Some(budget.text());
        self.ok = Some(budget.holds(self.value));
        self
    }

    /// Holds the ratio to the yardstick to a budget; a miss fails the run.
    pub(crate) fn ratio_held_to(mut self, budget: Budget) -> Self {
        self.budget = Some(format!("ratio {}", budget.text()));
        self.ok = self.ratio.map(|ratio| budget.holds(ratio));
        self
    }

    /// Shows a budget that wall time is not held to.
    pub(crate) fn aimed_at(mut self, budget: Budget) -> Self {
        self.budget = Some(format!("{} (shown)", budget.text()));
        self
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name,
            "value": rounded(self.value),
            "unit": self.unit,
            "yardstick": self.yardstick,
            "ratio": self.ratio,
            "budget": self.budget,
            "ok": self.ok,
        })
    }
}

/// Three figures are more than a shared machine can say.
fn rounded(value: f64) -> f64 {
    short(value).parse().unwrap_or(value)
}

fn short(value: f64) -> String {
    let places = match value.abs() {
        big if big >= 100.0 => 0,
        middling if middling >= 10.0 => 1,
        small if small >= 1.0 => 2,
        _ => 3,
    };
    format!("{value:.places$}")
}

/// Prints every row.
#[expect(clippy::print_stdout, reason = "printing its table is what a benchmark is for")]
pub(crate) fn print(rows: &[Row], json: bool) {
    if json {
        println!("{:#}", Value::Array(rows.iter().map(Row::json).collect()));
        return;
    }
    for row in rows {
        let verdict = match row.ok {
            Some(true) => "ok",
            Some(false) => "MISSED",
            None => "",
        };
        let ratio = row.ratio.map(short).unwrap_or_default();
        println!(
            "{:<52} {:>9} {:<14} {:>9} {:<34} {:<20} {verdict}",
            row.name,
            short(row.value),
            row.unit,
            ratio,
            row.yardstick.as_deref().unwrap_or_default(),
            row.budget.as_deref().unwrap_or_default(),
        );
    }
}

/// Says why there is no table.
#[expect(clippy::print_stderr, reason = "a benchmark has no other place to complain")]
pub(crate) fn complain(error: &dyn Error) {
    eprintln!("benchmark ended early, nothing it measured counts: {error}");
}
