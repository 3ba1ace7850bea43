use std::path::PathBuf;

use super::hazards::{Known, check_rows, citations, rows};
use super::source::{File, Tree, blank};
use super::{Finding, Weight, edges, layout, leftovers, lengths, words};
use crate::workspace::{Dependency, Kind, Package};

fn package(dependencies: &[(&str, Kind)]) -> Package {
    let list =
        dependencies.iter().map(|(name, kind)| Dependency { name: (*name).into(), kind: *kind });
    Package {
        folder: PathBuf::new(),
        features: Vec::new(),
        dependencies: list.collect(),
        gated_tests: Vec::new(),
    }
}

fn file(path: &str, text: &str) -> File {
    File::new(path, 0, Some(text.into()))
}

fn fails(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.weight == Weight::Fails).count()
}

#[test]
fn edges_of_the_design_are_allowed() {
    let engine = package(&[
        ("antipode-safety", Kind::Normal),
        ("antipode-core", Kind::Normal),
        ("antipode-device", Kind::Normal),
        ("antipode-records", Kind::Normal),
        ("antipode-sim", Kind::Dev),
        ("tokio", Kind::Normal),
    ]);
    assert_eq!(edges::check_crate("antipode-engine", &engine), []);
    let driver = package(&[("antipode-device", Kind::Normal), ("antipode-link", Kind::Normal)]);
    assert_eq!(edges::check_crate("antipode-driver-acme", &driver), []);
}

#[test]
fn edge_that_is_not_drawn_fails() {
    let core = package(&[("antipode-device", Kind::Normal)]);
    assert_eq!(fails(&edges::check_crate("antipode-core", &core)), 1);
    let engine = package(&[("antipode-sim", Kind::Normal)]);
    assert_eq!(fails(&edges::check_crate("antipode-engine", &engine)), 1);
    let monitor = package(&[("antipode-safety", Kind::Normal)]);
    assert_eq!(fails(&edges::check_crate("antipode-monitor", &monitor)), 1);
    let xtask = package(&[("antipode-core", Kind::Normal)]);
    assert_eq!(fails(&edges::check_crate("xtask", &xtask)), 1);
}

#[test]
fn safety_takes_nothing_from_outside_and_core_no_runtime_or_format() {
    let safety = package(&[("thiserror", Kind::Normal), ("proptest", Kind::Dev)]);
    assert_eq!(fails(&edges::check_crate("antipode-safety", &safety)), 1);
    for name in ["tokio", "serde", "toml"] {
        let core = package(&[(name, Kind::Normal)]);
        assert_eq!(fails(&edges::check_crate("antipode-core", &core)), 1, "{name}");
        let at_build = package(&[(name, Kind::Build)]);
        assert_eq!(fails(&edges::check_crate("antipode-core", &at_build)), 1, "{name}");
    }
}

#[test]
fn crate_in_no_layer_fails() {
    assert_eq!(fails(&edges::check_crate("antipode-utils", &package(&[]))), 1);
}

#[test]
fn outside_crate_with_an_owner_stays_with_it() {
    let device = package(&[("ratatui", Kind::Normal)]);
    assert_eq!(fails(&edges::check_crate("antipode-device", &device)), 1);
}

#[test]
fn blanking_keeps_code_and_lines_and_drops_comments_and_texts() {
    let source = "let a = \"todo! // not a comment\"; // todo!\n/* todo! /* deep */ todo! */ let b = 'x';\nlet c: &'a str = r#\"todo! \"quoted\" \"#;\nlet d = '\\'';\n";
    let code = blank(source);
    assert!(!code.contains("todo!"), "{code}");
    assert!(!code.contains("quoted") && !code.contains("deep"), "{code}");
    assert!(code.contains("let b =") && code.contains("let c: &'a str = r#"), "{code}");
    assert!(code.contains("let d ="), "{code}");
    assert_eq!(code.lines().count(), source.lines().count());
}

#[test]
fn function_length_counts_its_own_lines() {
    let code = "fn declared(a: [u8; 3]);\nfn one() {\n    if a { b }\n\n}\nimpl X {\n    fn two<F: Fn()>(f: F) -> [u8; 2]\n    where\n        F: Fn(),\n    {\n        f()\n    }\n}\ntype P = fn (u8);\n";
    let found = lengths::functions(code);
    let shape: Vec<(&str, usize, usize)> =
        found.iter().map(|f| (f.name.as_str(), f.starts_at, f.lines)).collect();
    assert_eq!(shape, [("one", 2, 3), ("two", 7, 6)]);
}

#[test]
fn long_file_fails_and_long_function_warns() {
    let body = "    call();\n".repeat(80);
    let long_function = format!("fn long() {{\n{body}}}\n");
    let findings = lengths::check_file("a.rs", &long_function);
    assert_eq!((findings.len(), fails(&findings)), (1, 0));
    assert_eq!(fails(&lengths::check_file("a.rs", &"const A: u8 = 1;\n".repeat(501))), 1);
    let warned = lengths::check_file("a.rs", &"const A: u8 = 1;\n".repeat(401));
    assert_eq!((warned.len(), fails(&warned)), (1, 0));
}

#[test]
fn table_of_constants_may_be_long_and_the_code_after_it_still_counts() {
    let table = format!("pub(crate) const TABLE: [u8; 600] = [\n{}];\n", "    1,\n".repeat(600));
    assert_eq!(lengths::check_file("a.rs", &table), []);
    let with_code = format!("{table}{}", "const A: u8 = 1;\n".repeat(501));
    assert_eq!(fails(&lengths::check_file("a.rs", &with_code)), 1);
}

#[test]
fn unfinished_code_fails_anywhere_and_waiting_fails_in_tests_only() {
    let check = |path: &str, text: &str| {
        let file = file(path, text);
        fails(&leftovers::check_rust(&file, file.code.as_deref().unwrap_or_default()))
    };
    assert_eq!(check("a/src/x.rs", "fn a() { todo!() }\n"), 1);
    assert_eq!(check("a/src/x.rs", "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n"), 1);
    assert_eq!(check("a/src/x.rs", "fn a() { std::thread::sleep(b) }\n"), 0);
    assert_eq!(
        check("a/src/x.rs", "#[cfg(test)]\nmod tests {\n fn a() { thread::sleep(b) }\n}\n"),
        1
    );
    assert_eq!(check("a/src/x.rs", "#[cfg(test)]\nmod tests;\nfn a() { thread::sleep(b) }\n"), 0);
    assert_eq!(check("a/tests/it/main.rs", "fn a() { tokio::time::sleep(b) }\n"), 1);
    assert_eq!(check("a/src/x/tests.rs", "fn a() { thread::sleep(b) }\n"), 1);
}

#[test]
fn example_that_must_not_compile_needs_a_twin_that_does() {
    let refused = "/// ```compile_fail\n/// forged();\n/// ```\n";
    let twin = "/// ```\n/// minted();\n/// ```\n";
    assert!(leftovers::check_examples("a.rs", refused).is_some());
    assert_eq!(leftovers::check_examples("a.rs", &[twin, refused].concat()), None);
}

#[test]
fn text_is_clean_at_the_end_of_lines_and_files() {
    assert_eq!(fails(&leftovers::check_text("a.md", "good\n")), 0);
    assert_eq!(fails(&leftovers::check_text("a.md", "bad \n")), 1);
    assert_eq!(fails(&leftovers::check_text("a.md", "bad\r\n")), 1);
    assert_eq!(fails(&leftovers::check_text("a.md", "no end")), 1);
    assert_eq!(fails(&leftovers::check_text("tests/transcripts/a.txt", "as it came \n")), 0);
}

#[test]
fn claims_fail_in_prose_and_a_function_name_does_not() {
    let check = |path: &str, text: &str| {
        let file = file(path, text);
        fails(&words::check_text(path, text, file.code.as_deref()))
    };
    let claim = ["It decom", "presses the spine.\n"].concat();
    assert_eq!(check("README.md", &claim), 1);
    assert_eq!(check("a.rs", &format!("// {claim}")), 1);
    assert_eq!(check("a/src/words/tests.rs", &format!("// {claim}")), 0);
    assert_eq!(check("a.rs", &["fn decom", "press() {}\n"].concat()), 0);
    assert_eq!(check("README.md", &["the E-", "Stop button\n"].concat()), 1);
    assert_eq!(check("README.md", "the exercise-stop rules\n"), 0);
    assert_eq!(check("README.md", &["a hard-wired E-", "stop\n"].concat()), 0);
    assert_eq!(check("a.rs", &["const P: &str = \"/wo", "rk/x\";\n"].concat()), 1);
}

const TABLE: &str = "\
# Hazards
| Id | Hazard | Status | Test |
|-|-|-|-|
| H-01 | stuck | live | `host_freeze_returns`, `freeze.toml` |
| H-02 | cut | planned | |
| H-03 | crank | procedure | docs |

| Id | Other |
|-|-|
| X | y |
";

#[test]
fn live_row_needs_tests_that_exist() {
    let rows = rows(TABLE);
    assert_eq!(rows.len(), 3);
    let both = Known::named(&["host_freeze_returns"], &["freeze.toml"]);
    assert_eq!(check_rows(&rows, &both), []);
    assert_eq!(fails(&check_rows(&rows, &Known::named(&["host_freeze_returns"], &[]))), 1);
    assert_eq!(fails(&check_rows(&rows, &Known::named(&[], &[]))), 2);
}

#[test]
fn row_without_test_order_or_known_status_fails() {
    let bad = |row: &str| {
        let text = format!("| Id | Status | Test |\n|-|-|-|\n{row}\n");
        fails(&check_rows(&rows(&text), &Known::named(&[], &[])))
    };
    assert_eq!(bad("| H-01 | live | |"), 1);
    assert_eq!(bad("| H-02 | planned | |"), 1);
    assert_eq!(bad("| H-01 | done | |"), 1);
    assert_eq!(bad("| first | planned | |"), 1);
    assert_eq!(fails(&check_rows(&[], &Known::named(&[], &[]))), 1);
}

#[test]
fn planned_row_whose_test_exists_asks_to_be_flipped() {
    let text = "| Id | Status | Test |\n|-|-|-|\n| H-01 | planned | `it_holds` |\n";
    let findings = check_rows(&rows(text), &Known::named(&["it_holds"], &[]));
    assert_eq!((findings.len(), fails(&findings)), (1, 0));
}

#[test]
fn citations_are_found_in_either_spelling() {
    let found = citations("// H-07 and I-3.\n// I2C, IEEE-754, HI-01\n");
    assert_eq!(found, [(1, "H-07".to_owned()), (1, "I-03".to_owned())]);
}

#[test]
fn module_that_nothing_names_is_found() {
    let tree = Tree {
        files: vec![
            file("crates/a/src/lib.rs", "mod used;\npub mod folder;\n"),
            file("crates/a/src/used.rs", "#[cfg(test)]\nmod tests;\n"),
            file("crates/a/src/used/tests.rs", ""),
            file("crates/a/src/folder/mod.rs", ""),
            file("crates/a/src/dead.rs", ""),
            file("crates/a/tests/it/main.rs", "mod wire;\n"),
            file("crates/a/tests/it/wire.rs", ""),
            file("crates/a/tests/conformance.rs", ""),
        ],
    };
    let found = layout::unreached_modules(&tree);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found.iter().all(|finding| finding.place == "crates/a/src/dead.rs"));
}

#[test]
fn plan_must_be_mentioned_in_a_document() {
    let mut tree = Tree { files: vec![file("configs/plans/first-week.toml", "")] };
    assert_eq!(fails(&layout::unmentioned_plans(&tree)), 1);
    tree.files.push(file("docs/plans.md", "Start with `first-week`.\n"));
    assert_eq!(layout::unmentioned_plans(&tree), []);
}
