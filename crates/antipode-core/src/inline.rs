//! A short list that lives where it stands, so that a step allocates nothing.

/// A list of at most `N` items, in place.
///
/// The bound of each use is proven beside it: a step emits a fixed number of items a branch.
/// Should a bound ever prove wrong, [`InlineList::push`] says so to its caller instead of growing,
/// dropping silently or panicking.
#[derive(Debug)]
pub struct InlineList<T, const N: usize> {
    items: [Option<T>; N],
    len: usize,
    overflowed: bool,
}

impl<T, const N: usize> InlineList<T, N> {
    /// An empty list.
    #[must_use]
    pub const fn new() -> Self {
        Self { items: [const { None }; N], len: 0, overflowed: false }
    }

    /// Adds `item` at the end; when full, the item is not taken and the list remembers it.
    pub fn push(&mut self, item: T) {
        match self.items.get_mut(self.len) {
            Some(slot) => {
                *slot = Some(item);
                self.len += 1;
            }
            None => self.overflowed = true,
        }
    }

    /// Whether an item found no room. A property test holds this to never.
    #[must_use]
    pub const fn overflowed(&self) -> bool {
        self.overflowed
    }

    /// Items in the list.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.len
    }

    /// Whether there is no item.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The items in order.
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        self.items.iter().take(self.len).flatten()
    }
}

impl<T, const N: usize> Default for InlineList<T, N> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T, const N: usize> IntoIterator for InlineList<T, N> {
    type Item = T;
    type IntoIter = core::iter::Flatten<core::array::IntoIter<Option<T>, N>>;

    fn into_iter(self) -> Self::IntoIter {
        self.items.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_list_takes_nothing_more_and_says_so() {
        let mut list = InlineList::<u8, 2>::new();
        assert!(list.is_empty());
        list.push(1);
        list.push(2);
        assert!(!list.overflowed());
        list.push(3);
        assert!(list.overflowed());
        assert_eq!(list.len(), 2);
        assert_eq!(list.iter().copied().collect::<Vec<_>>(), [1, 2]);
        assert_eq!(list.into_iter().collect::<Vec<_>>(), [1, 2]);
    }
}
