//! The machine around: clock, priority, sockets, sound, terminal, hand control.

use std::path::{Path, PathBuf};

use antipode_records::WallTime;
use antipode_records::disk::RealDisk;
use antipode_records::history::sessions;
use antipode_records::latest::{ClockVerdict, check_clock};
use rustix::process::{Resource, geteuid, getrlimit};

use super::Check;
use crate::folders::{DataFolder, private, socket_folders};
use crate::inhibit::{self, Awake};
use crate::settings::Settings;
use crate::terminal;

/// Programs that can play a sound, best first.
const PLAYERS: [&str; 3] = ["pw-play", "paplay", "aplay"];
/// The smallest terminal that the screen fits into.
const SMALLEST: (u16, u16) = (60, 20);

/// Looks at the machine.
pub(super) fn checks(settings: &Settings, data: &DataFolder) -> Vec<Check> {
    vec![
        clock(data),
        priority(),
        sleep(Awake::ask("it is tried whether this computer can be kept awake")),
        socket(data),
        sound(&settings.sound.player, std::env::var_os("PATH")),
        screen(terminal::size()),
        hand(&settings.hand.device),
    ]
}

/// Whether the date can be believed. A day's limit counts by it.
fn clock(data: &DataFolder) -> Check {
    const NAME: &str = "clock";
    let now = jiff::Zoned::now();
    let found = now.strftime("%Y-%m-%d %H:%M %Z").to_string();
    let fix = "set date and time, best from the network: `timedatectl set-ntp true`";
    let latest = latest_record(data);
    match check_clock(latest, WallTime::from_unix_millis(now.timestamp().as_millisecond())) {
        ClockVerdict::Good => Check::ok(NAME, found),
        ClockVerdict::Unset { .. } => Check::fail(NAME, format!("{found}: not set"), fix),
        ClockVerdict::Earlier { behind_ms, .. } => {
            let seconds = behind_ms / 1_000;
            Check::fail(NAME, format!("{found}: {seconds} s before the last record"), fix)
        }
    }
}

/// The date of the last session on record, as far as it can be read.
fn latest_record(data: &DataFolder) -> Option<WallTime> {
    let folder = data.journal();
    let disk = if folder.is_dir() { RealDisk::open(&folder).ok() } else { None };
    sessions(&disk?).ok()?.into_iter().map(|entry| entry.ended).max()
}

/// Whether the control loop may ask to run before everything else. Without it everything works;
/// on a busy machine some ticks come late, and the table's own lease covers them.
fn priority() -> Check {
    const NAME: &str = "real-time priority";
    let granted = getrlimit(Resource::Rtprio).current.is_none_or(|limit| limit > 0);
    if geteuid().is_root() || granted {
        return Check::ok(NAME, "granted");
    }
    let fix = "run as a service with LimitRTPRIO=50, or add `@users - rtprio 50` to \
               /etc/security/limits.d/antipode.conf and log in again";
    Check::warn(NAME, "not granted; ticks may come late on a busy machine", fix)
}

/// Whether the machine can be kept from going to sleep under a person. A table comes up by itself
/// when its host sleeps, and a session ends by that.
fn sleep(mut awake: Awake) -> Check {
    const NAME: &str = "sleep";
    match awake.held_within(inhibit::PATIENCE) {
        Ok(()) => Check::ok(NAME, "kept off while a session, a return or a guardian runs"),
        Err(why) => Check::warn(
            NAME,
            format!("cannot be kept off: {why}"),
            "run it where systemd-logind does, or switch sleep off: \
             `sudo systemctl mask sleep.target suspend.target hibernate.target`",
        ),
    }
}

fn socket(data: &DataFolder) -> Check {
    const NAME: &str = "socket";
    let folders = socket_folders(data);
    let usable = folders.iter().find(|folder| private(folder).is_ok());
    match usable {
        Some(folder) => {
            Check::ok(NAME, format!("`antipode stop` works through {}", folder.display()))
        }
        None => Check::fail(
            NAME,
            "there is no folder to listen in, so `antipode stop` would find nothing",
            "set XDG_RUNTIME_DIR, or choose a data folder that you may write to",
        ),
    }
}

fn sound(player: &str, path: Option<std::ffi::OsString>) -> Check {
    const NAME: &str = "sound";
    let folders: Vec<PathBuf> =
        path.map(|path| std::env::split_paths(&path).collect()).unwrap_or_default();
    let there = |name: &str| folders.iter().any(|folder| folder.join(name).is_file());
    let named = (!player.is_empty()).then_some(player);
    let found = match named {
        Some(player) => (there(player) || Path::new(player).is_file()).then_some(player),
        None => PLAYERS.into_iter().find(|player| there(player)),
    };
    match (found, named) {
        (Some(player), _) => Check::ok(NAME, player),
        (None, Some(player)) => Check::warn(
            NAME,
            format!("`{player}` is not there; alarms ring the terminal's bell alone"),
            "install it, or set `sound.player` to another program",
        ),
        (None, None) => Check::warn(
            NAME,
            "no program that plays sounds; alarms ring the terminal's bell alone",
            "install alsa-utils or pipewire-bin",
        ),
    }
}

fn screen(size: Option<(u16, u16)>) -> Check {
    const NAME: &str = "terminal";
    let Some((columns, rows)) = size else {
        return Check::ok(NAME, "none: sessions print progress lines");
    };
    let found = format!("{columns} by {rows} characters");
    if columns < SMALLEST.0 || rows < SMALLEST.1 {
        let fix = format!("make the window at least {} by {}", SMALLEST.0, SMALLEST.1);
        return Check::warn(NAME, found, fix);
    }
    Check::ok(NAME, found)
}

fn hand(device: &str) -> Check {
    const NAME: &str = "hand control";
    if device.is_empty() {
        return Check::ok(NAME, "no keypad is set; the table's own is used where it has one");
    }
    match std::fs::File::open(device) {
        Ok(_) => Check::ok(NAME, device),
        Err(error) => Check::fail(
            NAME,
            format!("{device}: {error}"),
            "plug it in; add yourself to the group `input`; check `hand.device`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::super::State;
    use super::*;

    #[test]
    fn small_terminal_is_a_warning_and_none_is_not() {
        assert_eq!(screen(None).state, State::Ok);
        assert_eq!(screen(Some((60, 20))).state, State::Ok);
        assert_eq!(screen(Some((59, 20))).state, State::Warn);
        assert_eq!(screen(Some((60, 19))).state, State::Warn);
    }

    #[test]
    fn named_player_must_be_there() {
        assert_eq!(sound("no-such-player", None).state, State::Warn);
        assert_eq!(sound("", None).state, State::Warn);
        let here = std::env::current_exe().unwrap();
        assert_eq!(sound(here.to_str().unwrap(), None).state, State::Ok);
    }

    #[test]
    fn missing_keypad_is_a_failure_only_when_it_was_named() {
        assert_eq!(hand("").state, State::Ok);
        assert_eq!(hand("/nonexistent/keypad").state, State::Fail);
    }
}
