//! Nonin pulse oximeters in real-time mode: 9600 baud, a line of text a second.
//!
//! ```text
//!   SPO2=098 HR=072          percent and beats a minute
//!   SPO2=--- HR=---          no finger, or nothing measured
//!   12:34:56 SPO2=098 HR=072 *   some models: the time before; F fast, B breath, * marked after
//! ```
//! Three characters each, always (Nonin 8500, 2500, 9847, Avant 4000 and 9600 manuals). There is no
//! check at all, so a line that is not exactly this is no reading: a digit that got lost must not
//! turn 98 percent into 9.

use antipode_safety::{Millis, Timestamp};

/// Longest line of use; a longer one is dropped whole.
pub const LONGEST_LINE: usize = 48;
/// Longest line that is written: two ends of line included.
const LONGEST_WRITTEN: usize = 21;
/// A line that takes longer than this to come was cut in two by a silence.
pub const LINE_WITHIN: Millis = Millis::new(500);
/// Beats a minute that these devices can show.
pub const PULSE_RANGE: core::ops::RangeInclusive<u16> = 18..=321;
/// The largest saturation.
const SATURATION_MAX: u16 = 100;

/// One line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Reading {
    saturation: Option<u8>,
    pulse: Option<u16>,
    /// The values follow quickly and are less smooth.
    pub fast: bool,
    /// Somebody pressed the device's button.
    pub marked: bool,
}

impl Reading {
    /// A reading, or `None` where a value is one that the device cannot show. An absent value is
    /// absent, never zero.
    #[must_use]
    pub fn new(saturation: Option<u8>, pulse: Option<u16>) -> Option<Self> {
        let good = saturation.is_none_or(|percent| u16::from(percent) <= SATURATION_MAX)
            && pulse.is_none_or(|pulse| PULSE_RANGE.contains(&pulse));
        good.then_some(Self { saturation, pulse, fast: false, marked: false })
    }

    /// Oxygen saturation in percent.
    #[must_use]
    pub const fn saturation(&self) -> Option<u8> {
        self.saturation
    }

    /// Heart rate in beats a minute.
    #[must_use]
    pub const fn pulse(&self) -> Option<u16> {
        self.pulse
    }

    /// The line as bytes, its end included.
    #[must_use]
    pub fn encode(&self) -> Line {
        let mut line = Line { bytes: [0; LONGEST_WRITTEN], len: 0 };
        line.put(b"SPO2=");
        line.put(&digits(self.saturation.map(u16::from)));
        line.put(b" HR=");
        line.put(&digits(self.pulse));
        line.put(if self.fast { b" F" } else { b"" });
        line.put(if self.marked { b"*" } else { b"" });
        line.put(b"\r\n");
        line
    }

    /// Reads a line without its end.
    ///
    /// # Errors
    /// Says why it is no reading.
    pub fn decode(line: &[u8]) -> Result<Self, LineError> {
        let start = line.windows(5).position(|part| part == b"SPO2=");
        let (before, rest) = line.split_at(start.ok_or(LineError::NoReading)?);
        let Some((b"SPO2=", rest)) = rest.split_at_checked(5) else {
            return Err(LineError::NoReading);
        };
        let (Some((percent, rest)), true) = (rest.split_first_chunk::<3>(), is_clock(before))
        else {
            return Err(LineError::Malformed);
        };
        let Some((b" HR=", rest)) = rest.split_at_checked(4) else {
            return Err(LineError::Malformed);
        };
        let (pulse, after) = rest.split_first_chunk::<3>().ok_or(LineError::Malformed)?;
        let percent = number(*percent)?.map(|percent| u8::try_from(percent).unwrap_or(u8::MAX));
        let mut reading = Self::new(percent, number(*pulse)?).ok_or(LineError::Range)?;
        for byte in after {
            match byte {
                b'F' if !reading.fast => reading.fast = true,
                b'*' if !reading.marked => reading.marked = true,
                b' ' | b'B' => {}
                _ => return Err(LineError::Malformed),
            }
        }
        Ok(reading)
    }
}

/// Nothing, or the device's own time of day, which is not used: nobody sets it.
fn is_clock(before: &[u8]) -> bool {
    match *before.trim_ascii_end() {
        [] => true,
        [h0, h1, b':', m0, m1, b':', s0, s1] => {
            [h0, h1, m0, m1, s0, s1].iter().all(u8::is_ascii_digit)
        }
        _ => false,
    }
}

/// Three digits, spaces or zeros in front; `---` for nothing.
fn number(text: [u8; 3]) -> Result<Option<u16>, LineError> {
    if text == *b"---" {
        return Ok(None);
    }
    let digits = text.trim_ascii_start();
    if digits.is_empty() {
        return Err(LineError::Malformed);
    }
    digits
        .iter()
        .try_fold(0, |number: u16, byte| {
            byte.is_ascii_digit()
                .then(|| number * 10 + u16::from(byte - b'0'))
                .ok_or(LineError::Malformed)
        })
        .map(Some)
}

fn digits(number: Option<u16>) -> [u8; 3] {
    let digit = |value: u16| u8::try_from(value % 10).unwrap_or(0) + b'0';
    number.map_or(*b"---", |n| [digit(n / 100), digit(n / 10), digit(n)])
}

/// A written line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Line {
    bytes: [u8; LONGEST_WRITTEN],
    len: usize,
}

impl Line {
    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    fn put(&mut self, part: &[u8]) {
        if let Some(to) = self.bytes.get_mut(self.len..self.len + part.len()) {
            to.copy_from_slice(part);
            self.len += part.len();
        }
    }
}

/// Why a line is no reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LineError {
    /// Something else: the heading after power is turned on.
    NoReading,
    /// A reading that is not written as one.
    Malformed,
    /// A value that the device cannot show.
    Range,
    /// Longer than any line.
    Oversize,
}

/// What a [`Decoder`] has seen; each count holds at its largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LineStats {
    /// Good lines.
    pub readings: u32,
    /// Lines that are something else.
    pub other: u32,
    /// Readings that are not written as one.
    pub malformed: u32,
    /// Values that the device cannot show.
    pub range_errors: u32,
    /// Lines longer than any.
    pub oversize: u32,
    /// Lines that a silence cut in two.
    pub stale: u32,
}

impl LineStats {
    fn count(&mut self, error: LineError) {
        let counter = match error {
            LineError::NoReading => &mut self.other,
            LineError::Malformed => &mut self.malformed,
            LineError::Range => &mut self.range_errors,
            LineError::Oversize => &mut self.oversize,
        };
        *counter = counter.saturating_add(1);
    }
}

/// Finds lines in the bytes of a port. Holds at most one line.
#[derive(Clone, Copy, Debug)]
pub struct Decoder {
    held: [u8; LONGEST_LINE],
    /// Bytes since the last end of line; more than `held` has room for means oversize.
    len: usize,
    /// A whole line has not begun yet: a port is opened in the middle of one.
    joined: bool,
    /// When the line began.
    since: Timestamp,
    stats: LineStats,
}

impl Decoder {
    /// Waits for the end of the line that the port was opened in.
    #[must_use]
    pub fn new() -> Self {
        Self {
            held: [0; LONGEST_LINE],
            len: 0,
            joined: true,
            since: Timestamp::ZERO,
            stats: LineStats::default(),
        }
    }

    /// What was seen so far.
    #[must_use]
    pub const fn stats(&self) -> LineStats {
        self.stats
    }

    /// Takes the bytes that arrived at `now` and hands every reading that they complete to `sink`,
    /// in order.
    pub fn feed(&mut self, now: Timestamp, bytes: &[u8], mut sink: impl FnMut(Reading)) {
        for &byte in bytes {
            if self.len > 0 && now.since(self.since) > LINE_WITHIN {
                // The rest of the line is lost with its beginning.
                self.stats.stale = self.stats.stale.saturating_add(1);
                self.len = 0;
                self.joined = true;
            }
            if byte == b'\r' || byte == b'\n' {
                self.end(&mut sink);
            } else {
                if self.len == 0 {
                    self.since = now;
                }
                if let Some(room) = self.held.get_mut(self.len) {
                    *room = byte;
                }
                self.len = (self.len + 1).min(LONGEST_LINE + 1);
            }
        }
    }

    fn end(&mut self, sink: &mut impl FnMut(Reading)) {
        let joined = core::mem::replace(&mut self.joined, false);
        let len = core::mem::take(&mut self.len);
        if len == 0 {
            return;
        }
        let result = match self.held.get(..len) {
            _ if joined => Err(LineError::NoReading),
            Some(line) => Reading::decode(line),
            None => Err(LineError::Oversize),
        };
        match result {
            Ok(reading) => {
                self.stats.readings = self.stats.readings.saturating_add(1);
                sink(reading);
            }
            Err(error) => self.stats.count(error),
        }
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
