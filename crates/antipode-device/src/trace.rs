//! What went over a line, byte by byte: for whoever builds a controller and must see why it is not
//! understood.

use antipode_safety::Timestamp;

/// One thing that happened on a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traced<'b> {
    /// The host's end wrote these bytes.
    Sent(&'b [u8]),
    /// These bytes arrived at the host's end.
    Heard(&'b [u8]),
    /// The line is gone, or took nothing: why.
    Lost(&'b str),
    /// The line is open again.
    Opened,
}

/// Takes down what goes over a line. The thread of the port calls it, in front of the next STOP: it
/// must neither wait nor fail, and rather leave something out.
pub trait WireTrace: Send {
    /// Takes down what happened at `at`.
    fn note(&mut self, at: Timestamp, seen: Traced<'_>);
}
