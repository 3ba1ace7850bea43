//! Running the program: segment after segment, each motion with the guard's permit.

use antipode_safety::{Angle, Millis, Rate, Timestamp};

use super::drive::{Drive, Order};
use super::state::{Phase, State, fixed};
use super::{EndCause, Session};
use crate::event::Source;
use crate::plan::SegmentKind;
use crate::step::{Prompt, Record, Step};

/// Where the program stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// The segment in force.
    pub(super) index: usize,
    /// Bouts done.
    pub(super) bouts_done: u16,
    /// Deepest tilt from now on, after "easier".
    pub(super) ceiling: Option<Angle>,
    /// The bout that the spotter has confirmed the ankle holds for.
    pub(super) latches_seen: Option<u16>,
    /// Holds last half as long from now on, after "shorter".
    pub(super) halved: bool,
    /// The deepest tilt of the stay under way.
    pub(super) depth: Angle,
    /// The last bout that was counted as done.
    counted: Option<u16>,
    /// The motion that was announced last, and when.
    announced: Option<(Angle, Timestamp)>,
}

impl Cursor {
    pub(super) const START: Self = Self {
        index: 0,
        bouts_done: 0,
        ceiling: None,
        latches_seen: None,
        halved: false,
        depth: Angle::LEVEL,
        counted: None,
        announced: None,
    };
}

impl Session {
    /// Begins segment `index`; past the last one the plan is done.
    pub(super) fn enter_segment(&mut self, index: usize, step: &mut Step) {
        let mut index = index;
        // Spoken cues take no time: say them and go on. Bounded by the length of the program.
        while let Some(SegmentKind::Say(cue)) = self.segment_kind(index) {
            step.prompts.push(Prompt::Say(cue));
            index += 1;
        }
        self.leave_bout_before(index, step);
        if self.wants_latches(index) {
            self.ask_latches(index, step);
            return;
        }
        self.cursor.index = index;
        step.records.push(Record::Segment(u16::try_from(index).unwrap_or(u16::MAX)));
        let Some(kind) = self.segment_kind(index) else {
            self.finish_program(step);
            return;
        };
        match kind {
            SegmentKind::Move { to, rate } => self.enter_move(to, rate, step),
            SegmentKind::Hold { time } => {
                let time = if self.cursor.halved { Millis::new(time.get() / 2) } else { time };
                let until = self.now.plus(time);
                self.order(Order::Hold);
                self.enter_phase(Phase::Holding { until, announced: false }, step);
                step.prompts.push(Prompt::Holding(time));
            }
            SegmentKind::Rest { time } => self.enter_rest(time, false, step),
            SegmentKind::Say(_) => {}
            SegmentKind::WaitForPerson { limit } => {
                self.order(Order::Hold);
                self.enter_phase(Phase::Waiting { until: self.now.plus(limit) }, step);
                step.prompts.push(Prompt::OkToGoOn);
            }
            SegmentKind::SelfPaced { .. } => {
                (self.facts.ok_press, self.facts.ok_lowers) = (None, false);
                self.order(Order::Hold);
                self.enter_phase(Phase::SelfPaced { until: None, pulse: None }, step);
                step.prompts.push(Prompt::OwnPace);
            }
            SegmentKind::FinalRest { time } => {
                self.order(Order::Hold);
                self.enter_phase(Phase::FinalRest { until: self.now.plus(time) }, step);
                step.prompts.push(Prompt::Resting(time));
            }
        }
    }

    fn segment_kind(&self, index: usize) -> Option<SegmentKind> {
        self.config.program.segments().get(index).map(|segment| segment.kind)
    }

    pub(super) fn segment_bout(&self, index: usize) -> Option<u16> {
        self.config.program.segments().get(index).and_then(|segment| segment.bout)
    }

    /// Counts the bout that ends when the program goes on at `next`.
    fn leave_bout_before(&mut self, next: usize, step: &mut Step) {
        let was = self.segment_bout(self.cursor.index);
        if let Some(bout) = was
            && self.segment_bout(next) != was
            && self.cursor.counted != was
        {
            self.cursor.counted = was;
            self.cursor.bouts_done = self.cursor.bouts_done.saturating_add(1);
            step.records.push(Record::BoutDone { bout, head_down: self.dose.bout() });
        }
        if self.segment_bout(next) != was {
            self.dose.begin_bout();
        }
    }

    pub(super) fn enter_phase(&mut self, phase: Phase, step: &mut Step) {
        self.transition_to(State::Running(phase), step);
    }

    fn enter_rest(&mut self, time: Millis, ask: bool, step: &mut Step) {
        let until = self.now.plus(time);
        self.order(Order::Hold);
        self.enter_phase(Phase::Resting { until, announced: false, ask }, step);
        step.prompts.push(Prompt::Resting(time));
    }

    /// Turns to `to`, never deeper than the person has been eased to.
    fn enter_move(&mut self, to: Angle, rate: Rate, step: &mut Step) {
        let target = self.cursor.ceiling.map_or(to, |ceiling| to.min(ceiling));
        self.order(Order::Move { target, rate });
        self.enter_phase(Phase::Moving { target, rate }, step);
        if !self.was_announced(target) {
            step.prompts.push(self.announcement(target));
        }
    }

    /// Whether this very motion was spoken just before. One that was put off, or that goes
    /// elsewhere by now, is spoken again.
    fn was_announced(&self, target: Angle) -> bool {
        let still_heard = fixed::ANNOUNCE.plus(Millis::from_secs(1));
        self.cursor
            .announced
            .is_some_and(|(to, at)| to == target && self.now.since(at) <= still_heard)
    }

    fn announcement(&self, target: Angle) -> Prompt {
        if self.tilt().is_some_and(|tilt| target > tilt) {
            Prompt::Lowering(target)
        } else {
            Prompt::Raising(target)
        }
    }

    pub(super) fn proceed_running(&mut self, phase: Phase, step: &mut Step) {
        match phase {
            Phase::Moving { .. } => {
                if self.drive.has_arrived() {
                    self.enter_segment(self.cursor.index + 1, step);
                } else {
                    self.watch_move_limit(step);
                }
            }
            Phase::Holding { until, announced } => {
                if self.now >= until {
                    self.enter_segment(self.cursor.index + 1, step);
                    return;
                }
                if self.drive.has_arrived() {
                    // Eased while holding: the new tilt is reached.
                    self.order(Order::Hold);
                }
                if self.should_announce(until, announced) {
                    self.announce_next(step);
                    self.state = State::Running(Phase::Holding { until, announced: true });
                }
            }
            Phase::Resting { until, announced, ask } => {
                if self.now < until {
                    if self.should_announce(until, announced) {
                        self.announce_next(step);
                        let phase = Phase::Resting { until, announced: true, ask };
                        self.state = State::Running(phase);
                    }
                } else if ask || self.facts.needs_ok || self.dead_man_is_missing() {
                    let limit = self.now.plus(Millis::from_secs(300));
                    self.enter_phase(Phase::Waiting { until: limit }, step);
                    step.prompts.push(Prompt::OkToGoOn);
                    self.waits_for_dead_man(step);
                } else {
                    self.enter_segment(self.cursor.index + 1, step);
                }
            }
            Phase::Waiting { until } => {
                if self.now >= until {
                    let last = self.config.program.segments().len().saturating_sub(1);
                    self.enter_segment(last, step);
                }
            }
            Phase::Latches { until, .. } => {
                if self.now >= until {
                    self.close(EndCause::NoAnswer, step);
                }
            }
            Phase::SelfPaced { until, pulse } => self.proceed_self_paced(until, pulse, step),
            Phase::FinalRest { until } => {
                if self.now >= until {
                    self.finish_program(step);
                }
            }
        }
    }

    /// A motion is spoken three seconds before it begins.
    fn should_announce(&self, until: Timestamp, announced: bool) -> bool {
        !announced && self.now.plus(fixed::ANNOUNCE) >= until
    }

    fn announce_next(&mut self, step: &mut Step) {
        let next = self.cursor.index + 1;
        if let Some(SegmentKind::Move { to, .. }) = self.segment_kind(next)
            && !self.wants_latches(next)
        {
            let target = self.cursor.ceiling.map_or(to, |ceiling| to.min(ceiling));
            self.cursor.announced = Some((target, self.now));
            step.prompts.push(self.announcement(target));
        }
    }

    /// A move that takes far longer than it should is stuck, whatever the readings say.
    pub(super) fn watch_move_limit(&mut self, step: &mut Step) {
        let Order::Move { target, rate } = self.drive.order() else { return };
        // From rest and from where it began, whichever is the longer way: the way up ends near rest.
        let from = self.facts.move_from.distance(target);
        let whole = target.distance(Angle::REST_LOW).max(from).max(fixed::SHORTEST_MOVE);
        let passed = self.now.since(self.drive.since());
        if passed >= Drive::move_limit(whole.saturating_mul(2), rate) {
            self.hold(EndCause::Stalled, None, step);
        }
    }

    fn finish_program(&mut self, step: &mut Step) {
        let cause = EndCause::PlanDone;
        self.finish(cause.outcome(), cause, step);
    }

    fn proceed_self_paced(
        &mut self,
        until: Option<Timestamp>,
        pulse: Option<Timestamp>,
        step: &mut Step,
    ) {
        let tapped = self.facts.ok_press.is_some_and(|at| self.now >= at.plus(fixed::OK_UNHELD));
        if until.is_some_and(|until| self.now >= until) {
            self.enter_segment(self.cursor.index + 1, step);
        } else if tapped {
            self.end_ok_tap(step);
        } else if pulse.is_some_and(|pulse| self.now >= pulse) {
            // Let go to stay.
            self.order(Order::Hold);
            self.state = State::Running(Phase::SelfPaced { until, pulse: None });
        }
    }

    /// The person presses to be lowered a little further.
    pub(super) fn lower_self_paced(&mut self, source: Source, step: &mut Step) -> bool {
        let State::Running(Phase::SelfPaced { until, .. }) = self.state else { return false };
        if source == Source::Hand {
            self.facts.ok_press = None;
            self.facts.ok_lowers = true;
        }
        let Some(SegmentKind::SelfPaced { ceiling, lower, limit, .. }) =
            self.segment_kind(self.cursor.index)
        else {
            return false;
        };
        let target = self.cursor.ceiling.map_or(ceiling, |eased| ceiling.min(eased));
        let until = until.or(Some(self.now.plus(limit)));
        let pulse = Some(self.now.plus(crate::event::HOLD_GRANT));
        if self.drive.order() == Order::Hold {
            step.prompts.push(Prompt::Lowering(target));
        }
        self.order(Order::Move { target, rate: lower });
        self.state = State::Running(Phase::SelfPaced { until, pulse });
        true
    }

    /// OK while something waits for it.
    pub(super) fn go_on(&mut self, step: &mut Step) -> bool {
        if let State::Running(Phase::Waiting { .. } | Phase::SelfPaced { .. }) = self.state {
            if self.waits_for_dead_man(step) {
                return true;
            }
            self.facts.needs_ok = false;
            self.enter_segment(self.cursor.index + 1, step);
            true
        } else {
            false
        }
    }

    /// Ten degrees less from now on; below 5 degrees nothing is left to do head-down.
    pub(super) fn ease(&mut self, step: &mut Step) {
        let deepest = self.cursor.ceiling.unwrap_or_else(|| self.config.program.max_tilt());
        let from = self.tilt().map_or(deepest, |tilt| tilt.min(deepest));
        let base = if from.is_head_down() { from } else { deepest };
        let ceiling = base.moved(-fixed::EASE_MILLIDEG).max(Angle::LEVEL);
        self.cursor.ceiling = Some(ceiling);
        step.records.push(Record::Eased(ceiling));
        step.prompts.push(Prompt::Eased(ceiling));
        if ceiling < crate::dose::HEAD_DOWN_FROM {
            self.rest_then_ask(EndCause::ReturnPressed, step);
            return;
        }
        let above = self.tilt().is_some_and(|tilt| tilt > ceiling);
        if let State::Running(Phase::Moving { target, rate }) = self.state
            && target > ceiling
        {
            self.ease_now(ceiling, rate, step);
        } else if let State::Running(Phase::Holding { .. } | Phase::SelfPaced { .. }) = self.state
            && above
        {
            let raise = self.guard.limits().raise_rate().value();
            self.ease_now(ceiling, raise, step);
        }
    }

    /// Comes up to `ceiling` now; a hold under way goes on there for the time that is left.
    fn ease_now(&mut self, ceiling: Angle, rate: Rate, step: &mut Step) {
        self.order(Order::Move { target: ceiling, rate });
        if let State::Running(Phase::Moving { .. }) = self.state {
            self.state = State::Running(Phase::Moving { target: ceiling, rate });
        }
        step.prompts.push(Prompt::Raising(ceiling));
    }

    /// Half of what is left: up to rest now, and every later hold lasts half as long.
    pub(super) fn shorten(&mut self, step: &mut Step) {
        self.cursor.halved = true;
        step.records.push(Record::Shortened);
        step.prompts.push(Prompt::Shortened);
        if self.is_in_bout() {
            self.rest_then_ask(EndCause::ReturnPressed, step);
        }
    }

    /// Whether the program is in a head-down stay.
    pub(super) fn is_in_bout(&self) -> bool {
        !self.waits_for_latches() && self.segment_bout(self.cursor.index).is_some()
    }

    /// Up to the rest band, rest, and go on only when the person says so.
    pub(super) fn rest_then_ask(&mut self, cause: EndCause, step: &mut Step) {
        let level = self.tilt().is_some_and(|tilt| !tilt.is_head_down());
        if level && self.waits_for_latches() && self.cursor.index == 0 {
            // Before the first bout nothing of the program has begun: a rest would lead past it.
            self.close(cause, step);
        } else if level && !self.is_in_bout() {
            self.enter_rest(fixed::CLOSING_REST, true, step);
        } else {
            self.begin_return(cause, false, true, step);
        }
    }

    /// Back in the rest band after a return that the program survives: skip the rest of the bout.
    pub(super) fn rest_after_return(&mut self, step: &mut Step) {
        let bout = self.segment_bout(self.cursor.index);
        let segments = self.config.program.segments().len();
        let mut next = self.cursor.index;
        while next < segments && bout.is_some() && self.segment_bout(next) == bout {
            next += 1;
        }
        self.leave_bout_before(next, step);
        // The cursor stands before the next segment; the rest that is asked for comes first.
        self.cursor.index = next.saturating_sub(1);
        if matches!(self.segment_kind(next), Some(SegmentKind::Rest { .. })) {
            self.cursor.index = next;
        }
        self.enter_rest(fixed::CLOSING_REST, true, step);
    }
}
