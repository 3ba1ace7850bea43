//! Holding a plan against the limits that apply, without moving anything.

use antipode_safety::limits::Limits;
use antipode_safety::{Angle, Bound, Layer, Millis, Rate};
use std::num::NonZeroU16;

use super::block::{Block, Pattern, Travel};
use super::dose::{BoutDose, Dose};
use super::finding::{Field, Finding, PlanPath, Quantity};
use super::legs::legs;
use super::program::Program;
use super::rule::{Rule, numbers};
use super::speeds::{self, TableSpeeds};
use super::{Attendance, Plan, walk};

/// What is known of the person's day and last time, who is there, and how the table turns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckContext {
    /// Who is at the table.
    pub company: Attendance,
    /// What this person has already done.
    pub done: Done,
    /// The last session that counts, where there is one.
    pub last: Option<LastSession>,
    /// The speeds of the table that it is for, where that is known.
    pub table: Option<TableSpeeds>,
}

/// What a person has already done, rebuilt from the journals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Done {
    /// Hold of today's sessions.
    pub hold_today: Millis,
    /// Time at 5 degrees and more of today's sessions.
    pub head_down_today: Millis,
    /// Sessions today.
    pub sessions_today: u16,
    /// Sessions of the last seven days, today included.
    pub sessions_in_week: u16,
}

impl Done {
    /// Nothing yet.
    pub const NOTHING: Self = Self {
        hold_today: Millis::ZERO,
        head_down_today: Millis::ZERO,
        sessions_today: 0,
        sessions_in_week: 0,
    };
}

/// The session that the next one may go a step beyond.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LastSession {
    /// Its deepest tilt.
    pub max_tilt: Angle,
    /// Its longest hold in one bout.
    pub longest_hold: Millis,
}

impl CheckContext {
    /// Nothing is known but who is there: for a plan seen on its own.
    #[must_use]
    pub const fn alone_with_file(company: Attendance) -> Self {
        Self { company, done: Done::NOTHING, last: None, table: None }
    }
}

/// Everything that `plan` breaks or stretches under `limits`, in the order of the plan, first the
/// blocks and then the plan as a whole.
///
/// An error forbids the plan. A speed above a limit that is narrower than the hard one is a
/// warning: [`Plan::slowed_to`] takes it down, and the head-down times here are counted with the
/// slower travel.
#[must_use]
pub fn check(plan: &Plan, limits: &Limits, context: &CheckContext) -> Vec<Finding> {
    let mut check = Check { plan, limits, findings: walk::structure(plan) };
    let can_unroll = check.findings.is_empty();
    let slowed = plan.slowed_to(limits);
    walk::for_each_block(&plan.blocks, &mut |path, block| check.block(path, block));
    if can_unroll {
        walk::for_each_block(&slowed.blocks, &mut |path, block| check.bout(path, block));
    }
    if let Some(table) = context.table {
        check.findings.extend(speeds::findings(plan, limits, table));
    }
    check.findings.sort_by(|a, b| a.at.cmp(&b.at));
    let blocks_end = check.findings.iter().take_while(|f| f.at.blocks.is_empty()).count();
    check.findings.rotate_left(blocks_end);
    check.finish();
    if let Ok(program) = slowed.expand() {
        check.session(&program, context);
    }
    check.company(context);
    check.findings
}

struct Check<'a> {
    plan: &'a Plan,
    limits: &'a Limits,
    findings: Vec<Finding>,
}

impl Check<'_> {
    /// Rules on the values of one block, as written.
    fn block(&mut self, path: &[u16], block: &Block) {
        match block {
            Block::Static(bout) => {
                self.tilt(PlanPath::block(path, Field::Tilt), bout.tilt);
                self.travel(path, bout.travel, [Field::Lower, Field::Raise]);
                self.rest(path, bout.rest);
            }
            Block::Alternating(bout) => {
                self.tilt(PlanPath::block(path, Field::Tilt), bout.high);
                if bout.pattern == Pattern::WarmUp {
                    self.warm_up(path, bout.high);
                }
                self.travel(path, bout.travel, [Field::Lower, Field::Raise]);
                if bout.within != bout.travel {
                    self.travel(path, bout.within, [Field::WithinLower, Field::WithinRaise]);
                }
                self.rest(path, bout.rest);
            }
            Block::Steps(bout) => {
                for (index, step) in (0..).zip(&bout.steps) {
                    self.tilt(PlanPath::step(path, index, Field::Tilt), step.tilt);
                }
                self.travel(path, bout.travel, [Field::Lower, Field::Raise]);
                self.rest(path, bout.rest);
            }
            Block::SelfPaced(bout) => {
                self.tilt(PlanPath::block(path, Field::Ceiling), bout.ceiling);
                self.travel(path, bout.travel, [Field::Lower, Field::Raise]);
                self.rest(path, bout.rest);
            }
            Block::WaitForPerson { limit } => {
                let at = PlanPath::block(path, Field::Limit);
                self.at_most(Rule::Wait, at, *limit, numbers::WAIT_MOST);
            }
            Block::Say(_) | Block::Repeat { .. } => {}
        }
    }

    fn tilt(&mut self, at: PlanPath, tilt: Angle) {
        let bound = self.limits.tilt();
        let value = Quantity::Tilt(tilt);
        if tilt > bound.value() {
            let limit = Quantity::Tilt(bound.value());
            self.findings.push(Finding::error(Rule::Tilt, at, value, limit).bound_by(bound));
        } else if tilt > numbers::TILT_ADVISED && self.unsupervised() {
            let limit = Quantity::Tilt(numbers::TILT_ADVISED);
            self.findings.push(Finding::warning(Rule::Tilt, at, value, limit));
        }
    }

    fn warm_up(&mut self, path: &[u16], tilt: Angle) {
        if tilt > numbers::WARM_UP_ADVISED {
            self.findings.push(Finding::warning(
                Rule::WarmUpTilt,
                PlanPath::block(path, Field::Tilt),
                Quantity::Tilt(tilt),
                Quantity::Tilt(numbers::WARM_UP_ADVISED),
            ));
        }
    }

    fn travel(&mut self, path: &[u16], travel: Travel, [lower, raise]: [Field; 2]) {
        let limits = self.limits;
        let at = |field| PlanPath::block(path, field);
        self.rate(Rule::LowerRate, at(lower), travel.lower(), limits.lower_rate());
        // Every raise of a bout ends in the rest band or may be cut short into a way home, so the
        // slower of both limits holds for all of it.
        let through = limits.through_level_rate();
        if through.value() <= limits.raise_rate().value() {
            self.rate(Rule::ThroughLevelRate, at(raise), travel.raise(), through);
        } else {
            self.rate(Rule::RaiseRate, at(raise), travel.raise(), limits.raise_rate());
        }
    }

    fn rate(&mut self, rule: Rule, at: PlanPath, rate: Rate, bound: &Bound<Rate>) {
        let value = Quantity::Rate(rate);
        let limit = Quantity::Rate(bound.value());
        if rate > bound.value() {
            // What is only a slower table or person slows the plan down; a limit that leaves no
            // useful speed refuses it.
            let refused = bound.layer() == Layer::Hard || bound.value() < numbers::RATE_LEAST;
            let make = if refused { Finding::error } else { Finding::warning };
            self.findings.push(make(rule, at, value, limit).bound_by(bound));
        } else if rate < numbers::RATE_LEAST {
            let least = Quantity::Rate(numbers::RATE_LEAST);
            self.findings.push(Finding::error(Rule::LeastRate, at, value, least));
        } else if rate > numbers::RATE_ADVISED {
            let advised = Quantity::Rate(numbers::RATE_ADVISED);
            self.findings.push(Finding::warning(rule, at, value, advised));
        }
    }

    fn rest(&mut self, path: &[u16], rest: Millis) {
        let at = || PlanPath::block(path, Field::Rest);
        self.at_most(Rule::LongRest, at(), rest, numbers::REST_MOST);
        let value = Quantity::Time(rest);
        if rest < numbers::REST_LEAST {
            let least = Quantity::Time(numbers::REST_LEAST);
            self.findings.push(Finding::error(Rule::Rest, at(), value, least));
        } else if rest < numbers::REST_ADVISED {
            let advised = Quantity::Time(numbers::REST_ADVISED);
            self.findings.push(Finding::warning(Rule::Rest, at(), value, advised));
        }
    }

    /// Rules on the head-down time of one bout, counted with the speeds it will run at.
    fn bout(&mut self, path: &[u16], block: &Block) {
        let Some((dose, hold_at, whole_at)) = self.dose_of(path, block) else { return };
        let hold_cap = self.limits.bout_hold_at(dose.deepest);
        if dose.hold > hold_cap.value() {
            self.over(Rule::BoutHold, hold_at, dose.hold, &hold_cap);
        } else if dose.hold > numbers::HOLD_ADVISED && self.unsupervised() {
            let advised = Quantity::Time(numbers::HOLD_ADVISED);
            let value = Quantity::Time(dose.hold);
            self.findings.push(Finding::warning(Rule::BoutHold, hold_at, value, advised));
        }
        let cap = self.limits.bout_at(dose.deepest);
        if dose.head_down > cap.value() {
            self.over(Rule::BoutHeadDown, whole_at, dose.head_down, &cap);
        }
    }

    /// The dose of one bout of `block`, with the places of its hold and of the whole.
    fn dose_of(&self, path: &[u16], block: &Block) -> Option<(BoutDose, PlanPath, PlanPath)> {
        let mut once = block.clone();
        let hold_field = match &mut once {
            Block::Static(bout) => {
                bout.repeat = NonZeroU16::MIN;
                Field::Hold
            }
            Block::Alternating(bout) => {
                bout.repeat = NonZeroU16::MIN;
                Field::Hold
            }
            Block::Steps(bout) => {
                bout.repeat = NonZeroU16::MIN;
                Field::Steps
            }
            Block::SelfPaced(bout) => {
                bout.repeat = NonZeroU16::MIN;
                Field::Limit
            }
            Block::Say(_) | Block::WaitForPerson { .. } | Block::Repeat { .. } => return None,
        };
        let plan = Plan { blocks: vec![once], ..self.plan.clone() };
        let dose = Dose::of(&plan.expand().ok()?);
        let bout = *dose.bouts.first()?;
        let whole = PlanPath::block(path, Field::Whole);
        Some((bout, PlanPath::block(path, hold_field), whole))
    }

    fn finish(&mut self) {
        let rest = self.plan.finish.rest();
        if rest < numbers::FINAL_REST_ADVISED {
            let (value, advised) =
                (Quantity::Time(rest), Quantity::Time(numbers::FINAL_REST_ADVISED));
            let at = PlanPath::plan(Field::FinalRest);
            self.findings.push(Finding::warning(Rule::FinalRest, at, value, advised));
        }
    }

    /// Rules on the session as a whole and on the day.
    fn session(&mut self, program: &Program, context: &CheckContext) {
        let dose = Dose::of(program);
        let (limits, done) = (self.limits, context.done);
        let whole = || PlanPath::plan(Field::Whole);
        let bouts = u64::from(program.bouts());
        let most = limits.bouts_per_session();
        if bouts > u64::from(most.value()) {
            let limit = Quantity::Count(u64::from(most.value()));
            let value = Quantity::Count(bouts);
            let finding = Finding::error(Rule::BoutCount, whole(), value, limit).bound_by(most);
            self.findings.push(finding);
        } else if bouts > numbers::BOUTS_ADVISED && self.unsupervised() {
            let (value, limit) = (Quantity::Count(bouts), Quantity::Count(numbers::BOUTS_ADVISED));
            self.findings.push(Finding::warning(Rule::BoutCount, whole(), value, limit));
        }
        if dose.head_down > limits.session().value() {
            self.over(Rule::SessionHeadDown, whole(), dose.head_down, limits.session());
        }
        let hold_today = dose.hold.plus(done.hold_today);
        if hold_today > limits.day_hold().value() {
            self.over(Rule::DayHold, whole(), hold_today, limits.day_hold());
        } else if hold_today > numbers::DAY_HOLD_ADVISED {
            let value = Quantity::Time(hold_today);
            let advised = Quantity::Time(numbers::DAY_HOLD_ADVISED);
            self.findings.push(Finding::warning(Rule::DayHold, whole(), value, advised));
        }
        let today = dose.head_down.plus(done.head_down_today);
        if today > limits.day().value() {
            self.over(Rule::DayHeadDown, whole(), today, limits.day());
        }
        let time = legs(program).iter().fold(Millis::ZERO, |sum, leg| sum.plus(leg.time));
        self.at_most(Rule::SessionTime, whole(), time, numbers::SESSION_MOST);
        self.sessions(done);
        if let Some(last) = context.last {
            self.progression(program, &dose, last);
        }
    }

    fn sessions(&mut self, done: Done) {
        let rules = [
            (
                Rule::SessionsPerDay,
                done.sessions_today,
                numbers::SESSIONS_PER_DAY,
                numbers::SESSIONS_PER_DAY_ADVISED,
            ),
            (
                Rule::SessionsPerWeek,
                done.sessions_in_week,
                numbers::SESSIONS_PER_WEEK,
                numbers::SESSIONS_PER_WEEK_ADVISED,
            ),
        ];
        for (rule, before, most, advised) in rules {
            let count = u64::from(before) + 1;
            let (at, value) = (PlanPath::plan(Field::Whole), Quantity::Count(count));
            if count > most {
                self.findings.push(Finding::error(rule, at, value, Quantity::Count(most)));
            } else if count > advised {
                self.findings.push(Finding::warning(rule, at, value, Quantity::Count(advised)));
            }
        }
    }

    fn progression(&mut self, program: &Program, dose: &Dose, last: LastSession) {
        let whole = || PlanPath::plan(Field::Whole);
        let tilt = program.max_tilt();
        let deepest = last.max_tilt.moved(numbers::DEEPER_STEP);
        if tilt > deepest {
            let (value, limit) = (Quantity::Tilt(tilt), Quantity::Tilt(deepest));
            self.findings.push(Finding::error(Rule::DeeperThanLast, whole(), value, limit));
        }
        let hold = dose.bouts.iter().map(|bout| bout.hold).max().unwrap_or(Millis::ZERO);
        let longest = last.longest_hold.plus(numbers::LONGER_STEP);
        self.at_most(Rule::LongerThanLast, whole(), hold, longest);
        if tilt > last.max_tilt && hold > last.longest_hold {
            let (value, limit) = (Quantity::Count(2), Quantity::Count(1));
            self.findings.push(Finding::error(Rule::OneChange, whole(), value, limit));
        }
    }

    fn company(&mut self, context: &CheckContext) {
        if context.company < self.plan.attendance {
            self.findings.push(Finding::error(
                Rule::Attendance,
                PlanPath::plan(Field::Attendance),
                Quantity::Company(context.company),
                Quantity::Company(self.plan.attendance),
            ));
        }
    }

    /// Whether advice for people without a clinician at their side applies.
    fn unsupervised(&self) -> bool {
        self.plan.attendance < Attendance::Clinician
    }

    fn at_most(&mut self, rule: Rule, at: PlanPath, value: Millis, most: Millis) {
        if value > most {
            let (value, limit) = (Quantity::Time(value), Quantity::Time(most));
            self.findings.push(Finding::error(rule, at, value, limit));
        }
    }

    fn over(&mut self, rule: Rule, at: PlanPath, value: Millis, bound: &Bound<Millis>) {
        let (value, limit) = (Quantity::Time(value), Quantity::Time(bound.value()));
        self.findings.push(Finding::error(rule, at, value, limit).bound_by(bound));
    }
}
