//! The readers from outside: what they take, what they refuse, and how they say so.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on says so by ending")]

mod commissioning;
mod documents;
mod hostile;
mod load;
mod models;
mod others;
mod outcomes;
mod plans;
mod presets;
mod programmes;
mod programs;
mod render;
mod schemas;
mod screening;

use antipode_files::{Findings, Source, Vocabulary};

/// A source called `test.toml`.
fn source(text: &str) -> Source {
    Source::new("test.toml", text)
}

/// Findings as `line:column code`.
fn brief(findings: &Findings) -> Vec<String> {
    findings
        .list()
        .iter()
        .map(|f| format!("{}:{} {}", f.line, f.column, f.problem.code()))
        .collect()
}

/// Words for scenarios, as a simulator would hand them in.
const WORDS: Vocabulary<'static> = Vocabulary {
    faults: &["link-drop", "angle-stuck"],
    acts: &["press-stop", "press-return", "faint"],
    end_causes: &["stop-pressed", "link-lost"],
};

/// A plan that is found clean, by its lines: line 7 opens the bout, line 14 the finish.
const CLEAN: &str = r#"schema = 1
name = "clean"
title = "Clean"
evidence = "none"
strength = "proposal"
requires = "spotter"
[[bout]]
repeat = 3
tilt_deg = 20
hold = "1m"
rest = "60s"
lower_deg_per_s = 1.5
raise_deg_per_s = 1.0
[finish]
rest = "2m"
"#;
