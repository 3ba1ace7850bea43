//! What a check found, where, and against which number.

use antipode_safety::{Angle, Bound, Layer, Millis, Rate, Why};
use std::fmt;

use super::Attendance;
use super::rule::{Relation, Rule};

/// One thing that is wrong or unusual in a plan.
///
/// Its text names the place, the value, the rule, the rule's number and where that number comes
/// from (I24).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Finding {
    /// Whether the plan can run.
    pub severity: Severity,
    /// The rule that it breaks.
    pub rule: Rule,
    /// Where.
    pub at: PlanPath,
    /// What the plan asks for.
    pub value: Quantity,
    /// What the rule allows.
    pub limit: Quantity,
    /// The layer and the reason that set the limit, where it is one that narrows.
    pub binding: Option<(Layer, Why)>,
}

impl Finding {
    /// A finding that forbids the plan.
    pub(super) const fn error(rule: Rule, at: PlanPath, value: Quantity, limit: Quantity) -> Self {
        Self { severity: Severity::Error, rule, at, value, limit, binding: None }
    }

    /// A finding that advises.
    pub(super) const fn warning(
        rule: Rule,
        at: PlanPath,
        value: Quantity,
        limit: Quantity,
    ) -> Self {
        Self { severity: Severity::Warning, rule, at, value, limit, binding: None }
    }

    /// The same finding with the rule that set its limit.
    pub(super) const fn bound_by<T: Copy>(mut self, bound: &Bound<T>) -> Self {
        self.binding = Some((bound.layer(), bound.why()));
        self
    }
}

impl fmt::Display for Finding {
    /// `block 1: the tilt is 70°; it must be at most 60° (hard limit: ...; source)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let relation = match (self.severity, self.rule.relation()) {
            (Severity::Error, Relation::AtMost) => "it must be at most",
            (Severity::Error, Relation::AtLeast) => "it must be at least",
            (Severity::Warning, Relation::AtMost) if self.rule.is_rate() && self.is_narrowed() => {
                "it will be slowed to"
            }
            (Severity::Warning, Relation::AtMost) => "it is usually at most",
            (Severity::Warning, Relation::AtLeast) => "it is usually at least",
            (Severity::Error | Severity::Warning, Relation::Within) => "it must lie within",
            (Severity::Error | Severity::Warning, Relation::Exactly) => "it must be",
        };
        let Self { at, rule, value, limit, .. } = self;
        write!(f, "{at}: {} is {value}; {relation} {limit} (", rule.subject())?;
        if let Some((layer, why)) = self.binding {
            write!(f, "{layer}: {why}; ")?;
        }
        write!(f, "{})", rule.source())
    }
}

impl Finding {
    const fn is_narrowed(&self) -> bool {
        self.binding.is_some()
    }
}

/// Whether a finding forbids the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Allowed, but outside what is usually advised.
    Warning,
    /// The plan does not run.
    Error,
}

/// Where in a plan: the way through the blocks to one value.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PlanPath {
    /// The block, and the blocks inside it, counted from 0; empty for the plan as a whole.
    pub blocks: Vec<u16>,
    /// The step of a stepped bout, counted from 0.
    pub step: Option<u16>,
    /// The value.
    pub field: Field,
}

impl PlanPath {
    /// A value of the plan itself.
    #[must_use]
    pub const fn plan(field: Field) -> Self {
        Self { blocks: Vec::new(), step: None, field }
    }

    /// A value of the block reached through `blocks`.
    #[must_use]
    pub fn block(blocks: &[u16], field: Field) -> Self {
        Self { blocks: blocks.to_vec(), step: None, field }
    }

    /// A value of one step of the block reached through `blocks`.
    #[must_use]
    pub fn step(blocks: &[u16], step: u16, field: Field) -> Self {
        Self { blocks: blocks.to_vec(), step: Some(step), field }
    }
}

impl fmt::Display for PlanPath {
    /// `block 2.1, step 3`, counted from 1 as people count.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((first, rest)) = self.blocks.split_first() else {
            return f.write_str("the plan");
        };
        write!(f, "block {}", u32::from(*first) + 1)?;
        for inner in rest {
            write!(f, ".{}", u32::from(*inner) + 1)?;
        }
        if let Some(step) = self.step {
            write!(f, ", step {}", u32::from(step) + 1)?;
        }
        Ok(())
    }
}

/// A value of a plan that a finding can point at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Field {
    /// The plan or block as a whole.
    Whole,
    /// How many bouts alike.
    Repeat,
    /// How many times a repeat block runs.
    Times,
    /// How many cycles in one bout.
    Cycles,
    /// The tilt of a hold.
    Tilt,
    /// The low tilt of a bout that goes to and fro.
    LowTilt,
    /// The deepest tilt of a self-paced bout.
    Ceiling,
    /// Time of a hold.
    Hold,
    /// Time at the low tilt.
    Ease,
    /// Rest after a bout.
    Rest,
    /// Speed of lowering.
    Lower,
    /// Speed of raising.
    Raise,
    /// Speed of lowering within a bout.
    WithinLower,
    /// Speed of raising within a bout.
    WithinRaise,
    /// The steps of a stepped bout.
    Steps,
    /// The longest wait or self-paced time.
    Limit,
    /// The final rest.
    FinalRest,
    /// Who must be there.
    Attendance,
}

/// A number with its unit, as a finding shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Quantity {
    /// A tilt.
    Tilt(Angle),
    /// Two tilts between which a value must lie, ends included.
    Between(Angle, Angle),
    /// A speed.
    Rate(Rate),
    /// A length of time.
    Time(Millis),
    /// A count.
    Count(u64),
    /// Company at the table.
    Company(Attendance),
}

impl fmt::Display for Quantity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Tilt(angle) => decimal(f, angle.millideg(), "°"),
            Self::Between(low, high) => {
                decimal(f, low.millideg(), "°")?;
                f.write_str(" to ")?;
                decimal(f, high.millideg(), "°")
            }
            Self::Rate(rate) => decimal(f, rate.millideg_per_s(), "°/s"),
            Self::Time(time) => duration(f, time),
            Self::Count(count) => write!(f, "{count}"),
            Self::Company(company) => f.write_str(match company {
                Attendance::AloneAllowed => "nobody",
                Attendance::Spotter => "a spotter",
                Attendance::Clinician => "a clinician",
            }),
        }
    }
}

/// Thousandths as a decimal without idle zeros: `30°`, `1.5°/s`.
fn decimal(f: &mut fmt::Formatter<'_>, thousandths: i32, unit: &str) -> fmt::Result {
    let sign = if thousandths < 0 { "-" } else { "" };
    let (whole, part) = (thousandths.unsigned_abs() / 1_000, thousandths.unsigned_abs() % 1_000);
    if part == 0 {
        return write!(f, "{sign}{whole}{unit}");
    }
    let part = format!("{part:03}");
    write!(f, "{sign}{whole}.{}{unit}", part.trim_end_matches('0'))
}

/// A length of time in minutes and seconds: `3 min`, `1 min 30 s`, `90 ms`.
fn duration(f: &mut fmt::Formatter<'_>, time: Millis) -> fmt::Result {
    let (minutes, seconds, millis) =
        (time.get() / 60_000, time.get() / 1_000 % 60, time.get() % 1_000);
    match (minutes, seconds, millis) {
        (0, 0, ms) if ms > 0 => write!(f, "{ms} ms"),
        (0, s, 0) => write!(f, "{s} s"),
        (m, 0, 0) => write!(f, "{m} min"),
        (m, s, 0) => write!(f, "{m} min {s} s"),
        (0, s, ms) => write!(f, "{s}.{ms:03} s"),
        (m, s, ms) => write!(f, "{m} min {s}.{ms:03} s"),
    }
}
