//! Which beginnings of faults are in the record already.

use antipode_safety::{Fault, FaultBegan};

/// Beginnings of one fault that a session keeps. A table that tells more has lost its count or its
/// mind; its reports go on showing the fault, and its chatter must not fill the disk (H-37).
const MOST_OF_ONE: u16 = 64;

/// What was told of each fault. A table says each beginning once, a line may say it again.
#[derive(Clone, Debug)]
pub(crate) struct FaultsTold {
    last: [Option<FaultBegan>; Fault::ALL.len()],
    kept: [u16; Fault::ALL.len()],
}

impl FaultsTold {
    pub(crate) const NONE: Self =
        Self { last: [None; Fault::ALL.len()], kept: [0; Fault::ALL.len()] };

    /// Whether `began` belongs into the record; notes that it is there now.
    pub(crate) fn is_news(&mut self, began: &FaultBegan) -> bool {
        let at = began.fault as usize;
        let (Some(last), Some(kept)) = (self.last.get_mut(at), self.kept.get_mut(at)) else {
            return false;
        };
        let news = last.as_ref() != Some(began) && *kept < MOST_OF_ONE;
        if news {
            (*last, *kept) = (Some(*began), kept.saturating_add(1));
        }
        news
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn began(fault: Fault, count: u16) -> FaultBegan {
        FaultBegan { fault, table_ms: 1_000, tilt: None, current_ma: 100, count }
    }

    #[test]
    fn each_beginning_is_kept_once_and_no_table_can_fill_a_disk_with_them() {
        let mut told = FaultsTold::NONE;
        assert!(told.is_news(&began(Fault::Runaway, 1)));
        assert!(!told.is_news(&began(Fault::Runaway, 1)), "said again");
        assert!(told.is_news(&began(Fault::Runaway, 2)));
        let kept = (3..u16::MAX).filter(|count| told.is_news(&began(Fault::Runaway, *count)));
        assert_eq!(kept.count(), usize::from(MOST_OF_ONE) - 2);
        assert!(told.is_news(&began(Fault::BrakeSlip, 1)), "another fault is not hidden by it");
    }
}
