//! A ring that one thread writes without ever waiting, and any number read.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError, TryLockError};

/// One place: an item and its number.
type Place<T> = Mutex<Option<(u64, T)>>;

/// The last items, by number. The writer only tries a place's lock: a reader that was put to sleep
/// while it copied costs the writer that place, never time (I-16).
#[derive(Debug)]
pub(super) struct Ring<T> {
    places: Box<[Place<T>]>,
    newest: AtomicU64,
}

impl<T: Copy> Ring<T> {
    /// A ring of `size` places, with nothing in it.
    pub(super) fn new(size: usize) -> Self {
        let places = std::iter::repeat_with(|| Mutex::new(None)).take(size.max(1)).collect();
        Self { places, newest: AtomicU64::new(0) }
    }

    /// Places.
    pub(super) fn size(&self) -> u64 {
        self.places.len() as u64
    }

    /// The number of the newest item; 0 while there is none.
    pub(super) fn newest(&self) -> u64 {
        self.newest.load(Ordering::Acquire)
    }

    /// Puts `item` in as `number`, which must rise from 1; false when a reader sits in its place.
    pub(super) fn put(&self, number: u64, item: T) -> bool {
        let Some(place) = self.place(number) else { return false };
        let mut place = match place.try_lock() {
            Ok(place) => place,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        *place = Some((number, item));
        drop(place);
        self.newest.store(number, Ordering::Release);
        true
    }

    /// The item `number`, unless a newer one took its place or it was never put in.
    pub(super) fn get(&self, number: u64) -> Option<T> {
        let place = self.place(number)?.lock().unwrap_or_else(PoisonError::into_inner);
        place.filter(|(found, _)| *found == number).map(|(_, item)| item)
    }

    fn place(&self, number: u64) -> Option<&Place<T>> {
        let index = usize::try_from(number % self.size()).ok()?;
        self.places.get(index)
    }

    /// Holds a place as a reader does that was put to sleep while it copied.
    #[cfg(test)]
    pub(super) fn hold(&self, number: u64) -> Option<std::sync::MutexGuard<'_, Option<(u64, T)>>> {
        self.place(number)?.lock().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::Ring;

    #[test]
    fn a_new_item_takes_the_place_of_the_oldest() {
        let ring = Ring::new(4);
        for number in 1..=6 {
            assert!(ring.put(number, number * 10));
        }
        assert_eq!(ring.newest(), 6);
        assert_eq!(ring.get(2), None);
        assert_eq!(ring.get(3), Some(30));
        assert_eq!(ring.get(7), None);
    }

    #[test]
    fn a_reader_asleep_in_a_place_costs_the_writer_that_place_only() {
        let ring = Ring::new(2);
        let asleep = ring.hold(1);
        assert!(!ring.put(1, 'a'));
        assert!(ring.put(2, 'b'));
        drop(asleep);
        assert!(ring.put(3, 'c'));
        assert_eq!((ring.get(2), ring.get(3)), (Some('b'), Some('c')));
    }
}
