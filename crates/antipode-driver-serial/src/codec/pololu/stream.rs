//! Commands found again in a stream of bytes.

use super::{FrameError, Framing, MAX_COMMAND, RawCommand, TOP};

/// How many data bytes a command takes, given the data so far; `None` for an unknown command. While
/// that is not known yet it is more than can come.
pub(super) type DataLen = fn(command: u8, data: &[u8]) -> Option<usize>;

/// Finds the commands in a stream, however it is cut: the far end of a wire in a test, or a trace.
#[derive(Clone, Debug)]
pub(super) struct Reader {
    framing: Framing,
    held: [u8; MAX_COMMAND],
    len: usize,
}

impl Reader {
    pub(super) const fn new(framing: Framing) -> Self {
        Self { framing, held: [0; MAX_COMMAND], len: 0 }
    }

    /// Takes one byte and hands `sink` what it ends: at most the cut-off command before it and, if
    /// it is one by itself, the command that it is.
    pub(super) fn push(
        &mut self,
        byte: u8,
        data_len: DataLen,
        sink: &mut impl FnMut(Result<RawCommand, FrameError>),
    ) {
        if byte >= TOP && self.len > 0 {
            // A command byte always begins anew, so that a stop is heard behind half a command.
            sink(Err(FrameError::Truncated));
            self.len = 0;
        } else if byte < TOP && self.len == 0 {
            sink(Err(FrameError::Stray(byte)));
            return;
        }
        match self.held.get_mut(self.len) {
            Some(slot) => {
                *slot = byte;
                self.len += 1;
            }
            None => {
                sink(Err(FrameError::TooLong));
                self.len = 0;
                return;
            }
        }
        if let Some(result) = self.whole(data_len) {
            self.len = 0;
            sink(result);
        }
    }

    /// The held bytes as a command, once they are one or can become none.
    fn whole(&self, data_len: DataLen) -> Option<Result<RawCommand, FrameError>> {
        let held = self.held.get(..self.len)?;
        let header = self.framing.addressing.header_len();
        let (&command, data) = held.get(header - 1..)?.split_first()?;
        let Some(wanted) = data_len(command | TOP, data) else {
            return Some(Err(FrameError::Unknown(command | TOP)));
        };
        let total = header + wanted + usize::from(self.framing.crc);
        (held.len() >= total).then(|| self.framing.open(held))
    }
}
