//! A program back from a record: the same rules as unrolling, checked on the flat list.

use std::fmt;

use antipode_safety::{Angle, Millis, Rate};

use super::program::{MAX_SEGMENTS, Program, Segment, SegmentKind};

/// Why a list of segments is not a program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAProgram {
    /// No segment at all, or more than [`MAX_SEGMENTS`].
    Count {
        /// How many.
        segments: usize,
    },
    /// It does not end with a final rest, or has one before the end.
    FinalRest {
        /// The segment, counted from 0.
        segment: usize,
    },
    /// Bouts are not counted up from 0, each in one piece; or there is none.
    Bouts {
        /// The segment, counted from 0.
        segment: usize,
    },
    /// A rest inside a bout, or a motion outside of one.
    Misplaced {
        /// The segment, counted from 0.
        segment: usize,
    },
    /// A motion without a speed, or with a direction in its speed.
    Speed {
        /// The segment, counted from 0.
        segment: usize,
    },
    /// A bout ends elsewhere than at -3 degrees in the rest band.
    NotHome {
        /// Its last segment, counted from 0.
        segment: usize,
    },
}

impl fmt::Display for NotAProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { segments } => {
                write!(f, "a program has 1 to {MAX_SEGMENTS} segments, not {segments}")
            }
            Self::FinalRest { segment } => {
                write!(f, "a program ends with its only final rest; segment {segment} breaks that")
            }
            Self::Bouts { segment } => {
                write!(f, "segment {segment} does not belong to the bout that must come there")
            }
            Self::Misplaced { segment } => {
                write!(f, "segment {segment} stands on the wrong side of a bout's end")
            }
            Self::Speed { segment } => write!(f, "segment {segment} moves without a speed"),
            Self::NotHome { segment } => {
                write!(f, "segment {segment} ends a bout outside of the rest band")
            }
        }
    }
}

impl std::error::Error for NotAProgram {}

impl Program {
    /// The program with these segments, as a record kept them.
    ///
    /// # Errors
    /// [`NotAProgram`] for a list that no plan unrolls to: whoever runs it may rely on what
    /// [`Plan::expand`](super::Plan::expand) promises.
    pub fn from_segments(
        segments: Vec<Segment>,
        upright_dwell: Millis,
    ) -> Result<Self, NotAProgram> {
        if segments.is_empty() || segments.len() > MAX_SEGMENTS {
            return Err(NotAProgram::Count { segments: segments.len() });
        }
        let last = segments.len() - 1;
        let mut bouts: u16 = 0;
        let mut open = None;
        for (segment, Segment { bout, kind }) in segments.iter().enumerate() {
            if open.is_some() && *bout != open {
                check_home(&segments, segment - 1)?;
            }
            check_place(segment, segment == last, *bout, *kind)?;
            if let Some(number) = *bout
                && *bout != open
            {
                if number != bouts {
                    return Err(NotAProgram::Bouts { segment });
                }
                bouts += 1;
            }
            open = *bout;
        }
        if bouts == 0 {
            return Err(NotAProgram::Bouts { segment: last });
        }
        Ok(Self::new(segments, bouts, upright_dwell))
    }
}

/// A bout leaves the bed at rest.
fn check_home(segments: &[Segment], segment: usize) -> Result<(), NotAProgram> {
    let kind = segments.get(segment).map(|found| found.kind);
    if matches!(kind, Some(SegmentKind::Move { to: Angle::REST_AIM, .. })) {
        Ok(())
    } else {
        Err(NotAProgram::NotHome { segment })
    }
}

fn check_place(
    segment: usize,
    last: bool,
    bout: Option<u16>,
    kind: SegmentKind,
) -> Result<(), NotAProgram> {
    let (within, moves) = match kind {
        SegmentKind::Move { rate, .. } => (true, rate > Rate::ZERO),
        SegmentKind::SelfPaced { lower, raise, .. } => {
            (true, lower > Rate::ZERO && raise > Rate::ZERO)
        }
        SegmentKind::Hold { .. } => (true, true),
        SegmentKind::Rest { .. }
        | SegmentKind::Say(_)
        | SegmentKind::WaitForPerson { .. }
        | SegmentKind::FinalRest { .. } => (false, true),
    };
    if matches!(kind, SegmentKind::FinalRest { .. }) != last {
        return Err(NotAProgram::FinalRest { segment });
    }
    if within != bout.is_some() {
        return Err(NotAProgram::Misplaced { segment });
    }
    if moves { Ok(()) } else { Err(NotAProgram::Speed { segment }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate::clamped(1_000);

    fn turn(bout: u16, to: i64) -> Segment {
        Segment { bout: Some(bout), kind: SegmentKind::Move { to: Angle::clamped(to), rate: RATE } }
    }

    fn between(kind: SegmentKind) -> Segment {
        Segment { bout: None, kind }
    }

    fn rest() -> Segment {
        between(SegmentKind::Rest { time: Millis::from_secs(60) })
    }

    fn final_rest() -> Segment {
        between(SegmentKind::FinalRest { time: Millis::from_secs(120) })
    }

    fn two_bouts() -> Vec<Segment> {
        vec![turn(0, 20_000), turn(0, -3_000), rest(), turn(1, 9), turn(1, -3_000), final_rest()]
    }

    fn build(segments: Vec<Segment>) -> Result<Program, NotAProgram> {
        Program::from_segments(segments, Millis::ZERO)
    }

    #[test]
    fn what_a_plan_unrolls_to_is_taken_and_equal() {
        let program = build(two_bouts()).unwrap();
        assert_eq!((program.bouts(), program.max_tilt()), (2, Angle::clamped(20_000)));
        assert_eq!(build(program.segments().to_vec()), Ok(program));
    }

    #[test]
    fn a_list_that_no_plan_unrolls_to_is_refused() {
        let wrong = |at: usize, segment: Segment| {
            let mut segments = two_bouts();
            segments[at] = segment;
            build(segments).unwrap_err()
        };
        let still = Segment {
            bout: Some(0),
            kind: SegmentKind::Move { to: Angle::LEVEL, rate: Rate::ZERO },
        };
        assert_eq!(build(Vec::new()), Err(NotAProgram::Count { segments: 0 }));
        assert_eq!(build(vec![final_rest()]), Err(NotAProgram::Bouts { segment: 0 }));
        assert_eq!(wrong(5, rest()), NotAProgram::FinalRest { segment: 5 });
        assert_eq!(wrong(2, final_rest()), NotAProgram::FinalRest { segment: 2 });
        assert_eq!(wrong(3, turn(2, 9)), NotAProgram::Bouts { segment: 3 });
        assert_eq!(wrong(0, turn(1, 9)), NotAProgram::Bouts { segment: 0 });
        assert_eq!(
            wrong(2, Segment { bout: Some(0), ..rest() }),
            NotAProgram::Misplaced { segment: 2 }
        );
        assert_eq!(
            wrong(0, Segment { bout: None, ..turn(0, 9) }),
            NotAProgram::Misplaced { segment: 0 }
        );
        assert_eq!(wrong(0, still), NotAProgram::Speed { segment: 0 });
        assert_eq!(wrong(1, turn(0, 0)), NotAProgram::NotHome { segment: 1 });
        let many = std::iter::repeat_n(rest(), MAX_SEGMENTS).chain([final_rest()]).collect();
        assert_eq!(build(many), Err(NotAProgram::Count { segments: MAX_SEGMENTS + 1 }));
    }
}
