//! Whatever a file holds, it is refused or read into values in range; nothing panics or hangs.

use antipode_core::plan::{CheckContext, Plan};
use antipode_files::{
    Source, check_plan, presets, read_commissioning, read_model, read_person, read_plan,
    read_scenario, read_site, read_table,
};
use antipode_safety::{Angle, Limits, Setting};
use proptest::prelude::*;

use crate::{CLEAN, WORDS};

/// Reads `text` as every kind of file and draws whatever is found. A plan that is taken must
/// unroll within its bounds and keep within the hard limits.
fn survive(text: &str) {
    let source = Source::new("hostile.toml", text);
    let drawn = [
        read_person(&source).err(),
        read_table(&source).err(),
        read_model(&source).err(),
        read_site(&source).err(),
        read_commissioning(&source).err(),
        read_scenario(&source, &WORDS).err(),
        read_plan(&source).err(),
    ];
    for findings in drawn.into_iter().flatten() {
        assert!(findings.has_error(), "refused without a reason");
        assert!(!findings.render(false).is_empty());
        assert!(findings.to_json().is_object());
    }
    let limits = Limits::hard(Setting::Home);
    let context = |plan: &Plan| CheckContext::alone_with_file(plan.attendance);
    if let Ok(read) = check_plan(&source, &limits, context) {
        let program = read.value.plan.expand().unwrap();
        crate::programs::hold_together(&program);
        assert!(program.max_tilt() <= Angle::from_deg(60).unwrap());
    }
}

#[test]
fn known_ways_to_hurt_a_reader_are_survived() {
    let deep_array = format!("schema = {}1{}", "[".repeat(9_000), "]".repeat(9_000));
    let deep_table = format!("{}x = 1", "a.".repeat(19_000));
    let header = format!("[{}x]\ny = 1", "a.".repeat(19_000));
    let inline = format!("a = {}{}", "{b=".repeat(6_000), "}".repeat(6_000));
    let many_bouts = format!("{CLEAN}{}", "[[bout]]\n".repeat(3_000));
    let long_key = format!("{} = 1", "k".repeat(1_000_000));
    let long_text = format!("title = \"{}\"", "t".repeat(1_000_000));
    let many_keys: String = (0..9_000).map(|n| format!("k{n} = {n}\n")).collect();
    let noise = "= [ ] { } \" ' # \\ \u{0} \u{feff} \u{202e} 1e999 nan -inf 0x 1__0 ".repeat(200);
    for text in
        [deep_array, deep_table, header, inline, many_bouts, long_key, long_text, many_keys, noise]
    {
        survive(&text);
    }
    for text in ["\u{feff}schema = 1", "\r\n\r\n", "\r", "a\0b", "[[bout]]", "bout = 5", "[bout]"] {
        survive(text);
    }
}

#[test]
fn a_file_of_marks_alone_is_refused_before_it_is_parsed() {
    for mark in ["[", "{a=", "a.", "=\n", "k=1\n", "[[bout]]\n", "a=[[],[]]\n"] {
        let most = usize::try_from(antipode_files::MAX_BYTES).unwrap();
        let source = Source::new("x", mark.repeat(most / mark.len()));
        let findings = read_plan(&source).unwrap_err();
        assert_eq!(crate::brief(&findings), ["1:1 too-intricate"], "{mark}");
    }
}

#[test]
fn repeats_that_would_never_end_are_refused_by_arithmetic() {
    let inner = "times = 1000\n[[bout.bout]]\nkind = \"repeat\"\ntimes = 1000\n\
                 [[bout.bout.bout]]\nrepeat = 1000\ntilt_deg = 20\nhold = \"1m\"\nrest = \"60s\"\n\
                 lower_deg_per_s = 1\nraise_deg_per_s = 1\n";
    let head: String = CLEAN.lines().take(6).collect::<Vec<_>>().join("\n");
    let text = format!("{head}\n[[bout]]\nkind = \"repeat\"\n{inner}");
    let findings = read_plan(&Source::new("x", text)).unwrap_err();
    assert!(findings.to_string().contains("the number of segments is 4000001002"), "{findings}");
}

/// Pieces that files are made of, right and wrong.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z_]{1,12} = [0-9.eE+-]{1,8}\n",
        "(tilt_deg|low_deg|ceiling_deg|lower_deg_per_s|raise_deg_per_s) = -?[0-9]{1,3}(\\.[0-9]{1,4})?\n",
        "(hold|rest|ease|limit|at|for) = \"[0-9]{1,3}(s|m|h|ms|)\"\n",
        "(repeat|cycles|times|seed|age) = [0-9]{1,6}\n",
        "kind = \"(static|steps|cyclic|intermittent|oscillate|warm_up|self_paced|prompt|wait|repeat)\"\n",
        Just("[[bout]]\n".to_owned()),
        Just("[[bout.bout]]\n".to_owned()),
        Just("[finish]\n".to_owned()),
        Just("steps = [{ tilt_deg = 20, hold = \"1m\" }, {}]\n".to_owned()),
        "\\PC{0,20}\n",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_is_refused_or_read_in_range(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        survive(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn any_mix_of_pieces_is_refused_or_read_in_range(pieces in proptest::collection::vec(piece(), 0..30)) {
        survive(&format!("schema = 1\nname = \"x\"\ntitle = \"x\"\nevidence = \"x\"\n{}", pieces.concat()));
    }

    #[test]
    fn any_small_change_to_a_preset_is_refused_or_read_in_range(
        which in 0..presets().len(),
        at in any::<proptest::sample::Index>(),
        remove in 0_usize..12,
        insert in "[0-9a-z_=\\[\\]\"'. \n-]{0,8}",
    ) {
        let (_, text) = presets()[which];
        let mut chars: Vec<char> = text.chars().collect();
        let from = at.index(chars.len());
        let to = (from + remove).min(chars.len());
        chars.splice(from..to, insert.chars());
        survive(&chars.into_iter().collect::<String>());
    }
}
