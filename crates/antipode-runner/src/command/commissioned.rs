//! What the commissioning record of a table allows.
//!
//! A table that carries people goes head-down only with a record that holds for the very controller
//! that answers. Without one it may be connected and brought home, and nothing else (H-08, H-14).

use std::path::PathBuf;

use antipode_device::{Capabilities, Dialect, DriveModel, HostLoss, Proof};
use antipode_files::{
    CheckKind, Commissioning, Identity, Measured, Source, TableFile, read_commissioning,
};
use antipode_safety::{Angle, Layer, Limits, Millis, Narrowing, Rate, Why};
use jiff::civil::Date;

use super::session::Refused;
use super::{company, hardware};
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::{plans, registry, words};

/// How far a table may go as it stands, whoever is on it and nobody: its place, its file, its parts
/// and its record narrow it. Also why it may not go below horizontal, where it may not.
///
/// # Errors
/// When what the place forbids is not known.
pub(super) fn as_it_stands(
    table: &TableFile,
    stated: &Capabilities,
    data: &DataFolder,
) -> Result<(Limits, Vec<String>), Refused> {
    let site = company::site(data)?;
    let limits = table.narrow(company::narrow(plans::limits(), site.as_ref(), false));
    let limits = hardware::narrow(hardware::own(limits, stated), stated);
    if stated.simulated {
        return Ok((limits, Vec::new()));
    }
    let record = Commissioned::look_up(table, data);
    let now = Some(Identity::of(stated));
    Ok((record.narrow(limits, table, now), record.void(table, now)))
}

/// After how long without a word the drive stops, as its model claims. Where no register holds it,
/// nothing but a pulled cable shows it.
fn own_timeout(model: &DriveModel) -> Millis {
    let Dialect::Modbus(profile) = &model.dialect else { return model.drive_timeout };
    match profile.host_loss {
        HostLoss::JogRepeat { within } | HostLoss::External { within, .. } => within,
        HostLoss::Register { .. } | HostLoss::None => model.drive_timeout,
    }
}

/// How far a bed at `rate` goes on without a word, millidegrees: its drive's own timeout, and braking.
fn runs_on(model: &DriveModel, rate: Rate) -> i64 {
    let speed = i64::from(rate.magnitude().millideg_per_s());
    let braking = speed * speed / (2 * i64::from(model.stop_decel.max(1)));
    rate.magnitude().travel(own_timeout(model)) + braking + MEASURED_WITHIN
}

/// What the model only claims, and nobody has shown on the device itself.
fn claims(model: &DriveModel, record: Option<&Commissioning>) -> Vec<String> {
    let mut claims = Vec::new();
    if model.proof == Proof::UnverifiedOnHardware {
        claims.push(format!(
            "its model `{}` is `{}`: whoever has tried it on the device writes `status = \"{}\"` \
             into the model file, and vouches for it with the record",
            model.name,
            model.proof.key(),
            Proof::VerifiedOnHardware.key()
        ));
    }
    let check = record.and_then(|record| record.check(CheckKind::LeaseExpiry));
    let Some(Measured::LeaseExpiry { from, cable_travel, .. }) = check.map(|done| done.measured)
    else {
        // Its absence has a reason of its own.
        return claims;
    };
    let most = runs_on(model, from);
    if i64::from(cable_travel.millideg()) > most {
        claims.push(format!(
            "with the cable pulled it went on for {} degrees, and its drive, which is said to stop \
             by itself within {} ms, goes on for {} at most: `lease_expiry` did not pass",
            words::degrees(cable_travel),
            own_timeout(model).get(),
            words::degrees(Angle::clamped(most)),
        ));
    }
    claims
}

/// Why nobody may be head-down on a table by its parts alone: a motor drive without a controller of
/// its own, and no inclinometer on the bed. A drive knows where its spindle is, not where the bed is:
/// a bolt that broke, a coupling that slipped, a stroke table of another bed, and its angle is wrong
/// with nothing to say so (H-04, H-07). A table that speaks for itself answers for its angle.
pub(super) fn lone_angle(table: &TableFile) -> Option<&'static str> {
    let lone = registry::is_guarded(&table.driver) && table.sensors.angle.is_none();
    lone.then_some(
        "its file names no inclinometer on the bed: the place of a drive must never be the only \
         angle; fit one and add [sensor.angle]",
    )
}

/// How well people measure how far a bed went, millidegrees.
const MEASURED_WITHIN: i64 = 250;

/// The record of a table, as far as there is one that can be read.
#[derive(Clone)]
pub(super) struct Commissioned {
    record: Option<Commissioning>,
    /// Why there is none that can be used.
    unusable: Option<String>,
    today: Date,
    /// What is known of its drive, where a guardian runs it.
    model: Option<DriveModel>,
    /// Where that guardian listens.
    guardian: Option<PathBuf>,
}

impl Commissioned {
    /// Looks the record of `table` up.
    pub(super) fn look_up(table: &TableFile, data: &DataFolder) -> Self {
        let today = jiff::Zoned::now().date();
        let path = data.commissioning(&table.name);
        let model = super::guarded::known_model(table, data);
        let guardian = registry::is_guarded(&table.driver).then(|| data.guardian(&table.name));
        let known = Self { record: None, unusable: None, today, model, guardian };
        let unusable = |why: String| Self { unusable: Some(why), ..known.clone() };
        let source = match Source::load(&path) {
            Ok(source) => source,
            Err(error) if error.is_missing() => {
                return unusable(format!("there is no commissioning record `{}`", path.display()));
            }
            Err(error) => return unusable(error.to_string()),
        };
        match read_commissioning(&source) {
            Ok(read) => Self { record: Some(read.value), ..known },
            Err(findings) => {
                let first = findings.list().first().map(|found| found.problem.to_string());
                let why = first.unwrap_or_else(|| "it cannot be read".to_owned());
                unusable(format!("the record `{}` cannot be used: {why}", path.display()))
            }
        }
    }

    /// The record, whether it holds or not.
    pub(super) const fn record(&self) -> Option<&Commissioning> {
        self.record.as_ref()
    }

    /// Why there is no record that can be used, where there is none.
    pub(super) fn unusable(&self) -> Option<&str> {
        self.unusable.as_deref()
    }

    /// The day for which it is judged.
    pub(super) const fn today(&self) -> Date {
        self.today
    }

    /// Why the table may not go head-down; nothing where it may. `now` is what its controller says
    /// of itself; without it, what can be said before it is asked.
    pub(super) fn void(&self, table: &TableFile, now: Option<Identity>) -> Vec<String> {
        let of_record = self.record.iter().flat_map(|record| record.void(table, now, self.today));
        let of_record = of_record.map(|why| why.to_string());
        let lone = lone_angle(table).map(str::to_owned);
        let claims = self.claims(self.record.as_ref());
        let drive = now.map_or_else(Vec::new, |_| self.drive_changes());
        lone.into_iter()
            .chain(claims)
            .chain(drive)
            .chain(self.unusable.iter().cloned())
            .chain(of_record)
            .collect()
    }

    /// What its drive says of itself now, where a guardian runs it and it has said all of it.
    pub(super) fn drive_says(&self) -> Option<String> {
        registry::drive_says(self.guardian.as_deref()?)
    }

    /// What of the drive at the line is another thing than when the table was tried.
    fn drive_changes(&self) -> Vec<String> {
        let (Some(record), Some(_)) = (&self.record, &self.guardian) else { return Vec::new() };
        match self.drive_says() {
            Some(says) => record.drive_changes(&says),
            None => vec![
                "its drive has not said yet how it is set, so that it may be another one than was tried"
                    .to_owned(),
            ],
        }
    }

    /// What the model of its drive only claims, and `record` does not show on the device itself.
    pub(super) fn claims(&self, record: Option<&Commissioning>) -> Vec<String> {
        self.model.as_ref().map_or_else(Vec::new, |model| claims(model, record))
    }

    /// Whether the strapped person was shown to get free alone in time, on this controller.
    pub(super) fn frees_alone(&self, now: Identity) -> bool {
        self.record.as_ref().is_some_and(|record| record.frees_alone(now, self.today))
    }

    /// Refuses to take somebody head-down who is heavier than what its brake was seen to hold (H-10).
    ///
    /// # Errors
    /// With both figures.
    pub(super) fn carries(&self, mass_kg: u16, deepest: Angle) -> Result<(), Failure> {
        let Some(held) = self.record.as_ref().and_then(Commissioning::held_kg) else {
            return Ok(());
        };
        if mass_kg <= held || !deepest.is_head_down() {
            return Ok(());
        }
        Err(Failure::refused(format!(
            "the person weighs {mass_kg} kg, and the brake of this table was tried with {held} kg"
        ))
        .help("try it with at least as much, nobody on it: `antipode table commission` again"))
    }

    /// `limits` as the record narrows them: to level where it does not hold, and else to what was
    /// measured.
    pub(super) fn narrow(
        &self,
        limits: Limits,
        table: &TableFile,
        now: Option<Identity>,
    ) -> Limits {
        match &self.record {
            Some(record) if self.void(table, now).is_empty() => record.narrow(limits),
            Some(_) | None => limits.narrow(
                Layer::Table,
                Why::NotCommissioned,
                Narrowing { tilt: Some(Angle::LEVEL), ..Narrowing::NONE },
            ),
        }
    }

    /// Refuses a plan that goes below horizontal where no record holds. A plan that never does may
    /// run, and the way home is always open.
    ///
    /// # Errors
    /// Everything that is wrong with the record.
    pub(super) fn may_go(
        &self,
        deepest: Angle,
        table: &TableFile,
        now: Option<Identity>,
    ) -> Result<(), Refused> {
        let void = self.void(table, now);
        if void.is_empty() || !deepest.is_head_down() {
            return Ok(());
        }
        let name = &table.name;
        let failure = Failure::refused(format!(
            "the table `{name}` may not go below horizontal: no commissioning record holds for it"
        ));
        let failure = void.iter().fold(failure, |failure, why| failure.note(why.clone()));
        let failure = failure
            .help(format!(
                "`antipode table commission {name}` tries it, without a person, and writes the \
                 record"
            ))
            .help(format!(
                "a bed that is head-down now comes up with `antipode table return {name}`"
            ));
        Err(Refused::by(failure, void))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guarded_drive_without_an_inclinometer_is_never_head_down_and_may_be_level() {
        let table = |driver: &str, sensor: &str| {
            let text = format!(
                "schema = 1\nname = \"attic\"\ndriver = \"{driver}\"\naddress = \"/dev/ttyS9\"\n\
                 [rescue]\nwithout_power = \"crank\"\n{sensor}"
            );
            antipode_files::read_table(&Source::new("attic", text)).unwrap().value
        };
        let sensor = "[sensor.angle]\ndriver = \"witmotion\"\naddress = \"/dev/ttyS8\"\n\
                      axis = \"x\"\nsign = \"plus\"\noffset_deg = 0\n";
        // Whatever its record says: here one that holds, as far as it can be said.
        let said = |table: &TableFile| {
            let today = jiff::civil::date(2026, 11, 23);
            let record =
                Commissioned { record: None, unusable: None, today, model: None, guardian: None };
            let deep = record.may_go(Angle::clamped(5_000), table, None).is_err();
            let level = record.may_go(Angle::LEVEL, table, None).is_err();
            (deep, level)
        };
        for driver in ["jrk", "tic", "roboclaw", "modbus"] {
            let guarded = registry::is_guarded(driver);
            assert_eq!(said(&table(driver, "")), (guarded, false), "{driver}");
            assert_eq!(said(&table(driver, sensor)), (false, false), "{driver}");
        }
        assert_eq!(
            said(&table("link", "")),
            (false, false),
            "its controller answers for its angle"
        );
    }

    #[test]
    fn a_record_is_void_for_a_drive_that_says_something_else_of_itself() {
        let dir = tempfile::tempdir().unwrap();
        let socket = dir.path().join("attic.sock");
        let file = "schema = 1\nname = \"attic\"\ndriver = \"jrk\"\naddress = \"/dev/ttyS9\"\n\
                    [rescue]\nwithout_power = \"crank\"\n";
        let table = antipode_files::read_table(&Source::new("attic", file)).unwrap().value;
        let record = Commissioning::new("attic".into(), "jrk".into(), table.rescue);
        let record = Commissioned {
            record: Some(record.with_drive(Some("time-out: 250 ms; ramps: up 20"))),
            unusable: None,
            today: jiff::civil::date(2026, 11, 23),
            model: None,
            guardian: Some(socket),
        };
        let of = Identity { serial: 1, firmware: 1, config_hash: 1 };
        let said = |now| {
            let void = record.void(&table, now).into_iter();
            void.filter(|why| why.contains("drive")).collect::<Vec<_>>().join("\n")
        };
        let says = |text: &str| std::fs::write(dir.path().join("attic.sock.drive"), text).unwrap();
        assert!(!said(Some(of)).is_empty(), "it has not said how it is set");
        says("time-out: 250 ms; ramps: up 20");
        let same = said(Some(of));
        says("time-out: 300 ms; ramps: up 20");
        let changed = said(Some(of));
        if registry::is_guarded("jrk") {
            assert!(!same.contains("time-out"), "{same}");
            assert!(changed.contains("`time-out` of the drive was 250 ms"), "{changed}");
            assert!(!said(None).contains("time-out"), "nothing was asked");
        }
    }

    fn jrk() -> DriveModel {
        let (_, text) = antipode_files::example_models()
            .iter()
            .find(|(name, _)| *name == "pololu-jrk")
            .unwrap();
        let model = antipode_files::read_model(&Source::new("m", *text)).unwrap().value;
        DriveModel { proof: Proof::VerifiedOnHardware, ..model }
    }

    /// What speaks against a model whose bed went on so far when the cable was pulled at 1.5 degrees a
    /// second.
    fn against(model: DriveModel, cable_mdeg: i64) -> Vec<String> {
        let today = jiff::civil::date(2026, 11, 23);
        let mut record = Commissioning::new("attic".into(), "jrk".into(), model.rescue);
        let measured = Measured::LeaseExpiry {
            from: Rate::clamped(1_500),
            lease: Millis::new(250),
            stopped_after: Millis::new(300),
            cable_travel: Angle::clamped(cable_mdeg),
        };
        let of = Identity { serial: 1, firmware: 1, config_hash: 1 };
        record.put(antipode_files::Done { measured, on: today, of });
        let commissioned = Commissioned {
            record: Some(record),
            unusable: None,
            today,
            model: Some(model.clone()),
            guardian: None,
        };
        commissioned.claims(commissioned.record())
    }

    #[test]
    fn a_model_that_nobody_tried_on_a_device_lowers_nobody() {
        let untried = DriveModel { proof: Proof::UnverifiedOnHardware, ..jrk() };
        let said = against(untried, 500);
        assert_eq!(said.len(), 1);
        assert!(said[0].contains("unverified on hardware"), "{said:?}");
        assert!(against(jrk(), 500).is_empty());
    }

    #[test]
    fn a_bed_that_goes_on_for_longer_than_its_drive_is_said_to_lowers_nobody() {
        // 1.5 degrees a second for half a second, 4 degrees a second squared, and a quarter degree.
        assert!(against(jrk(), 1_281).is_empty());
        let said = against(jrk(), 1_282);
        assert!(said.len() == 1 && said[0].contains("cable pulled"), "{said:?}");
        let quick = DriveModel { drive_timeout: Millis::new(100), ..jrk() };
        assert!(!against(quick, 1_281).is_empty(), "a claim of less is held against it");
    }
}
