//! Arguments and streams that nobody means well with.

use std::ffi::OsString;
use std::fs::File;
use std::os::unix::ffi::OsStringExt;
use std::process::{Command, Stdio};

use super::run;

#[test]
fn bytes_that_are_no_text_never_panic() {
    let bad = OsString::from_vec(vec![b'x', 0xff, 0xfe]);
    for before in [&[][..], &["plan", "check"], &["--config"], &["schema"], &["demo", "--seed"]] {
        let output =
            Command::new(env!("CARGO_BIN_EXE_antipode")).args(before).arg(&bad).output().unwrap();
        // A path may be any bytes; alone, the flag before it asks for nothing but the help.
        let expect = if before == ["--config"] { 0 } else { 2 };
        assert_eq!(output.status.code(), Some(expect), "{before:?}");
        assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{before:?}");
    }
}

#[test]
fn odd_arguments_end_with_usage_and_never_panic() {
    let long = "x".repeat(100_000);
    for arguments in [
        vec![""],
        vec!["--"],
        vec!["--data", "", "history"],
        vec!["plan", "check", ""],
        vec!["plan", "check", long.as_str()],
        vec!["schema", long.as_str()],
        vec!["demo", "--seed", "-1"],
        vec!["demo", "--seed", "1e308"],
        vec!["demo", "--speed", "nan"],
        vec!["soak", "--seeds", "9..1"],
        vec!["-v", "-q", "drivers"],
    ] {
        let output = run(&arguments);
        let code = output.status.code();
        assert!(matches!(code, Some(0 | 2 | 3)), "{arguments:?}: {code:?}");
        assert!(!super::stderr(&output).contains("panicked"), "{arguments:?}");
    }
}

#[test]
fn a_negative_number_is_refused_with_the_range() {
    for (arguments, range) in [
        (vec!["demo", "--seed", "-1"], "from 0 to 18446744073709551615"),
        (vec!["demo", "--speed", "-1"], "from 1 to 1000, or `max`"),
        (vec!["demo", "--speed", "-1.5"], "from 1 to 1000, or `max`"),
        (vec!["soak", "--seeds", "-1..3"], "from 0 on"),
        (vec!["history", "--last", "-1"], "from 1 to 1000000"),
    ] {
        let output = run(&arguments);
        let said = super::stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {said}");
        assert!(said.contains("invalid value '-1"), "{arguments:?}: {said}");
        assert!(said.contains(range), "{arguments:?}: {said}");
    }
}

#[test]
fn a_reader_that_leaves_is_no_error() {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let status = Command::new(env!("CARGO_BIN_EXE_antipode"))
        .args(["completions", "bash"])
        .stdout(writer)
        .stderr(Stdio::null())
        .status()
        .unwrap();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn a_full_disk_is_an_error() {
    let output = Command::new(env!("CARGO_BIN_EXE_antipode"))
        .args(["completions", "bash"])
        .stdout(File::options().write(true).open("/dev/full").unwrap())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("could not write"));
}
