//! A queue of fixed length.

/// At most `N` values, first in, first out.
#[derive(Clone, Debug)]
pub(super) struct Fifo<T, const N: usize> {
    /// Invariant: the values held come first, without a gap.
    slots: [Option<T>; N],
}

impl<T: Copy, const N: usize> Fifo<T, N> {
    pub(super) const fn new() -> Self {
        Self { slots: [None; N] }
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().flatten()
    }

    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut T> {
        self.slots.iter_mut().flatten()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.iter().next().is_none()
    }

    /// Gives the value back when there is no room.
    pub(super) fn push(&mut self, value: T) -> Result<(), T> {
        match self.slots.iter_mut().find(|slot| slot.is_none()) {
            Some(slot) => {
                *slot = Some(value);
                Ok(())
            }
            None => Err(value),
        }
    }

    pub(super) fn pop(&mut self) -> Option<T> {
        self.take_first(|_| true)
    }

    /// Takes the first value of which this holds.
    pub(super) fn take_first(&mut self, holds: impl Fn(&T) -> bool) -> Option<T> {
        let at = self.slots.iter().position(|slot| slot.as_ref().is_some_and(&holds))?;
        let tail = self.slots.get_mut(at..)?;
        let taken = tail.first_mut()?.take();
        tail.rotate_left(1);
        taken
    }
}
