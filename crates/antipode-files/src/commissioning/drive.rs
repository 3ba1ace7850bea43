//! The motor drive that a guarded table was tried with, by what it says of itself.
//!
//! The settings of a Jrk, a Tic, a RoboClaw are in the device: whoever changes them, or puts another
//! device in its place, changes how the bed moves and stops, and no file of this program (H-08).

use super::{Commissioning, Part};

impl Commissioning {
    /// The same record for a drive that `says` this of itself, `what: how; what: how`. Said of another
    /// one, or of this one set otherwise, every check that moves the bed was done on something else;
    /// nobody vouches for it either.
    #[must_use]
    pub fn with_drive(mut self, says: Option<&str>) -> Self {
        if self.drive.as_deref() != says {
            self.drive = says.map(str::to_owned);
            self.signed = None;
            self.done.retain(|done| !Part::Config.decides(done.measured.kind()));
        }
        self
    }

    /// What is another thing on a drive that `says` this of itself than on the one that was tried, in
    /// plain words; nothing where it is the same.
    #[must_use]
    pub fn drive_changes(&self, says: &str) -> Vec<String> {
        let Some(tried) = &self.drive else {
            return vec![
                "it does not say how the drive was set when the table was tried".to_owned(),
            ];
        };
        let (before, now) = (facts(tried), facts(says));
        let of = |facts: &[(String, String)], what: &str| {
            facts.iter().find(|(name, _)| name == what).map(|(_, is)| is.clone())
        };
        let changed = before.iter().filter_map(|(what, was)| match of(&now, what) {
            None => Some(format!(
                "the drive says nothing of its `{what}`, which was {was} when the table was tried"
            )),
            Some(is) if is == *was => None,
            Some(is) => Some(format!(
                "the `{what}` of the drive was {was} when the table was tried, and is {is} now"
            )),
        });
        let new = now.iter().filter(|(what, _)| of(&before, what).is_none());
        let new = new.map(|(what, is)| {
            format!("the `{what}` of the drive is {is}, of which it said nothing when the table was tried")
        });
        changed.chain(new).collect()
    }
}

fn facts(says: &str) -> Vec<(String, String)> {
    let split =
        |fact: &str| fact.split_once(": ").map(|(what, is)| (what.to_owned(), is.to_owned()));
    let whole = |fact: &str| (fact.to_owned(), String::new());
    says.split("; ").map(|fact| split(fact).unwrap_or_else(|| whole(fact))).collect()
}
