use super::*;
use std::ffi::OsString;

fn layers(file: &str) -> Result<Layers, crate::failure::Failure> {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("antipode.toml");
    std::fs::write(&path, file).unwrap();
    let mut layers = Layers::with_defaults();
    layers.file(&path, true)?;
    Ok(layers)
}

fn environment(name: &str, value: &str) -> Result<Layers, crate::failure::Failure> {
    let mut layers = layers("")?;
    layers.environment([(OsString::from(name), OsString::from(value))].into_iter())?;
    Ok(layers)
}

/// A key that moves, deepens or prolongs anything does not belong here. Whoever adds one to this
/// list answers for that.
#[test]
fn no_setting_touches_what_keeps_a_person_from_harm() {
    let names: Vec<&str> = KEYS.iter().map(|key| key.name).collect();
    assert_eq!(
        names,
        [
            "display.color",
            "display.ascii",
            "display.frames_per_second",
            "log.level",
            "log.format",
            "sound.bell",
            "sound.player",
            // Which keypad and which keys: the self-test before each session has the person press
            // RETURN and STOP, so a wrong one is found before anything moves.
            "hand.device",
            "hand.ok",
            "hand.stop",
            "hand.return",
            "hand.easier",
            "demo.plan",
        ]
    );
    assert!(KEYS.iter().all(|key| key.from_environment != key.name.starts_with("hand.")));
}

#[test]
fn defaults_alone_make_whole_settings() {
    let settings = layers("").unwrap().settings().unwrap();
    assert_eq!(settings.display.frames_per_second, 10);
    assert_eq!(settings.hand.return_key, "KP_PLUS");
    assert!(settings.sound.bell);
}

#[test]
fn a_value_of_another_kind_is_refused_and_never_converted() {
    for (file, expect) in [
        ("[display]\nframes_per_second = 9.9", "must be a whole number from 1 to 30"),
        ("[display]\nframes_per_second = 31", "must be a whole number from 1 to 30"),
        ("[display]\nframes_per_second = \"9\"", "must be a whole number from 1 to 30"),
        ("[sound]\nbell = \"yes\"", "must be true or false"),
        ("[sound]\nbell = 1", "must be true or false"),
        ("[display]\ncolor = \"red\"", "must be one of auto, always, never"),
        ("display = 3", "`display` is a section"),
        ("[display", "this is not TOML"),
    ] {
        let failure = layers(file).unwrap_err();
        assert_eq!(failure.exit().code(), 2, "{file}");
        let drawn = failure.draw(crate::output::Paint::Plain);
        assert!(drawn.contains(expect), "{file}\n{drawn}");
    }
}

#[test]
fn every_problem_of_a_file_is_shown_with_its_line_and_a_suggestion() {
    let failure = layers("[display]\nasci = true\n[sounds]\nbell = true\n").unwrap_err();
    let drawn = failure.draw(crate::output::Paint::Plain);
    assert!(drawn.contains("antipode.toml:2:1"), "{drawn}");
    assert!(drawn.contains("did you mean `ascii`?"), "{drawn}");
    assert!(drawn.contains("antipode.toml:3:2"), "{drawn}");
    assert!(drawn.contains("did you mean `sound`?"), "{drawn}");
}

#[test]
fn environment_is_held_to_the_same_rules() {
    for (name, value, expect) in [
        ("ANTIPODE__DISPLAY__FRAMES_PER_SECOND", "60.9", "must be a whole number"),
        ("ANTIPODE__SOUND__BELL", "yes", "must be true or false"),
        ("ANTIPODE__DISPLAY__ASCI", "true", "did you mean `ANTIPODE__DISPLAY__ASCII`?"),
        ("ANTIPODE__HAND__STOP", "KP_1", "cannot be set by the environment"),
    ] {
        let drawn = environment(name, value).unwrap_err().draw(crate::output::Paint::Plain);
        assert!(drawn.contains(expect), "{name}\n{drawn}");
    }
    let unrelated = environment("ANTIPODE_LOG", "x").unwrap();
    assert_eq!(unrelated.settings().unwrap(), layers("").unwrap().settings().unwrap());
}

#[test]
fn each_value_says_where_it_comes_from() {
    let mut layers = layers("[display]\nascii = true\ncolor = \"always\"\n").unwrap();
    let variable = OsString::from("ANTIPODE__DISPLAY__COLOR");
    layers.environment([(variable, OsString::from("never"))].into_iter()).unwrap();
    let explained = layers.explained().unwrap();
    let of = |name: &str| explained.iter().find(|setting| setting.key.name == name).unwrap();
    assert_eq!(of("display.color").value, "never");
    assert_eq!(of("display.color").origin, "environment variable ANTIPODE__DISPLAY__COLOR");
    assert!(of("display.ascii").origin.ends_with("antipode.toml"));
    assert_eq!(of("log.level").origin, "default");
    assert_eq!(layers.settings().unwrap().colour(), ColourChoice::Never);
}
