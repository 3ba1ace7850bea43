//! Files that nobody can mean, for every argument of the program that names a file. The benchmark
//! takes them too: what is refused must be refused at once.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// One kind of file, and the commands that are given one: the words before its name.
pub(crate) struct Argument {
    /// What the file is.
    pub(crate) kind: &'static str,
    /// The commands.
    pub(crate) commands: &'static [&'static [&'static str]],
    /// A file of this kind that is taken.
    pub(crate) good: &'static str,
    /// A number in it, with its key.
    number: &'static str,
    /// The same value under a key or in a unit that there is not.
    other_unit: &'static str,
}

/// Every argument that names a file which is read.
pub(crate) const ARGUMENTS: [Argument; 5] = [
    Argument {
        kind: "plan",
        commands: &[
            &["plan", "check"],
            &["plan", "preview"],
            &["demo", "--headless", "--plan"],
            &["run", "--headless", "--table", "sim", "--person", "virtual"],
        ],
        good: "schema = 1\nname = \"x\"\ntitle = \"X\"\nevidence = \"none\"\nstrength = \"proposal\"\n\
               requires = \"spotter\"\n[[bout]]\nrepeat = 3\ntilt_deg = 20\nhold = \"1m\"\n\
               rest = \"60s\"\nlower_deg_per_s = 1.5\nraise_deg_per_s = 1.0\n\
               [finish]\nrest = \"2m\"\n",
        number: "tilt_deg = 20",
        other_unit: "tilt_rad = 0.35",
    },
    Argument {
        kind: "table",
        commands: &[&["run", "first-week", "--headless", "--person", "virtual", "--table"]],
        good: "schema = 1\nname = \"x\"\ndriver = \"sim\"\n[limits]\ntilt_deg = 45\n\
               [rescue]\nwithout_power = \"crank\"\n",
        number: "tilt_deg = 45",
        other_unit: "tilt_percent = 50",
    },
    Argument {
        kind: "person",
        commands: &[&["run", "first-week", "--headless", "--table", "sim", "--person"]],
        good: "schema = 1\nname = \"ada\"\nheight_cm = 172\nmass_kg = 70\nage = 41\n\
               sex = \"female\"\nankle_setting = 3\n",
        number: "mass_kg = 70",
        other_unit: "mass_lb = 154",
    },
    Argument {
        kind: "scenario",
        commands: &[&["simulate"]],
        good: "schema = 1\nplan = \"first-week\"\nseed = 8\n[[act]]\nkind = \"stop\"\n\
               at = \"38s\"\n[expect]\nmax_tilt_deg = 30\n",
        number: "seed = 8",
        other_unit: "seed_percent = 8",
    },
    Argument {
        kind: "config",
        commands: &[
            &["config", "show", "--config"],
            &["demo", "--headless", "--config"],
            &["doctor", "--config"],
            &[
                "run",
                "first-week",
                "--headless",
                "--table",
                "sim",
                "--person",
                "virtual",
                "--config",
            ],
        ],
        good: "[display]\nframes_per_second = 5\n",
        number: "frames_per_second = 5",
        other_unit: "frame_ms = 200",
    },
];

/// A file that must be refused.
pub(crate) struct BadFile {
    /// What is wrong with it.
    pub(crate) what: String,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// What the refusal must speak of.
    pub(crate) says: &'static str,
}

/// Files that are too many or too much for any reader: a mark again and again, up to just below the
/// size that is read.
const FLOODS: [&str; 6] = ["[", "{a=", "a.", "=\n", "[[bout]]\n", "k=[{},{}]\n"];
/// The size of such a flood, bytes.
const FLOOD: usize = 4_000_000;
/// More steps than any session has.
const STEPS: usize = 1_000_000;
/// A file that somebody picked by mistake, bytes.
const FILM: u64 = 100_000_000;

/// Makes every bad file of one kind below `folder`.
///
/// # Errors
/// Of the disk.
pub(crate) fn make(argument: &Argument, folder: &Path) -> io::Result<Vec<BadFile>> {
    let Argument { kind, good, number, other_unit, .. } = argument;
    let mut made = Vec::new();
    let mut add = |what: &str, says, text: &[u8]| {
        let path = folder.join(format!("{kind}-{}.toml", made.len()));
        made.push(BadFile { what: format!("{kind}: {what}"), path: path.clone(), says });
        fs::write(path, text)
    };
    let key = number.split(' ').next().unwrap_or_default();
    let strange = ["nan", "inf", "-inf", "1e308", "-30", "99999999999999999999", "\"20\"", "true"];
    for value in strange {
        add(value, key, good.replace(number, &format!("{key} = {value}")).as_bytes())?;
    }
    let wrong_unit = other_unit.split(' ').next().unwrap_or_default();
    add("another unit", wrong_unit, good.replace(number, other_unit).as_bytes())?;
    add("an unknown key", "bogus", format!("{good}bogus = 1\n").as_bytes())?;
    add("cut off", "TOML", format!("{good}[limi").as_bytes())?;
    add("prose", "TOML", b"Dear Ada,\nthirty degrees for three minutes, please.\n")?;
    add("a zero byte", "TOML", format!("{good}\0").as_bytes())?;
    add("bad UTF-8", "not text", &[good.as_bytes(), &[0xff, 0xfe]].concat())?;
    add("UTF-16", "not text", &[0xff, 0xfe, b's', 0, b'c', 0])?;
    // Settings may be empty: then everything is as usual.
    if *kind != "config" {
        add("empty", "empty", b"")?;
        add("blank", "empty", b"\n \n\t\n")?;
    }
    let steps = format!("{good}{}", "[[bout]]\nhold = \"1m\"\n".repeat(STEPS));
    add("a million steps", "bytes", steps.as_bytes())?;
    for mark in FLOODS {
        add(
            &format!("{mark:?} to the end"),
            "more than 20000",
            mark.repeat(FLOOD / mark.len()).as_bytes(),
        )?;
    }
    add("one endless name", "", format!("{} = 1\n", "k".repeat(FLOOD)).as_bytes())?;
    add("one endless text", "", format!("{good}name = \"{}\"\n", "k".repeat(FLOOD)).as_bytes())?;
    if *kind == "plan" {
        let repeated = good.replace("repeat = 3", "repeat = 1000000");
        add("a million repeats", "repeat", repeated.as_bytes())?;
    }
    made.extend(no_files(kind, folder)?);
    Ok(made)
}

/// What has a name and is no file of ours.
fn no_files(kind: &str, folder: &Path) -> io::Result<Vec<BadFile>> {
    let at = |name: &str| folder.join(format!("{kind}-{name}"));
    let film = at("film.toml");
    File::create(&film)?.set_len(FILM)?;
    let directory = at("folder.toml");
    fs::create_dir(&directory)?;
    let pipe = at("pipe.toml");
    // Nobody ever writes to it: whoever opens it for reading waits for ever.
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR)?;
    let link = at("link.toml");
    std::os::unix::fs::symlink(&pipe, &link)?;
    let ring = at("ring.toml");
    std::os::unix::fs::symlink(&ring, &ring)?;
    let socket = at("socket.toml");
    drop(std::os::unix::net::UnixListener::bind(&socket)?);
    let bad = |what: &str, path, says| BadFile { what: format!("{kind}: {what}"), path, says };
    Ok(vec![
        bad("100 MB", film, "bytes"),
        bad("a folder", directory, "is a folder"),
        bad("a pipe that nobody writes to", pipe, "is a pipe"),
        bad("a link to a pipe", link, "is a pipe"),
        bad("a link to itself", ring, "could not be read"),
        bad("a socket", socket, "is a pipe, socket"),
        bad("a device without an end", PathBuf::from("/dev/zero"), "is a pipe, socket or device"),
        bad("not there", at("none.toml"), "there is no file"),
    ])
}
