//! `antipode config show`.

use serde::Serialize;

use crate::cli::Global;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::{DataFolder, DataFrom};
use crate::output::Output;
use crate::settings::Layers;

#[derive(Serialize)]
struct Document {
    settings: Vec<Row>,
    data: Option<Data>,
}

#[derive(Serialize)]
struct Row {
    key: &'static str,
    value: String,
    origin: String,
    about: &'static str,
}

#[derive(Serialize)]
struct Data {
    folder: String,
    origin: &'static str,
}

/// Shows every setting, its value and where it comes from.
pub(super) fn run(global: &Global, out: &mut Output) -> Result<Exit, Failure> {
    let rows: Vec<Row> = Layers::load(global)?
        .explained()?
        .into_iter()
        .map(|setting| Row {
            key: setting.key.name,
            value: setting.value,
            origin: setting.origin,
            about: setting.key.about,
        })
        .collect();
    // Settings can be looked at on a machine where nothing can be recorded.
    let data = DataFolder::find(global.data.as_deref()).ok().map(|data| Data {
        folder: data.path().display().to_string(),
        origin: match data.from() {
            DataFrom::Flag => "flag --data",
            DataFrom::Service => "environment variable STATE_DIRECTORY",
            DataFrom::User => "default",
        },
    });
    if out.json() {
        out.document(&Document { settings: rows, data });
        return Ok(Exit::Done);
    }
    for Row { key, value, origin, about } in rows {
        let value = if value.is_empty() { "(none)" } else { &value };
        out.line(format_args!("{key} = {value}"));
        out.line(format_args!("    from {origin}; {about}"));
    }
    if let Some(Data { folder, origin }) = data {
        out.line(format_args!("data folder = {folder}"));
        out.line(format_args!("    from {origin}"));
    }
    Ok(Exit::Done)
}
