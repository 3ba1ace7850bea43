//! `antipode table scan`: which serial ports this machine has, by the names that stay.
//!
//! It reads names and rights and nothing else. A port is never opened to see what is on it: on some
//! boards opening alone restarts the controller (H-16), and a stranger's device is not ours to ask.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, access};
use serde::Serialize;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;

/// Where the system keeps names of ports that stay when something is plugged in anew: by what is
/// plugged in, and by the socket it is plugged into.
const FOLDERS: [(&str, Name); 2] =
    [("/dev/serial/by-id", Name::ById), ("/dev/serial/by-path", Name::ByPath)];

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum Name {
    /// The device with that serial number, wherever it is plugged in.
    ById,
    /// Whatever is plugged in there.
    ByPath,
}

#[derive(Serialize)]
struct Document {
    ports: Vec<Port>,
}

/// A port as it is found.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Port {
    address: PathBuf,
    name: Name,
    /// The name of the moment, which may be another's tomorrow.
    device: PathBuf,
    /// Why it could not be used now, and what to do about it.
    problem: Option<String>,
    fix: Option<String>,
}

/// Lists them.
///
/// # Errors
/// When a folder of names is there and cannot be read.
pub(super) fn run(out: &mut Output) -> Result<Exit, Failure> {
    let mut ports = Vec::new();
    for (folder, name) in FOLDERS {
        let found = ports_in(Path::new(folder), name)
            .map_err(|error| Failure::io(format_args!("look into `{folder}`"), &error))?;
        ports.extend(found);
    }
    show(ports, out);
    Ok(Exit::Done)
}

fn show(ports: Vec<Port>, out: &mut Output) {
    if out.json() {
        return out.document(&Document { ports });
    }
    if ports.is_empty() {
        out.line("no serial port is plugged in: none has a name under /dev/serial");
        return;
    }
    for Port { address, device, problem, fix, .. } in ports {
        out.line(format_args!("{}  ({})", address.display(), device.display()));
        if let Some(problem) = problem {
            out.line(format_args!("    NOT USABLE NOW: {problem}"));
        }
        if let Some(fix) = fix {
            out.line(format_args!("    {fix}"));
        }
    }
    out.line("write one of them as `address` into a table's file; no port was opened");
}

/// The ports that have names in `folder`, in order; none where there is no such folder.
fn ports_in(folder: &Path, name: Name) -> io::Result<Vec<Port>> {
    let names = match fs::read_dir(folder) {
        Ok(names) => names,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut ports =
        names.map(|entry| Ok(port(entry?.path(), name))).collect::<io::Result<Vec<Port>>>()?;
    ports.sort_by(|one, other| one.address.cmp(&other.address));
    Ok(ports)
}

fn port(address: PathBuf, name: Name) -> Port {
    let device = fs::canonicalize(&address).unwrap_or_else(|_| address.clone());
    let (problem, fix) = match fs::metadata(&device) {
        Err(error) => (Some(format!("nothing is behind the name: {error}")), None),
        Ok(found) if !found.file_type().is_char_device() => {
            (Some("it is no serial port".to_owned()), None)
        }
        Ok(found) if access(&device, Access::READ_OK | Access::WRITE_OK).is_err() => {
            (Some("this user has no right to it".to_owned()), Some(fix(&found, &device)))
        }
        Ok(_) => (None, None),
    };
    Port { address, name, device, problem, fix }
}

/// How a user gets the right to a port.
fn fix(found: &Metadata, device: &Path) -> String {
    // The group may use it: then joining the group is all.
    if found.mode() & 0o060 == 0o060 && found.gid() != 0 {
        let group = group_named(found.gid()).unwrap_or_else(|| found.gid().to_string());
        return format!("to use it: `sudo usermod -aG {group} $USER`, then log out and in again");
    }
    let device = device.file_name().unwrap_or_default().to_string_lossy();
    format!(
        "to use it: a udev rule such as `KERNEL==\"{device}\", GROUP=\"dialout\", MODE=\"0660\"` \
         in /etc/udev/rules.d, and `sudo usermod -aG dialout $USER`"
    )
}

/// The name of a group, as the system's own file has it.
fn group_named(gid: u32) -> Option<String> {
    let groups = fs::read_to_string("/etc/group").ok()?;
    groups.lines().find_map(|line| {
        let mut parts = line.split(':');
        let name = parts.next()?;
        (parts.nth(1)?.parse() == Ok(gid)).then(|| name.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;
    use crate::output::tests::Captured;

    #[test]
    fn ports_are_listed_by_the_names_that_stay_and_none_is_opened() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(ports_in(&folder.path().join("nothing"), Name::ById).unwrap(), []);
        // A pipe that nobody reads: opening it would wait for ever.
        let pipe = folder.path().join("usb-B");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        symlink("/dev/null", folder.path().join("usb-A")).unwrap();
        symlink("/dev/gone", folder.path().join("usb-C")).unwrap();
        let ports = ports_in(folder.path(), Name::ById).unwrap();
        let told: Vec<_> = ports
            .iter()
            .map(|port| (port.address.file_name().unwrap(), port.problem.as_deref()))
            .collect();
        assert_eq!(told[0], ("usb-A".as_ref(), None));
        assert_eq!(told[1], ("usb-B".as_ref(), Some("it is no serial port")));
        assert!(told[2].1.unwrap().starts_with("nothing is behind the name"), "{told:?}");
        assert_eq!(ports[0].device, Path::new("/dev/null"));
    }

    #[test]
    fn a_port_without_rights_is_listed_with_the_way_to_them() {
        let of = |mode, gid| {
            let port = Path::new("/dev/ttyUSB0");
            let file = tempfile::NamedTempFile::new().unwrap();
            let mut rights = file.as_file().metadata().unwrap().permissions();
            std::os::unix::fs::PermissionsExt::set_mode(&mut rights, mode);
            fs::set_permissions(file.path(), rights).unwrap();
            std::os::unix::fs::chown(file.path(), None, Some(gid))
                .map(|()| fix(&fs::metadata(file.path()).unwrap(), port))
        };
        // Only root can give a file to another group.
        if let Ok(fix) = of(0o660, 20) {
            assert!(fix.contains("usermod -aG") && !fix.contains("udev"), "{fix}");
        }
        let own = of(0o600, rustix::process::getgid().as_raw()).unwrap();
        assert!(own.contains("KERNEL==\"ttyUSB0\"") && own.contains("dialout"), "{own}");
    }

    #[test]
    fn a_scan_says_that_nothing_was_opened_and_gives_programs_every_port() {
        let port = |problem: Option<&str>| Port {
            address: "/dev/serial/by-id/usb-A".into(),
            name: Name::ById,
            device: "/dev/ttyUSB0".into(),
            problem: problem.map(str::to_owned),
            fix: problem.map(|_| "do this".to_owned()),
        };
        let told = |ports, json| {
            let stdout = Captured::default();
            show(ports, &mut Output::to(stdout.clone(), io::sink(), json));
            stdout.text()
        };
        let words = told(vec![port(Some("no right"))], false);
        assert!(words.contains("NOT USABLE NOW: no right") && words.contains("do this"), "{words}");
        assert!(words.contains("no port was opened"), "{words}");
        assert!(told(vec![], false).contains("no serial port"));
        let document: serde_json::Value =
            serde_json::from_str(&told(vec![port(None)], true)).unwrap();
        assert_eq!(document["ports"][0]["address"], "/dev/serial/by-id/usb-A");
        assert_eq!(document["ports"][0]["name"], "by_id");
        assert!(document["ports"][0]["problem"].is_null());
    }
}
