//! A toy table, and one deliberate defect for each check: the proof that the suite can see.
//!
//! It knows nothing of a wire or of a real controller; it behaves as a good table does, in virtual
//! time, until it is told to do one thing wrong.

mod bed;
mod table;

use std::sync::{Arc, Mutex, MutexGuard};

use antipode_safety::Timestamp;
use async_trait::async_trait;
use tokio::runtime::Builder;

use super::{Check, NotTried, Outcome, Report, Rig, Second, Tried, Trouble, run_on};
use crate::{Address, OpenTable, TableError};
use bed::Bed;
use table::{Lane, ToyTable};

/// The bed is shared by driver, stop lane and instrument.
#[derive(Clone)]
struct Shared(Arc<Mutex<Bed>>);

impl Shared {
    /// The bed as it is now.
    fn now(&self) -> MutexGuard<'_, Bed> {
        let mut bed = self.0.lock().unwrap();
        bed.advance();
        bed
    }
}

/// A toy with one defect, or none.
struct ToyRig {
    bed: Shared,
    defect: Option<Check>,
}

impl ToyRig {
    fn new(defect: Option<Check>) -> Self {
        Self { bed: Shared(Arc::new(Mutex::new(Bed::new(defect)))), defect }
    }
}

#[async_trait]
impl Rig for ToyRig {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        self.bed.now().open();
        let table = ToyTable::new(self.bed.clone());
        Ok((Box::new(table), Arc::new(Lane(self.bed.clone()))))
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        self.bed.now().tilt_mdeg()
    }

    fn now(&self) -> Timestamp {
        self.bed.now().clock()
    }

    fn outlives_host(&self) -> Tried<()> {
        Ok(())
    }

    fn unplug(&mut self) -> Tried<()> {
        self.bed.now().plug(false);
        Ok(())
    }

    fn plug(&mut self) -> Tried<()> {
        self.bed.now().plug(true);
        Ok(())
    }

    fn trouble(&mut self, trouble: Trouble) -> Tried<()> {
        self.bed.now().trouble = trouble;
        Ok(())
    }

    async fn second_host(&mut self) -> Tried<Second> {
        if self.defect == Some(Check::SecondHost) {
            return Ok(Second::HasIt);
        }
        Ok(Second::Refused)
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        if self.defect == Some(Check::WrongDevice) {
            return Ok(self.open().await);
        }
        let Address(address) = Address("elsewhere".into());
        Ok(Err(TableError::Unfit { driver: "toy", address, reason: "it is no toy" }))
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        self.bed.now().stale = true;
        Ok(())
    }

    fn restart_device(&mut self) -> Tried<()> {
        self.bed.now().restart();
        Ok(())
    }
}

/// In virtual time, which a runtime keeps for itself.
fn virtually<R: Rig>(driver: &str, make: impl Fn() -> R + Sync) -> Report {
    let runtime = || Builder::new_current_thread().enable_time().start_paused(true).build();
    run_on(driver, make, 2, runtime)
}

fn tried(defect: Option<Check>) -> Report {
    virtually("toy", || ToyRig::new(defect))
}

#[test]
fn a_table_that_does_everything_right_conforms_and_everything_was_tried() {
    let report = tried(None);
    assert!(report.conforms(), "{report}");
    let passed = |(_, outcome): &&(Check, Outcome)| matches!(outcome, Outcome::Passed(_));
    assert_eq!(report.outcomes().iter().filter(passed).count(), Check::ALL.len(), "{report}");
}

/// Each defect must be seen by the check that is there for it. Others may see it too.
#[test]
fn every_check_sees_the_defect_that_it_is_there_for() {
    let mut missed = Vec::new();
    for check in Check::ALL {
        let report = tried(Some(check));
        if !report.failed().any(|failed| failed == check) {
            missed.push(check.name());
        }
    }
    assert!(missed.is_empty(), "these checks are blind: {missed:?}");
}

/// A rig that can do nothing beyond opening the toy.
struct BareRig(ToyRig);

const CANNOT: NotTried = NotTried("this rig has no line");

#[async_trait]
impl Rig for BareRig {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        self.0.open().await
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        self.0.true_tilt_mdeg()
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn outlives_host(&self) -> Tried<()> {
        Err(CANNOT)
    }

    fn unplug(&mut self) -> Tried<()> {
        Err(CANNOT)
    }

    fn plug(&mut self) -> Tried<()> {
        Err(CANNOT)
    }

    fn trouble(&mut self, _trouble: Trouble) -> Tried<()> {
        Err(CANNOT)
    }

    async fn second_host(&mut self) -> Tried<Second> {
        Err(CANNOT)
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        Err(CANNOT)
    }

    fn stale_bytes(&mut self) -> Tried<()> {
        Err(CANNOT)
    }

    fn restart_device(&mut self) -> Tried<()> {
        Err(CANNOT)
    }
}

#[test]
fn what_a_rig_cannot_do_is_shown_as_not_tried_and_never_as_passed() {
    let report = virtually("bare", || BareRig(ToyRig::new(None)));
    assert!(report.conforms(), "{report}");
    let untried = [
        Check::ClosingIsHostLoss,
        Check::Unplugged,
        Check::PluggedAgain,
        Check::AnswersLost,
        Check::LateAnswers,
        Check::SaidTwice,
        Check::Garbage,
        Check::SecondHost,
        Check::WrongDevice,
        Check::StaleBytes,
        Check::Restarted,
    ];
    for (check, outcome) in report.outcomes() {
        let expected = untried.contains(check);
        assert_eq!(matches!(outcome, Outcome::NotTried(_)), expected, "{check:?} {outcome:?}");
    }
    let lines = report.lines();
    assert!(lines.contains("bare\tunplugged\tH-02\tnot tried\tthis rig has no line\t"), "{lines}");
    assert_eq!(lines.lines().count(), Check::ALL.len());
}
