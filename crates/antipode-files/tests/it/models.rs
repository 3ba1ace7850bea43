//! Model files: what a kind of table is and what is spoken to its drive.

use antipode_device::{Dialect, DriveModel, HostLoss, ModbusMotion, Proof, Rates, RegisterBank};
use antipode_files::{Findings, example_models, read_model};
use antipode_safety::Millis;
use proptest::prelude::*;

use crate::{brief, source};

fn example(name: &str) -> &'static str {
    example_models().iter().find(|(known, _)| *known == name).unwrap().1
}

/// The example called `name` with one text replaced.
fn changed(name: &str, from: &str, to: &str) -> Result<DriveModel, Findings> {
    let text = example(name);
    assert!(text.contains(from), "{from} is not in {name}");
    read_model(&source(&text.replacen(from, to, 1))).map(|read| read.value)
}

/// What is found wrong with that change, without lines and columns.
fn problems(name: &str, from: &str, to: &str) -> Vec<String> {
    let findings = changed(name, from, to).expect_err(to);
    let list = findings.list().iter();
    list.map(|finding| finding.problem.to_string()).collect()
}

#[test]
fn every_example_is_read_and_says_that_nobody_tried_it() {
    assert_eq!(example_models().len(), 5);
    for (name, text) in example_models() {
        let read = read_model(&source(text)).unwrap_or_else(|findings| panic!("{findings}"));
        assert!(read.warnings.is_empty(), "{name}");
        assert_eq!(read.value.name, *name);
        assert_eq!(read.value.proof, Proof::UnverifiedOnHardware, "{name}");
    }
}

#[test]
fn examples_are_all_that_lies_in_the_folder() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../configs/models");
    let mut files: Vec<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    files.sort();
    let names: Vec<String> =
        example_models().iter().map(|(name, _)| format!("{name}.toml")).collect();
    assert_eq!(files, names);
}

#[test]
fn a_model_is_read_exactly_as_it_stands() {
    let model = read_model(&source(example("roboclaw"))).unwrap().value;
    assert!(matches!(model.rates, Rates::Range { .. }));
    assert_eq!((model.lease, model.drive_timeout), (Millis::new(250), Millis::new(500)));
    assert_eq!((model.stop_decel, model.current_limit_ma), (4_000, Some(6_000)));
    let points: Vec<_> =
        model.stroke.points().iter().map(|point| (point.at, point.tilt.millideg())).collect();
    assert_eq!(points, [(1_000_000, -75_000), (1_150_000, 0), (1_220_000, 30_000)]);
    let Dialect::RoboClaw(settings) = model.dialect else { panic!("{:?}", model.dialect) };
    assert_eq!((settings.address, settings.timeout_tenths.get()), (0x80, 3));
}

#[test]
fn hexadecimal_addresses_and_scales_are_taken_exactly() {
    let model = read_model(&source(example("leadshine-cs2rs-jog"))).unwrap().value;
    let Dialect::Modbus(profile) = model.dialect else { panic!("{:?}", model.dialect) };
    let position = profile.reads.position.number;
    assert_eq!((position.register.bank, position.register.addr), (RegisterBank::Holding, 0x1014));
    assert_eq!(position.scale.to_thousandths(10_000), Some(1_000));
    assert_eq!(position.scale.to_thousandths(-25_000), Some(-2_500));
    let ModbusMotion::Jog { out, inward } = profile.motion else { panic!("JOG only") };
    assert_eq!((out.addr, out.value, inward.value), (0x1801, 0x4001, 0x4002));
    assert_eq!(profile.host_loss, HostLoss::JogRepeat { within: Millis::new(100) });
}

#[test]
fn a_profile_without_a_host_loss_action_is_read_only_unless_something_outside_cuts_it() {
    let linak = read_model(&source(example("linak-la36"))).unwrap().value;
    assert!(linak.read_only().unwrap().contains("only read"), "{:?}", linak.read_only());
    let external = "kind = \"external\"\nwithin = \"300ms\"\nfed_by = \"any request\"";
    let cut = example("linak-la36").replacen("kind = \"none\"", external, 1);
    let known = cut.replacen("placeholder = \"yes\"", "placeholder = \"no\"", 1);
    assert_eq!(read_model(&source(&known)).unwrap().value.read_only(), None);
}

#[test]
fn a_profile_whose_stop_is_a_placeholder_is_read_only_whatever_cuts_it() {
    let external = "kind = \"external\"\nwithin = \"300ms\"\nfed_by = \"any request\"";
    let linak = changed("linak-la36", "kind = \"none\"", external).unwrap();
    let leadshine = read_model(&source(example("leadshine-cs2rs-jog"))).unwrap().value;
    for model in [linak, leadshine] {
        let why = model.read_only().expect("it is only read");
        assert!(why.contains("calls its stop a placeholder"), "{why}");
    }
    for said in ["placeholder = \"no\"", ""] {
        let known = changed("leadshine-cs2rs-jog", "placeholder = \"yes\"", said).unwrap();
        assert_eq!(known.read_only(), None);
    }
    problems("linak-la36", "placeholder = \"yes\"", "placeholder = \"perhaps\"");
}

#[test]
fn the_mains_are_told_from_a_low_supply_by_a_higher_limit() {
    let limit = "current_limit_a = 6.0";
    let found = |more: &str| changed("roboclaw", limit, &format!("{limit}\n{more}"));
    let model = found("supply_low_v = 20.5\nmains_lost_v = 23").unwrap();
    assert_eq!((model.supply_low_mv, model.mains_lost_mv), (Some(20_500), Some(23_000)));
    let crossed = found("supply_low_v = 23\nmains_lost_v = 23").unwrap_err().to_string();
    assert!(crossed.contains("must be above supply_low_v"), "{crossed}");
}

#[test]
fn a_limit_of_a_supply_that_no_register_tells_is_refused() {
    let limit = "current_limit_a = 5.0\nsupply_low_v = 20";
    let found = problems("linak-la36", "current_limit_a = 5.0", limit);
    assert!(found[0].contains("add [modbus.read.supply]"), "{found:?}");
    let text = example("linak-la36").replacen("current_limit_a = 5.0", limit, 1);
    let register = "[modbus.read.supply]\nfc = 4\naddr = 9\ntype = \"u16\"\nscale = 0.1\n\n";
    let text =
        text.replacen("[modbus.write.target]", &format!("{register}[modbus.write.target]"), 1);
    let model = read_model(&source(&text)).unwrap().value;
    assert_eq!(model.supply_low_mv, Some(20_000));
    let Dialect::Modbus(profile) = model.dialect else { panic!("{:?}", model.dialect) };
    assert_eq!(profile.reads.supply.unwrap().register.addr, 9);
}

#[test]
fn a_bed_that_does_not_hold_itself_is_read_only_whatever_drives_it() {
    for (name, text) in example_models() {
        let text = text.replace("self_locking = \"yes\"", "self_locking = \"no\"");
        let model = read_model(&source(&text)).unwrap().value;
        assert!(model.read_only().is_some(), "{name}");
    }
}

#[test]
fn a_stroke_that_turns_back_is_shown_at_its_point() {
    let findings =
        changed("roboclaw", "{ at = 1150, tilt_deg = 0 }", "{ at = 1150, tilt_deg = 31 }");
    assert_eq!(brief(&findings.unwrap_err()), ["35:29 conflict"]);
    let findings =
        changed("roboclaw", "{ at = 1150, tilt_deg = 0 }", "{ at = 1000, tilt_deg = 0 }");
    assert_eq!(brief(&findings.unwrap_err()), ["34:12 conflict"]);
    let findings =
        changed("roboclaw", "{ at = 1220, tilt_deg = 30 }", "{ at = 1220, tilt_deg = 0 }");
    assert_eq!(brief(&findings.unwrap_err()), ["35:29 conflict"]);
    let fine = "{ at = 1150.0001, tilt_deg = 0 }";
    let findings = changed("roboclaw", "{ at = 1150, tilt_deg = 0 }", fine);
    assert_eq!(brief(&findings.unwrap_err()), ["34:12 number"]);
    let flat = changed("roboclaw", "travel_deg = [-75, 30]", "travel_deg = [-75, 31]");
    assert_eq!(
        flat.unwrap_err().list()[0].problem.to_string(),
        "`travel_deg` goes beyond the tilts of the stroke table"
    );
}

#[test]
fn a_counter_that_starts_anew_is_never_a_place_on_the_stroke() {
    let near = example("roboclaw")
        .replace("at = 1000", "at = 0")
        .replace("at = 1150", "at = 150")
        .replace("at = 1220", "at = 220");
    let findings = read_model(&source(&near)).unwrap_err();
    let said = findings.list()[0].problem.to_string();
    assert!(said.starts_with("`stroke` lies near 0"), "{said}");
    let absolute = near.replace("counter = \"from power-on\"", "counter = \"absolute\"");
    assert!(read_model(&source(&absolute)).is_ok());
}

#[test]
fn everything_that_is_wrong_is_said_at_once() {
    let text = example("linak-la36")
        .replace("self_locking", "self_lokcing")
        .replace("baud = 19200", "baud = 1")
        .replace("kind = \"none\"", "kind = \"nothing\"")
        .replace("means = \"idle\"", "means = \"idel\"");
    let findings = read_model(&source(&text)).unwrap_err();
    let codes: Vec<_> = findings.list().iter().map(|f| f.problem.code()).collect();
    assert_eq!(
        codes,
        ["missing-key", "unknown-key", "out-of-range", "unknown-word", "unknown-word"]
    );
    let near = findings.list()[1].problem.help().unwrap();
    assert_eq!(near, "did you mean `self_locking`?");
}

#[test]
fn speeds_must_fit_together() {
    for wrong in ["slowest_deg_per_s = 3.5", "fixed_deg_per_s = 1", "# "] {
        let said = problems("roboclaw", "slowest_deg_per_s = 0.5", wrong);
        assert!(said[0].starts_with("`fastest_deg_per_s`"), "{wrong}: {said:?}");
    }
}

#[test]
fn one_file_is_one_drive() {
    let both = "[tic]\ncrc = \"yes\"\nanswers_crc = \"no\"\n[jrk]";
    assert_eq!(
        problems("pololu-jrk", "[jrk]", both),
        ["`tic` stands beside another dialect; one file is one drive"]
    );
    assert_eq!(
        problems("pololu-jrk", "dialect = \"jrk\"", "dialect = \"tic\""),
        [
            "`dialect` needs a table of the same name with its settings",
            "`jrk` stands beside another dialect; one file is one drive",
        ]
    );
    let said = problems("pololu-jrk", "dialect = \"jrk\"", "dialect = \"jrc\"");
    assert_eq!(said, ["`dialect` does not know the word `jrc`"]);
}

#[test]
fn a_profile_that_contradicts_itself_is_refused() {
    for (name, from, to, said) in [
        ("linak-la36", "value = 0                       #", "value = 70000 #", "`value` is 70000"),
        (
            "linak-la36",
            "{ value = 1, means = \"out\" }",
            "{ value = 0, means = \"out\" }",
            "`value` has a",
        ),
        ("linak-la36", "bit = 0", "bit = 16", "`bit` is 16"),
        (
            "linak-la36",
            "valid_bit = { addr = 2",
            "valid_bit = { addr = 16",
            "`valid_bit` is too far",
        ),
        ("linak-la36", "verify = \"readback\"", "verify = \"echo\"", "`require_readback` is yes"),
        ("linak-la36", "most = 180.0", "most = 7000.0", "`type` cannot hold"),
        ("linak-la36", "least = 0.0", "least = 180.0", "`most` must be above"),
        ("linak-la36", "horizon = 4.0", "horizon = 0", "`horizon` is 0"),
        (
            "linak-la36",
            "stop_patience = \"40ms\"",
            "stop_patience = \"96ms\"",
            "`stop_patience` must",
        ),
        ("linak-la36", "turnaround = \"5ms\"", "turnaround = \"80ms\"", "`turnaround` must"),
        ("linak-la36", "drain_quiet = \"200ms\"", "drain_quiet = \"5ms\"", "`drain_quiet` must"),
        ("linak-la36", "kind = \"none\"", "kind = \"register\"", "`kind` needs"),
        (
            "linak-la36",
            "kind = \"none\"",
            "kind = \"none\"\nwithin = \"1s\"",
            "`within` means nothing",
        ),
        (
            "linak-la36",
            "kind = \"none\"",
            "kind = \"jog_repeat\"\nwithin = \"1s\"",
            "`host_loss` jog_repeat",
        ),
        (
            "linak-la36",
            "[modbus.write.run]",
            "[modbus.write.jog_out]",
            "`write` needs target and run",
        ),
        ("leadshine-cs2rs-jog", "value = 0x4002", "value = 0x4001", "`jog_in` is the same"),
        ("leadshine-cs2rs-jog", "addr = 0x1014", "addr = 0xffff", "`addr` leaves no room"),
        ("leadshine-cs2rs-jog", "counts = 10000", "counts = 0", "`counts` is 0"),
        ("roboclaw", "timeout = \"300ms\"", "timeout = \"350ms\"", "`timeout` must be a whole"),
        ("roboclaw", "timeout = \"300ms\"", "timeout = \"0s\"", "`timeout` is 0"),
        ("roboclaw", "address = 0x80", "address = 0x88", "`address` is 136"),
        ("pololu-jrk", "crc = \"yes\"", "crc = true", "`crc` must be"),
    ] {
        let found = problems(name, from, to);
        assert!(found.iter().any(|found| found.starts_with(said)), "{to}: {found:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_model_with_lines_lost_and_values_changed_is_refused_with_a_reason_or_read(
        which in 0_usize..5,
        lost in any::<proptest::sample::Index>(),
        line in any::<proptest::sample::Index>(),
        value in prop_oneof![
            Just("0"), Just("-1"), Just("65535"), Just("65536"), Just("99999999999999999999"),
            Just("1e9"), Just("\"none\""), Just("[]"), Just("{}"), Just("[{}]"), Just("nan"),
            Just("2147483647"), Just("0.001"), Just("\"0.1s\""),
        ],
    ) {
        let lines: Vec<&str> = example_models()[which].1.lines().collect();
        let lost = lost.index(lines.len());
        let changed = line.index(lines.len());
        let text: Vec<String> = lines.iter().enumerate().filter(|(index, _)| *index != lost)
            .map(|(index, line)| match line.split_once(" = ") {
                Some((key, _)) if index == changed => format!("{key} = {value}"),
                Some(_) | None => (*line).to_owned(),
            })
            .collect();
        if let Err(findings) = read_model(&source(&text.join("\n"))) {
            prop_assert!(findings.has_error());
            prop_assert!(!findings.is_empty());
        }
    }
}
