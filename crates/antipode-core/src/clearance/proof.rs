//! That a message was signed by a key that is trusted.

use core::fmt;

/// The name of a signing key, as minisign writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 8]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // minisign prints its eight bytes as one number, the least byte first.
        write!(f, "{:016X}", u64::from_le_bytes(self.0))
    }
}

/// Whoever knows which keys are trusted and can check a signature.
pub trait Trust {
    /// The key that signed `message` with `signature`, where the signature is right and the key is
    /// trusted and not revoked.
    fn signer(&self, message: &[u8], signature: &[u8]) -> Option<KeyId>;
}

/// A message whose signature was checked. It holds the very bytes that were signed, so that nothing
/// else can be read in their place.
///
/// # Only a check makes it
/// This compiles:
/// ```
/// use antipode_core::clearance::{KeyId, Trust, Verified};
/// fn take<'m>(message: &'m [u8], signature: &[u8], trust: &dyn Trust) -> Option<Verified<'m>> {
///     Verified::check(message, signature, trust)
/// }
/// ```
/// This, which differs in one line, does not:
/// ```compile_fail,E0451
/// use antipode_core::clearance::{KeyId, Trust, Verified};
/// fn take<'m>(message: &'m [u8], signature: &[u8], trust: &dyn Trust) -> Option<Verified<'m>> {
///     Some(Verified { message, key: KeyId([0; 8]) })
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Verified<'m> {
    message: &'m [u8],
    key: KeyId,
}

impl<'m> Verified<'m> {
    /// `message`, where `trust` knows who signed it.
    #[must_use]
    pub fn check(message: &'m [u8], signature: &[u8], trust: &dyn Trust) -> Option<Self> {
        trust.signer(message, signature).map(|key| Self { message, key })
    }

    /// The bytes that were signed.
    #[must_use]
    pub const fn message(&self) -> &'m [u8] {
        self.message
    }

    /// The key that signed them.
    #[must_use]
    pub const fn key(&self) -> KeyId {
        self.key
    }
}
