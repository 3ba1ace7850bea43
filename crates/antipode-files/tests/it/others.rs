//! People, tables, sites and scenarios.

use antipode_core::person::Sex;
use antipode_device::{Axis, Mount, Rescue, Sense};
use antipode_files::{
    AfterStop, ExpectedOutcome, read_person, read_scenario, read_site, read_table,
};
use antipode_safety::{Angle, EffortFigure, Layer, Limits, Millis, Setting, Why};

use crate::{WORDS, brief, source};

const PERSON: &str = "schema = 1\nname = \"ada\"\nheight_cm = 172\nmass_kg = 70\nage = 41\n\
                      sex = \"female\"\nankle_setting = 3\n";

#[test]
fn a_person_is_read() {
    let person = read_person(&source(PERSON)).unwrap().value;
    assert_eq!(person.name(), "ada");
    assert_eq!((person.height_cm(), person.mass_kg(), person.age()), (172, 70, 41));
    assert_eq!((person.sex(), person.ankle_setting()), (Sex::Female, 3));
}

#[test]
fn a_person_who_cannot_use_a_table_is_refused_at_the_fact_that_says_so() {
    for (from, to, expect) in [
        ("age = 41", "age = 17", "5:7 person-rule"),
        ("age = 41", "age = 121", "5:7 person-rule"),
        ("age = 41", "age = 41.5", "5:7 wrong-type"),
        ("height_cm = 172", "height_cm = 146", "3:13 person-rule"),
        ("height_cm = 172", "height_cm = 1.72", "3:13 wrong-type"),
        ("mass_kg = 70", "mass_kg = 137", "4:11 person-rule"),
        ("mass_kg = 70", "mass_kg = 120", "4:11 person-rule"),
        ("mass_kg", "mass_lb", "4:1 unknown-key"),
    ] {
        let findings = read_person(&source(&PERSON.replace(from, to))).unwrap_err();
        assert!(brief(&findings).contains(&expect.to_owned()), "{to}: {findings}");
    }
}

#[test]
fn a_table_narrows_and_never_widens() {
    let text = "schema = 1\nname = \"mine\"\ndriver = \"serial\"\naddress = \"/dev/ttyUSB0\"\n\
                [limits]\ntilt_deg = 45.5\ndeg_per_s = 6\n[rescue]\nwithout_power = \"crank\"\n";
    let table = read_table(&source(text)).unwrap().value;
    assert_eq!((table.driver.as_str(), table.address.0.as_str()), ("serial", "/dev/ttyUSB0"));
    assert_eq!((table.title.as_str(), table.rescue), ("mine", Rescue::Crank));
    let hard = Limits::hard(Setting::Home);
    let limits = table.narrow(hard);
    assert_eq!(limits.tilt().value().millideg(), 45_500);
    assert_eq!(limits.tilt().why(), Why::TableModel);
    assert_eq!(limits.lower_rate(), hard.lower_rate());
}

#[test]
fn a_table_without_a_way_back_carries_nobody_head_down() {
    let text =
        "schema = 1\nname = \"mine\"\ndriver = \"serial\"\n[rescue]\nwithout_power = \"none\"\n";
    let limits = read_table(&source(text)).unwrap().value.narrow(Limits::hard(Setting::Home));
    assert_eq!(limits.tilt().value(), Angle::LEVEL);
    assert_eq!(limits.tilt().why(), Why::NoReturnWithoutPower);
    let silent = text.replace("[rescue]\nwithout_power = \"none\"\n", "");
    let findings = read_table(&source(&silent)).unwrap_err();
    assert_eq!(brief(&findings), ["1:1 missing-key"]);
}

const SENSORS: &str = "schema = 1\nname = \"mine\"\ndriver = \"link\"\naddress = \"/dev/ttyUSB0\"\n\
    [rescue]\nwithout_power = \"gravity\"\n\
    [sensor.angle]\ndriver = \"witmotion\"\naddress = \"/dev/ttyUSB1@115200\"\n\
    axis = \"y\"\nsign = \"minus\"\noffset_deg = -1.25\n\
    [sensor.vitals]\ndriver = \"nonin\"\naddress = \"/dev/ttyUSB2\"\n";

#[test]
fn sensors_beside_a_table_are_read_and_nothing_about_them_is_guessed() {
    let sensors = read_table(&source(SENSORS)).unwrap().value.sensors;
    let (angle, vitals) = (sensors.angle.unwrap(), sensors.vitals.unwrap());
    assert_eq!((&*angle.driver, &*angle.address.0), ("witmotion", "/dev/ttyUSB1@115200"));
    let zero = Angle::from_millideg(-1_250).unwrap();
    assert_eq!(angle.mount, Mount { axis: Axis::Y, sense: Sense::Against, zero });
    assert_eq!((&*vitals.driver, &*vitals.address.0), ("nonin", "/dev/ttyUSB2"));
    for (from, to, expect) in [
        ("axis = \"y\"\n", "", "7:1 missing-key"),
        ("sign = \"minus\"\n", "", "7:1 missing-key"),
        ("offset_deg = -1.25\n", "", "7:1 missing-key"),
        ("sign = \"minus\"", "sign = \"down\"", "11:8 unknown-word"),
        ("axis = \"y\"", "axis = \"w\"", "10:8 unknown-word"),
        ("offset_deg = -1.25", "offset_deg = 181", "12:14 out-of-range"),
        ("address = \"/dev/ttyUSB2\"", "", "13:1 missing-key"),
        ("[sensor.vitals]", "[sensor.heart]", "13:9 unknown-key"),
    ] {
        let findings = read_table(&source(&SENSORS.replace(from, to))).unwrap_err();
        assert!(brief(&findings).contains(&expect.to_owned()), "{to}: {:?}", brief(&findings));
    }
}

#[test]
fn a_site_decides_with_name_and_date() {
    let text = "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n[after_stop_alone]\n\
                action = \"return after 30s\"\ndecided_by = \"B. Carer\"\n\
                decided_on = \"2026-01-31\"\n[limits]\nbouts_per_session = 4\n";
    let site = read_site(&source(text)).unwrap().value;
    assert_eq!(site.mode, Setting::Home);
    let decision = site.after_stop_alone.clone().unwrap();
    assert_eq!(decision.action, AfterStop::ReturnAfter30s);
    let limits = site.narrow(Limits::hard(Setting::Home));
    assert_eq!(limits.bouts_per_session().value(), 4);
    assert_eq!(limits.bouts_per_session().layer(), Layer::Site);
    for date in ["2026-13-01", "2026-00-10", "31.01.2026", "2026-1-31", "soon", "2026-01-3\u{661}"]
    {
        let findings = read_site(&source(&text.replace("2026-01-31", date))).unwrap_err();
        assert_eq!(findings.list()[0].line, 7, "{date}");
    }
    let blank = text.replace("\"112\"", "\"\"");
    assert_eq!(brief(&read_site(&source(&blank)).unwrap_err()), ["3:20 text"]);
}

#[test]
fn that_a_computer_never_sleeps_is_stated_with_name_and_date_or_not_at_all() {
    let text = "schema = 1\nmode = \"home\"\nemergency_number = \"112\"\n[never_sleeps]\n\
                decided_by = \"B. Carer\"\ndecided_on = \"2026-01-31\"\n";
    let stated = read_site(&source(text)).unwrap().value.never_sleeps.unwrap();
    assert_eq!((&*stated.decided_by, &*stated.decided_on), ("B. Carer", "2026-01-31"));
    let (silent, _) = text.split_once("[never_sleeps]").unwrap();
    assert_eq!(read_site(&source(silent)).unwrap().value.never_sleeps, None);
    for (from, to) in [("decided_by", "# "), ("decided_on", "# "), ("2026-01-31", "for ever")] {
        assert!(read_site(&source(&text.replace(from, to))).is_err(), "{to} for {from}");
    }
}

const SCENARIO: &str = r#"schema = 1
plan = "kim-2013-30"
person = "virtual"
seed = 7
[[fault]]
kind = "link-drop"
at = "95s"
for = "10s"
rate = 0.25
[[act]]
kind = "press-stop"
at = "1m 40s"
[expect]
outcome = "stopped"
end_cause = "stop-pressed"
max_tilt_deg = 31.5
final_tilt_deg = [-10, 0]
rest_band_within = "45s"
"#;

#[test]
fn a_scenario_is_read() {
    let scenario = read_scenario(&source(SCENARIO), &WORDS).unwrap().value;
    assert_eq!((scenario.plan.as_str(), scenario.table.as_str()), ("kim-2013-30", "sim"));
    assert_eq!(scenario.seed, 7);
    let fault = &scenario.faults[0];
    assert_eq!((fault.kind.as_str(), fault.at), ("link-drop", Millis::from_secs(95)));
    assert_eq!((fault.lasts, fault.rate), (Some(Millis::from_secs(10)), Some(250)));
    assert_eq!(scenario.acts[0].at, Millis::from_secs(100));
    let expect = &scenario.expect;
    assert_eq!(expect.outcome, Some(ExpectedOutcome::Stopped));
    assert_eq!(expect.max_tilt, Angle::from_millideg(31_500));
    assert_eq!(expect.final_tilt, Some([Angle::REST_LOW, Angle::LEVEL]));
}

#[test]
fn more_faults_than_anybody_can_mean_are_refused() {
    let fault = "[[fault]]\nkind = \"link-drop\"\nat = \"1s\"\n";
    let with = |count: usize| {
        let text = SCENARIO.replace("[expect]", &format!("{}[expect]", fault.repeat(count)));
        read_scenario(&source(&text), &WORDS).map(|read| read.value.faults.len())
    };
    assert_eq!(with(499), Ok(500));
    assert_eq!(brief(&with(500).unwrap_err()), ["5:1 too-many"]);
}

#[test]
fn a_scenario_may_not_be_empty_words() {
    for (from, to, expect) in [
        ("\"link-drop\"", "\"link-dorp\"", "6:8 unknown-word"),
        ("\"press-stop\"", "\"yell\"", "11:8 unknown-word"),
        ("\"stop-pressed\"", "\"bored\"", "15:13 unknown-word"),
        ("[-10, 0]", "[0, -10]", "17:18 range-order"),
        ("[-10, 0]", "[0]", "17:18 wrong-type"),
        ("[-10, 0]", "[nan, 0]", "17:19 number"),
        ("rate = 0.25", "rate = 25", "9:8 out-of-range"),
        ("seed = 7", "seed = -7", "4:8 out-of-range"),
        ("\"stopped\"", "\"stoped\"", "14:11 unknown-word"),
    ] {
        let findings = read_scenario(&source(&SCENARIO.replace(from, to)), &WORDS).unwrap_err();
        assert_eq!(brief(&findings), [expect], "{to}");
    }
    let at_one_point = SCENARIO.replace("[-10, 0]", "[-3, -3]");
    let end = read_scenario(&source(&at_one_point), &WORDS).unwrap().value.expect.final_tilt;
    assert_eq!(end, Some([Angle::REST_AIM, Angle::REST_AIM]));
    let nothing = SCENARIO.split("outcome").next().unwrap();
    let findings = read_scenario(&source(nothing), &WORDS).unwrap_err();
    assert_eq!(brief(&findings), ["13:1 conflict"]);
}

#[test]
fn the_effort_of_a_motor_is_read_exactly_and_half_of_it_is_none() {
    let file = |effort: &str| {
        let text = format!(
            "schema = 1\nname = \"mine\"\ndriver = \"link\"\n[rescue]\nwithout_power = \"gravity\"\n{effort}"
        );
        read_table(&source(&text)).map(|read| read.value.effort)
    };
    assert_eq!(file("").unwrap(), None);
    let given = file("[effort]\nempty_ma = -35\nma_per_kg = 9.815\n").unwrap();
    assert_eq!(given, Some(EffortFigure { empty_ma: -35, microamps_per_kg: 9_815 }));
    let of_empty = file("[effort]\nma_per_kg = 12\n").unwrap();
    assert_eq!(of_empty, Some(EffortFigure { empty_ma: 0, microamps_per_kg: 12_000 }));
    for wrong in [
        "empty_ma = 3",
        "ma_per_kg = 0.4",
        "ma_per_kg = 501",
        "ma_per_kg = -9.8",
        "ma_per_kg = 9.8\nempty_ma = 50001",
        "ma_per_kg = 9.8\nwithin = 50",
    ] {
        assert!(file(&format!("[effort]\n{wrong}\n")).is_err(), "{wrong}");
    }
}
