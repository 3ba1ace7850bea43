//! One command at a time, each with its own answer or none.

use antipode_safety::{Millis, Timestamp};

use crate::codec::roboclaw::{Address, Answer, Command, Packet};

/// The longest answer of a question that is asked here, with room for what is too long.
const MOST: usize = 56;

/// What became of a command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outcome {
    pub(super) command: Command,
    /// When it was handed over.
    pub(super) sent: Timestamp,
    /// When the last byte of its answer came.
    pub(super) at: Timestamp,
    /// `None` for none in time, or none that is believed.
    pub(super) answer: Option<Answer>,
}

/// The line from the host's side.
#[derive(Clone, Debug)]
pub(super) struct Exchange {
    address: Address,
    reply_timeout: Millis,
    turnaround: Millis,
    drain_quiet: Millis,
    asked: Option<(Command, Timestamp)>,
    heard: [u8; MOST],
    len: usize,
    /// When what was heard came, at the earliest.
    at: Timestamp,
    /// The last byte either way; `None` before the line was used.
    last: Option<Timestamp>,
    /// Old bytes may be under way: nothing is said before the line was quiet for a drain.
    spoilt: bool,
    /// When something was last said into a line that was not free.
    shouted: Option<Timestamp>,
}

impl Exchange {
    pub(super) const fn new(
        address: Address,
        reply_timeout: Millis,
        turnaround: Millis,
        drain_quiet: Millis,
    ) -> Self {
        Self {
            address,
            reply_timeout,
            turnaround,
            drain_quiet,
            asked: None,
            heard: [0; MOST],
            len: 0,
            at: Timestamp::ZERO,
            last: None,
            spoilt: true,
            shouted: None,
        }
    }

    pub(super) fn reopen(&mut self) {
        *self = Self::new(self.address, self.reply_timeout, self.turnaround, self.drain_quiet);
    }

    /// Takes bytes. What nobody waits for spoils the line. What is found after the time for an answer
    /// while nobody has looked since ([`Exchange::settle`]) may have come in time: the lateness is ours,
    /// and the answer counts as one of the moment of its command. A guardian on a busy machine would
    /// else drain the line for every turn that it did not get, and never see the angle that brings a
    /// person home (H-01).
    pub(super) fn receive(&mut self, now: Timestamp, bytes: &[u8]) {
        if bytes.is_empty() {
            return;
        }
        self.last = Some(now);
        let Some((_, sent)) = self.asked else {
            self.spoilt = true;
            return;
        };
        self.at = if now.since(sent) < self.reply_timeout { now } else { sent };
        for byte in bytes {
            match self.heard.get_mut(self.len) {
                Some(to) => *to = *byte,
                None => self.spoilt = true,
            }
            self.len = (self.len + 1).min(MOST);
        }
    }

    /// Looks whether the exchange under way is over: its answer stands alone on a quiet line, or its
    /// time is up.
    pub(super) fn settle(&mut self, now: Timestamp) -> Option<Outcome> {
        let (command, sent) = self.asked?;
        let quiet_since = self.last.unwrap_or(sent);
        let bytes = self.heard.get(..self.len).unwrap_or_default();
        let answer = Answer::decode(self.address, &command, bytes).ok().filter(|_| !self.spoilt);
        let late = now.since(sent) >= self.reply_timeout;
        match answer {
            // An answer has no other end than silence: more bytes make it another one.
            Some(_) if now.since(quiet_since) < self.turnaround => return None,
            Some(_) => {}
            None if !late => return None,
            None => self.spoilt = true,
        }
        self.asked = None;
        Some(Outcome { command, sent, at: self.at, answer })
    }

    /// Whether something can be said now.
    pub(super) fn is_free(&self, now: Timestamp) -> bool {
        self.asked.is_none() && self.ready_at().is_some_and(|ready| now >= ready)
    }

    /// Whether an answer is under way that may still be believed.
    pub(super) const fn awaits(&self) -> bool {
        self.asked.is_some() && !self.spoilt
    }

    /// When the line will have been quiet for long enough; `None` before anybody looked at it.
    fn ready_at(&self) -> Option<Timestamp> {
        let quiet = if self.spoilt { self.drain_quiet } else { self.turnaround };
        Some(self.last?.plus(quiet))
    }

    /// Says a command on a free line.
    pub(super) fn say(&mut self, now: Timestamp, command: &Command) -> Packet {
        (self.asked, self.len, self.spoilt) = (Some((*command, now)), 0, false);
        self.last = Some(now);
        command.encode(self.address)
    }

    /// Whether something may be said into a line that is not free: not so often that its own answers
    /// keep the line from ever being drained.
    pub(super) fn may_shout(&self, now: Timestamp) -> bool {
        let pause = self.drain_quiet.plus(self.drain_quiet);
        self.shouted.is_none_or(|shouted| now.since(shouted) >= pause)
    }

    /// Says a command into whatever is on the line, and believes nothing of what follows.
    pub(super) fn shout(&mut self, now: Timestamp, command: &Command) -> Packet {
        (self.asked, self.spoilt, self.shouted) = (None, true, Some(now));
        self.last = Some(now);
        command.encode(self.address)
    }

    /// When to look again; `None` when nothing is awaited.
    pub(super) fn next(&mut self, now: Timestamp) -> Option<Timestamp> {
        let soon = now.plus(Millis::new(1));
        if let Some((_, sent)) = self.asked {
            let quiet = self.last.filter(|_| self.len > 0).map(|at| at.plus(self.turnaround));
            let late = sent.plus(self.reply_timeout);
            return Some(
                quiet.filter(|at| *at > now).unwrap_or(late).max(soon).min(late.max(soon)),
            );
        }
        // Drained from the first look on.
        let last = *self.last.get_or_insert(now);
        let quiet = if self.spoilt { self.drain_quiet } else { self.turnaround };
        Some(last.plus(quiet)).filter(|ready| *ready > now)
    }
}
