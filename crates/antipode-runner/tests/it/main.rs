//! The real program, from its arguments to its exit code.

mod contract;
mod hostile;
mod plan;
mod settings;

use snapbox::cmd::Command;
use std::process::Output;

/// The program, away from the settings and records of whoever runs the tests.
fn antipode(arguments: &[&str]) -> Command {
    apart(Command::new(env!("CARGO_BIN_EXE_antipode"))).args(arguments)
}

fn apart(command: Command) -> Command {
    command
        .env_remove("NO_COLOR")
        .env_remove("CLICOLOR_FORCE")
        .env_remove("STATE_DIRECTORY")
        .env_remove("XDG_RUNTIME_DIR")
        .env("XDG_CONFIG_HOME", "/nonexistent/config")
        .env("XDG_DATA_HOME", "/nonexistent/data")
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
