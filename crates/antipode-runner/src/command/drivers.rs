//! `antipode drivers`.

use serde::Serialize;

use crate::exit::Exit;
use crate::output::Output;
use crate::registry::{self, Driver};

#[derive(Serialize)]
struct Document {
    drivers: Vec<Driver>,
}

/// Lists the kinds of table.
pub(super) fn run(out: &mut Output) -> Exit {
    let drivers = registry::drivers();
    if out.json() {
        out.document(&Document { drivers });
        return Exit::Done;
    }
    let width = drivers.iter().map(|driver| driver.name.len()).max().unwrap_or(0);
    for driver in drivers {
        out.line(format_args!("{:width$}  {}", driver.name, driver.summary));
    }
    Exit::Done
}
