//! From a plan to its program.

use antipode_safety::{Angle, Millis, Rate};

use super::block::{Alternation, Block, SelfPaced, StaticBout, Steps};
use super::finding::Finding;
use super::program::{Program, Segment, SegmentKind};
use super::{Plan, walk};

impl Plan {
    /// The plan unrolled into segments.
    ///
    /// Each bout ends with a move back to the rest band and a rest there. The program ends with a
    /// final rest, which no plan can leave out; a rest right before it is taken into it, the
    /// longer of the two counts.
    ///
    /// This checks structure only. A plan that may run is one that [`check()`](super::check()) finds no
    /// error in.
    ///
    /// # Errors
    /// Every finding about the plan's structure: no bout, a bout that is not head-down, too many
    /// segments. The size is worked out before anything is unrolled.
    pub fn expand(&self) -> Result<Program, Vec<Finding>> {
        let findings = walk::structure(self);
        if !findings.is_empty() {
            return Err(findings);
        }
        let mut unroll = Unroll { segments: Vec::new(), bouts: 0 };
        unroll.blocks(&self.blocks);
        Ok(unroll.finish(self))
    }
}

struct Unroll {
    segments: Vec<Segment>,
    bouts: u16,
}

impl Unroll {
    fn blocks(&mut self, blocks: &[Block]) {
        for block in blocks {
            match block {
                Block::Static(bout) => self.repeat(bout.repeat.get(), |u| u.static_bout(bout)),
                Block::Alternating(bout) => {
                    self.repeat(bout.repeat.get(), |u| u.alternation(bout));
                }
                Block::Steps(bout) => self.repeat(bout.repeat.get(), |u| u.steps(bout)),
                Block::SelfPaced(bout) => self.repeat(bout.repeat.get(), |u| u.self_paced(bout)),
                Block::Say(cue) => self.between(SegmentKind::Say(*cue)),
                Block::WaitForPerson { limit } => {
                    self.between(SegmentKind::WaitForPerson { limit: *limit });
                }
                Block::Repeat { times, blocks } => {
                    self.repeat(times.get(), |u| u.blocks(blocks));
                }
            }
        }
    }

    fn repeat(&mut self, times: u16, mut once: impl FnMut(&mut Self)) {
        for _ in 0..times {
            once(self);
        }
    }

    fn static_bout(&mut self, bout: &StaticBout) {
        self.turn(bout.tilt, bout.travel.lower());
        self.hold(bout.hold);
        self.end_bout(bout.travel.raise(), bout.rest);
    }

    fn alternation(&mut self, bout: &Alternation) {
        self.turn(bout.high, bout.travel.lower());
        self.hold(bout.hold);
        for _ in 1..bout.cycles.get() {
            self.turn(bout.low, bout.within.raise());
            self.hold(bout.ease);
            self.turn(bout.high, bout.within.lower());
            self.hold(bout.hold);
        }
        self.end_bout(bout.travel.raise(), bout.rest);
    }

    fn steps(&mut self, bout: &Steps) {
        let mut from = Angle::REST_AIM;
        for step in &bout.steps {
            let deeper = step.tilt > from;
            let rate = if deeper { bout.travel.lower() } else { bout.travel.raise() };
            if step.tilt != from {
                self.turn(step.tilt, rate);
            }
            self.hold(step.hold);
            from = step.tilt;
        }
        self.end_bout(bout.travel.raise(), bout.rest);
    }

    fn self_paced(&mut self, bout: &SelfPaced) {
        self.within_bout(SegmentKind::SelfPaced {
            ceiling: bout.ceiling,
            lower: bout.travel.lower(),
            raise: bout.travel.raise(),
            limit: bout.limit,
        });
        self.end_bout(bout.travel.raise(), bout.rest);
    }

    fn turn(&mut self, to: Angle, rate: Rate) {
        self.within_bout(SegmentKind::Move { to, rate });
    }

    /// A hold of no time is left out, so that a cyclic bout does not stop where it need not.
    fn hold(&mut self, time: Millis) {
        if time > Millis::ZERO {
            self.within_bout(SegmentKind::Hold { time });
        }
    }

    fn end_bout(&mut self, raise: Rate, rest: Millis) {
        self.turn(Angle::REST_AIM, raise);
        self.bouts = self.bouts.saturating_add(1);
        self.between(SegmentKind::Rest { time: rest });
    }

    fn within_bout(&mut self, kind: SegmentKind) {
        self.segments.push(Segment { bout: Some(self.bouts), kind });
    }

    fn between(&mut self, kind: SegmentKind) {
        self.segments.push(Segment { bout: None, kind });
    }

    fn finish(mut self, plan: &Plan) -> Program {
        let mut rest = plan.finish.rest();
        if let Some(Segment { kind: SegmentKind::Rest { time }, .. }) = self.segments.last() {
            rest = rest.max(*time);
            self.segments.pop();
        }
        self.between(SegmentKind::FinalRest { time: rest });
        Program::new(self.segments, self.bouts, plan.finish.upright_dwell())
    }
}
