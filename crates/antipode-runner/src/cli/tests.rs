use super::*;
use clap::{CommandFactory, Parser};

fn parse(line: &str) -> Result<Cli, clap::Error> {
    Cli::try_parse_from(line.split_whitespace())
}

#[test]
fn the_tree_is_sound() {
    Cli::command().debug_assert();
}

#[test]
fn exactly_the_documented_commands_are_shown() {
    let command = Cli::command();
    let names: Vec<&str> = command
        .get_subcommands()
        .filter(|command| !command.is_hide_set())
        .map(clap::Command::get_name)
        .collect();
    assert_eq!(
        names,
        [
            "demo",
            "run",
            "plan",
            "table",
            "drivers",
            "simulate",
            "soak",
            "sim-serve",
            "replay",
            "history",
            "status",
            "stop",
            "doctor",
            "config",
            "schema",
            "completions"
        ]
    );
}

#[test]
fn every_command_that_does_something_has_two_examples() {
    fn leaves(command: &clap::Command, found: &mut Vec<(String, usize)>) {
        if command.has_subcommands() {
            command.get_subcommands().for_each(|below| leaves(below, found));
        } else {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            found.push((command.get_name().to_owned(), help.matches("  antipode ").count()));
        }
    }
    let mut found = Vec::new();
    leaves(&Cli::command(), &mut found);
    for (name, examples) in found {
        assert_eq!(examples, 2, "{name}");
    }
}

#[test]
fn speed_is_a_whole_number_or_max() {
    for (text, speed) in [
        ("max", Some(Speed::Max)),
        ("1", NonZeroU32::new(1).map(Speed::Times)),
        ("1000", NonZeroU32::new(1_000).map(Speed::Times)),
        ("0", None),
        ("1001", None),
        ("1.5", None),
        ("-1", None),
        ("nan", None),
        ("", None),
    ] {
        assert_eq!(Speed::parse(text).ok(), speed, "{text}");
    }
}

#[test]
fn seeds_are_a_range_that_is_not_empty() {
    assert_eq!(parse_seeds("0..500"), Ok(0..500));
    for text in ["", "5", "5..5", "5..4", "a..b", "..", "1..", "-1..3", "1..99999999999999999999"] {
        assert!(parse_seeds(text).is_err(), "{text}");
    }
}

#[test]
fn global_flags_stand_before_and_after_the_command() {
    for line in ["antipode --json --data d history", "antipode history --json --data d"] {
        let cli = parse(line).unwrap();
        assert!(cli.global.json);
        assert_eq!(cli.global.data, Some(PathBuf::from("d")));
    }
}

#[test]
fn nothing_answers_screening_or_start_in_advance() {
    for line in ["antipode run p --table t --person p --yes", "antipode demo --yes"] {
        assert!(parse(line).is_err(), "{line}");
    }
}

#[test]
fn schema_flags_take_a_folder_or_none() {
    for (line, folder) in
        [("antipode schema --check", "configs/schemas"), ("antipode schema --check x", "x")]
    {
        let Some(Command::Schema(arguments)) = parse(line).unwrap().command else {
            panic!("{line} is no schema command");
        };
        assert_eq!(arguments.check, Some(PathBuf::from(folder)));
    }
    assert!(parse("antipode schema plan --check").is_err());
}
