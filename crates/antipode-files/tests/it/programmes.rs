//! Programmes: what can be read, what is refused and where, and that none of those inside the
//! program breaks a cap.

use antipode_core::plan::{CheckContext, Dose, Severity, check};
use antipode_core::programme::{Offer, Programme};
use antipode_files::{Source, built_in_programmes, presets, read_programme};
use antipode_safety::{Angle, Limits, Millis, Setting};

const GUIDE: &str = include_str!("../../../../configs/programmes/guideline.toml");

fn all() -> Vec<Programme> {
    let read = |(name, text): &(&str, &str)| {
        let read = read_programme(&Source::new(*name, *text));
        let programme = read.unwrap_or_else(|findings| panic!("{}", findings.render(false))).value;
        assert_eq!(programme.name(), *name);
        programme
    };
    built_in_programmes().iter().map(read).collect()
}

#[test]
fn the_program_carries_every_programme_of_the_folder() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../configs/programmes");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    names.sort();
    assert_eq!(names, all().iter().map(|found| found.name().to_owned()).collect::<Vec<_>>());
}

/// Every rung of every programme, at every speed it can be offered with, as far as anybody is
/// offered it: what the static check refuses is never one of them.
#[test]
fn no_programme_breaks_its_own_caps_nor_those_of_its_place() {
    for programme in all() {
        let limits = Limits::hard(Setting::Home);
        let context = CheckContext::alone_with_file(programme.attendance());
        for rung in 0..programme.ladder().len() {
            let full = programme.full(rung).unwrap();
            let plan = programme.plan(full).unwrap();
            let findings = check(&plan, &limits, &context);
            let told = format!("{} step {}: {findings:?}", programme.name(), rung + 1);
            assert!(findings.iter().all(|f| f.severity == Severity::Warning), "{told}");
            let dose = Dose::of(&plan.expand().unwrap());
            assert!(dose.hold <= Millis::from_secs(15 * 60), "{told}");
        }
        let slowest = Offer { slowed: u8::MAX, ..programme.full(0).unwrap() };
        let findings = check(&programme.plan(slowest).unwrap(), &limits, &context);
        assert!(findings.iter().all(|f| f.severity == Severity::Warning), "{findings:?}");
        assert!(programme.ladder()[0].tilt <= Angle::clamped(20_000));
    }
}

/// The tops are the doses that the sources name.
#[test]
fn programmes_end_at_the_dose_of_their_source() {
    let tops: Vec<_> = all()
        .iter()
        .map(|programme| {
            let top = programme.ladder()[programme.top()];
            let (weeks, days) = (programme.parts().weeks, programme.parts().days_per_week);
            let hold = top.hold.whole_secs();
            (
                programme.name().to_owned(),
                top.tilt.millideg() / 1_000,
                top.bouts.get(),
                hold,
                weeks,
                days,
            )
        })
        .collect();
    let expect = [
        ("acclimatisation", 20, 3, 60, 1, 3),
        ("build-up", 30, 3, 180, 4, 4),
        ("gentle-oscillation", 30, 1, 20, 6, 4),
        ("guideline", 30, 5, 180, 6, 4),
        ("kim-2013", 30, 3, 180, 6, 4),
        ("low-angle-long", 30, 2, 300, 6, 7),
        ("newcastle-type", 45, 6, 120, 4, 3),
    ];
    assert_eq!(tops, expect.map(|(n, t, b, h, w, d)| (n.to_owned(), t, b, h, w, d)));
}

#[test]
fn what_follows_on_another_programme_names_one_that_exists() {
    let names: Vec<String> = all().iter().map(|found| found.name().to_owned()).collect();
    for programme in all() {
        let after = &programme.parts().entry.after;
        assert!(after.as_ref().is_none_or(|after| names.contains(after)), "{after:?}");
    }
    assert!(presets().len() > names.len());
}

#[test]
fn a_rule_of_the_ladder_is_drawn_under_its_step() {
    let jump = GUIDE.replacen("tilt_deg = 25", "tilt_deg = 26", 1);
    let findings = read_programme(&Source::new("mine.toml", jump.as_str())).unwrap_err();
    let words: Vec<String> = findings.list().iter().map(|f| f.problem.to_string()).collect();
    assert_eq!(words, ["step 4 is 6.000 degrees deeper; it must be at most 5 deeper"]);
    let line = 1 + jump[..jump.find("tilt_deg = 26").unwrap()].matches('\n').count();
    assert_eq!(findings.list()[0].line, line - 1, "at [[step]]");
    assert_eq!(findings.list()[0].problem.code(), "programme-rule");
}

#[test]
fn seven_weeks_and_a_mistyped_key_are_refused_where_they_stand() {
    let long = GUIDE.replacen("weeks = 6", "weeks = 7", 1);
    let findings = read_programme(&Source::new("mine.toml", long.as_str())).unwrap_err();
    let at = findings.list()[0].span.clone();
    assert_eq!(&long[at], "7");
    let typo = GUIDE.replacen("bouts = 3", "bout = 3", 1);
    let findings = read_programme(&Source::new("mine.toml", typo.as_str())).unwrap_err();
    let help: Vec<_> = findings.list().iter().filter_map(|f| f.problem.help()).collect();
    assert!(help.iter().any(|text| text.contains("`bouts`")), "{help:?}");
}

#[test]
fn an_empty_ladder_is_told_at_the_file() {
    let cut = GUIDE.split("[[step]]").next().unwrap().to_owned() + "\n";
    assert!(read_programme(&Source::new("a", cut.as_str())).is_err());
    let none = cut.replacen("[entry]", "step = []\n[entry]", 1);
    let findings = read_programme(&Source::new("a", none.as_str())).unwrap_err();
    assert!(findings.list()[0].problem.to_string().contains("0 steps"), "{findings}");
}
