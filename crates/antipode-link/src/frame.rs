//! Frames: header, body, check, stuffing, delimiter; and the decoder that finds them again in any
//! stream of bytes.
//!
//! ```text
//!   00 | COBS( ver u8 | type u8 | seq u16 | session u32 | body | crc32c u32 ) | 00
//!        `------------------------ packet ---------------------------------'
//! ```
//! A link that frames by itself (GATT, a message queue) carries the bare packet.

use core::fmt;

use crate::cobs;
use crate::crc::crc32c;
use crate::message::{Message, MessageType, body};

/// The protocol version of this crate.
pub const VERSION: u8 = 1;
/// Bytes before the body.
pub const HEADER: usize = 8;
/// Bytes of check after the body.
const CRC: usize = 4;
/// Longest packet: header, longest body, check.
pub const MAX_PACKET: usize = HEADER + body::MAX_BODY + CRC;
/// Longest frame between delimiters.
const MAX_STUFFED: usize = MAX_PACKET + 1;
/// Longest frame with a delimiter on both sides.
pub const MAX_FRAME: usize = MAX_STUFFED + 2;

/// STOP as bytes, ready for any wire at any time: no session, no number, no state needed.
/// The leading delimiter ends whatever half frame it may have cut into.
pub const STOP_FRAME: [u8; 15] =
    [0x00, 0x03, 0x01, 0x1f, 0x01, 0x01, 0x01, 0x01, 0x01, 0x05, 0xd1, 0x78, 0x87, 0x0a, 0x00];

/// One message with its place in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Rises by one with every frame of a sender; wraps.
    pub seq: u16,
    /// Issued by the table; 0 belongs to none.
    pub session: u32,
    /// What is said.
    pub message: Message,
}

/// A frame or packet as bytes, held inline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameBuf {
    bytes: [u8; MAX_FRAME],
    len: usize,
}

impl FrameBuf {
    /// Holds nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        Self { bytes: [0; MAX_FRAME], len: 0 }
    }

    /// The bytes held.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }
}

impl Default for FrameBuf {
    fn default() -> Self {
        Self::new()
    }
}

impl AsRef<[u8]> for FrameBuf {
    fn as_ref(&self) -> &[u8] {
        self.as_bytes()
    }
}

/// Why bytes between two delimiters are no frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameError {
    /// Longer than any frame.
    Oversize,
    /// The stuffing does not end where the frame ends, or there is less than a header and check.
    Malformed,
    /// The check does not match.
    Crc,
    /// Another protocol version.
    Version(u8),
    /// No message has this type.
    UnknownType(u8),
    /// A body of the wrong length, or a field that no sender may send.
    Body(MessageType),
}

impl fmt::Display for FrameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Oversize => write!(f, "frame longer than {MAX_STUFFED} bytes"),
            Self::Malformed => write!(f, "frame with broken byte stuffing or too short"),
            Self::Crc => write!(f, "frame whose CRC-32C does not match"),
            Self::Version(version) => {
                write!(f, "frame of protocol version {version}, this end speaks {VERSION}")
            }
            Self::UnknownType(byte) => write!(f, "frame of unknown type 0x{byte:02x}"),
            Self::Body(of) => write!(f, "{of:?} frame whose body has a bad length or field"),
        }
    }
}

impl core::error::Error for FrameError {}

impl Frame {
    /// Writes the frame into `out`, over whatever it held. Cannot fail: every message fits.
    #[inline]
    pub fn encode(&self, out: &mut FrameBuf) {
        let mut packet = [0u8; MAX_PACKET];
        let len = self.put_packet(&mut packet);
        let packet = packet.get(..len).unwrap_or_default();
        out.bytes[0] = 0;
        let stuffed = cobs::stuff(packet, &mut out.bytes[1..]).unwrap_or(0);
        if let Some(delimiter) = out.bytes.get_mut(stuffed + 1) {
            *delimiter = 0;
        }
        out.len = stuffed + 2;
    }

    /// Writes the bare packet, for links that frame by themselves.
    pub fn encode_packet(&self, out: &mut FrameBuf) {
        out.len = self.put_packet(&mut out.bytes);
    }

    fn put_packet(&self, out: &mut [u8]) -> usize {
        let message_type = self.message.message_type();
        let checked = HEADER + message_type.body_len();
        let mut w = body::Writer::new(out);
        w.put([VERSION, message_type.byte()])
            .put(self.seq.to_le_bytes())
            .put(self.session.to_le_bytes());
        self.message.put_body(&mut w);
        let crc = crc32c(out.get(..checked).unwrap_or_default());
        if let Some(to) = out.get_mut(checked..checked + CRC) {
            to.copy_from_slice(&crc.to_le_bytes());
        }
        checked + CRC
    }

    /// Reads a bare packet.
    ///
    /// # Errors
    /// Says why the bytes are no packet of this protocol version.
    pub fn decode_packet(packet: &[u8]) -> Result<Self, FrameError> {
        let (checked, crc) = packet.split_last_chunk::<CRC>().ok_or(FrameError::Malformed)?;
        let (header, body) = checked.split_first_chunk::<HEADER>().ok_or(FrameError::Malformed)?;
        if crc32c(checked) != u32::from_le_bytes(*crc) {
            return Err(FrameError::Crc);
        }
        let [version, type_byte, s0, s1, session @ ..] = *header;
        // STOP is obeyed whatever version it comes in (I-03).
        if version != VERSION && type_byte != MessageType::Stop.byte() {
            return Err(FrameError::Version(version));
        }
        let message_type =
            MessageType::from_byte(type_byte).ok_or(FrameError::UnknownType(type_byte))?;
        let message =
            Message::parse_body(message_type, body).ok_or(FrameError::Body(message_type))?;
        Ok(Self {
            seq: u16::from_le_bytes([s0, s1]),
            session: u32::from_le_bytes(session),
            message,
        })
    }

    /// Reads the bytes between two delimiters.
    ///
    /// # Errors
    /// Says why the bytes are no frame.
    #[inline]
    pub fn decode_stuffed(stuffed: &[u8]) -> Result<Self, FrameError> {
        if stuffed.len() > MAX_STUFFED {
            return Err(FrameError::Oversize);
        }
        let mut packet = [0u8; MAX_STUFFED];
        let len = cobs::unstuff(stuffed, &mut packet).ok_or(FrameError::Malformed)?;
        Self::decode_packet(packet.get(..len).unwrap_or_default())
    }
}

/// What a [`Decoder`] has seen; each count holds at its largest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DecoderStats {
    /// Good frames.
    pub frames: u32,
    /// Frames whose check did not match.
    pub crc_errors: u32,
    /// Runs without delimiter longer than any frame.
    pub oversize: u32,
    /// Broken stuffing, or too short.
    pub malformed: u32,
    /// Good check, but another version, an unknown type or an impossible body.
    pub unknown: u32,
}

impl DecoderStats {
    /// Everything that was not a good frame.
    #[must_use]
    pub const fn errors(&self) -> u32 {
        self.crc_errors
            .saturating_add(self.oversize)
            .saturating_add(self.malformed)
            .saturating_add(self.unknown)
    }

    fn count(&mut self, error: FrameError) {
        let counter = match error {
            FrameError::Oversize => &mut self.oversize,
            FrameError::Malformed => &mut self.malformed,
            FrameError::Crc => &mut self.crc_errors,
            FrameError::Version(_) | FrameError::UnknownType(_) | FrameError::Body(_) => {
                &mut self.unknown
            }
        };
        *counter = counter.saturating_add(1);
    }
}

/// Finds frames in a stream of bytes, however it is cut into pieces. Holds at most one frame.
#[derive(Clone, Debug)]
pub struct Decoder {
    held: [u8; MAX_STUFFED],
    /// Bytes since the last delimiter; more than `held` has room for means oversize.
    len: usize,
    stats: DecoderStats,
}

impl Decoder {
    /// Waits for a first frame.
    #[must_use]
    pub const fn new() -> Self {
        let stats =
            DecoderStats { frames: 0, crc_errors: 0, oversize: 0, malformed: 0, unknown: 0 };
        Self { held: [0; MAX_STUFFED], len: 0, stats }
    }

    /// What was seen so far.
    #[must_use]
    pub const fn stats(&self) -> DecoderStats {
        self.stats
    }

    /// Takes the next bytes and hands every frame that they complete to `sink`, in order.
    pub fn feed(&mut self, bytes: &[u8], mut sink: impl FnMut(Frame)) {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&byte| byte == 0) {
            let (piece, after) = rest.split_at(end);
            rest = after.get(1..).unwrap_or_default();
            if let Some(frame) = self.complete(piece) {
                sink(frame);
            }
        }
        self.hold(rest);
    }

    /// The frame that `piece` ends, if the bytes since the last delimiter are one.
    fn complete(&mut self, piece: &[u8]) -> Option<Frame> {
        let result = if self.len == 0 {
            if piece.is_empty() {
                return None;
            }
            Frame::decode_stuffed(piece)
        } else {
            self.hold(piece);
            match self.held.get(..self.len) {
                Some(stuffed) => Frame::decode_stuffed(stuffed),
                None => Err(FrameError::Oversize),
            }
        };
        self.len = 0;
        match result {
            Ok(frame) => {
                self.stats.frames = self.stats.frames.saturating_add(1);
                Some(frame)
            }
            Err(error) => {
                self.stats.count(error);
                None
            }
        }
    }

    /// Keeps the start of a frame whose end has not come yet.
    fn hold(&mut self, piece: &[u8]) {
        let end = self.len.saturating_add(piece.len());
        if let Some(room) = self.held.get_mut(self.len..end) {
            room.copy_from_slice(piece);
        }
        self.len = end.min(MAX_STUFFED + 1);
    }
}

impl Default for Decoder {
    fn default() -> Self {
        Self::new()
    }
}
