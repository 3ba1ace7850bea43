//! `antipode table commission`: walks somebody through the checks of a table, without a person on
//! it, and writes the record that lets it go below horizontal.
//!
//! Nothing here moves the bed: it asks for each check, takes down what was seen and judges it. What
//! is on record and still holds is not asked again; every answer is kept at once.

mod ask;
mod steps;

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use antipode_device::Capabilities;
use antipode_files::{CheckKind, Commissioning, Done, FewLatches, Identity, TableFile};
use jiff::civil::Date;

use super::super::commissioned::{Commissioned, lone_angle};
use super::super::guarded::For;
use super::super::{hardware, named};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::{self, DataFolder};
use crate::output::Output;
use crate::registry;
use ask::Talk;

/// Commissions the table that was named.
///
/// # Errors
/// When nobody can answer, the table does not, or the record cannot be kept.
pub(super) fn run(typed: &Path, data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let table = named::table(typed, data)?;
    let Some(driver) = hardware::driver(&table, typed, For::Use, data)? else {
        return Err(Failure::refused(format!("the table `{}` is simulated", table.name))
            .note("nobody can be on it, so it needs no commissioning record"));
    };
    if !io::stdin().is_terminal() || out.json() {
        return Err(Failure::refused("a table is commissioned by somebody who stands beside it")
            .note("each check is asked for on a terminal, and this is none")
            .help("run it in a terminal, without `--json`"));
    }
    if let Some(lone) = lone_angle(&table) {
        return Err(Failure::refused(format!("the table `{}` cannot be commissioned", table.name))
            .note(lone));
    }
    // Only to hear what it is; dropping it gives the port back for the checks themselves.
    let stated = hardware::open(&table, &*driver)?.0.capabilities();
    let commissioned = Commissioned::look_up(&table, data);
    if let Some(unusable) = commissioned.unusable() {
        out.talk(format_args!("{unusable}: a new one is begun"));
    }
    let mut of = Visit {
        // What it says of itself now is what is tried; a guardian that leaves meanwhile says nothing.
        record: begun(&table, commissioned.record())
            .with_drive(commissioned.drive_says().as_deref()),
        stated: with_sensor(stated, &table),
        table,
        today: commissioned.today(),
        claims: Box::new(move |record| commissioned.claims(Some(record))),
    };
    let mut talk = Talk::new(io::stdin().lock(), out);
    let keep = |record: &Commissioning| keep(record, data);
    of.walk(&mut talk, &keep)
}

/// With an inclinometer beside it a table has two angles, and both are tried.
fn with_sensor(stated: Capabilities, table: &TableFile) -> Capabilities {
    let second_angle = stated.second_angle || table.sensors.angle.is_some();
    Capabilities { second_angle, ..stated }
}

/// The record to go on with: the one on file, where it is of this table as it is now.
fn begun(table: &TableFile, record: Option<&Commissioning>) -> Commissioning {
    let same = |record: &&Commissioning| {
        record.table == table.name
            && record.driver == table.driver
            && record.without_power == table.rescue
    };
    let begun = record.filter(same).cloned().unwrap_or_else(|| {
        Commissioning::new(table.name.clone(), table.driver.clone(), table.rescue)
    });
    begun.with_sensor_of(table)
}

/// What a record leaves unshown, each in words.
type Claims = Box<dyn Fn(&Commissioning) -> Vec<String>>;

/// One visit to a table.
struct Visit {
    table: TableFile,
    stated: Capabilities,
    today: Date,
    record: Commissioning,
    /// What the model of its drive only claims, and the record does not show.
    claims: Claims,
}

impl Visit {
    fn identity(&self) -> Identity {
        Identity::of(&self.stated)
    }

    /// Asks for every check that does not hold, and for a name under all of it.
    fn walk<R: BufRead>(
        &mut self,
        talk: &mut Talk<'_, R>,
        keep: &dyn Fn(&Commissioning) -> Result<(), Failure>,
    ) -> Result<Exit, Failure> {
        talk.say(format_args!(
            "Commissioning `{}`, serial number {:08x}. NOBODY may be on the bed for any of it, \
             except where it is asked for. An empty answer leaves a check for later.",
            self.table.name, self.stated.serial
        ));
        for kind in CheckKind::ALL {
            let against = self.record.against(kind, Some(self.identity()), self.today);
            let Some(first) = against.first() else {
                talk.say(format_args!("\n{}: holds, and is not asked again", kind.key()));
                continue;
            };
            talk.say(format_args!("\n{}: {first}", kind.key()));
            let Some(measured) = steps::ask(kind, &self.stated, talk)? else {
                talk.say("  left for later");
                continue;
            };
            talk.say(if measured.passes() {
                "  passed"
            } else {
                "  FAILED: see docs/build-a-table.md"
            });
            self.record.put(Done { measured, on: self.today, of: self.identity() });
            keep(&self.record)?;
        }
        self.sign(talk, keep)?;
        Ok(self.close(talk))
    }

    /// Asks who vouches for it, once nothing else is missing.
    fn sign<R: BufRead>(
        &mut self,
        talk: &mut Talk<'_, R>,
        keep: &dyn Fn(&Commissioning) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let missing = |record: &Commissioning| {
            let void = record.void(&self.table, Some(Identity::of(&self.stated)), self.today);
            void.iter().any(|why| why.check().is_some()) || !(self.claims)(record).is_empty()
        };
        if self.record.signed().is_some() || missing(&self.record) {
            return Ok(());
        }
        if let Some(choice) = without_a_host(&self.table) {
            talk.say(format_args!("\n{choice}"));
        }
        let question = "\nEvery check that is needed has passed. Your name, if you vouch for it";
        if let Some(name) = talk.line(question)? {
            self.record.sign(&name, self.today);
            keep(&self.record)?;
        }
        Ok(())
    }

    fn close<R: BufRead>(&self, talk: &mut Talk<'_, R>) -> Exit {
        let void = self.record.void(&self.table, Some(self.identity()), self.today);
        let claims = (self.claims)(&self.record);
        if void.is_empty() && claims.is_empty() {
            talk.say(format_args!(
                "\nThe record of `{}` holds until a year from today, or until its controller, \
                 firmware or settings change.",
                self.table.name
            ));
            if !self.record.frees_alone(self.identity(), self.today) {
                talk.say("Nobody may be alone on it: `self_release` did not pass.");
            }
            return Exit::Done;
        }
        talk.say(format_args!(
            "\nThe table `{}` may not go below horizontal yet:",
            self.table.name
        ));
        void.iter().for_each(|why| talk.say(format_args!("  {why}")));
        claims.iter().for_each(|why| talk.say(format_args!("  {why}")));
        Exit::Refused
    }
}

/// What whoever signs vouches for besides the checks: what a guarded table does when this computer is
/// lost and nobody sees the ankle holds (H-01).
fn without_a_host(table: &TableFile) -> Option<String> {
    let what = match table.few_latches.as_ref() {
        Some(FewLatches { returns: true, decided_by, decided_on }) => format!(
            "it COMES UP BY ITSELF although somebody may be half out of the ankle holds, as \
             {decided_by} decided on {decided_on}"
        ),
        Some(FewLatches { returns: false, decided_by, decided_on }) => {
            format!("it STAYS where it is, as {decided_by} decided on {decided_on}")
        }
        None => "it STAYS where it is: its file has no [few_latches]".to_owned(),
    };
    registry::is_guarded(&table.driver).then(|| {
        format!("With your name you vouch for this too: when this computer is lost, {what}.")
    })
}

/// Keeps a record: whole, or as it was before.
fn keep(record: &Commissioning, data: &DataFolder) -> Result<(), Failure> {
    data.create()?;
    let path = data.commissioning(&record.table);
    let failed = |error: io::Error| {
        Failure::io(format_args!("keep the record `{}`", path.display()), &error)
            .note("what was answered last is not on record")
    };
    let written = || -> io::Result<()> {
        let folder = path.parent().unwrap_or(Path::new("."));
        folders::private(folder)?;
        let draft = path.with_extension("draft");
        let mut file = std::fs::File::create(&draft)?;
        file.write_all(record.to_text().as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&draft, &path)?;
        std::fs::File::open(folder)?.sync_all()
    };
    written().map_err(failed)
}

#[cfg(test)]
mod tests;
