//! How values lie in an act: each has one spelling, and what has none is refused.

use antipode_safety::{Angle, Millis, Rate};

use crate::record::SessionId;
use crate::session::DecodeError;
use crate::session::wire::{In, Out};

/// A value that lies in an act.
pub(super) trait Wire: Sized {
    fn put(&self, out: &mut Out);

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError>;
}

/// A structure, field after field.
macro_rules! fields {
    ($type:ident { $($field:ident),+ $(,)? }) => {
        impl Wire for $type {
            fn put(&self, out: &mut Out) {
                let Self { $($field),+ } = self;
                $($field.put(out);)+
            }

            fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
                Ok(Self { $($field: Wire::take(from)?),+ })
            }
        }
    };
}

/// A closed list: the number of the entry, then what it carries. Numbers are never used again.
macro_rules! choices {
    ($type:ident, $what:literal,
     $($tag:literal => $entry:ident $(($($part:ident),+))? $({ $($field:ident),+ })?),+ $(,)?) => {
        impl Wire for $type {
            fn put(&self, out: &mut Out) {
                match self {
                    $(Self::$entry $(($($part),+))? $({ $($field),+ })? => {
                        out.u8($tag);
                        $($($part.put(out);)+)?
                        $($($field.put(out);)+)?
                    })+
                }
            }

            fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
                Ok(match from.u8()? {
                    $($tag => {
                        $($(let $part = Wire::take(from)?;)+)?
                        $($(let $field = Wire::take(from)?;)+)?
                        Self::$entry $(($($part),+))? $({ $($field),+ })?
                    })+
                    tag => return Err(DecodeError::Tag { what: $what, tag: tag.into() }),
                })
            }
        }
    };
}

pub(super) use {choices, fields};

/// Whole numbers without a sign.
macro_rules! numbers {
    ($($type:ty),+) => {
        $(impl Wire for $type {
            fn put(&self, out: &mut Out) {
                out.number(u64::from(*self));
            }

            fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
                from.small("a number")
            }
        })+
    };
}

numbers!(u16, u32);

impl Wire for u8 {
    fn put(&self, out: &mut Out) {
        out.u8(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.u8()
    }
}

impl Wire for u64 {
    fn put(&self, out: &mut Out) {
        out.number(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.number()
    }
}

impl Wire for u128 {
    fn put(&self, out: &mut Out) {
        self.to_le_bytes().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        Wire::take(from).map(Self::from_le_bytes)
    }
}

impl Wire for i32 {
    fn put(&self, out: &mut Out) {
        out.signed(i64::from(*self));
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let value = from.signed()?;
        Self::try_from(value).map_err(|_| DecodeError::Value { what: "a number", value })
    }
}

impl Wire for bool {
    fn put(&self, out: &mut Out) {
        out.flag(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.flag("a yes or no")
    }
}

impl Wire for String {
    fn put(&self, out: &mut Out) {
        out.bytes(self.as_bytes());
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.text("text")
    }
}

impl<const N: usize> Wire for [u8; N] {
    fn put(&self, out: &mut Out) {
        for byte in self {
            out.u8(*byte);
        }
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        let mut all = [0; N];
        for byte in &mut all {
            *byte = from.u8()?;
        }
        Ok(all)
    }
}

impl<T: Wire> Wire for Option<T> {
    fn put(&self, out: &mut Out) {
        out.flag(self.is_some());
        if let Some(value) = self {
            value.put(out);
        }
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        if bool::take(from)? { T::take(from).map(Some) } else { Ok(None) }
    }
}

impl<T: Wire> Wire for Vec<T> {
    fn put(&self, out: &mut Out) {
        out.number(self.len() as u64);
        for value in self {
            value.put(out);
        }
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        // Every value takes a byte at least, so the bytes bound the length.
        let len = from.number()?;
        (0..len).map(|_| T::take(from)).collect()
    }
}

impl<A: Wire, B: Wire> Wire for (A, B) {
    fn put(&self, out: &mut Out) {
        self.0.put(out);
        self.1.put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        Ok((A::take(from)?, B::take(from)?))
    }
}

impl Wire for Millis {
    fn put(&self, out: &mut Out) {
        out.time(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.time()
    }
}

impl Wire for Angle {
    fn put(&self, out: &mut Out) {
        out.angle(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.angle("an angle")
    }
}

impl Wire for Rate {
    fn put(&self, out: &mut Out) {
        out.rate(*self);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        from.rate("a rate")
    }
}

impl Wire for SessionId {
    fn put(&self, out: &mut Out) {
        self.bytes().put(out);
    }

    fn take(from: &mut In<'_>) -> Result<Self, DecodeError> {
        Wire::take(from).map(Self::from_bytes)
    }
}
