//! Events in a journal: the many small ones, which are gathered, and the rest, each a record.

use antipode_core::event::{Act, Event, JournalEvent, LinkEvent, Source, StopEvent, Vital};
use antipode_core::symptom::{Severity, Symptom};
use antipode_safety::{Millis, Reading};

use super::tags::{Tagged, take};
use super::wire::{DecodeError, In, Out};

/// What comes several times a second and is kept in blocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Often {
    /// The table reported.
    Reading(Reading),
    /// The session's own wake-up.
    Tick,
    /// A body sensor measured.
    Vital(Vital),
}

/// What comes seldom and counts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seldom {
    /// The link changed.
    Link(LinkEvent),
    /// Somebody did something.
    Act(Act, Source),
    /// The STOP lane.
    Stop(StopEvent, Source),
    /// A symptom was reported.
    Symptom(Symptom, Severity),
    /// The journal answered.
    Journal(JournalEvent),
    /// The control loop was late.
    LoopWasLate(Millis),
    /// The machine slept.
    HostSuspended(Millis),
}

/// An event by the way in which it is recorded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sorted {
    /// Gathered into a block.
    Often(Often),
    /// A record of its own.
    Seldom(Seldom),
}

impl From<Event> for Sorted {
    fn from(event: Event) -> Self {
        match event {
            Event::Tick => Self::Often(Often::Tick),
            Event::Reading(reading) => Self::Often(Often::Reading(reading)),
            Event::Vital(vital) => Self::Often(Often::Vital(vital)),
            Event::Link(link) => Self::Seldom(Seldom::Link(link)),
            Event::Act(act, source) => Self::Seldom(Seldom::Act(act, source)),
            Event::Stop(stop, source) => Self::Seldom(Seldom::Stop(stop, source)),
            Event::Symptom(symptom, severity) => Self::Seldom(Seldom::Symptom(symptom, severity)),
            Event::Journal(journal) => Self::Seldom(Seldom::Journal(journal)),
            Event::LoopWasLate(late) => Self::Seldom(Seldom::LoopWasLate(late)),
            Event::HostSuspended(time) => Self::Seldom(Seldom::HostSuspended(time)),
        }
    }
}

impl From<Often> for Event {
    fn from(often: Often) -> Self {
        match often {
            Often::Tick => Self::Tick,
            Often::Reading(reading) => Self::Reading(reading),
            Often::Vital(vital) => Self::Vital(vital),
        }
    }
}

impl From<Seldom> for Event {
    fn from(seldom: Seldom) -> Self {
        match seldom {
            Seldom::Link(link) => Self::Link(link),
            Seldom::Act(act, source) => Self::Act(act, source),
            Seldom::Stop(stop, source) => Self::Stop(stop, source),
            Seldom::Symptom(symptom, severity) => Self::Symptom(symptom, severity),
            Seldom::Journal(journal) => Self::Journal(journal),
            Seldom::LoopWasLate(late) => Self::LoopWasLate(late),
            Seldom::HostSuspended(time) => Self::HostSuspended(time),
        }
    }
}

const LINK: u8 = 1;
const ACT: u8 = 2;
const STOP: u8 = 3;
const SYMPTOM: u8 = 4;
const JOURNAL: u8 = 5;
const LOOP_WAS_LATE: u8 = 6;
const HOST_SUSPENDED: u8 = 7;

impl Seldom {
    /// The payload of an [`super::EVENT`] record.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let mut out = Out::new();
        match self {
            Self::Link(link) => {
                out.u8(LINK);
                link.put(&mut out);
            }
            Self::Act(act, source) => {
                out.u8(ACT);
                act.put(&mut out);
                source.put(&mut out);
            }
            Self::Stop(stop, source) => {
                out.u8(STOP);
                stop.put(&mut out);
                source.put(&mut out);
            }
            Self::Symptom(symptom, severity) => {
                out.u8(SYMPTOM);
                symptom.put(&mut out);
                severity.put(&mut out);
            }
            Self::Journal(journal) => {
                out.u8(JOURNAL);
                journal.put(&mut out);
            }
            Self::LoopWasLate(late) => {
                out.u8(LOOP_WAS_LATE);
                out.time(late);
            }
            Self::HostSuspended(time) => {
                out.u8(HOST_SUSPENDED);
                out.time(time);
            }
        }
        out.finish()
    }

    /// Reads such a payload.
    ///
    /// # Errors
    /// [`DecodeError`].
    pub fn decode(payload: &[u8]) -> Result<Self, DecodeError> {
        let mut from = In(payload);
        let event = match from.u8()? {
            LINK => Self::Link(take(&mut from)?),
            ACT => Self::Act(take(&mut from)?, take(&mut from)?),
            STOP => Self::Stop(take(&mut from)?, take(&mut from)?),
            SYMPTOM => Self::Symptom(take(&mut from)?, take(&mut from)?),
            JOURNAL => Self::Journal(take(&mut from)?),
            LOOP_WAS_LATE => Self::LoopWasLate(from.time()?),
            HOST_SUSPENDED => Self::HostSuspended(from.time()?),
            tag => return Err(DecodeError::Tag { what: "event", tag: tag.into() }),
        };
        from.end().map(|()| event)
    }
}
