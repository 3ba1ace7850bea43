//! Whole sessions on drives without a controller, in virtual time. Judged by the true tilt.

mod bench;

use antipode_core::alarm::AlarmCause;
use antipode_core::session::Question;
use antipode_device::{DriveModel, Rates};
use antipode_files::{Source, example_models, read_model};
use antipode_runner::words::alarm_todo;
use antipode_safety::Rate;
use antipode_sim::device::{DeviceFault, DeviceSetup};
use antipode_sim::faults::{Fault, FaultKind};

use super::wire::{in_process, lines_agree};
use bench::{Bench, Busy};

/// A drive and the model of a bed that it turns.
pub(crate) struct Drive {
    /// As `sim-serve` names it.
    pub(crate) dialect: &'static str,
    /// The example that its model begins from.
    example: &'static str,
    /// What of that is another bed's.
    changes: &'static [(&'static str, &'static str)],
    setup: fn() -> DeviceSetup,
}

const DRIVES: [Drive; 4] = [
    Drive { dialect: "jrk", example: "pololu-jrk", changes: &[], setup: DeviceSetup::jrk },
    Drive { dialect: "tic", example: "pololu-tic", changes: &[], setup: DeviceSetup::tic },
    Drive { dialect: "roboclaw", example: "roboclaw", changes: &[], setup: DeviceSetup::roboclaw },
    Drive {
        dialect: "linak",
        example: "linak-la36",
        // A pseudo-terminal has no parity; a relay outside the actuator cuts it; its stop is known.
        changes: &[
            ("parity = \"even\"", "parity = \"none\""),
            ("kind = \"none\"", "kind = \"external\"\nwithin = \"300ms\"\nfed_by = \"writes\""),
            ("placeholder = \"yes\"", "placeholder = \"no\""),
        ],
        setup: DeviceSetup::linak,
    },
];

impl Drive {
    /// The text of its model.
    pub(crate) fn model_text(&self) -> String {
        let (_, model) =
            example_models().iter().find(|(name, _)| *name == self.example).expect("it is there");
        let named = (format!("name = \"{}\"", self.example), "name = \"bed\"".to_owned());
        let rescue =
            ("without_power = \"none\"".to_owned(), "without_power = \"gravity\"".to_owned());
        let own = self.changes.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned()));
        [named, rescue].into_iter().chain(own).fold((*model).to_owned(), |text, (from, to)| {
            assert!(text.contains(&from), "{from}");
            text.replacen(&from, &to, 1)
        })
    }

    pub(crate) fn model(&self) -> DriveModel {
        read_model(&Source::new("bed", self.model_text())).expect("it can be read").value
    }

    /// How fast its bed turns at most.
    pub(crate) fn fastest(&self) -> Rate {
        match self.model().rates {
            Rates::Range { fastest, .. } | Rates::Fixed(fastest) => fastest,
        }
    }

    /// In a session that has lowered somebody.
    fn lowered(&self, seed: u64) -> Bench {
        let mut bench = self.bench(seed);
        let down = bench.run_until(120_000, |bench| bench.tilt() > 6_000);
        assert!(down, "{} with seed {seed}: {}", self.dialect, bench.scene());
        bench
    }

    fn bench(&self, seed: u64) -> Bench {
        Bench::new(&self.model(), &(self.setup)(), seed)
    }
}

pub(crate) fn named(dialect: &str) -> &'static Drive {
    DRIVES.iter().find(|drive| drive.dialect == dialect).expect("it is known")
}

#[test]
fn a_whole_session_on_every_guarded_drive_is_the_session_in_process() {
    for drive in &DRIVES {
        for seed in 1..=4 {
            let what = format!("{} with seed {seed}", drive.dialect);
            let mut bench = drive.bench(seed);
            let over = bench.run_until(300_000, |bench| bench.ended().is_some());
            assert!(over, "{what}: {}", bench.scene());
            let ended = bench.ended().map(|(outcome, cause)| format!("{outcome:?} {cause:?}"));
            let (expected, line) = in_process(Some(drive.fastest()));
            assert_eq!(ended, Some(expected), "{what}: {}", bench.scene());
            lines_agree(&what, &bench.line, &line);
            assert_eq!(bench.wrong(), [], "{what}");
        }
    }
}

/// Of each run: whether its bed came where it must.
fn all_home(runs: Vec<(String, bool)>) {
    let left: Vec<_> = runs.into_iter().filter(|(_, home)| !home).map(|(what, _)| what).collect();
    assert!(left.is_empty(), "{left:#?}");
}

#[test]
fn however_busy_the_machine_of_a_guardian_is_nobody_is_left_head_down() {
    let mut runs = Vec::new();
    for (drive, seed) in DRIVES.iter().flat_map(|drive| (1..=12).map(move |seed| (drive, seed))) {
        let mut bench = drive.lowered(seed);
        let busy = Busy { from_ms: bench.now_ms(), gap_ms: 30 * seed, every_ms: 400 };
        bench.set_busy(busy);
        let home = bench.run_until(180_000, |bench| bench.tilt() <= 0);
        assert_eq!(bench.wrong(), [], "{} with seed {seed}", drive.dialect);
        runs.push((format!("{} with seed {seed}: {}", drive.dialect, bench.scene()), home));
    }
    all_home(runs);
}

#[test]
fn a_drive_that_is_not_understood_for_a_while_is_brought_home_and_the_session_ends() {
    let mut runs = Vec::new();
    let faults = [DeviceFault::Mute, DeviceFault::BadCheck, DeviceFault::Garbage];
    for (drive, seed) in DRIVES.iter().flat_map(|drive| (1..=4).map(move |seed| (drive, seed))) {
        for fault in faults {
            let mut bench = drive.lowered(seed);
            bench.table().set_device_fault(fault, true);
            bench.run_until(400 * seed, |_| false);
            bench.table().heal();
            let over = |bench: &Bench| bench.tilt() <= 0 && bench.ended().is_some();
            let home = bench.run_until(300_000, over);
            let what = format!("{} with seed {seed}, {fault:?}", drive.dialect);
            assert_eq!(bench.wrong(), [], "{what}");
            runs.push((format!("{what}: {}", bench.scene()), home));
        }
    }
    all_home(runs);
}

#[test]
fn one_angle_that_is_good_brings_everybody_home() {
    use FaultKind::{
        EncoderGarbage, EncoderOff, EncoderStuck, InclinometerGarbage, InclinometerOff,
        InclinometerStuck,
    };
    let sensor = [InclinometerOff, InclinometerStuck, InclinometerGarbage];
    let own = [EncoderOff, EncoderStuck, EncoderGarbage];
    // A Jrk and an actuator that goes to places steer by their own, and a Tic has none.
    let cases = [("jrk", &sensor[..]), ("linak", &sensor), ("roboclaw", &sensor)];
    let cases = cases.into_iter().chain([("roboclaw", &own[..])]);
    let mut runs = Vec::new();
    for (dialect, kinds) in cases {
        for (kind, seed) in kinds.iter().flat_map(|kind| (1..=3).map(move |seed| (*kind, seed))) {
            let mut bench = named(dialect).lowered(seed);
            let now_ms = bench.now_ms();
            bench.table().add_fault(Fault::at(kind, now_ms + 1));
            let home = bench.run_until(180_000, |bench| bench.tilt() <= 0);
            runs.push((format!("{dialect} with seed {seed}, {kind:?}: {}", bench.scene()), home));
        }
    }
    all_home(runs);
}

#[test]
fn a_host_that_dies_head_down_is_followed_by_a_return_where_the_model_says_so() {
    let mut runs = Vec::new();
    for (drive, seed) in DRIVES.iter().flat_map(|drive| (1..=4).map(move |seed| (drive, seed))) {
        let mut bench = drive.lowered(seed);
        bench.run_until(500 * seed, |_| false);
        bench.kill_host();
        let returns = drive.model().returns_without_host;
        let home = bench.run_until(45_000, |bench| bench.tilt() <= 0);
        runs.push((
            format!("{} with seed {seed}: {}", drive.dialect, bench.scene()),
            home == returns,
        ));
    }
    all_home(runs);
}

#[test]
fn a_guardian_that_is_held_up_for_less_than_its_drive_bears_ends_no_session() {
    // Beyond this one late turn makes a place older than 100 ms: an actuator by Modbus takes most of
    // that for its questions, and a drive whose bed alone tells the angle bears the most.
    for (dialect, gap_ms) in [("jrk", 80), ("tic", 200), ("roboclaw", 50), ("linak", 40)] {
        for seed in 1..=4 {
            let what = format!("{dialect} with seed {seed}");
            let mut bench = named(dialect).lowered(seed);
            let busy = Busy { from_ms: bench.now_ms(), gap_ms, every_ms: 2_000 };
            bench.set_busy(busy);
            let over = bench.run_until(300_000, |bench| bench.ended().is_some());
            assert!(over, "{what}: {}", bench.scene());
            let ended = bench.ended().map(|(outcome, cause)| format!("{outcome:?} {cause:?}"));
            assert_eq!(ended.as_deref(), Some("Completed PlanDone"), "{what}: {}", bench.scene());
            assert_eq!(bench.wrong(), [], "{what}");
        }
    }
}

#[test]
fn a_machine_that_was_busy_before_the_start_leaves_nothing_that_forbids_it() {
    let mut runs = Vec::new();
    for (drive, seed) in DRIVES.iter().flat_map(|drive| (1..=12).map(move |seed| (drive, seed))) {
        let mut bench = drive.bench(seed);
        let busy = Busy { from_ms: bench.now_ms(), gap_ms: 60 * seed, every_ms: 400 };
        bench.set_busy(busy);
        bench.leave_open(Some(Question::Start));
        let asked = bench.run_until(120_000, |bench| bench.asks(Question::Start));
        bench.run_until(10_000, |_| false);
        bench.set_busy(Busy::default());
        bench.leave_open(None);
        let down = bench.run_until(60_000, |bench| bench.tilt() > 3_000);
        runs.push((
            format!("{} with seed {seed}: {}", drive.dialect, bench.scene()),
            asked && down,
        ));
    }
    all_home(runs);
}

#[test]
fn whoever_stands_by_a_bed_whose_guardian_was_killed_is_told_at_once_and_not_that_it_comes_up() {
    for (drive, seed) in DRIVES.iter().flat_map(|drive| (1..=4).map(move |seed| (drive, seed))) {
        let mut bench = drive.lowered(seed);
        bench.run_until(500 * seed, |_| false);
        bench.kill_guardian();
        let what = format!("{} with seed {seed}", drive.dialect);
        let killed = bench.now_ms();
        let told = bench.run_until(200, |bench| bench.view().alarms.holds(AlarmCause::LinkLost));
        assert!(told, "{what}: {}", bench.scene());
        // Long enough for every rule that brings a bed up by itself.
        bench.run_until(60_000, |_| false);
        let (at, first) = bench.told().first().expect("something is said");
        assert!(at - killed <= 200, "{what}: {:?}", bench.told());
        assert!(first.contains("bring it up by hand"), "{what}: {first}");
        assert!(first.contains("antipode table return"), "{what}: {first}");
        for (_, said) in bench.told() {
            let said = said.to_lowercase();
            assert!(!said.contains("coming up") && !said.contains("comes up"), "{what}: {said}");
        }
        assert!(bench.tilt() > 0, "{what}: {}", bench.scene());
    }
    let todo = alarm_todo(AlarmCause::LinkLost);
    assert!(todo.contains("bring it up by hand"), "{todo}");
}
