//! A toy table, and one deliberate defect for each check: the proof that the suite can see.
//!
//! It knows nothing of a wire or of a real controller; it behaves as a good table does, in virtual
//! time, until it is told to do one thing wrong.

mod bed;
mod table;

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};

use antipode_safety::Timestamp;
use async_trait::async_trait;
use tokio::runtime::Builder;

use super::{Act, Check, NotTried, Outcome, Report, Rig, Second, Tried, Trouble, Turns, run_on};
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

/// What is wrong with a toy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Defect {
    /// What this check is there for.
    Of(Check),
    /// A latched fault stays, and forbids nothing.
    FaultForbidsNothing,
    /// It arms one time in five.
    ArmsOneTimeInFive,
    /// It ends the first motion by itself, and latches that its host did not renew it.
    EndsTheFirstMotion,
}

/// A toy with one defect, or none.
struct ToyRig {
    bed: Shared,
    defect: Option<Defect>,
}

impl ToyRig {
    fn new(defect: Option<Defect>) -> Self {
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

    fn can(&self, _act: Act) -> Tried<()> {
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
        if self.defect == Some(Defect::Of(Check::SecondHost)) {
            return Ok(Second::HasIt);
        }
        Ok(Second::Refused)
    }

    async fn open_wrong_device(&mut self) -> Tried<Result<OpenTable, TableError>> {
        if self.defect == Some(Defect::Of(Check::WrongDevice)) {
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
    run_on(driver, make, 2, runtime, &Turns::never_late())
}

fn tried(defect: Option<Defect>) -> Report {
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
        let report = tried(Some(Defect::Of(check)));
        if !report.failed().any(|failed| failed == check) {
            missed.push(check.name());
        }
    }
    assert!(missed.is_empty(), "these checks are blind: {missed:?}");
}

/// What a check could miss while it sees the defect that it is there for.
#[test]
fn defects_that_look_like_a_busy_machine_or_hide_behind_another_are_seen() {
    for (defect, check) in [
        (Defect::FaultForbidsNothing, Check::FaultsStay),
        (Defect::ArmsOneTimeInFive, Check::TellsInTime),
        (Defect::ArmsOneTimeInFive, Check::LeaseEnds),
        (Defect::EndsTheFirstMotion, Check::TellsTheTilt),
    ] {
        let report = tried(Some(defect));
        assert!(report.failed().any(|failed| failed == check), "{defect:?}: {report}");
    }
}

/// A rig that can do nothing beyond opening the toy, which it counts.
struct BareRig<'a>(ToyRig, &'a AtomicUsize);

const CANNOT: NotTried = NotTried("this rig has no line");

#[async_trait]
impl Rig for BareRig<'_> {
    async fn open(&mut self) -> Result<OpenTable, TableError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.open().await
    }

    fn true_tilt_mdeg(&mut self) -> i32 {
        self.0.true_tilt_mdeg()
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }

    fn can(&self, _act: Act) -> Tried<()> {
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
    let opened = AtomicUsize::new(0);
    let report = virtually("bare", || BareRig(ToyRig::new(None), &opened));
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
    let tried = Check::ALL.len() - untried.len();
    assert_eq!(opened.into_inner(), tried, "no bed is lowered for what cannot be tried");
    let lines = report.lines();
    assert!(lines.contains("bare\tunplugged\tH-02\tnot tried\tthis rig has no line\t"), "{lines}");
    assert_eq!(lines.lines().count(), Check::ALL.len());
}
