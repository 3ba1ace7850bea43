//! The flat list that a session runs.

use antipode_safety::{Angle, Millis, Rate};

use super::block::Cue;

/// The most segments that one program may have. The longest preset has under 40; more than this
/// is a mistake or an attack (H-31).
pub const MAX_SEGMENTS: usize = 500;

/// A plan unrolled: what a session does, segment after segment. Only [`Plan::expand`] and, for a
/// record read back, [`Program::from_segments`] make one, so it always ends in a final rest.
///
/// The bed is in the rest band when a program starts and again after each bout.
///
/// [`Plan::expand`]: super::Plan::expand
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    segments: Vec<Segment>,
    bouts: u16,
    max_tilt: Angle,
    upright_dwell: Millis,
    hash: u64,
}

impl Program {
    /// A program of `segments`, of which the last is the final rest.
    pub(super) fn new(segments: Vec<Segment>, bouts: u16, upright_dwell: Millis) -> Self {
        let max_tilt =
            segments.iter().filter_map(|s| s.kind.target()).max().unwrap_or(Angle::REST_AIM);
        let hash = fingerprint(&segments, upright_dwell);
        Self { segments, bouts, max_tilt, upright_dwell, hash }
    }

    /// The segments in order; at most [`MAX_SEGMENTS`], the last a [`SegmentKind::FinalRest`].
    #[must_use]
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// How many bouts it has.
    #[must_use]
    pub const fn bouts(&self) -> u16 {
        self.bouts
    }

    /// The deepest tilt it asks for.
    #[must_use]
    pub const fn max_tilt(&self) -> Angle {
        self.max_tilt
    }

    /// Time standing strapped, after the attended act of getting upright, before the ankles are
    /// released.
    #[must_use]
    pub const fn upright_dwell(&self) -> Millis {
        self.upright_dwell
    }

    /// A fingerprint of everything that moves or times the person, over whole numbers only, so
    /// that a session can say which program it ran (H-30). It tells programs apart by accident,
    /// not against malice.
    #[must_use]
    pub const fn hash(&self) -> u64 {
        self.hash
    }
}

/// One thing that a session does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Segment {
    /// The bout that it belongs to, counted from 0; `None` between bouts.
    pub bout: Option<u16>,
    /// What is done.
    pub kind: SegmentKind,
}

/// What one segment asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SegmentKind {
    /// Turn to `to`.
    Move {
        /// Where to.
        to: Angle,
        /// How fast, without direction, above zero.
        rate: Rate,
    },
    /// Stay at the tilt just reached.
    Hold {
        /// How long.
        time: Millis,
    },
    /// Stay in the rest band between bouts.
    Rest {
        /// How long.
        time: Millis,
    },
    /// Say something; takes no time of its own.
    Say(Cue),
    /// Stay in the rest band until the person presses OK.
    WaitForPerson {
        /// Longest wait; then the session goes to its final rest.
        limit: Millis,
    },
    /// The person's button lowers the bed, one press brings it up. The bed is in the rest band
    /// before; the move back to it is the next segment.
    SelfPaced {
        /// As far down as the button can take the bed.
        ceiling: Angle,
        /// Speed while the button is held.
        lower: Rate,
        /// Speed of coming up.
        raise: Rate,
        /// Longest time from the first press until the bed comes up by itself.
        limit: Millis,
    },
    /// The rest that ends every program.
    FinalRest {
        /// How long.
        time: Millis,
    },
}

impl SegmentKind {
    /// The deepest tilt that this segment asks for, if it moves.
    #[must_use]
    pub const fn target(self) -> Option<Angle> {
        match self {
            Self::Move { to, .. } => Some(to),
            Self::SelfPaced { ceiling, .. } => Some(ceiling),
            Self::Hold { .. }
            | Self::Rest { .. }
            | Self::Say(_)
            | Self::WaitForPerson { .. }
            | Self::FinalRest { .. } => None,
        }
    }

    /// The segment as a tag and up to four whole numbers: the form that is hashed. Tags are part
    /// of the record format and never change their meaning.
    const fn numbers(self) -> [u64; 5] {
        /// A signed number as 64 bits.
        const fn bits(value: i32) -> u64 {
            (value as i64).cast_unsigned()
        }
        match self {
            Self::Move { to, rate } => [1, bits(to.millideg()), bits(rate.millideg_per_s()), 0, 0],
            Self::Hold { time } => [2, time.get(), 0, 0, 0],
            Self::Rest { time } => [3, time.get(), 0, 0, 0],
            Self::Say(cue) => [4, cue.number() as u64, 0, 0, 0],
            Self::WaitForPerson { limit } => [5, limit.get(), 0, 0, 0],
            Self::SelfPaced { ceiling, lower, raise, limit } => [
                6,
                bits(ceiling.millideg()),
                bits(lower.millideg_per_s()),
                bits(raise.millideg_per_s()),
                limit.get(),
            ],
            Self::FinalRest { time } => [7, time.get(), 0, 0, 0],
        }
    }
}

/// FNV-1a over the little-endian bytes of every number: the same on every machine.
fn fingerprint(segments: &[Segment], upright_dwell: Millis) -> u64 {
    const OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0000_0100_0000_01b3;
    let numbers = segments.iter().flat_map(|segment| {
        let bout = segment.bout.map_or(0, |bout| u64::from(bout) + 1);
        std::iter::once(bout).chain(segment.kind.numbers())
    });
    numbers
        .chain(std::iter::once(upright_dwell.get()))
        .flat_map(u64::to_le_bytes)
        .fold(OFFSET, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}
