//! Frames of a fixed length, found again in any stream of bytes, however it is cut into pieces.
//!
//! ```text
//!             whole frame, next header seen
//!   searching ------------------------------> in step --. whole frame
//!       ^                                        |  ^---'
//!       '--- bad check, no header, stale bytes --'
//! ```
//! A sum of eight bits cannot tell where a frame begins: while searching, a frame counts only when
//! the header of the next one stands where it should. In step it counts at once, so that its angle
//! is not older than it must be. One doubt is left there: when one byte was lost, the first byte of
//! the next frame stands in the place of the check. A frame whose check looks like that waits for
//! the bytes after it too. So in step one lost byte costs one frame and forges none, but for about one
//! time in ten million (measured with random contents).

use antipode_safety::{Millis, Timestamp};

/// Bytes that wait for the rest of their frame longer than this are dropped: joined to what comes
/// after a silence they would be an angle of the past (H-04).
pub const HELD_FOR: Millis = Millis::new(250);
/// So many bytes beyond a frame settle whether it is one.
const LOOK_AHEAD: usize = 3;
/// Room for the longest frame and the look beyond it.
const ROOM: usize = 22;

/// Why bytes are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameError {
    /// Too few or too many bytes, or none of the headers.
    Header,
    /// The sum does not match.
    Check,
    /// The sum matches and a value is one that the device cannot have.
    Range,
    /// A whole frame of a kind that is of no use here.
    Unused,
}

/// What the bytes after a frame say about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum After {
    /// They begin a frame, or say nothing against it.
    Confirms,
    /// It was put together from parts of two.
    Denies,
    /// More of them are needed; never said of three.
    More,
}

/// Frames of one device.
pub trait FixedFrame: Sized {
    /// Length of a frame, at most 19.
    const LEN: usize;
    /// The byte that begins one.
    const SYNC: u8;

    /// Whether `bytes`, of which there is at least one, may be the beginning of a frame.
    fn begins(bytes: &[u8]) -> bool;

    /// Reads the [`FixedFrame::LEN`] bytes of one frame.
    ///
    /// # Errors
    /// Says why they are no frame of use.
    fn parse(bytes: &[u8]) -> Result<Self, FrameError>;

    /// What the bytes `after` those of a whole `frame` say about it when it was found by searching.
    fn found(frame: &[u8], after: &[u8]) -> After;

    /// What they say when it stood where one was expected, but its check is [`FixedFrame::SYNC`].
    fn doubted(frame: &[u8], after: &[u8]) -> After;
}

/// What a [`Finder`] has seen; each count holds at its largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StreamStats {
    /// Good frames.
    pub frames: u32,
    /// Whole frames of a kind that is of no use here: the sensor is set up otherwise than it should.
    pub unused: u32,
    /// Headers without the sum that belongs to them.
    pub check_errors: u32,
    /// Right sums over values that the device cannot have.
    pub range_errors: u32,
    /// Whole frames that what followed did not confirm.
    pub unconfirmed: u32,
    /// Bytes passed over, the first bytes of refused frames among them.
    pub skipped: u32,
    /// Bytes dropped because the rest of their frame did not come in time.
    pub stale: u32,
}

impl StreamStats {
    /// Everything that speaks of a bad line. [`StreamStats::unused`] does not.
    #[must_use]
    pub const fn errors(&self) -> u32 {
        self.check_errors
            .saturating_add(self.range_errors)
            .saturating_add(self.unconfirmed)
            .saturating_add(self.skipped)
            .saturating_add(self.stale)
    }
}

/// Finds the frames of one device in its bytes. Holds at most one frame and a header.
#[derive(Clone, Copy, Debug)]
pub struct Finder<F> {
    held: [u8; ROOM],
    /// When each of them arrived.
    at: [Timestamp; ROOM],
    len: usize,
    in_step: bool,
    stats: StreamStats,
    of: core::marker::PhantomData<F>,
}

impl<F: FixedFrame> Finder<F> {
    /// Searches for a first frame: a port is opened in the middle of one.
    #[must_use]
    pub fn new() -> Self {
        const { assert!(F::LEN + LOOK_AHEAD <= ROOM, "no room for a frame and the look beyond it") };
        Self {
            held: [0; ROOM],
            at: [Timestamp::ZERO; ROOM],
            len: 0,
            in_step: false,
            stats: StreamStats::default(),
            of: core::marker::PhantomData,
        }
    }

    /// What was seen so far.
    #[must_use]
    pub const fn stats(&self) -> StreamStats {
        self.stats
    }

    /// Takes the bytes that arrived at `now` and hands every frame that they complete or confirm to
    /// `sink`, in order, each with the arrival of its own last byte.
    pub fn feed(&mut self, now: Timestamp, bytes: &[u8], mut sink: impl FnMut(F, Timestamp)) {
        if self.len > 0 && now.since(self.at[0]) > HELD_FOR {
            count_by(&mut self.stats.stale, self.len);
            self.len = 0;
            self.in_step = false;
        }
        for &byte in bytes {
            self.hold(byte, now);
            while self.len > 0 {
                match self.look() {
                    Look::More => break,
                    Look::NoFrame => {
                        self.in_step = false;
                        count_by(&mut self.stats.skipped, 1);
                        self.drop_first(1);
                    }
                    Look::Frame(frame, at) => {
                        self.in_step = true;
                        self.drop_first(F::LEN);
                        if let Some(frame) = frame {
                            count_by(&mut self.stats.frames, 1);
                            sink(frame, at);
                        } else {
                            count_by(&mut self.stats.unused, 1);
                        }
                    }
                }
            }
        }
    }

    /// What stands at the front.
    fn look(&mut self) -> Look<F> {
        let held = self.held.get(..self.len).unwrap_or_default();
        if !F::begins(held) {
            return Look::NoFrame;
        }
        let Some((bytes, after)) = held.split_at_checked(F::LEN) else {
            return Look::More;
        };
        let frame = match F::parse(bytes) {
            Ok(frame) => Some(frame),
            Err(FrameError::Unused) => None,
            Err(FrameError::Header) => return Look::NoFrame,
            Err(FrameError::Check) => {
                count_by(&mut self.stats.check_errors, 1);
                return Look::NoFrame;
            }
            Err(FrameError::Range) => {
                count_by(&mut self.stats.range_errors, 1);
                return Look::NoFrame;
            }
        };
        let verdict = if !self.in_step {
            F::found(bytes, after)
        } else if bytes.last() == Some(&F::SYNC) {
            F::doubted(bytes, after)
        } else {
            After::Confirms
        };
        match verdict {
            After::Confirms => {
                Look::Frame(frame, self.at.get(F::LEN - 1).copied().unwrap_or(Timestamp::ZERO))
            }
            After::More => Look::More,
            After::Denies => {
                count_by(&mut self.stats.unconfirmed, 1);
                Look::NoFrame
            }
        }
    }

    fn hold(&mut self, byte: u8, now: Timestamp) {
        if let (Some(held), Some(at)) = (self.held.get_mut(self.len), self.at.get_mut(self.len)) {
            *held = byte;
            *at = now;
            self.len += 1;
        } else {
            // A look never asks for more than there is room for; should it, the search goes on.
            count_by(&mut self.stats.skipped, 1);
            self.in_step = false;
            self.drop_first(1);
            self.hold(byte, now);
        }
    }

    fn drop_first(&mut self, count: usize) {
        let count = count.min(self.len);
        self.held.copy_within(count..self.len, 0);
        self.at.copy_within(count..self.len, 0);
        self.len -= count;
    }
}

impl<F: FixedFrame> Default for Finder<F> {
    fn default() -> Self {
        Self::new()
    }
}

enum Look<F> {
    More,
    NoFrame,
    /// A whole frame, or `None` for one of no use, and when its last byte arrived.
    Frame(Option<F>, Timestamp),
}

fn count_by(counter: &mut u32, by: usize) {
    *counter = counter.saturating_add(u32::try_from(by).unwrap_or(u32::MAX));
}

/// The sum that both kinds of frame end with.
pub(super) fn sum(bytes: &[u8]) -> u8 {
    bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
}
