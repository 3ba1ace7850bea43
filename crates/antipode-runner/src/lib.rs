//! The antipode program: settings, drivers, command line, terminal screen, words for people.
//!
//! Everything that knows a driver, a terminal or a person's language is here, at the edge; what
//! moves a table is below, in the engine.

#![deny(unsafe_code)]

pub mod cli;
mod command;
pub mod controls;
pub mod engine_live;
pub mod exit;
pub mod failure;
pub mod folders;
pub mod hand_evdev;
pub mod headless;
pub mod heard;
pub mod inhibit;
pub mod instance;
pub mod live;
pub mod log;
mod near;
pub mod output;
pub mod plans;
pub mod registry;
pub mod screen;
pub mod settings;
pub mod signals;
pub mod sim_run;
pub mod summary;
pub mod svg;
pub mod terminal;
pub mod timeline;
pub mod vigil;
pub mod vocabulary;
pub mod words;

use std::ffi::OsString;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use cli::{Cli, FIRST_STEP, VERSION};
use exit::Exit;
use failure::Failure;
use output::{ColourChoice, Output};

/// Runs the program with these arguments and says how it ends. Never panics on any argument.
pub fn main(arguments: impl Iterator<Item = OsString>) -> Exit {
    let mut arguments: Vec<OsString> = arguments.collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    if asks_for_help(&arguments) {
        // The library's own command takes no flag; what the answer looks like is ours.
        arguments.retain(|argument| argument != "--json");
    }
    match Cli::try_parse_from(&arguments) {
        Ok(cli) => run(cli),
        Err(error) => usage(&error, json),
    }
}

/// Whether the command is `help`.
fn asks_for_help(arguments: &[OsString]) -> bool {
    let mut words = arguments.iter().skip(1);
    words.find(|word| !word.as_encoded_bytes().starts_with(b"-")).is_some_and(|word| word == "help")
}

fn run(cli: Cli) -> Exit {
    let colour = cli.global.color.unwrap_or(ColourChoice::Auto);
    let mut out = Output::of_process(cli.global.json, colour);
    let Some(command) = cli.command else {
        let help = format!("{}\n{FIRST_STEP}\n", Cli::command().render_help());
        said(&mut out, "help", &help);
        return finish(out, Exit::Done);
    };
    let exit = command::run(command, &cli.global, &mut out).unwrap_or_else(|failure| {
        out.failure(&failure);
        failure.exit()
    });
    finish(out, exit)
}

/// Text that was asked for, as it is or under its name in the document.
fn said(out: &mut Output, name: &str, text: &str) {
    if out.json() {
        out.document(&serde_json::json!({ name: text }));
    } else {
        out.raw(text);
    }
}

/// Help and version are asked for; everything else is an error of the command line.
fn usage(error: &clap::Error, json: bool) -> Exit {
    let mut out = Output::of_process(json, ColourChoice::Auto);
    if !error.use_stderr() {
        let text = error.render().to_string();
        if error.kind() == ErrorKind::DisplayVersion {
            said(&mut out, "version", if json { VERSION } else { &text });
        } else {
            said(&mut out, "help", &text);
        }
        return finish(out, Exit::Done);
    }
    let text = error.render().to_string();
    let text = text.trim_end();
    if json {
        let what = text.strip_prefix("error: ").unwrap_or(text);
        out.failure(&Failure::usage(what));
    } else {
        out.talk(text);
    }
    finish(out, Exit::Usage)
}

/// Data that could not be written must not look like success.
fn finish(mut out: Output, exit: Exit) -> Exit {
    let Some(trouble) = out.trouble() else { return exit };
    let failure = Failure::io("write to standard output", &trouble);
    out.talk(failure.draw(out.paint_talk()));
    exit.worse(Exit::Failed)
}
