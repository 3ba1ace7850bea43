//! What is looked after in every state, whether or not a session is under way.

use antipode_safety::Timestamp;

use super::Session;
use crate::step::{Prompt, Record, Step};

impl Session {
    /// At the end of a step, when every alarm of it is set.
    pub(super) fn look_out(&mut self, step: &mut Step) {
        self.call_alarms(step);
    }

    /// An alarm that nobody acknowledges is called out again and again (H-39). The record keeps it
    /// at every doubling: at most sixteen lines, however long nobody comes.
    fn call_alarms(&mut self, step: &mut Step) {
        let Some((times, cause)) = self.alarms.call(self.now) else { return };
        step.prompts.push(Prompt::AlarmAgain { cause, times });
        if times.is_power_of_two() {
            step.records.push(Record::AlarmAgain(cause, times));
        }
    }

    /// When there is something to look after.
    pub(super) fn lookout_deadline(&self) -> Option<Timestamp> {
        self.alarms.next_call()
    }
}
