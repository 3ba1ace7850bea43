//! A commissioning record as the text of its file.

use std::fmt::Write as _;

use antipode_safety::{Angle, Millis, Rate};
use sha2::{Digest, Sha256};

use super::keys::{self, answer_word, result_word};
use super::{Commissioning, Done, Measured};
use crate::key::{Key, SCHEMA_VERSION};
use crate::number::plain;

/// What the file says of itself.
const HEAD: &str = "\
# Written by `antipode table commission`. Do not edit it: a changed file is void. The checksum finds
# slips, and no forger.
";

impl Commissioning {
    /// The text of its file, checksum included.
    #[must_use]
    pub fn to_text(&self) -> String {
        let mut lines = Lines(format!("{HEAD}schema = {SCHEMA_VERSION}\n"));
        lines.text(&keys::TABLE, &self.table);
        lines.text(&keys::DRIVER, &self.driver);
        lines.text(&keys::WITHOUT_POWER, self.without_power.as_str());
        if let Some(sensor) = &self.angle_sensor {
            lines.text(&keys::ANGLE_SENSOR, sensor);
        }
        if let Some(drive) = &self.drive {
            lines.text(&keys::DRIVE, drive);
        }
        if let Some(signed) = self.signed() {
            lines.text(&keys::SIGNED_BY, &signed.by);
            lines.text(&keys::SIGNED_ON, &signed.on.to_string());
        }
        let sum = format!("{} = \"{}\"\n", keys::CHECKSUM.name, checksum(&lines.with(self)));
        lines.0.push_str(&sum);
        lines.with(self)
    }
}

/// The checksum of a file's text: of every line but its own.
pub(super) fn checksum(text: &str) -> String {
    let mut hash = Sha256::new();
    let own = |line: &str| line.trim_start().starts_with(keys::CHECKSUM.name);
    for line in text.split_inclusive('\n').filter(|line| !own(line)) {
        hash.update(line.as_bytes());
    }
    hash.finalize().iter().take(16).fold(String::new(), |mut text, byte| {
        // Writing into a string cannot fail.
        write!(text, "{byte:02x}").unwrap_or_default();
        text
    })
}

/// Lines of a file.
struct Lines(String);

impl Lines {
    /// These lines, and the checks of `record` after them.
    fn with(&self, record: &Commissioning) -> String {
        let mut lines = Self(self.0.clone());
        record.checks().iter().for_each(|done| lines.check(done));
        lines.0
    }

    fn line(&mut self, key: &str, value: &str) {
        self.0.push_str(key);
        self.0.push_str(" = ");
        self.0.push_str(value);
        self.0.push('\n');
    }

    fn text(&mut self, key: &Key, text: &str) {
        self.line(key.name, &toml::Value::from(text).to_string());
    }

    fn tilt(&mut self, key: &Key, tilt: Angle) {
        self.line(key.name, &plain(tilt.millideg().into()));
    }

    fn rate(&mut self, key: &Key, rate: Rate) {
        self.line(key.name, &plain(rate.millideg_per_s().into()));
    }

    fn time(&mut self, key: &Key, time: Millis) {
        self.line(key.name, &format!("\"{}ms\"", time.get()));
    }

    fn check(&mut self, done: &Done) {
        let Done { measured, on, of } = done;
        self.0.push('\n');
        self.0.push_str(&format!("[{}]\n", measured.kind().key()));
        self.line("done_on", &format!("\"{on}\""));
        self.line("serial", &of.serial.to_string());
        self.line("firmware", &of.firmware.to_string());
        self.line("config_hash", &of.config_hash.to_string());
        self.line("result", &format!("\"{}\"", result_word(measured.passes())));
        match *measured {
            Measured::Direction { told, moved, second } => {
                self.tilt(&keys::TOLD_DEG, told);
                self.tilt(&keys::MOVED_DEG, moved);
                if let Some(second) = second {
                    self.tilt(&keys::SECOND_DEG, second);
                }
            }
            Measured::Speed { told, lowering, raising } => {
                self.rate(&keys::TOLD_SPEED, told);
                self.rate(&keys::LOWERING, lowering);
                self.rate(&keys::RAISING, raising);
            }
            Measured::StopDistance { from, travel } => {
                self.rate(&keys::FROM_SPEED, from);
                self.tilt(&keys::STOP_DEG, travel);
            }
            Measured::LeaseExpiry { from, lease, stopped_after, cable_travel } => {
                self.rate(&keys::FROM_SPEED, from);
                self.time(&keys::LEASE, lease);
                self.time(&keys::STOPPED_AFTER, stopped_after);
                self.tilt(&keys::CABLE_DEG, cable_travel);
            }
            Measured::Brake { load_kg, at, held, slip } => {
                self.line(keys::LOAD_KG.name, &load_kg.to_string());
                self.tilt(&keys::AT_DEG, at);
                self.time(&keys::HELD, held);
                self.tilt(&keys::SLIP_DEG, slip);
            }
            Measured::EndStops { head_up, head_down } => {
                self.tilt(&keys::HEAD_UP_DEG, head_up);
                self.tilt(&keys::HEAD_DOWN_DEG, head_down);
            }
            Measured::PowerCut { sank, moved_on_power } => {
                self.tilt(&keys::SANK_DEG, sank);
                self.text(&keys::MOVED_ON_POWER, answer_word(moved_on_power));
            }
            Measured::WithoutPower { from, took } => {
                self.tilt(&keys::FROM_DEG, from);
                self.time(&keys::TOOK, took);
            }
            Measured::SelfRelease { took } => self.time(&keys::TOOK, took),
        }
    }
}
