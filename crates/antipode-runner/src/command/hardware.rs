//! Opening a table that carries people, and what it may do as it stands.

use std::path::Path;

use antipode_core::plan::TableSpeeds;
use antipode_device::{Capabilities, OpenTable, Rates, Rescue, TableDriver, TableError};
use antipode_files::TableFile;
use antipode_safety::{Angle, Layer, Limits, Narrowing, Rate, Why, latch_cap};

use super::guarded::{self, For};
use super::session::Refused;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::registry::{self, SIMULATOR};

/// Without a return of its own when this computer is lost a table goes no deeper than this, and
/// never without somebody beside it (H-01).
const NO_RETURN_WITHOUT_HOST: Angle = Angle::clamped(20_000);

/// The driver that the table's file names; `None` for the simulated table.
///
/// # Errors
/// When this program has no such driver, or the table's model cannot be used.
pub(super) fn driver(
    table: &TableFile,
    typed: &Path,
    what_for: For,
    data: &DataFolder,
) -> Result<Option<Box<dyn TableDriver>>, Refused> {
    let TableFile { name, driver, .. } = table;
    if driver == SIMULATOR {
        return Ok(None);
    }
    if registry::is_guarded(driver) {
        return guarded::driver(table, typed, what_for, data).map(Some);
    }
    registry::hardware_named(driver).map(Some).ok_or_else(|| {
        Failure::refused(format!(
            "the table `{name}` is driven by `{driver}`, which this program has not"
        ))
        .help("`antipode drivers` lists those that it has")
        .into()
    })
}

/// Opens it. It is disarmed then, and nothing has moved.
///
/// # Errors
/// When it does not answer, or is not what its file says.
pub(super) fn open(table: &TableFile, driver: &dyn TableDriver) -> Result<OpenTable, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::io("open a table", &error))?;
    runtime.block_on(driver.open(&table.address)).map_err(|error| not_opened(table, &error))
}

fn not_opened(table: &TableFile, error: &TableError) -> Failure {
    let what = format!("the table `{}` could not be opened: {error}", table.name);
    match error {
        TableError::Unfit { .. } => Failure::refused(what),
        TableError::Open { .. }
        | TableError::Unanswered { .. }
        | TableError::Lost { .. }
        | TableError::Write { .. } => Failure::failed(what)
            .note("nothing was sent to it but a greeting, if anything; it was not armed")
            .help("is it on, is this its port, has this user the right to it, and who else has it?")
            .help(format!(
                "`antipode table scan` lists the ports, `antipode table show {}` looks at it",
                table.name
            )),
    }
}

/// What the table says of itself, with what its file says less of. A file cannot give it anything.
pub(super) fn stated(stated: Capabilities, table: &TableFile) -> Capabilities {
    // In the order of the classes the later one is the harder way back.
    Capabilities { rescue: stated.rescue.max(table.rescue), ..stated }
}

/// The fastest that it turns anywhere on its stroke.
pub(super) const fn fastest(table: &Capabilities) -> Rate {
    match table.rates {
        Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
    }
}

/// `limits` with the table's own reach and speed.
pub(super) fn own(limits: Limits, table: &Capabilities) -> Limits {
    let own = Narrowing {
        tilt: Some(table.tilt_max),
        lower_rate: Some(fastest(table)),
        raise_rate: Some(fastest(table)),
        ..Narrowing::NONE
    };
    limits.narrow(Layer::Table, Why::TableModel, own)
}

/// The speeds that a plan must have on it. What is only too fast is slowed down.
pub(super) const fn speeds(table: &Capabilities) -> TableSpeeds {
    match table.rates {
        Rates::Range { slowest, .. } => TableSpeeds::From(slowest),
        Rates::Fixed(only) => TableSpeeds::Only(only),
    }
}

/// `limits` with what a table of these parts must not pass.
pub(super) fn narrow(limits: Limits, table: &Capabilities) -> Limits {
    let to = |tilt| Narrowing { tilt: Some(tilt), ..Narrowing::NONE };
    let fitted = table.latch_sensors;
    let limits = limits.narrow(Layer::Table, Why::LatchSensors(fitted), to(latch_cap(fitted)));
    let limits = if table.returns_without_host {
        limits
    } else {
        limits.narrow(Layer::Table, Why::NoReturnWithoutHost, to(NO_RETURN_WITHOUT_HOST))
    };
    match table.rescue {
        Rescue::Gravity | Rescue::Battery | Rescue::Crank => limits,
        Rescue::None => limits.narrow(Layer::Table, Why::NoReturnWithoutPower, to(Angle::LEVEL)),
    }
}

#[cfg(test)]
mod tests {
    use antipode_device::fixture;
    use antipode_files::{Source, read_table};
    use antipode_safety::Setting;

    use super::*;

    fn file(driver: &str, rescue: &str) -> TableFile {
        let text = format!(
            "schema = 1\nname = \"attic\"\ndriver = \"{driver}\"\naddress = \"/dev/null\"\n\
             [rescue]\nwithout_power = \"{rescue}\"\n"
        );
        read_table(&Source::new("attic", text)).unwrap().value
    }

    #[test]
    fn the_driver_that_a_file_names_is_opened_and_no_other() {
        let data = DataFolder::find(Some(Path::new("/nonexistent"))).unwrap();
        let driver = |table: &TableFile| driver(table, Path::new("attic"), For::Use, &data);
        assert!(driver(&file("sim", "gravity")).unwrap().is_none());
        let link = driver(&file("link", "gravity"));
        if cfg!(feature = "canary") {
            assert!(link.is_err(), "a program broken on purpose drives no real table");
        } else {
            assert_eq!(link.unwrap().unwrap().name(), "link");
        }
        assert!(driver(&file("acme-200", "gravity")).is_err());
        assert!(driver(&file("jrk", "gravity")).is_err(), "its file names no model");
    }

    #[test]
    fn of_two_ways_back_without_power_the_harder_one_counts() {
        for (table, in_file, counts) in [
            (Rescue::Gravity, "crank", Rescue::Crank),
            (Rescue::Crank, "gravity", Rescue::Crank),
            (Rescue::Battery, "battery", Rescue::Battery),
            (Rescue::None, "gravity", Rescue::None),
            (Rescue::Gravity, "none", Rescue::None),
        ] {
            let own = Capabilities { rescue: table, ..fixture::table() };
            assert_eq!(stated(own, &file("link", in_file)).rescue, counts, "{table:?} {in_file}");
        }
    }

    #[test]
    fn a_fixed_speed_and_a_slowest_one_bind_a_plan_and_a_fastest_one_narrows_it() {
        let rate = Rate::clamped;
        let range = Rates::Range { slowest: rate(1_100), fastest: rate(1_400) };
        let ranged = Capabilities { rates: range, ..fixture::table() };
        assert_eq!(speeds(&ranged), TableSpeeds::From(rate(1_100)));
        let fixed = Capabilities { rates: Rates::Fixed(rate(1_200)), ..ranged };
        assert_eq!(speeds(&fixed), TableSpeeds::Only(rate(1_200)));
        let limits = own(Limits::hard(Setting::Home), &ranged);
        assert_eq!(limits.lower_rate().value(), rate(1_400));
        let shallow = Capabilities { tilt_max: Angle::clamped(40_000), ..ranged };
        assert_eq!(own(limits, &shallow).tilt().value().millideg(), 40_000);
    }

    #[test]
    fn what_a_table_lacks_narrows_how_deep_it_goes() {
        let deepest = |table: Capabilities| {
            let limits = narrow(Limits::hard(Setting::Home), &table);
            (limits.tilt().value().millideg(), limits.tilt().why())
        };
        let whole = fixture::table();
        assert_eq!(deepest(whole), (60_000, Why::HardHome));
        let latches = |latch_sensors| Capabilities { latch_sensors, ..whole };
        assert_eq!(deepest(latches(1)), (30_000, Why::LatchSensors(1)));
        assert_eq!(deepest(latches(0)), (20_000, Why::LatchSensors(0)));
        let alone = Capabilities { returns_without_host: false, ..whole };
        assert_eq!(deepest(alone), (20_000, Why::NoReturnWithoutHost));
        let none = Capabilities { rescue: Rescue::None, ..whole };
        assert_eq!(deepest(none), (0, Why::NoReturnWithoutPower));
    }
}
