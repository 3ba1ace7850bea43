//! What came of the checks of every driver, as the tests left it: a line a check.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::error::TaskError;

/// One check of one driver.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Line {
    driver: String,
    check: String,
    hazard: String,
    result: String,
    why: String,
    claim: String,
}

/// Every check of every driver that was tried, checks in their own order.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Results {
    lines: Vec<Line>,
}

impl Results {
    /// Reads every file that the tests left in `folder`.
    pub(super) fn read(folder: &Path) -> Result<Self, TaskError> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder).map_err(TaskError::reading(folder))? {
            files.push(entry.map_err(TaskError::reading(folder))?.path());
        }
        files.sort();
        let mut results = Self::default();
        for file in files {
            let text = fs::read_to_string(&file).map_err(TaskError::reading(&file))?;
            results.take(&text);
        }
        Ok(results)
    }

    fn take(&mut self, text: &str) {
        for line in text.lines() {
            let mut fields = line.split('\t').map(str::to_owned);
            let mut next = || fields.next().unwrap_or_default();
            self.lines.push(Line {
                driver: next(),
                check: next(),
                hazard: next(),
                result: next(),
                why: next(),
                claim: next(),
            });
        }
    }

    fn drivers(&self) -> Vec<&str> {
        let mut drivers: Vec<&str> = self.lines.iter().map(|line| line.driver.as_str()).collect();
        drivers.sort_unstable();
        drivers.dedup();
        drivers
    }

    /// The checks in the order in which the drivers report them.
    fn checks(&self) -> Vec<&Line> {
        let first = self.drivers().first().copied().unwrap_or_default();
        self.lines.iter().filter(|line| line.driver == first).collect()
    }

    fn of(&self, driver: &str, check: &str) -> Option<&Line> {
        self.lines.iter().find(|line| line.driver == driver && line.check == check)
    }

    /// One table for the terminal, driver by driver, with what was measured.
    pub(super) fn table(&self) -> String {
        let mut text = String::new();
        for driver in self.drivers() {
            text += &format!("conformance of the driver {driver}\n");
            for line in self.lines.iter().filter(|line| line.driver == driver) {
                let Line { check, hazard, result, why, .. } = line;
                text += format!("  {result:<9}  {check:<22} {hazard}  {why}").trim_end();
                text.push('\n');
            }
        }
        text
    }

    /// The page for readers: what does not change from run to run.
    pub(super) fn markdown(&self) -> String {
        let drivers = self.drivers();
        let mut text = String::from(HEAD);
        text += &format!("| check | hazard | {} |\n", drivers.join(" | "));
        text += &format!("|-|-|{}\n", "-|".repeat(drivers.len()));
        let mut notes: BTreeMap<&str, usize> = BTreeMap::new();
        let mut order = Vec::new();
        for check in self.checks() {
            let mut cells = Vec::new();
            for driver in &drivers {
                let line = self.of(driver, &check.check);
                cells.push(match line.map(|line| (line.result.as_str(), line.why.as_str())) {
                    Some(("not tried", why)) => {
                        let number = *notes.entry(why).or_insert_with(|| {
                            order.push(why);
                            order.len()
                        });
                        format!("not tried ({number})")
                    }
                    Some((result, _)) => result.to_owned(),
                    None => "no result".to_owned(),
                });
            }
            text += &format!("| `{}` | {} | {} |\n", check.check, check.hazard, cells.join(" | "));
        }
        for (index, why) in order.iter().enumerate() {
            text += &format!("\n({}) {why}.", index + 1);
        }
        text += "\n\n## The claims\n\n";
        for check in self.checks() {
            text += &format!("- `{}`: {}.\n", check.check, check.claim);
        }
        text
    }
}

const HEAD: &str = "# Conformance

What every driver shows before it counts. `cargo xtask conformance --driver NAME` tries one,
`cargo xtask conformance` all; `--bless` writes this page from what came of it. The checks are in
`crates/antipode-device/src/conformance/`; [adding a driver](adding-a-driver.md) says how to try yours.

Each check opens the driver as the program does, over the driver's real line (a pseudo-terminal, the streams of a
program), and judges the **true tilt** of the bed, which the driver cannot reach. In every check every report is held
against where the bed truly was. **All of it is simulated: no real table has been tried.** A check that a rig cannot try
is shown as not tried; that is no pass. The suite itself is tried on a toy with one deliberate defect for each check.

";

#[cfg(test)]
mod tests {
    use super::*;

    fn results() -> Results {
        let mut results = Results::default();
        results.take(
            "b\tfirst\tH-01\tpassed\tin 3 ms\tit holds\nb\tlast\tH-02\tFAILED\tno\tit ends\n",
        );
        results.take("a\tfirst\tH-01\tpassed\tin 9 ms\tit holds\na\tlast\tH-02\tnot tried\tno line\tit ends\n");
        results
    }

    #[test]
    fn the_page_holds_results_and_reasons_and_no_measured_time() {
        let page = results().markdown();
        assert!(page.contains("| check | hazard | a | b |\n|-|-|-|-|\n"), "{page}");
        assert!(page.contains("| `first` | H-01 | passed | passed |\n"), "{page}");
        assert!(page.contains("| `last` | H-02 | not tried (1) | FAILED |\n"), "{page}");
        assert!(page.contains("(1) no line.") && page.contains("- `last`: it ends.\n"), "{page}");
        assert!(!page.contains(" ms"), "{page}");
    }

    #[test]
    fn the_table_shows_what_was_measured() {
        let table = results().table();
        assert!(table.contains("passed     first                  H-01  in 9 ms"), "{table}");
        assert!(table.contains("FAILED     last                   H-02  no"), "{table}");
    }
}
