//! A simulated table on a line of its own: any host may talk to it, byte by byte.

use antipode_device::InProcessTable;
use antipode_safety::Timestamp;

use super::World;
use crate::pty::LineEnd;
use crate::wire::Tag;

/// Most bytes of one piece on the simulated line.
const PIECE: usize = 64;
/// Bytes that a host may leave unread; what is more is lost, as in any full buffer.
const UNREAD: usize = 16 * 1_024;

/// A world whose host is outside: the table's end of a line, with the faults of line and table.
#[derive(Clone, Debug)]
pub struct Served {
    world: World,
}

impl Served {
    /// Puts `world` on a line. Its own host never says anything.
    #[must_use]
    pub fn new(mut world: World) -> Self {
        world.outside = Some(Vec::with_capacity(1_024));
        Self { world }
    }

    /// The world behind the line: its plant, its person, its faults.
    #[must_use]
    pub const fn world(&self) -> &World {
        &self.world
    }

    /// The world behind the line, to break things and to act as hands do.
    pub const fn world_mut(&mut self) -> &mut World {
        &mut self.world
    }
}

impl LineEnd for Served {
    fn lines(&self) -> usize {
        1
    }

    fn advance(&mut self, now: Timestamp) {
        self.world.advance(now);
    }

    fn set_baud(&mut self, _line: usize, baud: u32) {
        self.world.down.set_baud(baud);
        self.world.up.set_baud(baud);
    }

    fn hear(&mut self, _line: usize, bytes: &[u8]) {
        for piece in bytes.chunks(PIECE) {
            self.world.down.send(self.world.now_ms, piece, Tag::OTHER);
        }
    }

    fn say(&mut self, _line: usize, out: &mut Vec<u8>) {
        if let Some(unread) = &mut self.world.outside {
            unread.truncate(UNREAD);
            out.append(unread);
        }
    }
}
