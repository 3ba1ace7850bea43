//! From a plan that may run to the program that does.

use antipode_safety::limits::Limits;

use super::Plan;
use super::block::{Block, Travel};
use super::check::{CheckContext, check};
use super::finding::{Finding, Severity};
use super::program::Program;

impl Plan {
    /// The program of this plan under `limits`, with the warnings it carries: slowed where limits
    /// are slower than it, and refused where it breaks them.
    ///
    /// # Errors
    /// Every finding of [`check()`] when one of them is an error.
    pub fn admit(
        &self,
        limits: &Limits,
        context: &CheckContext,
    ) -> Result<(Program, Vec<Finding>), Vec<Finding>> {
        let findings = check(self, limits, context);
        if findings.iter().any(|finding| finding.severity == Severity::Error) {
            return Err(findings);
        }
        self.slowed_to(limits).expand().map(|program| (program, findings))
    }

    /// This plan with no speed above `limits`. Nothing else changes.
    #[must_use]
    pub fn slowed_to(&self, limits: &Limits) -> Self {
        Self { blocks: slowed(&self.blocks, limits), ..self.clone() }
    }
}

fn slowed(blocks: &[Block], limits: &Limits) -> Vec<Block> {
    let home = |travel: Travel| {
        let lower = travel.lower().slower(limits.lower_rate().value());
        let raise = travel
            .raise()
            .slower(limits.raise_rate().value())
            .slower(limits.through_level_rate().value());
        Travel::new(lower, raise).unwrap_or(travel)
    };
    let mut slower = blocks.to_vec();
    for block in &mut slower {
        match block {
            Block::Static(bout) => bout.travel = home(bout.travel),
            Block::Steps(bout) => bout.travel = home(bout.travel),
            Block::SelfPaced(bout) => bout.travel = home(bout.travel),
            Block::Alternating(bout) => {
                bout.travel = home(bout.travel);
                bout.within = home(bout.within);
            }
            Block::Repeat { blocks, .. } => *blocks = slowed(blocks, limits),
            Block::Say(_) | Block::WaitForPerson { .. } => {}
        }
    }
    slower
}
