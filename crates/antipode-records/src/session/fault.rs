//! How a fault of the table began, as the payload of a [`super::FAULT`].
//!
//! ```text
//! fault u8 | table_ms number | 0 or 1, then the angle | current in milliamperes number | count number
//! ```
//! No event of the session: what follows from a fault follows from the reports that show it, so a
//! replay passes it over.

use antipode_safety::FaultBegan;

use super::tags::{Tagged, take};
use super::wire::{DecodeError, In, Out};

/// The payload of a [`super::FAULT`].
#[must_use]
pub fn encode_fault(began: &FaultBegan) -> Vec<u8> {
    let FaultBegan { fault, table_ms, tilt, current_ma, count } = *began;
    let mut out = Out::new();
    fault.put(&mut out);
    out.number(table_ms.into());
    out.flag(tilt.is_some());
    if let Some(tilt) = tilt {
        out.angle(tilt);
    }
    out.number(current_ma.into());
    out.number(count.into());
    out.finish()
}

/// Reads the payload of a [`super::FAULT`].
///
/// # Errors
/// [`DecodeError`].
pub fn decode_fault(payload: &[u8]) -> Result<FaultBegan, DecodeError> {
    let mut from = In(payload);
    let began = FaultBegan {
        fault: take(&mut from)?,
        table_ms: from.small("a time of the table")?,
        tilt: if from.flag("whether there is an angle")? {
            Some(from.angle("an angle")?)
        } else {
            None
        },
        current_ma: from.small("a current")?,
        count: from.small("a count of a fault")?,
    };
    from.end().map(|()| began)
}

#[cfg(test)]
mod tests {
    use antipode_safety::{Angle, Fault};

    use super::*;

    #[test]
    fn every_fault_reads_back_as_it_was_written_with_and_without_an_angle() {
        for fault in Fault::ALL {
            for tilt in [None, Some(Angle::clamped(-12_345)), Some(Angle::clamped(60_000))] {
                let began = FaultBegan {
                    fault,
                    table_ms: u32::MAX,
                    tilt,
                    current_ma: 65_535,
                    count: u16::MAX,
                };
                let payload = encode_fault(&began);
                assert_eq!(payload.first(), Some(&(fault as u8)), "as on the wire, for ever");
                assert_eq!(decode_fault(&payload), Ok(began));
                for cut in 0..payload.len() {
                    assert!(decode_fault(payload.get(..cut).unwrap()).is_err(), "{fault:?} {cut}");
                }
            }
        }
        assert!(decode_fault(&[Fault::ALL.len() as u8, 0, 0, 0, 0]).is_err(), "no such fault");
    }
}
