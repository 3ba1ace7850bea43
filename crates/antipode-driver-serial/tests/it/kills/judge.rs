//! What must be true of a table's life, whatever happened in it.

use std::sync::atomic::Ordering;

use super::fate::Fate;
use super::part::HostProcess;
use super::scene::{Came, Passed, Scene, wait};
use super::watched::{Bed, Moment};

/// The rest band must be reached within this after the loss of the host.
const HOME_MS: usize = 45_000;
/// A bed that stays within this (millidegrees) for [`STANDS_MS`] stands.
const STANDS_MDEG: i32 = 60;
const STANDS_MS: usize = 300;
/// What a standing bed may give way by: slack, and the settling of a drive.
const GIVES_MDEG: i32 = 200;
/// What a host takes for the angle is true if the bed was there, within the sensors' error, within
/// the lease and what it takes to tell it.
const READING_MDEG: i32 = 700;
const READING_MS: u64 = 600;
/// A bed that is up to its rest stays in the band.
const BAND_MDEG: core::ops::RangeInclusive<i32> = -10_200..=0;
/// No host here asks for more, and none of the tables is so fast that it gets further by then.
const DEEPEST_MDEG: i32 = 13_000;
/// What a drive takes to slow down, and an order to get to it.
const SLOWS_MS: usize = 500;

impl<S: Bed + Send> Scene<S> {
    /// Judges everything that holds at the end of every scene.
    pub(super) fn judge(&self, passed: &Passed) -> Came {
        let Passed { fate, from, stood, lost, down, turned } = *passed;
        let home_ms = lost.filter(|_| down).map(|from| self.comes_home(from));
        if down {
            self.never_lowers(stood, self.now(), fate);
        }
        let deepest = self.life(0).iter().map(|moment| moment.tilt_mdeg).max().unwrap_or(0);
        assert!(deepest <= DEEPEST_MDEG, "{fate:?}: it went down to {deepest}");
        let motor_ms = (fate == Fate::GuardianKilled).then(|| self.motor_zero(from));
        let (readings, reading_mdeg) = self.readings();
        let late_ms = self.table.with(|table| table.late_ms.load(Ordering::Relaxed));
        Came {
            which: self.part.which,
            fate,
            down,
            turned,
            stood_ms: stood - from,
            home_ms,
            motor_ms,
            readings,
            reading_mdeg,
            late_ms,
        }
    }

    /// It stands so long after what happened: its lease, or the drive's own timeout.
    pub(super) fn stands_within_ms(&self, fate: Fate) -> usize {
        let lease = if self.part.which.is_guarded() { 500 } else { 250 };
        let own = self.part.which.own_timeout_ms();
        SLOWS_MS
            + match fate {
                Fate::HostKilled | Fate::HostReplaced | Fate::HostFrozen => lease,
                Fate::Restart
                | Fate::PowerCut
                | Fate::Unplugged
                | Fate::GuardianKilled
                | Fate::Trouble(_) => lease.max(own),
            }
    }

    /// What a guardian's own lateness may add on its way home, by its own log.
    fn lateness_ms(&self) -> usize {
        let log = self.log();
        let late =
            log.lines().filter_map(|line| line.split_once("no turn for ")?.1.split_once(' '));
        late.filter_map(|(ms, _)| ms.parse().ok())
            .map(|ms: usize| ms + if ms < 1_000 { 500 } else { 2_000 })
            .sum()
    }

    fn life(&self, from: usize) -> Vec<Moment> {
        self.table.with(move |table| table.life.get(from..).unwrap_or_default().to_vec())
    }

    pub(super) fn turns(&self) -> bool {
        let now = self.now();
        let life = self.life(now.saturating_sub(200));
        life.first().zip(life.last()).is_some_and(|(a, b)| (a.tilt_mdeg - b.tilt_mdeg).abs() > 100)
    }

    /// The first moment from `from` on at which the bed stands.
    pub(super) fn stands_after(&self, fate: Fate, from: usize) -> usize {
        // A host that got no turn for seconds was lost before; the table's own return goes on.
        if self.table.with(|table| table.bed.returns_alone()) {
            return from;
        }
        let most = from + self.stands_within_ms(fate);
        self.until(most + STANDS_MS + 200);
        let life = self.life(from);
        let tilts = |at: usize| life.iter().skip(at).take(STANDS_MS).map(|m| m.tilt_mdeg);
        let stands = |at: &usize| {
            let (low, high) = (tilts(*at).min(), tilts(*at).max());
            high.zip(low).is_some_and(|(high, low)| high - low <= STANDS_MDEG)
        };
        let found = (0..life.len().saturating_sub(STANDS_MS)).find(stands);
        let found = found.filter(|took| *took <= self.stands_within_ms(fate));
        from + found.unwrap_or_else(|| {
            let inside = self.table.with(|table| table.bed.inside());
            panic!("{fate:?}: the bed does not stand: {:?} {inside:?}", self.lately(from))
        })
    }

    /// A new host moves nothing by connecting. One that comes so late that the table is already on
    /// its way shows nothing.
    pub(super) fn connects(&self, host: &HostProcess, stood: usize, before: usize) {
        wait("the new host hears the table", || !host.told.lock().unwrap().is_empty());
        let at = self.now();
        if at > before || self.tilt() <= 0 {
            return;
        }
        self.until(at + 1_500);
        // The table's own return, due by an earlier silence, is no doing of the new host.
        self.never_lowers(stood, self.now(), Fate::HostReplaced);
    }

    pub(super) fn never_turns(&self, stood: usize, until: usize, fate: Fate) {
        let life = self.life(stood);
        let Some(first) = life.first() else { return };
        for (ms, moment) in life.iter().take(until - stood).enumerate() {
            let gave = (moment.tilt_mdeg - first.tilt_mdeg).abs();
            assert!(
                gave <= GIVES_MDEG,
                "{fate:?}: it turned by {gave} mdeg {ms} ms after it stood: {:?}",
                self.lately(stood)
            );
        }
    }

    pub(super) fn never_lowers(&self, stood: usize, until: usize, fate: Fate) {
        let life = self.life(stood);
        let mut least = i32::MAX;
        for (ms, moment) in life.iter().take(until.saturating_sub(stood)).enumerate() {
            least = least.min(moment.tilt_mdeg);
            let gave = moment.tilt_mdeg - least;
            assert!(
                gave <= GIVES_MDEG,
                "{fate:?}: lowered by {gave} mdeg {ms} ms after it stood: {:?}\n{}",
                self.lately(stood),
                self.log()
            );
        }
    }

    /// How long it takes into the rest band, where it stays.
    fn comes_home(&self, from: usize) -> usize {
        wait("the bed is home, or its time is over", || {
            self.tilt() <= 0 && self.now() > from
                || self.now() > from + HOME_MS + self.lateness_ms()
        });
        let took = self.life(from).iter().position(|moment| moment.tilt_mdeg <= 0);
        let Some(took) = took.filter(|took| *took <= HOME_MS + self.lateness_ms()) else {
            let (log, late) = (self.log(), self.lateness_ms());
            panic!("it is not home ({late} ms of lateness): {:?}\n{log}", self.lately(from));
        };
        self.until(self.now() + 2_500);
        assert!(BAND_MDEG.contains(&self.tilt()), "it ended at {}", self.tilt());
        took
    }

    /// When the motor stopped. What it does later is judged as motion.
    fn motor_zero(&self, from: usize) -> usize {
        let ran = self.life(from).iter().position(|moment| !moment.runs).unwrap_or(usize::MAX);
        assert!(
            ran <= self.part.which.own_timeout_ms() + SLOWS_MS,
            "the motor ran {ran} ms after the guardian's end"
        );
        ran
    }

    /// How many readings the hosts told, and how far the worst of them was from the truth.
    fn readings(&self) -> (usize, i32) {
        let life = self.life(0);
        let (mut count, mut worst) = (0, 0);
        for told in &self.told {
            for &(at, tilt) in told.lock().unwrap().iter() {
                let end = life.partition_point(|moment| moment.boot_ms <= at + 5);
                let first = life.partition_point(|moment| moment.boot_ms + READING_MS < at);
                let near = life.get(first.min(end.saturating_sub(1))..end).unwrap_or_default();
                let off = near.iter().map(|moment| (moment.tilt_mdeg - tilt).abs()).min();
                let off = off.unwrap_or(0);
                assert!(off <= READING_MDEG, "told {tilt} mdeg, {off} mdeg from the truth");
                (count, worst) = (count + 1, worst.max(off));
            }
        }
        (count, worst)
    }

    /// What its guardian has written down, where it has one.
    fn log(&self) -> String {
        std::fs::read_to_string(self.part.socket.with_extension("sock.log")).unwrap_or_default()
    }

    /// Twenty tilts a second since `from`, for a failure.
    fn lately(&self, from: usize) -> Vec<i32> {
        self.life(from).iter().step_by(50).map(|moment| moment.tilt_mdeg).collect()
    }
}
