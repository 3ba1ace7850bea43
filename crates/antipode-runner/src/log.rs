//! Logging to standard error: for whoever looks after the machine. Nothing about a person's health
//! is logged.

use std::io::stderr;

use tracing_subscriber::EnvFilter;

use crate::settings::Settings;

/// Starts logging as the settings say; `ANTIPODE_LOG` may ask for more of single parts, in the
/// usual form `antipode_engine=debug`.
///
/// A second call changes nothing.
pub fn start(settings: &Settings) {
    let filter = EnvFilter::try_from_env("ANTIPODE_LOG")
        .unwrap_or_else(|_| EnvFilter::new(settings.log.level.as_str()));
    // A line that cannot be written is lost: saying so on the same closed window would panic, and
    // the session would end without its record.
    let builder = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(stderr)
        .log_internal_errors(false);
    let started = if settings.log.format == "json" {
        builder.json().try_init()
    } else {
        builder.with_ansi(false).with_target(false).try_init()
    };
    if let Err(error) = started {
        tracing::debug!(%error, "logging had been started before");
    }
}
