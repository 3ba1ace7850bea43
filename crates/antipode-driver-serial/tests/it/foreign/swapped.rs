//! A line on which the device is taken away and another one answers in its stead.

use antipode_guardian::{Drive, Fitness, Order, Sample};
use antipode_safety::Timestamp;
use antipode_sim::device::SerialTable;
use antipode_sim::pty::LineEnd;

use crate::drives::rig::Kind;

/// An order is renewed this often, milliseconds.
const ORDER_MS: u64 = 100;
/// Who is not asked talks all the same, so often (milliseconds) that a drive finds a quiet line between.
const TALKS_MS: u64 = 290;

/// A drive, its own device and the line between them, one millisecond after another.
pub(crate) struct Swapped {
    pub(crate) drive: Box<dyn Drive>,
    table: SerialTable,
    ms: u64,
    /// How many bytes come in one piece.
    pub(crate) size: usize,
    /// Places that it took while its own device was not there.
    pub(crate) took: Vec<Sample<i32>>,
}

impl Swapped {
    pub(crate) fn new(kind: &Kind, size: usize) -> Self {
        let drive = (kind.make)(&kind.model());
        Self { drive, table: kind.table(None, 7), ms: 0, size, took: Vec::new() }
    }

    /// One millisecond; what the drive says in it.
    fn turn(&mut self) -> (Timestamp, Vec<u8>) {
        self.ms += 1;
        let (now, mut out) = (Timestamp::from_millis(self.ms), Vec::new());
        self.table.advance(now);
        if self.ms.is_multiple_of(ORDER_MS) {
            self.drive.order(now, Order::Hold, &mut out);
        }
        if now >= self.drive.next_poll() {
            self.drive.poll(now, &mut out);
        }
        (now, out)
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        for piece in bytes.chunks(self.size) {
            self.drive.receive(now, piece);
        }
    }

    /// Whether its own device answers well enough within `ms` that it knows its settings and sees a
    /// new place.
    pub(crate) fn is_known_within(&mut self, ms: u64) -> bool {
        let before = self.drive.status().position;
        let mut said = Vec::new();
        for _ in 0..ms {
            let (now, out) = self.turn();
            self.table.hear(0, &out);
            self.table.say(0, &mut said);
            self.receive(now, &said);
            said.clear();
            let fit = matches!(self.drive.fitness(), Fitness::Fit { .. });
            let place = self.drive.status().position;
            if fit && place.is_some() && place != before {
                return true;
            }
        }
        false
    }

    /// For `ms` another device says `bytes` piece by piece, at once whatever it was asked, or in its
    /// own time. Gives how often it was asked.
    pub(crate) fn hears(&mut self, ms: u64, bytes: &[u8]) -> usize {
        let mut asked = 0;
        let mut seen = self.drive.status().position;
        let pieces: Vec<_> = bytes.chunks(self.size).collect();
        let mut pieces = pieces.into_iter().cycle();
        for _ in 0..ms {
            let (now, out) = self.turn();
            asked += usize::from(!out.is_empty());
            if !out.is_empty() || self.ms.is_multiple_of(TALKS_MS) {
                self.drive.receive(now, pieces.next().unwrap());
            }
            self.note(&mut seen);
        }
        self.quiet();
        asked
    }

    /// For `ms` its own device answers with the two bytes of its check the other way round. Gives how
    /// many answers it gave.
    pub(crate) fn hears_turned(&mut self, ms: u64) -> usize {
        let (mut answers, mut seen) = (0, self.drive.status().position);
        let (mut answer, mut more) = (Vec::new(), Vec::new());
        for _ in 0..ms {
            let (now, out) = self.turn();
            self.table.hear(0, &out);
            self.table.say(0, &mut more);
            let whole = more.is_empty() && !answer.is_empty();
            answer.append(&mut more);
            if whole {
                let said = std::mem::take(&mut answer);
                if let Some(turned) = turned(said) {
                    answers += 1;
                    self.receive(now, &turned);
                }
            }
            self.note(&mut seen);
        }
        answers
    }

    fn note(&mut self, seen: &mut Option<Sample<i32>>) {
        let place = self.drive.status().position;
        self.took.extend(place.filter(|_| place != *seen));
        *seen = place;
    }

    /// What its own device had on the way is lost with it.
    fn quiet(&mut self) {
        self.table.say(0, &mut Vec::new());
    }
}

/// `answer` with its check turned round; none where it has none, or one that reads either way.
fn turned(mut answer: Vec<u8>) -> Option<Vec<u8>> {
    let [.., first, second] = answer.as_mut_slice() else { return None };
    (first != second).then(|| core::mem::swap(first, second))?;
    Some(answer)
}
