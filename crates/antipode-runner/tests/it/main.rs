//! The real program, from its arguments to its exit code.

mod alone;
mod bad_files;
mod ballast;
mod contract;
mod documents;
mod guarded;
mod hardware;
mod history;
mod hostile;
mod hostile_files;
mod jog;
mod kill;
mod lockout;
mod lowering;
mod models;
mod plan;
mod replay;
mod rescue;
mod running;
mod screen;
mod second_host;
mod served;
mod session;
mod settings;
mod simulate;
mod sleep;
mod soak;
mod watch;
mod wire;

use snapbox::cmd::Command;
use std::process::Output;

/// Settings and records of whoever runs the tests, which the tests must not see.
const FORGOTTEN: [&str; 4] = ["NO_COLOR", "CLICOLOR_FORCE", "STATE_DIRECTORY", "XDG_RUNTIME_DIR"];
const APART: [(&str, &str); 2] =
    [("XDG_CONFIG_HOME", "/nonexistent/config"), ("XDG_DATA_HOME", "/nonexistent/data")];

/// The program, away from them.
fn antipode(arguments: &[&str]) -> Command {
    apart(Command::new(env!("CARGO_BIN_EXE_antipode"))).args(arguments)
}

fn apart(command: Command) -> Command {
    let command = FORGOTTEN.into_iter().fold(command, Command::env_remove);
    command.envs(APART)
}

/// Runs the program to its end.
#[track_caller]
fn run(arguments: &[&str]) -> Output {
    antipode(arguments).output().expect("the program runs")
}

#[track_caller]
fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).expect("standard output is text")
}

#[track_caller]
fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).expect("standard error is text")
}

/// The one document on standard output.
#[track_caller]
fn json(output: &Output) -> serde_json::Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
        panic!("not one JSON document: {error}\n{}\n{}", stdout(output), stderr(output))
    })
}
