//! Faults of the run: each in its place, from its beginning to its end.

use antipode_device::LinkPort;
use antipode_safety::Timestamp;

use super::{World, board};
use crate::faults::{FaultKind, Struck};
use crate::plant::PlantFaults;
use crate::wire::{FrameKind, WireFaults};

/// The second host of [`FaultKind::SecondHost`] greets this often, milliseconds.
const RIVAL_MS: u64 = 2_000;

impl World {
    /// Puts every present fault in its place and finds out when that changes next.
    pub(super) fn apply_faults(&mut self) {
        let now_ms = self.now_ms;
        let (mut down, mut up) = (WireFaults::NONE, WireFaults::NONE);
        let mut plant = PlantFaults::NONE;
        let mut board = board::BoardFaults::NONE;
        let mut next = u64::MAX;
        let (mut reconnect, mut rival, mut ignores) = (false, false, false);
        for fault in &self.faults {
            next = next.min(fault.next_change_ms(now_ms).unwrap_or(u64::MAX));
            if !fault.is_present(now_ms) {
                continue;
            }
            match fault.kind.strikes() {
                Struck::Wire => fault.on_wires(&mut down, &mut up),
                Struck::Plant => fault.on_plant(&mut plant),
                Struck::Controller => board.add(fault),
                Struck::Person | Struck::Host => {}
            }
            reconnect |= fault.kind == FaultKind::ReconnectLoop;
            rival |= fault.kind == FaultKind::SecondHost;
            ignores |= fault.kind == FaultKind::IgnoresQuestions;
            self.board.strike(fault, now_ms);
            fault.on_person(&mut self.person, now_ms);
        }
        self.next_change_ms = next;
        self.down.faults = down;
        self.up.faults = up;
        if *self.plant.faults() != plant {
            self.plant.raise_arms(plant.arms_overhead);
            *self.plant.faults_mut() = plant;
        }
        self.board.set_faults(board);
        self.person.ignore_check_ins(ignores);
        self.reconnect_ms = reconnect.then(|| self.reconnect_ms.unwrap_or(now_ms));
        self.rival_ms = rival.then(|| self.rival_ms.unwrap_or(now_ms));
    }

    /// Faults of the line that act by themselves as time passes.
    pub(super) fn disturb(&mut self, now_ms: u64) {
        if let Some(due) = self.reconnect_ms
            && now_ms >= due
        {
            self.reconnect_ms = Some(due + 1_000);
            self.down.clear();
            self.up.clear();
            self.port.hung_up();
            self.port = reopened(&self.port);
        }
        if let Some(due) = self.rival_ms
            && now_ms >= due
        {
            self.rival_ms = Some(due + RIVAL_MS);
            let mut rival = LinkPort::new(99, true);
            rival.poll(Timestamp::from_millis(now_ms), &mut self.out);
            self.flush(FrameKind::Other);
        }
    }
}

/// The same host after its port closed and opened again: what it had not read yet is still there.
fn reopened(before: &LinkPort) -> LinkPort {
    let mut port = before.clone();
    port.reopen();
    port
}
