//! How soon a file that nobody can mean is refused: whoever waits for an answer at the table must
//! not wait for a mistake.

use std::process::Stdio;
use std::time::Instant;

use crate::Rows;
use crate::bad_files::{ARGUMENTS, Argument, make};
use crate::process::{PROGRAM, command};
use crate::report::{Budget, Row};

/// For every bad file, milliseconds.
const MOST_MS: f64 = 200.0;

pub(crate) fn rows() -> Rows {
    let mut rows = Vec::new();
    for argument in &ARGUMENTS {
        let (count, wall, cpu) = slowest_ms(argument)?;
        let name = format!("refuse a bad {} file, slowest of {count}", argument.kind);
        rows.push(
            Row::new(format!("{name}, processor"), cpu, "ms").held_to(Budget::AtMost(MOST_MS)),
        );
        rows.push(Row::new(format!("{name}, wall"), wall, "ms").aimed_at(Budget::AtMost(MOST_MS)));
    }
    Ok(rows)
}

/// How many files under how many commands, and the slowest of them.
fn slowest_ms(argument: &Argument) -> Result<(usize, f64, f64), Box<dyn std::error::Error>> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let (mut count, mut wall, mut cpu) = (0, 0.0_f64, 0.0_f64);
    for bad in make(argument, folder.path())? {
        for words in argument.commands {
            let mut refusing = command(folder.path(), PROGRAM, words);
            refusing.arg(&bad.path).stdout(Stdio::piped()).stderr(Stdio::piped());
            let before = children_ms()?;
            let began = Instant::now();
            let output = refusing.output()?;
            wall = wall.max(began.elapsed().as_secs_f64() * 1_000.0);
            cpu = cpu.max(children_ms()? - before);
            count += 1;
            let said = [output.stdout, output.stderr].concat();
            let named = String::from_utf8_lossy(&said).contains(bad.says);
            if !named || !matches!(output.status.code(), Some(2 | 3)) {
                return Err(format!("{} was not refused: {}", bad.what, output.status).into());
            }
        }
    }
    Ok((count, wall, cpu))
}

/// Processor time of all children that have ended, from `/proc`, in steps of 10 ms.
fn children_ms() -> Result<f64, Box<dyn std::error::Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    // The second field is a name in brackets that may hold blanks and brackets itself.
    let (_, rest) = stat.rsplit_once(')').ok_or("no name in /proc/self/stat")?;
    let ticks: u64 =
        rest.split_ascii_whitespace().skip(13).take(2).filter_map(|t| t.parse::<u64>().ok()).sum();
    Ok(ticks as f64 * 10.0)
}
