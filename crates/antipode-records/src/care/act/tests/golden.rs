//! Bytes as they lie in journals that people have. They never change: what they say must read back
//! for ever.

use antipode_core::activity::{Activity, Question};
use antipode_core::clearance::{Clinician, Terms};
use antipode_core::gate::{Attempt, Company, LockCause, Pain, Pressure, Printed, Ride, Step};
use antipode_core::ledger::{Interval, Wall};
use antipode_core::outcome::{Grc, Harm, HarmSeverity, Nrs, OdiTotal};
use antipode_core::person::{PersonFacts, Sex};
use antipode_core::programme::{End, LegReach, Pain as Felt, SessionResult};
use antipode_core::screening::{Answer, SheetId};
use antipode_core::symptom::Symptom;
use antipode_core::symptom_map::{Compared, Feeling, Mark, Place, Reach, Score, Side};
use antipode_safety::{Angle, Millis, Narrowing, Rate};

use super::super::*;
use crate::record::SessionId;

fn day(after: i32) -> Day {
    Day::from_unix_days(20_000 + after).unwrap()
}

fn okafor() -> Clinician {
    Clinician::new("Okafor", "77").unwrap()
}

const SESSION: SessionId = SessionId::from_bytes([7; 16]);

fn score(value: u8) -> Score {
    Score::new(value).unwrap()
}

fn mark() -> Mark {
    Mark { place: Place::Calf, side: Side::Left, feeling: Feeling::Numbness, score: score(3) }
}

fn pain() -> Felt {
    Felt { back: Some(4), leg: None, reach: Some(LegReach::Thigh) }
}

fn clearances() -> Vec<Fact> {
    let terms = Terms {
        person: "ada".to_owned(),
        given: day(0),
        until: day(60),
        scopes: ["alone", "both-legs"].map(|id| id.parse().unwrap()).into(),
        limits: Narrowing { tilt: Some(Angle::clamped(15_000)), ..Narrowing::NONE },
        heart: None,
    };
    let flag = LockCause::RedFlag("numb-saddle".parse().unwrap());
    vec![
        Fact::SignedClearance(SignedClearance { message: b"hi".to_vec(), signature: vec![1, 2] }),
        Fact::PaperClearance(PaperClearance { clinician: okafor(), terms, photo: [9; 32] }),
        Fact::Revoked(Revoked { clearance: ClearanceId([9; 32]), from: day(1) }),
        Fact::LockedOut(Locked { since: day(0), cause: flag }),
        Fact::Lifted(Lifted { lock: Lock::Event(5), by: okafor(), on: day(2) }),
    ]
}

fn first() -> Vec<Fact> {
    let facts = PersonFacts {
        name: "ada".to_owned(),
        height_cm: 172,
        mass_kg: 70,
        age: 41,
        sex: Sex::Female,
        ankle_setting: 3,
    };
    let sheet = SheetId { name: "home".parse().unwrap(), version: 1 };
    let (pregnant, again) = ("pregnant".parse().unwrap(), Some(Answer::No));
    let mut all = vec![
        Fact::Profile(Profile { facts, fit_checked: true }),
        Fact::Purpose(Purpose {
            reason: "sciatica".to_owned(),
            confirmed_by: Some(okafor()),
            consulted: true,
        }),
        Fact::Answered(Entry::recorded(pregnant, sheet, day(0), Answer::Number(300), again)),
    ];
    all.extend(clearances());
    all.push(Fact::Symptoms(SymptomMap::of([mark()])));
    all
}

fn sessions() -> Vec<Fact> {
    let first = Pressure::new(121, 80).unwrap();
    let attempt = Attempt { first, second: Some(first) };
    let gate = GateAnswers {
        nothing_different: true,
        pain: Pain { back: score(4), leg: score(2), reach: Reach::Thigh },
        compared: Compared::NewPlace(vec![mark()]),
        pressure: vec![attempt],
        heart: vec![64],
        saturation: Some(98),
        company: Company::Spotter,
    };
    let admitted = Admitted {
        session: SESSION,
        ride: Ride::Session,
        step: Step::OneBack,
        answer_within: None,
        printed: vec![Printed::Pressure(attempt.mean()), Printed::Gap(8)],
        offered: Some(Offered { programme: "gentle".to_owned(), rung: 2, bouts: 3, slowed: 1 }),
        fastest: Rate::clamped(1_500),
    };
    let result = SessionResult {
        day: day(0),
        rung: 2,
        tilt: Angle::clamped(25_000),
        head_down: Millis::from_secs(300),
        end: End::Completed,
        symptoms: vec![Symptom::Dizziness],
        eased: false,
        shortened: Some(2),
        before: pain(),
        after: pain(),
        next_morning: Felt::default(),
        delayed_harm: None,
    };
    vec![
        Fact::Gate(gate),
        Fact::Admitted(admitted),
        Fact::SessionDone(SessionDone {
            session: SESSION,
            programme: None,
            spotter: true,
            fastest: Rate::clamped(1_500),
            result,
        }),
        Fact::Morning(Morning { session: SESSION, pain: pain(), delayed_harm: Some(false) }),
    ]
}

fn others() -> Vec<Fact> {
    let wall = |unix_ms| Wall { unix_ms, offset_s: 3_600 };
    let when = Interval { from: wall(1_000), until: wall(61_000) };
    let mut rmdq = [false; 24];
    (rmdq[0], rmdq[23]) = (true, true);
    let nrs = |value| Nrs::new(value).unwrap();
    let gentle = || "gentle".to_owned();
    vec![
        Fact::Programme(ProgrammeMark {
            programme: gentle(),
            step: ProgrammeStep::Begun(Some(okafor())),
        }),
        Fact::Maintenance(MaintenanceSet {
            programme: gentle(),
            clinician: okafor(),
            from: day(42),
            weeks: 12,
            rung: 3,
        }),
        Fact::Outcome(OutcomeAnswers {
            session: None,
            back: Some(nrs(4)),
            leg: None,
            comfort: Some(nrs(7)),
            rmdq: Some(rmdq),
            psfs: vec![("walk".to_owned(), nrs(5))],
            odi: Some(OdiTotal::new(30).unwrap()),
            grc: Some(Grc::new(-2).unwrap()),
        }),
        Fact::Activity(
            Logged::new(Activity::ClinicTraction, when, Millis::from_secs(60), Some("Bo")).unwrap(),
        ),
        Fact::ActivityScreened(ScreenedActivity {
            activity: Activity::BarHang,
            yes: vec![Question::ShoulderOrHand],
        }),
        Fact::Adverse(AdverseEvent::new(5, day(0), Harm::Stuck, HarmSeverity::Moderate)),
        Fact::FollowUp(FollowUp { event: 5, now: HowItWent::Better }),
        Fact::Drill(Drill { table: "attic".to_owned() }),
        Fact::FirstRide(FirstRide { session: SESSION }),
        Fact::ContactTested(ContactTested { reached: true }),
    ]
}

/// One of every kind, in the order of their numbers, without the head that all share.
const GOLDEN: [&str; 23] = [
    "03616461ac014629000301",
    "08736369617469636101064f6b61666f7202373701",
    "08707265676e616e7404686f6d6501c0b80202ac020101",
    "026869020102",
    "064f6b61666f7202373703616461c0b802b8b9020205616c6f6e6509626f74682d6c65677301b0ea\
     01000000000000000000000009090909090909090909090909090909090909090909090909090909\
     09090909",
    "0909090909090909090909090909090909090909090909090909090909090909c2b802",
    "c0b802000b6e756d622d736164646c65",
    "0205000000000000000000000000000000064f6b61666f72023737c4b802",
    "0107000206",
    "010804020301070002060179500179500140016200",
    "070707070707070707070707070707070102000204f201a0010908010667656e746c65020301b817",
    "070707070707070707070707070707070001b817c0b80202d08603e0a71200010400010201040001\
     02010400010200000000",
    "0707070707070707070707070707070701040001020100",
    "0667656e746c650101064f6b61666f72023737",
    "0667656e746c65064f6b61666f7202373794b9020c03",
    "00010800010e0181808004010477616c6b0a013c0103",
    "03e807a038c8dc03a038e0d4030102426f",
    "010103",
    "05000000000000000000000000000000c0b8020301",
    "0500000000000000000000000000000001",
    "056174746963",
    "07070707070707070707070707070707",
    "01",
];

#[test]
fn bytes_of_every_kind_stay_what_they_are() {
    let all: Vec<Fact> = [first(), sessions(), others()].concat();
    assert_eq!(all.len(), GOLDEN.len());
    for (number, (fact, golden)) in (FIRST_ACT.number()..).zip(all.into_iter().zip(GOLDEN)) {
        assert_eq!(fact.kind().number(), number);
        let bytes = Said { day: day(3), offset_s: -3_600, fact }.encode().unwrap();
        let (head, rest) = bytes.split_at(6);
        assert_eq!(head, [1, 0xc6, 0xb8, 0x02, 0x9f, 0x38], "the head of {number}");
        let hex: String = rest.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, golden, "act {number}");
    }
}
