//! `antipode completions`.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::cli::Cli;
use crate::exit::Exit;
use crate::output::Output;

/// Prints the completions for `shell`.
pub(super) fn run(shell: Shell, out: &mut Output) -> Exit {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "antipode", &mut script);
    let script = String::from_utf8_lossy(&script);
    if out.json() {
        out.document(&serde_json::json!({ "shell": shell.to_string(), "script": script }));
    } else {
        out.raw(&script);
    }
    Exit::Done
}
