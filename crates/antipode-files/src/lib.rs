//! Strict readers of every file that a person writes: plans, programmes, people, tables, models,
//! sites, scenarios, and the commissioning record that is written for a table.
//!
//! A file is walked with the place of every value at hand, and *everything* that is wrong with it
//! is said at once, each thing drawn under its line. Numbers are taken from their text, so that
//! `30.10` is exactly 30100 millidegrees; a value that cannot be meant, a key that does not exist
//! and a unit that is not the key's own are errors, never guesses. No setting, environment variable
//! or flag can change what a file says.
//!
//! # Example
//! ```
//! use antipode_files::{Source, read_plan};
//!
//! let source = Source::new("mine.toml", r#"
//! schema = 1
//! name = "mine"
//! title = "Mine"
//! evidence = "an idea"
//! [[bout]]
//! tilt = 20
//! hold = "90s"
//! rest = "60s"
//! lower_deg_per_s = 1.0
//! raise_deg_per_s = 1.0
//! "#);
//! let findings = read_plan(&source).unwrap_err();
//! assert_eq!(findings.list()[0].problem.to_string(), "`tilt_deg` is missing");
//! assert_eq!(findings.list()[1].problem.to_string(), "there is no key `tilt` here");
//! assert_eq!(findings.list()[1].problem.help().unwrap(), "did you mean `tilt_deg`?");
//! assert_eq!((findings.list()[1].line, findings.list()[1].column), (7, 1));
//! ```

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod answers;
mod comma;
mod commissioning;
mod document;
mod fields;
mod finding;
mod key;
mod model;
mod near;
mod number;
mod outcome;
mod person;
mod plan;
mod presets;
mod programme;
mod render;
mod scenario;
mod schema;
mod screening;
mod site;
mod source;
mod table;
mod values;

pub use answers::{AnswersFile, read_answers};
pub use commissioning::{
    CheckKind, Commissioning, Done, Identity, Measured, Part, SELF_RELEASE_LIMIT, Signed,
    VoidBecause, read_commissioning,
};
pub use document::Read;
pub use finding::{Finding, Findings, MOST_FINDINGS, Problem};
pub use model::read_model;
pub use number::{DurationProblem, NumberProblem, decimal, duration};
pub use outcome::{Questionnaire, read_questionnaire, rmdq};
pub use person::read_person;
pub use plan::{PlanFile, check_plan, read_plan};
pub use presets::{
    built_in_people, built_in_programmes, built_in_screening, built_in_tables, example_models,
    presets,
};
pub use programme::read_programme;
pub use scenario::{
    Expect, ExpectedOutcome, Scenario, ScenarioAct, ScenarioFault, Vocabulary, read_scenario,
};
pub use schema::{FileKind, schema};
pub use screening::read_screening;
pub use site::{AfterStop, AfterStopAlone, NeverSleeps, SiteFile, read_site};
pub use source::{LoadError, MAX_BYTES, MOST_MARKS, Source};
pub use table::{AngleSensor, FewLatches, Sensors, TableFile, VitalsSensor, read_table};
