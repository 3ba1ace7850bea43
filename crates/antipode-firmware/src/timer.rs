//! Lengths of time counted tick by tick, so that no rule depends on a clock that wraps.

/// How long something has held without a break.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Held(u32);

impl Held {
    pub(crate) const ZERO: Self = Self(0);

    /// Has held for `ms` already.
    pub(crate) const fn since(ms: u32) -> Self {
        Self(ms)
    }

    /// Adds `dt_ms` while `holds`, else starts over; the length so far.
    pub(crate) fn update(&mut self, holds: bool, dt_ms: u32) -> u32 {
        self.0 = if holds { self.0.saturating_add(dt_ms) } else { 0 };
        self.0
    }

    pub(crate) const fn ms(self) -> u32 {
        self.0
    }
}

/// How long something has been missing, forgiven at a quarter of the speed, so that a host that
/// comes and goes cannot put the return off for ever (H-01).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Debt {
    quarter_ms: u32,
}

impl Debt {
    pub(crate) const ZERO: Self = Self { quarter_ms: 0 };

    pub(crate) fn update(&mut self, missing: bool, dt_ms: u32) {
        self.quarter_ms = if missing {
            self.quarter_ms.saturating_add(dt_ms.saturating_mul(4))
        } else {
            self.quarter_ms.saturating_sub(dt_ms)
        };
    }

    pub(crate) fn clear(&mut self) {
        self.quarter_ms = 0;
    }

    pub(crate) const fn ms(self) -> u32 {
        self.quarter_ms / 4
    }
}

/// A motion frame's time-to-live: when it came and how long it counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) at_ms: u32,
    pub(crate) ms: u32,
}

impl Lease {
    /// Whether it has run out. The subtraction is right across the wrap of the clock, and a frame
    /// "from the future" has run out.
    pub(crate) const fn ended(self, now_ms: u32) -> bool {
        now_ms.wrapping_sub(self.at_ms) >= self.ms
    }

    /// What is left of it at `now_ms`.
    pub(crate) const fn left_ms(self, now_ms: u32) -> u32 {
        self.ms.saturating_sub(now_ms.wrapping_sub(self.at_ms))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_break_starts_the_count_over() {
        let mut held = Held::default();
        assert_eq!(held.update(true, 10), 10);
        assert_eq!(held.update(true, 15), 25);
        assert_eq!(held.update(false, 10), 0);
        assert_eq!(held.ms(), 0);
        held.update(true, u32::MAX);
        assert_eq!(held.update(true, 1), u32::MAX);
    }

    #[test]
    fn a_debt_is_forgiven_at_a_quarter_of_the_speed() {
        let mut debt = Debt::default();
        debt.update(true, 1_000);
        assert_eq!(debt.ms(), 1_000);
        debt.update(false, 1_000);
        assert_eq!(debt.ms(), 750);
        debt.update(false, 3_000);
        assert_eq!(debt.ms(), 0);
        debt.update(true, 9);
        debt.clear();
        assert_eq!(debt.ms(), 0);
    }

    #[test]
    fn a_lease_ends_at_its_length_also_across_the_wrap() {
        for at_ms in [0, 1_000, u32::MAX - 100] {
            let lease = Lease { at_ms, ms: 250 };
            assert!(!lease.ended(at_ms));
            assert!(!lease.ended(at_ms.wrapping_add(249)));
            assert!(lease.ended(at_ms.wrapping_add(250)));
            assert!(lease.ended(at_ms.wrapping_sub(1)));
        }
    }
}
