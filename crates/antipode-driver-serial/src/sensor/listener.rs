//! What every sensor's line has in common: when its bytes came, and when it counts as lost.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use antipode_device::{LinkLoss, SensorEvent};
use antipode_safety::{Millis, Timestamp};

use crate::dialect::Dialect;
use crate::port_thread::BITE;

/// Words that wait while nobody takes them; then the oldest goes. The newest is the one of use.
const MOST_WORDS: usize = 64;
/// The thread of a line looks at it every 20 ms. One that was kept away for longer than twice that
/// and a margin cannot tell when the bytes came that it finds.
const AWAY: Millis = Millis::new(60);
/// A lost line is looked at this often.
const LOST_LOOK: Millis = Millis::new(100);

/// From the bytes of one kind of sensor to its readings. Pure.
pub(super) trait Speech: Send + 'static {
    /// A line without a reading for so long is lost.
    const SILENT: Millis;

    /// Takes bytes that arrived at `at` and gives every reading that they complete.
    fn hear(&mut self, at: Timestamp, bytes: &[u8], say: &mut dyn FnMut(SensorEvent));

    /// The line was opened again: what was heard before belongs to nothing that comes now.
    fn reopen(&mut self);

    /// Why what arrived so far is no reading that can be used; `None` where it is one.
    fn complaint(&self) -> Option<&'static str>;
}

/// Why a sensor that is being opened cannot be used yet; `None` before anything came.
pub(super) type Complaint = Arc<Mutex<Option<&'static str>>>;

/// A sensor's half of one line.
pub(super) struct Listener<S> {
    speech: S,
    words: VecDeque<SensorEvent>,
    complaint: Complaint,
    /// The two last moments at which nothing was left unread, older first.
    looks: [Timestamp; 2],
    /// The last bytes filled a whole bite, so that more may be left unread.
    more: bool,
    /// Stamp of the newest bytes.
    stamped: Timestamp,
    /// When a reading was last heard, however old, or the line was opened.
    heard: Timestamp,
    lost: bool,
}

impl<S: Speech> Listener<S> {
    /// A line that was opened, and emptied, at `now`.
    pub(super) fn new(speech: S, now: Timestamp, complaint: Complaint) -> Self {
        Self {
            speech,
            words: VecDeque::with_capacity(MOST_WORDS + 1),
            complaint,
            looks: [now; 2],
            more: false,
            stamped: now,
            heard: now,
            lost: false,
        }
    }

    /// When bytes that are found at `now` came, never later than they did (H-04): a thread that was
    /// kept away takes them for as old as the last moment at which there were none.
    fn stamp(&mut self, now: Timestamp) -> Timestamp {
        let [before, _] = self.looks;
        let came = if now.since(before) > AWAY { before } else { now };
        self.stamped = self.stamped.max(came);
        self.stamped
    }

    fn lose(&mut self, loss: LinkLoss) {
        if !self.lost {
            self.lost = true;
            put(&mut self.words, SensorEvent::Lost(loss));
        }
    }
}

fn put(words: &mut VecDeque<SensorEvent>, word: SensorEvent) {
    if words.len() >= MOST_WORDS {
        words.pop_front();
    }
    words.push_back(word);
}

impl<S: Speech> Dialect for Listener<S> {
    type Command = Infallible;
    type Event = SensorEvent;

    fn poll(&mut self, now: Timestamp, _out: &mut Vec<u8>) {
        // A backlog of several bites is as old in the last as in the first (H-04).
        if !std::mem::take(&mut self.more) {
            let [_, before] = self.looks;
            self.looks = [before, now];
        }
        if now.since(self.heard) > S::SILENT {
            // Bytes that are no readings are another fault than none.
            let garbled = now.since(self.stamped) <= S::SILENT;
            self.lose(if garbled { LinkLoss::Garbled } else { LinkLoss::Silent });
        }
    }

    fn next_poll(&self) -> Timestamp {
        let [_, last] = self.looks;
        if self.lost { last.plus(LOST_LOOK) } else { self.heard.plus(S::SILENT).max(last) }
    }

    fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        let at = self.stamp(now);
        self.more = bytes.len() >= BITE;
        let (words, mut heard) = (&mut self.words, false);
        self.speech.hear(at, bytes, &mut |word| {
            heard = true;
            put(words, word);
        });
        if heard {
            self.heard = now;
            self.lost = false;
        }
        // Nothing but a panic of this very line could have poisoned it.
        *self.complaint.lock().unwrap_or_else(PoisonError::into_inner) = self.speech.complaint();
    }

    fn send(&mut self, _now: Timestamp, command: Infallible, _out: &mut Vec<u8>) {
        match command {}
    }

    fn next_event(&mut self) -> Option<SensorEvent> {
        self.words.pop_front()
    }

    /// No sensor says which one it is.
    fn is_foreign(&self) -> bool {
        false
    }

    fn hung_up(&mut self) {
        // Said also of a line that was silent before: it has gone since.
        self.lost = false;
        self.lose(LinkLoss::HungUp);
    }

    fn reopen(&mut self) {
        self.speech.reopen();
    }
}

#[cfg(test)]
mod tests {
    use antipode_device::VitalsReading;

    use super::*;

    /// Every `r` is a reading, stamped.
    struct Letters;

    fn vitals(at: Timestamp) -> SensorEvent {
        SensorEvent::Vitals(VitalsReading {
            at,
            seq: 0,
            heart_rate: None,
            oxygen_saturation: None,
            blood_pressure: None,
        })
    }

    impl Speech for Letters {
        const SILENT: Millis = Millis::new(500);

        fn hear(&mut self, at: Timestamp, bytes: &[u8], say: &mut dyn FnMut(SensorEvent)) {
            bytes.iter().filter(|byte| **byte == b'r').for_each(|_| say(vitals(at)));
        }

        fn reopen(&mut self) {}

        fn complaint(&self) -> Option<&'static str> {
            None
        }
    }

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn listener() -> Listener<Letters> {
        Listener::new(Letters, at(1_000), Complaint::default())
    }

    fn words(listener: &mut Listener<Letters>) -> Vec<SensorEvent> {
        std::iter::from_fn(|| listener.next_event()).collect()
    }

    #[test]
    fn bytes_that_a_thread_finds_late_are_as_old_as_they_may_be() {
        let mut line = listener();
        line.poll(at(1_000), &mut Vec::new());
        line.poll(at(1_020), &mut Vec::new());
        line.receive(at(1_040), b"r");
        line.poll(at(1_040), &mut Vec::new());
        assert_eq!(words(&mut line), [vitals(at(1_040))]);
        // Kept away for two seconds.
        line.receive(at(3_040), b"r");
        assert_eq!(words(&mut line), [vitals(at(1_040))]);
        line.poll(at(3_040), &mut Vec::new());
        line.poll(at(3_060), &mut Vec::new());
        line.receive(at(3_080), b"r");
        assert_eq!(words(&mut line), [vitals(at(3_080))]);
    }

    #[test]
    fn a_backlog_of_many_bites_is_as_old_in_the_last_as_in_the_first() {
        let mut line = listener();
        for ms in [1_020, 1_040] {
            line.poll(at(ms), &mut Vec::new());
        }
        // Kept away for two seconds.
        for ms in 3_040..3_048 {
            let bite: &[u8] = if ms < 3_047 { &[b'r'; BITE] } else { b"r" };
            line.receive(at(ms), bite);
            line.poll(at(ms), &mut Vec::new());
            let kept = words(&mut line);
            assert!(kept.iter().all(|word| *word == vitals(at(1_020))), "{ms}: {:?}", kept.last());
        }
        for ms in [3_060, 3_080, 3_100] {
            line.poll(at(ms), &mut Vec::new());
        }
        line.receive(at(3_120), b"r");
        assert_eq!(words(&mut line), [vitals(at(3_120))]);
    }

    #[test]
    fn nobody_who_listens_costs_the_oldest_words_and_no_room() {
        let mut line = listener();
        for ms in 1_000..3_000 {
            line.receive(at(ms), b"r");
            line.poll(at(ms), &mut Vec::new());
        }
        let kept = words(&mut line);
        assert_eq!(kept.len(), MOST_WORDS);
        assert_eq!(kept.last(), Some(&vitals(at(2_999))));
    }

    #[test]
    fn silence_and_garbage_are_told_once_and_end_with_a_reading() {
        for (byte, loss) in [(None, LinkLoss::Silent), (Some(b"x"), LinkLoss::Garbled)] {
            let mut line = listener();
            line.receive(at(1_000), b"r");
            for ms in (1_010..=4_000).step_by(10) {
                if let Some(byte) = byte {
                    line.receive(at(ms), byte);
                }
                line.poll(at(ms), &mut Vec::new());
                assert!(line.next_poll() >= at(ms), "it would spin");
            }
            assert_eq!(words(&mut line), [vitals(at(1_000)), SensorEvent::Lost(loss)]);
            line.receive(at(4_010), b"r");
            assert_eq!(words(&mut line), [vitals(at(4_010))]);
        }
    }

    #[test]
    fn a_line_that_hangs_up_is_lost_whatever_it_was_before() {
        let mut line = listener();
        line.hung_up();
        line.reopen();
        for ms in (1_000..5_000).step_by(20) {
            line.poll(at(ms), &mut Vec::new());
        }
        assert_eq!(words(&mut line), [SensorEvent::Lost(LinkLoss::HungUp)]);
    }
}
