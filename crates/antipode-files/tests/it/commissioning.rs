//! The commissioning record: what it says, what makes it void, and that it is not edited.

use antipode_device::Rescue;
use antipode_files::{
    CheckKind, Commissioning, Done, Identity, Measured, Part, TableFile, VoidBecause,
    read_commissioning, read_table,
};
use antipode_safety::{Angle, Limits, Millis, Rate, Setting, Why};
use jiff::civil::{Date, date};

use crate::{brief, source};

const ON: Date = date(2026, 2, 28);
const BOARD: Identity = Identity { serial: 7, firmware: 3, config_hash: 4_000_000_000 };

fn rate(millideg_per_s: i32) -> Rate {
    Rate::from_millideg_per_s(millideg_per_s).unwrap()
}

fn tilt(millideg: i32) -> Angle {
    Angle::from_millideg(millideg).unwrap()
}

fn good(kind: CheckKind) -> Measured {
    match kind {
        CheckKind::Direction => {
            Measured::Direction { told: tilt(3_000), moved: tilt(2_900), second: Some(tilt(3_050)) }
        }
        CheckKind::Speed => {
            Measured::Speed { told: rate(1_500), lowering: rate(1_480), raising: rate(1_510) }
        }
        CheckKind::StopDistance => Measured::StopDistance { from: rate(1_500), travel: tilt(300) },
        CheckKind::LeaseExpiry => Measured::LeaseExpiry {
            from: rate(1_500),
            lease: Millis::new(250),
            stopped_after: Millis::new(450),
            cable_travel: tilt(600),
        },
        CheckKind::Brake => Measured::Brake {
            load_kg: 80,
            at: tilt(-3_000),
            held: Millis::from_secs(10),
            slip: tilt(100),
        },
        CheckKind::EndStops => {
            Measured::EndStops { head_up: tilt(-80_000), head_down: tilt(45_500) }
        }
        CheckKind::PowerCut => Measured::PowerCut { sank: tilt(200), moved_on_power: false },
        CheckKind::WithoutPower => {
            Measured::WithoutPower { from: tilt(40_000), took: Millis::from_secs(31) }
        }
        CheckKind::SelfRelease => Measured::SelfRelease { took: Millis::from_secs(48) },
    }
}

fn record() -> Commissioning {
    let mut record = Commissioning::new("attic".into(), "link".into(), Rescue::Gravity);
    for kind in CheckKind::ALL {
        record.put(Done { measured: good(kind), on: ON, of: BOARD });
    }
    record.sign("Ada \"the maker\" Byron", ON);
    record
}

fn table(name: &str, rescue: &str) -> TableFile {
    let text = format!(
        "schema = 1\nname = \"{name}\"\ndriver = \"link\"\n[rescue]\nwithout_power = \"{rescue}\"\n"
    );
    read_table(&source(&text)).unwrap().value
}

fn void(record: &Commissioning, now: Identity, today: Date) -> Vec<VoidBecause> {
    record.void(&table("attic", "gravity"), Some(now), today)
}

#[test]
fn a_record_is_read_as_it_was_written() {
    let record = record();
    let text = record.to_text();
    assert_eq!(read_commissioning(&source(&text)).unwrap().value, record, "{text}");
    let mut begun = Commissioning::new("attic".into(), "link".into(), Rescue::Crank);
    assert_eq!(read_commissioning(&source(&begun.to_text())).unwrap().value, begun);
    begun.put(Done { measured: good(CheckKind::Speed), on: ON, of: BOARD });
    assert_eq!(read_commissioning(&source(&begun.to_text())).unwrap().value, begun);
}

#[test]
fn every_single_changed_character_is_found() {
    let text = record().to_text();
    for (at, letter) in text.char_indices() {
        let other = if letter == '7' { '8' } else { '7' };
        let mut changed = text.clone();
        changed.replace_range(at..at + letter.len_utf8(), &other.to_string());
        let read = read_commissioning(&source(&changed));
        assert!(read.is_err(), "{:?} at {at} for {letter:?} in\n{changed}", other);
    }
    for line in 0..text.lines().count() {
        let without: String = text
            .lines()
            .enumerate()
            .filter(|(at, _)| *at != line)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        assert!(read_commissioning(&source(&without)).is_err(), "without line {line}");
    }
}

#[test]
fn an_edited_record_says_that_it_was_changed_and_a_contradicting_result_is_named() {
    let text = record().to_text().replace("load_kg = 80", "load_kg = 90");
    let findings = read_commissioning(&source(&text)).unwrap_err();
    assert!(findings.to_string().contains("was changed after it was written"), "{findings}");
    assert_eq!(brief(&findings), ["9:12 conflict"]);
    let text = record().to_text().replacen("passed", "failed", 1);
    let findings = read_commissioning(&source(&text)).unwrap_err();
    assert!(findings.to_string().contains("not what the figures"), "{findings}");
}

#[test]
fn a_whole_signed_record_of_this_table_holds() {
    assert_eq!(void(&record(), BOARD, ON), []);
    assert!(record().frees_alone(BOARD, ON));
}

#[test]
fn a_record_holds_for_twelve_months_and_not_a_day_longer_nor_before_its_day() {
    for (on, last) in
        [(date(2026, 2, 28), date(2027, 2, 28)), (date(2028, 2, 29), date(2029, 2, 28))]
    {
        let mut record = record();
        for kind in CheckKind::ALL {
            record.put(Done { measured: good(kind), on, of: BOARD });
        }
        record.sign("ada", on);
        assert_eq!(void(&record, BOARD, last), [], "{on}");
        let old = void(&record, BOARD, last.tomorrow().unwrap());
        assert_eq!(old.first(), Some(&VoidBecause::Old(CheckKind::Direction, on)));
        assert_eq!(old.len(), 8, "{old:?}");
        let early = void(&record, BOARD, on.yesterday().unwrap());
        assert_eq!(early.first(), Some(&VoidBecause::Ahead(CheckKind::Direction, on)));
        assert!(!record.frees_alone(BOARD, last.tomorrow().unwrap()));
    }
}

#[test]
fn what_has_changed_voids_the_checks_that_it_decides_and_no_others() {
    let changed = |now| -> Vec<CheckKind> {
        void(&record(), now, ON).into_iter().filter_map(VoidBecause::check).collect()
    };
    let motion = [
        CheckKind::Direction,
        CheckKind::Speed,
        CheckKind::StopDistance,
        CheckKind::LeaseExpiry,
        CheckKind::Brake,
        CheckKind::EndStops,
        CheckKind::PowerCut,
    ];
    assert_eq!(changed(Identity { config_hash: 1, ..BOARD }), motion);
    assert_eq!(changed(Identity { firmware: 4, ..BOARD }), motion);
    assert_eq!(changed(Identity { serial: 8, ..BOARD }).len(), 8, "another board, another table");
    assert!(!record().frees_alone(Identity { serial: 8, ..BOARD }, ON));
    let both = void(&record(), Identity { firmware: 4, config_hash: 1, ..BOARD }, ON);
    assert!(both.contains(&VoidBecause::Changed(CheckKind::Brake, Part::Firmware)), "{both:?}");
    assert!(both.contains(&VoidBecause::Changed(CheckKind::Brake, Part::Config)), "{both:?}");
}

#[test]
fn a_record_without_one_of_its_checks_or_without_a_name_does_not_hold() {
    for kind in CheckKind::ALL {
        let mut part = Commissioning::new("attic".into(), "link".into(), Rescue::Gravity);
        for other in CheckKind::ALL.into_iter().filter(|other| *other != kind) {
            part.put(Done { measured: good(other), on: ON, of: BOARD });
        }
        part.sign("ada", ON);
        let missing = void(&part, BOARD, ON);
        if kind == CheckKind::SelfRelease {
            assert_eq!(missing, [], "it decides on being alone only");
            assert!(!part.frees_alone(BOARD, ON));
        } else {
            assert_eq!(missing, [VoidBecause::Missing(kind)]);
        }
    }
    let mut unsigned = record();
    unsigned.put(Done { measured: good(CheckKind::Brake), on: ON, of: BOARD });
    assert_eq!(void(&unsigned, BOARD, ON), [VoidBecause::NotSigned], "what was signed is another");
    let mut nameless = unsigned;
    nameless.sign(" \n ", ON);
    assert_eq!(nameless.signed(), None);
}

#[test]
fn the_record_of_another_table_or_of_another_way_back_does_not_hold() {
    let record = record();
    let against = |table: &TableFile| record.void(table, Some(BOARD), ON);
    assert_eq!(against(&table("barn", "gravity")), [VoidBecause::OtherTable]);
    let other = against(&table("attic", "battery"));
    assert_eq!(other, [VoidBecause::OtherRescue(Rescue::Gravity)]);
}

#[test]
fn figures_too_small_to_show_anything_pass_nothing() {
    for shown in [
        // Within a degree of this a bed stands still, or goes the other way.
        Measured::Direction { told: tilt(900), moved: tilt(0), second: None },
        Measured::Direction { told: tilt(2_999), moved: tilt(2_999), second: None },
        Measured::Speed { told: rate(999), lowering: rate(999), raising: rate(999) },
        Measured::StopDistance { from: rate(999), travel: tilt(100) },
        Measured::StopDistance { from: rate(3_000), travel: tilt(0) },
        Measured::LeaseExpiry {
            from: rate(999),
            lease: Millis::new(250),
            stopped_after: Millis::new(400),
            cable_travel: tilt(200),
        },
        Measured::LeaseExpiry {
            from: rate(3_000),
            lease: Millis::new(250),
            stopped_after: Millis::ZERO,
            cable_travel: tilt(200),
        },
        Measured::LeaseExpiry {
            from: rate(3_000),
            lease: Millis::new(250),
            stopped_after: Millis::new(400),
            cable_travel: tilt(0),
        },
        Measured::Brake { load_kg: 39, at: tilt(0), held: Millis::from_secs(60), slip: tilt(0) },
        Measured::SelfRelease { took: Millis::new(2_999) },
    ] {
        assert!(!shown.passes(), "{shown:?}");
    }
}

#[test]
fn nobody_is_lowered_faster_than_the_bed_was_seen_to_stop_from() {
    let hard = Limits::hard(Setting::Home);
    let narrowed = record().narrow(hard);
    assert_eq!(narrowed.lower_rate().value(), rate(1_500));
    assert_eq!(narrowed.return_rate().value(), hard.return_rate().value(), "nor home more slowly");
    assert_eq!(record().held_kg(), Some(80));
}

#[test]
fn another_sensor_beside_the_table_voids_the_record_until_the_direction_is_tried_again() {
    let with = |driver: &str, address: &str, sign: &str, offset: &str| {
        let text = format!(
            "schema = 1\nname = \"attic\"\ndriver = \"link\"\n[rescue]\nwithout_power = \"gravity\"\n\
             [sensor.angle]\ndriver = \"{driver}\"\naddress = \"{address}\"\naxis = \"x\"\n\
             sign = \"{sign}\"\noffset_deg = {offset}\n"
        );
        read_table(&source(&text)).unwrap().value
    };
    let fitted = with("witmotion", "/dev/a", "plus", "0.5");
    let bare = table("attic", "gravity");
    let void = |record: &Commissioning, table: &TableFile| record.void(table, Some(BOARD), ON);
    assert_eq!(void(&record(), &fitted), [VoidBecause::OtherSensor], "it came later");
    let mut tried = record().with_sensor_of(&fitted);
    assert_eq!(tried.check(CheckKind::Direction), None);
    tried.put(Done { measured: good(CheckKind::Direction), on: ON, of: BOARD });
    tried.sign("Ada", ON);
    assert_eq!(void(&tried, &fitted), []);
    let text = tried.to_text();
    assert_eq!(read_commissioning(&source(&text)).unwrap().value, tried, "{text}");
    for other in [
        with("bno-rvc", "/dev/a", "plus", "0.5"),
        with("witmotion", "/dev/b", "plus", "0.5"),
        with("witmotion", "/dev/a", "minus", "0.5"),
        with("witmotion", "/dev/a", "plus", "0.6"),
        bare,
    ] {
        assert_eq!(void(&tried, &other), [VoidBecause::OtherSensor], "{other:?}");
        assert!(VoidBecause::OtherSensor.to_string().contains("angle sensor"));
    }
    assert_eq!(tried.clone().with_sensor_of(&fitted), tried, "the same one changes nothing");
}

#[test]
fn figures_of_a_table_that_must_not_carry_anybody_fail() {
    let bad = [
        // Mounted the wrong way round, and at half scale (H-08).
        Measured::Direction { told: tilt(3_000), moved: tilt(-3_000), second: None },
        Measured::Direction { told: tilt(3_000), moved: tilt(1_500), second: None },
        Measured::Direction { told: tilt(3_000), moved: tilt(3_000), second: Some(tilt(-3_000)) },
        Measured::Direction { told: tilt(-3_000), moved: tilt(-3_000), second: None },
        Measured::Speed { told: rate(1_500), lowering: rate(2_001), raising: rate(1_500) },
        Measured::Speed { told: rate(1_500), lowering: rate(1_500), raising: rate(700) },
        Measured::Speed { told: rate(0), lowering: rate(0), raising: rate(0) },
        Measured::StopDistance { from: rate(3_000), travel: tilt(1_501) },
        Measured::StopDistance { from: rate(0), travel: tilt(0) },
        Measured::LeaseExpiry {
            from: rate(1_500),
            lease: Millis::new(250),
            stopped_after: Millis::new(751),
            cable_travel: tilt(0),
        },
        Measured::LeaseExpiry {
            from: rate(1_000),
            lease: Millis::new(250),
            stopped_after: Millis::new(300),
            cable_travel: tilt(751),
        },
        Measured::Brake {
            load_kg: 80,
            at: tilt(0),
            held: Millis::from_secs(10),
            slip: tilt(1_001),
        },
        Measured::Brake { load_kg: 80, at: tilt(0), held: Millis::new(9_999), slip: tilt(0) },
        Measured::EndStops { head_up: tilt(1), head_down: tilt(30_000) },
        Measured::EndStops { head_up: tilt(-5_000), head_down: tilt(-5_000) },
        Measured::PowerCut { sank: tilt(1_001), moved_on_power: false },
        Measured::PowerCut { sank: tilt(0), moved_on_power: true },
        Measured::WithoutPower { from: tilt(40_000), took: Millis::new(120_001) },
        Measured::WithoutPower { from: tilt(0), took: Millis::from_secs(1) },
        Measured::SelfRelease { took: Millis::new(120_001) },
    ];
    for measured in bad {
        let kind = measured.kind();
        let mut record = record();
        record.put(Done { measured, on: ON, of: BOARD });
        record.sign("ada", ON);
        let record = read_commissioning(&source(&record.to_text())).unwrap().value;
        let expected = [VoidBecause::Failed(kind)];
        assert_eq!(record.against(kind, Some(BOARD), ON), expected, "{measured:?}");
        // Whoever is slow to get free may lie on the table with somebody beside it.
        assert_eq!(void(&record, BOARD, ON).is_empty(), kind == CheckKind::SelfRelease);
        assert_eq!(record.frees_alone(BOARD, ON), kind != CheckKind::SelfRelease);
    }
    for kind in CheckKind::ALL {
        assert!(good(kind).passes(), "{kind:?}");
    }
}

#[test]
fn what_was_measured_narrows_and_never_widens() {
    let hard = Limits::hard(Setting::Home);
    let limits = record().narrow(hard);
    assert_eq!(limits.tilt().value(), tilt(40_000), "no deeper than a way back was shown from");
    assert_eq!(limits.tilt().why(), Why::NoReturnWithoutPower);
    let mut deep = record();
    for measured in [
        Measured::EndStops { head_up: tilt(-80_000), head_down: tilt(89_000) },
        Measured::WithoutPower { from: tilt(88_000), took: Millis::from_secs(50) },
        Measured::Speed { told: rate(6_000), lowering: rate(6_000), raising: rate(6_000) },
        Measured::StopDistance { from: rate(6_000), travel: tilt(1_000) },
        Measured::LeaseExpiry {
            from: rate(6_000),
            lease: Millis::new(250),
            stopped_after: Millis::new(400),
            cable_travel: tilt(1_000),
        },
    ] {
        deep.put(Done { measured, on: ON, of: BOARD });
    }
    assert_eq!(deep.narrow(hard), hard);
}

#[test]
fn a_date_is_written_in_one_form_only() {
    for date in ["2026-2-28", "20260228", "2026-02-30", "2026-02-28T10:00", "today"] {
        let text = record()
            .to_text()
            .replace("signed_on = \"2026-02-28\"", &format!("signed_on = \"{date}\""));
        let findings = read_commissioning(&source(&text)).unwrap_err();
        assert!(findings.to_string().contains("must be a date"), "{date}: {findings}");
    }
}

#[test]
fn a_record_names_what_was_changed_on_the_drive_that_it_was_done_with() {
    let tried = "time-out: 250 ms; ramps: up 20; version: v1";
    let mut record = record().with_drive(Some(tried));
    assert!(record.check(CheckKind::Speed).is_none(), "it was done on nobody knows what");
    assert!(record.check(CheckKind::WithoutPower).is_some(), "no drive has a part in that");
    for kind in CheckKind::ALL {
        record.put(Done { measured: good(kind), on: ON, of: BOARD });
    }
    record.sign("ada", ON);
    let read = read_commissioning(&source(&record.to_text())).unwrap().value;
    assert_eq!(read, record);
    assert!(read.drive_changes(tried).is_empty());
    assert_eq!(read.clone().with_drive(Some(tried)), read, "the same drive keeps its checks");
    let now = "time-out: 300 ms; ramps: up 20; pid: 9";
    assert_eq!(
        read.drive_changes(now),
        [
            "the `time-out` of the drive was 250 ms when the table was tried, and is 300 ms now",
            "the drive says nothing of its `version`, which was v1 when the table was tried",
            "the `pid` of the drive is 9, of which it said nothing when the table was tried",
        ]
    );
    let other = read.with_drive(Some(now));
    assert!(other.signed().is_none() && other.check(CheckKind::LeaseExpiry).is_none());
    let old = Commissioning::new("attic".into(), "jrk".into(), Rescue::Crank);
    assert_eq!(old.drive_changes(tried).len(), 1, "a record from before it was asked is void");
}
