//! Tables whose motor drive has no controller of its own: a guardian runs them.

use std::ffi::OsString;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use antipode_device::{DriveModel, TableDriver};
use antipode_files::{SiteFile, TableFile};
use antipode_safety::Angle;

use super::session::Refused;
use super::{beside, company, named};
use crate::cli::GuardianArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::registry;
pub(super) use crate::registry::For;
use crate::registry::{Guarded, Inclinometer, Loudness, Vigil, Vigilance};
use crate::vigil;

/// A guardian that has just started knows within this whether its computer stays awake.
const KNOWN: Duration = Duration::from_secs(5);
/// How often it is looked for meanwhile.
const LOOK: Duration = Duration::from_millis(20);

/// Why nothing moves on a guarded table for now; `None` where it may, and for any other table.
pub(super) fn unfit(table: &TableFile, data: &DataFolder) -> Option<String> {
    registry::is_guarded(&table.driver)
        .then(|| registry::unfit(&data.guardian(&table.name)))
        .flatten()
}

/// What the guardian of a table needs people for; `None` while it needs nobody, or there is none.
pub(super) fn needs(table: &TableFile, data: &DataFolder) -> Option<String> {
    let guarded = registry::is_guarded(&table.driver);
    guarded.then(|| registry::needs(&data.guardian(&table.name))).flatten()
}

/// Where the guardian of a table listens; `None` for any other table.
pub(super) fn socket(table: &TableFile, data: &DataFolder) -> Option<PathBuf> {
    registry::is_guarded(&table.driver).then(|| data.guardian(&table.name))
}

/// The driver of the guarded table that `typed` has named.
///
/// # Errors
/// When its model is missing, cannot be used, or leaves open what a guardian must know.
pub(super) fn driver(
    table: &TableFile,
    typed: &Path,
    what_for: For,
    data: &DataFolder,
) -> Result<Box<dyn TableDriver>, Refused> {
    let model = model(table, data)?;
    let argv = argv(typed, table, data)?;
    guarded(table, &model, data)
        .driver(argv, what_for)
        .map_err(|reason| not_guarded(table, &model, &reason).into())
}

/// `antipode guardian`: guards a table until nobody needs it. Started by this program itself; what it
/// says goes into its log.
///
/// # Errors
/// Why no guardian runs; nothing was sent to the drive.
pub(super) fn run(
    arguments: &GuardianArgs,
    data: &DataFolder,
    out: &mut Output,
) -> Result<Exit, Failure> {
    let table = named::table(&arguments.table, data)?;
    let model = model(&table, data)?;
    let vigil = vigil_of(data, out);
    let sensor = inclinometer(&table, out);
    Guarded { socket: arguments.socket.clone(), ..guarded(&table, &model, data) }
        .guard(sensor, loudness(arguments), vigil)
        .map_err(|reason| not_guarded(&table, &model, &reason))?;
    Ok(Exit::Done)
}

/// What keeps the computer of a guardian awake: the statement of whoever runs it, or a lock. A site file
/// that cannot be read states nothing, and keeps no guardian from its port.
fn vigil_of(data: &DataFolder, out: &mut Output) -> Vigil {
    let site = company::site(data).unwrap_or_else(|refused| {
        out.talk(refused.message());
        None
    });
    let stated = site.and_then(|site| site.never_sleeps);
    stated.map_or_else(vigil::watch, |stated| {
        Vigil::stated(format!(
            "{} stated on {} that this computer never sleeps",
            stated.decided_by, stated.decided_on
        ))
    })
}

/// Refuses to take somebody head-down on a guarded table whose computer may fall asleep: the guardian
/// sleeps with it, and nothing brings the person up (H-03). Asked when its guardian lives.
///
/// # Errors
/// What was seen, and what would change it.
pub(super) fn stays_awake(
    table: &TableFile,
    deepest: Angle,
    site: Option<&SiteFile>,
    data: &DataFolder,
) -> Result<(), Refused> {
    if !registry::is_guarded(&table.driver) || !deepest.is_head_down() {
        return Ok(());
    }
    let states = site.is_some_and(|site| site.never_sleeps.is_some());
    let seen = match known_vigil(&data.guardian(&table.name)) {
        Vigilance::Kept(_) => return Ok(()),
        Vigilance::Stated(_) if states => return Ok(()),
        Vigilance::Stated(why) => format!("`{}` no longer says so ({why})", data.site().display()),
        Vigilance::NotKept(why) => format!("no lock against sleep can be had: {why}"),
        Vigilance::Lost(why) => format!("the lock against sleep is lost: {why}"),
        Vigilance::Unknown => {
            "its guardian does not say whether a lock against sleep is held".to_owned()
        }
    };
    let failure = Failure::refused(format!(
        "the table `{}` may not go below horizontal: this computer may fall asleep, and nothing \
         would bring the person up",
        table.name
    ))
    .note(seen.clone());
    let failure = match states {
        true => failure.help(
            "the guardian that runs was started before the site file said so, and ends by itself \
             within ten seconds: try again then",
        ),
        false => failure
            .help("run it where systemd-logind does, so that a lock against sleep is held")
            .help(format!(
                "or state `[never_sleeps]`, with name and date, in `{}`, once sleep is switched off: \
                 `sudo systemctl mask sleep.target suspend.target hibernate.target \
                 hybrid-sleep.target`",
                data.site().display()
            )),
    };
    Err(Refused::by(failure, vec![seen]))
}

/// What the guardian at `socket` knows, as soon as it knows anything.
fn known_vigil(socket: &Path) -> Vigilance {
    let until = Instant::now() + KNOWN;
    loop {
        let known = registry::vigilance(socket);
        if known != Vigilance::Unknown || Instant::now() >= until {
            return known;
        }
        std::thread::sleep(LOOK);
    }
}

/// Through what it is heard.
fn loudness(arguments: &GuardianArgs) -> Loudness {
    let program = || std::env::var_os("ANTIPODE_ALARM").map(PathBuf::from);
    Loudness { terminal: arguments.bell.clone(), program: arguments.alarm.clone().or_else(program) }
}

/// The terminal that this program talks to: still there when it has died in it.
fn terminal() -> Option<PathBuf> {
    let stderr = std::io::stderr();
    stderr.is_terminal().then(|| std::fs::read_link("/proc/self/fd/2").ok()).flatten()
}

/// The inclinometer that the table's file names. One that cannot be opened now is looked for as long as
/// the guardian lives: without it nothing goes down, and where it is the only angle nobody comes up (H-01).
fn inclinometer(table: &TableFile, out: &mut Output) -> Option<Inclinometer> {
    let (table, angle) = (table.clone(), table.sensors.angle.clone()?);
    let opens = move || {
        beside::inclinometer(&table, &angle).map_err(|failure| failure.message().to_owned())
    };
    let open = opens().map_err(|why| out.talk(&why)).ok();
    Some(Inclinometer::new(open, opens))
}

/// The model that the table's file names, of the same dialect as its driver.
fn model(table: &TableFile, data: &DataFolder) -> Result<DriveModel, Refused> {
    let TableFile { name, driver, .. } = table;
    let Some(model) = &table.model else {
        return Err(Failure::refused(format!(
            "the table `{name}` is driven by `{driver}`, and its file names no model"
        ))
        .note("such a drive cannot say itself what it moves: a model file does")
        .help("write `model = \"...\"`; `antipode schema model` says what stands in one")
        .into());
    };
    let model = named::model(model, data)?;
    if model.dialect.key() == driver.as_str() {
        return Ok(model);
    }
    Err(Failure::refused(format!(
        "the table `{name}` is driven by `{driver}`, and its model `{}` is for `{}`",
        model.name,
        model.dialect.key()
    ))
    .help("make `driver` and `model` of the table's file agree")
    .into())
}

/// The model of a table that a guardian runs, where it can be read; `None` for any other table.
pub(super) fn known_model(table: &TableFile, data: &DataFolder) -> Option<DriveModel> {
    registry::is_guarded(&table.driver).then(|| model(table, data).ok()).flatten()
}

fn guarded<'a>(table: &'a TableFile, model: &'a DriveModel, data: &DataFolder) -> Guarded<'a> {
    Guarded {
        model,
        address: &table.address,
        inclinometer: table.sensors.angle.as_ref().map(|angle| angle.mount),
        sensor: table
            .sensors
            .angle
            .as_ref()
            .map_or_else(String::new, |angle| format!("{} at {}", angle.driver, angle.address.0)),
        rescue: table.rescue,
        returns_with_few_latches: table.few_latches.as_ref().is_some_and(|decided| decided.returns),
        socket: data.guardian(&table.name),
    }
}

fn not_guarded(table: &TableFile, model: &DriveModel, reason: &str) -> Failure {
    Failure::refused(format!(
        "the table `{}` with the model `{}` cannot be run: {reason}",
        table.name, model.name
    ))
    .note("nothing was sent to it")
}

/// What starts the guardian of a table: this program, with the table as it was named.
fn argv(typed: &Path, table: &TableFile, data: &DataFolder) -> Result<Vec<OsString>, Failure> {
    let failed = |error: std::io::Error| Failure::io("find this program for a guardian", &error);
    let program = std::env::current_exe().map_err(failed)?;
    let is_file = typed.to_str().is_none_or(|typed| typed.contains(['/', '.']));
    let table_arg = match is_file {
        true => std::path::absolute(typed).map_err(failed)?,
        false => typed.to_owned(),
    };
    let folder = std::path::absolute(data.path()).map_err(failed)?;
    let socket = std::path::absolute(data.guardian(&table.name)).map_err(failed)?;
    let mut argv: Vec<OsString> = vec![
        program.into(),
        "guardian".into(),
        "--table".into(),
        table_arg.into(),
        "--data".into(),
        folder.into(),
        "--socket".into(),
        socket.into(),
    ];
    if let Some(terminal) = terminal() {
        argv.extend(["--bell".into(), terminal.into()]);
    }
    Ok(argv)
}
