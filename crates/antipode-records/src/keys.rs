//! One key for each person, so that a person can be forgotten without breaking a chain.
//!
//! Whatever says who lay on the table is sealed with that person's key before it reaches a record;
//! the record shows only a [`PersonId`], which is random. Wiping a person destroys the key: the
//! records stay, their hashes still verify, and nobody can read them any more.
//!
//! ```text
//! payload  person id 16 | nonce 24 | ciphertext | tag 16     (XChaCha20-Poly1305)
//! bound to the session, the kind and the person, so that it cannot be moved to another record
//! ```
//! Keys lie beside the journal, not in it. They protect what is forgotten and what is copied
//! without its keys; against a thief of the whole machine only full-disk encryption helps.

use core::fmt;
use std::io;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};

use crate::disk::{self, Disk, DiskError, Doing};
use crate::record::{Kind, PersonId, SessionId};

const KEY_LEN: usize = 32;
const NONCE_LEN: usize = 24;
const TAG_LEN: usize = 16;
/// Bytes that sealing adds to a payload.
pub const SEAL_OVERHEAD: usize = 16 + NONCE_LEN + TAG_LEN;

/// Something could not be done with a person's key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The key was destroyed on purpose.
    #[error("the data of person {0} was wiped; it cannot be read again, and no new key is made")]
    Wiped(PersonId),
    /// There is no key.
    #[error("there is no key for person {0}; restore DATA/keys from the backup to read this data")]
    Missing(PersonId),
    /// The key file is not a key.
    #[error("the key file of person {0} is damaged; restore DATA/keys from the backup")]
    Damaged(PersonId),
    /// The payload is not sealed, is sealed for another place, or was changed.
    #[error("the sealed data of person {0} does not open with this key at this place")]
    NotAuthentic(PersonId),
    /// The payload is too short to be sealed.
    #[error("{len} bytes are too few for sealed data, which has at least {SEAL_OVERHEAD}")]
    Short {
        /// Bytes found.
        len: usize,
    },
    /// No random numbers.
    #[error("the system gave no random numbers: {0}; nothing was sealed")]
    Random(getrandom::Error),
    /// The disk.
    #[error("the key could not be kept: {0}")]
    Disk(#[from] DiskError),
}

/// A person's key.
pub struct PersonKey {
    person: PersonId,
    key: [u8; KEY_LEN],
}

impl fmt::Debug for PersonKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Never the key: debug texts end in logs.
        write!(f, "PersonKey({})", self.person)
    }
}

impl PersonKey {
    /// The person.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.person
    }

    /// Seals `plain` for a record of `kind` in `session`; mark that record
    /// [`crate::Flags::SEALED`].
    ///
    /// # Errors
    /// [`KeyError::Random`]; nothing may be written in clear instead.
    pub fn seal(&self, session: SessionId, kind: Kind, plain: &[u8]) -> Result<Vec<u8>, KeyError> {
        let mut nonce = [0; NONCE_LEN];
        getrandom::fill(&mut nonce).map_err(KeyError::Random)?;
        let aad = place(self.person, session, kind);
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), Payload { msg: plain, aad: &aad })
            .map_err(|_| KeyError::NotAuthentic(self.person))?;
        let mut out = Vec::with_capacity(SEAL_OVERHEAD + plain.len());
        out.extend_from_slice(&self.person.bytes());
        out.extend_from_slice(&nonce);
        out.extend_from_slice(&sealed);
        Ok(out)
    }

    /// Opens what [`PersonKey::seal`] made for the same place.
    ///
    /// # Errors
    /// [`KeyError::Short`] or [`KeyError::NotAuthentic`].
    pub fn open(&self, session: SessionId, kind: Kind, sealed: &[u8]) -> Result<Vec<u8>, KeyError> {
        let short = || KeyError::Short { len: sealed.len() };
        let (person, rest) = sealed.split_first_chunk::<16>().ok_or_else(short)?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or_else(short)?;
        if *person != self.person.bytes() {
            return Err(KeyError::NotAuthentic(self.person));
        }
        let aad = place(self.person, session, kind);
        self.cipher()
            .decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad })
            .map_err(|_| KeyError::NotAuthentic(self.person))
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Key::from(self.key))
    }
}

/// The person that a sealed payload belongs to.
///
/// # Errors
/// [`KeyError::Short`].
pub fn person_of(sealed: &[u8]) -> Result<PersonId, KeyError> {
    match sealed.first_chunk::<16>() {
        Some(person) if sealed.len() >= SEAL_OVERHEAD => Ok(PersonId::from_bytes(*person)),
        Some(_) | None => Err(KeyError::Short { len: sealed.len() }),
    }
}

fn place(person: PersonId, session: SessionId, kind: Kind) -> Vec<u8> {
    let mut out = person.bytes().to_vec();
    out.extend_from_slice(&session.bytes());
    out.extend_from_slice(&kind.number().to_le_bytes());
    out
}

/// The folder of keys, `DATA/keys`.
#[derive(Clone)]
pub struct KeyStore {
    disk: Arc<dyn Disk>,
}

impl KeyStore {
    /// The keys in `disk`, a folder of their own.
    #[must_use]
    pub fn new(disk: Arc<dyn Disk>) -> Self {
        Self { disk }
    }

    /// The key of `person`.
    ///
    /// # Errors
    /// [`KeyError`]: wiped, missing, damaged, or of the disk.
    pub fn load(&self, person: PersonId) -> Result<PersonKey, KeyError> {
        let name = key_name(person);
        match disk::read_small(self.disk.as_ref(), &name, KEY_LEN) {
            Ok(bytes) => match bytes.try_into() {
                Ok(key) => Ok(PersonKey { person, key }),
                Err(_) => Err(KeyError::Damaged(person)),
            },
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(if self.is_wiped(person)? {
                    KeyError::Wiped(person)
                } else {
                    KeyError::Missing(person)
                })
            }
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                Err(KeyError::Damaged(person))
            }
            Err(error) => Err(DiskError::new(Doing::Read, name, error).into()),
        }
    }

    /// The key of `person`, made and flushed to the disk now if there never was one.
    ///
    /// # Errors
    /// [`KeyError`]; then nothing about this person may be written.
    pub fn load_or_make(&self, person: PersonId) -> Result<PersonKey, KeyError> {
        match self.load(person) {
            Err(KeyError::Missing(_)) => {}
            found => return found,
        }
        let mut key = [0; KEY_LEN];
        getrandom::fill(&mut key).map_err(KeyError::Random)?;
        let name = key_name(person);
        disk::replace(self.disk.as_ref(), &name, &key)
            .map_err(|error| DiskError::new(Doing::Write, name, error))?;
        Ok(PersonKey { person, key })
    }

    /// Destroys the key of `person` for good. Doing it again, or for a person without a key, leaves
    /// the same mark, so that no key is ever made under this name again.
    ///
    /// # Errors
    /// Of the disk; then the data must be assumed to be readable still.
    pub fn wipe(&self, person: PersonId) -> Result<(), KeyError> {
        let disk = self.disk.as_ref();
        let (name, mark) = (key_name(person), mark_name(person));
        // The mark goes first: a crash in between leaves a key that a second wipe destroys.
        disk::replace(disk, &mark, b"wiped\n")
            .map_err(|error| DiskError::new(Doing::Write, mark, error))?;
        for name in [format!("{name}.new"), name] {
            match disk.destroy(&name) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => return Err(DiskError::new(Doing::Remove, name, error).into()),
            }
        }
        Ok(())
    }

    /// Whether the key of `person` was destroyed on purpose.
    ///
    /// # Errors
    /// Of the disk.
    pub fn is_wiped(&self, person: PersonId) -> Result<bool, KeyError> {
        let mark = mark_name(person);
        match self.disk.read(&mark) {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(DiskError::new(Doing::Read, mark, error).into()),
        }
    }
}

fn key_name(person: PersonId) -> String {
    format!("{person}.key")
}

fn mark_name(person: PersonId) -> String {
    format!("{person}.wiped")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::MemoryDisk;

    const SESSION: SessionId = SessionId::from_bytes([4; 16]);
    const PERSON: PersonId = PersonId::from_bytes([5; 16]);

    fn keys() -> KeyStore {
        KeyStore::new(Arc::new(MemoryDisk::new()))
    }

    #[test]
    fn what_is_sealed_opens_only_at_its_place_and_unchanged() {
        let keys = keys();
        let key = keys.load_or_make(PERSON).unwrap();
        let sealed = key.seal(SESSION, Kind::PERSON, b"Ada Lovelace").unwrap();
        assert_eq!(sealed.len(), 12 + SEAL_OVERHEAD);
        assert_eq!(person_of(&sealed).unwrap(), PERSON);
        assert!(!sealed.windows(3).any(|window| window == b"Ada"));

        let again = keys.load_or_make(PERSON).unwrap();
        assert_eq!(again.open(SESSION, Kind::PERSON, &sealed).unwrap(), b"Ada Lovelace");
        let elsewhere = SessionId::from_bytes([6; 16]);
        assert!(again.open(elsewhere, Kind::PERSON, &sealed).is_err());
        assert!(again.open(SESSION, Kind::START, &sealed).is_err());
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(again.open(SESSION, Kind::PERSON, &changed).is_err(), "byte {at}");
            assert!(again.open(SESSION, Kind::PERSON, &sealed[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn a_wiped_person_gets_no_second_key() {
        let keys = keys();
        keys.load_or_make(PERSON).unwrap();
        keys.wipe(PERSON).unwrap();
        assert!(matches!(keys.load(PERSON), Err(KeyError::Wiped(PERSON))));
        assert!(matches!(keys.load_or_make(PERSON), Err(KeyError::Wiped(PERSON))));
        keys.wipe(PERSON).unwrap();
    }

    #[test]
    fn a_damaged_key_is_not_taken_for_a_missing_one() {
        for bytes in [&b"short"[..], &[0; 33]] {
            let keys = keys();
            keys.disk.append(&key_name(PERSON), bytes).unwrap();
            assert!(matches!(keys.load_or_make(PERSON), Err(KeyError::Damaged(PERSON))));
        }
    }

    #[test]
    fn a_debug_text_shows_no_key() {
        let key = PersonKey { person: PERSON, key: [0xab; KEY_LEN] };
        assert_eq!(format!("{key:?}"), format!("PersonKey({PERSON})"));
    }
}
