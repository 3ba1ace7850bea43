//! The line to the host: what is put on it, and what really arrives at the table.

use super::World;
use crate::wire::{FrameKind, Tag};

/// A frame that takes longer is late, milliseconds.
const LEASE_MS: u64 = 250;

/// What really arrived at the table in the last turn: the truth that no controller sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Arrived {
    /// Intact, first-time, in-order frames of the session in force, in time: they may renew.
    pub fresh: u8,
    /// Frames that must have no effect: copies, overtaken ones, late ones, of another session.
    pub stale: u8,
    /// An intact STOP.
    pub stop: bool,
}

impl World {
    pub(super) fn flush(&mut self, kind: FrameKind) {
        if !self.out.is_empty() {
            self.sent = self.sent.wrapping_add(1);
            let tag = Tag {
                kind,
                ordinal: self.sent,
                sent_ms: self.now_ms,
                session: self.port.session(),
                intact: true,
                open: false,
                copy: false,
            };
            self.down.send(self.now_ms, &self.out, tag);
            self.out.clear();
        }
    }

    /// The table hears what has arrived, and the trace notes what it was.
    pub(super) fn hear(&mut self, now_ms: u64) {
        // A slow loop looks later: what came meanwhile counts for the turn that sees it.
        let mut arrived = if self.board.turned() { Arrived::default() } else { self.arrived };
        let (board, highest, open) = (&mut self.board, &mut self.highest, &mut self.open);
        let session = board.controller().map_or(0, |controller| controller.inspect().session);
        let hears = board.hears();
        self.down.deliver(now_ms, |bytes, tag| {
            if !hears {
                return;
            }
            // Whatever comes next may complete it.
            if std::mem::replace(open, tag.open) {
                arrived.fresh = arrived.fresh.saturating_add(1);
            }
            note(&mut arrived, highest, tag, session, now_ms);
            board.receive(now_ms, bytes);
        });
        self.arrived = arrived;
    }
}

/// Notes what one piece is to the table.
fn note(arrived: &mut Arrived, highest: &mut u32, tag: &Tag, session: u32, now_ms: u64) {
    if !tag.intact || tag.kind == FrameKind::Other {
        return;
    }
    arrived.stop |= tag.kind == FrameKind::Stop;
    // The way home is never too late.
    let late = tag.kind != FrameKind::Return && now_ms.saturating_sub(tag.sent_ms) > LEASE_MS;
    if tag.copy || tag.ordinal <= *highest || tag.session != session || late {
        arrived.stale = arrived.stale.saturating_add(1);
    } else {
        *highest = tag.ordinal;
        arrived.fresh = arrived.fresh.saturating_add(1);
    }
}
