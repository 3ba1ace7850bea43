//! The C header: made from this crate, and right when a C compiler has been at it.

use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use antipode_link::MessageType;
use antipode_link::layout::{Kind, fields};

use crate::c_header::{header, snake};
use crate::golden::golden;

/// Everything a careful C project switches on, and no warning let through.
const FLAGS: [&str; 8] =
    ["-std=c99", "-O2", "-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Wshadow", "-Werror"];

pub(crate) fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/firmware-c")
}

/// The C compiler of this machine; none is said loudly, and is no failure of the header.
#[expect(clippy::print_stderr, reason = "a test that cannot run says so")]
fn compiler() -> Option<String> {
    let name = std::env::var("CC").unwrap_or_else(|_| "cc".into());
    let found = Command::new(&name).arg("--version").stdout(Stdio::null()).status();
    if found.is_ok_and(|status| status.success()) {
        return Some(name);
    }
    eprintln!("SKIPPED: no C compiler `{name}` here, so the C header is NOT tested by this run");
    None
}

/// Builds `sources` with the header in reach; the program, or `None` where there is no compiler.
///
/// Every test is a process of its own and may build the same program. Each writes a file of its own
/// name and moves it into place whole: a program that is being written cannot be started (ETXTBSY).
pub(crate) fn build(name: &str, sources: &[&OsStr]) -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let written = program.with_extension(std::process::id().to_string());
    let output = Command::new(compiler()?)
        .args(FLAGS)
        .arg("-I")
        .arg(examples())
        .args(sources)
        .arg("-o")
        .arg(&written)
        .output()
        .expect("the compiler runs");
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && complaints.is_empty(), "{complaints}");
    std::fs::rename(&written, &program).expect("moved into place");
    Some(program)
}

#[test]
fn the_committed_header_is_the_one_that_this_crate_makes() {
    let committed = std::fs::read_to_string(examples().join("antipode_link.h"));
    assert!(
        committed.is_ok_and(|committed| committed == header()),
        "examples/firmware-c/antipode_link.h is not what this crate makes; its first lines say how \
         to make it anew"
    );
}

/// A program that reads frames as hex, and prints each as it is encoded again and what it says.
fn echo_program() -> String {
    let mut out = String::from(
        "#include <stdio.h>\n#include \"antipode_link.h\"\nstatic void say(const struct al_frame *f)\n\
         {\n    switch (f->type) {\n",
    );
    for of in MessageType::ALL {
        let name = snake(&of);
        let mut put = |line: String| writeln!(out, "{line}").expect("a text");
        put(format!("    case AL_{}: {{", name.to_uppercase()));
        put(format!(
            "        printf(\"{of:?} seq=%u session=%08lx\", f->seq, (unsigned long)f->session);"
        ));
        let fields = fields(of);
        if !fields.is_empty() {
            put(format!("        struct al_{name} m; uint8_t again[AL_MAX_BODY];"));
            put(format!("        al_get_{name}(&m, f->body); al_put_{name}(again, &m);"));
            put(format!(
                "        if (memcmp(again, f->body, {}) != 0) printf(\" DIFFERS\");",
                of.body_len()
            ));
        }
        for field in fields {
            let (format, cast) = match field.kind {
                Kind::U32 => ("%lu", "(unsigned long)"),
                Kind::U8 | Kind::I8 | Kind::U16 | Kind::I16 => ("%d", "(int)"),
            };
            put(format!("        printf(\" {}={format}\", {cast}m.{});", field.name, field.name));
        }
        put("        break; }".into());
    }
    out += "    }\n    puts(\"\");\n}\nint main(void)\n{\n    struct al_receiver rx = { { 0 }, 0 };\n    \
            struct al_frame f;\n    unsigned byte;\n    while (scanf(\"%2x\", &byte) == 1) {\n        \
            uint8_t out[AL_MAX_FRAME];\n        size_t i, n;\n        \
            if (!al_receive(&rx, (uint8_t)byte, &f)) continue;\n        n = al_encode(out, &f);\n        \
            for (i = 0; i < n; i++) printf(\"%02x\", out[i]);\n        printf(\" \");\n        say(&f);\n    \
            }\n    return 0;\n}\n";
    out
}

fn run(program: &Path, input: &str) -> String {
    let mut child = Command::new(program)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child.stdin.take().expect("piped").write_all(input.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    String::from_utf8(output.stdout).expect("text")
}

fn echo(name: &str) -> Option<PathBuf> {
    let source = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}.c"));
    std::fs::write(&source, echo_program()).expect("written");
    build(name, &[source.as_os_str()])
}

#[test]
fn a_c_compiler_reads_and_writes_every_golden_frame() {
    let Some(program) = echo("link-echo") else { return };
    let mut input = String::new();
    let mut expected = String::new();
    for golden in golden() {
        input += golden.hex;
        expected += &format!("{} {}\n", golden.hex, golden.says);
    }
    assert_eq!(run(&program, &input), expected);
}

#[test]
fn the_c_decoder_refuses_what_the_rust_decoder_refuses() {
    let Some(program) = echo("link-refuse") else { return };
    let mut input = String::new();
    // Every golden frame with each of its bits turned, one at a time, and cut short at each place.
    for golden in golden() {
        for at in (0..golden.hex.len()).step_by(2) {
            let byte = u8::from_str_radix(&golden.hex[at..at + 2], 16).expect("hex");
            for bit in 0..8 {
                input += &golden.hex[..at];
                input += &format!("{:02x}", byte ^ 1 << bit);
                input += &golden.hex[at + 2..];
            }
            input += &golden.hex[..at];
            input += "00";
        }
    }
    // Lengths, leases, angles, versions and types that no sender may say, each with a good check.
    let packets: [&[u8]; 9] = [
        &[1, 0x11, 1, 0, 1, 0, 0, 0, 0x32, 0, 0, 0],
        &[1, 0x11, 1, 0, 1, 0, 0, 0, 0x32, 0, 0xe9, 3],
        &[1, 0x10, 1, 0, 1, 0, 0, 0, 0x51, 0x46, 1, 0, 1, 0],
        &[1, 0x13, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0],
        &[1, 0x12, 1, 0, 1, 0, 0, 0, 9],
        &[2, 0x12, 1, 0, 1, 0, 0, 0],
        &[1, 0x77, 1, 0, 1, 0, 0, 0],
        &[2, 0x1f, 7, 0, 9, 0, 0, 0, 1, 2, 3],
        &[1, 0x12],
    ];
    for packet in packets {
        let mut whole = packet.to_vec();
        whole.extend(antipode_link::crc::crc32c(packet).to_le_bytes());
        let mut stuffed = [0u8; 64];
        let len = antipode_link::cobs::stuff(&whole, &mut stuffed).expect("short");
        input += "00";
        stuffed[..len].iter().for_each(|byte| input += &format!("{byte:02x}"));
        input += "00";
    }
    let bytes: Vec<u8> = (0..input.len() / 2)
        .map(|i| u8::from_str_radix(&input[2 * i..2 * i + 2], 16).expect("hex"))
        .collect();
    let mut heard = Vec::new();
    antipode_link::Decoder::new().feed(&bytes, |frame| {
        heard.push(format!("{:?} seq={}", frame.message.message_type(), frame.seq));
    });
    let said: Vec<String> = run(&program, &input)
        .lines()
        .map(|line| line.split(' ').skip(1).take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(said, heard);
    assert_eq!(heard.last().map(String::as_str), Some("Stop seq=7"), "STOP in any version");
}
