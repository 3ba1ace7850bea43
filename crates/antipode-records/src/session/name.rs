//! Who is on the table, readable only with that person's key: destroying the key wipes the name
//! from every journal, and every chain still verifies.

use super::wire::MAX_TEXT;
use crate::keys::{KeyError, PersonKey};
use crate::record::{Kind, SessionId};

/// A name could not be sealed or read.
#[derive(Debug, thiserror::Error)]
pub enum NameError {
    /// Too long, or what was sealed is no text.
    #[error("a name is a text of at most {MAX_TEXT} bytes")]
    NotAName,
    /// The key.
    #[error(transparent)]
    Key(#[from] KeyError),
}

/// The payload of a [`Kind::PERSON`] record.
///
/// # Errors
/// [`NameError`]; nothing may be written in clear instead.
pub fn seal_name(key: &PersonKey, session: SessionId, name: &str) -> Result<Vec<u8>, NameError> {
    seal(key, session, Kind::PERSON, name)
}

/// Reads such a payload; [`crate::keys::person_of`] says whose key it needs.
///
/// # Errors
/// [`NameError`].
pub fn open_name(key: &PersonKey, session: SessionId, payload: &[u8]) -> Result<String, NameError> {
    open(key, session, Kind::PERSON, payload)
}

/// The payload of a [`super::CLEARED`] record: the name of the clinician, sealed with the key of
/// the person, whose health it is about.
///
/// # Errors
/// [`NameError`]; nothing may be written in clear instead.
pub fn seal_clearance(
    key: &PersonKey,
    session: SessionId,
    clinician: &str,
) -> Result<Vec<u8>, NameError> {
    seal(key, session, super::CLEARED, clinician)
}

/// Reads such a payload.
///
/// # Errors
/// [`NameError`].
pub fn open_clearance(
    key: &PersonKey,
    session: SessionId,
    payload: &[u8],
) -> Result<String, NameError> {
    open(key, session, super::CLEARED, payload)
}

fn seal(key: &PersonKey, session: SessionId, kind: Kind, name: &str) -> Result<Vec<u8>, NameError> {
    if name.len() > MAX_TEXT {
        return Err(NameError::NotAName);
    }
    Ok(key.seal(session, kind, name.as_bytes())?)
}

fn open(
    key: &PersonKey,
    session: SessionId,
    kind: Kind,
    payload: &[u8],
) -> Result<String, NameError> {
    let bytes = key.open(session, kind, payload)?;
    let text = String::from_utf8(bytes).map_err(|_| NameError::NotAName)?;
    if text.len() > MAX_TEXT { Err(NameError::NotAName) } else { Ok(text) }
}
