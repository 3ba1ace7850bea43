//! `antipode plan check`.

use std::path::{Path, PathBuf};

use antipode_files::{Findings, Source};
use serde_json::{Value, json};

use super::table::ForTable;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::{Output, Paint};
use crate::plans;

/// What came of one file.
enum Verdict {
    /// It can run; with warnings, perhaps.
    Good(Findings),
    /// It cannot.
    Bad(Findings),
    /// It could not be read at all.
    Unread(Failure),
}

/// Checks every file and shows all findings. The worst one decides how the program ends.
pub(super) fn run(files: &[PathBuf], table: Option<&ForTable>, out: &mut Output) -> Exit {
    let verdicts: Vec<(&PathBuf, Verdict)> =
        files.iter().map(|file| (file, check(file, table))).collect();
    if out.json() {
        let files: Vec<Value> = verdicts.iter().map(|(file, v)| object(file, v)).collect();
        out.document(&match table {
            Some(table) => json!({ "files": files, "table_void_because": table.void }),
            None => json!({ "files": files }),
        });
    } else {
        for (file, verdict) in &verdicts {
            show(file, verdict, out);
        }
        let void = table.map_or(&[][..], |table| table.void.as_slice());
        for why in void {
            out.line(format_args!("the table may not go below horizontal: {why}"));
        }
    }
    verdicts.iter().fold(Exit::Done, |worst, (_, verdict)| worst.worse(exit(verdict)))
}

fn check(file: &Path, table: Option<&ForTable>) -> Verdict {
    let held = |source: &Source| match table {
        Some(table) => table.check(source),
        None => plans::check(source),
    };
    match plans::source(file).map(|source| held(&source)) {
        Ok(Ok(read)) => Verdict::Good(read.warnings),
        Ok(Err(findings)) => Verdict::Bad(findings),
        Err(failure) => Verdict::Unread(failure),
    }
}

const fn exit(verdict: &Verdict) -> Exit {
    match verdict {
        Verdict::Good(_) => Exit::Done,
        Verdict::Bad(_) => Exit::Refused,
        Verdict::Unread(failure) => failure.exit(),
    }
}

fn show(file: &Path, verdict: &Verdict, out: &mut Output) {
    let file = file.display();
    let paint = out.paint();
    match verdict {
        Verdict::Good(warnings) if warnings.is_empty() => {
            out.line(format_args!("{}: {file} keeps every rule", paint.good("ok")));
        }
        Verdict::Good(warnings) => {
            findings(warnings, out);
            let count = warnings.list().len();
            let plural = if count == 1 { "" } else { "s" };
            let ok = paint.good("ok");
            out.line(format_args!("{ok}: {file} can run, with {count} warning{plural}"));
        }
        Verdict::Bad(wrong) => {
            findings(wrong, out);
            let refused = paint.error("refused");
            out.line(format_args!("{refused}: {file} cannot run as it is"));
        }
        Verdict::Unread(failure) => out.talk(failure.draw(out.paint_talk())),
    }
}

fn findings(findings: &Findings, out: &mut Output) {
    let colour = out.paint() == Paint::Colour;
    out.line(findings.render(colour));
    out.line("");
}

/// The findings of one file, as the file reader gives them, and whether it can run.
fn object(file: &Path, verdict: &Verdict) -> Value {
    let (ok, mut object) = match verdict {
        Verdict::Good(findings) => (true, findings.to_json()),
        Verdict::Bad(findings) => (false, findings.to_json()),
        Verdict::Unread(failure) => {
            let finding = json!({
                "severity": "error",
                "code": "unreadable",
                "message": failure.message(),
                "file": file.display().to_string(),
            });
            (false, json!({ "findings": [finding], "more": 0 }))
        }
    };
    if let Some(fields) = object.as_object_mut() {
        fields.insert("file".to_owned(), json!(file.display().to_string()));
        fields.insert("ok".to_owned(), json!(ok));
    }
    object
}
