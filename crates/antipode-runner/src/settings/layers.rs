//! The layers and how they are merged.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use antipode_files::{MOST_MARKS, Source as FileText};
use config::{Config, ConfigError, Map, Source, Value};
use etcetera::base_strategy::{BaseStrategy, Xdg};

use super::key::{KEYS, Key, find};
use super::{Settings, file};
use crate::cli::Global;
use crate::failure::Failure;
use crate::near::near;
use crate::output::{ColourChoice, Paint};
use crate::plans::unread;

/// The settings of this machine.
const OF_MACHINE: &str = "/etc/antipode/antipode.toml";
/// What opens the name of an environment variable of ours.
const PREFIX: &str = "ANTIPODE__";

/// Everything that settings come from, widest first.
#[derive(Clone, Debug, Default)]
pub struct Layers {
    layers: Vec<Layer>,
}

/// One setting in force.
#[derive(Debug)]
pub struct Setting {
    /// The setting.
    pub key: &'static Key,
    /// Its value as text.
    pub value: String,
    /// Where that comes from.
    pub origin: String,
}

#[derive(Clone, Debug)]
struct Layer {
    values: Map<String, Value>,
    /// Where each of them comes from, by the name of its setting.
    origins: Map<&'static str, String>,
}

impl Source for Layer {
    fn clone_into_box(&self) -> Box<dyn Source + Send + Sync> {
        Box::new(self.clone())
    }

    fn collect(&self) -> Result<Map<String, Value>, ConfigError> {
        Ok(self.values.clone())
    }
}

impl Layers {
    /// Every layer of this process.
    ///
    /// # Errors
    /// When a file cannot be read or anything in a layer is not as it must be.
    pub fn load(global: &Global) -> Result<Self, Failure> {
        let mut layers = Self::with_defaults();
        let of_user = Xdg::new().ok().map(|xdg| xdg.config_dir().join("antipode/antipode.toml"));
        for path in [Some(PathBuf::from(OF_MACHINE)), of_user].into_iter().flatten() {
            layers.file(&path, false)?;
        }
        if let Some(path) = &global.config {
            layers.file(path, true)?;
        }
        layers.environment(std::env::vars_os())?;
        layers.flags(global);
        Ok(layers)
    }

    /// The defaults alone.
    #[must_use]
    pub fn with_defaults() -> Self {
        let mut layers = Self::default();
        layers.defaults();
        layers
    }

    pub(super) fn defaults(&mut self) {
        let values = KEYS
            .iter()
            .filter_map(|key| Some((key, file::from_text(key, key.default, "default")?)));
        self.add(values.collect());
    }

    /// Adds a file; one that is not there is an error only when it was named.
    pub(super) fn file(&mut self, path: &Path, named: bool) -> Result<(), Failure> {
        let source = match FileText::load(path) {
            Ok(source) => source,
            Err(error) if error.is_missing() && !named => return Ok(()),
            Err(error) => return Err(unread(Failure::usage(error.to_string()), &error)),
        };
        if source.is_too_intricate() {
            return Err(Failure::usage(format!(
                "the settings `{}` have more than {MOST_MARKS} lines, brackets, dots, commas and \
                 equals signs; nothing of them was used",
                source.name()
            ))
            .help("check that it is the file you mean"));
        }
        let values = file::read(source.name(), source.text()).map_err(|problems| {
            let text =
                |problem: &file::Problem| problem.draw(source.name(), source.text(), Paint::Plain);
            let count = problems.len();
            let things = if count == 1 { "thing is" } else { "things are" };
            problems.iter().map(text).fold(
                Failure::usage(format!(
                    "{count} {things} wrong in the settings `{}`",
                    source.name()
                )),
                Failure::note,
            )
        })?;
        self.add(values);
        Ok(())
    }

    pub(super) fn environment(
        &mut self,
        variables: impl Iterator<Item = (OsString, OsString)>,
    ) -> Result<(), Failure> {
        let mut values = Vec::new();
        for (variable, value) in variables {
            let variable = variable.to_string_lossy();
            let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
            let name = rest.to_lowercase().replace("__", ".");
            let Some(key) = find(&name) else {
                let help = match near(&name, KEYS.iter().map(|key| key.name)) {
                    Some(near) => format!("did you mean `{}`?", variable_of(near)),
                    None => "`antipode config show` lists every setting".to_owned(),
                };
                return Err(Failure::usage(format!(
                    "the environment variable `{variable}` names no setting"
                ))
                .help(help));
            };
            if !key.from_environment {
                return Err(Failure::usage(format!(
                    "`{}` cannot be set by the environment variable `{variable}`",
                    key.name
                ))
                .help("write it into a settings file, where people can find it"));
            }
            let origin = format!("environment variable {variable}");
            let taken = value.to_str().and_then(|value| file::from_text(key, value, &origin));
            let Some(taken) = taken else {
                return Err(Failure::usage(format!(
                    "the environment variable `{variable}` must be {}",
                    key.kind.in_words()
                ))
                .note(format!("it is `{}`", value.to_string_lossy())));
            };
            values.push((key, taken));
        }
        self.add(values);
        Ok(())
    }

    fn flags(&mut self, global: &Global) {
        let colour = global.color.map(|colour| match colour {
            ColourChoice::Auto => "auto",
            ColourChoice::Always => "always",
            ColourChoice::Never => "never",
        });
        let level = match (global.quiet, global.verbose) {
            (true, _) => Some("error"),
            (false, 0) => None,
            (false, 1) => Some("info"),
            (false, 2..) => Some("debug"),
        };
        let chosen =
            [("display.color", colour, "flag --color"), ("log.level", level, "flag -v or -q")];
        let values = chosen.into_iter().filter_map(|(name, text, origin)| {
            let key = find(name)?;
            Some((key, file::from_text(key, text?, origin)?))
        });
        self.add(values.collect());
    }

    fn add(&mut self, values: Vec<(&'static Key, Value)>) {
        let mut sections: Map<String, Map<String, Value>> = Map::new();
        let mut origins = Map::new();
        for (key, value) in values {
            if let Some(origin) = value.origin() {
                origins.insert(key.name, origin.to_owned());
            }
            if let Some((section, name)) = key.name.split_once('.') {
                sections.entry(section.to_owned()).or_default().insert(name.to_owned(), value);
            }
        }
        let values =
            sections.into_iter().map(|(name, values)| (name, Value::new(None, values))).collect();
        self.layers.push(Layer { values, origins });
    }

    fn merged(&self) -> Result<Config, ConfigError> {
        let builder = Config::builder();
        self.layers
            .iter()
            .cloned()
            .fold(builder, |builder, layer| builder.add_source(layer))
            .build()
    }

    /// The settings in force.
    ///
    /// # Errors
    /// Only for a defect: every layer has been checked.
    pub fn settings(&self) -> Result<Settings, Failure> {
        self.merged().and_then(Config::try_deserialize).map_err(|error| defect(&error))
    }

    /// Every setting with its value and where that comes from.
    ///
    /// # Errors
    /// Only for a defect: every layer has been checked.
    pub fn explained(&self) -> Result<Vec<Setting>, Failure> {
        let merged = self.merged().map_err(|error| defect(&error))?;
        KEYS.iter()
            .map(|key| {
                let value: Value = merged.get(key.name).map_err(|error| defect(&error))?;
                let origin = self.layers.iter().rev().find_map(|layer| layer.origins.get(key.name));
                let origin = origin.map_or_else(|| "default".to_owned(), Clone::clone);
                Ok(Setting { key, value: value.to_string(), origin })
            })
            .collect()
    }
}

/// The environment variable of a setting.
fn variable_of(name: &str) -> String {
    format!("{PREFIX}{}", name.to_uppercase().replace('.', "__"))
}

fn defect(error: &ConfigError) -> Failure {
    Failure::new(crate::exit::Exit::Bug, format!("the settings could not be merged: {error}"))
        .help("this is a defect of antipode; please report it with this message")
}
