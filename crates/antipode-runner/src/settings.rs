//! Settings of the program: how it looks, logs and listens. Nothing here moves, deepens or
//! prolongs anything: limits, plans, tables and people live in files of their own, which these
//! layers never touch.
//!
//! Layers, each over the one before: defaults, `/etc/antipode/antipode.toml`, the user's file,
//! `--config FILE`, the environment (`ANTIPODE__SECTION__KEY`), flags. The merging library would
//! take 60.9 for 61 and "yes" for true, so every layer is held against [`key::KEYS`] before it is
//! merged: an unknown key or a value of another kind is an error with its place.

mod file;
mod key;
mod layers;

pub use key::{KEYS, Key, Kind};
pub use layers::{Layers, Setting};

use serde::Deserialize;

use crate::output::ColourChoice;

/// The settings in force.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// How it looks.
    pub display: Display,
    /// What is logged.
    pub log: Log,
    /// What is heard.
    pub sound: Sound,
    /// The buttons within reach of the strapped person.
    pub hand: Hand,
    /// The demonstration.
    pub demo: Demo,
}

/// How it looks.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// When to use colour.
    pub color: String,
    /// Draw with ASCII characters alone.
    pub ascii: bool,
    /// Pictures a second on the terminal screen.
    pub frames_per_second: u8,
}

/// What is logged.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How much.
    pub level: String,
    /// Text or JSON.
    pub format: String,
}

/// What is heard.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sound {
    /// Ring the terminal's bell with an alarm.
    pub bell: bool,
    /// The program that plays sounds; empty for the first that is found.
    pub player: String,
}

/// The buttons within reach of the strapped person, on a USB keypad.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hand {
    /// Its path under `/dev/input/by-id`; empty for none.
    pub device: String,
    /// Key for OK.
    pub ok: String,
    /// Key for STOP.
    pub stop: String,
    /// Key for RETURN.
    #[serde(rename = "return")]
    pub return_key: String,
    /// Key for EASIER.
    pub easier: String,
}

/// The demonstration.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// The plan that it runs when none is named.
    pub plan: String,
}

impl Settings {
    /// When to use colour.
    #[must_use]
    pub fn colour(&self) -> ColourChoice {
        match self.display.color.as_str() {
            "always" => ColourChoice::Always,
            "never" => ColourChoice::Never,
            _ => ColourChoice::Auto,
        }
    }
}

#[cfg(test)]
mod tests;
