//! Frames on their way to the host. Bounded: a flood of commands can lose its answers, never the
//! reports, and never holds up a tick.

use antipode_link::{Frame, FrameBuf, Message};

/// Answers kept until they are sent.
const ANSWERS: usize = 24;

#[derive(Clone, Debug)]
pub(crate) struct Outbox {
    report: Option<Message>,
    answers: [Option<Message>; ANSWERS],
    first: usize,
    len: usize,
    seq: u16,
}

impl Outbox {
    pub(crate) const fn new() -> Self {
        Self { report: None, answers: [None; ANSWERS], first: 0, len: 0, seq: 0 }
    }

    /// Puts a report in the place of one not sent yet.
    pub(crate) fn report(&mut self, report: Message) {
        self.report = Some(report);
    }

    /// Queues an answer; dropped when the queue is full, and the host asks again.
    pub(crate) fn answer(&mut self, answer: Message) {
        if self.len == ANSWERS {
            return;
        }
        if let Some(slot) = self.answers.get_mut((self.first + self.len) % ANSWERS) {
            *slot = Some(answer);
            self.len += 1;
        }
    }

    /// Drops everything not sent yet: it was meant for the host of another session.
    pub(crate) fn forget(&mut self) {
        self.report = None;
        self.len = 0;
    }

    /// Writes whole frames into `out` while they fit, report first; the bytes written.
    pub(crate) fn transmit(&mut self, session: u32, out: &mut [u8]) -> usize {
        let mut written = 0;
        while let Some(message) = self.peek() {
            let mut frame = FrameBuf::new();
            Frame { seq: self.seq.wrapping_add(1), session, message }.encode(&mut frame);
            let bytes = frame.as_bytes();
            let Some(room) = out.get_mut(written..written + bytes.len()) else {
                break;
            };
            room.copy_from_slice(bytes);
            written += bytes.len();
            self.seq = self.seq.wrapping_add(1);
            self.pop();
        }
        written
    }

    fn peek(&self) -> Option<Message> {
        self.report.or_else(|| {
            if self.len == 0 { None } else { self.answers.get(self.first).copied().flatten() }
        })
    }

    fn pop(&mut self) {
        if self.report.take().is_none() {
            self.first = (self.first + 1) % ANSWERS;
            self.len = self.len.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use antipode_link::{Decoder, MAX_FRAME};

    use super::*;

    fn echo(host_ms: u32) -> Message {
        Message::HeartbeatEcho { host_ms, table_ms: 0 }
    }

    fn drain(outbox: &mut Outbox, room: usize) -> Vec<(u16, Message)> {
        let mut out = vec![0; room];
        let written = outbox.transmit(9, &mut out);
        let mut heard = Vec::new();
        Decoder::new().feed(&out[..written], |frame| heard.push((frame.seq, frame.message)));
        heard
    }

    #[test]
    fn a_report_overtakes_answers_and_replaces_an_older_one() {
        let mut outbox = Outbox::new();
        outbox.answer(echo(1));
        outbox.report(echo(2));
        outbox.report(echo(3));
        assert_eq!(drain(&mut outbox, 500), [(1, echo(3)), (2, echo(1))]);
        assert_eq!(drain(&mut outbox, 500), []);
    }

    #[test]
    fn frames_are_sent_whole_or_later() {
        let mut outbox = Outbox::new();
        for i in 0..10 {
            outbox.answer(echo(i));
        }
        assert_eq!(drain(&mut outbox, 5), []);
        let mut heard = Vec::new();
        while heard.len() < 10 {
            heard.extend(drain(&mut outbox, MAX_FRAME));
        }
        let expected: Vec<_> = (1..=10).map(|i| (i, echo(u32::from(i) - 1))).collect();
        assert_eq!(heard, expected);
    }

    #[test]
    fn a_flood_loses_its_newest_answers_only() {
        let mut outbox = Outbox::new();
        for i in 0..100 {
            outbox.answer(echo(i));
        }
        let heard = drain(&mut outbox, 10_000);
        assert_eq!(heard.len(), 24);
        assert_eq!(heard.first(), Some(&(1, echo(0))));
        outbox.answer(echo(7));
        assert_eq!(drain(&mut outbox, 100), [(25, echo(7))]);
    }
}
