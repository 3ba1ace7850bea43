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
    /// The connection stands and carries nothing: what is said waits in it, and arrives at once
    /// when it carries again.
    pub half_open: bool,
    /// Bytes a second of which the line is full: what it carried last, over and over.
    pub flood_per_s: u16,
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
        half_open: false,
        flood_per_s: 0,
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
    /// What a flood repeats.
    carried: Option<Piece>,
    /// Of the flood, and not yet on the line, thousandths of a byte.
    flood_due: u64,
    flooded_ms: u64,
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
            carried: None,
            flood_due: 0,
            flooded_ms: 0,
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
        // A flood leaves a tenth of the line at least: a line that carries nothing is a cut one.
        let most = self.bytes_per_s - self.bytes_per_s / 10;
        let free = self.bytes_per_s - u32::from(self.faults.flood_per_s).min(most);
        let wire_us = bytes.len() as u64 * 1_000_000 / u64::from(free.max(1));
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
        if self.faults.half_open {
            (self.last_noise_ms, self.flooded_ms) = (now_ms, now_ms);
            return;
        }
        self.noise(now_ms, &mut take);
        self.flood(now_ms, &mut take);
        while self.pieces.front().is_some_and(|piece| piece.due_ms <= now_ms) {
            if let Some(piece) = self.pieces.pop_front()
                && !self.faults.cut
            {
                take(&piece.bytes[..usize::from(piece.len)], &piece.tag);
                self.carried = Some(piece);
            }
        }
    }

    fn flood(&mut self, now_ms: u64, take: &mut impl FnMut(&[u8], &Tag)) {
        let passed = now_ms.saturating_sub(self.flooded_ms);
        self.flooded_ms = now_ms;
        let per_s = u64::from(self.faults.flood_per_s);
        let Some(piece) = self.carried.filter(|_| per_s > 0 && !self.faults.cut) else {
            self.flood_due = 0;
            return;
        };
        let bytes = piece.bytes.get(..usize::from(piece.len)).unwrap_or_default();
        let each = bytes.len().max(1) as u64 * 1_000;
        // A device that got no turn for long finds its buffer full and no fuller.
        self.flood_due = (self.flood_due + per_s * passed).min(each * MOST as u64);
        while self.flood_due >= each {
            self.flood_due -= each;
            take(bytes, &Tag { copy: true, ..piece.tag });
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
        self.carried = None;
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
    fn a_half_open_line_keeps_what_is_said_and_delivers_it_at_once_when_it_carries_again() {
        let mut wire = wire();
        wire.faults.half_open = true;
        wire.send(0, &[1; 11], Tag::OTHER);
        wire.send(30, &[2; 11], Tag::OTHER);
        assert_eq!(arrivals(&mut wire, 500), []);
        wire.faults = WireFaults::NONE;
        wire.send(500, &[3; 11], Tag::OTHER);
        let mut first = Vec::new();
        wire.deliver(500, |bytes, _| first.push(bytes[0]));
        assert_eq!(first, [1, 2], "what was held is there at once, what is new takes its time");
        assert_eq!(arrivals(&mut wire, 502).len(), 1);
        // Its buffer has an end: the newest finds no room.
        wire.faults.half_open = true;
        for _ in 0..2 * MOST {
            wire.send(600, &[4], Tag::OTHER);
        }
        wire.faults = WireFaults::NONE;
        assert_eq!(arrivals(&mut wire, 2_000).len(), MOST);
    }

    #[test]
    fn a_flooded_line_repeats_the_last_piece_as_a_copy_and_slows_the_next() {
        let mut wire = wire();
        wire.send(0, &[1; 11], Tag::OTHER);
        assert_eq!(arrivals(&mut wire, 20).len(), 1);
        wire.faults.flood_per_s = 9_900;
        let mut copies = 0;
        for now in 21..=120 {
            wire.deliver(now, |bytes, tag| copies += usize::from(tag.copy && bytes == [1; 11]));
        }
        assert_eq!(copies, 90, "9.9 bytes a millisecond");
        // 1.1 bytes a millisecond are left for whoever else speaks.
        wire.send(120, &[2; 11], Tag::OTHER);
        let mut heard = None;
        for now in 121..200 {
            wire.deliver(now, |bytes, _| heard = heard.or((bytes[0] == 2).then_some(now)));
        }
        assert_eq!(heard, Some(131));
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
