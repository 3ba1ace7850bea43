//! When the table brings the bed back by itself, and what forbids it.

use crate::angle::{Estimate, Quality};
use crate::canary::{self, Canary};
use crate::condition::Ankles;
use crate::config::{Config, HostLossPolicy};
use crate::demand::Cause;
use crate::timer::{Debt, Held};

/// How long one doubtful sensor is waited for before creeping back.
const DOUBT_MS: u32 = 5_000;
/// How long the bed rests after a stall or a slip before it turns back.
const SETTLE_MS: u32 = 500;
/// At level for so long, the time head-down starts over.
const LEVEL_MS: u32 = 30_000;

/// What the decision needs to know of this tick.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facts {
    pub(crate) at: Option<Estimate>,
    pub(crate) host_lost: bool,
    pub(crate) mains_lost: bool,
    pub(crate) ankles: Ankles,
    /// The table's own return has the bed.
    pub(crate) under_way: bool,
}

/// Causes with their delays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Automatic {
    lost: Debt,
    doubt: Debt,
    head_down_ms: u32,
    level: Held,
    /// A stall or slip and the rest that is left before turning back.
    pending: Option<(Cause, u32)>,
    /// The brake slips at level: the drive holds in its place.
    by_drive: bool,
    /// The bed moved although the drive was holding it: the brake is the better of the two.
    limp: bool,
    /// The way back after a stall was used in this stay head-down.
    freed: bool,
    /// What is left of the time within which a creep must end.
    creep_left_ms: Option<u32>,
    /// The creep took too long: something is wrong that nobody sees.
    spent: bool,
}

impl Automatic {
    /// Counts this tick.
    pub(crate) fn update(&mut self, config: &Config, facts: &Facts, dt_ms: u32) {
        let down = facts.at.is_some_and(|at| at.worst > 0);
        let level = facts.at.is_some_and(|at| at.worst <= 0);
        if down {
            self.head_down_ms = self.head_down_ms.saturating_add(dt_ms);
        }
        if self.level.update(level, dt_ms) >= LEVEL_MS {
            self.head_down_ms = 0;
        }
        if level {
            self.lost.clear();
            self.doubt.clear();
            self.pending = None;
            self.freed = false;
            self.spent = false;
        } else {
            self.lost.update(facts.host_lost, dt_ms);
            self.doubt.update(doubtful(facts), dt_ms);
        }
        if let Some((_, left)) = &mut self.pending {
            *left = left.saturating_sub(dt_ms);
        }
        self.bound_creep(config, facts, dt_ms);
    }

    /// A creep on a doubtful angle ends within 1.25 times what it should take, or not at all.
    fn bound_creep(&mut self, config: &Config, facts: &Facts, dt_ms: u32) {
        let doubted = facts.at.filter(|at| at.quality != Quality::Full && facts.under_way);
        let Some(at) = doubted else {
            self.creep_left_ms = None;
            return;
        };
        let speed = config.creep_rate.millideg_per_s().unsigned_abs().max(1);
        let full = at.worst.max(0).unsigned_abs().saturating_mul(1_250) / speed + 2_000;
        let left = self.creep_left_ms.unwrap_or(full).saturating_sub(dt_ms);
        self.creep_left_ms = Some(left);
        self.spent |= left == 0;
    }

    /// The bed was blocked on the way down.
    pub(crate) fn blocked(&mut self) {
        if !self.freed && self.pending.is_none() {
            self.freed = true;
            self.pending = Some((Cause::Blocked, SETTLE_MS));
        }
    }

    /// The brake slipped toward head-down.
    pub(crate) fn slipped(&mut self) {
        if self.pending.is_none() {
            self.pending = Some((Cause::BrakeSlip, SETTLE_MS));
        }
    }

    /// The brake slips at level or head-up.
    pub(crate) fn hold_by_drive(&mut self) {
        self.by_drive = true;
    }

    /// The bed slips although the drive holds it with the brake open.
    pub(crate) fn drive_gives_way(&mut self) {
        self.limp = true;
    }

    /// The brake is trusted again.
    pub(crate) fn trust_brake(&mut self) {
        self.by_drive = false;
        self.limp = false;
    }

    /// Whether the drive should hold in the brake's place for now.
    pub(crate) fn drive_holds(&self) -> bool {
        !self.limp && (self.by_drive || matches!(self.pending, Some((Cause::BrakeSlip, _))))
    }

    /// The return that is due, the most pressing first. The caller decides whether it may be.
    pub(crate) fn due(&self, config: &Config, facts: &Facts) -> Option<Cause> {
        if facts.at.is_none_or(|at| at.worst <= 0) {
            return None;
        }
        if facts.mains_lost {
            return Some(Cause::MainsLost);
        }
        if self.head_down_ms >= config.head_down_cap_ms
            && !canary::active(Canary::HeadDownCapIgnored)
        {
            return Some(Cause::HeadDownCap);
        }
        if let Some((cause, 0)) = self.pending {
            return Some(cause);
        }
        if config.host_loss == HostLossPolicy::HoldThenReturn
            && self.lost.ms() >= config.host_loss_hold_ms
            && !canary::active(Canary::HostLossNeverReturns)
        {
            return Some(Cause::HostLost);
        }
        (self.doubt.ms() >= DOUBT_MS).then_some(Cause::Doubt)
    }

    /// The return for `cause` has begun.
    pub(crate) fn begun(&mut self, cause: Cause) {
        if self.pending.is_some_and(|(pending, _)| pending == cause) {
            self.pending = None;
        }
    }

    pub(crate) const fn spent(&self) -> bool {
        self.spent
    }

    /// A person takes the way back into their hands.
    pub(crate) fn renew(&mut self) {
        self.spent = false;
    }
}

fn doubtful(facts: &Facts) -> bool {
    facts.ankles == Ankles::OneOpen || facts.at.is_some_and(|at| at.quality != Quality::Full)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(worst: i32) -> Facts {
        let at = Estimate { quality: Quality::Full, control: worst, worst, least: worst };
        Facts {
            at: Some(at),
            host_lost: false,
            mains_lost: false,
            ankles: Ankles::Closed,
            under_way: false,
        }
    }

    #[test]
    fn a_blocked_bed_turns_back_after_half_a_second_and_once_in_a_stay() {
        let config = Config::reference();
        let mut automatic = Automatic::default();
        automatic.blocked();
        automatic.update(&config, &facts(10_000), 499);
        assert_eq!(automatic.due(&config, &facts(10_000)), None);
        automatic.update(&config, &facts(10_000), 1);
        assert_eq!(automatic.due(&config, &facts(10_000)), Some(Cause::Blocked));
        automatic.begun(Cause::Blocked);
        automatic.blocked();
        automatic.update(&config, &facts(10_000), 1_000);
        assert_eq!(automatic.due(&config, &facts(10_000)), None, "once");
        automatic.update(&config, &facts(0), 10);
        automatic.blocked();
        automatic.update(&config, &facts(10_000), 500);
        assert_eq!(automatic.due(&config, &facts(10_000)), Some(Cause::Blocked));
    }

    #[test]
    fn nothing_is_due_at_level_and_the_most_pressing_comes_first() {
        let config = Config::reference();
        let mut automatic = Automatic::default();
        let lost = Facts { host_lost: true, ankles: Ankles::OneOpen, ..facts(1) };
        automatic.slipped();
        automatic.update(&config, &lost, 4_999);
        assert_eq!(automatic.due(&config, &lost), Some(Cause::BrakeSlip));
        automatic.begun(Cause::BrakeSlip);
        assert_eq!(automatic.due(&config, &lost), None);
        automatic.update(&config, &lost, 1);
        assert_eq!(automatic.due(&config, &lost), Some(Cause::HostLost));
        let hold = Config { host_loss: HostLossPolicy::Hold, ..config };
        assert_eq!(automatic.due(&hold, &lost), Some(Cause::Doubt));
        automatic.update(&config, &lost, 595_000);
        assert_eq!(automatic.due(&config, &lost), Some(Cause::HeadDownCap));
        let dark = Facts { mains_lost: true, ..lost };
        assert_eq!(automatic.due(&config, &dark), Some(Cause::MainsLost));
        assert_eq!(automatic.due(&config, &Facts { mains_lost: true, ..facts(0) }), None);
        assert_eq!(automatic.due(&config, &Facts { at: None, ..dark }), None);
    }

    #[test]
    fn a_creep_has_one_and_a_quarter_times_its_way_and_two_seconds() {
        let config = Config::reference();
        let at =
            Estimate { quality: Quality::OneSource, control: 8_000, worst: 8_000, least: 8_000 };
        let creeping = Facts { at: Some(at), under_way: true, ..facts(0) };
        let mut automatic = Automatic::default();
        automatic.update(&config, &creeping, 11_999);
        assert!(!automatic.spent());
        automatic.update(&config, &creeping, 1);
        assert!(automatic.spent());
        automatic.renew();
        automatic.update(&config, &Facts { under_way: false, ..creeping }, 1);
        automatic.update(&config, &creeping, 11_999);
        assert!(!automatic.spent(), "a new creep has its own time");
    }
}
