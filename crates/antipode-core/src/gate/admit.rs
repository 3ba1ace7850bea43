//! The one way to an [`Admission`].

use antipode_safety::limits::RAISE_FLOOR;
use antipode_safety::{Layer, Limits, Millis, Narrowing, Why};

use crate::clearance::{Clearance, Standing};
use crate::screening::{About, Asking, Finding, Id, Severity, Whom, evaluate};
use crate::session::ALONE_LIMITS;
use crate::symptom_map::{MapVerdict, compare};

use super::admission::{Admission, Printed, Ride, Step};
use super::inputs::{AloneFacts, Company, Known, LockCause, Place, Today};
use super::numbers;
use super::reason::{Cause, Change, Reason, Refusal};

mod vitals;

/// Questions whose finding makes a cuff compulsory.
const CUFF: [&str; 3] = ["pressure-controlled", "heart-other", "circulation"];
/// The question whose clearance covers a pressure from 140/90 on.
const PRESSURE: &str = "pressure-controlled";

/// Opens the gate for one visit, or says everything that stands in the way.
///
/// # Errors
/// A [`Refusal`] with every reason; the lock-outs that it begins are for the caller to record.
pub fn admit(known: &Known<'_>, place: &Place, today: &Today) -> Result<Admission, Refusal> {
    let mut gate = Gate::new(known, place, today);
    gate.lock_outs();
    gate.screening();
    gate.symptoms();
    gate.vitals();
    gate.company();
    gate.time_away();
    gate.drill();
    gate.standing_limits();
    gate.clearances();
    gate.dose();
    match Refusal::of(gate.reasons) {
        Some(refusal) => Err(refusal),
        None => Ok(Admission {
            person: known.person.name().to_owned(),
            day: today.day,
            limits: gate.limits,
            ride: gate.ride,
            step: gate.step,
            answer_within: match today.company {
                Company::Spotter => None,
                Company::Alone(_) => Some(numbers::ALONE_ANSWER),
            },
            printed: gate.printed,
        }),
    }
}

struct Gate<'a> {
    known: &'a Known<'a>,
    place: &'a Place,
    today: &'a Today,
    /// Clearances that hold today, each with what it opened.
    valid: Vec<(&'a Clearance, Vec<Id>)>,
    reasons: Vec<Reason>,
    limits: Limits,
    ride: Ride,
    step: Step,
    printed: Vec<Printed>,
    cuff_needed: bool,
}

impl<'a> Gate<'a> {
    fn new(known: &'a Known<'a>, place: &'a Place, today: &'a Today) -> Self {
        let valid = known.clearances.iter().filter(|clearance| {
            clearance.standing(known.person.name(), today.day) == Standing::Valid
        });
        let valid: Vec<_> = valid.map(|clearance| (clearance, Vec::new())).collect();
        let cleared = valid.iter().any(|(held, _)| {
            CUFF.iter().any(|id| scope_of(known, id).is_some_and(|scope| held.covers(scope)))
        });
        Self {
            known,
            place,
            today,
            valid,
            reasons: Vec::new(),
            limits: known.person.narrow(place.limits),
            ride: Ride::Session,
            step: Step::AsPlanned,
            printed: vec![Printed::Sheet(known.sheet.id().clone())],
            cuff_needed: cleared || known.person.age() >= numbers::PRESSURE_AGE,
        }
    }

    fn refuse(&mut self, cause: Cause, change: Change, ask: Whom) {
        self.reasons.push(Reason { cause, change, ask });
    }

    fn narrow(&mut self, layer: Layer, why: Why, to: Narrowing) {
        self.limits = self.limits.narrow(layer, why, to);
    }

    /// Whether a valid clearance covers `scope`; every one that does is noted as used for it.
    fn opened(&mut self, scope: &Id) -> bool {
        let mut any = false;
        for (_, opened) in self.valid.iter_mut().filter(|(held, _)| held.covers(scope)) {
            any = true;
            if !opened.contains(scope) {
                opened.push(scope.clone());
            }
        }
        any
    }

    fn lock_outs(&mut self) {
        let day = self.today.day;
        for lock in self.known.lock_outs.iter().filter(|lock| lock.stands(day)) {
            let cause = Cause::LockedOut { since: lock.since, cause: lock.cause.clone() };
            self.refuse(cause, Change::Lift, Whom::Doctor);
        }
        if !self.place.date_certain {
            self.refuse(Cause::DateNotCertain, Change::ConfirmDate, Whom::Nobody);
        }
        if self.today.age > numbers::GATE_HOLDS {
            self.refuse(Cause::AnswersOld(self.today.age), Change::Answer, Whom::Nobody);
        }
        let mass_kg = self.known.person.mass_kg();
        if let Some(plate_kg) = self.place.plate_kg.filter(|plate| mass_kg > *plate) {
            let cause = Cause::Plate { mass_kg, plate_kg };
            self.refuse(cause, Change::OtherTable, Whom::TableKeeper);
        }
    }

    fn asking(&self) -> Asking {
        let day = self.today.day;
        let lifted = self
            .known
            .lock_outs
            .iter()
            .filter(|lock| matches!(lock.cause, LockCause::RedFlag(_)) && !lock.stands(day));
        let gap = self.known.last.filter(|last| day.since(last.day) >= numbers::GAP_SCREEN);
        Asking {
            day,
            nothing_different: self.today.nothing_different,
            lifted: lifted.filter_map(|lock| Some(lock.lifted.as_ref()?.on)).max(),
            not_before: gap.and_then(|last| last.day.plus(numbers::GAP_SCREEN)),
        }
    }

    fn screening(&mut self) {
        let known = self.known;
        let screened = evaluate(known.sheet, known.answers, known.person, &self.asking());
        for ask in screened.to_ask {
            self.refuse(Cause::Unanswered(ask), Change::Answer, Whom::Nobody);
        }
        for finding in screened.findings {
            self.finding(finding);
        }
        for question in known.sheet.questions() {
            let last = known.answers.last(&question.id);
            let taken_back = last.is_some_and(|entry| {
                let (first, again) = entry.both();
                entry.day() == self.today.day
                    && question.severity == Severity::RedFlag
                    && question.finds(first)
                    && again.is_some_and(|again| !question.finds(again))
            });
            if taken_back {
                self.printed.push(Printed::TakenBack(question.id.clone()));
            }
        }
    }

    fn finding(&mut self, finding: Finding) {
        let id = match &finding.about {
            About::Question { id, .. } => Some(id.clone()),
            About::Profile(_) => None,
        };
        self.cuff_needed |= id.as_ref().is_some_and(|id| CUFF.contains(&id.as_str()));
        let (open, scope) = match &finding.severity {
            Severity::Advice => (true, None),
            Severity::Clearance(scope) => (self.opened(scope), Some(scope.clone())),
            Severity::NotToday | Severity::Block | Severity::RedFlag => (false, None),
        };
        if open {
            self.limits = finding.narrow(self.known.sheet, self.limits);
            if let (Severity::Advice, Some(id)) = (&finding.severity, id) {
                self.printed.push(Printed::Advice(id));
            }
            return;
        }
        let change = match (&finding.severity, &scope, id) {
            (Severity::RedFlag, _, _) => Change::Lift,
            (_, Some(scope), _) => Change::Clearance(scope.clone()),
            (_, None, Some(id)) => Change::AsSheet(id),
            (_, None, None) => Change::AnotherDay,
        };
        let clearance = scope.and_then(|scope| self.held(&scope));
        let ask = finding.ask;
        self.refuse(Cause::Screening { finding, clearance }, change, ask);
    }

    /// What became of the last clearance for `scope`, where there was one and none holds.
    fn held(&self, scope: &Id) -> Option<Standing> {
        let (name, day) = (self.known.person.name(), self.today.day);
        let covering = self.known.clearances.iter().filter(|held| held.covers(scope));
        covering
            .filter(|held| held.terms().person == name)
            .max_by_key(|held| held.last_day())
            .map(|held| held.standing(name, day))
    }

    fn symptoms(&mut self) {
        let verdict = compare(self.known.map, &self.today.compared);
        let both_legs = Id::fixed(MapVerdict::BOTH_LEGS_SCOPE);
        match verdict {
            MapVerdict::Fine => {}
            MapVerdict::KnownBothLegs if self.opened(&both_legs) => {}
            MapVerdict::KnownBothLegs => {
                self.refuse(Cause::BothLegs, Change::Clearance(both_legs), Whom::Doctor);
            }
            MapVerdict::NotToday => {
                self.refuse(Cause::SymptomsChanged, Change::AnotherDay, Whom::Clinician);
            }
            MapVerdict::RedFlag => {
                self.refuse(Cause::RedFlagSymptoms, Change::Lift, Whom::Emergency);
            }
        }
        let today = super::pain::pain(self.today.pain, self.known.last.map(|last| last.pain));
        for cause in today.causes {
            self.refuse(cause, Change::AnotherDay, Whom::Clinician);
        }
        self.step = self.step.max(today.step);
        self.printed.extend(today.printed);
    }

    fn company(&mut self) {
        let Company::Alone(facts) = self.today.company else { return };
        self.narrow(Layer::Person, Why::Alone, ALONE_LIMITS);
        self.printed.push(Printed::Alone);
        self.alone(facts);
    }

    fn alone(&mut self, facts: AloneFacts) {
        let clean = self.known.clean_with_spotter;
        if clean < numbers::ALONE_AFTER {
            self.refuse(Cause::AloneTooEarly { clean }, Change::Spotter, Whom::Nobody);
        }
        let scope = Id::fixed(numbers::ALONE_SCOPE);
        if !self.opened(&scope) {
            self.refuse(Cause::AloneNotCleared, Change::Clearance(scope), Whom::Clinician);
        }
        let day = self.today.day;
        let contact = facts
            .contact_tested
            .is_some_and(|tested| (0..=numbers::CONTACT_DAYS).contains(&day.since(tested)));
        for (fine, cause) in [
            (facts.hand_control, Cause::AloneNoHandControl),
            (facts.after_stop_decided, Cause::AloneAfterStop),
            (facts.frees_themselves, Cause::AloneNotFreed),
            (contact, Cause::AloneContact(facts.contact_tested)),
        ] {
            if !fine {
                self.refuse(cause, Change::Spotter, Whom::TableKeeper);
            }
        }
    }

    /// First ride and gaps.
    fn time_away(&mut self) {
        let day = self.today.day;
        let last = self.known.last.map(|last| last.day);
        let used = self.known.first_ride.max(last);
        // A day that has not come means that a clock was wrong: nothing is known of the gap.
        if used.is_some_and(|used| used > day) {
            self.refuse(Cause::DateNotCertain, Change::ConfirmDate, Whom::Nobody);
        }
        let ridden = self.known.first_ride.is_some()
            && used.is_some_and(|used| day.since(used) < numbers::GAP_SCREEN);
        if !ridden {
            self.ride = Ride::First;
            self.narrow(Layer::Person, Why::FirstRide, numbers::FIRST_RIDE);
        }
        let Some(last) = last else {
            self.step = Step::FirstWeek;
            return self.narrow(Layer::Person, Why::FirstWeek, numbers::FIRST_WEEK);
        };
        let gap = day.since(last);
        let days = u16::try_from(gap).unwrap_or(u16::MAX);
        if gap >= numbers::GAP_FIRST_WEEK {
            self.step = Step::FirstWeek;
            self.narrow(Layer::Person, Why::Gap(days), numbers::FIRST_WEEK);
        }
        if gap >= numbers::GAP_STEP_BACK {
            self.step = self.step.max(Step::OneBack);
            self.printed.push(Printed::Gap(days));
        }
    }

    fn drill(&mut self) {
        let drilled = self
            .known
            .drill
            .is_some_and(|drill| (0..=numbers::DRILL_DAYS).contains(&self.today.day.since(drill)));
        if !drilled {
            self.narrow(Layer::Person, Why::DrillOverdue, numbers::DRILL_OVERDUE);
            self.printed.push(Printed::DrillOverdue);
        }
    }

    fn standing_limits(&mut self) {
        if let Some(rate) = self.known.slowed_to {
            // Slower still would only be more time head-down.
            let rate = Some(rate.magnitude().max(RAISE_FLOOR));
            let slower = Narrowing {
                lower_rate: rate,
                raise_rate: rate,
                through_level_rate: rate,
                ..Narrowing::NONE
            };
            self.narrow(Layer::Person, Why::DizzyLastTime, slower);
        }
    }

    /// Every clearance in force narrows, also where nothing needed it today.
    fn clearances(&mut self) {
        for (held, opened) in core::mem::take(&mut self.valid) {
            self.limits = held.narrow(self.limits);
            self.printed.push(Printed::Clearance {
                clinician: held.clinician().clone(),
                verified: held.is_verified(),
                until: held.last_day(),
                opened,
            });
        }
    }

    fn dose(&mut self) {
        let ledger = self.known.ledger;
        let done = ledger.done;
        let mut spent = Vec::new();
        if done.sessions_today >= numbers::SESSIONS_PER_DAY {
            spent.push(Cause::SessionsToday(done.sessions_today));
        }
        if done.sessions_in_week >= numbers::SESSIONS_PER_WEEK {
            spent.push(Cause::SessionsInWeek(done.sessions_in_week));
        }
        let (day, hold) = (self.limits.day().value(), self.limits.day_hold().value());
        if done.head_down_today >= day {
            spent.push(Cause::DayDose { used: done.head_down_today, most: day });
        }
        if done.hold_today >= hold {
            spent.push(Cause::DayHold { used: done.hold_today, most: hold });
        }
        spent.extend(ledger.week.filter(|week| week.used >= week.most).map(Cause::WeekDose));
        for cause in spent {
            self.refuse(cause, Change::Tomorrow, Whom::Nobody);
        }
        if done.head_down_today > Millis::ZERO {
            let used = u32::try_from(done.head_down_today.whole_secs()).unwrap_or(u32::MAX);
            let session = Some(day.less(done.head_down_today));
            let left = Narrowing { session, ..Narrowing::NONE };
            self.narrow(Layer::Day, Why::DayDoseUsed(used), left);
        }
    }
}

/// The scope of the clearance that opens the question called `id`.
fn scope_of<'a>(known: &Known<'a>, id: &str) -> Option<&'a Id> {
    let question = known.sheet.questions().iter().find(|question| question.id.as_str() == id)?;
    match &question.severity {
        Severity::Clearance(scope) => Some(scope),
        Severity::Advice | Severity::NotToday | Severity::Block | Severity::RedFlag => None,
    }
}
