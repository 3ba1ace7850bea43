//! The core's values in an act. What the core would not make is refused here too.

use std::collections::BTreeSet;

use antipode_core::activity::{Activity, Logged, Question};
use antipode_core::clearance::{Clinician, HeartRange, Terms};
use antipode_core::day::Day;
use antipode_core::gate::{
    AloneFacts, Attempt, Company, LockCause, Mean, Pain, Pressure, Printed, Ride, Step,
};
use antipode_core::ledger::{Interval, Wall};
use antipode_core::outcome::{AdverseEvent, Grc, Harm, HarmSeverity, Nrs, OdiTotal, Rmdq};
use antipode_core::person::{PersonFacts, Sex};
use antipode_core::programme::{End, LegReach, Pain as Felt, SessionResult};
use antipode_core::screening::{Answer, Entry, Id, SheetId};
use antipode_core::symptom::Symptom;
use antipode_core::symptom_map::{Compared, Feeling, Mark, Place, Reach, Score, Side, SymptomMap};
use antipode_safety::Narrowing;

use super::parts::{
    Admitted, ClearanceId, ContactTested, Drill, FirstRide, FollowUp, GateAnswers, HowItWent,
    Lifted, Lock, Locked, MaintenanceSet, Morning, Offered, OutcomeAnswers, PaperClearance,
    Profile, ProgrammeMark, ProgrammeStep, Purpose, Revoked, ScreenedActivity, SessionDone,
    SignedClearance,
};
use super::wire::{Wire, choices, fields};
use crate::session::DecodeError;
use crate::session::tags;
use crate::session::wire::{In, Out};

const fn wrong(what: &'static str, value: i64) -> DecodeError {
    DecodeError::Value { what, value }
}

impl Wire for Day {
    fn put(&self, out: &mut Out) {
        self.unix_days().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let days: i32 = Wire::take(from)?;
        Self::from_unix_days(days).ok_or(wrong("a day", days.into()))
    }
}

impl Wire for Id {
    fn put(&self, out: &mut Out) {
        out.bytes(self.as_str().as_bytes());
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let text = from.text("name of a question")?;
        text.parse().map_err(|_| DecodeError::Text { what: "name of a question" })
    }
}

impl Wire for BTreeSet<Id> {
    fn put(&self, out: &mut Out) {
        out.number(self.len() as u64);
        for id in self {
            id.put(out);
        }
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let ids: Vec<Id> = Wire::take(from)?;
        in_order(&ids)?;
        Ok(ids.into_iter().collect())
    }
}

/// Each once, in one order: a set has one spelling.
fn in_order<T: Ord>(all: &[T]) -> Result<(), DecodeError> {
    let sorted = all.is_sorted_by(|before, after| before < after);
    if sorted { Ok(()) } else { Err(wrong("a set in order", 0)) }
}

impl Wire for Clinician {
    fn put(&self, out: &mut Out) {
        out.bytes(self.name().as_bytes());
        out.bytes(self.registration().as_bytes());
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let what = "name of a clinician";
        let (name, registration) = (from.text(what)?, from.text("registration")?);
        let found = Self::new(&name, &registration).map_err(|_| DecodeError::Text { what })?;
        let same = found.name() == name && found.registration() == registration;
        if same { Ok(found) } else { Err(DecodeError::Text { what }) }
    }
}

impl Wire for HeartRange {
    fn put(&self, out: &mut Out) {
        self.least().put(out);
        self.most().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (least, most): (u16, u16) = Wire::take(from)?;
        Self::new(least, most).ok_or(wrong("a range of heart rates", least.into()))
    }
}

impl Wire for Entry {
    fn put(&self, out: &mut Out) {
        let (first, again) = self.both();
        self.question().put(out);
        self.sheet().put(out);
        self.day().put(out);
        first.put(out);
        again.put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (question, sheet) = Wire::take(from)?;
        let (day, (first, again)) = Wire::take(from)?;
        Ok(Self::recorded(question, sheet, day, first, again))
    }
}

impl Wire for Symptom {
    fn put(&self, out: &mut Out) {
        tags::Tagged::put(*self, out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        tags::take(from)
    }
}

/// Numbers of a scale that the core makes from one small number.
macro_rules! scales {
    ($($type:ident: $raw:ty, $what:literal, $make:expr);+ $(;)?) => {
        $(impl Wire for $type {
            fn put(&self, out: &mut Out) {
                out.signed(i64::from(self.get()));
            }

            fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
                let value = from.signed()?;
                let made = <$raw>::try_from(value).ok().and_then($make);
                made.ok_or(wrong($what, value))
            }
        })+
    };
}

scales! {
    Score: u8, "a score of 0 to 10", Self::new;
    Nrs: u8, "a score of 0 to 10", |value| Self::new(value).ok();
    Grc: i8, "a rating of change", |value| Self::new(value).ok();
    OdiTotal: u8, "a percentage", |value| Self::new(value).ok();
}

impl Wire for SymptomMap {
    fn put(&self, out: &mut Out) {
        let marks: Vec<Mark> = self.marks().copied().collect();
        marks.put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let marks: Vec<Mark> = Wire::take(from)?;
        in_order(&marks)?;
        if marks.iter().any(|mark| mark.score == Score::NONE) {
            return Err(wrong("the score of a mark", 0));
        }
        Ok(Self::of(marks))
    }
}

impl Wire for Pressure {
    fn put(&self, out: &mut Out) {
        self.systolic().put(out);
        self.diastolic().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (systolic, diastolic): (u16, u16) = Wire::take(from)?;
        Self::new(systolic, diastolic).map_err(|_| wrong("a blood pressure", systolic.into()))
    }
}

impl Wire for Mean {
    fn put(&self, out: &mut Out) {
        self.sums().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (systolic, diastolic): (u16, u16) = Wire::take(from)?;
        let mean = Self::recorded(systolic, diastolic);
        mean.map_err(|_| wrong("the sum of two blood pressures", systolic.into()))
    }
}

impl Wire for [bool; Rmdq::ITEMS] {
    fn put(&self, out: &mut Out) {
        let bits = self.iter().rev().fold(0_u32, |bits, ticked| bits << 1 | u32::from(*ticked));
        bits.put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let bits: u32 = Wire::take(from)?;
        if bits >> Rmdq::ITEMS != 0 {
            return Err(wrong("24 ticks", bits.into()));
        }
        Ok(core::array::from_fn(|item| bits >> item & 1 == 1))
    }
}

impl Wire for Logged {
    fn put(&self, out: &mut Out) {
        self.activity().put(out);
        self.when().put(out);
        self.time().put(out);
        self.supervisor().map(str::to_owned).put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (activity, when) = Wire::take(from)?;
        let (time, supervisor): (_, Option<String>) = Wire::take(from)?;
        let logged = Self::new(activity, when, time, supervisor.as_deref());
        let same = |logged: &Self| logged.supervisor() == supervisor.as_deref();
        logged.ok().filter(same).ok_or(DecodeError::Text { what: "activity under a supervisor" })
    }
}

impl Wire for AdverseEvent {
    fn put(&self, out: &mut Out) {
        self.id.put(out);
        self.day.put(out);
        self.harm.put(out);
        self.told().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let (id, day) = Wire::take(from)?;
        let (harm, told) = Wire::take(from)?;
        Ok(Self::new(id, day, harm, told))
    }
}

impl Wire for usize {
    fn put(&self, out: &mut Out) {
        out.number(*self as u64);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.small("a rung")
    }
}

fields!(SheetId { name, version });
fields!(Terms { person, given, until, scopes, limits, heart });
fields!(Narrowing {
    tilt,
    lower_rate,
    raise_rate,
    through_level_rate,
    return_rate,
    bout_hold,
    bout,
    session,
    day_hold,
    day,
    bouts_per_session,
});
fields!(Pain { back, leg, reach });
fields!(Mark { place, side, feeling, score });
fields!(Attempt { first, second });
fields!(AloneFacts { hand_control, after_stop_decided, frees_themselves, contact_tested });
fields!(Interval { from, until });
fields!(Wall { unix_ms, offset_s });
fields!(PersonFacts { name, height_cm, mass_kg, age, sex, ankle_setting });
fields!(Felt { back, leg, reach });
fields!(SessionResult {
    day,
    rung,
    tilt,
    head_down,
    end,
    symptoms,
    eased,
    shortened,
    before,
    after,
    next_morning,
    delayed_harm,
});

fields!(Profile { facts, fit_checked });
fields!(Purpose { reason, confirmed_by, consulted });
fields!(SignedClearance { message, signature });
fields!(PaperClearance { clinician, terms, photo });
fields!(Revoked { clearance, from });
fields!(Locked { since, cause });
fields!(Lifted { lock, by, on });
fields!(GateAnswers { nothing_different, pain, compared, pressure, heart, saturation, company });
fields!(Offered { programme, rung, bouts, slowed });
fields!(Admitted { session, ride, step, answer_within, printed, offered, fastest });
fields!(SessionDone { session, programme, spotter, fastest, result });
fields!(Morning { session, pain, delayed_harm });
fields!(ProgrammeMark { programme, step });
fields!(MaintenanceSet { programme, clinician, from, weeks, rung });
fields!(OutcomeAnswers { session, back, leg, comfort, rmdq, psfs, odi, grc });
fields!(ScreenedActivity { activity, yes });
fields!(FollowUp { event, now });
fields!(Drill { table });
fields!(FirstRide { session });
fields!(ContactTested { reached });

impl Wire for ClearanceId {
    fn put(&self, out: &mut Out) {
        self.0.put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        Wire::take(from).map(Self)
    }
}

choices!(Lock, "what a clinician lifts", 0 => Out(lock), 1 => Session(id), 2 => Event(id));
choices!(ProgrammeStep, "step of a programme",
    0 => Chosen, 1 => Begun(by), 2 => Ended(to_the_top));
choices!(HowItWent, "answer to a follow-up", 0 => Gone, 1 => Better, 2 => Same, 3 => Worse);
choices!(Answer, "answer", 0 => Yes, 1 => No, 2 => Number(number), 3 => DoesNotApply);
choices!(LockCause, "cause of a lock-out",
    0 => RedFlag(id), 1 => SymptomMap, 2 => Symptom(symptom), 3 => AdverseEvent);
choices!(Reach, "reach", 0 => Back, 1 => Buttock, 2 => Thigh, 3 => Calf, 4 => Foot);
choices!(Place, "place",
    0 => Neck, 1 => Arm, 2 => UpperBack, 3 => LowerBack, 4 => Buttock, 5 => Saddle, 6 => Thigh,
    7 => Calf, 8 => Foot);
choices!(Side, "side", 0 => Left, 1 => Right, 2 => Middle, 3 => Both);
choices!(Feeling, "feeling", 0 => Pain, 1 => Tingling, 2 => Numbness, 3 => Weakness);
choices!(Compared, "comparison", 0 => Same, 1 => Better, 2 => Worse, 3 => NewPlace(marks));
choices!(Company, "company", 0 => Spotter, 1 => Alone(facts));
choices!(Ride, "ride", 0 => First, 1 => Session);
choices!(Step, "step", 0 => AsPlanned, 1 => Held, 2 => OneBack, 3 => FirstWeek);
choices!(Printed, "printed line",
    0 => Sheet(sheet),
    1 => Clearance { clinician, verified, until, opened },
    2 => Advice(id),
    3 => TakenBack(id),
    4 => Pressure(mean),
    5 => NoPressure,
    6 => HeartRate(rate),
    7 => Saturation(percent),
    8 => DrillOverdue,
    9 => Gap(days),
    10 => PainRose(by),
    11 => Centralised,
    12 => Alone);
choices!(LegReach, "reach in a leg",
    0 => NotInLeg, 1 => Buttock, 2 => Thigh, 3 => Calf, 4 => Foot);
choices!(End, "end of a session",
    0 => Completed, 1 => Finished, 2 => ByPerson, 3 => BySymptom, 4 => ByOthers);
choices!(Sex, "sex", 0 => Female, 1 => Male, 2 => NotStated);
choices!(Activity, "activity",
    0 => GravityBoots, 1 => BarHang, 2 => Hydrotherapy, 3 => ClinicTraction, 4 => Physiotherapy,
    5 => Rehabilitation, 6 => Pilates, 7 => Exercise);
choices!(Question, "question before an activity",
    0 => TableClosed, 1 => LegJoints, 2 => CannotComeDown, 3 => ShoulderOrHand,
    4 => WoundOrInfection, 5 => SeizureOrFearOfWater, 6 => TractionContra,
    7 => WorseWithTraction, 8 => RedFlag);
choices!(Harm, "harm",
    0 => Felt(symptom), 1 => Faint, 2 => Injury, 3 => Stuck, 4 => Emergency);
choices!(HarmSeverity, "severity of harm", 0 => Mild, 1 => Moderate, 2 => Serious);
