//! A whole session on the simulated table.

use antipode_core::session::{Outcome, StateKind};

use crate::hands::{Run, plan};

#[test]
fn a_whole_session_on_the_simulated_table_ends_completed_in_the_rest_band() {
    let mut run = Run::new(&plan(3, 20, 60), 1);
    run.until(1_500, |run| run.state() == StateKind::Finished);
    assert_eq!(run.shell.core().view().outcome, Some(Outcome::Completed), "{:?}", run.notes);
    assert!((-10_000..=0).contains(&run.tilt()), "{}", run.tilt());
    assert!((19_500..=20_500).contains(&run.deepest), "{}", run.deepest);
}
