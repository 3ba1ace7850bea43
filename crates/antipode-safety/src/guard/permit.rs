//! One-time leave to move.

use crate::units::{Angle, Millis, Rate, Timestamp};

/// Leave to move, given by the guard and spent on send.
///
/// It can be neither copied nor built, so that one judgement moves the bed once, under one lease.
///
/// # Only the guard mints it
/// This compiles:
/// ```
/// use antipode_safety::{Envelope, Guard, Leave, Limits, Motion, Permit, Refusal, Timestamp};
/// fn ask(guard: &Guard, now: Timestamp, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
///     guard.permit(now, motion, leave)
/// }
/// ```
/// This, which differs in one line, does not:
/// ```compile_fail,E0451
/// use antipode_safety::{Envelope, Guard, Leave, Limits, Motion, Permit, Refusal, Timestamp};
/// fn ask(guard: &Guard, now: Timestamp, motion: Motion, leave: &Leave) -> Result<Permit, Refusal> {
///     Ok(Permit { target: motion.target, rate: motion.rate, lease: guard.envelope().lease, minted_at: now })
/// }
/// ```
///
/// # It is spent once
/// This compiles:
/// ```
/// # use antipode_safety::Permit;
/// fn send(_: Permit) {}
/// fn twice(first: Permit, second: Permit) {
///     send(first);
///     send(second);
/// }
/// ```
/// This, which differs in one line, does not:
/// ```compile_fail,E0382
/// # use antipode_safety::Permit;
/// fn send(_: Permit) {}
/// fn twice(first: Permit, second: Permit) {
///     send(first);
///     send(first);
/// }
/// ```
#[derive(Debug, PartialEq, Eq)]
#[must_use = "a permit that is not sent moves nothing"]
pub struct Permit {
    target: Angle,
    rate: Rate,
    lease: Millis,
    minted_at: Timestamp,
}

impl Permit {
    pub(super) const fn mint(
        target: Angle,
        rate: Rate,
        lease: Millis,
        minted_at: Timestamp,
    ) -> Self {
        Self { target, rate, lease, minted_at }
    }

    /// Where to.
    #[must_use]
    pub const fn target(&self) -> Angle {
        self.target
    }

    /// How fast, positive toward head-down. On the way home it may be slower than was asked.
    #[must_use]
    pub const fn rate(&self) -> Rate {
        self.rate
    }

    /// How long the motion may run on without the next permit.
    #[must_use]
    pub const fn lease(&self) -> Millis {
        self.lease
    }

    /// When it was given.
    #[must_use]
    pub const fn minted_at(&self) -> Timestamp {
        self.minted_at
    }

    /// Whether it may still be sent at `now`: within its lease, and not before it was given.
    #[must_use]
    pub fn is_live(&self, now: Timestamp) -> bool {
        now.checked_since(self.minted_at).is_some_and(|age| age < self.lease)
    }
}
