//! Reading a plan file.

use antipode_core::plan::{
    Alternation, Attendance, Block, CheckContext, Cue, EvidenceStrength, Field, Finish, Pattern,
    Plan, PlanPath, SelfPaced, StaticBout, Step, Steps, Travel, check,
};
use antipode_safety::limits::RAISE_FLOOR;
use antipode_safety::{Angle, Limits, Millis, Rate};
use std::collections::BTreeMap;
use std::num::NonZeroU16;
use std::ops::Range;
use toml::de::DeTable;

use crate::document::Read;
use crate::fields::Fields;
use crate::finding::{Findings, Problem, Sink};
use crate::key::Key;
use crate::number::plain;
use crate::source::Source;

pub(crate) mod keys;

use keys as k;

/// Blocks sit at most this deep inside one another: one more than a plan may have, so that the
/// rule about it is the plan's own, and no file can exhaust the stack.
const DEEPEST: usize = 4;

/// A plan with the place in its file of each of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanFile {
    /// The plan.
    pub plan: Plan,
    places: Places,
    source: Source,
}

/// Where in the file each value of the plan is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Places(BTreeMap<PlanPath, Range<usize>>);

impl Places {
    /// The place of `path`, or of the nearest thing around it that has one.
    fn of(&self, path: &PlanPath) -> Range<usize> {
        let mut at = path.clone();
        loop {
            if let Some(span) = self.0.get(&at) {
                return span.clone();
            }
            if at.step.is_some() && at.field == Field::Whole {
                at.step = None;
            } else if at.field != Field::Whole {
                at.field = Field::Whole;
            } else if at.blocks.pop().is_none() {
                return 0..0;
            }
        }
    }
}

/// Reads a plan for its form: everything that does not depend on a person, a table or a day.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn read_plan(source: &Source) -> Result<Read<PlanFile>, Findings> {
    crate::document::read(source, &k::PLAN, |fields, sink| {
        plan_file(source, fields, sink, |plan| plan.expand().err().unwrap_or_default())
    })
}

/// Reads a plan and holds it against `limits`, so that all that is wrong with it comes at once:
/// what cannot be read and, for the blocks that can, what is not allowed.
///
/// # Errors
/// Every finding, when one of them is an error.
pub fn check_plan(
    source: &Source,
    limits: &Limits,
    context: impl FnOnce(&Plan) -> CheckContext,
) -> Result<Read<PlanFile>, Findings> {
    crate::document::read(source, &k::PLAN, |fields, sink| {
        let file = plan_file(source, fields, sink, |plan| check(plan, limits, &context(plan)));
        sink.name_limits(|key| range_of(key, limits));
        file
    })
}

/// What the rules allow for the value of `key`, where that is narrower than what can be written.
fn range_of(key: &'static str, limits: &Limits) -> Option<(String, String)> {
    let speed = |most: Rate| {
        let (least, most) = (RAISE_FLOOR.millideg_per_s(), most.millideg_per_s());
        (plain(least.into()), format!("{} degrees a second", plain(most.into())))
    };
    if key == k::TILT_DEG.name || key == k::CEILING.name {
        let most = limits.tilt().value().millideg();
        return Some(("0".to_owned(), format!("{} degrees", plain(most.into()))));
    }
    if key == k::LOWER.name || key == k::WITHIN_LOWER.name {
        return Some(speed(limits.lower_rate().value()));
    }
    if key == k::RAISE.name || key == k::WITHIN_RAISE.name {
        let most = limits.raise_rate().value().slower(limits.through_level_rate().value());
        return Some(speed(most));
    }
    let bouts = limits.bouts_per_session().value();
    (key == k::REPEAT.name).then(|| ("1".to_owned(), format!("{bouts}")))
}

fn plan_file(
    source: &Source,
    fields: &Fields<'_, '_>,
    sink: &mut Sink,
    check: impl FnOnce(&Plan) -> Vec<antipode_core::plan::Finding>,
) -> Option<PlanFile> {
    let mut reader = Reader { places: Places::default() };
    let plan = reader.plan(fields, sink)?;
    // A block that cannot be read is missing from every sum, so only what is said of single
    // blocks holds then.
    let complete = !sink.has_error();
    for finding in check(&plan) {
        if complete || !finding.at.blocks.is_empty() {
            sink.plan(reader.places.of(&finding.at), finding);
        }
    }
    Some(PlanFile { plan, places: reader.places, source: source.clone() })
}

impl PlanFile {
    /// Findings of a later check of this plan, with their places in the file.
    #[must_use]
    pub fn locate(&self, findings: Vec<antipode_core::plan::Finding>) -> Findings {
        let mut sink = Sink::default();
        for finding in findings {
            sink.plan(self.places.of(&finding.at), finding);
        }
        sink.finish(self.source.clone())
    }

    /// The file.
    #[must_use]
    pub const fn source(&self) -> &Source {
        &self.source
    }
}

/// Stands in for a block that could not be read, so that the blocks after it keep their numbers.
const UNREADABLE: Block = Block::Say(Cue::HalfWay);

struct Reader {
    places: Places,
}

impl Reader {
    fn plan(&mut self, fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Plan> {
        let name = fields.name(&k::NAME, sink);
        let title = fields.text(&k::TITLE, sink);
        let evidence = fields.text(&k::EVIDENCE, sink);
        let strength =
            fields.choice(&k::STRENGTH, &EvidenceStrength::ALL, EvidenceStrength::key, sink);
        let attendance = fields.choice(&k::REQUIRES, &Attendance::ALL, Attendance::key, sink);
        self.place(PlanPath::plan(Field::Attendance), fields, &k::REQUIRES);
        let blocks = self.blocks(fields, &k::BOUT, &mut Vec::new(), sink);
        let finish = self.finish(fields, sink);
        Some(Plan {
            name: name.unwrap_or_default(),
            title: title.unwrap_or_default(),
            evidence: evidence.unwrap_or_default(),
            strength: strength.unwrap_or(EvidenceStrength::Proposal),
            attendance: attendance.unwrap_or(Attendance::Spotter),
            blocks,
            finish: finish.unwrap_or(Finish::DEFAULT),
        })
    }

    fn finish(&mut self, fields: &Fields<'_, '_>, sink: &mut Sink) -> Option<Finish> {
        let fields = fields.table(&k::FINISH, sink)?;
        self.place(PlanPath::plan(Field::FinalRest), &fields, &k::FINISH_REST);
        Finish::new(fields.duration(&k::FINISH_REST, sink)?)
    }

    fn blocks(
        &mut self,
        fields: &Fields<'_, '_>,
        key: &'static Key,
        path: &mut Vec<u16>,
        sink: &mut Sink,
    ) -> Vec<Block> {
        if path.len() > DEEPEST {
            sink.error(fields.span_of(key), Problem::TooDeep);
            return Vec::new();
        }
        let mut blocks = Vec::new();
        for (index, (table, span)) in (0..).zip(fields.tables(key, sink)) {
            path.push(index);
            let block = self.block(table, span, path, sink);
            blocks.push(block.unwrap_or(UNREADABLE));
            path.pop();
        }
        blocks
    }

    fn block(
        &mut self,
        table: &DeTable<'_>,
        span: Range<usize>,
        path: &mut Vec<u16>,
        sink: &mut Sink,
    ) -> Option<Block> {
        self.places.0.insert(PlanPath::block(path, Field::Whole), span.clone());
        let (kind, fields) = Fields::open_variant(table, span, &k::BLOCKS, sink)?;
        match kind {
            "static" => self.static_bout(&fields, path, sink).map(Block::Static),
            "intermittent" => self.alternation(Pattern::Intermittent, &fields, path, sink),
            "cyclic" => self.alternation(Pattern::Cyclic, &fields, path, sink),
            "oscillate" => self.alternation(Pattern::Oscillation, &fields, path, sink),
            "warm_up" => self.alternation(Pattern::WarmUp, &fields, path, sink),
            "steps" => self.steps(&fields, path, sink).map(Block::Steps),
            "self_paced" => self.self_paced(&fields, path, sink).map(Block::SelfPaced),
            "prompt" => fields.choice(&k::SAY, &Cue::ALL, Cue::key, sink).map(Block::Say),
            "wait" => {
                self.place(PlanPath::block(path, Field::Limit), &fields, &k::LIMIT);
                let limit = fields.duration(&k::LIMIT, sink)?;
                Some(Block::WaitForPerson { limit })
            }
            _ => {
                let times = count(&fields, &k::TIMES, sink);
                let blocks = self.blocks(&fields, &k::INNER, path, sink);
                Some(Block::Repeat { times: times?, blocks })
            }
        }
    }

    fn static_bout(
        &mut self,
        fields: &Fields<'_, '_>,
        path: &[u16],
        sink: &mut Sink,
    ) -> Option<StaticBout> {
        self.place(PlanPath::block(path, Field::Tilt), fields, &k::TILT_DEG);
        self.place(PlanPath::block(path, Field::Hold), fields, &k::HOLD);
        let tilt = fields.tilt(&k::TILT_DEG, sink);
        let hold = fields.duration(&k::HOLD, sink);
        let frame = self.frame(fields, path, sink);
        let (repeat, travel, rest) = frame?;
        Some(StaticBout { repeat, tilt: tilt?, hold: hold?, rest, travel })
    }

    fn alternation(
        &mut self,
        pattern: Pattern,
        fields: &Fields<'_, '_>,
        path: &[u16],
        sink: &mut Sink,
    ) -> Option<Block> {
        let head_down = pattern.low_is_head_down();
        let low_key = if head_down { &k::LOW_DEG } else { &k::LOW_DEG_MAY };
        for (field, key) in [
            (Field::Tilt, &k::TILT_DEG),
            (Field::Hold, &k::HOLD_MAY),
            (Field::LowTilt, low_key),
            (Field::Ease, &k::EASE),
            (Field::Cycles, &k::CYCLES),
            (Field::WithinLower, &k::WITHIN_LOWER),
            (Field::WithinRaise, &k::WITHIN_RAISE),
        ] {
            self.place(PlanPath::block(path, field), fields, key);
        }
        let high = fields.tilt(&k::TILT_DEG, sink);
        let low = fields.tilt(low_key, sink);
        let cycles = count(fields, &k::CYCLES, sink);
        let hold = fields.duration(&k::HOLD_MAY, sink).unwrap_or(Millis::ZERO);
        let ease = fields.duration(&k::EASE, sink).unwrap_or(Millis::ZERO);
        let lower = fields.rate(&k::WITHIN_LOWER, sink);
        let raise = fields.rate(&k::WITHIN_RAISE, sink);
        let (repeat, travel, rest) = self.frame(fields, path, sink)?;
        let low = if head_down { low? } else { low.unwrap_or(Angle::LEVEL) };
        Some(Block::Alternating(Alternation {
            pattern,
            repeat,
            cycles: cycles?,
            high: high?,
            hold,
            low,
            ease,
            within: Travel::new(lower.unwrap_or(travel.lower()), raise.unwrap_or(travel.raise()))?,
            travel,
            rest,
        }))
    }

    fn steps(&mut self, fields: &Fields<'_, '_>, path: &[u16], sink: &mut Sink) -> Option<Steps> {
        self.place(PlanPath::block(path, Field::Steps), fields, &k::STEPS);
        let mut steps = Some(Vec::new());
        for (index, (table, span)) in (0..).zip(fields.tables(&k::STEPS, sink)) {
            self.places.0.insert(PlanPath::step(path, index, Field::Whole), span.clone());
            let step = Fields::open(table, span, &k::STEP_SHAPE, sink);
            self.place(PlanPath::step(path, index, Field::Tilt), &step, &k::TILT_DEG);
            let tilt = step.tilt(&k::TILT_DEG, sink);
            let hold = step.duration(&k::HOLD, sink);
            let step = tilt.zip(hold).map(|(tilt, hold)| Step { tilt, hold });
            steps = steps.zip(step).map(|(mut steps, step)| {
                steps.push(step);
                steps
            });
        }
        let (repeat, travel, rest) = self.frame(fields, path, sink)?;
        Some(Steps { repeat, steps: steps?, travel, rest })
    }

    fn self_paced(
        &mut self,
        fields: &Fields<'_, '_>,
        path: &[u16],
        sink: &mut Sink,
    ) -> Option<SelfPaced> {
        self.place(PlanPath::block(path, Field::Ceiling), fields, &k::CEILING);
        self.place(PlanPath::block(path, Field::Limit), fields, &k::LIMIT);
        let ceiling = fields.tilt(&k::CEILING, sink);
        let limit = fields.duration(&k::LIMIT, sink);
        let (repeat, travel, rest) = self.frame(fields, path, sink)?;
        Some(SelfPaced { repeat, ceiling: ceiling?, limit: limit?, travel, rest })
    }

    /// What every bout has: how often, how fast, and the rest after it.
    fn frame(
        &mut self,
        fields: &Fields<'_, '_>,
        path: &[u16],
        sink: &mut Sink,
    ) -> Option<(NonZeroU16, Travel, Millis)> {
        for (field, key) in [
            (Field::Repeat, &k::REPEAT),
            (Field::Rest, &k::REST),
            (Field::Lower, &k::LOWER),
            (Field::Raise, &k::RAISE),
        ] {
            self.place(PlanPath::block(path, field), fields, key);
        }
        let repeat = count(fields, &k::REPEAT, sink).unwrap_or(NonZeroU16::MIN);
        let rest = fields.duration(&k::REST, sink);
        let lower = fields.rate(&k::LOWER, sink);
        let raise = fields.rate(&k::RAISE, sink);
        Some((repeat, Travel::new(lower?, raise?)?, rest?))
    }

    fn place(&mut self, path: PlanPath, fields: &Fields<'_, '_>, key: &Key) {
        self.places.0.insert(path, fields.span_of(key));
    }
}

fn count(fields: &Fields<'_, '_>, key: &'static Key, sink: &mut Sink) -> Option<NonZeroU16> {
    NonZeroU16::new(u16::try_from(fields.whole(key, sink)?).ok()?)
}
