//! How findings look, to people and to programs.

use antipode_core::plan::CheckContext;
use antipode_files::{MOST_FINDINGS, check_plan, read_plan};
use antipode_safety::{Limits, Setting};

use crate::{CLEAN, source};

#[test]
fn a_word_that_is_not_known_gets_the_near_one_and_all_the_others() {
    let text = CLEAN.replace("[[bout]]", "[[bout]]\nkind = \"cycle\"");
    let drawn = read_plan(&source(&text)).unwrap_err().render(false);
    for part in ["did you mean `cyclic`?", "it can be: static,", "oscillate", "self_paced"] {
        assert!(drawn.contains(part), "{part}: {drawn}");
    }
}

#[test]
fn a_finding_is_drawn_under_its_line_with_the_suggestion() {
    let text = CLEAN.replace("hold =", "hodl =");
    let drawn = read_plan(&source(&text)).unwrap_err().render(false);
    let expect = "\
error: there is no key `hodl` here
  --> test.toml:10:1
   |
10 | hodl = \"1m\"
   | ^^^^ did you mean `hold`?";
    assert!(drawn.contains(expect), "{drawn}");
    assert_eq!(drawn.matches("did you mean").count(), 1, "{drawn}");
    assert!(!drawn.contains('\u{1b}'), "{drawn}");
}

#[test]
fn colours_come_only_when_asked_for() {
    let text = CLEAN.replace("hold =", "hodl =");
    assert!(read_plan(&source(&text)).unwrap_err().render(true).contains('\u{1b}'));
}

#[test]
fn control_characters_of_a_file_do_not_reach_the_terminal() {
    let text = CLEAN.replace("hold =", "\"ho\\u001b[2Jld\" =");
    let findings = read_plan(&source(&text)).unwrap_err();
    assert!(!findings.render(false).contains('\u{1b}'));
    let text = "schema = 1 # \u{1b}[2J\n";
    assert!(!read_plan(&source(text)).unwrap_err().render(false).contains('\u{1b}'));
}

#[test]
fn a_finding_is_an_object_for_programs() {
    let text = CLEAN.replace("tilt_deg = 20", "tilt_deg = 61");
    let limits = Limits::hard(Setting::Home);
    let findings =
        check_plan(&source(&text), &limits, |plan| CheckContext::alone_with_file(plan.attendance))
            .unwrap_err();
    let json = findings.to_json();
    let finding = &json["findings"][0];
    for (key, value) in [
        ("severity", "error"),
        ("code", "plan-rule"),
        ("rule", "tilt"),
        ("at", "block 1"),
        ("value", "61°"),
        ("limit", "60°"),
        ("layer", "hard limit"),
        ("why", "most that is allowed at home"),
        ("file", "test.toml"),
    ] {
        assert_eq!(finding[key], value, "{key}");
    }
    assert_eq!((finding["line"].as_u64(), finding["column"].as_u64()), (Some(9), Some(12)));
}

#[test]
fn a_flood_of_findings_is_counted_not_kept() {
    let mut text = CLEAN.lines().take(6).collect::<Vec<_>>().join("\n");
    for n in 0..5_000 {
        text.push_str(&format!("\nwrong_{n} = 1"));
    }
    let findings = read_plan(&source(&text)).unwrap_err();
    assert_eq!(findings.list().len(), MOST_FINDINGS);
    assert_eq!(findings.more(), 5_000 + 1 - MOST_FINDINGS);
    assert!(findings.render(false).ends_with("more findings in test.toml"));
}

#[test]
fn a_line_too_long_to_draw_is_named() {
    let text = format!("{CLEAN}\n{} = 1\n", "x".repeat(10_000));
    let drawn = read_plan(&source(&text)).unwrap_err().render(false);
    assert!(drawn.len() < 1_000 && !drawn.contains(" | "), "{drawn}");
    assert!(drawn.contains("test.toml:16:1") || drawn.contains("test.toml:17:1"), "{drawn}");
}
