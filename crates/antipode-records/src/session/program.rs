//! A program in a payload: its segments as they run.

use antipode_core::plan::{MAX_SEGMENTS, Program, Segment, SegmentKind};

use super::tags::{Tagged, take};
use super::wire::{DecodeError, In, Out};

// The tags that the program's own fingerprint uses.
const MOVE: u8 = 1;
const HOLD: u8 = 2;
const REST: u8 = 3;
const SAY: u8 = 4;
const WAIT: u8 = 5;
const SELF_PACED: u8 = 6;
const FINAL_REST: u8 = 7;

pub(super) fn put_program(program: &Program, out: &mut Out) {
    out.number(program.hash());
    out.time(program.upright_dwell());
    out.number(program.segments().len() as u64);
    for segment in program.segments() {
        put_segment(*segment, out);
    }
}

pub(super) fn take_program(from: &mut In<'_>) -> Result<Program, DecodeError> {
    let stated = from.number()?;
    let upright_dwell = from.time()?;
    let count = from.number()?;
    let most = MAX_SEGMENTS as u64;
    if count > most {
        return Err(DecodeError::Value {
            what: "a number of segments",
            value: count.cast_signed(),
        });
    }
    let segments = (0..count).map(|_| take_segment(from)).collect::<Result<Vec<_>, _>>()?;
    let program = Program::from_segments(segments, upright_dwell)?;
    let found = program.hash();
    if found == stated { Ok(program) } else { Err(DecodeError::ProgramHash { stated, found }) }
}

fn put_segment(Segment { bout, kind }: Segment, out: &mut Out) {
    // Zero is "between bouts".
    out.number(bout.map_or(0, |bout| u64::from(bout) + 1));
    match kind {
        SegmentKind::Move { to, rate } => {
            out.u8(MOVE);
            out.angle(to);
            out.rate(rate);
        }
        SegmentKind::Hold { time } => {
            out.u8(HOLD);
            out.time(time);
        }
        SegmentKind::Rest { time } => {
            out.u8(REST);
            out.time(time);
        }
        SegmentKind::Say(cue) => {
            out.u8(SAY);
            cue.put(out);
        }
        SegmentKind::WaitForPerson { limit } => {
            out.u8(WAIT);
            out.time(limit);
        }
        SegmentKind::SelfPaced { ceiling, lower, raise, limit } => {
            out.u8(SELF_PACED);
            out.angle(ceiling);
            out.rate(lower);
            out.rate(raise);
            out.time(limit);
        }
        SegmentKind::FinalRest { time } => {
            out.u8(FINAL_REST);
            out.time(time);
        }
    }
}

fn take_segment(from: &mut In<'_>) -> Result<Segment, DecodeError> {
    let bout = match from.small::<u16>("a bout")? {
        0 => None,
        number => Some(number - 1),
    };
    let kind = match from.u8()? {
        MOVE => SegmentKind::Move { to: from.angle("a target")?, rate: from.rate("a rate")? },
        HOLD => SegmentKind::Hold { time: from.time()? },
        REST => SegmentKind::Rest { time: from.time()? },
        SAY => SegmentKind::Say(take(from)?),
        WAIT => SegmentKind::WaitForPerson { limit: from.time()? },
        SELF_PACED => SegmentKind::SelfPaced {
            ceiling: from.angle("a ceiling")?,
            lower: from.rate("a rate")?,
            raise: from.rate("a rate")?,
            limit: from.time()?,
        },
        FINAL_REST => SegmentKind::FinalRest { time: from.time()? },
        tag => return Err(DecodeError::Tag { what: "segment", tag: tag.into() }),
    };
    Ok(Segment { bout, kind })
}
