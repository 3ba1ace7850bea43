//! Consistent overhead byte stuffing for packets of fewer than 254 bytes.
//!
//! A stuffed packet holds no zero byte, so a zero on the wire is always the end of a frame: after
//! any damage the receiver is in step again one frame later, without timing and without length
//! fields. The code for longer runs (0xFF) never occurs, because no packet is that long; that keeps
//! the overhead at exactly one byte.

/// Longest packet that one code byte can span.
pub const MAX_UNSTUFFED: usize = 253;

/// Stuffs `packet` into `out` and returns the stuffed length, which is one more than the packet's.
/// `None`, with nothing meaningful in `out`, when `out` is too short or the packet too long.
#[must_use]
pub fn stuff(packet: &[u8], out: &mut [u8]) -> Option<usize> {
    if packet.len() > MAX_UNSTUFFED {
        return None;
    }
    let (head, rest) = out.split_first_mut()?;
    let body = rest.get_mut(..packet.len())?;
    // Backwards, so that each zero already knows how far away the next one is.
    let mut distance = 1u8;
    for (to, &byte) in body.iter_mut().zip(packet).rev() {
        let zero = byte == 0;
        *to = if zero { distance } else { byte };
        distance = if zero { 1 } else { distance + 1 };
    }
    *head = distance;
    Some(packet.len() + 1)
}

/// Undoes [`stuff`] on one frame without its delimiter, into the front of `out`; returns the packet
/// length. `None` when the chain of codes does not end exactly at the end of the frame, when the
/// frame is empty or too long for `out`, or when it holds a zero.
#[must_use]
pub fn unstuff(frame: &[u8], out: &mut [u8]) -> Option<usize> {
    let (&head, body) = frame.split_first()?;
    let out = out.get_mut(..body.len())?;
    out.copy_from_slice(body);
    // `next` is where the next code byte stands, counted in `body`.
    let mut next = usize::from(head.checked_sub(1)?);
    while let Some(code) = out.get_mut(next) {
        let step = *code;
        if step == 0 {
            return None;
        }
        *code = 0;
        next += usize::from(step);
    }
    if next == body.len() { Some(body.len()) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_hold() {
        // Cheshire and Baker 1999; short runs only.
        for (packet, stuffed) in [
            (&[][..], &[0x01][..]),
            (&[0x00], &[0x01, 0x01]),
            (&[0x00, 0x00], &[0x01, 0x01, 0x01]),
            (&[0x11, 0x22, 0x00, 0x33], &[0x03, 0x11, 0x22, 0x02, 0x33]),
            (&[0x11, 0x00, 0x00, 0x00], &[0x02, 0x11, 0x01, 0x01, 0x01]),
        ] {
            let mut out = [0xaa; 16];
            assert_eq!(stuff(packet, &mut out), Some(stuffed.len()));
            assert_eq!(&out[..stuffed.len()], stuffed);
            let mut back = [0xaa; 16];
            assert_eq!(unstuff(stuffed, &mut back), Some(packet.len()));
            assert_eq!(&back[..packet.len()], packet);
        }
    }

    #[test]
    fn the_longest_packet_still_needs_one_code_byte() {
        let packet = [7u8; MAX_UNSTUFFED];
        let mut out = [0u8; 300];
        assert_eq!(stuff(&packet, &mut out), Some(254));
        assert_eq!(out[0], 254);
        assert_eq!(stuff(&[7u8; MAX_UNSTUFFED + 1], &mut out), None);
    }

    #[test]
    fn short_output_is_refused() {
        assert_eq!(stuff(&[1, 2, 3], &mut [0; 3]), None);
        assert_eq!(stuff(&[1, 2, 3], &mut [0; 4]), Some(4));
        assert_eq!(stuff(&[], &mut []), None);
        assert_eq!(unstuff(&[4, 1, 2, 3], &mut [0; 2]), None);
        assert_eq!(unstuff(&[4, 1, 2, 3], &mut [0; 3]), Some(3));
    }

    #[test]
    fn broken_chains_are_refused() {
        let mut out = [0; 16];
        assert_eq!(unstuff(&[], &mut out), None, "empty");
        assert_eq!(unstuff(&[0], &mut out), None, "zero code");
        assert_eq!(unstuff(&[3, 1], &mut out), None, "code past the end");
        assert_eq!(unstuff(&[2, 1, 0, 5], &mut out), None, "zero where a code should be");
        assert_eq!(unstuff(&[2, 1, 9], &mut out), None, "second code past the end");
    }
}
