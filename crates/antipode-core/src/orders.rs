//! All orders of a session in one number, so that a replay can prove that it gives the same ones.

use antipode_safety::Timestamp;

use crate::inline::InlineList;
use crate::step::Command;

/// Stands for every order that a session has given, in order and with the time of its step. One
/// that is missing, changed or given at another time changes it, and it stays changed.
///
/// It is a hash (FNV-1a, 32 bits) against mistakes, not against forgers: those meet the chain of
/// the journal in which it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Orders(u32);

impl Orders {
    /// None given yet.
    pub const NONE: Self = Self(0x811c_9dc5);

    /// The number.
    #[must_use]
    pub const fn number(self) -> u32 {
        self.0
    }

    /// After the orders of a step at `now`.
    #[must_use]
    pub fn after<const N: usize>(self, now: Timestamp, commands: &InlineList<Command, N>) -> Self {
        commands.iter().fold(self, |orders, command| orders.and(now, command))
    }

    fn and(self, now: Timestamp, command: &Command) -> Self {
        let orders = self.with(now.as_millis());
        match command {
            Command::Arm => orders.with(1),
            Command::Disarm => orders.with(2),
            Command::Start(permit) => orders
                .with(3)
                .with_signed(permit.target().millideg())
                .with_signed(permit.rate().millideg_per_s())
                .with(permit.lease().get())
                .with(permit.minted_at().as_millis()),
            Command::Halt => orders.with(4),
            Command::Return(order) => {
                orders.with(5).with_signed(order.rate.millideg_per_s()).with(u64::from(order.held))
            }
            Command::Stop => orders.with(6),
            Command::AcknowledgeStop => orders.with(7),
            Command::ClearFaults(faults) => orders.with(8).with(faults.bits().into()),
        }
    }

    fn with_signed(self, number: i32) -> Self {
        self.with(i64::from(number).cast_unsigned())
    }

    fn with(self, number: u64) -> Self {
        let hash = |hash: u32, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
        Self(number.to_le_bytes().into_iter().fold(self.0, hash))
    }
}

#[cfg(test)]
mod tests {
    use antipode_safety::{FaultSet, Rate};

    use super::*;
    use crate::step::ReturnOrder;

    fn all() -> Vec<Command> {
        let home = |rate, held| Command::Return(ReturnOrder { rate: Rate::clamped(rate), held });
        vec![
            Command::Arm,
            Command::Disarm,
            Command::Halt,
            home(2_000, false),
            home(2_000, true),
            home(2_001, false),
            Command::Stop,
            Command::AcknowledgeStop,
            Command::ClearFaults(FaultSet::from_bits(1)),
            Command::ClearFaults(FaultSet::from_bits(2)),
        ]
    }

    #[test]
    fn no_two_orders_and_no_two_times_give_the_same_number() {
        let mut seen = vec![Orders::NONE];
        for ms in [0, 1, 1_000_000] {
            for command in &all() {
                let orders = Orders::NONE.and(Timestamp::from_millis(ms), command);
                assert!(!seen.contains(&orders), "{command:?} at {ms}");
                seen.push(orders);
                let twice = orders.and(Timestamp::from_millis(ms), command);
                assert!(!seen.contains(&twice), "{command:?} at {ms}, twice");
                seen.push(twice);
            }
        }
    }

    /// Journals hold this number: do not change this test.
    #[test]
    fn the_number_of_known_orders_stays() {
        let mut commands = InlineList::<Command, 4>::new();
        assert_eq!(Orders::NONE.after(Timestamp::ZERO, &commands), Orders::NONE);
        commands.push(Command::Arm);
        commands.push(Command::Stop);
        let orders = Orders::NONE.after(Timestamp::from_millis(20), &commands);
        assert_eq!(orders.number(), 0x652c_17a2);
    }
}
