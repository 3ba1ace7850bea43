//! What is seen of a table, put together from what it says, and said once a second.

use std::borrow::Cow;

use antipode_device::{Capabilities, LinkLoss, TableEvent};
use antipode_safety::{Fault, FaultBegan, Millis, Reading, Switch, Timestamp};
use serde::Serialize;

use crate::summary::Decimal;
use crate::words;

/// An idle table reports twice a second; older than this is no present.
const OLD: Millis = Millis::from_secs(2);

/// Whether the table can be heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Line {
    /// It reports.
    Heard,
    /// It greets, but reports nothing, or no more.
    NoReport,
    /// Nothing intact arrives.
    Silent,
    /// The port is closed or unplugged.
    Gone,
}

/// What is known of the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen {
    lost: Option<LinkLoss>,
    reading: Option<Reading>,
}

impl Seen {
    pub(super) const NOTHING: Self = Self { lost: None, reading: None };

    /// Takes one word of the table; gives what people must hear of it at once.
    pub(super) fn take(&mut self, event: &TableEvent) -> Option<Cow<'static, str>> {
        let news = match event {
            TableEvent::Connected(_) => {
                let back = self.lost.is_some();
                // Nothing said before holds in a new session.
                *self = Self::NOTHING;
                if back { Some("it answers again: a new session, not armed") } else { None }
            }
            TableEvent::Reading(reading) => {
                self.reading = Some(*reading);
                None
            }
            TableEvent::SessionLost => {
                self.reading = None;
                Some("it restarted, or another host took the link")
            }
            TableEvent::Lost(loss) => {
                self.lost = Some(*loss);
                Some(match loss {
                    LinkLoss::HungUp => {
                        "GONE: the port was closed or unplugged; it is tried again by its name"
                    }
                    LinkLoss::Silent => "SILENT: nothing intact arrives; it is greeted again",
                    LinkLoss::Garbled => "GARBLED: what arrives cannot be understood",
                })
            }
            TableEvent::FaultBegan(began) => return Some(Cow::Owned(began_words(began))),
            // Answers to commands, and nothing here gives any.
            TableEvent::Armed | TableEvent::Refused | TableEvent::Mismatch => {
                Some("it answered a command that was not given here: does another host drive it?")
            }
        };
        news.map(Cow::Borrowed)
    }

    /// Whether it can be heard at `now`.
    pub(super) fn line(&self, now: Timestamp) -> Line {
        match (self.lost, self.reading) {
            (Some(LinkLoss::HungUp), _) => Line::Gone,
            (Some(LinkLoss::Silent | LinkLoss::Garbled), _) => Line::Silent,
            (None, Some(reading)) if now.since(reading.at) < OLD => Line::Heard,
            (None, _) => Line::NoReport,
        }
    }

    /// One line for people. What is not heard now is never shown as if it were.
    pub(super) fn words(&self, now: Timestamp) -> String {
        let Some(reading) = &self.reading else { return self.unheard(now).to_owned() };
        let age = now.since(reading.at).get();
        match self.line(now) {
            Line::Heard => format!("{}; {age} ms ago", of(reading)),
            Line::NoReport | Line::Silent | Line::Gone => {
                format!("{}; heard last {} s ago: {}", self.unheard(now), age / 1_000, of(reading))
            }
        }
    }

    fn unheard(&self, now: Timestamp) -> &'static str {
        match self.line(now) {
            Line::Heard | Line::NoReport => "tilt UNKNOWN, no report",
            Line::Silent => "tilt UNKNOWN, silent",
            Line::Gone => "tilt UNKNOWN, port gone",
        }
    }

    /// One document for programs. Where nothing is heard the values are null, never the last ones.
    pub(super) fn document(&self, now: Timestamp, began: Timestamp) -> Document {
        let line = self.line(now);
        let heard = self.reading.filter(|_| line == Line::Heard);
        Document {
            at_s: Decimal::seconds(now.since(began)),
            line,
            age_ms: self.reading.map(|reading| now.since(reading.at).get()),
            report: heard.map(|reading| Report::of(&reading)),
        }
    }
}

/// A reading in words.
fn of(reading: &Reading) -> String {
    let tilt = reading.tilt.map_or_else(|| "UNKNOWN".to_owned(), words::degrees);
    let second = reading
        .tilt_second
        .map_or_else(String::new, |second| format!(" (second {})", words::degrees(second)));
    let latches = reading.latches;
    format!(
        "tilt {tilt}{second} at {} deg/s, {}, faults: {}, latches {} of {} closed, switches: {}, \
         {} V, {} A, {} C",
        words::degrees_per_second(reading.rate),
        words::drive(reading.drive),
        listed(faults(reading).map(|fault| fault.to_string())),
        latches.fitted.saturating_sub(latches.open()),
        latches.fitted,
        listed(switches(reading).map(str::to_owned)),
        thousandths(reading.supply_mv),
        thousandths(reading.current_ma),
        reading.temperature_c,
    )
}

/// An entry of the table's log, as it told it.
fn began_words(began: &FaultBegan) -> String {
    let tilt = began.tilt.map_or_else(|| "UNKNOWN".to_owned(), words::degrees);
    format!(
        "FAULT: {} began at tilt {tilt}, {} A; number {} of it since its controller started",
        began.fault,
        thousandths(began.current_ma),
        began.count,
    )
}

fn listed(names: impl Iterator<Item = String>) -> String {
    let names: Vec<String> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(" + ") }
}

fn faults(reading: &Reading) -> impl Iterator<Item = Fault> {
    let faults = reading.faults;
    Fault::ALL.into_iter().filter(move |fault| faults.has(*fault))
}

/// The switches that are on, by the names of the hand control's buttons.
fn switches(reading: &Reading) -> impl Iterator<Item = &'static str> {
    const ALL: [(Switch, &str); 7] = [
        (Switch::Return, "RETURN"),
        (Switch::Stop, "STOP"),
        (Switch::Ok, "OK"),
        (Switch::Easier, "EASIER"),
        (Switch::StopLoopClosed, "stop loop closed"),
        (Switch::Rest, "rest band"),
        (Switch::HandControl, "hand control there"),
    ];
    let switches = reading.switches;
    ALL.into_iter().filter(move |(switch, _)| switches.has(*switch)).map(|(_, name)| name)
}

fn thousandths(value: u32) -> String {
    format!("{}.{}", value / 1_000, value % 1_000 / 100)
}

/// One look, for programs.
#[derive(Debug, Serialize)]
pub(super) struct Document {
    at_s: Decimal,
    line: Line,
    age_ms: Option<u64>,
    report: Option<Report>,
}

#[derive(Debug, Serialize)]
struct Report {
    tilt_deg: Option<Decimal>,
    tilt_second_deg: Option<Decimal>,
    rate_mdeg_per_s: i32,
    drive: &'static str,
    faults: Vec<String>,
    latches_fitted: u8,
    latches_open: u8,
    switches: Vec<&'static str>,
    supply_mv: u32,
    current_ma: u32,
    temperature_c: i8,
}

impl Report {
    fn of(reading: &Reading) -> Self {
        Self {
            tilt_deg: reading.tilt.map(Decimal::degrees),
            tilt_second_deg: reading.tilt_second.map(Decimal::degrees),
            rate_mdeg_per_s: reading.rate.millideg_per_s(),
            drive: words::drive(reading.drive),
            faults: faults(reading).map(|fault| fault.to_string()).collect(),
            latches_fitted: reading.latches.fitted,
            latches_open: reading.latches.open(),
            switches: switches(reading).collect(),
            supply_mv: reading.supply_mv,
            current_ma: reading.current_ma,
            temperature_c: reading.temperature_c,
        }
    }
}

/// What the table says of itself, for people.
pub(super) fn stated(stated: &Capabilities) -> String {
    format!(
        "serial number {:08x}, firmware {:#06x}, travel {} to {} degrees, lease {} ms, {} ankle latch \
         sensors, {}, without power: {}{}",
        stated.serial,
        stated.firmware,
        words::degrees(stated.tilt_min),
        words::degrees(stated.tilt_max),
        stated.lease.get(),
        stated.latch_sensors,
        if stated.returns_without_host {
            "comes up without a host"
        } else {
            "stays without a host"
        },
        stated.rescue.as_str(),
        if stated.hand_control { "" } else { ", no hand control" },
    )
}

#[cfg(test)]
mod tests {
    use antipode_safety::{Angle, DriveState, FaultSet, Latches, Rate, Switches};

    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(ms)
    }

    fn reading(ms: u64) -> Reading {
        Reading {
            at: at(ms),
            seq: 1,
            table_ms: 1,
            tilt: Some(Angle::clamped(30_000)),
            tilt_second: None,
            rate: Rate::clamped(0),
            drive: DriveState::Disarmed,
            latches: Latches { fitted: 2, first_closed: true, second_closed: false },
            switches: Switches::NONE.with(Switch::StopLoopClosed, true),
            faults: FaultSet::NONE.with(Fault::OneLatchOpen, true),
            accepted: 0,
            current_ma: 1_250,
            supply_mv: 24_100,
            temperature_c: 31,
        }
    }

    #[test]
    fn a_report_is_said_whole_with_its_age() {
        let mut seen = Seen::NOTHING;
        assert_eq!(seen.take(&TableEvent::Reading(reading(1_000))), None);
        assert_eq!(
            seen.words(at(1_040)),
            "tilt 30 at 0 deg/s, not armed, faults: one ankle latch sensor open, latches 1 of 2 \
             closed, switches: stop loop closed, 24.1 V, 1.2 A, 31 C; 40 ms ago"
        );
    }

    #[test]
    fn a_fault_is_said_when_it_begins_with_what_the_table_saw() {
        let mut began = FaultBegan {
            fault: Fault::OverCurrent,
            table_ms: 5,
            tilt: Some(Angle::clamped(12_500)),
            current_ma: 9_300,
            count: 2,
        };
        let mut seen = Seen::NOTHING;
        let mut said = |began| seen.take(&TableEvent::FaultBegan(began)).unwrap();
        let words = said(began);
        assert!(
            words.ends_with(
                "began at tilt 12.5, 9.3 A; number 2 of it since its controller started"
            )
        );
        assert!(words.contains(&Fault::OverCurrent.to_string()), "{words}");
        began.tilt = None;
        assert!(said(began).contains("tilt UNKNOWN"));
    }

    #[test]
    fn an_old_tilt_is_never_shown_as_the_present_one() {
        for (lost, line, says) in [
            (None, Line::NoReport, "tilt UNKNOWN, no report; heard last 2 s ago: tilt 30"),
            (Some(LinkLoss::Silent), Line::Silent, "tilt UNKNOWN, silent; heard last 2 s ago"),
            (Some(LinkLoss::HungUp), Line::Gone, "tilt UNKNOWN, port gone; heard last 2 s ago"),
        ] {
            let mut seen = Seen::NOTHING;
            seen.take(&TableEvent::Reading(reading(1_000)));
            if let Some(lost) = lost {
                assert!(seen.take(&TableEvent::Lost(lost)).is_some());
            }
            let now = at(3_000);
            assert_eq!(seen.line(now), line);
            assert!(seen.words(now).starts_with(says), "{}", seen.words(now));
            assert!(seen.document(now, at(0)).report.is_none(), "{line:?}");
        }
        // A moment before, and only without a loss, it was the present one.
        let seen = Seen { lost: None, reading: Some(reading(1_000)) };
        assert!(seen.document(at(2_999), at(0)).report.is_some());
    }

    #[test]
    fn nothing_that_was_said_before_holds_in_a_new_session() {
        let mut seen = Seen { lost: None, reading: Some(reading(1_000)) };
        assert!(seen.take(&TableEvent::SessionLost).is_some());
        assert_eq!(seen.words(at(1_001)), "tilt UNKNOWN, no report");
    }
}
