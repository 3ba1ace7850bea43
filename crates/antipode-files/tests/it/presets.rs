//! What the program carries inside itself, and every example file beside it.

use antipode_core::plan::{Attendance, CheckContext, Plan, Preview};
use antipode_files::{
    FileKind, Source, built_in_people, built_in_screening, built_in_tables, check_plan, presets,
    read_person, read_site, read_table,
};
use antipode_safety::{Limits, Setting};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn configs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs")
}

fn names_in(folder: &str) -> BTreeSet<String> {
    std::fs::read_dir(configs().join(folder))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|end| end == "toml"))
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// Each preset with the limits of the place that it is for.
fn checked(name: &str, text: &str) -> (Plan, Vec<String>) {
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    let source = Source::new(name, text);
    let place = |setting| check_plan(&source, &Limits::hard(setting), context);
    let read = match place(Setting::Home) {
        Ok(read) => read,
        Err(findings) => panic!("{}", findings.render(false)),
    };
    if read.value.plan.attendance == Attendance::Clinician {
        place(Setting::Clinic).unwrap();
    }
    let warnings = read.warnings.list().iter().map(|f| f.problem.to_string()).collect();
    (read.value.plan, warnings)
}

#[test]
fn the_program_carries_every_plan_of_the_folder() {
    let carried: BTreeSet<String> = presets().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(carried, names_in("plans"));
    assert_eq!(carried.len(), presets().len());
    let people: BTreeSet<String> =
        built_in_people().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(people, names_in("people"));
    let sheets: BTreeSet<String> =
        built_in_screening().iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(sheets, names_in("screening"));
    for (name, _) in built_in_tables() {
        assert!(names_in("tables").contains(*name), "{name}");
    }
}

#[test]
fn no_preset_breaks_a_cap_or_even_stretches_an_advice() {
    for (name, text) in presets() {
        let (plan, warnings) = checked(name, text);
        assert_eq!(plan.name, *name);
        assert_eq!(warnings, [""; 0], "{name}");
        let program = plan.expand().unwrap();
        assert!(program.bouts() >= 1, "{name}");
    }
}

/// The figures that the sources give, bout by bout.
#[test]
fn presets_give_the_dose_of_their_source() {
    for (name, bouts, tilt, hold_s, head_down_s) in [
        ("first-day", 3, 15, 180, 240),
        ("first-week", 3, 20, 180, 270),
        ("build-up", 3, 20, 360, 435),
        ("seed-maximum", 5, 30, 900, 1_108),
        ("kim-2013-30", 3, 30, 540, 665),
        ("kim-2013-60", 3, 60, 540, 815),
        ("newcastle-type", 6, 30, 720, 970),
        ("gentle-oscillation", 1, 30, 80, 213),
        ("low-angle-long", 2, 15, 600, 633),
    ] {
        let (_, text) = presets().iter().find(|(known, _)| *known == name).unwrap();
        let preview = Preview::of(&checked(name, text).0.expand().unwrap());
        assert_eq!(preview.dose.bouts.len(), bouts, "{name}");
        assert_eq!(preview.max_tilt.millideg(), tilt * 1_000, "{name}");
        assert_eq!(preview.dose.hold.whole_secs(), hold_s, "{name}");
        assert_eq!(preview.dose.head_down.whole_secs(), head_down_s, "{name}");
    }
}

#[test]
fn the_built_in_people_and_tables_can_be_used() {
    for (name, text) in built_in_people() {
        let person = read_person(&Source::new(*name, *text)).unwrap().value;
        assert_eq!(person.name(), *name);
    }
    for (name, text) in built_in_tables() {
        let table = read_table(&Source::new(*name, *text)).unwrap().value;
        assert_eq!((table.name.as_str(), table.driver.as_str()), (*name, *name));
    }
}

#[test]
fn every_example_file_can_be_read() {
    for name in names_in("tables") {
        let path = configs().join("tables").join(format!("{name}.toml"));
        read_table(&Source::load(&path).unwrap()).unwrap();
    }
    read_site(&Source::load(&configs().join("site.toml")).unwrap()).unwrap();
    // No record of a commissioning is an example: one that vouches for no table misleads.
    assert_eq!(FileKind::ALL.len(), 10);
}
