//! `antipode schema`.

use std::fs;
use std::path::Path;

use antipode_files::{FileKind, schema};
use serde_json::{Value, json};

use crate::cli::SchemaArgs;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::near::near;
use crate::output::Output;
use crate::vocabulary;

/// Prints a schema, or compares or writes all of them.
pub(super) fn run(arguments: &SchemaArgs, out: &mut Output) -> Result<Exit, Failure> {
    if let Some(folder) = &arguments.check {
        return Ok(check(folder, out));
    }
    if let Some(folder) = &arguments.write {
        return write(folder, out);
    }
    let Some(word) = &arguments.kind else {
        list(out);
        return Ok(Exit::Done);
    };
    let kind = FileKind::ALL.into_iter().find(|kind| kind.key() == word).ok_or_else(|| {
        let failure = Failure::usage(format!("there is no kind of file called `{word}`"));
        match near(word, FileKind::ALL.iter().map(|kind| kind.key())) {
            Some(near) => failure.help(format!("did you mean `{near}`?")),
            None => failure.help("`antipode schema` lists the kinds"),
        }
    })?;
    // The schema is the data itself, with and without `--json`.
    out.raw(&text(kind));
    Ok(Exit::Done)
}

fn text(kind: FileKind) -> String {
    format!("{:#}\n", schema(kind, &vocabulary::vocabulary()))
}

fn file_name(kind: FileKind) -> String {
    format!("{}.schema.json", kind.key())
}

fn list(out: &mut Output) {
    let kinds: Vec<&str> = FileKind::ALL.iter().map(|kind| kind.key()).collect();
    if out.json() {
        out.document(&json!({ "kinds": kinds }));
    }
    for kind in kinds {
        out.line(kind);
    }
}

/// Says of each schema in `folder` whether it is the one that this program reads by.
fn check(folder: &Path, out: &mut Output) -> Exit {
    let mut rows: Vec<Value> = Vec::new();
    let mut exit = Exit::Done;
    for kind in FileKind::ALL {
        let path = folder.join(file_name(kind));
        let state = match fs::read_to_string(&path) {
            Ok(found) if found == text(kind) => "same",
            Ok(_) => "differs",
            Err(_) => "missing",
        };
        if state != "same" {
            exit = Exit::Failed;
        }
        out.line(format_args!("{state}: {}", path.display()));
        rows.push(json!({ "file": path.display().to_string(), "state": state }));
    }
    if out.json() {
        out.document(&json!({ "schemas": rows }));
    }
    if exit != Exit::Done {
        out.talk(format_args!("to renew them: antipode schema --write {}", folder.display()));
    }
    exit
}

fn write(folder: &Path, out: &mut Output) -> Result<Exit, Failure> {
    fs::create_dir_all(folder)
        .map_err(|cause| Failure::io(format_args!("make `{}`", folder.display()), &cause))?;
    let mut files = Vec::new();
    for kind in FileKind::ALL {
        let path = folder.join(file_name(kind));
        fs::write(&path, text(kind))
            .map_err(|cause| Failure::io(format_args!("write `{}`", path.display()), &cause))?;
        out.line(format_args!("wrote {}", path.display()));
        files.push(path.display().to_string());
    }
    if out.json() {
        out.document(&json!({ "written": files }));
    }
    Ok(Exit::Done)
}
