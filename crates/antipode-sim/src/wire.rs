//! A line between host and table: bytes take their time, and may be lost, late, doubled, torn or
//! changed on the way.
//!
//! What goes in as one write comes out as one piece, unless a fault tears it. The two directions of
//! a link are two wires with their own faults and their own random stream.

use std::collections::VecDeque;

use crate::chance::Chance;

/// Most bytes of one piece; a frame is shorter.
const PIECE: usize = 96;
/// Most pieces on the way; more are lost, as in a full buffer.
const MOST: usize = 256;

/// What is wrong with a wire. Rates are in thousandths of all pieces; 0 is a good wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WireFaults {
    /// Nothing gets through.
    pub cut: bool,
    /// Pieces that vanish.
    pub drop_permille: u16,
    /// Every piece takes this much longer, milliseconds.
    pub delay_ms: u16,
    /// Pieces take up to this much longer, at random, milliseconds.
    pub jitter_ms: u16,
    /// Pieces that arrive twice.
    pub duplicate_permille: u16,
    /// Pieces that are overtaken by the next.
    pub reorder_permille: u16,
    /// Pieces that lose their tail.
    pub truncate_permille: u16,
    /// Pieces with one bit turned over.
    pub bit_flip_permille: u16,
    /// Random bytes put on the line a second.
    pub noise_per_s: u16,
}

impl WireFaults {
    /// A good wire.
    pub const NONE: Self = Self {
        cut: false,
        drop_permille: 0,
        delay_ms: 0,
        jitter_ms: 0,
        duplicate_permille: 0,
        reorder_permille: 0,
        truncate_permille: 0,
        bit_flip_permille: 0,
        noise_per_s: 0,
    };
}

/// What a piece is, told by whoever sent it: the truth that no controller sees, for the trace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tag {
    /// What the frame in it asks for.
    pub kind: FrameKind,
    /// Counts what was sent.
    pub ordinal: u32,
    /// When it was sent, milliseconds.
    pub sent_ms: u64,
    /// The link session that it was sent in.
    pub session: u32,
    /// It arrived as it was sent.
    pub intact: bool,
    /// It is whole but for its delimiter, which the next one may stand in for.
    pub open: bool,
    /// It is a second copy.
    pub copy: bool,
}

/// What a frame asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrameKind {
    /// A motion by plan.
    Motion,
    /// A return.
    Return,
    /// A STOP.
    Stop,
    /// A sign of life.
    Heartbeat,
    /// Anything else.
    Other,
}

impl Tag {
    /// A piece of no interest to the trace.
    pub const OTHER: Self = Self {
        kind: FrameKind::Other,
        ordinal: 0,
        sent_ms: 0,
        session: 0,
        intact: true,
        open: false,
        copy: false,
    };
}

#[derive(Clone, Copy, Debug)]
struct Piece {
    due_ms: u64,
    tag: Tag,
    len: u8,
    bytes: [u8; PIECE],
}

/// One direction of a link.
#[derive(Clone, Debug)]
pub struct Wire {
    /// What is wrong with it now.
    pub faults: WireFaults,
    bytes_per_s: u32,
    base_ms: u64,
    busy_until_us: u64,
    last_noise_ms: u64,
    pieces: VecDeque<Piece>,
    chance: Chance,
}

impl Wire {
    /// A good wire of `baud`, in whole bytes a millisecond and so a little slower than a real one,
    /// with `base_ms` of delay; `chance` decides its faults.
    pub(crate) fn new(baud: u32, base_ms: u64, chance: Chance) -> Self {
        Self {
            faults: WireFaults::NONE,
            bytes_per_s: (baud / 10_000).max(1) * 1_000,
            base_ms,
            busy_until_us: 0,
            last_noise_ms: 0,
            pieces: VecDeque::with_capacity(16),
            chance,
        }
    }

    /// Lets the line run at `baud` from here on, ten bits a byte; what is on the way arrives as it
    /// was going to.
    pub(crate) fn set_baud(&mut self, baud: u32) {
        self.bytes_per_s = (baud / 10).max(1);
    }

    /// Puts `bytes` on the line at `now_ms`.
    pub fn send(&mut self, now_ms: u64, bytes: &[u8], tag: Tag) {
        let wire_us = bytes.len() as u64 * 1_000_000 / u64::from(self.bytes_per_s);
        self.busy_until_us = self.busy_until_us.max(now_ms * 1_000) + wire_us;
        let arrives_ms = self.busy_until_us.div_ceil(1_000) + self.base_ms;
        for part in bytes.chunks(PIECE) {
            self.put(arrives_ms, part, tag);
        }
    }

    fn put(&mut self, arrives_ms: u64, bytes: &[u8], mut tag: Tag) {
        let faults = self.faults;
        if faults == WireFaults::NONE {
            self.queue(arrives_ms, bytes, tag);
            return;
        }
        if faults.cut || self.strikes(faults.drop_permille) {
            return;
        }
        let mut due_ms = arrives_ms + u64::from(faults.delay_ms);
        if faults.jitter_ms > 0 {
            due_ms += self.chance.below(u64::from(faults.jitter_ms) + 1);
        }
        if self.strikes(faults.reorder_permille) {
            due_ms += 40;
        }
        let mut copy = [0; PIECE];
        let mut len = bytes.len();
        copy[..len].copy_from_slice(bytes);
        if self.strikes(faults.truncate_permille) {
            let kept = self.chance.below(len as u64) as usize;
            // Without its delimiter alone a frame is whole once the next delimiter comes.
            tag.intact = false;
            tag.open = kept + 1 >= len;
            len = kept;
        }
        if len > 0 && self.strikes(faults.bit_flip_permille) {
            let bit = self.chance.below(len as u64 * 8) as usize;
            copy[bit / 8] ^= 1 << (bit % 8);
            tag.intact = false;
        }
        self.queue(due_ms, &copy[..len], tag);
        if self.strikes(faults.duplicate_permille) {
            self.queue(due_ms + 7, &copy[..len], Tag { copy: true, ..tag });
        }
    }

    fn queue(&mut self, due_ms: u64, bytes: &[u8], tag: Tag) {
        if self.pieces.len() >= MOST || bytes.is_empty() {
            return;
        }
        let mut piece = Piece { due_ms, tag, len: bytes.len() as u8, bytes: [0; PIECE] };
        piece.bytes[..bytes.len()].copy_from_slice(bytes);
        // In order of arrival; of two at the same moment the first sent comes first.
        let place = self.pieces.iter().rposition(|p| p.due_ms <= due_ms).map_or(0, |i| i + 1);
        self.pieces.insert(place, piece);
    }

    fn strikes(&mut self, permille: u16) -> bool {
        permille > 0 && self.chance.below(1_000) < u64::from(permille)
    }

    /// When the next piece arrives.
    #[must_use]
    pub fn next_due_ms(&self) -> Option<u64> {
        self.pieces.front().map(|piece| piece.due_ms)
    }

    /// Hands over everything that has arrived by `now_ms`, in order.
    pub fn deliver(&mut self, now_ms: u64, mut take: impl FnMut(&[u8], &Tag)) {
        self.noise(now_ms, &mut take);
        while self.pieces.front().is_some_and(|piece| piece.due_ms <= now_ms) {
            if let Some(piece) = self.pieces.pop_front()
                && !self.faults.cut
            {
                take(&piece.bytes[..usize::from(piece.len)], &piece.tag);
            }
        }
    }

    fn noise(&mut self, now_ms: u64, take: &mut impl FnMut(&[u8], &Tag)) {
        let passed = now_ms.saturating_sub(self.last_noise_ms);
        self.last_noise_ms = now_ms;
        if self.faults.noise_per_s == 0 || self.faults.cut {
            return;
        }
        let odds = (u64::from(self.faults.noise_per_s) * passed).min(8_000);
        for _ in 0..8 {
            if self.chance.below(8_000) < odds {
                take(&[self.chance.below(256) as u8], &Tag::OTHER);
            }
        }
    }

    /// Everything on the way is lost: the line was opened anew.
    pub fn clear(&mut self) {
        self.pieces.clear();
        self.busy_until_us = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Stream;

    fn wire() -> Wire {
        Wire::new(115_200, 1, Chance::new(7, Stream::WireDown))
    }

    fn arrivals(wire: &mut Wire, until_ms: u64) -> Vec<(u64, Vec<u8>)> {
        let mut all = Vec::new();
        for now in 0..=until_ms {
            wire.deliver(now, |bytes, _| all.push((now, bytes.to_vec())));
        }
        all
    }

    #[test]
    fn bytes_take_the_time_of_their_baud_rate() {
        let mut wire = wire();
        wire.send(0, &[1; 33], Tag::OTHER);
        wire.send(0, &[2; 22], Tag::OTHER);
        // 11 bytes a millisecond and one millisecond of delay.
        assert_eq!(arrivals(&mut wire, 20), [(4, vec![1; 33]), (6, vec![2; 22])]);
    }

    #[test]
    fn a_slower_line_takes_its_time_and_what_was_on_the_way_keeps_its_own() {
        let mut wire = wire();
        wire.send(0, &[1; 11], Tag::OTHER);
        wire.set_baud(9_600);
        wire.send(0, &[2; 24], Tag::OTHER);
        wire.set_baud(0);
        wire.send(100, &[3; 1], Tag::OTHER);
        // 960 bytes a second; a line of no rate at all still divides by something.
        let expected = [(2, vec![1; 11]), (27, vec![2; 24]), (1_101, vec![3; 1])];
        assert_eq!(arrivals(&mut wire, 1_200), expected);
    }

    #[test]
    fn a_cut_wire_carries_nothing_even_of_what_was_on_the_way() {
        let mut wire = wire();
        wire.send(0, &[1; 11], Tag::OTHER);
        wire.faults.cut = true;
        wire.send(0, &[2; 11], Tag::OTHER);
        assert_eq!(arrivals(&mut wire, 50), []);
    }

    #[test]
    fn every_fault_acts_at_full_rate() {
        for (faults, check) in [
            (
                WireFaults { drop_permille: 1_000, ..WireFaults::NONE },
                (|a: &[(u64, Vec<u8>)]| a.is_empty()) as fn(&[(u64, Vec<u8>)]) -> bool,
            ),
            (WireFaults { delay_ms: 30, ..WireFaults::NONE }, |a| a[0].0 == 32),
            (WireFaults { duplicate_permille: 1_000, ..WireFaults::NONE }, |a| a.len() == 2),
            (WireFaults { truncate_permille: 1_000, ..WireFaults::NONE }, |a| {
                a.first().is_none_or(|(_, bytes)| bytes.len() < 10)
            }),
            (WireFaults { bit_flip_permille: 1_000, ..WireFaults::NONE }, |a| {
                a[0].1.iter().map(|b| (b ^ 0x55).count_ones()).sum::<u32>() == 1
            }),
            (WireFaults { noise_per_s: 800, ..WireFaults::NONE }, |a| a.len() > 10),
        ] {
            let mut wire = wire();
            wire.faults = faults;
            wire.send(0, &[0x55; 10], Tag::OTHER);
            let arrived = arrivals(&mut wire, 100);
            assert!(check(&arrived), "{faults:?} {arrived:?}");
        }
    }

    #[test]
    fn a_reordered_piece_is_overtaken() {
        let mut wire = wire();
        wire.faults.reorder_permille = 1_000;
        wire.send(0, &[1; 5], Tag::OTHER);
        wire.faults = WireFaults::NONE;
        wire.send(5, &[2; 5], Tag::OTHER);
        let order: Vec<u8> = arrivals(&mut wire, 100).iter().map(|(_, bytes)| bytes[0]).collect();
        assert_eq!(order, [2, 1]);
    }
}
