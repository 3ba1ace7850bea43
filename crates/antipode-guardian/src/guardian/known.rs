//! The device that this guardian met first, held against the one at the line now.

use crate::fact::{Fact, changes, line_of};
use crate::{Drive, Fitness, Guardian};

/// What the drive said of itself when it was first fit. Whoever opened the table has held its record
/// against that; a drive that says something else later was changed, or is another one, while somebody
/// may be head-down: nothing starts with it, and it still brings them home (H-01, H-08).
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    first: Vec<Fact>,
}

impl Known {
    /// Looks at the drive; whether nothing may start with it, for it may be any other as long as it
    /// has not said how it is set.
    pub(super) fn look(&mut self, drive: &dyn Drive) -> bool {
        let fit = matches!(drive.fitness(), Fitness::Fit { .. });
        if self.first.is_empty() && fit {
            self.first = drive.facts().to_vec();
        }
        let says = drive.facts();
        fit && (drive.status().faults.stranger || says.is_empty() || self.first != says)
    }

    /// Why nothing may start with it although it may come home; `None` where it may start.
    pub(super) fn against(&self, drive: &dyn Drive) -> Option<String> {
        let facts = drive.facts();
        if drive.status().faults.stranger {
            return Some(format!(
                "it is another device than its model describes ({})",
                line_of(facts)
            ));
        }
        if facts.is_empty() {
            return Some("it has not said yet how it is set".to_owned());
        }
        if self.first.is_empty() || self.first == facts {
            return None;
        }
        let what = changes(&self.first, facts).join(", ");
        Some(format!("it is not as it was when this guardian met it: {what}"))
    }
}

impl Guardian {
    /// What the drive says of itself; nothing until it was read twice alike.
    #[must_use]
    pub fn facts(&self) -> &[Fact] {
        self.drive.facts()
    }

    /// Why nothing may start with this drive although it may come home: it is another one than it was,
    /// or than is described.
    #[must_use]
    pub fn only_home(&self) -> Option<String> {
        self.known.against(&*self.drive)
    }
}
