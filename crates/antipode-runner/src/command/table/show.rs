//! `antipode table show`: what a table is, whether its commissioning record holds, and what it may
//! do as it stands, each limit with its reason.

use std::fmt::Display;
use std::path::Path;

use antipode_device::Capabilities;
use antipode_files::{CheckKind, Identity, TableFile};
use antipode_safety::{Bound, Limits};
use serde::Serialize;
use serde_json::{Value, json};

use super::super::commissioned::Commissioned;
use super::super::guarded::For;
use super::super::{company, hardware, named};
use super::look;
use super::steered::Steered;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::plans;

/// What is known of a table.
struct Known {
    table: TableFile,
    /// What it says of itself, or why it does not; `None` for a simulated one.
    stated: Option<Result<Capabilities, String>>,
    record: Option<Commissioned>,
    limits: Limits,
    /// What steers it, where a guardian does.
    steered: Option<Steered>,
}

/// Shows the table that was named.
///
/// # Errors
/// When there is no such table, or nothing that could drive it.
pub(super) fn run(typed: &Path, data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let table = named::table(typed, data)?;
    // Before it is opened, which starts a guardian where there is none.
    let mut steered = Steered::look(&table, data);
    let driver = hardware::driver(&table, typed, For::Look, data)?;
    let site = company::site(data)?;
    let mut limits = table.narrow(company::narrow(plans::limits(), site.as_ref(), false));
    let record = driver.is_some().then(|| Commissioned::look_up(&table, data));
    // Dropping the open table closes its port.
    let stated = driver.map(|driver| {
        let opened = hardware::open(&table, &*driver);
        if let Some(steered) = &mut steered {
            steered.ask_drive(&table, data, opened.is_ok());
        }
        opened
            .map(|(table, _)| table.capabilities())
            .map_err(|failure| failure.message().to_owned())
    });
    let heard = stated.as_ref().and_then(|stated| stated.as_ref().ok());
    let heard = heard.map(|stated| hardware::stated(*stated, &table));
    if let Some(heard) = &heard {
        limits = hardware::narrow(limits, heard);
    }
    if let Some(record) = &record {
        limits = record.narrow(limits, &table, heard.as_ref().map(Identity::of));
    }
    let known = Known { table, stated, record, limits, steered };
    if out.json() {
        out.document(&known.document(data));
    } else {
        known.show(data, out);
    }
    Ok(known.exit())
}

/// One limit with the rule that set it.
#[derive(Serialize)]
struct Limit {
    limit: &'static str,
    most: String,
    set_by: String,
    why: String,
}

impl Limit {
    fn of<T: Copy + Display>(limit: &'static str, bound: &Bound<T>) -> Self {
        Self {
            limit,
            most: bound.value().to_string(),
            set_by: bound.layer().to_string(),
            why: bound.why().to_string(),
        }
    }
}

impl Known {
    fn heard(&self) -> Option<Capabilities> {
        let stated = self.stated.as_ref()?.as_ref().ok()?;
        Some(hardware::stated(*stated, &self.table))
    }

    /// Why it may not go head-down; nothing where it may, and for a simulated table.
    fn void(&self) -> Vec<String> {
        let now = self.heard().as_ref().map(Identity::of);
        self.record.as_ref().map_or_else(Vec::new, |record| record.void(&self.table, now))
    }

    fn limits(&self) -> [Limit; 6] {
        let limits = &self.limits;
        [
            Limit::of("deepest tilt", limits.tilt()),
            Limit::of("lowering", limits.lower_rate()),
            Limit::of("raising", limits.raise_rate()),
            Limit::of("return", limits.return_rate()),
            Limit::of("hold of one bout", limits.bout_hold()),
            Limit::of("hold of one day", limits.day_hold()),
        ]
    }

    fn exit(&self) -> Exit {
        let fit = self.steered.as_ref().is_none_or(Steered::is_fit);
        match &self.stated {
            None | Some(Ok(_)) if fit => Exit::Done,
            None | Some(Ok(_) | Err(_)) => Exit::Failed,
        }
    }

    fn show(&self, data: &DataFolder, out: &mut Output) {
        let TableFile { name, title, driver, address, .. } = &self.table;
        out.line(format_args!("{name}  {title}, driven by `{driver}` {}", address.0));
        match &self.stated {
            None => out.line("  simulated inside this program: nobody can be on it"),
            Some(Ok(stated)) => out.line(format_args!("  {}", look::stated(stated))),
            Some(Err(why)) => out.line(format_args!("  NOT REACHED: {why}")),
        }
        for line in self.steered.iter().flat_map(Steered::lines) {
            out.line(format_args!("  {line}"));
        }
        if let Some(record) = &self.record {
            let void = self.void();
            let path = data.commissioning(name);
            match (record.record().and_then(|record| record.signed()), void.is_empty()) {
                (Some(signed), true) => out.line(format_args!(
                    "  commissioning record of {}, signed by {}: HOLDS",
                    signed.on, signed.by
                )),
                (_, _) => {
                    out.line(format_args!("  no commissioning record holds ({})", path.display()))
                }
            }
            void.iter().for_each(|why| out.line(format_args!("    {why}")));
            if !void.is_empty() {
                out.line(format_args!(
                    "    it may not go below horizontal; `antipode table commission {name}` tries \
                     what is missing"
                ));
            }
            for (kind, result) in self.checks() {
                out.line(format_args!("    {:<20} {result}", kind.key()));
            }
        }
        out.line("  limits, before a person, a day and a plan narrow them:");
        for Limit { limit, most, set_by, why } in self.limits() {
            out.line(format_args!("    {limit:<18} {most} ({set_by}: {why})"));
        }
    }

    /// Each check that is on record, in words.
    fn checks(&self) -> Vec<(CheckKind, String)> {
        let record = self.record.as_ref().and_then(Commissioned::record);
        record.map_or_else(Vec::new, |record| {
            let word = |passed| if passed { "passed" } else { "FAILED" };
            let line = |done: &antipode_files::Done| {
                (done.measured.kind(), format!("{} on {}", word(done.measured.passes()), done.on))
            };
            record.checks().iter().map(line).collect()
        })
    }

    fn document(&self, data: &DataFolder) -> Value {
        let TableFile { name, title, driver, address, rescue, .. } = &self.table;
        let record = self.record.as_ref().map(|record| {
            let void = self.void();
            let signed = record.record().and_then(|record| record.signed());
            let checks: Vec<Value> = self
                .checks()
                .into_iter()
                .map(|(kind, result)| json!({ "check": kind.key(), "result": result }))
                .collect();
            json!({
                "file": data.commissioning(name).display().to_string(),
                "holds": void.is_empty(),
                "void_because": void,
                "signed_by": signed.map(|signed| signed.by.as_str()),
                "signed_on": signed.map(|signed| signed.on.to_string()),
                "checks": checks,
            })
        });
        let not_reached = self.stated.as_ref().and_then(|stated| stated.as_ref().err());
        json!({
            "table": name, "title": title, "driver": driver, "address": address.0,
            "simulated": self.stated.is_none(),
            "without_power": rescue.as_str(),
            "not_reached": not_reached,
            "steered": self.steered.as_ref().map(Steered::document),
            "stated": self.heard().as_ref().map(stated),
            "commissioning": record,
            "limits": self.limits(),
        })
    }
}

/// What a table states, for programs.
pub(super) fn stated(stated: &Capabilities) -> Value {
    json!({
        "serial": stated.serial, "firmware": stated.firmware, "lease_ms": stated.lease.get(),
        "config_hash": stated.config_hash, "boot_count": stated.boot_count,
        "latch_sensors": stated.latch_sensors, "second_angle": stated.second_angle,
        "hand_control": stated.hand_control, "without_power": stated.rescue.as_str(),
        "returns_without_host": stated.returns_without_host,
    })
}
