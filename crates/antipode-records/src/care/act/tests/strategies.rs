//! Facts drawn at random, every kind of them.

use antipode_core::activity::{Activity, Question};
use antipode_core::clearance::{Clinician, HeartRange, Terms};
use antipode_core::gate::{
    AloneFacts, Attempt, Company, LockCause, Pain, Pressure, Printed, Ride, Step,
};
use antipode_core::ledger::{Interval, Wall};
use antipode_core::outcome::{Grc, Harm, HarmSeverity, Nrs, OdiTotal};
use antipode_core::person::{PersonFacts, Sex};
use antipode_core::programme::{End, LegReach, Pain as Felt, SessionResult};
use antipode_core::screening::{Answer, Id, SheetId};
use antipode_core::symptom::Symptom;
use antipode_core::symptom_map::{Compared, Feeling, Mark, Place, Reach, Score, Side};
use antipode_safety::{Angle, Millis, Narrowing, Rate};
use prop::option::of;
use prop::sample::select;
use proptest::prelude::*;

use super::super::*;
use crate::record::SessionId;

fn day() -> impl Strategy<Value = Day> {
    (-25_567..=2_932_896).prop_map(|days| Day::from_unix_days(days).unwrap())
}

fn id() -> impl Strategy<Value = Id> {
    "[a-z][a-z0-9-]{0,39}".prop_map(|text| text.parse().unwrap())
}

fn time() -> impl Strategy<Value = Millis> {
    prop_oneof![0..2_000_000_u64, any::<u64>()].prop_map(Millis::new)
}

fn rate() -> impl Strategy<Value = Rate> {
    (-180_000_i64..=180_000).prop_map(Rate::clamped)
}

fn angle() -> impl Strategy<Value = Angle> {
    (-180_000_i64..=180_000).prop_map(Angle::clamped)
}

fn text() -> impl Strategy<Value = String> {
    "\\PC{0,40}"
}

fn session() -> impl Strategy<Value = SessionId> {
    any::<[u8; 16]>().prop_map(SessionId::from_bytes)
}

fn clinician() -> impl Strategy<Value = Clinician> {
    ("[A-Zé][a-z. ]{0,20}", "[0-9A-Z]{1,12}")
        .prop_map(|(name, registration)| Clinician::new(&name, &registration).unwrap())
}

prop_compose! {
    fn narrowing()(
        tilt in of(angle()),
        rates in prop::array::uniform4(of(rate())),
        times in prop::array::uniform5(of(time())),
        bouts_per_session in of(any::<u8>()),
    ) -> Narrowing {
        let [lower_rate, raise_rate, through_level_rate, return_rate] = rates;
        let [bout_hold, bout, session, day_hold, day] = times;
        Narrowing {
            tilt, lower_rate, raise_rate, through_level_rate, return_rate,
            bout_hold, bout, session, day_hold, day, bouts_per_session,
        }
    }
}

prop_compose! {
    fn terms()(
        person in text(),
        given in day(),
        until in day(),
        scopes in prop::collection::btree_set(id(), 0..4),
        limits in narrowing(),
        heart in of((40_u16..70).prop_map(|least| HeartRange::new(least, least + 40).unwrap())),
    ) -> Terms {
        Terms { person, given, until, scopes, limits, heart }
    }
}

fn lock_cause() -> impl Strategy<Value = LockCause> {
    prop_oneof![
        id().prop_map(LockCause::RedFlag),
        Just(LockCause::SymptomMap),
        select(&Symptom::ALL[..]).prop_map(LockCause::Symptom),
        Just(LockCause::AdverseEvent),
    ]
}

fn locked() -> impl Strategy<Value = Locked> {
    (day(), lock_cause()).prop_map(|(since, cause)| Locked { since, cause })
}

fn lock() -> impl Strategy<Value = Lock> {
    prop_oneof![
        locked().prop_map(Lock::Out),
        session().prop_map(Lock::Session),
        any::<u128>().prop_map(Lock::Event),
    ]
}

fn answer() -> impl Strategy<Value = Answer> {
    prop_oneof![
        Just(Answer::Yes),
        Just(Answer::No),
        any::<u16>().prop_map(Answer::Number),
        Just(Answer::DoesNotApply),
    ]
}

fn sheet() -> impl Strategy<Value = SheetId> {
    (id(), any::<u32>()).prop_map(|(name, version)| SheetId { name, version })
}

fn score(least: u8) -> impl Strategy<Value = Score> {
    (least..=10).prop_map(|score| Score::new(score).unwrap())
}

prop_compose! {
    fn mark()(
        place in select(&Place::ALL[..]),
        side in select(&Side::ALL[..]),
        feeling in select(&Feeling::ALL[..]),
        score in score(1),
    ) -> Mark {
        Mark { place, side, feeling, score }
    }
}

fn marks() -> impl Strategy<Value = Vec<Mark>> {
    prop::collection::vec(mark(), 0..5)
}

fn pressure() -> impl Strategy<Value = Pressure> {
    (20_u16..=200, 1_u16..100).prop_map(|(diastolic, pulse)| {
        Pressure::new((diastolic + pulse).max(50), diastolic.min(49 + pulse)).unwrap()
    })
}

fn attempt() -> impl Strategy<Value = Attempt> {
    (pressure(), of(pressure())).prop_map(|(first, second)| Attempt { first, second })
}

fn company() -> impl Strategy<Value = Company> {
    let alone = (any::<[bool; 3]>(), of(day())).prop_map(|(yes, contact_tested)| {
        let [hand_control, after_stop_decided, frees_themselves] = yes;
        Company::Alone(AloneFacts {
            hand_control,
            after_stop_decided,
            frees_themselves,
            contact_tested,
        })
    });
    prop_oneof![Just(Company::Spotter), alone]
}

fn compared() -> impl Strategy<Value = Compared> {
    prop_oneof![
        Just(Compared::Same),
        Just(Compared::Better),
        Just(Compared::Worse),
        marks().prop_map(Compared::NewPlace),
    ]
}

prop_compose! {
    fn gate()(
        nothing_different: bool,
        (back, leg, reach) in (score(0), score(0), select(&Reach::ALL[..])),
        compared in compared(),
        pressure in prop::collection::vec(attempt(), 0..4),
        heart in prop::collection::vec(any::<u16>(), 0..4),
        saturation in of(any::<u8>()),
        company in company(),
    ) -> GateAnswers {
        let pain = Pain { back, leg, reach };
        GateAnswers { nothing_different, pain, compared, pressure, heart, saturation, company }
    }
}

fn printed() -> impl Strategy<Value = Printed> {
    let clearance = (clinician(), any::<bool>(), day(), prop::collection::vec(id(), 0..3));
    prop_oneof![
        sheet().prop_map(Printed::Sheet),
        clearance.prop_map(|(clinician, verified, until, opened)| Printed::Clearance {
            clinician,
            verified,
            until,
            opened,
        }),
        id().prop_map(Printed::Advice),
        id().prop_map(Printed::TakenBack),
        attempt().prop_map(|attempt| Printed::Pressure(attempt.mean())),
        Just(Printed::NoPressure),
        any::<u16>().prop_map(Printed::HeartRate),
        any::<u8>().prop_map(Printed::Saturation),
        Just(Printed::DrillOverdue),
        any::<u16>().prop_map(Printed::Gap),
        any::<u8>().prop_map(Printed::PainRose),
        Just(Printed::Centralised),
        Just(Printed::Alone),
    ]
}

prop_compose! {
    fn offered()(programme in text(), rung: u16, bouts: u16, slowed: u8) -> Offered {
        Offered { programme, rung, bouts, slowed }
    }
}

prop_compose! {
    fn admitted()(
        session in session(),
        ride in select(vec![Ride::First, Ride::Session]),
        step in select(vec![Step::AsPlanned, Step::Held, Step::OneBack, Step::FirstWeek]),
        answer_within in of(time()),
        printed in prop::collection::vec(printed(), 0..5),
        offered in of(offered()),
        fastest in rate(),
    ) -> Admitted {
        Admitted { session, ride, step, answer_within, printed, offered, fastest }
    }
}

fn felt() -> impl Strategy<Value = Felt> {
    let reach = select(vec![
        LegReach::NotInLeg,
        LegReach::Buttock,
        LegReach::Thigh,
        LegReach::Calf,
        LegReach::Foot,
    ]);
    (of(any::<u8>()), of(any::<u8>()), of(reach)).prop_map(|(back, leg, reach)| Felt {
        back,
        leg,
        reach,
    })
}

prop_compose! {
    fn result()(
        (day, rung, tilt, head_down) in (day(), any::<usize>(), angle(), time()),
        end in select(vec![
            End::Completed, End::Finished, End::ByPerson, End::BySymptom, End::ByOthers,
        ]),
        symptoms in prop::collection::vec(select(&Symptom::ALL[..]), 0..4),
        (eased, shortened) in (any::<bool>(), of(any::<u16>())),
        [before, after, next_morning] in prop::array::uniform3(felt()),
        delayed_harm in of(any::<bool>()),
    ) -> SessionResult {
        SessionResult {
            day, rung, tilt, head_down, end, symptoms, eased, shortened,
            before, after, next_morning, delayed_harm,
        }
    }
}

prop_compose! {
    fn done()(
        session in session(),
        programme in of(text()),
        spotter: bool,
        fastest in rate(),
        result in result(),
    ) -> SessionDone {
        SessionDone { session, programme, spotter, fastest, result }
    }
}

fn nrs() -> impl Strategy<Value = Nrs> {
    (0_u8..=10).prop_map(|value| Nrs::new(value).unwrap())
}

prop_compose! {
    fn outcome()(
        session in of(session()),
        [back, leg, comfort] in prop::array::uniform3(of(nrs())),
        rmdq in of(any::<[bool; 24]>()),
        psfs in prop::collection::vec((text(), nrs()), 0..6),
        odi in of((0_u8..=100).prop_map(|value| OdiTotal::new(value).unwrap())),
        grc in of((-5_i8..=5).prop_map(|value| Grc::new(value).unwrap())),
    ) -> OutcomeAnswers {
        OutcomeAnswers { session, back, leg, comfort, rmdq, psfs, odi, grc }
    }
}

fn wall() -> impl Strategy<Value = Wall> {
    (any::<u64>(), any::<i32>()).prop_map(|(unix_ms, offset_s)| Wall { unix_ms, offset_s })
}

fn logged() -> impl Strategy<Value = Logged> {
    (select(&Activity::ALL[..]), wall(), wall(), 1_u64..=86_400_000, "[A-Z][a-z]{1,9}").prop_map(
        |(activity, from, until, time, by)| {
            let time = Millis::new(time);
            Logged::new(activity, Interval { from, until }, time, Some(&by)).unwrap()
        },
    )
}

fn adverse() -> impl Strategy<Value = AdverseEvent> {
    let harm = prop_oneof![
        select(&Symptom::ALL[..]).prop_map(Harm::Felt),
        select(vec![Harm::Faint, Harm::Injury, Harm::Stuck, Harm::Emergency]),
    ];
    let told = select(vec![HarmSeverity::Mild, HarmSeverity::Moderate, HarmSeverity::Serious]);
    (any::<u128>(), day(), harm, told)
        .prop_map(|(id, day, harm, told)| AdverseEvent::new(id, day, harm, told))
}

prop_compose! {
    fn profile()(
        name in text(),
        [height_cm, mass_kg, age, ankle_setting] in any::<[u16; 4]>(),
        sex in select(&Sex::ALL[..]),
        fit_checked: bool,
    ) -> Profile {
        let facts = PersonFacts { name, height_cm, mass_kg, age, sex, ankle_setting };
        Profile { facts, fit_checked }
    }
}

fn programme() -> impl Strategy<Value = ProgrammeMark> {
    let step = prop_oneof![
        Just(ProgrammeStep::Chosen),
        of(clinician()).prop_map(ProgrammeStep::Begun),
        any::<bool>().prop_map(ProgrammeStep::Ended),
    ];
    (text(), step).prop_map(|(programme, step)| ProgrammeMark { programme, step })
}

fn clearance_facts() -> impl Strategy<Value = Fact> {
    let signed =
        (prop::collection::vec(any::<u8>(), 0..900), prop::collection::vec(any::<u8>(), 74));
    prop_oneof![
        signed.prop_map(|(message, signature)| {
            Fact::SignedClearance(SignedClearance { message, signature })
        }),
        (clinician(), terms(), any::<[u8; 32]>()).prop_map(|(clinician, terms, photo)| {
            Fact::PaperClearance(PaperClearance { clinician, terms, photo })
        }),
        (any::<[u8; 32]>(), day())
            .prop_map(|(id, from)| { Fact::Revoked(Revoked { clearance: ClearanceId(id), from }) }),
        locked().prop_map(Fact::LockedOut),
        (lock(), clinician(), day()).prop_map(|(lock, by, on)| Fact::Lifted(Lifted {
            lock,
            by,
            on
        })),
    ]
}

fn programme_facts() -> impl Strategy<Value = Fact> {
    prop_oneof![
        admitted().prop_map(Fact::Admitted),
        done().prop_map(Fact::SessionDone),
        (session(), felt(), of(any::<bool>())).prop_map(|(session, pain, delayed_harm)| {
            Fact::Morning(Morning { session, pain, delayed_harm })
        }),
        programme().prop_map(Fact::Programme),
        (text(), clinician(), day(), any::<u8>(), any::<u16>()).prop_map(
            |(programme, clinician, from, weeks, rung)| {
                Fact::Maintenance(MaintenanceSet { programme, clinician, from, weeks, rung })
            }
        ),
        outcome().prop_map(Fact::Outcome),
    ]
}

fn activity_facts() -> impl Strategy<Value = Fact> {
    let how = select(vec![HowItWent::Gone, HowItWent::Better, HowItWent::Same, HowItWent::Worse]);
    let yes = prop::collection::vec(select(&Question::ALL[..]), 0..4);
    prop_oneof![
        logged().prop_map(Fact::Activity),
        (select(&Activity::ALL[..]), yes).prop_map(|(activity, yes)| {
            Fact::ActivityScreened(ScreenedActivity { activity, yes })
        }),
        adverse().prop_map(Fact::Adverse),
        (any::<u128>(), how).prop_map(|(event, now)| Fact::FollowUp(FollowUp { event, now })),
        text().prop_map(|table| Fact::Drill(Drill { table })),
        session().prop_map(|session| Fact::FirstRide(FirstRide { session })),
        any::<bool>().prop_map(|reached| Fact::ContactTested(ContactTested { reached })),
    ]
}

fn fact() -> impl Strategy<Value = Fact> {
    let entry = (id(), sheet(), day(), answer(), of(answer()));
    let purpose = (text(), of(clinician()), any::<bool>());
    prop_oneof![
        1 => profile().prop_map(Fact::Profile),
        1 => purpose.prop_map(|(reason, confirmed_by, consulted)| {
            Fact::Purpose(Purpose { reason, confirmed_by, consulted })
        }),
        1 => entry.prop_map(|(question, sheet, day, first, again)| {
            Fact::Answered(Entry::recorded(question, sheet, day, first, again))
        }),
        1 => marks().prop_map(|marks| Fact::Symptoms(SymptomMap::of(marks))),
        1 => gate().prop_map(Fact::Gate),
        5 => clearance_facts(),
        6 => programme_facts(),
        7 => activity_facts(),
    ]
}

pub(super) fn said() -> impl Strategy<Value = Said> {
    (day(), -64_800..=64_800, fact()).prop_map(|(day, offset_s, fact)| Said { day, offset_s, fact })
}
