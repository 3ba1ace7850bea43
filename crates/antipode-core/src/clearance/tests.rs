use super::*;
use antipode_safety::{Rate, Setting};

/// Knows one signature.
pub(crate) struct Known;

impl Trust for Known {
    fn signer(&self, _: &[u8], signature: &[u8]) -> Option<KeyId> {
        (signature == b"right").then_some(KeyId([1, 2, 3, 4, 5, 6, 7, 8]))
    }
}

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

fn terms() -> Terms {
    Terms {
        person: "ada".into(),
        given: day("2026-01-10"),
        until: day("2030-01-01"),
        scopes: [Id::fixed("heart")].into(),
        limits: Narrowing { tilt: Angle::from_deg(45), ..Narrowing::NONE },
        heart: HeartRange::new(40, 110),
    }
}

fn doctor() -> Clinician {
    Clinician::new(" Dr B. Carer ", "GMC 123").unwrap()
}

fn signed(terms: Terms) -> Clearance {
    let proof = Verified::check(b"message", b"right", &Known).unwrap();
    Clearance::signed::<EndsBeforeItBegins>(&proof, |message| {
        assert_eq!(message, b"message");
        Ok((doctor(), terms))
    })
    .unwrap()
}

fn paper(terms: Terms) -> Clearance {
    Clearance::transcribed(doctor(), terms, [7; 32]).unwrap()
}

#[test]
fn a_wrong_signature_verifies_nothing() {
    assert_eq!(Verified::check(b"message", b"wrong", &Known), None);
    assert_eq!(signed(terms()).assurance(), Assurance::Signed(KeyId([1, 2, 3, 4, 5, 6, 7, 8])));
    assert_eq!(KeyId([1, 2, 3, 4, 5, 6, 7, 8]).to_string(), "0807060504030201");
}

#[test]
fn a_clearance_holds_from_its_day_to_its_last_and_for_its_person_only() {
    let terms = Terms { until: day("2026-02-01"), ..terms() };
    for clearance in [signed(terms.clone()), paper(terms)] {
        let on = |text: &str| clearance.standing("ada", day(text));
        assert_eq!(on("2026-01-09"), Standing::NotYet);
        assert_eq!(on("2026-01-10"), Standing::Valid);
        assert_eq!(on("2026-02-01"), Standing::Valid);
        assert_eq!(on("2026-02-02"), Standing::Expired(day("2026-02-01")));
        assert_eq!(clearance.standing("bo", day("2026-01-10")), Standing::OtherPerson);
        assert!(clearance.covers(&Id::fixed("heart")) && !clearance.covers(&Id::fixed("retina")));
    }
}

#[test]
fn paper_ends_after_ninety_days_and_a_signature_after_a_year_whatever_they_say() {
    assert_eq!(paper(terms()).last_day(), day("2026-04-10"));
    assert_eq!(paper(terms()).standing("ada", day("2026-04-10")), Standing::Valid);
    let expired = Standing::Expired(day("2026-04-10"));
    assert_eq!(paper(terms()).standing("ada", day("2026-04-11")), expired);
    assert_eq!(signed(terms()).last_day(), day("2027-01-10"));
    let last = Terms { given: Day::LAST, until: Day::LAST, ..terms() };
    assert_eq!(paper(last).last_day(), Day::LAST);
}

#[test]
fn a_revoked_clearance_is_closed_from_that_day_on() {
    let revoked = signed(terms()).revoked_on(day("2026-03-01"));
    assert_eq!(revoked.standing("ada", day("2026-02-28")), Standing::Valid);
    let closed = Standing::Revoked(day("2026-03-01"));
    assert_eq!(revoked.standing("ada", day("2026-03-01")), closed);
    assert_eq!(revoked.standing("ada", day("2026-03-02")), closed);
    let later = revoked.clone().revoked_on(day("2026-05-01"));
    assert_eq!(later, revoked);
    let earlier = revoked.revoked_on(day("2026-02-01"));
    assert_eq!(earlier.standing("ada", day("2026-02-01")), Standing::Revoked(day("2026-02-01")));
}

#[test]
fn a_clearance_that_ends_before_it_begins_is_none() {
    let turned = Terms { until: day("2026-01-09"), ..terms() };
    assert_eq!(Clearance::transcribed(doctor(), turned, [0; 32]), Err(EndsBeforeItBegins));
    let one_day = Terms { until: day("2026-01-10"), ..terms() };
    assert_eq!(paper(one_day).last_day(), day("2026-01-10"));
}

#[test]
fn paper_has_lower_limits_than_a_signature_and_sets_no_heart_rates() {
    let hard = Limits::hard(Setting::Home);
    let by_signature = signed(terms()).narrow(hard);
    assert_eq!(by_signature.tilt().value(), Angle::clamped(45_000));
    assert_eq!(by_signature.tilt().why(), Why::Clearance);
    assert_eq!(by_signature.tilt().layer(), Layer::Clearance);
    assert_eq!(by_signature.bout_hold(), hard.bout_hold());
    let by_paper = paper(terms()).narrow(hard);
    assert_eq!(by_paper.tilt().value(), Angle::clamped(20_000));
    assert_eq!(by_paper.tilt().why(), Why::PaperClearance);
    assert_eq!(by_paper.bout_hold().value(), Millis::from_secs(120));
    assert_eq!(by_paper.day_hold().value(), Millis::from_secs(360));
    let gentler =
        Terms { limits: Narrowing { tilt: Angle::from_deg(10), ..Narrowing::NONE }, ..terms() };
    assert_eq!(paper(gentler).narrow(hard).tilt().value(), Angle::clamped(10_000));
    assert_eq!(signed(terms()).heart(), Some(HeartRange::WIDEST));
    assert_eq!(paper(terms()).heart(), None);
    assert!(signed(terms()).is_verified() && !paper(terms()).is_verified());
}

#[test]
fn no_clearance_widens_anything() {
    let hard = Limits::hard(Setting::Home);
    let wide = Terms {
        limits: Narrowing {
            tilt: Angle::from_deg(75),
            lower_rate: Some(Rate::clamped(9_000)),
            bout_hold: Some(Millis::from_secs(9_000)),
            day_hold: Some(Millis::from_secs(9_000)),
            bouts_per_session: Some(99),
            ..Narrowing::NONE
        },
        ..terms()
    };
    assert_eq!(signed(wide).narrow(hard), hard);
}

#[test]
fn a_clinician_has_a_name_and_a_registration() {
    assert_eq!((doctor().name(), doctor().registration()), ("Dr B. Carer", "GMC 123"));
    let long = "a".repeat(121);
    for (name, registration) in [
        ("", "1"),
        (" ", "1"),
        ("B", ""),
        ("B\n", "1\n2"),
        ("B\u{7}C", "1"),
        (&long, "1"),
        ("B", &long),
    ] {
        assert_eq!(Clinician::new(name, registration), Err(NotAName), "{name:?}");
    }
    assert!(Clinician::new(&long[1..], "1").is_ok());
}

#[test]
fn heart_rates_stay_within_what_a_clinician_may_set() {
    for (least, most, fine) in [
        (40, 110, true),
        (39, 110, false),
        (40, 111, false),
        (60, 60, false),
        (60, 61, true),
        (61, 60, false),
    ] {
        assert_eq!(HeartRange::new(least, most).is_some(), fine, "{least} {most}");
    }
    let range = HeartRange::new(45, 90).unwrap();
    assert_eq!((range.least(), range.most()), (45, 90));
    assert!(range.has(45) && range.has(90) && !range.has(44) && !range.has(91));
    assert_eq!(range.and(HeartRange::USUAL), HeartRange::new(50, 90).unwrap());
    assert_eq!((HeartRange::USUAL.least(), HeartRange::USUAL.most()), (50, 100));
}
