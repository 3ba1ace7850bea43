//! From what was done to the next step.

use antipode_safety::{Angle, Limits};
use std::num::NonZeroU16;

use super::history::{End, NotClean, Pain, SHORTEST_SESSION, SessionResult, Standing, Verdict};
use super::offer::{PainToday, pain_today};
use super::reason::{Checkpoint, Reason, Stop};
use super::weeks::{self, Maintenance, Week};
use super::{Offer, Programme};
use crate::day::Day;
use crate::plan::{CheckContext, Plan};

/// What is known today.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Today {
    /// The day.
    pub day: Day,
    /// Pain now.
    pub pain: Pain,
    /// Maintenance that a clinician asked for.
    pub maintenance: Option<Maintenance>,
    /// The screening was gone through after the last session.
    pub screened_since: bool,
}

/// The limits and the company of today, where they are known: a step that they refuse is not
/// offered.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The limits of this person today.
    pub limits: &'a Limits,
    /// Who is there, and what was done.
    pub check: &'a CheckContext,
}

/// Whether a plan may run today.
pub trait Fit {
    /// True where nothing refuses it.
    fn fits(&self, plan: &Plan) -> bool;
}

impl Fit for Context<'_> {
    fn fits(&self, plan: &Plan) -> bool {
        plan.admit(self.limits, self.check).is_ok()
    }
}

/// A decision about the next step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The week of the programme.
    pub week: Week,
    /// The step of the last session; `None` before the first.
    pub before: Option<usize>,
    /// What is offered now.
    pub after: Offer,
    /// Why, in the order in which the rules were asked.
    pub reasons: Vec<Reason>,
}

/// What a person is asked at the next gate because it was not answered before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ask {
    /// Pain on the morning after the session of that day.
    NextMorning(Day),
    /// Whether flashes, headache or numbness came after the session of that day.
    DelayedHarm(Day),
}

/// What comes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Next {
    /// A step, or why there is none.
    pub step: Result<Decision, Stop>,
    /// Questions left open; none of them holds anything up.
    pub ask: Vec<Ask>,
    /// The latest time at which it is asked whether it helps.
    pub checkpoint: Option<Checkpoint>,
}

/// Days without a session from which one goes back a step.
const GAP_BACK: i32 = 7;
/// Days without a session from which the first week comes again.
const GAP_FIRST_WEEK: i32 = 14;
/// Days without a session from which the screening comes first.
const GAP_SCREEN: i32 = 28;
/// The deepest tilt of the first seven days, and the last tilt that is reached slowly.
const FIRST_WEEK_TILT: Angle = Angle::clamped(20_000);
const SLOWLY_UNTIL: Angle = Angle::clamped(30_000);

/// Where somebody stands after some sessions.
#[derive(Clone, Copy, Debug)]
struct State {
    rung: usize,
    clean: u8,
    early: u8,
    shortened: Option<u16>,
    slowed: u8,
    clean_since_dizzy: u8,
}

impl Programme {
    /// What comes after `history`, the sessions of this programme in the order in which they were
    /// done.
    #[must_use]
    pub fn next(&self, history: &[SessionResult], today: &Today, fit: &dyn Fit) -> Next {
        let sessions: Vec<&SessionResult> = history.iter().filter(|s| is_session(s)).collect();
        let week = weeks::week(&sessions, today.day);
        let whole = week.0.saturating_sub(1);
        let checkpoint = Checkpoint::after(whole).filter(|_| !sessions.is_empty());
        let step = self.step(history, &sessions, week, today, fit);
        Next { step, ask: open_questions(&sessions, today.day), checkpoint }
    }

    fn step(
        &self,
        history: &[SessionResult],
        sessions: &[&SessionResult],
        week: Week,
        today: &Today,
        fit: &dyn Fit,
    ) -> Result<Decision, Stop> {
        self.stop(sessions, week, today)?;
        let (mut offer, mut reasons) = self.after(sessions, today.day);
        if let Some(last) = history.last().filter(|last| last.verdict() == Verdict::NoSession) {
            reasons.push(Reason::TooShort { head_down: last.head_down });
        }
        let last_pain = sessions.last().map_or(Pain::default(), |last| last.before);
        match pain_today(last_pain, today.pain) {
            PainToday::Steady => {}
            PainToday::Gentler { last, today } => {
                offer = self.back(offer);
                reasons.push(Reason::PainToday { last, today });
            }
            PainToday::NotToday { last, today } => return Err(Stop::PainToday { last, today }),
        }
        if let Some(maintenance) = today.maintenance.as_ref().filter(|m| m.covers(today.day))
            && offer.rung > maintenance.rung()
        {
            let rung = maintenance.rung();
            offer = self.at(rung, offer.slowed);
            reasons.push(Reason::Maintenance { rung });
        }
        let refused = offer.rung;
        while !self.plan(offer).is_some_and(|plan| fit.fits(&plan)) {
            if offer.rung == 0 {
                return Err(Stop::NothingFits);
            }
            offer = self.back(offer);
        }
        if offer.rung != refused {
            reasons.push(Reason::TodaysLimits { refused });
        }
        let before = sessions.last().map(|last| last.rung);
        Ok(Decision { week, before, after: offer, reasons })
    }

    fn stop(&self, sessions: &[&SessionResult], week: Week, today: &Today) -> Result<(), Stop> {
        let Some(last) = sessions.last() else { return Ok(()) };
        let days = today.day.since(last.day);
        if days < 0 {
            return Err(Stop::DateBehind { last: last.day });
        }
        if days >= GAP_SCREEN && !today.screened_since {
            return Err(Stop::ScreenAgain { days });
        }
        let maintained = today.maintenance.as_ref().is_some_and(|m| m.covers(today.day));
        if week.0 > u16::from(self.parts().weeks) && !maintained {
            return Err(Stop::Ended { week });
        }
        let mut recent: Vec<Day> = sessions
            .iter()
            .map(|session| session.day)
            .filter(|day| today.day.since(*day) < 7 && *day != today.day)
            .collect();
        recent.dedup();
        let days = u16::try_from(recent.len()).unwrap_or(u16::MAX);
        if days >= u16::from(self.parts().days_per_week) {
            return Err(Stop::EnoughThisWeek { days });
        }
        Ok(())
    }

    /// The step that the sessions and the gap since them lead to, before anything about today.
    fn after(&self, sessions: &[&SessionResult], today: Day) -> (Offer, Vec<Reason>) {
        let Some(last) = sessions.last() else {
            return (self.at(0, 0), vec![Reason::FirstSession]);
        };
        let mut reasons = Vec::new();
        let state = self.state(sessions, &mut reasons);
        let mut offer = self.at(state.rung, state.slowed);
        let verdict = last.verdict();
        match verdict {
            Verdict::NotClean(why) => reasons.push(Reason::NotClean(why)),
            Verdict::Centralised { from, to } => reasons.push(Reason::Centralised { from, to }),
            Verdict::Neutral => reasons.push(Reason::Neutral),
            Verdict::Clean | Verdict::NoSession => {}
        }
        let days = today.since(last.day);
        if days >= GAP_FIRST_WEEK {
            offer = self.at(0, state.slowed);
            reasons.push(Reason::Gap { days });
        } else if verdict.standing() == Standing::Back || state.early >= 2 || days >= GAP_BACK {
            if state.early >= 2 {
                reasons.push(Reason::EarlyReturns);
            }
            if days >= GAP_BACK {
                reasons.push(Reason::Gap { days });
            }
            offer = self.back(offer);
        } else if let Some(bouts) = state.shortened {
            offer = self.shorter(state, bouts, &mut reasons);
        } else if state.clean < Self::CLEAN_TO_STEP {
            if verdict == Verdict::Clean {
                let (clean, needed) = (state.clean, Self::CLEAN_TO_STEP);
                reasons.push(Reason::NotYet { clean, needed });
            }
        } else {
            offer = self.up(state, sessions, today, &mut reasons);
        }
        if state.slowed > 0 {
            reasons.push(Reason::Slowed { times: state.slowed, clean: state.clean_since_dizzy });
        }
        (offer, reasons)
    }

    /// Goes through the sessions once, in their order.
    fn state(&self, sessions: &[&SessionResult], reasons: &mut Vec<Reason>) -> State {
        let mut state =
            State { rung: 0, clean: 0, early: 0, shortened: None, slowed: 0, clean_since_dizzy: 0 };
        let mut restored = false;
        for session in sessions {
            let rung = session.rung.min(self.top());
            if rung != state.rung {
                state = State { rung, clean: 0, shortened: None, ..state };
            }
            let verdict = session.verdict();
            restored = false;
            match verdict {
                Verdict::Clean => state.clean = state.clean.saturating_add(1),
                Verdict::Neutral | Verdict::NoSession => {}
                Verdict::Centralised { .. } | Verdict::NotClean(_) => state.clean = 0,
            }
            let early = verdict == Verdict::NotClean(NotClean::EarlyReturn);
            state.early = if early { state.early.saturating_add(1) } else { 0 };
            if let Some(bouts) = session.shortened {
                state = State { shortened: Some(bouts), clean: 0, ..state };
            } else if state.clean == 0 && verdict.standing() == Standing::Back {
                state.shortened = None;
            }
            if session.dizzy() {
                state.slowed = state.slowed.saturating_add(1);
                state.clean_since_dizzy = 0;
            } else if verdict == Verdict::Clean && state.slowed > 0 {
                state.clean_since_dizzy += 1;
                restored = state.clean_since_dizzy >= Self::CLEAN_TO_RESTORE;
            }
            if restored {
                (state.slowed, state.clean_since_dizzy) = (0, 0);
            }
        }
        if restored {
            reasons.push(Reason::SpeedRestored);
        }
        state
    }

    /// As many bouts as after the person asked for fewer, until two such sessions were clean.
    fn shorter(&self, state: State, bouts: u16, reasons: &mut Vec<Reason>) -> Offer {
        let full = self.at(state.rung, state.slowed);
        // A count of none would be no session.
        let bouts = NonZeroU16::new(bouts).unwrap_or(NonZeroU16::MIN).min(full.bouts);
        if state.clean >= Self::CLEAN_TO_STEP {
            reasons.push(Reason::FullAgain { bouts: full.bouts.get() });
            return full;
        }
        reasons.push(Reason::Shorter { bouts: bouts.get() });
        Offer { bouts, ..full }
    }

    /// One step further, where the tilt of the last seven days allows it.
    fn up(
        &self,
        state: State,
        sessions: &[&SessionResult],
        today: Day,
        reasons: &mut Vec<Reason>,
    ) -> Offer {
        let here = self.at(state.rung, state.slowed);
        let (Some(now), Some(above)) = (self.rung(state.rung), self.rung(state.rung + 1)) else {
            reasons.push(Reason::Top);
            return here;
        };
        let week = || sessions.iter().filter(|session| today.since(session.day) < 7);
        let from = week().filter_map(|session| self.rung(session.rung)).map(|rung| rung.tilt).min();
        let from = from.unwrap_or(now.tilt).min(now.tilt);
        let to = above.tilt;
        if to > now.tilt && to <= SLOWLY_UNTIL && to > from.moved(i64::from(Self::DEEPER_STEP)) {
            reasons.push(Reason::TiltThisWeek { from, to });
            return here;
        }
        if to > FIRST_WEEK_TILT && in_first_week(sessions, today) {
            reasons.push(Reason::FirstWeek { to });
            return here;
        }
        reasons.push(Reason::CleanSessions { count: state.clean });
        self.at(state.rung + 1, state.slowed)
    }

    fn back(&self, offer: Offer) -> Offer {
        self.at(offer.rung.saturating_sub(1), offer.slowed)
    }

    /// The whole of a rung; of the last one past the top.
    fn at(&self, rung: usize, slowed: u8) -> Offer {
        let rung = rung.min(self.top());
        let bouts = self.rung(rung).map_or(NonZeroU16::MIN, |found| found.bouts);
        Offer { rung, bouts, slowed }
    }
}

fn is_session(session: &SessionResult) -> bool {
    session.head_down >= SHORTEST_SESSION || session.end == End::BySymptom
}

/// Seven days from the first session, and from the first after a pause of 14 days.
fn in_first_week(sessions: &[&SessionResult], today: Day) -> bool {
    let mut began: Option<Day> = None;
    let mut last: Option<Day> = None;
    for day in sessions.iter().map(|session| session.day) {
        if last.is_none_or(|last| day.since(last) >= GAP_FIRST_WEEK) {
            began = Some(day);
        }
        last = Some(day);
    }
    began.is_some_and(|began| today.since(began) < 7)
}

/// What was not answered about the last session; older ones are past asking.
fn open_questions(sessions: &[&SessionResult], today: Day) -> Vec<Ask> {
    let mut ask = Vec::new();
    if let Some(last) = sessions.last().filter(|last| today > last.day) {
        let morning = last.next_morning;
        if morning.back.is_none() || morning.leg.is_none() {
            ask.push(Ask::NextMorning(last.day));
        }
        if last.delayed_harm.is_none() {
            ask.push(Ask::DelayedHarm(last.day));
        }
    }
    ask
}
