//! Moments that something waits for.

use antipode_safety::{Millis, Timestamp};

/// The earliest of `moments`, where there is any.
pub(crate) fn soonest(moments: impl IntoIterator<Item = Option<Timestamp>>) -> Option<Timestamp> {
    moments.into_iter().flatten().min()
}

/// The moment `by` before `moment`, held at the start of the run.
pub(crate) const fn before(moment: Timestamp, by: Millis) -> Timestamp {
    Timestamp::from_millis(moment.as_millis().saturating_sub(by.get()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_soonest_of_some_moments_is_the_earliest_and_of_none_is_none() {
        let at = Timestamp::from_millis;
        assert_eq!(soonest([Some(at(7)), None, Some(at(3))]), Some(at(3)));
        assert_eq!(soonest([None, Some(at(9))]), Some(at(9)));
        assert_eq!(soonest([None, None]), None);
    }

    #[test]
    fn nothing_is_before_the_start_of_the_run() {
        let at = Timestamp::from_millis;
        assert_eq!(before(at(30), Millis::new(20)), at(10));
        assert_eq!(before(at(30), Millis::new(31)), Timestamp::ZERO);
    }
}
