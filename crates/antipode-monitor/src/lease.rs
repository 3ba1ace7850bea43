//! Whose frames move the table: I12, I13.

use crate::row::Row;
use crate::trace::Motion;
use crate::violation::{Report, Rule};

#[derive(Clone, Debug, Default)]
pub(crate) struct LeaseRules {
    highest_epoch: u32,
}

impl LeaseRules {
    pub(crate) fn check(&mut self, row: &Row<'_>, report: &mut Report) {
        self.epochs(row, report);
        frames(row, report);
    }

    /// I12: a new lease has a number that was never used, across resets too; 0 is "no lease".
    fn epochs(&mut self, row: &Row<'_>, report: &mut Report) {
        let epoch = row.now.firmware.lease_epoch;
        let changed = epoch != row.before.firmware.lease_epoch;
        let reused = changed && epoch != 0 && epoch <= self.highest_epoch;
        report.judge(Rule::EpochReused, reused, [epoch.into(), self.highest_epoch.into(), 0, 0]);
        self.highest_epoch = self.highest_epoch.max(epoch);
    }
}

/// I12, I13: only fresh frames of the lease in force have an effect. A return may come from anyone.
fn frames(row: &Row<'_>, report: &mut Report) {
    let (now, before) = (&row.now.firmware, &row.before.firmware);
    let leased = matches!(row.motion(), Motion::Plan | Motion::Jog | Motion::SelfTest);
    let foreign = now.accepted_epoch != now.lease_epoch || now.lease_epoch == 0;
    let moved = now.frame_accepted && leased && foreign;
    let numbers = [now.accepted_epoch.into(), now.lease_epoch.into(), 0, 0];
    report.judge(Rule::ForeignEpochMoved, moved, numbers);

    let executed = now.stale_frames_accepted;
    report.judge(Rule::StaleFrameExecuted, executed > 0, [executed.into(), 0, 0, 0]);

    let grew = row.same_boot() && now.lease_ms_left > before.lease_ms_left;
    let from_nothing = grew && row.now.wire.fresh_frames == 0;
    let stale = row.now.wire.stale_frames;
    let numbers = [before.lease_ms_left.into(), now.lease_ms_left.into(), stale.into(), 0];
    report.judge(Rule::LeaseRenewedByNothing, from_nothing, numbers);
}

#[cfg(test)]
mod tests;
