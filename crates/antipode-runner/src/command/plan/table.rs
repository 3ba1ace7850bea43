//! What a table can do, for a plan that is written for it.

use std::path::Path;

use antipode_core::plan::{CheckContext, Plan, TableSpeeds};
use antipode_device::Rates;
use antipode_files::{Findings, PlanFile, Read, Source, check_plan};
use antipode_safety::Limits;

use super::super::guarded::For;
use super::super::{commissioned, hardware, named, simulated_table};
use crate::failure::Failure;
use crate::folders::DataFolder;

/// A table as a plan meets it: its limits and its speeds.
pub(super) struct ForTable {
    limits: Limits,
    speeds: TableSpeeds,
    /// Why it may not go below horizontal, where it is not commissioned.
    pub(super) void: Vec<String>,
}

impl ForTable {
    /// Asks the table that was named what it can do; a simulated one is built for it.
    ///
    /// # Errors
    /// When there is no such table or it does not answer: what it cannot do is not known then.
    pub(super) fn ask(typed: &Path, data: &DataFolder) -> Result<Self, Failure> {
        let table = named::table(typed, data)?;
        let stated = match hardware::driver(&table, typed, For::Use, data)? {
            // Dropping the open table closes its port.
            Some(driver) => hardware::open(&table, &*driver)?.0.capabilities(),
            None => simulated_table::capabilities(&table)?,
        };
        let stated = hardware::stated(stated, &table);
        let (limits, void) = commissioned::as_it_stands(&table, &stated, data)?;
        let speeds = match stated.rates {
            Rates::Range { slowest, fastest } => TableSpeeds::Between { slowest, fastest },
            Rates::Fixed(only) => TableSpeeds::Only(only),
        };
        Ok(Self { limits, speeds, void })
    }

    /// Holds a plan against every rule and against this table.
    ///
    /// # Errors
    /// Every finding, when one of them is an error.
    pub(super) fn check(&self, source: &Source) -> Result<Read<PlanFile>, Findings> {
        check_plan(source, &self.limits, |plan: &Plan| CheckContext {
            table: Some(self.speeds),
            ..CheckContext::alone_with_file(plan.attendance)
        })
    }
}
