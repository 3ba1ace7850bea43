//! The speeds that a table can turn at, held against those of a plan.
//!
//! A table that cannot turn as slowly as a plan asks, or that has one speed only, would have to fake
//! it by starting and stopping under a person, which nothing here does.

use antipode_safety::Rate;
use antipode_safety::limits::Limits;

use super::Plan;
use super::block::{Block, Travel};
use super::finding::{Field, Finding, PlanPath, Quantity};
use super::rule::Rule;
use super::walk;

/// What a table says of its speeds, without direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TableSpeeds {
    /// No slower than this. A faster speed than the table has is slowed down to it.
    From(Rate),
    /// Nothing outside this range: a plan that is written for this table says what it will do.
    Between {
        /// Slowest steady speed.
        slowest: Rate,
        /// Fastest speed anywhere on its stroke.
        fastest: Rate,
    },
    /// One speed.
    Only(Rate),
}

impl TableSpeeds {
    /// What is wrong with a speed that is written as `written` and will run as `slowed`.
    fn against(self, at: PlanPath, written: Rate, slowed: Rate) -> Option<Finding> {
        let found = |rule, value, limit| {
            Some(Finding::error(rule, at, Quantity::Rate(value), Quantity::Rate(limit)))
        };
        match self {
            Self::Between { fastest, .. } if written > fastest => {
                found(Rule::TableFastest, written, fastest)
            }
            Self::From(slowest) | Self::Between { slowest, .. } if slowed < slowest => {
                found(Rule::TableSlowest, slowed, slowest)
            }
            Self::Only(only) if written != only => found(Rule::TableFixed, written, only),
            Self::Only(only) if slowed != only => found(Rule::TableFixed, slowed, only),
            Self::From(_) | Self::Between { .. } | Self::Only(_) => None,
        }
    }
}

/// Every speed of `plan` that the table cannot turn at, as written or once `limits` have slowed it.
pub(super) fn findings(plan: &Plan, limits: &Limits, table: TableSpeeds) -> Vec<Finding> {
    let speeds = |plan: &Plan| {
        let mut speeds = Vec::new();
        walk::for_each_block(&plan.blocks, &mut |path, block| {
            speeds.extend(of(block).map(|(field, rate)| (PlanPath::block(path, field), rate)));
        });
        speeds
    };
    let written = speeds(plan).into_iter();
    written
        .zip(speeds(&plan.slowed_to(limits)))
        .filter_map(|((at, written), (_, slowed))| table.against(at, written, slowed))
        .collect()
}

/// The speeds of one block.
fn of(block: &Block) -> impl Iterator<Item = (Field, Rate)> {
    let (travel, within) = match block {
        Block::Static(bout) => (Some(bout.travel), None),
        Block::Steps(bout) => (Some(bout.travel), None),
        Block::SelfPaced(bout) => (Some(bout.travel), None),
        Block::Alternating(bout) => {
            (Some(bout.travel), (bout.within != bout.travel).then_some(bout.within))
        }
        Block::Say(_) | Block::WaitForPerson { .. } | Block::Repeat { .. } => (None, None),
    };
    let both = |travel: Travel, lower, raise| [(lower, travel.lower()), (raise, travel.raise())];
    let travel = travel.map(|travel| both(travel, Field::Lower, Field::Raise));
    let within = within.map(|within| both(within, Field::WithinLower, Field::WithinRaise));
    travel.into_iter().chain(within).flatten()
}
