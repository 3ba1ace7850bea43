//! Why a device must not be armed, all reasons at once.

use core::fmt;
use core::marker::PhantomData;

/// One reason out of a closed list.
pub trait Ground: Copy + fmt::Display + 'static {
    /// Every reason, in the order of bits.
    const ALL: &'static [Self];

    /// Its bit in [`Unfit`], below 16.
    fn bit(self) -> u8;
}

/// The reasons against arming one device; never none where it is an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Unfit<R>(u16, PhantomData<R>);

impl<R: Ground> Unfit<R> {
    /// No reason yet.
    pub(super) const NONE: Self = Self(0, PhantomData);

    /// Whether `reason` is among them.
    #[must_use]
    pub fn has(self, reason: R) -> bool {
        self.0 & 1 << reason.bit() != 0
    }

    /// The reasons, in the order of bits.
    pub fn iter(self) -> impl Iterator<Item = R> {
        R::ALL.iter().copied().filter(move |&reason| self.has(reason))
    }

    pub(super) fn note(&mut self, holds: bool, reason: R) {
        if holds {
            self.0 |= 1 << reason.bit();
        }
    }

    /// `fit`, where nothing was noted against it.
    pub(super) fn or<F>(self, fit: F) -> Result<F, Self> {
        if self.0 == 0 { Ok(fit) } else { Err(self) }
    }
}

impl<R: Ground> fmt::Display for Unfit<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut between = "";
        for reason in self.iter() {
            write!(f, "{between}{reason}")?;
            between = "; ";
        }
        Ok(())
    }
}

impl<R: Ground + fmt::Debug> core::error::Error for Unfit<R> {}
