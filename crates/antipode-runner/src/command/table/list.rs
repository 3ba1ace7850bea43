//! `antipode table list`.

use std::path::Path;

use antipode_files::built_in_tables;
use serde::Serialize;

use super::super::guarded::For;
use super::super::{hardware, named};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::folders::DataFolder;
use crate::output::Output;
use crate::registry;

#[derive(Serialize)]
struct Document {
    tables: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    title: Option<String>,
    driver: Option<String>,
    /// Empty for a table inside this process.
    address: Option<String>,
    built_in: bool,
    /// Why it cannot be used.
    problem: Option<String>,
}

/// Lists the tables of the data folder and the built-in one. A file that cannot be used is listed
/// too, and makes the command fail: somebody wrote it and counts on it.
pub(super) fn run(data: &DataFolder, out: &mut Output) -> Result<Exit, Failure> {
    let built_in: Vec<&str> = built_in_tables().iter().map(|(name, _)| *name).collect();
    let mut rows: Vec<Row> = built_in.iter().map(|name| row(name, true, data)).collect();
    let of_data = named::names_in(&data.tables()).map_err(|error| {
        Failure::io(format_args!("look into `{}`", data.tables().display()), &error)
    })?;
    // A built-in name counts first, so that a file of that name is never read.
    let own = of_data.iter().filter(|name| !built_in.contains(&name.as_str()));
    rows.extend(own.map(|name| row(name, false, data)));
    let exit =
        if rows.iter().any(|row| row.problem.is_some()) { Exit::Refused } else { Exit::Done };
    if out.json() {
        out.document(&Document { tables: rows });
        return Ok(exit);
    }
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    for Row { name, title, driver, address, problem, .. } in rows {
        if let Some(problem) = problem {
            out.line(format_args!(
                "{name:width$}  CANNOT BE USED: {problem}; `antipode table show {name}` shows more"
            ));
            continue;
        }
        let address = address.filter(|address| !address.is_empty());
        let at = address.map_or_else(String::new, |address| format!(" at {address}"));
        let (title, driver) = (title.unwrap_or_default(), driver.unwrap_or_default());
        out.line(format_args!("{name:width$}  {title}, driven by `{driver}`{at}"));
    }
    Ok(exit)
}

fn row(name: &str, built_in: bool, data: &DataFolder) -> Row {
    let name = name.to_owned();
    match named::table(Path::new(&name), data).map_err(Failure::from) {
        Ok(table) => {
            let known = registry::drivers().iter().any(|driver| driver.name == table.driver);
            let problem = match known {
                false => {
                    Some(format!("it is driven by `{}`, which this program has not", table.driver))
                }
                // A model that is missing is found here too, and nothing is opened for it.
                true => hardware::driver(&table, Path::new(&name), For::Use, data)
                    .map_err(Failure::from)
                    .err()
                    .map(|failure| failure.message().to_owned()),
            };
            Row {
                name,
                title: Some(table.title),
                driver: Some(table.driver),
                address: Some(table.address.0),
                built_in,
                problem,
            }
        }
        Err(failure) => {
            let problem = Some(failure.message().to_owned());
            Row { name, title: None, driver: None, address: None, built_in, problem }
        }
    }
}
