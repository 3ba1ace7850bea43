//! Going through the blocks of a plan with a path to each, and the rules of structure.

use antipode_safety::Angle;

use super::Plan;
use super::block::{Alternation, Block};
use super::finding::{Field, Finding, PlanPath, Quantity};
use super::program::MAX_SEGMENTS;
use super::rule::Rule;

/// Blocks sit at most this deep inside one another.
pub(super) const MAX_DEPTH: usize = 3;
/// The smallest tilt that counts as head-down for a bout: one millidegree would be a slip of the
/// pen, and a table cannot tell it from level.
pub(super) const LEAST_TILT: Angle = Angle::LEVEL.moved(1_000);

/// What was counted in a plan without unrolling it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Size {
    /// Segments; at least the number of blocks, so that it also bounds the work of unrolling.
    pub segments: u64,
    /// Bouts.
    pub bouts: u64,
}

impl Size {
    const fn plus(self, other: Self) -> Self {
        Self {
            segments: self.segments.saturating_add(other.segments),
            bouts: self.bouts.saturating_add(other.bouts),
        }
    }

    const fn times(self, times: u64) -> Self {
        Self {
            segments: self.segments.saturating_mul(times),
            bouts: self.bouts.saturating_mul(times),
        }
    }
}

/// The size of `blocks` unrolled, by arithmetic alone: a file that asks for a million bouts is
/// refused without making one (H-31).
pub(super) fn size(blocks: &[Block], depth: usize) -> Size {
    let one = Size { segments: 1, bouts: 0 };
    blocks.iter().fold(Size::default(), |sum, block| {
        sum.plus(match block {
            Block::Static(bout) => bouts_of(4, bout.repeat.get()),
            Block::Alternating(bout) => {
                bouts_of(4 * u64::from(bout.cycles.get()), bout.repeat.get())
            }
            Block::Steps(bout) => {
                let steps = u64::try_from(bout.steps.len()).unwrap_or(u64::MAX);
                bouts_of(steps.saturating_mul(2).saturating_add(2), bout.repeat.get())
            }
            Block::SelfPaced(bout) => bouts_of(3, bout.repeat.get()),
            Block::Say(_) | Block::WaitForPerson { .. } => one,
            Block::Repeat { times, blocks } if depth < MAX_DEPTH => {
                one.plus(size(blocks, depth + 1).times(u64::from(times.get())))
            }
            Block::Repeat { .. } => one,
        })
    })
}

const fn bouts_of(segments: u64, repeat: u16) -> Size {
    Size { segments, bouts: 1 }.times(repeat as u64)
}

/// Every rule of structure: what must hold before a plan can be unrolled at all.
pub(super) fn structure(plan: &Plan) -> Vec<Finding> {
    let mut findings = Vec::new();
    let total = size(&plan.blocks, 0);
    if total.bouts == 0 {
        findings.push(count(Rule::HasBout, PlanPath::plan(Field::Whole), 0, 1));
    }
    // One more for the final rest.
    let segments = total.segments.saturating_add(1);
    let most = u64::try_from(MAX_SEGMENTS).unwrap_or(u64::MAX);
    if segments > most {
        findings.push(count(Rule::Segments, PlanPath::plan(Field::Whole), segments, most));
    }
    for_each_block(&plan.blocks, &mut |path, block| structure_of(path, block, &mut findings));
    findings
}

/// Calls `visit` for every block once, repeats included, outer before inner, down to one level
/// past the deepest allowed.
pub(super) fn for_each_block(blocks: &[Block], visit: &mut impl FnMut(&[u16], &Block)) {
    fn inner(path: &mut Vec<u16>, blocks: &[Block], visit: &mut impl FnMut(&[u16], &Block)) {
        for (index, block) in blocks.iter().enumerate() {
            path.push(u16::try_from(index).unwrap_or(u16::MAX));
            visit(path, block);
            if let Block::Repeat { blocks, .. } = block
                && path.len() <= MAX_DEPTH
            {
                inner(path, blocks, visit);
            }
            path.pop();
        }
    }
    inner(&mut Vec::new(), blocks, visit);
}

fn structure_of(path: &[u16], block: &Block, findings: &mut Vec<Finding>) {
    match block {
        Block::Static(bout) => {
            head_down(PlanPath::block(path, Field::Tilt), bout.tilt, findings);
        }
        Block::Alternating(bout) => {
            head_down(PlanPath::block(path, Field::Tilt), bout.high, findings);
            low_tilt(path, bout, findings);
        }
        Block::Steps(bout) => {
            if bout.steps.is_empty() {
                findings.push(count(Rule::StepCount, PlanPath::block(path, Field::Steps), 0, 1));
            }
            for (index, step) in bout.steps.iter().enumerate() {
                let index = u16::try_from(index).unwrap_or(u16::MAX);
                head_down(PlanPath::step(path, index, Field::Tilt), step.tilt, findings);
            }
        }
        Block::SelfPaced(bout) => {
            head_down(PlanPath::block(path, Field::Ceiling), bout.ceiling, findings);
        }
        Block::Say(_) | Block::WaitForPerson { .. } => {}
        Block::Repeat { blocks, .. } => {
            if blocks.is_empty() {
                let at = PlanPath::block(path, Field::Whole);
                findings.push(count(Rule::RepeatNotEmpty, at, 0, 1));
            }
            if path.len() > MAX_DEPTH {
                let (depth, most) = (path.len() as u64, MAX_DEPTH as u64);
                let at = PlanPath::block(path, Field::Whole);
                findings.push(count(Rule::Nesting, at, depth, most));
            }
        }
    }
}

fn head_down(at: PlanPath, tilt: Angle, findings: &mut Vec<Finding>) {
    if tilt < LEAST_TILT {
        findings.push(Finding::error(
            Rule::HeadDown,
            at,
            Quantity::Tilt(tilt),
            Quantity::Tilt(LEAST_TILT),
        ));
    }
}

fn low_tilt(path: &[u16], bout: &Alternation, findings: &mut Vec<Finding>) {
    let (least, most) = if bout.pattern.low_is_head_down() {
        (LEAST_TILT, bout.high.moved(-1_000))
    } else {
        (Angle::REST_LOW, Angle::LEVEL)
    };
    if bout.low < least || bout.low > most {
        findings.push(Finding::error(
            Rule::LowTilt,
            PlanPath::block(path, Field::LowTilt),
            Quantity::Tilt(bout.low),
            Quantity::Between(least, most),
        ));
    }
}

fn count(rule: Rule, at: PlanPath, value: u64, limit: u64) -> Finding {
    Finding::error(rule, at, Quantity::Count(value), Quantity::Count(limit))
}
