//! What a caller may know of the line before it hands over something that must not wait.

use antipode_safety::Timestamp;

use super::Master;

impl Master {
    /// Whether a write that is handed over now goes out now. A motion that waited for the line would
    /// be a motion of another moment (H-02).
    #[must_use]
    pub fn is_free(&self, now: Timestamp) -> bool {
        self.asked.is_none()
            && self.stops.is_empty()
            && self.read_back.is_none()
            && now >= self.line.ready_at(&self.timing)
    }
}
