//! Faults: which are present, which are latched, and a log of how they began.

use antipode_link::FaultEntry;
use antipode_safety::{Angle, Fault, FaultSet};

/// Entries kept.
const ENTRIES: usize = 64;

/// How one fault began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Entry {
    fault: Fault,
    table_ms: u32,
    tilt: Option<Angle>,
    current_ma: u32,
    count: u16,
}

/// The circumstances that a log entry keeps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    pub(crate) table_ms: u32,
    pub(crate) tilt: Option<Angle>,
    pub(crate) current_ma: u32,
}

/// Faults present, faults latched, and the ring of their beginnings.
#[derive(Clone, Debug)]
pub(crate) struct Faults {
    present: FaultSet,
    latched: FaultSet,
    counts: [u16; Fault::ALL.len()],
    ring: [Option<Entry>; ENTRIES],
    next: usize,
}

impl Faults {
    pub(crate) const fn new() -> Self {
        Self {
            present: FaultSet::NONE,
            latched: FaultSet::NONE,
            counts: [0; Fault::ALL.len()],
            ring: [None; ENTRIES],
            next: 0,
        }
    }

    /// Every fault that a host is told of.
    pub(crate) const fn reported(&self) -> FaultSet {
        self.present.union(self.latched)
    }

    pub(crate) const fn has(&self, fault: Fault) -> bool {
        self.reported().has(fault)
    }

    /// Sets what is present now and latches `latch`; the faults that were not reported before.
    pub(crate) fn update(&mut self, present: FaultSet, latch: FaultSet, scene: Scene) -> FaultSet {
        let before = self.reported();
        self.present = present;
        self.latched = self.latched.union(latch);
        let begun = self.reported().without(before);
        for fault in Fault::ALL.into_iter().filter(|&fault| begun.has(fault)) {
            self.log(fault, scene);
        }
        begun
    }

    fn log(&mut self, fault: Fault, scene: Scene) {
        let mut count = 1;
        if let Some(counter) = self.counts.get_mut(fault as usize) {
            *counter = counter.saturating_add(1);
            count = *counter;
        }
        let Scene { table_ms, tilt, current_ma } = scene;
        if let Some(slot) = self.ring.get_mut(self.next) {
            *slot = Some(Entry { fault, table_ms, tilt, current_ma, count });
        }
        self.next = (self.next + 1) % ENTRIES;
    }

    /// Unlatches `faults`; whether none of them is reported any more.
    pub(crate) fn clear(&mut self, faults: FaultSet) -> bool {
        self.latched = self.latched.without(faults);
        self.reported().bits() & faults.bits() == 0
    }

    /// The entry `index` back from the newest.
    pub(crate) fn entry(&self, index: u16) -> Option<FaultEntry> {
        let back = usize::from(index);
        if back >= ENTRIES {
            return None;
        }
        let at = (self.next + ENTRIES - 1 - back) % ENTRIES;
        let Entry { fault, table_ms, tilt, current_ma, count } = (*self.ring.get(at)?)?;
        Some(FaultEntry { index, fault, table_ms, tilt, current_ma, count })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCENE: Scene = Scene { table_ms: 5, tilt: None, current_ma: 7 };

    fn set(faults: &[Fault]) -> FaultSet {
        faults.iter().fold(FaultSet::NONE, |set, &fault| set.with(fault, true))
    }

    #[test]
    fn a_fault_is_logged_when_it_begins_and_once() {
        let mut faults = Faults::new();
        let hot = set(&[Fault::HotSoft]);
        assert_eq!(faults.update(hot, FaultSet::NONE, SCENE), hot);
        assert_eq!(faults.update(hot, hot, SCENE), FaultSet::NONE);
        assert_eq!(faults.update(FaultSet::NONE, FaultSet::NONE, SCENE), FaultSet::NONE);
        assert!(faults.has(Fault::HotSoft), "latched");
        assert!(faults.entry(1).is_none());
        let entry = faults.entry(0).unwrap();
        assert_eq!((entry.fault, entry.count, entry.table_ms), (Fault::HotSoft, 1, 5));
    }

    #[test]
    fn clearing_leaves_what_is_still_present() {
        let mut faults = Faults::new();
        let both = set(&[Fault::HotSoft, Fault::LeaseExpired]);
        faults.update(set(&[Fault::HotSoft]), both, SCENE);
        assert!(!faults.clear(both));
        assert_eq!(faults.reported(), set(&[Fault::HotSoft]));
        faults.update(FaultSet::NONE, FaultSet::NONE, SCENE);
        assert!(faults.clear(both));
    }

    #[test]
    fn the_ring_keeps_the_newest_sixty_four() {
        let mut faults = Faults::new();
        for table_ms in 0..70 {
            let scene = Scene { table_ms, ..SCENE };
            faults.update(set(&[Fault::HotSoft]), FaultSet::NONE, scene);
            faults.update(FaultSet::NONE, FaultSet::NONE, scene);
        }
        assert_eq!(faults.entry(0).map(|entry| (entry.table_ms, entry.count)), Some((69, 70)));
        assert_eq!(faults.entry(63).map(|entry| (entry.table_ms, entry.count)), Some((6, 7)));
        assert_eq!(faults.entry(64), None);
        assert_eq!(faults.entry(u16::MAX), None);
    }
}
