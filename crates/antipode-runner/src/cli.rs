//! The command line as it is typed: names, flags, help.

use std::num::NonZeroU32;
use std::ops::Range;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;

use crate::output::ColourChoice;

/// The version as shown; a deliberately broken build says so.
pub const VERSION: &str = if cfg!(feature = "canary") {
    concat!(env!("CARGO_PKG_VERSION"), " CANARY: broken on purpose, never with a person")
} else {
    env!("CARGO_PKG_VERSION")
};

const ABOUT: &str = "Runs motorised inversion tables: plan, protect, record.";
const LONG_ABOUT: &str = "\
Runs motorised inversion tables: checks a plan, runs it with every protection working, records it.

Research software. Not a medical device, not certified, no benefit claimed.";

/// Shown below the short help when no command is given.
pub(crate) const FIRST_STEP: &str =
    "New here? Try `antipode demo`: a whole session on a simulated table, no hardware needed.";

/// The whole command line.
#[derive(Debug, Parser)]
#[command(name = "antipode", version = VERSION, about = ABOUT, long_about = LONG_ABOUT)]
#[command(max_term_width = 100)]
pub struct Cli {
    /// Flags that every command takes.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Option<Command>,
}

/// Flags that every command takes.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Everywhere")]
pub struct Global {
    /// Keep all records and state in DIR
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print one JSON document
    #[arg(long, global = true)]
    pub json: bool,
    /// Read settings from FILE too
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Use colour
    #[arg(long, global = true, value_enum, value_name = "WHEN")]
    pub color: Option<ColourChoice>,
    /// Say more; twice for everything
    #[arg(short, long, global = true, action = clap::ArgAction::Count, conflicts_with = "quiet")]
    pub verbose: u8,
    /// Log only errors; progress and results are still printed
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

/// Every command.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run a whole session on the simulated table
    #[command(after_help = "\
Examples:
  antipode demo                          watch a first session, 20 times as fast as life
  antipode demo --headless --seed 7 --json")]
    Demo(DemoArgs),
    /// Run a plan on a table, with a person
    #[command(after_help = "\
Examples:
  antipode run first-week --table sim --person virtual
  antipode run my-plan.toml --table attic --person ada")]
    Run(RunArgs),
    /// Look at plans and check them
    #[command(subcommand)]
    Plan(PlanCommand),
    /// Look at the tables that are known
    #[command(subcommand)]
    Table(TableCommand),
    /// List the kinds of table that this program can drive
    #[command(after_help = "Examples:\n  antipode drivers\n  antipode drivers --json")]
    Drivers,
    /// Run scenarios with faults on the simulated table
    #[command(after_help = "\
Examples:
  antipode simulate tests/scenarios/link_cut.toml
  antipode simulate --json tests/scenarios/*.toml")]
    Simulate(SimulateArgs),
    /// Run many random sessions and check every invariant
    #[command(
        after_help = "Examples:\n  antipode soak --seeds 0..500\n  antipode soak --seeds 42..43 -v"
    )]
    Soak(SoakArgs),
    /// Put a simulated table on a port that any serial program can open
    #[command(
        name = "sim-serve",
        after_help = "\
It prints the port; Ctrl-C ends it. Type lines to act on it: `press stop 500`, `tilt`, `help`. With
--json every line is a document.

Examples:
  antipode sim-serve --dialect jrk       a motor drive, and an inclinometer on a second port
  antipode sim-serve --fault link-cut@30s:3s --fault mains-cut@2m"
    )]
    SimServe(SimServeArgs),
    /// Guard a table whose motor drive has no controller; started by this program itself
    #[command(
        hide = true,
        after_help = "\
It ends by itself once nobody needs it; what it says goes into the log beside its socket.

Examples:
  antipode guardian --table attic --socket /run/user/1000/antipode/attic.sock
  antipode guardian --table attic.toml --data DIR --socket DIR/guardian/attic.sock"
    )]
    Guardian(GuardianArgs),
    /// Run a recorded session again and compare it step by step
    #[command(after_help = "\
Examples:
  antipode replay 0192f0c4-7d1e-7c3a-9b1f-3f2a1c0d9e8f
  antipode replay --json path/to/journal.ajl")]
    Replay(ReplayArgs),
    /// List recorded sessions
    #[command(after_help = "Examples:\n  antipode history\n  antipode history --json --data DIR")]
    History(HistoryArgs),
    /// Say what runs now and at which tilt
    #[command(after_help = "Examples:\n  antipode status\n  antipode status --json")]
    Status,
    /// STOP every running session now
    #[command(after_help = "\
Examples:
  antipode stop                          every session of this machine
  antipode stop --data DIR               only the one that records in DIR")]
    Stop,
    /// Check this machine: clock, disk, rights, terminal
    #[command(after_help = "Examples:\n  antipode doctor\n  antipode doctor --json")]
    Doctor,
    /// Look at the settings
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Print the JSON Schema of a kind of file
    #[command(after_help = "\
Examples:
  antipode schema plan > plan.schema.json
  antipode schema --check")]
    Schema(SchemaArgs),
    /// Print completions for a shell
    #[command(after_help = "\
Examples:
  antipode completions bash > ~/.local/share/bash-completion/completions/antipode
  antipode completions fish > ~/.config/fish/completions/antipode.fish")]
    Completions {
        /// Which shell
        shell: Shell,
    },
}

/// How fast simulated time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speed {
    /// So many times as fast as life; 1 is life.
    Times(NonZeroU32),
    /// As fast as the machine can.
    Max,
}

impl Speed {
    /// The fastest paced speed. Faster than this nobody can follow, and `max` is there.
    pub const FASTEST: u32 = 1_000;
    /// What a terminal gets when nothing is said.
    pub const ON_TERMINAL: u32 = 20;

    fn parse(text: &str) -> Result<Self, String> {
        if text == "max" {
            return Ok(Self::Max);
        }
        text.parse::<NonZeroU32>()
            .ok()
            .filter(|times| times.get() <= Self::FASTEST)
            .map(Self::Times)
            .ok_or_else(|| format!("give a whole number from 1 to {}, or `max`", Self::FASTEST))
    }
}

/// `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Plan to run: the name of a built-in plan or a file
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<PathBuf>,
    /// How fast: 1 to 1000 times as fast as life, or `max` [default: 20 on a terminal, else max]
    #[arg(long, value_name = "N|max", value_parser = Speed::parse, allow_negative_numbers = true)]
    pub speed: Option<Speed>,
    /// Number from which everything random is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = parse_seed, allow_negative_numbers = true)]
    pub seed: u64,
    /// Print progress lines and draw no screen
    #[arg(long)]
    pub headless: bool,
}

/// `run`.
#[derive(Debug, Args)]
pub struct RunArgs {
    /// Plan: the name of a built-in plan or a file
    #[arg(value_name = "PLAN")]
    pub plan: PathBuf,
    /// Table: `sim`, the name of a table in the data folder, or a file
    #[arg(long, value_name = "TABLE")]
    pub table: PathBuf,
    /// Person: `virtual`, the name of a person in the data folder, or a file
    #[arg(long, value_name = "PERSON", required_unless_present = "ballast")]
    pub person: Option<PathBuf>,
    /// Instead of a person: so many whole kilograms of sandbags; OK on the hand control is held throughout
    #[arg(
        long,
        value_name = "KG",
        value_parser = clap::value_parser!(u16).range(1..=200),
        conflicts_with_all = ["person", "alone", "cleared_by"]
    )]
    pub ballast: Option<u16>,
    /// After a warning sign: the name of the clinician who agreed that this person may go on
    #[arg(long, value_name = "CLINICIAN")]
    pub cleared_by: Option<String>,
    /// Head-down only while OK is held on the table's own hand control; a keyboard is none
    #[arg(long)]
    pub dead_man: bool,
    /// Nobody stands by: only with a hand control, and where `site.toml` says what follows a STOP
    #[arg(long)]
    pub alone: bool,
    /// Print progress lines and draw no screen; on the simulated table simulated people answer
    #[arg(long)]
    pub headless: bool,
}

/// `plan ...`.
#[derive(Debug, Subcommand)]
pub enum PlanCommand {
    /// List the plans that come with the program
    #[command(after_help = "Examples:\n  antipode plan list\n  antipode plan list --json")]
    List,
    /// Print a plan as its file
    #[command(after_help = "\
Examples:
  antipode plan show first-week
  antipode plan show first-week > my-plan.toml")]
    Show {
        /// Name of a built-in plan, or a file
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
    },
    /// Check plan files against every rule
    #[command(after_help = "\
Examples:
  antipode plan check --json configs/plans/*.toml
  antipode plan check my-plan.toml --table attic")]
    Check {
        /// Plan files, or names of built-in plans
        #[arg(value_name = "FILE", required = true)]
        files: Vec<PathBuf>,
        /// Also against what this table can do; it is greeted, so never during a session
        #[arg(long, value_name = "TABLE")]
        table: Option<PathBuf>,
    },
    /// Show how long a plan takes and what it is like
    #[command(after_help = "\
Examples:
  antipode plan preview kim-2013-30
  antipode plan preview my-plan.toml --svg my-plan.svg")]
    Preview {
        /// Name of a built-in plan, or a file
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
        /// Also draw it as a picture into FILE
        #[arg(long, value_name = "FILE")]
        svg: Option<PathBuf>,
    },
}

/// `table ...`.
#[derive(Debug, Subcommand)]
pub enum TableCommand {
    /// List the tables of the data folder and the built-in one
    #[command(after_help = "Examples:\n  antipode table list\n  antipode table list --json")]
    List,
    /// Walk through the checks of a table, nobody on it, and write its commissioning record
    #[command(after_help = "\
It asks on the terminal for what each check gave and moves nothing itself. Only what is missing,
failed, has changed or is older than twelve months is asked; every answer is kept at once.

Examples:
  antipode table commission attic
  antipode table commission tables/attic.toml")]
    Commission {
        /// Table: the name of a table in the data folder, or a file
        #[arg(value_name = "TABLE")]
        table: PathBuf,
    },
    /// Move an empty bed while a key is held: for setting a table up, never with a person
    #[command(after_help = "\
At a terminal beside the table. It asks first whether the bed is empty. Hold d for head-down, u for
head-up; letting go stops the bed, space is STOP, q ends it and brings the bed up. It goes below
horizontal only with a commissioning record that holds.

Examples:
  antipode table jog attic --empty
  antipode table jog tables/attic.toml --empty")]
    Jog {
        /// Table: the name of a table in the data folder, or a file
        #[arg(value_name = "TABLE")]
        table: PathBuf,
        /// Nobody is on the bed; without this there is no jog
        #[arg(long, required = true)]
        empty: bool,
    },
    /// Bring the bed up to the rest band; needs no plan and no commissioning record
    #[command(after_help = "\
For a bed that was left head-down. A session that runs has its own RETURN.
With STOP on, the bed comes up only as long as somebody at this terminal keeps pressing r (or Enter);
Ctrl-C, a signal and a closed terminal move nothing then. Without STOP they let it go on coming up,
and space, or Ctrl-C a second time, is STOP. Exit 0: it is up; 4: STOP is on; 5: it did not come.

Examples:
  antipode table return attic
  antipode table return tables/attic.toml")]
    Return {
        /// Table: the name of a table in the data folder, or a file
        #[arg(value_name = "TABLE")]
        table: PathBuf,
    },
    /// List the serial ports of this machine; none of them is opened
    #[command(after_help = "Examples:\n  antipode table scan\n  antipode table scan --json")]
    Scan,
    /// Say what a table is, whether its commissioning record holds, and how deep it may go
    #[command(after_help = "\
Where another program drives the table it says which, and disturbs nothing (exit 1).

Examples:
  antipode table show attic
  antipode table show attic --json")]
    Show {
        /// Table: `sim`, the name of a table in the data folder, or a file
        #[arg(value_name = "TABLE")]
        table: PathBuf,
    },
    /// Print what a table reports, once a second; nothing is sent that moves or arms it
    #[command(after_help = "\
Where another program drives the table it says which, and disturbs nothing (exit 1).
With --json every line is a document.

Examples:
  antipode table watch attic
  antipode table watch attic --seconds 10 --trace-wire bytes.txt")]
    Watch(WatchArgs),
}

/// `table watch`.
#[derive(Debug, Args)]
pub struct WatchArgs {
    /// Table: the name of a table in the data folder, or a file
    #[arg(value_name = "TABLE")]
    pub name: PathBuf,
    /// End after N seconds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub seconds: Option<u32>,
    /// Write every byte of the line, with its time, into the new file FILE
    #[arg(long, value_name = "FILE")]
    pub trace_wire: Option<PathBuf>,
}

/// `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// Scenario files
    #[arg(value_name = "SCENARIO", required = true)]
    pub scenarios: Vec<PathBuf>,
}

/// `soak`.
#[derive(Debug, Args)]
pub struct SoakArgs {
    /// First seed and the one after the last
    #[arg(long, value_name = "A..B", value_parser = parse_seeds, allow_hyphen_values = true)]
    #[arg(required_unless_present = "canaries", conflicts_with = "canaries")]
    pub seeds: Option<Range<u64>>,
    /// Run every deliberately broken variant; each must be caught
    #[arg(long, hide = !cfg!(feature = "canary"))]
    pub canaries: bool,
}

/// `sim-serve`.
#[derive(Debug, Args)]
pub struct SimServeArgs {
    /// What is spoken on the port: `link`, `jrk`, `tic`, `roboclaw`, `linak`, `leadshine`,
    /// `witmotion`, `bno-rvc`, `nonin`
    #[arg(long, value_name = "DIALECT", default_value = "link")]
    pub dialect: String,
    /// Number from which everything random is drawn
    #[arg(long, value_name = "N", default_value_t = 1)]
    #[arg(value_parser = parse_seed, allow_negative_numbers = true)]
    pub seed: u64,
    /// Simulated table: `sim`, the name of one in the data folder, or a file
    #[arg(long, value_name = "TABLE", default_value = "sim")]
    pub table: PathBuf,
    /// Person on it: `virtual`, the name of one in the data folder, or a file
    #[arg(long, value_name = "PERSON", default_value = "virtual")]
    pub person: PathBuf,
    /// Break something: what, when, and for how long, as `link-cut@30s:3s`
    #[arg(long = "fault", value_name = "KIND@AT[:FOR]")]
    pub faults: Vec<String>,
}

/// `guardian`.
#[derive(Debug, Args)]
pub struct GuardianArgs {
    /// Table: the name of a table in the data folder, or a file
    #[arg(long, value_name = "TABLE")]
    pub table: PathBuf,
    /// Where hosts find it
    #[arg(long, value_name = "SOCKET")]
    pub socket: PathBuf,
    /// Terminal whose bell it rings when it holds somebody alone
    #[arg(long, value_name = "TTY")]
    pub bell: Option<PathBuf>,
    /// Program that it then runs, with what is wrong as its argument; else `ANTIPODE_ALARM`
    #[arg(long, value_name = "PROGRAM")]
    pub alarm: Option<PathBuf>,
}

fn parse_seed(text: &str) -> Result<u64, String> {
    text.parse().map_err(|_| format!("give a whole number from 0 to {}", u64::MAX))
}

fn parse_seeds(text: &str) -> Result<Range<u64>, String> {
    let parsed = text
        .split_once("..")
        .and_then(|(first, last)| Some(first.parse::<u64>().ok()?..last.parse::<u64>().ok()?));
    parsed.filter(|seeds| !seeds.is_empty()).ok_or_else(|| {
        "give the first seed, from 0 on, and the one after the last, as `0..500`".to_owned()
    })
}

/// `replay`.
#[derive(Debug, Args)]
pub struct ReplayArgs {
    /// A journal file, or the identifier of a session in the data folder
    #[arg(value_name = "JOURNAL")]
    pub journal: PathBuf,
}

/// `history`.
#[derive(Debug, Args)]
pub struct HistoryArgs {
    /// Show at most N sessions, the latest
    #[arg(long, value_name = "N", value_parser = parse_last, allow_negative_numbers = true)]
    pub last: Option<usize>,
}

/// Sessions that can be listed at most; nobody reads more.
const MOST_LISTED: usize = 1_000_000;

fn parse_last(text: &str) -> Result<usize, String> {
    text.parse()
        .ok()
        .filter(|last| (1..=MOST_LISTED).contains(last))
        .ok_or_else(|| format!("give a whole number from 1 to {MOST_LISTED}"))
}

/// `config ...`.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Show every setting, its value and where it comes from
    #[command(after_help = "Examples:\n  antipode config show\n  antipode config show --json")]
    Show,
}

/// `schema`.
#[derive(Debug, Args)]
pub struct SchemaArgs {
    /// Kind of file; without it the kinds are listed
    #[arg(value_name = "KIND", conflicts_with_all = ["check", "write"])]
    pub kind: Option<String>,
    /// Compare with the schemas in DIR
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = SCHEMA_FOLDER)]
    #[arg(conflicts_with = "write")]
    pub check: Option<PathBuf>,
    /// Write every schema into DIR
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = SCHEMA_FOLDER)]
    pub write: Option<PathBuf>,
}

/// Where a clone of the project keeps its schemas.
const SCHEMA_FOLDER: &str = "configs/schemas";

#[cfg(test)]
mod tests;
