//! The `antipode` program. Everything is in the library, so that tests reach it.

use std::process::ExitCode;

fn main() -> ExitCode {
    antipode_runner::main(std::env::args_os()).into()
}
